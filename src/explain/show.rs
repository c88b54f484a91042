//! How values are shown: controls replaced, cut short, and secrets only described.

use crate::core::base::text::sanitize;

/// What a page shows of a value, at most.
const MAX_SHOWN: usize = 200;

/// A value fit for a sentence or a terminal.
pub(super) fn plain(value: &str) -> String {
    let text = sanitize(value);
    // Marks that change the direction of text could make an address look like another.
    let text: String =
        text.chars().map(|letter| if is_invisible(letter) { '\u{fffd}' } else { letter }).collect();
    if text.chars().count() > MAX_SHOWN {
        let cut: String = text.chars().take(MAX_SHOWN).collect();
        return cut + "…";
    }
    text
}

fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// What can be said about a secret.
pub(super) fn described(value: &str) -> String {
    let count = value.chars().count();
    match count {
        0 => "(empty)".to_owned(),
        1 => "(1 character)".to_owned(),
        _ => format!("({count} characters)"),
    }
}

/// A count of characters in a sentence.
pub(super) fn characters(value: &str) -> String {
    match value.chars().count() {
        1 => "1 character".to_owned(),
        count => format!("{count} characters"),
    }
}

/// A string of a JSON document.
pub(super) fn json_string(out: &mut String, text: &str) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            // Also what a page's script block would end at, or an old parser take for a line's end.
            letter if letter.is_control() || matches!(letter, '<' | '\u{2028}' | '\u{2029}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(letter)));
            }
            letter => out.push(letter),
        }
    }
    out.push('"');
}

/// A member of a JSON object.
pub(super) fn json_member(out: &mut String, name: &str, text: &str) {
    json_string(out, name);
    out.push(':');
    json_string(out, text);
}

/// A shown parameter's value: URLs in it without passwords and without the values of their own secret parameters.
pub(super) fn value(value: &str) -> String {
    let mut shown = String::new();
    for word in value.split_inclusive([' ', '\'', '"', '<', '>', '(', ')', ',']) {
        shown.push_str(&if word.contains("://") { masked(word) } else { token_hidden(word) });
    }
    plain(&shown)
}

/// A sentence of the platform's, or a path: without words that may be secrets. A platform may say which code or token it
/// refused.
pub(super) fn sentence(text: &str) -> String {
    let text = value(text);
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || "-_.~".contains(letter);
    let mut shown = String::new();
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let length = rest.find(|letter| is_part(letter) != is_part(first)).unwrap_or(rest.len());
        let (run, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        let bare = run.trim_end_matches('.');
        let hidden = is_part(first) && bare.split('.').any(is_random) && !is_uuid(bare);
        shown.push_str(if hidden { "…" } else { run });
        shown.push_str(if hidden { run.get(bare.len()..).unwrap_or_default() } else { "" });
        rest = after;
    }
    shown
}

/// Letters and digits as no word of a language has them.
fn is_random(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    word.len() >= 16 && digits >= 2 && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Applications, tenants and log entries are named by them.
fn is_uuid(word: &str) -> bool {
    word.len() == 36 && word.split('-').map(str::len).eq([8, 4, 4, 4, 12])
}

/// Whether a word is a JSON Web Token: its header is a JSON object in BASE64URL.
pub(super) fn is_token(word: &str) -> bool {
    word.starts_with("eyJ") && word.len() >= 12
}

/// A JSON Web Token in a text that is shown.
fn token_hidden(word: &str) -> String {
    let bare = word.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric());
    match is_token(bare) {
        true => word.replacen(bare, "…", 1),
        false => word.to_owned(),
    }
}

/// A URL fit for a sentence: without passwords and without the values of secret parameters.
pub(super) fn url(url: &str) -> String {
    plain(&masked(url))
}

fn masked(url: &str) -> String {
    let at = url.find(['?', '#']).unwrap_or(url.len());
    let (page, rest) = url.split_at_checked(at).unwrap_or((url, ""));
    let mut shown = match page.split_once("://") {
        Some((scheme, rest)) => {
            let end = rest.find('/').unwrap_or(rest.len());
            let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
            match authority.rsplit_once('@') {
                Some((_, host)) => format!("{scheme}://…@{host}{path}"),
                None => page.to_owned(),
            }
        }
        None => page.to_owned(),
    };
    for pair in rest.split_inclusive(['?', '#', '&']) {
        let joint = pair.chars().next_back().filter(|last| matches!(last, '?' | '#' | '&'));
        let pair = pair.strip_suffix(['?', '#', '&']).unwrap_or(pair);
        match pair.split_once('=') {
            Some((name, value)) if super::names::private(name, value) && !value.is_empty() => {
                shown.push_str(name);
                shown.push_str("=…");
            }
            _ => shown.push_str(pair),
        }
        shown.extend(joint);
    }
    shown
}
