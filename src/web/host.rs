//! What the loader keeps in JavaScript: locks, timers, channels and the calls that wait. They must outlive the wasm, so
//! that a lock is let go and a promise settled even if the wasm died.

use crate::core::base::clock::WallTime;
use crate::core::base::error::Error;
use crate::core::client::notification::{Notification, NotificationKind, Revocation, SignOutResult, Source};
use serde::{Serialize, Serializer};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, Request};

#[wasm_bindgen]
extern "C" {
    /// The loader's side, `js/host.ts`.
    pub type Host;

    /// Asks for the lock `name`, and queues for it or takes it only if it is free; the loader calls `granted`, `unavailable`,
    /// `locksMissing` or `stolen` with the ticket's number.
    #[wasm_bindgen(method)]
    pub fn lock(this: &Host, ticket: u32, name: &str, queue: bool);

    /// Asks who holds it; the loader calls `holder`.
    #[wasm_bindgen(method, js_name = queryHolder)]
    pub fn query_holder(this: &Host, ticket: u32);

    /// Opens or closes the channel to the peers.
    #[wasm_bindgen(method)]
    pub fn channel(this: &Host, open: bool);

    /// Takes it from its holder.
    #[wasm_bindgen(method)]
    pub fn steal(this: &Host, ticket: u32);

    /// Lets it go, or stops asking.
    #[wasm_bindgen(method)]
    pub fn unlock(this: &Host, ticket: u32);

    /// Posts to the peers.
    #[wasm_bindgen(method)]
    pub fn post(this: &Host, text: &str);

    /// Calls `timeout` in so many milliseconds; undefined: not at all.
    #[wasm_bindgen(method, js_name = setTimer)]
    pub fn set_timer(this: &Host, delay: Option<f64>);

    /// Calls that accept any valid token get this one until `wall` by `Date.now()`, `mono` by `performance.now()`, or the
    /// next input.
    #[wasm_bindgen(method)]
    pub fn lease(this: &Host, token: &str, wall: f64, mono: f64);

    /// Resolves a call.
    #[wasm_bindgen(method)]
    pub fn answer(this: &Host, call: u32, value: &JsValue);

    /// Rejects a call; `cause` is what the browser threw, `back` what goes back to the app with a refused callback.
    #[wasm_bindgen(method)]
    pub fn refuse(this: &Host, call: u32, fault: &JsValue, cause: &JsValue, back: &JsValue);

    /// Sends a request, for `timeout` milliseconds at most, and reads its body up to `limit` octets; the loader calls
    /// `answered` with what came.
    #[wasm_bindgen(method)]
    pub fn send(
        this: &Host,
        request: u32,
        built: &Request,
        controller: &AbortController,
        timeout: f64,
        limit: usize,
    );

    /// Gives a request up.
    #[wasm_bindgen(method)]
    pub fn cancel(this: &Host, request: u32);

    /// Verifies a signature; the loader calls `verified`. The octets are the wasm's own, and there for this call only.
    #[wasm_bindgen(method)]
    pub fn verify(
        this: &Host,
        request: u32,
        key: &JsValue,
        algorithm: &JsValue,
        signature: &[u8],
        signed: &[u8],
    );

    /// Stops feeding the client and lets everything go.
    #[wasm_bindgen(method)]
    pub fn detach(this: &Host);

    /// Tells the app.
    #[wasm_bindgen(method)]
    pub fn notify(this: &Host, event: &JsValue);

    /// Warns the developer of a fault that costs only a part.
    #[wasm_bindgen(method)]
    pub fn warn(this: &Host, fault: &JsValue);

    /// The state is another.
    #[wasm_bindgen(method)]
    pub fn changed(this: &Host);

    /// Whether the browser believes that it is online.
    #[wasm_bindgen(method)]
    pub fn online(this: &Host) -> bool;

    #[wasm_bindgen(js_namespace = Object, js_name = fromEntries)]
    fn from_pairs(pairs: &JsValue) -> JsValue;
}

/// One value of an object for the app.
pub enum Value<'a> {
    /// A string.
    Text(&'a str),
    /// A number.
    Number(f64),
    /// A boolean.
    Flag(bool),
    /// What JavaScript has already.
    Js(JsValue),
    /// Not there.
    Missing,
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => to.serialize_str(text),
            Self::Number(number) => to.serialize_f64(*number),
            Self::Flag(flag) => to.serialize_bool(*flag),
            Self::Js(value) => serde_wasm_bindgen::preserve::serialize(value, to),
            Self::Missing => to.serialize_unit(),
        }
    }
}

/// An object of these members. Serialised as pairs: a serialised struct brings a cache of its names with it.
pub fn object(members: &[(&str, Value)]) -> JsValue {
    let mut there = Vec::new();
    for member in members {
        if !matches!(member.1, Value::Missing) {
            there.push(member);
        }
    }
    serde_wasm_bindgen::to_value(&there).map_or(JsValue::UNDEFINED, |pairs| from_pairs(&pairs))
}

/// An error as the loader makes an `IntelliAuthError` of it.
pub fn fault(error: &Error) -> JsValue {
    let mut details = Vec::new();
    for (name, value) in &error.details {
        details.push((*name, Value::Text(value)));
    }
    object(&[
        ("code", Value::Text(error.code.as_str())),
        ("transient", Value::Flag(error.transient())),
        ("details", Value::Js(object(&details))),
    ])
}

/// Why refreshing fails, as an `AuthState` says it.
pub fn failing(error: &Error, retry_at: WallTime) -> JsValue {
    object(&why_failing(error, retry_at))
}

/// A notification as an `AuthEvent`.
pub fn event(notification: &Notification, at: WallTime) -> JsValue {
    let kind = &notification.kind;
    let mut members = Vec::from([
        ("type", Value::Text(kind.as_str())),
        ("at", Value::Number(at.0 as f64)),
        ("elsewhere", Value::Flag(notification.source == Source::OtherTab)),
    ]);
    match kind {
        NotificationKind::Failing(error, retry_at) => members.extend(why_failing(error, *retry_at)),
        NotificationKind::SignInStarted(url) => members.push(("authorizeUrl", Value::Text(url))),
        NotificationKind::SignOutCompleted(result) => members.extend(what_came_of(result)),
        NotificationKind::SignedOut(reason) => {
            members.push(("reason", Value::Text(reason.as_str())));
            members.push(("check", reason.check().map_or(Value::Missing, Value::Text)));
        }
        _ => {}
    }
    object(&members)
}

/// What a sign-out came to, as a `SignOutResult`.
pub fn sign_out(result: &SignOutResult) -> JsValue {
    object(&what_came_of(result))
}

type Member<'a> = (&'static str, Value<'a>);

fn why_failing(error: &Error, retry_at: WallTime) -> [Member<'_>; 2] {
    [("code", Value::Text(error.code.as_str())), ("retryAt", Value::Number(retry_at.0 as f64))]
}

fn what_came_of(result: &SignOutResult) -> [Member<'_>; 3] {
    let refused_by = match &result.revocation {
        Revocation::Refused(by) => Value::Text(by),
        _ => Value::Missing,
    };
    [
        ("revocation", Value::Text(result.revocation.as_str())),
        ("refusedBy", refused_by),
        ("provider", Value::Text(result.provider.as_str())),
    ]
}
