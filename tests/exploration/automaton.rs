//! A client as an automaton that is discovered on demand. A [`Client`] is deterministic: what it does hangs on its state,
//! the input, and what it reads. So each such step is computed once, by replaying a fresh client from its start, and looked
//! up from then on; and a world, which holds no client but the number of a state, can be copied.

use super::act::{Act, Recorder};
use super::digest::{MONO, Text, WALL};
use super::scenario::Defect;
use intelliauth_spa_sdk::core::base::clock::{Millis, MonotonicTime, Now, WallTime};
use intelliauth_spa_sdk::core::base::config::Config;
use intelliauth_spa_sdk::core::client::Client;
use intelliauth_spa_sdk::core::client::provider::{HttpResponse, NoResponse};
use intelliauth_spa_sdk::core::client::runner::{
    Area, Call, Delivery, Environment, Input, Reach, SignOutOptions, Written,
};
use intelliauth_spa_sdk::core::client::session::SessionState;
use intelliauth_spa_sdk::core::client::session::io::{Renewal, Stored};
use intelliauth_spa_sdk::core::client::session::message::Message;
use intelliauth_spa_sdk::core::client::session::reason::Reason;
use intelliauth_spa_sdk::core::protocol::pkce::Entropy;
use intelliauth_spa_sdk::native::engine;
use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, HashMap};
use std::hash::{Hash, Hasher};
use std::sync::{Arc, Mutex};

/// Names a state of a client.
pub type Node = u32;

/// What an app asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Want {
    Token,
    NewToken,
    SignOut,
}

/// An [`Input`] that can be copied.
#[derive(Clone, Debug)]
pub enum Event {
    Start,
    Timeout,
    Revalidate,
    Message(Arc<Text>),
    Granted(u32),
    Unavailable(u32),
    Holder(u32, Option<String>),
    Stolen(u32),
    PageHidden,
    PageShown,
    Response(u32, Result<(u16, Arc<str>), NoResponse>),
    Written { area: Area, key: Arc<str>, result: Written },
    Call(u32, Want),
}

impl Event {
    pub fn input(&self) -> Input {
        match self {
            Self::Start => Input::Start,
            Self::Timeout => Input::Timeout,
            Self::Revalidate => Input::Revalidate,
            Self::Message(text) => Input::Message(Message::from_text(&text.text).expect("a message")),
            Self::Granted(ticket) => Input::LockGranted(*ticket),
            Self::Unavailable(ticket) => Input::LockUnavailable(*ticket),
            Self::Holder(ticket, holder) => Input::LockHolder(*ticket, holder.clone()),
            Self::Stolen(ticket) => Input::LockStolen(*ticket),
            Self::PageHidden => Input::PageHidden,
            Self::PageShown => Input::PageShown,
            Self::Response(id, Ok((status, body))) => {
                let body = Some(body.to_string());
                Input::Response(*id, Ok(HttpResponse { status: *status, body, retry_after: Millis(0) }))
            }
            Self::Response(id, Err(failure)) => Input::Response(*id, Err(*failure)),
            Self::Written { area, key, result } => {
                Input::Written { area: *area, key: key.to_string(), result: *result }
            }
            Self::Call(id, Want::SignOut) => Input::Call(
                *id,
                Call::Logout(Box::new(SignOutOptions {
                    return_to: None,
                    extra: Vec::new(),
                    reach: Reach::Provider,
                    delivery: Delivery::Navigate,
                })),
            ),
            Self::Call(id, want) => {
                let renewal = if *want == Want::NewToken { Renewal::Forced } else { Renewal::IfNeeded };
                Input::Call(*id, Call::Token { renewal, min_validity: Millis(0), rejected: None })
            }
        }
    }
}

/// One area of storage.
pub type Entries = BTreeMap<String, Arc<Text>>;

/// What a client reads while it handles one input.
#[derive(Clone, Debug)]
pub struct Sight {
    pub now: i64,
    pub tab: Arc<Entries>,
    pub origin: Arc<Entries>,
    /// Whether reading throws.
    pub blocked: bool,
    pub defect: Option<Defect>,
}

impl Environment for Sight {
    fn now(&self) -> Now {
        Now { wall: WallTime(WALL + self.now), mono: MonotonicTime(MONO + self.now) }
    }

    fn is_online(&self) -> bool {
        true
    }

    fn address(&self) -> String {
        "https://app.example/".into()
    }

    fn read(&self, area: Area, key: &str) -> Stored {
        if self.blocked {
            return Stored::Unreadable;
        }
        if self.defect == Some(Defect::NoEndedMark) && key.contains(".mark.out.") {
            return Stored::Empty;
        }
        let entries = if area == Area::Tab { &self.tab } else { &self.origin };
        entries.get(key).map_or(Stored::Empty, |text| Stored::Text(text.text.clone()))
    }

    fn keys(&self, area: Area, prefix: &str) -> Vec<String> {
        let entries = if area == Area::Tab { &self.tab } else { &self.origin };
        if self.blocked {
            return Vec::new();
        }
        entries.keys().filter(|key| key.starts_with(prefix)).cloned().collect()
    }

    fn entropy(&self) -> Option<[Entropy; 3]> {
        Some([[1; 32], [2; 32], [3; 32]])
    }
}

/// What an app sees.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Seen {
    Loading,
    Out(&'static str),
    In { sid: String, generation: i64, access: String, issued_at: i64, expires_at: i64, failing: bool },
}

impl Seen {
    fn of(client: &Client, now: Now) -> Self {
        match client.state(now) {
            SessionState::Loading => Self::Loading,
            SessionState::Unauthenticated(reason) => Self::Out(Reason::as_str(reason)),
            SessionState::Authenticated { record, failing, .. } => Self::In {
                sid: record.sid.clone(),
                generation: record.generation,
                access: record.access.expose().to_owned(),
                issued_at: record.issued_at.0 - WALL,
                expires_at: record.expires_at.0 - WALL,
                failing: failing.is_some(),
            },
        }
    }
}

/// What a step came to.
#[derive(Debug)]
pub struct Outcome {
    pub node: Node,
    pub acts: Vec<Act>,
    pub seen: Seen,
}

struct State {
    /// Its `Debug` text. Secrets are hidden in it: the provider names each in the scope that it grants.
    text: Arc<Text>,
    /// The state before it and what led here, the first way that was found.
    before: Option<(Node, Arc<(Event, Sight)>)>,
}

type Key = (Node, u64);

#[derive(Default)]
struct Known {
    states: Vec<State>,
    numbers: HashMap<(u64, u64), Node>,
    steps: HashMap<Key, Arc<Outcome>>,
}

/// All clients of one configuration and seed.
pub struct Automaton {
    config: Config,
    seed: u64,
    known: Mutex<Known>,
}

/// The state of a client that has not begun.
pub const BEGIN: Node = 0;

impl Automaton {
    pub fn new(config: Config, seed: u64) -> Self {
        let automaton = Self { config, seed, known: Mutex::default() };
        automaton.number(&automaton.client(), || None);
        automaton
    }

    fn client(&self) -> Client {
        Client::new(engine, self.config.clone(), self.seed)
    }

    /// How many states and steps are known.
    pub fn size(&self) -> (usize, usize) {
        let known = self.known.lock().unwrap();
        (known.states.len(), known.steps.len())
    }

    pub fn text(&self, node: Node) -> Arc<Text> {
        self.known.lock().unwrap().states[node as usize].text.clone()
    }

    /// What a client in the state `node` does with `event`.
    pub fn step(&self, node: Node, event: &Event, sight: &Sight) -> Arc<Outcome> {
        let key = (node, key(event, sight));
        if let Some(outcome) = self.known.lock().unwrap().steps.get(&key) {
            return outcome.clone();
        }
        let mut client = self.replay(node);
        let recorder = Recorder::default();
        client.handle(sight, &recorder, event.input());
        let seen = Seen::of(&client, sight.now());
        let before = || Some((node, Arc::new((event.clone(), sight.clone()))));
        let node = self.number(&client, before);
        let outcome = Arc::new(Outcome { node, acts: recorder.0.into_inner(), seen });
        self.known.lock().unwrap().steps.entry(key).or_insert(outcome).clone()
    }

    /// A client in the state `node`.
    fn replay(&self, mut node: Node) -> Client {
        let mut inputs = Vec::new();
        let known = self.known.lock().unwrap();
        while let Some((before, step)) = &known.states[node as usize].before {
            inputs.push(step.clone());
            node = *before;
        }
        drop(known);
        let mut client = self.client();
        for step in inputs.iter().rev() {
            client.handle(&step.1, &Recorder::default(), step.0.input());
        }
        client
    }

    fn number(&self, client: &Client, before: impl Fn() -> Option<(Node, Arc<(Event, Sight)>)>) -> Node {
        let text = without_versions(&format!("{client:?}"));
        let (mut one, mut two) = (DefaultHasher::new(), DefaultHasher::new());
        (&text, 1).hash(&mut one);
        (&text, 2).hash(&mut two);
        let digest = (one.finish(), two.finish());
        let mut known = self.known.lock().unwrap();
        if let Some(node) = known.numbers.get(&digest) {
            return *node;
        }
        let node = known.states.len() as Node;
        known.states.push(State { text: Arc::new(Text::new(text)), before: before() });
        known.numbers.insert(digest, node);
        node
    }
}

/// The number of changes that an app was told of changes nothing in what a client does.
fn without_versions(text: &str) -> String {
    let mut parts = text.split(", version: ");
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    kept
}

fn key(event: &Event, sight: &Sight) -> u64 {
    let mut hasher = DefaultHasher::new();
    match event {
        Event::Message(text) => text.text.hash(&mut hasher),
        Event::Call(id, want) => (id, want).hash(&mut hasher),
        Event::Granted(ticket) => (1, ticket).hash(&mut hasher),
        Event::Unavailable(ticket) => (2, ticket).hash(&mut hasher),
        Event::Stolen(ticket) => (3, ticket).hash(&mut hasher),
        other => format!("{other:?}").hash(&mut hasher),
    }
    (sight.now, sight.blocked).hash(&mut hasher);
    for entries in [&sight.tab, &sight.origin] {
        for (key, text) in entries.iter() {
            (key, &text.text).hash(&mut hasher);
        }
        0.hash(&mut hasher);
    }
    hasher.finish()
}
