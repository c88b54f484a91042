//! Verifying an ID token's signature by SubtleCrypto.

use super::host::{Value, object};
use crate::core::jwks::Jwk;
use crate::core::jws::{Algorithm, Jws};
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

/// Whether `key` signed the token. A key or algorithm that the browser does not know did not.
pub async fn verify(key: &Jwk, jws: &Jws) -> bool {
    verified(key, jws).await.is_ok_and(|valid| valid.is_truthy())
}

async fn verified(key: &Jwk, jws: &Jws) -> Result<JsValue, JsValue> {
    let (name, hash) = match jws.alg {
        Algorithm::Rs256 => ("RSASSA-PKCS1-v1_5", Value::Text("SHA-256")),
        Algorithm::Ps256 => ("RSA-PSS", Value::Text("SHA-256")),
        Algorithm::Es256 => ("ECDSA", Value::Text("SHA-256")),
        Algorithm::EdDsa => ("Ed25519", Value::Missing),
    };
    let algorithm = object(&[
        ("name", Value::Text(name)),
        ("hash", hash),
        ("namedCurve", Value::Text("P-256")),
        ("saltLength", Value::Number(32.0)),
    ]);
    let members: Vec<_> = key.iter().map(|(name, value)| (*name, Value::Text(value))).collect();
    let usages = Array::of1(&"verify".into());
    let imported = JsFuture::from(import_key("jwk", &object(&members), &algorithm, false, &usages)?).await?;
    let bytes = |data: &[u8]| Uint8Array::from(data);
    let verifying =
        verify_by_key(&algorithm, &imported, &bytes(&jws.signature), &bytes(jws.signed.as_bytes()))?;
    JsFuture::from(verifying).await
}
