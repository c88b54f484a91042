//! What goes into the session and what comes out: [`superSession::step`] is all that stands between.

use super::message::Message;
use crate::core::base::clock::Now;
use crate::core::base::error::Error;
use crate::core::base::secret::{AccessToken, IdToken, RefreshToken, State};
use crate::core::client::notification::Notification;
use crate::core::client::provider::Failure;
use crate::core::protocol::token::{TokenOutcome, Tokens};

/// What a slot of storage answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    /// Something.
    Text(String),
    /// Nothing.
    Empty,
    /// Storage is blocked.
    Unreadable,
}

/// What this tab can read at this moment. Reading is an input of every step, so that no step acts on yesterday's news.
pub trait View {
    /// The session's record.
    fn session(&self) -> Stored;
    /// Whether any tab of this origin left `mark` (see [`SessionAction::Mark`]).
    fn marked(&self, mark: &str) -> bool;
}

/// The circumstances of one step.
pub struct Context<'a> {
    /// When it happens.
    pub now: Now,
    /// Whether the browser believes that it is online.
    pub online: bool,
    /// What can be read.
    pub view: &'a dyn View,
}

/// Who is waiting for an answer: the runner's own number.
pub type Call = u32;

/// Names a request for a lock, and what is done under it; events carry it back. One that nobody waits for any more is
/// history: so a late answer meets the session that it was asked for, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// Counts tickets.
    pub number: u32,
    /// Which of the session's tokens it is about.
    pub generation: i64,
}

/// What happens to a session.
#[derive(Debug)]
pub enum SessionInput {
    /// The tab begins.
    Start,
    /// Nothing but the moment: what can be read now is read.
    Sync,
    /// A reason to look again: visible, focused, shown from the back/forward cache, online, storage changed.
    Revalidate,
    /// The time of [`SessionAction::SetTimer`] has come, or is believed to have.
    Timeout,
    /// A peer said something.
    Message(Message),
    /// The lock is held.
    LockGranted(Ticket),
    /// The lock was not to be had: taken at once by another, or held by the same one for the whole of the steal_after.
    LockUnavailable(Ticket),
    /// Another tab took the lock away.
    LockStolen(Ticket),
    /// What a refresh needs of the provider is at hand, or cannot be had.
    Prepared {
        /// As given.
        ticket: Ticket,
        /// Why it cannot be had.
        result: Result<(), Failure>,
    },
    /// A request came to this. `asked_at` is when it was sent.
    TokenResponse {
        /// As given.
        ticket: Ticket,
        /// When the request was sent.
        asked_at: Now,
        /// What it came to, the ID token's checks included.
        outcome: TokenOutcome,
    },
    /// An app wants an access token.
    GetToken {
        /// Who waits.
        call: Call,
        /// A new one, even if the present one lives.
        force: bool,
        /// It must live this much longer, in milliseconds.
        min_validity: i64,
        /// An API answered 401 to this one, and a newer one may help: see [`crate::core::protocol::bearer::newer_token_may_help`].
        /// Answered with this one again where a 401 has already been why it was obtained.
        rejected: Option<AccessToken>,
    },
    /// A sign-in is completed: [`SessionAction::SignedIn`] answers at once.
    SignIn {
        /// To carry back.
        ticket: Ticket,
        /// Checked.
        tokens: Tokens,
        /// Of the sign-in: the session's name comes from it.
        state: State,
        /// As asked for.
        scope: String,
        /// [`superSession::sign_out_epoch`] when its callback came.
        sign_out_epoch: u32,
        /// When the code was sent.
        asked_at: Now,
    },
    /// The person signs out, here.
    SignOut,
    /// The record of [`SessionAction::WriteRecord`] could not be written.
    WriteFailed,
}

/// What is locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lock {
    /// A session's refresh, by its name.
    Session(String),
    /// A callback's exchange, by its state's mark.
    Callback(String),
}

/// What the runner must do, in this order.
#[derive(Debug)]
pub enum SessionAction {
    /// Write the session's record. Where that fails, remove the one that is there, so that nothing older is read later,
    /// and say [`SessionInput::WriteFailed`].
    WriteRecord(String),
    /// Leave a mark that every tab of this origin can read for [`crate::core::client::marks::mark_lifetime`]. Where storage is
    /// full, the oldest mark makes room.
    Mark(String),
    /// Tell the peers.
    Post(Message),
    /// Ask for a lock. `steal_after` in milliseconds: 0 takes it at once or not at all.
    Lock {
        /// To carry back.
        ticket: Ticket,
        /// Which.
        lock: Lock,
        /// How long the present holder may go on holding it.
        steal_after: i64,
    },
    /// Take the lock from a holder past its deadline, and hold it: [`SessionInput::LockGranted`] follows, and [`SessionInput::LockStolen`] in
    /// the tab that held it.
    Steal(Ticket),
    /// Let it go, or stop asking for it.
    Unlock(Ticket),
    /// Get ready what a refresh needs of the provider: [`SessionInput::Prepared`] answers.
    Prepare(Ticket),
    /// Send the refresh token once.
    Refresh {
        /// To carry back.
        ticket: Ticket,
        /// What to send.
        token: RefreshToken,
        /// The sign-in's ID token, which a new one must continue.
        sign_in: IdToken,
    },
    /// Send [`SessionInput::Timeout`] when the tab's own clock shows this, `None`: not at all. Replaces the one before.
    SetTimer(Option<i64>),
    /// Answer a [`SessionInput::GetToken`].
    SettleToken(Call, Result<AccessToken, Error>),
    /// Answers a [`SessionInput::SignIn`]: the session is held, or its tokens came after a sign-out.
    SignedIn(Ticket, Result<IdToken, (Error, Option<RefreshToken>)>),
    /// Tell the app.
    Notify(Notification),
    /// This tab is signed out; what the platform needs to know to end its own session.
    SignOutProvider {
        /// To revoke, where that endpoint is known.
        refresh: Option<RefreshToken>,
        /// The hint of RP-Initiated Logout.
        id_token: Option<IdToken>,
    },
    /// Tokens came that nobody may use any more: revoke, where that endpoint is known.
    Revoke(RefreshToken),
}
