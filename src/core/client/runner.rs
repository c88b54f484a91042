//! The boundary of the [`Client`](super::Client): it reads through [`Environment`], acts through [`Actions`], and is
//! told what happens by [`Input`]s. A runner carries this out and decides nothing.

use super::attempts::Activation;
use super::notification::{Notification, SignOutResult};
use super::provider::{HttpResponse, NoResponse, Verdict};
use super::session::io::{Lock, Renewal, Stored, Ticket};
use super::session::message::Message;
use crate::core::base::clock::{Millis, MonotonicTime, Now};
use crate::core::base::error::Error;
use crate::core::base::secret::{AccessToken, IdToken};
use crate::core::protocol::authorize::LoginOptions;
use crate::core::protocol::jwks::Jwk;
use crate::core::protocol::jws::Jws;
use crate::core::protocol::pkce::Entropy;
use crate::core::protocol::transaction::SignInContext;

/// Names a call of the app's: the runner's own number.
pub type CallId = u32;

/// Names a request or a verification under way.
pub type RequestId = u32;

/// A storage of the browser's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// sessionStorage: this tab's.
    Tab,
    /// localStorage: every tab's of this origin.
    Origin,
}

impl Area {
    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Tab => Self::Origin,
            Self::Origin => Self::Tab,
        }
    }
}

/// What can be read while an input is handled. Whatever an action wrote can be read at the next input.
pub trait Environment {
    /// Both clocks.
    fn now(&self) -> Now;
    /// Whether the browser believes that it is online.
    fn is_online(&self) -> bool;
    /// The page's address, normalised as browsers do.
    fn address(&self) -> String;
    /// What is stored under `key`.
    fn read(&self, area: Area, key: &str) -> Stored;
    /// The keys that begin with `prefix`; none where the area cannot be read.
    fn keys(&self, area: Area, prefix: &str) -> Vec<String>;
    /// Three times 32 octets of a cryptographic source; `None` where there is none.
    fn entropy(&self) -> Option<[Entropy; 3]>;
}

/// What an app calls.
#[derive(Debug)]
pub enum Call {
    /// `loginWithRedirect`.
    Login {
        /// The sign-in's options.
        options: Box<LoginOptions>,
        /// Whether the user started it.
        activation: Activation,
        /// What is done with the URL.
        delivery: Delivery,
    },
    /// `handleCallback` with an absolute address.
    Callback(String),
    /// `getAccessToken`.
    Token {
        /// Whether a valid one will do.
        renewal: Renewal,
        /// It must be valid for this much longer.
        min_validity: Millis,
        /// Not this one: an API refused it.
        rejected: Option<Rejected>,
    },
    /// `logout`.
    Logout(Box<SignOutOptions>),
}

/// What an app asks of one sign-out.
#[derive(Debug)]
pub struct SignOutOptions {
    /// Where to go afterwards.
    pub return_to: Option<String>,
    /// Parameters of the app's own for the provider's sign-out page.
    pub extra: Vec<(String, String)>,
    /// How far it reaches.
    pub reach: Reach,
    /// What is done with the address of that page.
    pub delivery: Delivery,
}

/// An access token that an API answered with 401.
#[derive(Debug)]
pub struct Rejected {
    /// The token.
    pub token: AccessToken,
    /// The answer's `WWW-Authenticate`, where it can be read.
    pub challenges: Option<String>,
}

/// What is done with the address of the provider's page: an authorize URL, or a sign-out's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The page goes there.
    Navigate,
    /// The app gets it.
    GiveUrl,
}

/// How far a sign-out reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// This app alone.
    Local,
    /// The provider's own session too, where its endpoint is known.
    Provider,
}

/// What happens to the client.
#[derive(Debug)]
pub enum Input {
    /// The page begins.
    Start,
    /// An app calls.
    Call(CallId, Call),
    /// The timer of [`Actions::set_timer`], or a wakeup that may be it.
    Timeout,
    /// A reason to look at everything again: visible, focused, online, storage changed.
    Revalidate,
    /// The page is left, and may be kept in the back/forward cache: Page Lifecycle, `pagehide`.
    PageHidden,
    /// The page is shown again as it was, from the back/forward cache.
    PageShown,
    /// A peer said something.
    Message(Message),
    /// A lock is held.
    LockGranted(u32),
    /// A lock that was not to be waited for is held by another.
    LockUnavailable(u32),
    /// Who holds a lock that this page waits for: any name that is unique to the holder. `None` where it is not known.
    LockHolder(u32, Option<String>),
    /// This browser has no locks, or the page may not use them.
    LocksMissing(u32),
    /// A lock was taken away.
    LockStolen(u32),
    /// A request was answered, or was not.
    Response(RequestId, Result<HttpResponse, NoResponse>),
    /// Whether the key signed it.
    Verified(RequestId, Verdict),
    /// The result of a write: where it was asked for, or where the write failed.
    Written {
        /// Where.
        area: Area,
        /// Its key.
        key: String,
        /// The result.
        result: Written,
    },
    /// [`Actions::navigate`] was refused by the browser.
    NavigationRefused,
    /// The app does not need the client any more.
    Dispose,
}

/// The result of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is stored.
    Stored,
    /// It is not, and nothing older is left under its key.
    Failed,
}

/// Whether a lock is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Until it is granted.
    Queue,
    /// Not at all: it is taken if it is free.
    IfFree,
}

/// Whether peers can be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    /// They can.
    Open,
    /// They cannot, and what is posted goes nowhere.
    Closed,
}

/// When a write's result is an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// Always.
    Always,
    /// If it failed.
    Failure,
    /// Never: nothing depends on it.
    Never,
}

/// The result of a call.
#[derive(Debug)]
pub enum Answer<'a> {
    /// Nothing to tell.
    Done,
    /// An authorize URL.
    Url(&'a str),
    /// An access token.
    Token(&'a AccessToken),
    /// A sign-in is completed.
    SignedIn(&'a IdToken, &'a SignInContext),
    /// A sign-out is completed as far as it could be; the address to go to, where the app gets it.
    SignedOut(&'a SignOutResult, Option<&'a str>),
    /// Refused.
    Error(&'a Error),
    /// A callback is refused.
    Refused(&'a Error, &'a SignInContext),
}

/// What the runner does, in the order of the calls. Nothing is returned and nothing calls back: the result of an action
/// is an [`Input`].
pub trait Actions {
    /// Writes to storage. Where that fails, whatever is there under `key` is removed.
    fn write(&self, area: Area, key: &str, text: &str, report: Report);
    /// Removes from storage.
    fn remove(&self, area: Area, key: &str);
    /// Opens or closes the channel to the peers.
    fn set_channel(&self, channel: Channel);
    /// Tells the peers.
    fn post(&self, message: &Message);
    /// Asks for a lock.
    fn lock(&self, ticket: Ticket, lock: &Lock, wait: Wait);
    /// Asks who holds a lock that is waited for: [`Input::LockHolder`] answers.
    fn query_holder(&self, ticket: Ticket);
    /// Takes the lock from its holder.
    fn steal(&self, ticket: Ticket);
    /// Releases the lock, or stops requesting it.
    fn unlock(&self, ticket: Ticket);
    /// Sends a request: a POST of a form, or a GET where there is none.
    fn send(&self, request: RequestId, url: &str, form: Option<&str>, timeout: Millis);
    /// Gives up a request or a verification that was not answered in time.
    fn cancel(&self, request: RequestId);
    /// Verifies a signature.
    fn verify(&self, request: RequestId, key: &Jwk, jws: &Jws);
    /// [`Input::Timeout`] when the page's own clock shows this; replaces the one before. `None`: not at all.
    fn set_timer(&self, at: Option<MonotonicTime>);
    /// Leaves for `url`.
    fn navigate(&self, url: &str);
    /// Puts `url` into the address bar and over the present history entry, whose state the app keeps.
    fn replace_address(&self, url: &str);
    /// Settles a call.
    fn settle(&self, call: CallId, answer: &Answer);
    /// Until `until` by both clocks, or the next input if that is sooner, a call that accepts any valid token may be answered
    /// with this one, without an input. The runner forgets it before it hands the next input over.
    fn lease(&self, token: &AccessToken, until: Now);
    /// Warns the developer, once, of an error that nothing fails with.
    fn warn(&self, error: &Error);
    /// Tells the app what happened.
    fn notify(&self, notification: &Notification);
    /// The result of [`super::Client::state`] has changed.
    fn state_changed(&self);
    /// Nothing more will be done: listeners and channel can be removed.
    fn close(&self);
}
