//! The runner of a small world's pages: hands a page an input and carries its actions out.

use super::act::{Act, Settled};
use super::automaton::{Automaton, Entries, Event, Seen, Sight, Want};
use super::digest::{MONO, Text};
use super::scenario::{Defect, Fault, Scenario};
use super::world::{Lock, LockNews, OpenCall, Request, TabId, What, World, note};
use intelliauth_spa_sdk::core::base::form::parse;
use intelliauth_spa_sdk::core::client::runner::{Area, Channel, Report, Wait, Written};
use intelliauth_spa_sdk::core::client::session::io::Lock as LockName;
use intelliauth_spa_sdk::core::client::session::message::Message;
use std::sync::Arc;

/// How long a request takes to the provider, and its answer back, in milliseconds.
pub const WAY: i64 = 20;

impl World {
    /// Hands `event` to the page of `tab`, and carries out what follows at once.
    pub fn step(&mut self, scenario: &Scenario, automaton: &Automaton, tab: TabId, event: Event) {
        self.at_once.push_back((tab, event));
        while let Some((tab, event)) = self.at_once.pop_front() {
            self.handle(scenario, automaton, tab, event);
        }
    }

    fn handle(&mut self, scenario: &Scenario, automaton: &Automaton, tab: TabId, event: Event) {
        note!(self, "tab {tab} {}", super::trace::input(&event.input()));
        let event = self.distorted(scenario, tab, event);
        let sight = self.sight(scenario, tab);
        let read = [self.tabs[tab].own.clone(), self.origin.clone()];
        let holds = self.holds_lock(tab);
        let Some(page) = &mut self.tabs[tab].page else { return };
        if !holds {
            page.read = read;
        }
        let outcome = automaton.step(page.node, &event, &sight);
        page.node = outcome.node;
        let before = std::mem::replace(&mut page.seen, outcome.seen.clone());
        if let Seen::In { generation, .. } = page.seen {
            page.told = page.told.max(generation);
        }
        self.check_seen(tab, before);
        for act in &outcome.acts {
            note!(self, "      → {}", super::trace::act(act));
            self.perform(scenario, tab, act);
        }
        // Every call is settled, or still waits.
        self.check_served(tab);
    }

    pub fn holds_lock(&self, tab: TabId) -> bool {
        self.locks.iter().any(|lock| lock.holder.is_some_and(|(holder, _)| holder == tab))
    }

    /// What the page reads.
    fn sight(&self, scenario: &Scenario, tab: TabId) -> Sight {
        let page = self.tabs[tab].page.as_ref();
        let mut read = [self.tabs[tab].own.clone(), self.origin.clone()];
        if scenario.defect == Some(Defect::StaleUnderLock)
            && self.holds_lock(tab)
            && let Some(page) = page
        {
            read = page.read.clone();
        }
        if scenario.defect == Some(Defect::NoIssuedAt)
            && let Some(page) = page
        {
            read = read.map(|entries| alike(&entries, &page.seen));
        }
        let [tab, origin] = read;
        Sight { now: self.now, tab, origin, blocked: false, defect: scenario.defect }
    }

    /// A message as a world that misbehaves delivers it.
    fn distorted(&self, scenario: &Scenario, tab: TabId, event: Event) -> Event {
        match (&event, &self.tabs[tab].page) {
            (Event::Message(text), Some(page)) if scenario.defect == Some(Defect::NoIssuedAt) => {
                Event::Message(issued_alike(text, &page.seen))
            }
            _ => event,
        }
    }

    fn perform(&mut self, scenario: &Scenario, tab: TabId, act: &Act) {
        match act {
            Act::Write { area, key, text, report } => {
                let stored = self.write(scenario, tab, *area, key, text);
                if *report == Report::Always || (*report == Report::Failure && !stored) {
                    let result = if stored { Written::Stored } else { Written::Failed };
                    let key = key.as_str().into();
                    self.at_once.push_back((tab, Event::Written { area: *area, key, result }));
                }
            }
            Act::Remove { area, key } => self.put(tab, *area, key, None),
            Act::Post(message) => self.post(scenario, tab, message),
            Act::Channel(channel) => {
                if let Some(page) = &mut self.tabs[tab].page {
                    page.listens = *channel == Channel::Open;
                }
            }
            Act::Lock { ticket, lock, wait } => {
                let name = match lock {
                    LockName::Session(sid) => sid,
                    LockName::Callback(mark) => mark,
                };
                self.lock(tab, ticket.number, name, *wait);
            }
            Act::QueryHolder(ticket) => self.query_holder(tab, ticket.number),
            Act::Steal(ticket) => self.steal(scenario, tab, ticket.number),
            Act::Unlock(ticket) => self.release(tab, ticket.number),
            Act::Send { request, url, form } => self.send(tab, *request, url, form.as_deref()),
            Act::Cancel(id) => self.give_up(tab, *id),
            Act::Timer(at) => {
                if let Some(page) = &mut self.tabs[tab].page {
                    page.timer = at.map(|at| at.0 - MONO);
                    page.timer_late = false;
                }
            }
            Act::Settle(call, settled) => self.settle(tab, *call, settled),
            Act::Verify(_)
            | Act::Lease(..)
            | Act::Navigate
            | Act::Address(_)
            | Act::Notify(_)
            | Act::Changed
            | Act::Close => {}
        }
    }

    /// Whether it was written.
    fn write(&mut self, scenario: &Scenario, tab: TabId, area: Area, key: &str, text: &str) -> bool {
        let failing = self.failing.filter(|(number, _)| *number == self.writes);
        self.writes += 1;
        if let Some((_, fault)) = failing {
            note!(self, "        that cannot be written: {fault:?}");
            self.failing = None;
            if fault == Fault::WriteFails {
                self.put(tab, area, key, None);
            }
            return false;
        }
        let text = match scenario.defect {
            Some(Defect::NoRefreshPending) => text.replace("refresh_pending=1", "refresh_pending=0"),
            _ => text.to_owned(),
        };
        self.put(tab, area, key, Some(text));
        true
    }

    pub fn put(&mut self, tab: TabId, area: Area, key: &str, text: Option<String>) {
        let entries = match area {
            Area::Tab => &mut self.tabs[tab].own,
            Area::Origin => &mut self.origin,
        };
        let old = entries.get(key).map(|old| old.text.as_str());
        if old == text.as_deref() {
            return;
        }
        let entries = Arc::make_mut(entries);
        match text {
            Some(text) => entries.insert(key.to_owned(), Arc::new(Text::new(text))),
            None => entries.remove(key),
        };
        if area == Area::Origin && key.ends_with(".session") {
            for (other, open) in self.tabs.iter_mut().enumerate().filter(|(other, _)| *other != tab) {
                let _ = other;
                if let Some(page) = &mut open.page {
                    page.storage_changed = true;
                }
            }
        }
    }

    fn post(&mut self, scenario: &Scenario, tab: TabId, message: &Message) {
        let message = match (scenario.defect, message) {
            (Some(Defect::NoQuery), Message::Query { .. }) => return,
            (Some(Defect::NoRefreshPending), Message::Tokens(grant)) => {
                let mut grant = Arc::unwrap_or_clone(grant.clone());
                grant.refresh_pending = false;
                Message::Tokens(grant.into())
            }
            (_, message) => message.clone(),
        };
        self.check_posted(tab, &message);
        if !self.tabs[tab].page.as_ref().is_some_and(|page| page.listens) {
            return;
        }
        let text = Arc::new(Text::new(message.to_text()));
        for to in 0..self.tabs.len() {
            if to != tab && self.tabs[to].page.as_ref().is_some_and(|page| page.listens) {
                self.line_of(tab, to).queue.push_back(text.clone());
            }
        }
    }

    fn lock(&mut self, tab: TabId, ticket: u32, name: &str, wait: Wait) {
        let now = self.now;
        let at = self.locks.iter().position(|lock| &*lock.name == name);
        let lock = match at {
            Some(at) => &mut self.locks[at],
            None => {
                let name = name.into();
                self.locks.push(Lock { name, holder: None, since: now, queue: Default::default() });
                self.locks.last_mut().expect("it was pushed")
            }
        };
        let Some(page) = &mut self.tabs[tab].page else { return };
        match lock.holder {
            None => {
                (lock.holder, lock.since) = (Some((tab, ticket)), now);
                page.locks.push_back(LockNews::Granted(ticket));
            }
            Some(_) if wait == Wait::IfFree => page.locks.push_back(LockNews::Unavailable(ticket)),
            Some(_) => lock.queue.push_back((tab, ticket)),
        }
    }

    /// The answer is a moment old when it comes.
    fn query_holder(&mut self, tab: TabId, ticket: u32) {
        let lock = self.locks.iter().find(|lock| lock.queue.contains(&(tab, ticket)));
        let holder = lock.and_then(|lock| lock.holder).map(|(holder, _)| (holder, self.tabs[holder].pages));
        if let Some(page) = &mut self.tabs[tab].page {
            page.locks.push_back(LockNews::Holder(ticket, holder));
        }
    }

    fn steal(&mut self, scenario: &Scenario, tab: TabId, ticket: u32) {
        let now = self.now;
        let Some(lock) = self.locks.iter_mut().find(|lock| lock.queue.contains(&(tab, ticket))) else {
            return;
        };
        lock.queue.retain(|asker| *asker != (tab, ticket));
        let held = now - lock.since;
        lock.since = now;
        let lock_stolen = lock.holder.replace((tab, ticket));
        if let Some(page) = &mut self.tabs[tab].page {
            page.locks.push_back(LockNews::Granted(ticket));
        }
        if let Some((other, ticket)) = lock_stolen {
            self.lose_lock(other, ticket, held >= scenario.max_hold());
        }
    }

    /// A lock is taken away. `exempt`: the protocol cannot help what comes of it.
    pub fn lose_lock(&mut self, tab: TabId, ticket: u32, exempt: bool) {
        note!(self, "        tab {tab} has its lock taken away");
        if let Some(page) = &mut self.tabs[tab].page {
            page.locks.push_back(LockNews::Stolen(ticket));
        }
        if exempt {
            self.provider.lock_stolen = true;
            for request in self.requests.iter_mut().filter(|request| request.tab == tab) {
                request.lock_stolen = true;
            }
        }
    }

    fn send(&mut self, tab: TabId, id: u32, url: &str, form: Option<&str>) {
        let pairs = parse(form.unwrap_or_default());
        let field =
            |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let issue = |token: Option<&str>| {
            token.and_then(|token| token.strip_prefix("rt.")?.parse().ok()).unwrap_or(usize::MAX)
        };
        let what = if url.ends_with("/revoke") {
            What::Revoke { issue: issue(field("token")) }
        } else if form.is_none() {
            What::Metadata
        } else {
            let generation = match &self.tabs[tab].page {
                Some(page) => page.seen.generation(),
                None => 0,
            };
            What::Refresh { issue: issue(field("refresh_token")), generation }
        };
        self.check_send(tab, what);
        self.requests.push(Request {
            tab,
            given_up: false,
            id,
            what,
            sent: self.now,
            due: self.now + WAY,
            slow: false,
            lock_stolen: false,
            uninformed: self.had(Fault::LateMessage) && self.lines.iter().any(|line| !line.queue.is_empty()),
            reply: None,
        });
    }

    /// The page waits for it no more.
    pub fn give_up(&mut self, tab: TabId, id: u32) {
        let given_up = |request: &&mut Request| request.tab == tab && request.id == id && !request.given_up;
        if let Some(request) = self.requests.iter_mut().find(given_up) {
            request.given_up = true;
            self.provider.unanswered |= matches!(request.what, What::Refresh { .. });
        }
        self.requests.retain(|request| !request.given_up || request.reply.is_none());
    }

    fn settle(&mut self, tab: TabId, call: u32, settled: &Settled) {
        let Some(page) = &mut self.tabs[tab].page else { return };
        let Some(at) = page.calls.iter().position(|open| open.id == call) else {
            return self.broke("every call settles once", format!("tab {tab} settles call {call} again"));
        };
        let open = page.calls.remove(at);
        self.check_settled(tab, &open, settled);
    }

    /// The app calls.
    pub fn call(&mut self, scenario: &Scenario, automaton: &Automaton, tab: TabId, want: Want) {
        let Some(page) = &mut self.tabs[tab].page else { return };
        let id = page.next_call;
        page.next_call += 1;
        let held = page.seen.access().map(str::to_owned);
        page.calls.push(OpenCall { id, want, held: held.clone() });
        self.provider.signed_out |= want == Want::SignOut && held.is_some();
        self.step(scenario, automaton, tab, Event::Call(id, want));
    }
}

impl Seen {
    pub fn generation(&self) -> i64 {
        match self {
            Self::In { generation, .. } => *generation,
            _ => 0,
        }
    }

    pub fn access(&self) -> Option<&str> {
        match self {
            Self::In { access, .. } => Some(access),
            _ => None,
        }
    }
}

/// A record of the generation that the reader holds, issued when the reader's was.
fn issued_alike(text: &Arc<Text>, seen: &Seen) -> Arc<Text> {
    let Seen::In { generation, issued_at, .. } = seen else { return text.clone() };
    let part = format!("&generation={generation}&");
    let Some(at) = text.text.find("issued_at=").filter(|_| text.text.contains(&part)) else {
        return text.clone();
    };
    let (before, rest) = text.text.split_at(at + "issued_at=".len());
    let end = rest.find('&').unwrap_or(rest.len());
    Arc::new(Text::new(format!("{before}{}{}", issued_at + super::digest::WALL, &rest[end..])))
}

fn alike(entries: &Arc<Entries>, seen: &Seen) -> Arc<Entries> {
    Arc::new(entries.iter().map(|(key, text)| (key.clone(), issued_alike(text, seen))).collect())
}
