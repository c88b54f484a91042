//! Why nobody is signed in.

use crate::core::base::fields::{Reader, Writer};
use crate::core::protocol::id_token::Check;

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nobody signed in yet.
    Never,
    /// The user signed out.
    Logout,
    /// The access token ran out and there is no refresh token.
    LoginRequired,
    /// The platform refused the refresh token.
    SessionExpired,
    /// It did so after an answer was lost that may have carried the next refresh token.
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
