//! The browser's runner of [`Client`]: reads for it, carries its actions out and feeds it what happens. It decides nothing.

use super::clock::now;
use super::host::{self, Host, Value, fault, object};
use super::navigation::{address, leave, replace_address, window};
use super::{json, net, random, signature, storage};
use crate::core::base::clock::{Millis, MonotonicTime, Now};
use crate::core::base::config::Config;
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::secret::{AccessToken, IdToken};
use crate::core::base::text::concat;
use crate::core::client::Client;
use crate::core::client::notification::Notification;
use crate::core::client::runner::{
    Actions, Answer, Area, Channel, Environment, Input, Report, RequestId, Wait, Written,
};
use crate::core::client::session::SessionState;
use crate::core::client::session::io::{Lock, Stored, Ticket};
use crate::core::client::session::message::Message;
use crate::core::protocol::bearer::may_carry_token;
use crate::core::protocol::jwks::Jwk;
use crate::core::protocol::jws::Jws;
use crate::core::protocol::pkce::Entropy;
use crate::core::protocol::return_to::{after_callback, same_origin};
use crate::core::protocol::transaction::SignInContext;
use std::cell::RefCell;
use wasm_bindgen::prelude::*;

/// One client and its browser.
pub struct Runner {
    client: RefCell<Client>,
    browser: Browser,
    user: RefCell<Option<(IdToken, JsValue)>>,
}

/// What the client reads and acts through.
pub struct Browser {
    host: Host,
    namespace: String,
    redirect_page: String,
    /// What is handled next, in this order.
    inputs: RefCell<Vec<Input>>,
    running: std::cell::Cell<bool>,
    /// What the browser threw when it could not write: the cause of `storage_unavailable`.
    thrown: RefCell<JsValue>,
}

impl Runner {
    /// A client that was not started yet.
    pub fn new(config: Config, host: Host) -> Self {
        let client = Client::new(json::engine, config, random::seed());
        let (namespace, redirect_page) =
            (client.namespace().to_owned(), client.config().redirect_page.clone());
        let browser = Browser::new(host, namespace, redirect_page);
        Self { client: RefCell::new(client), browser, user: RefCell::default() }
    }

    /// Hands the client one input, and then the inputs that its actions lead to.
    pub fn feed(&self, input: Input) {
        self.browser.inputs.borrow_mut().push(input);
        // The page's code that an action calls may call the client in turn: that input is handled after this one.
        if self.browser.running.replace(true) {
            return;
        }
        while let Some(input) = self.browser.next_input() {
            self.client.borrow_mut().handle(&self.browser, &self.browser, input);
        }
        self.browser.running.set(false);
    }

    /// The prefix of keys, locks and channel.
    pub fn namespace(&self) -> &str {
        &self.browser.namespace
    }

    /// Whether the redirect URI is plain http outside this machine.
    pub fn insecure_redirect(&self) -> bool {
        self.client.try_borrow().is_ok_and(|client| client.config().insecure_redirect)
    }

    /// Whether `url`, an absolute one, is a callback.
    pub fn is_callback(&self, url: &str) -> bool {
        let client = self.client.try_borrow();
        client.is_ok_and(|client| client.is_callback(&self.browser, url))
    }

    /// Whether a request to `url` may carry the token.
    pub fn may_carry_token(&self, url: &str) -> bool {
        self.client.try_borrow().is_ok_and(|client| may_carry_token(client.config(), url))
    }

    /// The state, as an `AuthState`; undefined while an input is handled.
    pub fn state(&self) -> JsValue {
        let Ok(client) = self.client.try_borrow() else { return JsValue::UNDEFINED };
        match client.state(now()) {
            SessionState::Loading => object(&[("status", Value::Text("loading"))]),
            SessionState::Unauthenticated(reason) => object(&[
                ("status", Value::Text("unauthenticated")),
                ("reason", Value::Text(reason.as_str())),
            ]),
            SessionState::Authenticated { record, refresh_at, failing, .. } => object(&[
                ("status", Value::Text("authenticated")),
                ("user", Value::Js(self.user(&record.id_token))),
                ("scope", Value::Text(&record.scope)),
                ("expiresAt", Value::Number(record.expires_at.0 as f64)),
                ("refreshAt", refresh_at.map_or(Value::Missing, |at| Value::Number(at.0 as f64))),
                (
                    "failing",
                    failing.map_or(Value::Missing, |(error, at)| Value::Js(host::failing(error, *at))),
                ),
            ]),
        }
    }

    /// The ID token: its claims, or as it is.
    pub fn id_token(&self, claims: bool) -> JsValue {
        let Ok(client) = self.client.try_borrow() else { return JsValue::UNDEFINED };
        match client.state(now()) {
            SessionState::Authenticated { record, .. } if claims => json::claims(&record.id_token),
            SessionState::Authenticated { record, .. } => record.id_token.expose().into(),
            _ => JsValue::UNDEFINED,
        }
    }

    /// The user's claims as an object, the same one for the same token.
    fn user(&self, id_token: &IdToken) -> JsValue {
        let mut known = self.user.borrow_mut();
        match &*known {
            Some((token, user)) if token == id_token => user.clone(),
            _ => {
                let user = json::user(id_token);
                *known = Some((id_token.clone(), user.clone()));
                user
            }
        }
    }
}

impl Environment for Browser {
    fn now(&self) -> Now {
        now()
    }

    fn is_online(&self) -> bool {
        self.host.online()
    }

    fn address(&self) -> String {
        address(&window())
    }

    fn read(&self, area: Area, key: &str) -> Stored {
        storage::read(area, key)
    }

    fn keys(&self, area: Area, prefix: &str) -> Vec<String> {
        storage::keys(area, prefix)
    }

    fn entropy(&self) -> Option<[Entropy; 3]> {
        random::entropy()
    }
}

impl Actions for Browser {
    fn write(&self, area: Area, key: &str, text: &str, report: Report) {
        let stored = match storage::write(area, key, text) {
            Ok(()) => true,
            Err(thrown) => {
                *self.thrown.borrow_mut() = thrown;
                false
            }
        };
        if report == Report::Always || (report == Report::Failure && !stored) {
            let result = if stored { Written::Stored } else { Written::Failed };
            self.inputs.borrow_mut().push(Input::Written { area, key: key.to_owned(), result });
        }
    }

    fn remove(&self, area: Area, key: &str) {
        storage::remove(area, key);
    }

    fn set_channel(&self, channel: Channel) {
        self.host.channel(channel == Channel::Open);
    }

    fn post(&self, message: &Message) {
        self.host.post(&message.to_text());
    }

    fn lock(&self, ticket: Ticket, lock: &Lock, wait: Wait) {
        let name = match lock {
            Lock::Session(sid) => concat(&[&self.namespace, ".", sid]),
            Lock::Callback(mark) => concat(&[&self.namespace, ".callback.", mark]),
        };
        self.host.lock(ticket.number, &name, wait == Wait::Queue);
    }

    fn query_holder(&self, ticket: Ticket) {
        self.host.query_holder(ticket.number);
    }

    fn steal(&self, ticket: Ticket) {
        self.host.steal(ticket.number);
    }

    fn unlock(&self, ticket: Ticket) {
        self.host.unlock(ticket.number);
    }

    fn send(&self, request: RequestId, url: &str, form: Option<&str>, timeout: Millis) {
        match net::request(url, form) {
            Some((built, controller)) => {
                self.host.send(request, &built, &controller, timeout.0 as f64, net::MAX_BODY);
            }
            None => self.inputs.borrow_mut().push(net::not_sent(request)),
        }
    }

    fn cancel(&self, request: RequestId) {
        self.host.cancel(request);
    }

    fn verify(&self, request: RequestId, key: &Jwk, jws: &Jws) {
        signature::verify(&self.host, request, key, jws);
    }

    fn set_timer(&self, at: Option<MonotonicTime>) {
        self.host.set_timer(at.map(|at| (at - now().mono).0.max(0) as f64));
    }

    fn navigate(&self, url: &str) {
        if !leave(&window(), url) {
            self.inputs.borrow_mut().push(Input::NavigationRefused);
        }
    }

    fn replace_address(&self, url: &str) {
        replace_address(&window(), url);
    }

    fn settle(&self, call: u32, answer: &Answer) {
        let host = &self.host;
        match answer {
            Answer::Done => host.answer(call, &JsValue::UNDEFINED),
            Answer::Url(url) => host.answer(call, &(*url).into()),
            Answer::Token(token) => host.answer(call, &token.expose().into()),
            Answer::SignedOut(result, url) => host.answer(call, &host::sign_out(result, *url)),
            Answer::SignedIn(id_token, context) => {
                let [app_state, return_to] = self.back(context);
                host.answer(
                    call,
                    &object(&[("user", Value::Js(json::user(id_token))), app_state, return_to]),
                );
            }
            Answer::Error(error) => {
                let thrown = match error.code {
                    ErrorCode::StorageUnavailable => self.thrown.borrow().clone(),
                    _ => JsValue::UNDEFINED,
                };
                host.refuse(call, &fault(error), &thrown, &JsValue::UNDEFINED);
            }
            Answer::Refused(error, context) => {
                host.refuse(call, &fault(error), &JsValue::UNDEFINED, &object(&self.back(context)));
            }
        }
    }

    fn lease(&self, token: &AccessToken, until: Now) {
        self.host.lease(token.expose(), until.wall.0 as f64, until.mono.0 as f64);
    }

    fn warn(&self, error: &Error) {
        self.host.warn(&fault(error));
    }

    fn notify(&self, notification: &Notification) {
        self.host.notify(&host::event(notification, now().wall));
    }

    fn state_changed(&self) {
        self.host.changed();
    }

    fn close(&self) {
        self.host.detach();
    }
}

impl Browser {
    /// Acts through `host`, under names that begin with `namespace`.
    pub fn new(host: Host, namespace: String, redirect_page: String) -> Self {
        Self {
            host,
            namespace,
            redirect_page,
            inputs: RefCell::default(),
            running: std::cell::Cell::new(false),
            thrown: RefCell::new(JsValue::UNDEFINED),
        }
    }

    /// The next input that an action has led to at once.
    pub fn next_input(&self) -> Option<Input> {
        let mut inputs = self.inputs.borrow_mut();
        if inputs.is_empty() { None } else { Some(inputs.remove(0)) }
    }

    /// Where the user was and what the app wants back, as members of an object for the app.
    fn back(&self, context: &SignInContext) -> [(&'static str, Value<'static>); 2] {
        let app_state = context.app_state.as_deref().and_then(json::value);
        let app_state = app_state.unwrap_or_else(|| object(&[]));
        let target = json::replace_text(&app_state, "returnTo", |target| {
            same_origin(target, &self.redirect_page).to_owned()
        });
        let return_to = after_callback(target.as_deref(), context.page.as_deref(), &self.redirect_page);
        [("appState", Value::Js(app_state)), ("returnTo", Value::Js(return_to.into()))]
    }
}
