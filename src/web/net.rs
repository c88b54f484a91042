//! Requests to the platform: no cookies, no custom headers, no redirects, no cache, a time limit and a size limit.

use crate::core::platform::{Answer, NoAnswer};
use crate::core::token::MAX_BODY;
use gloo_net::http::{Headers, Response};
use js_sys::Promise;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, ReadableStream, Request, RequestCache, RequestCredentials, RequestInit, RequestRedirect,
};

#[wasm_bindgen]
extern "C" {
    // gloo's send() panics when a patched fetch or a service worker rejects with something that is no Error, and its
    // request builder takes the URL apart.
    // Not an `async fn`: what a patched fetch throws at once is caught only so, and what it returns may be no promise.
    #[wasm_bindgen(catch, js_name = fetch)]
    fn fetch(request: &Request) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(js_namespace = AbortSignal, js_name = timeout)]
    fn abort_after(milliseconds: f64) -> AbortSignal;

    type Reader;

    #[wasm_bindgen(method, catch)]
    async fn read(this: &Reader) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method)]
    fn cancel(this: &Reader) -> js_sys::Promise;

    type Chunk;

    #[wasm_bindgen(method, getter)]
    fn done(this: &Chunk) -> bool;

    #[wasm_bindgen(method, getter)]
    fn value(this: &Chunk) -> js_sys::Uint8Array;
}

/// Posts `form`, or gets the document where there is none.
pub async fn send(url: &str, form: Option<String>, timeout: i64) -> Result<Answer, NoAnswer> {
    let signal = abort_after(timeout as f64);
    let failed = || if signal.aborted() { NoAnswer::Timeout } else { NoAnswer::Network };
    // Without a prototype, whose members the browser would read as well: a page's changed one adds nothing to a request.
    let init: js_sys::Object = js_sys::Object::create(JsValue::NULL.unchecked_ref());
    let init: RequestInit = init.unchecked_into();
    init.set_credentials(RequestCredentials::Omit);
    init.set_cache(RequestCache::NoStore);
    init.set_redirect(RequestRedirect::Error);
    init.set_referrer("");
    init.set_signal(Some(&signal));
    if let Some(form) = form {
        let headers = Headers::new();
        headers.set("content-type", "application/x-www-form-urlencoded");
        init.set_headers(&headers.into_raw());
        init.set_method("POST");
        init.set_body(&form.into());
    }
    let request = Request::new_with_str_and_init(url, &init).map_err(|_| NoAnswer::Network)?;
    let response = fetch(&request).map_err(|_| NoAnswer::Network)?;
    let response = JsFuture::from(Promise::resolve(&response)).await.map_err(|_| failed())?;
    let response: web_sys::Response = response.dyn_into().map_err(|_| NoAnswer::Network)?;
    let response = Response::from(response);
    let retry_after = response.headers().get("retry-after").and_then(|seconds| seconds.parse::<i64>().ok());
    let body = match response.body() {
        None => Some(String::new()),
        Some(stream) => read_capped(&stream).await.map_err(|_| failed())?,
    };
    Ok(Answer { status: response.status(), body, retry_after: retry_after.map(|s| s.saturating_mul(1000)) })
}

/// Reads while it streams and stops at the limit, so that no compressed bomb is ever unpacked whole.
async fn read_capped(stream: &ReadableStream) -> Result<Option<String>, JsValue> {
    let reader: Reader = stream.get_reader().unchecked_into();
    let mut bytes = Vec::new();
    loop {
        let chunk: Chunk = reader.read().await?.unchecked_into();
        if chunk.done() {
            return Ok(String::from_utf8(bytes).ok());
        }
        let chunk = chunk.value();
        if bytes.len() + chunk.length() as usize > MAX_BODY {
            // The rest is nobody's: whether the cancelling succeeds is too.
            let _ = reader.cancel();
            return Ok(None);
        }
        bytes.extend(chunk.to_vec());
    }
}
