//! An error of this SDK: thrown, as a console prints it; as JSON or an object; its message or its code alone.

use super::object::Node;
use super::{Form, Message, Param};
use crate::core::base::error::{ErrorCode, TABLE};
use crate::explain::source::Source;
use crate::explain::{Kind, Place};

const NAME: &str = "IntelliAuthError";

/// Codes that platforms answer with as well: alone they are the platform's.
const SHARED: &[&str] = &[
    "access_denied",
    "login_required",
    "consent_required",
    "interaction_required",
    "account_selection_required",
];

/// The least letters of a message that tell it from any other sentence.
const TELLING: usize = 20;

/// An object with a code of the table and another member that the SDK's errors have; also as a log's entry wraps it.
pub(super) fn object(whole: &Source) -> Option<Message> {
    let node = Node::at(whole, 0)?;
    let inner = ["error", "err", "cause"].iter().find_map(|name| node.get(name)).filter(Node::is_object);
    own(whole, &node).or_else(|| own(whole, &inner?))
}

fn own(whole: &Source, node: &Node) -> Option<Message> {
    let code = ErrorCode::named(node.get("code")?.string()?.text())?;
    let is_error = ["hint", "details", "transient"].iter().any(|name| node.get(name).is_some());
    is_error.then(|| {
        let details = node.get("details").map(|details| members(&details, code)).unwrap_or_default();
        message(whole, code, details)
    })
}

/// A text that names an error of the table.
pub(super) fn read(whole: &Source) -> Option<Message> {
    let text = whole.text();
    // `Object { code: …, details: … }`.
    let mut objects = text.match_indices('{').take(5).filter_map(|(at, _)| Node::at(whole, at));
    if let Some(message) = objects.find_map(|node| own(whole, &node)) {
        return Some(message);
    }
    let code = named(text)?;
    let details = printed(whole).map(|details| members(&details, code)).unwrap_or_default();
    Some(message(whole, code, details))
}

fn message(whole: &Source, code: ErrorCode, details: Vec<Param>) -> Message {
    Message {
        kind: Kind::SdkError,
        sdk_error: Some(code),
        fields: details,
        form: Form::Json,
        prose: Some(whole.clone()),
        ..Message::default()
    }
}

/// The details that the table's texts name.
fn members(details: &Node, code: ErrorCode) -> Vec<Param> {
    let Some(row) = TABLE.iter().find(|row| row.code == code.as_str()) else { return Vec::new() };
    let texts = || row.hints.iter().map(|(_, hint)| *hint).chain([row.summary, row.hint]);
    let found = details.members().into_iter().filter_map(|(name, value)| {
        let placeholder = format!("{{{name}}}");
        let is_known = name == "check" || texts().any(|text| text.contains(&placeholder));
        let text = value.string().filter(|_| is_known)?.text().to_owned();
        Some(Param { name, raw: text.clone(), value: text, place: Place::Body, range: value.range() })
    });
    found.collect()
}

/// The details in an object that a console printed: `details: {…}`, `details: Object {…}`.
fn printed(whole: &Source) -> Option<Node<'_>> {
    let text = whole.text();
    text.match_indices("details").find_map(|(at, word)| {
        let begin = at + word.len();
        let rest = text.get(begin..)?;
        let open = rest.find('{')?;
        let between =
            rest.get(..open)?.trim_matches(|letter: char| letter.is_whitespace() || "\":'".contains(letter));
        matches!(between, "" | "Object").then(|| Node::at(whole, begin + open))?
    })
}

/// The code that a text names.
fn named(text: &str) -> Option<ErrorCode> {
    let text = text.trim();
    let own = |word: &str| ErrorCode::named(word).filter(|_| !SHARED.contains(&word));
    let words = || text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let first = words().next().unwrap_or_default();
    if let Some(code) = own(text) {
        return Some(code);
    }
    if text.contains(NAME) {
        let after_code = |at: usize| {
            let rest = text.get(at + "code".len()..)?;
            let value = rest.trim_start_matches(['"', '\'', ' ']).strip_prefix([':', '='])?;
            let value = value.trim_start_matches(['"', '\'', ' ']);
            let end = value.find(|letter: char| !letter.is_ascii_lowercase() && letter != '_')?;
            ErrorCode::named(value.get(..end)?)
        };
        let by_member = text.match_indices("code").find_map(|(at, _)| after_code(at));
        let by_word = || words().filter(|word| word.contains('_')).find_map(ErrorCode::named);
        return by_member.or_else(|| by_message(text)).or_else(by_word);
    }
    // `console.error(error.code, error.message)`.
    by_message(text)
        .or_else(|| own(first).filter(|_| first.contains('_') && text.starts_with(&format!("{first}:"))))
}

/// The error whose message stands in the text.
fn by_message(text: &str) -> Option<ErrorCode> {
    TABLE.iter().find(|row| says(text, row.summary)).and_then(|row| ErrorCode::named(row.code))
}

/// Whether all that is fixed in a message of the table stands in the text, in order.
fn says(text: &str, summary: &str) -> bool {
    let mut rest = text;
    let mut length = 0;
    // What stands in brackets may be missing.
    let certain = summary.split('[').map(|part| part.split_once(']').map_or(part, |(_, after)| after));
    for piece in certain.flat_map(|part| part.split('{')) {
        let fixed = piece.split_once('}').map_or(piece, |(_, fixed)| fixed);
        let Some((_, after)) = rest.split_once(fixed) else { return false };
        length += fixed.len();
        rest = after;
    }
    length >= TELLING
}
