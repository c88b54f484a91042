//! The browser's runner of [`Session`]: carries its effects out and feeds it what comes back.

use super::clock::now;
use super::host::{self, Host, Value, fault, object};
use super::navigation::{address, leave, origin, replace_address, window};
use super::random::{entropy, seed};
use super::storage::Shelf;
use super::{json, net, signature};
use crate::core::api::may_carry_token;
use crate::core::authorize::{Fresh, LoginOptions, begin, masked};
use crate::core::callback;
use crate::core::clock::Now;
use crate::core::config::{Config, Endpoints};
use crate::core::encoding::fingerprint;
use crate::core::error::{Code, Error};
use crate::core::id_token::{PROTOCOL_CLAIMS, Purpose};
use crate::core::jws::Jws;
use crate::core::logout::end_session_url;
use crate::core::platform::{Done, Errand, Goal, Platform, Reply, Step};
use crate::core::return_to::same_origin;
use crate::core::secret::{AccessToken, IdToken, RefreshToken};
use crate::core::session::event::{Call, Cx, Effect, Event, Lock, SignedIn, Ticket, View};
use crate::core::session::message::Message;
use crate::core::session::{Rules, Session, State};
use crate::core::token::{exchange_form, refresh_form, revoke_form};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// How long siblings have to answer, in milliseconds.
const ASK_WAIT: i64 = 150;

/// One client.
pub struct Client {
    config: Rc<Config>,
    platform: RefCell<Platform>,
    shelf: Shelf,
    host: Host,
    session: RefCell<Session>,
    events: RefCell<VecDeque<Event>>,
    running: Cell<bool>,
    told: Cell<u32>,
    tickets: RefCell<Vec<Ticket>>,
    logout: RefCell<Option<Logout>>,
    user: RefCell<Option<(IdToken, JsValue)>>,
}

/// A sign-out under way.
pub struct Logout {
    /// Who waits.
    pub call: Call,
    /// Where to go afterwards.
    pub return_to: Option<String>,
    /// Whether the platform's own session stays.
    pub local_only: bool,
}

/// What an errand is run for.
enum Then {
    /// The session waits for it.
    Answered { ticket: Ticket, asked_at: Now },
    /// A sign-in begins.
    Login(Box<Login>),
    /// A sign-in ends.
    Callback { call: Call, response: callback::Response },
    /// The person leaves.
    Leave { logout: Logout, id_token: Option<IdToken> },
    /// Nobody waits.
    Nothing,
}

struct Login {
    call: Call,
    options: LoginOptions,
    give_url: bool,
}

impl Client {
    /// A client that has not begun.
    pub fn new(config: Config, host: Host) -> Rc<Self> {
        let config = Rc::new(config);
        let rules = Rules {
            keep: config.keep,
            issuer: config.issuer.clone(),
            client_id: config.client_id.clone(),
            // Metadata, keys, the token endpoint and the keys again, one after the other.
            hold: 4 * config.request_timeout + 2 * ASK_WAIT,
            ask_wait: ASK_WAIT,
        };
        Rc::new(Self {
            platform: RefCell::new(Platform::new(json::engine, config.clone())),
            shelf: Shelf::new(config.namespace(), config.keep),
            session: RefCell::new(Session::new(rules, seed())),
            config,
            host,
            events: RefCell::default(),
            running: Cell::new(false),
            told: Cell::new(0),
            tickets: RefCell::default(),
            logout: RefCell::default(),
            user: RefCell::default(),
        })
    }

    /// What it was made with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Takes one event, and those that carrying it out brings.
    pub fn dispatch(self: &Rc<Self>, event: Event) {
        self.events.borrow_mut().push_back(event);
        if self.running.replace(true) {
            return;
        }
        loop {
            let Some(event) = self.events.borrow_mut().pop_front() else { break };
            let cx = Cx { now: now(), online: self.host.online(), view: &self.shelf };
            let effects = self.session.borrow_mut().step(&cx, event);
            for effect in effects {
                self.perform(effect);
            }
        }
        self.running.set(false);
        let version = self.session.borrow().version();
        if self.told.replace(version) != version {
            self.host.changed();
        }
    }

    fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::Store(text) => {
                if !self.shelf.store(&text) {
                    self.events.borrow_mut().push_back(Event::StoreFailed);
                }
            }
            Effect::Mark(mark) => self.shelf.mark(&mark, now().wall),
            Effect::DropTransaction(state) => self.shelf.close(&state),
            Effect::Post(message) => self.host.post(&message.to_text()),
            Effect::Lock { ticket, lock, patience } => {
                self.tickets.borrow_mut().push(ticket);
                let name = match lock {
                    Lock::Session(sid) => [&self.config.namespace(), ".", &sid].concat(),
                    Lock::Callback(mark) => [&self.config.namespace(), ".callback.", &mark].concat(),
                };
                self.host.lock(ticket.number, &name, patience as f64);
            }
            Effect::Steal(ticket) => self.host.steal(ticket.number),
            Effect::Unlock(ticket) => {
                self.tickets.borrow_mut().retain(|held| *held != ticket);
                self.host.unlock(ticket.number);
            }
            Effect::Refresh { ticket, token, previous } => {
                let form = refresh_form(&self.config.client_id, &token);
                self.request(ticket, form, Purpose::Refresh { previous });
            }
            Effect::Exchange { ticket, code, verifier, redirect_uri, nonce, max_age } => {
                let form = exchange_form(&self.config.client_id, code, &redirect_uri, verifier);
                self.request(ticket, form, Purpose::SignIn { nonce, max_age });
            }
            Effect::Wake(at) => self.host.wake(at.map(|at| (at - now().mono).max(0) as f64)),
            Effect::Token(call, Ok(token)) => self.host.answer(call, &token.expose().into()),
            Effect::SignedIn(call, Ok(signed_in)) => self.host.answer(call, &self.signed_in(&signed_in)),
            Effect::Token(call, Err(error)) | Effect::SignedIn(call, Err(error)) => self.refuse(call, &error),
            Effect::Tell(notice) => self.host.tell(&host::event(&notice, now().wall)),
            Effect::Leave { refresh, id_token } => {
                let Some(logout) = self.logout.borrow_mut().take() else { return };
                *self.user.borrow_mut() = None;
                let goal = refresh.map_or(Goal::Metadata, |token| self.revocation(&token));
                self.errand(goal, Then::Leave { logout, id_token });
            }
            Effect::Revoke(token) => self.errand(self.revocation(&token), Then::Nothing),
        }
    }

    /// One request to the token endpoint; its answer comes back as an event.
    fn request(self: &Rc<Self>, ticket: Ticket, form: String, purpose: Purpose) {
        self.errand(Goal::Tokens { form, purpose }, Then::Answered { ticket, asked_at: now() });
    }

    fn revocation(&self, token: &RefreshToken) -> Goal {
        Goal::Revoke { form: revoke_form(&self.config.client_id, token) }
    }

    fn refuse(&self, call: Call, error: &Error) {
        self.host.refuse(call, &fault(error));
    }

    /// Begins an errand; what needs no request is done before this returns.
    fn errand(self: &Rc<Self>, goal: Goal, then: Then) {
        let mut errand = Errand::new(goal);
        let step = errand.step(&mut self.platform.borrow_mut(), now(), Reply::Begin);
        match step {
            Step::Done(done) => self.done(then, done),
            step => spawn_local(self.clone().run(errand, step, then)),
        }
    }

    async fn run(self: Rc<Self>, mut errand: Errand, mut step: Step, then: Then) {
        loop {
            let reply = match step {
                Step::Send { url, form, timeout } => Reply::Answer(net::send(&url, form, timeout).await),
                Step::Verify { key, jws } => Reply::Verified(signature::verify(&key, &jws).await),
                Step::Done(done) => return self.done(then, done),
            };
            step = errand.step(&mut self.platform.borrow_mut(), now(), reply);
        }
    }

    fn done(self: &Rc<Self>, then: Then, done: Done) {
        match (then, done) {
            (Then::Answered { ticket, asked_at }, Done::Tokens(outcome)) => {
                self.dispatch(Event::Answered { ticket, asked_at, outcome });
            }
            (Then::Login(login), Done::Metadata(metadata)) => {
                let Login { call, options, give_url } = *login;
                match metadata.and_then(|metadata| self.start(&metadata.endpoints, options, give_url)) {
                    Ok(Some(url)) => self.host.answer(call, &url.into()),
                    Ok(None) => {}
                    Err(error) => self.refuse(call, &error),
                }
            }
            (Then::Callback { call, response }, Done::Metadata(metadata)) => match metadata {
                Ok(metadata) => {
                    self.dispatch(Event::Callback { call, response, iss_required: metadata.sends_iss });
                }
                Err(error) => self.refuse(call, &error),
            },
            (Then::Leave { logout, id_token }, Done::Metadata(metadata)) => {
                self.leave(
                    logout,
                    id_token,
                    metadata.ok().and_then(|known| known.endpoints.end_session.clone()),
                );
            }
            _ => {}
        }
    }

    /// Starts a sign-in. Answers with the URL if `give_url`, and else not at all: the page leaves.
    pub fn login(self: &Rc<Self>, call: Call, options: LoginOptions, give_url: bool) {
        self.errand(Goal::Metadata, Then::Login(Box::new(Login { call, options, give_url })));
    }

    fn start(
        &self,
        endpoints: &Endpoints,
        options: LoginOptions,
        give_url: bool,
    ) -> Result<Option<String>, Error> {
        let endpoint = endpoints.authorization.as_deref().unwrap_or_default();
        let [verifier, state, nonce] = entropy()?;
        let fresh = Fresh { verifier, state, nonce };
        let at = now().wall;
        let (url, transaction) = begin(&self.config, endpoint, options, &fresh, at)?;
        if !self.shelf.open(&transaction, at) {
            return Err(Error::new(Code::StorageUnavailable));
        }
        self.host.tell(&host::started(&masked(&url), at));
        if give_url {
            return Ok(Some(url));
        }
        if leave(&window(), &url) {
            Ok(None)
        } else {
            Err(Error::new(Code::Internal).with("problem", "navigation"))
        }
    }

    /// Answers a callback. Its parameters leave the address bar first, whatever comes of them.
    pub fn callback(self: &Rc<Self>, call: Call, url: Option<String>) {
        let window = window();
        let here = address(&window);
        let url = url.unwrap_or_else(|| here.clone());
        if url == here {
            let clean = callback::cleaned(&here);
            if clean != here {
                replace_address(&window, &clean);
            }
        }
        let response = callback::read(&url);
        self.errand(Goal::Metadata, Then::Callback { call, response });
    }

    /// Whether `url` is at the redirect URI and answers a sign-in that this tab started, now or before.
    pub fn is_callback(&self, url: Option<String>) -> bool {
        let url = url.unwrap_or_else(|| address(&window()));
        let response = callback::read(&url);
        callback::at_redirect_uri(&url, &self.config.redirect_uri)
            && response.state.is_some_and(|state| {
                self.shelf.transaction(&state).is_some()
                    || self.shelf.marked_here(&fingerprint(state.expose()))
            })
    }

    /// Wants an access token. Milliseconds.
    pub fn get_token(self: &Rc<Self>, call: Call, force: bool, min_validity: f64, unlike: Option<String>) {
        let unlike = unlike.map(AccessToken::new);
        self.dispatch(Event::GetToken { call, force, min_validity: min_validity as i64, unlike });
    }

    /// Signs out.
    pub fn logout(self: &Rc<Self>, logout: Logout) {
        *self.logout.borrow_mut() = Some(logout);
        self.dispatch(Event::SignOut);
    }

    /// The tab and the platform know of it; now the person goes where the app wants.
    fn leave(&self, logout: Logout, id_token: Option<IdToken>, end_session: Option<String>) {
        let Logout { call, return_to, local_only } = logout;
        let window = window();
        if let Some(endpoint) = end_session.filter(|_| !local_only) {
            let client_id = &self.config.client_id;
            leave(&window, &end_session_url(&endpoint, client_id, id_token.as_ref(), return_to.as_deref()));
        } else if let Some(target) = return_to {
            let home = origin(&window);
            leave(&window, &[&home, same_origin(&target, &home)].concat());
        }
        self.host.answer(call, &JsValue::UNDEFINED);
    }

    /// Something of the loader's about a lock.
    pub fn lock_event(self: &Rc<Self>, number: u32, event: fn(Ticket) -> Event) {
        let ticket = self.tickets.borrow().iter().find(|ticket| ticket.number == number).copied();
        if let Some(ticket) = ticket {
            self.dispatch(event(ticket));
        }
    }

    /// A sibling's words.
    pub fn heard(self: &Rc<Self>, text: &str) {
        if let Some(message) = Message::from_text(text) {
            self.dispatch(Event::Heard(message));
        }
    }

    /// Whether a request to `url` may carry the token.
    pub fn may_carry_token(&self, url: &str) -> bool {
        may_carry_token(&self.config, url)
    }

    /// The state, as an `AuthState`.
    pub fn state(&self) -> JsValue {
        let session = self.session.borrow();
        match session.state(now()) {
            State::Loading => object(&[("status", Value::Text("loading"))]),
            State::Out(reason) => object(&[
                ("status", Value::Text("unauthenticated")),
                ("reason", Value::Text(reason.as_str())),
            ]),
            State::In { grant, refresh_at, failing } => object(&[
                ("status", Value::Text("authenticated")),
                ("user", Value::Js(self.user(&grant.id_token))),
                ("scope", Value::Text(&grant.scope)),
                ("expiresAt", Value::Number(grant.expires_at as f64)),
                ("refreshAt", refresh_at.map_or(Value::Missing, |at| Value::Number(at as f64))),
                (
                    "failing",
                    failing.map_or(Value::Missing, |(error, at)| Value::Js(host::failing(error, *at))),
                ),
            ]),
        }
    }

    /// The ID token's text or, with `as_claims`, all that it says; undefined where nobody is signed in.
    pub fn id_token(&self, as_claims: bool) -> JsValue {
        match self.session.borrow().state(now()) {
            State::In { grant, .. } if as_claims => claims(&grant.id_token),
            State::In { grant, .. } => grant.id_token.expose().into(),
            _ => JsValue::UNDEFINED,
        }
    }

    /// The user's claims as an object, the same one for the same token.
    fn user(&self, id_token: &IdToken) -> JsValue {
        if let Some((known, user)) = &*self.user.borrow()
            && known == id_token
        {
            return user.clone();
        }
        let user = claims(id_token);
        for name in PROTOCOL_CLAIMS {
            json::remove(&user, name);
        }
        *self.user.borrow_mut() = Some((id_token.clone(), user.clone()));
        user
    }

    fn signed_in(&self, signed_in: &SignedIn) -> JsValue {
        let app_state = signed_in.app_state.as_deref().and_then(json::value);
        let app_state = app_state.unwrap_or_else(|| js_sys::Object::new().into());
        json::replace_text(&app_state, "returnTo", |target| {
            same_origin(target, &origin(&window())).to_owned()
        });
        object(&[("user", Value::Js(self.user(&signed_in.id_token))), ("appState", Value::Js(app_state))])
    }
}

/// All that an ID token says, as an object.
fn claims(id_token: &IdToken) -> JsValue {
    let payload = Jws::read(json::engine, id_token.expose()).ok();
    payload.and_then(|jws| json::value(&jws.payload)).unwrap_or_else(|| js_sys::Object::new().into())
}
