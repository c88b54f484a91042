//! The short, readable trace of a failing seed.

use super::act::{Act, Settled};
use intelliauth_spa_sdk::core::client::runner::{Call, Input};
use intelliauth_spa_sdk::core::client::session::io::Renewal;
use intelliauth_spa_sdk::core::client::session::message::Message;

fn message(message: &Message) -> String {
    match message {
        Message::Tokens(grant) => {
            let refresh = grant.refresh.as_ref().map_or("-", |token| token.expose());
            format!(
                "Tokens {} {refresh}{}",
                grant.access.expose(),
                if grant.refresh_pending { " refresh_pending" } else { "" }
            )
        }
        other => format!("{other:?}"),
    }
}

pub fn input(input: &Input) -> String {
    match input {
        Input::Message(heard) => format!("hears {}", message(heard)),
        Input::LockGranted(ticket) => format!("is granted {ticket}"),
        Input::LockUnavailable(ticket) => format!("cannot have {ticket}"),
        Input::LockStolen(ticket) => format!("was deprived of {ticket}"),
        Input::Response(request, Ok(answer)) => format!(
            "has {} for request {request}: {:.60}",
            answer.status,
            answer.body.as_deref().unwrap_or("no body")
        ),
        Input::Response(request, Err(failure)) => format!("has {failure:?} for request {request}"),
        Input::Call(id, Call::Token { renewal, min_validity, rejected }) => {
            let (force, another) = (
                if *renewal == Renewal::Forced { " forced" } else { "" },
                if rejected.is_some() { " another" } else { "" },
            );
            format!("wants a token, call {id}{force}{another}, {} ms", min_validity.0)
        }
        Input::Call(id, Call::Callback(_)) => format!("has a callback, call {id}"),
        other => format!("{other:?}"),
    }
}

pub fn act(act: &Act) -> String {
    match act {
        Act::Write { key, text, .. } => {
            let field = |name: &str| text.split('&').find_map(|pair| pair.strip_prefix(name)).unwrap_or("");
            let name =
                key.split_once('.').and_then(|(_, rest)| rest.split_once('.')).map_or("", |(_, rest)| rest);
            format!("Write {name:.12} {}{} #{}", field("access_token="), field("reason="), field("sequence="))
        }
        Act::Remove { key, .. } => {
            let name =
                key.split_once('.').and_then(|(_, rest)| rest.split_once('.')).map_or("", |(_, rest)| rest);
            format!("Remove {name:.12}")
        }
        Act::Post(posted) => format!("Post {}", message(posted)),
        Act::Lock { ticket, lock, .. } => format!("Lock {} {lock:?}", ticket.number),
        Act::Unlock(ticket) => format!("Unlock {}", ticket.number),
        Act::Steal(ticket) => format!("Steal {}", ticket.number),
        Act::Send { request, form, .. } => {
            format!("Send {request} {:.120}", form.as_deref().unwrap_or("GET"))
        }
        Act::Settle(call, Settled::Token(token)) => format!("call {call} gets {}", token.expose()),
        Act::Settle(call, Settled::Error(error)) => format!("call {call} gets {error}"),
        Act::Settle(call, Settled::Done) => format!("call {call} is done"),
        other => format!("{other:?}"),
    }
}
