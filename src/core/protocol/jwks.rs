//! Which of the platform's keys may have signed a token: RFC 7517, OpenID Connect Core §10.1.

use super::jws::Algorithm;
use crate::core::base::clock::Millis;
use crate::core::base::json::{Member, Object, has, is};

/// More keys than this are not looked at.
pub const MAX_KEYS: usize = 64;

/// The shortest RSA modulus that is accepted, in characters of base64url: 2048 bits, RFC 7518 §3.3.
const MIN_MODULUS: usize = 342;

/// Older keys are read again at their next use, so that a revoked key is not accepted for longer.
pub const MAX_AGE: Millis = Millis::seconds(600);

/// An unknown `kid` has the keys read again, but not more often than this.
pub const COOLDOWN: Millis = Millis::seconds(60);

/// The places in the set of the keys that fit the token: of its kind, for signatures, with its `kid` if it names one.
#[must_use]
pub fn candidates(keys: &[Box<dyn Object>], alg: &Algorithm, kid: Option<&str>) -> Vec<usize> {
    let fits = |key: &dyn Object| {
        let kind = if alg.crv.is_empty() {
            key.member("n").text().is_some_and(|n| n.len() >= MIN_MODULUS)
        } else {
            is(key, "crv", alg.crv)
        };
        let meant = match key.member("alg") {
            Member::Missing => true,
            Member::Text(name) => Algorithm::named(&name) == Some(alg),
            _ => false,
        };
        // A key that is published with its private half proves nothing.
        kind && meant
            && is(key, "kty", alg.kty)
            && !has(key, "d")
            && (!has(key, "use") || is(key, "use", "sig"))
            && kid.is_none_or(|kid| is(key, "kid", kid))
    };
    let mut places = Vec::new();
    for (at, key) in keys.iter().enumerate() {
        if at < MAX_KEYS && fits(key.as_ref()) {
            places.push(at);
        }
    }
    places
}

/// A public key's members, by name: what a browser needs of it to verify.
pub type Jwk = Vec<(&'static str, String)>;

/// Only the public members: a `key_ops` or `ext` of the platform's choosing must not decide what the browser does.
pub fn public(key: &dyn Object) -> Jwk {
    let names = ["kty", "n", "e", "crv", "x", "y"];
    let mut members = Vec::new();
    for name in names {
        if let Some(value) = key.member(name).text() {
            members.push((name, value));
        }
    }
    members
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::core::base::json::parse;
    use crate::native::engine;

    fn keys() -> Vec<Box<dyn Object>> {
        let set = r#"{"keys":[
            {"kty":"RSA","kid":"a","n":"N"}, {"kty":"RSA","kid":"b","alg":"PS256","n":"N"}, {"kty":"RSA","kid":"c","use":"enc","n":"N"},
            {"kty":"EC","crv":"P-256","kid":"a"}, {"kty":"EC","crv":"P-384","kid":"a"}, {"kty":"OKP","crv":"Ed25519"},
            {"kty":"oct","kid":"a","k":"x"}, {"kty":"RSA","kid":"d","d":"private","n":"N"}, "odd", {"kty":7},
            {"kty":"RSA","kid":"e","n":"SHORT"}, {"kty":"RSA","kid":"f"}, {"kty":"RSA","kid":"g","n":7}
        ]}"#;
        // 2048 bits, and 8 fewer.
        let set = set.replace("\"N\"", &format!("\"{}\"", "x".repeat(342)));
        let set = set.replace("SHORT", &"x".repeat(340));
        parse(engine, &set).unwrap().objects("keys")
    }

    #[test]
    fn what_the_platform_says_of_a_keys_use_is_left_out() {
        let key = r#"{"kty":"EC","crv":"P-256","x":"1","y":2,"key_ops":["sign"],"ext":true,"alg":"ES256","kid":"a"}"#;
        let public = public(parse(engine, key).unwrap().as_ref());
        assert_eq!(public, [("kty", "EC"), ("crv", "P-256"), ("x", "1")].map(|(n, v)| (n, v.to_owned())));
    }

    #[test]
    fn keys_fit_by_kind_use_and_kid() {
        for (alg, kid, fitting) in [
            ("RS256", Some("a"), &[0][..]),
            ("RS256", None, &[0]),
            ("PS256", None, &[0, 1]),
            ("PS384", None, &[0]),
            ("RS256", Some("b"), &[]),
            ("RS256", Some("c"), &[]),
            ("RS256", Some("d"), &[]),
            ("RS256", Some("e"), &[]),
            ("RS256", Some("f"), &[]),
            ("PS256", Some("g"), &[]),
            ("ES256", Some("a"), &[3]),
            ("ES384", Some("a"), &[4]),
            ("ES512", Some("a"), &[]),
            ("EdDSA", None, &[5]),
            ("Ed25519", None, &[5]),
            ("EdDSA", Some("a"), &[]),
        ] {
            assert_eq!(candidates(&keys(), Algorithm::named(alg).unwrap(), kid), fitting, "{alg} {kid:?}");
        }
    }
}
