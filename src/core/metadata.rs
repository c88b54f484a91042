//! The platform's metadata: OpenID Connect Discovery §4, RFC 8414 §3.3.

use super::config::{Config, Endpoints};
use super::error::{Code, Error};
use super::json::{Engine, Member, parse};
use super::origin::Origin;

/// Metadata that passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// The metadata's endpoints under what the app named.
    pub endpoints: Endpoints,
    /// `authorization_response_iss_parameter_supported`, RFC 9207 §3: then a callback without `iss` is refused.
    pub sends_iss: bool,
}

/// Where the metadata is: the issuer without a trailing slash, and the well-known path, Discovery §4.1.
pub fn url(issuer: &str) -> String {
    [issuer.trim_end_matches('/'), "/.well-known/openid-configuration"].concat()
}

/// `metadata_invalid` for the document at `url`.
pub(super) fn refuse(problem: &str, url: &str) -> Error {
    Error::new(Code::MetadataInvalid).with("problem", problem).with("url", url)
}

/// Reads and judges the document at [`url`].
pub fn read(engine: Engine, text: &str, config: &Config) -> Result<Metadata, Error> {
    let refuse = |problem: &str| refuse(problem, &url(&config.issuer));
    let object = parse(engine, text).ok_or_else(|| refuse("it is no JSON object"))?;
    if object.member("issuer") != Member::Text(config.issuer.clone()) {
        return Err(refuse("its issuer is another"));
    }
    // RFC 9700 §2.1.1 and §4.8: what the platform says of PKCE may switch it off for nobody.
    match object.member("code_challenge_methods_supported") {
        Member::Missing => {}
        Member::Texts(methods) if methods.iter().any(|method| method == "S256") => {}
        _ => return Err(refuse("it does not offer PKCE with S256")),
    }
    let own = Origin::of(&config.issuer).filter(Origin::trustworthy);
    let mut odd = None;
    let mut endpoint = |name: &'static str, named: &Option<String>| match object.member(name) {
        _ if named.is_some() => named.clone(),
        Member::Missing => None,
        Member::Text(url) if !url.contains('#') && own.is_some() && Origin::of(&url) == own => Some(url),
        _ => {
            odd.get_or_insert(name);
            None
        }
    };
    let named = &config.named;
    let endpoints = Endpoints {
        authorization: endpoint("authorization_endpoint", &named.authorization),
        token: endpoint("token_endpoint", &named.token),
        end_session: endpoint("end_session_endpoint", &named.end_session),
        revocation: endpoint("revocation_endpoint", &named.revocation),
        jwks: endpoint("jwks_uri", &named.jwks),
    };
    if let Some(name) = odd {
        return Err(refuse(&["its ", name, " is not https on the issuer's origin"].concat()));
    }
    if endpoints.authorization.is_none() || endpoints.token.is_none() || endpoints.jwks.is_none() {
        return Err(refuse("it names no authorization_endpoint, token_endpoint or jwks_uri"));
    }
    let sends_iss = object.member("authorization_response_iss_parameter_supported") == Member::Bool(true);
    Ok(Metadata { endpoints, sends_iss })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::config::tests::options;
    use super::*;
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

    fn judge(change: (&str, &str)) -> Result<Metadata, Error> {
        read(engine, &document(change), &Config::new(options()).unwrap())
    }

    #[test]
    fn good_metadata_passes() {
        let metadata = judge(("end_session_endpoint", r#""https://tenant.example/out""#)).unwrap();
        assert_eq!(metadata.endpoints.end_session.as_deref(), Some("https://tenant.example/out"));
        assert!(metadata.sends_iss);
        assert!(judge(("code_challenge_methods_supported", r#"["plain","S256"]"#)).is_ok());
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
            ("end_session_endpoint", r#""https://evil.example/out""#),
            ("revocation_endpoint", r#""https://evil.example/r""#),
            ("code_challenge_methods_supported", r#"["plain"]"#),
            ("code_challenge_methods_supported", "[]"),
            ("code_challenge_methods_supported", r#""S256""#),
        ] {
            assert_eq!(judge(change).unwrap_err().code, Code::MetadataInvalid, "{change:?}");
        }
    }

    #[test]
    fn an_app_may_name_another_origin_itself() {
        let mut options = options();
        options.endpoints.token = Some("https://tokens.example/t".into());
        let config = Config::new(options).unwrap();
        let metadata =
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
