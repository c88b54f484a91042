//! A signed token's compact form, read strictly: RFC 7515 §7.1.

use crate::core::base::encoding::from_base64url;
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::json::{Engine, Member, Object, has, parse};
use crate::core::base::text::{concat, cut, sanitize};

/// Larger tokens are refused unread.
pub const MAX_LEN: usize = 64 * 1024;

/// An algorithm that is accepted, and how Web Cryptography names its parts.
#[derive(Debug)]
#[non_exhaustive]
pub struct Algorithm {
    /// Its `alg`.
    pub name: &'static str,
    /// Its keys' `kty`.
    pub kty: &'static str,
    /// Its keys' `crv`; empty for RSA.
    pub crv: &'static str,
    /// Web Cryptography's name of it.
    pub subtle: &'static str,
    /// The hash.
    pub hash: &'static str,
    /// The hash's length in octets, and RSASSA-PSS's salt length: RFC 7518 §3.5.
    pub octets: u8,
}

/// Asymmetric ones that browsers verify, RFC 7518 §3.1 and RFC 8037 §3.1. Never `none`, never HMAC: Core §10.1.
pub static ALGORITHMS: [Algorithm; 10] = [
    row("RS256", "RSA", "", "RSASSA-PKCS1-v1_5", "SHA-256", 32),
    row("RS384", "RSA", "", "RSASSA-PKCS1-v1_5", "SHA-384", 48),
    row("RS512", "RSA", "", "RSASSA-PKCS1-v1_5", "SHA-512", 64),
    row("PS256", "RSA", "", "RSA-PSS", "SHA-256", 32),
    row("PS384", "RSA", "", "RSA-PSS", "SHA-384", 48),
    row("PS512", "RSA", "", "RSA-PSS", "SHA-512", 64),
    row("ES256", "EC", "P-256", "ECDSA", "SHA-256", 32),
    row("ES384", "EC", "P-384", "ECDSA", "SHA-384", 48),
    row("ES512", "EC", "P-521", "ECDSA", "SHA-512", 64),
    row("EdDSA", "OKP", "Ed25519", "Ed25519", "SHA-512", 64),
];

const ACCEPTED: &str = "one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA";

const fn row(
    name: &'static str,
    kty: &'static str,
    crv: &'static str,
    subtle: &'static str,
    hash: &'static str,
    octets: u8,
) -> Algorithm {
    Algorithm { name, kty, crv, subtle, hash, octets }
}

impl Algorithm {
    /// By its `alg`; RFC 9864 calls EdDSA with Ed25519 by the curve's name.
    #[must_use]
    pub fn named(alg: &str) -> Option<&'static Self> {
        let alg = if alg == "Ed25519" { "EdDSA" } else { alg };
        ALGORITHMS.iter().find(|known| known.name == alg)
    }
}

impl PartialEq for Algorithm {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// A token's parts. Not yet verified, not yet checked.
#[non_exhaustive]
pub struct Jws {
    /// How it is signed.
    pub alg: &'static Algorithm,
    /// Which key signed it, where the header says so. `jku`, `jwk` and `x5*` are never looked at.
    pub kid: Option<String>,
    /// The claims' JSON text.
    pub payload: String,
    /// What the signature covers: the first two parts with their dot.
    pub signed: String,
    /// The signature's octets.
    pub signature: Vec<u8>,
}

/// `id_token_invalid`, naming the check that failed.
pub(in crate::core) fn refuse(check: &str) -> Error {
    Error::new(ErrorCode::IdTokenInvalid).with("check", check)
}

/// The same with what was expected and what came. Neither is ever a secret.
pub(in crate::core) fn unlike(check: &str, expected: &str, received: &str) -> Error {
    refuse(check).with("expected", expected).with("received", sanitize(received))
}

impl Jws {
    /// Reads the compact form: exactly three parts of canonical base64url, an accepted `alg`, no `crit`.
    pub fn read(engine: Engine, token: &str) -> Result<Self, Error> {
        if token.len() > MAX_LEN {
            return Err(refuse("size"));
        }
        let (header, rest) = cut(token, b'.');
        let (payload, rest) = cut(rest.unwrap_or_default(), b'.');
        let Some((signature, None)) = rest.map(|rest| cut(rest, b'.')) else { return Err(refuse("parts")) };
        let text = |part| from_base64url(part).and_then(|bytes| String::from_utf8(bytes).ok());
        let header_object =
            text(header).and_then(|json| parse(engine, &json)).ok_or_else(|| refuse("header"))?;
        let alg = header_object.member("alg");
        let named = match &alg {
            Member::Text(name) => name,
            other => other.kind(),
        };
        let alg = Algorithm::named(named).ok_or_else(|| unlike("alg", ACCEPTED, named))?;
        // Every critical extension is unknown here, RFC 7515 §4.1.11.
        if has(header_object.as_ref(), "crit") {
            return Err(refuse("crit"));
        }
        let kid = match header_object.member("kid") {
            Member::Missing => None,
            Member::Text(kid) => Some(kid),
            _ => return Err(refuse("kid")),
        };
        let signature =
            from_base64url(signature).filter(|bytes| !bytes.is_empty()).ok_or_else(|| refuse("signature"))?;
        let payload_text = text(payload).ok_or_else(|| refuse("payload"))?;
        Ok(Self { alg, kid, payload: payload_text, signed: concat(&[header, ".", payload]), signature })
    }

    /// The claims as an object.
    pub fn claims(&self, engine: Engine) -> Option<Box<dyn Object>> {
        parse(engine, &self.payload)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::core::base::encoding::base64url;
    use crate::native::engine;
    use proptest::prelude::*;

    fn token(header: &str) -> String {
        format!("{}.{}.{}", base64url(header), base64url("{}"), base64url("sig"))
    }

    fn fault(token: &str) -> String {
        let error = Jws::read(engine, token).err().expect("must be refused");
        error.detail("check").unwrap().to_owned()
    }

    #[test]
    fn allowed_algorithms_pass() {
        let listed = ACCEPTED.strip_prefix("one of ").unwrap();
        assert!(listed.split(", ").eq(ALGORITHMS.iter().map(|known| known.name)));
        for alg in listed.split(", ").chain(["Ed25519"]) {
            let jws = Jws::read(
                engine,
                &token(&format!(
                    r#"{{"alg":"{alg}","kid":"k","jku":"https://evil.example","jwk":{{}},"x5u":"x"}}"#
                )),
            )
            .unwrap();
            assert_eq!((jws.kid.as_deref(), jws.payload.as_str()), (Some("k"), "{}"));
        }
    }

    // Checklist §2 row 24: algorithm confusion, `none`, header keys.
    #[test]
    fn other_algorithms_and_critical_headers_are_refused() {
        for alg in ["none", "None", "nOnE", "HS256", "HS512", "RS1", "RS255", "ES256K", "Ed448", "rs256", ""]
        {
            assert_eq!(fault(&token(&format!(r#"{{"alg":"{alg}"}}"#))), "alg", "{alg}");
        }
        assert_eq!(fault(&token(r#"{"alg":["RS256"]}"#)), "alg");
        assert_eq!(fault(&token("{}")), "alg");
        assert_eq!(fault(&token(r#"{"alg":"RS256","crit":["b64"],"b64":false}"#)), "crit");
        assert_eq!(fault(&token(r#"{"alg":"RS256","crit":[]}"#)), "crit");
        assert_eq!(fault(&token(r#"{"alg":"RS256","kid":7}"#)), "kid");
    }

    #[test]
    fn other_shapes_are_refused() {
        let good = token(r#"{"alg":"RS256"}"#);
        assert_eq!(fault(""), "parts");
        assert_eq!(fault(&format!("{good}.")), "parts");
        assert_eq!(fault(&format!("{good}.a.b")), "parts");
        assert_eq!(fault(good.rsplit_once('.').unwrap().0), "parts");
        assert_eq!(fault(&format!("{good}=")), "signature");
        assert_eq!(fault(&format!("{}.", good.rsplit_once('.').unwrap().0)), "signature");
        assert_eq!(fault(&format!(" {good}")), "header");
        assert_eq!(fault(&format!("{}.{}.eA", base64url("[]"), base64url("{}"))), "header");
        assert_eq!(
            fault(&format!("{}.{}.eA", base64url(r#"{"alg":"RS256"}"#), base64url([0xff, 0xfe]))),
            "payload"
        );
        assert_eq!(fault(&"a".repeat(MAX_LEN + 1)), "size");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[A-Za-z0-9_.=-]{0,200}", header in ".*") {
            let _ = Jws::read(engine, &text);
            let _ = Jws::read(engine, &token(&header));
        }
    }
}
