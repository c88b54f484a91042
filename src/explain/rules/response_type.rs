//! `response_type`: RFC 6749 §3.1.1, RFC 9700 §2.1.2.

use crate::explain::catalog::Code;
use crate::explain::context::Context;
use crate::explain::input::Message;
use crate::explain::show;

pub(super) fn check(cx: &mut Context, message: &Message) {
    let Some(param) = message.param("response_type") else {
        if !message.means("response_type") {
            cx.add(
                cx.finding(Code::ResponseTypeMissing, "There is no response_type.").named("response_type"),
            );
        }
        return;
    };
    let value = param.value.as_str();
    let words: Vec<&str> = value.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let known = ["code", "token", "id_token", "none"];
    let seen = format!("response_type is {}.", show::value(value));
    if value.is_empty() || value == "code" || cx.has(Code::DoubleEncoded) && value.contains('%') {
    } else if words.iter().any(|word| !known.contains(word)) || value.contains(',') {
        cx.say(Code::ResponseTypeUnknown, param, seen);
    } else if words.contains(&"code") {
        cx.say(Code::ResponseTypeHybrid, param, seen);
    } else {
        cx.say(Code::ResponseTypeToken, param, seen);
    }
}
