//! Where an app may send the user after a sign-in: its own origin, or its start page. RFC 9700 §4.11.1.

use crate::core::base::origin::Origin;
use crate::core::base::text::{parts, until};

/// `target` where it stays on `origin` beyond doubt, as a path; `/` otherwise. Never fails.
///
/// ```
/// use intelliauth_spa_sdk::core::protocol::return_to::same_origin;
/// assert_eq!(same_origin("/reports?year=2026", "https://app.example"), "/reports?year=2026");
/// assert_eq!(same_origin("https://app.example/reports", "https://app.example"), "/reports");
/// assert_eq!(same_origin("//evil.example", "https://app.example"), "/");
/// ```
#[must_use]
pub fn same_origin<'a>(target: &'a str, origin: &str) -> &'a str {
    let path = match Origin::split(target) {
        Some((theirs, tail)) if Some(&theirs) == Origin::of(origin).as_ref() => tail,
        Some(_) => "/",
        None => target,
    };
    let odd = path.chars().any(|c| c <= ' ' || c == '\\' || c.is_control()) || has_dot_segment(path);
    if !path.starts_with('/') || path.starts_with("//") || odd { "/" } else { path }
}

/// Where the user goes after a callback: to the app's own target if it named one, else to the page on which the sign-in
/// began, else to the redirect URI's directory. Never to the callback itself, unless that is a directory's own page.
///
/// ```
/// use intelliauth_spa_sdk::core::protocol::return_to::after_callback;
/// let redirect = "https://app.example/shop/callback";
/// assert_eq!(after_callback(None, Some("/shop/cart?item=2"), redirect), "/shop/cart?item=2");
/// assert_eq!(after_callback(None, Some("/shop/callback?error=x"), redirect), "/shop/");
/// ```
#[must_use]
pub fn after_callback(app_target: Option<&str>, page: Option<&str>, redirect_page: &str) -> String {
    let origin = redirect_page;
    if let Some(target) = app_target {
        return same_origin(target, origin).to_owned();
    }
    let callback = Origin::split(redirect_page).map_or("/", |(_, path)| path);
    let callback = until(callback, b"?#");
    let directory =
        callback.bytes().rposition(|byte| byte == b'/').and_then(|at| callback.get(..=at)).unwrap_or("/");
    let page = page.filter(|page| {
        let path = until(page, b"?#");
        (path != callback || path == directory) && same_origin(page, origin) == *page
    });
    page.unwrap_or(directory).to_owned()
}

/// `/..//evil.example` is this origin's, but becomes `//evil.example` once a router reads the path back.
fn has_dot_segment(path: &str) -> bool {
    let path = until(path, b"?#");
    parts(path, b'/').any(|segment| {
        [".", "%2e", "..", "%2e.", ".%2e", "%2e%2e"].iter().any(|dots| segment.eq_ignore_ascii_case(dots))
    })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOME: &str = "https://app.example";

    #[test]
    fn the_user_returns_to_where_the_sign_in_began_and_never_to_the_callback() {
        let redirect = "https://app.example/shop/callback";
        for (app_target, page, expected) in [
            (Some("/cart"), Some("/shop/"), "/cart"),
            (Some("//evil.example"), Some("/shop/"), "/"),
            (None, Some("/shop/cart?item=2#top"), "/shop/cart?item=2#top"),
            (None, Some("/"), "/"),
            (None, Some("/shop/callback"), "/shop/"),
            (None, Some("/shop/callback?x=1#y"), "/shop/"),
            (None, Some("//evil.example"), "/shop/"),
            (None, None, "/shop/"),
        ] {
            assert_eq!(after_callback(app_target, page, redirect), expected, "{app_target:?} {page:?}");
        }
        for root in ["https://app.example", "https://app.example/"] {
            assert_eq!(after_callback(None, Some("/?tab=2"), root), "/?tab=2");
            assert_eq!(after_callback(None, None, root), "/");
        }
        assert_eq!(after_callback(None, None, "https://app.example/callback?own=/a/b"), "/");
    }

    #[test]
    fn own_pages_are_kept() {
        for (target, kept) in [
            ("/", "/"),
            ("/a/b?c=d&e=f#g", "/a/b?c=d&e=f#g"),
            ("/a//b", "/a//b"),
            ("/search?q=https://evil.example", "/search?q=https://evil.example"),
            ("https://app.example:443/x", "/x"),
            ("/%09/evil.example", "/%09/evil.example"),
        ] {
            assert_eq!(same_origin(target, HOME), kept);
        }
    }

    // Checklist §2 rows 2 and 3: nextjs-auth0 CVE-2021-43812, next-auth CVE-2022-24858, CVE-2022-29214, CVE-2022-31093.
    #[test]
    fn every_trick_lands_on_the_start_page() {
        for trick in [
            "",
            "//evil.example",
            "///evil.example",
            "////evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r/evil.example",
            "\t//evil.example",
            "/\u{0}/evil.example",
            "https:evil.example",
            "https:/evil.example",
            "https:///evil.example",
            "https://evil.example",
            "https://app@evil.example",
            "https://app.example@evil.example",
            "https://app.example:pw@evil.example/",
            "https://app.evil.example",
            "https://app.example.evil.example",
            "https://evil.example/app.example",
            "https://evil.example#https://app.example",
            "https://evil.example?https://app.example",
            "https://app.example:444/",
            "http://app.example/",
            "HTTPS://EVIL.EXAMPLE",
            "hTTps://evil.example",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "java\nscript:alert(1)",
            " javascript:alert(1)",
            "\u{1}javascript:alert(1)",
            "data:text/html,x",
            "blob:https://app.example/x",
            "vbscript:x",
            "file:///etc/passwd",
            "filesystem:https://app.example/x",
            " //evil.example",
            "\u{a0}//evil.example",
            "\u{feff}//evil.example",
            "evil.example",
            "./evil",
            "../evil",
            "?x",
            "#x",
            "http://[",
            "https://[::1",
            "https://",
            "https://app.example",
            "https://app.example//evil.example",
            "/ /evil.example",
            "/..//evil.example",
            "/.//evil.example",
            "/%2E.//evil.example",
            "/a/..",
            "/\u{85}/evil.example",
            "/\u{7f}/evil.example",
        ] {
            assert_eq!(same_origin(trick, HOME), "/", "{trick:?}");
        }
    }

    proptest! {
        #[test]
        fn the_result_is_always_a_path_of_this_origin(target in ".*", prefix in "(/|//|\\\\|https?://app\\.example|)[/\\\\\t@:.]{0,3}") {
            let full = prefix + &target;
            let kept = same_origin(&full, HOME);
            prop_assert!(kept.starts_with('/') && !kept.starts_with("//"));
            prop_assert!(!kept.contains('\\') && !kept.chars().any(|c| c.is_control()));
        }
    }
}
