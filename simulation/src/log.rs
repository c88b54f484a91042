//! What happens in a world, one entry each, to be drawn. A world without a log makes none.

use super::world::{TabId, World};
use intelliauth_spa_sdk::core::client::session::message::Message;
use std::collections::VecDeque;

/// How many entries are kept: the last ones.
const MOST: usize = 6_000;

/// One thing that happened.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// How many jobs of the world's queue were done by then.
    pub tick: u64,
    /// Milliseconds since the world began, the machine's sleep left out.
    pub at: i64,
    pub kind: &'static str,
    pub tab: Option<TabId>,
    /// The tab at the other end of a message.
    pub other: Option<TabId>,
    /// Of a message or a request: what was sent and what arrives share it.
    pub number: Option<u64>,
    /// The tokens that it is about, by session and refresh: `A0` are the first ones of the first sign-in.
    pub token: Option<String>,
    pub text: String,
}

impl Entry {
    pub fn new(kind: &'static str) -> Self {
        Self { kind, ..Self::default() }
    }

    pub fn tab(mut self, tab: TabId) -> Self {
        self.tab = Some(tab);
        self
    }

    pub fn other(mut self, tab: TabId) -> Self {
        self.other = Some(tab);
        self
    }

    pub fn number(mut self, number: u64) -> Self {
        self.number = Some(number);
        self
    }

    /// The tokens that `name` is one of: `at.0.3` is one of `A3`.
    pub fn token(mut self, name: &str) -> Self {
        let (family, index) = super::platform::numbers(name);
        if index != usize::MAX {
            let letter = char::from(b'A' + (family % 26) as u8);
            self.token = Some(format!("{letter}{index}"));
        }
        self
    }

    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }

    /// As a JSON object.
    pub fn to_json(&self) -> String {
        let mut json = format!(r#"{{"tick":{},"at":{},"kind":"{}""#, self.tick, self.at, self.kind);
        for (name, value) in [("tab", self.tab), ("other", self.other)] {
            if let Some(value) = value {
                json += &format!(r#","{name}":{value}"#);
            }
        }
        if let Some(number) = self.number {
            json += &format!(r#","number":{number}"#);
        }
        if let Some(token) = &self.token {
            json += &format!(r#","token":"{token}""#);
        }
        if !self.text.is_empty() {
            json += &format!(r#","text":{}"#, quoted(&self.text));
        }
        json + "}"
    }
}

/// As a JSON string.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            control if control < ' ' => out += &format!("\\u{:04x}", control as u32),
            other => out.push(other),
        }
    }
    out + "\""
}

/// The entries, and a digest of all there were.
#[derive(Default)]
pub struct Log {
    pub entries: VecDeque<Entry>,
    /// How many were dropped.
    pub dropped: usize,
    digest: u64,
}

impl Log {
    pub fn push(&mut self, entry: Entry) {
        for byte in entry.to_json().bytes() {
            // FNV-1a: the same on every machine.
            self.digest = (self.digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        if self.entries.len() == MOST {
            self.entries.pop_front();
            self.dropped += 1;
        }
        self.entries.push_back(entry);
    }

    pub fn digest(&self) -> String {
        format!("{:016x}", self.digest)
    }
}

impl World {
    /// Logs what happened, if the world has a log.
    pub fn tell(&mut self, entry: impl FnOnce(&Self) -> Entry) {
        if self.log.is_none() {
            return;
        }
        let mut entry = entry(self);
        (entry.tick, entry.at) = (self.ticks, self.now);
        if let Some(log) = &mut self.log {
            log.push(entry);
        }
    }
}

/// What a message is, and the access token that it is about.
pub fn message(message: &Message) -> (&'static str, Option<String>) {
    match message {
        Message::Query { .. } => ("query", None),
        Message::Present { .. } => ("present", None),
        Message::Tokens(record) => ("tokens", Some(record.access.expose().to_owned())),
        Message::Left { .. } => ("left", None),
        Message::Failing(_) => ("failing", None),
        Message::Ended { .. } => ("ended", None),
    }
}

/// The access token of a stored record.
pub fn stored_token(text: &str) -> Option<&str> {
    text.split('&').find_map(|pair| pair.strip_prefix("access_token="))
}

/// What a key is for: `session`, `tx`, `mark`, …
pub fn purpose(key: &str) -> &str {
    key.split('.').nth(2).unwrap_or(key)
}
