//! The platform: its metadata, keys and token endpoint, each request joined to the rules that judge its answer.

use super::clock::now;
use super::json::{Parsed, engine, value, values};
use super::net::{self, NoAnswer};
use super::signature;
use crate::core::config::{Config, Endpoints};
use crate::core::error::{Code, Error};
use crate::core::id_token::{Expected, Purpose, check};
use crate::core::jwks::{COOLDOWN, candidates};
use crate::core::jws::Jws;
use crate::core::metadata::{self, Metadata};
use crate::core::token::{Outcome, Tokens, judge};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// One platform, as one client sees it.
pub struct Platform {
    config: Rc<Config>,
    metadata: RefCell<Option<Metadata>>,
    keys: RefCell<Option<Keys>>,
}

#[derive(Clone)]
struct Keys {
    list: Rc<Vec<JsValue>>,
    /// When an unknown `kid` last had them read again, by the page's own clock.
    reread_at: Option<i64>,
}

impl Platform {
    /// Nothing is asked until it is needed.
    pub fn new(config: Rc<Config>) -> Self {
        Self { config, metadata: RefCell::new(None), keys: RefCell::new(None) }
    }

    /// The platform's endpoints: the contract's, at no cost, or its metadata's. A failed reading is not kept.
    pub async fn metadata(&self) -> Result<Metadata, Error> {
        if !self.config.discovery {
            return Ok(Metadata { endpoints: self.config.endpoints.clone(), sends_iss: false });
        }
        if let Some(known) = self.metadata.borrow().clone() {
            return Ok(known);
        }
        let url = metadata::url(&self.config.issuer);
        let text = self.document(&url, "metadata").await?;
        let read = metadata::read(engine, &text, &self.config)?;
        *self.metadata.borrow_mut() = Some(read.clone());
        Ok(read)
    }

    /// Its endpoints.
    pub async fn endpoints(&self) -> Result<Endpoints, Error> {
        Ok(self.metadata().await?.endpoints)
    }

    /// Sends `form` to the token endpoint, once, and judges the answer, the ID token for `purpose` included.
    pub async fn token(&self, form: &str, purpose: &Purpose) -> Outcome {
        let endpoint = match self.ready(purpose).await {
            Ok(endpoint) => endpoint,
            Err(error) if error.code.transient() => return Outcome::Unclear { error, retry_after: None },
            Err(error) => return Outcome::Refused { error, grant: false },
        };
        let outcome = match net::post(&endpoint, form, self.config.request_timeout).await {
            Ok(answer) => judge(engine, answer.status, answer.body.as_deref(), answer.retry_after),
            Err(failure) => Outcome::Unclear { error: self.no_answer(failure, "token"), retry_after: None },
        };
        match outcome {
            Outcome::Tokens(tokens) => match self.checked(*tokens, purpose).await {
                Ok(tokens) => Outcome::Tokens(Box::new(tokens)),
                Err(error) => Outcome::Refused { error, grant: false },
            },
            other => other,
        }
    }

    /// The token endpoint, once everything that the answer will need is at hand: a refresh must not be spent on a
    /// request whose answer could not be checked.
    async fn ready(&self, purpose: &Purpose) -> Result<String, Error> {
        let endpoints = self.endpoints().await?;
        if self.config.discovery && matches!(purpose, Purpose::Refresh { .. }) {
            self.keys(false).await?;
        }
        endpoints.token.ok_or_else(|| Error::new(Code::MetadataInvalid))
    }

    /// Tells the platform that `form`'s token is not needed any more. What it answers changes nothing here.
    pub async fn revoke(&self, form: &str) {
        if let Ok(Endpoints { revocation: Some(url), .. }) = self.endpoints().await {
            // The person waits for the page to leave: not for long.
            let _ = net::post(&url, form, self.config.request_timeout.min(3_000)).await;
        }
    }

    async fn checked(&self, mut tokens: Tokens, purpose: &Purpose) -> Result<Tokens, Error> {
        let Some(id_token) = &tokens.id_token else { return Ok(tokens) };
        let expected = Expected {
            issuer: &self.config.issuer,
            client_id: &self.config.client_id,
            access_token: &tokens.access,
            now: now().wall,
            skew: self.config.clock_skew,
        };
        let jws = check(engine, id_token, &expected, purpose)?;
        if self.config.discovery {
            match self.verify(&jws).await {
                // The old refresh token is spent: a key that cannot be fetched now must not cost the session. The new
                // ID token is left out, so nothing unverified is shown.
                Err(error) if error.code.transient() && matches!(purpose, Purpose::Refresh { .. }) => {
                    tokens.id_token = None;
                }
                verified => verified?,
            }
        }
        Ok(tokens)
    }

    async fn verify(&self, jws: &Jws) -> Result<(), Error> {
        for fresh in [false, true] {
            let keys = self.keys(fresh).await?;
            let objects: Vec<_> = keys.iter().cloned().map(Parsed::of).collect();
            let fitting = candidates(&objects, jws.alg, jws.kid.as_deref());
            for at in &fitting {
                if signature::verify(&keys[*at], jws).await {
                    return Ok(());
                }
            }
            if !fitting.is_empty() && jws.kid.is_some() {
                break;
            }
        }
        let uri = self.endpoints().await?.jwks.unwrap_or_default();
        Err(Error::new(Code::SignatureInvalid)
            .with("problem", "no key of the platform's made it")
            .with("jwksUri", uri))
    }

    /// The platform's keys; `fresh` ones at most once in a [`COOLDOWN`].
    async fn keys(&self, fresh: bool) -> Result<Rc<Vec<JsValue>>, Error> {
        let known = self.keys.borrow().clone();
        if let Some(known) = known
            && (!fresh || known.reread_at.is_some_and(|at| now().mono - at < COOLDOWN))
        {
            return Ok(known.list);
        }
        let uri = self.endpoints().await?.jwks.unwrap_or_default();
        let text = self.document(&uri, "jwks").await?;
        let list = Rc::new(value(&text).map(|set| values(&set, "keys")).unwrap_or_default());
        *self.keys.borrow_mut() = Some(Keys { list: list.clone(), reread_at: fresh.then(|| now().mono) });
        Ok(list)
    }

    async fn document(&self, url: &str, endpoint: &str) -> Result<String, Error> {
        let answer =
            net::get(url, self.config.request_timeout).await.map_err(|f| self.no_answer(f, endpoint))?;
        match (answer.status, answer.body) {
            (200, Some(text)) => Ok(text),
            (200, None) => {
                Err(Error::new(Code::MetadataInvalid).with("problem", "it is too large").with("url", url))
            }
            (status, _) => Err(Error::new(Code::PlatformUnavailable).with("status", status.to_string())),
        }
    }

    fn no_answer(&self, failure: NoAnswer, endpoint: &str) -> Error {
        match failure {
            NoAnswer::Network => Error::new(Code::NetworkError).with("endpoint", endpoint),
            NoAnswer::Timeout => Error::new(Code::Timeout)
                .with("endpoint", endpoint)
                .with("seconds", (self.config.request_timeout / 1000).to_string()),
        }
    }
}
