//! Origins and absolute URLs, read strictly: whatever a browser might read in two ways is refused.

/// Scheme, host and port, RFC 6454 §4. Compared whole, never by prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    secure: bool,
    host: String,
    port: u16,
}

impl Origin {
    /// The origin of an absolute http(s) URL, and what follows it. `None` for anything else, for user info, and for
    /// characters that browsers drop or rewrite (controls, spaces, backslashes).
    pub fn split(url: &str) -> Option<(Origin, &str)> {
        if url.bytes().any(|b| b <= b' ' || b == b'\\' || b == 0x7f) {
            return None;
        }
        let (scheme, rest) = url.split_once(':')?;
        let rest = rest.strip_prefix("//")?;
        let secure = scheme.eq_ignore_ascii_case("https");
        if !secure && !scheme.eq_ignore_ascii_case("http") {
            return None;
        }
        let authority = rest.split(['/', '?', '#']).next()?;
        let tail = rest.strip_prefix(authority)?;
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, digits)) if !digits.contains(']') => {
                if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                    return None;
                }
                (host, digits.parse().ok()?)
            }
            _ => (authority, if secure { 443 } else { 80 }),
        };
        let named = !host.is_empty()
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
        let numbered = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).is_some_and(|inner| {
            !inner.is_empty() && inner.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'))
        });
        (named || numbered).then(|| (Origin { secure, host: host.to_ascii_lowercase(), port }, tail))
    }

    /// The origin of `url`.
    pub fn of(url: &str) -> Option<Origin> {
        Self::split(url).map(|(origin, _)| origin)
    }

    /// https, or this very machine. RFC 6749 §3.1; RFC 8252 §7.3 for loopback.
    pub fn trustworthy(&self) -> bool {
        self.secure || self.loopback()
    }

    /// This very machine: `localhost`, `*.localhost`, 127.0.0.0/8 or `[::1]`.
    pub fn loopback(&self) -> bool {
        let host = self.host.as_str();
        let ipv4 = host.strip_prefix("127.").is_some_and(|rest| {
            rest.split('.').count() == 3 && rest.split('.').all(|part| part.parse::<u8>().is_ok())
        });
        host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || ipv4
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn origins_are_compared_whole() {
        assert_eq!(Origin::of("https://app.example"), Origin::of("HTTPS://APP.example:443/x?y#z"));
        for other in ["http://app.example", "https://app.example:444", "https://app.example.evil.example"] {
            assert_ne!(Origin::of("https://app.example"), Origin::of(other), "{other}");
        }
    }

    #[test]
    fn doubtful_urls_have_no_origin() {
        for url in [
            "",
            "/",
            "//evil.example",
            "https:evil.example",
            "https:/evil.example",
            "javascript://x/%0aalert(1)",
            "https://app@evil.example",
            "https://app:pw@evil.example",
            "https://evil.example\\@app.example",
            " https://app.example",
            "https://app.example\n",
            "https://a b",
            "https://",
            "https://:1",
            "https://a:",
            "https://a:99999",
            "https://a:+1",
            "https://é.example",
            "https://[::1",
            "https://a]",
            "ftp://a",
            "data:text/html,x",
        ] {
            assert_eq!(Origin::of(url), None, "{url}");
        }
    }

    #[test]
    fn loopback_is_this_machine_alone() {
        for yes in [
            "http://localhost:4000",
            "http://127.0.0.1",
            "http://127.9.9.9:1/x",
            "http://[::1]:3",
            "http://app.localhost",
        ] {
            assert!(Origin::of(yes).unwrap().trustworthy(), "{yes}");
        }
        for no in [
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example",
            "http://10.0.0.1",
            "http://notlocalhost",
            "http://127.1",
        ] {
            assert!(!Origin::of(no).unwrap().trustworthy(), "{no}");
        }
    }
}
