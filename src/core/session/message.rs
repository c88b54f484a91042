//! What siblings, the tabs that hold one session, say to each other. Heard from the same origin alone, and judged like
//! storage: by shape and kind.

use super::super::record::{Reader, Writer};
use super::event::Reason;
use super::record::{GRANT, Grant};

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// "I hold this generation: is there a newer one?"
    Ask {
        /// Which session.
        sid: String,
        /// What the asker holds.
        generation: i64,
    },
    /// "No newer one here", which tells the asker that it is not alone.
    Here {
        /// Which session.
        sid: String,
    },
    /// "This is the newest."
    Tokens(Grant),
    /// "It failed": the siblings wait as long, and know whether the token may be spent.
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
        unsure: bool,
    },
    /// "It is over."
    Out {
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
            Self::Ask { sid, generation } => {
                Writer::new("ask").field("sid", sid).number("generation", *generation).done()
            }
            Self::Here { sid } => Writer::new("here").field("sid", sid).done(),
            Self::Tokens(grant) => grant.to_text(),
            Self::Failing { sid, generation, pause, failures, unsure } => Writer::new("failing")
                .field("sid", sid)
                .number("generation", *generation)
                .number("pause", *pause)
                .number("failures", *failures)
                .number("unsure", (*unsure).into())
                .done(),
            Self::Out { sid, generation, sequence, reason } => {
                let mut record = Writer::new("out");
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
            GRANT => Grant::read(&record).map(Self::Tokens),
            "ask" => Some(Self::Ask { sid: sid()?, generation: record.number("generation")? }),
            "here" => Some(Self::Here { sid: sid()? }),
            "failing" => Some(Self::Failing {
                sid: sid()?,
                generation: record.number("generation")?,
                pause: record.number("pause")?,
                failures: record.number("failures")?,
                unsure: record.number("unsure")? != 0,
            }),
            "out" => Some(Self::Out {
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
    use crate::core::id_token::Check;
    use proptest::prelude::*;

    #[test]
    fn messages_survive_the_channel() {
        for message in [
            Message::Ask { sid: "s".into(), generation: 3 },
            Message::Here { sid: "s".into() },
            Message::Failing { sid: "s".into(), generation: 3, pause: 1500, failures: 2, unsure: true },
            Message::Out { sid: "s".into(), generation: 3, sequence: 4, reason: Reason::SessionLost },
            Message::Out {
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
        fn no_text_panics(text in "(kind=(ask|here|failing|out|session)&v=1&)?.*") {
            let _ = Message::from_text(&text);
        }
    }
}
