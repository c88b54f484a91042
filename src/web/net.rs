//! Requests to the provider: no cookies, no custom headers, no redirects, no cache, a time limit and a size limit. The
//! loader sends them and reads what comes, up to the limit.

use super::host::{Value, object};
use crate::core::base::clock::Millis;
use crate::core::base::text::number;
use crate::core::client::provider::{HttpResponse, NoResponse};
use crate::core::client::runner::{Input, RequestId};
use gloo_net::http::{Headers, Response};
use js_sys::Object;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, Request};

pub use crate::core::protocol::token::MAX_BODY;

/// A POST of `form`, or a GET where there is none, and what aborts it; `None` where the browser cannot make one.
pub fn request(url: &str, form: Option<&str>) -> Option<(Request, AbortController)> {
    let controller = AbortController::new().ok()?;
    let mut settings = Vec::from([
        ("signal", Value::Js(controller.signal().into())),
        ("credentials", Value::Text("omit")),
        ("cache", Value::Text("no-store")),
        ("redirect", Value::Text("error")),
        ("referrer", Value::Text("")),
    ]);
    if let Some(form) = form {
        let headers = Headers::new();
        headers.set("content-type", "application/x-www-form-urlencoded");
        settings.push(("headers", Value::Js(headers.into_raw().into())));
        settings.push(("method", Value::Text("POST")));
        settings.push(("body", Value::Text(form)));
    }
    let init: Object = object(&settings).unchecked_into();
    // The browser would read the prototype's members too, and a page may have changed that prototype.
    Object::set_prototype_of(&init, JsValue::NULL.unchecked_ref());
    Some((Request::new_with_str_and_init(url, init.unchecked_ref()).ok()?, controller))
}

/// The result of a request that was never sent.
pub fn not_sent(request: RequestId) -> Input {
    Input::Response(request, Err(NoResponse::Network))
}

/// The result of a request; `body` is missing where it was larger than the limit, `response` where there was none.
pub fn answered(request: RequestId, response: JsValue, body: Option<Vec<u8>>, timed_out: bool) -> Input {
    let Ok(response) = response.dyn_into::<web_sys::Response>() else {
        let why = if timed_out { NoResponse::Timeout } else { NoResponse::Network };
        return Input::Response(request, Err(why));
    };
    let response = Response::from(response);
    let retry_after = response.headers().get("retry-after").and_then(|seconds| number(&seconds));
    let answer = HttpResponse {
        status: response.status(),
        body: body.and_then(|bytes| String::from_utf8(bytes).ok()),
        retry_after: Millis(retry_after.unwrap_or_default() * 1000),
    };
    Input::Response(request, Ok(answer))
}
