//! Verifying an ID token's signature by SubtleCrypto.

use crate::core::jws::{Algorithm, Jws};
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
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

/// Whether `key`, a JWK as JavaScript has it, signed the token. A key or algorithm that the browser does not know did
/// not.
pub async fn verify(key: &JsValue, jws: &Jws) -> bool {
    verified(key, jws).await.is_ok_and(|valid| valid.is_truthy())
}

async fn verified(key: &JsValue, jws: &Jws) -> Result<JsValue, JsValue> {
    let algorithm = Object::new();
    let set = |name: &str, value: JsValue| Reflect::set(&algorithm, &name.into(), &value);
    let (name, hash) = match jws.alg {
        Algorithm::Rs256 => ("RSASSA-PKCS1-v1_5", true),
        Algorithm::Ps256 => ("RSA-PSS", true),
        Algorithm::Es256 => ("ECDSA", true),
        Algorithm::EdDsa => ("Ed25519", false),
    };
    set("name", name.into())?;
    if hash {
        set("hash", "SHA-256".into())?;
    }
    set("namedCurve", "P-256".into())?;
    set("saltLength", 32.into())?;
    // Only the public members: a key_ops or ext of the platform's choosing must not decide what the browser does.
    let public = Object::new();
    for member in ["kty", "n", "e", "crv", "x", "y"] {
        let value = Reflect::get(key, &member.into())?;
        if !value.is_undefined() {
            Reflect::set(&public, &member.into(), &value)?;
        }
    }
    let usages = Array::of1(&"verify".into());
    let imported = JsFuture::from(import_key("jwk", &public, &algorithm, false, &usages)?).await?;
    let bytes = |data: &[u8]| Uint8Array::from(data);
    let verifying =
        verify_by_key(&algorithm, &imported, &bytes(&jws.signature), &bytes(jws.signed.as_bytes()))?;
    JsFuture::from(verifying).await
}
