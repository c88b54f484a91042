//! What the loader keeps in JavaScript: locks, timers, channels and the calls that wait. They must outlive the wasm, so
//! that a lock is let go and a promise settled even if the wasm died.

use crate::core::error::Error;
use crate::core::session::event::{News, Notice};
use serde::Serialize;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The loader's side, `js/host.ts`.
    pub type Host;

    /// Asks for the lock `name`; the loader calls `granted`, `overdue` or `stolen` with the ticket's number.
    #[wasm_bindgen(method)]
    pub fn lock(this: &Host, ticket: u32, name: &str, patience: f64);

    /// Takes it from its holder.
    #[wasm_bindgen(method)]
    pub fn steal(this: &Host, ticket: u32);

    /// Lets it go, or stops asking.
    #[wasm_bindgen(method)]
    pub fn unlock(this: &Host, ticket: u32);

    /// Posts to the siblings.
    #[wasm_bindgen(method)]
    pub fn post(this: &Host, text: &str);

    /// Calls `wake` in so many milliseconds; undefined: not at all.
    #[wasm_bindgen(method)]
    pub fn wake(this: &Host, delay: Option<f64>);

    /// Resolves a call.
    #[wasm_bindgen(method)]
    pub fn answer(this: &Host, call: u32, value: &JsValue);

    /// Rejects a call.
    #[wasm_bindgen(method)]
    pub fn refuse(this: &Host, call: u32, fault: &JsValue);

    /// Tells the app.
    #[wasm_bindgen(method)]
    pub fn tell(this: &Host, event: &JsValue);

    /// The state is another.
    #[wasm_bindgen(method)]
    pub fn changed(this: &Host);

    /// Whether the browser believes that it is online.
    #[wasm_bindgen(method)]
    pub fn online(this: &Host) -> bool;
}

#[derive(Serialize)]
struct Fault<'a> {
    code: &'a str,
    transient: bool,
    details: Vec<(&'a str, &'a str)>,
}

/// An error as the loader makes an `IntelliAuthError` of it.
pub fn fault(error: &Error) -> JsValue {
    let details = error.details.iter().map(|(name, value)| (*name, value.as_str())).collect();
    to_value(&Fault { code: error.code.as_str(), transient: error.code.transient(), details })
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    at: f64,
    elsewhere: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_at: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorize_url: Option<&'a str>,
}

/// A notice as an `AuthEvent`.
pub fn event(notice: &Notice, at: i64) -> JsValue {
    let mut told = Told { at: at as f64, elsewhere: notice.elsewhere, ..Told::default() };
    told.kind = match &notice.news {
        News::CallbackReceived => "callback_received",
        News::CodeExchanged => "code_exchanged",
        News::IdTokenChecked => "id_token_checked",
        News::SignedIn => "signed_in",
        News::Restored => "session_restored",
        News::Refreshed => "token_refreshed",
        News::Failing(error, retry_at) => {
            told.code = Some(error.code.as_str());
            told.retry_at = Some(*retry_at as f64);
            "refresh_failing"
        }
        News::StorageFailed => "storage_failed",
        News::SignedOut(reason) => {
            told.reason = Some(reason.as_str());
            "signed_out"
        }
    };
    to_value(&told)
}

/// The event of a sign-in that begins; its URL is masked.
pub fn started(masked_url: &str, at: i64) -> JsValue {
    let authorize_url = Some(masked_url);
    to_value(&Told { kind: "sign_in_started", at: at as f64, authorize_url, ..Told::default() })
}

/// Serialises what always can be.
pub fn to_value<T: Serialize>(value: &T) -> JsValue {
    serde_wasm_bindgen::to_value(value).unwrap_or(JsValue::UNDEFINED)
}
