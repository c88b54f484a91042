//! The session: a synchronous state machine. [`Session::step`] takes the circumstances and one event and says what to
//! do; it holds no clock, randomness, future or I/O. The browser is one runner of it, the simulator in
//! `tests/simulation` another. `docs/session.md` draws its states.

pub mod event;
pub mod message;
pub mod reason;
pub mod schedule;
pub mod session_record;

mod ending;
mod refresh;
mod sharing;

use crate::core::base::clock::Now;
use crate::core::base::config::TokenStorage;
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::secret::{IdToken, RefreshToken, State};
use crate::core::client::notification::{Notification, NotificationKind};
use crate::core::client::session::reason::Reason;
use crate::core::protocol::token::Tokens;
use crate::core::protocol::transaction::Transaction;
use event::{Call, Context, SessionAction, SessionInput, Ticket};
use schedule::{Backoff, Deadline, Rng};
use session_record::SessionRecord;

/// What the session must know about its app.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Where the record is kept.
    pub token_storage: TokenStorage,
    /// Which platform, as transactions name it.
    pub issuer: String,
    /// Which client.
    pub client_id: String,
    /// The longest that a holder may hold the session's lock, in milliseconds: one refresh with all its parts.
    pub max_hold: i64,
    /// How long peers have to say that they hold newer tokens, in milliseconds.
    pub peer_wait: i64,
}

/// The session of one tab.
#[derive(Debug)]
pub struct Session {
    rules: Rules,
    rng: Rng,
    phase: Phase,
    refresh: Refresh,
    backoff: Backoff,
    failing: Option<(Error, i64)>,
    waiting: Vec<Waiting>,
    detached: Vec<refresh::DetachedRequest>,
    /// The latest sign-in or sign-out known.
    latest_sequence: i64,
    /// Fences off a sign-in that began before a sign-out.
    sign_out_epoch: u32,
    tickets: u32,
    /// Whether another tab may hold this session.
    has_peers: bool,
    /// How often this tab woke too late to send, in a row.
    late_wakeups: u32,
    wake: Option<i64>,
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
    grant: SessionRecord,
    deadline: Deadline,
    /// The scheduled refresh is due when this much is left, in milliseconds.
    refresh_margin: i64,
}

/// How far a refresh is.
#[derive(Debug, PartialEq)]
enum Refresh {
    Idle,
    /// Asked for the lock, at this time of the tab's own clock.
    WaitingForLock(Ticket, i64),
    /// Holding it, listening for a peer with newer tokens, until the tab's own clock shows this.
    QueryingPeers(Ticket, i64),
    /// Holding it, getting ready what the request needs, since this time of the tab's own clock.
    Preparing(Ticket, i64),
    /// The refresh token is on its way. Whether it may have been spent before that.
    Sending(Ticket, bool),
    /// The platform refused it; a peer may still have its successor.
    ConfirmingInvalidGrant(Ticket, i64, Reason),
}

/// A call that waits for tokens of a later generation than this.
#[derive(Debug)]
struct Waiting {
    call: Call,
    generation: i64,
    /// Whether the present token will not do, even if nothing better can be had.
    force_new: bool,
    /// Whether an API's 401 is why.
    rejected: bool,
}

/// What an app may see of the session.
#[derive(Debug)]
pub enum SessionState<'a> {
    /// Nothing is known yet.
    Loading,
    /// Nobody is signed in.
    Out(Reason),
    /// Somebody is.
    In {
        /// The tokens and what was granted.
        grant: &'a SessionRecord,
        /// When the next refresh is due by the wall clock; `None` without a refresh token.
        refresh_at: Option<i64>,
        /// Why refreshing fails, and the wall clock's time of the next try.
        failing: Option<&'a (Error, i64)>,
    },
}

impl Session {
    /// A session that has not begun. `seed` is for jitter.
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
            has_peers: false,
            late_wakeups: 0,
            wake: None,
            version: 0,
        }
    }

    /// Takes one event: first what can be read now, then the event, then whatever has become due.
    pub fn handle(&mut self, context: &Context, event: SessionInput) -> Vec<SessionAction> {
        let mut actions = Vec::new();
        let stored = self.sync_from_storage(context, &mut actions);
        // A write that has just failed is not tried again at once.
        let stored = stored.filter(|_| !matches!(event, SessionInput::WriteFailed));
        match event {
            SessionInput::Start => self.query_peers(&mut actions),
            SessionInput::Sync => {}
            SessionInput::Revalidate => self.retry_sooner(context, Backoff::BASE),
            SessionInput::Timeout => self.wake = None,
            SessionInput::Message(message) => self.handle_message(context, message, &mut actions),
            SessionInput::LockGranted(ticket) => self.granted(context, ticket, &mut actions),
            SessionInput::LockUnavailable(ticket) => self.overdue(ticket, &mut actions),
            SessionInput::LockStolen(ticket) => self.stolen(ticket),
            SessionInput::Prepared { ticket, result } => self.prepared(context, ticket, result, &mut actions),
            SessionInput::TokenResponse { ticket, asked_at, outcome } => {
                self.answered(context, ticket, asked_at, outcome, &mut actions)
            }
            SessionInput::GetToken { call, force, min_validity, rejected } => {
                self.get_token(context, call, force, min_validity, rejected, &mut actions);
            }
            SessionInput::SignIn { ticket, tokens, state, scope, sign_out_epoch, asked_at } => {
                let result =
                    self.sign_in(context, tokens, &state, scope, sign_out_epoch, asked_at, &mut actions);
                actions.push(SessionAction::SignedIn(ticket, result));
            }
            SessionInput::SignOut => self.sign_out(&mut actions),
            SessionInput::WriteFailed => notify(&mut actions, false, NotificationKind::StorageFailed),
        }
        self.drive(context, &mut actions);
        self.reconcile(stored, &mut actions);
        actions
    }

    /// What an app may see now.
    pub fn state(&self, now: Now) -> SessionState<'_> {
        match &self.phase {
            Phase::Loading => SessionState::Loading,
            Phase::Unauthenticated(reason) => SessionState::Out(*reason),
            Phase::Authenticated(active) => SessionState::In {
                grant: &active.grant,
                refresh_at: active
                    .grant
                    .refresh
                    .as_ref()
                    .map(|_| now.wall + active.deadline.left(now) - active.refresh_margin),
                failing: self.failing.as_ref(),
            },
        }
    }

    /// Changes whenever [`Session::state`] does.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Does what has become due, settles who can be settled, and says when to be woken.
    fn drive(&mut self, context: &Context, actions: &mut Vec<SessionAction>) {
        match self.refresh {
            // Overslept: the lock may be another tab's by now, and the news of that still on its way.
            Refresh::QueryingPeers(_, until) if context.now.mono > until + LATE_WAKEUP => {
                self.late_wakeups += 1;
                self.release(actions);
            }
            Refresh::QueryingPeers(ticket, until) if context.now.mono >= until => {
                self.prepare(context, ticket, actions)
            }
            Refresh::ConfirmingInvalidGrant(_, until, reason) if context.now.mono >= until => {
                self.end_local(reason, actions)
            }
            _ => {}
        }
        if let Phase::Authenticated(active) = &self.phase
            && active.grant.refresh.is_none()
            && active.deadline.left(context.now) <= 0
        {
            self.end_local(Reason::LoginRequired, actions);
        }
        self.settle(context, actions);
        if self.refresh == Refresh::Idle && !self.unanswered() {
            if self.wants_refresh(context.now) && self.may_refresh(context) {
                self.queue(context, actions);
            } else {
                self.refuse(context, actions);
            }
        }
        self.schedule(context, actions);
    }

    /// Answers the calls whose tokens have come.
    fn settle(&mut self, context: &Context, actions: &mut Vec<SessionAction>) {
        if let Phase::Authenticated(active) = &self.phase
            && active.deadline.left(context.now) > 0
        {
            self.waiting.retain(|waiting| {
                let ready = active.grant.generation > waiting.generation;
                if ready {
                    actions.push(SessionAction::SettleToken(waiting.call, Ok(active.grant.access.clone())));
                }
                !ready
            });
        }
    }

    /// Answers every call alike.
    fn settle_all(&mut self, error: &Error, actions: &mut Vec<SessionAction>) {
        actions.extend(
            self.waiting
                .drain(..)
                .map(|waiting| SessionAction::SettleToken(waiting.call, Err(error.clone()))),
        );
    }

    /// Asks to be woken for the next thing that time alone brings.
    fn schedule(&mut self, context: &Context, actions: &mut Vec<SessionAction>) {
        let mono = context.now.mono;
        let at = match (&self.phase, &self.refresh) {
            (_, Refresh::QueryingPeers(_, until) | Refresh::ConfirmingInvalidGrant(_, until, _)) => {
                Some(*until)
            }
            (Phase::Authenticated(active), Refresh::Idle) if !self.unanswered() => {
                let left = active.deadline.left(context.now);
                if active.grant.refresh.is_none() {
                    Some(mono + left)
                } else if self.backoff.failures > 0 {
                    // Offline waits for online; after too many tries it waits for a person or an app.
                    (!self.backoff.resting() && context.online)
                        .then(|| self.backoff.retry_at.max(mono + left - active.refresh_margin))
                } else {
                    context.online.then(|| mono + left - active.refresh_margin)
                }
            }
            _ => None,
        };
        let at = at.map(|at| at.max(mono + 1));
        if at != self.wake {
            self.wake = at;
            actions.push(SessionAction::SetTimer(at));
        }
    }

    /// A ticket for a lock that is not the session's.
    pub fn next_ticket(&mut self) -> Ticket {
        self.ticket(0)
    }

    /// How often this tab knows the user to have signed out: a sign-in that began before is fenced off.
    pub fn sign_out_epoch(&self) -> u32 {
        self.sign_out_epoch
    }

    /// Whether a transaction was made by this client for this platform.
    pub fn owns(&self, transaction: &Transaction) -> bool {
        transaction.issuer == self.rules.issuer && transaction.client_id == self.rules.client_id
    }

    /// A new session: stored, passed on, held. Tokens that come after a sign-out are handed back to be revoked.
    #[allow(clippy::too_many_arguments)]
    fn sign_in(
        &mut self,
        context: &Context,
        tokens: Tokens,
        state: &State,
        scope: String,
        sign_out_epoch: u32,
        asked_at: Now,
        actions: &mut Vec<SessionAction>,
    ) -> Result<IdToken, (Error, Option<RefreshToken>)> {
        if sign_out_epoch != self.sign_out_epoch {
            return Err((Error::new(ErrorCode::SignedOut), tokens.refresh));
        }
        let sequence = (self.latest_sequence + 1).max(context.now.wall);
        let grant = SessionRecord::signed_in(tokens, state, sequence, scope, asked_at)
            .ok_or_else(|| (Error::new(ErrorCode::IdTokenInvalid).with("check", "it is missing"), None))?;
        notify(actions, false, NotificationKind::CodeExchanged);
        notify(actions, false, NotificationKind::IdTokenChecked);
        self.store(&grant, actions);
        if self.shared() {
            actions.push(SessionAction::Post(message::Message::Tokens(grant.clone())));
        }
        let deadline = Deadline::after(asked_at, grant.lifetime());
        let id_token = grant.id_token.clone();
        self.set_signed_in(grant, deadline, actions);
        notify(actions, false, NotificationKind::SignedIn);
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

    /// Becomes signed in by `grant`, or renewed by it.
    fn set_signed_in(&mut self, grant: SessionRecord, deadline: Deadline, actions: &mut Vec<SessionAction>) {
        self.release(actions);
        if !matches!(&self.phase, Phase::Authenticated(active) if active.grant.sid == grant.sid) {
            self.has_peers = false;
            self.settle_all(&Error::new(ErrorCode::SignedOut), actions);
        }
        self.latest_sequence = self.latest_sequence.max(grant.sequence);
        let refresh_margin = schedule::margin(grant.lifetime(), &mut self.rng);
        self.backoff = Backoff::default();
        self.failing = None;
        self.late_wakeups = 0;
        self.version += 1;
        self.phase = Phase::Authenticated(Box::new(ActiveSession { grant, deadline, refresh_margin }));
    }
}

/// How much later than asked a timer may come before the tab must think that it was frozen, in milliseconds.
const LATE_WAKEUP: i64 = 2_000;

fn notify(actions: &mut Vec<SessionAction>, elsewhere: bool, news: NotificationKind) {
    actions.push(SessionAction::Notify(Notification { elsewhere, kind: news }));
}

/// The error for a call that needs somebody signed in.
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
