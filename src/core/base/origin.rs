//! Origins and absolute URLs, read strictly: whatever a browser might read in two ways is refused.

use super::text::{cut, number, parts, until};

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
    #[must_use]
    pub fn split(url: &str) -> Option<(Origin, &str)> {
        if url.bytes().any(|b| b <= b' ' || b == b'\\' || b == 0x7f) {
            return None;
        }
        let (scheme, rest) = cut(url, b':');
        let rest = rest?.strip_prefix("//")?;
        let secure = scheme.eq_ignore_ascii_case("https");
        if !secure && !scheme.eq_ignore_ascii_case("http") {
            return None;
        }
        let authority = until(rest, b"/?#");
        let tail = rest.get(authority.len()..)?;
        let (host, digits) = match authority.strip_prefix('[') {
            // An IPv6 address has colons of its own.
            Some(address) => {
                let (address, rest) = cut(address, b']');
                if address.is_empty()
                    || !address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':' || b == b'.')
                {
                    return None;
                }
                match rest? {
                    "" => (authority, None),
                    port => (authority.get(..address.len() + 2)?, Some(port.strip_prefix(':')?)),
                }
            }
            None => {
                let (host, digits) = cut(authority, b':');
                let legal = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_');
                if host.is_empty() || !host.bytes().all(legal) {
                    return None;
                }
                (host, digits)
            }
        };
        let port = match digits {
            None => {
                if secure {
                    443
                } else {
                    80
                }
            }
            Some(digits) => u16::try_from(number(digits).filter(|_| !digits.starts_with('-'))?).ok()?,
        };
        Some((Origin { secure, host: host.to_ascii_lowercase(), port }, tail))
    }

    /// The origin of `url`.
    #[must_use]
    pub fn of(url: &str) -> Option<Origin> {
        Self::split(url).map(|(origin, _)| origin)
    }

    /// https, or this very machine. RFC 6749 §3.1; RFC 8252 §7.3 for loopback.
    #[must_use]
    pub fn trustworthy(&self) -> bool {
        self.secure || self.loopback()
    }

    /// This very machine: `localhost`, `*.localhost`, 127.0.0.0/8 or `[::1]`.
    #[must_use]
    pub fn loopback(&self) -> bool {
        let host = self.host.as_str();
        let ipv4 = host.strip_prefix("127.").is_some_and(|rest| {
            parts(rest, b'.').count() == 3
                && parts(rest, b'.').all(|part| number(part).is_some_and(|n| (0..=255).contains(&n)))
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
