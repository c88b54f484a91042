//! Requests to a provider that answers from a list: what is sent, in which order, and the result.

use super::{
    HttpResponse, NoResponse, Provider, ProviderRequest, RequestAction, RequestInput, RequestKind,
    RequestOutput, Verdict,
};
use crate::core::base::clock::{Millis, MonotonicTime, Now, WallTime};
use crate::core::base::config::{Config, tests::options};
use crate::core::base::encoding::base64url;
use crate::core::base::error::ErrorCode;
use crate::core::base::secret::{IdToken, Nonce};
use crate::core::client::notification::Revocation;
use crate::core::protocol::id_token::Purpose;
use crate::core::protocol::token::{TokenOutcome, Tokens};
use crate::native::engine;
use std::rc::Rc;

const NOW: Now = Now { wall: WallTime(1_800_000_000_000), mono: MonotonicTime(5_000) };
const METADATA: &str = r#"{"issuer":"https://tenant.example","authorization_endpoint":"https://tenant.example/a",
    "token_endpoint":"https://tenant.example/t","revocation_endpoint":"https://tenant.example/r",
    "jwks_uri":"https://tenant.example/j"}"#;
const FORM: &str = "grant_type=x";

fn provider(discovery: bool) -> Provider {
    let options = crate::core::base::config::Options { discovery, ..options() };
    Provider::new(engine, Rc::new(Config::new(options).unwrap()))
}

fn id_token(kid: &str, nonce: &str) -> String {
    let header = base64url(format!(r#"{{"alg":"ES256","kid":"{kid}"}}"#));
    let claims = format!(
        r#"{{"iss":"https://tenant.example","sub":"u","aud":"app","exp":1800003600,"iat":1800000000,"nonce":"{nonce}"}}"#
    );
    format!("{header}.{}.c2ln", base64url(claims))
}

fn tokens(kid: &str) -> String {
    format!(
        r#"{{"access_token":"at","refresh_token":"rt","token_type":"Bearer","expires_in":60,"id_token":"{}"}}"#,
        id_token(kid, "n")
    )
}

fn keys(kids: &[&str]) -> String {
    let key = |kid: &&str| format!(r#"{{"kty":"EC","crv":"P-256","x":"{kid}","y":"y","kid":"{kid}"}}"#);
    format!(r#"{{"keys":[{}]}}"#, kids.iter().map(key).collect::<Vec<_>>().join(","))
}

fn sign_in() -> RequestKind {
    RequestKind::Tokens {
        form: FORM.into(),
        purpose: Purpose::SignIn { nonce: Nonce::new("n"), max_age: None },
    }
}

fn refresh() -> RequestKind {
    RequestKind::Tokens {
        form: FORM.into(),
        purpose: Purpose::Refresh { sign_in: IdToken::new(id_token("old", "n")) },
    }
}

/// What the provider answers next.
enum Say {
    Text(u16, String),
    Nothing(NoResponse),
    Signed(Verdict),
}

const GOOD: Say = Say::Signed(Verdict::Valid);
const BAD: Say = Say::Signed(Verdict::Invalid);

fn ok(text: impl Into<String>) -> Say {
    Say::Text(200, text.into())
}

/// Runs a request on those answers: what was sent, and its result. Every answer must be asked for.
fn run(provider: &mut Provider, kind: RequestKind, says: Vec<Say>) -> (Vec<String>, RequestOutput) {
    run_at(NOW, provider, kind, says)
}

fn run_at(
    now: Now,
    provider: &mut Provider,
    kind: RequestKind,
    says: Vec<Say>,
) -> (Vec<String>, RequestOutput) {
    let mut request = ProviderRequest::new(kind);
    let (mut asked, mut says) = (Vec::new(), says.into_iter());
    let mut reply = RequestInput::Begin;
    loop {
        match request.handle(provider, now, reply) {
            RequestAction::Done(done) => {
                assert!(says.next().is_none(), "asked too little: {asked:?}");
                return (asked, done);
            }
            RequestAction::Send { url, form, timeout } => {
                assert!(timeout > Millis(0));
                let method = if form.is_some() { "POST" } else { "GET" };
                asked.push(format!("{method} {}", url.strip_prefix("https://tenant.example").unwrap()));
            }
            RequestAction::Verify { key, jws } => {
                let x = key.iter().find(|(name, _)| *name == "x").unwrap();
                asked.push(format!("verify {} by {}", jws.kid.as_deref().unwrap(), x.1));
            }
        }
        reply = match says.next().unwrap_or_else(|| panic!("asked too much: {asked:?}")) {
            Say::Text(status, body) => {
                RequestInput::Response(Ok(HttpResponse { status, body: Some(body), retry_after: Millis(0) }))
            }
            Say::Nothing(failure) => RequestInput::Response(Err(failure)),
            Say::Signed(signed) => RequestInput::Verified(signed),
        };
    }
}

fn outcome(done: RequestOutput) -> TokenOutcome {
    let RequestOutput::Tokens(outcome) = done else { panic!("no outcome") };
    outcome
}

fn good(done: RequestOutput) -> Box<Tokens> {
    match outcome(done) {
        TokenOutcome::Tokens(tokens) => tokens,
        other => panic!("{other:?}"),
    }
}

fn code(done: RequestOutput) -> (&'static str, ErrorCode) {
    match done {
        RequestOutput::Metadata(result) => ("metadata", result.unwrap_err().code),
        RequestOutput::Revoked(..) => panic!("a revocation"),
        RequestOutput::Tokens(TokenOutcome::Refused { error, grant }) => {
            (if grant { "grant" } else { "refused" }, error.code)
        }
        RequestOutput::Tokens(TokenOutcome::Indeterminate { error, .. }) => ("indeterminate", error.code),
        RequestOutput::Tokens(TokenOutcome::Unusable { error, refresh }) => {
            assert_eq!(refresh.unwrap().expose(), "rt", "it is to be revoked");
            ("unusable", error.code)
        }
        RequestOutput::Tokens(TokenOutcome::NotSent { error, .. }) => ("not sent", error.code),
        RequestOutput::Tokens(TokenOutcome::Tokens(tokens)) => panic!("{tokens:?}"),
    }
}

const VIA: &str = "GET /.well-known/openid-configuration";

#[test]
fn by_contract_the_endpoints_cost_no_request_and_the_code_one() {
    let provider = &mut provider(false);
    let (asked, done) = run(provider, RequestKind::Metadata, vec![]);
    assert!(
        asked.is_empty()
            && matches!(done, RequestOutput::Metadata(Ok(known)) if known.endpoints.token.is_some())
    );
    let (asked, done) = run(provider, sign_in(), vec![ok(tokens("a"))]);
    assert_eq!(asked, ["POST /oauth2/token"]);
    assert!(good(done).id_token.is_some());
}

#[test]
fn metadata_is_read_once_and_a_failed_reading_is_not_kept() {
    let provider = &mut provider(true);
    for (say, failure) in [
        (Say::Nothing(NoResponse::Network), ErrorCode::NetworkError),
        (Say::Nothing(NoResponse::Timeout), ErrorCode::Timeout),
        (Say::Text(404, METADATA.into()), ErrorCode::MetadataInvalid),
        (Say::Text(204, String::new()), ErrorCode::MetadataInvalid),
        (Say::Text(503, METADATA.into()), ErrorCode::PlatformUnavailable),
        (Say::Text(429, METADATA.into()), ErrorCode::RateLimited),
        (ok("{}"), ErrorCode::MetadataInvalid),
    ] {
        let (asked, done) = run(provider, RequestKind::Metadata, vec![say]);
        assert_eq!((asked, code(done)), (vec![VIA.to_owned()], ("metadata", failure)));
    }
    assert_eq!(run(provider, RequestKind::Metadata, vec![ok(METADATA)]).0, [VIA]);
    assert!(run(provider, RequestKind::Metadata, vec![]).0.is_empty());
}

#[test]
fn nothing_is_posted_before_metadata_is_known() {
    for (say, come) in [
        (Say::Nothing(NoResponse::Network), ("not sent", ErrorCode::NetworkError)),
        (ok("{}"), ("not sent", ErrorCode::MetadataInvalid)),
    ] {
        let (asked, done) = run(&mut provider(true), sign_in(), vec![say]);
        assert_eq!((asked, code(done)), (vec![VIA.to_owned()], come));
    }
}

#[test]
fn a_sign_in_is_verified_by_the_key_that_it_names() {
    let says = vec![ok(METADATA), ok(tokens("b")), ok(keys(&["a", "b"])), GOOD];
    let (asked, done) = run(&mut provider(true), sign_in(), says);
    assert_eq!(asked, [VIA, "POST /t", "GET /j", "verify b by b"]);
    assert!(good(done).id_token.is_some());
}

#[test]
fn an_unknown_kid_has_the_keys_read_again_once_a_minute_at_most() {
    let provider = &mut provider(true);
    let says = vec![ok(METADATA), ok(tokens("c")), ok(keys(&["a"])), ok(keys(&["c"])), GOOD];
    let (asked, done) = run(provider, sign_in(), says);
    assert_eq!(asked, [VIA, "POST /t", "GET /j", "GET /j", "verify c by c"]);
    good(done);
    let (asked, done) = run(provider, sign_in(), vec![ok(tokens("d"))]);
    assert_eq!((asked, code(done)), (vec!["POST /t".to_owned()], ("unusable", ErrorCode::SignatureInvalid)));
}

#[test]
fn a_named_key_that_did_not_sign_is_a_refusal_without_a_second_reading() {
    let says = vec![ok(METADATA), ok(tokens("a")), ok(keys(&["a", "a"])), BAD, BAD];
    let (asked, done) = run(&mut provider(true), sign_in(), says);
    assert_eq!(asked.len(), 5);
    assert_eq!(code(done), ("unusable", ErrorCode::SignatureInvalid));
}

#[test]
fn an_id_token_that_fails_its_checks_is_not_even_verified() {
    let says = vec![ok(METADATA), ok(tokens("a"))];
    let kind = RequestKind::Tokens {
        form: FORM.into(),
        purpose: Purpose::SignIn { nonce: Nonce::new("other"), max_age: None },
    };
    let (asked, done) = run(&mut provider(true), kind, says);
    assert_eq!((asked.len(), code(done)), (2, ("unusable", ErrorCode::IdTokenInvalid)));
}

#[test]
fn a_refresh_reads_the_keys_only_once_there_is_something_to_verify() {
    let says = vec![ok(METADATA), ok(tokens("a")), ok(keys(&["a"])), GOOD];
    let (asked, done) = run(&mut provider(true), refresh(), says);
    assert_eq!(asked, [VIA, "POST /t", "GET /j", "verify a by a"]);
    assert!(good(done).id_token.is_some());
}

// The old refresh token is spent by the answer: an ID token that cannot be verified must not end the session, and is not used.
#[test]
fn an_id_token_that_cannot_be_verified_costs_a_refresh_that_alone_and_a_sign_in_its_answer() {
    let nothing = || ok("<!doctype html>");
    let unknown = || vec![ok(keys(&["a"])), ok(keys(&["a"]))];
    let unsupported = || vec![ok(keys(&["z"])), Say::Signed(Verdict::Unsupported)];
    for (error, answers) in [
        (ErrorCode::NetworkError, &(|| vec![Say::Nothing(NoResponse::Network)]) as &dyn Fn() -> Vec<Say>),
        (ErrorCode::PlatformUnavailable, &|| vec![Say::Text(503, String::new())]),
        (ErrorCode::MetadataInvalid, &|| vec![nothing()]),
        (ErrorCode::SignatureInvalid, &unknown),
        (ErrorCode::AlgorithmUnsupported, &unsupported),
    ] {
        let says = || vec![ok(METADATA), ok(tokens("z"))].into_iter().chain(answers()).collect();
        let kept = good(run(&mut provider(true), refresh(), says()).1);
        assert_eq!((kept.refresh.unwrap().expose(), kept.id_token), ("rt", None), "{error:?}");
        assert_eq!(code(run(&mut provider(true), sign_in(), says()).1), ("unusable", error));
    }
}

#[test]
fn a_refreshed_id_token_by_no_key_of_its_name_is_of_another_session() {
    let says = vec![ok(METADATA), ok(tokens("a")), ok(keys(&["a"])), BAD];
    let (_, done) = run(&mut provider(true), refresh(), says);
    assert_eq!(code(done), ("unusable", ErrorCode::SignatureInvalid));
}

#[test]
fn claims_are_compared_also_where_the_signature_cannot_be_verified() {
    let other = tokens("z").replace(&id_token("z", "n"), &id_token("z", "other"));
    for provider in [&mut provider(true), &mut provider(false)] {
        let metadata = if provider.config.discovery { vec![ok(METADATA)] } else { vec![] };
        let says = metadata.into_iter().chain([ok(other.clone())]).collect();
        assert_eq!(code(run(provider, refresh(), says).1), ("unusable", ErrorCode::IdTokenInvalid));
    }
}

#[test]
fn metadata_narrows_the_algorithms() {
    let listed = METADATA.replacen('{', r#"{"id_token_signing_alg_values_supported":["RS256"],"#, 1);
    let says = || vec![ok(listed.clone()), ok(tokens("a"))];
    let (_, done) = run(&mut provider(true), sign_in(), says());
    let RequestOutput::Tokens(TokenOutcome::Unusable { error, .. }) = done else { panic!() };
    let detail = |name| error.detail(name).unwrap();
    assert_eq!((detail("check"), detail("expected"), detail("received")), ("alg", "RS256", "ES256"));
    assert_eq!(good(run(&mut provider(true), refresh(), says()).1).id_token, None);
}

#[test]
fn keys_that_the_app_names_are_used_without_metadata() {
    let mut options = options();
    options.endpoints.jwks = Some("https://tenant.example/keys".into());
    let provider = &mut Provider::new(engine, Rc::new(Config::new(options).unwrap()));
    let (asked, done) = run(provider, sign_in(), vec![ok(tokens("a")), ok(keys(&["a"])), BAD]);
    assert_eq!(asked, ["POST /oauth2/token", "GET /keys", "verify a by a"]);
    assert_eq!(code(done), ("unusable", ErrorCode::SignatureInvalid));
}

#[test]
fn keys_of_ten_minutes_ago_are_read_again_by_whichever_clock_moved() {
    let provider = &mut provider(true);
    run(provider, sign_in(), vec![ok(METADATA), ok(tokens("a")), ok(keys(&["a"])), GOOD]);
    let at = |wall, mono| Now { wall: NOW.wall + Millis(wall), mono: NOW.mono + Millis(mono) };
    let (asked, _) = run_at(at(599_999, 599_999), provider, refresh(), vec![ok(tokens("a")), GOOD]);
    assert_eq!(asked, ["POST /t", "verify a by a"]);
    // The device slept; and then its clock was set back.
    for now in [at(600_000, 1_000), at(-600_000, 700_000)] {
        let says = vec![ok(tokens("a")), ok(keys(&["a"])), GOOD];
        assert_eq!(run_at(now, provider, refresh(), says).0, ["POST /t", "GET /j", "verify a by a"]);
    }
    let says = vec![ok(tokens("a")), Say::Nothing(NoResponse::Network)];
    assert_eq!(good(run_at(at(2_000_000, 2_000_000), provider, refresh(), says).1).id_token, None);
}

#[test]
fn a_sign_in_without_an_id_token_is_refused_and_a_refresh_is_not() {
    let body = r#"{"access_token":"at","token_type":"Bearer"}"#;
    let (_, done) = run(&mut provider(false), sign_in(), vec![ok(body)]);
    let RequestOutput::Tokens(TokenOutcome::Unusable { error, .. }) = done else { panic!() };
    assert_eq!((error.code, error.detail("check")), (ErrorCode::IdTokenInvalid, Some("missing")));
    assert_eq!(good(run(&mut provider(false), refresh(), vec![ok(body)]).1).id_token, None);
}

#[test]
fn keys_that_cannot_be_read_again_cost_a_refresh_its_id_token_and_a_sign_in_its_answer() {
    for (say, error) in [
        (Say::Nothing(NoResponse::Network), ErrorCode::NetworkError),
        (Say::Text(404, String::new()), ErrorCode::MetadataInvalid),
        (Say::Text(503, String::new()), ErrorCode::PlatformUnavailable),
        (ok("<!doctype html>"), ErrorCode::MetadataInvalid),
    ] {
        let provider = &mut provider(true);
        let again = || match &say {
            Say::Text(status, text) => Say::Text(*status, text.clone()),
            _ => Say::Nothing(NoResponse::Network),
        };
        let first = vec![ok(METADATA), ok(tokens("z")), ok(keys(&["a"])), again()];
        let kept = good(run(provider, refresh(), first).1);
        assert_eq!((kept.refresh.unwrap().expose(), kept.id_token), ("rt", None), "{error:?}");
        let (_, done) = run(provider, sign_in(), vec![ok(tokens("z")), again()]);
        assert_eq!(code(done), ("unusable", error));
        // And the keys that were known are known still.
        let (asked, _) = run(provider, sign_in(), vec![ok(tokens("a")), GOOD]);
        assert_eq!(asked, ["POST /t", "verify a by a"]);
    }
}

// Two requests at once: keys that one reads are used by the other.
#[test]
fn keys_that_another_request_read_meanwhile_are_tried() {
    let provider = &mut provider(true);
    run(provider, sign_in(), vec![ok(METADATA), ok(tokens("a")), ok(keys(&["a"])), GOOD]);
    let unnamed = tokens("a").replace(
        &id_token("a", "n"),
        &id_token("a", "n").replacen(
            &base64url(r#"{"alg":"ES256","kid":"a"}"#),
            &base64url(r#"{"alg":"ES256"}"#),
            1,
        ),
    );
    let mut request = ProviderRequest::new(sign_in());
    request.handle(provider, NOW, RequestInput::Begin);
    let posted = HttpResponse { status: 200, body: Some(unnamed), retry_after: Millis(0) };
    assert!(matches!(
        request.handle(provider, NOW, RequestInput::Response(Ok(posted))),
        RequestAction::Verify { .. }
    ));
    run(provider, sign_in(), vec![ok(tokens("b")), ok(keys(&["b"])), GOOD]);
    let RequestAction::Verify { key, .. } =
        request.handle(provider, NOW, RequestInput::Verified(Verdict::Invalid))
    else {
        panic!()
    };
    assert!(key.contains(&("x", "b".into())));
}

#[test]
fn a_lost_answer_is_indeterminate_and_nothing_is_sent_again() {
    for failure in [(NoResponse::Timeout, ErrorCode::Timeout), (NoResponse::Network, ErrorCode::NetworkError)]
    {
        for kind in [sign_in(), refresh()] {
            let (asked, done) = run(&mut provider(false), kind, vec![Say::Nothing(failure.0)]);
            assert_eq!(
                (asked, code(done)),
                (vec!["POST /oauth2/token".to_owned()], ("indeterminate", failure.1))
            );
        }
    }
}

#[test]
fn a_revocation_is_sent_where_its_endpoint_is_known_and_its_answer_changes_nothing() {
    let kind = || RequestKind::Revoke { form: FORM.into() };
    let (asked, done) = run(&mut provider(false), kind(), vec![]);
    assert!(asked.is_empty() && matches!(done, RequestOutput::Revoked(Ok(_), None)));
    for (say, expected) in [
        (ok(""), Revocation::Revoked),
        (Say::Text(400, String::new()), Revocation::Refused("400".into())),
        (
            Say::Text(400, r#"{"error":"invalid_client"}"#.into()),
            Revocation::Refused("invalid_client".into()),
        ),
        (Say::Text(500, String::new()), Revocation::Unreachable),
        (Say::Nothing(NoResponse::Network), Revocation::Unreachable),
    ] {
        let (asked, done) = run(&mut provider(true), kind(), vec![ok(METADATA), say]);
        assert_eq!(asked, [VIA, "POST /r"]);
        assert!(matches!(done, RequestOutput::Revoked(Ok(_), Some(revocation)) if revocation == expected));
    }
}
