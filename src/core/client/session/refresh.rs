//! Refreshing: one request for all calls that wait, under the session's lock, never twice at once. RFC 6749 §6.

use super::io::{Call, Context, Lock, Renewal, SessionAction, Ticket};
use super::message::{Failing, Message};
use super::schedule::{Backoff, Deadline};
use super::session_record::SessionRecord;
use super::sharing::Peers;
use super::{LATE_WAKEUP, Page, Phase, SLOW_LOCK, Session, Waiting, signed_out};
use crate::core::base::clock::{Millis, MonotonicTime, Now, WallTime};
use crate::core::base::config::TokenStorage;
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::secret::AccessToken;
use crate::core::base::text::decimal;
use crate::core::client::notification::{NotificationKind, Source};
use crate::core::client::session::reason::Reason;
use crate::core::protocol::id_token::Check;
use crate::core::protocol::token::{TokenOutcome, Tokens};
use std::sync::Arc;

/// How much longer than a whole refresh one holder may keep the lock.
const STEAL_MARGIN: Millis = Millis::seconds(6);

/// How far a refresh is. Times are by the page's own clock.
#[derive(Debug, PartialEq)]
pub(super) enum Refresh {
    Idle,
    /// Asked for the lock, at this time.
    WaitingForLock(Ticket, MonotonicTime),
    /// Holding it, listening for a peer with newer tokens, until this time.
    QueryingPeers(Ticket, MonotonicTime),
    /// Holding it, getting ready what the request needs, since this time.
    Preparing(Ticket, MonotonicTime),
    /// The refresh token is on its way. Whether it may have been spent before that.
    Sending(Ticket, bool),
    /// The provider refused it; until this time a peer may say that it has its successor.
    ConfirmingInvalidGrant(Ticket, MonotonicTime, Reason),
}

impl Refresh {
    fn ticket(&self) -> Option<Ticket> {
        match self {
            Self::Idle => None,
            Self::WaitingForLock(ticket, _)
            | Self::QueryingPeers(ticket, _)
            | Self::Preparing(ticket, _)
            | Self::Sending(ticket, _)
            | Self::ConfirmingInvalidGrant(ticket, ..) => Some(*ticket),
        }
    }
}

/// A request under way that is no longer the session's own refresh: the lock was taken away, or the session has changed.
/// Its answer is still made use of.
#[derive(Debug)]
pub(super) struct DetachedRequest {
    pub ticket: Ticket,
    /// What it was sent for.
    pub record: Arc<SessionRecord>,
    /// Whether that session has ended since.
    pub session_ended: bool,
    /// What was known of its peers.
    peers: Peers,
}

impl Session {
    /// Answers from the tokens that are held, or waits for newer ones.
    pub(super) fn get_token(
        &mut self,
        context: &mut Context,
        call: Call,
        renewal: Renewal,
        min_validity: Millis,
        rejected: Option<AccessToken>,
    ) {
        let active = match &self.phase {
            Phase::Authenticated(active) => active,
            Phase::Unauthenticated(reason) => {
                return context.push(SessionAction::SettleToken(call, Err(signed_out(*reason))));
            }
            Phase::Loading => {
                return context.push(SessionAction::SettleToken(call, Err(signed_out(Reason::Never))));
            }
        };
        let left = active.deadline.left(context.now);
        let valid = left > Millis(0);
        // Half a lifetime is the most that can be asked for: more would refresh at every call.
        let enough = left >= min_validity.min(Millis(active.record.lifetime().0 / 2));
        // An API that refuses every token must not cost a refresh for each request.
        let rejected =
            rejected.is_some_and(|token| token == active.record.access) && !active.record.after_rejection;
        let renewal = if rejected { Renewal::Forced } else { renewal };
        let renewable = active.record.refresh.is_some();
        if valid && renewal == Renewal::IfNeeded && (enough || !renewable) {
            let token = active.record.access.clone();
            return context.push(SessionAction::SettleToken(call, Ok(token)));
        }
        if !renewable {
            let code = if valid { ErrorCode::RefreshTokenMissing } else { ErrorCode::LoginRequired };
            return context.push(SessionAction::SettleToken(call, Err(Error::new(code))));
        }
        self.waiting.push(Waiting { call, generation: active.record.generation, renewal, rejected });
        self.backoff.retry_sooner(context.online, Backoff::CAP);
    }

    /// Answers the calls whose tokens have come.
    pub(super) fn settle_renewed(&mut self, context: &mut Context) {
        self.settle_with_token(context, |call, record| record.generation > call.generation);
    }

    /// While newer tokens are waited for: a valid token is better than none.
    pub(super) fn settle_valid(&mut self, context: &mut Context) {
        self.settle_with_token(context, |call, _| call.renewal == Renewal::IfNeeded);
    }

    /// Answers the calls that accept the present token, while it is valid.
    fn settle_with_token(&mut self, context: &mut Context, will_do: fn(&Waiting, &SessionRecord) -> bool) {
        let Phase::Authenticated(active) = &self.phase else { return };
        if active.deadline.left(context.now) > Millis(0) {
            while let Some(at) = self.waiting.iter().position(|call| will_do(call, &active.record)) {
                let call = self.waiting.remove(at).call;
                context.push(SessionAction::SettleToken(call, Ok(active.record.access.clone())));
            }
        }
    }

    /// Nothing can be done now for the calls that wait.
    pub(super) fn settle_unavailable(&mut self, context: &mut Context) {
        if !self.waiting.is_empty() {
            self.settle_valid(context);
            let error = match &self.failing {
                Some((error, retry_at)) => error.clone().with("retryAt", decimal(retry_at.0)),
                None => Error::new(ErrorCode::PlatformUnavailable),
            };
            self.settle_all(context, &error);
        }
    }

    /// Answers every call alike.
    pub(super) fn settle_all(&mut self, context: &mut Context, error: &Error) {
        for waiting in &self.waiting {
            context.push(SessionAction::SettleToken(waiting.call, Err(error.clone())));
        }
        self.waiting.clear();
    }

    /// The user may be back, or something has changed.
    pub(super) fn revalidate(&mut self, context: &mut Context) {
        self.repair.retry_sooner();
        self.backoff.retry_sooner(context.online, Backoff::BASE);
    }

    /// Whether a call waits, or the schedule is due.
    pub(super) fn wants_refresh(&self, now: Now) -> bool {
        let Phase::Authenticated(active) = &self.phase else { return false };
        let due = active.deadline.left(now) <= active.refresh_margin
            && (!self.backoff.timer_stopped() || now.mono >= self.backoff.retry_at);
        active.record.refresh.is_some() && (due || !self.waiting.is_empty())
    }

    /// Whether a try is allowed now. The browser may be wrong about being offline, so that refuses no call.
    pub(super) fn may_refresh(&self, context: &Context) -> bool {
        self.page == Page::Shown
            && (context.online || !self.waiting.is_empty())
            && (self.backoff.failures == 0 || context.now.mono >= self.backoff.retry_at)
    }

    pub(super) fn request_lock(&mut self, context: &mut Context) {
        let Some(record) = self.record() else { return };
        let (lock, generation) = (Lock::Session(record.sid.clone()), record.generation);
        let ticket = self.ticket(generation);
        self.refresh = Refresh::WaitingForLock(ticket, context.now.mono);
        let steal_after = self.rules.max_hold + STEAL_MARGIN;
        context.locks.request(context.actions, ticket, &lock, Some(steal_after));
    }

    /// Whether the lock has been waited for so long that its holder may be frozen.
    pub(super) fn lock_is_slow(&self, now: MonotonicTime) -> bool {
        matches!(self.refresh, Refresh::WaitingForLock(_, since) if now >= since + SLOW_LOCK)
    }

    /// The lock is held, and storage was read while this input is handled. Peers are asked where there may be any: a
    /// message with newer tokens may still be on its way.
    pub(super) fn lock_granted(&mut self, context: &mut Context, ticket: Ticket) {
        let since = match self.refresh {
            Refresh::WaitingForLock(waiting, since) if waiting == ticket => since,
            // It is no longer wanted.
            _ => return context.unlock(ticket),
        };
        // After a long wait this tab may have been frozen and have lost the lock, or another tab may be stealing it:
        // then peers are asked in any case. Without the limit a tab whose timers are always late would ask for ever.
        let waited = context.now.mono > since + LATE_WAKEUP;
        if waited || self.peers != Peers::None {
            self.query_peers(context);
        }
        if waited || (self.peers != Peers::None && self.late_wakeups < 2) {
            self.refresh = Refresh::QueryingPeers(ticket, context.now.mono + self.rules.peer_wait);
        } else {
            self.prepare(context, ticket);
        }
    }

    /// What the request needs is read before the refresh token is sent: newer tokens may come meanwhile.
    pub(super) fn prepare(&mut self, context: &mut Context, ticket: Ticket) {
        self.refresh = Refresh::Preparing(ticket, context.now.mono);
        context.push(SessionAction::Prepare(ticket));
    }

    /// What the request needs was read; or it cannot be had, so nothing was sent and the refresh token is not spent.
    pub(super) fn prepared(&mut self, context: &mut Context, ticket: Ticket, result: Result<(), Error>) {
        let since = match self.refresh {
            Refresh::Preparing(preparing, since) if preparing == ticket => since,
            _ => return,
        };
        match result {
            // Preparing took more than half of `max_hold`, so the rest may be too short for the request: the lock is
            // requested anew.
            Ok(()) if (context.now.mono - since).times(2) > self.rules.max_hold => self.release(context),
            Ok(()) => self.send(context, ticket),
            Err(error) => {
                self.refresh = Refresh::Idle;
                let pending = self.record().is_some_and(|record| record.refresh_pending);
                self.refresh_failed(context, error, pending);
                context.unlock(ticket);
            }
        }
    }

    /// Another tab stole the lock, because this tab was frozen. Its request may still be answered; if it still needs
    /// tokens, it requests the lock again.
    pub(super) fn lock_stolen(&mut self, ticket: Ticket) {
        if self.refresh.ticket() == Some(ticket) {
            self.detach();
            self.refresh = Refresh::Idle;
        }
    }

    /// Sends the refresh token, once. Storage says from before until the answer that it may be spent.
    fn send(&mut self, context: &mut Context, ticket: Ticket) {
        let wanted = self.wants_refresh(context.now) && self.may_refresh(context);
        let Phase::Authenticated(active) = &mut self.phase else { return self.release(context) };
        let Some(token) = active.record.refresh.clone().filter(|_| wanted) else {
            return self.release(context);
        };
        let pending = active.record.refresh_pending;
        active.set_pending(true);
        let record = active.record.clone();
        let sign_in = record.signed_in_by().clone();
        if !pending {
            self.write_record(context, &record);
            self.post_tokens(context, &record);
        }
        self.refresh = Refresh::Sending(ticket, pending);
        context.push(SessionAction::Refresh { ticket, token, sign_in });
    }

    /// The answer to a request.
    pub(super) fn handle_token_response(
        &mut self,
        context: &mut Context,
        ticket: Ticket,
        asked_at: Now,
        outcome: TokenOutcome,
    ) {
        let pending = match self.refresh {
            Refresh::Sending(current, pending) if current == ticket => pending,
            _ => return self.handle_detached_response(context, ticket, asked_at, outcome),
        };
        self.refresh = Refresh::Idle;
        let Some(record) = self.record() else { return context.unlock(ticket) };
        match outcome {
            TokenOutcome::Tokens(tokens) => {
                let record = record.clone();
                self.renewed(context, &record, *tokens, asked_at);
            }
            TokenOutcome::Refused { grant: true, .. } => {
                let reason = if pending { Reason::SessionLost } else { Reason::SessionExpired };
                if self.shared() {
                    self.query_peers(context);
                    let until = context.now.mono + self.rules.peer_wait;
                    self.refresh = Refresh::ConfirmingInvalidGrant(ticket, until, reason);
                    return;
                }
                self.end_here(context, reason);
            }
            // Not this session's: its tokens must not be used, and the refresh token that fetched them is spent.
            TokenOutcome::Unusable { error, refresh } => {
                context.revoke(refresh);
                self.end_here(context, mismatch(&error));
            }
            TokenOutcome::Refused { error, .. } | TokenOutcome::NotSent { error } => {
                self.refresh_failed(context, error, pending);
            }
            TokenOutcome::Indeterminate { error } => {
                let pending = pending || error.code != ErrorCode::RateLimited;
                self.refresh_failed(context, error, pending);
            }
        }
        context.unlock(ticket);
    }

    /// New tokens of this session: stored and posted before any call gets them.
    fn renewed(&mut self, context: &mut Context, before: &SessionRecord, tokens: Tokens, asked_at: Now) {
        let rejected = self.waiting.iter().any(|waiting| waiting.rejected);
        let record = before.refreshed(tokens, asked_at, rejected);
        let deadline = Deadline::after(asked_at, record.lifetime());
        self.write_record(context, &record);
        self.post_tokens(context, &record);
        let failures = self.backoff.failures;
        self.set_signed_in(context, record, deadline);
        context.notify(Source::ThisTab, NotificationKind::Refreshed);
        if deadline.left(context.now) <= Millis(0) {
            // The answer took longer than the token is valid: tried again, with a pause that grows.
            self.backoff.failures = failures;
            self.refresh_failed(context, Error::new(ErrorCode::Timeout), false);
        }
    }

    /// The answer to a request that is no longer the session's own refresh. Newer tokens are made use of, here or by a
    /// peer; after a sign-out they are revoked.
    fn handle_detached_response(
        &mut self,
        context: &mut Context,
        ticket: Ticket,
        asked_at: Now,
        outcome: TokenOutcome,
    ) {
        let Some(at) = self.detached.iter().position(|detached| detached.ticket == ticket) else { return };
        let DetachedRequest { record, session_ended, peers, .. } = self.detached.swap_remove(at);
        match (outcome, self.record()) {
            (TokenOutcome::Tokens(tokens), _) if session_ended => context.revoke(tokens.refresh),
            (TokenOutcome::Unusable { error, refresh }, held) => {
                let same = held.is_some_and(|held| held.order() == record.order());
                context.revoke(refresh);
                if same {
                    self.end_here(context, mismatch(&error));
                }
            }
            (outcome, Some(held)) if held.sid == record.sid => match outcome {
                // Newer tokens have come since.
                _ if held.generation != record.generation => {}
                TokenOutcome::Tokens(tokens) => {
                    self.renewed(context, &record, *tokens, asked_at);
                }
                TokenOutcome::Indeterminate { error } => {
                    self.refresh_failed(context, error, true);
                }
                // The next try is refused as well, and asks the peers first.
                _ => {}
            },
            // Where all tabs share one session, no tab is left in the one that another sign-in replaced.
            (TokenOutcome::Tokens(tokens), _)
                if peers == Peers::Known && self.rules.token_storage == TokenStorage::Session =>
            {
                context.actions.post(&Message::Tokens(record.refreshed(*tokens, asked_at, false)));
            }
            _ => {}
        }
        context.unlock(ticket);
    }

    /// The session stays. It is tried again after a pause, here and by the peers.
    fn refresh_failed(&mut self, context: &mut Context, error: Error, refresh_pending: bool) {
        let Phase::Authenticated(active) = &mut self.phase else { return };
        let pause = self.backoff.failed(context.now.mono, error.retry_after, context.online, &mut self.rng);
        let (sid, generation) = (active.record.sid.clone(), active.record.generation);
        if active.record.refresh_pending != refresh_pending {
            active.set_pending(refresh_pending);
            let record = active.record.clone();
            self.write_record(context, &record);
        }
        if self.shared() {
            let (failures, code) = (self.backoff.failures, error.code);
            let failing = Failing { sid, generation, pause, failures, refresh_pending, code };
            context.actions.post(&Message::Failing(failing));
        }
        let error = if context.online { error } else { error.with("offline", "true") };
        self.set_failing(context, error, context.now.wall + pause, Source::ThisTab);
    }

    /// Tells the app that refreshing fails.
    pub(super) fn set_failing(
        &mut self,
        context: &mut Context,
        error: Error,
        retry_at: WallTime,
        source: Source,
    ) {
        self.failing = Some((error.clone(), retry_at));
        self.version += 1;
        context.notify(source, NotificationKind::Failing(error, retry_at));
    }

    /// Releases the lock, or stops requesting it. While a request is under way the lock is kept until its answer, so
    /// that no other tab sends the same token.
    pub(super) fn release(&mut self, context: &mut Context) {
        if !self.detach()
            && let Some(ticket) = self.refresh.ticket()
        {
            context.unlock(ticket);
        }
        self.refresh = Refresh::Idle;
    }

    /// Whether there was a request to detach.
    fn detach(&mut self) -> bool {
        let (Refresh::Sending(ticket, _), Phase::Authenticated(active)) = (&self.refresh, &self.phase) else {
            return false;
        };
        self.detached.push(DetachedRequest {
            ticket: *ticket,
            record: active.record.clone(),
            session_ended: false,
            peers: self.peers,
        });
        true
    }

    /// Whether this session's refresh token is under way on a detached request.
    pub(super) fn has_request_in_flight(&self) -> bool {
        self.record().is_some_and(|held| self.detached.iter().any(|detached| detached.record.sid == held.sid))
    }
}

/// Why tokens that cannot be used end a session.
fn mismatch(error: &Error) -> Reason {
    Reason::SessionMismatch(Check::named(error.detail("check").unwrap_or_default()))
}
