//! Events that an app is notified of.

use super::session::reason::Reason;
use crate::core::base::clock::WallTime;
use crate::core::base::error::Error;

/// What an app may want to show.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    /// Where it happened.
    pub source: Source,
    /// What.
    pub kind: NotificationKind,
}

/// Where something happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// In this tab.
    ThisTab,
    /// In another tab of the origin.
    OtherTab,
}

/// See [`Notification`].
#[derive(Clone, Debug, PartialEq)]
pub enum NotificationKind {
    /// A sign-in began; its authorize URL, masked.
    SignInStarted(String),
    /// A sign-out was completed, with this result.
    SignOutCompleted(SignOutResult),
    /// The page came back from a sign-out at the provider.
    ProviderSignedOut,
    /// A callback arrived that this tab was waiting for.
    CallbackReceived,
    /// The code was exchanged.
    CodeExchanged,
    /// The ID token passed.
    IdTokenChecked,
    /// A user is signed in.
    SignedIn,
    /// A stored session was found at the start.
    Restored,
    /// There is a new access token.
    Refreshed,
    /// A refresh failed; when the next is tried.
    Failing(Error, WallTime),
    /// The record could not be read or written: the session is in memory alone.
    StorageFailed,
    /// Nobody is signed in any more.
    SignedOut(Reason),
}

impl NotificationKind {
    /// As JavaScript names it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::SignInStarted(_) => "sign_in_started",
            Self::SignOutCompleted(_) => "sign_out_completed",
            Self::ProviderSignedOut => "provider_signed_out",
            Self::CallbackReceived => "callback_received",
            Self::CodeExchanged => "code_exchanged",
            Self::IdTokenChecked => "id_token_checked",
            Self::SignedIn => "signed_in",
            Self::Restored => "session_restored",
            Self::Refreshed => "token_refreshed",
            Self::Failing(..) => "refresh_failing",
            Self::StorageFailed => "storage_failed",
            Self::SignedOut(_) => "signed_out",
        }
    }
}

/// What is known of the refresh token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// Nobody held one.
    NoToken,
    /// The provider's revocation endpoint is not known.
    NoEndpoint,
    /// The provider said that it is revoked.
    Revoked,
    /// The provider refused to; its `error`, RFC 7009 §2.2.1, or else the answer's status.
    Refused(String),
    /// The provider did not answer in time.
    Unreachable,
}

impl Revocation {
    /// As JavaScript names it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NoToken => "no_token",
            Self::NoEndpoint => "no_endpoint",
            Self::Revoked => "revoked",
            Self::Refused(_) => "refused",
            Self::Unreachable => "unreachable",
        }
    }
}

/// What is known of the provider's own session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderSignOut {
    /// The app asked to leave it.
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

/// The result of a sign-out. This app's session has ended in every case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignOutResult {
    /// The refresh token.
    pub revocation: Revocation,
    /// The provider's session.
    pub provider: ProviderSignOut,
}
