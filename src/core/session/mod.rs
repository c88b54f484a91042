//! The session: a synchronous state machine. [`Session::step`] takes the circumstances and one event and says what to
//! do; it holds no clock, randomness, future or I/O. The browser is one runner of it, the simulator in
//! `tests/simulation` another. `docs/session.md` draws its states.

pub mod event;
pub mod mark;
pub mod message;
pub mod record;
pub mod schedule;

mod ending;
mod refresh;
mod sharing;

use super::clock::Now;
use super::config::Keep;
use super::error::{Code, Error};
use super::secret::{IdToken, RefreshToken, State as AuthState};
use super::token::Tokens;
use super::transaction::Transaction;
use event::{Call, Cx, Effect, Event, News, Notice, Reason, Ticket};
use record::Grant;
use schedule::{Backoff, Deadline, Rng};

/// What the session must know about its app.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Where the record is kept.
    pub keep: Keep,
    /// Which platform, as transactions name it.
    pub issuer: String,
    /// Which client.
    pub client_id: String,
    /// The longest that a holder may hold the session's lock, in milliseconds: one refresh with all its parts.
    pub hold: i64,
    /// How long siblings have to say that they hold newer tokens, in milliseconds.
    pub ask_wait: i64,
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
    astray: Vec<refresh::Astray>,
    /// The latest sign-in or sign-out known.
    seen: i64,
    /// Fences off a sign-in that began before a sign-out.
    sign_outs: u32,
    tickets: u32,
    /// Whether another tab may hold this session.
    siblings: bool,
    /// How often this tab woke too late to send, in a row.
    overslept: u32,
    wake: Option<i64>,
    version: u32,
}

#[derive(Debug)]
enum Phase {
    Loading,
    Out(Reason),
    In(Box<Live>),
}

/// A session that this tab holds.
#[derive(Debug)]
struct Live {
    grant: Grant,
    deadline: Deadline,
    /// The scheduled refresh is due when this much is left, in milliseconds.
    margin: i64,
}

/// How far a refresh is.
#[derive(Debug, PartialEq)]
enum Refresh {
    Idle,
    /// Asked for the lock, at this time of the tab's own clock.
    Queued(Ticket, i64),
    /// Holding it, listening for a sibling with newer tokens, until the tab's own clock shows this.
    Asking(Ticket, i64),
    /// Holding it, getting ready what the request needs, since this time of the tab's own clock.
    Preparing(Ticket, i64),
    /// The refresh token is on its way. Whether it may have been spent before that.
    Sending(Ticket, bool),
    /// The platform refused it; a sibling may still have its successor.
    Confirming(Ticket, i64, Reason),
}

/// A call that waits for tokens of a later generation than this.
#[derive(Debug)]
struct Waiting {
    call: Call,
    generation: i64,
    /// Whether the present token will not do, even if nothing better can be had.
    strict: bool,
    /// Whether an API's 401 is why.
    rejected: bool,
}

/// What an app may see of the session.
#[derive(Debug)]
pub enum State<'a> {
    /// Nothing is known yet.
    Loading,
    /// Nobody is signed in.
    Out(Reason),
    /// Somebody is.
    In {
        /// The tokens and what was granted.
        grant: &'a Grant,
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
            astray: Vec::new(),
            seen: 0,
            sign_outs: 0,
            tickets: 0,
            siblings: false,
            overslept: 0,
            wake: None,
            version: 0,
        }
    }

    /// Takes one event: first what can be read now, then the event, then whatever has become due.
    pub fn step(&mut self, cx: &Cx, event: Event) -> Vec<Effect> {
        let mut fx = Vec::new();
        let stored = self.absorb(cx, &mut fx);
        // A write that has just failed is not tried again at once.
        let stored = stored.filter(|_| !matches!(event, Event::StoreFailed));
        match event {
            Event::Start => self.ask_siblings(&mut fx),
            Event::Sync => {}
            Event::Look => self.nudge(cx, Backoff::BASE),
            Event::Wake => self.wake = None,
            Event::Heard(message) => self.hear(cx, message, &mut fx),
            Event::Granted(ticket) => self.granted(cx, ticket, &mut fx),
            Event::Overdue(ticket) => self.overdue(ticket, &mut fx),
            Event::Stolen(ticket) => self.stolen(ticket),
            Event::Prepared { ticket, result } => self.prepared(cx, ticket, result, &mut fx),
            Event::Answered { ticket, asked_at, outcome } => {
                self.answered(cx, ticket, asked_at, outcome, &mut fx)
            }
            Event::GetToken { call, force, min_validity, rejected } => {
                self.get_token(cx, call, force, min_validity, rejected, &mut fx);
            }
            Event::SignIn { ticket, tokens, state, scope, sign_outs, asked_at } => {
                let result = self.sign_in(cx, tokens, &state, scope, sign_outs, asked_at, &mut fx);
                fx.push(Effect::SignedIn(ticket, result));
            }
            Event::SignOut => self.sign_out(&mut fx),
            Event::StoreFailed => tell(&mut fx, false, News::StorageFailed),
        }
        self.pump(cx, &mut fx);
        self.mend(stored, &mut fx);
        fx
    }

    /// What an app may see now.
    pub fn state(&self, now: Now) -> State<'_> {
        match &self.phase {
            Phase::Loading => State::Loading,
            Phase::Out(reason) => State::Out(*reason),
            Phase::In(live) => State::In {
                grant: &live.grant,
                refresh_at: live
                    .grant
                    .refresh
                    .as_ref()
                    .map(|_| now.wall + live.deadline.left(now) - live.margin),
                failing: self.failing.as_ref(),
            },
        }
    }

    /// Changes whenever [`Session::state`] does.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Does what has become due, settles who can be settled, and says when to be woken.
    fn pump(&mut self, cx: &Cx, fx: &mut Vec<Effect>) {
        match self.refresh {
            // Overslept: the lock may be another tab's by now, and the news of that still on its way.
            Refresh::Asking(_, until) if cx.now.mono > until + OVERSLEPT => {
                self.overslept += 1;
                self.let_go(fx);
            }
            Refresh::Asking(ticket, until) if cx.now.mono >= until => self.prepare(cx, ticket, fx),
            Refresh::Confirming(_, until, reason) if cx.now.mono >= until => self.end(reason, fx),
            _ => {}
        }
        if let Phase::In(live) = &self.phase
            && live.grant.refresh.is_none()
            && live.deadline.left(cx.now) <= 0
        {
            self.end(Reason::LoginRequired, fx);
        }
        self.settle(cx, fx);
        if self.refresh == Refresh::Idle && !self.unanswered() {
            if self.wants_refresh(cx.now) && self.may_refresh(cx) {
                self.queue(cx, fx);
            } else {
                self.refuse(cx, fx);
            }
        }
        self.schedule(cx, fx);
    }

    /// Answers the calls whose tokens have come.
    fn settle(&mut self, cx: &Cx, fx: &mut Vec<Effect>) {
        if let Phase::In(live) = &self.phase
            && live.deadline.left(cx.now) > 0
        {
            self.waiting.retain(|waiting| {
                let ready = live.grant.generation > waiting.generation;
                if ready {
                    fx.push(Effect::Token(waiting.call, Ok(live.grant.access.clone())));
                }
                !ready
            });
        }
    }

    /// Answers every call alike.
    fn settle_with(&mut self, error: &Error, fx: &mut Vec<Effect>) {
        fx.extend(self.waiting.drain(..).map(|waiting| Effect::Token(waiting.call, Err(error.clone()))));
    }

    /// Asks to be woken for the next thing that time alone brings.
    fn schedule(&mut self, cx: &Cx, fx: &mut Vec<Effect>) {
        let mono = cx.now.mono;
        let at = match (&self.phase, &self.refresh) {
            (_, Refresh::Asking(_, until) | Refresh::Confirming(_, until, _)) => Some(*until),
            (Phase::In(live), Refresh::Idle) if !self.unanswered() => {
                let left = live.deadline.left(cx.now);
                if live.grant.refresh.is_none() {
                    Some(mono + left)
                } else if self.backoff.failures > 0 {
                    // Offline waits for online; after too many tries it waits for a person or an app.
                    (!self.backoff.resting() && cx.online)
                        .then(|| self.backoff.retry_at.max(mono + left - live.margin))
                } else {
                    cx.online.then(|| mono + left - live.margin)
                }
            }
            _ => None,
        };
        let at = at.map(|at| at.max(mono + 1));
        if at != self.wake {
            self.wake = at;
            fx.push(Effect::Wake(at));
        }
    }

    /// A ticket for a lock that is not the session's.
    pub fn next_ticket(&mut self) -> Ticket {
        self.ticket(0)
    }

    /// How often this tab knows the user to have signed out: a sign-in that began before is fenced off.
    pub fn sign_outs(&self) -> u32 {
        self.sign_outs
    }

    /// Whether a transaction was made by this client for this platform.
    pub fn owns(&self, transaction: &Transaction) -> bool {
        transaction.issuer == self.rules.issuer && transaction.client_id == self.rules.client_id
    }

    /// A new session: stored, passed on, held. Tokens that come after a sign-out are handed back to be revoked.
    #[allow(clippy::too_many_arguments)]
    fn sign_in(
        &mut self,
        cx: &Cx,
        tokens: Tokens,
        state: &AuthState,
        scope: String,
        sign_outs: u32,
        asked_at: Now,
        fx: &mut Vec<Effect>,
    ) -> Result<IdToken, (Error, Option<RefreshToken>)> {
        if sign_outs != self.sign_outs {
            return Err((Error::new(Code::SignedOut), tokens.refresh));
        }
        let sequence = (self.seen + 1).max(cx.now.wall);
        let grant = Grant::signed_in(tokens, state, sequence, scope, asked_at)
            .ok_or_else(|| (Error::new(Code::IdTokenInvalid).with("check", "it is missing"), None))?;
        tell(fx, false, News::CodeExchanged);
        tell(fx, false, News::IdTokenChecked);
        self.store(&grant, fx);
        if self.shared() {
            fx.push(Effect::Post(message::Message::Tokens(grant.clone())));
        }
        let deadline = Deadline::after(asked_at, grant.lifetime());
        let id_token = grant.id_token.clone();
        self.hold(grant, deadline, fx);
        tell(fx, false, News::SignedIn);
        Ok(id_token)
    }

    fn ticket(&mut self, generation: i64) -> Ticket {
        self.tickets += 1;
        Ticket { number: self.tickets, generation }
    }

    /// Whether the record is shared with storage and other tabs at all.
    fn shared(&self) -> bool {
        self.rules.keep != Keep::Memory
    }

    /// Becomes signed in by `grant`, or renewed by it.
    fn hold(&mut self, grant: Grant, deadline: Deadline, fx: &mut Vec<Effect>) {
        self.let_go(fx);
        if !matches!(&self.phase, Phase::In(live) if live.grant.sid == grant.sid) {
            self.siblings = false;
            self.settle_with(&Error::new(Code::SignedOut), fx);
        }
        self.seen = self.seen.max(grant.sequence);
        let margin = schedule::margin(grant.lifetime(), &mut self.rng);
        self.backoff = Backoff::default();
        self.failing = None;
        self.overslept = 0;
        self.version += 1;
        self.phase = Phase::In(Box::new(Live { grant, deadline, margin }));
    }
}

/// How much later than asked a timer may come before the tab must think that it was frozen, in milliseconds.
const OVERSLEPT: i64 = 2_000;

fn tell(fx: &mut Vec<Effect>, elsewhere: bool, news: News) {
    fx.push(Effect::Tell(Notice { elsewhere, news }));
}

/// The error for a call that needs somebody signed in.
fn signed_out(reason: Reason) -> Error {
    match reason {
        Reason::Never | Reason::Logout | Reason::LoginRequired => Error::new(Code::LoginRequired),
        Reason::SessionExpired => Error::new(Code::SessionExpired),
        Reason::SessionLost => Error::new(Code::SessionLost),
        Reason::SessionMismatch(check) => Error::new(Code::SessionMismatch).with("check", check.as_str()),
    }
}
