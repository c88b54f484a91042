//! One client of one provider: a synchronous state machine without I/O. [`Client::handle`] takes an [`Input`], reads through
//! an [`Environment`] and acts through [`Actions`]; it holds no clock, randomness or future. The browser's runner is
//! `src/web/runner.rs`, the simulator's `simulation/src/runner.rs`.
//!
//! | part | what it owns |
//! |---|---|
//! | `sign_in` | sign-ins that the page has not left for yet |
//! | `callbacks` | callbacks under way, and those answered |
//! | [`session`] | the tokens, their refresh, and the peers |
//! | `sign_out` | a sign-out that the provider has still to be told of |
//! | `locks` | the locks that are held or waited for |
//! | `calls` | the app's calls that are not settled yet |
//! | `requests` | requests to the provider that are under way, and who waits for each |
//! | [`provider`] | metadata, keys, and each request to the provider |
//! | [`store`] | the keys in storage |

pub mod attempts;
mod callbacks;
mod calls;
mod locks;
pub mod marks;
pub mod notification;
pub mod provider;
mod requests;
pub mod runner;
pub mod session;
mod sign_in;
mod sign_out;
pub mod store;

use crate::core::base::clock::{Millis, MonotonicTime, Now};
use crate::core::base::config::Config;
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::json::Engine;
use crate::core::protocol::id_token::Purpose;
use crate::core::protocol::token::refresh_form;
use locks::Locks;
use provider::{Provider, RequestInput, RequestKind, RequestOutput};
use requests::{Request, Waiter};
use runner::{Actions, Answer, Call, CallId, Channel, Environment, Input, Written};
use session::io::{Context, Renewal, SessionAction, SessionInput, Ticket};
use session::{Rules, Session, SessionState};
use std::rc::Rc;
use store::Store;

/// How long peers have to answer.
const PEER_WAIT: Millis = Millis(150);

/// The runner enforces a request's time limit; the client waits this much longer.
const GRACE: Millis = Millis::seconds(1);

/// A timer that fires this much later than set: the page was frozen.
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
    namespace: Rc<String>,
    provider: Provider,
    session: Session,
    sign_ins: Vec<sign_in::SignIn>,
    exchanges: Vec<callbacks::Exchange>,
    /// The last callback's address, after and before the response was taken out.
    cleaned: Option<(String, String)>,
    /// Callbacks' locks, and when to release them.
    held: Vec<(Ticket, MonotonicTime)>,
    sign_out: Option<sign_out::SignOut>,
    /// The address to which the provider sent the user back after a sign-out; empty if it did not.
    signed_out_at: String,
    requests: Vec<Request>,
    /// In the order in which they were answered.
    done: Vec<(Waiter, Now, RequestOutput)>,
    /// Calls that are not settled yet, and their deadlines.
    calls: Vec<(CallId, MonotonicTime)>,
    /// Calls for a token that wait for a callback.
    waiting_tokens: Vec<(CallId, Call)>,
    locks: Locks,
    numbers: u32,
    /// The session's own timer.
    timer: MonotonicTime,
    version: u32,
    life: Life,
}

/// Whether a client still runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Life {
    InUse,
    /// The app has disposed of it; requests under a lock are still waited for.
    Disposed,
    /// Nothing more is done.
    Closed,
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
    /// A client that was not started yet. `seed` is for jitter.
    pub fn new(engine: Engine, config: Config, seed: u64) -> Self {
        let config = Rc::new(config);
        let rules = Rules {
            token_storage: config.token_storage,
            // Metadata, the token endpoint, the keys and the keys again, one after the other.
            max_hold: (config.request_timeout + GRACE).times(4) + PEER_WAIT.times(2),
            peer_wait: PEER_WAIT,
        };
        Self {
            namespace: Rc::new(config.namespace()),
            provider: Provider::new(engine, config.clone()),
            session: Session::new(rules, seed),
            config,
            sign_ins: Vec::new(),
            exchanges: Vec::new(),
            cleaned: None,
            held: Vec::new(),
            sign_out: None,
            signed_out_at: String::new(),
            requests: Vec::new(),
            done: Vec::new(),
            calls: Vec::new(),
            waiting_tokens: Vec::new(),
            locks: Locks::new(seed),
            numbers: 0,
            timer: MonotonicTime::NEVER,
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
                // Set anew below, where one is still needed.
                self.timer = MonotonicTime::NEVER;
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

    /// Hands the session one input, and carries out its actions.
    fn session(&mut self, turn: &Turn, input: SessionInput) {
        let mut context = Context {
            now: turn.now,
            online: turn.online,
            store: &turn.store,
            locks: &mut self.locks,
            actions: turn.actions,
            left: Vec::new(),
            stored: None,
            wrote: false,
        };
        self.session.handle(&mut context, input);
        for action in &context.left {
            self.carry_out(turn, action);
        }
    }

    fn carry_out(&mut self, turn: &Turn, action: &SessionAction) {
        match action {
            SessionAction::Prepare(ticket) => {
                self.ask(turn, RequestKind::Metadata, Waiter::Prepared(*ticket));
            }
            SessionAction::Refresh { ticket, token, sign_in } => {
                let form = refresh_form(&self.config.client_id, token);
                let purpose = Purpose::Refresh { sign_in: sign_in.clone() };
                self.ask(turn, RequestKind::Tokens { form, purpose }, Waiter::Refresh(*ticket));
            }
            SessionAction::SettleToken(call, Ok(token)) => {
                self.settle(turn, &[*call], &Answer::Token(token));
            }
            SessionAction::SettleToken(call, Err(error)) => {
                self.settle(turn, &[*call], &Answer::Error(error));
            }
            SessionAction::SignedIn(ticket, result) => self.signed_in(turn, *ticket, result),
            SessionAction::SignOutProvider { refresh, id_token } => {
                self.sign_out_provider(turn, refresh.as_ref(), id_token.clone());
            }
            SessionAction::Revoke(token) => self.revoke(turn, token),
        }
    }

    fn lock_granted(&mut self, turn: &Turn, number: u32) {
        if let Some(ticket) = self.locks.granted(number)
            && !self.callback_granted(turn, ticket)
        {
            self.session(turn, SessionInput::LockGranted(ticket));
        }
    }

    /// Does what has become due, until nothing is.
    fn drive(&mut self, turn: &Turn) {
        let now = turn.now.mono;
        while let Some(number) = self.locks.due(turn.actions, now) {
            self.lock_granted(turn, number);
        }
        self.end_overdue_requests(turn);
        self.complete(turn);
        self.retry_callbacks(turn, Retry::IfDue);
        if self.login_timeout() <= now {
            self.login_returned(turn);
        }
        if self.sign_out_timeout() <= now {
            self.sign_out_overdue(turn);
        }
        self.release_held(turn);
        self.settle_overdue_calls(turn);
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

    fn set_timer(&mut self, turn: &Turn) {
        let mut next = self.session.timeout();
        let parts = [
            self.calls_timeout(),
            self.requests_timeout(),
            self.callbacks_timeout(),
            self.login_timeout(),
            self.sign_out_timeout(),
            self.locks.timeout(),
        ];
        for part in parts {
            next = next.min(part);
        }
        next = next.max(turn.now.mono + Millis(1));
        if self.timer != next {
            self.timer = next;
            turn.actions.set_timer((next != MonotonicTime::NEVER).then_some(next));
        }
    }

    /// Settles every call at once. A lock with a request under way is kept until its answer is stored or its deadline has
    /// passed, so that no other client sends the same refresh token meanwhile.
    fn dispose(&mut self, turn: &Turn) {
        self.life = Life::Disposed;
        let error = Error::new(ErrorCode::Disposed);
        for (call, _) in &self.calls {
            turn.actions.settle(*call, &Answer::Error(&error));
        }
        self.calls.clear();
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
