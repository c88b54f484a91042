//! A small world: a few tabs with a page each, what they share, and one provider. It holds no chance: whatever may happen
//! next is a [`Choice`](super::choice::Choice), and the same choices lead to the same world.

use super::automaton::{Automaton, BEGIN, Entries, Event, Node, Seen, Want};
use super::digest::{Text, WALL};
use super::scenario::{CLIENT, Fault, ISSUER, LIFETIME, Scenario};
use intelliauth_spa_sdk::core::base::config::TokenStorage;
use intelliauth_spa_sdk::core::base::encoding::base64url;
use intelliauth_spa_sdk::core::client::provider::NoResponse;
use std::collections::VecDeque;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

pub type TabId = usize;

pub const SID: &str = "sid";

/// What the browser's lock manager has to tell a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LockNews {
    Granted(u32),
    Unavailable(u32),
    /// The holder's tab, and which of its pages.
    Holder(u32, Option<(TabId, u8)>),
    Stolen(u32),
}

/// A call that is not settled yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OpenCall {
    pub id: u32,
    pub want: Want,
    /// The access token that the page held when it was made.
    pub held: Option<String>,
}

#[derive(Clone)]
pub struct Page {
    pub node: Node,
    pub seen: Seen,
    pub timer: Option<i64>,
    pub timer_late: bool,
    pub frozen: bool,
    /// It was frozen: messages come before anything else.
    pub thawing: bool,
    pub locks: VecDeque<LockNews>,
    pub storage_changed: bool,
    /// Whether its channel is open.
    pub listens: bool,
    /// Whether it is in the back/forward cache.
    pub hidden: bool,
    pub calls: Vec<OpenCall>,
    pub next_call: u32,
    /// The newest generation of which it had the tokens.
    pub told: i64,
    /// Whether it was told that another page holds the session.
    pub knows_peer: bool,
    /// What it could read when it last held no lock.
    pub read: [Arc<Entries>; 2],
}

#[derive(Clone)]
pub struct Tab {
    pub own: Arc<Entries>,
    pub page: Option<Page>,
    /// How many pages it has had.
    pub pages: u8,
    /// How often another page may be opened in it.
    pub may_open: u8,
    pub may_call: bool,
}

/// The messages of one tab to another, in their order.
#[derive(Clone, Default)]
pub struct Line {
    pub queue: VecDeque<Arc<Text>>,
    pub late: bool,
}

#[derive(Clone, Debug)]
pub struct Lock {
    pub name: Arc<str>,
    pub holder: Option<(TabId, u32)>,
    pub since: i64,
    pub queue: VecDeque<(TabId, u32)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// Of the tokens of this issue; the page's generation.
    Refresh {
        issue: usize,
        generation: i64,
    },
    Revoke {
        issue: usize,
    },
    Metadata,
}

#[derive(Clone, Debug)]
pub struct Reply {
    pub response: Result<(u16, Arc<str>), NoResponse>,
    /// The tokens in it.
    pub issue: Option<usize>,
}

#[derive(Clone, Debug)]
pub struct Request {
    pub tab: TabId,
    /// Whether its page is gone, or gave it up.
    pub given_up: bool,
    pub id: u32,
    pub what: What,
    pub sent: i64,
    /// When it may reach the provider, or its answer the page.
    pub due: i64,
    pub slow: bool,
    /// Its lock was taken away, for a reason that the protocol cannot help.
    pub lock_stolen: bool,
    /// Messages were on their way when it was sent, for longer than peers are waited for.
    pub uninformed: bool,
    pub reply: Option<Reply>,
}

/// What the checks know, and what the provider does.
#[derive(Clone, Debug, Default, Hash)]
pub struct Provider {
    /// The issue whose refresh token is good.
    pub current: usize,
    /// For each issue of tokens, whether a page took it.
    pub taken: Vec<bool>,
    /// The issues that were taken by a page which knew of no other, and posted them to none.
    pub kept: Vec<usize>,
    /// A refresh token was used again because a page could not know of its successor, nor that it was sent before.
    pub uninformed: bool,
    pub revoked: bool,
    /// A page was told that the refresh token is good no more.
    pub refused: bool,
    /// That was because it had been used before.
    pub reused: bool,
    /// Tokens of another user were handed out.
    pub another_user: bool,
    pub signed_out: bool,
    /// An answer that may have held tokens was not taken by the page that asked.
    pub unanswered: bool,
    /// The lock was taken from a holder past its deadline, or by something else.
    pub lock_stolen: bool,
}

#[derive(Clone)]
pub struct World {
    pub now: i64,
    pub tabs: Vec<Tab>,
    pub origin: Arc<Entries>,
    pub lines: Vec<Line>,
    pub locks: Vec<Lock>,
    pub requests: Vec<Request>,
    pub provider: Provider,
    pub faults: Vec<Fault>,
    pub may_want_new: bool,
    pub may_sign_out: bool,
    /// Which rule did not hold.
    pub broken: Option<(&'static str, String)>,
    /// What happened, where it is wanted.
    pub story: Option<Vec<String>>,
    /// Which write of the present step fails.
    pub failing: Option<(u8, Fault)>,
    pub writes: u8,
    /// Inputs that follow from the present step at once.
    pub at_once: VecDeque<(TabId, Event)>,
}

/// One line of a counterexample, if there is one.
macro_rules! note {
    ($world:expr, $($what:tt)*) => {
        if $world.story.is_some() { let line = format!($($what)*); $world.line(line) }
    };
}
pub(crate) use note;

/// The record of a session whose tokens were issued a second before the world begins.
fn record() -> String {
    let claims = format!(
        r#"{{"iss":"{ISSUER}","sub":"user","aud":"{CLIENT}","iat":{0},"exp":{1},"nonce":"nonce"}}"#,
        WALL / 1000,
        WALL / 1000 + 3600
    );
    let id_token = [base64url(r#"{"alg":"ES256"}"#), base64url(claims), base64url("signature")].join(".");
    format!(
        "kind=session&v=1&sequence=1&sid={SID}&generation=0&refresh_pending=0&after_rejection=0&access_token=at.0\
         &refresh_token=rt.0&id_token={id_token}&scope=at.0&issued_at={}&expires_at={}",
        WALL - 1_000,
        WALL - 1_000 + LIFETIME
    )
}

impl World {
    pub fn new(scenario: &Scenario, automaton: &Automaton) -> Self {
        let key = [&scenario.config().namespace(), ".session"].concat();
        let entries: Arc<Entries> = Arc::new([(key, Arc::new(Text::new(record())))].into());
        let none: Arc<Entries> = Arc::default();
        let (own, origin) = match scenario.storage {
            TokenStorage::Session => (entries, none),
            TokenStorage::Local => (none, entries),
            TokenStorage::Memory => (none.clone(), none),
        };
        let tab = Tab { own, page: None, pages: 0, may_open: 1, may_call: scenario.tokens };
        let mut world = Self {
            now: 0,
            tabs: vec![tab; scenario.tabs],
            origin,
            lines: vec![Line::default(); scenario.tabs * scenario.tabs],
            locks: Vec::new(),
            requests: Vec::new(),
            provider: Provider { taken: vec![true], ..Provider::default() },
            faults: Vec::new(),
            may_want_new: scenario.new_token,
            may_sign_out: scenario.sign_out,
            broken: None,
            story: None,
            failing: None,
            writes: 0,
            at_once: VecDeque::new(),
        };
        for tab in 0..scenario.open {
            world.open(scenario, automaton, tab);
            // Another page may be opened in it once this one was killed.
            world.tabs[tab].may_open = 1;
        }
        world
    }

    pub fn open(&mut self, scenario: &Scenario, automaton: &Automaton, tab: TabId) {
        note!(self, "tab {tab} is opened");
        // A duplicated tab begins with what the first one has stored.
        if self.tabs[tab].pages == 0 && self.tabs[0].pages > 0 {
            self.tabs[tab].own = self.tabs[0].own.clone();
        }
        let read = [self.tabs[tab].own.clone(), self.origin.clone()];
        self.tabs[tab].pages += 1;
        self.tabs[tab].may_open -= u8::from(self.tabs[tab].may_open > 0);
        self.tabs[tab].page = Some(Page {
            node: BEGIN,
            seen: Seen::Loading,
            timer: None,
            timer_late: false,
            frozen: false,
            thawing: false,
            locks: VecDeque::new(),
            storage_changed: false,
            listens: false,
            hidden: false,
            calls: Vec::new(),
            next_call: 0,
            told: 0,
            knows_peer: false,
            read,
        });
        self.step(scenario, automaton, tab, Event::Start);
    }

    /// A page is gone, and its locks with it. What it sent may still arrive.
    pub fn kill(&mut self, tab: TabId) {
        note!(self, "tab {tab} is gone");
        // Where it knew of no other page, it told none what it sent.
        let told = self.tabs[tab].page.take().is_some_and(|page| page.knows_peer);
        for from in 0..self.tabs.len() {
            *self.line_of(from, tab) = Line::default();
        }
        for request in self.requests.iter_mut().filter(|request| request.tab == tab && !request.given_up) {
            request.given_up = true;
            let refresh = matches!(request.what, What::Refresh { .. });
            self.provider.unanswered |= refresh;
            self.provider.uninformed |= refresh && !told;
        }
        self.requests.retain(|request| !request.given_up || request.reply.is_none());
        while let Some((name, ticket)) = self.lock_of(tab) {
            self.release(tab, ticket);
            note!(self, "  it let {name} go");
        }
    }

    pub fn line_of(&mut self, from: TabId, to: TabId) -> &mut Line {
        let at = from * self.tabs.len() + to;
        &mut self.lines[at]
    }

    pub fn concerns_lock(&self, tab: TabId) -> bool {
        self.lock_of(tab).is_some()
    }

    /// A lock that a page of `tab` holds or asked for, and its ticket.
    fn lock_of(&self, tab: TabId) -> Option<(Arc<str>, u32)> {
        self.locks.iter().find_map(|lock| {
            let mut askers = lock.holder.iter().chain(&lock.queue);
            askers.find(|(asker, _)| *asker == tab).map(|(_, ticket)| (lock.name.clone(), *ticket))
        })
    }

    /// Lets a lock go, or stops asking for it.
    pub fn release(&mut self, tab: TabId, ticket: u32) {
        let now = self.now;
        for lock in &mut self.locks {
            lock.queue.retain(|asker| *asker != (tab, ticket));
            if lock.holder == Some((tab, ticket)) {
                lock.holder = lock.queue.pop_front();
                lock.since = now;
                if let Some((next, ticket)) = lock.holder
                    && let Some(page) = &mut self.tabs[next].page
                {
                    page.locks.push_back(LockNews::Granted(ticket));
                }
            }
        }
        self.locks.retain(|lock| lock.holder.is_some());
    }

    pub fn line(&mut self, text: String) {
        let at = format!("{:>9.3}  {text}", self.now as f64 / 1000.0);
        if let Some(story) = &mut self.story {
            story.push(at);
        }
    }

    pub fn broke(&mut self, rule: &'static str, what: String) {
        note!(self, "BROKEN: {rule}: {what}");
        self.broken.get_or_insert((rule, what));
    }

    /// The pages that are open.
    pub fn pages(&self) -> impl Iterator<Item = (TabId, &Page)> {
        self.tabs.iter().enumerate().filter_map(|(tab, open)| open.page.as_ref().map(|page| (tab, page)))
    }

    /// Tells this world apart from others, but not from itself at another time.
    pub fn digest(&self, automaton: &Automaton) -> u64 {
        let mut hasher = DefaultHasher::new();
        let hash = &mut hasher;
        let now = self.now;
        let entries = |entries: &Entries, hash: &mut DefaultHasher| {
            for (key, text) in entries {
                key.hash(hash);
                text.hash_at(now, hash);
            }
            0.hash(hash);
        };
        for tab in &self.tabs {
            (tab.pages.min(2), tab.may_open, tab.may_call).hash(hash);
            entries(&tab.own, hash);
            let Some(page) = &tab.page else { continue };
            automaton.text(page.node).hash_at(now, hash);
            page.timer.map(|at| at - now).hash(hash);
            (page.timer_late, page.frozen, page.thawing, &page.locks, page.storage_changed).hash(hash);
            (&page.calls, page.next_call, page.told, page.knows_peer).hash(hash);
            (page.listens, page.hidden).hash(hash);
        }
        entries(&self.origin, hash);
        for line in &self.lines {
            (line.late, line.queue.len()).hash(hash);
            for message in &line.queue {
                message.hash_at(now, hash);
            }
        }
        for lock in &self.locks {
            (&lock.name, lock.holder, lock.since - now, &lock.queue).hash(hash);
        }
        for request in &self.requests {
            (
                request.tab,
                request.given_up,
                request.id,
                request.what,
                request.slow,
                request.lock_stolen,
                request.uninformed,
            )
                .hash(hash);
            ((request.sent - now).max(-10 * LIFETIME), (request.due - now).max(-1)).hash(hash);
            if let Some(reply) = &request.reply {
                (reply.issue, reply.response.as_ref().ok(), format!("{:?}", reply.response.as_ref().err()))
                    .hash(hash);
            }
        }
        (&self.provider, &self.faults, self.may_want_new, self.may_sign_out).hash(hash);
        hasher.finish()
    }
}
