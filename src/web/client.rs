//! The browser's runner of [`Session`]: carries its effects out and feeds it what comes back.

use super::clock::now;
use super::host::{self, Host, Value, fault, object};
use super::navigation::{address, leave, origin, replace_address, window};
use super::random::{entropy, seed};
use super::storage::Shelf;
use super::{json, net, signature};
use crate::core::api::{may_carry_token, newer_token_may_help};
use crate::core::attempts::{Activation, Attempts};
use crate::core::authorize::{Fresh, LoginOptions, begin, masked};
use crate::core::callback::{self, SignIn};
use crate::core::clock::Now;
use crate::core::config::{Config, Endpoints};
use crate::core::encoding::fingerprint;
use crate::core::error::{Code, Error};
use crate::core::id_token::{PROTOCOL_CLAIMS, Purpose};
use crate::core::jws::Jws;
use crate::core::logout::end_session_url;
use crate::core::platform::{Done, Errand, Goal, Platform, Reply, Step};
use crate::core::return_to::{after_callback, same_origin};
use crate::core::secret::{AccessToken, IdToken, RefreshToken};
use crate::core::session::event::{Call, Cx, Effect, Event, Lock, Refusal, SignedIn, Ticket};
use crate::core::session::message::Message;
use crate::core::session::{Rules, Session, State};
use crate::core::token::{exchange_form, refresh_form, revoke_form};
use crate::core::transaction::{SignInContext, Transaction};
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
    /// The session waits for it before it answers a callback.
    Metadata(Ticket),
    /// The person leaves.
    Leave { logout: Logout, id_token: Option<IdToken> },
    /// Nobody waits.
    Nothing,
}

struct Login {
    call: Call,
    options: LoginOptions,
    activation: Activation,
    give_url: bool,
}

/// A sign-in that is ready to be stored and then to be gone to.
struct Begun {
    url: String,
    transaction: Transaction,
    attempts: Attempts,
}

impl Client {
    /// A client that has not begun.
    pub fn new(config: Config, host: Host) -> Rc<Self> {
        let config = Rc::new(config);
        let rules = Rules {
            keep: config.keep,
            issuer: config.issuer.clone(),
            client_id: config.client_id.clone(),
            // Metadata, the token endpoint, the keys and the keys again, one after the other.
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
            Effect::Refresh { ticket, token, sign_in } => {
                let form = refresh_form(&self.config.client_id, &token);
                self.request(ticket, form, Purpose::Refresh { sign_in });
            }
            Effect::Exchange { ticket, code, verifier, redirect_uri, nonce, max_age } => {
                let form = exchange_form(&self.config.client_id, code, &redirect_uri, verifier);
                self.request(ticket, form, Purpose::SignIn { nonce, max_age });
            }
            Effect::Wake(at) => self.host.wake(at.map(|at| (at - now().mono).max(0) as f64)),
            Effect::Token(call, Ok(token)) => self.host.answer(call, &token.expose().into()),
            Effect::Token(call, Err(error)) => self.refuse(call, &error),
            Effect::Metadata(ticket) => self.errand(Goal::Metadata, Then::Metadata(ticket)),
            Effect::SignedIn(call, Ok(SignedIn { id_token, context })) => {
                let [app_state, return_to] = self.back(&context);
                let user = ("user", Value::Js(self.user(&id_token)));
                self.host.answer(call, &object(&[user, app_state, return_to]));
            }
            Effect::SignedIn(call, Err(Refusal { error, context })) => {
                let back = object(&self.back(&context));
                self.host.refuse(call, &fault(&error), &JsValue::UNDEFINED, &back);
            }
            Effect::CameBack { mark, failed } => {
                let mut attempts = self.shelf.attempts();
                attempts.came_back(&mark, failed);
                self.shelf.keep_attempts(&attempts);
            }
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
        self.host.refuse(call, &fault(error), &JsValue::UNDEFINED, &JsValue::UNDEFINED);
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
            for left_out in self.platform.borrow_mut().left_out() {
                self.host.warn(&fault(&left_out));
            }
        }
    }

    fn done(self: &Rc<Self>, then: Then, done: Done) {
        match (then, done) {
            (Then::Answered { ticket, asked_at }, Done::Tokens(outcome)) => {
                self.dispatch(Event::Answered { ticket, asked_at, outcome });
            }
            (Then::Login(login), Done::Metadata(metadata)) => {
                let Login { call, options, activation, give_url } = *login;
                match metadata.and_then(|metadata| self.begin(&metadata.endpoints, options, activation)) {
                    Ok(begun) => self.go(call, give_url, &begun),
                    Err(error) => self.refuse(call, &error),
                }
            }
            (Then::Metadata(ticket), Done::Metadata(metadata)) => {
                let iss_required = metadata.map(|known| known.sends_iss);
                self.dispatch(Event::Metadata { ticket, iss_required });
            }
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
    pub fn login(
        self: &Rc<Self>,
        call: Call,
        mut options: LoginOptions,
        activation: Activation,
        give_url: bool,
    ) {
        let window = window();
        let here = callback::cleaned(&address(&window));
        options.page = here.strip_prefix(origin(&window).as_str()).map(str::to_owned);
        let login = Login { call, options, activation, give_url };
        self.errand(Goal::Metadata, Then::Login(Box::new(login)));
    }

    fn begin(
        &self,
        endpoints: &Endpoints,
        options: LoginOptions,
        activation: Activation,
    ) -> Result<Begun, Error> {
        let endpoint = endpoints.authorization.as_deref().unwrap_or_default();
        let [verifier, state, nonce] = entropy()?;
        let fresh = Fresh { verifier, state, nonce };
        let at = now().wall;
        let (url, transaction) = begin(&self.config, endpoint, options, &fresh, at)?;
        let mut attempts = self.shelf.attempts();
        attempts.begin(at, activation, &fingerprint(transaction.state.expose()))?;
        Ok(Begun { url, transaction, attempts })
    }

    /// Goes to the platform, or answers with the URL, once what the callback needs is stored.
    fn go(&self, call: Call, give_url: bool, begun: &Begun) {
        let Begun { url, transaction, attempts } = begun;
        if let Err(cause) = self.shelf.open(transaction, transaction.at) {
            let error = fault(&Error::new(Code::StorageUnavailable));
            return self.host.refuse(call, &error, &cause, &JsValue::UNDEFINED);
        }
        self.shelf.keep_attempts(attempts);
        self.host.tell(&host::started(&masked(url), transaction.at));
        if give_url {
            self.host.answer(call, &url.into());
        } else if !leave(&window(), url) {
            self.refuse(call, &Error::new(Code::Internal).with("problem", "navigation"));
        }
    }

    /// Answers the callback at `url`, an absolute one. Its parameters leave the address bar first, whatever comes of
    /// them; those of another client on this page are left to that client.
    pub fn callback(self: &Rc<Self>, call: Call, url: &str) {
        let response = callback::read(url);
        if self.is_of_another_client(&response) {
            return self.refuse(call, &Error::new(Code::StateUnknown).with("problem", "another client's"));
        }
        let window = window();
        if url == address(&window) && callback::is_response(url, self.sign_in()) {
            replace_address(&window, &callback::cleaned(url));
        }
        self.dispatch(Event::Callback { call, response });
    }

    /// Whether `url`, an absolute one, is at the redirect URI and carries a response that is not another client's.
    pub fn is_callback(&self, url: &str) -> bool {
        callback::at_redirect_uri(url, &self.config.redirect_page)
            && callback::is_response(url, self.sign_in())
            && !self.is_of_another_client(&callback::read(url))
    }

    fn sign_in(&self) -> SignIn {
        if self.shelf.has_transaction(now().wall) { SignIn::Pending } else { SignIn::NonePending }
    }

    fn is_of_another_client(&self, response: &callback::Response) -> bool {
        response.states.iter().any(|state| self.shelf.is_of_another_client(state))
    }

    /// Where the user was and what the app wants back, as members of an object for the app.
    fn back(&self, context: &SignInContext) -> [(&'static str, Value<'static>); 2] {
        let app_state = context.app_state.as_deref().and_then(json::value);
        let app_state = app_state.unwrap_or_else(|| js_sys::Object::new().into());
        let target = json::replace_text(&app_state, "returnTo", |target| {
            same_origin(target, &self.config.redirect_page).to_owned()
        });
        let return_to =
            after_callback(target.as_deref(), context.page.as_deref(), &self.config.redirect_page);
        [("appState", Value::Js(app_state)), ("returnTo", Value::Js(return_to.into()))]
    }

    /// Wants an access token. `min_validity` in milliseconds.
    pub fn get_token(self: &Rc<Self>, call: Call, force: bool, min_validity: f64) {
        self.dispatch(Event::GetToken { call, force, min_validity: min_validity as i64, rejected: None });
    }

    /// Wants an access token for another try after an API's 401 to `token`; `challenges` is its `WWW-Authenticate`.
    pub fn token_after_401(self: &Rc<Self>, call: Call, token: String, challenges: Option<String>) {
        let helps = challenges.is_none_or(|challenges| newer_token_may_help(&challenges));
        let rejected = helps.then(|| AccessToken::new(token));
        self.dispatch(Event::GetToken { call, force: false, min_validity: 0, rejected });
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
}

/// All that an ID token says, as an object.
fn claims(id_token: &IdToken) -> JsValue {
    let payload = Jws::read(json::engine, id_token.expose()).ok();
    payload.and_then(|jws| json::value(&jws.payload)).unwrap_or_else(|| js_sys::Object::new().into())
}
