//! Secrets in the authorization request's URL: RFC 9700 §4.3.

use crate::explain::catalog::Code;
use crate::explain::context::Context;
use crate::explain::input::Message;
use crate::explain::show;

/// Parameters that no URL may hold, and where they belong.
const SECRETS: &[(&str, &str)] = &[
    (
        "client_secret",
        "An app in a browser has no secret at all; a server sends its own with the token request.",
    ),
    ("client_assertion", "It belongs to the token request of a server."),
    ("access_token", "It belongs in the Authorization header of requests to the API."),
    ("refresh_token", "It belongs in the body of a token request."),
    ("password", "The user types it on the platform's page, and no app sees it."),
];

pub(super) fn check(cx: &mut Context, message: &Message) {
    for (name, place) in SECRETS {
        if let Some(param) = message.param(name)
            && !param.value.is_empty()
        {
            let seen = format!("{name} is in the URL ({}).", show::characters(&param.value));
            cx.add(cx.finding(Code::SecretInUrl, seen).on(param).with("name", *name).with("place", *place));
        }
    }
}
