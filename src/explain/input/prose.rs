//! Sentences: a console's line about CORS, an error page's text, a log line that names a refusal.

use super::object::Node;
use super::shell::members;
use super::{Form, Message, Url};
use crate::explain::Kind;
use crate::explain::refusal::words::named;
use crate::explain::source::Source;

/// What browsers write when they block a request or a frame.
const CONSOLE: &[&str] = &[
    "cors policy",
    "cross-origin request blocked",
    "access-control-allow-origin",
    "access control checks",
    "cross-origin resource sharing",
    "preflight",
    "x-frame-options",
    "frame-ancestors",
    "content security policy",
    "content-security-policy",
];

/// A message of the browser's console.
pub(super) fn console(whole: &Source) -> Option<Message> {
    let lower = whole.text().to_ascii_lowercase();
    CONSOLE.iter().any(|mark| lower.contains(mark)).then(|| Message {
        kind: Kind::ConsoleMessage,
        prose: Some(whole.clone()),
        ..Message::default()
    })
}

/// A request that failed, as consoles tell it: `POST https://… 400 (Bad Request)`, `XHRPOST https://… [HTTP/2 400 9ms]`.
pub(super) fn failed(whole: &Source) -> Option<Message> {
    let text = whole.text();
    let at = text.find("POST ")?;
    let mut words = text.get(at + 5..)?.split_whitespace();
    let address = words.next().filter(|word| word.contains("://"))?;
    let status = words.next()?;
    let status = if status.starts_with("[HTTP/") { words.next()? } else { status };
    let begin = at + 5 + text.get(at + 5..)?.find(address)?;
    let url = Url::read(&whole.part(begin..begin + address.len()));
    let status = status.parse().ok().filter(|status| (400..600).contains(status))?;
    let last = url.path_text().trim_end_matches('/').rsplit('/').next()?;
    (last == "token").then(|| Message {
        kind: Kind::TokenError,
        status: Some(status),
        url: Some(url),
        prose: Some(whole.clone()),
        ..Message::default()
    })
}

/// A sentence that holds an answer, or names a refusal.
pub(super) fn refusal(whole: &Source) -> Option<Message> {
    let text = whole.text();
    for (at, _) in text.match_indices('{').take(20) {
        let Some(node) = Node::at(whole, at) else { continue };
        let json = whole.part(at..node.local().end);
        let fields = members(&json);
        if fields.iter().any(|field| field.name == "error") {
            let mut message = Message { fields, body: Some(json), form: Form::Json, ..Message::default() };
            message.kind = Kind::TokenError;
            message.prose = Some(whole.clone());
            return Some(message);
        }
    }
    named(text).then(|| Message { kind: Kind::TokenError, prose: Some(whole.clone()), ..Message::default() })
}
