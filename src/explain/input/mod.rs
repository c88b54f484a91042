//! Recognises what was pasted, and takes it apart.
//!
//! | where | what |
//! |---|---|
//! | `url` | a URL, whole or a part of one, and its parameters |
//! | `clean` | what stands around a paste: quotation marks, line breaks, `&amp;` |
//! | `shell` | a `curl` command |
//! | `powershell` | `Invoke-WebRequest` |
//! | `object` | JSON and JavaScript objects, with places |
//! | `har` | a HAR file or entry, and "Copy as fetch" |
//! | `http` | an HTTP message as text |
//! | `prose` | a console's line, an error page's text |
//! | `sdk_error` | an error of this SDK |
//! | `script` | source code that builds a request |

mod clean;
mod har;
mod http;
mod object;
mod powershell;
mod prose;
mod script;
mod sdk_error;
mod shell;
mod url;

use super::names;
use super::source::Source;
use super::{Kind, Known, Place};
use crate::core::base::error::ErrorCode;
use crate::core::base::form;
use crate::core::base::text::{cut, parts};
pub(super) use script::is_source;
use std::ops::Range;
pub(super) use url::Url;

/// A parameter, header, member or piece of a URL.
#[derive(Clone)]
pub(super) struct Param {
    pub name: String,
    /// Decoded.
    pub value: String,
    /// As written.
    pub raw: String,
    pub place: Place,
    pub range: Range<usize>,
}

/// One request or answer.
pub(super) struct Message {
    pub kind: Kind,
    pub method: Option<String>,
    pub url: Option<Url>,
    pub headers: Vec<Param>,
    /// The body as text.
    pub body: Option<Source>,
    /// The parameters or members of the body.
    pub fields: Vec<Param>,
    /// Why the body gave no parameters, or that they are in JSON.
    pub form: Form,
    pub status: Option<u16>,
    /// Text that is neither URL nor body: a console's line, an error page's text.
    pub prose: Option<Source>,
    /// Whether it is the answer to the message before it.
    pub answer: bool,
    /// Of an error of this SDK.
    pub sdk_error: Option<ErrorCode>,
    /// Of source code: the parameters whose values are computed when it runs.
    pub computed: Vec<String>,
    /// Of source code: whether there may be more parameters than it shows.
    pub partial: bool,
}

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Urlencoded,
    Json,
    Multipart,
    /// It is in a file.
    File,
}

impl Default for Message {
    fn default() -> Self {
        Self {
            kind: Kind::Unknown,
            method: None,
            url: None,
            headers: Vec::new(),
            body: None,
            fields: Vec::new(),
            form: Form::Urlencoded,
            status: None,
            prose: None,
            answer: false,
            sdk_error: None,
            computed: Vec::new(),
            partial: false,
        }
    }
}

impl Message {
    /// Every parameter and header.
    pub fn all(&self) -> impl Iterator<Item = &Param> {
        self.params().chain(&self.headers)
    }

    /// The parameters of query, fragment and body.
    pub fn params(&self) -> impl Iterator<Item = &Param> {
        self.url.iter().flat_map(|url| url.query.iter().chain(&url.fragment)).chain(&self.fields)
    }

    /// The first parameter called `name`.
    pub fn param(&self, name: &str) -> Option<&Param> {
        self.params().find(|param| param.name == name)
    }

    /// Adds a header, as its value stands in what was pasted.
    fn push_header(&mut self, name: &str, value: &str, range: Range<usize>) {
        self.headers.push(Param {
            name: name.to_owned(),
            raw: value.to_owned(),
            value: value.to_owned(),
            place: Place::Header,
            range,
        });
    }

    /// The first header called `name`.
    pub fn header(&self, name: &str) -> Option<&Param> {
        self.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name))
    }

    /// Whether a parameter is called `name`, or was meant to be.
    pub fn means(&self, name: &str) -> bool {
        self.params().any(|param| param.name == name || names::meant(&param.name) == Some(name))
    }

    /// What a report shows of it, in order.
    pub fn shown(&self) -> Vec<Param> {
        let mut shown = Vec::new();
        if let Some(url) = &self.url {
            shown.extend(url.pieces());
            shown.extend(url.query.iter().chain(&url.fragment).cloned());
        }
        shown.extend(self.headers.iter().cloned());
        shown.extend(self.fields.iter().cloned());
        shown
    }

    /// Says what kind of message it is, where that is not said yet.
    pub fn settle(&mut self) {
        if self.kind == Kind::Unknown {
            self.kind = self.recognised();
        }
    }

    fn recognised(&self) -> Kind {
        let has = |name: &str| self.params().any(|param| param.name == name);
        let path = self.url.as_ref().map(Url::path_text).unwrap_or_default();
        let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        if self.answer || self.status.is_some() && self.url.is_none() {
            return self.answered();
        }
        if self.means("grant_type") || has("code_verifier") && has("code") {
            return Kind::TokenRequest;
        }
        let asks =
            self.means("response_type") || has("code_challenge") || self.means("code_challenge_method");
        if has("error") && !asks {
            return if self.url.is_some() { Kind::AuthorizationError } else { self.answered() };
        }
        if asks {
            return Kind::AuthorizationRequest;
        }
        if has("post_logout_redirect_uri") || has("id_token_hint") {
            return Kind::LogoutRequest;
        }
        let answered = has("code") || has("access_token") || has("id_token");
        if self.means("client_id") && (self.means("redirect_uri") || self.means("scope")) && !answered {
            return if last == "token" && self.body.is_some() {
                Kind::TokenRequest
            } else {
                Kind::AuthorizationRequest
            };
        }
        if self.url.is_none() && has("access_token") {
            return Kind::TokenResponse;
        }
        if answered || has("state") && self.url.is_some() && !url::is_endpoint(last) {
            return Kind::AuthorizationResponse;
        }
        if has("authorization_endpoint") || has("token_endpoint") || last == "openid-configuration" {
            return Kind::Metadata;
        }
        if self.url.is_some() && last == "token" {
            return Kind::TokenRequest;
        }
        if self.url.is_some() && url::is_authorization(last) {
            return Kind::AuthorizationRequest;
        }
        Kind::Unknown
    }

    fn answered(&self) -> Kind {
        let has = |name: &str| self.fields.iter().any(|param| param.name == name);
        if has("error") || has("error_description") || has("errorCode") {
            Kind::TokenError
        } else if has("access_token") || has("id_token") {
            Kind::TokenResponse
        } else if has("authorization_endpoint") || has("token_endpoint") {
            Kind::Metadata
        } else if self.status.is_some_and(|status| status >= 400) {
            Kind::TokenError
        } else {
            Kind::Unknown
        }
    }
}

/// The messages in `input`; none where nothing was recognised.
pub(super) fn read(input: &str, known: &Known) -> Vec<Message> {
    let whole = clean::surroundings(input);
    let text = whole.text();
    if shell::is_curl(text) {
        return shell::read(&whole);
    }
    if let Some(messages) = har::fetch_call(&whole).or_else(|| powershell::read(&whole)) {
        return messages;
    }
    if text.starts_with(['{', '[']) {
        let messages = har::read(&whole);
        if !messages.is_empty() {
            return messages;
        }
    }
    if let Some(message) = sdk_error::read(&whole) {
        return vec![message];
    }
    if let Some(messages) = http::read(&whole) {
        return messages;
    }
    if let Some(message) = prose::console(&whole) {
        return vec![message];
    }
    if let Some(message) = prose::failed(&whole) {
        return vec![message];
    }
    if let Some(message) = script::read(&whole) {
        return vec![message];
    }
    if let Some(message) = address(&whole, known) {
        return vec![message];
    }
    // The names in a program are not parameters.
    if is_source(text) {
        return Vec::new();
    }
    if let Some(message) = fields(&whole) {
        return vec![message];
    }
    if let Some(message) = listed(&whole) {
        return vec![message];
    }
    prose::refusal(&whole).into_iter().collect()
}

/// A URL in the text, with something of a sign-in in it.
fn address(whole: &Source, known: &Known) -> Option<Message> {
    let mut best = None;
    for url in url::find(whole) {
        let mut message = Message { url: Some(url), ..Message::default() };
        message.settle();
        if message.kind == Kind::Unknown && at_home(&message, known) {
            message.kind = Kind::AuthorizationResponse;
        }
        let has_params = message.params().next().is_some();
        // A sentence that names an endpoint or a redirect URI is read as a sentence.
        if message.kind != Kind::Unknown && (has_params || !whole.text().contains(char::is_whitespace)) {
            let better = |best: &Message| message.params().count() > best.params().count();
            if best.as_ref().is_none_or(better) {
                best = Some(message);
            }
        }
    }
    best
}

/// Whether a URL without an answer is one that should have carried it.
fn at_home(message: &Message, known: &Known) -> bool {
    let page = message.url.as_ref().map(Url::page).unwrap_or_default();
    known
        .redirect_uris
        .iter()
        .chain(&known.sent_redirect_uri)
        .any(|uri| page.trim_end_matches('/') == uri.trim_end_matches('/'))
}

/// A form body, or a query without its URL.
fn fields(whole: &Source) -> Option<Message> {
    let text = whole.text();
    // A sentence or a log line may hold name=value as well.
    if !text.contains('=') || !text.contains('&') && text.contains(char::is_whitespace) {
        return None;
    }
    let begin = text.len() - text.trim_start_matches(['?', '#', '&']).len();
    let form = clean::joined(&whole.from(begin));
    let fields = pairs(&form, Place::Body);
    let named = fields
        .iter()
        .filter(|field| names::known(&field.name) || names::meant(&field.name).is_some())
        .count();
    // In a sentence no name is that of a parameter.
    if named == 0 || fields.iter().any(|field| field.name.contains(' ') && named < 2) {
        return None;
    }
    let mut message = Message { fields, body: Some(form.clone()), ..Message::default() };
    let token_request = message.means("grant_type") || message.means("code_verifier");
    if token_request {
        message.kind = Kind::TokenRequest;
        return Some(message);
    }
    // A query: what belongs to a URL is judged as one.
    let place = if text.starts_with('#') { Place::Fragment } else { Place::Query };
    let params = pairs(&form, place);
    let mut message = Message { url: Some(Url::of_params(params, place)), ..Message::default() };
    message.settle();
    (message.kind != Kind::Unknown).then_some(message)
}

/// Parameters on lines of their own, `name: value`, as a network tab lists them.
fn listed(whole: &Source) -> Option<Message> {
    let mut fields = Vec::new();
    let mut at = 0;
    for line in whole.text().split_inclusive('\n') {
        let source = whole.part(at..at + line.len()).trim();
        at += line.len();
        let Some((name, value)) = source.text().split_once([':', '\t', '=']) else { continue };
        let name = name.trim().trim_matches(['"', '\'']).to_owned();
        let value = value.trim().trim_end_matches(',').trim_matches(['"', '\'']).to_owned();
        if names::known(&name) || names::meant(&name).is_some() && !name.contains(' ') {
            fields.push(Param { name, raw: value.clone(), value, place: Place::Body, range: source.range() });
        }
    }
    let has = |name: &str| fields.iter().any(|field: &Param| field.name == name);
    let token_request = has("grant_type") || has("code_verifier") && has("code");
    if token_request && fields.len() >= 2 {
        let body = Some(whole.clone());
        return Some(Message { kind: Kind::TokenRequest, fields, body, ..Message::default() });
    }
    let request = has("response_type") || has("code_challenge");
    let answer = has("state") && (has("code") || has("error"));
    if fields.len() < 2 || !request && !answer {
        return None;
    }
    for field in &mut fields {
        field.place = Place::Query;
    }
    let mut message = Message { url: Some(Url::of_params(fields, Place::Query)), ..Message::default() };
    message.settle();
    (message.kind != Kind::Unknown).then_some(message)
}

/// The parameters of a form, in order.
pub(super) fn pairs(form: &Source, place: Place) -> Vec<Param> {
    let mut found = Vec::new();
    let mut at = 0;
    for part in parts(form.text(), b'&') {
        let end = at + part.len();
        if !part.is_empty()
            && let Some((name, value)) = form::parse(part).into_iter().next()
        {
            let raw = cut(part, b'=').1;
            // Without a name of the protocol it may be the rest of a value, after an & that was not encoded.
            let (name, value) = match raw {
                None if !names::known(&name) => (String::new(), name),
                // No UTF-8: it is there all the same.
                Some(raw) if value.is_empty() => (name, raw.replace('%', "\u{fffd}")),
                _ => (name, value),
            };
            let raw = raw.unwrap_or_default().to_owned();
            found.push(Param { name, value, raw, place, range: form.part(at..end).range() });
        }
        at = end + 1;
    }
    found
}

/// The query's parameters of a URL.
pub(super) fn parameters(url: &str) -> Vec<(String, String)> {
    let source = Source::new(url, 0);
    let pairs = Url::read(&source).query;
    pairs.into_iter().map(|param| (param.name, param.value)).collect()
}
