//! Verifying an ID token's signature by SubtleCrypto.

use super::host::{Value, object};
use crate::core::jwks::Jwk;
use crate::core::jws::Jws;
use crate::core::platform::Verdict;
use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    // Promises, not `async fn`s: on plain http there is no `crypto.subtle`, which throws at once.
    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = importKey)]
    fn import_key(
        format: &str,
        key: &JsValue,
        algorithm: &JsValue,
        extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["crypto", "subtle"], js_name = verify)]
    fn verify_by_key(
        algorithm: &JsValue,
        key: &JsValue,
        signature: &Uint8Array,
        data: &Uint8Array,
    ) -> Result<Promise, JsValue>;
}

/// Whether `key` signed the token. A key that the browser refuses did not.
pub async fn verify(key: &Jwk, jws: &Jws) -> Verdict {
    match verified(key, jws).await {
        Ok(valid) if valid.is_truthy() => Verdict::Valid,
        Err(thrown) if unsupported(&thrown) => Verdict::Unsupported,
        _ => Verdict::Invalid,
    }
}

/// Whether the algorithm is unknown here, or everything is: a TypeError is what a page without `crypto.subtle` gives.
fn unsupported(thrown: &JsValue) -> bool {
    let name = thrown.dyn_ref::<js_sys::Error>().map(|error| String::from(error.name()));
    matches!(name.as_deref(), Some("NotSupportedError" | "TypeError"))
}

async fn verified(key: &Jwk, jws: &Jws) -> Result<JsValue, JsValue> {
    // Each algorithm takes what it knows of these.
    let algorithm = object(&[
        ("name", Value::Text(jws.alg.subtle)),
        ("hash", Value::Text(jws.alg.hash)),
        ("namedCurve", Value::Text(jws.alg.crv)),
        ("saltLength", Value::Number(jws.alg.octets.into())),
    ]);
    let members: Vec<_> = key.iter().map(|(name, value)| (*name, Value::Text(value))).collect();
    let usages = Array::of1(&"verify".into());
    let imported = JsFuture::from(import_key("jwk", &object(&members), &algorithm, false, &usages)?).await?;
    let bytes = |data: &[u8]| Uint8Array::from(data);
    let verifying =
        verify_by_key(&algorithm, &imported, &bytes(&jws.signature), &bytes(jws.signed.as_bytes()))?;
    JsFuture::from(verifying).await
}
