//! The session: the tokens of one tab, their refresh, and the other tabs that hold them. A synchronous state machine:
//! `Session::handle` takes one input and says what to do; it holds no clock, randomness, future or I/O.
//! `docs/session.md` draws its states.

pub mod io;
pub mod message;
pub mod reason;
pub mod schedule;
pub mod session_record;

mod ending;
mod refresh;
mod repair;
mod sharing;

use crate::core::base::clock::{Millis, MonotonicTime, Now, WallTime};
use crate::core::base::config::TokenStorage;
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::secret::{IdToken, RefreshToken, State};
use crate::core::client::notification::{NotificationKind, Source};
use crate::core::protocol::token::Tokens;
use io::{Call, Context, SessionAction, SessionInput, Ticket};
use reason::Reason;
use refresh::{DetachedRequest, Refresh};
use repair::Repair;
use schedule::{Backoff, Deadline, Rng};
use session_record::SessionRecord;
use sharing::Peers;
use std::sync::Arc;

/// What the session must know about its app.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Where the record is kept.
    pub token_storage: TokenStorage,
    /// The longest that a holder may hold the session's lock: one refresh with all its parts.
    pub max_hold: Millis,
    /// How long peers have to say that they hold newer tokens.
    pub peer_wait: Millis,
}

/// The session of one tab.
#[derive(Debug)]
pub struct Session {
    rules: Rules,
    rng: Rng,
    phase: Phase,
    refresh: Refresh,
    backoff: Backoff,
    failing: Option<(Error, WallTime)>,
    waiting: Vec<Waiting>,
    detached: Vec<DetachedRequest>,
    /// The latest sign-in or sign-out known.
    latest_sequence: i64,
    /// Counts sign-outs: a sign-in that began before one is refused.
    sign_out_epoch: u32,
    tickets: u32,
    peers: Peers,
    /// How often in a row this tab woke too late to send.
    late_wakeups: u32,
    repair: Repair,
    page: Page,
    timer: MonotonicTime,
    version: u32,
}

#[derive(Debug)]
enum Phase {
    Loading,
    Unauthenticated(Reason),
    Authenticated(Box<ActiveSession>),
}

/// A session that this tab holds.
#[derive(Debug)]
struct ActiveSession {
    record: Arc<SessionRecord>,
    deadline: Deadline,
    /// The scheduled refresh is due when this much is left.
    refresh_margin: Millis,
}

impl ActiveSession {
    /// Records whether the refresh token may be spent.
    fn set_pending(&mut self, pending: bool) {
        let record = SessionRecord::clone(&self.record);
        self.record = Arc::new(SessionRecord { refresh_pending: pending, ..record });
    }
}

/// Whether the page may be in the back/forward cache: one that is must not ask for locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    Shown,
    Hidden,
}

/// A call that waits for tokens of a later generation than this.
#[derive(Debug)]
struct Waiting {
    call: Call,
    generation: i64,
    /// Whether the token that is held will do if nothing newer can be had.
    renewal: io::Renewal,
    /// Whether an API's 401 is the reason.
    rejected: bool,
}

/// What an app may see of the session.
#[derive(Debug)]
pub enum SessionState<'a> {
    /// Nothing is known yet.
    Loading,
    /// Nobody is signed in.
    Unauthenticated(Reason),
    /// A user is signed in.
    Authenticated {
        /// The tokens and what was granted.
        record: &'a SessionRecord,
        /// How long the access token is still valid.
        valid_for: Millis,
        /// When the next refresh is due; `None` without a refresh token.
        refresh_at: Option<WallTime>,
        /// Why refreshing fails, and when it is tried again.
        failing: Option<&'a (Error, WallTime)>,
    },
}

impl Session {
    /// A session that was not started yet. `seed` is for jitter.
    pub fn new(rules: Rules, seed: u64) -> Self {
        Self {
            rules,
            rng: Rng::new(seed),
            phase: Phase::Loading,
            refresh: Refresh::Idle,
            backoff: Backoff::default(),
            failing: None,
            waiting: Vec::new(),
            detached: Vec::new(),
            latest_sequence: 0,
            sign_out_epoch: 0,
            tickets: 0,
            peers: Peers::None,
            late_wakeups: 0,
            repair: Repair::default(),
            page: Page::Shown,
            timer: MonotonicTime::NEVER,
            version: 0,
        }
    }

    /// Handles one input: first storage is read, then the input is applied, then everything due is done.
    pub(in crate::core::client) fn handle(&mut self, context: &mut Context, input: SessionInput) {
        let stored = self.sync_from_storage(context);
        let write_failed = matches!(input, SessionInput::WriteFailed);
        let looks_again = matches!(input, SessionInput::Revalidate);
        if !write_failed {
            self.repair.write_did_not_fail();
        }
        match input {
            SessionInput::Start => self.query_peers(context),
            SessionInput::Revalidate => self.revalidate(context),
            SessionInput::PageHidden => {
                self.page = Page::Hidden;
                self.take_leave(context);
                // A page that holds or wants a lock is kept out of the cache.
                if !matches!(self.refresh, Refresh::Sending(..)) {
                    self.release(context);
                }
            }
            SessionInput::PageShown => {
                self.page = Page::Shown;
                // Messages were missed meanwhile, and another page of this tab may have restored the session.
                if self.peers == Peers::None {
                    self.peers = Peers::Possible;
                }
                self.query_peers(context);
                self.revalidate(context);
            }
            SessionInput::Sync | SessionInput::Timeout => {}
            SessionInput::Message(message) => self.handle_message(context, message),
            SessionInput::LockGranted(ticket) => self.lock_granted(context, ticket),
            SessionInput::LockStolen(ticket) => self.lock_stolen(ticket),
            SessionInput::Prepared { ticket, result } => self.prepared(context, ticket, result),
            SessionInput::TokenResponse { ticket, asked_at, outcome } => {
                self.handle_token_response(context, ticket, asked_at, outcome);
            }
            SessionInput::GetToken { call, renewal, min_validity, rejected } => {
                self.get_token(context, call, renewal, min_validity, rejected);
            }
            SessionInput::SignIn { ticket, tokens, state, scope, sign_out_epoch, asked_at } => {
                let result = if sign_out_epoch == self.sign_out_epoch {
                    self.sign_in(context, tokens, &state, scope, asked_at)
                } else {
                    Err((Error::new(ErrorCode::SignedOut), tokens.refresh))
                };
                context.push(SessionAction::SignedIn(ticket, result));
            }
            SessionInput::SignOut => self.sign_out(context),
            SessionInput::WriteFailed => self.write_failed(context),
        }
        self.drive(context);
        let repairs_later = looks_again && self.repair.failed_just_now(context.now.mono);
        if !write_failed && !repairs_later {
            self.repair_storage(context, stored);
        }
        self.schedule(context);
    }

    /// What an app may see now.
    pub fn state(&self, now: Now) -> SessionState<'_> {
        match &self.phase {
            Phase::Loading => SessionState::Loading,
            Phase::Unauthenticated(reason) => SessionState::Unauthenticated(*reason),
            Phase::Authenticated(active) => {
                let valid_for = active.deadline.left(now);
                let refresh_in = valid_for - active.refresh_margin;
                SessionState::Authenticated {
                    record: &active.record,
                    valid_for,
                    refresh_at: active.record.refresh.is_some().then(|| now.wall + refresh_in),
                    failing: self.failing.as_ref(),
                }
            }
        }
    }

    /// Changes whenever [`Session::state`] does.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Does what has become due, and settles the calls that can be settled.
    fn drive(&mut self, context: &mut Context) {
        let now = context.now.mono;
        match self.refresh {
            // Woken late: the lock may be another tab's by now, and its messages may still be on their way.
            Refresh::QueryingPeers(_, until) if now > until + LATE_WAKEUP => {
                self.late_wakeups += 1;
                self.release(context);
            }
            Refresh::QueryingPeers(ticket, until) if now >= until => self.prepare(context, ticket),
            Refresh::ConfirmingInvalidGrant(_, until, reason) if now >= until => {
                self.end_here(context, reason);
            }
            _ => {}
        }
        if let Phase::Authenticated(active) = &self.phase
            && active.record.refresh.is_none()
            && active.deadline.left(context.now) <= Millis(0)
        {
            self.end_here(context, Reason::LoginRequired);
        }
        self.settle_renewed(context);
        if self.refresh == Refresh::Idle && !self.has_request_in_flight() {
            if self.wants_refresh(context.now) && self.may_refresh(context) {
                self.request_lock(context);
            } else if self.page == Page::Shown {
                self.settle_unavailable(context);
            }
        }
        if self.lock_is_slow(now) {
            self.settle_valid(context);
        }
    }

    /// Sets the timer for the next deadline.
    fn schedule(&mut self, context: &mut Context) {
        let now = context.now;
        let due = match (&self.phase, &self.refresh) {
            (_, Refresh::QueryingPeers(_, until) | Refresh::ConfirmingInvalidGrant(_, until, _)) => *until,
            (_, Refresh::WaitingForLock(_, since))
                if !self.waiting.is_empty() && !self.lock_is_slow(now.mono) =>
            {
                *since + SLOW_LOCK
            }
            (Phase::Authenticated(active), Refresh::Idle) if !self.has_request_in_flight() => {
                let left = active.deadline.left(now);
                let refresh_at = now.mono + left - active.refresh_margin;
                if active.record.refresh.is_none() {
                    now.mono + left
                } else if !context.online || self.backoff.timer_stopped() {
                    // Waits for the browser to come online, for the user, or for a call.
                    MonotonicTime::NEVER
                } else if self.backoff.failures > 0 {
                    self.backoff.retry_at.max(refresh_at)
                } else {
                    refresh_at
                }
            }
            _ => MonotonicTime::NEVER,
        };
        let due = due.min(self.repair.due()).max(now.mono + Millis(1));
        self.timer = due;
    }

    /// When it has something to do that time alone brings.
    pub fn timeout(&self) -> MonotonicTime {
        self.timer
    }

    /// A ticket for a lock that is not the session's.
    pub fn next_ticket(&mut self) -> Ticket {
        self.ticket(0)
    }

    /// How many sign-outs this tab knows of: a sign-in that began before the last one is refused.
    pub fn sign_out_epoch(&self) -> u32 {
        self.sign_out_epoch
    }

    /// A new session, stored and held. No other tab can have it yet, so its tokens are not posted.
    fn sign_in(
        &mut self,
        context: &mut Context,
        tokens: Tokens,
        state: &State,
        scope: Arc<String>,
        asked_at: Now,
    ) -> Result<IdToken, (Error, Option<RefreshToken>)> {
        let sequence = (self.latest_sequence + 1).max(context.now.wall.0);
        let Some(record) = SessionRecord::signed_in(tokens, state, sequence, scope, asked_at) else {
            return Err((Error::new(ErrorCode::IdTokenInvalid).with("check", "it is missing"), None));
        };
        context.notify(Source::ThisTab, NotificationKind::CodeExchanged);
        context.notify(Source::ThisTab, NotificationKind::IdTokenChecked);
        self.write_record(context, &record);
        let deadline = Deadline::after(asked_at, record.lifetime());
        let id_token = record.id_token.clone();
        self.set_signed_in(context, record, deadline);
        context.notify(Source::ThisTab, NotificationKind::SignedIn);
        Ok(id_token)
    }

    fn ticket(&mut self, generation: i64) -> Ticket {
        self.tickets += 1;
        Ticket { number: self.tickets, generation }
    }

    /// Whether the record is shared with storage and other tabs at all.
    fn shared(&self) -> bool {
        self.rules.token_storage != TokenStorage::Memory
    }

    /// Holds a new session, or newer tokens of the one that is held.
    fn set_signed_in(&mut self, context: &mut Context, record: Arc<SessionRecord>, deadline: Deadline) {
        self.release(context);
        if !matches!(&self.phase, Phase::Authenticated(active) if active.record.sid == record.sid) {
            self.peers = Peers::None;
            self.settle_all(context, &Error::new(ErrorCode::SignedOut));
        }
        self.latest_sequence = self.latest_sequence.max(record.sequence);
        let refresh_margin = schedule::refresh_margin(record.lifetime(), &mut self.rng);
        self.backoff = Backoff::default();
        self.failing = None;
        self.late_wakeups = 0;
        self.version += 1;
        self.phase = Phase::Authenticated(Box::new(ActiveSession { record, deadline, refresh_margin }));
    }

    /// What the session holds, where a user is signed in.
    pub(super) fn record(&self) -> Option<&Arc<SessionRecord>> {
        match &self.phase {
            Phase::Authenticated(active) => Some(&active.record),
            _ => None,
        }
    }
}

/// A timer that is later than this: the tab must assume that it was frozen.
const LATE_WAKEUP: Millis = Millis::seconds(2);

/// A lock that is waited for this long may be held by a frozen tab: calls that accept the valid token get it.
const SLOW_LOCK: Millis = Millis::seconds(1);

/// The error for a call that needs a signed-in user.
fn signed_out(reason: Reason) -> Error {
    match reason {
        Reason::Never | Reason::Logout | Reason::LoginRequired => Error::new(ErrorCode::LoginRequired),
        Reason::SessionExpired => Error::new(ErrorCode::SessionExpired),
        Reason::SessionLost => Error::new(ErrorCode::SessionLost),
        Reason::SessionMismatch(check) => {
            Error::new(ErrorCode::SessionMismatch).with("check", check.as_str())
        }
    }
}
