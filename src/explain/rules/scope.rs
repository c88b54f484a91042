//! `scope`: RFC 6749 §3.3, OpenID Connect Core §3.1.2.1. What a scope may hold is the core's rule.

use super::values::encoded;
use crate::core::base::config::{DEFAULT_SCOPE, check_scope};
use crate::explain::catalog::Code;
use crate::explain::context::Context;
use crate::explain::input::Message;
use crate::explain::names::has_scope;
use crate::explain::show;

pub(super) fn check(cx: &mut Context, message: &Message) {
    let Some(param) = message.param("scope") else {
        if !message.means("scope") {
            cx.add(cx.finding(Code::ScopeMissing, "There is no scope.").named("scope"));
        }
        return;
    };
    let scope = param.value.as_str();
    if scope.trim().is_empty()
        || cx.has(Code::DoubleEncoded) && scope.contains('%')
        || check_scope(scope).is_ok() && !glued(scope)
    {
        return;
    }
    let seen = format!("scope is {}.", show::value(scope));
    let separated = scope.replace([',', ';', '+', '|'], " ");
    if glued(scope) {
        let with =
            if scope.contains('+') { "+ (sent encoded, as %2B)" } else { "another character than a space" };
        let seen = format!("scope is {}: its names are separated by {with}.", show::value(scope));
        cx.add(
            cx.finding(Code::ScopeSeparator, seen).on(param).with("expected", encoded(&words(&separated))),
        );
        return;
    }
    if let Some(cased) =
        scope.split(' ').find(|word| word.eq_ignore_ascii_case("openid") && *word != "openid")
    {
        let expected = scope.replace(cased, "openid");
        cx.add(cx.finding(Code::ScopeCase, seen).on(param).with("expected", encoded(&expected)));
        return;
    }
    // The core answers for both; which of the two it is, its own characters tell.
    if check_scope(&format!("{scope} openid")).is_err() {
        cx.say(
            Code::ScopeCharacters,
            param,
            format!("scope is {}, with a character that no scope has.", show::value(scope)),
        );
    } else if !has_scope(scope, "openid") {
        let expected = encoded(&words(&format!("openid {scope}")));
        let expected = if scope.trim().is_empty() { encoded(DEFAULT_SCOPE) } else { expected };
        cx.add(cx.finding(Code::ScopeWithoutOpenid, seen).on(param).with("expected", show::plain(&expected)));
    }
}

/// Names of the specification that hang together without a space.
fn glued(scope: &str) -> bool {
    const NAMES: &[&str] = &["openid", "profile", "email", "offline_access"];
    scope.split(' ').any(|word| {
        word.contains([',', ';', '+', '|'])
            && word.split([',', ';', '+', '|']).any(|part| NAMES.contains(&part))
    })
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
