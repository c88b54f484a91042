//! The JavaScript side: locks, timers, the channel and the calls that wait. If the wasm traps, they are still there, so
//! that locks are released and promises settled.

use crate::core::base::clock::WallTime;
use crate::core::base::error::Error;
use crate::core::client::notification::{Notification, NotificationKind, Revocation, SignOutResult, Source};
use serde::{Serialize, Serializer};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, Request};

#[wasm_bindgen]
extern "C" {
    /// `js/host.ts`. It reports what happens through the export `happened`, by the numbers of `js/inputs.ts`.
    pub type Host;

    /// Requests the lock `name`: queues for it, or takes it only if it is free. Reported: `LOCK_GRANTED`, `LOCK_UNAVAILABLE`,
    /// `LOCKS_MISSING` or `LOCK_STOLEN`, with the ticket.
    #[wasm_bindgen(method)]
    pub fn lock(this: &Host, ticket: u32, name: &str, queue: bool);

    /// Asks who holds the lock. Reported: `LOCK_HOLDER`.
    #[wasm_bindgen(method, js_name = queryHolder)]
    pub fn query_holder(this: &Host, ticket: u32);

    /// Opens or closes the channel to the peers.
    #[wasm_bindgen(method)]
    pub fn channel(this: &Host, open: bool);

    /// Takes the lock from its holder.
    #[wasm_bindgen(method)]
    pub fn steal(this: &Host, ticket: u32);

    /// Releases the lock, or stops requesting it.
    #[wasm_bindgen(method)]
    pub fn unlock(this: &Host, ticket: u32);

    /// Posts to the peers.
    #[wasm_bindgen(method)]
    pub fn post(this: &Host, text: &str);

    /// Reports `TIMEOUT` in `delay` milliseconds; undefined: never.
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

    /// Sends a request, for `timeout` milliseconds at most, reads its body up to `limit` octets, and calls the export
    /// `answered`.
    #[wasm_bindgen(method)]
    pub fn send(
        this: &Host,
        request: u32,
        built: &Request,
        controller: &AbortController,
        timeout: f64,
        limit: usize,
    );

    /// Aborts a request.
    #[wasm_bindgen(method)]
    pub fn cancel(this: &Host, request: u32);

    /// Verifies a signature and calls the export `verified`. The octets are views of the wasm's memory, valid during this
    /// call only.
    #[wasm_bindgen(method)]
    pub fn verify(
        this: &Host,
        request: u32,
        key: &JsValue,
        algorithm: &JsValue,
        signature: &[u8],
        signed: &[u8],
    );

    /// Removes listeners, closes the channel and releases the locks.
    #[wasm_bindgen(method)]
    pub fn detach(this: &Host);

    /// Tells the app.
    #[wasm_bindgen(method)]
    pub fn notify(this: &Host, event: &JsValue);

    /// Warns the developer of an error that nothing fails with.
    #[wasm_bindgen(method)]
    pub fn warn(this: &Host, fault: &JsValue);

    /// The state changed.
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

/// The result of a sign-out, as a `SignOutResult`.
pub fn sign_out(result: &SignOutResult, url: Option<&str>) -> JsValue {
    let [revocation, refused_by, provider] = what_came_of(result);
    object(&[revocation, refused_by, provider, ("url", url.map_or(Value::Missing, Value::Text))])
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
