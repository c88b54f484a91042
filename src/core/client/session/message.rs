//! What peers, the tabs that hold one session, say to each other. A message is heard from the same origin alone, and
//! judged like a stored record: by its shape and kind.

use super::reason::Reason;
use super::session_record::{SESSION, SessionRecord};
use crate::core::base::clock::{Millis, WallTime};
use crate::core::base::error::ErrorCode;
use crate::core::base::fields::{Reader, Writer};
use std::sync::Arc;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// "I hold this generation: is there a newer one?"
    Query {
        /// Which session.
        sid: String,
        /// What the sender holds.
        generation: i64,
        /// When that was asked for.
        issued_at: WallTime,
    },
    /// "I hold this one." A peer that holds an older one asks for it.
    Present {
        /// Which session.
        sid: String,
        /// What the sender holds.
        generation: i64,
        /// When that was asked for.
        issued_at: WallTime,
    },
    /// "This is the newest."
    Tokens(Arc<SessionRecord>),
    /// "I am going."
    Left {
        /// Which session.
        sid: String,
    },
    /// "My refresh failed": the peers wait as long.
    Failing(Failing),
    /// "The session has ended."
    Ended {
        /// Which session.
        sid: String,
        /// The newest tokens that the sender held.
        generation: i64,
        /// Its place among sign-ins and sign-outs.
        sequence: i64,
        /// Why.
        reason: Reason,
    },
}

/// See [`Message::Failing`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// Which session.
    pub sid: String,
    /// Which tokens.
    pub generation: i64,
    /// How long to wait from now.
    pub pause: Millis,
    /// How many failures in a row.
    pub failures: u32,
    /// Whether the refresh token may be spent.
    pub refresh_pending: bool,
    /// What went wrong.
    pub code: ErrorCode,
}

impl Message {
    /// Which session it is about.
    pub fn sid(&self) -> &str {
        match self {
            Self::Query { sid, .. }
            | Self::Present { sid, .. }
            | Self::Left { sid }
            | Self::Ended { sid, .. } => sid,
            Self::Failing(failing) => &failing.sid,
            Self::Tokens(record) => &record.sid,
        }
    }

    /// As it is sent.
    pub fn to_text(&self) -> String {
        let (kind, generation) = match self {
            Self::Tokens(record) => return record.to_text(),
            Self::Left { sid } => return Writer::new(LEFT).field("sid", sid).done(),
            Self::Query { generation, .. } => (QUERY, generation),
            Self::Present { generation, .. } => (PRESENT, generation),
            Self::Failing(failing) => (FAILING, &failing.generation),
            Self::Ended { generation, .. } => (ENDED, generation),
        };
        let mut record = Writer::new(kind);
        record.field("sid", self.sid()).number("generation", *generation);
        match self {
            Self::Failing(failing) => {
                record
                    .number("pause", failing.pause.0)
                    .number("failures", failing.failures.into())
                    .number("refresh_pending", failing.refresh_pending.into())
                    .field("code", failing.code.as_str());
            }
            Self::Ended { sequence, reason, .. } => {
                reason.write(record.number("sequence", *sequence));
            }
            Self::Query { issued_at, .. } | Self::Present { issued_at, .. } => {
                record.number("issued_at", issued_at.0);
            }
            Self::Tokens(_) | Self::Left { .. } => {}
        }
        record.done()
    }

    /// Reads one; `None` for anything else.
    pub fn from_text(text: &str) -> Option<Self> {
        let record = Reader::any(text)?;
        if record.kind() == SESSION {
            return SessionRecord::read(&record).map(Self::Tokens);
        }
        let reason = Reason::read(&record);
        let sid = record.must("sid").to_owned();
        let count = |name| record.must_number(name);
        let message = match record.kind() {
            LEFT => Self::Left { sid },
            QUERY => {
                Self::Query { sid, generation: count("generation"), issued_at: WallTime(count("issued_at")) }
            }
            PRESENT => Self::Present {
                sid,
                generation: count("generation"),
                issued_at: WallTime(count("issued_at")),
            },
            FAILING => Self::Failing(Failing {
                sid,
                generation: count("generation"),
                pause: Millis(count("pause")),
                failures: count("failures").clamp(1, 1000) as u32,
                refresh_pending: count("refresh_pending") != 0,
                // Another version of this SDK may know more codes.
                code: ErrorCode::named(record.must("code")).unwrap_or(ErrorCode::PlatformUnavailable),
            }),
            ENDED => Self::Ended {
                sid,
                generation: count("generation"),
                sequence: count("sequence"),
                reason: reason?,
            },
            _ => return None,
        };
        record.whole(message, true)
    }
}

const QUERY: &str = "query";
const PRESENT: &str = "present";
const LEFT: &str = "left";
const FAILING: &str = "failing";
const ENDED: &str = "ended";

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::core::protocol::id_token::Check;
    use proptest::prelude::*;

    #[test]
    fn messages_survive_the_channel() {
        for message in [
            Message::Query { sid: "s".into(), generation: 3, issued_at: WallTime(5) },
            Message::Present { sid: "s".into(), generation: 3, issued_at: WallTime(5) },
            Message::Left { sid: "s".into() },
            Message::Failing(Failing {
                sid: "s".into(),
                generation: 3,
                pause: Millis(1500),
                failures: 2,
                refresh_pending: true,
                code: ErrorCode::RateLimited,
            }),
            Message::Ended { sid: "s".into(), generation: 3, sequence: 4, reason: Reason::SessionLost },
            Message::Ended {
                sid: "s".into(),
                generation: 3,
                sequence: 4,
                reason: Reason::SessionMismatch(Check::named("sub")),
            },
        ] {
            assert_eq!(Message::from_text(&message.to_text()), Some(message));
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(kind=(query|present|failing|ended|session)&v=1&)?.*") {
            let _ = Message::from_text(&text);
        }
    }
}
