//! What tabs can write and read: one shelf for the origin, which other tabs may read a moment late, and one per tab.

use super::world::TabId;
use std::collections::BTreeMap;

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
    marks: BTreeMap<String, (TabId, i64)>,
    pub blocked: bool,
    pub full: bool,
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

    pub fn mark(&mut self, by: TabId, mark: String, visible: i64) {
        self.marks.entry(mark).or_insert((by, visible));
    }

    pub fn marked(&self, tab: TabId, mark: &str, now: i64, stale: bool) -> bool {
        self.marks.get(mark).is_some_and(|(by, visible)| *by == tab || (!stale && *visible <= now))
    }

    pub fn clear(&mut self, now: i64) {
        self.write(usize::MAX, None, now);
        self.marks.clear();
    }
}

/// A tab's storage. Duplicating the tab copies it.
#[derive(Clone, Default)]
pub struct Own {
    pub record: Option<String>,
    pub transactions: BTreeMap<String, String>,
}
