//! What a platform's refusal means: the likeliest cause first, by its own words, by what is known, and by what is usual.

mod table;
pub(super) mod words;

use super::catalog::Code;
use super::context::Context;
use super::input::Message;
use super::{Kind, Severity, show};
use table::{MARKS, USUAL};
use words::{has_word, holds};

/// Causes that are told at most, besides the first.
const OTHERS: usize = 4;

/// Looks at an error answer, a callback with an error, or a sentence.
pub(super) fn check(cx: &mut Context, message: &Message) {
    if !matches!(message.kind, Kind::TokenError | Kind::AuthorizationError) {
        return;
    }
    // With a code beside it the error is not the platform's own.
    if message.kind == Kind::AuthorizationError && message.param("code").is_some() {
        return;
    }
    let field = |name: &str| message.param(name).map(|param| param.value.clone()).unwrap_or_default();
    let prose = message.prose.as_ref().map(|prose| prose.text().to_owned()).unwrap_or_default();
    // An API says it in a header, RFC 6750 §3.
    let header = message.header("WWW-Authenticate").map(|header| header.value.clone()).unwrap_or_default();
    let mut error = field(if message.param("error").is_some() { "error" } else { "errorCode" });
    const TELLING: [&str; 7] = [
        "error_description",
        "error_subtype",
        "error_hint",
        "error_reason",
        "error_uri",
        "errorSummary",
        "message",
    ];
    // Many servers answer every refusal with RFC 6749's own sentence, which names all its causes.
    let own = |name: &str| Some(field(name)).filter(|text| !text.contains("was issued to another client"));
    let description =
        TELLING.map(|name| own(name).unwrap_or_default()).join(" ") + " " + &prose + " " + &header;
    let words = format!("{error} {description}").to_lowercase();
    if error.is_empty() || error.contains(' ') {
        let in_text = USUAL.iter().find(|(name, _)| !name.is_empty() && has_word(&words, name));
        error = in_text.map_or(String::new(), |(name, _)| (*name).to_owned());
    }
    let mut causes: Vec<Code> = Vec::new();
    let mut push = |code: Code| {
        if !causes.contains(&code) {
            causes.push(code);
        }
    };
    let mut said: &[&str] = &[];
    for (marks, code) in MARKS {
        if marks.iter().all(|mark| holds(&words, mark)) {
            said = if said.is_empty() { marks } else { said };
            push(*code);
        }
    }
    let from_words = !causes.is_empty();
    let mut push = |code: Code| {
        if !causes.contains(&code) {
            causes.push(code);
        }
    };
    let usual = USUAL.iter().find(|(name, _)| *name == error).map(|(_, causes)| *causes).unwrap_or_default();
    // What the platform says outright leaves nothing to guess.
    let most = if from_words { 0 } else { OTHERS };
    usual.iter().take(most).for_each(|code| push(*code));
    // An authorization request has no body.
    if message.kind == Kind::AuthorizationError && causes.contains(&Code::CauseBodyNotForm) {
        causes.retain(|code| *code != Code::CauseBodyNotForm);
        if causes.is_empty() {
            causes.push(Code::CauseParameterMissing);
        }
    }
    if causes.is_empty() {
        let told = !error.is_empty() || !description.trim().is_empty() && message.url.is_none();
        causes.push(match message.status {
            Some(429 | 500..) => Code::CausePlatformFailed,
            Some(_) if !told => Code::CauseNotShown,
            _ => Code::CauseUnknown,
        });
    }
    // The recording itself shows why.
    if cx.has(Code::CodeUsedTwice) && causes.contains(&Code::CauseCodeUsedTwice) {
        return;
    }
    let told = told(&error, &field("error_description"), message.status, said);
    let proved = prove(cx, message, &mut causes);
    for (rank, code) in causes.iter().enumerate() {
        let seen = match rank {
            0 if proved.is_some() => format!("{told} {}", proved.clone().unwrap_or_default()),
            0 => told.clone(),
            _ => format!("{told} Another cause, less likely."),
        };
        let severity = if rank == 0 { Severity::Error } else { Severity::Note };
        let mut found = cx.finding(*code, seen).severity(severity).rank(rank);
        found = match message.param("error") {
            Some(param) => found.on(param),
            None => match &message.prose {
                Some(prose) => found.named("error").in_range(prose.range()),
                None => found.named("error"),
            },
        };
        found = found.with("parameter", parameter(&words));
        cx.add(found);
    }
}

/// What the platform said, in a sentence. Prose is not repeated, because a secret may stand anywhere in it: `said` are the
/// words that were recognised.
fn told(error: &str, description: &str, status: Option<u16>, said: &[&str]) -> String {
    let description = show::sentence(description.trim());
    let description = description.split(" Trace ID").next().unwrap_or_default().trim_end_matches(['.', ' ']);
    match (error, description, said, status) {
        ("", "", [], Some(status)) => format!("The platform answered with status {status}."),
        ("", "", [], None) => "The platform refused the request.".to_owned(),
        ("", "", [one], _) => format!("The text holds \"{one}\"."),
        ("", "", said, _) => format!("The text holds \"{}\".", said.join("\" and \"")),
        ("", text, ..) => format!("The platform says: {text}."),
        (error, "", ..) => format!("The platform answered {}.", show::sentence(error)),
        (error, text, ..) => format!("The platform answered {}: {text}.", show::sentence(error)),
    }
}

/// What is known may prove a cause, which then comes first, or rule it out.
fn prove(cx: &mut Context, message: &Message, causes: &mut Vec<Code>) -> Option<String> {
    if message.kind != Kind::TokenError {
        return None;
    }
    let exchanged = cx.exchange.redirect_uri.clone();
    if let (Some(sent), Some(exchanged), true) =
        (cx.sent_redirect_uri(), exchanged, causes.contains(&Code::CauseRedirectUriChanged))
    {
        if sent != exchanged {
            first(causes, Code::CauseRedirectUriChanged);
            return Some("The recording shows two different redirect URIs.".to_owned());
        }
        causes.retain(|code| *code != Code::CauseRedirectUriChanged);
        cx.add(
            cx.finding(Code::RuledOutRedirectUri, "Both requests sent the same redirect_uri.")
                .named("redirect_uri"),
        );
    }
    let concerns_grant = causes.contains(&Code::CauseVerifierMismatch);
    if let (Some(verifier), Some(challenge), true) = (&cx.known.verifier, cx.challenge(), concerns_grant) {
        if verifier.challenge() != challenge {
            let how = super::rules::pkce::how(verifier.expose(), challenge);
            first(causes, Code::CauseVerifierMismatch);
            return Some(match how {
                Some(made) => format!("The code_challenge that was sent {}.", made.words()),
                None => "The verifier given does not match the challenge that was sent.".to_owned(),
            });
        }
        causes.retain(|code| *code != Code::CauseVerifierMismatch);
        cx.add(
            cx.finding(Code::RuledOutVerifier, "The verifier given matches the challenge that was sent.")
                .named("code_verifier"),
        );
    }
    None
}

fn first(causes: &mut Vec<Code>, code: Code) {
    causes.retain(|known| *known != code);
    causes.insert(0, code);
}

/// The parameter that a "missing parameter" is about.
fn parameter(words: &str) -> &'static str {
    const NAMES: &[&str] = &[
        "code_challenge_method",
        "code_challenge",
        "code_verifier",
        "redirect_uri",
        "response_type",
        "grant_type",
        "client_secret",
        "client_id",
        "refresh_token",
        "nonce",
        "scope",
        "state",
        "code",
    ];
    NAMES
        .iter()
        .find(|name| has_word(words, name))
        .copied()
        .unwrap_or("the parameter that the platform names")
}
