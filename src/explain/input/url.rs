//! URLs, read as a browser would send them, with what a strict reader would refuse left visible.

use super::{Param, pairs};
use crate::core::base::text::{cut, until};
use crate::explain::Place;
use crate::explain::source::Source;

/// A URL in its pieces. What is not there is empty.
#[derive(Clone)]
pub(in crate::explain) struct Url {
    /// The whole, as written.
    pub text: Source,
    /// `https`, as written.
    pub scheme: Source,
    /// Host and port, and what may stand before them.
    pub authority: Source,
    pub path: Source,
    pub query: Vec<Param>,
    pub fragment: Vec<Param>,
    /// The fragment as written.
    pub hash: Source,
}

impl Url {
    /// Takes `text` apart.
    pub fn read(text: &Source) -> Self {
        let whole = text.text();
        let page = until(whole, b"?#");
        let (scheme_end, authority_end) = match page.find("://") {
            Some(at) => (at, at + 3 + until(page.get(at + 3..).unwrap_or_default(), b"/").len()),
            None => (0, 0),
        };
        let scheme = text.part(0..scheme_end);
        let authority =
            if scheme_end > 0 { text.part(scheme_end + 3..authority_end) } else { text.part(0..0) };
        let before_hash = until(whole, b"#");
        let query = if before_hash.len() > page.len() {
            pairs(&text.part(page.len() + 1..before_hash.len()), Place::Query)
        } else {
            Vec::new()
        };
        let hash = if whole.len() > before_hash.len() {
            text.from(before_hash.len() + 1)
        } else {
            Source::at(text.range().end)
        };
        // A hash router's route has a query of its own.
        let route = match cut(hash.text(), b'?') {
            (route, Some(_)) if !route.contains('=') => hash.from(route.len() + 1),
            _ => hash.clone(),
        };
        let fragment = if route.text().contains('=') { pairs(&route, Place::Fragment) } else { Vec::new() };
        Self {
            scheme,
            authority,
            path: text.part(authority_end..page.len()),
            query,
            fragment,
            hash,
            text: text.clone(),
        }
    }

    /// Parameters that came without their URL.
    pub fn of_params(params: Vec<Param>, place: Place) -> Self {
        let mut url = Self::read(&Source::at(0));
        match place {
            Place::Fragment => url.fragment = params,
            _ => url.query = params,
        }
        url
    }

    /// The path.
    pub fn path_text(&self) -> &str {
        self.path.text()
    }

    /// The host with its port, in lower case.
    pub fn host(&self) -> String {
        let authority = self.authority.text();
        authority.rsplit('@').next().unwrap_or(authority).to_ascii_lowercase()
    }

    /// Scheme and host; empty where they are not there.
    pub fn origin(&self) -> String {
        match self.scheme.text() {
            "" => String::new(),
            scheme => scheme.to_ascii_lowercase() + "://" + &self.host(),
        }
    }

    /// Without query and fragment.
    pub fn page(&self) -> &str {
        until(self.text.text(), b"?#")
    }

    /// Its origin and path, to be shown.
    pub fn pieces(&self) -> Vec<Param> {
        let piece = |name: &str, value: String, place, source: &Source| Param {
            name: name.to_owned(),
            raw: value.clone(),
            value,
            place,
            range: source.range(),
        };
        let mut pieces = Vec::new();
        if !self.authority.text().is_empty() {
            pieces.push(piece("origin", self.origin(), Place::Origin, &self.authority));
        }
        if !self.path.text().is_empty() {
            pieces.push(piece("path", self.path.text().to_owned(), Place::Path, &self.path));
        }
        pieces
    }
}

/// Whether a path's last segment is that of an authorization endpoint, as platforms call theirs.
pub(in crate::explain) fn is_authorization(last: &str) -> bool {
    matches!(
        last.to_ascii_lowercase().as_str(),
        "authorize"
            | "auth"
            | "authorization"
            | "authorization.oauth2"
            | "oauth-authorize"
            | "authz"
            | "authorize.php"
    )
}

/// Whether a path's last segment is that of an endpoint.
pub(in crate::explain) fn is_endpoint(last: &str) -> bool {
    is_authorization(last) || last == "token" || last == "openid-configuration"
}

/// The URLs in a text: the whole, where it is one broken over lines, or each that begins with a scheme or `/…?`.
pub(super) fn find(whole: &Source) -> Vec<Url> {
    let text = whole.text();
    let begins_like_one = text.starts_with('/') && text.contains('?') || scheme_at(text) == Some(0);
    if begins_like_one && super::clean::is_one(text) {
        let joined = super::clean::joined(whole);
        let length = joined.text().trim_end_matches(['.', ',', ';', '!']).len();
        return vec![Url::read(&joined.part(0..length))];
    }
    let mut found = requested(whole);
    let mut at = 0;
    while let Some(begin) = text.get(at..).and_then(scheme_at).map(|begin| begin + at) {
        let rest = text.get(begin..).unwrap_or_default();
        let end = rest.find(|letter: char| {
            letter.is_whitespace() || matches!(letter, '"' | '\'' | '`' | '<' | '>' | '|')
        });
        let length = with_spaces(rest, end.unwrap_or(rest.len()));
        let url =
            rest.get(..length).unwrap_or_default().trim_end_matches(['.', ',', ';', ')', ']', '}', '!']);
        found.push(Url::read(&whole.part(begin..begin + url.len())));
        at = begin + length.max(1);
    }
    found
}

/// The targets of requests as servers log them: `"GET /callback?code=… HTTP/1.1" 200`.
fn requested(whole: &Source) -> Vec<Url> {
    let text = whole.text();
    let mut found = Vec::new();
    for (end, _) in text.match_indices(" HTTP/") {
        let before = text.get(..end).unwrap_or_default();
        let begin = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        let target = before.get(begin..).unwrap_or_default();
        if target.starts_with('/') && target.contains('?') {
            found.push(Url::read(&whole.part(begin..end)));
        }
    }
    found
}

/// How long a URL is whose values have spaces: what follows on its line goes on with `&name=`.
fn with_spaces(text: &str, length: usize) -> usize {
    let line = text.lines().next().unwrap_or_default();
    let Some(rest) = line.get(length..).filter(|rest| rest.starts_with(' ')) else { return length };
    if !line.get(..length).unwrap_or_default().contains('?') || rest.contains('?') {
        return length;
    }
    let goes_on = |(at, _): &(usize, &str)| {
        let pair = rest.get(at + 1..).unwrap_or_default();
        pair.split_once('=').is_some_and(|(name, _)| crate::explain::names::known(name))
    };
    match rest.match_indices('&').rfind(goes_on) {
        Some((at, _)) => {
            let value = rest.get(at..).unwrap_or_default();
            length + at + value.split(char::is_whitespace).next().unwrap_or_default().len()
        }
        None => length,
    }
}

/// Where the first `http://`, `https://` or other scheme begins.
fn scheme_at(text: &str) -> Option<usize> {
    let at = text.find("://")?;
    let before = text.get(..at)?;
    let length = before
        .bytes()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
        .count();
    Some(at - length)
}
