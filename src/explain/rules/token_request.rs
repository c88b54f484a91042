//! The token request: RFC 6749 §4.1.3 and §6, RFC 7636 §4.5.

use super::values::encoded;
use super::{client_id, pkce, redirect_uri};
use crate::core::base::secret::Verifier;
use crate::explain::catalog::Code;
use crate::explain::context::Context;
use crate::explain::input::{Form, Message};
use crate::explain::{Place, Severity, show};

const GRANTS: &[&str] = &["authorization_code", "refresh_token", "password", "client_credentials"];

pub(super) fn check(cx: &mut Context, message: &Message) {
    shape(cx, message);
    if message.form == Form::File {
        let seen = "The body is read from a file.";
        return cx.add(cx.finding(Code::BodyNotShown, seen));
    }
    if let Some(code) = message.param("code").filter(|code| cx.repeated(&code.value)) {
        cx.say(Code::CodeUsedTwice, code, "The same code was sent to the token endpoint more than once.");
    }
    secret(cx, message);
    headers(cx, message);
    if message.params().next().is_none() {
        // Without a body all is missing, and one sentence says why.
        if !cx.has_error() {
            cx.add(cx.finding(Code::GrantTypeMissing, "There are no parameters at all.").named("grant_type"));
        }
        return;
    }
    let grant = message.param("grant_type");
    match grant {
        None if !message.means("grant_type") => {
            cx.add(cx.finding(Code::GrantTypeMissing, "There is no grant_type.").named("grant_type"));
        }
        Some(param) if param.value == "password" => {
            cx.say(Code::GrantPassword, param, "grant_type is password.")
        }
        Some(param)
            if !param.value.is_empty()
                && !GRANTS.contains(&param.value.as_str())
                && !param.value.starts_with("urn:") =>
        {
            cx.say(Code::GrantTypeUnknown, param, format!("grant_type is {}.", show::value(&param.value)));
        }
        _ => {}
    }
    match grant.map(|grant| grant.value.as_str()) {
        Some("refresh_token") => {
            if !message.means("refresh_token") {
                cx.add(
                    cx.finding(Code::RefreshTokenParameterMissing, "There is no refresh_token.")
                        .named("refresh_token"),
                );
            }
            needs_client(cx, message);
        }
        Some("password" | "client_credentials") => {}
        Some(other) if other.starts_with("urn:") => {}
        _ => exchange(cx, message),
    }
}

/// Method, place and encoding of the parameters.
fn shape(cx: &mut Context, message: &Message) {
    let post = message.method.as_deref().is_none_or(|method| method == "POST");
    let in_url = message.params().find(|param| param.place == Place::Query && is_ours(&param.name));
    if !post {
        let method = message.method.clone().unwrap_or_default();
        cx.add(
            cx.finding(Code::TokenRequestGet, format!("The method is {}.", show::plain(&method)))
                .named("method"),
        );
    } else if let Some(param) = in_url {
        cx.say(Code::TokenRequestInUrl, param, format!("{} is in the URL.", show::plain(&param.name)));
    }
    let content_type = message.header("Content-Type").map(|header| header.value.to_ascii_lowercase());
    let said = content_type.as_deref().unwrap_or_default();
    let at = |found: crate::explain::context::Found| match message.header("Content-Type") {
        Some(header) => found.on(header),
        None => found.named("body"),
    };
    if message.form == Form::Json || said.contains("json") {
        let seen = if message.form == Form::Json {
            "The body is JSON."
        } else {
            "Content-Type is application/json."
        };
        cx.add(at(cx.finding(Code::TokenRequestJson, seen)));
    } else if message.form == Form::Multipart || said.contains("multipart") {
        cx.add(at(cx.finding(Code::TokenRequestMultipart, "The body is multipart/form-data.")));
    } else if !said.is_empty() && !said.contains("x-www-form-urlencoded") {
        cx.add(at(
            cx.finding(Code::TokenRequestContentType, format!("Content-Type is {}.", show::plain(said)))
        ));
    }
}

fn is_ours(name: &str) -> bool {
    matches!(
        name,
        "grant_type"
            | "code"
            | "code_verifier"
            | "client_id"
            | "redirect_uri"
            | "client_secret"
            | "refresh_token"
    )
}

/// A secret in a browser's request.
fn secret(cx: &mut Context, message: &Message) {
    let in_browser = message.header("Origin").is_some() || cx.known.origin.is_some();
    let basic = message
        .header("Authorization")
        .filter(|header| !header.value.to_ascii_lowercase().starts_with("bearer"));
    let secret = message.param("client_secret").filter(|param| !param.value.is_empty());
    let Some(param) = secret.or(basic) else { return };
    let what = if secret.is_some() {
        "client_secret is sent"
    } else {
        "An Authorization header with the client's credentials is sent"
    };
    if in_browser {
        cx.say(Code::ClientSecretInBrowser, param, format!("{what}, by a page."));
    } else {
        cx.say(Code::ClientSecretSent, param, format!("{what}."));
    }
}

/// Headers that make the browser ask first.
fn headers(cx: &mut Context, message: &Message) {
    const SIMPLE: &[&str] = &["accept", "accept-language", "content-language", "content-type", "range"];
    // What browsers add themselves, and what the two rules above are about.
    let own = |name: &str| {
        SIMPLE.contains(&name)
            || ["sec-", "proxy-", ":", "access-control-"].iter().any(|prefix| name.starts_with(prefix))
            || matches!(
                name,
                "authorization"
                    | "origin"
                    | "referer"
                    | "user-agent"
                    | "host"
                    | "cookie"
                    | "connection"
                    | "content-length"
                    | "dnt"
                    | "accept-encoding"
                    | "pragma"
                    | "cache-control"
                    | "priority"
                    | "te"
                    | "expect"
                    | "dpop"
            )
    };
    let in_browser = message.header("Origin").is_some() || cx.known.origin.is_some();
    if let Some(header) = message.headers.iter().find(|header| !own(&header.name.to_ascii_lowercase()))
        && in_browser
    {
        cx.say(
            Code::HeaderNeedsPreflight,
            header,
            format!("The header {} is sent.", show::plain(&header.name)),
        );
    }
    if let Some(header) = message
        .header("Authorization")
        .filter(|header| header.value.to_ascii_lowercase().starts_with("bearer"))
    {
        cx.say(
            Code::HeaderNeedsPreflight,
            header,
            "An Authorization header with a bearer token is sent to the token endpoint.",
        );
    }
}

/// The code's exchange.
fn exchange(cx: &mut Context, message: &Message) {
    match message.param("code") {
        None => cx.add(cx.finding(Code::TokenCodeMissing, "There is no code.").named("code")),
        Some(param) if param.value.contains(' ') && param.raw.contains('+') => {
            cx.say(Code::CodeAltered, param, "The code holds an unencoded +, which a form reads as a space.");
        }
        Some(param) if param.value.contains('#') => {
            cx.say(
                Code::CodeAltered,
                param,
                "The code holds a #: the fragment of the callback's address was taken with it.",
            );
        }
        Some(_) => {}
    }
    verifier(cx, message);
    redirect(cx, message);
    needs_client(cx, message);
    if let Some(param) = message.param("code_challenge") {
        cx.say(Code::ChallengeInTokenRequest, param, "code_challenge is in the token request.");
    }
}

fn needs_client(cx: &mut Context, message: &Message) {
    let authenticated =
        message.header("Authorization").is_some() || message.param("client_assertion").is_some();
    match message.param("client_id") {
        Some(_) => client_id(cx, message),
        None if authenticated || message.means("client_id") => {}
        None => {
            let expected = cx.client_id().map(|id| format!("={}", encoded(id))).unwrap_or_default();
            cx.add(
                cx.finding(Code::TokenClientIdMissing, "There is no client_id.")
                    .named("client_id")
                    .with("expected", expected),
            );
        }
    }
}

fn verifier(cx: &mut Context, message: &Message) {
    let Some(param) = message.param("code_verifier") else {
        if !message.means("code_verifier") {
            let found =
                cx.finding(Code::VerifierMissing, "There is no code_verifier.").named("code_verifier");
            // A server may authenticate with a secret alone, unless the sign-in began with a challenge.
            let server =
                message.param("client_secret").is_some() || message.header("Authorization").is_some();
            cx.add(if server && cx.challenge().is_none() {
                found.severity(Severity::Warning)
            } else {
                found
            });
        }
        return;
    };
    if param.value.is_empty() || cx.has(Code::ValueUndefined) {
        return;
    }
    if let Some(stored) = &cx.known.verifier
        && stored.expose() != param.value
    {
        cx.say(Code::VerifierDiffers, param, "The code_verifier is not the one that the tab stored.");
    }
    if let Some(challenge) = cx.challenge().map(str::to_owned) {
        if challenge == param.value {
            return cx.say(
                Code::VerifierIsChallenge,
                param,
                "code_verifier is the code_challenge of the authorization request.",
            );
        }
        if Verifier::new(param.value.as_str()).challenge() != challenge {
            let how = pkce::how(&param.value, &challenge);
            let seen = match how {
                Some(made) => format!("The code_challenge that was sent {}.", made.words()),
                None => "The code_verifier does not match the code_challenge of the authorization request."
                    .to_owned(),
            };
            cx.say(Code::VerifierMismatch, param, seen);
        }
    }
    pkce::verifier_shape(cx, &param.value, Some(param));
}

fn redirect(cx: &mut Context, message: &Message) {
    let sent = cx.sent_redirect_uri().map(str::to_owned);
    let Some(param) = message.param("redirect_uri") else {
        if !message.means("redirect_uri") {
            let expected = sent.map(|uri| format!("={}", encoded(&uri))).unwrap_or_default();
            let found =
                cx.finding(Code::TokenRedirectUriMissing, "There is no redirect_uri.").named("redirect_uri");
            cx.add(found.with("expected", expected));
        }
        return;
    };
    match sent {
        Some(sent) if sent != param.value && !param.value.is_empty() => {
            let words = redirect_uri::difference(&param.value, &sent).words;
            let seen = format!(
                "redirect_uri is {} here and was {} in the authorization request: {words}.",
                show::value(&param.value),
                show::value(&sent)
            );
            cx.add(cx.finding(Code::RedirectUriChanged, seen).on(param).with("encoded", encoded(&sent)));
        }
        Some(_) => {}
        None if !cx.known.redirect_uris.is_empty() => redirect_uri::check(cx, message),
        None => {}
    }
}
