//! The short, readable trace of a failing seed.

use intelliauth_spa_sdk::core::session::event::{Effect, Event};
use intelliauth_spa_sdk::core::session::message::Message;
use intelliauth_spa_sdk::core::token::Outcome;

fn message(message: &Message) -> String {
    match message {
        Message::Tokens(grant) => {
            let refresh = grant.refresh.as_ref().map_or("-", |token| token.expose());
            format!("Tokens {} {refresh}{}", grant.access.expose(), if grant.unsure { " unsure" } else { "" })
        }
        other => format!("{other:?}"),
    }
}

pub fn event(event: &Event) -> String {
    match event {
        Event::Heard(heard) => format!("hears {}", message(heard)),
        Event::Granted(ticket) => format!("is granted {}", ticket.number),
        Event::Overdue(ticket) => format!("finds {} overdue", ticket.number),
        Event::Stolen(ticket) => format!("was robbed of {}", ticket.number),
        Event::Answered { ticket, outcome, .. } => {
            let what = match outcome {
                Outcome::Tokens(tokens) => tokens.access.expose().to_owned(),
                Outcome::Mismatch { check, .. } => format!("another's ID token: {}", check.as_str()),
                Outcome::Refused { error, .. }
                | Outcome::Unsent { error, .. }
                | Outcome::Unclear { error, .. } => error.to_string(),
            };
            format!("is answered {}: {what}", ticket.number)
        }
        Event::GetToken { call, force, min_validity, rejected } => {
            let rejected = rejected.as_ref().map_or("", |_| " after a 401");
            format!(
                "wants a token, call {call}{}{rejected}, {min_validity} ms",
                if *force { " forced" } else { "" }
            )
        }
        Event::Callback { call, .. } => format!("has a callback, call {call}"),
        other => format!("{other:?}"),
    }
}

pub fn effect(effect: &Effect) -> String {
    match effect {
        Effect::Store(text) => {
            let field = |name: &str| text.split('&').find_map(|pair| pair.strip_prefix(name)).unwrap_or("");
            format!("Store {}{} #{}", field("access_token="), field("reason="), field("sequence="))
        }
        Effect::Post(posted) => format!("Post {}", message(posted)),
        Effect::Lock { ticket, lock, .. } => format!("Lock {} {lock:?}", ticket.number),
        Effect::Unlock(ticket) => format!("Unlock {}", ticket.number),
        Effect::Steal(ticket) => format!("Steal {}", ticket.number),
        Effect::Refresh { ticket, token, .. } => format!("Refresh {} {}", ticket.number, token.expose()),
        Effect::Exchange { ticket, code, .. } => format!("Exchange {} {}", ticket.number, code.expose()),
        Effect::Token(call, Ok(token)) => format!("call {call} gets {}", token.expose()),
        Effect::Token(call, Err(error)) => format!("call {call} gets {error}"),
        Effect::SignedIn(call, Ok(_)) => format!("callback {call} is good"),
        Effect::SignedIn(call, Err(refusal)) => format!("callback {call} gets {}", refusal.error),
        Effect::Revoke(token) => format!("Revoke {}", token.expose()),
        Effect::Leave { .. } => "Leave".into(),
        Effect::Mark(_) => "Mark".into(),
        other => format!("{other:?}"),
    }
}
