//! `state` in the authorization request: RFC 6749 §10.10 and §10.12.

use crate::explain::catalog::Code;
use crate::explain::context::Context;
use crate::explain::input::Message;
use crate::explain::show;

/// 128 bits in BASE64URL are 22 characters; hexadecimal and UUIDs are longer. Below this nothing has as much.
const SHORTEST: usize = 16;

pub(super) fn check(cx: &mut Context, message: &Message) {
    let Some(param) = message.param("state") else {
        if !message.means("state") {
            cx.add(cx.finding(Code::StateMissing, "There is no state.").named("state"));
        }
        return;
    };
    if param.value.is_empty() {
        return;
    }
    if let Some(stored) = &cx.known.state
        && stored.expose() != param.value
    {
        cx.say(Code::StateDiffers, param, "The state is not the one that the tab stored.");
    }
    if param.value.chars().count() < SHORTEST {
        cx.say(Code::StateShort, param, format!("The state has {}.", show::characters(&param.value)));
    }
}
