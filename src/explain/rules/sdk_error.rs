//! This SDK's own errors: the likely causes first, then the row of the error table.

use crate::core::base::error::{Error, ErrorCode, Row};
use crate::explain::catalog::Code;
use crate::explain::context::Context;
use crate::explain::input::{Message, Param};
use crate::explain::refusal::words::named;
use crate::explain::{Kind, Place, Severity, refusal, show};

/// The page of each error.
const PAGE: &str = "https://github.com/intelliauth/spa-sdk/blob/main/docs/errors.md#";

pub(super) fn check(cx: &mut Context, message: &Message) {
    let Some(code) = message.sdk_error else { return };
    let mut error = Error::new(code);
    for name in error.row().map(names).unwrap_or_default() {
        if let Some(param) = message.param(name) {
            error.add(name, &show::sentence(&param.value));
        }
    }
    let refused = refused(cx, message, code);
    let named = format!("The SDK's error is {}: {}", code.as_str(), summary(&error));
    let causes = causes(&error);
    for (rank, cause) in causes.iter().enumerate() {
        let seen = match rank {
            0 => named.clone(),
            _ => format!("Another cause of {}, less likely.", code.as_str()),
        };
        let severity = if rank == 0 { Severity::Error } else { Severity::Note };
        let found = cx.finding(*cause, seen).severity(severity).rank(rank).in_range(range(message));
        let origin = "'self' https://<your-tenant>";
        cx.add(found.with("directive", "connect-src").with("expected", format!("connect-src {origin}")));
    }
    let only = causes.is_empty() && !refused;
    let found = cx.finding(Code::SdkError, named).in_range(range(message));
    cx.add(
        found
            .severity(if only { Severity::Error } else { Severity::Note })
            .with("page", format!("{PAGE}{}", code.as_str()))
            .with("hint", error.hint()),
    );
}

fn range(message: &Message) -> std::ops::Range<usize> {
    message.prose.as_ref().map(|prose| prose.range()).unwrap_or_default()
}

/// What happened, as far as it is known.
fn summary(error: &Error) -> String {
    let text = error.message();
    if text.contains("(unknown)") { "its details are not shown.".to_owned() } else { text }
}

/// The details that a row's texts name.
fn names(row: &'static Row) -> Vec<&'static str> {
    let texts = row.hints.iter().map(|(_, hint)| *hint).chain([row.summary, row.hint]);
    let names = texts.flat_map(|text| text.split('{').skip(1).filter_map(|rest| rest.split_once('}')));
    let mut found: Vec<_> = names.map(|(name, _)| name).chain(["check"]).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Has the platform's own refusal explained, where the error holds one; whether there was any.
fn refused(cx: &mut Context, message: &Message, code: ErrorCode) -> bool {
    let (kind, usual) = match code {
        ErrorCode::AuthorizationRefused => (Kind::AuthorizationError, ""),
        ErrorCode::CodeRefused => (Kind::TokenError, "invalid_grant"),
        ErrorCode::ClientRefused => (Kind::TokenError, "invalid_client"),
        ErrorCode::TokenRequestRefused => (Kind::TokenError, ""),
        _ => return false,
    };
    let field = |name: &str, of: &str, otherwise: &str| {
        let param = message.param(of);
        let value = param.map_or(otherwise, |param| &param.value).to_owned();
        let range = param.map_or_else(|| range(message), |param| param.range.clone());
        (!value.is_empty()).then(|| Param {
            name: name.to_owned(),
            raw: value.clone(),
            value,
            place: Place::Body,
            range,
        })
    };
    let prose = message.prose.clone().filter(|_| message.param("error").is_none());
    let in_text = prose.as_ref().is_some_and(|prose| named(prose.text()));
    let fields: Vec<_> = [
        field("error", "error", if in_text { "" } else { usual }),
        field("error_description", "description", ""),
    ]
    .into_iter()
    .flatten()
    .collect();
    if fields.is_empty() && !in_text {
        return false;
    }
    refusal::check(cx, &Message { kind, fields, prose, ..Message::default() });
    true
}

/// The likely causes, the likeliest first. The other errors' own hints say it all.
fn causes(error: &Error) -> &'static [Code] {
    match error.code {
        ErrorCode::StateUnknown => {
            &[Code::CauseSignInInAnotherTab, Code::CauseOriginChanged, Code::CauseStorageCleared]
        }
        ErrorCode::CallbackReplayed => &[Code::CauseCallbackOpenedAgain],
        ErrorCode::SignInLoop => &[Code::CauseSignInByItself],
        ErrorCode::AccessDenied => &[Code::CauseUserRefused, Code::CauseRuleRefused],
        ErrorCode::LoginRequired => &[Code::CauseNoSession],
        ErrorCode::ConsentRequired => &[Code::CauseConsentRequired],
        ErrorCode::InteractionRequired | ErrorCode::AccountSelectionRequired => {
            &[Code::CauseInteractionRequired]
        }
        ErrorCode::ClockSkew => &[Code::CauseClockSkew],
        ErrorCode::NetworkError => {
            &[Code::CauseOriginNotAllowed, Code::ConnectRefusedByCsp, Code::CauseRequestBlocked]
        }
        ErrorCode::SessionExpired | ErrorCode::SessionLost => &[Code::CauseRefreshTokenOver],
        ErrorCode::RefreshTokenMissing => &[Code::RefreshTokenMissing],
        _ => &[],
    }
}
