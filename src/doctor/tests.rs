use super::*;
use crate::core::base::config::Options;
use crate::core::base::config::tests::options;
use crate::native::engine;

const NOW: WallTime = WallTime(1_800_000_000_000);

fn doctor(probe: bool, change: impl FnOnce(&mut Options)) -> Doctor {
    let mut options = options();
    change(&mut options);
    let entropy = AuthorizationEntropy { verifier: [1; 32], state: [2; 32], nonce: [3; 32] };
    let config = Config::new(options).unwrap();
    Doctor::new(engine, Setup { config, origin: "https://app.example".into(), probe, entropy })
}

fn metadata(more: &str) -> String {
    format!(
        r#"{{"issuer":"https://tenant.example","authorization_endpoint":"https://tenant.example/oauth2/authorize","token_endpoint":"https://tenant.example/oauth2/token","jwks_uri":"https://tenant.example/jwks","code_challenge_methods_supported":["S256"],"response_types_supported":["code"]{more}}}"#
    )
}

fn good(question: Question) -> (u16, String, Option<String>) {
    let key = format!(r#"{{"keys":[{{"kty":"RSA","n":"{}","e":"AQAB"}}]}}"#, "x".repeat(342));
    match question {
        Question::Metadata => (200, metadata(""), None),
        Question::Keys => (200, key, None),
        Question::AuthorizationEndpoint => (400, String::new(), None),
        Question::TokenPreflight => (204, String::new(), None),
        Question::AuthorizationRequest => {
            (303, String::new(), Some("https://app.example/callback?error=login_required&state=x".into()))
        }
        Question::TokenRequest => (400, r#"{"error":"invalid_grant"}"#.into(), None),
    }
}

/// Runs to the end; what differs from a good platform comes from `change`. Answers with the findings' codes.
fn run(doctor: &mut Doctor, mut change: impl FnMut(Question, &mut Answer<'_>)) -> Vec<&'static str> {
    while let Some(probe) = doctor.next_probe(NOW).unwrap() {
        let question = probe.question;
        let (status, body, location) = good(question);
        let allow_origin = Some("https://app.example".to_owned());
        let mut answer = Answer { status, body: &body, allow_origin, location, date: Some(NOW) };
        change(question, &mut answer);
        doctor.answered(&answer, NOW);
    }
    doctor.findings().iter().map(|finding| finding.code).collect()
}

#[test]
fn a_good_platform_has_no_finding_and_every_check_is_told() {
    let mut good = doctor(true, |_| ());
    assert_eq!(run(&mut good, |_, _| ()), [] as [&str; 0]);
    let names: Vec<_> = good.checks().iter().map(|check| check.name).collect();
    assert_eq!(
        names,
        [
            "clock",
            "metadata",
            "issuer",
            "PKCE",
            "keys",
            "authorization endpoint",
            "token endpoint",
            "redirect URI",
            "token request"
        ]
    );
    assert!(good.checks().iter().all(|check| check.outcome == Outcome::Good));
}

#[test]
fn without_probe_nothing_is_sent_that_may_look_like_an_attack() {
    let mut careful = doctor(false, |_| ());
    let mut asked = Vec::new();
    run(&mut careful, |question, _| asked.push(question));
    assert_eq!(asked, &QUESTIONS[..4]);
}

#[test]
fn nothing_is_sent_to_another_origin() {
    let mut elsewhere = doctor(true, |options| {
        options.endpoints.jwks = Some("https://cdn.example/jwks".into());
        options.tenant_url = "https://other.example".into();
        options.issuer = Some("https://tenant.example".into());
    });
    let mut asked = Vec::new();
    while let Some(probe) = elsewhere.next_probe(NOW).unwrap() {
        asked.push(probe.url.clone());
        let answer = Answer { status: 404, body: "", allow_origin: None, location: None, date: None };
        elsewhere.answered(&answer, NOW);
    }
    // The keys' address the app names itself; the tenant's endpoints are on neither the issuer's origin nor named.
    assert_eq!(
        asked,
        ["https://tenant.example/.well-known/openid-configuration", "https://cdn.example/jwks"]
    );
}

#[test]
fn each_mistake_has_its_finding() {
    type Change = fn(Question, &mut Answer<'_>);
    let cases: [(&str, Change); 16] = [
        ("metadata_not_found", |question, answer| {
            if question == Question::Metadata {
                answer.status = 404;
            }
        }),
        ("issuer_mismatch", |question, answer| {
            if question == Question::Metadata {
                answer.body = r#"{"issuer":"https://tenant.example/"}"#;
            }
        }),
        ("metadata_invalid", |question, answer| {
            if question == Question::Metadata {
                answer.body =
                    r#"{"issuer":"https://tenant.example","authorization_endpoint":"https://evil.example/"}"#;
            }
        }),
        ("pkce_not_supported", |question, answer| {
            if question == Question::Metadata {
                answer.body =
                    r#"{"issuer":"https://tenant.example","code_challenge_methods_supported":["plain"]}"#;
            }
        }),
        ("no_signing_key", |question, answer| {
            if question == Question::Keys {
                answer.body = r#"{"keys":[{"kty":"oct","k":"x"}]}"#;
            }
        }),
        ("no_signing_key", |question, answer| {
            if question == Question::Keys {
                answer.body = "<html>";
            }
        }),
        ("endpoint_not_found", |question, answer| {
            if question == Question::AuthorizationEndpoint {
                answer.status = 404;
            }
        }),
        ("platform_unavailable", |question, answer| {
            if question == Question::TokenPreflight {
                answer.status = 503;
            }
        }),
        ("cors_origin_not_allowed", |question, answer| {
            if question == Question::TokenPreflight {
                answer.allow_origin = Some("https://app.example:444".into());
            }
        }),
        ("preflight_not_answered", |question, answer| {
            if question == Question::TokenPreflight {
                answer.status = 405;
            }
        }),
        ("redirect_uri_not_registered", |question, answer| {
            if question == Question::AuthorizationRequest {
                (answer.status, answer.location) = (400, None);
            }
        }),
        ("authorization_refused", |question, answer| {
            if question == Question::AuthorizationRequest {
                answer.location = Some("https://app.example/callback?error=invalid_scope&state=x".into());
            }
        }),
        ("client_refused", |question, answer| {
            if question == Question::TokenRequest {
                answer.body = r#"{"error":"invalid_client"}"#;
            }
        }),
        ("token_request_refused", |question, answer| {
            if question == Question::TokenRequest {
                answer.body = r#"{"error":"unsupported_grant_type"}"#;
            }
        }),
        ("cors_origin_not_allowed", |question, answer| {
            if question == Question::TokenRequest {
                (answer.allow_origin, answer.body) = (None, r#"{"error":"invalid_request"}"#);
            }
        }),
        ("token_endpoint_unusable", |question, answer| {
            if question == Question::TokenRequest {
                (answer.status, answer.body) = (200, "<html>");
            }
        }),
    ];
    for (code, change) in cases {
        assert_eq!(run(&mut doctor(true, |_| ()), change), [code]);
    }
}

#[test]
fn what_the_metadata_lacks_is_told() {
    for (more, code) in [
        (
            r#","token_endpoint_auth_methods_supported":["client_secret_basic"]"#,
            "public_clients_not_announced",
        ),
        (r#","grant_types_supported":["authorization_code"]"#, "refresh_not_announced"),
        (r#","response_types_supported":["id_token"]"#, "code_flow_not_supported"),
        (r#","code_challenge_methods_supported":null"#, "pkce_not_announced"),
        (r#","token_endpoint":"https://tenant.example/token""#, "endpoints_differ"),
        (r#","revocation_endpoint":"https://evil.example/""#, "metadata_invalid"),
    ] {
        let body = metadata(more);
        let mut asked = doctor(false, |_| ());
        let probe = asked.next_probe(NOW).unwrap().unwrap();
        assert_eq!(probe.question, Question::Metadata);
        let allow_origin = Some("*".to_owned());
        let answer = Answer { status: 200, body: &body, allow_origin, location: None, date: None };
        asked.answered(&answer, NOW);
        assert_eq!(asked.findings().first().map(|finding| finding.code), Some(code), "{more}");
    }
}

#[test]
fn clocks_may_differ_a_little() {
    for (ahead, code, severity) in [
        (29, None, Severity::Note),
        (-31, Some("clock_off"), Severity::Warning),
        (301, Some("clock_off"), Severity::Error),
    ] {
        let mut late = doctor(false, |_| ());
        run(&mut late, |_, answer| answer.date = Some(WallTime(NOW.0 - 1000 * ahead)));
        let findings = late.findings();
        assert_eq!(findings.first().map(|finding| finding.code), code);
        assert!(code.is_none() || findings[0].severity == severity);
    }
}

#[test]
fn who_cannot_be_reached_is_asked_no_more_and_the_reason_is_told() {
    for (reason, code) in [
        ("ENOTFOUND", "host_unknown"),
        ("ECONNREFUSED", "nothing_listens"),
        ("CERT_HAS_EXPIRED", "tls_refused"),
        ("DEPTH_ZERO_SELF_SIGNED_CERT", "tls_refused"),
        ("ERR_TLS_CERT_ALTNAME_INVALID", "tls_refused"),
        ("timeout", "no_answer"),
    ] {
        let mut alone = doctor(true, |_| ());
        assert!(alone.next_probe(NOW).unwrap().is_some());
        alone.unanswered(reason);
        assert!(alone.next_probe(NOW).unwrap().is_none());
        assert_eq!(alone.findings().iter().map(|finding| finding.code).collect::<Vec<_>>(), [code]);
        assert_eq!(alone.checks().len(), QUESTIONS.len());
    }
}

#[test]
fn a_plain_redirect_uri_is_told() {
    let mut plain = doctor(false, |options| options.redirect_uri = "http://app.example/callback".into());
    assert_eq!(run(&mut plain, |_, _| ()), ["redirect_uri_plain_http"]);
}
