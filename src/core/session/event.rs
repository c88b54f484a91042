//! What goes into the session and what comes out: [`super::Session::step`] is all that stands between.

use super::super::client::sign_out::SignOutResult;
use super::super::clock::Now;
use super::super::error::Error;
use super::super::id_token::Check;
use super::super::platform::Failure;
use super::super::record::{Reader, Writer};
use super::super::secret::{AccessToken, IdToken, RefreshToken, State};
use super::super::token::{Outcome, Tokens};
use super::super::transaction::SignInContext;
use super::message::Message;

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nobody signed in yet.
    Never,
    /// Somebody signed out.
    Logout,
    /// The access token ran out and there is no refresh token.
    LoginRequired,
    /// The platform refused the refresh token.
    SessionExpired,
    /// It did so after an answer was lost that may have held its successor.
    SessionLost,
    /// A refreshed ID token was not of the session; the check that failed.
    SessionMismatch(Check),
}

impl Reason {
    /// As JavaScript and storage name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Logout => "logout",
            Self::LoginRequired => "login_required",
            Self::SessionExpired => "session_expired",
            Self::SessionLost => "session_lost",
            Self::SessionMismatch(_) => "session_mismatch",
        }
    }

    /// The check that failed, where one did.
    pub fn check(self) -> Option<&'static str> {
        match self {
            Self::SessionMismatch(check) => Some(check.as_str()),
            _ => None,
        }
    }

    /// Writes it into a record or message.
    pub(super) fn write(self, record: &mut Writer) -> &mut Writer {
        record.field("reason", self.as_str()).maybe("check", self.check())
    }

    /// Reads what [`Self::write`] wrote.
    pub(super) fn read(record: &Reader) -> Option<Self> {
        let name = record.text("reason")?;
        let check = Check::named(record.text("check").unwrap_or_default());
        [
            Self::Never,
            Self::Logout,
            Self::LoginRequired,
            Self::SessionExpired,
            Self::SessionLost,
            Self::SessionMismatch(check),
        ]
        .into_iter()
        .find(|reason| reason.as_str() == name)
    }
}

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
    /// Whether any tab of this origin left `mark` (see [`Effect::Mark`]).
    fn marked(&self, mark: &str) -> bool;
}

/// The circumstances of one step.
pub struct Cx<'a> {
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
pub enum Event {
    /// The tab begins.
    Start,
    /// Nothing but the moment: what can be read now is read.
    Sync,
    /// A reason to look again: visible, focused, shown from the back/forward cache, online, storage changed.
    Look,
    /// The time of [`Effect::Wake`] has come, or is believed to have.
    Wake,
    /// A sibling said something.
    Heard(Message),
    /// The lock is held.
    Granted(Ticket),
    /// The lock was not to be had: taken at once by another, or held by the same one for the whole of the patience.
    Overdue(Ticket),
    /// Another tab took the lock away.
    Stolen(Ticket),
    /// What a refresh needs of the provider is at hand, or cannot be had.
    Prepared {
        /// As given.
        ticket: Ticket,
        /// Why it cannot be had.
        result: Result<(), Failure>,
    },
    /// A request came to this. `asked_at` is when it was sent.
    Answered {
        /// As given.
        ticket: Ticket,
        /// When the request was sent.
        asked_at: Now,
        /// What it came to, the ID token's checks included.
        outcome: Outcome,
    },
    /// An app wants an access token.
    GetToken {
        /// Who waits.
        call: Call,
        /// A new one, even if the present one lives.
        force: bool,
        /// It must live this much longer, in milliseconds.
        min_validity: i64,
        /// An API answered 401 to this one, and a newer one may help: see [`crate::core::api::newer_token_may_help`].
        /// Answered with this one again where a 401 has already been why it was obtained.
        rejected: Option<AccessToken>,
    },
    /// A sign-in is completed: [`Effect::SignedIn`] answers at once.
    SignIn {
        /// To carry back.
        ticket: Ticket,
        /// Checked.
        tokens: Tokens,
        /// Of the sign-in: the session's name comes from it.
        state: State,
        /// As asked for.
        scope: String,
        /// [`super::Session::sign_outs`] when its callback came.
        sign_outs: u32,
        /// When the code was sent.
        asked_at: Now,
    },
    /// The person signs out, here.
    SignOut,
    /// The record of [`Effect::Store`] could not be written.
    StoreFailed,
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
pub enum Effect {
    /// Write the session's record. Where that fails, remove the one that is there, so that nothing older is read later,
    /// and say [`Event::StoreFailed`].
    Store(String),
    /// Leave a mark that every tab of this origin can read for [`super::mark::mark_lifetime`]. Where storage is
    /// full, the oldest mark makes room.
    Mark(String),
    /// Tell the siblings.
    Post(Message),
    /// Ask for a lock. `patience` in milliseconds: 0 takes it at once or not at all.
    Lock {
        /// To carry back.
        ticket: Ticket,
        /// Which.
        lock: Lock,
        /// How long the present holder may go on holding it.
        patience: i64,
    },
    /// Take the lock from a holder past its deadline, and hold it: [`Event::Granted`] follows, and [`Event::Stolen`] in
    /// the tab that held it.
    Steal(Ticket),
    /// Let it go, or stop asking for it.
    Unlock(Ticket),
    /// Get ready what a refresh needs of the provider: [`Event::Prepared`] answers.
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
    /// Send [`Event::Wake`] when the tab's own clock shows this, `None`: not at all. Replaces the one before.
    Wake(Option<i64>),
    /// Answer a [`Event::GetToken`].
    Token(Call, Result<AccessToken, Error>),
    /// Answers a [`Event::SignIn`]: the session is held, or its tokens came after a sign-out.
    SignedIn(Ticket, Result<IdToken, (Error, Option<RefreshToken>)>),
    /// Tell the app.
    Tell(Notice),
    /// This tab is signed out; what the platform needs to know to end its own session.
    Leave {
        /// To revoke, where that endpoint is known.
        refresh: Option<RefreshToken>,
        /// The hint of RP-Initiated Logout.
        id_token: Option<IdToken>,
    },
    /// Tokens came that nobody may use any more: revoke, where that endpoint is known.
    Revoke(RefreshToken),
}

/// A finished sign-in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub id_token: IdToken,
    /// As given when the sign-in began.
    pub context: SignInContext,
}

/// What an app may want to show.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    /// Whether it happened in another tab.
    pub elsewhere: bool,
    /// What.
    pub news: News,
}

/// See [`Notice`].
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// A sign-in began; its authorize URL, masked.
    SignInStarted(String),
    /// A sign-out came to this.
    SignOutCompleted(SignOutResult),
    /// The page came back from a sign-out at the provider.
    ProviderSignedOut,
    /// A callback arrived that this tab was waiting for.
    CallbackReceived,
    /// The code was exchanged.
    CodeExchanged,
    /// The ID token passed.
    IdTokenChecked,
    /// Somebody is signed in.
    SignedIn,
    /// A stored session was found at the start.
    Restored,
    /// There is a new access token.
    Refreshed,
    /// Refreshing fails for now; the wall clock's time of the next try.
    Failing(Error, i64),
    /// The record could not be read or written: the session is in memory alone.
    StorageFailed,
    /// Nobody is signed in any more.
    SignedOut(Reason),
}
