//! Asks a platform how it is set up for an app, and says what is wrong: metadata, keys, CORS, clock, endpoints, PKCE.
//!
//! Without I/O, as everything here: [`Doctor::next_probe`] says what to send, [`Doctor::answered`] and
//! [`Doctor::unanswered`] are told what came of it, until there is no next one. Nothing is sent anywhere but to the
//! tenant's and the issuer's origin; what a platform may take for an attack is sent only where [`Setup::probe`] says so.
#![forbid(unsafe_code)]

pub mod catalog;
mod judge;
mod reach;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

pub use crate::explain::{Finding, Severity};

use crate::explain::findings_to_text;
use catalog::Code;

use crate::core::base::clock::{Millis, WallTime};
use crate::core::base::config::Config;
use crate::core::base::error::Error;
use crate::core::base::json::Engine;
use crate::core::base::origin::Origin;
use crate::core::protocol::authorize::{AuthorizationEntropy, LoginOptions, build_authorization_url};
use crate::core::protocol::metadata::{self, Metadata};

/// The app, and how far to go.
pub struct Setup {
    /// The app's own options.
    pub config: Config,
    /// The origin of the app's pages, such as `https://app.example`.
    pub origin: String,
    /// Whether to send an authorization request, and a token request with a code that is made up. Only these show whether
    /// client, redirect URI and origin are registered, and a platform may log what it refuses as an attack.
    pub probe: bool,
    /// Random values for the authorization request.
    pub entropy: AuthorizationEntropy,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Question {
    /// The metadata.
    Metadata,
    /// The keys.
    Keys,
    /// Whether there is an authorization endpoint: without any parameter.
    AuthorizationEndpoint,
    /// Whether the token endpoint answers a page of the app's: by a CORS preflight.
    TokenPreflight,
    /// Whether client and redirect URI are registered: an authorization request with `prompt=none`.
    AuthorizationRequest,
    /// Whether the client may exchange codes from the app's origin: a token request with a code that is made up.
    TokenRequest,
}

const QUESTIONS: [Question; 6] = [
    Question::Metadata,
    Question::Keys,
    Question::AuthorizationEndpoint,
    Question::TokenPreflight,
    Question::AuthorizationRequest,
    Question::TokenRequest,
];

impl Question {
    /// Its name in a report.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Metadata => "metadata",
            Self::Keys => "keys",
            Self::AuthorizationEndpoint => "authorization endpoint",
            Self::TokenPreflight => "token endpoint",
            Self::AuthorizationRequest => "redirect URI",
            Self::TokenRequest => "token request",
        }
    }
}

/// A request to send, without cookies and following no redirect.
#[derive(Debug)]
#[non_exhaustive]
pub struct Probe {
    /// What it asks.
    pub question: Question,
    /// The method.
    pub method: &'static str,
    /// Where to.
    pub url: String,
    /// The headers.
    pub headers: Vec<(&'static str, String)>,
    /// A form.
    pub body: Option<String>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: &'a str,
    /// `Access-Control-Allow-Origin`.
    pub allow_origin: Option<String>,
    /// `Location`.
    pub location: Option<String>,
    /// `Date`.
    pub date: Option<WallTime>,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As it should be.
    Good,
    /// A finding says what is wrong.
    Bad,
    /// It was not looked at.
    Skipped,
}

impl Outcome {
    /// Its name in a report.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Bad => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// What.
    pub name: &'static str,
    /// How it ended.
    pub outcome: Outcome,
    /// What was seen.
    pub seen: String,
}

/// See the module.
pub struct Doctor {
    engine: Engine,
    setup: Setup,
    metadata: Metadata,
    next: usize,
    sent: Option<Probe>,
    /// The provider cannot be reached: nothing more is asked.
    unreachable: bool,
    clock_checked: bool,
    checks: Vec<Check>,
    findings: Vec<Finding>,
}

impl Doctor {
    /// One that has not asked yet.
    #[must_use]
    pub fn new(engine: Engine, setup: Setup) -> Self {
        let metadata = Metadata::of_contract(&setup.config);
        let mut doctor = Self {
            engine,
            setup,
            metadata,
            next: 0,
            sent: None,
            unreachable: false,
            clock_checked: false,
            checks: Vec::new(),
            findings: Vec::new(),
        };
        if doctor.setup.config.insecure_redirect {
            doctor.find_plain_redirect();
        }
        doctor
    }

    /// What to send next; `None` once everything was asked.
    ///
    /// # Errors
    /// Those of [`build_authorization_url`].
    pub fn next_probe(&mut self, now: WallTime) -> Result<Option<&Probe>, Error> {
        self.sent = None;
        while let Some(question) = QUESTIONS.get(self.next).copied() {
            self.next += 1;
            if self.unreachable {
                self.check(question.as_str(), Outcome::Skipped, "the platform cannot be reached");
                continue;
            }
            let Some(probe) = self.probe(question, now)? else { continue };
            if !self.may_ask(&probe.url) {
                self.check(question.as_str(), Outcome::Skipped, &format!("{} is another origin", probe.url));
                continue;
            }
            self.sent = Some(probe);
            break;
        }
        Ok(self.sent.as_ref())
    }

    /// Takes the answer to the last probe.
    pub fn answered(&mut self, answer: &Answer<'_>, now: WallTime) {
        let Some(probe) = self.sent.take() else { return };
        self.judge(&probe, answer, now);
    }

    /// There was no answer: `reason` as Node names it (`ENOTFOUND`, `CERT_HAS_EXPIRED`), or `timeout`.
    pub fn unanswered(&mut self, reason: &str) {
        let Some(probe) = self.sent.take() else { return };
        self.find_unreachable(&probe, reason);
    }

    /// What was looked at, in order.
    #[must_use]
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// What is wrong, worst first.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = self.findings.clone();
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        findings
    }

    /// Both for a terminal: plain text, no colours.
    #[must_use]
    pub fn to_text(&self) -> String {
        let width = self.checks.iter().map(|check| check.name.len()).max().unwrap_or(0);
        let mut out = String::new();
        for check in &self.checks {
            out.push_str(&format!("  {:<8}{:<width$}  {}\n", check.outcome.as_str(), check.name, check.seen));
        }
        out + &findings_to_text(&self.findings(), PAGE)
    }

    fn probe(&mut self, question: Question, now: WallTime) -> Result<Option<Probe>, Error> {
        let config = &self.setup.config;
        let accept = ("accept", "application/json".to_owned());
        let origin = ("origin", self.setup.origin.clone());
        let endpoints = &self.metadata.endpoints;
        let get = |url: String, headers| Probe { question, method: "GET", url, headers, body: None };
        let probe = match question {
            Question::Metadata => get(metadata::url(&config.issuer), vec![accept, origin]),
            Question::Keys => match endpoints.jwks.clone() {
                Some(url) => get(url, vec![accept, origin]),
                None => {
                    self.check(question.as_str(), Outcome::Skipped, "it is not known where they are");
                    return Ok(None);
                }
            },
            Question::AuthorizationEndpoint => {
                get(endpoints.authorization.clone().unwrap_or_default(), Vec::new())
            }
            Question::TokenPreflight => Probe {
                question,
                method: "OPTIONS",
                url: endpoints.token.clone().unwrap_or_default(),
                headers: vec![origin, ("access-control-request-method", "POST".to_owned())],
                body: None,
            },
            _ if !self.setup.probe => {
                self.check(question.as_str(), Outcome::Skipped, "only asked with --probe");
                return Ok(None);
            }
            Question::AuthorizationRequest => {
                let options = LoginOptions { prompt: Some("none".to_owned()), ..LoginOptions::default() };
                let endpoint = endpoints.authorization.as_deref().unwrap_or_default();
                let url = build_authorization_url(config, endpoint, &options, &self.setup.entropy, now)?.0;
                get(url, Vec::new())
            }
            Question::TokenRequest => self.made_up_exchange(origin, accept),
        };
        Ok(Some(probe))
    }

    fn made_up_exchange(&self, origin: (&'static str, String), accept: (&'static str, String)) -> Probe {
        use crate::core::base::secret::{AuthorizationCode, Verifier};
        use crate::core::protocol::token::exchange_form;
        let config = &self.setup.config;
        let code = AuthorizationCode::new("made-up-by-intelliauth-doctor");
        let verifier = Verifier::from_entropy(&self.setup.entropy.verifier);
        Probe {
            question: Question::TokenRequest,
            method: "POST",
            url: self.metadata.endpoints.token.clone().unwrap_or_default(),
            headers: vec![origin, accept, ("content-type", "application/x-www-form-urlencoded".to_owned())],
            body: Some(exchange_form(&config.client_id, code, &config.redirect_uri, verifier)),
        }
    }

    /// Nothing is sent anywhere but to those whom the app names.
    fn may_ask(&self, url: &str) -> bool {
        let config = &self.setup.config;
        let asked = Origin::of(url);
        let named = [&config.named.authorization, &config.named.token, &config.named.jwks];
        asked.is_some()
            && (asked == Origin::of(&config.issuer)
                || named.iter().any(|named| named.as_deref() == Some(url)))
    }

    fn check(&mut self, name: &'static str, outcome: Outcome, seen: &str) {
        self.checks.push(Check { name, outcome, seen: seen.to_owned() });
    }

    fn find(&mut self, code: Code, seen: impl Into<String>, details: &[(&str, &str)]) {
        self.find_as(code.row().severity, code, seen, details);
    }

    /// With another severity than the row's.
    fn find_as(&mut self, severity: Severity, code: Code, seen: impl Into<String>, details: &[(&str, &str)]) {
        let (row, seen) = (code.row(), seen.into());
        if self.findings.iter().any(|known| known.code == row.code && known.seen == seen) {
            return;
        }
        self.findings.push(Finding {
            severity,
            code: row.code,
            parameter: None,
            seen,
            why: catalog::filled(row.why, details),
            instead: catalog::filled(row.instead, details),
            clause: row.clause,
            range: None,
        });
    }
}

/// The page of every finding.
const PAGE: &str = "https://github.com/intelliauth/spa-sdk/blob/main/docs/doctor.md";

/// A difference that is not worth a word: an answer takes its time, and `Date` is whole seconds.
const CLOCK_DRIFT: Millis = Millis::seconds(30);
