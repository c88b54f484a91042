//! What JavaScript sees: names and types, no logic. Every call has a number, and the loader settles it by that.

use crate::core::authorize::LoginOptions;
use crate::core::config::{Config, Endpoints, Options, refuse};
use crate::core::error::Error;
use crate::core::session::event::Event;
use crate::web::client::{Client, Logout};
use crate::web::host::{Host, fault};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

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

    fn text(&self, name: &str) -> Result<Option<String>, Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        value.as_string().map(Some).ok_or_else(|| refuse(name, "it is no text", "a string"))
    }

    fn number(&self, name: &str) -> Result<Option<f64>, Error> {
        let Some(value) = self.value(name) else { return Ok(None) };
        value.as_f64().map(Some).ok_or_else(|| refuse(name, "it is no number", "a number of seconds"))
    }

    fn options(&self) -> Result<Options, Error> {
        let nested = self.value("endpoints").map(JsCast::unchecked_into::<Given>);
        let endpoint = |name| nested.as_ref().map_or(Ok(None), |endpoints| endpoints.text(name));
        let allowed = self.value("allowedOrigins").map_or(Vec::new(), |list| items(&list).into_vec());
        Ok(Options {
            tenant_url: self.text("tenantUrl")?.unwrap_or_default(),
            client_id: self.text("clientId")?.unwrap_or_default(),
            redirect_uri: self.text("redirectUri")?.unwrap_or_default(),
            scope: self.text("scope")?,
            token_storage: self.text("tokenStorage")?,
            discovery: self.value("discovery").is_some_and(|value| value.is_truthy()),
            issuer: self.text("issuer")?,
            endpoints: Endpoints {
                authorization: endpoint("authorization")?,
                token: endpoint("token")?,
                end_session: endpoint("endSession")?,
                revocation: endpoint("revocation")?,
                jwks: endpoint("jwks")?,
            },
            clock_skew_seconds: self.number("clockSkewSeconds")?,
            request_timeout_seconds: self.number("requestTimeoutSeconds")?,
            allowed_origins: allowed.iter().map(|origin| origin.as_string().unwrap_or_default()).collect(),
        })
    }

    fn login(&self) -> Result<LoginOptions, Error> {
        let extra = self.value("extraParams").map_or(Vec::new(), |given| entries(&given).into_vec());
        let pair = |entry: &JsValue| {
            let parts = items(entry);
            Some((parts.first()?.as_string()?, parts.get(1)?.as_string()?))
        };
        let refused = || refuse("extraParams", "one of its values is no text", "an object of strings");
        Ok(LoginOptions {
            app_state: self.text("appState")?,
            scope: self.text("scope")?,
            prompt: self.text("prompt")?,
            login_hint: self.text("loginHint")?,
            ui_locales: self.text("uiLocales")?,
            acr_values: self.text("acrValues")?,
            max_age: self.number("maxAge")?,
            extra: extra.iter().map(pair).collect::<Option<_>>().ok_or_else(refused)?,
        })
    }
}

thread_local! {
    static DEATH: RefCell<Option<js_sys::Function>> = const { RefCell::new(None) };
}

/// Has `tell` called when the wasm panics: nothing in it can be relied on after that, so the loader begins anew.
#[wasm_bindgen(js_name = onDeath)]
pub fn on_death(tell: js_sys::Function) {
    DEATH.set(Some(tell));
    std::panic::set_hook(Box::new(|_| {
        DEATH.with_borrow(|tell| tell.as_ref().map(|tell| tell.call0(&JsValue::UNDEFINED)));
    }));
}

/// A client of one platform.
#[wasm_bindgen]
pub struct Core(Rc<Client>);

#[wasm_bindgen]
impl Core {
    /// Checks the options; what is thrown is a fault of the error table.
    #[wasm_bindgen(constructor)]
    pub fn new(options: Given, host: Host) -> Result<Core, JsValue> {
        let config = options.options().and_then(Config::new).map_err(|error| fault(&error))?;
        Ok(Core(Client::new(config, host)))
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
    pub fn is_callback(&self, url: Option<String>) -> bool {
        self.0.is_callback(url)
    }

    /// See `IntelliAuth.getAccessToken`; in milliseconds.
    #[wasm_bindgen(js_name = getToken)]
    pub fn get_token(&self, call: u32, force: bool, min_validity: f64, unlike: Option<String>) {
        self.0.get_token(call, force, min_validity, unlike);
    }

    /// See `IntelliAuth.logout`.
    pub fn logout(&self, call: u32, return_to: Option<String>, local_only: bool) {
        self.0.logout(Logout { call, return_to, local_only });
    }

    /// The state, as an `AuthState`.
    pub fn state(&self) -> JsValue {
        self.0.state()
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
pub fn login_with_redirect(core: &Core, call: u32, options: Given, give_url: bool) -> Result<(), JsValue> {
    let options = options.login().map_err(|error| fault(&error))?;
    core.0.login(call, options, give_url);
    Ok(())
}

/// Finishes a sign-in; see `IntelliAuth.handleCallback`.
#[wasm_bindgen(js_name = handleCallback)]
pub fn handle_callback(core: &Core, call: u32, url: Option<String>) {
    core.0.callback(call, url);
}
