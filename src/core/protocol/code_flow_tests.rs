use super::*;
use crate::core::base::config::Options;
use crate::core::base::config::tests::options;
use crate::core::base::encoding::base64url;
use crate::core::protocol::authorize::{
    AuthorizationEntropy, AuthorizationSecrets, LoginOptions, build_authorization_url,
    build_authorization_url_with,
};
use crate::native::engine;

const NOW: WallTime = WallTime(1_800_000_000_000);

fn config() -> Config {
    Config::new(options()).unwrap()
}

fn started() -> Transaction {
    let entropy = AuthorizationEntropy { verifier: [1; 32], state: [2; 32], nonce: [3; 32] };
    let endpoint = "https://tenant.example/oauth2/authorize";
    build_authorization_url(&config(), endpoint, &LoginOptions::default(), &entropy, NOW).unwrap().1
}

fn judged(url: &str) -> Result<AuthorizationCode, Error> {
    let config = config();
    process_authorization_response(&config, &Metadata::of_contract(&config), &started(), url, NOW)
}

fn answer(nonce: &str, more: &str) -> String {
    let claims = format!(
        r#"{{"iss":"https://tenant.example","sub":"u","aud":"app","iat":1800000000,"exp":1800003600,"nonce":"{nonce}"}}"#
    );
    let id_token = format!("{}.{}.c2ln", base64url(r#"{"alg":"RS256"}"#), base64url(claims));
    format!(r#"{{"access_token":"at","token_type":"Bearer","id_token":"{id_token}"{more}}}"#)
}

fn state() -> String {
    started().state.expose().to_owned()
}

#[test]
fn a_callback_is_judged_in_the_clients_order() {
    let good = format!("https://app.example/callback?code=abc&state={}", state());
    assert_eq!(judged(&good).unwrap().expose(), "abc");
    assert!(judged(&format!("{good}&iss=https%3A%2F%2Ftenant.example")).is_ok());
    for (url, code) in [
        (format!("{good}&iss=https%3A%2F%2Fevil.example"), ErrorCode::IssuerMismatch),
        (good.replace("state=", "state=x"), ErrorCode::StateUnknown),
        ("https://app.example/callback?code=abc".to_owned(), ErrorCode::StateUnknown),
        (format!("{good}&state=x"), ErrorCode::CallbackInvalid),
        (format!("{good}#access_token=x"), ErrorCode::CallbackInvalid),
        ("https://app.example/callback".to_owned(), ErrorCode::CallbackInvalid),
        ("https://app.example/callback?error=access_denied".to_owned(), ErrorCode::StateUnknown),
        (good.replace("code=abc", "error=access_denied"), ErrorCode::AccessDenied),
    ] {
        assert_eq!(judged(&url).unwrap_err().code, code, "{url}");
    }
}

#[test]
fn a_callback_of_another_client_or_too_late_or_without_the_announced_iss_is_refused() {
    let url = format!("https://app.example/callback?code=abc&state={}", state());
    let config = config();
    let known = Metadata::of_contract(&config);
    let refused = |config: &Config, known: &Metadata, now| {
        process_authorization_response(config, known, &started(), &url, now).unwrap_err().code
    };
    let other = Config::new(Options { client_id: "other".into(), ..options() }).unwrap();
    assert_eq!(refused(&other, &known, NOW), ErrorCode::StateUnknown);
    assert_eq!(refused(&config, &known, NOW + LIFETIME), ErrorCode::TransactionExpired);
    let announced = Metadata { sends_iss: true, ..known };
    assert_eq!(refused(&config, &announced, NOW), ErrorCode::IssuerMismatch);
}

#[test]
fn the_exchange_is_the_contracts_form_and_its_debug_shows_no_secret() {
    let config = config();
    let known = Metadata::of_contract(&config);
    let (request, _) = token_request(&known, started(), AuthorizationCode::new("abc")).unwrap();
    let verifier = started().verifier;
    assert_eq!((request.method(), request.url.as_str()), ("POST", "https://tenant.example/oauth2/token"));
    assert_eq!(
        request.body.as_deref(),
        Some(&*format!(
            "grant_type=authorization_code&client_id=app&code=abc&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback&code_verifier={}",
            verifier.expose()
        ))
    );
    assert_eq!(format!("{request:?}"), "HttpRequest(POST https://tenant.example/oauth2/token)");
    assert!(request.headers().contains(&("content-type", "application/x-www-form-urlencoded")));
}

#[test]
fn a_token_response_gives_tokens_whose_id_token_is_this_sign_ins() {
    let config = config();
    let known = Metadata::of_contract(&config);
    let transaction = started();
    let awaited = AwaitedSignIn::of(&transaction);
    let process = |known: &Metadata, status, body: &str| {
        process_token_response(engine, &config, known, &awaited, HttpResponse { status, body }, NOW)
    };
    let good = answer(transaction.nonce.expose(), r#","expires_in":60,"refresh_token":"rt""#);
    let tokens = process(&known, 200, &good).unwrap();
    assert_eq!((tokens.access_token.expose(), tokens.expires_in), ("at", 60));
    assert_eq!(tokens.scope.as_deref(), Some("openid profile email"));
    assert!(tokens.id_token.unwrap().claims.contains("\"sub\":\"u\""));
    let without = r#"{"access_token":"at","token_type":"Bearer"}"#;
    let listed = Metadata { algorithms: Some(vec!["ES256".into()]), ..known.clone() };
    for (known, status, body, code, detail) in [
        (&known, 200, answer("another", "").as_str(), ErrorCode::IdTokenInvalid, ("check", "nonce")),
        (&known, 200, without, ErrorCode::IdTokenInvalid, ("check", "missing")),
        (&listed, 200, &good, ErrorCode::IdTokenInvalid, ("check", "alg")),
        (
            &known,
            400,
            r#"{"error":"invalid_grant"}"#,
            ErrorCode::CodeRefused,
            ("redirectUri", "https://app.example/callback"),
        ),
        (&known, 503, "", ErrorCode::PlatformUnavailable, ("status", "503")),
        (
            &known,
            200,
            "<html>",
            ErrorCode::TokenResponseInvalid,
            ("problem", "it is no JSON object within the size limit"),
        ),
    ] {
        let error = process(known, status, body).unwrap_err();
        assert_eq!((error.code, error.detail(detail.0)), (code, Some(detail.1)));
    }
}

#[test]
fn a_refresh_keeps_the_session_and_says_when_it_is_over_or_another() {
    let config = config();
    let known = Metadata::of_contract(&config);
    let transaction = started();
    let response = answer(transaction.nonce.expose(), "");
    let sign_in = process_token_response(
        engine,
        &config,
        &known,
        &AwaitedSignIn::of(&transaction),
        HttpResponse { status: 200, body: &response },
        NOW,
    )
    .unwrap()
    .id_token
    .unwrap()
    .compact;
    let process = |known: &Metadata, status, body: &str| {
        process_refresh_response(engine, &config, known, &sign_in, HttpResponse { status, body }, NOW)
    };
    assert!(process(&known, 200, &response).unwrap().id_token.is_some());
    assert!(
        process(&known, 200, r#"{"access_token":"at","token_type":"Bearer"}"#).unwrap().id_token.is_none()
    );
    let listed = Metadata { algorithms: Some(vec!["ES256".into()]), ..known.clone() };
    assert!(process(&listed, 200, &response).unwrap().id_token.is_none());
    let error = process(&known, 200, &answer("another", "")).unwrap_err();
    assert_eq!((error.code, error.detail("check")), (ErrorCode::SessionMismatch, Some("nonce")));
    let unsigned = response.replace(&base64url(r#"{"alg":"RS256"}"#), &base64url(r#"{"alg":"none"}"#));
    assert_eq!(process(&known, 200, &unsigned).unwrap_err().code, ErrorCode::SessionMismatch);
    let error = process(&known, 400, r#"{"error":"invalid_grant"}"#).unwrap_err();
    assert_eq!(error.code, ErrorCode::SessionExpired);
    let request = refresh_request(&config, &known, &RefreshToken::new("rt")).unwrap();
    assert_eq!(request.body.as_deref(), Some("grant_type=refresh_token&client_id=app&refresh_token=rt"));
}

#[test]
fn a_revocation_is_sent_where_there_is_an_endpoint_and_only_its_refusal_is_an_error() {
    let config = config();
    let contract = Metadata::of_contract(&config);
    assert!(revocation_request(&config, &contract, &RefreshToken::new("rt")).is_none());
    let mut known = contract.clone();
    known.endpoints.revocation = Some("https://tenant.example/oauth2/revoke".into());
    let request = revocation_request(&config, &known, &RefreshToken::new("rt")).unwrap();
    assert_eq!(request.body.as_deref(), Some("token=rt&token_type_hint=refresh_token&client_id=app"));
    let process = |status, body: &str| process_revocation_response(engine, HttpResponse { status, body });
    assert_eq!(process(200, ""), Ok(()));
    assert_eq!(process(503, "").unwrap_err().code, ErrorCode::PlatformUnavailable);
    let refused = process(400, r#"{"error":"unsupported_token_type"}"#).unwrap_err();
    assert_eq!(
        (refused.code, refused.detail("error")),
        (ErrorCode::TokenRequestRefused, Some("unsupported_token_type"))
    );
}

#[test]
fn metadata_and_keys_are_read_and_keys_are_chosen_for_a_token() {
    let config = config();
    assert_eq!(metadata_request(&config).url, "https://tenant.example/.well-known/openid-configuration");
    let document = |issuer: &str| {
        format!(
            r#"{{"issuer":"{issuer}","authorization_endpoint":"https://tenant.example/a","token_endpoint":"https://tenant.example/t","jwks_uri":"https://tenant.example/k"}}"#
        )
    };
    let process =
        |status, body: &str| process_metadata_response(engine, &config, HttpResponse { status, body });
    let (known, warnings) = process(200, &document("https://tenant.example")).unwrap();
    assert!(warnings.is_empty());
    assert_eq!(
        process(200, &document("https://tenant.example/")).unwrap_err().detail("check"),
        Some("issuer")
    );
    assert_eq!(process(404, "").unwrap_err().detail("check"), Some("status"));
    let endless = document("https://tenant.example") + &" ".repeat(MAX_BODY);
    assert_eq!(process(200, &endless).unwrap_err().detail("check"), Some("size"));
    assert_eq!(process(502, "").unwrap_err().code, ErrorCode::PlatformUnavailable);
    assert_eq!(jwks_request(&known).unwrap().url, "https://tenant.example/k");
    let modulus = "x".repeat(342);
    let set = format!(
        r#"{{"keys":[{{"kty":"EC","crv":"P-256"}},{{"kty":"RSA","n":"{modulus}","e":"AQAB","kid":"k"}}]}}"#
    );
    let keys = |body: &str| process_jwks_response(engine, &known, HttpResponse { status: 200, body });
    let token = |header: &str| IdToken::new(format!("{}.{}.c2ln", base64url(header), base64url("{}")));
    let keys_of =
        |header| signing_keys(engine, &known, &token(header), &keys(&set).unwrap_or_else(|_| panic!()));
    let Ok((jws, fitting)) = keys_of(r#"{"alg":"RS256","kid":"k"}"#) else { panic!() };
    assert_eq!((jws.alg.name, fitting.len()), ("RS256", 1));
    assert_eq!(signature_invalid(&known, &jws).detail("check"), Some("signature"));
    let error = keys_of(r#"{"alg":"RS256","kid":"other"}"#).err().unwrap();
    assert_eq!((error.code, error.detail("check")), (ErrorCode::SignatureInvalid, Some("kid")));
    assert_eq!(keys("[]").err().unwrap().detail("check"), Some("keys"));
}

#[test]
fn equal_secrets_are_equal() {
    assert!(same_secret("abc", "abc") && same_secret("", ""));
    assert!(!same_secret("abc", "abd") && !same_secret("abc", "abc ") && !same_secret("abc", ""));
}

#[test]
fn the_state_of_an_address_is_the_only_one_in_it() {
    assert_eq!(state_of("https://app.example/?state=x&code=y").unwrap().expose(), "x");
    assert!(state_of("https://app.example/?state=x&code=y#state=z").is_none());
    assert!(state_of("https://app.example/").is_none());
}

#[test]
fn a_harness_may_bring_its_own_verifier() {
    let secrets =
        AuthorizationSecrets::given("s", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "n").unwrap();
    let endpoint = "https://tenant.example/oauth2/authorize";
    let (url, _) =
        build_authorization_url_with(&config(), endpoint, &LoginOptions::default(), secrets, NOW).unwrap();
    assert!(url.contains("code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
}
