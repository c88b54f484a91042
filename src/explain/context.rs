//! What the rules see, and where their findings come together.

use super::catalog::{Code, Row};
use super::input::{Message, Param, is_source};
use super::names;
use super::show;
use super::{Finding, Kind, Known, Part, Place, Report, Severity};
use crate::core::base::json::Engine;
use crate::core::base::secret::Verifier;
use std::ops::Range;

/// What is known besides the message at hand, and the findings so far.
pub(super) struct Context<'a> {
    pub known: &'a Known,
    pub engine: Engine,
    /// Whether the input writes `&` as `&amp;`.
    pub html_escaped: bool,
    /// The sign-in of the message at hand, from the input itself.
    pub sent: Sent,
    /// The token request of the message at hand.
    pub exchange: Exchange,
    /// The authorization requests of the input, each with its place among the messages.
    requests: Vec<(usize, Sent)>,
    /// The codes of callbacks, with the state of each.
    answers: Vec<(String, String)>,
    /// The codes that were sent to the token endpoint.
    codes: Vec<String>,
    /// See [`Message::computed`] and [`Message::partial`].
    computed: Vec<String>,
    partial: bool,
    found: Vec<Found>,
    secrets: Vec<String>,
}

/// Findings that do not ask for the parameter's value.
const NAMES: &[Code] = &[
    Code::ParameterMisspelled,
    Code::ParameterRepeated,
    Code::SecretInUrl,
    Code::ClientSecretInBrowser,
    Code::ClientSecretSent,
    Code::VerifierInRequest,
    Code::TokenRequestInUrl,
    Code::HeaderNeedsPreflight,
    Code::ChallengeInTokenRequest,
    Code::TokenRequestJson,
    Code::TokenRequestMultipart,
];

/// What an authorization request of the same input said.
#[derive(Clone, Default)]
pub(super) struct Sent {
    pub redirect_uri: Option<String>,
    pub challenge: Option<String>,
    pub client_id: Option<String>,
    pub state: Option<String>,
}

/// What a token request of the same input said.
#[derive(Default)]
pub(super) struct Exchange {
    pub redirect_uri: Option<String>,
    pub grant_type: Option<String>,
}

/// A finding in the making.
pub(super) struct Found {
    row: &'static Row,
    severity: Severity,
    rank: usize,
    parameter: Option<String>,
    seen: String,
    details: Vec<(&'static str, String)>,
    range: Option<Range<usize>>,
}

impl Found {
    /// The parameter that it is about.
    pub fn on(mut self, param: &Param) -> Self {
        self.range = Some(param.range.clone());
        self.named(&param.name)
    }

    /// The parameter's name, where it is not there itself.
    pub fn named(mut self, name: &str) -> Self {
        self.parameter = Some(show::plain(name));
        self
    }

    /// Where in the input it is.
    pub fn in_range(mut self, range: Range<usize>) -> Self {
        self.range = Some(range);
        self
    }

    /// What the placeholder `{name}` of the row's texts stands for.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.details.push((name, value.into()));
        self
    }

    /// Instead of the row's severity.
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Where it stands among those of its severity; the lowest first.
    pub fn rank(mut self, rank: usize) -> Self {
        self.rank = rank;
        self
    }
}

impl<'a> Context<'a> {
    pub fn new(input: &str, known: &'a Known, engine: Engine) -> Self {
        let mut secrets: Vec<String> = Vec::new();
        let given = [
            known.verifier.as_ref().map(|verifier| ("code_verifier", verifier.expose())),
            known.state.as_ref().map(|state| ("state", state.expose())),
        ];
        for (name, value) in given.into_iter().flatten() {
            if names::secret(name, value) {
                secrets.push(value.to_owned());
            }
        }
        Self {
            known,
            engine,
            html_escaped: input.contains("&amp;"),
            sent: Sent::default(),
            exchange: Exchange::default(),
            requests: Vec::new(),
            answers: Vec::new(),
            codes: Vec::new(),
            computed: Vec::new(),
            partial: false,
            found: Vec::new(),
            secrets,
        }
    }

    /// Takes from the message at `place` what the others are compared with.
    pub fn learn(&mut self, place: usize, message: &Message) {
        for param in message.all().filter(|param| !message.computed.contains(&param.name)) {
            for value in [&param.value, &param.raw] {
                // Of "Bearer …" the second word is the secret as well.
                for text in std::iter::once(value.as_str()).chain(value.split([' ', '=', ';', ':'])) {
                    if names::secret(&param.name, text) {
                        self.hide(text);
                    }
                }
                self.hide_inside(value);
            }
        }
        if let Some(prose) = &message.prose {
            self.hide_inside(prose.text());
        }
        let value = |name| message.param(name).map(|param| param.value.clone());
        match message.kind {
            Kind::AuthorizationRequest => {
                let sent = Sent {
                    redirect_uri: value("redirect_uri"),
                    challenge: value("code_challenge"),
                    client_id: value("client_id"),
                    state: value("state"),
                };
                self.requests.push((place, sent));
            }
            Kind::AuthorizationResponse => self.answers.extend(value("code").zip(value("state"))),
            Kind::TokenRequest => self.codes.extend(value("code").filter(|code| !code.is_empty())),
            _ => {}
        }
    }

    /// Turns to the message at `place`: a recording may hold several sign-ins, one after the other or of several tabs.
    /// The message's is the one whose state, code or verifier it has; or else the latest before it.
    pub fn turn_to(&mut self, place: usize, message: &Message) {
        self.computed = message.computed.clone();
        self.partial = message.partial;
        let value = |name| message.param(name).map(|param| param.value.as_str());
        let of_state = |state: Option<&str>| {
            let sent_it = |(_, sent): &&(usize, Sent)| state.is_some() && sent.state.as_deref() == state;
            self.requests.iter().rev().find(sent_it)
        };
        let known = match message.kind {
            Kind::AuthorizationRequest => None,
            Kind::AuthorizationResponse | Kind::AuthorizationError => of_state(value("state")),
            Kind::TokenRequest => {
                self.exchange = Exchange {
                    redirect_uri: value("redirect_uri").map(str::to_owned),
                    grant_type: value("grant_type").map(str::to_owned),
                };
                let answer = self.answers.iter().rev().find(|(code, _)| Some(code.as_str()) == value("code"));
                let challenge = value("code_verifier").map(|verifier| Verifier::new(verifier).challenge());
                let by_verifier =
                    |(_, sent): &&(usize, Sent)| challenge.is_some() && sent.challenge == challenge;
                of_state(answer.map(|(_, state)| state.as_str()))
                    .or_else(|| self.requests.iter().rev().find(by_verifier))
            }
            // An answer is of the request before it.
            _ => return,
        };
        let before = self.requests.iter().rev().find(|(at, _)| *at <= place);
        if let Some((_, sent)) = known.or(before).or(self.requests.last()) {
            self.sent = sent.clone();
        }
    }

    /// Whether the input sends this code to the token endpoint more than once.
    pub fn repeated(&self, code: &str) -> bool {
        self.codes.iter().filter(|sent| *sent == code).count() > 1
    }

    /// Tokens in a text, and the secret parameters of URLs in it.
    fn hide_inside(&mut self, text: &str) {
        let separator = |letter: char| letter.is_whitespace() || "?#&\"'<>(),;".contains(letter);
        for word in text.split(separator) {
            let (name, value) = word.split_once('=').unwrap_or(("", word));
            if show::is_token(value) || !name.is_empty() && names::secret(name, value) {
                self.hide(value);
            }
        }
    }

    fn hide(&mut self, value: &str) {
        if !self.secrets.iter().any(|known| known == value) {
            self.secrets.push(value.to_owned());
        }
    }

    /// The challenge of the authorization request, where one is known.
    pub fn challenge(&self) -> Option<&str> {
        self.known.sent_challenge.as_deref().or(self.sent.challenge.as_deref())
    }

    /// The redirect URI of the authorization request, where one is known.
    pub fn sent_redirect_uri(&self) -> Option<&str> {
        self.known.sent_redirect_uri.as_deref().or(self.sent.redirect_uri.as_deref())
    }

    /// The client id, where one is known.
    pub fn client_id(&self) -> Option<&str> {
        self.known.client_id.as_deref().or(self.sent.client_id.as_deref())
    }

    /// The state that was sent, where it is known.
    pub fn state(&self) -> Option<&str> {
        self.known.state.as_ref().map(|state| state.expose()).or(self.sent.state.as_deref())
    }

    /// Begins a finding: `seen` is one sentence without secrets.
    pub fn finding(&self, code: Code, seen: impl Into<String>) -> Found {
        let row = code.row();
        Found {
            row,
            severity: row.severity,
            rank: code as usize + 1000,
            parameter: None,
            seen: seen.into(),
            details: Vec::new(),
            range: None,
        }
    }

    /// Takes a finding, unless the same was said about the same before.
    pub fn add(&mut self, found: Found) {
        let same = |known: &Found| known.row.code == found.row.code && known.parameter == found.parameter;
        if !self.found.iter().any(same) && !self.is_guess(&found) {
            self.found.push(found);
        }
    }

    /// Whether it is about a value, or a parameter, that source code does not show.
    fn is_guess(&self, found: &Found) -> bool {
        let by_name = NAMES.iter().any(|code| code.as_str() == found.row.code);
        let computed = found.parameter.as_ref().is_some_and(|name| self.computed.contains(name));
        computed && !by_name || self.partial && found.row.code.ends_with("_missing")
    }

    /// Adds a finding that needs no more than its sentence.
    pub fn say(&mut self, code: Code, param: &Param, seen: impl Into<String>) {
        let found = self.finding(code, seen).on(param);
        self.add(found);
    }

    /// Whether a finding of this code is there.
    pub fn has(&self, code: Code) -> bool {
        self.found.iter().any(|found| found.row.code == code.as_str())
    }

    /// Whether anything is there that makes the sign-in fail.
    pub fn has_error(&self) -> bool {
        self.found.iter().any(|found| found.severity == Severity::Error)
    }

    /// All in one, worst first, every text looked through for secrets once more.
    pub fn report(mut self, input: &str, messages: Vec<Message>) -> Report {
        let kind = match messages.as_slice() {
            [] => Kind::Unknown,
            [message] => message.kind,
            [first, rest @ ..] if rest.iter().all(|message| message.kind == first.kind) => first.kind,
            // A request with its own answer is explained as that request.
            [first, second] if first.kind == Kind::TokenRequest && second.answer => first.kind,
            _ => Kind::Recording,
        };
        if self.found.is_empty() && messages.iter().all(|message| message.kind == Kind::Unknown) {
            let text = input.trim();
            let seen = if input.len() > super::MAX_INPUT {
                "The text is larger than 32 MiB: paste the one entry of the recording that failed."
            } else if text.is_empty() {
                "There is no text."
            } else if is_source(text) {
                "This is source code, and no request is written out in it."
            } else if show::is_token(text) && !text.contains(char::is_whitespace) {
                "This looks like a token. A token is a secret: paste the message that it came with, not the token."
            } else {
                "This is no message of a sign-in that is known here."
            };
            self.add(self.finding(Code::NotRecognised, seen));
        }
        self.secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        let secrets = std::mem::take(&mut self.secrets);
        let clean = |text: String| {
            let mut text = text.replace(char::is_control, " ");
            for secret in &secrets {
                if text.contains(secret.as_str()) {
                    text = text.replace(secret.as_str(), "…");
                }
            }
            text
        };
        let bounded = |range: Range<usize>| {
            let whole = input.get(range.clone()).is_some();
            if whole { range } else { 0..0 }
        };
        let mut parts = Vec::new();
        for message in &messages {
            for param in message.shown() {
                let hidden = names::hides(&param.name) && !matches!(param.place, Place::Origin | Place::Path);
                let callback = matches!(message.kind, Kind::AuthorizationResponse | Kind::AuthorizationError);
                // Of an error of this SDK only what its texts say anyway was taken.
                let ours = message.kind == Kind::SdkError;
                let hidden = hidden && !ours;
                let said = ours || param.name.starts_with("error") || param.place == Place::Path && callback;
                let value = match (hidden, said) {
                    _ if message.computed.contains(&param.name) => "(computed)".to_owned(),
                    (true, _) => show::described(&param.value),
                    (_, true) => clean(show::sentence(&param.value)),
                    _ => clean(show::value(&param.value)),
                };
                parts.push(Part {
                    message: message.kind,
                    name: clean(show::plain(&param.name)),
                    value,
                    hidden,
                    place: param.place,
                    range: bounded(param.range.clone()),
                });
            }
        }
        self.found.sort_by_key(|found| (std::cmp::Reverse(found.severity), found.rank));
        let findings = self.found.into_iter().map(|found| {
            let fill = |text: &str| {
                let mut text = text.to_owned();
                for (name, value) in &found.details {
                    text = text.replace(&format!("{{{name}}}"), value);
                }
                text
            };
            Finding {
                severity: found.severity,
                code: found.row.code,
                parameter: found.parameter.clone().map(clean),
                seen: clean(found.seen.clone()),
                why: clean(fill(found.row.why)),
                instead: clean(fill(found.row.instead)),
                clause: found.row.clause,
                range: found.range.clone().map(bounded),
            }
        });
        Report { kind, findings: findings.collect(), parts }
    }
}
