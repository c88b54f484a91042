//! The authorization request: RFC 6749 §4.1.1, RFC 7636 §4.3, OpenID Connect Core §3.1.2.1.

use super::extra_params::add_extra;
use super::pkce::Entropy;
use super::transaction::{SignInContext, Transaction};
use crate::core::base::clock::WallTime;
use crate::core::base::config::{Config, check_scope, refuse};
use crate::core::base::encoding::base64url;
use crate::core::base::error::Error;
use crate::core::base::form::Form;
use crate::core::base::secret::{Nonce, State, Verifier};
use crate::core::base::text::{concat, cut, decimal, find, parts};
use std::sync::Arc;

/// What an app may ask of one sign-in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LoginOptions {
    /// JSON text handed back after the callback; kept in the tab, never sent.
    pub app_state: Option<String>,
    /// The page on which the sign-in begins: path, query and fragment. Kept in the tab, never sent.
    pub page: Option<String>,
    /// Replaces the client's scope.
    pub scope: Option<String>,
    /// `none`, `login`, `consent`, `select_account`; `none` only alone.
    pub prompt: Option<String>,
    /// `login_hint`.
    pub login_hint: Option<String>,
    /// `ui_locales`.
    pub ui_locales: Option<String>,
    /// `acr_values`.
    pub acr_values: Option<String>,
    /// `max_age`, in seconds.
    pub max_age: Option<f64>,
    /// Parameters of the platform's own.
    pub extra: Vec<(String, String)>,
}

/// Random values of one sign-in.
pub struct AuthorizationEntropy {
    /// For the verifier.
    pub verifier: Entropy,
    /// For the state.
    pub state: Entropy,
    /// For the nonce.
    pub nonce: Entropy,
}

/// The secret values of one sign-in.
#[derive(Debug)]
pub struct AuthorizationSecrets {
    /// What the callback must name, RFC 6749 §10.12.
    pub state: State,
    /// What proves that the exchange is this sign-in's, RFC 7636 §4.1.
    pub verifier: Verifier,
    /// What the ID token must repeat, Core §3.1.2.1.
    pub nonce: Nonce,
}

impl AuthorizationSecrets {
    /// 43 characters each, RFC 7636 §4.1.
    #[must_use]
    pub fn from_entropy(entropy: &AuthorizationEntropy) -> Self {
        Self {
            state: State::new(base64url(entropy.state)),
            verifier: Verifier::from_entropy(&entropy.verifier),
            nonce: Nonce::new(base64url(entropy.nonce)),
        }
    }

    /// Values that the caller made. `invalid_config` where one of them is empty or has a character that it may not have,
    /// or the verifier is not 43 to 128 characters long: RFC 7636 §4.1, RFC 6749 appendix A.5.
    pub fn given(state: &str, verifier: &str, nonce: &str) -> Result<Self, Error> {
        let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
        if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(unreserved) {
            let instead =
                "43 to 128 characters of A-Z, a-z, 0-9, `-`, `.`, `_` and `~`, made of 32 random octets";
            return Err(refuse("codeVerifier", "it has another length or other characters", instead));
        }
        for (option, value) in [("state", state), ("nonce", nonce)] {
            if value.is_empty() || !value.bytes().all(|b| matches!(b, 0x20..=0x7e)) {
                return Err(refuse(
                    option,
                    "it is empty or not ASCII",
                    "32 random octets as base64url, new for every sign-in",
                ));
            }
        }
        Ok(Self { state: State::new(state), verifier: Verifier::new(verifier), nonce: Nonce::new(nonce) })
    }
}

/// Names that belong to the protocol: an app's extra parameters cannot take them.
const RESERVED: &[&str] = &[
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "response_mode",
    "request",
    "request_uri",
    "prompt",
    "login_hint",
    "ui_locales",
    "acr_values",
    "max_age",
    "code",
    "client_secret",
    "grant_type",
    "code_verifier",
    "refresh_token",
];

/// A longer address is not remembered, in bytes: the user returns to the redirect URI's directory.
const MAX_PAGE: usize = 8 * 1024;

/// Builds the URL to send the browser to, and what to remember until it comes back.
///
/// ```
/// use intelliauth_spa_sdk::core::{protocol::authorize::{AuthorizationEntropy, build_authorization_url, LoginOptions}, base::{clock::WallTime, config::{Config, Options}}};
/// let config = Config::new(Options {
///     tenant_url: "https://tenant.example".into(),
///     client_id: "app".into(),
///     redirect_uri: "https://app.example/callback".into(),
///     ..Options::default()
/// })?;
/// // 32 octets each, from a cryptographic source, new for every sign-in.
/// let entropy = AuthorizationEntropy { verifier: [1; 32], state: [2; 32], nonce: [3; 32] };
/// let (url, transaction) = build_authorization_url(&config, "https://tenant.example/oauth2/authorize", &LoginOptions::default(), &entropy, WallTime(0))?;
/// assert!(url.starts_with("https://tenant.example/oauth2/authorize?response_type=code&client_id=app&"));
/// # Ok::<(), intelliauth_spa_sdk::core::base::error::Error>(())
/// ```
pub fn build_authorization_url(
    config: &Config,
    endpoint: &str,
    options: &LoginOptions,
    entropy: &AuthorizationEntropy,
    now: WallTime,
) -> Result<(String, Transaction), Error> {
    let secrets = AuthorizationSecrets::from_entropy(entropy);
    build_authorization_url_with(config, endpoint, options, secrets, now)
}

/// The same with secrets that the caller made: for a harness that must know them beforehand.
pub fn build_authorization_url_with(
    config: &Config,
    endpoint: &str,
    options: &LoginOptions,
    secrets: AuthorizationSecrets,
    now: WallTime,
) -> Result<(String, Transaction), Error> {
    let scope = options.scope.clone().map_or_else(|| config.scope.clone(), Arc::new);
    check_scope(&scope)?;
    if let Some(prompt) = &options.prompt
        && find(prompt, b' ').is_some()
        && parts(prompt, b' ').any(|value| value == "none")
    {
        return Err(refuse(
            "prompt",
            "`none` stands with another value",
            "`none` alone, or the others without it",
        ));
    }
    let max_age = match options.max_age {
        Some(seconds) if !(0.0..=1e9).contains(&seconds) => {
            return Err(refuse("maxAge", "it is no number of seconds", "0 or more seconds"));
        }
        seconds => seconds.map(|s| s as i64),
    };
    let transaction = Transaction {
        state: secrets.state,
        verifier: secrets.verifier,
        nonce: secrets.nonce,
        redirect_uri: config.redirect_uri.clone(),
        issuer: config.issuer.clone(),
        client_id: config.client_id.clone(),
        scope: scope.clone(),
        max_age,
        context: Arc::new(SignInContext {
            app_state: options.app_state.clone(),
            page: options.page.clone().filter(|page| page.len() <= MAX_PAGE),
        }),
        kept: None,
        at: now,
    };
    if !transaction.fits() {
        return Err(refuse(
            "appState",
            "it is too large to be kept until the callback",
            "at most 100,000 characters of JSON, or a key to something that your app keeps itself",
        ));
    }
    let mut query = Form::new();
    query
        .pair("response_type", "code")
        .pair("client_id", &config.client_id)
        .pair("redirect_uri", &config.redirect_uri)
        .pair("scope", &transaction.scope)
        .pair("state", transaction.state.expose())
        .pair("nonce", transaction.nonce.expose())
        .pair("code_challenge", &transaction.verifier.challenge())
        .pair("code_challenge_method", "S256");
    let max_age = max_age.map(decimal);
    for (name, value) in [
        ("prompt", &options.prompt),
        ("login_hint", &options.login_hint),
        ("ui_locales", &options.ui_locales),
        ("acr_values", &options.acr_values),
        ("max_age", &max_age),
    ] {
        // No parameter is sent empty, RFC 6749 §3.1.
        if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
            query.pair(name, value);
        }
    }
    add_extra(&mut query, &options.extra, RESERVED)?;
    // An endpoint may carry a query, which must be kept, RFC 6749 §3.1.
    let joint = match cut(endpoint, b'?') {
        (_, None) => "?",
        (_, Some(own)) if own.is_empty() || own.ends_with('&') => "",
        _ => "&",
    };
    Ok((concat(&[endpoint, joint, &query.text()]), transaction))
}

/// An authorize URL fit for an event: `state` and `nonce` masked, the rest as sent.
#[must_use]
pub fn masked(url: &str) -> String {
    let (endpoint, query) = cut(url, b'?');
    let mut shown = endpoint.to_owned();
    let mut joint = "?";
    for pair in parts(query.unwrap_or_default(), b'&') {
        shown.push_str(joint);
        shown.push_str(match cut(pair, b'=').0 {
            "state" => "state=…",
            "nonce" => "nonce=…",
            _ => pair,
        });
        joint = "&";
    }
    shown
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::core::base::clock::WallTime;
    use crate::core::base::config::tests::options;
    use crate::core::base::error::ErrorCode;
    use proptest::prelude::*;

    const ENDPOINT: &str = "https://tenant.example/oauth2/authorize";

    fn start(endpoint: &str, login: LoginOptions) -> Result<(String, Transaction), Error> {
        let entropy = AuthorizationEntropy { verifier: [1; 32], state: [2; 32], nonce: [3; 32] };
        build_authorization_url(&Config::new(options()).unwrap(), endpoint, &login, &entropy, WallTime(7))
    }

    fn pairs(url: &str) -> Vec<(String, String)> {
        form_urlencoded::parse(url.split_once('?').unwrap().1.as_bytes()).into_owned().collect()
    }

    #[test]
    fn exactly_the_contracts_parameters_each_once() {
        let (url, transaction) = start(ENDPOINT, LoginOptions::default()).unwrap();
        let expected = [
            ("response_type", "code"),
            ("client_id", "app"),
            ("redirect_uri", "https://app.example/callback"),
            ("scope", "openid profile email"),
            ("state", transaction.state.expose()),
            ("nonce", transaction.nonce.expose()),
            ("code_challenge", &transaction.verifier.challenge()),
            ("code_challenge_method", "S256"),
        ];
        assert_eq!(pairs(&url), expected.map(|(k, v)| (k.to_owned(), v.to_owned())));
        assert!(url.contains("scope=openid+profile+email"));
        assert!(!url.contains(transaction.verifier.expose()));
    }

    #[test]
    fn given_secrets_are_sent_as_they_are_and_held_to_the_specifications() {
        let given = AuthorizationSecrets::given;
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let config = Config::new(options()).unwrap();
        let secrets = given("a state", verifier, "n").unwrap();
        let (url, _) =
            build_authorization_url_with(&config, ENDPOINT, &LoginOptions::default(), secrets, WallTime(0))
                .unwrap();
        assert!(
            url.contains("state=a+state&nonce=n&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&")
        );
        let long = "x".repeat(129);
        for (state, verifier, nonce, option) in [
            ("", verifier, "n", "state"),
            ("é", verifier, "n", "state"),
            ("s", &verifier[1..], "n", "codeVerifier"),
            ("s", &long, "n", "codeVerifier"),
            ("s", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk=", "n", "codeVerifier"),
            ("s", verifier, "", "nonce"),
        ] {
            let error = given(state, verifier, nonce).unwrap_err();
            assert_eq!((error.code, error.detail("option")), (ErrorCode::InvalidConfig, Some(option)));
        }
    }

    #[test]
    fn the_endpoints_own_query_is_kept() {
        for (endpoint, start_of_url) in [
            ("https://t/a?tenant=x", "https://t/a?tenant=x&response_type=code"),
            ("https://t/a?", "https://t/a?response_type=code"),
            ("https://t/a?b&", "https://t/a?b&response_type=code"),
        ] {
            assert!(start(endpoint, LoginOptions::default()).unwrap().0.starts_with(start_of_url));
        }
    }

    #[test]
    fn bad_login_options_are_named() {
        let refused = |login| {
            let error = start(ENDPOINT, login).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidConfig);
            error.detail("option").unwrap().to_owned()
        };
        let base = LoginOptions::default;
        assert_eq!(refused(LoginOptions { prompt: Some("none login".into()), ..base() }), "prompt");
        assert_eq!(refused(LoginOptions { scope: Some("email".into()), ..base() }), "scope");
        assert_eq!(refused(LoginOptions { max_age: Some(-1.0), ..base() }), "maxAge");
        for name in RESERVED.iter().chain(&[""]) {
            let extra = vec![(name.to_string(), "x".to_owned())];
            assert_eq!(refused(LoginOptions { extra, ..base() }), "extraParams");
        }
        let extra = vec![("audience".to_owned(), "x".to_owned()); 2];
        assert_eq!(refused(LoginOptions { extra, ..base() }), "extraParams");
    }

    #[test]
    fn a_masked_url_shows_everything_but_the_secrets() {
        let (url, transaction) = start(ENDPOINT, LoginOptions::default()).unwrap();
        let shown = masked(&url);
        assert!(!shown.contains(transaction.state.expose()) && !shown.contains(transaction.nonce.expose()));
        assert!(
            shown.contains("&state=…&nonce=…&code_challenge=")
                && shown.contains("redirect_uri=https%3A%2F%2Fapp")
        );
    }

    proptest! {
        #[test]
        fn every_url_parses_back_to_its_request(
            verifier: [u8; 32], state: [u8; 32], nonce: [u8; 32],
            hint in ".*", locales in proptest::option::of(".*"), age in 0u32..1_000_000, extra in proptest::collection::btree_map("x_[a-z&=%#]{1,8}", ".+", 0..4),
        ) {
            let config = Config::new(options()).unwrap();
            let login = LoginOptions {
                login_hint: Some(hint.clone()), ui_locales: locales.clone(), max_age: Some(age.into()),
                extra: extra.clone().into_iter().collect(), ..LoginOptions::default()
            };
            let (url, transaction) = build_authorization_url(&config, ENDPOINT, &login, &AuthorizationEntropy { verifier, state, nonce }, WallTime(0)).unwrap();
            let pairs = pairs(&url);
            let value = |name: &str| pairs.iter().filter(|(k, _)| k == name).map(|(_, v)| v.clone()).collect::<Vec<_>>();
            prop_assert_eq!(value("state"), vec![base64url(state)]);
            prop_assert_eq!(value("nonce"), vec![base64url(nonce)]);
            prop_assert_eq!(value("code_challenge"), vec![transaction.verifier.challenge()]);
            prop_assert_eq!(value("max_age"), vec![age.to_string()]);
            prop_assert_eq!(value("login_hint"), if hint.is_empty() { vec![] } else { vec![hint] });
            prop_assert_eq!(value("ui_locales"), locales.filter(|l| !l.is_empty()).into_iter().collect::<Vec<_>>());
            for (name, text) in extra {
                prop_assert_eq!(value(&name), vec![text]);
            }
            prop_assert!(!url.contains('#'));
        }
    }
}
