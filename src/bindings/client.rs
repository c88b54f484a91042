//! The client's exports. Every call has a number, and the loader settles it by that.

use super::options::JsObject;
use crate::core::base::clock::Millis;
use crate::core::base::config::Config;
use crate::core::base::secret::AccessToken;
use crate::core::client::attempts::Activation;
use crate::core::client::provider::Verdict;
use crate::core::client::runner::{Call, Delivery, Input, Reach, Rejected};
use crate::core::client::session::io::Renewal;
use crate::core::client::session::message::Message;
use crate::web::host::{Host, fault};
use crate::web::net;
use crate::web::runner::Runner;
use wasm_bindgen::prelude::*;

/// A client of one provider.
#[wasm_bindgen]
pub struct Core(Runner);

#[wasm_bindgen]
impl Core {
    /// Checks the options; what is thrown is a fault of the error table.
    #[wasm_bindgen(constructor)]
    pub fn new(options: JsObject, host: Host) -> Result<Core, JsValue> {
        let config = Config::new(options.options()).map_err(|error| fault(&error))?;
        Ok(Core(Runner::new(config, host)))
    }

    /// Begins, once the host listens: a stored session is held, without any request.
    pub fn start(&self) {
        self.0.feed(Input::Start);
    }

    /// The channel's and locks' common name.
    pub fn namespace(&self) -> String {
        self.0.namespace()
    }

    /// Whether the redirect URI is plain http outside this machine.
    #[wasm_bindgen(js_name = insecureRedirect)]
    pub fn insecure_redirect(&self) -> bool {
        self.0.insecure_redirect()
    }

    /// See `IntelliAuth.isCallback`.
    #[wasm_bindgen(js_name = isCallback)]
    pub fn is_callback(&self, url: &str) -> bool {
        self.0.is_callback(url)
    }

    /// See `IntelliAuth.getAccessToken`; in milliseconds.
    #[wasm_bindgen(js_name = getToken)]
    pub fn get_token(&self, call: u32, force: bool, min_validity: f64) {
        let min_validity = Millis(min_validity as i64);
        let renewal = if force { Renewal::Forced } else { Renewal::IfNeeded };
        self.0.feed(Input::Call(call, Call::Token { renewal, min_validity, rejected: None }));
    }

    /// The token for another try after an API's 401; the same one where a newer one cannot help.
    #[wasm_bindgen(js_name = tokenAfter401)]
    pub fn token_after_401(&self, call: u32, token: String, challenges: Option<String>) {
        let rejected = Some(Rejected { token: AccessToken::new(token), challenges });
        self.0.feed(Input::Call(
            call,
            Call::Token { renewal: Renewal::IfNeeded, min_validity: Millis(0), rejected },
        ));
    }

    /// See `IntelliAuth.logout`.
    pub fn logout(&self, call: u32, return_to: Option<String>, local_only: bool) {
        let reach = if local_only { Reach::Local } else { Reach::Provider };
        self.0.feed(Input::Call(call, Call::Logout { return_to, reach }));
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

    /// A reason to look at everything again.
    pub fn revalidate(&self) {
        self.0.feed(Input::Revalidate);
    }

    /// The page is left.
    #[wasm_bindgen(js_name = pageHidden)]
    pub fn page_hidden(&self) {
        self.0.feed(Input::PageHidden);
    }

    /// The page is shown again, from the back/forward cache.
    #[wasm_bindgen(js_name = pageShown)]
    pub fn page_shown(&self) {
        self.0.feed(Input::PageShown);
    }

    /// The timer's time has come.
    pub fn timeout(&self) {
        self.0.feed(Input::Timeout);
    }

    /// A peer said something.
    pub fn message(&self, text: &str) {
        if let Some(message) = Message::from_text(text) {
            self.0.feed(Input::Message(message));
        }
    }

    /// A lock is held.
    pub fn granted(&self, ticket: u32) {
        self.0.feed(Input::LockGranted(ticket));
    }

    /// A lock that was not to be waited for is another's.
    pub fn unavailable(&self, ticket: u32) {
        self.0.feed(Input::LockUnavailable(ticket));
    }

    /// Who holds a lock that is waited for.
    pub fn holder(&self, ticket: u32, holder: Option<String>) {
        self.0.feed(Input::LockHolder(ticket, holder));
    }

    /// There are no locks.
    #[wasm_bindgen(js_name = locksMissing)]
    pub fn locks_missing(&self, ticket: u32) {
        self.0.feed(Input::LocksMissing(ticket));
    }

    /// A lock was taken away.
    pub fn stolen(&self, ticket: u32) {
        self.0.feed(Input::LockStolen(ticket));
    }

    /// What a request came to: a response, or none.
    pub fn answered(&self, request: u32, response: JsValue, body: Option<Vec<u8>>, timed_out: bool) {
        self.0.feed(net::answered(request, response, body, timed_out));
    }

    /// Whether the key signed it; undefined where this browser cannot tell.
    pub fn verified(&self, request: u32, valid: Option<bool>) {
        let verdict = match valid {
            Some(true) => Verdict::Valid,
            Some(false) => Verdict::Invalid,
            None => Verdict::Unsupported,
        };
        self.0.feed(Input::Verified(request, verdict));
    }

    /// The app needs the client no more.
    pub fn dispose(&self) {
        self.0.feed(Input::Dispose);
    }
}

/// Starts a sign-in; see `IntelliAuth.loginWithRedirect`.
#[wasm_bindgen(js_name = loginWithRedirect)]
pub fn login_with_redirect(core: &Core, call: u32, options: JsObject, activated: bool, give_url: bool) {
    let options = Box::new(options.login());
    let activation = if activated { Activation::User } else { Activation::NoneKnown };
    let delivery = if give_url { Delivery::GiveUrl } else { Delivery::Navigate };
    core.0.feed(Input::Call(call, Call::Login { options, activation, delivery }));
}

/// Finishes the sign-in that `url`, an absolute one, answers; see `IntelliAuth.handleCallback`.
#[wasm_bindgen(js_name = handleCallback)]
pub fn handle_callback(core: &Core, call: u32, url: String) {
    core.0.feed(Input::Call(call, Call::Callback(url)));
}
