//! The callback: RFC 6749 §4.1.2, RFC 9207. What is accepted is the core's decision; why not is said here.

use super::redirect_uri;
use crate::core::base::origin::Origin;
use crate::core::protocol::authorization_response::{at_redirect_uri, check_issuer, read};
use crate::explain::catalog::Code;
use crate::explain::context::Context;
use crate::explain::input::Message;
use crate::explain::{Kind, Place, Severity, show};

const TOKENS: &[&str] = &["access_token", "id_token", "refresh_token"];

pub(super) fn check(cx: &mut Context, message: &Message) {
    let Some(url) = &message.url else { return };
    if let Some(param) =
        message.param("code").or(message.param("error")).filter(|param| param.place == Place::Body)
    {
        return cx.say(Code::ResponseModeFormPost, param, "The answer came as a POST request.");
    }
    let answer: Vec<_> = message.params().collect();
    for name in TOKENS {
        if let Some(param) = answer.iter().find(|param| param.name == *name) {
            let seen = format!("{name} is in the {} of the address.", param.place.as_str());
            cx.say(Code::TokenInAddress, param, seen);
        }
    }
    if let (Some(_), Some(error)) = (message.param("code"), message.param("error")) {
        cx.say(Code::CodeAndError, error, "There are both a code and an error.");
    }
    for name in ["code", "state", "error", "iss"] {
        let places: Vec<_> = answer.iter().filter(|param| param.name == name).collect();
        if let [first, second, ..] = places.as_slice()
            && first.place == second.place
        {
            let same =
                if first.value == second.value { "with the same value" } else { "with different values" };
            cx.add(
                cx.finding(Code::ParameterRepeated, format!("{name} is there more than once, {same}."))
                    .on(second)
                    .with("name", name),
            );
        }
    }
    let secret = message.param("client_secret").or(message.param("code_verifier"));
    if let Some(param) = secret {
        let name = show::plain(&param.name);
        let seen = format!("{name} is in the callback's address.");
        cx.add(
            cx.finding(Code::SecretInUrl, seen)
                .on(param)
                .with("name", name)
                .with("place", "No part of the callback needs it."),
        );
    }
    code(cx, message);
    state(cx, message);
    if let Some(param) = answer
        .iter()
        .find(|param| param.place == Place::Fragment && matches!(param.name.as_str(), "code" | "error"))
    {
        cx.say(Code::CallbackInFragment, param, format!("{} stands after #.", param.name));
    }
    issuer(cx, message);
    place(cx, message);
    // The rule of the core that none of these is the reason of.
    if let Err(error) = read(url.text.text()).answer
        && !cx.has_error()
        && !cx.has(Code::CallbackInFragment)
        && !url.text.text().is_empty()
    {
        let detail = |name| error.detail(name).unwrap_or_default().to_owned();
        let seen = format!("{}: {}.", detail("parameter"), detail("problem"));
        cx.add(cx.finding(Code::CallbackInvalid, seen).named(&detail("parameter")));
    }
}

fn code(cx: &mut Context, message: &Message) {
    if message.kind != Kind::AuthorizationResponse {
        return;
    }
    match message.param("code") {
        Some(param) if param.value.is_empty() => {
            cx.say(Code::CodeMissing, param, "code is there and empty.");
        }
        Some(param) if param.value.contains(' ') => {
            cx.say(Code::CodeAltered, param, "The code has a space in it, where a + was not encoded.");
        }
        Some(_) => {}
        None if TOKENS.iter().any(|name| message.param(name).is_some()) => {}
        None => {
            let seen = match message.param("state") {
                Some(_) => "There is a state, and neither a code nor an error.",
                None => "There is neither a code nor an error.",
            };
            cx.add(cx.finding(Code::CodeMissing, seen).named("code"));
        }
    }
}

fn state(cx: &mut Context, message: &Message) {
    match message.param("state") {
        Some(param) if !param.value.is_empty() => {
            if let Some(sent) = cx.state()
                && sent != param.value
            {
                let length = sent.chars().count();
                let seen = if form_of(sent) == form_of(&param.value) {
                    "The callback's state differs from the stored one in how it is encoded.".to_owned()
                } else if length == param.value.chars().count() {
                    "The callback's state is not the one that was stored.".to_owned()
                } else {
                    format!(
                        "The callback's state has {}, the stored one {}.",
                        show::characters(&param.value),
                        show::characters(sent)
                    )
                };
                cx.say(Code::StateMismatch, param, seen);
            }
        }
        // Platforms that refuse before they know the app show a page of their own, without state.
        _ if message.param("code").is_some() => {
            cx.add(cx.finding(Code::CallbackStateMissing, "There is a code and no state.").named("state"));
        }
        _ => {}
    }
}

/// Decoded once more, so that differences of encoding disappear.
fn form_of(value: &str) -> String {
    let pair = crate::core::base::form::parse(&format!("x={value}")).into_iter().next();
    pair.map(|(_, value)| value).unwrap_or_default()
}

fn issuer(cx: &mut Context, message: &Message) {
    let (Some(param), Some(tenant)) = (message.param("iss"), cx.known.tenant.as_deref()) else { return };
    if check_issuer(Some(&param.value), tenant, false).is_err() {
        let received = show::value(&param.value);
        let slash = param.value.trim_end_matches('/') == tenant.trim_end_matches('/');
        let how = if slash { " They differ in the slash at the end." } else { "" };
        let seen = format!("iss is {received}, and {} was expected.{how}", show::url(tenant));
        let found = cx.finding(Code::IssuerDiffers, seen).on(param).with("received", received);
        // An address that names the host alone may leave out the issuer's path.
        let alone = matches!(Origin::split(tenant), Some((_, "" | "/"))) && !slash;
        let same_host = Origin::of(tenant).is_some() && Origin::of(tenant) == Origin::of(&param.value);
        cx.add(if alone && same_host { found.severity(Severity::Warning) } else { found });
    }
}

/// Whether the answer came to the page that was named.
fn place(cx: &mut Context, message: &Message) {
    let Some(url) = &message.url else { return };
    let page = url.page().to_owned();
    let Some(here) = Origin::of(&page) else { return };
    if let Some(origin) = cx.known.origin.as_deref().and_then(Origin::of)
        && origin != here
    {
        let own = cx.known.origin.clone().unwrap_or_default();
        let seen = format!(
            "The callback is at {}, and the sign-in began on {}.",
            show::url(&url.origin()),
            show::url(&own)
        );
        cx.add(
            cx.finding(Code::CallbackElsewhere, seen)
                .named("origin")
                .in_range(url.authority.range())
                .with("expected", show::url(&url.origin())),
        );
        return;
    }
    let sent = cx.sent_redirect_uri().map(str::to_owned);
    let expected: Vec<String> = match sent {
        Some(sent) => vec![sent],
        None => cx.known.redirect_uris.clone(),
    };
    if expected.is_empty() || expected.iter().any(|uri| at_redirect_uri(&page, uri)) {
        return;
    }
    let Some(closest) = expected.iter().min_by_key(|uri| crate::explain::names::distance(&page, uri)) else {
        return;
    };
    let words = redirect_uri::difference(&page, closest).words;
    let seen = format!(
        "The page is {}, and the redirect URI is {}: {words}.",
        show::url(&page),
        show::value(closest)
    );
    let found = if Origin::of(closest) == Some(here) {
        cx.finding(Code::CallbackNotRedirectUri, seen)
    } else {
        cx.finding(Code::CallbackElsewhere, seen).with("expected", show::url(&url.origin()))
    };
    cx.add(found.named("path").in_range(url.authority.range().start..url.path.range().end));
}
