//! `redirect_uri`: RFC 6749 §3.1.2, RFC 9700 §2.1. Compared as a string; a difference is named.

use super::values::encoded;
use crate::core::base::form;
use crate::core::base::origin::Origin;
use crate::core::base::text::until;
use crate::explain::catalog::Code;
use crate::explain::context::Context;
use crate::explain::input::{Message, Param};
use crate::explain::{Kind, show};

pub(super) fn check(cx: &mut Context, message: &Message) {
    let Some(param) = message.param("redirect_uri") else {
        if !message.means("redirect_uri") {
            let expected = match cx.known.redirect_uris.as_slice() {
                [only] => format!(" Here: redirect_uri={}.", encoded(only)),
                _ => String::new(),
            };
            let found =
                cx.finding(Code::RedirectUriMissing, "There is no redirect_uri.").named("redirect_uri");
            cx.add(found.with("expected", expected));
        }
        return;
    };
    let uri = param.value.as_str();
    if uri.is_empty()
        || [Code::DoubleEncoded, Code::ValueUndefined, Code::ValuePlaceholder]
            .into_iter()
            .any(|code| cx.has(code))
            && !is_absolute(uri)
    {
        return;
    }
    if cx.has(Code::ParametersAfterFragment)
        && message.url.as_ref().is_some_and(|url| !url.hash.text().is_empty())
    {
        // The # that cut the parameters off stood in the redirect URI, which is not whole.
        return;
    }
    shape(cx, message, param);
    if cx.known.redirect_uris.is_empty() || cx.known.redirect_uris.iter().any(|known| covers(known, uri)) {
        origin(cx, param);
        return;
    }
    registered(cx, param);
}

/// Of a request alone, in which nothing is wrong: that no registered redirect URI was given to compare it with.
pub(in crate::explain) fn not_compared(cx: &mut Context, message: &Message) {
    if message.kind != Kind::AuthorizationRequest || !cx.known.redirect_uris.is_empty() || cx.has_error() {
        return;
    }
    if let Some(param) = message.param("redirect_uri").filter(|param| !param.value.is_empty()) {
        let shown = show::value(&param.value);
        let seen =
            format!("redirect_uri is {shown}, and it is not known which redirect URIs are registered.");
        cx.say(Code::RedirectUriNotCompared, param, seen);
    }
}

/// Some platforms let an address end with a wildcard.
fn covers(known: &str, uri: &str) -> bool {
    known == uri || known.strip_suffix('*').is_some_and(|begin| begin.len() > 8 && uri.starts_with(begin))
}

fn is_absolute(uri: &str) -> bool {
    until(uri, b"/?#").ends_with(':') || uri.starts_with("urn:") || Origin::of(uri).is_some()
}

/// What is wrong whatever is registered.
fn shape(cx: &mut Context, message: &Message, param: &Param) {
    let uri = param.value.as_str();
    let shown = show::value(uri);
    if uri.starts_with("urn:ietf:wg:oauth:2.0:oob") {
        return cx.say(Code::RedirectUriOutOfBand, param, format!("redirect_uri is {shown}."));
    }
    if !is_absolute(uri) {
        let base = cx.known.origin.clone().unwrap_or_else(|| "https://app.example".to_owned());
        let expected = if uri.starts_with('/') {
            base + uri
        } else {
            format!("https://{}", uri.trim_start_matches(['/', ':']))
        };
        let found = cx
            .finding(Code::RedirectUriRelative, format!("redirect_uri is {shown}, without scheme and host."))
            .on(param);
        return cx.add(found.with("expected", show::value(&expected)));
    }
    if uri.contains('#') {
        let seen = format!("redirect_uri is {shown}, with a fragment.");
        let base = until(uri, b"#").trim_end_matches('/');
        let expected = if uri.contains("#/callback") || base.matches('/').count() == 2 {
            format!("{base}/callback")
        } else {
            base.to_owned()
        };
        cx.add(
            cx.finding(Code::RedirectUriFragment, seen).on(param).with("expected", show::value(&expected)),
        );
    }
    if uri.contains('*') {
        cx.say(Code::RedirectUriWildcard, param, format!("redirect_uri is {shown}, with a *."));
    }
    let own = message.url.as_ref().map(|url| url.origin()).unwrap_or_default();
    if let Some(origin) = Origin::of(uri) {
        if !own.is_empty()
            && Origin::of(&own).as_ref() == Some(&origin)
            && !origin.loopback()
            && cx.known.redirect_uris.is_empty()
        {
            cx.say(
                Code::RedirectUriIsPlatform,
                param,
                format!("redirect_uri is {shown}, on the platform's own host."),
            );
        }
        if !origin.trustworthy() {
            cx.say(Code::RedirectUriPlainHttp, param, format!("redirect_uri is {shown}."));
        }
    }
}

/// The page that begins the sign-in must be able to read what it stored.
fn origin(cx: &mut Context, param: &Param) {
    if let Some(page) = cx.known.origin.as_deref()
        && let (Some(page_origin), Some(origin)) = (Origin::of(page), Origin::of(&param.value))
        && page_origin != origin
    {
        let seen = format!(
            "redirect_uri is {}, and the app runs on {}.",
            show::value(&param.value),
            show::url(page)
        );
        cx.add(cx.finding(Code::RedirectUriOtherOrigin, seen).on(param).with("expected", show::url(page)));
    }
}

/// The registered one that is most like it, and how it differs.
fn registered(cx: &mut Context, param: &Param) {
    let uri = param.value.as_str();
    let differences = cx.known.redirect_uris.iter().map(|known| (known, difference(uri, known)));
    let closest = differences
        .min_by_key(|(known, difference)| (difference.steps, crate::explain::names::distance(uri, known)));
    let Some((known, difference)) = closest else { return };
    let shown = show::value(uri);
    let registered = show::value(known);
    let seen = match difference.code {
        Code::RedirectUriUnregistered => format!("redirect_uri is {shown}, which is not registered."),
        _ => format!("redirect_uri is {shown}, and {registered} is registered: {}.", difference.words),
    };
    let found = cx.finding(difference.code, seen).on(param);
    cx.add(found.with("encoded", encoded(known)).with("seen", shown).with("expected", registered));
}

/// How two redirect URIs differ.
pub(in crate::explain) struct Difference {
    /// The finding that it is.
    pub code: Code,
    /// In words, after "A is sent, and B is registered".
    pub words: String,
    /// How many things differ.
    steps: usize,
}

/// Names the difference between what was sent and what was expected.
pub(in crate::explain) fn difference(sent: &str, expected: &str) -> Difference {
    let mut found: Vec<(Code, String)> = Vec::new();
    let mut differs = |code, text: String| found.push((code, text));
    let (Some(left), Some(right)) = (Pieces::of(sent), Pieces::of(expected)) else {
        return Difference {
            code: Code::RedirectUriUnregistered,
            words: "they are different addresses".into(),
            steps: 99,
        };
    };
    let loopback = |host: &str| matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    if left.host != right.host {
        if left.host.eq_ignore_ascii_case(&right.host) {
            differs(Code::RedirectUriCase, "the host has upper-case letters".into());
        } else if loopback(&left.host) && loopback(&right.host) {
            differs(Code::RedirectUriLoopbackName, format!("the host is {}, not {}", left.host, right.host));
        } else if left.host.strip_prefix("www.") == Some(&right.host)
            || right.host.strip_prefix("www.") == Some(&left.host)
        {
            let which = if left.host.starts_with("www.") {
                "the registered one has no www."
            } else {
                "the registered one has www."
            };
            differs(Code::RedirectUriWww, which.into());
        } else {
            return Difference {
                code: Code::RedirectUriUnregistered,
                words: "the hosts differ".into(),
                steps: 50,
            };
        }
    }
    if left.scheme != right.scheme {
        differs(Code::RedirectUriScheme, format!("the scheme is {}, not {}", left.scheme, right.scheme));
    }
    if left.port != right.port {
        let text = match (&left.port, &right.port) {
            (Some(left), Some(right)) => format!("the port is {left}, not {right}"),
            (Some(left), None) => format!("it has the port {left} and the registered one names none"),
            (None, right) => {
                format!("it names no port and the registered one has {}", right.clone().unwrap_or_default())
            }
        };
        differs(Code::RedirectUriPort, text);
    }
    if left.path != right.path {
        let decoded = |path: &str| {
            form::parse(&format!("x={}", path.replace('+', "%2B"))).into_iter().next().map(|(_, path)| path)
        };
        if left.path.trim_end_matches('/') == right.path.trim_end_matches('/') {
            let ends = |path: &str| path.ends_with('/');
            let text = if ends(&left.path) {
                "it ends with / and the registered one does not"
            } else {
                "the registered one ends with / and it does not"
            };
            differs(Code::RedirectUriTrailingSlash, text.into());
        } else if left.path.eq_ignore_ascii_case(&right.path) {
            differs(Code::RedirectUriCase, "upper- and lower-case letters differ in the path".into());
        } else if decoded(&left.path) == decoded(&right.path) {
            differs(Code::RedirectUriEncoding, "the path is encoded in another way".into());
        } else {
            let text = match (left.path.as_str(), right.path.as_str()) {
                ("" | "/", right) => {
                    format!("it has no path and the registered one has {}", show::value(right))
                }
                (left, "" | "/") => {
                    format!("it has the path {} and the registered one has none", show::value(left))
                }
                (left, right) => format!("the path is {}, not {}", show::value(left), show::value(right)),
            };
            differs(Code::RedirectUriPath, text);
        }
    }
    if left.query != right.query {
        let text = match (left.query.is_empty(), right.query.is_empty()) {
            (false, true) => "it has a query and the registered one has none",
            (true, false) => "the registered one has a query and it has none",
            _ => "the queries differ",
        };
        differs(Code::RedirectUriQuery, text.into());
    }
    if left.fragment != right.fragment {
        differs(Code::RedirectUriFragment, "it has a fragment".into());
    }
    let (steps, code) = (found.len(), found.first().map_or(Code::RedirectUriCase, |(code, _)| *code));
    let words: Vec<String> = found.into_iter().map(|(_, words)| words).collect();
    // Only the scheme's letters can still differ.
    let words = if steps == 0 { "upper- and lower-case letters differ".into() } else { words.join("; ") };
    Difference { code, words, steps: steps.max(1) }
}

/// A redirect URI in its pieces, as written.
struct Pieces {
    scheme: String,
    host: String,
    port: Option<String>,
    path: String,
    query: String,
    fragment: String,
}

impl Pieces {
    fn of(uri: &str) -> Option<Self> {
        let (scheme, rest) = uri.split_once("://")?;
        let authority = until(rest, b"/?#");
        let tail = rest.get(authority.len()..)?;
        let path = until(tail, b"?#");
        let query = until(tail.get(path.len()..)?, b"#");
        let fragment = tail.get(path.len() + query.len()..)?;
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                (host, Some(port.to_owned()))
            }
            _ => (authority, None),
        };
        Some(Self {
            scheme: scheme.to_ascii_lowercase(),
            host: host.to_owned(),
            port,
            path: path.to_owned(),
            query: query.to_owned(),
            fragment: fragment.to_owned(),
        })
    }
}
