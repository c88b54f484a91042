//! No secret is repeated, wherever it stands and however the message is written.

use crate::corpus::{CHALLENGE, corpus};
use intelliauth_spa_sdk::explain::{Known, explain};
use intelliauth_spa_sdk::native::engine;

/// Planted in every place where a secret may stand, each another.
const PLANTED: &[(&str, &str)] = &[
    ("code", "PlantedCode7Xk3mQ8vT2sLw"),
    ("state", "PlantedState4nBv9zRq1"),
    ("nonce", "PlantedNonce2jHg6tYu8"),
    ("code_verifier", "PlantedVerifier-0123456789-abcdefghijklmnopqrstuvwxyz"),
    ("access_token", "eyJhbGciOiJub25lIn0.PlantedAccess5.c2ln"),
    ("id_token", "eyJhbGciOiJub25lIn0.PlantedIdToken6.c2ln"),
    ("refresh_token", "v1.PlantedRefresh3MjQ2ODEw"),
    ("client_secret", "PlantedSecret~9xLw2"),
    ("password", "PlantedPassword!correct-horse"),
    ("client_assertion", "eyJhbGciOiJub25lIn0.PlantedAssertion1.c2ln"),
    ("id_token_hint", "eyJhbGciOiJub25lIn0.PlantedHint8.c2ln"),
    // Misspelled and unknown names.
    ("code_verifer", "PlantedMisspelled-0123456789-abcdefghijklmnopqrstu"),
    ("clientSecret", "PlantedCamel4Case9"),
    ("sessionToken", "PlantedUnknown20111aXw5Q"),
    ("login_hint", "planted.user77@mail.example"),
];

const AUTHORIZATION: &str = "UGxhbnRlZEJhc2ljOnNlY3JldA==";
const BEARER: &str = "eyJhbGciOiJub25lIn0.PlantedBearer2.c2ln";
const COOKIE: &str = "PlantedCookie6sid7";

fn pairs(joint: &str) -> String {
    PLANTED.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(joint)
}

fn json() -> String {
    let members: Vec<_> = PLANTED.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
    format!("{{{}}}", members.join(","))
}

/// Messages of every kind with the secrets in them.
fn messages() -> Vec<String> {
    let form = pairs("&");
    let request = format!(
        "response_type=code&client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid&{form}"
    );
    let headers =
        format!("-H 'Authorization: Bearer {BEARER}' -H 'Cookie: sid={COOKIE}' -u 'app:PlantedSecret~9xLw2'");
    let har = format!(
        r#"{{"request":{{"method":"POST","url":"https://t.example/oauth2/token?{form}","headers":[{{"name":"Authorization","value":"Basic {AUTHORIZATION}"}},{{"name":"Cookie","value":"sid={COOKIE}"}}],"postData":{{"text":"grant_type=authorization_code&{form}"}}}},"response":{{"status":400,"content":{{"text":"{{\"error\":\"invalid_grant\",\"error_description\":\"The code PlantedCode7Xk3mQ8vT2sLw was used\"}}"}}}}}}"#
    );
    vec![
        format!("https://t.example/oauth2/authorize?{request}"),
        format!("https://PlantedUser:PlantedSecret~9xLw2@t.example/oauth2/authorize?{request}"),
        format!(
            "https://t.example/oauth2/authorize?response_type=code&redirect_uri=https%3A%2F%2Fapp.example%2Fcb%3Fcode%3DPlantedCode7Xk3mQ8vT2sLw%26token%3D{BEARER}&scope={BEARER}&client_id=app"
        ),
        format!(
            "https://t.example/oauth2/authorize?response_type=code&code_challenge={}&code_challenge_method=plain&state={}",
            PLANTED[3].1, PLANTED[1].1
        ),
        format!(
            "https://t.example/oauth2/authorize?response_type={BEARER}&prompt={BEARER}&max_age={BEARER}&code_challenge_method={BEARER}&state=x"
        ),
        format!(
            "https://app.example/cb?{form}&error=access_denied&error_description=The+code+PlantedCode7Xk3mQ8vT2sLw+was+refused"
        ),
        format!("https://app.example/cb?{form}"),
        format!("https://app.example/#/route?{form}"),
        format!("https://app.example/cb#{form}"),
        format!("?{form}"),
        format!("grant_type=authorization_code&{form}"),
        format!("grant_type={BEARER}&{form}"),
        format!(
            "curl https://t.example/oauth2/token {headers} -d 'grant_type=authorization_code' -d '{}'",
            pairs("' -d '")
        ),
        format!("curl https://t.example/oauth2/token {headers} --json '{}'", json()),
        format!("curl -G https://t.example/oauth2/token {headers} -d '{form}'"),
        format!(
            "POST /oauth2/token HTTP/1.1\nHost: t.example\nAuthorization: Basic {AUTHORIZATION}\nX-Key: {BEARER}\n\ngrant_type=authorization_code&{form}"
        ),
        format!(
            "fetch(\"https://t.example/oauth2/token\", {{\"headers\":{{\"authorization\":\"Bearer {BEARER}\"}},\"body\":\"{form}\",\"method\":\"POST\"}})"
        ),
        har.clone(),
        format!("{{\"log\":{{\"entries\":[{har},{har}]}}}}"),
        json(),
        format!("{{\"error\":\"invalid_grant\",{}", &json()[1..]),
        format!(
            "Access to fetch at 'https://t.example/oauth2/token?{form}' from origin 'https://app.example' has been blocked by CORS policy"
        ),
        format!(
            "Refused to display 'https://PlantedUser:x@t.example/a?{form}' in a frame because it set 'X-Frame-Options' to 'deny'."
        ),
        // What no other part of the paste names as a secret.
        r#"{"error":"invalid_grant","error_description":"Refresh token 0.PlantedOnlyHere7Mw2x was revoked"}"#.into(),
        "https://app.example/cb?error=invalid_request&error_description=state+PlantedOnlyHere7Mw2x+not+found".into(),
        format!("https://app.example/verify/PlantedOnlyHere7Mw2x/cb?code={}&state=x", PLANTED[0].1),
        "* Connected to t.example\n> POST /oauth2/token HTTP/2\n> \n< HTTP/2 400 \n< content-type: application/json\n< \n{\"error\":\"invalid_grant\",\"error_description\":\"Code PlantedOnlyHere7Mw2x not valid\"}".into(),
        // An & that was not encoded: the rest of the value is no name.
        "grant_type=password&client_id=app&username=ada&password=hunter2&Planted!x".into(),
        format!("invalid_grant: the code PlantedCode7Xk3mQ8vT2sLw of https://app.example/cb?{form} was used"),
        form,
    ]
}

#[test]
fn no_planted_secret_is_in_a_report() {
    let mut known = Vec::new();
    known.push(Known::default());
    known.push(
        Known::from_json(
            &format!(
                r#"{{"verifier":"{}","state":"PlantedKnownState9","redirectUris":["https://app.example/other"],"clientId":"other","tenant":"https://other.example","origin":"https://elsewhere.example","sentChallenge":"{CHALLENGE}","sentRedirectUri":"https://app.example/first"}}"#,
                PLANTED[3].1
            ),
            engine,
        )
        .unwrap(),
    );
    let mut secrets: Vec<&str> = PLANTED.iter().map(|(_, value)| *value).collect();
    secrets.extend([AUTHORIZATION, BEARER, COOKIE, "PlantedKnownState9", "PlantedUser"]);
    for message in messages() {
        for known in &known {
            let report = explain(&message, known, engine);
            for shown in [report.to_json(), report.to_text(), format!("{report:?}")] {
                for secret in &secrets {
                    assert!(!shown.contains(secret), "{secret} of\n{message}\nin\n{shown}");
                }
                // Whatever name it stood under.
                assert!(!shown.contains("Planted"), "of\n{message}\nin\n{shown}");
            }
        }
    }
}

#[test]
fn no_code_state_or_verifier_of_the_corpus_is_in_its_report() {
    for case in corpus() {
        let known = Known::from_json(&case.known, engine).unwrap();
        let report = explain(&case.input, &known, engine);
        let shown = report.to_json() + &report.to_text();
        for secret in [crate::corpus::VERIFIER, crate::corpus::STATE, "Xk3mQ8vT2sLw", "eyJhbGciOi"] {
            assert!(!shown.contains(secret), "{}: {secret} in\n{shown}", case.title);
        }
    }
}
