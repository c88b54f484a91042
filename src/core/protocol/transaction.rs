//! What a tab remembers between the authorize request and its callback.

use crate::core::base::clock::{Millis, WallTime, is_within};
use crate::core::base::config::Config;
use crate::core::base::fields::{MAX_LEN, Reader, Writer};
use crate::core::base::secret::{AuthorizationCode, Nonce, State, Verifier};
use crate::core::base::text::decimal;
use std::sync::Arc;

/// How long a sign-in may take: an hour, because it may wait for a mail or a second factor.
pub const LIFETIME: Millis = Millis::seconds(60 * 60);

/// How many sign-ins one tab may have open: the oldest make room.
pub const MAX_OPEN: usize = 10;

/// One sign-in under way. RFC 9700 §2.1.1: bound to the user agent, used once.
#[derive(Debug)]
pub struct Transaction {
    /// Which callback answers it.
    pub state: State,
    /// What proves that the exchange is ours.
    pub verifier: Verifier,
    /// What the ID token must repeat.
    pub nonce: Nonce,
    /// As sent, for the exchange to repeat.
    pub redirect_uri: Arc<String>,
    /// Which issuer was asked, RFC 9700 §4.4.2.
    pub issuer: Arc<String>,
    /// Which client asked.
    pub client_id: Arc<String>,
    /// The scope asked for: what is granted where the answer names none.
    pub scope: Arc<String>,
    /// In seconds, where asked for: then `auth_time` is required, Core §3.1.3.7 item 13.
    pub max_age: Option<i64>,
    /// What goes back to the app with the answer.
    pub context: Arc<SignInContext>,
    /// Its response, while the provider cannot be asked to exchange it.
    pub kept: Option<KeptResponse>,
    /// When it began.
    pub at: WallTime,
}

/// How long a response may be kept.
pub const KEPT_FOR: Millis = Millis::seconds(60);

/// A response that has left the address and is not spent yet.
#[derive(Debug)]
#[non_exhaustive]
pub struct KeptResponse {
    /// The authorization code.
    pub code: AuthorizationCode,
    /// RFC 9207 §2.
    pub iss: Option<String>,
    /// When it came.
    pub at: WallTime,
}

/// What goes back to the app with the answer to a callback, whether it signs in or is refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignInContext {
    /// The app's own JSON text, opaque here.
    pub app_state: Option<String>,
    /// The page on which the sign-in began: path, query and fragment.
    pub page: Option<String>,
}

const KIND: &str = "transaction";

impl Transaction {
    /// As storage holds it.
    pub fn to_text(&self) -> String {
        Writer::new(KIND)
            .field("state", self.state.expose())
            .field("verifier", self.verifier.expose())
            .field("nonce", self.nonce.expose())
            .field("redirect_uri", &self.redirect_uri)
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("scope", &self.scope)
            .number("at", self.at.0)
            .maybe("app_state", self.context.app_state.as_deref())
            .maybe("page", self.context.page.as_deref())
            .maybe("code", self.kept.as_ref().map(|kept| kept.code.expose()))
            .maybe("iss", self.kept.as_ref().and_then(|kept| kept.iss.as_deref()))
            .maybe("kept_at", self.kept.as_ref().map(|kept| decimal(kept.at.0)).as_deref())
            .maybe("max_age", self.max_age.map(decimal).as_deref())
            .done()
    }

    /// Reads a stored one; `None` for anything else.
    pub fn from_text(text: &str) -> Option<Box<Self>> {
        let record = Reader::of(KIND, text)?;
        let must = |name| record.must(name).to_owned();
        let maybe = |name| record.text(name).map(str::to_owned);
        let kept = match (record.number("kept_at"), record.text("code")) {
            (Some(at), Some(code)) => {
                Some(KeptResponse { code: AuthorizationCode::new(code), iss: maybe("iss"), at: WallTime(at) })
            }
            _ => None,
        };
        let transaction = Self {
            at: WallTime(record.must_number("at")),
            state: State::new(must("state")),
            verifier: Verifier::new(must("verifier")),
            nonce: Nonce::new(must("nonce")),
            redirect_uri: Arc::new(must("redirect_uri")),
            issuer: Arc::new(must("issuer")),
            client_id: Arc::new(must("client_id")),
            scope: Arc::new(must("scope")),
            max_age: record.number("max_age"),
            kept,
            context: Arc::new(SignInContext { app_state: maybe("app_state"), page: maybe("page") }),
        };
        record.whole(Box::new(transaction), true)
    }

    /// Whether storage can give it back: a longer record is not read.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.to_text().len() <= MAX_LEN
    }

    /// Whether it is too old at `now`, or from a time that has not come.
    #[must_use]
    pub fn expired(&self, now: WallTime) -> bool {
        !is_within(LIFETIME, self.at, now)
    }

    /// Whether it was made by this client for this platform.
    #[must_use]
    pub fn belongs_to(&self, config: &Config) -> bool {
        self.client_id == config.client_id && self.issuer == config.issuer
    }
}

/// The keys of stored transactions to remove before another is added: unreadable, expired, or beyond the cap.
#[must_use]
pub fn sweep(stored: &[(String, String)], now: WallTime) -> Vec<String> {
    let (mut open, mut gone) = (Vec::new(), Vec::new());
    for (key, text) in stored {
        match Transaction::from_text(text) {
            Some(transaction) if !transaction.expired(now) => open.push((transaction.at, key.clone())),
            _ => gone.push(key.clone()),
        }
    }
    while open.len() >= MAX_OPEN {
        let mut oldest = (0, WallTime(i64::MAX));
        for (at, (began, _)) in open.iter().enumerate() {
            if *began < oldest.1 {
                oldest = (at, *began);
            }
        }
        gone.push(open.swap_remove(oldest.0).1);
    }
    gone
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn transaction(at: WallTime, app_state: Option<String>) -> Transaction {
        Transaction {
            state: State::new("s"),
            verifier: Verifier::new("v"),
            nonce: Nonce::new("n"),
            redirect_uri: "https://app.example/callback".to_owned().into(),
            issuer: "https://tenant.example".to_owned().into(),
            client_id: "app".to_owned().into(),
            scope: "openid".to_owned().into(),
            max_age: Some(60),
            context: Arc::new(SignInContext { app_state, page: Some("/reports?year=2026#top".into()) }),
            kept: Some(KeptResponse { code: AuthorizationCode::new("c"), iss: None, at: WallTime(7) }),
            at,
        }
    }

    #[test]
    fn old_and_surplus_ones_are_swept() {
        let now = WallTime(0) + LIFETIME.times(100);
        let mut stored: Vec<_> = (0..12)
            .map(|i| (format!("k{i:02}"), transaction(now - Millis(i * 1000), None).to_text()))
            .collect();
        stored.push(("old".into(), transaction(now - LIFETIME - Millis(1), None).to_text()));
        stored.push(("future".into(), transaction(now + LIFETIME + Millis(1), None).to_text()));
        stored.push(("odd".into(), "kind=session&v=1".into()));
        assert_eq!(sweep(&stored, now), ["old", "future", "odd", "k11", "k10", "k09"]);
        assert!(sweep(&stored[..9], now).is_empty());
    }

    proptest! {
        #[test]
        fn any_app_state_survives(app_state in proptest::option::of(".*"), at in -1_i64<<50..1_i64<<50) {
            let read = Transaction::from_text(&transaction(WallTime(at), app_state.clone()).to_text()).unwrap();
            prop_assert_eq!(&read.context.app_state, &app_state);
            prop_assert_eq!(read.context.page.as_deref(), Some("/reports?year=2026#top"));
            let kept = read.kept.unwrap();
            prop_assert_eq!((kept.code.expose(), kept.iss, kept.at), ("c", None, WallTime(7)));
            prop_assert_eq!((read.at, read.max_age), (WallTime(at), Some(60)));
        }

        #[test]
        fn no_text_panics(text in "(kind=transaction&v=1&)?.*") {
            let _ = Transaction::from_text(&text);
        }
    }
}
