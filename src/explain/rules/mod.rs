//! What can be wrong with each message, one topic a file.

mod answer;
mod callback;
mod console;
mod endpoint;
pub(super) mod pkce;
mod prompt;
pub(super) mod redirect_uri;
mod response_type;
mod scope;
mod sdk_error;
mod secrets;
mod state;
mod token_request;
mod values;

use super::Kind;
use super::catalog::Code;
use super::context::Context;
use super::input::{Message, Url};

/// Looks at one message.
pub(super) fn check(cx: &mut Context, message: &Message) {
    if message.kind == Kind::SdkError {
        return sdk_error::check(cx, message);
    }
    values::check(cx, message);
    match message.kind {
        Kind::AuthorizationRequest => {
            endpoint::check(cx, message);
            secrets::check(cx, message);
            let elsewhere = ["request", "request_uri"].iter().find_map(|name| message.param(name));
            if let Some(param) = elsewhere.filter(|param| !param.value.is_empty()) {
                let seen = format!("There is a {}.", param.name);
                cx.say(Code::RequestObjectNotShown, param, seen);
                return client_id(cx, message);
            }
            response_type::check(cx, message);
            client_id(cx, message);
            redirect_uri::check(cx, message);
            scope::check(cx, message);
            pkce::check(cx, message);
            state::check(cx, message);
            prompt::check(cx, message);
        }
        Kind::AuthorizationResponse | Kind::AuthorizationError => callback::check(cx, message),
        Kind::TokenRequest => {
            endpoint::check(cx, message);
            token_request::check(cx, message);
        }
        Kind::TokenResponse | Kind::Metadata => answer::check(cx, message),
        Kind::ConsoleMessage => console::check(cx, message),
        _ => {}
    }
}

/// RFC 6749 §2.2.
fn client_id(cx: &mut Context, message: &Message) {
    let Some(sent) = message.param("client_id") else {
        if !message.means("client_id") {
            cx.add(cx.finding(Code::ClientIdMissing, "There is no client_id.").named("client_id"));
        }
        return;
    };
    if let Some(known) = cx.known.client_id.as_deref()
        && known != sent.value
        && !sent.value.is_empty()
    {
        let seen = format!("client_id is {}, and the app's is {known}.", super::show::value(&sent.value));
        cx.add(cx.finding(Code::ClientIdDiffers, seen).on(sent).with("expected", known));
    }
}

/// The authorization or token endpoint by the platform's contract.
fn contract_endpoint(cx: &Context, url: Option<&Url>, path: &str) -> String {
    let tenant = cx.known.tenant.as_deref().map(|tenant| tenant.trim_end_matches('/').to_owned());
    let origin = tenant.or_else(|| url.map(Url::origin).filter(|origin| !origin.is_empty()));
    origin.unwrap_or_else(|| "https://<your-tenant>".to_owned()) + path
}
