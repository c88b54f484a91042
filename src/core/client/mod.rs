//! One client of one provider: a synchronous machine without I/O. [`Client::handle`] takes an [`Input`], reads through an
//! [`Environment`] and acts through [`Actions`]; it holds no clock, randomness or future. The browser's runner is
//! `src/web`, the simulator's `tests/simulation`.
//!
//! | part | what it owns |
//! |---|---|
//! | `sign_in` | sign-ins that the page has not left for yet |
//! | `callbacks` | callbacks under way, and those answered |
//! | [`session`] | the tokens, their refresh, and the peers |
//! | `sign_out` | a sign-out that the provider has still to be told of |
//! | `locks` | the locks that are held or waited for |
//! | [`provider`] | metadata, keys, and each request to the provider |
//! | [`store`] | the keys in storage |

pub mod attempts;
mod callbacks;
mod locks;
pub mod marks;
pub mod notification;
pub mod provider;
pub mod runner;
pub mod session;
mod sign_in;
mod sign_out;
pub mod store;

use crate::core::base::clock::{Millis, MonotonicTime, Now};
use crate::core::base::config::Config;
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::json::Engine;
use crate::core::base::secret::RefreshToken;
use crate::core::protocol::bearer::newer_token_may_help;
use crate::core::protocol::id_token::Purpose;
use crate::core::protocol::token::{refresh_form, revoke_form};
use crate::core::protocol::transaction::KEPT_FOR;
use locks::Locks;
use provider::{
    NoResponse, Provider, ProviderRequest, RequestAction, RequestInput, RequestKind, RequestOutput,
};
use runner::{Actions, Answer, Call, CallId, Channel, Environment, Input, Report, RequestId, Written};
use session::io::{Context, Renewal, SessionAction, SessionInput, Ticket};
use session::{Rules, Session, SessionState};
use std::collections::VecDeque;
use std::rc::Rc;
use store::Store;

/// How long peers have to answer.
const PEER_WAIT: Millis = Millis(150);

/// How much longer than its own time limit a request is waited for: the runner keeps the limit.
const GRACE: Millis = Millis::seconds(1);

/// How long a token may be handed out without asking, while nothing happens.
const LEASE: Millis = Millis::seconds(1);

/// A timer that comes so much later than asked comes after a freeze.
const LATE: Millis = Millis::seconds(2);

/// A client. Its methods in groups:
///
/// - made by [`Client::new`];
/// - driven by [`Client::handle`], which is told what happens and acts;
/// - asked by [`Client::state`], [`Client::is_callback`], [`Client::config`] and [`Client::namespace`], which change
///   nothing.
///
/// ```ignore-wasm32
/// use intelliauth_spa_sdk::core::base::clock::Now;
/// use intelliauth_spa_sdk::core::base::config::{Config, Options};
/// use intelliauth_spa_sdk::core::client::Client;
/// use intelliauth_spa_sdk::core::client::runner::Input;
/// use intelliauth_spa_sdk::core::client::session::SessionState;
/// # use intelliauth_spa_sdk::core::base::{error::Error, secret::AccessToken};
/// # use intelliauth_spa_sdk::core::client::{notification::Notification, runner::*};
/// # use intelliauth_spa_sdk::core::client::session::{io::{Lock, Stored, Ticket}, message::Message};
/// # use intelliauth_spa_sdk::core::{base::clock::{Millis, MonotonicTime}, protocol::{jwks::Jwk, jws::Jws}};
/// # struct Page;
/// # impl Environment for Page {
/// #     fn now(&self) -> Now { Now::default() }
/// #     fn is_online(&self) -> bool { true }
/// #     fn address(&self) -> String { "https://app.example/".into() }
/// #     fn read(&self, _: Area, _: &str) -> Stored { Stored::Empty }
/// #     fn keys(&self, _: Area, _: &str) -> Vec<String> { Vec::new() }
/// #     fn entropy(&self) -> Option<[[u8; 32]; 3]> { None }
/// # }
/// # impl Actions for Page {
/// #     fn write(&self, _: Area, _: &str, _: &str, _: Report) {}
/// #     fn remove(&self, _: Area, _: &str) {}
/// #     fn set_channel(&self, _: Channel) {}
/// #     fn post(&self, _: &Message) {}
/// #     fn lock(&self, _: Ticket, _: &Lock, _: Wait) {}
/// #     fn query_holder(&self, _: Ticket) {}
/// #     fn steal(&self, _: Ticket) {}
/// #     fn unlock(&self, _: Ticket) {}
/// #     fn send(&self, _: RequestId, _: &str, _: Option<&str>, _: Millis) {}
/// #     fn cancel(&self, _: RequestId) {}
/// #     fn verify(&self, _: RequestId, _: &Jwk, _: &Jws) {}
/// #     fn set_timer(&self, _: Option<MonotonicTime>) {}
/// #     fn navigate(&self, _: &str) {}
/// #     fn replace_address(&self, _: &str) {}
/// #     fn settle(&self, _: CallId, _: &Answer) {}
/// #     fn lease(&self, _: &AccessToken, _: Now) {}
/// #     fn warn(&self, _: &Error) {}
/// #     fn notify(&self, _: &Notification) {}
/// #     fn state_changed(&self) {}
/// #     fn close(&self) {}
/// # }
/// let config = Config::new(Options {
///     tenant_url: "https://tenant.example".into(),
///     client_id: "app".into(),
///     redirect_uri: "https://app.example/callback".into(),
///     ..Options::default()
/// })?;
/// let mut client = Client::new(intelliauth_spa_sdk::native::engine, config, 7);
/// // `Page` is this example's `Environment` and `Actions`: an empty storage, and no one to act for.
/// client.handle(&Page, &Page, Input::Start);
/// assert!(matches!(client.state(Now::default()), SessionState::Unauthenticated(_)));
/// # Ok::<(), Error>(())
/// ```
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
    /// Callbacks' locks and when to let them go.
    held: Vec<(Ticket, MonotonicTime)>,
    sign_out: Option<sign_out::SignOut>,
    requests: Vec<Request>,
    done: VecDeque<(Waiter, Now, RequestOutput)>,
    /// Calls that are not settled yet, and when they are settled for want of an answer.
    calls: Vec<(CallId, Option<MonotonicTime>)>,
    /// Calls for a token that wait for a callback.
    waiting_tokens: Vec<(CallId, Call)>,
    locks: Locks,
    numbers: u32,
    /// As the session wants it.
    session_timer: Option<MonotonicTime>,
    timer: Option<MonotonicTime>,
    version: u32,
    life: Life,
}

/// How long a client goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    InUse,
    /// The app does not need it any more; requests under a lock are still waited for.
    Disposed,
    /// Nothing more is done.
    Closed,
}

/// A request to the provider, or several in a row.
#[derive(Debug)]
struct Request {
    id: RequestId,
    request: ProviderRequest,
    waiter: Waiter,
    /// When the last of them that may act was sent.
    asked_at: Now,
    /// When it counts as not answered.
    deadline: MonotonicTime,
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

/// What one input is handled with.
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
            max_hold: (config.request_timeout + GRACE).times(4) + PEER_WAIT.times(2),
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
            locks: Locks::new(seed),
            numbers: 0,
            session_timer: None,
            timer: None,
            version: 0,
            life: Life::InUse,
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
    pub fn is_callback(&self, env: &dyn Environment, url: &str) -> bool {
        self.recognises(
            &Store { namespace: &self.namespace, token_storage: self.config.token_storage, env },
            env.now().wall,
            url,
        )
    }

    /// Takes one input and does whatever has become due.
    pub fn handle(&mut self, env: &dyn Environment, actions: &dyn Actions, input: Input) {
        if self.life == Life::Closed {
            return;
        }
        let namespace = self.namespace.clone();
        let store = Store { namespace: &namespace, token_storage: self.config.token_storage, env };
        let turn = &Turn { now: env.now(), online: env.is_online(), store, env, actions };
        let plain = Renewal::IfNeeded;
        let leasable = matches!(&input, Input::Call(_, Call::Token { renewal, rejected: None, .. }) if *renewal == plain);
        match input {
            Input::Start => {
                actions.set_channel(Channel::Open);
                self.sweep_kept(turn);
                self.sign_out_confirmed(turn);
                turn.store.move_session(actions);
                self.session(turn, SessionInput::Start);
            }
            Input::Call(id, call) => self.call(turn, id, call),
            Input::Timeout => {
                // Asked for anew, if it is still wanted.
                (self.session_timer, self.timer) = (None, None);
                self.session(turn, SessionInput::Timeout);
            }
            Input::Revalidate => {
                self.retry_callbacks(turn, Retry::Now);
                self.session(turn, SessionInput::Revalidate);
            }
            Input::PageHidden => {
                self.session(turn, SessionInput::PageHidden);
                actions.set_channel(Channel::Closed);
            }
            Input::PageShown => {
                self.login_returned(turn);
                self.sign_out_returned();
                // A peer must not be answered from a record that is out of date.
                self.session(turn, SessionInput::Sync);
                actions.set_channel(Channel::Open);
                self.retry_callbacks(turn, Retry::Now);
                self.session(turn, SessionInput::PageShown);
            }
            Input::Message(message) => self.session(turn, SessionInput::Message(message)),
            Input::LockGranted(number) => self.lock_granted(turn, number),
            Input::LockUnavailable(number) => {
                if let Some(ticket) = self.locks.lost(number) {
                    self.callback_locked(turn, ticket);
                }
            }
            Input::LockHolder(number, holder) => {
                self.locks.holder_seen(actions, turn.now.mono, number, holder);
            }
            Input::LocksMissing(number) => self.locks.missing(turn.now.mono, number),
            Input::LockStolen(number) => {
                if let Some(ticket) = self.locks.lost(number) {
                    self.session(turn, SessionInput::LockStolen(ticket));
                }
            }
            Input::Response(id, response) => self.reply(turn, id, RequestInput::Response(response)),
            Input::Verified(id, valid) => self.reply(turn, id, RequestInput::Verified(valid)),
            Input::Written { area, key, result } => {
                if self.login_written(turn, &key, result) || result == Written::Stored {
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
        if leasable && self.life == Life::InUse {
            self.lease(turn);
        }
    }

    /// The next calls of this moment get the same token: each would cost a look at storage.
    fn lease(&self, turn: &Turn) {
        if let SessionState::Authenticated { record, valid_for, .. } = self.session.state(turn.now)
            && valid_for > Millis(0)
        {
            let span = valid_for.min(LEASE);
            let until = Now { wall: turn.now.wall + span, mono: turn.now.mono + span };
            turn.actions.lease(&record.access, until);
        }
    }

    fn call(&mut self, turn: &Turn, id: CallId, call: Call) {
        if self.life == Life::Disposed {
            return turn.actions.settle(id, &Answer::Error(&Error::new(ErrorCode::Disposed)));
        }
        let limit = self.config.request_timeout + GRACE;
        let deadline = match &call {
            // The page is leaving: it ends with the page, or with `login_returned`.
            Call::Login { .. } => None,
            // Metadata, keys and the code, after what a callback may wait for the provider.
            Call::Callback(_) => Some(KEPT_FOR + limit.times(4)),
            // Two holders of the lock, one after the other, that are past their deadlines.
            Call::Token { .. } => Some(KEPT_FOR + limit.times(10)),
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

    /// While a callback is answered, a call for a token of a session that is not there waits for it.
    fn token(&mut self, turn: &Turn, id: CallId, call: Call) {
        let signed_in = matches!(self.session.state(turn.now), SessionState::Authenticated { .. });
        if !signed_in && self.answers_callback() {
            return self.waiting_tokens.push((id, call));
        }
        if let Call::Token { renewal, min_validity, rejected } = call {
            let rejected =
                rejected.filter(|rejected| rejected.challenges.as_deref().is_none_or(newer_token_may_help));
            let rejected = rejected.map(|rejected| rejected.token);
            self.session(turn, SessionInput::GetToken { call: id, renewal, min_validity, rejected });
        }
    }

    fn release_waiting_tokens(&mut self, turn: &Turn) {
        if !self.answers_callback() {
            for (id, call) in std::mem::take(&mut self.waiting_tokens) {
                if let Call::Token { min_validity, .. } = call {
                    // Whatever there is now is newer than what the call was made without.
                    let renewal = Renewal::IfNeeded;
                    self.token(turn, id, Call::Token { renewal, min_validity, rejected: None });
                }
            }
        }
    }

    /// Settles those of `calls` that are not settled yet.
    fn settle(&mut self, turn: &Turn, calls: &[CallId], answer: &Answer) {
        for call in calls {
            if let Some(at) = self.calls.iter().position(|(open, _)| open == call) {
                self.calls.swap_remove(at);
                turn.actions.settle(*call, answer);
            }
        }
    }

    /// Hands the session one input, and carries out what it wants done.
    fn session(&mut self, turn: &Turn, input: SessionInput) {
        let mut context = Context::new(turn.now, turn.online, &turn.store);
        self.session.handle(&mut context, input);
        for action in context.actions {
            self.carry_out(turn, action);
        }
    }

    fn carry_out(&mut self, turn: &Turn, action: SessionAction) {
        match action {
            SessionAction::WriteRecord(text) => {
                if let Some(area) = turn.store.session_area() {
                    turn.actions.write(area, &turn.store.session_key(), &text, Report::Failure);
                }
            }
            SessionAction::Mark(mark) => turn.store.mark(&mark, turn.now.wall, turn.actions),
            SessionAction::Post(message) => turn.actions.post(&message),
            SessionAction::Lock { ticket, lock, steal_after } => {
                self.locks.request(turn.actions, ticket, &lock, Some(steal_after));
            }
            SessionAction::Unlock(ticket) => self.locks.release(turn.actions, ticket),
            SessionAction::Prepare(ticket) => {
                self.ask(turn, RequestKind::Metadata, Waiter::Prepared(ticket));
            }
            SessionAction::Refresh { ticket, token, sign_in } => {
                let form = refresh_form(&self.config.client_id, &token);
                let kind = RequestKind::Tokens { form, purpose: Purpose::Refresh { sign_in } };
                self.ask(turn, kind, Waiter::Refresh(ticket));
            }
            SessionAction::SetTimer(at) => self.session_timer = at,
            SessionAction::SettleToken(call, Ok(token)) => {
                self.settle(turn, &[call], &Answer::Token(&token));
            }
            SessionAction::SettleToken(call, Err(error)) => {
                self.settle(turn, &[call], &Answer::Error(&error));
            }
            SessionAction::SignedIn(ticket, result) => self.signed_in(turn, ticket, result),
            SessionAction::Notify(notification) => turn.actions.notify(&notification),
            SessionAction::SignOutProvider { refresh, id_token } => {
                self.sign_out_provider(turn, refresh, id_token);
            }
            SessionAction::Revoke(token) => self.revoke(turn, &token),
        }
    }

    fn revoke(&mut self, turn: &Turn, token: &RefreshToken) {
        let form = revoke_form(&self.config.client_id, token);
        self.ask(turn, RequestKind::Revoke { form }, Waiter::Nothing);
    }

    fn lock_granted(&mut self, turn: &Turn, number: u32) {
        if let Some(ticket) = self.locks.granted(number)
            && !self.callback_granted(turn, ticket)
        {
            self.session(turn, SessionInput::LockGranted(ticket));
        }
    }

    /// Begins to ask the provider for something; what needs no request is done before anything else is.
    fn ask(&mut self, turn: &Turn, kind: RequestKind, waiter: Waiter) {
        self.numbers += 1;
        let mut request = ProviderRequest::new(kind);
        let action = request.handle(&mut self.provider, turn.now, RequestInput::Begin);
        let (id, deadline) = (self.numbers, turn.now.mono);
        self.go_on(
            turn,
            Request { id, request, waiter, asked_at: turn.now, deadline, put_off: false },
            action,
        );
    }

    fn reply(&mut self, turn: &Turn, id: RequestId, reply: RequestInput) {
        let Some(at) = self.requests.iter().position(|request| request.id == id) else { return };
        // What is done with it is done with what can be read now.
        self.session(turn, SessionInput::Sync);
        let mut request = self.requests.swap_remove(at);
        let action = request.request.handle(&mut self.provider, turn.now, reply);
        self.go_on(turn, request, action);
    }

    fn go_on(&mut self, turn: &Turn, mut request: Request, action: RequestAction) {
        match action {
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
                request.deadline = turn.now.mono + self.config.request_timeout;
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
        while let Some(number) = self.locks.due(turn.actions, now) {
            self.lock_granted(turn, number);
        }
        while let Some(request) = self.requests.iter_mut().find(|request| request.deadline <= now) {
            if now - request.deadline > LATE && !request.put_off {
                (request.deadline, request.put_off) = (now + GRACE, true);
                continue;
            }
            let id = request.id;
            turn.actions.cancel(id);
            self.reply(turn, id, RequestInput::Response(Err(NoResponse::Timeout)));
        }
        self.complete(turn);
        self.retry_callbacks(turn, Retry::IfDue);
        if self.login_timeout().is_some_and(|at| at <= now) {
            self.login_returned(turn);
        }
        if self.sign_out_timeout().is_some_and(|at| at <= now) {
            self.sign_out_overdue(turn);
        }
        self.release_held(turn);
        let late = |until: &Option<MonotonicTime>| until.is_some_and(|until| until <= now);
        while let Some((call, _)) = self.calls.iter().find(|(_, until)| late(until)).copied() {
            let error = Error::new(ErrorCode::Timeout).with("endpoint", "token");
            self.settle(turn, &[call], &Answer::Error(&error));
        }
        self.complete(turn);
        self.set_timer(turn);
        if self.version != self.session.version() {
            self.version = self.session.version();
            turn.actions.state_changed();
        }
        if self.life == Life::Disposed && self.locks.is_empty() {
            self.life = Life::Closed;
            turn.actions.close();
        }
    }

    fn complete(&mut self, turn: &Turn) {
        while let Some((waiter, asked_at, done)) = self.done.pop_front() {
            self.completed(turn, waiter, asked_at, done);
        }
    }

    fn set_timer(&mut self, turn: &Turn) {
        let mut next = self.session_timer;
        let parts =
            [self.callbacks_timeout(), self.login_timeout(), self.sign_out_timeout(), self.locks.timeout()];
        for part in parts {
            next = MonotonicTime::earlier(next, part);
        }
        for request in &self.requests {
            next = MonotonicTime::earlier(next, Some(request.deadline));
        }
        for (_, until) in &self.calls {
            next = MonotonicTime::earlier(next, *until);
        }
        let next = next.map(|at| at.max(turn.now.mono + Millis(1)));
        if self.timer != next {
            self.timer = next;
            turn.actions.set_timer(next);
        }
    }

    /// Settles every call at once. A lock with a request under way is kept until its answer is stored or its deadline has
    /// passed, so that no other client sends the same refresh token meanwhile.
    fn dispose(&mut self, turn: &Turn) {
        self.life = Life::Disposed;
        let error = Error::new(ErrorCode::Disposed);
        for (call, _) in std::mem::take(&mut self.calls) {
            turn.actions.settle(call, &Answer::Error(&error));
        }
        self.locks.stop_waiting(turn.actions);
    }
}

/// Whether callbacks that wait for the provider wait any longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Retry {
    IfDue,
    Now,
}

/// The origin of an absolute address, as text.
fn origin_of(address: &str) -> Option<&str> {
    let (_, path) = crate::core::base::origin::Origin::split(address)?;
    address.get(..address.len() - path.len())
}
