//! What tabs can read and write of storage at a moment, and when it fails.

use super::plan::{Defect, Fault};
use super::storage::{Health, Healths};
use super::world::{STALE, TabId, World};
use intelliauth_spa_sdk::core::base::config::TokenStorage;
use intelliauth_spa_sdk::core::client::runner::Area;
use intelliauth_spa_sdk::core::client::session::io::Stored;

impl World {
    /// Whether reads are never of others' writes.
    pub fn stale(&self) -> bool {
        self.plan.defect == Some(Defect::StaleForever)
    }

    /// Storage fails now.
    pub fn storage_fails(&mut self) {
        self.trouble.storage = self.truth();
        if self.health.blocked() {
            self.trouble.unreadable = self.truth();
        }
    }

    /// Storage fails no more; when that ended is known.
    pub fn storage_works(&mut self) {
        if self.health != Healths::default() {
            self.storage_fails();
        }
        self.health = Healths::default();
    }

    pub fn health_of(&self, area: Area) -> Health {
        match area {
            Area::Tab => self.health.tabs,
            Area::Origin => self.health.origin,
        }
    }

    /// What `tab` reads under `key`.
    pub fn read_key(&self, tab: TabId, area: Area, key: &str) -> Stored {
        if self.health_of(area) == Health::Blocked {
            return Stored::Unreadable;
        }
        let value = match area {
            Area::Tab => self.tabs[tab].own.items.get(key).map(String::as_str),
            Area::Origin => self.shared.read(tab, key, self.now, self.stale()),
        };
        value.map_or(Stored::Empty, |text| Stored::Text(text.to_owned()))
    }

    /// What `tab` reads of the record.
    pub fn reads(&self, tab: TabId) -> Stored {
        match self.plan.keep {
            TokenStorage::Memory => Stored::Empty,
            TokenStorage::Session => self.read_key(tab, Area::Tab, &super::key("session")),
            TokenStorage::Local => self.read_key(tab, Area::Origin, &super::key("session")),
        }
    }

    /// Whether `tab` can read `mark`.
    pub fn marked(&self, tab: TabId, mark: &str) -> bool {
        let key = super::key(&format!("mark.{mark}"));
        [Area::Tab, Area::Origin]
            .iter()
            .any(|area| matches!(self.read_key(tab, *area, &key), Stored::Text(_)))
    }

    /// How late others read what is written now.
    pub fn visible(&mut self) -> i64 {
        let late = self.plan.has(Fault::Stale) && !self.quiet;
        self.now + if late { self.dice.below(STALE) } else { 0 }
    }
}
