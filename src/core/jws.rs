//! A signed token's compact form, read strictly: RFC 7515 §7.1.

use super::encoding::from_base64url;
use super::json::{Engine, Member, Object, parse};

/// Larger tokens are refused unread.
pub const MAX_LEN: usize = 64 * 1024;

/// The algorithms accepted: asymmetric ones that browsers verify. Never `none`, never HMAC (Core §10.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519, RFC 8037; `Ed25519` is RFC 9864's name of it.
    EdDsa,
}

impl Algorithm {
    /// By its `alg` name.
    pub fn named(alg: &str) -> Option<Self> {
        match alg {
            "RS256" => Some(Self::Rs256),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            "EdDSA" | "Ed25519" => Some(Self::EdDsa),
            _ => None,
        }
    }
}

/// A token's parts. Not yet verified, not yet checked.
pub struct Jws {
    /// How it is signed.
    pub alg: Algorithm,
    /// Which key signed it, where the header says so. `jku`, `jwk` and `x5*` are never looked at.
    pub kid: Option<String>,
    /// The claims' JSON text.
    pub payload: String,
    /// What the signature covers: the first two parts with their dot.
    pub signed: String,
    /// The signature's octets.
    pub signature: Vec<u8>,
}

impl Jws {
    /// Reads the compact form: exactly three parts of canonical base64url, an allowed `alg`, no `crit`.
    /// The error says what is wrong with it.
    pub fn read(engine: Engine, token: &str) -> Result<Self, &'static str> {
        if token.len() > MAX_LEN {
            return Err("size");
        }
        let parts: Vec<&str> = token.split('.').collect();
        let [header, payload, signature] = parts[..] else { return Err("parts") };
        let text = |part| from_base64url(part).and_then(|bytes| String::from_utf8(bytes).ok());
        let header_object = text(header).and_then(|json| parse(engine, &json)).ok_or("header")?;
        let alg = header_object.member("alg").text().and_then(|alg| Algorithm::named(&alg)).ok_or("alg")?;
        // Every critical extension is unknown here, RFC 7515 §4.1.11.
        if header_object.member("crit") != Member::Missing {
            return Err("crit");
        }
        let kid = match header_object.member("kid") {
            Member::Missing => None,
            Member::Text(kid) => Some(kid),
            _ => return Err("kid"),
        };
        let signature = from_base64url(signature).filter(|bytes| !bytes.is_empty()).ok_or("signature")?;
        let payload_text = text(payload).ok_or("payload")?;
        Ok(Self { alg, kid, payload: payload_text, signed: [header, ".", payload].concat(), signature })
    }

    /// The claims as an object.
    pub fn claims(&self, engine: Engine) -> Option<Box<dyn Object>> {
        parse(engine, &self.payload)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::encoding::base64url;
    use super::*;
    use crate::native::engine;
    use proptest::prelude::*;

    fn token(header: &str) -> String {
        format!("{}.{}.{}", base64url(header), base64url("{}"), base64url("sig"))
    }

    fn fault(token: &str) -> &'static str {
        Jws::read(engine, token).err().expect("must be refused")
    }

    #[test]
    fn allowed_algorithms_pass() {
        for alg in ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"] {
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
        for alg in ["none", "None", "nOnE", "HS256", "HS512", "RS1", "ES384", "rs256", ""] {
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
