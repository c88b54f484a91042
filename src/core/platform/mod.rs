//! What is asked of the platform: its metadata, keys, tokens and revocation. Without I/O: an [`Errand`] says what to
//! send or to verify, and is told what that came to, until it is done.

mod errand;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

/// An answer, read whole.
pub use Answer as HttpResponse;
pub use errand::{Done, Errand, Goal, Reply, Step};

/// What came of verifying a signature by one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The key made it.
    Valid,
    /// It did not.
    Invalid,
    /// This browser cannot tell: it does not know the algorithm.
    Unsupported,
}

use super::clock::Now;
use super::config::Config;
use super::error::{Code, Error};
use super::json::{Engine, Member, Object, parse};
use super::jwks::MAX_AGE;
use super::metadata::{self, Metadata, refuse};
use super::token::trouble;
use std::rc::Rc;

/// An answer, read whole. It may hold tokens, so it has no `Debug`.
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body; `None` where it was larger than [`super::token::MAX_BODY`] or no UTF-8.
    pub body: Option<String>,
    /// `Retry-After` in milliseconds, where the platform lets it be read.
    pub retry_after: Option<i64>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Answer({})", self.status)
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// It took too long.
    Timeout,
    /// Anything else: offline, refused, reset, redirected, or without CORS headers.
    Network,
}

/// One platform, as far as one client knows it.
pub struct Platform {
    engine: Engine,
    config: Rc<Config>,
    metadata: Option<Rc<Metadata>>,
    keys: Option<Keys>,
    left_out: Vec<Error>,
}

struct Keys {
    list: Vec<Box<dyn Object>>,
    /// Counts readings.
    edition: u32,
    read_at: Now,
    /// When an unknown `kid` last had them read again, by the page's own clock.
    reread_at: Option<i64>,
}

/// Why something could not be had, and when the platform wants to be asked again, in milliseconds.
#[derive(Debug)]
pub struct Failure {
    /// Why.
    pub error: Error,
    /// The provider's wish, in milliseconds.
    pub retry_after: Option<i64>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, retry_after: None }
    }
}

impl Platform {
    /// Without discovery the contract's endpoints are known from the start, and nothing is ever asked for them.
    pub fn new(engine: Engine, config: Rc<Config>) -> Self {
        let endpoints = config.endpoints.clone();
        let contract = Metadata { endpoints, sends_iss: false, algorithms: None };
        Self {
            engine,
            metadata: (!config.discovery).then(|| Rc::new(contract)),
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
    fn learn_metadata(&mut self, answer: Result<Answer, NoAnswer>) -> Result<(), Failure> {
        let url = metadata::url(&self.config.issuer);
        let text = self.document(answer, "metadata", &url)?;
        let (metadata, left_out) = metadata::read(self.engine, &text, &self.config)?;
        self.metadata = Some(Rc::new(metadata));
        self.left_out = left_out;
        Ok(())
    }

    /// What is wrong with endpoints that were left out: `metadata_invalid`, for a warning. Each is said once.
    pub fn left_out(&mut self) -> Vec<Error> {
        std::mem::take(&mut self.left_out)
    }

    /// Keeps the keys; what is no key set leaves those known as they are.
    fn learn_keys(&mut self, answer: Result<Answer, NoAnswer>, again: bool, now: Now) -> Result<(), Failure> {
        let url = self.jwks_uri();
        let text = self.document(answer, "jwks", url)?;
        let set = parse(self.engine, &text).filter(|set| set.member("keys") != Member::Missing);
        let list =
            set.ok_or_else(|| refuse("keys", "a JSON Web Key Set", "something else", url))?.objects("keys");
        let edition = self.keys.as_ref().map_or(0, |keys| keys.edition + 1);
        self.keys = Some(Keys { list, edition, read_at: now, reread_at: again.then_some(now.mono) });
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

    fn document(&self, answer: Result<Answer, NoAnswer>, what: &str, url: &str) -> Result<String, Failure> {
        let answer = answer.map_err(|failure| self.unanswered(failure, what))?;
        let error = match (answer.status, answer.body) {
            (200, Some(text)) => return Ok(text),
            (200, None) => refuse("size", "256 KiB of UTF-8 at most", "more", url),
            (status, _) => {
                trouble(status).unwrap_or_else(|| refuse("status", "200", &status.to_string(), url))
            }
        };
        Err(Failure { error, retry_after: answer.retry_after })
    }

    fn unanswered(&self, failure: NoAnswer, endpoint: &str) -> Error {
        match failure {
            NoAnswer::Network => Error::new(Code::NetworkError).with("endpoint", endpoint),
            NoAnswer::Timeout => Error::new(Code::Timeout)
                .with("endpoint", endpoint)
                .with("seconds", (self.config.request_timeout / 1000).to_string()),
        }
    }
}
