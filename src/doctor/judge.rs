//! What each answer says of the platform.

use super::{Answer, Doctor, Outcome, Probe, Question, Said, Severity};
use crate::core::base::clock::WallTime;
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
                let costs = "With `discovery: true` the SDK reads it from the app's page, where the browser refuses it. Without, a sign-in works.";
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
        let (code, said) = match (error.code, detail("check")) {
            (ErrorCode::MetadataInvalid, "status") => (
                "metadata_not_found",
                Said {
                    seen: format!("{url} answers with {received}."),
                    why: "A platform publishes there where its endpoints and keys are. Without `discovery` the SDK does not ask.",
                    instead:
                        "Look at the tenant's address and at `issuer`: the metadata is under the issuer."
                            .to_owned(),
                    clause: "OpenID Connect Discovery §4.1",
                },
            ),
            (ErrorCode::MetadataInvalid, "issuer") => (
                "issuer_mismatch",
                Said {
                    seen: format!("The platform calls itself {received}, and {expected} was expected."),
                    why: "The issuer is compared character for character, in metadata, callbacks and ID tokens: every sign-in is refused.",
                    instead: format!("If this is your platform, set `issuer: '{received}'`."),
                    clause: "OpenID Connect Discovery §4.3",
                },
            ),
            (ErrorCode::MetadataInvalid, "code_challenge_methods_supported") => (
                "pkce_not_supported",
                Said {
                    seen: format!("code_challenge_methods_supported is {received}."),
                    why: "The SDK sends a challenge by S256 and nothing less, so that a stolen code is worth nothing.",
                    instead: "Have the platform accept PKCE with S256 for this application.".to_owned(),
                    clause: "RFC 9700 §2.1.1",
                },
            ),
            (ErrorCode::MetadataInvalid, check) => (
                "metadata_invalid",
                Said {
                    seen: format!("{check} is {received}, and {expected} was expected."),
                    why: "With `discovery: true` the SDK refuses metadata that sends users, codes or tokens to another origin, or that it cannot read.",
                    instead: match error.detail("option") {
                        Some(option) => format!(
                            "If {received} is right, set the option `{option}` to it; that is taken as you write it."
                        ),
                        None => format!("Correct it at {url}."),
                    },
                    clause: "RFC 8414 §3.3",
                },
            ),
            _ => (
                "platform_unavailable",
                Said {
                    seen: format!(
                        "The metadata was answered with {}.",
                        error.detail("status").unwrap_or("429")
                    ),
                    why: "The platform cannot serve the request at present.",
                    instead: "Try again later; if it stays, look at the platform's status page or its log."
                        .to_owned(),
                    clause: "",
                },
            ),
        };
        self.find(severity, code, said);
    }

    /// Members that the SDK does not read, and a sign-in hangs on.
    fn judge_members(&mut self, object: &dyn Object) {
        self.check("issuer", Outcome::Good, &self.setup.config.issuer.clone());
        if object.member("code_challenge_methods_supported") == Member::Missing {
            self.check("PKCE", Outcome::Skipped, "the metadata does not say");
            let said = Said {
                seen: "The metadata does not name code_challenge_methods_supported.".to_owned(),
                why: "Whether the platform verifies PKCE cannot be told from outside.",
                instead:
                    "See in the platform's settings that PKCE with S256 is required for this application."
                        .to_owned(),
                clause: "RFC 8414 §2",
            };
            self.find(Severity::Note, "pkce_not_announced", said);
        } else {
            self.check("PKCE", Outcome::Good, "S256");
        }
        for (name, needed, severity, code, why, instead) in [
            (
                "response_types_supported",
                "code",
                Severity::Error,
                "code_flow_not_supported",
                "The SDK signs in by the authorization code flow alone.",
                "Have the platform allow the response type `code`.",
            ),
            (
                "token_endpoint_auth_methods_supported",
                "none",
                Severity::Warning,
                "public_clients_not_announced",
                "An app in a browser keeps no secret: it sends its client_id, and nothing to prove it.",
                "Register the application as a public client (single-page app), without a secret.",
            ),
            (
                "grant_types_supported",
                "refresh_token",
                Severity::Note,
                "refresh_not_announced",
                "Without refresh tokens the session ends with its access token.",
                "Allow the grant `refresh_token` for this application.",
            ),
        ] {
            if let Member::Texts(listed) = object.member(name)
                && !listed.iter().any(|known| known == needed)
            {
                let seen = format!("{name} lists {}.", sanitize(&listed.join(" ")));
                self.find(
                    severity,
                    code,
                    Said { seen, why, instead: instead.to_owned(), clause: "OpenID Connect Discovery §3" },
                );
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
            let said = Said {
                seen: format!("By the metadata {}.", others.join(", and ")),
                why: "Without `discovery: true` the SDK goes to /oauth2/authorize and /oauth2/token of the tenant.",
                instead: "Set `discovery: true`, or these options.".to_owned(),
                clause: "RFC 8414 §2",
            };
            self.find(Severity::Warning, "endpoints_differ", said);
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
                let costs = "With `discovery: true` every ID token's signature is verified by these keys, which the app's page cannot read.";
                let readable = self.is_readable(probe, answer, Severity::Error, costs);
                let outcome = if readable { Outcome::Good } else { Outcome::Bad };
                self.check(name, outcome, &format!("{count} at {}", probe.url));
            }
            count => {
                self.check(name, Outcome::Bad, &probe.url);
                let said = Said {
                    seen: match count {
                        Ok(_) => format!("No key at {} signs ID tokens in a way that a browser verifies.", probe.url),
                        Err(_) => format!("{} is no JSON Web Key Set.", probe.url),
                    },
                    why: "With `discovery: true` or `endpoints.jwks` every ID token's signature is verified by one of them.",
                    instead: "Publish the public half of the signing key: RSA of 2048 bits or more, or EC, without `use: enc`.".to_owned(),
                    clause: "RFC 7517 §4",
                };
                self.find(Severity::Error, "no_signing_key", said);
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
            let said = Said {
                seen: format!("{} answers a CORS preflight with {}.", probe.url, answer.status),
                why: "The SDK's token request needs none, so this alone is no fault: whether the app may read the answer is not known.",
                instead: "Run this again with --probe, which sends a token request.".to_owned(),
                clause: "Fetch §3.3",
            };
            return self.find(Severity::Note, "preflight_not_answered", said);
        }
        let costs = "The browser keeps the tokens from the app: every sign-in ends with network_error.";
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
            Some(Ok(AuthorizationResult::Refused(error))) => {
                match error.code {
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
                        let said = Said {
                        seen,
                        why: "The redirect URI is registered, and the request is refused for what else is in it.",
                        instead: "Compare scope, response type and grant types with the application's settings.".to_owned(),
                        clause: "RFC 6749 §4.1.2.1",
                    };
                        self.find(Severity::Error, "authorization_refused", said);
                    }
                }
            }
            None if (400..500).contains(&answer.status) => {
                let (client_id, status) = (self.setup.config.client_id.clone(), answer.status);
                self.check(name, Outcome::Bad, &format!("{redirect_uri}: {status}"));
                let said = Said {
                    seen: format!(
                        "The platform answers the authorization request with a page of its own ({status}), and not at {redirect_uri}."
                    ),
                    why: "That is how a platform refuses a redirect URI that is not registered character for character, or a client id that it does not know.",
                    instead: format!(
                        "Register exactly {redirect_uri} for the application {client_id}: scheme, port and trailing slash included."
                    ),
                    clause: "RFC 6749 §3.1.2.4",
                };
                self.find(Severity::Error, "redirect_uri_not_registered", said);
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
        let costs = "The browser keeps the tokens from the app: every sign-in ends with network_error.";
        let readable = self.is_readable(probe, answer, Severity::Error, costs);
        let outcome = process_token_response(self.engine, answer.status, Some(answer.body), None);
        let TokenOutcome::Refused { error, grant } = outcome else {
            let seen = format!(
                "{} answers a code that is made up with {}, and no OAuth error.",
                probe.url, answer.status
            );
            self.check(name, Outcome::Bad, &seen);
            let said = Said {
                seen,
                why: "It is no token endpoint, or a proxy or a firewall answers in its place.",
                instead: "Look at the address of the token endpoint, and at what stands in front of it."
                    .to_owned(),
                clause: "RFC 6749 §5.2",
            };
            return self.find(Severity::Error, "token_endpoint_unusable", said);
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
        let (code, instead) = match error.code {
            ErrorCode::ClientRefused => (
                "client_refused",
                "Check the client id, and that the application is a public client (no secret) that may use the authorization code grant.",
            ),
            // Some platforms refuse an origin that is not registered so; that is told already.
            _ if !readable => return,
            _ => (
                "token_request_refused",
                "The platform's words say which of its settings forbids the request.",
            ),
        };
        let said = Said {
            seen,
            why: "It does so before it looks at the code: no code will be exchanged.",
            instead: instead.to_owned(),
            clause: "RFC 6749 §5.2",
        };
        self.find(Severity::Error, code, said);
    }
}
