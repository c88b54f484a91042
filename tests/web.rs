//! The browser's side of the SDK, in a real browser: `npm run test:wasm`.
#![cfg(target_arch = "wasm32")]

#[path = "support/json_corpus.rs"]
mod json_corpus;

use intelliauth_spa_sdk::core::config::Keep;
use intelliauth_spa_sdk::core::json::{Member, parse};
use intelliauth_spa_sdk::core::jwks::public;
use intelliauth_spa_sdk::core::jws::{Algorithm, Jws};
use intelliauth_spa_sdk::core::platform::{NoAnswer, Verdict};
use intelliauth_spa_sdk::core::secret::{Nonce, State, Verifier};
use intelliauth_spa_sdk::core::session::event::{Stored, View};
use intelliauth_spa_sdk::core::token::MAX_BODY;
use intelliauth_spa_sdk::core::transaction::{LIFETIME, MAX_OPEN, Transaction};
use intelliauth_spa_sdk::web::net::send;
use intelliauth_spa_sdk::web::storage::Shelf;
use intelliauth_spa_sdk::web::{clock, json, navigation, random, signature};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen(inline_js = r#"
    export const put = (area, key, value) => window[area].setItem(key, value);
    export const count = (area, prefix) => Object.keys(window[area]).filter((key) => key.startsWith(prefix)).length;

    // Runs `work` while reading `window[name]` gives something else.
    export async function whileIs(name, value, work) {
        const before = Object.getOwnPropertyDescriptor(window, name);
        Object.defineProperty(window, name, { configurable: true, ...value });
        try { return await work(); } finally { Object.defineProperty(window, name, before); }
    }
    export const blocked = () => ({ get() { throw new DOMException('blocked', 'SecurityError'); } });
    export const value = (value) => ({ value });
    export const rejecting = (reason) => () => Promise.reject(reason);
    export const hanging = () => (request) => new Promise((_, reject) =>
        request.signal.addEventListener('abort', () => reject(request.signal.reason)));
    export const recording = (seen) => (request) => { seen.push(request); return Promise.resolve(new Response('{}')); };

    export const blobUrl = (size) => URL.createObjectURL(new Blob(['x'.repeat(size)]));
    export const bytesUrl = (bytes) => URL.createObjectURL(new Blob([bytes]));

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
    fn put(area: &str, key: &str, value: &str);
    fn count(area: &str, prefix: &str) -> u32;
    #[wasm_bindgen(js_name = whileIs)]
    async fn while_is(name: &str, value: JsValue, work: &Closure<dyn FnMut() -> JsValue>) -> JsValue;
    fn blocked() -> JsValue;
    fn value(value: JsValue) -> JsValue;
    fn rejecting(reason: JsValue) -> JsValue;
    fn hanging() -> JsValue;
    fn recording(seen: &js_sys::Array) -> JsValue;
    #[wasm_bindgen(js_name = blobUrl)]
    fn blob_url(size: usize) -> String;
    #[wasm_bindgen(js_name = bytesUrl)]
    fn bytes_url(bytes: &js_sys::Uint8Array) -> String;
    fn iframe() -> web_sys::Window;
    async fn settled(frame: &web_sys::Window, part: &str) -> JsValue;
    async fn sign(generate: &JsValue, algorithm: &JsValue, text: &str) -> JsValue;
    fn algorithms() -> JsValue;
    fn pollute();
    fn clear();
}

const NOW: i64 = 1_800_000_000_000;
/// A time limit that no machine is too busy for, in milliseconds.
const LIMIT: i64 = 60_000;

/// A shelf that no other test uses.
fn shelf(name: &str, keep: Keep) -> Shelf {
    Shelf::new(format!("test.{name}.{}", random::seed()), keep)
}

fn transaction(state: &str, at: i64) -> Transaction {
    Transaction {
        state: State::new(state),
        verifier: Verifier::new("v"),
        nonce: Nonce::new("n"),
        redirect_uri: "https://app.example/cb".into(),
        issuer: "https://t.example".into(),
        client_id: "app".into(),
        scope: "openid".into(),
        max_age: None,
        context: Default::default(),
        at,
    }
}

/// Runs `work` with `window[name]` replaced.
async fn with(name: &str, value: JsValue, work: impl FnMut() -> JsValue + 'static) -> JsValue {
    while_is(name, value, &Closure::new(work)).await
}

#[wasm_bindgen_test]
fn the_record_is_kept_where_the_app_says() {
    for (keep, area, other) in
        [(Keep::Session, "sessionStorage", "localStorage"), (Keep::Local, "localStorage", "sessionStorage")]
    {
        let shelf = shelf("record", keep);
        assert_eq!(shelf.session(), Stored::Empty);
        assert!(shelf.store("text"));
        assert_eq!(shelf.session(), Stored::Text("text".into()));
        let key = shelf.session_key();
        assert_eq!((count(area, &key), count(other, &key)), (1, 0));
    }
    assert_eq!(shelf("none", Keep::Memory).session(), Stored::Empty);
}

#[wasm_bindgen_test]
fn transactions_are_this_tabs_and_swept() {
    let shelf = shelf("tx", Keep::Local);
    assert!(shelf.open(&transaction("old", NOW - LIFETIME - 1), NOW - LIFETIME).is_ok());
    for at in 0..MAX_OPEN as i64 + 3 {
        assert!(shelf.open(&transaction(&format!("s{at}"), NOW + at), NOW + at).is_ok());
    }
    assert!(shelf.transaction(&State::new("old")).is_none());
    assert!(shelf.transaction(&State::new("s0")).is_none());
    let newest = State::new(format!("s{}", MAX_OPEN + 2));
    assert!(shelf.transaction(&newest).is_some_and(|text| Transaction::from_text(&text).is_some()));
    let prefix = shelf.session_key().replace(".session", ".tx.");
    assert_eq!((count("sessionStorage", &prefix), count("localStorage", &prefix)), (MAX_OPEN as u32, 0));
    shelf.close(&newest);
    assert!(shelf.transaction(&newest).is_none());
}

#[wasm_bindgen_test]
fn marks_are_seen_by_every_tab_and_old_ones_go() {
    let shelf = shelf("mark", Keep::Session);
    let prefix = shelf.session_key().replace(".session", ".mark.");
    put("localStorage", &format!("{prefix}old"), "1");
    shelf.mark("spent", NOW);
    assert!(shelf.marked("spent") && !shelf.marked("other"));
    assert_eq!(count("localStorage", &prefix), 1);
}

#[wasm_bindgen_test]
async fn blocked_storage_is_an_answer_and_no_panic() {
    for area in ["sessionStorage", "localStorage"] {
        with(area, blocked(), || {
            let keep = [Keep::Session, Keep::Local];
            for keep in keep {
                let shelf = shelf("blocked", keep);
                shelf.mark("m", NOW);
                let _ = (
                    shelf.store("x"),
                    shelf.session(),
                    shelf.marked("m"),
                    shelf.open(&transaction("s", NOW), NOW),
                );
            }
            JsValue::UNDEFINED
        })
        .await;
    }
    let outcome = with("sessionStorage", blocked(), || {
        let shelf = shelf("blocked", Keep::Session);
        let unreadable = shelf.session() == Stored::Unreadable;
        (unreadable && !shelf.store("x") && shelf.open(&transaction("s", NOW), NOW).is_err()).into()
    })
    .await;
    assert!(outcome.is_truthy());
}

#[wasm_bindgen_test]
fn randomness_is_new_every_time() {
    let drawn: std::collections::HashSet<_> = (0..100).map(|_| random::entropy::<1>().unwrap()).collect();
    assert_eq!(drawn.len(), 100);
    let bits: u32 = drawn.iter().flatten().flatten().map(|octet| octet.count_ones()).sum();
    assert!((12_000..13_600).contains(&bits), "{bits} of 25600 bits");
}

#[wasm_bindgen_test]
fn both_clocks_run() {
    let now = clock::now();
    assert!(now.wall > 1_700_000_000_000 && now.mono >= 0);
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
async fn answers_are_read_whole_and_capped() {
    let answer = send(&blob_url(MAX_BODY), None, LIMIT).await.unwrap();
    assert_eq!((answer.status, answer.body.map(|body| body.len())), (200, Some(MAX_BODY)));
    assert_eq!(send(&blob_url(MAX_BODY + 1), None, LIMIT).await.unwrap().body, None);
    let invalid = js_sys::Uint8Array::from(&[0xff, 0xfe][..]);
    assert_eq!(send(&bytes_url(&invalid), None, LIMIT).await.unwrap().body, None);
    assert_eq!(send("/no/such/page", None, LIMIT).await.unwrap().status, 404);
}

#[wasm_bindgen_test]
async fn requests_are_bare() {
    let seen = js_sys::Array::new();
    let fetch = recording(&seen);
    with("fetch", value(fetch), || {
        wasm_bindgen_futures::future_to_promise(async {
            send("https://t.example/token", Some("a=b".into()), LIMIT)
                .await
                .map(|_| JsValue::UNDEFINED)
                .map_err(|_| JsValue::NULL)
        })
        .into()
    })
    .await;
    let request: web_sys::Request = seen.get(0).unchecked_into();
    assert_eq!((request.method().as_str(), request.url().as_str()), ("POST", "https://t.example/token"));
    assert_eq!(request.credentials(), web_sys::RequestCredentials::Omit);
    assert_eq!(request.cache(), web_sys::RequestCache::NoStore);
    assert_eq!(request.redirect(), web_sys::RequestRedirect::Error);
    let headers: Vec<_> =
        request.headers().keys().into_iter().filter_map(|name| name.unwrap().as_string()).collect();
    assert_eq!(headers, ["content-type"]);
    let form = "application/x-www-form-urlencoded";
    assert_eq!(request.headers().get("content-type").unwrap().as_deref(), Some(form));
}

// gloo-net's own send() panics when a patched fetch or a service worker rejects with something that is no Error.
#[wasm_bindgen_test]
async fn whatever_fetch_rejects_with_is_no_panic() {
    for reason in
        [JsValue::UNDEFINED, "text".into(), js_sys::Error::new("x").into(), js_sys::Object::new().into()]
    {
        let outcome = with("fetch", value(rejecting(reason)), || {
            wasm_bindgen_futures::future_to_promise(async {
                Ok((send("/", None, LIMIT).await.err() == Some(NoAnswer::Network)).into())
            })
            .into()
        })
        .await;
        assert!(outcome.is_truthy());
    }
}

#[wasm_bindgen_test]
async fn a_request_that_hangs_times_out() {
    let outcome = with("fetch", value(hanging()), || {
        wasm_bindgen_futures::future_to_promise(async {
            Ok((send("/", None, 50).await.err() == Some(NoAnswer::Timeout)).into())
        })
        .into()
    })
    .await;
    assert!(outcome.is_truthy());
}

#[wasm_bindgen_test]
async fn the_address_is_cleaned_and_left_in_a_window_of_its_own() {
    let frame = iframe();
    let origin = navigation::origin(&navigation::window());
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
        let alg = Algorithm::named(name).unwrap();
        let parts: js_sys::Array = js_sys::Reflect::get(&known, &name.into()).unwrap().unchecked_into();
        let signed: js_sys::Array =
            sign(&parts.get(0), &parts.get(1), "header.payload").await.unchecked_into();
        let text = String::from(js_sys::JSON::stringify(&signed.get(0)).unwrap());
        let key = public(parse(json::engine, &text).unwrap().as_ref());
        let signature = js_sys::Uint8Array::from(signed.get(1)).to_vec();
        let jws = |signed: &str, signature: Vec<u8>| Jws {
            alg,
            kid: None,
            payload: "{}".into(),
            signed: signed.into(),
            signature,
        };
        let mut broken = signature.clone();
        broken[0] ^= 1;
        for (what, key, jws, verdict) in [
            ("as signed", &key, jws("header.payload", signature.clone()), Verdict::Valid),
            ("other text", &key, jws("header.payloae", signature.clone()), Verdict::Invalid),
            ("other signature", &key, jws("header.payload", broken), Verdict::Invalid),
            ("no key", &Vec::new(), jws("header.payload", signature), Verdict::Invalid),
        ] {
            assert_eq!(signature::verify(key, &jws).await, verdict, "{name}: {what}");
        }
    }
}
