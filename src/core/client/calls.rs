//! The app's calls. Each is settled once; at its deadline with the error `timeout`.

use super::runner::{Answer, Call, CallId};
use super::session::SessionState;
use super::session::io::{Renewal, SessionInput};
use super::{Client, GRACE, Life, Turn};
use crate::core::base::clock::{Millis, MonotonicTime, Now};
use crate::core::base::error::{Error, ErrorCode};
use crate::core::protocol::bearer::newer_token_may_help;
use crate::core::protocol::transaction::KEPT_FOR;

/// How long a token may be handed out without asking, while nothing happens.
const LEASE: Millis = Millis::seconds(1);

impl Client {
    pub(super) fn call(&mut self, turn: &Turn, id: CallId, call: Call) {
        if self.life == Life::Disposed {
            return turn.actions.settle(id, &Answer::Error(&Error::new(ErrorCode::Disposed)));
        }
        let limit = self.config.request_timeout + GRACE;
        let now = turn.now.mono;
        let deadline = match &call {
            // The page is leaving: it ends with the page, or with `login_returned`.
            Call::Login { .. } => MonotonicTime::NEVER,
            // Metadata, keys and the code, after what a callback may wait for the provider.
            Call::Callback(_) => now + KEPT_FOR + limit.times(4),
            // Time for two holders of the lock in a row that each exceed their deadline.
            Call::Token { .. } => now + KEPT_FOR + limit.times(10),
            Call::Logout(_) => now + limit,
        };
        self.calls.push((id, deadline));
        match call {
            Call::Login { options, activation, delivery } => {
                self.login(turn, id, *options, activation, delivery);
            }
            Call::Callback(url) => {
                self.session(turn, SessionInput::Sync);
                self.callback(turn, id, url);
            }
            Call::Logout(options) => self.logout(turn, id, options),
            token => self.token(turn, id, token),
        }
    }

    /// While a callback is answered, a call for a token of a session that is not there waits for it.
    pub(super) fn token(&mut self, turn: &Turn, id: CallId, call: Call) {
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

    pub(super) fn release_waiting_tokens(&mut self, turn: &Turn) {
        if !self.answers_callback() {
            for (id, call) in &std::mem::take(&mut self.waiting_tokens) {
                if let Call::Token { min_validity, .. } = *call {
                    // There was no session when the call was made, so any token is new.
                    let renewal = Renewal::IfNeeded;
                    self.token(turn, *id, Call::Token { renewal, min_validity, rejected: None });
                }
            }
        }
    }

    /// Calls right after this one get the same token: each would read storage again.
    pub(super) fn lease(&self, turn: &Turn) {
        if let SessionState::Authenticated { record, valid_for, .. } = self.session.state(turn.now)
            && valid_for > Millis(0)
        {
            let span = valid_for.min(LEASE);
            let until = Now { wall: turn.now.wall + span, mono: turn.now.mono + span };
            turn.actions.lease(&record.access, until);
        }
    }

    /// Settles those of `calls` that are not settled yet.
    pub(super) fn settle(&mut self, turn: &Turn, calls: &[CallId], answer: &Answer) {
        for call in calls {
            if let Some(at) = self.calls.iter().position(|(open, _)| open == call) {
                self.calls.swap_remove(at);
                turn.actions.settle(*call, answer);
            }
        }
    }

    /// Settles every call whose time is over.
    pub(super) fn settle_overdue_calls(&mut self, turn: &Turn) {
        while let Some((call, _)) = self.calls.iter().find(|(_, until)| *until <= turn.now.mono).copied() {
            let error = Error::new(ErrorCode::Timeout);
            self.settle(turn, &[call], &Answer::Error(&error));
        }
    }

    /// The next call's deadline.
    pub(super) fn calls_timeout(&self) -> MonotonicTime {
        let mut next = MonotonicTime::NEVER;
        for (_, until) in &self.calls {
            next = next.min(*until);
        }
        next
    }
}
