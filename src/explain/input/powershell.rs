//! `Invoke-WebRequest` and `Invoke-RestMethod`, as browsers copy them and as people write them.

use super::har::take_body;
use super::{Message, Param, Url};
use crate::explain::Place;
use crate::explain::source::Source;

/// Reads the request, where the text is one.
pub(super) fn read(whole: &Source) -> Option<Vec<Message>> {
    let text = whole.text();
    ["Invoke-WebRequest", "Invoke-RestMethod"].iter().any(|name| text.contains(name)).then_some(())?;
    let mut message = Message { url: option(whole, "-Uri").map(|url| Url::read(&url)), ..Message::default() };
    message.url.as_ref()?;
    let method = option(whole, "-Method").map(|method| method.text().to_ascii_uppercase());
    message.method = Some(method.unwrap_or_else(|| "GET".to_owned()));
    if let Some(given) = option(whole, "-ContentType") {
        let value = given.text().to_owned();
        let name = "Content-Type".to_owned();
        let range = given.range();
        message.headers.push(Param { name, raw: value.clone(), value, place: Place::Header, range });
    }
    match option(whole, "-Body") {
        Some(table) if table.text().starts_with("@{") => {
            message.fields = members(&table);
            message.body = Some(table);
        }
        Some(body) => take_body(&mut message, &body),
        None => {}
    }
    Some(vec![message])
}

/// The value of an option: a word, a text in quotation marks, or a table.
fn option(whole: &Source, name: &str) -> Option<Source> {
    let text = whole.text();
    let at = text.find(&format!("{name} "))? + name.len();
    let given = whole.from(at).trim();
    let text = given.text();
    let end = match text.chars().next()? {
        quote @ ('"' | '\'') => return Some(unquoted(&given, quote)),
        '@' => text.find('}').map_or(text.len(), |at| at + 1),
        _ => text.find(char::is_whitespace).unwrap_or(text.len()),
    };
    Some(given.part(0..end))
}

/// The text within quotation marks, in which ` escapes.
fn unquoted(given: &Source, quote: char) -> Source {
    let mut plain = Source::at(given.place(1));
    let mut escaped = false;
    for (at, letter) in given.text().char_indices().skip(1) {
        match letter {
            '`' if !escaped && quote == '"' => escaped = true,
            end if end == quote && !escaped => break,
            letter => {
                plain.push(letter, given.place(at)..given.place(at + letter.len_utf8()));
                escaped = false;
            }
        }
    }
    plain
}

/// `@{ name = "value"; other = $variable }`.
fn members(table: &Source) -> Vec<Param> {
    let text = table.text();
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive([';', '\n']) {
        let source = table.part(at..at + line.len()).trim();
        at += line.len();
        if let Some((name, value)) = source.text().trim_start_matches("@{").split_once('=') {
            let name = name.trim().trim_matches(['"', '\'']).to_owned();
            let value = value.trim().trim_end_matches([';', '}', ' ']).trim_matches(['"', '\'']).to_owned();
            found.push(Param { name, raw: value.clone(), value, place: Place::Body, range: source.range() });
        }
    }
    found
}
