//! What goes into the session and what comes out of it: `Session::handle` takes a [`SessionInput`], reads and acts
//! through a `Context`, and leaves to the client what is the client's, as [`SessionAction`]s.

use super::message::Message;
use super::session_record::SessionRecord;
use crate::core::base::clock::{Millis, Now};
use crate::core::base::error::Error;
use crate::core::base::secret::{AccessToken, IdToken, RefreshToken, State};
use crate::core::client::locks::Locks;
use crate::core::client::notification::{Notification, NotificationKind, Source};
use crate::core::client::runner::Actions;
use crate::core::client::store::Store;
use crate::core::protocol::token::{TokenOutcome, Tokens};
use std::sync::Arc;

/// What is stored under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// This text.
    Text(String),
    /// Nothing.
    Empty,
    /// Storage is blocked.
    Unreadable,
}

/// What one input is handled with, and the actions that it leads to.
pub(in crate::core::client) struct Context<'a> {
    /// When it is handled.
    pub now: Now,
    /// Whether the browser believes that it is online.
    pub online: bool,
    /// What is stored.
    pub store: &'a Store<'a>,
    /// The session's lock is one of these.
    pub locks: &'a mut Locks,
    /// What is done at once, in this order.
    pub actions: &'a dyn Actions,
    /// What the client does afterwards, in this order.
    pub left: Vec<SessionAction>,
    /// The session that storage held at the beginning.
    pub stored: Option<Arc<SessionRecord>>,
    /// Whether storage was written since.
    pub wrote: bool,
}

impl Context<'_> {
    pub(super) fn push(&mut self, action: SessionAction) {
        self.left.push(action);
    }

    pub(super) fn unlock(&mut self, ticket: Ticket) {
        self.locks.release(self.actions, ticket);
    }

    pub(super) fn revoke(&mut self, token: Option<RefreshToken>) {
        if let Some(token) = token {
            self.push(SessionAction::Revoke(token));
        }
    }

    pub(super) fn notify(&self, source: Source, kind: NotificationKind) {
        self.actions.notify(&Notification { source, kind });
    }
}

/// Names a call for a token: the runner's own number.
pub type Call = u32;

/// Names a request for a lock, and what is done under it; inputs carry it back. An answer with a ticket that the
/// session no longer waits for is never applied to the present session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Counts tickets.
    pub number: u32,
    /// Which of the session's tokens it is about.
    pub generation: i64,
}

/// Whether a call for a token can be answered from what is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// A valid token will do.
    IfNeeded,
    /// A new token is asked for.
    Forced,
}

/// What happens to a session.
#[derive(Debug)]
pub enum SessionInput {
    /// The page begins.
    Start,
    /// Storage is read, and nothing else happens.
    Sync,
    /// A reason to look again: visible, focused, online, storage changed.
    Revalidate,
    /// The page may be kept in the back/forward cache from now on.
    PageHidden,
    /// The page is shown again, from the back/forward cache.
    PageShown,
    /// The timer of [`super::Session::timeout`] fired, perhaps early or late.
    Timeout,
    /// A peer said something.
    Message(Message),
    /// The lock is held.
    LockGranted(Ticket),
    /// Another tab took the lock away.
    LockStolen(Ticket),
    /// What a refresh needs of the provider was read, or cannot be had.
    Prepared {
        /// The request's ticket.
        ticket: Ticket,
        /// Why it cannot be had.
        result: Result<(), Error>,
    },
    /// The token endpoint's answer.
    TokenResponse {
        /// The request's ticket.
        ticket: Ticket,
        /// When the request was sent.
        asked_at: Now,
        /// The result, the ID token's checks included.
        outcome: TokenOutcome,
    },
    /// An app wants an access token.
    GetToken {
        /// Which call.
        call: Call,
        /// Whether a valid one will do.
        renewal: Renewal,
        /// It must be valid for this much longer.
        min_validity: Millis,
        /// An API answered 401 to this one, and a newer one may help: see
        /// [`crate::core::protocol::bearer::newer_token_may_help`]. Answered with this one again where a 401 has already
        /// been the reason to obtain it.
        rejected: Option<AccessToken>,
    },
    /// A sign-in is completed: [`SessionAction::SignedIn`] answers.
    SignIn {
        /// The answer carries it back.
        ticket: Ticket,
        /// Checked.
        tokens: Tokens,
        /// The sign-in's `state`: the session's name comes from it.
        state: State,
        /// The scope that was asked for.
        scope: Arc<String>,
        /// [`super::Session::sign_out_epoch`] when its callback came.
        sign_out_epoch: u32,
        /// When the code was sent.
        asked_at: Now,
    },
    /// The user signs out, here.
    SignOut,
    /// The record could not be written.
    WriteFailed,
}

/// What is locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lock {
    /// A session's refresh, by its name.
    Session(String),
    /// A callback's exchange, by the fingerprint of its state.
    Callback(String),
}

/// What the client does once the session has handled an input.
#[derive(Debug)]
pub enum SessionAction {
    /// Get ready what a refresh needs of the provider: [`SessionInput::Prepared`] answers.
    Prepare(Ticket),
    /// Send the refresh token once.
    Refresh {
        /// The answer carries it back.
        ticket: Ticket,
        /// What to send.
        token: RefreshToken,
        /// The sign-in's ID token, which a new one must continue.
        sign_in: IdToken,
    },
    /// Answers a [`SessionInput::GetToken`].
    SettleToken(Call, Result<AccessToken, Error>),
    /// Answers a [`SessionInput::SignIn`]: the session is held, or its tokens came after a sign-out.
    SignedIn(Ticket, Result<IdToken, (Error, Option<RefreshToken>)>),
    /// This tab is signed out; what the provider needs to know to end its own session.
    SignOutProvider {
        /// To revoke, where that endpoint is known.
        refresh: Option<RefreshToken>,
        /// The hint of RP-Initiated Logout.
        id_token: Option<IdToken>,
    },
    /// Tokens came that may not be used: revoke this one, where that endpoint is known.
    Revoke(RefreshToken),
}
