//! What went wrong: a code of the one error `table`, and details, none of which is ever a secret.

#[cfg(all(test, not(target_arch = "wasm32")))]
mod generated;
mod table;

use super::clock::Millis;
pub use table::ErrorCode;
#[cfg(any(not(target_arch = "wasm32"), feature = "explain"))]
pub use table::{Row, TABLE};

/// What went wrong: one pointer, because results carry it everywhere. Its fields are [`ErrorData`]'s.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<ErrorData>);

/// A code of the table and the details that make its hint concrete.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ErrorData {
    /// The code.
    pub code: ErrorCode,
    /// Named details, such as the parameter that is wrong. Never a secret.
    pub details: Vec<(&'static str, String)>,
    /// The provider's `Retry-After`; 0 without one.
    pub retry_after: Millis,
}

impl Error {
    /// An error of this code.
    #[must_use]
    pub fn new(code: ErrorCode) -> Self {
        Self(Box::new(ErrorData { code, details: Vec::new(), retry_after: Millis(0) }))
    }

    /// The same with a detail.
    pub fn with(mut self, name: &'static str, value: impl AsRef<str>) -> Self {
        self.add(name, value.as_ref());
        self
    }

    /// The same with the provider's `Retry-After`.
    #[must_use]
    pub fn after(mut self, retry_after: Millis) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    /// Adds a detail.
    #[inline(never)]
    pub fn add(&mut self, name: &'static str, value: &str) {
        self.0.details.push((name, value.to_owned()));
    }

    /// Whether the same call may succeed later with nothing changed. A callback that is spent answers the same for ever.
    #[must_use]
    pub fn transient(&self) -> bool {
        self.code.transient() && self.detail("callback").is_none()
    }

    /// The detail called `name`.
    #[must_use]
    pub fn detail(&self, name: &str) -> Option<&str> {
        self.details.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

impl std::ops::Deref for Error {
    type Target = ErrorData;

    fn deref(&self) -> &ErrorData {
        &self.0
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(self.code.as_str())?;
        self.details.iter().try_for_each(|(name, value)| write!(out, " {name}={value}"))
    }
}

impl std::error::Error for Error {}
