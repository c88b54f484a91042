//! One client of one provider: a synchronous machine without I/O. [`Client::handle`] takes an [`Input`], reads through an
//! [`Environment`] and acts through [`Actions`]; it holds no clock, randomness or future. The browser's runner is
//! `src/web`, the simulator's `tests/simulation`.
//!
//! | part | what it owns |
//! |---|---|
//! | `sign_in` | sign-ins that the page has not left for yet |
//! | `callbacks` | callbacks under way, and those answered |
//! | [`session`] | the tokens, their refresh, and the peers |
//! | `sign_out` | a sign-out that the provider has still to hear of |
//! | [`provider`] | metadata, keys, and each request to the provider |
//! | [`store`] | the keys in storage |

pub mod attempts;
mod callbacks;
pub mod marks;
pub mod notification;
pub mod provider;
pub mod runner;
pub mod session;
mod sign_in;
mod sign_out;
pub mod store;

use crate::core::base::clock::Now;
use crate::core::base::config::Config;
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::json::Engine;
use crate::core::base::secret::RefreshToken;
use crate::core::protocol::bearer::newer_token_may_help;
use crate::core::protocol::id_token::Purpose;
use crate::core::protocol::token::{refresh_form, revoke_form};
use provider::{
    NoResponse, Provider, ProviderRequest, RequestAction, RequestInput, RequestKind, RequestOutput,
};
use runner::{Actions, Answer, Call, CallId, Environment, Input, Report, RequestId};
use session::event::{Context, SessionAction, SessionInput, Ticket};
use session::{Rules, Session, SessionState};
use std::collections::VecDeque;
use std::rc::Rc;
use store::Store;

/// How long peers have to answer, in milliseconds.
const PEER_WAIT: i64 = 150;

/// How much longer than its own time limit a request is waited for, in milliseconds: the runner keeps the limit.
const GRACE: i64 = 1_000;

/// A timer that comes so much later than asked comes after a freeze, in milliseconds.
const LATE: i64 = 2_000;

/// See the module. Its `Debug` text shows all that its further course hangs on, and no secret.
#[derive(Debug)]
pub struct Client {
    config: Rc<Config>,
    namespace: Rc<str>,
    provider: Provider,
    session: Session,
    sign_ins: Vec<sign_in::SignIn>,
    exchanges: Vec<callbacks::Exchange>,
    /// What the last callback left of the address, and that address before.
    cleaned: Option<(String, String)>,
    /// Callbacks' locks and when to let them go, by the page's own clock.
    held: Vec<(Ticket, i64)>,
    sign_out: Option<sign_out::SignOut>,
    requests: Vec<Request>,
    done: VecDeque<(Waiter, Now, RequestOutput)>,
    /// Calls that are not settled yet, and when they are for want of an answer.
    calls: Vec<(CallId, Option<i64>)>,
    /// Calls for a token that wait for a callback.
    waiting_tokens: Vec<(CallId, Call)>,
    /// Locks that are held or asked for.
    locks: Vec<Ticket>,
    /// Those of them that are held.
    granted: Vec<u32>,
    numbers: u32,
    /// As the session wants it.
    session_timer: Option<i64>,
    timer: Option<i64>,
    version: u32,
    disposed: bool,
    closed: bool,
}

/// A request to the provider, or several in a row.
#[derive(Debug)]
struct Request {
    id: RequestId,
    request: ProviderRequest,
    waiter: Waiter,
    /// When the last of them that may act was sent.
    asked_at: Now,
    /// When it counts as not answered, by the page's own clock.
    deadline: i64,
    /// Whether that was put off once: a page that was frozen finds its answers waiting beside its timers.
    put_off: bool,
}

/// What a request is for.
#[derive(Clone, Copy, Debug)]
enum Waiter {
    /// The session's refresh waits for metadata.
    Prepared(Ticket),
    /// The session's refresh.
    Refresh(Ticket),
    /// A callback's exchange.
    Exchange(Ticket),
    /// A callback waits for metadata and keys.
    Callback(Ticket),
    /// A sign-in waits for metadata.
    SignIn(u32),
    /// A sign-out waits for the provider.
    SignOut(u32),
    /// Nothing waits.
    Nothing,
}

/// The circumstances of one input.
struct Turn<'a> {
    now: Now,
    online: bool,
    store: Store<'a>,
    env: &'a dyn Environment,
    actions: &'a dyn Actions,
}

impl Client {
    /// A client that has not begun. `seed` is for jitter.
    pub fn new(engine: Engine, config: Config, seed: u64) -> Self {
        let config = Rc::new(config);
        let rules = Rules {
            token_storage: config.token_storage,
            issuer: config.issuer.clone(),
            client_id: config.client_id.clone(),
            // Metadata, the token endpoint, the keys and the keys again, one after the other.
            max_hold: 4 * (config.request_timeout + GRACE) + 2 * PEER_WAIT,
            peer_wait: PEER_WAIT,
        };
        Self {
            namespace: config.namespace().into(),
            provider: Provider::new(engine, config.clone()),
            session: Session::new(rules, seed),
            config,
            sign_ins: Vec::new(),
            exchanges: Vec::new(),
            cleaned: None,
            held: Vec::new(),
            sign_out: None,
            requests: Vec::new(),
            done: VecDeque::new(),
            calls: Vec::new(),
            waiting_tokens: Vec::new(),
            locks: Vec::new(),
            granted: Vec::new(),
            numbers: 0,
            session_timer: None,
            timer: None,
            version: 0,
            disposed: false,
            closed: false,
        }
    }

    /// What it was made with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The prefix of its keys, locks and channel.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// What an app may see now.
    pub fn state(&self, now: Now) -> SessionState<'_> {
        self.session.state(now)
    }

    /// Whether `url`, an absolute one, is a callback.
    pub fn is_callback(&self, env: &dyn Environment, actions: &dyn Actions, url: &str) -> bool {
        self.recognises(&turn(&self.namespace, self.config.token_storage, env, actions), url)
    }

    /// Takes one input and does whatever has become due.
    pub fn handle(&mut self, env: &dyn Environment, actions: &dyn Actions, input: Input) {
        if self.closed {
            return;
        }
        let namespace = self.namespace.clone();
        let turn = turn(&namespace, self.config.token_storage, env, actions);
        let turn = &turn;
        match input {
            Input::Start => {
                self.sweep_kept(turn);
                self.sign_out_confirmed(turn);
                self.session(turn, SessionInput::Start);
            }
            Input::Call(id, call) => self.call(turn, id, call),
            Input::Timeout => {
                // Asked for anew, if it is still wanted.
                (self.session_timer, self.timer) = (None, None);
                self.session(turn, SessionInput::Timeout);
            }
            Input::Revalidate => {
                self.retry_callbacks(turn, true);
                self.session(turn, SessionInput::Revalidate);
            }
            Input::PageShown => {
                self.login_returned(turn);
                self.sign_out_returned();
                self.session(turn, SessionInput::Revalidate);
            }
            Input::Message(message) => self.session(turn, SessionInput::Message(message)),
            Input::LockGranted(number) => {
                self.granted.push(number);
                match self.ticket(number) {
                    Some(_) if self.callback_granted(turn, number) => {}
                    Some(ticket) => self.session(turn, SessionInput::LockGranted(ticket)),
                    None => {}
                }
            }
            Input::LockUnavailable(number) => match self.ticket(number) {
                Some(_) if self.callback_locked(turn, number) => {}
                Some(ticket) => self.session(turn, SessionInput::LockUnavailable(ticket)),
                None => {}
            },
            Input::LockStolen(number) => {
                if let Some(ticket) = self.ticket(number) {
                    self.forget_lock(number);
                    self.session(turn, SessionInput::LockStolen(ticket));
                }
            }
            Input::Response(id, response) => self.reply(turn, id, RequestInput::Response(response)),
            Input::Verified(id, valid) => self.reply(turn, id, RequestInput::Verified(valid)),
            Input::Written { area, key, stored } => {
                if self.login_written(turn, &key, stored) || stored {
                } else if turn.store.is_mark(&key) {
                    turn.store.make_room(area, &key, turn.now.wall, actions);
                } else {
                    self.session(turn, SessionInput::WriteFailed);
                }
            }
            Input::NavigationRefused => self.login_refused(turn),
            Input::Dispose => self.dispose(turn),
        }
        self.drive(turn);
    }

    fn call(&mut self, turn: &Turn, id: CallId, call: Call) {
        if self.disposed {
            let error = Error::new(ErrorCode::Disposed);
            return turn.actions.settle(id, &Answer::Error(&error));
        }
        let limit = self.config.request_timeout + GRACE;
        let deadline = match &call {
            // The page is leaving: it ends with the page, or with `login_returned`.
            Call::Login { .. } => None,
            // Metadata, keys and the code, after what a callback may wait for the provider.
            Call::Callback(_) => Some(crate::core::protocol::transaction::KEPT_FOR + 4 * limit),
            // Two holders of the lock, one after the other, that are past their deadlines.
            Call::Token { .. } => Some(crate::core::protocol::transaction::KEPT_FOR + 10 * limit),
            Call::Logout { .. } => Some(limit),
        };
        self.calls.push((id, deadline.map(|after| turn.now.mono + after)));
        match call {
            Call::Login { options, activation, delivery } => {
                self.login(turn, id, *options, activation, delivery);
            }
            Call::Callback(url) => {
                self.session(turn, SessionInput::Sync);
                self.callback(turn, id, url);
            }
            Call::Logout { return_to, reach } => self.logout(turn, id, return_to, reach),
            token => self.token(turn, id, token),
        }
    }

    /// While a callback is answered, whoever wants a token of a session that is not there waits for it.
    fn token(&mut self, turn: &Turn, id: CallId, call: Call) {
        let signed_in = matches!(self.session.state(turn.now), SessionState::In { .. });
        if !signed_in && self.answers_callback() {
            return self.waiting_tokens.push((id, call));
        }
        if let Call::Token { force, min_validity, rejected } = call {
            let rejected =
                rejected.filter(|rejected| rejected.challenges.as_deref().is_none_or(newer_token_may_help));
            let rejected = rejected.map(|rejected| rejected.token);
            self.session(turn, SessionInput::GetToken { call: id, force, min_validity, rejected });
        }
    }

    fn release_waiting_tokens(&mut self, turn: &Turn) {
        if !self.answers_callback() {
            for (id, call) in std::mem::take(&mut self.waiting_tokens) {
                // Whatever there is now is newer than what the call was made without.
                let force = false;
                if let Call::Token { min_validity, .. } = call {
                    self.token(turn, id, Call::Token { force, min_validity, rejected: None });
                }
            }
        }
    }

    /// Settles those of `calls` that nobody has settled yet.
    fn settle(&mut self, turn: &Turn, calls: &[CallId], answer: &Answer) {
        for call in calls {
            if let Some(at) = self.calls.iter().position(|(open, _)| open == call) {
                self.calls.swap_remove(at);
                turn.actions.settle(*call, answer);
            }
        }
    }

    /// One event for the session, and what it wants done.
    fn session(&mut self, turn: &Turn, event: SessionInput) {
        let context = Context { now: turn.now, online: turn.online, view: &turn.store };
        for effect in self.session.handle(&context, event) {
            self.carry_out(turn, effect);
        }
    }

    fn carry_out(&mut self, turn: &Turn, effect: SessionAction) {
        match effect {
            SessionAction::WriteRecord(text) => {
                if let Some(area) = turn.store.session_area() {
                    turn.actions.write(area, &turn.store.session_key(), &text, Report::Failure);
                }
            }
            SessionAction::Mark(mark) => turn.store.mark(&mark, turn.now.wall, turn.actions),
            SessionAction::Post(message) => turn.actions.post(&message),
            SessionAction::Lock { ticket, lock, steal_after } => {
                self.locks.push(ticket);
                turn.actions.lock(ticket, &lock, steal_after);
            }
            SessionAction::Steal(ticket) => turn.actions.steal(ticket),
            SessionAction::Unlock(ticket) => self.unlock(turn, ticket),
            SessionAction::Prepare(ticket) => self.ask(turn, RequestKind::Metadata, Waiter::Prepared(ticket)),
            SessionAction::Refresh { ticket, token, sign_in } => {
                let form = refresh_form(&self.config.client_id, &token);
                let goal = RequestKind::Tokens { form, purpose: Purpose::Refresh { sign_in } };
                self.ask(turn, goal, Waiter::Refresh(ticket));
            }
            SessionAction::SetTimer(at) => self.session_timer = at,
            SessionAction::SettleToken(call, Ok(token)) => self.settle(turn, &[call], &Answer::Token(&token)),
            SessionAction::SettleToken(call, Err(error)) => {
                self.settle(turn, &[call], &Answer::Error(&error))
            }
            SessionAction::SignedIn(ticket, result) => self.signed_in(turn, ticket, result),
            SessionAction::Notify(notification) => turn.actions.notify(&notification),
            SessionAction::SignOutProvider { refresh, id_token } => {
                self.provider_sign_out(turn, refresh, id_token)
            }
            SessionAction::Revoke(token) => self.revoke(turn, &token),
        }
    }

    fn revoke(&mut self, turn: &Turn, token: &RefreshToken) {
        let form = revoke_form(&self.config.client_id, token);
        self.ask(turn, RequestKind::Revoke { form }, Waiter::Nothing);
    }

    fn ticket(&self, number: u32) -> Option<Ticket> {
        self.locks.iter().find(|ticket| ticket.number == number).copied()
    }

    fn forget_lock(&mut self, number: u32) {
        self.locks.retain(|ticket| ticket.number != number);
        self.granted.retain(|granted| *granted != number);
    }

    fn unlock(&mut self, turn: &Turn, ticket: Ticket) {
        self.forget_lock(ticket.number);
        turn.actions.unlock(ticket);
    }

    /// Begins to ask the provider for something; what needs no request is done before anything else is.
    fn ask(&mut self, turn: &Turn, goal: RequestKind, waiter: Waiter) {
        self.numbers += 1;
        let mut request = ProviderRequest::new(goal);
        let step = request.handle(&mut self.provider, turn.now, RequestInput::Begin);
        let request =
            Request { id: self.numbers, request, waiter, asked_at: turn.now, deadline: 0, put_off: false };
        self.go_on(turn, request, step);
    }

    fn reply(&mut self, turn: &Turn, id: RequestId, reply: RequestInput) {
        let Some(at) = self.requests.iter().position(|request| request.id == id) else { return };
        // What is done with it is done on what can be read now.
        self.session(turn, SessionInput::Sync);
        let mut request = self.requests.swap_remove(at);
        let step = request.request.handle(&mut self.provider, turn.now, reply);
        self.go_on(turn, request, step);
    }

    fn go_on(&mut self, turn: &Turn, mut request: Request, step: RequestAction) {
        let limit = self.config.request_timeout;
        match step {
            RequestAction::Done(done) => {
                return self.done.push_back((request.waiter, request.asked_at, done));
            }
            RequestAction::Send { url, form, timeout } => {
                request.deadline = turn.now.mono + timeout + GRACE;
                if form.is_some() {
                    request.asked_at = turn.now;
                }
                turn.actions.send(request.id, &url, form.as_deref(), timeout);
            }
            RequestAction::Verify { key, jws } => {
                request.deadline = turn.now.mono + limit;
                turn.actions.verify(request.id, &key, &jws);
            }
        }
        self.requests.push(request);
    }

    fn completed(&mut self, turn: &Turn, waiter: Waiter, asked_at: Now, done: RequestOutput) {
        for left_out in self.provider.left_out() {
            turn.actions.warn(&left_out);
        }
        match (waiter, done) {
            (Waiter::Refresh(ticket), RequestOutput::Tokens(outcome)) => {
                self.session(turn, SessionInput::TokenResponse { ticket, asked_at, outcome });
            }
            (Waiter::Exchange(ticket), RequestOutput::Tokens(outcome)) => {
                self.exchanged(turn, ticket, asked_at, outcome);
            }
            (Waiter::Prepared(ticket), RequestOutput::Metadata(metadata)) => {
                self.session(turn, SessionInput::Prepared { ticket, result: metadata.map(|_| ()) });
            }
            (Waiter::Callback(ticket), RequestOutput::Metadata(Ok(metadata))) => {
                self.prepared(turn, ticket, Ok(&metadata));
            }
            (Waiter::Callback(ticket), RequestOutput::Metadata(Err(failure))) => {
                self.prepared(turn, ticket, Err(failure));
            }
            (Waiter::SignIn(number), RequestOutput::Metadata(metadata)) => {
                let metadata = metadata.as_deref().map_err(|failure| failure.error.clone());
                self.login_discovered(turn, number, metadata);
            }
            (Waiter::SignOut(number), RequestOutput::Metadata(metadata)) => {
                let metadata = metadata.as_deref().map_err(|failure| failure.error.clone());
                self.sign_out_answered(turn, number, metadata, None);
            }
            (Waiter::SignOut(number), RequestOutput::Revoked(metadata, revocation)) => {
                let metadata = metadata.as_deref().map_err(Error::clone);
                self.sign_out_answered(turn, number, metadata, revocation);
            }
            _ => {}
        }
    }

    /// Does what has become due, until nothing is.
    fn drive(&mut self, turn: &Turn) {
        let now = turn.now.mono;
        while let Some(at) = self.requests.iter().position(|request| request.deadline <= now) {
            let request = &mut self.requests[at];
            if now - request.deadline > LATE && !request.put_off {
                (request.deadline, request.put_off) = (now + GRACE, true);
                continue;
            }
            let id = request.id;
            turn.actions.cancel(id);
            self.reply(turn, id, RequestInput::Response(Err(NoResponse::Timeout)));
        }
        while let Some((waiter, asked_at, done)) = self.done.pop_front() {
            self.completed(turn, waiter, asked_at, done);
        }
        self.retry_callbacks(turn, false);
        if self.login_timeout().is_some_and(|at| at <= now) {
            self.login_returned(turn);
        }
        if self.sign_out_timeout().is_some_and(|at| at <= now) {
            self.sign_out_overdue(turn);
        }
        self.release_held(turn);
        while let Some(at) = self.calls.iter().position(|(_, until)| until.is_some_and(|until| until <= now))
        {
            let (call, _) = self.calls[at];
            let error = Error::new(ErrorCode::Timeout).with("endpoint", "token");
            self.settle(turn, &[call], &Answer::Error(&error));
        }
        while let Some((waiter, asked_at, done)) = self.done.pop_front() {
            self.completed(turn, waiter, asked_at, done);
        }
        self.set_timer(turn);
        if self.version != self.session.version() {
            self.version = self.session.version();
            turn.actions.state_changed();
        }
        if self.disposed && self.locks.is_empty() {
            self.closed = true;
            turn.actions.close();
        }
    }

    fn set_timer(&mut self, turn: &Turn) {
        let mut next = earlier(self.session_timer, self.callbacks_timeout());
        next = earlier(next, self.login_timeout());
        next = earlier(next, self.sign_out_timeout());
        for request in &self.requests {
            next = earlier(next, Some(request.deadline));
        }
        for (_, until) in &self.calls {
            next = earlier(next, *until);
        }
        let next = next.map(|at| at.max(turn.now.mono + 1));
        if self.timer != next {
            self.timer = next;
            turn.actions.set_timer(next);
        }
    }

    /// Settles every call at once. A lock with a request in flight is kept until its answer is stored or its deadline has
    /// passed, so that no other client sends the same refresh token meanwhile.
    fn dispose(&mut self, turn: &Turn) {
        self.disposed = true;
        let error = Error::new(ErrorCode::Disposed);
        for (call, _) in std::mem::take(&mut self.calls) {
            turn.actions.settle(call, &Answer::Error(&error));
        }
        let asked: Vec<Ticket> =
            self.locks.iter().filter(|ticket| !self.granted.contains(&ticket.number)).copied().collect();
        for ticket in asked {
            self.unlock(turn, ticket);
        }
    }
}

fn turn<'a>(
    namespace: &'a str,
    token_storage: crate::core::base::config::TokenStorage,
    env: &'a dyn Environment,
    actions: &'a dyn Actions,
) -> Turn<'a> {
    let store = Store { namespace, token_storage, env };
    Turn { now: env.now(), online: env.is_online(), store, env, actions }
}

fn earlier(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// The origin of an absolute address, as text.
fn origin_of(address: &str) -> Option<&str> {
    let (_, path) = crate::core::base::origin::Origin::split(address)?;
    address.get(..address.len() - path.len())
}
