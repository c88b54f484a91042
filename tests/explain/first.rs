//! The interface, on one input of each kind.

use intelliauth_spa_sdk::explain::{Kind, Known, Report, Severity, explain};
use intelliauth_spa_sdk::native::engine;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

fn with(known: &str, input: &str) -> Report {
    explain(input, &Known::from_json(known, engine).unwrap(), engine)
}

fn good(redirect_uri: &str) -> String {
    format!(
        "https://tenant.example/oauth2/authorize?response_type=code&client_id=app&redirect_uri={redirect_uri}\
         &scope=openid+profile+email&state=_RqmqYbGlwSqLaLlULx1eA&code_challenge={CHALLENGE}&code_challenge_method=S256"
    )
}

#[test]
fn a_correct_request_has_no_finding() {
    let known = format!(
        r#"{{"redirectUris":["https://app.example/callback"],"clientId":"app","tenant":"https://tenant.example","verifier":"{VERIFIER}"}}"#
    );
    let report = with(&known, &good("https%3A%2F%2Fapp.example%2Fcallback"));
    assert_eq!((report.kind, report.findings.len()), (Kind::AuthorizationRequest, 0), "{}", report.to_text());
    assert_eq!(report.parts.len(), 9);
}

// A request that looks right may still be refused: what the platform compares it with was not given.
#[test]
fn without_registered_redirect_uris_it_is_said_that_none_was_compared() {
    let input = good("https%3A%2F%2Fapp.example%2Fcallback");
    let report = with("{}", &input);
    let [note] = report.findings.as_slice() else { panic!("{}", report.to_text()) };
    assert_eq!((note.code, note.severity), ("redirect_uri_not_compared", Severity::Note));
    assert!(note.seen.contains("https://app.example/callback"), "{}", note.seen);
    assert!(note.instead.contains("`--registered`") && note.instead.contains("`redirectUris`"));
    assert!(report.to_json().contains("redirect_uri_not_compared"));
    let text = report.to_text();
    assert!(
        text.contains("Nothing wrong was found in what could be checked.") && text.contains("--registered"),
        "{text}"
    );
    // Beside what is wrong it would be one thing more to read.
    let wrong = with("{}", &input.replace("response_type=code", "response_type=token"));
    assert!(wrong.findings.iter().all(|finding| finding.code != "redirect_uri_not_compared"));
}

#[test]
fn a_callback_is_not_said_to_have_a_code_that_it_has_not() {
    let fragment =
        "https://app.example/cb#access_token=s3cr3t-s3cr3t&token_type=bearer&state=_RqmqYbGlwSqLaLlULx1eA";
    for input in [fragment, "https://app.example/cb?state=_RqmqYbGlwSqLaLlULx1eA"] {
        let report = with("{}", input);
        assert_eq!(report.kind, Kind::AuthorizationResponse);
        assert_eq!(report.to_text().lines().next(), Some("Callback"));
    }
}

#[test]
fn a_slash_at_the_end_is_named() {
    let report = with(
        r#"{"redirectUris":["https://app.example/callback"]}"#,
        &good("https%3A%2F%2Fapp.example%2Fcallback%2F"),
    );
    let first = &report.findings[0];
    assert_eq!((first.code, first.severity), ("redirect_uri_trailing_slash", Severity::Error));
    assert!(first.seen.contains("it ends with / and the registered one does not"), "{}", first.seen);
    let range = first.range.clone().unwrap();
    assert!(good("https%3A%2F%2Fapp.example%2Fcallback%2F")[range].starts_with("redirect_uri="));
}

#[test]
fn each_kind_is_recognised() {
    let form = format!(
        "grant_type=authorization_code&client_id=app&code=abc123xyz789&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_verifier={VERIFIER}"
    );
    let inputs = [
        (good("https%3A%2F%2Fapp.example%2Fcb"), Kind::AuthorizationRequest),
        ("https://app.example/cb?code=abc123&state=_RqmqYbGlwSqLaLlULx1eA".into(), Kind::AuthorizationResponse),
        ("?code=abc123&state=_RqmqYbGlwSqLaLlULx1eA".into(), Kind::AuthorizationResponse),
        ("https://app.example/cb?error=access_denied&state=x".into(), Kind::AuthorizationError),
        (form.clone(), Kind::TokenRequest),
        (format!("curl https://tenant.example/oauth2/token \\\n  -d '{form}'"), Kind::TokenRequest),
        (format!("POST /oauth2/token HTTP/1.1\nHost: tenant.example\nContent-Type: application/x-www-form-urlencoded\n\n{form}"), Kind::TokenRequest),
        (format!(r#"fetch("https://tenant.example/oauth2/token", {{"headers":{{"content-type":"application/x-www-form-urlencoded"}},"body":"{form}","method":"POST"}});"#), Kind::TokenRequest),
        (format!(r#"{{"log":{{"entries":[{{"request":{{"method":"POST","url":"https://tenant.example/oauth2/token","headers":[],"postData":{{"mimeType":"application/x-www-form-urlencoded","text":"{form}"}}}}}}]}}}}"#), Kind::TokenRequest),
        (r#"{"error":"invalid_grant","error_description":"x"}"#.into(), Kind::TokenError),
        (r#"{"access_token":"a","token_type":"Bearer","id_token":"a.b.c"}"#.into(), Kind::TokenResponse),
        ("Access to fetch at 'https://tenant.example/oauth2/token' from origin 'http://localhost:3000' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.".into(), Kind::ConsoleMessage),
        ("Error 400: redirect_uri_mismatch".into(), Kind::TokenError),
        ("what is this".into(), Kind::Unknown),
        (String::new(), Kind::Unknown),
    ];
    for (input, kind) in inputs {
        let report = with("{}", &input);
        assert_eq!(report.kind, kind, "{input}\n{}", report.to_text());
    }
}

#[test]
fn what_is_not_recognised_says_what_to_paste() {
    let report = with("{}", "hello");
    assert_eq!(report.findings[0].code, "not_recognised");
    assert!(report.findings[0].instead.contains("curl"));
}
