//! What can be wrong with any parameter: its name, its value's text, and how often it is there.

use crate::core::base::form::{self, Form};
use crate::explain::catalog::Code;
use crate::explain::context::Context;
use crate::explain::input::{Message, Param};
use crate::explain::{Kind, Place, names, show};

/// What programs write where a variable has no value.
const UNDEFINED: &[&str] = &["undefined", "null", "nil", "none", "nan", "[object object]", "(null)"];

/// What a template or an example holds in place of a value.
const PLACEHOLDERS: &[(&str, &str)] =
    &[("${", "}"), ("{{", "}}"), ("<", ">"), ("%(", ")"), ("#{", "}"), ("{", "}"), ("[", "]"), ("$(", ")")];

const EXAMPLES: &[&str] = &[
    "your_",
    "your-",
    "yourclientid",
    "your client",
    "insert_",
    "replace_",
    "<your",
    "process.env",
    "import.meta",
    "changeme",
];

/// Parameters whose values are simple texts, so that what is still encoded after decoding was encoded twice.
const SIMPLE: &[&str] = &[
    "redirect_uri",
    "client_id",
    "response_type",
    "scope",
    "grant_type",
    "code",
    "code_challenge",
    "code_verifier",
    "state",
];

pub(super) fn check(cx: &mut Context, message: &Message) {
    let request = matches!(message.kind, Kind::AuthorizationRequest | Kind::TokenRequest);
    for param in message.params() {
        if request {
            name(cx, message, param);
            second_question_mark(cx, param);
        }
        if message.kind != Kind::TokenError
            && message.kind != Kind::Metadata
            && message.kind != Kind::TokenResponse
        {
            value(cx, message, param);
        }
    }
    if let Some(url) = &message.url {
        let host = url.host();
        for undefined in ["undefined", "null"] {
            let in_path = url.path_text().split('/').any(|segment| segment == undefined);
            if host.split([':', '.']).any(|label| label == undefined) || in_path {
                let place = if in_path { "path" } else { "host" };
                let seen = format!("The URL's {place} holds \"{undefined}\".");
                cx.add(cx.finding(Code::ValueUndefined, seen).named(place).in_range(url.text.range()));
            }
        }
    }
    if request {
        repeated(cx, message);
        html_escaped(cx, message);
        after_fragment(cx, message);
    }
}

fn name(cx: &mut Context, message: &Message, param: &Param) {
    let name = param.name.trim_start_matches("amp;").trim_start_matches('?');
    let Some(meant) = names::meant(name) else { return };
    // The right one is there as well: another program's parameter.
    if message.param(meant).is_some() {
        return;
    }
    let seen = format!("The name is \"{}\"; the parameter is called {meant}.", show::plain(name));
    cx.add(
        cx.finding(Code::ParameterMisspelled, seen)
            .on(param)
            .with("meant", meant)
            .with("name", show::plain(name)),
    );
}

fn value(cx: &mut Context, message: &Message, param: &Param) {
    let (name, value) = (show::plain(&param.name), param.value.as_str());
    let lower = value.trim().to_ascii_lowercase();
    let is_prompt = param.name == "prompt";
    let ours = names::known(&param.name);
    // A platform's own sentence may have line breaks, quotation marks and brackets.
    if !ours || param.name == "error_description" {
        return;
    }
    if value.is_empty() {
        // What must be there is judged with it.
        let judged = ["code", "scope", "state"].contains(&param.name.as_str())
            && message.kind == Kind::AuthorizationResponse;
        if !judged && param.place != Place::Header && message.form == crate::explain::input::Form::Urlencoded
        {
            let must = [
                "response_type",
                "client_id",
                "redirect_uri",
                "code_challenge",
                "grant_type",
                "code",
                "code_verifier",
                "state",
            ];
            let found =
                cx.finding(Code::ParameterEmpty, format!("{name} is empty.")).on(param).with("name", &name);
            let must = must.contains(&param.name.as_str()) && message.kind != Kind::LogoutRequest;
            cx.add(if must { found.severity(crate::explain::Severity::Error) } else { found });
        }
        return;
    }
    if UNDEFINED.contains(&lower.as_str()) && !is_prompt
        || value.contains("://undefined")
        || value.ends_with("/undefined")
        || value.starts_with("undefined/")
    {
        let seen = if UNDEFINED.contains(&lower.as_str()) {
            format!("The value of {name} is the text \"{}\".", show::plain(value.trim()))
        } else {
            format!("The value of {name} contains the text \"undefined\".")
        };
        cx.say(Code::ValueUndefined, param, seen);
        return;
    }
    // A state may well be a JSON object: between single brackets only a name is a placeholder.
    let is_name =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-. $".contains(&byte));
    let wrapped = |text: &str| {
        PLACEHOLDERS.iter().any(|(open, close)| {
            let inner = text.strip_prefix(open).and_then(|text| text.strip_suffix(close));
            inner.is_some_and(|inner| !inner.is_empty() && is_name(inner))
        })
    };
    let example = EXAMPLES.iter().any(|example| lower.contains(example));
    let inside = param.name == "redirect_uri" && ["${", "{{", "<"].iter().any(|open| value.contains(open));
    if param.name != "claims"
        && param.name != "authorization_details"
        && (wrapped(value.trim()) || example || inside)
    {
        cx.say(Code::ValuePlaceholder, param, format!("The value of {name} is a placeholder."));
        return;
    }
    if value.trim() != value
        || value.contains(['\n', '\r', '\t'])
        || param.name != "scope" && is_url(param) && value.contains(' ')
    {
        let which = if value.trim() != value { "at its end or beginning" } else { "in it" };
        let what = if value.contains(['\n', '\r']) { "a line break" } else { "a space" };
        // A space in a code is a plus sign that was not encoded.
        if !["code", "code_verifier", "code_challenge", "prompt", "acr_values"].contains(&param.name.as_str())
        {
            cx.say(Code::ValueWhitespace, param, format!("The value of {name} has {what} {which}."));
            return;
        }
    }
    let quoted = |quote: char| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote);
    if quoted('"')
        || quoted('\'')
        || (is_url(param) || param.name == "client_id") && value.contains(['"', '\''])
    {
        cx.say(Code::ValueQuoted, param, format!("The value of {name} has quotation marks in it."));
        return;
    }
    double_encoded(cx, param);
}

fn is_url(param: &Param) -> bool {
    matches!(param.name.as_str(), "redirect_uri" | "post_logout_redirect_uri")
}

/// RFC 6749 appendix B: encoded once.
fn double_encoded(cx: &mut Context, param: &Param) {
    if !SIMPLE.contains(&param.name.as_str()) || !param.value.contains('%') {
        return;
    }
    let still = if is_url(param) {
        let lower = param.value.to_ascii_lowercase();
        lower.contains("%3a%2f%2f") && !lower.contains("://")
            || lower.starts_with("http%3a")
            || lower.starts_with("https%3a")
    } else {
        let bytes = param.value.as_bytes();
        bytes.windows(3).any(
            |three| matches!(three, [b'%', high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit()),
        )
    };
    if !still {
        return;
    }
    let once = form::parse(&format!("x={}", param.value))
        .into_iter()
        .next()
        .map(|(_, value)| value)
        .unwrap_or_default();
    let name = show::plain(&param.name);
    let seen = if names::hides(&param.name) {
        format!("{name} is still percent-encoded after decoding.")
    } else {
        format!("{name} decodes to {}, which is still percent-encoded.", show::value(&param.value))
    };
    let expected =
        if names::hides(&param.name) { String::new() } else { format!(": write {name}={}", encoded(&once)) };
    cx.add(cx.finding(Code::DoubleEncoded, seen).on(param).with("expected", expected));
}

/// A value as a form has it.
pub(in crate::explain) fn encoded(value: &str) -> String {
    let text = Form::new().pair("x", value).text();
    text.strip_prefix("x=").unwrap_or_default().to_owned()
}

fn repeated(cx: &mut Context, message: &Message) {
    let params: Vec<&Param> = message.params().collect();
    for (at, param) in params.iter().enumerate() {
        let earlier =
            params.iter().take(at).find(|earlier| earlier.name == param.name && earlier.place == param.place);
        // `resource` and `audience` may be there more than once, RFC 8707 §2.
        if let Some(earlier) = earlier
            && !matches!(param.name.as_str(), "resource" | "audience" | "")
        {
            let name = show::plain(&param.name);
            let same =
                if earlier.value == param.value { "with the same value" } else { "with different values" };
            cx.add(
                cx.finding(Code::ParameterRepeated, format!("{name} is there more than once, {same}."))
                    .on(param)
                    .with("name", name),
            );
        }
    }
}

fn html_escaped(cx: &mut Context, message: &Message) {
    let named = message.params().find(|param| param.name.starts_with("amp;"));
    if cx.html_escaped || named.is_some() {
        let found = cx.finding(Code::HtmlEscaped, "The parameters are joined with &amp; instead of &.");
        cx.add(match named {
            Some(param) => found.on(param),
            None => found,
        });
    }
}

fn second_question_mark(cx: &mut Context, param: &Param) {
    let Some((_, rest)) = param.raw.rsplit_once('?') else {
        if let Some(name) = param.name.strip_prefix('?').filter(|name| names::known(name)) {
            cx.say(Code::SecondQuestionMark, param, format!("There are two ? before {name}."));
        }
        return;
    };
    let name = rest.split('=').next().unwrap_or_default();
    if rest.contains('=') && names::known(name) && param.name != "redirect_uri" {
        let seen = format!("{} holds \"?{name}=\": a second ? instead of &.", show::plain(&param.name));
        cx.say(Code::SecondQuestionMark, param, seen);
    }
}

/// Parameters behind `#` in a request are not sent.
fn after_fragment(cx: &mut Context, message: &Message) {
    let Some(url) = &message.url else { return };
    let lost =
        url.hash.text().split(['&', '?']).filter_map(|pair| pair.split_once('=')).map(|(name, _)| name);
    let lost: Vec<&str> = lost.filter(|name| names::known(name) || names::meant(name).is_some()).collect();
    if let Some(first) = lost.first() {
        let others = if lost.len() > 1 { format!(" and {} more", lost.len() - 1) } else { String::new() };
        let seen = format!("{first}{others} stand behind #.");
        cx.add(cx.finding(Code::ParametersAfterFragment, seen).named(first).in_range(url.hash.range()));
    }
}
