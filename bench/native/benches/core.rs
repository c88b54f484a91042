//! The core beside the crates `oauth2` and `openidconnect`, on the same work. Random values are drawn in both.

mod runner;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use intelliauth_spa_sdk::core::base::clock::{Millis, WallTime};
use intelliauth_spa_sdk::core::base::config::{Config, Options};
use intelliauth_spa_sdk::core::base::encoding::base64url;
use intelliauth_spa_sdk::core::protocol::code_flow::{
    self, AuthorizationEntropy, AwaitedSignIn, HttpResponse, LoginOptions, Metadata, Transaction,
};
use intelliauth_spa_sdk::core::protocol::token;
use intelliauth_spa_sdk::native::engine;
use oauth2::basic::{BasicClient, BasicTokenResponse};
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, RedirectUrl, Scope, TokenUrl};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreTokenResponse,
};
use openidconnect::{IssuerUrl, Nonce, OAuth2TokenResponse, TokenResponse};
use std::hint::black_box;

pub(crate) const TENANT: &str = "https://tenant.example";
pub(crate) const CLIENT: &str = "your-client-id";
pub(crate) const REDIRECT: &str = "https://app.example/callback";
const SCOPES: [&str; 3] = ["openid", "profile", "email"];

pub(crate) fn config() -> Config {
    Config::new(Options {
        tenant_url: TENANT.into(),
        client_id: CLIENT.into(),
        redirect_uri: REDIRECT.into(),
        ..Options::default()
    })
    .expect("options as documented")
}

/// In milliseconds since 1970.
pub(crate) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.expect("a clock").as_millis() as i64
}

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("a random source");
    bytes
}

fn entropy() -> AuthorizationEntropy {
    AuthorizationEntropy { verifier: random(), state: random(), nonce: random() }
}

/// A token response as a provider sends it. The ID token's signature is none: nobody here looks at it.
pub(crate) fn token_response(nonce: &str) -> String {
    let seconds = now() / 1000;
    let claims = serde_json::json!({
        "iss": TENANT, "sub": "usr_ada", "aud": CLIENT, "iat": seconds, "exp": seconds + 86_400, "nonce": nonce,
        "name": "Ada Lovelace", "email": "ada@example.com", "email_verified": true,
    });
    let header = base64url(r#"{"alg":"RS256","typ":"JWT","kid":"one"}"#);
    let id_token = format!("{header}.{}.{}", base64url(claims.to_string()), base64url([7; 256]));
    serde_json::json!({
        "access_token": "x".repeat(43), "token_type": "Bearer", "expires_in": 300, "refresh_token": "y".repeat(43),
        "scope": "openid profile email", "id_token": id_token,
    })
    .to_string()
}

fn begin(config: &Config) -> (String, Transaction) {
    let endpoint = "https://tenant.example/oauth2/authorize";
    let options = LoginOptions::default();
    code_flow::build_authorization_url(config, endpoint, &options, &entropy(), WallTime(now()))
        .expect("a sign-in without options")
}

fn authorize(c: &mut Criterion) {
    let mut group = c.benchmark_group("PKCE and authorize URL");
    let config = config();
    group.bench_function("intelliauth", |b| b.iter(|| begin(black_box(&config))));
    let client = BasicClient::new(ClientId::new(CLIENT.into()))
        .set_auth_uri(AuthUrl::new(format!("{TENANT}/oauth2/authorize")).expect("an address"))
        .set_redirect_uri(RedirectUrl::new(REDIRECT.into()).expect("an address"));
    group.bench_function("oauth2", |b| {
        b.iter(|| {
            let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
            let scopes = SCOPES.map(|scope| Scope::new(scope.into()));
            let asked = black_box(&client).authorize_url(CsrfToken::new_random).add_scopes(scopes);
            let (url, state) = asked.set_pkce_challenge(challenge).url();
            (String::from(url), state, verifier)
        })
    });
    let issuer = IssuerUrl::new(TENANT.into()).expect("an address");
    let client = CoreClient::new(ClientId::new(CLIENT.into()), issuer, CoreJsonWebKeySet::default())
        .set_auth_uri(AuthUrl::new(format!("{TENANT}/oauth2/authorize")).expect("an address"))
        .set_redirect_uri(RedirectUrl::new(REDIRECT.into()).expect("an address"));
    group.bench_function("openidconnect", |b| {
        b.iter(|| {
            let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
            let flow = CoreAuthenticationFlow::AuthorizationCode;
            let asked = black_box(&client).authorize_url(flow, CsrfToken::new_random, Nonce::new_random);
            let scopes = SCOPES[1..].iter().map(|scope| Scope::new((*scope).into()));
            let (url, state, nonce) = asked.add_scopes(scopes).set_pkce_challenge(challenge).url();
            (String::from(url), state, nonce, verifier)
        })
    });
    group.finish();
}

fn callback(c: &mut Criterion) {
    let mut group = c.benchmark_group("Callback");
    let config = config();
    let provider = Metadata::of_contract(&config);
    let (_, transaction) = begin(&config);
    let state = transaction.state.expose().to_owned();
    let url = format!("{REDIRECT}?code={}&state={state}&iss=https%3A%2F%2Ftenant.example", "c".repeat(43));
    group.bench_function("intelliauth", |b| {
        b.iter(|| {
            let read = code_flow::process_authorization_response(
                black_box(&config),
                &provider,
                &transaction,
                black_box(&url),
                WallTime(now()),
            );
            read.expect("an answer to this sign-in")
        })
    });
    // As the example of oauth2 reads it: it has nothing of its own for this.
    group.bench_function("oauth2", |b| {
        b.iter(|| {
            let url = url::Url::parse(black_box(&url)).expect("an address");
            let find = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value);
            let code = oauth2::AuthorizationCode::new(find("code").expect("a code").into_owned());
            assert_eq!(find("state").expect("a state"), state.as_str());
            code
        })
    });
    group.finish();
}

fn tokens(c: &mut Criterion) {
    let mut group = c.benchmark_group("Token response");
    let body = token_response("nonce");
    group.bench_function("intelliauth", |b| {
        b.iter(|| token::process_token_response(engine, 200, Some(black_box(&body)), Millis(0)))
    });
    group.bench_function("oauth2", |b| {
        b.iter(|| {
            let read: BasicTokenResponse = serde_json::from_str(black_box(&body)).expect("tokens");
            assert!(read.expires_in().is_some());
            read
        })
    });
    group.finish();

    let mut group = c.benchmark_group("Token response and its ID token's claims");
    let config = config();
    let provider = Metadata::of_contract(&config);
    let (_, transaction) = begin(&config);
    let body = token_response(transaction.nonce.expose());
    let nonce = Nonce::new(transaction.nonce.expose().to_owned());
    let awaited = AwaitedSignIn::of(&transaction);
    group.bench_function("intelliauth", |b| {
        b.iter(|| {
            let response = HttpResponse { status: 200, body: black_box(&body) };
            let read = code_flow::process_token_response(
                engine,
                &config,
                &provider,
                &awaited,
                response,
                WallTime(now()),
            );
            read.expect("tokens of this sign-in")
        })
    });
    let issuer = IssuerUrl::new(TENANT.into()).expect("an address");
    let keys = CoreJsonWebKeySet::default();
    let verifier = CoreIdTokenVerifier::new_public_client(ClientId::new(CLIENT.into()), issuer, keys)
        .insecure_disable_signature_check();
    group.bench_function("openidconnect", |b| {
        b.iter(|| {
            let read: CoreTokenResponse = serde_json::from_str(black_box(&body)).expect("tokens");
            let claims = read.id_token().expect("an ID token").claims(&verifier, &nonce).expect("its claims");
            assert_eq!(claims.subject().as_str(), "usr_ada");
            read
        })
    });
    group.finish();
}

fn client(c: &mut Criterion) {
    let mut group = c.benchmark_group("One step of the client");
    let mut signed_in = runner::signed_in();
    group.bench_function("a token that is valid", |b| b.iter(|| signed_in.token()));
    group.bench_function("sign-in, from start to tokens", |b| {
        b.iter_batched(|| (), |()| runner::signed_in(), BatchSize::SmallInput)
    });
    group.finish();
}

// Named for what would otherwise be unused.
const _: fn(String) -> Result<TokenUrl, url::ParseError> = TokenUrl::new;

criterion_group!(benches, authorize, callback, tokens, client);
criterion_main!(benches);
