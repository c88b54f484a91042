//! What [`explain`](super::explain) answers with, and how it is written down.

use super::catalog::Code;
use super::show;
use std::ops::Range;

/// What was recognised in the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// The URL that the browser is sent to, RFC 6749 §4.1.1.
    AuthorizationRequest,
    /// The callback without an error, RFC 6749 §4.1.2: with a code, or with what came in its place.
    AuthorizationResponse,
    /// The callback, or the platform's error page, with an error, RFC 6749 §4.1.2.1.
    AuthorizationError,
    /// The request to the token endpoint, RFC 6749 §4.1.3.
    TokenRequest,
    /// The token endpoint's answer with tokens, RFC 6749 §5.1.
    TokenResponse,
    /// The token endpoint's refusal, RFC 6749 §5.2.
    TokenError,
    /// The platform's metadata, OpenID Connect Discovery §4.
    Metadata,
    /// A request that ends the platform's session, RP-Initiated Logout 1.0 §2.
    LogoutRequest,
    /// A message of the browser's console.
    ConsoleMessage,
    /// An error of this SDK: as it is thrown, as JSON, or its code alone.
    SdkError,
    /// Several messages of one sign-in, such as a HAR file holds.
    Recording,
    /// None of these.
    Unknown,
}

impl Kind {
    /// The kind's name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::AuthorizationRequest => "authorization_request",
            Kind::AuthorizationResponse => "authorization_response",
            Kind::AuthorizationError => "authorization_error",
            Kind::TokenRequest => "token_request",
            Kind::TokenResponse => "token_response",
            Kind::TokenError => "token_error",
            Kind::Metadata => "metadata",
            Kind::LogoutRequest => "logout_request",
            Kind::ConsoleMessage => "console_message",
            Kind::SdkError => "sdk_error",
            Kind::Recording => "recording",
            Kind::Unknown => "unknown",
        }
    }

    /// The kind in a sentence.
    pub fn title(self) -> &'static str {
        match self {
            Kind::AuthorizationRequest => "Authorization request",
            Kind::AuthorizationResponse => "Callback",
            Kind::AuthorizationError => "Callback with an error",
            Kind::TokenRequest => "Token request",
            Kind::TokenResponse => "Token response",
            Kind::TokenError => "Refusal by the token endpoint",
            Kind::Metadata => "Provider metadata",
            Kind::LogoutRequest => "Logout request",
            Kind::ConsoleMessage => "Message of the browser's console",
            Kind::SdkError => "Error of this SDK",
            Kind::Recording => "Recording of several messages",
            Kind::Unknown => "Not recognised",
        }
    }
}

/// Where a part of a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// Scheme, host and port of the URL.
    Origin,
    /// The path of the URL.
    Path,
    /// After `?`.
    Query,
    /// After `#`.
    Fragment,
    /// The body of a request or an answer.
    Body,
    /// A header.
    Header,
    /// The status of an answer.
    Status,
}

impl Place {
    /// The place's name in JSON and text.
    pub fn as_str(self) -> &'static str {
        match self {
            Place::Origin => "origin",
            Place::Path => "path",
            Place::Query => "query",
            Place::Fragment => "fragment",
            Place::Body => "body",
            Place::Header => "header",
            Place::Status => "status",
        }
    }
}

/// One parameter, header or member as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Part {
    /// The message that it belongs to: a recording holds several.
    pub message: Kind,
    /// Its name as written.
    pub name: String,
    /// Its decoded value; what can be said about it where it is secret, in parentheses.
    pub value: String,
    /// Whether the value is secret or private, so that `value` only describes it.
    pub hidden: bool,
    /// Where it stands.
    pub place: Place,
    /// Its bytes in the input.
    pub range: Range<usize>,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing; the sign-in may work.
    Note,
    /// Unsafe, or refused by some platforms.
    Warning,
    /// The sign-in fails, or its protection does not hold.
    Error,
}

impl Severity {
    /// The severity's name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// One thing that is wrong, or worth knowing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// A stable name, such as `redirect_uri_trailing_slash`: a row of [`catalog`](super::catalog).
    pub code: &'static str,
    /// The parameter, header or member that it is about.
    pub parameter: Option<String>,
    /// What was seen, in a sentence. No secret is in it.
    pub seen: String,
    /// Why it matters.
    pub why: String,
    /// What to do or to write instead.
    pub instead: String,
    /// The clause that says so, such as `RFC 7636 §4.2`.
    pub clause: &'static str,
    /// The bytes in the input that it is about.
    pub range: Option<Range<usize>>,
}

/// What an input is, what is in it, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// What was recognised.
    pub kind: Kind,
    /// Each parameter as found, in the input's order.
    pub parts: Vec<Part>,
    /// What is wrong, worst first.
    pub findings: Vec<Finding>,
}

impl Report {
    /// The severity of the worst finding; `None` where there is none.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }

    /// The report as a JSON document: `{kind, parts, findings}`, members as the fields are named. Ranges are pairs of
    /// byte offsets into the input's UTF-8.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::from("{\"kind\":");
        show::json_string(&mut out, self.kind.as_str());
        out.push_str(",\"parts\":[");
        for (at, part) in self.parts.iter().enumerate() {
            out.push_str(if at == 0 { "{" } else { ",{" });
            let texts = [
                ("message", part.message.as_str()),
                ("name", &part.name),
                ("value", &part.value),
                ("place", part.place.as_str()),
            ];
            for (name, text) in texts {
                show::json_member(&mut out, name, text);
                out.push(',');
            }
            out.push_str(&format!(
                "\"hidden\":{},\"range\":[{},{}]}}",
                part.hidden, part.range.start, part.range.end
            ));
        }
        out.push_str("],\"findings\":[");
        for (at, finding) in self.findings.iter().enumerate() {
            out.push_str(if at == 0 { "{" } else { ",{" });
            show::json_member(&mut out, "severity", finding.severity.as_str());
            out.push(',');
            show::json_member(&mut out, "code", finding.code);
            out.push_str(",\"parameter\":");
            match &finding.parameter {
                Some(name) => show::json_string(&mut out, name),
                None => out.push_str("null"),
            }
            let texts = [
                ("seen", finding.seen.as_str()),
                ("why", &finding.why),
                ("instead", &finding.instead),
                ("clause", finding.clause),
            ];
            for (name, text) in texts {
                out.push(',');
                show::json_member(&mut out, name, text);
            }
            match &finding.range {
                Some(range) => out.push_str(&format!(",\"range\":[{},{}]}}", range.start, range.end)),
                None => out.push_str(",\"range\":null}"),
            }
        }
        out.push_str("]}");
        out
    }

    /// The report for a terminal: plain text, no colours.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = format!("{}\n", self.kind.title());
        let width = self.parts.iter().map(|part| part.name.chars().count()).max().unwrap_or(0).min(28);
        let mut message = self.kind;
        for part in &self.parts {
            if part.message != message {
                message = part.message;
                out.push_str(&format!("\n  {}\n", message.title()));
            }
            out.push_str(&format!("  {:<8}  {:<width$}  {}\n", part.place.as_str(), part.name, part.value));
        }
        out.push_str(&findings_to_text(&self.findings, PAGE));
        out
    }
}

/// The page of every finding.
const PAGE: &str = "https://github.com/intelliauth/spa-sdk/blob/main/docs/explain.md";

/// Findings for a terminal, and on which `page` each is found by its code.
pub(crate) fn findings_to_text(findings: &[Finding], page: &str) -> String {
    if findings.is_empty() {
        return "\nNothing wrong was found.\n".to_owned();
    }
    let mut out = String::new();
    if findings.iter().all(|finding| finding.code == Code::RedirectUriNotCompared.as_str()) {
        out.push_str("\nNothing wrong was found in what could be checked.\n");
    }
    for finding in findings {
        out.push_str(&format!("\n{} {}\n", finding.severity.as_str().to_uppercase(), finding.code));
        let rows = [
            ("Seen", finding.seen.as_str()),
            ("Why", &finding.why),
            ("Instead", &finding.instead),
            ("Clause", finding.clause),
        ];
        for (name, text) in rows {
            if !text.is_empty() {
                out.push_str(&format!("  {name:<8} {text}\n"));
            }
        }
    }
    out.push_str(&format!("\nEvery finding by its code: {page}\n"));
    out
}
