//! The core beside the crates `oauth2` and `openidconnect`, on the same work. Random values are drawn in both.

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use intelliauth_bench_native::{
    CLIENT, REDIRECT, TENANT, begin, callback_url, config, entropy, signed_in, token_outcome, token_response,
};
use oauth2::basic::{BasicClient, BasicTokenResponse};
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, RedirectUrl, Scope, TokenUrl};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreTokenResponse,
};
use openidconnect::{IssuerUrl, Nonce, OAuth2TokenResponse, TokenResponse};
use std::hint::black_box;

const SCOPES: [&str; 3] = ["openid", "profile", "email"];

fn random() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("a random source");
    bytes
}

fn authorize(c: &mut Criterion) {
    let mut group = c.benchmark_group("PKCE and authorize URL");
    let config = config();
    group.bench_function("intelliauth", |b| b.iter(|| begin(&config, entropy(random))));
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
    let (_, transaction) = begin(&config, entropy(random));
    let state = transaction.state.expose().to_owned();
    let url = callback_url(&transaction);
    group.bench_function("intelliauth", |b| {
        b.iter(|| intelliauth_bench_native::callback(&config, &url, &transaction))
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
    group.bench_function("intelliauth", |b| b.iter(|| token_outcome(&body)));
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
    let (_, transaction) = begin(&config, entropy(random));
    let body = token_response(transaction.nonce.expose());
    let nonce = Nonce::new(transaction.nonce.expose().to_owned());
    group.bench_function("intelliauth", |b| {
        b.iter(|| intelliauth_bench_native::tokens(&config, &body, &transaction))
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
    let mut page = signed_in(random);
    group.bench_function("a token that is valid", |b| b.iter(|| page.token()));
    group.bench_function("sign-in, from start to tokens", |b| {
        b.iter_batched(|| (), |()| signed_in(random), BatchSize::SmallInput)
    });
    group.finish();
}

// Named for what would otherwise be unused.
const _: fn(String) -> Result<TokenUrl, url::ParseError> = TokenUrl::new;

criterion_group!(benches, authorize, callback, tokens, client);
criterion_main!(benches);
