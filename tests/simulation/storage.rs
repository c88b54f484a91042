//! What tabs can write and read: one storage for the origin, which other tabs may read a moment late, and one per tab.

use super::world::TabId;
use std::collections::BTreeMap;

/// How one of the two kinds of storage fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Health {
    #[default]
    Works,
    /// What is longer than what it replaces does not fit.
    Full,
    /// Nothing can be written; what is there can be read and removed.
    WritesFail,
    /// Everything throws.
    Blocked,
}

impl Health {
    /// Whether an entry of `before` characters can become one of `after`.
    pub fn takes(self, before: usize, after: usize) -> bool {
        match self {
            Self::Works => true,
            Self::Full => after <= before,
            Self::WritesFail | Self::Blocked => false,
        }
    }
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

/// The marks in one storage: who left each, when every tab reads it, and until when it is kept.
#[derive(Clone, Default)]
pub struct Marks(BTreeMap<String, (TabId, i64, i64)>);

impl Marks {
    /// As `web/storage.rs` does: where there is no room, the oldest mark makes it.
    pub fn leave(&mut self, health: Health, by: TabId, mark: String, visible: i64, until: i64) {
        if health == Health::Blocked {
            return;
        }
        let mut room = health == Health::Works || (health == Health::Full && self.0.contains_key(&mark));
        if !room && let Some(oldest) = self.0.iter().min_by_key(|(_, (_, _, until))| *until) {
            let oldest = oldest.0.clone();
            self.0.remove(&oldest);
            room = health == Health::Full;
        }
        if room {
            self.0.entry(mark).or_insert((by, visible, until)).2 = until;
        }
    }

    pub fn read(&self, tab: TabId, mark: &str, now: i64, stale: bool) -> bool {
        self.0.get(mark).is_some_and(|(by, visible, _)| *by == tab || (!stale && *visible <= now))
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
    record: Vec<Write>,
    pub marks: Marks,
}

impl Shared {
    pub fn write(&mut self, by: TabId, value: Option<String>, visible: i64) {
        // What is visible is so in the order of writing.
        let visible = self.record.last().map_or(visible, |last| last.visible.max(visible));
        if self.record.len() > 8 {
            self.record.remove(0);
        }
        self.record.push(Write { by, visible, value });
    }

    /// What `tab` reads at `now`; with `stale`, only what it wrote itself.
    pub fn read(&self, tab: TabId, now: i64, stale: bool) -> Option<&str> {
        let mut writes = self.record.iter().rev();
        writes.find(|write| write.by == tab || (!stale && write.visible <= now))?.value.as_deref()
    }

    /// How long the newest record is.
    pub fn size(&self) -> usize {
        self.record.last().and_then(|write| write.value.as_deref()).map_or(0, str::len)
    }

    pub fn clear(&mut self, now: i64) {
        self.write(usize::MAX, None, now);
        self.marks = Marks::default();
    }
}

/// A tab's storage. Duplicating the tab copies it.
#[derive(Clone, Default)]
pub struct Own {
    pub record: Option<String>,
    pub transactions: BTreeMap<String, String>,
    pub marks: Marks,
}
