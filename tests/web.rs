//! The browser's side of the SDK, in a real browser: `npm run test:wasm`.
#![cfg(target_arch = "wasm32")]

#[path = "conformance/cases.rs"]
mod cases;
#[path = "conformance/browser.rs"]
mod conformance;
#[path = "support/json_corpus.rs"]
mod json_corpus;

use intelliauth_spa_sdk::core::base::encoding::base64url;
use intelliauth_spa_sdk::core::base::json::{Member, parse};
use intelliauth_spa_sdk::core::client::provider::NoResponse;
use intelliauth_spa_sdk::core::client::runner::{Area, Input};
use intelliauth_spa_sdk::core::client::session::io::Stored;
use intelliauth_spa_sdk::core::protocol::jwks::public;
use intelliauth_spa_sdk::core::protocol::jws::Jws;
use intelliauth_spa_sdk::web::host::Host;
use intelliauth_spa_sdk::web::{clock, json, navigation, net, random, signature, storage};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = r#"
    export const count = (area, prefix) => Object.keys(window[area]).filter((key) => key.startsWith(prefix)).length;

    // Runs `work` while reading `window[name]` gives something else.
    export async function whileIs(name, value, work) {
        const before = Object.getOwnPropertyDescriptor(window, name);
        Object.defineProperty(window, name, { configurable: true, ...value });
        try { return await work(); } finally { Object.defineProperty(window, name, before); }
    }
    export const blocked = () => ({ get() { throw new DOMException('blocked', 'SecurityError'); } });
    export const verifier = () => ({
        async check(key, algorithm, signature, signed) {
            const imported = await crypto.subtle.importKey('jwk', key, algorithm, false, ['verify']);
            return crypto.subtle.verify(algorithm, imported, signature, signed);
        },
        verify(request, key, algorithm, signature, signed) {
            this.verdict = this.check(key, algorithm, signature.slice(), signed.slice());
        },
    });
    export const verdict = (host) => host.verdict;

    // An iframe of this page's own, to be navigated without losing the test.
    export function iframe() {
        const frame = document.createElement('iframe');
        document.body.append(frame);
        return frame.contentWindow;
    }
    export const settled = (frame, part) => new Promise((resolve) => {
        const look = () => {
            if (frame.location.href.includes(part)) resolve(frame.location.href);
            else frame.frameElement.addEventListener('load', look, { once: true });
        };
        look();
    });

    export async function sign(generate, algorithm, text) {
        const { privateKey, publicKey } = await crypto.subtle.generateKey(generate, true, ['sign', 'verify']);
        const signature = await crypto.subtle.sign(algorithm, privateKey, new TextEncoder().encode(text));
        return [await crypto.subtle.exportKey('jwk', publicKey), new Uint8Array(signature)];
    }
    export function algorithms() {
        const rsa = (name, bits) => ({ name, hash: `SHA-${bits}`, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) });
        const all = { EdDSA: [{ name: 'Ed25519' }, 'Ed25519'] };
        for (const [bits, namedCurve] of [[256, 'P-256'], [384, 'P-384'], [512, 'P-521']]) {
            all[`RS${bits}`] = [rsa('RSASSA-PKCS1-v1_5', bits), 'RSASSA-PKCS1-v1_5'];
            all[`PS${bits}`] = [rsa('RSA-PSS', bits), { name: 'RSA-PSS', saltLength: bits / 8 }];
            all[`ES${bits}`] = [{ name: 'ECDSA', namedCurve }, { name: 'ECDSA', hash: `SHA-${bits}` }];
        }
        return all;
    }
    export const pollute = () => { Object.prototype.access_token = 'polluted'; };
    export const clear = () => { delete Object.prototype.access_token; };
"#)]
extern "C" {
    fn count(area: &str, prefix: &str) -> u32;
    #[wasm_bindgen(js_name = whileIs)]
    async fn while_is(name: &str, value: JsValue, work: &Closure<dyn FnMut() -> JsValue>) -> JsValue;
    fn blocked() -> JsValue;
    fn verifier() -> Host;
    #[wasm_bindgen(catch)]
    async fn verdict(host: &Host) -> Result<JsValue, JsValue>;
    fn iframe() -> web_sys::Window;
    async fn settled(frame: &web_sys::Window, part: &str) -> JsValue;
    async fn sign(generate: &JsValue, algorithm: &JsValue, text: &str) -> JsValue;
    fn algorithms() -> JsValue;
    fn pollute();
    fn clear();
}

/// Runs `work` with `window[name]` replaced.
async fn with(name: &str, value: JsValue, work: impl FnMut() -> JsValue + 'static) -> JsValue {
    while_is(name, value, &Closure::new(work)).await
}

/// A key that no other test uses.
fn key(name: &str) -> String {
    format!("test.{name}.{}", random::seed())
}

#[wasm_bindgen_test]
fn each_area_is_a_storage_of_its_own() {
    for (area, name, other) in
        [(Area::Tab, "sessionStorage", "localStorage"), (Area::Origin, "localStorage", "sessionStorage")]
    {
        let key = key("area");
        assert_eq!(storage::read(area, &key), Stored::Empty);
        storage::write(area, &key, "text").unwrap();
        assert_eq!(storage::read(area, &key), Stored::Text("text".into()));
        assert_eq!((count(name, &key), count(other, &key)), (1, 0));
        assert_eq!(storage::keys(area, &key), std::slice::from_ref(&key));
        storage::remove(area, &key);
        assert_eq!(storage::read(area, &key), Stored::Empty);
    }
}

#[wasm_bindgen_test]
fn a_write_that_fails_leaves_nothing_older_behind() {
    let key = key("full");
    storage::write(Area::Tab, &key, "old").unwrap();
    assert!(storage::write(Area::Tab, &key, &"x".repeat(20 << 20)).is_err());
    assert_eq!(storage::read(Area::Tab, &key), Stored::Empty);
}

#[wasm_bindgen_test]
async fn blocked_storage_is_an_answer_and_no_panic() {
    for (area, name) in [(Area::Tab, "sessionStorage"), (Area::Origin, "localStorage")] {
        let outcome = with(name, blocked(), move || {
            storage::remove(area, "x");
            let unreadable = storage::read(area, "x") == Stored::Unreadable;
            (unreadable && storage::write(area, "x", "y").is_err() && storage::keys(area, "").is_empty())
                .into()
        })
        .await;
        assert!(outcome.is_truthy(), "{name}");
    }
}

#[wasm_bindgen_test]
fn randomness_is_new_every_time() {
    let drawn: std::collections::HashSet<_> = (0..34).flat_map(|_| random::entropy().unwrap()).collect();
    assert_eq!(drawn.len(), 102);
    let bits: u32 = drawn.iter().flatten().map(|octet| octet.count_ones()).sum();
    assert!((12_200..13_900).contains(&bits), "{bits} of 26112 bits");
}

#[wasm_bindgen_test]
fn both_clocks_run() {
    let now = clock::now();
    assert!(now.wall.0 > 1_700_000_000_000 && now.mono.0 >= 0);
    assert!(clock::now().mono >= now.mono);
}

#[wasm_bindgen_test]
fn the_browsers_engine_reads_the_hostile_corpus_as_the_native_one_does() {
    for (text, expected) in json_corpus::corpus() {
        let shown: String = text.chars().take(80).collect();
        assert_eq!(parse(json::engine, &text).map(|object| object.member("a")), expected, "{shown}");
    }
}

// Checklist §2 row 25: prototype pollution by JSON.
#[wasm_bindgen_test]
fn a_polluted_prototype_adds_no_member() {
    pollute();
    let member = parse(json::engine, "{}").unwrap().member("access_token");
    clear();
    assert_eq!(member, Member::Missing);
}

#[wasm_bindgen_test]
fn requests_are_bare() {
    let (request, _) = net::request("https://t.example/token", Some("a=b")).unwrap();
    assert_eq!((request.method().as_str(), request.url().as_str()), ("POST", "https://t.example/token"));
    assert_eq!(request.credentials(), web_sys::RequestCredentials::Omit);
    assert_eq!(request.cache(), web_sys::RequestCache::NoStore);
    assert_eq!(request.redirect(), web_sys::RequestRedirect::Error);
    let headers: Vec<_> =
        request.headers().keys().into_iter().filter_map(|name| name.unwrap().as_string()).collect();
    assert_eq!(headers, ["content-type"]);
    let form = "application/x-www-form-urlencoded";
    assert_eq!(request.headers().get("content-type").unwrap().as_deref(), Some(form));
    assert!(net::request("http://[", None).is_none());
}

#[wasm_bindgen_test]
fn what_is_no_response_is_no_answer() {
    for (timed_out, why) in [(false, NoResponse::Network), (true, NoResponse::Timeout)] {
        let Input::Response(7, Err(told)) = net::answered(7, JsValue::NULL, None, timed_out) else {
            panic!()
        };
        assert_eq!(told, why);
    }
    let invalid = net::answered(7, web_sys::Response::new().unwrap().into(), Some(vec![0xff]), false);
    assert!(
        matches!(invalid, Input::Response(7, Ok(answer)) if answer.status == 200 && answer.body.is_none())
    );
}

#[wasm_bindgen_test]
async fn the_address_is_cleaned_and_left_in_a_window_of_its_own() {
    let frame = iframe();
    let origin = navigation::window().location().origin().unwrap();
    assert!(navigation::leave(&frame, &format!("{origin}/?code=c&state=s")));
    settled(&frame, "code=c").await;
    navigation::replace_address(&frame, &format!("{origin}/?kept=1"));
    assert_eq!(navigation::address(&frame), format!("{origin}/?kept=1"));
    for refused in ["javascript:alert(1)", "data:text/html,x", "blob:x", "", "http://["] {
        assert!(!navigation::leave(&frame, refused), "{refused}");
    }
    assert_eq!(navigation::address(&frame), format!("{origin}/?kept=1"));
    // Another origin's address cannot be put into the bar: the browser refuses, and nothing throws.
    navigation::replace_address(&frame, "https://evil.example/");
    assert_eq!(navigation::address(&frame), format!("{origin}/?kept=1"));
}

#[wasm_bindgen_test]
async fn signatures_are_verified_with_every_allowed_algorithm() {
    let known = algorithms();
    for name in ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"] {
        let parts: js_sys::Array = js_sys::Reflect::get(&known, &name.into()).unwrap().unchecked_into();
        let signed: js_sys::Array =
            sign(&parts.get(0), &parts.get(1), "header.payload").await.unchecked_into();
        let text = String::from(js_sys::JSON::stringify(&signed.get(0)).unwrap());
        let key = public(parse(json::engine, &text).unwrap().as_ref());
        let signature = js_sys::Uint8Array::from(signed.get(1)).to_vec();
        let token = [&base64url(format!(r#"{{"alg":"{name}"}}"#)), ".e30.AAAA"].concat();
        let jws = |signed: &str, signature: Vec<u8>| {
            let mut jws = Jws::read(json::engine, &token).unwrap();
            (jws.signed, jws.signature) = (signed.into(), signature);
            jws
        };
        let mut broken = signature.clone();
        broken[0] ^= 1;
        for (what, key, jws, expected) in [
            ("as signed", &key, jws("header.payload", signature.clone()), Some(true)),
            ("other text", &key, jws("header.payloae", signature.clone()), Some(false)),
            ("other signature", &key, jws("header.payload", broken), Some(false)),
            ("no key", &Vec::new(), jws("header.payload", signature), None),
        ] {
            let host = verifier();
            signature::verify(&host, 1, key, &jws);
            let told = verdict(&host).await.ok().map(|valid| valid.is_truthy());
            assert_eq!(told, expected, "{name}: {what}");
        }
    }
}
