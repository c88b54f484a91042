//! Errands against a platform that answers from a list: what is asked, in which order, and what comes of it.

use super::super::client::sign_out::Revocation;
use super::super::clock::Now;
use super::super::config::{Config, tests::options};
use super::super::encoding::base64url;
use super::super::error::Code;
use super::super::id_token::Purpose;
use super::super::secret::{IdToken, Nonce};
use super::super::token::{Outcome, Tokens};
use super::{Answer, Done, Errand, Goal, NoAnswer, Platform, Reply, Step, Verdict};
use crate::native::engine;
use std::rc::Rc;

const NOW: Now = Now { wall: 1_800_000_000_000, mono: 5_000 };
const METADATA: &str = r#"{"issuer":"https://tenant.example","authorization_endpoint":"https://tenant.example/a",
    "token_endpoint":"https://tenant.example/t","revocation_endpoint":"https://tenant.example/r",
    "jwks_uri":"https://tenant.example/j"}"#;
const FORM: &str = "grant_type=x";

fn platform(discovery: bool) -> Platform {
    let options = super::super::config::Options { discovery, ..options() };
    Platform::new(engine, Rc::new(Config::new(options).unwrap()))
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

fn sign_in() -> Goal {
    Goal::Tokens { form: FORM.into(), purpose: Purpose::SignIn { nonce: Nonce::new("n"), max_age: None } }
}

fn refresh() -> Goal {
    Goal::Tokens {
        form: FORM.into(),
        purpose: Purpose::Refresh { sign_in: IdToken::new(id_token("old", "n")) },
    }
}

/// What the world says next.
enum Say {
    Text(u16, String),
    Nothing(NoAnswer),
    Signed(Verdict),
}

const GOOD: Say = Say::Signed(Verdict::Valid);
const BAD: Say = Say::Signed(Verdict::Invalid);

fn ok(text: impl Into<String>) -> Say {
    Say::Text(200, text.into())
}

/// Runs an errand on those answers; what was asked, and what it came to. Every answer must be asked for.
fn run(platform: &mut Platform, goal: Goal, says: Vec<Say>) -> (Vec<String>, Done) {
    run_at(NOW, platform, goal, says)
}

fn run_at(now: Now, platform: &mut Platform, goal: Goal, says: Vec<Say>) -> (Vec<String>, Done) {
    let mut errand = Errand::new(goal);
    let (mut asked, mut says) = (Vec::new(), says.into_iter());
    let mut reply = Reply::Begin;
    loop {
        match errand.step(platform, now, reply) {
            Step::Done(done) => {
                assert!(says.next().is_none(), "asked too little: {asked:?}");
                return (asked, done);
            }
            Step::Send { url, form, timeout } => {
                assert!(timeout > 0);
                let method = if form.is_some() { "POST" } else { "GET" };
                asked.push(format!("{method} {}", url.strip_prefix("https://tenant.example").unwrap()));
            }
            Step::Verify { key, jws } => {
                let x = key.iter().find(|(name, _)| *name == "x").unwrap();
                asked.push(format!("verify {} by {}", jws.kid.as_deref().unwrap(), x.1));
            }
        }
        reply = match says.next().unwrap_or_else(|| panic!("asked too much: {asked:?}")) {
            Say::Text(status, body) => {
                Reply::Answer(Ok(Answer { status, body: Some(body), retry_after: None }))
            }
            Say::Nothing(failure) => Reply::Answer(Err(failure)),
            Say::Signed(signed) => Reply::Verified(signed),
        };
    }
}

fn outcome(done: Done) -> Outcome {
    let Done::Tokens(outcome) = done else { panic!("no outcome") };
    outcome
}

fn good(done: Done) -> Box<Tokens> {
    match outcome(done) {
        Outcome::Tokens(tokens) => tokens,
        other => panic!("{other:?}"),
    }
}

fn code(done: Done) -> (&'static str, Code) {
    match done {
        Done::Metadata(result) => ("metadata", result.unwrap_err().error.code),
        Done::Revoked(..) => panic!("a revocation"),
        Done::Tokens(Outcome::Refused { error, grant }) => {
            (if grant { "grant" } else { "refused" }, error.code)
        }
        Done::Tokens(Outcome::Unclear { error, .. }) => ("unclear", error.code),
        Done::Tokens(Outcome::Mismatch { check, refresh }) => {
            assert_eq!(refresh.unwrap().expose(), "rt", "it is to be revoked");
            (check.as_str(), Code::SessionMismatch)
        }
        Done::Tokens(Outcome::Unsent { error, .. }) => ("unsent", error.code),
        Done::Tokens(Outcome::Tokens(tokens)) => panic!("{tokens:?}"),
    }
}

const VIA: &str = "GET /.well-known/openid-configuration";

#[test]
fn by_contract_the_endpoints_cost_no_request_and_the_code_one() {
    let platform = &mut platform(false);
    let (asked, done) = run(platform, Goal::Metadata, vec![]);
    assert!(asked.is_empty() && matches!(done, Done::Metadata(Ok(known)) if known.endpoints.token.is_some()));
    let (asked, done) = run(platform, sign_in(), vec![ok(tokens("a"))]);
    assert_eq!(asked, ["POST /oauth2/token"]);
    assert!(good(done).id_token.is_some());
}

#[test]
fn metadata_is_read_once_and_a_failed_reading_is_not_kept() {
    let platform = &mut platform(true);
    for (say, failure) in [
        (Say::Nothing(NoAnswer::Network), Code::NetworkError),
        (Say::Nothing(NoAnswer::Timeout), Code::Timeout),
        (Say::Text(404, METADATA.into()), Code::MetadataInvalid),
        (Say::Text(204, String::new()), Code::MetadataInvalid),
        (Say::Text(503, METADATA.into()), Code::PlatformUnavailable),
        (Say::Text(429, METADATA.into()), Code::RateLimited),
        (ok("{}"), Code::MetadataInvalid),
    ] {
        let (asked, done) = run(platform, Goal::Metadata, vec![say]);
        assert_eq!((asked, code(done)), (vec![VIA.to_owned()], ("metadata", failure)));
    }
    assert_eq!(run(platform, Goal::Metadata, vec![ok(METADATA)]).0, [VIA]);
    assert!(run(platform, Goal::Metadata, vec![]).0.is_empty());
}

#[test]
fn nothing_is_posted_before_metadata_is_known() {
    for (say, come) in [
        (Say::Nothing(NoAnswer::Network), ("unsent", Code::NetworkError)),
        (ok("{}"), ("unsent", Code::MetadataInvalid)),
    ] {
        let (asked, done) = run(&mut platform(true), sign_in(), vec![say]);
        assert_eq!((asked, code(done)), (vec![VIA.to_owned()], come));
    }
}

#[test]
fn a_sign_in_is_verified_by_the_key_that_it_names() {
    let says = vec![ok(METADATA), ok(tokens("b")), ok(keys(&["a", "b"])), GOOD];
    let (asked, done) = run(&mut platform(true), sign_in(), says);
    assert_eq!(asked, [VIA, "POST /t", "GET /j", "verify b by b"]);
    assert!(good(done).id_token.is_some());
}

#[test]
fn an_unknown_kid_has_the_keys_read_again_but_not_in_a_storm() {
    let platform = &mut platform(true);
    let says = vec![ok(METADATA), ok(tokens("c")), ok(keys(&["a"])), ok(keys(&["c"])), GOOD];
    let (asked, done) = run(platform, sign_in(), says);
    assert_eq!(asked, [VIA, "POST /t", "GET /j", "GET /j", "verify c by c"]);
    good(done);
    let (asked, done) = run(platform, sign_in(), vec![ok(tokens("d"))]);
    assert_eq!((asked, code(done)), (vec!["POST /t".to_owned()], ("refused", Code::SignatureInvalid)));
}

#[test]
fn a_named_key_that_did_not_sign_is_a_refusal_without_a_second_reading() {
    let says = vec![ok(METADATA), ok(tokens("a")), ok(keys(&["a", "a"])), BAD, BAD];
    let (asked, done) = run(&mut platform(true), sign_in(), says);
    assert_eq!(asked.len(), 5);
    assert_eq!(code(done), ("refused", Code::SignatureInvalid));
}

#[test]
fn an_id_token_that_fails_its_checks_is_not_even_verified() {
    let says = vec![ok(METADATA), ok(tokens("a"))];
    let goal = Goal::Tokens {
        form: FORM.into(),
        purpose: Purpose::SignIn { nonce: Nonce::new("other"), max_age: None },
    };
    let (asked, done) = run(&mut platform(true), goal, says);
    assert_eq!((asked.len(), code(done)), (2, ("refused", Code::IdTokenInvalid)));
}

#[test]
fn a_refresh_reads_the_keys_only_once_there_is_something_to_verify() {
    let says = vec![ok(METADATA), ok(tokens("a")), ok(keys(&["a"])), GOOD];
    let (asked, done) = run(&mut platform(true), refresh(), says);
    assert_eq!(asked, [VIA, "POST /t", "GET /j", "verify a by a"]);
    assert!(good(done).id_token.is_some());
}

// The old refresh token is spent by the answer: what cannot be verified must not cost the session, and is not shown.
#[test]
fn an_id_token_that_cannot_be_verified_costs_a_refresh_that_alone_and_a_sign_in_its_answer() {
    let nothing = || ok("<!doctype html>");
    let unknown = || vec![ok(keys(&["a"])), ok(keys(&["a"]))];
    let unsupported = || vec![ok(keys(&["z"])), Say::Signed(Verdict::Unsupported)];
    for (error, answers) in [
        (Code::NetworkError, &(|| vec![Say::Nothing(NoAnswer::Network)]) as &dyn Fn() -> Vec<Say>),
        (Code::PlatformUnavailable, &|| vec![Say::Text(503, String::new())]),
        (Code::MetadataInvalid, &|| vec![nothing()]),
        (Code::SignatureInvalid, &unknown),
        (Code::AlgorithmUnsupported, &unsupported),
    ] {
        let says = || vec![ok(METADATA), ok(tokens("z"))].into_iter().chain(answers()).collect();
        let kept = good(run(&mut platform(true), refresh(), says()).1);
        assert_eq!((kept.refresh.unwrap().expose(), kept.id_token), ("rt", None), "{error:?}");
        assert_eq!(code(run(&mut platform(true), sign_in(), says()).1), ("refused", error));
    }
}

#[test]
fn a_refreshed_id_token_by_no_key_of_its_name_is_of_another_session() {
    let says = vec![ok(METADATA), ok(tokens("a")), ok(keys(&["a"])), BAD];
    let (_, done) = run(&mut platform(true), refresh(), says);
    assert_eq!(code(done), ("signature", Code::SessionMismatch));
}

#[test]
fn claims_are_compared_also_where_the_signature_cannot_be_verified() {
    let other = tokens("z").replace(&id_token("z", "n"), &id_token("z", "other"));
    for platform in [&mut platform(true), &mut platform(false)] {
        let metadata = if platform.config.discovery { vec![ok(METADATA)] } else { vec![] };
        let says = metadata.into_iter().chain([ok(other.clone())]).collect();
        assert_eq!(code(run(platform, refresh(), says).1), ("nonce", Code::SessionMismatch));
    }
}

#[test]
fn metadata_narrows_the_algorithms() {
    let listed = METADATA.replacen('{', r#"{"id_token_signing_alg_values_supported":["RS256"],"#, 1);
    let says = || vec![ok(listed.clone()), ok(tokens("a"))];
    let (_, done) = run(&mut platform(true), sign_in(), says());
    let Done::Tokens(Outcome::Refused { error, .. }) = done else { panic!() };
    let detail = |name| error.detail(name).unwrap();
    assert_eq!((detail("check"), detail("expected"), detail("received")), ("alg", "RS256", "ES256"));
    assert_eq!(good(run(&mut platform(true), refresh(), says()).1).id_token, None);
}

#[test]
fn keys_that_the_app_names_are_used_without_metadata() {
    let mut options = options();
    options.endpoints.jwks = Some("https://tenant.example/keys".into());
    let platform = &mut Platform::new(engine, Rc::new(Config::new(options).unwrap()));
    let (asked, done) = run(platform, sign_in(), vec![ok(tokens("a")), ok(keys(&["a"])), BAD]);
    assert_eq!(asked, ["POST /oauth2/token", "GET /keys", "verify a by a"]);
    assert_eq!(code(done), ("refused", Code::SignatureInvalid));
}

#[test]
fn keys_of_ten_minutes_ago_are_read_again_by_whichever_clock_moved() {
    let platform = &mut platform(true);
    run(platform, sign_in(), vec![ok(METADATA), ok(tokens("a")), ok(keys(&["a"])), GOOD]);
    let at = |wall, mono| Now { wall: NOW.wall + wall, mono: NOW.mono + mono };
    let (asked, _) = run_at(at(599_999, 599_999), platform, refresh(), vec![ok(tokens("a")), GOOD]);
    assert_eq!(asked, ["POST /t", "verify a by a"]);
    // The device slept; and then its clock was set back.
    for now in [at(600_000, 1_000), at(-600_000, 700_000)] {
        let says = vec![ok(tokens("a")), ok(keys(&["a"])), GOOD];
        assert_eq!(run_at(now, platform, refresh(), says).0, ["POST /t", "GET /j", "verify a by a"]);
    }
    let says = vec![ok(tokens("a")), Say::Nothing(NoAnswer::Network)];
    assert_eq!(good(run_at(at(2_000_000, 2_000_000), platform, refresh(), says).1).id_token, None);
}

#[test]
fn a_sign_in_without_an_id_token_is_refused_and_a_refresh_is_not() {
    let body = r#"{"access_token":"at","token_type":"Bearer"}"#;
    let (_, done) = run(&mut platform(false), sign_in(), vec![ok(body)]);
    let Done::Tokens(Outcome::Refused { error, .. }) = done else { panic!() };
    assert_eq!((error.code, error.detail("check")), (Code::IdTokenInvalid, Some("missing")));
    assert_eq!(good(run(&mut platform(false), refresh(), vec![ok(body)]).1).id_token, None);
}

#[test]
fn keys_that_cannot_be_read_again_cost_a_refresh_its_id_token_and_a_sign_in_its_answer() {
    for (say, error) in [
        (Say::Nothing(NoAnswer::Network), Code::NetworkError),
        (Say::Text(404, String::new()), Code::MetadataInvalid),
        (Say::Text(503, String::new()), Code::PlatformUnavailable),
        (ok("<!doctype html>"), Code::MetadataInvalid),
    ] {
        let platform = &mut platform(true);
        let again = || match &say {
            Say::Text(status, text) => Say::Text(*status, text.clone()),
            _ => Say::Nothing(NoAnswer::Network),
        };
        let first = vec![ok(METADATA), ok(tokens("z")), ok(keys(&["a"])), again()];
        let kept = good(run(platform, refresh(), first).1);
        assert_eq!((kept.refresh.unwrap().expose(), kept.id_token), ("rt", None), "{error:?}");
        let (_, done) = run(platform, sign_in(), vec![ok(tokens("z")), again()]);
        assert_eq!(code(done), ("refused", error));
        // And the keys that were known are known still.
        let (asked, _) = run(platform, sign_in(), vec![ok(tokens("a")), GOOD]);
        assert_eq!(asked, ["POST /t", "verify a by a"]);
    }
}

// Two errands at once: what one reads, the other need not ask for, and does not overlook.
#[test]
fn keys_that_another_errand_read_meanwhile_are_tried() {
    let platform = &mut platform(true);
    run(platform, sign_in(), vec![ok(METADATA), ok(tokens("a")), ok(keys(&["a"])), GOOD]);
    let unnamed = tokens("a").replace(
        &id_token("a", "n"),
        &id_token("a", "n").replacen(
            &base64url(r#"{"alg":"ES256","kid":"a"}"#),
            &base64url(r#"{"alg":"ES256"}"#),
            1,
        ),
    );
    let mut errand = Errand::new(sign_in());
    errand.step(platform, NOW, Reply::Begin);
    let posted = Answer { status: 200, body: Some(unnamed), retry_after: None };
    assert!(matches!(errand.step(platform, NOW, Reply::Answer(Ok(posted))), Step::Verify { .. }));
    run(platform, sign_in(), vec![ok(tokens("b")), ok(keys(&["b"])), GOOD]);
    let Step::Verify { key, .. } = errand.step(platform, NOW, Reply::Verified(Verdict::Invalid)) else {
        panic!()
    };
    assert!(key.contains(&("x", "b".into())));
}

#[test]
fn a_lost_answer_is_unclear_and_nothing_is_sent_again() {
    for failure in [(NoAnswer::Timeout, Code::Timeout), (NoAnswer::Network, Code::NetworkError)] {
        for goal in [sign_in(), refresh()] {
            let (asked, done) = run(&mut platform(false), goal, vec![Say::Nothing(failure.0)]);
            assert_eq!((asked, code(done)), (vec!["POST /oauth2/token".to_owned()], ("unclear", failure.1)));
        }
    }
}

#[test]
fn a_revocation_is_sent_where_its_endpoint_is_known_and_its_answer_changes_nothing() {
    let goal = || Goal::Revoke { form: FORM.into() };
    let (asked, done) = run(&mut platform(false), goal(), vec![]);
    assert!(asked.is_empty() && matches!(done, Done::Revoked(Ok(_), None)));
    for (say, expected) in [
        (ok(""), Revocation::Revoked),
        (Say::Text(400, String::new()), Revocation::Refused),
        (Say::Text(500, String::new()), Revocation::Unreachable),
        (Say::Nothing(NoAnswer::Network), Revocation::Unreachable),
    ] {
        let (asked, done) = run(&mut platform(true), goal(), vec![ok(METADATA), say]);
        assert_eq!(asked, [VIA, "POST /r"]);
        assert!(matches!(done, Done::Revoked(Ok(_), Some(revocation)) if revocation == expected));
    }
}
