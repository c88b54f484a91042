//! A runner in memory: a client that signs in with a provider that is these lines.

use intelliauth_spa_sdk::core::base::clock::{Millis, MonotonicTime, Now, WallTime};
use intelliauth_spa_sdk::core::base::error::Error;
use intelliauth_spa_sdk::core::base::secret::AccessToken;
use intelliauth_spa_sdk::core::client::Client;
use intelliauth_spa_sdk::core::client::attempts::Activation;
use intelliauth_spa_sdk::core::client::notification::Notification;
use intelliauth_spa_sdk::core::client::provider::HttpResponse;
use intelliauth_spa_sdk::core::client::runner::{
    Actions, Answer, Area, Call, CallId, Channel, Delivery, Environment, Input, Report, RequestId, Wait,
    Written,
};
use intelliauth_spa_sdk::core::client::session::io::{Lock, Renewal, Stored, Ticket};
use intelliauth_spa_sdk::core::client::session::message::Message;
use intelliauth_spa_sdk::core::protocol::authorize::LoginOptions;
use intelliauth_spa_sdk::core::protocol::jwks::Jwk;
use intelliauth_spa_sdk::core::protocol::jws::Jws;
use intelliauth_spa_sdk::core::protocol::pkce::Entropy;
use intelliauth_spa_sdk::native::engine;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, VecDeque};

#[derive(Default)]
struct World {
    now: i64,
    address: RefCell<String>,
    stored: RefCell<BTreeMap<String, String>>,
    /// What is still to be handled.
    inputs: RefCell<VecDeque<Input>>,
    went: RefCell<Option<String>>,
    nonce: RefCell<String>,
    tokens: Cell<u32>,
    random: Option<fn() -> Entropy>,
}

/// One name for both areas' keys.
fn place(area: Area, key: &str) -> String {
    format!("{area:?} {key}")
}

impl Environment for World {
    fn now(&self) -> Now {
        Now { wall: WallTime(self.now), mono: MonotonicTime(self.now) }
    }
    fn is_online(&self) -> bool {
        true
    }
    fn address(&self) -> String {
        self.address.borrow().clone()
    }
    fn read(&self, area: Area, key: &str) -> Stored {
        match self.stored.borrow().get(&place(area, key)) {
            Some(text) => Stored::Text(text.clone()),
            None => Stored::Empty,
        }
    }
    fn keys(&self, area: Area, prefix: &str) -> Vec<String> {
        let start = place(area, prefix);
        let strip = place(area, "").len();
        let stored = self.stored.borrow();
        stored.keys().filter(|key| key.starts_with(&start)).map(|key| key[strip..].to_owned()).collect()
    }
    fn entropy(&self) -> Option<[Entropy; 3]> {
        self.random.map(|random| [random(), random(), random()])
    }
}

impl Actions for World {
    fn write(&self, area: Area, key: &str, text: &str, report: Report) {
        self.stored.borrow_mut().insert(place(area, key), text.to_owned());
        if report == Report::Always {
            let key = key.to_owned();
            self.inputs.borrow_mut().push_back(Input::Written { area, key, result: Written::Stored });
        }
    }
    fn remove(&self, area: Area, key: &str) {
        self.stored.borrow_mut().remove(&place(area, key));
    }
    fn set_channel(&self, _: Channel) {}
    fn post(&self, _: &Message) {}
    fn lock(&self, ticket: Ticket, _: &Lock, _: Wait) {
        self.inputs.borrow_mut().push_back(Input::LockGranted(ticket.number));
    }
    fn query_holder(&self, _: Ticket) {}
    fn steal(&self, _: Ticket) {}
    fn unlock(&self, _: Ticket) {}
    fn send(&self, request: RequestId, _: &str, form: Option<&str>, _: Millis) {
        assert!(form.is_some(), "no discovery");
        let body = super::token_response(&self.nonce.borrow());
        let response = HttpResponse { status: 200, body: Some(body), retry_after: Millis(0) };
        self.inputs.borrow_mut().push_back(Input::Response(request, Ok(response)));
    }
    fn cancel(&self, _: RequestId) {}
    fn verify(&self, _: RequestId, _: &Jwk, _: &Jws) {}
    fn set_timer(&self, _: Option<MonotonicTime>) {}
    fn navigate(&self, url: &str) {
        *self.went.borrow_mut() = Some(url.to_owned());
    }
    fn replace_address(&self, url: &str) {
        *self.address.borrow_mut() = url.to_owned();
    }
    fn settle(&self, _: CallId, answer: &Answer) {
        match answer {
            Answer::Token(_) => self.tokens.set(self.tokens.get() + 1),
            Answer::Error(error) | Answer::Refused(error, _) => panic!("{error:?}"),
            _ => {}
        }
    }
    fn lease(&self, _: &AccessToken, _: Now) {}
    fn warn(&self, _: &Error) {}
    fn notify(&self, _: &Notification) {}
    fn state_changed(&self) {}
    fn close(&self) {}
}

/// A client and the world that it is in.
pub struct Page {
    client: Client,
    world: World,
}

impl Page {
    fn open(world: World) -> Self {
        let mut page = Self { client: Client::new(engine, super::config(), 1), world };
        page.feed(Input::Start);
        page
    }
    fn feed(&mut self, input: Input) {
        self.client.handle(&self.world, &self.world, input);
        loop {
            let next = self.world.inputs.borrow_mut().pop_front();
            let Some(input) = next else { break };
            self.client.handle(&self.world, &self.world, input);
        }
    }
    /// Asks for the access token, which is there.
    pub fn token(&mut self) {
        let before = self.world.tokens.get();
        let call = Call::Token { renewal: Renewal::IfNeeded, min_validity: Millis(0), rejected: None };
        self.feed(Input::Call(1, call));
        assert_eq!(self.world.tokens.get(), before + 1);
    }
}

/// The whole of a sign-in: the page that leaves, and the one that comes back.
pub fn signed_in(random: fn() -> Entropy) -> Page {
    let world = World {
        now: super::now(),
        address: RefCell::new("https://app.example/".into()),
        random: Some(random),
        ..World::default()
    };
    let mut page = Page::open(world);
    page.feed(Input::Call(
        1,
        Call::Login {
            options: Box::new(LoginOptions::default()),
            activation: Activation::User,
            delivery: Delivery::Navigate,
        },
    ));
    let went = page.world.went.take().expect("an authorize URL");
    let sent = |name: &str| {
        let start = went.find(&format!("{name}=")).expect("a parameter") + name.len() + 1;
        went[start..].split('&').next().unwrap_or_default().to_owned()
    };
    let (state, nonce) = (sent("state"), sent("nonce"));
    let back = format!("{}?code=abc&state={state}", super::REDIRECT);
    let world = World {
        now: super::now(),
        address: RefCell::new(back.clone()),
        stored: page.world.stored,
        nonce: RefCell::new(nonce),
        random: Some(random),
        ..World::default()
    };
    let mut page = Page::open(world);
    page.feed(Input::Call(2, Call::Callback(back)));
    page
}
