//! The platform's metadata: OpenID Connect Discovery §4, RFC 8414 §3.3.

use super::jws::{Algorithm, unlike};
use crate::core::base::config::{Config, Endpoints};
use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::json::{Engine, Member, parse};
use crate::core::base::origin::Origin;
use crate::core::base::text::{concat, find, sanitize, trim_end};

/// Metadata that passed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metadata {
    /// The metadata's endpoints under what the app named.
    pub endpoints: Endpoints,
    /// `authorization_response_iss_parameter_supported`, RFC 9207 §3: then a callback without `iss` is refused.
    pub sends_iss: bool,
    /// `id_token_signing_alg_values_supported`, Discovery §3: where it is there, no other algorithm is accepted.
    pub algorithms: Option<Vec<String>>,
}

impl Metadata {
    /// What is known without asking: the contract's endpoints under what the app named.
    #[must_use]
    pub fn of_contract(config: &Config) -> Self {
        Self { endpoints: config.endpoints.clone(), sends_iss: false, algorithms: None }
    }

    /// Metadata that was read before and kept by the caller: its endpoints are compared with the issuer's origin again,
    /// because what is kept may have been changed.
    ///
    /// # Errors
    /// `metadata_invalid`.
    pub fn kept(
        config: &Config,
        endpoints: Endpoints,
        sends_iss: bool,
        algorithms: Option<Vec<String>>,
    ) -> Result<Self, Error> {
        let own = Origin::of(&config.issuer).filter(Origin::trustworthy);
        let pairs = in_order(&endpoints).into_iter().zip(in_order(&config.named));
        for ((name, option), (kept, named)) in ENDPOINTS.into_iter().zip(pairs) {
            if let Some(url) = kept.as_ref().filter(|url| kept != named && !usable(url, own.as_ref())) {
                let error = refuse(name, USABLE, url, &self::url(&config.issuer));
                return Err(error.with("option", option));
            }
        }
        Ok(Self { endpoints, sends_iss, algorithms })
    }

    /// `id_token_invalid` where the metadata lists other algorithms than this one.
    pub(in crate::core) fn unlisted(&self, alg: &Algorithm) -> Option<Error> {
        let listed = self.algorithms.as_ref()?;
        let known = listed.iter().any(|name| Algorithm::named(name) == Some(alg));
        (!known).then(|| unlike("alg", &list(listed), alg.name))
    }
}

/// Where the metadata is: the issuer without a trailing slash, and the well-known path, Discovery §4.1.
#[must_use]
pub fn url(issuer: &str) -> String {
    concat(&[trim_end(issuer, b'/'), "/.well-known/openid-configuration"])
}

/// `metadata_invalid` for the document at `url`: the member or property that is wrong, what was expected and what came.
pub(in crate::core) fn refuse(check: &str, expected: &str, received: &str, url: &str) -> Error {
    Error::new(ErrorCode::MetadataInvalid)
        .with("check", check)
        .with("expected", expected)
        .with("received", sanitize(received))
        .with("url", url)
}

/// What a member says, for an error: metadata holds no secrets.
fn told(member: &Member) -> String {
    match member {
        Member::Text(text) => text.clone(),
        Member::Texts(texts) => list(texts),
        other => other.kind().to_owned(),
    }
}

/// Texts in one.
pub(in crate::core) fn list(texts: &[String]) -> String {
    let mut all = String::new();
    for text in texts {
        if !all.is_empty() {
            all.push(' ');
        }
        all.push_str(text);
    }
    all
}

/// The members that name endpoints, and the options that do.
const ENDPOINTS: [(&str, &str); 5] = [
    ("authorization_endpoint", "endpoints.authorization"),
    ("token_endpoint", "endpoints.token"),
    ("jwks_uri", "endpoints.jwks"),
    ("end_session_endpoint", "endpoints.endSession"),
    ("revocation_endpoint", "endpoints.revocation"),
];

/// How many of them a sign-in cannot do without.
const NEEDED: usize = 3;

/// What is expected of each.
const USABLE: &str = "an https URL on the issuer's origin";

/// Whether an endpoint is on the issuer's origin.
fn usable(url: &str, own: Option<&Origin>) -> bool {
    find(url, b'#').is_none() && own.is_some() && Origin::of(url).as_ref() == own
}

/// Endpoints in the order of [`ENDPOINTS`].
fn in_order(endpoints: &Endpoints) -> [&Option<String>; 5] {
    [
        &endpoints.authorization,
        &endpoints.token,
        &endpoints.jwks,
        &endpoints.end_session,
        &endpoints.revocation,
    ]
}

/// Reads and judges the document at [`url`]. Endpoints that a sign-in can do without are left out where they cannot be
/// used: what is wrong with them is answered besides.
pub fn read(engine: Engine, text: &str, config: &Config) -> Result<(Metadata, Vec<Error>), Error> {
    let refuse = |check: &str, expected: &str, received: &Member| {
        refuse(check, expected, &told(received), &url(&config.issuer))
    };
    let object = parse(engine, text).ok_or_else(|| refuse("document", "a JSON object", &Member::Other))?;
    let issuer = object.member("issuer");
    match &issuer {
        Member::Text(named) if *named == *config.issuer => {}
        other => {
            let mut error = refuse("issuer", &config.issuer, other);
            if matches!(other, Member::Text(_)) {
                error.add("option", "issuer");
            }
            return Err(error);
        }
    }
    // RFC 9700 §2.1.1 and §4.8: metadata that lists no S256 must not switch PKCE off.
    let methods = object.member("code_challenge_methods_supported");
    match &methods {
        Member::Missing => {}
        Member::Texts(methods) if methods.iter().any(|method| method == "S256") => {}
        _ => return Err(refuse("code_challenge_methods_supported", "S256", &methods)),
    }
    let algorithms = match object.member("id_token_signing_alg_values_supported") {
        Member::Missing => None,
        Member::Texts(names) => Some(names),
        other => return Err(refuse("id_token_signing_alg_values_supported", "an array of strings", &other)),
    };
    let own = Origin::of(&config.issuer).filter(Origin::trustworthy);
    let named = in_order(&config.named);
    let mut found = [None, None, None, None, None];
    let slots = found.iter_mut().zip(named);
    let mut left_out = Vec::new();
    for (at, ((name, option), (found, named))) in ENDPOINTS.into_iter().zip(slots).enumerate() {
        match object.member(name) {
            _ if named.is_some() => *found = named.clone(),
            Member::Text(url) if usable(&url, own.as_ref()) => *found = Some(url),
            Member::Missing if at >= NEEDED => {}
            other => {
                let error = refuse(name, USABLE, &other).with("option", option);
                if at < NEEDED {
                    return Err(error);
                }
                left_out.push(error);
            }
        }
    }
    let [authorization, token, jwks, end_session, revocation] = found;
    let endpoints = Endpoints { authorization, token, end_session, revocation, jwks };
    let sends_iss =
        matches!(object.member("authorization_response_iss_parameter_supported"), Member::Bool(true));
    Ok((Metadata { endpoints, sends_iss, algorithms }, left_out))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::core::base::config::tests::options;
    use crate::native::engine;
    use proptest::prelude::*;

    fn document(change: (&str, &str)) -> String {
        let mut members = vec![
            ("issuer", r#""https://tenant.example""#),
            ("authorization_endpoint", r#""https://tenant.example/a""#),
            ("token_endpoint", r#""https://tenant.example/t""#),
            ("jwks_uri", r#""https://tenant.example/j""#),
            ("authorization_response_iss_parameter_supported", "true"),
        ];
        members.retain(|(name, _)| *name != change.0);
        if !change.1.is_empty() {
            members.push(change);
        }
        format!("{{{}}}", members.iter().map(|(k, v)| format!("\"{k}\":{v}")).collect::<Vec<_>>().join(","))
    }

    fn read_with(change: (&str, &str)) -> Result<Metadata, Error> {
        read(engine, &document(change), &Config::new(options()).unwrap()).map(|(metadata, _)| metadata)
    }

    fn left_out(change: (&str, &str)) -> Vec<Error> {
        read(engine, &document(change), &Config::new(options()).unwrap()).unwrap().1
    }

    #[test]
    fn good_metadata_passes() {
        let metadata = read_with(("end_session_endpoint", r#""https://tenant.example/out""#)).unwrap();
        assert_eq!(metadata.endpoints.end_session.as_deref(), Some("https://tenant.example/out"));
        assert!(metadata.sends_iss);
        assert!(read_with(("code_challenge_methods_supported", r#"["plain","S256"]"#)).is_ok());
        assert_eq!(url("https://t/x/"), "https://t/x/.well-known/openid-configuration");
    }

    // Checklist §2 rows 19 and 20: MCP clients #1721, workers-oauth-provider CVE-2025-4143; RFC 8414 §3.3.
    #[test]
    fn metadata_of_another_or_with_odd_endpoints_is_refused() {
        for change in [
            ("issuer", r#""https://tenant.example/""#),
            ("issuer", r#""https://evil.example""#),
            ("issuer", ""),
            ("token_endpoint", r#""https://evil.example/t""#),
            ("token_endpoint", r#""https://tenant.example.evil.example/t""#),
            ("token_endpoint", r#""http://tenant.example/t""#),
            ("token_endpoint", r#""https://tenant.example:8443/t""#),
            ("token_endpoint", r#""https://x@tenant.example/t""#),
            ("token_endpoint", r#""/t""#),
            ("token_endpoint", ""),
            ("token_endpoint", "7"),
            ("authorization_endpoint", r#""javascript:alert(1)""#),
            ("authorization_endpoint", r#""https://tenant.example/a#x""#),
            ("jwks_uri", r#""data:application/json,{}""#),
            ("jwks_uri", ""),
            ("id_token_signing_alg_values_supported", r#""RS256""#),
            ("id_token_signing_alg_values_supported", "[7]"),
            ("code_challenge_methods_supported", r#"["plain"]"#),
            ("code_challenge_methods_supported", "[]"),
            ("code_challenge_methods_supported", r#""S256""#),
        ] {
            let error = read_with(change).unwrap_err();
            assert_eq!((error.code, error.detail("check")), (ErrorCode::MetadataInvalid, Some(change.0)));
        }
        for (issuer, named) in [(r#""https://tenant.example/""#, true), ("", false), ("[]", false)] {
            let hint = read_with(("issuer", issuer)).unwrap_err().hint();
            assert_eq!(hint.contains("write `issuer: "), named, "{hint}");
        }
        let error = read_with(("token_endpoint", r#""https://evil.example/t""#)).unwrap_err();
        let detail = |name| error.detail(name).unwrap();
        assert_eq!((detail("received"), detail("option")), ("https://evil.example/t", "endpoints.token"));
        assert_eq!(detail("expected"), "an https URL on the issuer's origin");
    }

    #[test]
    fn an_odd_endpoint_that_a_sign_in_can_do_without_is_left_out() {
        for name in ["end_session_endpoint", "revocation_endpoint"] {
            for odd in [r#""https://evil.example/x""#, r#""javascript:alert(1)""#, "7", "[]"] {
                let metadata = read_with((name, odd)).unwrap();
                assert_eq!((metadata.endpoints.end_session, metadata.endpoints.revocation), (None, None));
                let said = left_out((name, odd));
                assert_eq!(said.len(), 1, "{name} {odd}");
                assert_eq!(said[0].detail("check"), Some(name));
            }
            assert_eq!(left_out((name, "null")), []);
        }
        assert_eq!(left_out(("x", "")), []);
    }

    #[test]
    fn an_app_may_name_another_origin_itself() {
        let mut options = options();
        options.endpoints.token = Some("https://tokens.example/t".into());
        let config = Config::new(options).unwrap();
        let (metadata, _) =
            read(engine, &document(("token_endpoint", r#""https://evil.example/t""#)), &config).unwrap();
        assert_eq!(metadata.endpoints.token.as_deref(), Some("https://tokens.example/t"));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = read(engine, &text, &Config::new(options()).unwrap());
        }
    }
}
