//! Requests to the provider that are under way: who waits for each, and until when.

use super::provider::{NoResponse, ProviderRequest, RequestAction, RequestInput, RequestKind, RequestOutput};
use super::runner::RequestId;
use super::session::io::{SessionInput, Ticket};
use super::{Client, GRACE, LATE, Turn};
use crate::core::base::clock::{MonotonicTime, Now};
use crate::core::base::error::Error;
use crate::core::base::secret::RefreshToken;
use crate::core::protocol::token::revoke_form;

/// A request to the provider, or several in a row.
#[derive(Debug)]
pub(super) struct Request {
    id: RequestId,
    request: ProviderRequest,
    waiter: Waiter,
    /// When the last request that may change something at the provider was sent.
    asked_at: Now,
    /// When it counts as not answered.
    deadline: MonotonicTime,
    /// Whether the deadline was extended once: after a freeze, the answer may be queued behind the timer.
    extended: bool,
}

/// What a request is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Waiter {
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

impl Client {
    /// Starts a request to the provider. What needs no I/O is done at once.
    pub(super) fn ask(&mut self, turn: &Turn, kind: RequestKind, waiter: Waiter) {
        self.numbers += 1;
        let mut request = ProviderRequest::new(kind);
        let action = request.handle(&mut self.provider, turn.now, RequestInput::Begin);
        let (id, deadline) = (self.numbers, turn.now.mono);
        self.advance(
            turn,
            Request { id, request, waiter, asked_at: turn.now, deadline, extended: false },
            action,
        );
    }

    pub(super) fn revoke(&mut self, turn: &Turn, token: &RefreshToken) {
        let form = revoke_form(&self.config.client_id, token);
        self.ask(turn, RequestKind::Revoke { form }, Waiter::Nothing);
    }

    pub(super) fn reply(&mut self, turn: &Turn, id: RequestId, reply: RequestInput) {
        let Some(at) = self.requests.iter().position(|request| request.id == id) else { return };
        // The session acts on what storage holds now.
        self.session(turn, SessionInput::Sync);
        let mut request = self.requests.swap_remove(at);
        let action = request.request.handle(&mut self.provider, turn.now, reply);
        self.advance(turn, request, action);
    }

    pub(super) fn advance(&mut self, turn: &Turn, mut request: Request, action: RequestAction) {
        match action {
            RequestAction::Done(done) => {
                return self.done.push((request.waiter, request.asked_at, done));
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

    pub(super) fn complete(&mut self, turn: &Turn) {
        while !self.done.is_empty() {
            let (waiter, asked_at, done) = self.done.remove(0);
            self.completed(turn, waiter, asked_at, done);
        }
    }

    pub(super) fn completed(&mut self, turn: &Turn, waiter: Waiter, asked_at: Now, done: RequestOutput) {
        for left_out in &self.provider.left_out() {
            turn.actions.warn(left_out);
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
                let metadata = metadata.as_deref().map_err(Error::clone);
                self.login_discovered(turn, number, metadata);
            }
            (Waiter::SignOut(number), RequestOutput::Metadata(metadata)) => {
                let metadata = metadata.as_deref().map_err(Error::clone);
                self.sign_out_answered(turn, number, metadata, None);
            }
            (Waiter::SignOut(number), RequestOutput::Revoked(metadata, revocation)) => {
                let metadata = metadata.as_deref().map_err(Error::clone);
                self.sign_out_answered(turn, number, metadata, revocation);
            }
            _ => {}
        }
    }

    /// A request that is not answered by its deadline has failed.
    pub(super) fn end_overdue_requests(&mut self, turn: &Turn) {
        let now = turn.now.mono;
        while let Some(request) = self.requests.iter_mut().find(|request| request.deadline <= now) {
            if now - request.deadline > LATE && !request.extended {
                (request.deadline, request.extended) = (now + GRACE, true);
                continue;
            }
            let id = request.id;
            turn.actions.cancel(id);
            self.reply(turn, id, RequestInput::Response(Err(NoResponse::Timeout)));
        }
    }

    /// When the next of them is overdue.
    pub(super) fn requests_timeout(&self) -> MonotonicTime {
        let mut next = MonotonicTime::NEVER;
        for request in &self.requests {
            next = next.min(request.deadline);
        }
        next
    }
}
