//! What an app is told of, unasked.

use super::session::reason::Reason;
use crate::core::base::error::Error;

/// What an app may want to show.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    /// Whether it happened in another tab.
    pub elsewhere: bool,
    /// What.
    pub kind: NotificationKind,
}

/// See [`Notification`].
#[derive(Clone, Debug, PartialEq)]
pub enum NotificationKind {
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

/// What is known of the refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// Nobody held one.
    NoToken,
    /// The provider's revocation endpoint is not known.
    NoEndpoint,
    /// The provider said that it is revoked.
    Revoked,
    /// The provider refused to.
    Refused,
    /// The provider did not answer in time.
    Unreachable,
}

impl Revocation {
    /// As JavaScript names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoToken => "no_token",
            Self::NoEndpoint => "no_endpoint",
            Self::Revoked => "revoked",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
        }
    }
}

/// What is known of the provider's own session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderSignOut {
    /// It was to stay.
    NotAsked,
    /// The provider's end-session endpoint is not known.
    NoEndpoint,
    /// The page was sent to that endpoint. Whether the session ended is known once the page comes back with its `state`.
    Requested,
    /// The provider's metadata could not be had in time.
    Unreachable,
}

impl ProviderSignOut {
    /// As JavaScript names it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAsked => "not_asked",
            Self::NoEndpoint => "no_endpoint",
            Self::Requested => "requested",
            Self::Unreachable => "unreachable",
        }
    }
}

/// What a sign-out came to. This app's session has ended in every case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignOutResult {
    /// The refresh token.
    pub revocation: Revocation,
    /// The provider's session.
    pub provider: ProviderSignOut,
}
