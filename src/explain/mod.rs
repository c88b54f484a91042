//! Says what is wrong with a sign-in that is stuck: from an authorization request, a callback, a token request or a
//! refusal, as they are copied from a browser, a terminal or a log.
//!
//! | where | what |
//! |---|---|
//! | [`explain`] | takes the text, and what the app knows about itself, and answers with a [`Report`] |
//! | `input` | recognises what was pasted: URL, form, `curl`, HAR, HTTP message, JSON, console line |
//! | `rules` | what can be wrong with each message, one topic a file |
//! | `refusal` | what the platform's own refusals mean, likeliest cause first |
//! | [`catalog`] | every finding: its code, severity, reason, correction and clause; `docs/explain.md` is made from it |
//!
//! It is pure: nothing that is pasted reaches an address, a storage or the network. No code, verifier, state, nonce,
//! token, password or client secret is repeated in a report.
//!
//! ```
//! use intelliauth_spa_sdk::explain::{Known, Severity, explain};
//! use intelliauth_spa_sdk::native::engine;
//!
//! let mut known = Known::default();
//! known.redirect_uris.push("https://app.example/callback".into());
//! let report = explain(
//!     "https://tenant.example/oauth2/authorize?response_type=code&client_id=app&scope=openid\
//!      &redirect_uri=https%3A%2F%2Fapp.example%2Fcallback%2F&state=_RqmqYbGlwSqLaLlULx1eA\
//!      &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256",
//!     &known,
//!     engine,
//! );
//! assert_eq!(report.worst(), Some(Severity::Error));
//! assert_eq!(report.findings[0].code, "redirect_uri_trailing_slash");
//! assert_eq!(report.findings[0].instead, "Send redirect_uri=https%3A%2F%2Fapp.example%2Fcallback, or register https://app.example/callback/ as well.");
//! ```
#![forbid(unsafe_code)]

pub mod catalog;
mod context;
mod input;
mod known;
mod names;
mod refusal;
mod report;
mod rules;
mod show;
mod source;

pub use known::Known;
pub(crate) use report::findings_to_text;
pub use report::{Finding, Kind, Part, Place, Report, Severity};

use crate::core::base::json::Engine;
use context::Context;

/// Longer texts are not looked at, in bytes: a recording of a long visit.
pub const MAX_INPUT: usize = 32 * 1024 * 1024;

/// Explains `input`: what it is, what is in it, and what is wrong with it, worst first.
///
/// `engine` is the JSON engine that the core's own rules read answers with: [`crate::native::engine`] in Rust programs.
#[must_use]
pub fn explain(input: &str, known: &Known, engine: Engine) -> Report {
    let mut messages = if input.len() > MAX_INPUT { Vec::new() } else { input::read(input, known) };
    let mut context = Context::new(input, known, engine);
    for (place, message) in messages.iter_mut().enumerate() {
        message.settle();
        context.learn(place, message);
    }
    for (place, message) in messages.iter().enumerate() {
        context.turn_to(place, message);
        rules::check(&mut context, message);
        refusal::check(&mut context, message);
    }
    // In a recording the platform's own answer says whether it took the redirect URI.
    if let [message] = messages.as_slice() {
        rules::redirect_uri::not_compared(&mut context, message);
    }
    context.report(input, messages)
}
