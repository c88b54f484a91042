//! Answering a callback: every state it names is judged first, its response leaves the address at once and is kept until
//! the provider can be asked, and the code is sent once, whatever happens. RFC 6749 §4.1.2, RFC 9700 §4.2.4.
//!
//! | part | what it does |
//! |---|---|
//! | `judge` | finds the sign-in that a response answers, and spends every state that a refused one names |
//! | `kept` | the response beside its verifier in storage, while the provider cannot be asked |
//! | `exchange` | waits for the provider and the lock, sends the code once, and ends with the answer |

mod exchange;
mod judge;
mod kept;

use super::runner::{Answer, CallId};
use super::session::io::Ticket;
use super::store::Store;
use super::{Client, Turn};
use crate::core::base::clock::{MonotonicTime, WallTime};
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::secret::{IdToken, State};
use crate::core::client::notification::{Notification, NotificationKind, Source};
use crate::core::protocol::authorization_response as callback;
use crate::core::protocol::authorization_response::{AuthorizationResult, SignIn};
use crate::core::protocol::transaction::{KEPT_FOR, SignInContext, Transaction};
use judge::mark_of;
use std::rc::Rc;
use std::sync::Arc;

/// A finished sign-in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The user.
    pub id_token: IdToken,
    /// As given when the sign-in began.
    pub context: Arc<SignInContext>,
}

/// A callback that was refused.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    error: Error,
    context: Arc<SignInContext>,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self { error, context: Arc::default() }
    }
}

/// A callback that this page has seen. It is remembered, so that every call with the same address gets the same answer.
#[derive(Debug)]
pub(super) struct Exchange {
    /// The fingerprint of the states that the address names.
    mark: String,
    ticket: Ticket,
    calls: Vec<CallId>,
    progress: Progress,
    /// When the state was marked as spent.
    marked_at: Option<MonotonicTime>,
}

#[derive(Debug)]
enum Progress {
    /// What the exchange needs of the provider is read.
    Preparing(Box<Claim>),
    /// The provider could not be reached: it is tried again at this time.
    Paused(Box<Claim>, MonotonicTime),
    /// Asked for the lock.
    Claiming(Box<Claim>),
    /// The code is on its way.
    Sent(Box<Pending>),
    Done(Rc<Result<SignedIn, Refusal>>),
}

/// What is needed once the lock is held.
#[derive(Debug)]
struct Claim {
    transaction: Box<Transaction>,
    iss: Option<String>,
    response: AuthorizationResult,
    iss_required: bool,
    /// The session's count of sign-outs when the callback came.
    sign_out_epoch: u32,
    /// How often the provider could not be reached.
    failures: u32,
    /// Before when the provider wishes not to be asked again.
    not_before: MonotonicTime,
    /// Until when the response may be kept.
    until: MonotonicTime,
}

/// What is still needed when the answer comes.
#[derive(Debug)]
struct Pending {
    state: State,
    context: Arc<SignInContext>,
    scope: Arc<String>,
    redirect_uri: Arc<String>,
    sign_out_epoch: u32,
}

/// How many answered callbacks a page remembers.
const REMEMBERED: usize = 4;

impl Client {
    /// Whether `url`, an absolute one, is at the redirect URI and carries a response that is not another client's, or
    /// has one that is kept. The `state` of a sign-out is no response, although a sign-in may be pending as well.
    pub(super) fn recognises(&self, store: &Store, now: WallTime, url: &str) -> bool {
        callback::at_redirect_uri(url, &self.config.redirect_page)
            && url != self.signed_out_at
            && (self.kept_transaction(store, now).is_some()
                || (callback::is_response(url, pending(store, now))
                    && !is_of_another_client(store, &callback::read(url))))
    }

    /// The app hands over an absolute address.
    pub(super) fn callback(&mut self, turn: &Turn, call: CallId, url: String) {
        let url = match &self.cleaned {
            // The cleaned address stands for the callback that was in it.
            Some((left, before)) if *left == url => before.clone(),
            _ => url,
        };
        let response = callback::read(&url);
        if is_of_another_client(&turn.store, &response) {
            let error =
                Error::new(ErrorCode::StateUnknown).with("problem", "it answers another client's sign-in");
            return self.settle(turn, &[call], &Answer::Refused(&error, &SignInContext::default()));
        }
        let is_response = callback::is_response(&url, pending(&turn.store, turn.now.wall));
        if is_response && url == turn.env.address() {
            let left = callback::cleaned(&url);
            turn.actions.replace_address(&left);
            self.cleaned = Some((left, url));
        }
        let mark = mark_of(&response.states);
        if let Some(known) = self.exchanges.iter_mut().find(|known| known.mark == mark) {
            match &known.progress {
                Progress::Done(result) => {
                    let result = result.clone();
                    self.settle_callback(turn, &[call], &result);
                }
                _ => known.calls.push(call),
            }
        } else if is_response || !self.resume_kept(turn, call) {
            self.answer(turn, call, mark, response);
        }
    }

    /// A response that this page has not seen: judged, and kept before anything else is done with it.
    fn answer(&mut self, turn: &Turn, call: CallId, mark: String, response: callback::AuthorizationResponse) {
        let callback::AuthorizationResponse { states, iss, answer } = response;
        let judged = match answer {
            Err(error) => Err(self.spend(turn, &states, error)),
            Ok(answer) => match &states[..] {
                [state] => self.find_transaction(turn, state, &mark).map(|transaction| (transaction, answer)),
                _ => Err(Error::new(ErrorCode::StateUnknown).into()),
            },
        };
        match judged {
            Err(refusal) => {
                self.note_attempt(turn, &mark, Some(refusal.error.code));
                let result = Rc::new(Err(refusal));
                self.settle_callback(turn, &[call], &result);
                // An address without a state names no sign-in: each call with it is judged anew.
                if !mark.is_empty() {
                    let ticket = self.session.next_ticket();
                    self.remember(mark, ticket, Vec::new(), Progress::Done(result));
                }
            }
            Ok((transaction, response)) => {
                notify(turn, NotificationKind::CallbackReceived);
                let transaction = self.keep(turn, transaction, iss.clone(), &response);
                let claim = self.claim(transaction, iss, response, turn.now.mono + KEPT_FOR);
                self.prepare(turn, mark, call, claim);
            }
        }
    }

    fn remember(&mut self, mark: String, ticket: Ticket, calls: Vec<CallId>, progress: Progress) {
        if self.exchanges.len() >= REMEMBERED {
            while let Some(at) = self.exchanges.iter().position(Exchange::is_done) {
                self.exchanges.swap_remove(at);
            }
        }
        self.exchanges.push(Exchange { mark, ticket, calls, progress, marked_at: None });
    }

    fn exchange(&self, ticket: Ticket) -> Option<usize> {
        self.exchanges.iter().position(|known| known.ticket == ticket)
    }

    fn note_attempt(&self, turn: &Turn, mark: &str, failed: Option<ErrorCode>) {
        let mut attempts = turn.store.attempts();
        attempts.came_back(mark, failed);
        turn.store.keep_attempts(&attempts, turn.actions);
    }

    fn settle_callback(&mut self, turn: &Turn, calls: &[CallId], result: &Result<SignedIn, Refusal>) {
        let answer = match result {
            Ok(SignedIn { id_token, context }) => Answer::SignedIn(id_token, context),
            Err(Refusal { error, context }) => Answer::Refused(error, context),
        };
        self.settle(turn, calls, &answer);
    }

    /// Whether a callback is being answered.
    pub(super) fn answers_callback(&self) -> bool {
        !self.exchanges.iter().all(Exchange::is_done)
    }

    /// The next deadline.
    pub(super) fn callbacks_timeout(&self) -> MonotonicTime {
        let mut next = MonotonicTime::NEVER;
        for exchange in &self.exchanges {
            if let Progress::Paused(_, again) = exchange.progress {
                next = next.min(again);
            }
        }
        for (_, until) in &self.held {
            next = next.min(*until);
        }
        next
    }
}

impl Exchange {
    fn is_done(&self) -> bool {
        matches!(self.progress, Progress::Done(_))
    }

    /// Takes the progress out. Until one is put back, the callback counts as replayed.
    fn take(&mut self) -> Progress {
        std::mem::replace(
            &mut self.progress,
            Progress::Done(Rc::new(Err(Error::new(ErrorCode::CallbackReplayed).into()))),
        )
    }
}

fn notify(turn: &Turn, kind: NotificationKind) {
    turn.actions.notify(&Notification { source: Source::ThisTab, kind });
}

fn is_of_another_client(store: &Store, response: &callback::AuthorizationResponse) -> bool {
    response.states.iter().any(|state| store.is_of_another_client(state))
}

/// Whether a sign-in of this tab waits for its callback.
fn pending(store: &Store, now: WallTime) -> SignIn {
    if store.has_transaction(now) { SignIn::Pending } else { SignIn::NonePending }
}
