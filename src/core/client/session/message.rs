//! What peers, the tabs that hold one session, say to each other. Heard from the same origin alone, and judged like
//! storage: by shape and kind.

use super::session_record::{GRANT, SessionRecord};
use crate::core::base::fields::{Reader, Writer};
use crate::core::client::session::reason::Reason;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// "I hold this generation: is there a newer one?"
    Query {
        /// Which session.
        sid: String,
        /// What the asker holds.
        generation: i64,
    },
    /// "No newer one here", which tells the asker that it is not alone.
    Present {
        /// Which session.
        sid: String,
    },
    /// "This is the newest."
    Tokens(SessionRecord),
    /// "It failed": the peers wait as long, and know whether the token may be spent.
    Failing {
        /// Which session.
        sid: String,
        /// Which tokens.
        generation: i64,
        /// Milliseconds to wait from now.
        pause: i64,
        /// How many failures in a row.
        failures: i64,
        /// Whether the refresh token may be spent.
        refresh_pending: bool,
    },
    /// "It is over."
    Ended {
        /// Which session.
        sid: String,
        /// The newest tokens that it is over for.
        generation: i64,
        /// Its place among sign-ins and sign-outs.
        sequence: i64,
        /// Why.
        reason: Reason,
    },
}

impl Message {
    /// As it is sent.
    pub fn to_text(&self) -> String {
        match self {
            Self::Query { sid, generation } => {
                Writer::new("query").field("sid", sid).number("generation", *generation).done()
            }
            Self::Present { sid } => Writer::new("present").field("sid", sid).done(),
            Self::Tokens(grant) => grant.to_text(),
            Self::Failing { sid, generation, pause, failures, refresh_pending } => Writer::new("failing")
                .field("sid", sid)
                .number("generation", *generation)
                .number("pause", *pause)
                .number("failures", *failures)
                .number("refresh_pending", (*refresh_pending).into())
                .done(),
            Self::Ended { sid, generation, sequence, reason } => {
                let mut record = Writer::new("ended");
                record.field("sid", sid).number("generation", *generation).number("sequence", *sequence);
                reason.write(&mut record).done()
            }
        }
    }

    /// Reads one; `None` for anything else.
    pub fn from_text(text: &str) -> Option<Self> {
        let record = Reader::any(text)?;
        let sid = || record.text("sid").map(str::to_owned);
        match record.kind() {
            GRANT => SessionRecord::read(&record).map(Self::Tokens),
            "query" => Some(Self::Query { sid: sid()?, generation: record.number("generation")? }),
            "present" => Some(Self::Present { sid: sid()? }),
            "failing" => Some(Self::Failing {
                sid: sid()?,
                generation: record.number("generation")?,
                pause: record.number("pause")?,
                failures: record.number("failures")?,
                refresh_pending: record.number("refresh_pending")? != 0,
            }),
            "ended" => Some(Self::Ended {
                sid: sid()?,
                generation: record.number("generation")?,
                sequence: record.number("sequence")?,
                reason: Reason::read(&record)?,
            }),
            _ => None,
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::core::protocol::id_token::Check;
    use proptest::prelude::*;

    #[test]
    fn messages_survive_the_channel() {
        for message in [
            Message::Query { sid: "s".into(), generation: 3 },
            Message::Present { sid: "s".into() },
            Message::Failing {
                sid: "s".into(),
                generation: 3,
                pause: 1500,
                failures: 2,
                refresh_pending: true,
            },
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
