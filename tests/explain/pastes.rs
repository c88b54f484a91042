//! Messages as people paste them: with what stands around them in a browser, a terminal, a chat or an issue.

use crate::corpus::{CHALLENGE, STATE, VERIFIER};
use intelliauth_spa_sdk::explain::{Kind, Known, Report, explain};
use intelliauth_spa_sdk::native::engine;

fn report(input: &str) -> Report {
    let known = Known::from_json(r#"{"redirectUris":["https://app.example/cb"]}"#, engine).unwrap();
    explain(input, &known, engine)
}

/// Nothing but `code` is found.
fn only(input: &str, kind: Kind, code: &str) {
    let report = report(input);
    let codes: Vec<_> = report.findings.iter().map(|finding| finding.code).collect();
    assert_eq!((report.kind, codes), (kind, vec![code]), "{input}\n{}", report.to_text());
}

fn url() -> String {
    format!(
        "https://tenant.example/oauth2/authorize?response_type=code&client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%2F&scope=openid&state={STATE}&code_challenge={CHALLENGE}&code_challenge_method=S256"
    )
}

fn form() -> String {
    format!(
        "grant_type=authorization_code&client_id=app&code=Xk3mQ8vT2sLw&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_verifer={VERIFIER}"
    )
}

#[test]
fn an_authorization_request_in_whatever_stands_around_it() {
    let url = url();
    let path = url.strip_prefix("https://tenant.example").unwrap();
    let query = url.split_once('?').unwrap().1;
    for input in [
        url.clone(),
        format!("  {url}\n"),
        format!("\"{url}\""),
        format!("'{url}'"),
        format!("`{url}`"),
        format!("<{url}>"),
        format!("“{url}”"),
        format!("({url})"),
        format!("```\n{url}\n```"),
        format!("{url}."),
        format!("{url},"),
        format!("[sign in]({url})"),
        format!("\u{feff}{url}"),
        format!("GET {url}"),
        format!("GET {url} HTTP/1.1"),
        format!("GET {path} HTTP/1.1\r\nHost: tenant.example\r\nUser-Agent: Mozilla/5.0\r\n\r\n"),
        format!("Request URL: {url}"),
        format!("Location: {url}"),
        format!("< location: {url}"),
        format!("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {url}\r\n"),
        format!("Navigated to {url}"),
        format!("10:02:03.456 Navigated to {url} app.js:12"),
        format!("Please look at {url} and tell me why it fails."),
        format!("window.location.href = \"{url}\";"),
        format!("<a href=\"{url}\">Sign in</a>"),
        url.replace('&', "\n&"),
        url.replace('?', "\n?").replace('&', "\n  &"),
        url.replace('&', "&\n    "),
        format!("{}\n{}", &url[..75], &url[75..]),
        url.replace('&', "&\r\n"),
        query.to_owned(),
        format!("?{query}"),
        path.to_owned(),
        query.replace('&', "\n").replace('=', ": ").replace("%3A", ":").replace("%2F", "/"),
        format!("curl -v '{url}'"),
        format!("curl \"{url}\" \\\n  -H 'accept: text/html' \\\n  --compressed"),
        format!(
            "curl ^\"{}^\" ^\n  -H ^\"accept: text/html^\" ^\n  --compressed",
            url.replace('%', "^%").replace('&', "^&")
        ),
        format!("fetch(\"{url}\", {{\n  \"headers\": {{}},\n  \"body\": null,\n  \"method\": \"GET\"\n}});"),
    ] {
        only(&input, Kind::AuthorizationRequest, "redirect_uri_trailing_slash");
    }
}

#[test]
fn a_token_request_in_whatever_stands_around_it() {
    let form = form();
    let quoted = form.replace('&', "' -d '");
    let listed = form.replace("%3A", ":").replace("%2F", "/").replace('&', "\n").replacen('=', ": ", 1);
    let listed: String = listed.lines().map(|line| line.replacen('=', ": ", 1) + "\n").collect();
    let endpoint = "https://tenant.example/oauth2/token";
    for input in [
        form.clone(),
        format!("\"{form}\""),
        format!("'{form}'"),
        form.replace('&', "\n&"),
        form.replace('&', "&\n"),
        listed,
        format!("curl {endpoint} -d '{form}'"),
        format!("$ curl -s -X POST {endpoint} --data-raw \"{form}\" | jq ."),
        format!("curl -XPOST {endpoint} -d '{quoted}'"),
        format!(
            "curl -i {endpoint} \\\n  --header 'Content-Type: application/x-www-form-urlencoded' \\\n  --data '{form}'"
        ),
        format!(
            "curl --location '{endpoint}' --header 'Content-Type: application/x-www-form-urlencoded' --data-urlencode 'grant_type=authorization_code' --data-urlencode 'client_id=app' --data-urlencode 'code=Xk3mQ8vT2sLw' --data-urlencode 'redirect_uri=https://app.example/cb' --data-urlencode 'code_verifer={VERIFIER}'"
        ),
        format!(
            "curl '{endpoint}' -H 'content-type: application/x-www-form-urlencoded' --data-raw $'{}'",
            form.replace('_', "\\u005f")
        ),
        format!(
            "curl.exe ^\"{endpoint}^\" ^\r\n  -H ^\"content-type: application/x-www-form-urlencoded^\" ^\r\n  --data-raw ^\"{}^\"",
            form.replace('&', "^&").replace('%', "^%")
        ),
        format!("POST {endpoint}\nContent-Type: application/x-www-form-urlencoded\n\n{form}"),
        format!(
            "POST /oauth2/token HTTP/1.1\nHost: tenant.example\nContent-Type: application/x-www-form-urlencoded\n{}",
            form.replace('&', "\n&")
        ),
        format!(
            "await fetch(\"{endpoint}\", {{\n    \"credentials\": \"omit\",\n    \"headers\": {{ \"Content-Type\": \"application/x-www-form-urlencoded\" }},\n    \"body\": \"{form}\",\n    \"method\": \"POST\",\n    \"mode\": \"cors\"\n}});"
        ),
        format!(
            r#"{{"request":{{"method":"POST","url":"{endpoint}","headers":[{{"name":"content-type","value":"application/x-www-form-urlencoded"}}],"postData":{{"mimeType":"application/x-www-form-urlencoded","text":"{form}"}}}}}}"#
        ),
    ] {
        only(&input, Kind::TokenRequest, "parameter_misspelled");
    }
}

#[test]
fn a_refusal_in_whatever_stands_around_it() {
    let json = r#"{"error":"invalid_grant","error_description":"PKCE verification failed"}"#;
    for input in [
        json.to_owned(),
        format!("'{json}'"),
        format!("Error: {json}"),
        format!("400 Bad Request: {json}"),
        format!("HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n\r\n{json}"),
        format!("Response: {json}\n    at fetch (app.js:1:2)"),
        "Object { error: \"invalid_grant\", error_description: \"PKCE verification failed\" }".to_owned(),
        "invalid_grant (PKCE verification failed)".to_owned(),
        format!(r#"{{"status":400,"data":{json}}}"#),
        format!(
            r#"{{"message":"Request failed with status code 400","response":{{"status":400,"data":{json}}}}}"#
        ),
        format!(
            "> POST /oauth2/token HTTP/2\n> Host: tenant.example\n>\n< HTTP/2 400\n< content-type: application/json\n<\n{json}"
        ),
    ] {
        let report = report(&input);
        assert_eq!(report.kind, Kind::TokenError, "{input}");
        assert_eq!(report.findings[0].code, "cause_verifier_mismatch", "{input}\n{}", report.to_text());
    }
}

#[test]
fn a_callback_in_whatever_stands_around_it() {
    let url = format!("https://app.example/cb?code=Xk3mQ8vT2sLw&state={STATE}&state={STATE}");
    for input in [
        url.clone(),
        format!("'{url}'"),
        format!("GET {url} 404 (Not Found)"),
        format!("GET /cb?code=Xk3mQ8vT2sLw&state={STATE}&state={STATE} HTTP/1.1\nHost: app.example"),
        format!("Redirected to {url}."),
        format!("?code=Xk3mQ8vT2sLw&state={STATE}&state={STATE}"),
        format!("code=Xk3mQ8vT2sLw&state={STATE}&state={STATE}"),
    ] {
        only(&input, Kind::AuthorizationResponse, "parameter_repeated");
    }
}

#[test]
fn every_error_of_this_sdk_in_whatever_stands_around_it() {
    use intelliauth_spa_sdk::core::base::error::TABLE;
    for row in TABLE {
        let code = row.code;
        let parts = row.summary.split('[').map(|part| part.split_once(']').map_or(part, |(_, after)| after));
        let summary: String = parts.collect();
        for input in [
            format!(
                r#"{{"name":"IntelliAuthError","hint":"","code":"{code}","transient":false,"details":{{}}}}"#
            ),
            format!(r#"{{"level":"error","error":{{"code":"{code}","details":{{}}}}}}"#),
            format!("IntelliAuthError: {summary}\n    at errorOf (client.js:1:2)"),
            format!("Uncaught (in promise) IntelliAuthError: {summary}"),
            format!(
                "IntelliAuthError: …\n    at x (node:internal/y:1:2) {{\n  hint: '',\n  code: '{code}',\n  details: {{}}\n}}"
            ),
            format!("Object {{ code: \"{code}\", transient: false, details: {{}} }}"),
            format!("{code} {summary}"),
        ] {
            let report = report(&input);
            assert_eq!(report.kind, Kind::SdkError, "{input}");
            let link = format!("https://github.com/intelliauth/spa-sdk/blob/main/docs/errors.md#{code}");
            let last = report.findings.iter().find(|finding| finding.code == "sdk_error");
            assert!(last.is_some_and(|last| last.instead.ends_with(&link)), "{input}\n{}", report.to_text());
        }
    }
}

#[test]
fn a_code_that_platforms_answer_with_too_is_theirs_where_it_stands_alone() {
    for (input, kind) in [
        ("state_unknown", Kind::SdkError),
        ("timeout", Kind::SdkError),
        ("state_unknown: it happened again", Kind::SdkError),
        ("access_denied", Kind::TokenError),
        (r#"{"error":"access_denied","error_description":"no"}"#, Kind::TokenError),
        ("the request ran into a timeout", Kind::Unknown),
    ] {
        assert_eq!(report(input).kind, kind, "{input}");
    }
}

#[test]
fn what_an_error_of_this_sdk_says_is_filled_in_and_the_rest_of_the_paste_is_not_repeated() {
    let report = report(
        "IntelliAuthError: The ID token was refused\n  at https://app.example/?code=Xk3mQ8vT2sLw {\n  code: 'id_token_invalid',\n  details: { check: 'iss', expected: 'https://a.example', received: 'https://b.example', option: 'issuer', secret: 'hunter22' }\n}",
    );
    assert!(
        report.findings[0].instead.starts_with("If https://b.example is your platform"),
        "{}",
        report.to_text()
    );
    assert!(report.findings[0].seen.contains("expected https://a.example, received https://b.example."));
    let text = report.to_text() + &report.to_json();
    assert!(!text.contains("hunter22") && !text.contains("Xk3mQ8vT2sLw"), "{text}");
}

#[test]
fn what_source_code_computes_is_not_judged() {
    let report = report(
        "const body = new URLSearchParams({ ...common, grant_type: 'authorization_code', code_verifier: verifier, 'redirect_uri': `${origin}/cb` });",
    );
    assert_eq!(report.kind, Kind::TokenRequest);
    assert_eq!(report.findings, [], "{}", report.to_text());
    assert!(report.parts.iter().any(|part| part.name == "code_verifier" && part.value == "(computed)"));
}

#[test]
fn source_code_without_a_request_says_what_can_be_pasted() {
    let report = report("const state = params.get('state');\nif (state !== stored) throw new Error('code');");
    assert_eq!(report.findings[0].code, "not_recognised");
    assert!(report.findings[0].seen.contains("source code"));
    assert!(report.findings[0].instead.contains("curl"));
}

#[test]
fn what_marks_a_finding_is_where_it_stands_in_the_paste() {
    let json = form().replace('_', "\\u005f");
    let input = format!(
        r#"{{"request":{{"comment":"é","method":"POST","url":"https://t.example/oauth2/token","postData":{{"text":"{json}"}}}}}}"#
    );
    let report = report(&input);
    let finding = report.findings.iter().find(|finding| finding.code == "parameter_misspelled").unwrap();
    assert!(input[finding.range.clone().unwrap()].starts_with("code\\u005fverifer="));
}

#[test]
fn a_token_alone_is_not_taken_for_anything() {
    let report = report("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyIn0.c2ln");
    assert_eq!(report.findings[0].code, "not_recognised");
    assert!(report.findings[0].seen.contains("token"));
}
