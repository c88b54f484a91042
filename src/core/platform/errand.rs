//! One errand: the steps to what somebody wants of the platform, and what to make of each answer.

use super::super::callback::shown;
use super::super::client::sign_out::Revocation;
use super::super::clock::Now;
use super::super::error::{Code, Error};
use super::super::id_token::{Check, Expected, OUTDATED, Purpose, check};
use super::super::jwks::{COOLDOWN, Jwk, candidates, public};
use super::super::jws::{Algorithm, Jws, refuse, unlike};
use super::super::metadata::{self, Metadata, list};
use super::super::secret::RefreshToken;
use super::super::token::{Outcome, Tokens, judge};
use super::{Answer, Failure, Keys, NoAnswer, Platform, Verdict};
use std::rc::Rc;

/// A revocation is waited for this long at most, in milliseconds: the person wants to leave.
const REVOKE_TIMEOUT: i64 = 2_000;

/// What somebody wants.
pub enum Goal {
    /// Its endpoints, and what else its metadata says.
    Metadata,
    /// What an exchange needs: the metadata, and the keys where signatures are verified.
    Ready,
    /// `form` sent to the token endpoint, once, and the answer judged, the ID token for `purpose` included.
    Tokens {
        /// As the body has it.
        form: String,
        /// Which sign-in the ID token must belong to.
        purpose: Purpose,
    },
    /// `form` sent to the revocation endpoint, where that is known. What it answers changes nothing here.
    Revoke {
        /// As the body has it.
        form: String,
    },
}

/// What to do next.
pub enum Step {
    /// Send a request: a POST of a form, or a GET where there is none.
    Send {
        /// Where to.
        url: String,
        /// The body.
        form: Option<String>,
        /// In milliseconds.
        timeout: i64,
    },
    /// See whether this key signed it.
    Verify {
        /// Of the platform's.
        key: Jwk,
        /// What it must have signed.
        jws: Rc<Jws>,
    },
    /// Nothing.
    Done(Done),
}

/// What an errand came to.
pub enum Done {
    /// Of [`Goal::Metadata`] and [`Goal::Ready`].
    Metadata(Result<Rc<Metadata>, Failure>),
    /// Of [`Goal::Revoke`], and what came of it where the endpoint is known.
    Revoked(Result<Rc<Metadata>, Error>, Option<Revocation>),
    /// Of [`Goal::Tokens`].
    Tokens(Outcome),
}

/// What the last step came to.
pub enum Reply {
    /// There was none yet.
    Begin,
    /// Of [`Step::Send`].
    Answer(Result<Answer, NoAnswer>),
    /// Of [`Step::Verify`].
    Verified(Verdict),
}

/// See [`Errand::step`].
pub struct Errand {
    goal: Goal,
    asked: Asked,
    checking: Option<Checking>,
    revocation: Option<Revocation>,
}

/// What the last request was for.
#[derive(Clone, Copy)]
enum Asked {
    Nothing,
    Metadata,
    /// Whether they were asked for because those known did not fit.
    Keys(bool),
    Goal,
}

/// Tokens whose ID token's signature is being verified.
struct Checking {
    tokens: Box<Tokens>,
    jws: Rc<Jws>,
    /// Keys still to be tried, of the platform's keys in this edition; `None` before they were looked at.
    fitting: Vec<Jwk>,
    edition: Option<u32>,
    /// Whether any was tried.
    tried: bool,
    /// Whether the platform's keys were looked at again.
    again: bool,
}

impl Errand {
    /// One that has not begun.
    pub fn new(goal: Goal) -> Self {
        Self { goal, asked: Asked::Nothing, checking: None, revocation: None }
    }

    /// Takes what the last step came to and says what is next.
    pub fn step(&mut self, platform: &mut Platform, now: Now, reply: Reply) -> Step {
        let came = match (reply, self.asked) {
            (Reply::Answer(answer), Asked::Metadata) => platform.learn_metadata(answer),
            (Reply::Answer(answer), Asked::Keys(again)) => platform.learn_keys(answer, again, now),
            (Reply::Answer(answer), Asked::Goal) => match self.answered(platform, now, answer) {
                Some(done) => return Step::Done(done),
                None => Ok(()),
            },
            (Reply::Verified(verdict), _) => match self.verified(verdict) {
                Some(outcome) => return Step::Done(Done::Tokens(outcome)),
                None => Ok(()),
            },
            _ => Ok(()),
        };
        came.and_then(|()| self.next(platform, now)).unwrap_or_else(|failure| self.given_up(failure))
    }

    fn next(&mut self, platform: &Platform, now: Now) -> Result<Step, Failure> {
        let Some(known) = &platform.metadata else {
            return Ok(self.ask(Asked::Metadata, platform, metadata::url(&platform.config.issuer)));
        };
        if self.checking.is_some() {
            return self.try_key(platform, now);
        }
        let (url, form, timeout) = match &mut self.goal {
            Goal::Revoke { form } if known.endpoints.revocation.is_some() && !form.is_empty() => (
                known.endpoints.revocation.clone(),
                form,
                REVOKE_TIMEOUT.min(platform.config.request_timeout),
            ),
            Goal::Revoke { .. } => {
                return Ok(Step::Done(Done::Revoked(Ok(known.clone()), self.revocation)));
            }
            Goal::Ready if platform.verifies() && platform.present_keys(now).is_none() => {
                return Ok(self.ask(Asked::Keys(false), platform, platform.jwks_uri().to_owned()));
            }
            Goal::Metadata | Goal::Ready => return Ok(Step::Done(Done::Metadata(Ok(known.clone())))),
            Goal::Tokens { form, .. } => {
                (known.endpoints.token.clone(), form, platform.config.request_timeout)
            }
        };
        let url = url.ok_or_else(|| Failure::from(Error::new(Code::Internal)))?;
        // Taken, so that it cannot be sent again.
        let form = Some(std::mem::take(form));
        self.asked = Asked::Goal;
        Ok(Step::Send { url, form, timeout })
    }

    fn ask(&mut self, what: Asked, platform: &Platform, url: String) -> Step {
        self.asked = what;
        Step::Send { url, form: None, timeout: platform.config.request_timeout }
    }

    /// The goal's own answer. `None`: a signature is still to be verified, or nothing hangs on the answer.
    fn answered(&mut self, platform: &Platform, now: Now, answer: Result<Answer, NoAnswer>) -> Option<Done> {
        let Goal::Tokens { purpose, .. } = &self.goal else {
            self.revocation = Some(match &answer {
                Ok(answer) if (200..300).contains(&answer.status) => Revocation::Revoked,
                Ok(answer) if (400..500).contains(&answer.status) => Revocation::Refused,
                _ => Revocation::Unreachable,
            });
            return None;
        };
        let outcome = match answer {
            Ok(answer) => judge(platform.engine, answer.status, answer.body.as_deref(), answer.retry_after),
            Err(failure) => {
                Outcome::Unclear { error: platform.unanswered(failure, "token"), retry_after: None }
            }
        };
        let Outcome::Tokens(tokens) = outcome else { return Some(Done::Tokens(outcome)) };
        let Some(id_token) = &tokens.id_token else {
            return Some(Done::Tokens(match purpose {
                Purpose::SignIn { .. } => Outcome::Refused { error: refuse("missing"), grant: false },
                Purpose::Refresh { .. } => Outcome::Tokens(tokens),
            }));
        };
        let expected = Expected {
            issuer: &platform.config.issuer,
            client_id: &platform.config.client_id,
            additional_audiences: &platform.config.additional_audiences,
            access_token: &tokens.access,
            now: now.wall,
            skew: platform.config.clock_skew,
        };
        let checked = check(platform.engine, id_token, &expected, purpose);
        let outcome = match checked {
            Err(error) if error.detail("check") == Some(OUTDATED) => self.unverified(tokens, error),
            Err(error) => self.contradicted(tokens.refresh, error),
            Ok(jws) => match unlisted(platform, jws.alg) {
                Some(error) => self.unverified(tokens, error),
                None if platform.verifies() => {
                    let jws = Rc::new(jws);
                    let (fitting, edition) = (Vec::new(), None);
                    self.checking =
                        Some(Checking { tokens, jws, fitting, edition, tried: false, again: false });
                    return None;
                }
                None => Outcome::Tokens(tokens),
            },
        };
        Some(Done::Tokens(outcome))
    }

    /// The ID token says, or its signature proves, that it is not of this session or sign-in: none of it is used.
    fn contradicted(&self, refresh: Option<RefreshToken>, error: Error) -> Outcome {
        match &self.goal {
            Goal::Tokens { purpose: Purpose::Refresh { .. }, .. } => {
                Outcome::Mismatch { check: Check::named(error.detail("check").unwrap_or_default()), refresh }
            }
            _ => Outcome::Refused { error, grant: false },
        }
    }

    /// Nothing is wrong with the ID token, but it cannot be verified. A refresh has spent the old refresh token: it goes on
    /// with the new tokens and the ID token that it had, so nothing unverified is shown.
    fn unverified(&self, mut tokens: Box<Tokens>, error: Error) -> Outcome {
        match &self.goal {
            Goal::Tokens { purpose: Purpose::Refresh { .. }, .. } => {
                tokens.id_token = None;
                Outcome::Tokens(tokens)
            }
            _ => Outcome::Refused { error, grant: false },
        }
    }

    /// What a key's verdict comes to; `None`: the next key is to be tried.
    fn verified(&mut self, verdict: Verdict) -> Option<Outcome> {
        let checking = match verdict {
            Verdict::Invalid => return None,
            _ => self.checking.take()?,
        };
        if verdict == Verdict::Valid {
            return Some(Outcome::Tokens(checking.tokens));
        }
        let error = Error::new(Code::AlgorithmUnsupported).with("alg", checking.jws.alg.name);
        Some(self.unverified(checking.tokens, error))
    }

    /// The next key that fits; when all those known were tried, the platform's keys are read again, once.
    fn try_key(&mut self, platform: &Platform, now: Now) -> Result<Step, Failure> {
        let Some(checking) = &mut self.checking else { return Err(Error::new(Code::Internal).into()) };
        let jws = &checking.jws;
        let Some(Keys { list, edition, reread_at, .. }) = platform.present_keys(now) else {
            return Ok(self.ask(Asked::Keys(false), platform, platform.jwks_uri().to_owned()));
        };
        // Another errand may have read them again since.
        if checking.edition != Some(*edition) {
            checking.edition = Some(*edition);
            let places = candidates(list, jws.alg, jws.kid.as_deref());
            checking.fitting = places.into_iter().rev().map(|at| public(list[at].as_ref())).collect();
        }
        if let Some(key) = checking.fitting.pop() {
            checking.tried = true;
            return Ok(Step::Verify { key, jws: jws.clone() });
        }
        let named = checking.tried && jws.kid.is_some();
        let cooling = reread_at.is_some_and(|at| now.mono - at < COOLDOWN);
        if named || checking.again || cooling {
            let error = Error::new(Code::SignatureInvalid)
                .with("check", if checking.tried { "signature" } else { "kid" })
                .with("jwksUri", platform.jwks_uri())
                .with("kid", shown(jws.kid.as_deref().unwrap_or("none")));
            return Err(error.into());
        }
        checking.again = true;
        Ok(self.ask(Asked::Keys(true), platform, platform.jwks_uri().to_owned()))
    }

    fn given_up(&mut self, Failure { error, retry_after }: Failure) -> Step {
        let outcome = match (self.checking.take(), &self.goal) {
            (Some(checking), _) if checking.tried && error.code == Code::SignatureInvalid => {
                self.contradicted(checking.tokens.refresh, error)
            }
            (Some(checking), _) => self.unverified(checking.tokens, error),
            (None, Goal::Tokens { .. }) => Outcome::Unsent { error, retry_after },
            (None, Goal::Revoke { .. }) => return Step::Done(Done::Revoked(Err(error), None)),
            (None, _) => return Step::Done(Done::Metadata(Err(Failure { error, retry_after }))),
        };
        Step::Done(Done::Tokens(outcome))
    }
}

/// `id_token_invalid` where metadata lists other algorithms than this one.
fn unlisted(platform: &Platform, alg: &Algorithm) -> Option<Error> {
    let listed = platform.metadata.as_ref()?.algorithms.as_ref()?;
    let known = listed.iter().any(|name| Algorithm::named(name) == Some(alg));
    (!known).then(|| unlike("alg", &list(listed), alg.name))
}
