//! Pages: how they begin, end, freeze and thaw.

use super::log::Entry;
use super::world::{Doc, DocId, DocOracle, Input, Seen, TabId, World, note};
use intelliauth_spa_sdk::core::client::Client;
use intelliauth_spa_sdk::core::client::runner::{Channel, Input as ClientInput};
#[cfg(not(target_arch = "wasm32"))]
use intelliauth_spa_sdk::native::{engine, record::Recording};
#[cfg(target_arch = "wasm32")]
use intelliauth_spa_sdk::web::json::engine;
use std::collections::{BTreeMap, VecDeque};

impl World {
    /// A new page in `tab`, at a callback's address or not.
    pub fn load(&mut self, tab: TabId, url: Option<String>) -> DocId {
        if let Some(old) = self.tabs[tab].active {
            self.kill(old, "left");
        }
        let id = self.docs.len();
        let seed = self.dice.below(i64::MAX) as u64;
        let config = super::config(&self.plan);
        self.docs.push(Doc {
            tab,
            #[cfg(not(target_arch = "wasm32"))]
            recording: self.records.then(|| Recording::new(&config, seed)),
            client: Some(Client::new(engine, config, seed)),
            address: url.clone().unwrap_or_else(|| "https://app.example/".into()),
            created: self.now - 100,
            open: true,
            frozen: None,
            frozen_for: 0,
            throttled: false,
            channel: Channel::Closed,
            lease: None,
            backlog: Vec::new(),
            timer: 0,
            seen: Seen::Loading,
            before: Seen::Loading,
            version: 0,
            calls: BTreeMap::new(),
            next_call: 0,
            unlocked: None,
            oracle: DocOracle::default(),
            probe: None,
        });
        self.tabs[tab].active = Some(id);
        self.tell(|_| Entry::new("load").tab(tab).text(if url.is_some() { "callback" } else { "" }));
        note!(self, "tab {tab} loads doc {id}{}", if url.is_some() { " at a callback" } else { "" });
        let expected = self.restorable(tab);
        self.step(id, ClientInput::Start);
        self.check_restored(id, expected);
        if let Some(url) = url {
            self.callback(id, &url);
            // StrictMode runs effects twice.
            if self.dice.percent(30) {
                self.callback(id, &url);
            }
        }
        let pause = self.dice.below(2_000);
        self.to(pause, id, Input::App);
        id
    }

    /// A page is gone, and its locks with it. What it sent may still arrive.
    pub fn kill(&mut self, id: DocId, why: &str) {
        if !self.docs[id].open {
            return;
        }
        note!(self, "doc {id} is gone: {why}");
        self.tell(|world| Entry::new("gone").tab(world.docs[id].tab).text(why));
        let doc = &mut self.docs[id];
        doc.open = false;
        doc.client = None;
        doc.backlog.clear();
        let tab = &mut self.tabs[doc.tab];
        for slot in [&mut tab.active, &mut tab.cached] {
            if *slot == Some(id) {
                *slot = None;
            }
        }
        self.abandon_requests(id);
        let next = self.locks.gone(id, self.now);
        self.hand_over(next);
    }

    pub fn freeze(&mut self, id: DocId) {
        let doc = &mut self.docs[id];
        if doc.open && doc.frozen.is_none() {
            doc.frozen = Some(self.now);
            note!(self, "doc {id} freezes");
            self.tell(|world| Entry::new("frozen").tab(world.docs[id].tab));
        }
    }

    /// Messages come first, then the rest, in an order that only each source keeps.
    pub fn thaw(&mut self, id: DocId) {
        let from_cache = self.docs[id].channel == Channel::Closed;
        let doc = &mut self.docs[id];
        let Some(since) = doc.frozen.take().filter(|_| doc.open) else { return };
        doc.frozen_for += self.now - since;
        let backlog = std::mem::take(&mut doc.backlog);
        note!(self, "doc {id} thaws");
        self.tell(|world| Entry::new("thawed").tab(world.docs[id].tab));
        let (messages, rest): (Vec<_>, Vec<_>) =
            backlog.into_iter().partition(|input| matches!(input, Input::Message(..)));
        let mut sources: [VecDeque<Input>; 3] = Default::default();
        for input in rest {
            let source = match &input {
                Input::Granted(_) | Input::Stolen(_) | Input::Unavailable(_) | Input::Holder(..) => 0,
                Input::Answer(_) | Input::Verified(_) => 1,
                _ => 2,
            };
            sources[source].push_back(input);
        }
        for message in messages {
            self.reach_doc(id, message);
        }
        while sources.iter().any(|source| !source.is_empty()) {
            let source = self.dice.below(3) as usize;
            if let Some(input) = sources[source].pop_front() {
                self.reach_doc(id, input);
            }
        }
        self.to(0, id, if from_cache { Input::Shown } else { Input::Look });
    }

    /// How many tabs are open, those at the platform included.
    pub fn open_tabs(&self) -> usize {
        self.tabs.iter().filter(|tab| tab.active.is_some() || tab.away).count()
    }

    pub fn open_docs(&self) -> Vec<DocId> {
        (0..self.docs.len()).filter(|id| self.docs[*id].open).collect()
    }

    /// The documents that run now.
    pub fn running(&self) -> Vec<DocId> {
        (0..self.docs.len()).filter(|id| self.docs[*id].open && self.docs[*id].frozen.is_none()).collect()
    }

    /// What a page's session has become, if that is new.
    pub fn tell_state(&mut self, id: DocId) {
        if self.log.is_none() || self.docs[id].before == self.docs[id].seen {
            return;
        }
        self.tell(|world| {
            let doc = &world.docs[id];
            let entry = Entry::new("state").tab(doc.tab);
            match &doc.seen {
                Seen::Loading => entry.text("loading"),
                Seen::Out(reason) => entry.text(reason.as_str()),
                Seen::In { access, failing, .. } => {
                    entry.token(access).text(if *failing { "failing" } else { "in" })
                }
            }
        });
    }
}
