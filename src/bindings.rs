//! What JavaScript sees: names and types, no logic. Every call has a number, and the loader settles it by that.

use crate::core::attempts::Activation;
use crate::core::authorize::LoginOptions;
use crate::core::config::{Config, Endpoints, Options, refuse};
use crate::core::error::Error;
use crate::core::session::event::Event;
use crate::web::client::{Client, Logout};
use crate::web::host::{Host, fault};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// A third of the standard one's size.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();

#[wasm_bindgen]
extern "C" {
    /// An object that an app wrote: read member by member, and nothing in it is believed to be what its type says.
    pub type Given;

    #[wasm_bindgen(js_namespace = Reflect, js_name = get)]
    fn get(object: &Given, name: &str) -> JsValue;

    #[wasm_bindgen(js_namespace = Object, js_name = entries)]
    fn entries(object: &JsValue) -> Box<[JsValue]>;

    #[wasm_bindgen(js_namespace = Array, js_name = from)]
    fn items(list: &JsValue) -> Box<[JsValue]>;
}

impl Given {
    fn value(&self, name: &str) -> Option<JsValue> {
        Some(get(self, name)).filter(|value| !value.is_undefined() && !value.is_null())
    }
}

/// Reads what an app gave and keeps the first refusal for the end: so there is one way out, and not one for each member.
struct Reader {
    refused: Option<Error>,
}

impl Reader {
    fn read<T>(object: &Given, members: fn(&mut Self, &Given) -> T) -> Result<T, Error> {
        let mut reader = Self { refused: None };
        let read = members(&mut reader, object);
        reader.refused.map_or(Ok(read), Err)
    }

    fn refuse(&mut self, name: &str, problem: &str, instead: &str) {
        self.refused.get_or_insert_with(|| refuse(name, problem, instead));
    }

    fn text(&mut self, object: &Given, name: &str) -> Option<String> {
        let value = object.value(name)?;
        let text = value.as_string();
        if text.is_none() {
            self.refuse(name, "it is no text", "a string");
        }
        text
    }

    fn number(&mut self, object: &Given, name: &str) -> Option<f64> {
        let value = object.value(name)?;
        let number = value.as_f64();
        if number.is_none() {
            self.refuse(name, "it is no number", "a number of seconds");
        }
        number
    }

    fn options(&mut self, given: &Given) -> Options {
        let endpoints = given.value("endpoints").map(JsCast::unchecked_into::<Given>);
        let redirect_uri = self.text(given, "redirectUri").unwrap_or_default();
        // One that is no text becomes an empty one, which is neither an origin nor an audience.
        let texts = |name| {
            let list = given.value(name).map_or(Vec::new(), |list| items(&list).into_vec());
            list.iter().map(|item| item.as_string().unwrap_or_default()).collect()
        };
        let mut endpoint = |name| endpoints.as_ref().and_then(|endpoints| self.text(endpoints, name));
        Options {
            endpoints: Endpoints {
                authorization: endpoint("authorization"),
                token: endpoint("token"),
                end_session: endpoint("endSession"),
                revocation: endpoint("revocation"),
                jwks: endpoint("jwks"),
            },
            tenant_url: self.text(given, "tenantUrl").unwrap_or_default(),
            client_id: self.text(given, "clientId").unwrap_or_default(),
            redirect_page: web_sys::Url::new(&redirect_uri).ok().map(|url| url.href()),
            redirect_uri,
            scope: self.text(given, "scope"),
            token_storage: self.text(given, "tokenStorage"),
            discovery: given.value("discovery").is_some_and(|value| value.is_truthy()),
            issuer: self.text(given, "issuer"),
            clock_skew_seconds: self.number(given, "clockSkewSeconds"),
            request_timeout_seconds: self.number(given, "requestTimeoutSeconds"),
            allowed_origins: texts("allowedOrigins"),
            additional_audiences: texts("additionalAudiences"),
        }
    }

    fn login(&mut self, given: &Given) -> LoginOptions {
        let extra = given.value("extraParams").map_or(Vec::new(), |extra| entries(&extra).into_vec());
        LoginOptions {
            app_state: self.text(given, "appState"),
            page: None,
            scope: self.text(given, "scope"),
            prompt: self.text(given, "prompt"),
            login_hint: self.text(given, "loginHint"),
            ui_locales: self.text(given, "uiLocales"),
            acr_values: self.text(given, "acrValues"),
            max_age: self.number(given, "maxAge"),
            extra: extra.iter().map(|entry| self.pair(entry)).collect(),
        }
    }

    fn pair(&mut self, entry: &JsValue) -> (String, String) {
        let parts = items(entry);
        let mut part = |at: usize| {
            parts.get(at).and_then(JsValue::as_string).unwrap_or_else(|| {
                self.refuse("extraParams", "one of its values is no text", "an object of strings");
                String::new()
            })
        };
        (part(0), part(1))
    }
}

/// A client of one platform.
#[wasm_bindgen]
pub struct Core(Rc<Client>);

#[wasm_bindgen]
impl Core {
    /// Checks the options; what is thrown is a fault of the error table.
    #[wasm_bindgen(constructor)]
    pub fn new(options: Given, host: Host) -> Result<Core, JsValue> {
        let config =
            Reader::read(&options, Reader::options).and_then(Config::new).map_err(|error| fault(&error))?;
        Ok(Core(Client::new(config, host)))
    }

    /// Begins, once the host listens: a stored session is held, without any request.
    pub fn start(&self) {
        self.0.dispatch(Event::Start);
    }

    /// The channel's and locks' common name.
    pub fn namespace(&self) -> String {
        self.0.config().namespace()
    }

    /// Whether the redirect URI is plain http outside this machine.
    #[wasm_bindgen(js_name = insecureRedirect)]
    pub fn insecure_redirect(&self) -> bool {
        self.0.config().insecure_redirect
    }

    /// See `IntelliAuth.isCallback`.
    #[wasm_bindgen(js_name = isCallback)]
    pub fn is_callback(&self, url: &str) -> bool {
        self.0.is_callback(url)
    }

    /// See `IntelliAuth.getAccessToken`; in milliseconds.
    #[wasm_bindgen(js_name = getToken)]
    pub fn get_token(&self, call: u32, force: bool, min_validity: f64) {
        self.0.get_token(call, force, min_validity);
    }

    /// The token for another try after an API's 401; the same one where a newer one cannot help.
    #[wasm_bindgen(js_name = tokenAfter401)]
    pub fn token_after_401(&self, call: u32, token: String, challenges: Option<String>) {
        self.0.token_after_401(call, token, challenges);
    }

    /// See `IntelliAuth.logout`.
    pub fn logout(&self, call: u32, return_to: Option<String>, local_only: bool) {
        self.0.logout(Logout { call, return_to, local_only });
    }

    /// The state, as an `AuthState`.
    pub fn state(&self) -> JsValue {
        self.0.state()
    }

    /// See `IntelliAuth.getIdToken` and, with `as_claims`, `IntelliAuth.getIdTokenClaims`.
    #[wasm_bindgen(js_name = idToken)]
    pub fn id_token(&self, as_claims: bool) -> JsValue {
        self.0.id_token(as_claims)
    }

    /// Whether a request to `url` may carry the access token.
    #[wasm_bindgen(js_name = mayCarryToken)]
    pub fn may_carry_token(&self, url: &str) -> bool {
        self.0.may_carry_token(url)
    }

    /// A reason to look again.
    pub fn look(&self) {
        self.0.dispatch(Event::Look);
    }

    /// The timer's time has come.
    pub fn wake(&self) {
        self.0.dispatch(Event::Wake);
    }

    /// A sibling said something.
    pub fn heard(&self, text: &str) {
        self.0.heard(text);
    }

    /// A lock is held.
    pub fn granted(&self, ticket: u32) {
        self.0.lock_event(ticket, Event::Granted);
    }

    /// A lock is not to be had.
    pub fn overdue(&self, ticket: u32) {
        self.0.lock_event(ticket, Event::Overdue);
    }

    /// A lock was taken away.
    pub fn stolen(&self, ticket: u32) {
        self.0.lock_event(ticket, Event::Stolen);
    }
}

/// Starts a sign-in; see `IntelliAuth.loginWithRedirect`.
#[wasm_bindgen(js_name = loginWithRedirect)]
pub fn login_with_redirect(
    core: &Core,
    call: u32,
    options: Given,
    activated: bool,
    give_url: bool,
) -> Result<(), JsValue> {
    let options = Reader::read(&options, Reader::login).map_err(|error| fault(&error))?;
    let activation = if activated { Activation::User } else { Activation::NoneKnown };
    core.0.login(call, options, activation, give_url);
    Ok(())
}

/// Finishes the sign-in that `url`, an absolute one, answers; see `IntelliAuth.handleCallback`.
#[wasm_bindgen(js_name = handleCallback)]
pub fn handle_callback(core: &Core, call: u32, url: &str) {
    core.0.callback(call, url);
}
