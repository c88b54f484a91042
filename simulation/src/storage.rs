//! What tabs can write and read: one storage for the origin, which other tabs may read a moment late, and one per tab.

use super::world::TabId;
use std::collections::BTreeMap;

/// How one of the two kinds of storage fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Health {
    #[default]
    Works,
    /// What needs more room than was made since does not fit.
    Full,
    /// Nothing can be written; what is there can be read and removed.
    WritesFail,
    /// Everything throws.
    Blocked,
}

/// Both kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Healths {
    /// localStorage.
    pub origin: Health,
    /// Every tab's sessionStorage.
    pub tabs: Health,
}

impl Healths {
    pub fn both(health: Health) -> Self {
        Self { origin: health, tabs: health }
    }

    pub fn blocked(self) -> bool {
        self.origin == Health::Blocked || self.tabs == Health::Blocked
    }
}

/// How many octets may still be written while storage is full: what was removed since.
#[derive(Clone, Default)]
struct Room(i64);

impl Room {
    /// Whether `text` fits where `old` was.
    fn takes(&mut self, health: Health, old: Option<&str>, text: &str) -> bool {
        let more = text.len() as i64 - old.map_or(0, |old| old.len() as i64);
        match health {
            Health::Works => {
                self.0 = 0;
                true
            }
            Health::Full if more <= self.0 => {
                self.0 -= more;
                true
            }
            _ => false,
        }
    }
}

#[derive(Clone)]
struct Write {
    by: TabId,
    /// When every tab reads it.
    visible: i64,
    value: Option<String>,
}

/// The origin's storage.
#[derive(Default)]
pub struct Shared {
    entries: BTreeMap<String, Vec<Write>>,
    last_visible: i64,
    room: Room,
}

impl Shared {
    /// Writes, or removes what is there and says that it failed.
    pub fn write(&mut self, health: Health, by: TabId, key: &str, text: &str, visible: i64) -> bool {
        let old = self.read(by, key, i64::MAX, false).map(str::to_owned);
        let fits = self.room.takes(health, old.as_deref(), text);
        if fits {
            self.put(by, key, Some(text.to_owned()), visible);
        } else {
            self.remove(by, key, visible);
        }
        fits
    }

    pub fn remove(&mut self, by: TabId, key: &str, visible: i64) {
        if let Some(old) = self.read(by, key, i64::MAX, false) {
            self.room.0 += old.len() as i64;
            self.put(by, key, None, visible);
        }
    }

    /// Something else than the client wrote it.
    pub fn put(&mut self, by: TabId, key: &str, value: Option<String>, visible: i64) {
        // What is visible is so in the order of writing.
        self.last_visible = self.last_visible.max(visible);
        let writes = self.entries.entry(key.to_owned()).or_default();
        if writes.len() > 8 {
            writes.remove(0);
        }
        writes.push(Write { by, visible: self.last_visible, value });
    }

    /// What `tab` reads at `now`; with `stale`, only what it wrote itself.
    pub fn read(&self, tab: TabId, key: &str, now: i64, stale: bool) -> Option<&str> {
        let mut writes = self.entries.get(key)?.iter().rev();
        writes.find(|write| write.by == tab || (!stale && write.visible <= now))?.value.as_deref()
    }

    pub fn keys(&self, tab: TabId, prefix: &str, now: i64, stale: bool) -> Vec<String> {
        let keys = self.entries.keys().filter(|key| key.starts_with(prefix));
        keys.filter(|key| self.read(tab, key, now, stale).is_some()).cloned().collect()
    }

    pub fn clear(&mut self, now: i64) {
        for key in self.entries.keys().cloned().collect::<Vec<_>>() {
            self.put(usize::MAX, &key, None, now);
        }
    }
}

/// A tab's storage. Duplicating the tab copies it.
#[derive(Clone, Default)]
pub struct Own {
    pub items: BTreeMap<String, String>,
    room: Room,
}

impl Own {
    /// Writes, or removes what is there and says that it failed.
    pub fn write(&mut self, health: Health, key: &str, text: &str) -> bool {
        let fits = self.room.takes(health, self.items.get(key).map(String::as_str), text);
        if fits {
            self.items.insert(key.to_owned(), text.to_owned());
        } else {
            self.remove(key);
        }
        fits
    }

    pub fn remove(&mut self, key: &str) {
        if let Some(old) = self.items.remove(key) {
            self.room.0 += old.len() as i64;
        }
    }
}
