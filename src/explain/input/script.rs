//! Source code that builds a request: what is written out in it is explained, what is computed when it runs is not.

use super::url::find;
use super::{Form, Message, Param, Url, names, pairs};
use crate::explain::source::Source;
use crate::explain::{Kind, Place};
use std::ops::Range;

/// Stands for a value that the program computes.
const COMPUTED: &str = "(computed)";

/// What parameters are made of, and how that sends them.
const MAKERS: &[(&str, Form)] = &[
    ("new URLSearchParams(", Form::Urlencoded),
    ("qs.stringify(", Form::Urlencoded),
    ("querystring.stringify(", Form::Urlencoded),
    ("JSON.stringify(", Form::Json),
    ("new FormData(", Form::Multipart),
];

/// What a line of a program begins with.
const BEGINNINGS: &[&str] = &[
    "const ",
    "let ",
    "var ",
    "import ",
    "export ",
    "function ",
    "async ",
    "return ",
    "await ",
    "if (",
    "fetch(",
    "axios",
    "// ",
];

/// Whether the text is a program, whose names are no parameters.
pub(in crate::explain) fn is_source(text: &str) -> bool {
    let begins = text.lines().any(|line| BEGINNINGS.iter().any(|word| line.trim_start().starts_with(word)));
    MAKERS.iter().any(|(maker, _)| text.contains(maker))
        || begins && text.contains(['(', ';', '{']) && text.contains(['=', '('])
}

/// The request that a program builds.
pub(super) fn read(whole: &Source) -> Option<Message> {
    if !is_source(whole.text()) {
        return None;
    }
    let mut message = MAKERS
        .iter()
        .flat_map(|(maker, form)| arguments(whole, maker).map(|argument| made(&argument, *form)))
        .max_by_key(|message| message.fields.len())
        .unwrap_or_default();
    added(whole, &mut message);
    message.fields.retain(|field| names::known(&field.name) || names::meant(&field.name).is_some());
    if message.fields.len() < 2 {
        return None;
    }
    // Which of both it is decides what may be missing.
    let decides = ["grant_type", "response_type"];
    message.partial |= decides.iter().any(|name| message.computed.iter().any(|computed| computed == name));
    let address = find(whole).into_iter().find(|url| !url.text.text().contains('$'));
    message.settle();
    match message.kind {
        Kind::AuthorizationRequest => {
            for field in &mut message.fields {
                field.place = Place::Query;
            }
            let mut url = address.unwrap_or_else(|| Url::of_params(Vec::new(), Place::Query));
            url.query.append(&mut message.fields);
            message.url = Some(url);
            message.form = Form::Urlencoded;
        }
        Kind::TokenRequest => {
            message.url = address.filter(|url| url.query.is_empty());
            message.method = written(whole, "method").map(|method| method.text().to_ascii_uppercase());
            message.body = Some(whole.clone());
            // What the body is made of says how it is sent.
            for name in ["Authorization", "Content-Type"] {
                if let Some(value) = written(whole, name) {
                    message.push_header(name, value.text(), value.range());
                }
            }
        }
        _ => return None,
    }
    Some(message)
}

/// What stands between the brackets of each call of `maker`.
fn arguments<'a>(whole: &'a Source, maker: &'static str) -> impl Iterator<Item = Source> + 'a {
    whole.text().match_indices(maker).take(20).map(move |(at, _)| {
        let begin = at + maker.len();
        let end = items(whole.text(), begin, b')').last().map_or(begin, |range| range.end);
        whole.part(begin..end).trim()
    })
}

/// The parameters of an argument: an object, an array of pairs, or a text.
fn made(argument: &Source, form: Form) -> Message {
    let mut message = Message { form, ..Message::default() };
    let text = argument.text();
    match text.bytes().next() {
        Some(b'{') => {
            for range in items(text, 1, b'}') {
                member(&argument.part(range).trim(), &mut message);
            }
        }
        Some(b'[') => {
            for range in items(text, 1, b']') {
                let pair = argument.part(range).trim();
                let parts: Vec<_> =
                    items(pair.text(), 1, b']').map(|range| pair.part(range).trim()).collect();
                if let [name, value] = parts.as_slice()
                    && let Some(name) = literal(name)
                {
                    take(&mut message, name.text(), value, &pair);
                }
            }
        }
        Some(b'"' | b'\'' | b'`') => {
            if let Some(text) = inside(argument) {
                let fields = pairs(&text, Place::Body);
                let computed = |field: &&Param| field.value.contains("${");
                message.computed = fields.iter().filter(computed).map(|field| field.name.clone()).collect();
                message.fields = fields;
            }
        }
        // Of a variable's parameters some may be added below.
        Some(_) => message.partial = true,
        None => {}
    }
    message
}

/// `name: value`, `name` or `...others` of an object.
fn member(item: &Source, message: &mut Message) {
    let mut item = item.clone();
    while let Some(comment) = item.text().strip_prefix("//") {
        let length = comment.find('\n').unwrap_or(comment.len());
        item = item.from(length + 2).trim();
    }
    let item = &item;
    let text = item.text();
    if text.is_empty() {
        return;
    }
    if text.starts_with("...") || text.starts_with('[') {
        message.partial = true;
        return;
    }
    let plain = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
    match text.split_once(':') {
        Some((name, _)) => take(message, &plain(name), &item.from(name.len() + 1).trim(), item),
        None => take(message, &plain(text), &Source::at(0), item),
    }
}

/// `params.append('name', value)` and `params.set('name', value)`.
fn added(whole: &Source, message: &mut Message) {
    for call in [".append(", ".set("] {
        for argument in arguments(whole, call) {
            let parts: Vec<_> =
                items(argument.text(), 0, b')').map(|range| argument.part(range).trim()).collect();
            if let [name, value] = parts.as_slice()
                && let Some(name) = literal(name)
                && names::known(name.text())
            {
                take(message, name.text(), value, &argument);
            }
        }
    }
}

fn take(message: &mut Message, name: &str, value: &Source, whole: &Source) {
    let text = literal(value).map(|text| text.text().to_owned());
    if text.is_none() && !message.computed.iter().any(|known| known == name) {
        message.computed.push(name.to_owned());
    }
    let value = text.unwrap_or_else(|| COMPUTED.to_owned());
    let range = whole.range();
    message.fields.push(Param {
        name: name.to_owned(),
        raw: value.clone(),
        value,
        place: Place::Body,
        range,
    });
}

/// A value that is written out.
fn literal(value: &Source) -> Option<Source> {
    let text = value.text();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(value.clone());
    }
    inside(value).filter(|text| !text.text().contains("${"))
}

/// A string without its quotation marks; none where more than the string is there.
fn inside(value: &Source) -> Option<Source> {
    let text = value.text();
    let quote = text.chars().next().filter(|letter| matches!(letter, '"' | '\'' | '`'))?;
    let inner = text.get(1..text.len().checked_sub(1)?)?;
    (text.len() > 1 && text.ends_with(quote) && !inner.contains([quote, '\\']))
        .then(|| value.part(1..text.len() - 1))
}

/// The string that follows `name:`, where one does.
fn written(whole: &Source, name: &str) -> Option<Source> {
    let lower = whole.text().to_ascii_lowercase();
    let name = name.to_ascii_lowercase();
    lower.match_indices(&name).find_map(|(at, _)| {
        let from = at + name.len();
        let rest =
            whole.text().get(from..)?.trim_start_matches(['"', '\'']).trim_start().strip_prefix(':')?;
        let begin = whole.text().len() - rest.trim_start().len();
        let end = items(whole.text(), begin, b'}').next()?.end;
        literal(&whole.part(begin..end).trim())
    })
}

/// What stands between commas from `at` on, up to `close`.
fn items(text: &str, at: usize, close: u8) -> impl Iterator<Item = Range<usize>> + '_ {
    let bytes = text.as_bytes();
    let mut begin = at;
    let mut over = at > bytes.len();
    std::iter::from_fn(move || {
        if over {
            return None;
        }
        let (mut depth, mut quote, mut end) = (0_usize, None, begin);
        while let Some(&byte) = bytes.get(end) {
            match quote {
                Some(_) if byte == b'\\' => end += 1,
                Some(open) if byte == open => quote = None,
                Some(_) => {}
                None => match byte {
                    b'"' | b'\'' | b'`' => quote = Some(byte),
                    b'/' if bytes.get(end + 1) == Some(&b'/')
                        && bytes.get(end.wrapping_sub(1)) != Some(&b':') =>
                    {
                        let rest = bytes.get(end..).unwrap_or_default();
                        end += rest.iter().take_while(|byte| **byte != b'\n').count();
                    }
                    b'(' | b'[' | b'{' => depth += 1,
                    byte if depth == 0 && byte == close => break,
                    b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                    b',' if depth == 0 => break,
                    _ => {}
                },
            }
            end += 1;
        }
        let end = end.min(bytes.len());
        let found = begin..end;
        over = bytes.get(end) != Some(&b',');
        begin = end + 1;
        Some(found)
    })
}
