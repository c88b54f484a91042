//! One request of the client: its steps, and how each answer is judged.

use super::{HttpResponse, Keys, NoResponse, Provider, Verdict};
use crate::core::base::clock::{Millis, Now};
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::json::{Engine, parse};
use crate::core::base::text::{decimal, sanitize};
use crate::core::client::notification::Revocation;
use crate::core::protocol::id_token::{Expected, OUTDATED, Purpose, check};
use crate::core::protocol::jwks::{COOLDOWN, Jwk, candidates, public};
use crate::core::protocol::jws::{Jws, refuse};
use crate::core::protocol::metadata::{self, Metadata};
use crate::core::protocol::token::{TokenOutcome, Tokens, process_token_response};
use std::rc::Rc;

/// A revocation is waited for this long at most: the user wants to leave.
const REVOKE_TIMEOUT: Millis = Millis::seconds(2);

/// What the client wants. A form holds secrets, so it has no `Debug` of its own.
pub enum RequestKind {
    /// Its endpoints, and what else its metadata says.
    Metadata,
    /// What an exchange needs: the metadata, and the keys where signatures are verified.
    Ready,
    /// `form` sent to the token endpoint, once, and the answer judged, the ID token for `purpose` included.
    Tokens {
        /// The request's body.
        form: String,
        /// What the ID token must match.
        purpose: Purpose,
    },
    /// `form` sent to the revocation endpoint, where that is known. What it answers changes nothing here.
    Revoke {
        /// The request's body.
        form: String,
    },
}

/// What to do next.
pub enum RequestAction {
    /// Send a request: a POST of a form, or a GET where there is none.
    Send {
        /// Where to.
        url: String,
        /// The body.
        form: Option<String>,
        /// For how long it is waited for.
        timeout: Millis,
    },
    /// See whether this key signed it.
    Verify {
        /// One of the provider's keys.
        key: Jwk,
        /// What it must have signed.
        jws: Rc<Jws>,
    },
    /// Nothing: the request is complete.
    Done(RequestOutput),
}

/// The result of a request.
#[derive(Debug)]
pub enum RequestOutput {
    /// The result of [`RequestKind::Metadata`] and [`RequestKind::Ready`].
    Metadata(Result<Rc<Metadata>, Error>),
    /// The result of [`RequestKind::Revoke`]: the metadata, and the revocation where its endpoint is known.
    Revoked(Result<Rc<Metadata>, Error>, Option<Revocation>),
    /// The result of [`RequestKind::Tokens`].
    Tokens(TokenOutcome),
}

/// The result of the last step.
pub enum RequestInput {
    /// There was no step yet.
    Begin,
    /// The answer to [`RequestAction::Send`].
    Response(Result<HttpResponse, NoResponse>),
    /// The answer to [`RequestAction::Verify`].
    Verified(Verdict),
}

/// See [`ProviderRequest::handle`].
pub struct ProviderRequest {
    kind: RequestKind,
    pending: Pending,
    checking: Option<Box<Checking>>,
    revocation: Option<Revocation>,
}

/// What the answer that is waited for belongs to.
#[derive(Clone, Copy, Debug)]
enum Pending {
    Nothing,
    Metadata,
    /// Whether they are read again, because no known one fits.
    Keys(bool),
    /// What the [`RequestKind`] itself asks for: tokens, or a revocation.
    Answer,
}

impl std::fmt::Debug for ProviderRequest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let kind = match &self.kind {
            RequestKind::Metadata => "Metadata",
            RequestKind::Ready => "Ready",
            RequestKind::Tokens { .. } => "Tokens",
            RequestKind::Revoke { .. } => "Revoke",
        };
        let checking = self.checking.as_ref().map(|checking| {
            (&checking.tokens, checking.candidates.len(), checking.generation, checking.tried, checking.again)
        });
        (kind, self.pending, checking, &self.revocation).fmt(out)
    }
}

/// Tokens whose ID token's signature is being verified.
struct Checking {
    tokens: Box<Tokens>,
    jws: Rc<Jws>,
    /// Keys still to be tried, of the provider's keys in this generation; `None` before they were looked at.
    candidates: Vec<Jwk>,
    generation: Option<u32>,
    /// Whether any was tried.
    tried: bool,
    /// Whether the provider's keys were looked at again.
    again: bool,
}

impl ProviderRequest {
    /// A request that was not started yet.
    pub fn new(kind: RequestKind) -> Self {
        Self { kind, pending: Pending::Nothing, checking: None, revocation: None }
    }

    /// Takes the result of the last step and says what is next.
    pub fn handle(&mut self, provider: &mut Provider, now: Now, reply: RequestInput) -> RequestAction {
        let result = match (reply, self.pending) {
            (RequestInput::Response(answer), Pending::Metadata) => provider.learn_metadata(answer),
            (RequestInput::Response(answer), Pending::Keys(again)) => provider.learn_keys(answer, again, now),
            (RequestInput::Response(answer), Pending::Answer) => match self.answered(provider, now, answer) {
                Some(done) => return RequestAction::Done(done),
                None => Ok(()),
            },
            (RequestInput::Verified(verdict), _) => match self.verified(verdict) {
                Some(outcome) => return RequestAction::Done(RequestOutput::Tokens(outcome)),
                None => Ok(()),
            },
            _ => Ok(()),
        };
        result.and_then(|()| self.next(provider, now)).unwrap_or_else(|failure| self.fail(failure))
    }

    fn next(&mut self, provider: &Provider, now: Now) -> Result<RequestAction, Error> {
        let Some(known) = &provider.metadata else {
            return Ok(self.ask(Pending::Metadata, provider, metadata::url(&provider.config.issuer)));
        };
        if self.checking.is_some() {
            return self.try_key(provider, now);
        }
        let (url, form, timeout) = match &mut self.kind {
            RequestKind::Revoke { form } if known.endpoints.revocation.is_some() && !form.is_empty() => (
                known.endpoints.revocation.clone(),
                form,
                REVOKE_TIMEOUT.min(provider.config.request_timeout),
            ),
            RequestKind::Revoke { .. } => {
                return Ok(RequestAction::Done(RequestOutput::Revoked(
                    Ok(known.clone()),
                    self.revocation.take(),
                )));
            }
            RequestKind::Ready if provider.verifies() && provider.present_keys(now).is_none() => {
                return Ok(self.ask(Pending::Keys(false), provider, provider.jwks_uri().to_owned()));
            }
            RequestKind::Metadata | RequestKind::Ready => {
                return Ok(RequestAction::Done(RequestOutput::Metadata(Ok(known.clone()))));
            }
            RequestKind::Tokens { form, .. } => {
                (known.endpoints.token.clone(), form, provider.config.request_timeout)
            }
        };
        let url = url.ok_or_else(|| Error::new(ErrorCode::Internal))?;
        // Taken, so that it cannot be sent again.
        let form = Some(std::mem::take(form));
        self.pending = Pending::Answer;
        Ok(RequestAction::Send { url, form, timeout })
    }

    fn ask(&mut self, what: Pending, provider: &Provider, url: String) -> RequestAction {
        self.pending = what;
        RequestAction::Send { url, form: None, timeout: provider.config.request_timeout }
    }

    /// The answer to the request proper. `None`: a signature is still to be verified, or a revocation is done.
    fn answered(
        &mut self,
        provider: &Provider,
        now: Now,
        answer: Result<HttpResponse, NoResponse>,
    ) -> Option<RequestOutput> {
        let RequestKind::Tokens { purpose, .. } = &self.kind else {
            self.revocation = Some(match &answer {
                Ok(answer) if (200..300).contains(&answer.status) => Revocation::Revoked,
                Ok(answer) if (400..500).contains(&answer.status) => {
                    Revocation::Refused(refused_by(provider.engine, answer))
                }
                _ => Revocation::Unreachable,
            });
            return None;
        };
        let outcome = match answer {
            Ok(answer) => process_token_response(
                provider.engine,
                answer.status,
                answer.body.as_deref(),
                answer.retry_after,
            ),
            Err(failure) => TokenOutcome::Indeterminate { error: provider.unanswered(failure, "token") },
        };
        let TokenOutcome::Tokens(tokens) = outcome else { return Some(RequestOutput::Tokens(outcome)) };
        let Some(id_token) = &tokens.id_token else {
            return Some(RequestOutput::Tokens(match purpose {
                Purpose::SignIn { .. } => {
                    TokenOutcome::Unusable { error: refuse("missing"), refresh: tokens.refresh }
                }
                Purpose::Refresh { .. } => TokenOutcome::Tokens(tokens),
            }));
        };
        let expected = Expected {
            issuer: &provider.config.issuer,
            client_id: &provider.config.client_id,
            additional_audiences: &provider.config.additional_audiences,
            access_token: &tokens.access,
            now: now.wall,
            skew: provider.config.clock_skew,
        };
        let checked = check(provider.engine, id_token, &expected, purpose);
        let outcome = match checked {
            Err(error) if error.detail("check") == Some(OUTDATED) => self.unverified(tokens, error),
            Err(error) => TokenOutcome::Unusable { error, refresh: tokens.refresh },
            Ok(jws) => match provider.metadata.as_ref().and_then(|known| known.unlisted(jws.alg)) {
                Some(error) => self.unverified(tokens, error),
                None if provider.verifies() => {
                    let jws = Rc::new(jws);
                    let (candidates, generation) = (Vec::new(), None);
                    let (tried, again) = (false, false);
                    self.checking =
                        Some(Box::new(Checking { tokens, jws, candidates, generation, tried, again }));
                    return None;
                }
                None => TokenOutcome::Tokens(tokens),
            },
        };
        Some(RequestOutput::Tokens(outcome))
    }

    /// Nothing is wrong with the ID token, but it cannot be verified. A refresh has spent the old refresh token, so the session
    /// takes the new tokens, and keeps the ID token that it has.
    fn unverified(&self, mut tokens: Box<Tokens>, error: Error) -> TokenOutcome {
        match &self.kind {
            RequestKind::Tokens { purpose: Purpose::Refresh { .. }, .. } => {
                tokens.id_token = None;
                TokenOutcome::Tokens(tokens)
            }
            _ => TokenOutcome::Unusable { error, refresh: tokens.refresh },
        }
    }

    /// Handles the verdict of one key. `None`: the next key is to be tried.
    fn verified(&mut self, verdict: Verdict) -> Option<TokenOutcome> {
        let checking = match verdict {
            Verdict::Invalid => return None,
            _ => self.checking.take()?,
        };
        if verdict == Verdict::Valid {
            return Some(TokenOutcome::Tokens(checking.tokens));
        }
        let error = Error::new(ErrorCode::AlgorithmUnsupported).with("alg", checking.jws.alg.name);
        Some(self.unverified(checking.tokens, error))
    }

    /// The next key that fits; when all those known were tried, the provider's keys are read again, once.
    fn try_key(&mut self, provider: &Provider, now: Now) -> Result<RequestAction, Error> {
        let Some(checking) = &mut self.checking else { return Err(Error::new(ErrorCode::Internal)) };
        let jws = &checking.jws;
        let Some(Keys { list, generation, refetched_at, .. }) = provider.present_keys(now) else {
            return Ok(self.ask(Pending::Keys(false), provider, provider.jwks_uri().to_owned()));
        };
        // Another request may have read them again since.
        if checking.generation != Some(*generation) {
            checking.generation = Some(*generation);
            let places = candidates(list, jws.alg, jws.kid.as_deref());
            checking.candidates = Vec::new();
            // The last one is tried first.
            for at in places.iter().rev() {
                if let Some(key) = list.get(*at) {
                    checking.candidates.push(public(key.as_ref()));
                }
            }
        }
        if let Some(key) = checking.candidates.pop() {
            checking.tried = true;
            return Ok(RequestAction::Verify { key, jws: jws.clone() });
        }
        let named = checking.tried && jws.kid.is_some();
        let cooling = refetched_at.is_some_and(|at| now.mono - at < COOLDOWN);
        if named || checking.again || cooling {
            let error = Error::new(ErrorCode::SignatureInvalid)
                .with("check", if checking.tried { "signature" } else { "kid" })
                .with("jwksUri", provider.jwks_uri())
                .with("kid", sanitize(jws.kid.as_deref().unwrap_or("none")));
            return Err(error);
        }
        checking.again = true;
        Ok(self.ask(Pending::Keys(true), provider, provider.jwks_uri().to_owned()))
    }

    fn fail(&mut self, error: Error) -> RequestAction {
        let outcome = match (self.checking.take(), &self.kind) {
            (Some(checking), _) if checking.tried && error.code == ErrorCode::SignatureInvalid => {
                TokenOutcome::Unusable { error, refresh: checking.tokens.refresh }
            }
            (Some(checking), _) => self.unverified(checking.tokens, error),
            (None, RequestKind::Tokens { .. }) => TokenOutcome::NotSent { error },
            (None, RequestKind::Revoke { .. }) => {
                return RequestAction::Done(RequestOutput::Revoked(Err(error), None));
            }
            (None, _) => {
                return RequestAction::Done(RequestOutput::Metadata(Err(error)));
            }
        };
        RequestAction::Done(RequestOutput::Tokens(outcome))
    }
}

/// The provider's `error`, RFC 7009 §2.2.1, or the answer's status.
fn refused_by(engine: Engine, answer: &HttpResponse) -> String {
    let object = answer.body.as_deref().and_then(|text| parse(engine, text));
    let error = object.and_then(|object| object.member("error").text());
    error.map_or_else(|| decimal(answer.status.into()), |error| sanitize(&error))
}
