//! Objects that JavaScript hands over, read member by member.

use crate::core::base::config::{Endpoints, Options};
use crate::core::client::runner::{Delivery, Reach, SignOutOptions};
use crate::core::protocol::authorize::LoginOptions;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Options as `js/options.ts` hands them on: own members alone, each of its kind.
    pub type JsObject;

    /// A member.
    #[wasm_bindgen(method, indexing_getter)]
    pub fn get(this: &JsObject, name: &str) -> JsValue;

    #[wasm_bindgen(js_namespace = Object, js_name = entries)]
    fn entries(object: &JsValue) -> Box<[JsValue]>;

    #[wasm_bindgen(js_namespace = Array, js_name = from)]
    fn items(list: &JsValue) -> Box<[JsValue]>;
}

impl JsObject {
    /// A text.
    pub fn text(&self, name: &str) -> Option<String> {
        self.get(name).as_string()
    }

    /// A number.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.get(name).as_f64()
    }

    /// A list of texts; empty where there is none.
    pub fn texts(&self, name: &str) -> Vec<String> {
        let list = self.get(name);
        if list.is_undefined() { Vec::new() } else { texts(&list) }
    }

    /// A client's options.
    pub fn options(&self) -> Options {
        let redirect_uri = self.text("redirectUri").unwrap_or_default();
        Options {
            endpoints: self.endpoints(),
            tenant_url: self.text("tenantUrl").unwrap_or_default(),
            client_id: self.text("clientId").unwrap_or_default(),
            redirect_page: web_sys::Url::new(&redirect_uri).ok().map(|url| url.href()),
            redirect_uri,
            scope: self.text("scope"),
            token_storage: self.text("tokenStorage"),
            discovery: self.get("discovery").as_bool().unwrap_or_default(),
            issuer: self.text("issuer"),
            clock_skew_seconds: self.number("clockSkewSeconds"),
            request_timeout_seconds: self.number("requestTimeoutSeconds"),
            allowed_origins: self.texts("allowedOrigins"),
            additional_audiences: self.texts("additionalAudiences"),
        }
    }

    /// Its member `endpoints`.
    pub fn endpoints(&self) -> Endpoints {
        let endpoints = self.get("endpoints");
        let endpoints = (!endpoints.is_undefined()).then(|| endpoints.unchecked_into::<JsObject>());
        let endpoint = |name| endpoints.as_ref().and_then(|endpoints| endpoints.text(name));
        Endpoints {
            authorization: endpoint("authorization"),
            token: endpoint("token"),
            end_session: endpoint("endSession"),
            revocation: endpoint("revocation"),
            jwks: endpoint("jwks"),
        }
    }

    /// What is asked of one sign-out.
    pub fn logout(&self, delivery: Delivery) -> SignOutOptions {
        let local = self.get("localOnly").is_truthy();
        SignOutOptions {
            return_to: self.text("returnTo"),
            extra: self.extra(),
            reach: if local { Reach::Local } else { Reach::Provider },
            delivery,
        }
    }

    /// Its member `extraParams`.
    pub fn extra(&self) -> Vec<(String, String)> {
        let extra = self.get("extraParams");
        let mut pairs = Vec::new();
        if !extra.is_undefined() {
            for entry in &entries(&extra) {
                if let [name, value] = &mut texts(entry)[..] {
                    pairs.push((std::mem::take(name), std::mem::take(value)));
                }
            }
        }
        pairs
    }

    /// What is asked of one sign-in.
    pub fn login(&self) -> LoginOptions {
        LoginOptions {
            app_state: self.text("appState"),
            page: None,
            scope: self.text("scope"),
            prompt: self.text("prompt"),
            login_hint: self.text("loginHint"),
            ui_locales: self.text("uiLocales"),
            acr_values: self.text("acrValues"),
            max_age: self.number("maxAge"),
            extra: self.extra(),
        }
    }
}

fn texts(list: &JsValue) -> Vec<String> {
    let mut texts = Vec::new();
    for item in &items(list) {
        if let Some(text) = item.as_string() {
            texts.push(text);
        }
    }
    texts
}
