//! What stands around a paste, and is not part of it.

use crate::explain::source::Source;

/// The input without white space and quotation marks around it, without a prompt or a method before it.
pub(super) fn surroundings(input: &str) -> Source {
    let input_text = input.strip_prefix('\u{feff}').unwrap_or(input);
    let mut text = Source::new(input_text, input.len() - input_text.len()).trim();
    loop {
        let before = text.text().len();
        for (open, close) in
            [("\"", "\""), ("'", "'"), ("`", "`"), ("<", ">"), ("“", "”"), ("```", "```"), ("(", ")")]
        {
            let inner = text.text();
            if inner.len() >= open.len() + close.len()
                && inner.starts_with(open)
                && inner.ends_with(close)
                && inner.get(open.len()..inner.len() - close.len()).is_some_and(|inner| !inner.contains(open))
            {
                text = text.part(open.len()..inner.len() - close.len()).trim();
            }
        }
        for prefix in [
            "$ ",
            "# ",
            "PS> ",
            "> ",
            "% ",
            "Location:",
            "location:",
            "URL:",
            "Request URL:",
            "Referer:",
            "Navigated to",
            "GET:",
            "href=",
        ] {
            if text.text().starts_with(prefix) {
                text = text.from(prefix.len()).trim();
            }
        }
        if text.text().len() == before {
            return unescaped(text);
        }
    }
}

/// `&amp;` as `&`, where no `&` stands without it: the paste comes from an HTML source.
fn unescaped(text: Source) -> Source {
    let whole = text.text();
    let escaped = whole.matches("&amp;").count();
    if escaped == 0 || whole.matches('&').count() != escaped {
        return text;
    }
    let mut clean = Source::at(text.range().start);
    let mut at = 0;
    for part in whole.split_inclusive("&amp;") {
        let kept = part.strip_suffix("amp;").unwrap_or(part);
        clean.append(&text.part(at..at + kept.len()));
        at += part.len();
    }
    clean
}

/// Whether the text is one URL or form, although it is broken over lines: the first line is a URL or a part of one, and
/// every later line is a parameter or has neither white space nor a URL of its own.
pub(super) fn is_one(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let Some(first) = lines.next() else { return false };
    let plain = |line: &str| !line.contains(char::is_whitespace) && !line.contains("://");
    !first.contains(char::is_whitespace) && lines.all(|line| is_parameter(line) || plain(line))
}

/// `name=value`, with or without what joins it to the one before.
fn is_parameter(line: &str) -> bool {
    let line = line.trim_start_matches(['&', '?', '#']);
    line.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
    })
}

/// The text without line breaks and the white space around them.
pub(super) fn joined(text: &Source) -> Source {
    let whole = text.text();
    if !whole.contains(['\n', '\r']) {
        return text.clone();
    }
    let mut clean = Source::at(text.range().start);
    let mut at = 0;
    for line in whole.split_inclusive(['\n', '\r']) {
        let begin = line.len() - line.trim_start().len();
        let kept = line.trim();
        clean.append(&text.part(at + begin..at + begin + kept.len()));
        at += line.len();
    }
    clean
}
