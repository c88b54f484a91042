//! The token endpoint's answer and the platform's metadata, by the core's own rules.

use crate::core::base::clock::Millis;
use crate::core::base::config::{Config, Options};
use crate::core::base::json::parse;
use crate::core::protocol::metadata;
use crate::core::protocol::token::{TokenOutcome, process_token_response};
use crate::explain::catalog::Code;
use crate::explain::context::Context;
use crate::explain::input::Message;
use crate::explain::{Kind, show};

pub(super) fn check(cx: &mut Context, message: &Message) {
    let Some(body) = &message.body else { return };
    if message.kind == Kind::Metadata {
        return describes(cx, message, body.text());
    }
    let strict = parse(cx.engine, body.text()).is_some();
    let text = if strict { body.text().to_owned() } else { rewritten(message) };
    match process_token_response(cx.engine, message.status.unwrap_or(200), Some(&text), Millis(0)) {
        // A refresh may leave both out: the ones before stay good, RFC 6749 §6, OpenID Connect Core §12.2.
        TokenOutcome::Tokens(_)
            if message.answer && cx.exchange.grant_type.as_deref() == Some("refresh_token") => {}
        TokenOutcome::Tokens(tokens) => {
            if tokens.id_token.is_none() {
                cx.add(cx.finding(Code::IdTokenMissing, "There is no id_token.").named("id_token"));
            }
            if tokens.refresh.is_none() {
                cx.add(
                    cx.finding(Code::RefreshTokenMissing, "There is no refresh_token.")
                        .named("refresh_token"),
                );
            }
        }
        TokenOutcome::Indeterminate { error, .. } | TokenOutcome::NotSent { error, .. } => {
            let problem = error.detail("problem").unwrap_or("its status is an error").to_owned();
            let seen = format!("The answer is refused: {problem}.");
            cx.add(cx.finding(Code::TokenResponseInvalid, seen).with("problem", problem));
        }
        TokenOutcome::Refused { .. } | TokenOutcome::Unusable { .. } => {}
    }
}

/// What a console or a program printed of an object, as the JSON that it was.
fn rewritten(message: &Message) -> String {
    let mut json = String::from("{");
    for (at, field) in message.fields.iter().enumerate() {
        json.push_str(if at == 0 { "" } else { "," });
        show::json_member(&mut json, &field.name, &field.value);
    }
    json.push('}');
    json
}

/// A document of Discovery §4, read as an app would that was given the tenant, or the issuer that it names itself.
fn describes(cx: &mut Context, message: &Message, text: &str) {
    let own = message.param("issuer").map(|param| param.value.clone());
    let Some(issuer) = cx.known.tenant.clone().or(own) else { return };
    let options = Options {
        tenant_url: issuer.clone(),
        client_id: "any".into(),
        redirect_uri: "https://app.example/callback".into(),
        ..Options::default()
    };
    let Ok(config) = Config::new(options) else { return };
    let Err(error) = metadata::read(cx.engine, text, &config) else { return };
    let detail = |name| show::value(error.detail(name).unwrap_or_default());
    let (check, expected, received) = (detail("check"), detail("expected"), detail("received"));
    let mut seen = format!("{check} is {received}, and {expected} is expected.");
    if check == "issuer" && received.trim_end_matches('/') == expected.trim_end_matches('/') {
        seen.push_str(" They differ in the slash at the end.");
    }
    let found = cx.finding(Code::MetadataInvalid, seen).with("check", &check).with("expected", expected);
    cx.add(match message.param(&check) {
        Some(param) => found.on(param),
        None => found.named(&check),
    });
}
