//! Actions, written. They are compared and never carried out again, so nothing reads them.

use crate::core::base::encoding::base64url;
use crate::core::base::error::Error;
use crate::core::client::notification::{Notification, NotificationKind, SignOutResult, Source};
use crate::core::client::runner::{Answer, Area, CallId, Channel, Report, RequestId, Wait};
use crate::core::client::session::io::{Lock, Ticket};
use crate::core::protocol::jwks::Jwk;
use crate::core::protocol::jws::Jws;
use crate::core::protocol::transaction::SignInContext;
use serde_json::{Value, json};

pub fn area(area: Area) -> &'static str {
    match area {
        Area::Tab => "tab",
        Area::Origin => "origin",
    }
}

pub fn read_area(value: &Value) -> Option<Area> {
    match value.as_str()? {
        "tab" => Some(Area::Tab),
        "origin" => Some(Area::Origin),
        _ => None,
    }
}

pub fn report(report: Report) -> &'static str {
    match report {
        Report::Always => "always",
        Report::Failure => "failure",
        Report::Never => "never",
    }
}

pub fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Open => "open",
        Channel::Closed => "closed",
    }
}

pub fn lock(ticket: Ticket, lock: &Lock, wait: Wait) -> Value {
    let (kind, name) = match lock {
        Lock::Session(sid) => ("session", sid),
        Lock::Callback(mark) => ("callback", mark),
    };
    json!({"lock": ticket.number, "name": name, "of": kind, "waits": wait == Wait::Queue})
}

pub fn verify(request: RequestId, key: &Jwk, jws: &Jws) -> Value {
    let members: Vec<_> = key.iter().map(|(name, value)| json!([name, value])).collect();
    json!({"verify": request, "key": members, "alg": jws.alg.name, "signature": base64url(&jws.signature)})
}

pub fn error(error: &Error) -> Value {
    let details: Vec<_> = error.details.iter().map(|(name, value)| json!([name, value])).collect();
    json!({"code": error.code.as_str(), "details": details})
}

pub fn settle(call: CallId, answer: &Answer) -> Value {
    let context = |context: &SignInContext| json!({"app_state": context.app_state, "page": context.page});
    let answer = match answer {
        Answer::Done => json!("done"),
        Answer::Url(url) => json!({"url": url}),
        Answer::Token(token) => json!({"access_token": token.expose()}),
        Answer::SignedIn(id_token, back) => {
            json!({"id_token": id_token.expose(), "context": context(back)})
        }
        Answer::SignedOut(result, url) => {
            let mut answer = sign_out(result);
            answer["url"] = json!(url);
            answer
        }
        Answer::Error(refused) => json!({"error": error(refused)}),
        Answer::Refused(refused, back) => json!({"error": error(refused), "context": context(back)}),
    };
    json!({"settle": call, "answer": answer})
}

fn sign_out(result: &SignOutResult) -> Value {
    json!({"revocation": result.revocation.as_str(), "provider": result.provider.as_str()})
}

pub fn notify(notification: &Notification) -> Value {
    let kind = match &notification.kind {
        NotificationKind::SignInStarted(url) => json!({"sign_in_started": url}),
        NotificationKind::SignOutCompleted(result) => json!({"sign_out_completed": sign_out(result)}),
        NotificationKind::ProviderSignedOut => json!("provider_signed_out"),
        NotificationKind::CallbackReceived => json!("callback_received"),
        NotificationKind::CodeExchanged => json!("code_exchanged"),
        NotificationKind::IdTokenChecked => json!("id_token_checked"),
        NotificationKind::SignedIn => json!("signed_in"),
        NotificationKind::Restored => json!("restored"),
        NotificationKind::Refreshed => json!("refreshed"),
        NotificationKind::Failing(failure, at) => json!({"failing": error(failure), "retry_at": at.0}),
        NotificationKind::StorageFailed => json!("storage_failed"),
        NotificationKind::SignedOut(reason) => {
            json!({"signed_out": reason.as_str(), "check": reason.check()})
        }
    };
    json!({"notify": kind, "elsewhere": notification.source == Source::OtherTab})
}
