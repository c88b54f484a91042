//! An HTTP message as text: `POST /oauth2/token HTTP/1.1`, headers, body; or `HTTP/1.1 400 Bad Request`.

use super::har::take_body;
use super::{Message, Url, clean, shell};
use crate::explain::source::Source;

const METHODS: &[&str] = &["GET", "POST", "PUT", "OPTIONS", "HEAD"];

/// Reads the message, where the first line is one.
pub(super) fn read(whole: &Source) -> Option<Vec<Message>> {
    if let Some(answer) = transcript(whole) {
        return read(&answer);
    }
    let text = whole.text();
    let first = text.lines().next()?;
    let mut words = first.split(' ').filter(|word| !word.is_empty());
    let method = words.next()?;
    if method.starts_with("HTTP/") {
        let mut message = Message { status: words.next()?.parse().ok(), ..Message::default() };
        headers_and_body(&mut message, whole, first.len());
        if let Some(location) = location(whole) {
            // A redirect is the message that it sends the browser to.
            return Some(vec![Message { url: Some(Url::read(&location)), ..Message::default() }]);
        }
        message.settle();
        return Some(vec![message]);
    }
    // A console writes `POST https://… 400 (Bad Request)`, which is no request's first line.
    let count = first.split_whitespace().count();
    if !METHODS.contains(&method) || count != 2 && !first.contains(" HTTP/") {
        return None;
    }
    let mut message = Message { method: Some(method.to_owned()), ..Message::default() };
    let target_at = text.find(words.next()?)?;
    let written_out = text.contains(" HTTP/");
    let rest = whole.from(target_at);
    if !written_out && clean::is_one(rest.text()) {
        // `GET https://…` and the parameters on lines of their own.
        message.url = Some(Url::read(&clean::joined(&rest)));
        return Some(vec![message]);
    }
    let target = rest.text().split(char::is_whitespace).next().unwrap_or_default().len();
    message.url = Some(Url::read(&rest.part(0..target)));
    headers_and_body(&mut message, whole, first.len());
    Some(vec![message])
}

/// The answer in what `curl -v` prints: its lines begin with `<`, and the body follows. The request's body is not there.
fn transcript(whole: &Source) -> Option<Source> {
    let text = whole.text();
    let begin = text.rfind("\n< HTTP/").map(|at| at + 1)?;
    let mut answer = Source::at(whole.place(begin));
    let mut at = begin;
    for line in text.get(begin..)?.split_inclusive('\n') {
        let prefix = if line.starts_with("< ") { 2 } else { usize::from(line.starts_with('<')) };
        if !line.starts_with(['*', '>', '}']) && !line.starts_with("{ [") {
            answer.append(&whole.part(at + prefix..at + line.len()));
        }
        at += line.len();
    }
    Some(answer)
}

/// The value of the header `Location`.
fn location(whole: &Source) -> Option<Source> {
    let mut at = 0;
    for line in whole.text().split_inclusive('\n') {
        let (name, value) = line.split_once(':').unwrap_or_default();
        if name.trim().eq_ignore_ascii_case("location") {
            let begin = at + name.len() + 1;
            // Documents break it over lines that begin with white space, as headers once could: RFC 9112 §5.2.
            let lines = whole.text().get(begin + value.len()..).unwrap_or_default().split_inclusive('\n');
            let folded = lines.take_while(|line| line.starts_with([' ', '\t']) && !line.trim().is_empty());
            let length = value.len() + folded.map(str::len).sum::<usize>();
            return Some(clean::joined(&whole.part(begin..begin + length).trim()));
        }
        at += line.len();
    }
    None
}

fn headers_and_body(message: &mut Message, whole: &Source, first: usize) {
    let text = whole.text();
    let mut at = first;
    for line in text.get(first..).unwrap_or_default().split_inclusive('\n') {
        let content = line.trim();
        let source = whole.part(at..at + line.len()).trim();
        let is_header = content.split_once(':').is_some_and(|(name, _)| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        });
        at += line.len();
        if content.is_empty() && at > first + 2 && !message.headers.is_empty() {
            break;
        }
        if is_header {
            message.headers.extend(shell::header(&source));
        } else if !content.is_empty() {
            // Without an empty line between: the first line that is no header begins the body.
            at -= line.len();
            break;
        }
    }
    let body = whole.from(at).trim();
    if !body.text().is_empty() {
        take_body(message, &body);
    }
    // The host completes a request's path.
    if let (Some(url), Some(host)) =
        (&mut message.url, message.headers.iter().find(|h| h.name.eq_ignore_ascii_case("host")))
        && url.scheme.text().is_empty()
    {
        url.authority = Source::standing_for(&host.value, host.range.clone());
        url.scheme = Source::standing_for("https", host.range.clone());
    }
}
