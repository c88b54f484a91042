//! A `curl` command, as people write it, and as browsers copy it for bash and for cmd.

use super::{Form, Message, Param, Url, object, pairs};
use crate::explain::Place;
use crate::explain::source::Source;

/// Options that take a value, and are of no interest here.
const WITH_VALUE: &[&str] = &[
    "-o",
    "--output",
    "-A",
    "--user-agent",
    "-e",
    "--referer",
    "-m",
    "--max-time",
    "--connect-timeout",
    "-w",
    "--write-out",
    "-c",
    "--cookie-jar",
    "-x",
    "--proxy",
    "--cacert",
    "--cert",
    "-E",
    "--key",
    "--resolve",
    "-D",
    "--dump-header",
    "--retry",
    "-T",
    "--upload-file",
    "--interface",
    "--noproxy",
];

/// Whether the text is a `curl` command.
pub(super) fn is_curl(text: &str) -> bool {
    let first = text.split(char::is_whitespace).next().unwrap_or_default();
    matches!(first.rsplit(['/', '\\']).next(), Some("curl" | "curl.exe")) && text.len() > first.len()
}

/// The request that the command makes.
pub(super) fn read(whole: &Source) -> Vec<Message> {
    let mut message = Message::default();
    let mut words = words(whole).into_iter().skip(1);
    let mut data: Vec<Source> = Vec::new();
    let mut in_url = false;
    let mut sends = false;
    while let Some(word) = words.next() {
        let text = word.text().to_owned();
        if !text.starts_with('-') || text == "-" {
            if message.url.is_none() && !text.is_empty() {
                message.url = Some(Url::read(&word));
            }
            continue;
        }
        let (option, attached) = split_option(&word, &text);
        let mut value = || attached.clone().or_else(|| words.next()).unwrap_or_default();
        match option.as_str() {
            "-X" | "--request" => message.method = Some(value().text().to_ascii_uppercase()),
            "-H" | "--header" => message.headers.extend(header(&value())),
            "--url" => message.url = Some(Url::read(&value())),
            "-G" | "--get" => in_url = true,
            "-d" | "--data" | "--data-ascii" | "--data-binary" | "--data-raw" | "--json" => {
                let given = value();
                sends = true;
                if option == "--json" {
                    message.form = Form::Json;
                }
                if given.text().starts_with('@') && option != "--data-raw" {
                    message.form = Form::File;
                } else {
                    data.push(given);
                }
            }
            "--data-urlencode" => {
                sends = true;
                message.fields.extend(encoded(&value()));
            }
            "-F" | "--form" | "--form-string" => {
                sends = true;
                message.form = Form::Multipart;
                let given = value();
                let (name, text) = given.text().split_once('=').unwrap_or((given.text(), ""));
                message.fields.push(param(name, text, Place::Body, &given));
            }
            "-u" | "--user" => {
                let given = value();
                message.headers.push(param("Authorization", given.text(), Place::Header, &given));
            }
            "-b" | "--cookie" => {
                let given = value();
                message.headers.push(param("Cookie", given.text(), Place::Header, &given));
            }
            option if WITH_VALUE.contains(&option) => {
                let _ = value();
            }
            _ => {}
        }
    }
    body(&mut message, &data);
    if in_url {
        let mut fields = std::mem::take(&mut message.fields);
        for field in &mut fields {
            field.place = Place::Query;
        }
        message.url.get_or_insert_with(|| Url::read(&Source::at(whole.range().end))).query.extend(fields);
        message.body = None;
    } else if sends {
        message.body.get_or_insert_with(|| Source::at(whole.range().end));
    }
    message.method.get_or_insert_with(|| if sends && !in_url { "POST" } else { "GET" }.to_owned());
    vec![message]
}

/// The body's parameters: each `--data` is one more part of the form.
fn body(message: &mut Message, data: &[Source]) {
    for given in data {
        let is_object = given.text().trim_start().starts_with('{');
        if is_object || message.form == Form::Json {
            message.form = Form::Json;
            message.fields.extend(members(given));
        } else {
            let form = super::clean::joined(given);
            message.fields.extend(pairs(&form, Place::Body));
        }
        message.body = Some(given.clone());
    }
    message.fields.sort_by_key(|field| field.range.start);
}

/// The members of a JSON body, as parameters.
pub(super) fn members(text: &Source) -> Vec<Param> {
    let node = object::Node::at(text, 0);
    let members = node.map(|node| node.members()).unwrap_or_default();
    members
        .into_iter()
        // `error: undefined` is no error.
        .filter(|(name, value)| {
            !name.starts_with("error")
                || value.string().is_some()
                || !matches!(value.scalar().text(), "undefined" | "null")
        })
        .map(|(name, value)| Param {
            value: value.scalar().text().to_owned(),
            raw: value.scalar().text().to_owned(),
            name,
            place: Place::Body,
            range: value.range(),
        })
        .collect()
}

/// `--data-urlencode`: curl encodes what follows the first `=`.
fn encoded(given: &Source) -> Option<Param> {
    let (name, text) = given.text().split_once('=').unwrap_or(("", given.text()));
    Some(param(name, text, Place::Body, given))
}

fn param(name: &str, value: &str, place: Place, at: &Source) -> Param {
    let (name, value) = (name.trim().to_owned(), value.to_owned());
    Param { name, raw: value.clone(), value, place, range: at.range() }
}

/// `name: value`.
pub(super) fn header(line: &Source) -> Option<Param> {
    let (name, value) = line.text().split_once(':')?;
    Some(param(name, value.trim(), Place::Header, line))
}

/// `-XPOST` and `--data=…` are one word; others have their value in the next.
fn split_option(word: &Source, text: &str) -> (String, Option<Source>) {
    if text.starts_with("--") {
        return match text.split_once('=') {
            Some((name, _)) => (name.to_owned(), Some(word.from(name.len() + 1))),
            None => (text.to_owned(), None),
        };
    }
    let takes = ["-X", "-H", "-d", "-F", "-u", "-b"];
    match takes.iter().find(|option| text.starts_with(**option) && text.len() > 2) {
        Some(option) => ((*option).to_owned(), Some(word.from(2))),
        None => (text.to_owned(), None),
    }
}

/// The words of a command line, without their quotation marks.
fn words(whole: &Source) -> Vec<Source> {
    let text = whole.text();
    let letters: Vec<(usize, char)> = text.char_indices().collect();
    let end_of = |at: usize| letters.get(at).map_or(text.len(), |(at, _)| *at);
    // What cmd escapes with, where a browser copied for it.
    let cmd = text.contains("^\"") || text.lines().filter(|line| line.trim_end().ends_with('^')).count() > 0;
    let mut found = Vec::new();
    let mut word: Option<Source> = None;
    let mut quote = None;
    let mut at = 0;
    while let Some(&(place, letter)) = letters.get(at) {
        let range = whole.place(place)..whole.place(end_of(at + 1));
        let escape = if cmd { letter == '^' } else { letter == '\\' };
        let started = word.is_some();
        match (quote, letter) {
            // In $'…' an escape is a character.
            (Some('$'), '\\') => {
                at += 1;
                let (next, length) = c_escape(letters.get(at..).unwrap_or_default());
                let to = at + length;
                word.get_or_insert_default().push(next, range.start..whole.place(end_of(to)));
                at = to;
                continue;
            }
            (Some('$'), '\'') => quote = None,
            (Some('\''), '\'') => quote = None,
            (Some('"'), '"') if !cmd => quote = None,
            (Some('"'), '\\') if !cmd && matches!(letters.get(at + 1), Some((_, '"' | '\\' | '$' | '`'))) => {
                at += 1;
                push(&mut word, whole, &letters, at);
            }
            (Some('"'), '\\') if !cmd && matches!(letters.get(at + 1), Some((_, '\n'))) => at += 1,
            (None | Some('"'), _) if escape => {
                at += 1;
                match letters.get(at) {
                    Some((_, '\r')) if matches!(letters.get(at + 1), Some((_, '\n'))) => at += 1,
                    Some((_, '\n')) => {}
                    Some((_, '"')) if cmd => quote = if quote.is_some() { None } else { Some('"') },
                    // cmd writes a quotation mark within one as ^\^".
                    Some((_, '\\')) if cmd && matches!(letters.get(at + 1), Some((_, '^'))) => {
                        at += 2;
                        push(&mut word, whole, &letters, at);
                    }
                    _ => push(&mut word, whole, &letters, at),
                }
                if quote == Some('"') {
                    word.get_or_insert_with(|| Source::at(range.start));
                }
            }
            (Some('"'), '"') => quote = None,
            (Some(_), _) => word.get_or_insert_default().push(letter, range),
            (None, '\'' | '"') => {
                quote = Some(letter);
                word.get_or_insert_with(|| Source::at(range.end));
            }
            (None, '$') if matches!(letters.get(at + 1), Some((_, '\''))) => {
                at += 1;
                quote = Some('$');
                word.get_or_insert_with(|| Source::at(range.end));
            }
            (None, letter) if letter.is_whitespace() => found.extend(word.take()),
            (None, '|' | ';') if !started => break,
            (None, letter) => word.get_or_insert_with(|| Source::at(range.start)).push(letter, range),
        }
        at += 1;
    }
    found.extend(word);
    found
}

fn push(word: &mut Option<Source>, whole: &Source, letters: &[(usize, char)], at: usize) {
    if let Some(&(place, letter)) = letters.get(at) {
        let end = letters.get(at + 1).map_or(whole.text().len(), |(at, _)| *at);
        word.get_or_insert_with(|| Source::at(whole.place(place)))
            .push(letter, whole.place(place)..whole.place(end));
    }
}

/// The character that an escape of `$'…'` stands for, and how many letters it takes.
fn c_escape(rest: &[(usize, char)]) -> (char, usize) {
    let first = rest.first().map_or('\\', |(_, letter)| *letter);
    let most = match first {
        'n' => return ('\n', 1),
        'r' => return ('\r', 1),
        't' => return ('\t', 1),
        'u' => 4,
        'x' => 2,
        other => return (other, rest.len().min(1)),
    };
    let digits = rest.iter().skip(1).take(most).take_while(|(_, digit)| digit.is_ascii_hexdigit()).count();
    let unit = rest
        .iter()
        .skip(1)
        .take(digits)
        .filter_map(|(_, digit)| digit.to_digit(16))
        .fold(0, |unit, digit| unit * 16 + digit);
    (char::from_u32(unit).unwrap_or('\u{fffd}'), 1 + digits)
}
