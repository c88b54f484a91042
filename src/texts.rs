//! An error in words, as the table has them.

use crate::core::base::error::{Error, Row, TABLE};

impl Error {
    /// What happened, for a log or a page. It is text and never markup, and holds no secret.
    ///
    /// ```
    /// use intelliauth_spa_sdk::code_flow::{Error, ErrorCode};
    /// let error = Error::new(ErrorCode::TransactionExpired).with("minutes", "60");
    /// assert_eq!(error.message(), "The sign-in took longer than 60 minutes.");
    /// ```
    #[must_use]
    pub fn message(&self) -> String {
        self.row().map_or_else(String::new, |row| self.filled(row.summary))
    }

    /// What to do about it, for the developer.
    #[must_use]
    pub fn hint(&self) -> String {
        let Some(row) = self.row() else { return String::new() };
        let check = self.detail("check").unwrap_or_default();
        let own = row.hints.iter().find(|(value, _)| *value == check);
        self.filled(own.map_or(row.hint, |(_, hint)| hint))
    }

    pub(crate) fn row(&self) -> Option<&'static Row> {
        TABLE.iter().find(|row| row.code == self.code.as_str())
    }

    /// `{name}` stands for a detail; what stands in brackets is left out where one of its details is not known.
    fn filled(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, bracket)) = rest.split_once('[') {
            let (part, after) = bracket.split_once(']').unwrap_or((bracket, ""));
            filled += &self.with_details(before).0;
            let (part, complete) = self.with_details(part);
            filled += if complete { &part } else { "" };
            rest = after;
        }
        filled + &self.with_details(rest).0
    }

    /// The text with its details, and whether all of them are known.
    fn with_details(&self, text: &str) -> (String, bool) {
        let (mut filled, mut complete) = (String::new(), true);
        let mut rest = text;
        while let Some((before, brace)) = rest.split_once('{') {
            let (name, after) = brace.split_once('}').unwrap_or((brace, ""));
            // `{ prompt: … }` is JavaScript.
            if !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
                filled = filled + before + "{";
                rest = brace;
                continue;
            }
            let value = self.detail(name);
            complete &= value.is_some();
            filled = filled + before + value.unwrap_or("(unknown)");
            rest = after;
        }
        (filled + rest, complete)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use crate::core::base::error::{Error, ErrorCode};

    #[test]
    fn details_are_filled_in_and_unknown_ones_take_their_bracket_with_them() {
        let bare = Error::new(ErrorCode::IdTokenInvalid).with("check", "kid");
        assert_eq!(bare.message(), "The ID token was refused by the check of kid.");
        assert_eq!(
            bare.hint(),
            "It is not for this client, this sign-in or this moment. Start the sign-in again, and tell the platform's operator if it happens again."
        );
        let full = Error::new(ErrorCode::IdTokenInvalid)
            .with("check", "iss")
            .with("expected", "a{b")
            .with("received", "c[d")
            .with("option", "issuer");
        assert_eq!(
            full.message(),
            "The ID token was refused by the check of iss: expected a{b, received c[d."
        );
        assert!(full.hint().starts_with("If c[d is your platform, write `issuer: 'c[d'`"));
        let odd = Error::new(ErrorCode::AccountSelectionRequired);
        assert_eq!(odd.hint(), "Call loginWithRedirect({ prompt: 'select_account' }).");
        assert_eq!(
            Error::new(ErrorCode::CallbackInvalid).message(),
            "The callback's parameters are not an answer this SDK accepts: (unknown)."
        );
    }
}
