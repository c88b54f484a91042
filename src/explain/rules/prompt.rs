//! `prompt`, `max_age` and `response_mode`: OpenID Connect Core §3.1.2.1.

use crate::explain::catalog::Code;
use crate::explain::context::Context;
use crate::explain::input::Message;
use crate::explain::show;

const PROMPTS: &[&str] = &["none", "login", "consent", "select_account", "create"];

pub(super) fn check(cx: &mut Context, message: &Message) {
    if let Some(param) = message.param("prompt")
        && !param.value.is_empty()
    {
        let values: Vec<&str> = param.value.split(' ').filter(|value| !value.is_empty()).collect();
        if values.len() > 1 && values.contains(&"none") {
            cx.say(Code::PromptNoneCombined, param, format!("prompt is {}.", show::value(&param.value)));
        } else if let Some(odd) = values.iter().find(|value| !PROMPTS.contains(value)) {
            cx.say(Code::PromptUnknown, param, format!("prompt has the value {}.", show::value(odd)));
        }
    }
    if let Some(param) = message.param("max_age")
        && !param.value.is_empty()
        && !param.value.bytes().all(|byte| byte.is_ascii_digit())
    {
        cx.say(Code::MaxAgeInvalid, param, format!("max_age is {}.", show::value(&param.value)));
    }
    if let Some(param) = message.param("response_mode") {
        match param.value.as_str() {
            "form_post" => cx.say(Code::ResponseModeFormPost, param, "response_mode is form_post."),
            "fragment" => cx.say(Code::ResponseModeFragment, param, "response_mode is fragment."),
            _ => {}
        }
    }
}
