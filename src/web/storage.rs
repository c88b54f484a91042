//! Both storages. Each may be blocked, full or cleared at any time, so every access is asked for anew and may fail.

use crate::core::attempts::Attempts;
use crate::core::config::Keep;
use crate::core::encoding::fingerprint;
use crate::core::secret::State;
use crate::core::session::event::{Stored, View};
use crate::core::session::mark::{self, mark_lifetime};
use crate::core::transaction::{self, Transaction};
use gloo_storage::{LocalStorage, SessionStorage, Storage as _};
use wasm_bindgen::prelude::*;
use web_sys::Storage;

use super::navigation::window;

const TRANSACTION: &str = ".tx.";
const MARK: &str = ".mark.";
/// What every client's keys begin with.
const ALL: &str = "intelliauth.";

/// This client's part of storage.
pub struct Shelf {
    namespace: String,
    keep: Keep,
}

/// The tab's storage, or what the browser threw. gloo's `raw()` panics where it is blocked: asked first.
fn tab() -> Result<Storage, JsValue> {
    window().session_storage()?.map(|_| SessionStorage::raw()).ok_or(JsValue::UNDEFINED)
}

/// The origin's storage.
fn origin() -> Option<Storage> {
    let readable = window().local_storage().is_ok_and(|storage| storage.is_some());
    readable.then(LocalStorage::raw)
}

impl Shelf {
    /// A shelf under `namespace`.
    pub fn new(namespace: String, keep: Keep) -> Self {
        Self { namespace, keep }
    }

    /// Where the session's record is, for the listener of storage events.
    pub fn session_key(&self) -> String {
        [&self.namespace, ".session"].concat()
    }

    fn transaction_key(&self, state: &State) -> String {
        [&self.namespace, TRANSACTION, state.expose()].concat()
    }

    fn mark_prefix(&self) -> String {
        [&self.namespace, MARK].concat()
    }

    fn slot(&self) -> Option<Storage> {
        match self.keep {
            Keep::Local => origin(),
            _ => tab().ok(),
        }
    }

    /// Writes the session's record; `false` where storage is blocked or full. Nothing older is left behind.
    pub fn store(&self, text: &str) -> bool {
        let Some(slot) = self.slot() else { return false };
        let key = self.session_key();
        let written = slot.set_item(&key, text).is_ok();
        if !written {
            let _ = slot.remove_item(&key);
        }
        written
    }

    /// Remembers a sign-in, making room first; what the browser threw where the tab cannot.
    pub fn open(&self, transaction: &Transaction, now: i64) -> Result<(), JsValue> {
        let tab = tab()?;
        for key in transaction::sweep(&entries(&tab, &[&self.namespace, TRANSACTION].concat()), now) {
            let _ = tab.remove_item(&key);
        }
        tab.set_item(&self.transaction_key(&transaction.state), &transaction.to_text())
    }

    /// Forgets a sign-in.
    pub fn close(&self, state: &State) {
        if let Ok(tab) = tab() {
            let _ = tab.remove_item(&self.transaction_key(state));
        }
    }

    /// Whether this tab has a sign-in of this client open.
    pub fn has_transaction(&self, now: i64) -> bool {
        let Ok(tab) = tab() else { return false };
        let stored = entries(&tab, &[&self.namespace, TRANSACTION].concat());
        let over = transaction::sweep(&stored, now);
        stored.iter().any(|(key, _)| !over.contains(key))
    }

    /// Whether `state` is or was another client's in this tab.
    pub fn is_of_another_client(&self, state: &State) -> bool {
        let Ok(tab) = tab() else { return false };
        let transaction = [TRANSACTION, state.expose()].concat();
        let mark = [MARK, &fingerprint(state.expose())].concat();
        entries(&tab, ALL).iter().any(|(key, _)| {
            !key.starts_with(&self.namespace) && (key.ends_with(&transaction) || key.ends_with(&mark))
        })
    }

    fn attempts_key(&self) -> String {
        [&self.namespace, ".attempts"].concat()
    }

    /// The sign-ins that this tab started lately.
    pub fn attempts(&self) -> Attempts {
        let text = tab().ok().and_then(|tab| tab.get_item(&self.attempts_key()).ok()?);
        Attempts::from_text(text.as_deref())
    }

    /// Keeps them.
    pub fn keep_attempts(&self, attempts: &Attempts) {
        if let Ok(tab) = tab() {
            let _ = match attempts.to_text() {
                Some(text) => tab.set_item(&self.attempts_key(), &text),
                None => tab.remove_item(&self.attempts_key()),
            };
        }
    }

    /// Leaves a mark for every tab, and in this one in case that the origin's storage is blocked or full. Old ones are
    /// removed.
    pub fn mark(&self, mark: &str, now: i64) {
        let (key, until) = (self.mark_prefix() + mark, (now + mark_lifetime(mark)).to_string());
        for storage in [origin(), tab().ok()].into_iter().flatten() {
            let (old, oldest) = mark::sweep(entries(&storage, &self.mark_prefix()), now);
            for key in old {
                let _ = storage.remove_item(&key);
            }
            if storage.set_item(&key, &until).is_err()
                && let Some(oldest) = oldest
            {
                let _ = storage.remove_item(&oldest);
                let _ = storage.set_item(&key, &until);
            }
        }
    }
}

impl View for Shelf {
    fn session(&self) -> Stored {
        if self.keep == Keep::Memory {
            return Stored::Empty;
        }
        match self.slot().map(|slot| slot.get_item(&self.session_key())) {
            Some(Ok(Some(text))) => Stored::Text(text),
            Some(Ok(None)) => Stored::Empty,
            _ => Stored::Unreadable,
        }
    }

    fn transaction(&self, state: &State) -> Option<String> {
        tab().ok()?.get_item(&self.transaction_key(state)).ok()?
    }

    fn marked(&self, mark: &str) -> bool {
        let key = self.mark_prefix() + mark;
        [origin(), tab().ok()]
            .into_iter()
            .flatten()
            .any(|storage| matches!(storage.get_item(&key), Ok(Some(_))))
    }
}

fn entries(storage: &Storage, prefix: &str) -> Vec<(String, String)> {
    let count = storage.length().unwrap_or(0);
    (0..count)
        .filter_map(|at| storage.key(at).ok()?)
        .filter(|key| key.starts_with(prefix))
        .filter_map(|key| Some((key.clone(), storage.get_item(&key).ok()??)))
        .collect()
}
