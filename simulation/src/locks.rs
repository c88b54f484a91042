//! Locks by name, first come first served, as the browser keeps them for all tabs.

use super::world::DocId;
use intelliauth_spa_sdk::core::client::session::io::Ticket;
use std::collections::{BTreeMap, VecDeque};

/// Who asks: a document and its ticket.
pub type Asker = (DocId, Ticket);

#[derive(Default)]
struct State {
    holder: Option<(Asker, i64)>,
    queue: VecDeque<Asker>,
}

#[derive(Default)]
pub struct Locks {
    states: BTreeMap<String, State>,
    names: BTreeMap<(DocId, u32), (String, Ticket)>,
}

impl Locks {
    /// Queues, or takes it if it is free. With `at_once` it does not queue; then `false` says that it is taken.
    pub fn ask(&mut self, asker: Asker, name: &str, at_once: bool, now: i64) -> bool {
        let state = self.states.entry(name.to_owned()).or_default();
        let free = state.holder.is_none() && state.queue.is_empty();
        if free {
            state.holder = Some((asker, now));
        } else if !at_once {
            state.queue.push_back(asker);
        }
        if free || !at_once {
            self.names.insert((asker.0, asker.1.number), (name.to_owned(), asker.1));
        }
        free
    }

    pub fn name(&self, asker: Asker) -> Option<&String> {
        self.names.get(&(asker.0, asker.1.number)).map(|(name, _)| name)
    }

    /// Who holds what `asker` asked for, and since when.
    pub fn holder(&self, asker: Asker) -> Option<(Asker, i64)> {
        self.states.get(self.name(asker)?)?.holder
    }

    pub fn holds(&self, asker: Asker) -> bool {
        self.holder(asker).is_some_and(|(holder, _)| holder == asker)
    }

    /// Whether `doc` holds any lock.
    pub fn holds_any(&self, doc: DocId) -> bool {
        self.held().any(|(_, (holder, _), _)| holder == doc)
    }

    /// Lets go or stops asking. Answers with who holds it now, if that is new.
    pub fn release(&mut self, asker: Asker, now: i64) -> Option<Asker> {
        let (name, _) = self.names.remove(&(asker.0, asker.1.number))?;
        let state = self.states.get_mut(&name)?;
        state.queue.retain(|waiting| *waiting != asker);
        if state.holder.is_none_or(|(holder, _)| holder != asker) {
            return None;
        }
        state.holder = state.queue.pop_front().map(|next| (next, now));
        let next = state.holder.map(|(next, _)| next);
        if next.is_none() {
            self.states.remove(&name);
        }
        next
    }

    /// Takes it from its holder. Answers with the one that lost it and how long it had held it.
    pub fn steal(&mut self, asker: Asker, now: i64) -> Option<(Asker, i64)> {
        let name = self.name(asker)?.clone();
        let state = self.states.get_mut(&name)?;
        state.queue.retain(|waiting| *waiting != asker);
        let lock_stolen = state.holder.replace((asker, now)).filter(|(holder, _)| *holder != asker)?;
        self.names.remove(&(lock_stolen.0.0, lock_stolen.0.1.number));
        Some((lock_stolen.0, now - lock_stolen.1))
    }

    /// Takes every session's lock away from `doc`, as something else on the page might. Answers with the ticket, how
    /// long it was held, and who holds the lock now.
    pub fn take_away(&mut self, doc: DocId, now: i64) -> Option<(Ticket, i64, Option<Asker>)> {
        let ticket = self.session_of(doc)?;
        let (_, since) = self.holder((doc, ticket))?;
        let next = self.release((doc, ticket), now);
        Some((ticket, now - since, next))
    }

    /// The ticket under which `doc` holds the lock of a session, the last one asked for.
    pub fn session_of(&self, doc: DocId) -> Option<Ticket> {
        let asked = self.names.range((doc, 0)..=(doc, u32::MAX)).rev();
        let mut held =
            asked.filter(|(_, (name, ticket))| name.starts_with("session ") && self.holds((doc, *ticket)));
        held.next().map(|(_, (_, ticket))| *ticket)
    }

    /// A document is gone. Answers with who holds its locks now.
    pub fn gone(&mut self, doc: DocId, now: i64) -> Vec<Asker> {
        let asked: Vec<_> =
            self.names.range((doc, 0)..=(doc, u32::MAX)).map(|(_, (_, ticket))| (doc, *ticket)).collect();
        asked.into_iter().filter_map(|asker| self.release(asker, now)).collect()
    }

    /// Whether a document holds or wants any.
    pub fn concerns(&self, doc: DocId) -> bool {
        self.names.range((doc, 0)..=(doc, u32::MAX)).next().is_some()
    }

    /// The holders and since when.
    pub fn held(&self) -> impl Iterator<Item = (&String, Asker, i64)> {
        self.states.iter().filter_map(|(name, state)| state.holder.map(|(asker, since)| (name, asker, since)))
    }
}
