//! The client's exports. Every call has a number, and the loader settles it by that.

use super::options::JsObject;
use crate::core::base::clock::Millis;
use crate::core::base::config::Config;
use crate::core::base::secret::AccessToken;
use crate::core::client::attempts::Activation;
use crate::core::client::provider::Verdict;
use crate::core::client::runner::{Call, Delivery, Input, Rejected};
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

    /// The channel's and locks' common name.
    pub fn namespace(&self) -> JsValue {
        self.0.namespace().into()
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
    pub fn logout(&self, call: u32, options: JsObject, give_url: bool) {
        let options = Box::new(options.logout(delivery(give_url)));
        self.0.feed(Input::Call(call, Call::Logout(options)));
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

    /// What `js/host.ts` listens for, by the numbers of `js/inputs.ts`: which lock it is about, and the text of a message
    /// or the holder's name. One export, because each costs 0.1 KB on the wire.
    pub fn happened(&self, what: u32, ticket: u32, text: Option<String>) {
        self.0.feed(match what {
            0 => Input::Start,
            1 => Input::Revalidate,
            2 => Input::PageHidden,
            3 => Input::PageShown,
            4 => Input::Timeout,
            5 => Input::Dispose,
            6 => Input::LockGranted(ticket),
            7 => Input::LockUnavailable(ticket),
            8 => Input::LocksMissing(ticket),
            9 => Input::LockStolen(ticket),
            10 => Input::LockHolder(ticket, text),
            _ => match Message::from_text(&text.unwrap_or_default()) {
                Some(message) => Input::Message(message),
                None => return,
            },
        });
    }

    /// The result of a request: a response, or none.
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
}

/// Starts a sign-in; see `IntelliAuth.loginWithRedirect`.
#[wasm_bindgen(js_name = loginWithRedirect)]
pub fn login_with_redirect(core: &Core, call: u32, options: JsObject, activated: bool, give_url: bool) {
    let options = Box::new(options.login());
    let activation = if activated { Activation::User } else { Activation::NoneKnown };
    core.0.feed(Input::Call(call, Call::Login { options, activation, delivery: delivery(give_url) }));
}

/// Finishes the sign-in that `url`, an absolute one, answers; see `IntelliAuth.handleCallback`.
#[wasm_bindgen(js_name = handleCallback)]
pub fn handle_callback(core: &Core, call: u32, url: String) {
    core.0.feed(Input::Call(call, Call::Callback(url)));
}

fn delivery(give_url: bool) -> Delivery {
    if give_url { Delivery::GiveUrl } else { Delivery::Navigate }
}
