//! Verifying an ID token's signature by SubtleCrypto, which the loader asks.

use super::host::{Host, Value, object};
use crate::core::client::runner::RequestId;
use crate::core::protocol::jwks::Jwk;
use crate::core::protocol::jws::Jws;
use js_sys::Uint8Array;

/// Asks whether `key` signed the token.
pub fn verify(host: &Host, request: RequestId, key: &Jwk, jws: &Jws) {
    // Each algorithm takes what it knows of these.
    let algorithm = object(&[
        ("name", Value::Text(jws.alg.subtle)),
        ("hash", Value::Text(jws.alg.hash)),
        ("namedCurve", Value::Text(jws.alg.crv)),
        ("saltLength", Value::Number(jws.alg.octets.into())),
    ]);
    let mut members = Vec::new();
    for (name, value) in key {
        members.push((*name, Value::Text(value)));
    }
    let bytes = |data: &[u8]| Uint8Array::from(data);
    let (signature, signed) = (bytes(&jws.signature), bytes(jws.signed.as_bytes()));
    host.verify(request, &object(&members), &algorithm, &signature, &signed);
}
