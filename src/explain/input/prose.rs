//! Sentences: a console's line about CORS, an error page's text, a log line that names a refusal.

use super::object::Node;
use super::shell::members;
use super::{Form, Message};
use crate::explain::source::Source;
use crate::explain::{Kind, refusal};

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
    refusal::named(text).then(|| Message {
        kind: Kind::TokenError,
        prose: Some(whole.clone()),
        ..Message::default()
    })
}
