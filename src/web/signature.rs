//! Verifying an ID token's signature by SubtleCrypto, which the loader asks.

use super::host::{Host, Value, object};
use crate::core::client::runner::RequestId;
use crate::core::protocol::jwks::Jwk;
use crate::core::protocol::jws::Jws;
use wasm_bindgen::JsValue;

/// How the token is signed, as Web Cryptography names it. Each algorithm takes what it knows of these.
pub fn algorithm(jws: &Jws) -> JsValue {
    object(&[
        ("name", Value::Text(jws.alg.subtle)),
        ("hash", Value::Text(jws.alg.hash)),
        ("namedCurve", Value::Text(jws.alg.crv)),
        ("saltLength", Value::Number(jws.alg.octets.into())),
    ])
}

/// A key as an object.
pub fn key(key: &Jwk) -> JsValue {
    let mut members = Vec::new();
    for (name, value) in key {
        members.push((*name, Value::Text(value)));
    }
    object(&members)
}

/// Asks whether `key` signed the token.
pub fn verify(host: &Host, request: RequestId, by: &Jwk, jws: &Jws) {
    host.verify(request, &key(by), &algorithm(jws), &jws.signature, jws.signed.as_bytes());
}
