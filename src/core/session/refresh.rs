//! Refreshing: one request for everybody who waits, under the session's lock, never twice at once. RFC 6749 §6.

use super::super::clock::Now;
use super::super::config::Keep;
use super::super::error::{Code, Error};
use super::super::platform::Failure;
use super::super::secret::AccessToken;
use super::super::token::Outcome;
use super::event::{Call, Cx, Effect, Lock, News, Reason, Ticket};
use super::message::Message;
use super::record::Grant;
use super::schedule::{Backoff, Deadline};
use super::{OVERSLEPT, Phase, Refresh, Session, Waiting, signed_out, tell};

/// How much longer than a whole refresh a holder is waited for, in milliseconds.
const PATIENCE: i64 = 2 * OVERSLEPT + 2_000;

impl Session {
    /// Answers from the tokens held, or waits for newer ones.
    pub(super) fn get_token(
        &mut self,
        cx: &Cx,
        call: Call,
        force: bool,
        min_validity: i64,
        rejected: Option<AccessToken>,
        fx: &mut Vec<Effect>,
    ) {
        let live = match &self.phase {
            Phase::In(live) => live,
            Phase::Out(reason) => return fx.push(Effect::Token(call, Err(signed_out(*reason)))),
            Phase::Loading => return fx.push(Effect::Token(call, Err(Error::new(Code::LoginRequired)))),
        };
        let left = live.deadline.left(cx.now);
        // Half a lifetime is the most that can be asked for: more would refresh at every call.
        let enough = left >= min_validity.min(live.grant.lifetime() / 2);
        // An API that refuses every token must not cost a refresh for each request.
        let rejected =
            rejected.is_some_and(|token| token == live.grant.access) && !live.grant.after_rejection;
        let (strict, renewable) = (force || rejected, live.grant.refresh.is_some());
        if left > 0 && !strict && (enough || !renewable) {
            return fx.push(Effect::Token(call, Ok(live.grant.access.clone())));
        }
        if !renewable {
            let code = if left > 0 { Code::RefreshTokenMissing } else { Code::LoginRequired };
            return fx.push(Effect::Token(call, Err(Error::new(code))));
        }
        self.waiting.push(Waiting { call, generation: live.grant.generation, strict, rejected });
        self.nudge(cx, Backoff::CAP);
    }

    /// Nothing can be done now for those who wait: a living token is better than none.
    pub(super) fn refuse(&mut self, cx: &Cx, fx: &mut Vec<Effect>) {
        if self.waiting.is_empty() {
            return;
        }
        let error = self.hindrance(cx);
        let living = match &self.phase {
            Phase::In(live) if live.deadline.left(cx.now) > 0 => Some(&live.grant.access),
            _ => None,
        };
        fx.extend(self.waiting.drain(..).map(|waiting| {
            let token = living.filter(|_| !waiting.strict).cloned();
            Effect::Token(waiting.call, token.ok_or_else(|| error.clone()))
        }));
    }

    /// Lets a failing session try again before its time: at least `pause` after the last try, when the browser comes
    /// online or the timer has stopped trying.
    pub(super) fn nudge(&mut self, cx: &Cx, pause: i64) {
        let changed = (self.backoff.offline && cx.online) || self.backoff.resting();
        if self.backoff.failures > 0 && changed {
            let pause = if self.backoff.resting() { Backoff::CAP } else { pause };
            self.backoff.hasten(pause);
        }
    }

    /// Whether somebody waits, or the schedule is due.
    pub(super) fn wants_refresh(&self, now: Now) -> bool {
        let Phase::In(live) = &self.phase else { return false };
        let due = live.deadline.left(now) <= live.margin
            && (!self.backoff.resting() || now.mono >= self.backoff.retry_at);
        live.grant.refresh.is_some() && (due || !self.waiting.is_empty())
    }

    /// Whether a try is allowed now.
    pub(super) fn may_refresh(&self, cx: &Cx) -> bool {
        cx.online && (self.backoff.failures == 0 || cx.now.mono >= self.backoff.retry_at)
    }

    /// Why it is not.
    fn hindrance(&self, cx: &Cx) -> Error {
        match &self.failing {
            Some((error, retry_at)) => error.clone().with("retryAt", retry_at.to_string()),
            None if !cx.online => {
                Error::new(Code::NetworkError).with("endpoint", "token").with("offline", "true")
            }
            None => Error::new(Code::PlatformUnavailable),
        }
    }

    /// Asks for the lock.
    pub(super) fn queue(&mut self, cx: &Cx, fx: &mut Vec<Effect>) {
        let Phase::In(live) = &self.phase else { return };
        let (sid, generation) = (live.grant.sid.clone(), live.grant.generation);
        let ticket = self.ticket(generation);
        self.refresh = Refresh::Queued(ticket, cx.now.mono);
        fx.push(Effect::Lock { ticket, lock: Lock::Session(sid), patience: self.rules.hold + PATIENCE });
    }

    /// The lock is held. What storage says was read at the start of this very step; siblings are asked where there may
    /// be any, because their last word may still be under way.
    pub(super) fn granted(&mut self, cx: &Cx, ticket: Ticket, fx: &mut Vec<Effect>) {
        let since = match self.refresh {
            Refresh::Queued(queued, since) if queued == ticket => since,
            // Nobody wants it any more.
            _ => return fx.push(Effect::Unlock(ticket)),
        };
        // After a long wait this tab may have been frozen, and have lost the lock again: then too it listens first. One
        // whose timers are always late would listen for ever.
        let waited = cx.now.mono > since + OVERSLEPT;
        if waited || (self.siblings && self.overslept < 2) {
            self.ask_siblings(fx);
            self.refresh = Refresh::Asking(ticket, cx.now.mono + self.rules.ask_wait);
        } else {
            self.prepare(cx, ticket, fx);
        }
    }

    /// What the request needs comes first: while it is read, newer tokens may come.
    pub(super) fn prepare(&mut self, cx: &Cx, ticket: Ticket, fx: &mut Vec<Effect>) {
        self.refresh = Refresh::Preparing(ticket, cx.now.mono);
        fx.push(Effect::Prepare(ticket));
    }

    /// It is at hand, or cannot be had: then nothing was sent, and no doubt is left about the refresh token.
    pub(super) fn prepared(
        &mut self,
        cx: &Cx,
        ticket: Ticket,
        result: Result<(), Failure>,
        fx: &mut Vec<Effect>,
    ) {
        let since = match self.refresh {
            Refresh::Preparing(preparing, since) if preparing == ticket => since,
            _ => return,
        };
        match result {
            // After half of what the lock may be held, its time may not suffice for the request: it is asked for anew.
            Ok(()) if cx.now.mono - since > self.rules.hold / 2 => self.let_go(fx),
            Ok(()) => self.send(cx, ticket, fx),
            Err(Failure { error, retry_after }) => {
                self.refresh = Refresh::Idle;
                if let Phase::In(live) = &self.phase {
                    let unsure = live.grant.unsure;
                    self.failed(cx, error, retry_after, unsure, fx);
                }
                fx.push(Effect::Unlock(ticket));
            }
        }
    }

    /// The holder is past its deadline: frozen, or worse. Another may be stealing too, so this tab listens before it
    /// sends.
    pub(super) fn overdue(&mut self, ticket: Ticket, fx: &mut Vec<Effect>) {
        if matches!(self.refresh, Refresh::Queued(queued, _) if queued == ticket) {
            self.siblings = true;
            fx.push(Effect::Steal(ticket));
        }
    }

    /// This tab was the frozen one. What it sent may still be answered; if it still wants tokens it asks anew.
    pub(super) fn stolen(&mut self, ticket: Ticket) {
        if self.refresh.ticket() == Some(ticket) {
            self.put_aside();
            self.refresh = Refresh::Idle;
        }
    }

    /// Sends the refresh token, once, with a note in storage that its fate is unknown until the answer.
    pub(super) fn send(&mut self, cx: &Cx, ticket: Ticket, fx: &mut Vec<Effect>) {
        let possible = self.wants_refresh(cx.now) && self.may_refresh(cx);
        let Phase::In(live) = &mut self.phase else { return self.let_go(fx) };
        let Some(token) = live.grant.refresh.clone().filter(|_| possible) else { return self.let_go(fx) };
        let unsure = std::mem::replace(&mut live.grant.unsure, true);
        let (grant, sign_in) = (live.grant.clone(), live.grant.signed_in_by().clone());
        if !unsure {
            self.store(&grant, fx);
            if self.siblings {
                fx.push(Effect::Post(Message::Tokens(grant)));
            }
        }
        self.refresh = Refresh::Sending(ticket, unsure);
        fx.push(Effect::Refresh { ticket, token, sign_in });
    }

    /// A request came to something.
    pub(super) fn answered(
        &mut self,
        cx: &Cx,
        ticket: Ticket,
        asked_at: Now,
        outcome: Outcome,
        fx: &mut Vec<Effect>,
    ) {
        let unsure = match self.refresh {
            Refresh::Sending(current, unsure) if current == ticket => unsure,
            _ => return self.late(cx, ticket, asked_at, outcome, fx),
        };
        self.refresh = Refresh::Idle;
        let Phase::In(live) = &mut self.phase else { return fx.push(Effect::Unlock(ticket)) };
        match outcome {
            Outcome::Tokens(tokens) => {
                let grant = live.grant.refreshed(*tokens, asked_at);
                self.renewed(cx, grant, asked_at, fx);
            }
            Outcome::Refused { grant: true, .. } => {
                let reason = if unsure { Reason::SessionLost } else { Reason::SessionExpired };
                if self.shared() {
                    self.ask_siblings(fx);
                    self.refresh = Refresh::Confirming(ticket, cx.now.mono + self.rules.ask_wait, reason);
                    return;
                }
                self.end(reason, fx);
            }
            // Not this session's: nobody may use them, and the refresh token that fetched them is spent.
            Outcome::Mismatch { check, refresh } => {
                fx.extend(refresh.map(Effect::Revoke));
                self.end(Reason::SessionMismatch(check), fx);
            }
            Outcome::Refused { error, .. } => self.failed(cx, error, None, unsure, fx),
            Outcome::Unsent { error, retry_after } => self.failed(cx, error, retry_after, unsure, fx),
            Outcome::Unclear { error, retry_after } => {
                let acted = unsure || error.code != Code::RateLimited;
                self.failed(cx, error, retry_after, acted, fx);
            }
        }
        fx.push(Effect::Unlock(ticket));
    }

    /// New tokens of this session: stored and passed on before anybody gets to use them.
    fn renewed(&mut self, cx: &Cx, mut grant: Grant, asked_at: Now, fx: &mut Vec<Effect>) {
        grant.after_rejection = self.waiting.iter().any(|waiting| waiting.rejected);
        let deadline = Deadline::after(asked_at, grant.lifetime());
        self.store(&grant, fx);
        if self.shared() {
            fx.push(Effect::Post(Message::Tokens(grant.clone())));
        }
        let failures = self.backoff.failures;
        self.hold(grant, deadline, fx);
        tell(fx, false, News::Refreshed);
        if deadline.left(cx.now) <= 0 {
            // The answer took longer than the token lives: again, but not in a storm.
            self.backoff.failures = failures;
            self.failed(cx, Error::new(Code::Timeout), None, false, fx);
        }
    }

    /// An answer that this session no longer waits for. Newer tokens are newer tokens, here or in a sibling; after a
    /// sign-out they are nobody's.
    fn late(&mut self, cx: &Cx, ticket: Ticket, asked_at: Now, outcome: Outcome, fx: &mut Vec<Effect>) {
        let Some(at) = self.astray.iter().position(|astray| astray.ticket == ticket) else { return };
        let Astray { grant, over, .. } = self.astray.swap_remove(at);
        match (outcome, &self.phase) {
            (Outcome::Tokens(tokens), _) if over => fx.extend(tokens.refresh.map(Effect::Revoke)),
            (Outcome::Mismatch { check, refresh }, phase) => {
                fx.extend(refresh.map(Effect::Revoke));
                if matches!(phase, Phase::In(live) if live.grant.order() == grant.order()) {
                    self.end(Reason::SessionMismatch(check), fx);
                }
            }
            (outcome, Phase::In(live)) if live.grant.sid == grant.sid => match outcome {
                _ if live.grant.generation != grant.generation => {}
                Outcome::Tokens(tokens) => self.renewed(cx, grant.refreshed(*tokens, asked_at), asked_at, fx),
                Outcome::Unclear { error, retry_after } => self.failed(cx, error, retry_after, true, fx),
                // The next try hears it too, and looks for a sibling's tokens first.
                Outcome::Refused { .. } | Outcome::Mismatch { .. } | Outcome::Unsent { .. } => {}
            },
            // Where all tabs share one session, nobody is left in the one that another sign-in replaced.
            (Outcome::Tokens(tokens), _) if self.rules.keep == Keep::Session => {
                fx.push(Effect::Post(Message::Tokens(grant.refreshed(*tokens, asked_at))));
            }
            _ => {}
        }
        fx.push(Effect::Unlock(ticket));
    }

    /// The session stays; trying again is put off, here and by the siblings.
    fn failed(
        &mut self,
        cx: &Cx,
        error: Error,
        retry_after: Option<i64>,
        unsure: bool,
        fx: &mut Vec<Effect>,
    ) {
        let pause = self.backoff.failed(cx.now, retry_after, cx.online, &mut self.rng);
        let retry_at = cx.now.wall + pause;
        let Phase::In(live) = &mut self.phase else { return };
        let (sid, generation) = (live.grant.sid.clone(), live.grant.generation);
        if live.grant.unsure != unsure {
            live.grant.unsure = unsure;
            let grant = live.grant.clone();
            self.store(&grant, fx);
        }
        if self.shared() {
            let failures = self.backoff.failures.into();
            fx.push(Effect::Post(Message::Failing { sid, generation, pause, failures, unsure }));
        }
        self.now_failing(error, retry_at, false, fx);
    }

    /// Tells the app that refreshing fails.
    pub(super) fn now_failing(&mut self, error: Error, retry_at: i64, elsewhere: bool, fx: &mut Vec<Effect>) {
        self.failing = Some((error.clone(), retry_at));
        self.version += 1;
        tell(fx, elsewhere, News::Failing(error, retry_at));
    }

    /// Lets the lock go, or stops asking for it. A lock under which a request is out is kept until its answer, so that
    /// no sibling sends the same token meanwhile.
    pub(super) fn let_go(&mut self, fx: &mut Vec<Effect>) {
        if !self.put_aside() {
            fx.extend(self.refresh.ticket().map(Effect::Unlock));
        }
        self.refresh = Refresh::Idle;
    }

    /// Whether there was a request to put aside.
    fn put_aside(&mut self) -> bool {
        let (Refresh::Sending(ticket, _), Phase::In(live)) = (&self.refresh, &self.phase) else {
            return false;
        };
        self.astray.push(Astray { ticket: *ticket, grant: live.grant.clone(), over: false });
        true
    }

    /// Whether this session's refresh token is out on a request that was put aside.
    pub(super) fn unanswered(&self) -> bool {
        matches!(&self.phase, Phase::In(live) if self.astray.iter().any(|astray| astray.grant.sid == live.grant.sid))
    }
}

/// A request whose answer the session no longer waits for.
#[derive(Debug)]
pub(super) struct Astray {
    pub ticket: Ticket,
    /// What it was sent for.
    pub grant: Grant,
    /// Whether that session has ended since.
    pub over: bool,
}

impl Refresh {
    fn ticket(&self) -> Option<Ticket> {
        match self {
            Self::Idle => None,
            Self::Queued(t, _)
            | Self::Asking(t, _)
            | Self::Preparing(t, _)
            | Self::Sending(t, _)
            | Self::Confirming(t, _, _) => Some(*t),
        }
    }
}
