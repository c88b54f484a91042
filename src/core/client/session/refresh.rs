//! Refreshing: one request for everybody who waits, under the session's lock, never twice at once. RFC 6749 §6.

use super::event::{Call, Context, Lock, SessionAction, Ticket};
use super::message::Message;
use super::schedule::{Backoff, Deadline};
use super::session_record::SessionRecord;
use super::{LATE_WAKEUP, Phase, Refresh, Session, Waiting, notify, signed_out};
use crate::core::base::clock::Now;
use crate::core::base::config::TokenStorage;
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::secret::AccessToken;
use crate::core::client::notification::NotificationKind;
use crate::core::client::provider::Failure;
use crate::core::client::session::reason::Reason;
use crate::core::protocol::token::TokenOutcome;

/// How much longer than a whole refresh a holder is waited for, in milliseconds.
const STEAL_MARGIN: i64 = 2 * LATE_WAKEUP + 2_000;

impl Session {
    /// Answers from the tokens held, or waits for newer ones.
    pub(super) fn get_token(
        &mut self,
        context: &Context,
        call: Call,
        force: bool,
        min_validity: i64,
        rejected: Option<AccessToken>,
        actions: &mut Vec<SessionAction>,
    ) {
        let active = match &self.phase {
            Phase::Authenticated(active) => active,
            Phase::Unauthenticated(reason) => {
                return actions.push(SessionAction::SettleToken(call, Err(signed_out(*reason))));
            }
            Phase::Loading => {
                return actions
                    .push(SessionAction::SettleToken(call, Err(Error::new(ErrorCode::LoginRequired))));
            }
        };
        let left = active.deadline.left(context.now);
        // Half a lifetime is the most that can be asked for: more would refresh at every call.
        let enough = left >= min_validity.min(active.grant.lifetime() / 2);
        // An API that refuses every token must not cost a refresh for each request.
        let rejected =
            rejected.is_some_and(|token| token == active.grant.access) && !active.grant.after_rejection;
        let (force_new, renewable) = (force || rejected, active.grant.refresh.is_some());
        if left > 0 && !force_new && (enough || !renewable) {
            return actions.push(SessionAction::SettleToken(call, Ok(active.grant.access.clone())));
        }
        if !renewable {
            let code = if left > 0 { ErrorCode::RefreshTokenMissing } else { ErrorCode::LoginRequired };
            return actions.push(SessionAction::SettleToken(call, Err(Error::new(code))));
        }
        self.waiting.push(Waiting { call, generation: active.grant.generation, force_new, rejected });
        self.retry_sooner(context, Backoff::CAP);
    }

    /// Nothing can be done now for those who wait: a living token is better than none.
    pub(in crate::core) fn refuse(&mut self, context: &Context, actions: &mut Vec<SessionAction>) {
        if self.waiting.is_empty() {
            return;
        }
        let error = self.unavailable_reason(context);
        let living = match &self.phase {
            Phase::Authenticated(active) if active.deadline.left(context.now) > 0 => {
                Some(&active.grant.access)
            }
            _ => None,
        };
        actions.extend(self.waiting.drain(..).map(|waiting| {
            let token = living.filter(|_| !waiting.force_new).cloned();
            SessionAction::SettleToken(waiting.call, token.ok_or_else(|| error.clone()))
        }));
    }

    /// Lets a failing session try again before its time: at least `pause` after the last try, when the browser comes
    /// online or the timer has stopped trying.
    pub(super) fn retry_sooner(&mut self, context: &Context, pause: i64) {
        let changed = (self.backoff.offline && context.online) || self.backoff.resting();
        if self.backoff.failures > 0 && changed {
            let pause = if self.backoff.resting() { Backoff::CAP } else { pause };
            self.backoff.advance_retry(pause);
        }
    }

    /// Whether somebody waits, or the schedule is due.
    pub(super) fn wants_refresh(&self, now: Now) -> bool {
        let Phase::Authenticated(active) = &self.phase else { return false };
        let due = active.deadline.left(now) <= active.refresh_margin
            && (!self.backoff.resting() || now.mono >= self.backoff.retry_at);
        active.grant.refresh.is_some() && (due || !self.waiting.is_empty())
    }

    /// Whether a try is allowed now.
    pub(super) fn may_refresh(&self, context: &Context) -> bool {
        context.online && (self.backoff.failures == 0 || context.now.mono >= self.backoff.retry_at)
    }

    /// Why it is not.
    fn unavailable_reason(&self, context: &Context) -> Error {
        match &self.failing {
            Some((error, retry_at)) => error.clone().with("retryAt", retry_at.to_string()),
            None if !context.online => {
                Error::new(ErrorCode::NetworkError).with("endpoint", "token").with("offline", "true")
            }
            None => Error::new(ErrorCode::PlatformUnavailable),
        }
    }

    /// Asks for the lock.
    pub(super) fn queue(&mut self, context: &Context, actions: &mut Vec<SessionAction>) {
        let Phase::Authenticated(active) = &self.phase else { return };
        let (sid, generation) = (active.grant.sid.clone(), active.grant.generation);
        let ticket = self.ticket(generation);
        self.refresh = Refresh::WaitingForLock(ticket, context.now.mono);
        actions.push(SessionAction::Lock {
            ticket,
            lock: Lock::Session(sid),
            steal_after: self.rules.max_hold + STEAL_MARGIN,
        });
    }

    /// The lock is held. What storage says was read at the start of this very step; peers are asked where there may
    /// be any, because their last word may still be under way.
    pub(super) fn granted(&mut self, context: &Context, ticket: Ticket, actions: &mut Vec<SessionAction>) {
        let since = match self.refresh {
            Refresh::WaitingForLock(queued, since) if queued == ticket => since,
            // Nobody wants it any more.
            _ => return actions.push(SessionAction::Unlock(ticket)),
        };
        // After a long wait this tab may have been frozen, and have lost the lock again: then too it listens first. One
        // whose timers are always late would listen for ever.
        let waited = context.now.mono > since + LATE_WAKEUP;
        if waited || (self.has_peers && self.late_wakeups < 2) {
            self.query_peers(actions);
            self.refresh = Refresh::QueryingPeers(ticket, context.now.mono + self.rules.peer_wait);
        } else {
            self.prepare(context, ticket, actions);
        }
    }

    /// What the request needs comes first: while it is read, newer tokens may come.
    pub(super) fn prepare(&mut self, context: &Context, ticket: Ticket, actions: &mut Vec<SessionAction>) {
        self.refresh = Refresh::Preparing(ticket, context.now.mono);
        actions.push(SessionAction::Prepare(ticket));
    }

    /// It is at hand, or cannot be had: then nothing was sent, and no doubt is left about the refresh token.
    pub(super) fn prepared(
        &mut self,
        context: &Context,
        ticket: Ticket,
        result: Result<(), Failure>,
        actions: &mut Vec<SessionAction>,
    ) {
        let since = match self.refresh {
            Refresh::Preparing(preparing, since) if preparing == ticket => since,
            _ => return,
        };
        match result {
            // After half of what the lock may be held, its time may not suffice for the request: it is asked for anew.
            Ok(()) if context.now.mono - since > self.rules.max_hold / 2 => self.release(actions),
            Ok(()) => self.send(context, ticket, actions),
            Err(Failure { error, retry_after }) => {
                self.refresh = Refresh::Idle;
                if let Phase::Authenticated(active) = &self.phase {
                    let refresh_pending = active.grant.refresh_pending;
                    self.failed(context, error, retry_after, refresh_pending, actions);
                }
                actions.push(SessionAction::Unlock(ticket));
            }
        }
    }

    /// The holder is past its deadline: frozen, or worse. Another may be stealing too, so this tab listens before it
    /// sends.
    pub(super) fn overdue(&mut self, ticket: Ticket, actions: &mut Vec<SessionAction>) {
        if matches!(self.refresh, Refresh::WaitingForLock(queued, _) if queued == ticket) {
            self.has_peers = true;
            actions.push(SessionAction::Steal(ticket));
        }
    }

    /// This tab was the frozen one. What it sent may still be answered; if it still wants tokens it asks anew.
    pub(super) fn stolen(&mut self, ticket: Ticket) {
        if self.refresh.ticket() == Some(ticket) {
            self.detach();
            self.refresh = Refresh::Idle;
        }
    }

    /// Sends the refresh token, once, with a note in storage that its fate is unknown until the answer.
    pub(super) fn send(&mut self, context: &Context, ticket: Ticket, actions: &mut Vec<SessionAction>) {
        let possible = self.wants_refresh(context.now) && self.may_refresh(context);
        let Phase::Authenticated(active) = &mut self.phase else { return self.release(actions) };
        let Some(token) = active.grant.refresh.clone().filter(|_| possible) else {
            return self.release(actions);
        };
        let refresh_pending = std::mem::replace(&mut active.grant.refresh_pending, true);
        let (grant, sign_in) = (active.grant.clone(), active.grant.signed_in_by().clone());
        if !refresh_pending {
            self.store(&grant, actions);
            if self.has_peers {
                actions.push(SessionAction::Post(Message::Tokens(grant)));
            }
        }
        self.refresh = Refresh::Sending(ticket, refresh_pending);
        actions.push(SessionAction::Refresh { ticket, token, sign_in });
    }

    /// A request came to something.
    pub(super) fn answered(
        &mut self,
        context: &Context,
        ticket: Ticket,
        asked_at: Now,
        outcome: TokenOutcome,
        actions: &mut Vec<SessionAction>,
    ) {
        let refresh_pending = match self.refresh {
            Refresh::Sending(current, refresh_pending) if current == ticket => refresh_pending,
            _ => return self.late(context, ticket, asked_at, outcome, actions),
        };
        self.refresh = Refresh::Idle;
        let Phase::Authenticated(active) = &mut self.phase else {
            return actions.push(SessionAction::Unlock(ticket));
        };
        match outcome {
            TokenOutcome::Tokens(tokens) => {
                let grant = active.grant.refreshed(*tokens, asked_at);
                self.renewed(context, grant, asked_at, actions);
            }
            TokenOutcome::Refused { grant: true, .. } => {
                let reason = if refresh_pending { Reason::SessionLost } else { Reason::SessionExpired };
                if self.shared() {
                    self.query_peers(actions);
                    self.refresh = Refresh::ConfirmingInvalidGrant(
                        ticket,
                        context.now.mono + self.rules.peer_wait,
                        reason,
                    );
                    return;
                }
                self.end_local(reason, actions);
            }
            // Not this session's: nobody may use them, and the refresh token that fetched them is spent.
            TokenOutcome::Mismatch { check, refresh } => {
                actions.extend(refresh.map(SessionAction::Revoke));
                self.end_local(Reason::SessionMismatch(check), actions);
            }
            TokenOutcome::Refused { error, .. } => {
                self.failed(context, error, None, refresh_pending, actions)
            }
            TokenOutcome::NotSent { error, retry_after } => {
                self.failed(context, error, retry_after, refresh_pending, actions)
            }
            TokenOutcome::Indeterminate { error, retry_after } => {
                let acted = refresh_pending || error.code != ErrorCode::RateLimited;
                self.failed(context, error, retry_after, acted, actions);
            }
        }
        actions.push(SessionAction::Unlock(ticket));
    }

    /// New tokens of this session: stored and passed on before anybody gets to use them.
    fn renewed(
        &mut self,
        context: &Context,
        mut grant: SessionRecord,
        asked_at: Now,
        actions: &mut Vec<SessionAction>,
    ) {
        grant.after_rejection = self.waiting.iter().any(|waiting| waiting.rejected);
        let deadline = Deadline::after(asked_at, grant.lifetime());
        self.store(&grant, actions);
        if self.shared() {
            actions.push(SessionAction::Post(Message::Tokens(grant.clone())));
        }
        let failures = self.backoff.failures;
        self.set_signed_in(grant, deadline, actions);
        notify(actions, false, NotificationKind::Refreshed);
        if deadline.left(context.now) <= 0 {
            // The answer took longer than the token lives: again, but not in a storm.
            self.backoff.failures = failures;
            self.failed(context, Error::new(ErrorCode::Timeout), None, false, actions);
        }
    }

    /// An answer that this session no longer waits for. Newer tokens are newer tokens, here or in a peer; after a
    /// sign-out they are nobody's.
    fn late(
        &mut self,
        context: &Context,
        ticket: Ticket,
        asked_at: Now,
        outcome: TokenOutcome,
        actions: &mut Vec<SessionAction>,
    ) {
        let Some(at) = self.detached.iter().position(|detached| detached.ticket == ticket) else { return };
        let DetachedRequest { grant, set_signed_out, .. } = self.detached.swap_remove(at);
        match (outcome, &self.phase) {
            (TokenOutcome::Tokens(tokens), _) if set_signed_out => {
                actions.extend(tokens.refresh.map(SessionAction::Revoke))
            }
            (TokenOutcome::Mismatch { check, refresh }, phase) => {
                actions.extend(refresh.map(SessionAction::Revoke));
                if matches!(phase, Phase::Authenticated(active) if active.grant.order() == grant.order()) {
                    self.end_local(Reason::SessionMismatch(check), actions);
                }
            }
            (outcome, Phase::Authenticated(active)) if active.grant.sid == grant.sid => match outcome {
                _ if active.grant.generation != grant.generation => {}
                TokenOutcome::Tokens(tokens) => {
                    self.renewed(context, grant.refreshed(*tokens, asked_at), asked_at, actions)
                }
                TokenOutcome::Indeterminate { error, retry_after } => {
                    self.failed(context, error, retry_after, true, actions)
                }
                // The next try hears it too, and looks for a peer's tokens first.
                TokenOutcome::Refused { .. }
                | TokenOutcome::Mismatch { .. }
                | TokenOutcome::NotSent { .. } => {}
            },
            // Where all tabs share one session, nobody is left in the one that another sign-in replaced.
            (TokenOutcome::Tokens(tokens), _) if self.rules.token_storage == TokenStorage::Session => {
                actions.push(SessionAction::Post(Message::Tokens(grant.refreshed(*tokens, asked_at))));
            }
            _ => {}
        }
        actions.push(SessionAction::Unlock(ticket));
    }

    /// The session stays; trying again is put off, here and by the peers.
    fn failed(
        &mut self,
        context: &Context,
        error: Error,
        retry_after: Option<i64>,
        refresh_pending: bool,
        actions: &mut Vec<SessionAction>,
    ) {
        let pause = self.backoff.failed(context.now, retry_after, context.online, &mut self.rng);
        let retry_at = context.now.wall + pause;
        let Phase::Authenticated(active) = &mut self.phase else { return };
        let (sid, generation) = (active.grant.sid.clone(), active.grant.generation);
        if active.grant.refresh_pending != refresh_pending {
            active.grant.refresh_pending = refresh_pending;
            let grant = active.grant.clone();
            self.store(&grant, actions);
        }
        if self.shared() {
            let failures = self.backoff.failures.into();
            actions.push(SessionAction::Post(Message::Failing {
                sid,
                generation,
                pause,
                failures,
                refresh_pending,
            }));
        }
        self.now_failing(error, retry_at, false, actions);
    }

    /// Tells the app that refreshing fails.
    pub(super) fn now_failing(
        &mut self,
        error: Error,
        retry_at: i64,
        elsewhere: bool,
        actions: &mut Vec<SessionAction>,
    ) {
        self.failing = Some((error.clone(), retry_at));
        self.version += 1;
        notify(actions, elsewhere, NotificationKind::Failing(error, retry_at));
    }

    /// Lets the lock go, or stops asking for it. A lock under which a request is out is kept until its answer, so that
    /// no peer sends the same token meanwhile.
    pub(super) fn release(&mut self, actions: &mut Vec<SessionAction>) {
        if !self.detach() {
            actions.extend(self.refresh.ticket().map(SessionAction::Unlock));
        }
        self.refresh = Refresh::Idle;
    }

    /// Whether there was a request to put aside.
    fn detach(&mut self) -> bool {
        let (Refresh::Sending(ticket, _), Phase::Authenticated(active)) = (&self.refresh, &self.phase) else {
            return false;
        };
        self.detached.push(DetachedRequest {
            ticket: *ticket,
            grant: active.grant.clone(),
            set_signed_out: false,
        });
        true
    }

    /// Whether this session's refresh token is out on a request that was put aside.
    pub(super) fn unanswered(&self) -> bool {
        matches!(&self.phase, Phase::Authenticated(active) if self.detached.iter().any(|detached| detached.grant.sid == active.grant.sid))
    }
}

/// A request whose answer the session no longer waits for.
#[derive(Debug)]
pub(super) struct DetachedRequest {
    pub ticket: Ticket,
    /// What it was sent for.
    pub grant: SessionRecord,
    /// Whether that session has ended since.
    pub set_signed_out: bool,
}

impl Refresh {
    fn ticket(&self) -> Option<Ticket> {
        match self {
            Self::Idle => None,
            Self::WaitingForLock(t, _)
            | Self::QueryingPeers(t, _)
            | Self::Preparing(t, _)
            | Self::Sending(t, _)
            | Self::ConfirmingInvalidGrant(t, _, _) => Some(*t),
        }
    }
}
