//! Requests, as the log has them.

use super::log::Entry;
use super::net::{Fate, What};
use super::world::World;
use intelliauth_spa_sdk::core::protocol::token::TokenOutcome;

impl What {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Refresh(_) => "refresh",
            Self::Code { .. } => "code",
            Self::Revoke(_) => "revoke",
            Self::Metadata => "metadata",
            Self::Keys => "keys",
        }
    }

    /// The refresh token in it.
    pub fn token(&self) -> &str {
        match self {
            Self::Refresh(token) | Self::Revoke(token) => token,
            _ => "",
        }
    }
}

impl Fate {
    pub fn name(self) -> &'static str {
        match self {
            Self::Busy { .. } => "busy",
            Self::Unreadable => "unreadable",
            _ => "",
        }
    }
}

/// What an answer is, for the log.
pub fn name_of(outcome: &TokenOutcome) -> &'static str {
    match outcome {
        TokenOutcome::Tokens(_) => "tokens",
        TokenOutcome::Unusable { .. } => "unusable",
        TokenOutcome::Refused { .. } => "refused",
        TokenOutcome::Indeterminate { error, .. } => error.code.as_str(),
        TokenOutcome::NotSent { .. } => "not_sent",
    }
}

impl World {
    pub fn tell_request(&mut self, number: usize, kind: &'static str, text: &str) {
        self.tell(|world| {
            let request = &world.requests[number];
            let entry = Entry::new(kind).tab(world.docs[request.doc].tab).number(number as u64);
            entry.token(request.what.token()).text(text)
        });
    }

    /// What the provider did.
    pub fn tell_arrival(&mut self, number: usize) {
        self.tell(|world| {
            let request = &world.requests[number];
            let entry = Entry::new("arrived").tab(world.docs[request.doc].tab).number(number as u64);
            match (&request.what, request.issue) {
                (_, Some((family, index))) => entry.token(&format!("at.{family}.{index}")).text("tokens"),
                (What::Refresh(token), None) => {
                    entry.token(token).text(if request.reused { "reuse" } else { "refused" })
                }
                (What::Code { .. }, None) => entry.text("refused"),
                (What::Revoke(token), None) => entry.token(token).text("revoked"),
                _ => entry.text("served"),
            }
        });
    }
}
