//! The sign-ins that this tab started lately, and the result of each: an app that starts one sign-in after another
//! without its user must not redirect for ever.

use crate::core::base::clock::{Millis, WallTime, is_within};
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::fields::{Reader, Writer};
use crate::core::base::text::decimal;

/// How many sign-ins without the user are allowed within [`WINDOW`] before one is completed.
const MAX: usize = 3;

/// How long an attempt counts.
const WINDOW: Millis = Millis::seconds(60);

/// What stands for an attempt whose callback has not come.
const NOTHING: &str = "nothing";

/// Whether the call follows a user's click or key press. HTML, "transient activation".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// The browser says so.
    User,
    /// The browser says that there was none, or cannot tell.
    NoneKnown,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Attempt {
    at: WallTime,
    mark: String,
    result: String,
}

/// The tab's record. It holds no secret: of a state only its fingerprint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attempts(Vec<Attempt>);

const KIND: &str = "attempts";
const FIELDS: [[&str; 3]; MAX] =
    [["at1", "mark1", "result1"], ["at2", "mark2", "result2"], ["at3", "mark3", "result3"]];

impl Attempts {
    /// Reads the stored record; none for anything else.
    pub fn from_text(text: Option<&str>) -> Self {
        let mut attempts = Vec::new();
        if let Some(record) = text.and_then(|text| Reader::of(KIND, text)) {
            for [at, mark, result] in FIELDS {
                if let (Some(at), Some(mark), Some(result)) =
                    (record.number(at), record.text(mark), record.text(result))
                {
                    attempts.push(Attempt {
                        at: WallTime(at),
                        mark: mark.to_owned(),
                        result: result.to_owned(),
                    });
                }
            }
        }
        Self(attempts)
    }

    /// As storage holds it; `None` where there is nothing to hold.
    pub fn to_text(&self) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let mut writer = Writer::new(KIND);
        for (attempt, [at, mark, result]) in self.0.iter().zip(FIELDS) {
            writer.number(at, attempt.at.0).field(mark, &attempt.mark).field(result, &attempt.result);
        }
        Some(writer.done())
    }

    /// Records a sign-in that begins. `mark` is the fingerprint of its state.
    ///
    /// # Errors
    /// `sign_in_loop` where too many began lately without the user.
    pub fn begin(&mut self, now: WallTime, activation: Activation, mark: &str) -> Result<(), Error> {
        if activation == Activation::User {
            return Ok(());
        }
        while let Some(at) = self.0.iter().position(|attempt| !is_within(WINDOW, attempt.at, now)) {
            self.0.remove(at);
        }
        if self.0.len() >= MAX {
            let mut results = String::new();
            for attempt in &self.0 {
                if !results.is_empty() {
                    results.push_str(", ");
                }
                results.push_str(&attempt.result);
            }
            return Err(Error::new(ErrorCode::SignInLoop)
                .with("count", decimal(self.0.len() as i64))
                .with("seconds", decimal(WINDOW.0 / 1000))
                .with("results", results));
        }
        self.0.push(Attempt { at: now, mark: mark.to_owned(), result: NOTHING.to_owned() });
        Ok(())
    }

    /// Records a callback. A completed sign-in resets the count. One whose `state` belongs to no attempt counts for the
    /// latest open one: a response may lack the `state`.
    pub fn came_back(&mut self, mark: &str, failed: Option<ErrorCode>) {
        let Some(code) = failed else { return self.0.clear() };
        let known = self.0.iter().rposition(|attempt| attempt.mark == mark);
        let waiting = || self.0.iter().rposition(|attempt| attempt.result == NOTHING);
        if let Some(attempt) = known.or_else(waiting).and_then(|at| self.0.get_mut(at)) {
            attempt.result = code.as_str().to_owned();
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn stored(attempts: &Attempts) -> Attempts {
        Attempts::from_text(attempts.to_text().as_deref())
    }

    #[test]
    fn the_fourth_sign_in_without_a_user_is_refused_and_says_what_came_back() {
        let mut attempts = Attempts::default();
        for (at, mark) in [(0, "a"), (1_000, "b"), (2_000, "c")] {
            attempts.begin(WallTime(at), Activation::NoneKnown, mark).unwrap();
            attempts = stored(&attempts);
        }
        attempts.came_back("b", Some(ErrorCode::AccessDenied));
        attempts.came_back("unknown", Some(ErrorCode::StateUnknown));
        let error = stored(&attempts).begin(WallTime(3_000), Activation::NoneKnown, "d").unwrap_err();
        assert_eq!(error.code, ErrorCode::SignInLoop);
        assert_eq!(error.detail("results"), Some("nothing, access_denied, state_unknown"));
        assert!(attempts.clone().begin(WallTime(3_000), Activation::User, "d").is_ok(), "a user may always");
        assert!(
            attempts.begin(WallTime(60_500), Activation::NoneKnown, "d").is_ok(),
            "the first is out of the window"
        );
    }

    #[test]
    fn a_completed_sign_in_resets_the_count() {
        let mut attempts = Attempts::default();
        for mark in ["a", "b", "c"] {
            attempts.begin(WallTime(0), Activation::NoneKnown, mark).unwrap();
        }
        attempts.came_back("c", None);
        assert_eq!(attempts.to_text(), None);
        assert!(attempts.begin(WallTime(1), Activation::NoneKnown, "d").is_ok());
    }

    #[test]
    fn a_clock_that_was_set_back_refuses_nobody() {
        let mut attempts = Attempts::default();
        for mark in ["a", "b", "c"] {
            attempts.begin(WallTime(1_000_000), Activation::NoneKnown, mark).unwrap();
        }
        assert!(attempts.begin(WallTime(0), Activation::NoneKnown, "d").is_ok());
    }
}
