//! Traces of failures, replayed on the crate itself: `npm run replay -- --native bundle.json --keep 'what it is'` adds
//! one to `tests/replay/native`. With `REPLAY=file` that one alone is replayed, and each step is printed.
#![cfg(not(target_arch = "wasm32"))]

use intelliauth_spa_sdk::core::base::clock::{Millis, MonotonicTime, Now, WallTime};
use intelliauth_spa_sdk::core::base::config::{Config, Endpoints, Options};
use intelliauth_spa_sdk::core::base::error::Error;
use intelliauth_spa_sdk::core::base::form;
use intelliauth_spa_sdk::core::base::secret::AccessToken;
use intelliauth_spa_sdk::core::client::Client;
use intelliauth_spa_sdk::core::client::notification::{Notification, NotificationKind};
use intelliauth_spa_sdk::core::client::runner::{
    Actions, Answer, Area, Call, CallId, Channel, Environment, Input, Report, RequestId, Wait, Written,
};
use intelliauth_spa_sdk::core::client::session::io::{Lock, Stored, Ticket};
use intelliauth_spa_sdk::core::client::session::message::Message;
use intelliauth_spa_sdk::core::protocol::jwks::Jwk;
use intelliauth_spa_sdk::core::protocol::jws::Jws;
use intelliauth_spa_sdk::core::protocol::pkce::Entropy;
use intelliauth_spa_sdk::native::{engine, record};
use serde_json::Value;
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::path::Path;

/// The page of a replay: what a step found, and what became of it.
#[derive(Default)]
struct Page {
    now: Cell<(i64, i64)>,
    online: Cell<bool>,
    address: RefCell<String>,
    tab: RefCell<Storage>,
    origin: RefCell<Storage>,
    /// Whether each write of this step fails.
    full: RefCell<VecDeque<bool>>,
    draws: Cell<usize>,
    /// What the client's own actions led to.
    inputs: RefCell<VecDeque<Input>>,
    calls: RefCell<HashMap<CallId, &'static str>>,
    outcomes: RefCell<Vec<String>>,
}

#[derive(Default)]
struct Storage {
    blocked: bool,
    /// `None` where it could not be read.
    held: Vec<(String, Option<String>)>,
}

impl Storage {
    fn set(&mut self, key: &str, text: Option<String>) {
        match self.held.iter_mut().find(|(known, _)| known == key) {
            Some((_, held)) => *held = text,
            None => self.held.push((key.to_owned(), text)),
        }
    }

    fn remove(&mut self, key: &str) {
        self.held.retain(|(known, _)| known != key);
    }
}

impl Page {
    fn storage(&self, area: Area) -> &RefCell<Storage> {
        match area {
            Area::Tab => &self.tab,
            Area::Origin => &self.origin,
        }
    }

    /// As the step found it.
    fn become_as(&self, step: &Value) {
        self.now.set((step["wall"].as_i64().unwrap(), step["mono"].as_i64().unwrap()));
        self.online.set(step["online"].as_bool().unwrap());
        if let Some(address) = step["address"].as_str() {
            *self.address.borrow_mut() = address.to_owned();
        }
        for found in step["found"].as_array().into_iter().flatten() {
            let area = if found[0] == "tab" { Area::Tab } else { Area::Origin };
            let mut storage = self.storage(area).borrow_mut();
            match (found[1].as_str().unwrap(), &found[2]) {
                ("", _) => storage.blocked = true,
                (key, Value::Null) => storage.remove(key),
                (key, text) => storage.set(key, text.as_str().map(str::to_owned)),
            }
        }
        let full = step["full"].as_array().into_iter().flatten();
        *self.full.borrow_mut() = full.map(|full| full == true).collect();
    }

    fn outcome(&self, text: String) {
        self.outcomes.borrow_mut().push(text);
    }
}

impl Environment for Page {
    fn now(&self) -> Now {
        let (wall, mono) = self.now.get();
        Now { wall: WallTime(wall), mono: MonotonicTime(mono) }
    }

    fn is_online(&self) -> bool {
        self.online.get()
    }

    fn address(&self) -> String {
        self.address.borrow().clone()
    }

    fn read(&self, area: Area, key: &str) -> Stored {
        let storage = self.storage(area).borrow();
        match storage.held.iter().find(|(known, _)| known == key) {
            _ if storage.blocked => Stored::Unreadable,
            None => Stored::Empty,
            Some((_, None)) => Stored::Unreadable,
            Some((_, Some(text))) => Stored::Text(text.clone()),
        }
    }

    fn keys(&self, area: Area, prefix: &str) -> Vec<String> {
        let storage = self.storage(area).borrow();
        let keys = storage.held.iter().map(|(key, _)| key).filter(|key| key.starts_with(prefix));
        if storage.blocked { Vec::new() } else { keys.cloned().collect() }
    }

    /// The octets that `js/replay/page.ts` draws: values that a bundle names are made of them.
    fn entropy(&self) -> Option<[Entropy; 3]> {
        self.draws.set(self.draws.get() + 1);
        let octet = |at: usize| (at * 31 + self.draws.get() * 97) as u8;
        let part = |part: usize| std::array::from_fn(|at| octet(part * 32 + at));
        Some([part(0), part(1), part(2)])
    }
}

impl Actions for Page {
    fn write(&self, area: Area, key: &str, text: &str, report: Report) {
        let mut storage = self.storage(area).borrow_mut();
        let stored = !storage.blocked && !self.full.borrow_mut().pop_front().unwrap_or(false);
        if stored {
            storage.set(key, Some(text.to_owned()));
        } else if !storage.blocked {
            storage.remove(key);
        }
        if report == Report::Always || report == Report::Failure && !stored {
            let result = if stored { Written::Stored } else { Written::Failed };
            self.inputs.borrow_mut().push_back(Input::Written { area, key: key.to_owned(), result });
        }
    }

    fn remove(&self, area: Area, key: &str) {
        self.storage(area).borrow_mut().remove(key);
    }

    fn send(&self, _: RequestId, url: &str, form: Option<&str>, _: Millis) {
        let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
        let path = rest.find('/').map_or("", |at| &rest[at..]).split(['?', '#']).next().unwrap_or_default();
        let what = match form {
            None => "GET".to_owned(),
            Some(form) => form::parse(form)
                .into_iter()
                .find(|(name, _)| name == "grant_type")
                .map_or("a form".to_owned(), |(name, value)| format!("{name}={value}")),
        };
        self.outcome(format!("sends {what} to {path}"));
    }

    fn settle(&self, call: CallId, answer: &Answer) {
        let method = self.calls.borrow()[&call];
        self.outcome(match answer {
            Answer::Error(error) | Answer::Refused(error, _) => {
                format!("{method}: refused, {}", error.code.as_str())
            }
            _ => format!("{method}: answered"),
        });
    }

    fn notify(&self, notification: &Notification) {
        let kind = &notification.kind;
        let more = match kind {
            NotificationKind::Failing(error, _) => vec![error.code.as_str()],
            NotificationKind::SignedOut(reason) => {
                std::iter::once(reason.as_str()).chain(reason.check()).collect()
            }
            _ => vec![],
        };
        let more = if more.is_empty() { String::new() } else { format!(": {}", more.join(", ")) };
        self.outcome(format!("event {}{more}", kind.as_str()));
    }

    fn set_channel(&self, _: Channel) {}
    fn post(&self, _: &Message) {}
    fn lock(&self, _: Ticket, _: &Lock, _: Wait) {}
    fn query_holder(&self, _: Ticket) {}
    fn steal(&self, _: Ticket) {}
    fn unlock(&self, _: Ticket) {}
    fn cancel(&self, _: RequestId) {}
    fn verify(&self, _: RequestId, _: &Jwk, _: &Jws) {}
    fn set_timer(&self, _: Option<MonotonicTime>) {}
    fn navigate(&self, _: &str) {}
    fn replace_address(&self, _: &str) {}
    fn lease(&self, _: &AccessToken, _: Now) {}
    fn warn(&self, _: &Error) {}
    fn state_changed(&self) {}
    fn close(&self) {}
}

fn options(value: &Value) -> Options {
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    let texts = |name: &str| {
        let list = value[name].as_array().into_iter().flatten();
        list.filter_map(|item| item.as_str().map(str::to_owned)).collect()
    };
    let endpoint = |name: &str| value["endpoints"][name].as_str().map(str::to_owned);
    Options {
        tenant_url: text("tenantUrl").unwrap(),
        client_id: text("clientId").unwrap(),
        redirect_uri: text("redirectUri").unwrap(),
        redirect_page: text("redirectPage"),
        scope: text("scope"),
        token_storage: text("tokenStorage"),
        discovery: value["discovery"] == true,
        issuer: text("issuer"),
        endpoints: Endpoints {
            authorization: endpoint("authorization"),
            token: endpoint("token"),
            end_session: endpoint("endSession"),
            revocation: endpoint("revocation"),
            jwks: endpoint("jwks"),
        },
        clock_skew_seconds: value["clockSkewSeconds"].as_f64(),
        request_timeout_seconds: value["requestTimeoutSeconds"].as_f64(),
        allowed_origins: texts("allowedOrigins"),
        additional_audiences: texts("additionalAudiences"),
    }
}

/// What came of every step, each with its place.
fn replay(fixture: &Value) -> Vec<(String, String)> {
    let mut told = Vec::new();
    for (number, run) in fixture["runs"].as_array().unwrap().iter().enumerate() {
        let config = Config::new(options(&run["options"])).unwrap();
        let mut client = Client::new(engine, config, run["seed"].as_u64().unwrap());
        let page = Page::default();
        for (at, step) in run["steps"].as_array().unwrap().iter().enumerate() {
            page.become_as(step);
            let text = step["input"].to_string();
            // As in the browser, a message that is none is dropped.
            let Some(input) = record::input(&text) else {
                assert!(text.starts_with("{\"message\""), "no input: {text}");
                continue;
            };
            if let Input::Call(id, call) = &input {
                page.calls.borrow_mut().insert(*id, method(call));
            }
            page.inputs.borrow_mut().push_back(input);
            loop {
                let next = page.inputs.borrow_mut().pop_front();
                let Some(input) = next else { break };
                client.handle(&page, &page, input);
            }
            let place = format!("page {}, step {}, {}", number + 1, at + 1, text);
            told.extend(page.outcomes.take().into_iter().map(|outcome| (place.clone(), outcome)));
        }
    }
    told
}

fn method(call: &Call) -> &'static str {
    match call {
        Call::Login { .. } => "loginWithRedirect",
        Call::Callback(_) => "handleCallback",
        Call::Token { rejected: Some(_), .. } => "fetch, after a 401",
        Call::Token { .. } => "getAccessToken",
        Call::Logout { .. } => "logout",
    }
}

/// The first outcome that is another than expected.
fn difference(fixture: &Value, told: &[(String, String)]) -> Option<String> {
    let expected: Vec<_> = fixture["expected"].as_array().unwrap().iter().map(|text| text.as_str()).collect();
    for at in 0..expected.len().max(told.len()) {
        let (place, outcome) =
            told.get(at).map_or(("the end", None), |(place, text)| (place, Some(text.as_str())));
        let wanted = expected.get(at).copied().flatten();
        if outcome != wanted {
            let or_nothing = |text: Option<&str>| text.unwrap_or("nothing more").to_owned();
            return Some(format!(
                "{place}:\n  expected: {}\n  replayed: {}",
                or_nothing(wanted),
                or_nothing(outcome)
            ));
        }
    }
    None
}

fn fixture(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn every_trace_does_on_the_crate_itself_what_is_expected_of_it() {
    if let Some(path) = std::env::var_os("REPLAY") {
        let fixture = fixture(Path::new(&path));
        let told = replay(&fixture);
        for (place, outcome) in &told {
            eprintln!("{outcome:<60} {place}");
        }
        assert_eq!(difference(&fixture, &told), None);
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replay/native");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let fixture = fixture(&path);
        if let Some(difference) = difference(&fixture, &replay(&fixture)) {
            panic!("{}, {}: {difference}", path.display(), fixture["about"]);
        }
        count += 1;
    }
    assert!(count > 0);
}
