//! The session as storage holds it and peers pass it on: its tokens, or the tombstone that says that it has ended.

use crate::core::base::clock::{Millis, Now, WallTime};
use crate::core::base::encoding::fingerprint;
use crate::core::base::fields::{Reader, Writer};
use crate::core::base::secret::{AccessToken, IdToken, RefreshToken, State};
use crate::core::base::text::concat;
use crate::core::client::session::reason::Reason;
use crate::core::protocol::token::Tokens;
use std::sync::Arc;

/// Which of two records is the later. Sign-ins and sign-outs are counted, and refreshes within one sign-in. Between two
/// sign-ins of one moment the session's name decides, in every tab alike. Two refreshes can have one generation: one by a
/// tab whose record could not be written, the other by a tab that could not hear of it. Then the time decides.
pub type Order<'a> = (i64, &'a str, i64, i64);

/// A session: its tokens, and its place among other records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRecord {
    /// Grows with every sign-in and sign-out; a sign-in's is the wall clock's time at least, so that it is the latest
    /// even where the record before it could not be read.
    pub sequence: i64,
    /// The session's public name, the same in every tab. Not the provider's `sid`.
    pub sid: String,
    /// Counts refreshes.
    pub generation: i64,
    /// Whether the refresh token was sent and no answer came. Written before it is sent, so that the next page knows.
    pub refresh_pending: bool,
    /// Whether an API's 401 is why these tokens were obtained: then another 401 does not demand newer ones.
    pub after_rejection: bool,
    /// The access token.
    pub access: AccessToken,
    /// The refresh token, where there is one.
    pub refresh: Option<RefreshToken>,
    /// The newest ID token.
    pub id_token: IdToken,
    /// The sign-in's, where a refresh has replaced it.
    pub sign_in_id_token: Option<IdToken>,
    /// What was granted.
    pub scope: Arc<String>,
    /// When the tokens were asked for.
    pub issued_at: WallTime,
    /// When the access token ends.
    pub expires_at: WallTime,
}

/// The end of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// Later than the session that it ends.
    pub sequence: i64,
    /// Why.
    pub reason: Reason,
}

/// What a session's slot of storage holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A user is signed in.
    Active(Arc<SessionRecord>),
    /// The session has ended.
    Ended(Tombstone),
}

pub(super) const SESSION: &str = "session";
const TOMBSTONE: &str = "signed_out";

impl SessionRecord {
    /// The record of a sign-in. Its name comes from the spent `state`, so that it needs no randomness of its own.
    pub fn signed_in(
        tokens: Tokens,
        state: &State,
        sequence: i64,
        asked_scope: Arc<String>,
        asked_at: Now,
    ) -> Option<Arc<Self>> {
        Some(Arc::new(Self {
            sequence,
            sid: fingerprint(&concat(&["sid ", state.expose()])),
            generation: 0,
            refresh_pending: false,
            after_rejection: false,
            access: tokens.access,
            refresh: tokens.refresh,
            id_token: tokens.id_token?,
            sign_in_id_token: None,
            scope: tokens.scope.map_or(asked_scope, Arc::new),
            issued_at: asked_at.wall,
            expires_at: asked_at.wall + tokens.lifetime,
        }))
    }

    /// The record after a refresh: what the answer left out stays, RFC 6749 §6.
    pub fn refreshed(&self, tokens: Tokens, asked_at: Now, after_rejection: bool) -> Arc<Self> {
        Arc::new(Self {
            sequence: self.sequence,
            sid: self.sid.clone(),
            generation: self.generation + 1,
            refresh_pending: false,
            after_rejection,
            access: tokens.access,
            refresh: tokens.refresh.or_else(|| self.refresh.clone()),
            sign_in_id_token: match tokens.id_token {
                Some(_) => Some(self.signed_in_by().clone()),
                None => self.sign_in_id_token.clone(),
            },
            id_token: tokens.id_token.unwrap_or_else(|| self.id_token.clone()),
            scope: tokens.scope.map_or_else(|| self.scope.clone(), Arc::new),
            issued_at: asked_at.wall,
            expires_at: asked_at.wall + tokens.lifetime,
        })
    }

    /// The sign-in's ID token: what every later one must continue, OpenID Connect Core §12.2. Records of earlier
    /// versions hold only the newest.
    pub fn signed_in_by(&self) -> &IdToken {
        self.sign_in_id_token.as_ref().unwrap_or(&self.id_token)
    }

    /// Its place among records.
    pub fn order(&self) -> Order<'_> {
        (self.sequence, &self.sid, self.generation, self.issued_at.0)
    }

    /// Its session, and which of that session's tokens it has.
    pub(super) fn version(&self) -> (String, i64, WallTime) {
        (self.sid.clone(), self.generation, self.issued_at)
    }

    /// The access token's lifetime.
    pub fn lifetime(&self) -> Millis {
        self.expires_at - self.issued_at
    }

    /// As storage and peers hold it.
    pub fn to_text(&self) -> String {
        Writer::new(SESSION)
            .number("sequence", self.sequence)
            .field("sid", &self.sid)
            .number("generation", self.generation)
            .number("refresh_pending", self.refresh_pending.into())
            .number("after_rejection", self.after_rejection.into())
            .field("access_token", self.access.expose())
            .maybe("refresh_token", self.refresh.as_ref().map(RefreshToken::expose))
            .field("id_token", self.id_token.expose())
            .maybe("sign_in_id_token", self.sign_in_id_token.as_ref().map(IdToken::expose))
            .field("scope", &self.scope)
            .number("issued_at", self.issued_at.0)
            .number("expires_at", self.expires_at.0)
            .done()
    }

    /// Reads a record of kind [`SESSION`].
    pub(super) fn read(record: &Reader) -> Option<Arc<Self>> {
        let maybe = |name| record.text(name).filter(|value| !value.is_empty());
        let session = Self {
            sequence: record.must_number("sequence"),
            sid: record.must("sid").to_owned(),
            generation: record.must_number("generation"),
            refresh_pending: record.must_number("refresh_pending") != 0,
            after_rejection: record.number("after_rejection").unwrap_or(0) != 0,
            access: AccessToken::new(record.must("access_token")),
            refresh: maybe("refresh_token").map(RefreshToken::new),
            id_token: IdToken::new(record.must("id_token")),
            sign_in_id_token: maybe("sign_in_id_token").map(IdToken::new),
            scope: Arc::new(record.must("scope").to_owned()),
            issued_at: WallTime(record.must_number("issued_at")),
            expires_at: WallTime(record.must_number("expires_at")),
        };
        let empty = session.sid.is_empty()
            || session.access.expose().is_empty()
            || session.id_token.expose().is_empty();
        let possible =
            session.sequence >= 0 && session.generation >= 0 && session.expires_at >= session.issued_at;
        record.whole(Arc::new(session), possible && !empty)
    }
}

impl Tombstone {
    /// As storage holds it.
    pub fn to_text(&self) -> String {
        self.reason.write(Writer::new(TOMBSTONE).number("sequence", self.sequence)).done()
    }
}

impl Record {
    /// Reads either kind.
    pub fn from_text(text: &str) -> Option<Self> {
        let record = Reader::any(text)?;
        match record.kind() {
            SESSION => SessionRecord::read(&record).map(Self::Active),
            TOMBSTONE => {
                let sequence = record.number("sequence").filter(|count| *count >= 0)?;
                Some(Self::Ended(Tombstone { sequence, reason: Reason::read(&record)? }))
            }
            _ => None,
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
pub(super) mod tests {
    use super::*;
    use crate::core::base::secret::Nonce;
    use crate::core::base::secret::Verifier;
    use crate::core::protocol::id_token::Check;
    use crate::core::protocol::transaction::{SignInContext, Transaction};
    use proptest::prelude::*;

    fn session(access: &str, refresh: Option<String>, generation: i64) -> SessionRecord {
        SessionRecord {
            sequence: 3,
            sid: "sid".into(),
            generation,
            refresh_pending: generation % 2 == 0,
            after_rejection: generation % 3 == 0,
            access: AccessToken::new(access),
            refresh: refresh.map(RefreshToken::new),
            id_token: IdToken::new("a.b.c"),
            sign_in_id_token: (generation > 0).then(|| IdToken::new("d.e.f")),
            scope: "openid x".to_owned().into(),
            issued_at: WallTime(5),
            expires_at: WallTime(6),
        }
    }

    // next-auth CVE-2023-48309: the record of an interrupted flow taken as a session.
    #[test]
    fn a_transaction_is_never_read_as_a_session_nor_the_other_way() {
        let transaction = Transaction {
            state: State::new("s"),
            verifier: Verifier::new("v"),
            nonce: Nonce::new("n"),
            redirect_uri: "r".to_owned().into(),
            issuer: "i".to_owned().into(),
            client_id: "c".to_owned().into(),
            scope: "openid".to_owned().into(),
            max_age: None,
            context: Arc::new(SignInContext { app_state: Some("kind=session&v=1".into()), page: None }),
            kept: None,
            at: WallTime(1),
        };
        assert_eq!(Record::from_text(&transaction.to_text()), None);
        assert!(Transaction::from_text(&session("a", None, 0).to_text()).is_none());
    }

    #[test]
    fn the_sign_ins_id_token_outlives_every_refresh() {
        let signed_in = Arc::new(session("a", None, 0));
        let tokens = |id_token: Option<&str>| Tokens {
            access: AccessToken::new("b"),
            refresh: None,
            id_token: id_token.map(IdToken::new),
            scope: None,
            lifetime: Millis(1),
        };
        let now = Now { wall: WallTime(5), ..Now::default() };
        assert_eq!(signed_in.signed_in_by(), &IdToken::new("a.b.c"));
        for refreshes in [&[Some("2"), Some("3")][..], &[None, Some("3")], &[Some("2"), None, Some("3")]] {
            let last = refreshes
                .iter()
                .fold(signed_in.clone(), |held, id_token| held.refreshed(tokens(*id_token), now, false));
            assert_eq!((last.signed_in_by(), &last.id_token), (&signed_in.id_token, &IdToken::new("3")));
        }
        assert_eq!(signed_in.refreshed(tokens(None), now, false).sign_in_id_token, None);
    }

    #[test]
    fn other_versions_and_broken_records_are_none() {
        let good = session("a", Some("r".into()), 1).to_text();
        for bad in [
            good.replace("v=1", "v=2"),
            good.replace("v=1", "v=0"),
            good.replace("kind=session", "kind=sessions"),
            good.replace("access_token=a", "access_token="),
            good.replace("generation=1", "generation=-1"),
            good.replace("expires_at=6", "expires_at=4"),
            good.replace("expires_at=6", "expires_at=99999999999999999999"),
            format!("{good}&sid=other"),
            String::new(),
            "{}".into(),
            "kind=signed_out&v=1&sequence=1&reason=odd".into(),
        ] {
            assert_eq!(Record::from_text(&bad), None, "{bad}");
        }
    }

    #[test]
    fn tombstones_survive_storage() {
        for reason in [Reason::Logout, Reason::SessionLost, Reason::SessionMismatch(Check::named("nonce"))] {
            let tombstone = Tombstone { sequence: 7, reason };
            assert_eq!(Record::from_text(&tombstone.to_text()), Some(Record::Ended(tombstone)));
        }
    }

    proptest! {
        #[test]
        fn records_survive_storage(access in "[!-~]{1,40}", refresh in proptest::option::of("[!-~]{1,40}"), generation in 0i64..1000) {
            let held = session(&access, refresh, generation);
            prop_assert_eq!(Record::from_text(&held.to_text()), Some(Record::Active(held.into())));
        }

        #[test]
        fn no_text_panics(text in "(kind=(session|signed_out)&v=1&)?.*") {
            let _ = Record::from_text(&text);
        }
    }
}
