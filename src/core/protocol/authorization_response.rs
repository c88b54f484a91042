//! The authorization response in the callback's address: RFC 6749 §4.1.2, RFC 9207, OpenID Connect Core §3.1.2.5.

use crate::core::base::error::{Error, ErrorCode};
use crate::core::base::form::{self, Form};
use crate::core::base::origin::Origin;
use crate::core::base::secret::{AuthorizationCode, State};
use crate::core::base::text::{cut, find, parts, sanitize, until};

/// The content of a callback whose shape is accepted.
#[derive(Debug)]
#[non_exhaustive]
pub enum AuthorizationResult {
    /// A code to exchange.
    Code(AuthorizationCode),
    /// The platform's refusal, as an error of the table.
    Refused(Error),
}

/// A callback as read from its address. The states are apart because they are judged, and marked as spent, first.
#[derive(Debug)]
#[non_exhaustive]
pub struct AuthorizationResponse {
    /// Every `state` that the query or the fragment names, each once, none empty. A response that is accepted has one.
    pub states: Vec<State>,
    /// RFC 9207 §2.
    pub iss: Option<String>,
    /// The answer, or why there is none to accept.
    pub answer: Result<AuthorizationResult, Error>,
}

/// The parameters of a response, and those that must not be in one: all are taken out of the address.
const PARAMETERS: &[&str] = &[
    "code",
    "state",
    "iss",
    "error",
    "error_description",
    "error_uri",
    "session_state",
    "access_token",
    "id_token",
    "refresh_token",
];
const TOKENS: &[&str] = &["access_token", "id_token", "refresh_token"];
/// What a fragment must hold to be taken for a response, rather than a part of the app's own page.
const TELLING: &[&str] = &["code", "state", "error", "access_token", "id_token", "refresh_token"];

/// Whether a sign-in of this tab waits for its callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// At least one.
    Pending,
    /// None.
    NonePending,
}

/// Whether `url` carries an authorization response: `state` together with `code` or `error`, in query or fragment, or
/// any one of the three while a sign-in is pending. Anything else may be a parameter of the app's own.
///
/// ```
/// use intelliauth_spa_sdk::core::protocol::authorization_response::{SignIn, is_response};
/// assert!(is_response("https://app.example/?code=abc&state=xyz", SignIn::NonePending));
/// assert!(!is_response("https://app.example/?code=SUMMER", SignIn::NonePending));
/// ```
#[must_use]
pub fn is_response(url: &str, sign_in: SignIn) -> bool {
    let (query, fragment) = query_and_fragment(url);
    let has = |name| has_parameter(query, name) || has_parameter(fragment, name);
    let (state, answer) = (has("state"), has("code") || has("error"));
    if sign_in == SignIn::Pending { state || answer } else { state && answer }
}

/// Reads a callback's address. Unknown parameters are ignored, RFC 6749 §4.1.2.
///
/// ```
/// use intelliauth_spa_sdk::core::protocol::authorization_response::{read, AuthorizationResult};
/// let response = read("https://app.example/callback?code=abc&state=xyz");
/// assert_eq!(response.states[0].expose(), "xyz");
/// assert!(matches!(response.answer, Ok(AuthorizationResult::Code(_))));
/// ```
pub fn read(url: &str) -> AuthorizationResponse {
    let (query, fragment) = query_and_fragment(url);
    let pairs = form::parse(query);
    let count = |name: &str| pairs.iter().filter(|(known, _)| known == name).count();
    let value = |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let invalid = |parameter: &str, problem: &str| {
        Err(Error::new(ErrorCode::CallbackInvalid).with("parameter", parameter).with("problem", problem))
    };
    let repeated = ["state", "code", "iss", "error"].into_iter().find(|name| count(name) > 1);
    let leaked = TOKENS.iter().find(|name| count(name) > 0 || has_parameter(fragment, name));
    let answer = if let Some(name) = repeated {
        invalid(name, "it is there more than once")
    } else if let Some(name) = leaked {
        invalid(name, "a token is in the address")
    } else if TELLING.iter().any(|name| has_parameter(fragment, name)) {
        invalid("fragment", "the response is in the fragment")
    } else {
        match (value("code"), value("error")) {
            (Some(_), Some(_)) => invalid("error", "there are both a code and an error"),
            (Some(""), None) => invalid("code", "it is empty"),
            (Some(code), None) => Ok(AuthorizationResult::Code(AuthorizationCode::new(code))),
            (None, Some(error)) => Ok(AuthorizationResult::Refused(refusal(
                error,
                value("error_description"),
                value("error_uri"),
            ))),
            (None, None) => invalid("code", "there is neither a code nor an error"),
        }
    };
    AuthorizationResponse { states: states(&pairs, fragment), iss: value("iss").map(str::to_owned), answer }
}

/// Every state that is named anywhere. A fragment may be a hash router's route with a query of its own.
fn states(query: &[(String, String)], fragment: &str) -> Vec<State> {
    let mut states: Vec<State> = Vec::new();
    let mut add = |pairs: &[(String, String)]| {
        for (name, value) in pairs {
            if name == "state" && !value.is_empty() && !states.iter().any(|known| known.expose() == value) {
                states.push(State::new(value.as_str()));
            }
        }
    };
    add(query);
    for part in parts(fragment, b'?') {
        add(&form::parse(part));
    }
    states
}

/// The code of the table for an `error` of RFC 6749 §4.1.2.1 or Core §3.1.2.6; unknown ones are passed on.
fn refusal(error: &str, description: Option<&str>, uri: Option<&str>) -> Error {
    let code = match error {
        "access_denied" => ErrorCode::AccessDenied,
        "login_required" => ErrorCode::LoginRequired,
        "consent_required" => ErrorCode::ConsentRequired,
        "interaction_required" => ErrorCode::InteractionRequired,
        "account_selection_required" => ErrorCode::AccountSelectionRequired,
        "temporarily_unavailable" | "server_error" => ErrorCode::PlatformUnavailable,
        _ => ErrorCode::AuthorizationRefused,
    };
    let mut told = Error::new(code)
        .with("error", sanitize(error))
        .with("description", sanitize(description.unwrap_or("")));
    if code == ErrorCode::PlatformUnavailable {
        told = told.with("status", sanitize(error));
    }
    match uri.filter(|uri| Origin::of(uri).is_some()) {
        Some(uri) => told.with("errorUri", sanitize(uri)),
        None => told,
    }
}

/// Whether `iss` is the issuer asked, by simple string comparison, RFC 9207 §2.4. `required` where the platform is
/// known to send it.
pub fn check_issuer(iss: Option<&str>, expected: &str, required: bool) -> Result<(), Error> {
    match iss {
        Some(iss) if iss == expected => Ok(()),
        None if !required => Ok(()),
        other => {
            let mut error = Error::new(ErrorCode::IssuerMismatch)
                .with("received", sanitize(other.unwrap_or("none")))
                .with("expected", expected);
            if other.is_some() {
                error.add("option", "issuer");
            }
            Err(error)
        }
    }
}

/// The address without the response: the app's own query stays byte for byte, as does a fragment that is the app's.
///
/// ```
/// use intelliauth_spa_sdk::core::protocol::authorization_response::cleaned;
/// assert_eq!(cleaned("https://app.example/cb?tab=2&code=abc&state=xyz#top"), "https://app.example/cb?tab=2#top");
/// ```
#[must_use]
pub fn cleaned(url: &str) -> String {
    let (query, fragment) = query_and_fragment(url);
    let mut clean = page(url).to_owned();
    let mut joint = "?";
    for pair in parts(query, b'&') {
        if !pair.is_empty() && !PARAMETERS.iter().any(|name| named(pair, name)) {
            clean.push_str(joint);
            clean.push_str(pair);
            joint = "&";
        }
    }
    if !fragment.is_empty() && !TELLING.iter().any(|name| has_parameter(fragment, name)) {
        clean.push('#');
        clean.push_str(fragment);
    }
    clean
}

/// The address without `state`, if it carries just this one: the return of a sign-out, RP-Initiated Logout 1.0 §3.
#[must_use]
pub fn without_state(url: &str, state: &str) -> Option<String> {
    let (query, _) = query_and_fragment(url);
    let pair = Form::new().pair("state", state).text();
    parts(query, b'&').any(|known| known == pair).then(|| cleaned(url))
}

/// Whether `url` is at the redirect URI: same origin and path. Both must be normalised alike, as a browser's address is.
#[must_use]
pub fn at_redirect_uri(url: &str, redirect_uri: &str) -> bool {
    page(url) == page(redirect_uri)
}

/// An address without its query and fragment.
fn page(url: &str) -> &str {
    until(url, b"?#")
}

fn query_and_fragment(url: &str) -> (&str, &str) {
    let (rest, fragment) = cut(url, b'#');
    (cut(rest, b'?').1.unwrap_or_default(), fragment.unwrap_or_default())
}

fn has_parameter(form: &str, name: &str) -> bool {
    parts(form, b'?').any(|part| parts(part, b'&').any(|pair| named(pair, name)))
}

fn named(pair: &str, name: &str) -> bool {
    find(pair, b'=').is_some() && form::parse(pair).first().is_some_and(|(known, _)| known == name)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fault(query: &str) -> (ErrorCode, String) {
        let error = read(&format!("https://app.example/cb{query}")).answer.expect_err("must be refused");
        (error.code, error.detail("parameter").unwrap().to_owned())
    }

    #[test]
    fn a_code_and_a_state() {
        let response = read(
            "https://app.example/cb?x=1&code=a%2Bb&state=s&iss=https%3A%2F%2Ft&unknown=1&__proto__=x&constructor=x",
        );
        assert_eq!(states_of(&response), ["s"]);
        assert_eq!(response.iss.as_deref(), Some("https://t"));
        assert!(matches!(response.answer, Ok(AuthorizationResult::Code(code)) if code.expose() == "a+b"));
    }

    #[test]
    fn odd_shapes_are_refused_and_named() {
        for (query, parameter) in [
            ("?code=a&code=a&state=s", "code"),
            ("?code=a&state=s&state=s", "state"),
            ("?code=a&state=s&iss=x&iss=x", "iss"),
            ("?error=a&error=b&state=s", "error"),
            ("?code=a&error=b&state=s", "error"),
            ("?state=s", "code"),
            ("?code=&state=s", "code"),
            ("", "code"),
            ("?code=a&state=s&access_token=t", "access_token"),
            ("?code=a&state=s#id_token=t", "id_token"),
            ("?state=s&refresh_token=t", "refresh_token"),
            ("#code=a&state=s", "fragment"),
            ("#/route?code=a&state=s", "fragment"),
            ("?x=%zz%", "code"),
        ] {
            assert_eq!(fault(query), (ErrorCode::CallbackInvalid, parameter.to_owned()), "{query}");
        }
    }

    fn states_of(response: &AuthorizationResponse) -> Vec<&str> {
        response.states.iter().map(State::expose).collect()
    }

    #[test]
    fn every_state_is_found_once_wherever_it_stands() {
        for (url, states) in [
            ("https://a/?code=a&state=s&state=t&state=s", &["s", "t"][..]),
            ("https://a/?code=a&state=s#state=t", &["s", "t"]),
            ("https://a/#/route?code=a&state=s", &["s"]),
            ("https://a/?code=a&st%61te=s", &["s"]),
            ("https://a/?code=a&state=", &[]),
            ("https://a/?code=a", &[]),
        ] {
            assert_eq!(states_of(&read(url)), states, "{url}");
        }
    }

    #[test]
    fn a_response_is_told_from_the_apps_own_parameters() {
        let both = [SignIn::NonePending, SignIn::Pending];
        for (url, expected) in [
            ("https://a/?code=a&state=s", [true, true]),
            ("https://a/?error=a&state=s", [true, true]),
            ("https://a/#code=a&state=s", [true, true]),
            ("https://a/?code=a#state=s", [true, true]),
            ("https://a/#/route?error=a&state=s", [true, true]),
            ("https://a/?code=a&state=s&code=b", [true, true]),
            ("https://a/?code=SUMMER", [false, true]),
            ("https://a/?state=CA", [false, true]),
            ("https://a/?error=404", [false, true]),
            ("https://a/#state", [false, false]),
            ("https://a/?encode=a&statement=s", [false, false]),
            ("https://a/", [false, false]),
        ] {
            assert_eq!(both.map(|sign_in| is_response(url, sign_in)), expected, "{url}");
        }
    }

    #[test]
    fn errors_have_codes_of_the_table_and_unknown_ones_are_carried() {
        for (error, code) in [
            ("access_denied", ErrorCode::AccessDenied),
            ("login_required", ErrorCode::LoginRequired),
            ("consent_required", ErrorCode::ConsentRequired),
            ("interaction_required", ErrorCode::InteractionRequired),
            ("account_selection_required", ErrorCode::AccountSelectionRequired),
            ("server_error", ErrorCode::PlatformUnavailable),
            ("temporarily_unavailable", ErrorCode::PlatformUnavailable),
            ("invalid_request", ErrorCode::AuthorizationRefused),
            ("invalid_scope", ErrorCode::AuthorizationRefused),
            ("registration_not_supported", ErrorCode::AuthorizationRefused),
            ("out_of_cheese", ErrorCode::AuthorizationRefused),
            ("", ErrorCode::AuthorizationRefused),
        ] {
            let Ok(AuthorizationResult::Refused(told)) =
                read(&format!("https://a/?error={error}&state=s")).answer
            else {
                panic!()
            };
            assert_eq!((told.code, told.detail("error")), (code, Some(error)));
        }
    }

    // nextjs-auth0 CVE-2021-32702: XSS by `error` on the callback.
    #[test]
    fn error_text_stays_text() {
        let url = "https://a/?error=x&state=s&error_description=%3Cimg%20src%3Dx%3E%00%0A&error_uri=javascript:alert(1)";
        let Ok(AuthorizationResult::Refused(told)) = read(url).answer else { panic!() };
        assert_eq!(told.detail("description"), Some("<img src=x>  "));
        assert_eq!(told.detail("errorUri"), None);
    }

    // Checklist §2 row 23: `iss` missing, other, with a trailing slash.
    #[test]
    fn issuers_are_compared_as_strings() {
        let check = |iss, required| check_issuer(iss, "https://t", required).map_err(|e| e.code);
        assert_eq!(check(Some("https://t"), true), Ok(()));
        assert_eq!(check(None, false), Ok(()));
        for (iss, required) in
            [(None, true), (Some("https://t/"), false), (Some("HTTPS://T"), false), (Some(""), false)]
        {
            assert_eq!(check(iss, required), Err(ErrorCode::IssuerMismatch), "{iss:?}");
            let hint = check_issuer(iss, "https://t", required).unwrap_err().hint();
            assert_eq!(hint.contains("write `issuer: "), iss.is_some(), "{hint}");
        }
    }

    #[test]
    fn cleaning_takes_the_response_and_nothing_else() {
        for (url, clean) in [
            ("https://a/cb?code=c&state=s", "https://a/cb"),
            ("https://a/cb?a=%2f+b&code=c&state=s&b#top", "https://a/cb?a=%2f+b&b#top"),
            ("https://a/cb?c%6Fde=c&state=s", "https://a/cb"),
            ("https://a/cb#access_token=t&token_type=Bearer", "https://a/cb"),
            ("https://a/cb?error=x&error_description=y&iss=z", "https://a/cb"),
            ("https://a/cb?encode=1&statement=2", "https://a/cb?encode=1&statement=2"),
            ("https://a/cb#/route?q=1", "https://a/cb#/route?q=1"),
            ("https://a/cb#/route?code=a", "https://a/cb"),
            ("https://a/cb?", "https://a/cb"),
        ] {
            assert_eq!(cleaned(url), clean);
        }
    }

    #[test]
    fn the_redirect_uri_is_compared_as_text() {
        let uri = "https://app.example/cb?own=1";
        assert!(at_redirect_uri("https://app.example/cb?code=a", uri));
        for other in
            ["https://app.example/cb/?code=a", "http://app.example/cb?code=a", "https://app.example/?code=a"]
        {
            assert!(!at_redirect_uri(other, uri), "{other}");
        }
    }

    proptest! {
        #[test]
        fn no_address_panics_and_every_cleaned_one_is_clean(tail in "[?#&=%a-z_./\\\\\u{e9}]{0,40}", name in "(code|state|id_token|error|x)", value in ".*") {
            let encoded: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
            for url in [format!("https://a/cb?{name}={encoded}&{tail}"), format!("https://a/cb{tail}#{name}={encoded}"), tail.clone()] {
                let _ = read(&url);
                let clean = cleaned(&url);
                let again = read(&clean);
                prop_assert!(again.states.is_empty(), "{clean}");
                prop_assert!(!matches!(again.answer, Ok(AuthorizationResult::Code(_))));
                prop_assert_eq!(cleaned(&clean), clean);
            }
        }
    }
}
