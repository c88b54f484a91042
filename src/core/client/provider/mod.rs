//! Requests to the provider: metadata, keys, tokens and revocation. Without I/O: a [`ProviderRequest`] says what to send or
//! to verify, and takes each result, until it is done.

mod request;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

pub use request::{ProviderRequest, RequestAction, RequestInput, RequestKind, RequestOutput};

/// The result of verifying a signature with one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The key made it.
    Valid,
    /// It did not.
    Invalid,
    /// This browser cannot tell: it does not know the algorithm.
    Unsupported,
}

use crate::core::base::clock::{Millis, MonotonicTime, Now};
use crate::core::base::config::Config;
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::json::{Engine, Object, has, parse};
use crate::core::base::text::decimal;
use crate::core::protocol::jwks::MAX_AGE;
use crate::core::protocol::metadata::{self, Metadata, refuse};
use crate::core::protocol::token::status_error;
use std::rc::Rc;

/// An answer, read whole. It may hold tokens, so it has no `Debug`.
pub struct HttpResponse {
    /// The status.
    pub status: u16,
    /// The body; `None` where it was larger than [`crate::core::protocol::token::MAX_BODY`] or no UTF-8.
    pub body: Option<String>,
    /// `Retry-After`; 0 where there is none, or the provider does not let it be read.
    pub retry_after: Millis,
}

impl std::fmt::Debug for HttpResponse {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "HttpResponse({})", self.status)
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoResponse {
    /// It took too long.
    Timeout,
    /// Anything else: offline, refused, reset, redirected, or without CORS headers.
    Network,
}

/// One provider, as far as one client knows it.
pub struct Provider {
    engine: Engine,
    config: Rc<Config>,
    metadata: Option<Rc<Metadata>>,
    keys: Option<Keys>,
    left_out: Vec<Error>,
}

struct Keys {
    list: Vec<Box<dyn Object>>,
    /// Counts how often the keys were read.
    generation: u32,
    read_at: Now,
    /// When an unknown `kid` last had them read again, by the page's own clock.
    refetched_at: Option<MonotonicTime>,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let keys = self.keys.as_ref().map(|keys| (keys.generation, keys.read_at, keys.refetched_at));
        out.debug_struct("Provider")
            .field("metadata", &self.metadata)
            .field("keys", &keys)
            .finish_non_exhaustive()
    }
}

impl Provider {
    /// Without discovery the contract's endpoints are known from the start, and nothing is ever asked for them.
    pub fn new(engine: Engine, config: Rc<Config>) -> Self {
        Self {
            engine,
            metadata: (!config.discovery).then(|| Rc::new(Metadata::of_contract(&config))),
            keys: None,
            left_out: Vec::new(),
            config,
        }
    }

    /// The metadata, where it is known.
    pub fn known_metadata(&self) -> Option<Rc<Metadata>> {
        self.metadata.clone()
    }

    /// Keeps the metadata; what was refused is not kept.
    fn learn_metadata(&mut self, answer: Result<HttpResponse, NoResponse>) -> Result<(), Error> {
        let url = metadata::url(&self.config.issuer);
        let text = self.document(answer, "metadata", &url)?;
        let (metadata, left_out) = metadata::read(self.engine, &text, &self.config)?;
        self.metadata = Some(Rc::new(metadata));
        self.left_out = left_out;
        Ok(())
    }

    /// Why endpoints were left out: `metadata_invalid`, for a warning. Each is returned once.
    pub fn left_out(&mut self) -> Vec<Error> {
        std::mem::take(&mut self.left_out)
    }

    /// Keeps the keys. A document that is no key set changes nothing.
    fn learn_keys(
        &mut self,
        answer: Result<HttpResponse, NoResponse>,
        again: bool,
        now: Now,
    ) -> Result<(), Error> {
        let url = self.jwks_uri();
        let text = self.document(answer, "jwks", url)?;
        let set = parse(self.engine, &text).filter(|set| has(set.as_ref(), "keys"));
        let list =
            set.ok_or_else(|| refuse("keys", "a JSON Web Key Set", "something else", url))?.objects("keys");
        let generation = self.keys.as_ref().map_or(0, |keys| keys.generation + 1);
        self.keys = Some(Keys { list, generation, read_at: now, refetched_at: again.then_some(now.mono) });
        Ok(())
    }

    /// Whether ID tokens' signatures are verified: wherever it is known by which keys.
    fn verifies(&self) -> bool {
        !self.jwks_uri().is_empty()
    }

    /// The keys, unless they are too old by either clock: the page's own stands still while the device sleeps.
    fn present_keys(&self, now: Now) -> Option<&Keys> {
        let young = |keys: &&Keys| (now.wall - keys.read_at.wall).max(now.mono - keys.read_at.mono) < MAX_AGE;
        self.keys.as_ref().filter(young)
    }

    fn jwks_uri(&self) -> &str {
        self.metadata.as_ref().and_then(|metadata| metadata.endpoints.jwks.as_deref()).unwrap_or_default()
    }

    fn document(
        &self,
        answer: Result<HttpResponse, NoResponse>,
        what: &str,
        url: &str,
    ) -> Result<String, Error> {
        let answer = answer.map_err(|failure| self.unanswered(failure, what))?;
        let error = match (answer.status, answer.body) {
            (200, Some(text)) => return Ok(text),
            (200, None) => refuse("size", "256 KiB of UTF-8 at most", "more", url),
            (status, _) => {
                status_error(status).unwrap_or_else(|| refuse("status", "200", &decimal(status.into()), url))
            }
        };
        Err(error.after(answer.retry_after))
    }

    fn unanswered(&self, failure: NoResponse, endpoint: &str) -> Error {
        match failure {
            NoResponse::Network => Error::new(ErrorCode::NetworkError).with("endpoint", endpoint),
            NoResponse::Timeout => Error::new(ErrorCode::Timeout)
                .with("endpoint", endpoint)
                .with("seconds", decimal(self.config.request_timeout.0 / 1000)),
        }
    }
}
