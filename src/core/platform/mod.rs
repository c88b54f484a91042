//! What is asked of the platform: its metadata, keys, tokens and revocation. Without I/O: an [`Errand`] says what to
//! send or to verify, and is told what that came to, until it is done.

mod errand;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

pub use errand::{Done, Errand, Goal, Reply, Step};

use super::clock::Now;
use super::config::Config;
use super::error::{Code, Error};
use super::json::{Engine, Object, parse};
use super::jwks::COOLDOWN;
use super::metadata::{self, Metadata};
use std::rc::Rc;

/// An answer, read whole.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body; `None` where it was larger than [`super::token::MAX_BODY`] or no UTF-8.
    pub body: Option<String>,
    /// `Retry-After` in milliseconds, where the platform lets it be read.
    pub retry_after: Option<i64>,
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
}

struct Keys {
    list: Vec<Box<dyn Object>>,
    /// When an unknown `kid` last had them read again, by the page's own clock.
    reread_at: Option<i64>,
}

impl Platform {
    /// Without discovery the contract's endpoints are known from the start, and nothing is ever asked for them.
    pub fn new(engine: Engine, config: Rc<Config>) -> Self {
        let contract = Metadata { endpoints: config.endpoints.clone(), sends_iss: false };
        Self { engine, metadata: (!config.discovery).then(|| Rc::new(contract)), keys: None, config }
    }

    /// Keeps the metadata; what was refused is not kept.
    fn learn_metadata(&mut self, answer: Result<Answer, NoAnswer>) -> Result<(), Error> {
        let url = metadata::url(&self.config.issuer);
        let text = self.document(answer, "metadata", &url)?;
        self.metadata = Some(Rc::new(metadata::read(self.engine, &text, &self.config)?));
        Ok(())
    }

    fn learn_keys(&mut self, answer: Result<Answer, NoAnswer>, again: bool, now: Now) -> Result<(), Error> {
        let text = self.document(answer, "jwks", self.jwks_uri())?;
        let list = parse(self.engine, &text).map_or(Vec::new(), |set| set.objects("keys"));
        self.keys = Some(Keys { list, reread_at: again.then_some(now.mono) });
        Ok(())
    }

    /// Whether the keys must be asked for, for the first time or, at most once in a [`COOLDOWN`], `again`.
    fn wants_keys(&self, again: bool, now: Now) -> bool {
        self.keys
            .as_ref()
            .is_none_or(|keys| again && keys.reread_at.is_none_or(|at| now.mono - at >= COOLDOWN))
    }

    fn jwks_uri(&self) -> &str {
        self.metadata.as_ref().and_then(|metadata| metadata.endpoints.jwks.as_deref()).unwrap_or_default()
    }

    fn document(&self, answer: Result<Answer, NoAnswer>, what: &str, url: &str) -> Result<String, Error> {
        let answer = answer.map_err(|failure| self.unanswered(failure, what))?;
        let status = answer.status.to_string();
        let problem = match (answer.status, answer.body) {
            (200, Some(text)) => return Ok(text),
            (200, None) => "it is too large",
            (429, _) => return Err(Error::new(Code::RateLimited)),
            (408 | 500.., _) => return Err(Error::new(Code::PlatformUnavailable).with("status", status)),
            _ => &["its status is ", &status].concat(),
        };
        Err(Error::new(Code::MetadataInvalid).with("problem", problem).with("url", url))
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
