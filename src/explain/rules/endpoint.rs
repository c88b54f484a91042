//! The address to which a request is sent: RFC 6749 §3.1 and §3.2.

use super::contract_endpoint;
use crate::core::base::origin::Origin;
use crate::explain::catalog::Code;
use crate::explain::context::Context;
use crate::explain::input::Message;
use crate::explain::names::distance;
use crate::explain::{Kind, show};

const AUTHORIZE: &str = "/oauth2/authorize";
const TOKEN: &str = "/oauth2/token";

pub(super) fn check(cx: &mut Context, message: &Message) {
    let Some(url) = &message.url else { return };
    let path = url.path_text().to_owned();
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned();
    let asks = message.kind == Kind::AuthorizationRequest;
    let ours = contract_endpoint(cx, Some(url), if asks { AUTHORIZE } else { TOKEN });
    let at_path = |found: crate::explain::context::Found| found.named("path").in_range(url.path.range());
    let seen = |what: &str| format!("The path is {}{what}.", show::value(&path));
    if asks && last == "token" {
        cx.add(
            at_path(cx.finding(Code::EndpointIsTokenEndpoint, seen(", the token endpoint's")))
                .with("expected", &ours),
        );
    } else if !asks && matches!(last.as_str(), "authorize" | "auth") {
        cx.add(
            at_path(
                cx.finding(Code::EndpointIsAuthorizationEndpoint, seen(", the authorization endpoint's")),
            )
            .with("expected", &ours),
        );
    } else if last == "openid-configuration" || last == "oauth-authorization-server" {
        cx.add(at_path(cx.finding(Code::EndpointIsMetadata, seen(", the metadata's"))));
    } else if let Some(right) = misspelled(&last, asks) {
        let corrected =
            format!("{}{right}", path.trim_end_matches('/').strip_suffix(&last).unwrap_or_default());
        let seen =
            format!("The path ends with \"{}\", which is no endpoint's usual name.", show::plain(&last));
        cx.add(at_path(cx.finding(Code::EndpointMisspelled, seen)).with("expected", show::value(&corrected)));
    }
    if path.contains("//") {
        let mut corrected = path.clone();
        while corrected.contains("//") {
            corrected = corrected.replace("//", "/");
        }
        cx.add(
            at_path(cx.finding(Code::EndpointDoubleSlash, seen(", with two slashes in a row")))
                .with("expected", show::value(&corrected)),
        );
    }
    if url.authority.text().is_empty() {
        return;
    }
    let at_host =
        |found: crate::explain::context::Found| found.named("origin").in_range(url.authority.range());
    if url.authority.text().contains('@') {
        cx.add(at_host(cx.finding(Code::EndpointUserInfo, "There is a name or password before the host.")));
    }
    let origin = Origin::of(&url.origin());
    if url.scheme.text().eq_ignore_ascii_case("http")
        && origin.as_ref().is_none_or(|origin| !origin.trustworthy())
    {
        cx.add(at_host(cx.finding(Code::EndpointPlainHttp, "The URL begins with http.")));
    }
    if let Some(tenant) = cx.known.tenant.as_deref()
        && let (Some(known), Some(origin)) = (Origin::of(tenant), origin)
        && known != origin
        && !of_one_platform(tenant, &url.host())
    {
        let seen =
            format!("The host is {}, and the tenant's is {}.", show::plain(&url.host()), show::url(tenant));
        cx.add(at_host(cx.finding(Code::TenantDiffers, seen)).with("expected", &ours));
    }
}

/// Platforms whose issuer is on another host than their endpoints: the ends of both.
const SPLIT: &[(&str, &str)] = &[
    (".amazonaws.com", ".amazoncognito.com"),
    ("accounts.google.com", ".googleapis.com"),
    ("sts.windows.net", "login.microsoftonline.com"),
    ("login.microsoftonline.com", ".b2clogin.com"),
    ("login.microsoftonline.com", ".ciamlogin.com"),
];

fn of_one_platform(tenant: &str, host: &str) -> bool {
    let rest = tenant.split_once("://").map_or(tenant, |(_, rest)| rest);
    let issuer = rest.split(['/', ':']).next().unwrap_or_default().to_ascii_lowercase();
    SPLIT.iter().any(|(left, right)| issuer.ends_with(left) && host.ends_with(right))
}

/// The endpoint's name that `last` was meant to be.
fn misspelled(last: &str, asks: bool) -> Option<&'static str> {
    if last.eq_ignore_ascii_case("authorise") && asks {
        return Some("authorize");
    }
    let right = if asks { "authorize" } else { "token" };
    let most = if asks { 2 } else { 1 };
    let lower = last.to_ascii_lowercase();
    let away = distance(&lower, right);
    let known = ["author", "tokens"].contains(&lower.as_str());
    (away > 0 && away <= most && !known || away == 0 && last != right).then_some(right)
}
