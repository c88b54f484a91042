//! What each answer says of the platform.

use super::catalog::Code;
use super::{Answer, Doctor, Outcome, Probe, Question, Severity};
use crate::core::base::clock::{Millis, WallTime};
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::json::{Member, Object, parse};
use crate::core::base::text::sanitize;
use crate::core::protocol::authorization_response::{AuthorizationResult, at_redirect_uri, read};
use crate::core::protocol::code_flow::{
    HttpResponse, process_jwks_response, process_metadata_response, usable_keys,
};
use crate::core::protocol::metadata;
use crate::core::protocol::token::{TokenOutcome, process_token_response};

impl Doctor {
    pub(super) fn judge(&mut self, probe: &Probe, answer: &Answer<'_>, now: WallTime) {
        self.check_clock(answer, now);
        match probe.question {
            Question::Metadata => self.judge_metadata(probe, answer),
            Question::Keys => self.judge_keys(probe, answer),
            Question::AuthorizationEndpoint => {
                if self.is_served(probe, answer, "endpoints.authorization") {
                    self.check(probe.question.as_str(), Outcome::Good, &probe.url);
                }
            }
            Question::TokenPreflight => self.judge_preflight(probe, answer),
            Question::AuthorizationRequest => self.judge_authorization(probe, answer),
            Question::TokenRequest => self.judge_exchange(probe, answer),
        }
    }

    fn judge_metadata(&mut self, probe: &Probe, answer: &Answer<'_>) {
        let name = probe.question.as_str();
        let response = HttpResponse { status: answer.status, body: answer.body };
        match process_metadata_response(self.engine, &self.setup.config, response) {
            Ok((metadata, left_out)) => {
                for error in &left_out {
                    self.find_metadata(Severity::Warning, error);
                }
                let costs =
                    "With `discovery: true` the SDK reads it from the app's page; without, a sign-in works.";
                let readable = self.is_readable(probe, answer, Severity::Warning, costs);
                self.check(name, if readable { Outcome::Good } else { Outcome::Bad }, &probe.url);
                if let Some(object) = parse(self.engine, answer.body) {
                    self.judge_members(object.as_ref());
                }
                self.compare_endpoints(&metadata);
                self.metadata = metadata;
            }
            Err(error) => {
                self.check(name, Outcome::Bad, &format!("{}: {}", probe.url, answer.status));
                let missing = error.detail("check") == Some("status");
                self.find_metadata(if missing { Severity::Warning } else { Severity::Error }, &error);
            }
        }
    }

    fn find_metadata(&mut self, severity: Severity, error: &Error) {
        let detail = |name| error.detail(name).unwrap_or_default();
        let (expected, received, url) = (detail("expected"), detail("received"), detail("url"));
        let expectation = |what: &str| format!("{what} is {received}, and {expected} was expected.");
        let (code, seen) = match (error.code, detail("check")) {
            (ErrorCode::MetadataInvalid, "status") => {
                (Code::MetadataNotFound, format!("{url} answers with {received}."))
            }
            (ErrorCode::MetadataInvalid, "issuer") if error.detail("option").is_some() => (
                Code::IssuerMismatch,
                format!("The platform calls itself {received}, and {expected} was expected."),
            ),
            (ErrorCode::MetadataInvalid, name @ "code_challenge_methods_supported") => {
                (Code::PkceNotSupported, format!("{name} is {received}."))
            }
            (ErrorCode::MetadataInvalid, check) => (Code::MetadataInvalid, expectation(check)),
            _ => {
                let status = error.detail("status").unwrap_or("429");
                (Code::PlatformUnavailable, format!("The metadata was answered with {status}."))
            }
        };
        let correction = match error.detail("option") {
            Some(option) => {
                format!(
                    "If {received} is right, set the option `{option}` to it; that is taken as you write it."
                )
            }
            None => format!("Correct it at {url}."),
        };
        self.find_as(severity, code, seen, &[("received", received), ("correction", &correction)]);
    }

    /// Members that the SDK does not read, and a sign-in hangs on.
    fn judge_members(&mut self, object: &dyn Object) {
        self.check("issuer", Outcome::Good, &self.setup.config.issuer.clone());
        if object.member("code_challenge_methods_supported") == Member::Missing {
            self.check("PKCE", Outcome::Skipped, "the metadata does not say");
            let seen = "The metadata does not name code_challenge_methods_supported.";
            self.find(Code::PkceNotAnnounced, seen, &[]);
        } else {
            self.check("PKCE", Outcome::Good, "S256");
        }
        for (name, needed, code) in [
            ("response_types_supported", "code", Code::FlowNotSupported),
            ("token_endpoint_auth_methods_supported", "none", Code::PublicClientsNotAnnounced),
            ("grant_types_supported", "refresh_token", Code::RefreshNotAnnounced),
        ] {
            if let Member::Texts(listed) = object.member(name)
                && !listed.iter().any(|known| known == needed)
            {
                self.find(code, format!("{name} lists {}.", sanitize(&listed.join(" "))), &[]);
            }
        }
    }

    /// Without discovery the SDK goes to the contract's paths.
    fn compare_endpoints(&mut self, metadata: &metadata::Metadata) {
        let contract = &self.setup.config.endpoints;
        let mut others = Vec::new();
        for (option, known, found) in [
            ("endpoints.authorization", &contract.authorization, &metadata.endpoints.authorization),
            ("endpoints.token", &contract.token, &metadata.endpoints.token),
        ] {
            if let Some(url) = found
                && known != found
            {
                others.push(format!("{option} is {url}"));
            }
        }
        if !others.is_empty() {
            self.find(Code::EndpointsDiffer, format!("By the metadata {}.", others.join(", and ")), &[]);
        }
    }

    fn judge_keys(&mut self, probe: &Probe, answer: &Answer<'_>) {
        let name = probe.question.as_str();
        if !self.is_served(probe, answer, "endpoints.jwks") {
            return;
        }
        let response = HttpResponse { status: answer.status, body: answer.body };
        let count =
            process_jwks_response(self.engine, &self.metadata, response).map(|keys| usable_keys(&keys));
        match count {
            Ok(count) if count > 0 => {
                let costs = "With `discovery: true` every ID token's signature is verified by these keys.";
                let readable = self.is_readable(probe, answer, Severity::Error, costs);
                let outcome = if readable { Outcome::Good } else { Outcome::Bad };
                self.check(name, outcome, &format!("{count} at {}", probe.url));
            }
            count => {
                self.check(name, Outcome::Bad, &probe.url);
                let url = &probe.url;
                let seen = match count {
                    Ok(_) => format!("No key at {url} signs ID tokens in a way that a browser verifies."),
                    Err(_) => format!("{url} is no JSON Web Key Set."),
                };
                self.find(Code::NoSigningKey, seen, &[]);
            }
        }
    }

    fn judge_preflight(&mut self, probe: &Probe, answer: &Answer<'_>) {
        let name = probe.question.as_str();
        if !self.is_served(probe, answer, "endpoints.token") {
            return;
        }
        if !(200..300).contains(&answer.status) {
            // The SDK's own request needs no preflight, and some platforms answer none.
            let seen = format!("{}: it answers no preflight ({})", probe.url, answer.status);
            self.check(name, Outcome::Skipped, &seen);
            let seen = format!("{} answers a CORS preflight with {}.", probe.url, answer.status);
            return self.find(Code::PreflightNotAnswered, seen, &[]);
        }
        let costs = "Every sign-in ends with network_error.";
        let readable = self.is_readable(probe, answer, Severity::Error, costs);
        let outcome = if readable { Outcome::Good } else { Outcome::Bad };
        self.check(name, outcome, &format!("{}, for {}", probe.url, self.setup.origin));
    }

    fn judge_authorization(&mut self, probe: &Probe, answer: &Answer<'_>) {
        let name = probe.question.as_str();
        let redirect_uri = self.setup.config.redirect_uri.clone();
        let back = answer.location.as_deref().filter(|url| at_redirect_uri(url, &redirect_uri));
        let refused = back.map(|url| read(url).answer);
        match refused {
            // With `prompt=none` these say that all is well, and that nobody is signed in.
            Some(Ok(AuthorizationResult::Code(_))) => self.check(name, Outcome::Good, &redirect_uri),
            Some(Ok(AuthorizationResult::Refused(error))) => match error.code {
                ErrorCode::LoginRequired
                | ErrorCode::ConsentRequired
                | ErrorCode::InteractionRequired
                | ErrorCode::AccountSelectionRequired => self.check(name, Outcome::Good, &redirect_uri),
                _ => {
                    let error_name = error.detail("error").unwrap_or_default();
                    let description = error.detail("description").unwrap_or_default();
                    let seen = format!(
                        "The platform refuses the authorization request with {error_name}: {description}"
                    );
                    self.check(name, Outcome::Bad, &seen);
                    self.find(Code::AuthorizationRefused, seen, &[]);
                }
            },
            None if (400..500).contains(&answer.status) => {
                let (client_id, status) = (self.setup.config.client_id.clone(), answer.status);
                self.check(name, Outcome::Bad, &format!("{redirect_uri}: {status}"));
                let seen = format!(
                    "The platform answers the authorization request with a page of its own ({status}), and not at {redirect_uri}."
                );
                let details = [("redirectUri", redirect_uri.as_str()), ("clientId", &client_id)];
                self.find(Code::RedirectUriNotRegistered, seen, &details);
            }
            _ => self.check(
                name,
                Outcome::Skipped,
                &format!("the platform answered with {} and a page of its own", answer.status),
            ),
        }
    }

    fn judge_exchange(&mut self, probe: &Probe, answer: &Answer<'_>) {
        let name = probe.question.as_str();
        if !self.is_served(probe, answer, "endpoints.token") {
            return;
        }
        let costs = "Every sign-in ends with network_error.";
        let readable = self.is_readable(probe, answer, Severity::Error, costs);
        let outcome = process_token_response(self.engine, answer.status, Some(answer.body), Millis(0));
        let TokenOutcome::Refused { error, grant } = outcome else {
            let seen = format!(
                "{} answers a code that is made up with {}, and no OAuth error.",
                probe.url, answer.status
            );
            self.check(name, Outcome::Bad, &seen);
            return self.find(Code::TokenEndpointUnusable, seen, &[]);
        };
        if grant {
            let outcome = if readable { Outcome::Good } else { Outcome::Bad };
            return self.check(
                name,
                outcome,
                &format!("refused as a code that is made up must be, for {}", self.setup.origin),
            );
        }
        let error_name = error.detail("error").unwrap_or_default();
        let description = error.detail("description").unwrap_or_default();
        let seen = format!("The token endpoint refuses the request with {error_name}: {description}");
        self.check(name, Outcome::Bad, &seen);
        let code = match error.code {
            ErrorCode::ClientRefused => Code::ClientRefused,
            // Some platforms refuse an origin that is not registered so; that is told already.
            _ if !readable => return,
            _ => Code::TokenRequestRefused,
        };
        self.find(code, seen, &[]);
    }
}
