//! What browsers write when they block a request or a frame: Fetch §3.3, CSP 3.

use crate::core::base::origin::Origin;
use crate::explain::catalog::Code;
use crate::explain::context::Context;
use crate::explain::input::{Message, Url};
use crate::explain::show;
use crate::explain::source::Source;

pub(super) fn check(cx: &mut Context, message: &Message) {
    let Some(prose) = &message.prose else {
        let seen = "The recording has no status: the browser blocked the answer, or none came.";
        let origin = cx.known.origin.clone().unwrap_or_else(|| "the page's origin".to_owned());
        return cx.add(cx.finding(Code::CorsOriginNotAllowed, seen).with("origin", origin));
    };
    let text = prose.text();
    let has = |mark: &str| text.to_ascii_lowercase().contains(&mark.to_ascii_lowercase());
    let urls = quoted(text);
    let target = urls.iter().find(|url| url.contains("/")).cloned().unwrap_or_default();
    let page =
        after(text, "from origin").or_else(|| after(text, "Origin ")).or_else(|| cx.known.origin.clone());
    let page = page.map_or_else(|| "the page's origin".to_owned(), |origin| show::url(&origin));
    let url = Url::read(&Source::new(&target, 0));
    let path = url.path_text().trim_end_matches('/').to_owned();
    let authorization = path.ends_with("/authorize")
        || path.ends_with("/auth")
        || path.ends_with("/login")
        || has("response_type=");
    let told = if target.is_empty() {
        String::new()
    } else {
        format!(" The request went to {}.", show::url(url.page()))
    };
    let found = if has("x-frame-options") || has("frame-ancestors") {
        cx.finding(Code::FrameRefused, format!("The browser refused to show a page in a frame.{told}"))
    } else if has("content security policy") || has("content-security-policy") {
        let origin =
            Origin::of(&target).map(|_| url.origin()).unwrap_or_else(|| "https://<your-tenant>".to_owned());
        let directive = if has("frame-src") { "frame-src" } else { "connect-src" };
        let found = cx.finding(
            Code::ConnectRefusedByCsp,
            format!("The page's Content-Security-Policy blocked the request.{told}"),
        );
        found.with("directive", directive).with("expected", format!("{directive} 'self' {origin}"))
    } else if authorization {
        cx.finding(
            Code::CorsAuthorizationEndpoint,
            format!("A script requested the authorization endpoint.{told}"),
        )
    } else if has("redirect is not allowed for a preflight") || has("redirected") && has("preflight") {
        cx.finding(Code::CorsRedirect, format!("The preflight was answered with a redirect.{told}"))
    } else if has("request header field") || has("Access-Control-Allow-Headers") {
        let header = after(text, "header field")
            .or_else(|| after(text, "header ‘"))
            .map(|header| show::plain(&header));
        let seen = match &header {
            Some(header) => format!("The platform does not allow the header {header}.{told}"),
            None => format!("The platform does not allow a header of the request.{told}"),
        };
        let found = cx.finding(Code::CorsPreflightHeader, seen);
        found.with("header", header.unwrap_or_else(|| "the header".to_owned()))
    } else if has("wildcard '*'") && has("credentials") || has("Credential is not supported") {
        cx.finding(
            Code::CorsWildcardCredentials,
            format!(
                "The request carries cookies, and the platform allows every origin, but without them.{told}"
            ),
        )
    } else if has("that is not equal to the supplied origin") || has("does not match") {
        cx.finding(Code::CorsOriginMismatch, format!("The platform allows another origin than {page}.{told}"))
            .with("origin", &page)
    } else if has("preflight") {
        cx.finding(
            Code::CorsPreflight,
            format!("The preflight was not answered as the browser needs it.{told}"),
        )
        .with("origin", &page)
    } else {
        cx.finding(Code::CorsOriginNotAllowed, format!("The platform's answer does not allow {page}.{told}"))
            .with("origin", &page)
    };
    cx.add(found.in_range(prose.range()));
}

/// The URLs in a message.
fn quoted(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| letter.is_whitespace() || "'\"‘’“”()<>`".contains(letter));
    words
        .filter(|word| word.contains("://"))
        .map(|word| word.trim_end_matches(['.', ',', ':']).to_owned())
        .collect()
}

/// The word after `mark`, without its quotation marks.
fn after(text: &str, mark: &str) -> Option<String> {
    let rest = text.get(text.find(mark)? + mark.len()..)?.trim_start();
    let word = rest.split(char::is_whitespace).next()?;
    let word = word.trim_matches(|letter: char| "'\"‘’“”.,:;".contains(letter));
    (!word.is_empty() && (mark.contains("header") || word.contains("://"))).then(|| word.to_owned())
}
