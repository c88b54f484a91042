//! Inputs, written and read.

use super::actions::{area, read_area};
use crate::core::base::clock::Millis;
use crate::core::base::secret::AccessToken;
use crate::core::client::attempts::Activation;
use crate::core::client::provider::{HttpResponse, NoResponse, Verdict};
use crate::core::client::runner::{Call, Delivery, Input, Reach, Rejected, SignOutOptions, Written};
use crate::core::client::session::io::Renewal;
use crate::core::client::session::message::Message;
use crate::core::protocol::authorize::LoginOptions;
use serde_json::{Value, json};

/// Writes an input.
pub fn write(input: &Input) -> Value {
    match input {
        Input::Start => json!("start"),
        Input::Timeout => json!("timeout"),
        Input::Revalidate => json!("revalidate"),
        Input::PageHidden => json!("page_hidden"),
        Input::PageShown => json!("page_shown"),
        Input::NavigationRefused => json!("navigation_refused"),
        Input::Dispose => json!("dispose"),
        Input::Call(id, call) => json!({"call": id, "what": write_call(call)}),
        Input::Message(message) => json!({"message": message.to_text()}),
        Input::LockGranted(ticket) => json!({"lock_granted": ticket}),
        Input::LockUnavailable(ticket) => json!({"lock_unavailable": ticket}),
        Input::LockHolder(ticket, holder) => json!({"lock_holder": ticket, "holder": holder}),
        Input::LocksMissing(ticket) => json!({"locks_missing": ticket}),
        Input::LockStolen(ticket) => json!({"lock_stolen": ticket}),
        Input::Response(request, Ok(HttpResponse { status, body, retry_after })) => json!({
            "response": request, "status": status, "body": body, "retry_after": retry_after.0,
        }),
        Input::Response(request, Err(failure)) => json!({
            "response": request,
            "failure": match failure {
                NoResponse::Timeout => "timeout",
                NoResponse::Network => "network",
            },
        }),
        Input::Verified(request, verdict) => json!({
            "verified": request,
            "verdict": match verdict {
                Verdict::Valid => "valid",
                Verdict::Invalid => "invalid",
                Verdict::Unsupported => "unsupported",
            },
        }),
        Input::Written { area: place, key, result } => json!({
            "written": key, "area": area(*place), "stored": *result == Written::Stored,
        }),
    }
}

fn write_call(call: &Call) -> Value {
    match call {
        Call::Login { options, activation, delivery } => json!({
            "login": {
                "app_state": options.app_state, "page": options.page, "scope": options.scope, "prompt": options.prompt,
                "login_hint": options.login_hint, "ui_locales": options.ui_locales, "acr_values": options.acr_values,
                "max_age": options.max_age, "extra": options.extra,
            },
            "by_user": *activation == Activation::User,
            "navigates": *delivery == Delivery::Navigate,
        }),
        Call::Callback(url) => json!({"callback": url}),
        Call::Token { renewal, min_validity, rejected } => json!({
            "token": {
                "forced": *renewal == Renewal::Forced,
                "min_validity": min_validity.0,
                "rejected": rejected.as_ref().map(|rejected| json!({
                    "access_token": rejected.token.expose(), "challenges": rejected.challenges,
                })),
            },
        }),
        Call::Logout(options) => json!({
            "logout": {
                "return_to": options.return_to, "extra": options.extra, "provider": options.reach == Reach::Provider,
            },
            "navigates": options.delivery == Delivery::Navigate,
        }),
    }
}

/// Reads what [`write`] wrote.
pub fn read(value: &Value) -> Option<Input> {
    let number = |name: &str| value[name].as_u64().and_then(|number| u32::try_from(number).ok());
    Some(match value {
        Value::String(name) => match name.as_str() {
            "start" => Input::Start,
            "timeout" => Input::Timeout,
            "revalidate" => Input::Revalidate,
            "page_hidden" => Input::PageHidden,
            "page_shown" => Input::PageShown,
            "navigation_refused" => Input::NavigationRefused,
            "dispose" => Input::Dispose,
            _ => return None,
        },
        Value::Object(members) => {
            let has = |name: &str| members.contains_key(name);
            match () {
                () if has("call") => Input::Call(number("call")?, read_call(&value["what"])?),
                () if has("message") => Input::Message(Message::from_text(value["message"].as_str()?)?),
                () if has("lock_granted") => Input::LockGranted(number("lock_granted")?),
                () if has("lock_unavailable") => Input::LockUnavailable(number("lock_unavailable")?),
                () if has("lock_holder") => Input::LockHolder(number("lock_holder")?, text(&value["holder"])),
                () if has("locks_missing") => Input::LocksMissing(number("locks_missing")?),
                () if has("lock_stolen") => Input::LockStolen(number("lock_stolen")?),
                () if has("response") => Input::Response(number("response")?, read_response(value)?),
                () if has("verified") => Input::Verified(
                    number("verified")?,
                    match value["verdict"].as_str()? {
                        "valid" => Verdict::Valid,
                        "invalid" => Verdict::Invalid,
                        "unsupported" => Verdict::Unsupported,
                        _ => return None,
                    },
                ),
                () if has("written") => Input::Written {
                    area: read_area(&value["area"])?,
                    key: text(&value["written"])?,
                    result: if value["stored"].as_bool()? { Written::Stored } else { Written::Failed },
                },
                () => return None,
            }
        }
        _ => return None,
    })
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn read_response(value: &Value) -> Option<Result<HttpResponse, NoResponse>> {
    Some(match value["failure"].as_str() {
        Some("timeout") => Err(NoResponse::Timeout),
        Some("network") => Err(NoResponse::Network),
        Some(_) => return None,
        None => Ok(HttpResponse {
            status: value["status"].as_u64()?.try_into().ok()?,
            body: text(&value["body"]),
            retry_after: Millis(value["retry_after"].as_i64().unwrap_or_default()),
        }),
    })
}

fn read_call(value: &Value) -> Option<Call> {
    if let Some(login) = value["login"].as_object() {
        let member = |name: &str| login.get(name).and_then(text);
        let options = LoginOptions {
            app_state: member("app_state"),
            page: member("page"),
            scope: member("scope"),
            prompt: member("prompt"),
            login_hint: member("login_hint"),
            ui_locales: member("ui_locales"),
            acr_values: member("acr_values"),
            max_age: login.get("max_age").and_then(Value::as_f64),
            extra: pairs(login.get("extra")?)?,
        };
        let activation = if value["by_user"].as_bool()? { Activation::User } else { Activation::NoneKnown };
        let delivery = delivery(value)?;
        return Some(Call::Login { options: Box::new(options), activation, delivery });
    }
    if let Some(url) = value["callback"].as_str() {
        return Some(Call::Callback(url.to_owned()));
    }
    let (token, logout) = (&value["token"], &value["logout"]);
    if token.is_object() {
        let rejected = text(&token["rejected"]["access_token"]).map(|rejected| Rejected {
            token: AccessToken::new(rejected),
            challenges: text(&token["rejected"]["challenges"]),
        });
        let renewal = if token["forced"].as_bool()? { Renewal::Forced } else { Renewal::IfNeeded };
        return Some(Call::Token {
            renewal,
            min_validity: Millis(token["min_validity"].as_i64()?),
            rejected,
        });
    }
    let reach = if logout["provider"].as_bool()? { Reach::Provider } else { Reach::Local };
    Some(Call::Logout(Box::new(SignOutOptions {
        return_to: text(&logout["return_to"]),
        extra: pairs(&logout["extra"])?,
        reach,
        delivery: delivery(value)?,
    })))
}

fn delivery(call: &Value) -> Option<Delivery> {
    Some(if call["navigates"].as_bool()? { Delivery::Navigate } else { Delivery::GiveUrl })
}

fn pairs(list: &Value) -> Option<Vec<(String, String)>> {
    list.as_array()?.iter().map(|pair| Some((text(&pair[0])?, text(&pair[1])?))).collect()
}
