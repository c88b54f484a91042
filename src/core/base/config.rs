//! What an app says about itself, checked once.

use super::clock::Millis;
use super::encoding::{base64url, sha256};
use super::error::{Error, ErrorCode};
use super::origin::Origin;
use super::text::{concat, find, parts, trim_end, until};
use std::sync::Arc;

/// The scope asked for where the app names none: the contract's own.
pub const DEFAULT_SCOPE: &str = "openid profile email";

/// Where the session is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenStorage {
    /// In the tab: survives a reload, and a duplicated tab is a peer.
    Session,
    /// In memory alone.
    Memory,
    /// One session for all tabs of the origin.
    Local,
}

/// The platform's endpoints, as far as they are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// Where the user signs in, RFC 6749 §3.1.
    pub authorization: Option<String>,
    /// Where tokens come from, RFC 6749 §3.2.
    pub token: Option<String>,
    /// RP-Initiated Logout 1.0 §2.
    pub end_session: Option<String>,
    /// RFC 7009 §2.
    pub revocation: Option<String>,
    /// The keys that sign ID tokens, RFC 7517.
    pub jwks: Option<String>,
}

/// An app's options as it wrote them. Times in seconds.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The platform's address.
    pub tenant_url: String,
    /// The public client's id.
    pub client_id: String,
    /// The callback's address, registered exactly.
    pub redirect_uri: String,
    /// The same as a browser normalises it, to be compared with addresses; as written where there is no browser.
    pub redirect_page: Option<String>,
    /// Space-separated scopes.
    pub scope: Option<String>,
    /// `session`, `memory` or `local`.
    pub token_storage: Option<String>,
    /// Whether to read the platform's metadata.
    pub discovery: bool,
    /// The issuer, where it is not `tenant_url` as written.
    pub issuer: Option<String>,
    /// Endpoints that override the contract's.
    pub endpoints: Endpoints,
    /// How far the device's clock may be off.
    pub clock_skew_seconds: Option<f64>,
    /// How long a request may take.
    pub request_timeout_seconds: Option<f64>,
    /// Origins that may receive the access token.
    pub allowed_origins: Vec<String>,
    /// Audiences that ID tokens may have besides this client.
    pub additional_audiences: Vec<String>,
}

/// Options that passed. Texts that every sign-in's transaction repeats are shared with it: an `Arc<String>` is one word,
/// which costs fewer bytes of wasm than the two of an `Arc<str>`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// The public client's id.
    pub client_id: Arc<String>,
    /// The callback's address, character for character.
    pub redirect_uri: Arc<String>,
    /// The callback's address as the browser's address bar shows it.
    pub redirect_page: String,
    /// The scope asked for.
    pub scope: Arc<String>,
    /// Where the session is kept.
    pub token_storage: TokenStorage,
    /// Whether the platform's metadata is in use.
    pub discovery: bool,
    /// The issuer: compared as a string, never canonicalised.
    pub issuer: Arc<String>,
    /// What the app named itself; wins over contract and metadata.
    pub named: Endpoints,
    /// The contract's endpoints under what the app named.
    pub endpoints: Endpoints,
    /// Bound of the tolerated clock difference.
    pub clock_skew: Millis,
    /// Bound of one request.
    pub request_timeout: Millis,
    /// Origins that may receive the access token.
    pub allowed_origins: Vec<Origin>,
    /// Audiences that ID tokens may have besides this client, whose `azp` they must then name. OpenID Connect Core §3.1.3.7.
    pub additional_audiences: Vec<String>,
    /// Whether the redirect URI is plain http outside this machine: works, and deserves one warning.
    pub insecure_redirect: bool,
}

impl Config {
    /// Checks what the app wrote. The first bad option is answered with what to write instead.
    pub fn new(options: Options) -> Result<Self, Error> {
        // Everything is looked at before anything is taken.
        let tenant = options.tenant_url.as_str();
        issuer_url("tenantUrl", tenant, "https://<your-tenant>")?;
        let client_id = options.client_id.trim_ascii();
        if client_id.is_empty() || client_id != options.client_id {
            return Err(refuse(
                "clientId",
                "it is empty, or has spaces around it",
                "the client id from the application's settings",
            ));
        }
        let Some(redirect_origin) = Origin::of(&options.redirect_uri) else {
            let instead = "a path such as /callback, or an absolute URL such as https://app.example/callback";
            return Err(refuse("redirectUri", "it is no path and no absolute http(s) URL", instead));
        };
        no_fragment("redirectUri", &options.redirect_uri)?;
        let scope = options.scope.as_deref().unwrap_or(DEFAULT_SCOPE);
        check_scope(scope)?;
        let token_storage = match options.token_storage.as_deref() {
            None | Some("session") => TokenStorage::Session,
            Some("memory") => TokenStorage::Memory,
            Some("local") => TokenStorage::Local,
            Some(_) => {
                return Err(refuse("tokenStorage", "it is not known", "'session', 'memory' or 'local'"));
            }
        };
        let issuer = options.issuer.as_deref().unwrap_or(tenant);
        issuer_url("issuer", issuer, "the issuer exactly as the platform names itself")?;
        let named = &options.endpoints;
        for (option, url) in [
            ("endpoints.authorization", &named.authorization),
            ("endpoints.token", &named.token),
            ("endpoints.endSession", &named.end_session),
            ("endpoints.revocation", &named.revocation),
            ("endpoints.jwks", &named.jwks),
        ] {
            if let Some(url) = url {
                endpoint(option, url, "an https URL")?;
                no_fragment(option, url)?;
            }
        }
        let mut allowed_origins = Vec::new();
        for text in &options.allowed_origins {
            match Origin::split(text) {
                Some((origin, "" | "/")) if origin.trustworthy() => allowed_origins.push(origin),
                _ => {
                    let instead = "origins such as https://api.example.com";
                    return Err(refuse("allowedOrigins", "one of them is not an https origin", instead));
                }
            }
        }
        if options.additional_audiences.iter().any(String::is_empty) {
            return Err(refuse(
                "additionalAudiences",
                "one of them is empty or no text",
                "an array of strings",
            ));
        }
        // `iat` is whole seconds and the answer takes its time: less would refuse good sign-ins.
        let clock_skew = seconds("clockSkewSeconds", options.clock_skew_seconds, 300.0, 10.0, 600.0)?;
        let request_timeout =
            seconds("requestTimeoutSeconds", options.request_timeout_seconds, 10.0, 1.0, 120.0)?;
        let base = trim_end(tenant, b'/');
        let mut endpoints = named.clone();
        endpoints.authorization.get_or_insert_with(|| concat(&[base, "/oauth2/authorize"]));
        endpoints.token.get_or_insert_with(|| concat(&[base, "/oauth2/token"]));
        Ok(Self {
            scope: scope.to_owned().into(),
            issuer: issuer.to_owned().into(),
            insecure_redirect: !redirect_origin.trustworthy(),
            client_id: options.client_id.into(),
            redirect_page: options.redirect_page.unwrap_or_else(|| options.redirect_uri.clone()),
            redirect_uri: options.redirect_uri.into(),
            discovery: options.discovery,
            named: options.endpoints,
            clock_skew,
            request_timeout,
            token_storage,
            endpoints,
            allowed_origins,
            additional_audiences: options.additional_audiences,
        })
    }

    /// The prefix of every key, lock and channel of this client, so that two clients of one origin stay apart.
    #[must_use]
    pub fn namespace(&self) -> String {
        let name = sha256(&concat(&[&self.issuer, "\n", &self.client_id]));
        "intelliauth.".to_owned() + &base64url(&name[..6])
    }
}

/// A scope is `openid` and more, of RFC 6749 §3.3's characters. OpenID Connect Core §3.1.2.1.
pub fn check_scope(scope: &str) -> Result<(), Error> {
    let legal = scope.bytes().all(|b| matches!(b, b' ' | 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
    if !legal || !parts(scope, b' ').any(|part| part == "openid") {
        return Err(refuse(
            "scope",
            "it does not contain `openid`, or has characters outside RFC 6749 §3.3",
            DEFAULT_SCOPE,
        ));
    }
    Ok(())
}

/// `invalid_config` for `option`.
#[must_use]
pub fn refuse(option: &str, problem: &str, instead: &str) -> Error {
    Error::new(ErrorCode::InvalidConfig)
        .with("option", option)
        .with("problem", problem)
        .with("instead", instead)
}

/// An issuer has neither query nor fragment, RFC 8414 §2.
fn issuer_url(option: &str, url: &str, instead: &str) -> Result<(), Error> {
    if until(url, b"?#") != url {
        return Err(refuse(option, "it has a query or a fragment", instead));
    }
    endpoint(option, url, instead)
}

fn endpoint(option: &str, url: &str, instead: &str) -> Result<(), Error> {
    match Origin::of(url) {
        Some(origin) if origin.trustworthy() => Ok(()),
        Some(_) => Err(refuse(option, "plain http is accepted on this machine (loopback) only", instead)),
        None => {
            Err(refuse(option, "it is not an absolute https URL, or has a user name or password", instead))
        }
    }
}

fn no_fragment(option: &str, url: &str) -> Result<(), Error> {
    if find(url, b'#').is_some() {
        return Err(refuse(option, "it has a fragment", "the same without `#` and what follows"));
    }
    Ok(())
}

fn seconds(option: &str, given: Option<f64>, default: f64, least: f64, most: f64) -> Result<Millis, Error> {
    let value = given.unwrap_or(default);
    if value >= least && value <= most {
        return Ok(Millis((value * 1000.0) as i64));
    }
    Err(refuse(
        option,
        "it is out of range",
        if most > 200.0 { "10 to 600 seconds" } else { "1 to 120 seconds" },
    ))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn options() -> Options {
        Options {
            tenant_url: "https://tenant.example".into(),
            client_id: "app".into(),
            redirect_uri: "https://app.example/callback".into(),
            ..Options::default()
        }
    }

    fn refused(change: impl FnOnce(&mut Options)) -> String {
        let mut options = options();
        change(&mut options);
        let error = Config::new(options).expect_err("must be refused");
        assert_eq!(error.code, ErrorCode::InvalidConfig);
        assert!(error.detail("problem").is_some() && error.detail("instead").is_some());
        error.detail("option").unwrap().to_owned()
    }

    #[test]
    fn good_options_pass_with_defaults() {
        let config = Config::new(options()).unwrap();
        assert_eq!(
            config.endpoints.authorization.as_deref(),
            Some("https://tenant.example/oauth2/authorize")
        );
        assert_eq!(config.endpoints.token.as_deref(), Some("https://tenant.example/oauth2/token"));
        assert_eq!(config.endpoints.end_session, None);
        assert_eq!((config.scope.as_str(), config.token_storage), (DEFAULT_SCOPE, TokenStorage::Session));
        assert_eq!(
            (config.issuer.as_str(), config.clock_skew),
            ("https://tenant.example", Millis::seconds(300))
        );
        assert!(!config.insecure_redirect);
    }

    #[test]
    fn bad_options_are_named() {
        assert_eq!(refused(|o| o.tenant_url = "http://tenant.example".into()), "tenantUrl");
        assert_eq!(refused(|o| o.tenant_url = "tenant.example".into()), "tenantUrl");
        assert_eq!(refused(|o| o.tenant_url = "https://tenant.example?x".into()), "tenantUrl");
        assert_eq!(refused(|o| o.redirect_uri = "/callback".into()), "redirectUri");
        assert_eq!(refused(|o| o.redirect_uri = "javascript:alert(1)".into()), "redirectUri");
        assert_eq!(refused(|o| o.redirect_uri = "https://app.example/callback#x".into()), "redirectUri");
        assert_eq!(refused(|o| o.tenant_url = "https://ada:pw@tenant.example".into()), "tenantUrl");
        assert_eq!(refused(|o| o.client_id = " ".into()), "clientId");
        assert_eq!(refused(|o| o.client_id = "app ".into()), "clientId");
        assert_eq!(refused(|o| o.scope = Some("profile".into())), "scope");
        assert_eq!(refused(|o| o.scope = Some("openid\nx".into())), "scope");
        assert_eq!(refused(|o| o.token_storage = Some("cookie".into())), "tokenStorage");
        assert_eq!(refused(|o| o.issuer = Some("x".into())), "issuer");
        assert_eq!(refused(|o| o.issuer = Some("https://tenant.example#x".into())), "issuer");
        assert_eq!(
            refused(|o| o.endpoints.authorization = Some("javascript:alert(1)".into())),
            "endpoints.authorization"
        );
        assert_eq!(refused(|o| o.endpoints.token = Some("https://a/t#x".into())), "endpoints.token");
        assert_eq!(refused(|o| o.allowed_origins = vec!["https://api.example/v1".into()]), "allowedOrigins");
        assert_eq!(refused(|o| o.additional_audiences = vec![String::new()]), "additionalAudiences");
        assert_eq!(refused(|o| o.clock_skew_seconds = Some(f64::NAN)), "clockSkewSeconds");
        assert_eq!(refused(|o| o.clock_skew_seconds = Some(0.0)), "clockSkewSeconds");
        assert_eq!(refused(|o| o.request_timeout_seconds = Some(0.0)), "requestTimeoutSeconds");
    }

    #[test]
    fn loopback_and_plain_http_redirects() {
        let mut local = options();
        local.tenant_url = "http://localhost:4000/".into();
        local.redirect_uri = "http://192.168.1.7:5173/callback".into();
        let config = Config::new(local).unwrap();
        assert!(config.insecure_redirect);
        assert_eq!(config.endpoints.token.as_deref(), Some("http://localhost:4000/oauth2/token"));
        assert_eq!(*config.issuer, "http://localhost:4000/");
    }
}
