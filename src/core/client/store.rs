//! The client's keys in storage, and what is kept under them. One prefix holds all of one client.

use super::attempts::Attempts;
use super::marks::{self, mark_lifetime};
use super::runner::{Actions, Area, Environment, Report};
use super::session::io::Stored;
use crate::core::base::clock::WallTime;
use crate::core::base::config::TokenStorage;
use crate::core::base::encoding::fingerprint;
use crate::core::base::secret::State;
use crate::core::base::text::{concat, decimal};
use crate::core::protocol::transaction::{Transaction, sweep};

/// What every client's keys begin with.
const ALL: &str = "intelliauth.";
const TRANSACTION: &str = ".tx.";
const MARK: &str = ".mark.";

/// One client's part of storage, during one input.
pub struct Store<'a> {
    /// The prefix of every key.
    pub namespace: &'a str,
    /// Where the session's record is.
    pub token_storage: TokenStorage,
    /// What can be read.
    pub env: &'a dyn Environment,
}

impl Store<'_> {
    fn key(&self, parts: [&str; 2]) -> String {
        concat(&[self.namespace, parts[0], parts[1]])
    }

    /// The session's record.
    pub fn session_key(&self) -> String {
        self.key([".session", ""])
    }

    /// Where that is kept; `None` for memory alone.
    pub fn session_area(&self) -> Option<Area> {
        match self.token_storage {
            TokenStorage::Memory => None,
            TokenStorage::Session => Some(Area::Tab),
            TokenStorage::Local => Some(Area::Origin),
        }
    }

    /// Removes tokens that an earlier version of the app kept by another `tokenStorage`. Where this storage has none,
    /// they are moved here.
    pub fn move_session(&self, actions: &dyn Actions) {
        let key = self.session_key();
        for area in [Area::Tab, Area::Origin] {
            if self.session_area() != Some(area)
                && let Some(text) = self.text(area, &key)
            {
                if let Some(own) = self.session_area()
                    && self.env.read(own, &key) == Stored::Empty
                {
                    actions.write(own, &key, &text, Report::Never);
                }
                actions.remove(area, &key);
            }
        }
    }

    /// A sign-in under way.
    pub fn transaction_key(&self, state: &State) -> String {
        self.key([TRANSACTION, state.expose()])
    }

    fn text(&self, area: Area, key: &str) -> Option<String> {
        match self.env.read(area, key) {
            Stored::Text(text) => Some(text),
            _ => None,
        }
    }

    fn entries(&self, area: Area, kind: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for key in self.env.keys(area, &self.key([kind, ""])) {
            if let Some(text) = self.text(area, &key) {
                found.push((key, text));
            }
        }
        found
    }

    /// Keys and texts of the stored transactions.
    pub fn transactions(&self) -> Vec<(String, String)> {
        self.entries(Area::Tab, TRANSACTION)
    }

    /// Whether this tab has a sign-in of this client open.
    pub fn has_transaction(&self, now: WallTime) -> bool {
        let stored = self.transactions();
        let over = sweep(&stored, now);
        stored.iter().any(|(key, _)| !over.contains(key))
    }

    /// Remembers a sign-in, making room first.
    pub fn open(&self, transaction: &Transaction, now: WallTime, actions: &dyn Actions) {
        for key in &sweep(&self.transactions(), now) {
            actions.remove(Area::Tab, key);
        }
        let key = self.transaction_key(&transaction.state);
        actions.write(Area::Tab, &key, &transaction.to_text(), Report::Always);
    }

    /// Whether `state` is or was another client's in this tab.
    pub fn is_of_another_client(&self, state: &State) -> bool {
        let transaction = concat(&[TRANSACTION, state.expose()]);
        let mark = concat(&[MARK, &fingerprint(state.expose())]);
        self.env.keys(Area::Tab, ALL).iter().any(|key| {
            !key.starts_with(self.namespace) && (key.ends_with(&transaction) || key.ends_with(&mark))
        })
    }

    /// Writes `mark` for every tab, and for this tab too in case localStorage is blocked or full. Old marks are
    /// removed.
    pub fn mark(&self, mark: &str, now: WallTime, actions: &dyn Actions) {
        let until = decimal((now + mark_lifetime(mark)).0);
        for area in [Area::Origin, Area::Tab] {
            for key in &marks::sweep(&self.entries(area, MARK), now).0 {
                actions.remove(area, key);
            }
            actions.write(area, &self.key([MARK, mark]), &until, Report::Failure);
        }
    }

    /// Whether `key` is a mark's.
    pub fn is_mark(&self, key: &str) -> bool {
        key.starts_with(&self.key([MARK, ""]))
    }

    /// A mark could not be written: the oldest makes room.
    pub fn make_room(&self, area: Area, key: &str, now: WallTime, actions: &dyn Actions) {
        if let Some(oldest) = marks::sweep(&self.entries(area, MARK), now).1 {
            let mark = key.get(self.key([MARK, ""]).len()..).unwrap_or_default();
            actions.remove(area, &oldest);
            actions.write(area, key, &decimal((now + mark_lifetime(mark)).0), Report::Never);
        }
    }

    fn attempts_key(&self) -> String {
        self.key([".attempts", ""])
    }

    /// The sign-ins that this tab started lately.
    pub fn attempts(&self) -> Attempts {
        Attempts::from_text(self.text(Area::Tab, &self.attempts_key()).as_deref())
    }

    /// Keeps them.
    pub fn keep_attempts(&self, attempts: &Attempts, actions: &dyn Actions) {
        match attempts.to_text() {
            Some(text) => actions.write(Area::Tab, &self.attempts_key(), &text, Report::Never),
            None => actions.remove(Area::Tab, &self.attempts_key()),
        }
    }

    /// The `state` of a sign-out that is under way at the provider.
    pub fn sign_out_key(&self) -> String {
        self.key([".sign_out", ""])
    }

    /// What is kept there.
    pub fn sign_out_state(&self) -> Option<String> {
        self.text(Area::Tab, &self.sign_out_key())
    }
}

impl Store<'_> {
    /// The stored transaction of `state`, as text.
    pub fn transaction_text(&self, state: &State) -> Option<String> {
        self.text(Area::Tab, &self.transaction_key(state))
    }

    /// The session's record.
    pub fn session(&self) -> Stored {
        let Some(area) = self.session_area() else { return Stored::Empty };
        match self.env.read(area, &self.session_key()) {
            // Before `move_session` has moved it.
            Stored::Empty => match self.env.read(area.other(), &self.session_key()) {
                Stored::Text(text) => Stored::Text(text),
                _ => Stored::Empty,
            },
            stored => stored,
        }
    }

    /// Whether any tab of this origin left `mark`.
    pub fn is_marked(&self, mark: &str) -> bool {
        let key = self.key([MARK, mark]);
        self.text(Area::Origin, &key).is_some() || self.text(Area::Tab, &key).is_some()
    }
}
