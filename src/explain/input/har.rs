//! A HAR file or one entry of it, "Copy as fetch", and JSON that is an answer or a body itself.

use super::object::Node;
use super::shell::members;
use super::{Form, Message, Param, Url, pairs, sdk_error};
use crate::core::base::encoding::from_base64url;
use crate::core::base::text::trim_end;
use crate::explain::source::Source;
use crate::explain::{Kind, Place};

/// Messages of a recording that are looked at.
const MOST: usize = 200;

/// What a JSON text holds.
pub(super) fn read(whole: &Source) -> Vec<Message> {
    let Some(node) = Node::at(whole, 0) else { return Vec::new() };
    let entries = match node.get("log").and_then(|log| log.get("entries")) {
        Some(entries) => entries.items(),
        None if node.get("request").is_some_and(|request| request.get("url").is_some()) => vec![node.clone()],
        None => node.items(),
    };
    let mut found = Vec::new();
    for entry in entries {
        found.extend(exchange(&entry));
        if found.len() > MOST {
            break;
        }
    }
    if found.is_empty() && node.is_object() {
        found.extend(document(whole));
    }
    found
}

/// A JSON object that is a message itself.
fn document(whole: &Source) -> Option<Message> {
    if let Some(message) = sdk_error::object(whole) {
        return Some(message);
    }
    let fields = members(whole);
    let has = |name: &str| fields.iter().any(|field| field.name == name);
    let mut message =
        Message { fields: fields.clone(), body: Some(whole.clone()), form: Form::Json, ..Message::default() };
    if has("grant_type") || message.means("grant_type") && message.means("client_id") {
        message.kind = Kind::TokenRequest;
        return Some(message);
    }
    message.answer = true;
    message.settle();
    message.answer = false;
    // An error object of a library wraps the answer: {"response":{"data":{…}}}, {"error":{"code":…}}.
    if message.kind == Kind::Unknown {
        for name in ["error", "response", "data", "body"] {
            let inner = Node::at(whole, 0).and_then(|node| node.get(name)).filter(Node::is_object);
            if let Some(inner) = inner {
                return document(&whole.part(inner.local()));
            }
        }
    }
    (message.kind != Kind::Unknown).then_some(message)
}

/// The request and the answer of one entry, where they belong to a sign-in.
fn exchange(entry: &Node) -> Vec<Message> {
    let Some(request) = entry.get("request") else { return Vec::new() };
    let Some(url) = request.get("url").and_then(|url| url.string()) else { return Vec::new() };
    let mut message = Message { url: Some(Url::read(&url)), ..Message::default() };
    message.method = request.get("method").map(|method| method.scalar().text().to_ascii_uppercase());
    message.headers = headers(&request);
    if let Some(post) = request.get("postData") {
        match post.get("text").and_then(|text| text.string()).filter(|text| !text.text().is_empty()) {
            Some(text) => take_body(&mut message, &text),
            None => {
                let params = post.get("params").map(|params| params.items()).unwrap_or_default();
                message.fields = params.iter().filter_map(|param| named(param, Place::Body)).collect();
                message.body = Some(Source::at(post.range().start));
            }
        }
        if let Some(mime) = post.get("mimeType").and_then(|mime| mime.string())
            && message.header("Content-Type").is_none()
        {
            message.push_header("Content-Type", mime.text(), mime.range());
        }
    }
    if message.method.as_deref() == Some("OPTIONS") {
        return Vec::new();
    }
    message.settle();
    let mut found = Vec::new();
    let asked = message.kind;
    if asked == Kind::Unknown {
        return found;
    }
    // Headers of a whole browser say little; these few decide something.
    const TELLING: &[&str] = &["content-type", "authorization", "origin"];
    message.headers.retain(|header| TELLING.iter().any(|name| header.name.eq_ignore_ascii_case(name)));
    found.push(message);
    if let Some(response) = entry.get("response") {
        found.extend(answer(&response, asked));
    }
    found
}

/// The answer, where it says something of its own.
fn answer(response: &Node, asked: Kind) -> Option<Message> {
    let status = response.get("status").and_then(|status| status.scalar().text().parse::<u16>().ok());
    let text = response.get("content").and_then(|content| content_of(&content));
    let mut message = Message { status, answer: true, ..Message::default() };
    let location = headers(response).into_iter().find(|header| header.name.eq_ignore_ascii_case("location"));
    if asked == Kind::AuthorizationRequest {
        // The callback's own entry follows, unless the platform answered with an error.
        let location = location?;
        let mut url = Url::read(&Source::new(&location.value, 0));
        url.query.iter().any(|param| param.name == "error").then_some(())?;
        for param in &mut url.query {
            param.range = location.range.clone();
        }
        return Some(Message { url: Some(url), kind: Kind::AuthorizationError, ..Message::default() });
    }
    if asked != Kind::TokenRequest {
        return None;
    }
    if let Some(text) = text {
        message.fields = members(&text);
        message.form = Form::Json;
        message.body = Some(text);
    }
    if status == Some(0) {
        message.kind = Kind::ConsoleMessage;
        return Some(message);
    }
    message.settle();
    (message.kind != Kind::Unknown).then_some(message)
}

/// A body's text: browsers write some in BASE64.
fn content_of(content: &Node) -> Option<Source> {
    let text = content.get("text")?.string()?;
    if content.get("encoding").is_none_or(|encoding| encoding.scalar().text() != "base64") {
        return Some(text);
    }
    let url_safe = trim_end(text.text(), b'=').replace('+', "-").replace('/', "_");
    let plain = String::from_utf8(from_base64url(&url_safe)?).ok()?;
    Some(Source::standing_for(&plain, text.range()))
}

fn headers(node: &Node) -> Vec<Param> {
    let headers = node.get("headers").map(|headers| headers.items()).unwrap_or_default();
    headers.iter().filter_map(|header| named(header, Place::Header)).collect()
}

/// `{"name": …, "value": …}`.
fn named(node: &Node, place: Place) -> Option<Param> {
    let name = node.get("name")?.string()?.text().to_owned();
    let value = node.get("value")?.string()?.text().to_owned();
    Some(Param { name, raw: value.clone(), value, place, range: node.range() })
}

/// Reads the body's parameters.
pub(super) fn take_body(message: &mut Message, text: &Source) {
    if text.text().trim_start().starts_with('{') {
        message.form = Form::Json;
        message.fields = members(text);
    } else if text.text().contains("Content-Disposition: form-data") {
        message.form = Form::Multipart;
        message.fields = multipart(text);
    } else {
        message.fields = pairs(&super::clean::joined(text), Place::Body);
    }
    message.body = Some(text.clone());
}

/// The parts of a multipart body.
fn multipart(text: &Source) -> Vec<Param> {
    let whole = text.text();
    let mut found = Vec::new();
    for (at, mark) in whole.match_indices("name=\"") {
        let rest = whole.get(at + mark.len()..).unwrap_or_default();
        let Some((name, rest)) = rest.split_once('"') else { continue };
        let value = rest.split("\r\n--").next().unwrap_or_default();
        let value = value.split("\n--").next().unwrap_or_default().trim().to_owned();
        let range = text.part(at..at + mark.len() + name.len() + 1).range();
        found.push(Param { name: name.to_owned(), raw: value.clone(), value, place: Place::Body, range });
    }
    found
}

/// `fetch("https://…", { "headers": {…}, "body": "…", "method": "POST" })`, as browsers copy it.
pub(super) fn fetch_call(whole: &Source) -> Option<Vec<Message>> {
    let text = whole.text();
    let begin = ["fetch(", "await fetch("].iter().find(|begin| text.starts_with(**begin))?.len();
    let url = Node::at(whole, begin)?;
    let mut message = Message { url: Some(Url::read(&url.string()?)), ..Message::default() };
    let comma = text.get(url.local().end..)?.find(',').map(|at| url.local().end + at + 1);
    message.method = Some("GET".to_owned());
    if let Some(options) = comma.and_then(|at| Node::at(whole, at)) {
        for (name, value) in options.members() {
            match name.as_str() {
                "method" => message.method = Some(value.scalar().text().to_ascii_uppercase()),
                "body" => {
                    if let Some(body) = value.string() {
                        take_body(&mut message, &body);
                    } else if value.scalar().text() != "null" {
                        // A program's, not a browser's.
                        return None;
                    }
                }
                "headers" => {
                    for (name, value) in value.members() {
                        message.push_header(&name, value.scalar().text(), value.range());
                    }
                }
                _ => {}
            }
        }
    }
    Some(vec![message])
}
