//! The simulated world: a virtual clock, tabs, their documents (each a real [`Client`] and its runner), and one queue of
//! things to come. The simulation runs on the time that the machine is awake; true time adds its sleep, and the wall
//! clock adds the jumps.

use super::act::{Act, Recorder};
use super::locks::Locks;
use super::log::{Entry, Log};
use super::net::Request;
use super::plan::{Defect, Dice, Plan};
use super::platform::Platform;
use super::storage::{Health, Healths, Own, Shared};
use intelliauth_spa_sdk::core::base::clock::{MonotonicTime, Now, WallTime};
use intelliauth_spa_sdk::core::base::secret::AccessToken;
use intelliauth_spa_sdk::core::client::Client;
use intelliauth_spa_sdk::core::client::provider::Verdict;
use intelliauth_spa_sdk::core::client::runner::{Area, Channel, Environment, Input as ClientInput};
use intelliauth_spa_sdk::core::client::session::SessionState;
use intelliauth_spa_sdk::core::client::session::io::{Call, Stored, Ticket};
use intelliauth_spa_sdk::core::client::session::message::Message;
use intelliauth_spa_sdk::core::client::session::reason::Reason;
use intelliauth_spa_sdk::core::protocol::pkce::Entropy;
#[cfg(not(target_arch = "wasm32"))]
use intelliauth_spa_sdk::native::record::Recording;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub type DocId = usize;
pub type TabId = usize;

/// The wall clock when the simulation begins.
pub const EPOCH: i64 = 1_800_000_000_000;
/// How late other tabs may read what one wrote, where that is a fault of the world.
pub const STALE: i64 = 60;

/// A rule of [`super::checks`] that did not hold.
#[derive(Clone, Debug)]
pub struct Broken {
    pub rule: &'static str,
    pub what: String,
}

/// Something that reaches a document; a frozen one gets it later.
#[derive(Debug)]
pub enum Input {
    /// By its number.
    Message(u64, TabId, String),
    Timer(u64),
    Granted(Ticket),
    Stolen(Ticket),
    Unavailable(Ticket),
    Holder(Ticket, Option<String>),
    LocksMissing(Ticket),
    Answer(usize),
    Timeout(usize),
    Verified(u32),
    Look,
    /// From the back/forward cache.
    Shown,
    App,
}

/// Something that happens.
#[derive(Debug)]
pub enum Job {
    To(DocId, Input),
    Reach(usize),
    Chaos,
    Load(TabId, Option<String>),
    Thaw(DocId),
    Back(TabId),
    Online,
    OutageOver,
    StorageWorks,
    Unthrottle(DocId),
}

pub struct Tab {
    pub own: Own,
    pub active: Option<DocId>,
    pub cached: Option<DocId>,
    /// Away at the platform or between two pages.
    pub away: bool,
    /// The sessions that were ever held in it.
    pub sids: BTreeSet<String>,
    /// Those that were signed out in it, and when.
    pub signed_out: BTreeMap<String, i64>,
}

/// What an app sees of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    Loading,
    Out(Reason),
    In { sid: String, generation: i64, access: String, failing: bool },
}

/// A call that waits.
pub struct Asked {
    pub at: i64,
    pub frozen: i64,
    /// Of a `GetToken`: whether the held token would have done.
    pub strict: bool,
    /// The access token that the app saw when it asked.
    pub before: Option<String>,
    /// The session that it waits in.
    pub sid: Option<String>,
}

/// A page and its runner.
pub struct Doc {
    pub tab: TabId,
    /// What its client was told and did, where the world records.
    #[cfg(not(target_arch = "wasm32"))]
    pub recording: Option<Recording>,
    pub client: Option<Client>,
    /// What the address bar shows.
    pub address: String,
    pub created: i64,
    pub open: bool,
    pub frozen: Option<i64>,
    pub frozen_for: i64,
    pub throttled: bool,
    pub channel: Channel,
    /// The token that calls may get without an input, and until when.
    pub lease: Option<(AccessToken, Now)>,
    pub backlog: Vec<Input>,
    pub timer: u64,
    pub seen: Seen,
    /// Before the present step.
    pub before: Seen,
    pub version: u32,
    pub calls: BTreeMap<Call, Asked>,
    pub next_call: Call,
    /// What its tab read of the record when it last held no session's lock; for [`Defect::StaleUnderLock`].
    pub unlocked: Option<Stored>,
    pub oracle: DocOracle,
    /// What it is told, where no client is: see `tests/simulation/conformance.rs`.
    pub probe: Option<Vec<ClientInput>>,
}

/// What the checks know of a document.
#[derive(Default)]
pub struct DocOracle {
    /// The newest refresh token heard of, by family.
    pub heard: BTreeMap<usize, usize>,
    /// Refresh tokens that it sent and got no word of.
    pub ambiguous: BTreeSet<String>,
    /// Sids that it knows to be over.
    pub over: BTreeSet<String>,
    /// When a refresh failed last, how many did in a row, and what the platform asked for.
    pub failed: Option<(i64, u32, i64)>,
    /// What a callback's address came to, and which call waits for which.
    pub callbacks: BTreeMap<String, String>,
    pub callback_calls: BTreeMap<Call, String>,
    /// When it last signed out or learnt of a sign-out, by the simulation's time.
    pub signed_out: Option<i64>,
    /// The refresh token that the platform refused last.
    pub refused: Option<String>,
    /// Whether a refresh was answered with another user's ID token.
    pub mismatched: bool,
    /// Whether a call that waits for a callback demands a refresh.
    pub demands: bool,
    /// The app was told that a user is signed in.
    pub told_in: bool,
}

/// When the world last gave an excuse, by true time.
pub struct Trouble {
    pub storage: i64,
    /// Of these, what could not be read or was taken away.
    pub unreadable: i64,
    pub message: i64,
    pub jump: i64,
    /// Backward jumps by true time, and how far.
    pub back: Vec<(i64, i64)>,
    /// Sleeps by true time.
    pub sleeps: Vec<i64>,
}

#[derive(Clone, Copy, Default, Debug)]
pub struct Stats {
    pub steps: u64,
    pub tab_time: i64,
    pub refreshes: u64,
    pub sign_ins: u64,
    pub sign_outs: u64,
    pub losses: u64,
    pub faults: u64,
}

pub struct World {
    pub plan: Plan,
    pub dice: Dice,
    pub now: i64,
    pub slept: i64,
    pub jumped: i64,
    queue: BTreeMap<(i64, u64), Job>,
    serial: u64,
    /// What came at once of the present step's actions.
    pub at_once: Vec<ClientInput>,
    pub tabs: Vec<Tab>,
    pub docs: Vec<Doc>,
    pub shared: Shared,
    pub health: Healths,
    /// Decides how storage fails.
    pub storage_dice: Dice,
    pub locks: Locks,
    pub platform: Platform,
    pub requests: Vec<Request>,
    pub sent_codes: BTreeSet<String>,
    /// Access tokens that were written, and by which tab where each has its own storage.
    pub stored: BTreeSet<(Option<TabId>, String)>,
    /// When the last message between two documents arrives.
    pub order: BTreeMap<(DocId, DocId), i64>,
    pub online: bool,
    /// When that was last known to change for the better.
    pub came_online: i64,
    pub outage: bool,
    /// When a sign-in was last answered whose access token had ended by then; by true time.
    pub dead_on_arrival: i64,
    /// No faults any more, and nobody acts.
    pub quiet: bool,
    /// What becomes of the next requests; then chance decides.
    pub fates: VecDeque<super::net::Fate>,
    pub trouble: Trouble,
    pub broken: Option<Broken>,
    /// Whether the world goes on after a rule was broken, so that one can see what comes of it.
    pub goes_on: bool,
    /// All that broke, and after how many jobs; the first few.
    pub breaches: Vec<(u64, Broken)>,
    /// How many jobs of the queue were done.
    pub ticks: u64,
    /// Nothing happens after so many.
    pub limit: u64,
    /// How many messages were posted.
    pub posts: u64,
    pub log: Option<Log>,
    pub trace: Option<VecDeque<String>>,
    /// Whether every client is recorded.
    pub records: bool,
    pub stats: Stats,
}

/// One short line of the trace, if there is one.
macro_rules! note {
    ($world:expr, $($what:tt)*) => {
        if $world.trace.is_some() { let line = format!($($what)*); $world.line(line) }
    };
}
pub(crate) use note;

/// What a document reads.
struct Sight<'a>(&'a World, DocId);

impl Environment for Sight<'_> {
    fn now(&self) -> Now {
        self.0.clock(self.1)
    }

    fn is_online(&self) -> bool {
        self.0.online
    }

    fn address(&self) -> String {
        self.0.docs[self.1].address.clone()
    }

    fn read(&self, area: Area, key: &str) -> Stored {
        let doc = &self.0.docs[self.1];
        match &doc.unlocked {
            Some(stored) if Some(area) == self.0.plan.area() && key == super::key("session") => {
                stored.clone()
            }
            _ => self.0.read_key(doc.tab, area, key),
        }
    }

    fn keys(&self, area: Area, prefix: &str) -> Vec<String> {
        let (world, tab) = (self.0, self.0.docs[self.1].tab);
        match area {
            _ if world.health_of(area) == Health::Blocked => Vec::new(),
            Area::Tab => {
                world.tabs[tab].own.items.keys().filter(|key| key.starts_with(prefix)).cloned().collect()
            }
            Area::Origin => world.shared.keys(tab, prefix, world.now, world.stale()),
        }
    }

    fn entropy(&self) -> Option<[Entropy; 3]> {
        Some([[1; 32], [2; 32], [3; 32]])
    }
}

impl World {
    pub fn new(plan: Plan, seed: u64, traced: bool) -> Self {
        let never = i64::MIN / 2;
        Self {
            plan,
            dice: Dice::new(seed),
            now: 0,
            slept: 0,
            jumped: 0,
            queue: BTreeMap::new(),
            serial: 0,
            at_once: Vec::new(),
            tabs: Vec::new(),
            docs: Vec::new(),
            shared: Shared::default(),
            health: Healths::default(),
            storage_dice: Dice::new(!seed),
            locks: Locks::default(),
            platform: Platform::default(),
            requests: Vec::new(),
            sent_codes: BTreeSet::new(),
            stored: BTreeSet::new(),
            order: BTreeMap::new(),
            online: true,
            came_online: never,
            outage: false,
            dead_on_arrival: never,
            quiet: false,
            fates: VecDeque::new(),
            trouble: Trouble {
                storage: never,
                unreadable: never,
                message: never,
                jump: never,
                back: Vec::new(),
                sleeps: Vec::new(),
            },
            broken: None,
            goes_on: false,
            breaches: Vec::new(),
            ticks: 0,
            limit: u64::MAX,
            posts: 0,
            log: None,
            trace: traced.then(VecDeque::new),
            records: false,
            stats: Stats::default(),
        }
    }

    pub fn line(&mut self, text: String) {
        let at = format!("{:>10.3}  {text}", self.now as f64 / 1000.0);
        if let Some(trace) = self.trace.as_mut().filter(|_| self.broken.is_none()) {
            if trace.len() >= super::setting("SIM_LINES").unwrap_or(70) as usize {
                trace.pop_front();
            }
            trace.push_back(at);
        }
    }

    pub fn broke(&mut self, rule: &'static str, what: String) {
        if self.ticks >= self.limit {
            return; // what never had its time is no breach
        }
        note!(self, "BROKEN {rule}: {what}");
        if self.breaches.len() < 20 {
            self.tell(|_| Entry::new("broken").text(format!("{rule}: {what}")));
            self.breaches.push((self.ticks, Broken { rule, what: what.clone() }));
        }
        self.broken.get_or_insert(Broken { rule, what });
    }

    /// True time.
    pub fn truth(&self) -> i64 {
        self.now + self.slept
    }

    pub fn clock(&self, doc: DocId) -> Now {
        Now {
            wall: WallTime(EPOCH + self.truth() + self.jumped),
            mono: MonotonicTime(self.now - self.docs[doc].created),
        }
    }

    pub fn later(&mut self, delay: i64, job: Job) {
        self.serial += 1;
        self.queue.insert((self.now + delay.max(0), self.serial), job);
    }

    pub fn to(&mut self, delay: i64, doc: DocId, input: Input) {
        self.later(delay, Job::To(doc, input));
    }

    /// Lets time pass until `until`.
    pub fn run(&mut self, until: i64) {
        while self.tick(until) {}
        if !self.is_over() {
            self.now = self.now.max(until);
        }
    }

    /// The next job, if it is due by `until`; says whether there was one.
    pub fn tick(&mut self, until: i64) -> bool {
        if self.is_over() {
            return false;
        }
        let Some(entry) = self.queue.first_entry().filter(|entry| entry.key().0 <= until) else {
            return false;
        };
        let ((at, _), job) = entry.remove_entry();
        let running = self.docs.iter().filter(|doc| doc.open).count() as i64;
        self.stats.tab_time += running * (at - self.now);
        self.now = at;
        self.ticks += 1;
        self.happen(job);
        true
    }

    /// Whether nothing happens any more.
    pub fn is_over(&self) -> bool {
        (self.broken.is_some() && !self.goes_on) || self.ticks >= self.limit
    }

    /// The messages that are on their way are lost.
    pub fn lose_messages(&mut self) {
        let lost = self.queue.extract_if(.., |_, job| matches!(job, Job::To(_, Input::Message(..))));
        let lost: Vec<_> = lost.map(|(_, job)| job).collect();
        for job in lost {
            if let Job::To(id, Input::Message(number, from, _)) = job {
                self.trouble.message = self.trouble.message.max(self.truth());
                self.tell(|world| Entry::new("missed").tab(world.docs[id].tab).other(from).number(number));
            }
        }
    }

    /// The next thing that happens, if it is due before `until`.
    pub fn pass(&mut self, time: i64) {
        self.run(self.now + time);
    }

    fn happen(&mut self, job: Job) {
        match job {
            Job::To(doc, input) => self.reach_doc(doc, input),
            Job::Reach(request) => self.reach_platform(request),
            Job::Chaos => self.chaos(),
            Job::Load(tab, url) => {
                self.tabs[tab].away = false;
                self.load(tab, url);
            }
            Job::Thaw(doc) => self.thaw(doc),
            Job::Back(tab) => self.go_back(tab),
            Job::Online => self.go_online(),
            Job::OutageOver => self.outage = false,
            Job::StorageWorks => self.storage_works(),
            Job::Unthrottle(doc) => self.docs[doc].throttled = false,
        }
    }

    pub fn reach_doc(&mut self, id: DocId, input: Input) {
        let doc = &mut self.docs[id];
        if !doc.open {
            return;
        }
        if doc.frozen.is_some() {
            let cached = self.tabs[doc.tab].cached == Some(id);
            doc.backlog.push(input);
            // A page in the back/forward cache that is wanted is thrown out of it.
            if cached && self.dice.percent(30) {
                self.kill(id, "evicted");
            }
            return;
        }
        match input {
            Input::Message(number, from, text) => {
                if let Some(message) = Message::from_text(&text) {
                    self.tell(|world| {
                        let (kind, token) = super::log::message(&message);
                        let entry = Entry::new("heard").tab(world.docs[id].tab).other(from).number(number);
                        entry.token(&token.unwrap_or_default()).text(kind)
                    });
                    self.oracle_hears(id, &message);
                    self.step(id, ClientInput::Message(message));
                }
            }
            Input::Timer(number) if number == self.docs[id].timer => self.step(id, ClientInput::Timeout),
            Input::Timer(_) => {}
            Input::Granted(ticket) => self.step(id, ClientInput::LockGranted(ticket.number)),
            Input::Stolen(ticket) => self.step(id, ClientInput::LockStolen(ticket.number)),
            Input::Unavailable(ticket) => self.step(id, ClientInput::LockUnavailable(ticket.number)),
            Input::Holder(ticket, holder) => self.step(id, ClientInput::LockHolder(ticket.number, holder)),
            Input::LocksMissing(ticket) => self.step(id, ClientInput::LocksMissing(ticket.number)),
            Input::Shown => self.step(id, ClientInput::PageShown),
            Input::Answer(request) => self.answer(id, request),
            Input::Timeout(request) => self.time_out(id, request),
            Input::Verified(request) => self.step(id, ClientInput::Verified(request, Verdict::Valid)),
            Input::Look => self.step(id, ClientInput::Revalidate),
            Input::App => self.app(id),
        }
    }

    /// One step of one client, and all that follows from it at once.
    pub fn step(&mut self, id: DocId, input: ClientInput) {
        if self.is_over() || !self.docs[id].open {
            return;
        }
        note!(self, "doc {id} {}", super::trace::input(&input));
        self.docs[id].lease = None;
        if let Some(probe) = &mut self.docs[id].probe {
            return probe.push(input);
        }
        if self.plan.defect == Some(Defect::StaleUnderLock) {
            let old = self.docs[id].unlocked.take();
            let new = || self.reads(self.docs[id].tab);
            let stored = if self.locks.session_of(id).is_some() { old } else { None };
            self.docs[id].unlocked = Some(stored.unwrap_or_else(new));
        }
        let Some(mut client) = self.docs[id].client.take() else { return };
        let recorder = Recorder::default();
        self.handle(id, &mut client, &recorder, input);
        self.stats.steps += 1;
        if self.stats.steps > 1_000_000 {
            return self.broke("nothing repeats without a pause", "a million steps".into());
        }
        let acts = recorder.0.into_inner();
        let seen = Seen::of(client.state(self.clock(id)));
        let changed = acts.iter().any(|act| matches!(act, Act::Changed));
        let version = self.docs[id].version + u32::from(changed);
        self.docs[id].client = Some(client);
        self.check_state(id, seen, version);
        self.tell_state(id);
        for act in acts {
            note!(self, "      → {}", super::trace::act(&act));
            self.perform(id, act);
        }
        for input in std::mem::take(&mut self.at_once) {
            self.step(id, input);
        }
    }

    /// One input, written down where the world records.
    fn handle(&mut self, id: DocId, client: &mut Client, recorder: &Recorder, input: ClientInput) {
        #[cfg(not(target_arch = "wasm32"))]
        if let Some(mut recording) = self.docs[id].recording.take() {
            recording.handle(client, &Sight(self, id), recorder, input);
            self.docs[id].recording = Some(recording);
            return;
        }
        client.handle(&Sight(self, id), recorder, input);
    }
}

impl Seen {
    pub fn of(state: SessionState) -> Self {
        match state {
            SessionState::Loading => Self::Loading,
            SessionState::Unauthenticated(reason) => Self::Out(reason),
            SessionState::Authenticated { record, failing, .. } => Self::In {
                sid: record.sid.clone(),
                generation: record.generation,
                access: record.access.expose().to_owned(),
                failing: failing.is_some(),
            },
        }
    }

    /// The session's name and its access token.
    pub fn held(&self) -> Option<(&str, &str)> {
        match self {
            Self::In { sid, access, .. } => Some((sid, access)),
            _ => None,
        }
    }
}
