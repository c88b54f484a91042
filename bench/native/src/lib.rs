//! What the benchmark does with the core. The workspace's tests compile and run it too, so it needs no other crate.

mod runner;

pub use runner::{Page, signed_in};

use intelliauth_spa_sdk::core::base::clock::{Millis, WallTime};
use intelliauth_spa_sdk::core::base::config::{Config, Options};
use intelliauth_spa_sdk::core::base::encoding::base64url;
use intelliauth_spa_sdk::core::protocol::code_flow::{
    self, AuthorizationEntropy, AwaitedSignIn, HttpResponse, LoginOptions, Metadata, Transaction,
};
use intelliauth_spa_sdk::core::protocol::pkce::Entropy;
use intelliauth_spa_sdk::core::protocol::token;
use intelliauth_spa_sdk::native::engine;
use std::hint::black_box;

/// The platform.
pub const TENANT: &str = "https://tenant.example";
/// The app's client id.
pub const CLIENT: &str = "your-client-id";
/// Where the app is answered.
pub const REDIRECT: &str = "https://app.example/callback";

/// The options of a documented app.
pub fn config() -> Config {
    Config::new(Options {
        tenant_url: TENANT.into(),
        client_id: CLIENT.into(),
        redirect_uri: REDIRECT.into(),
        ..Options::default()
    })
    .expect("options as documented")
}

/// In milliseconds since 1970.
pub fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.expect("a clock").as_millis() as i64
}

/// What one sign-in draws.
pub fn entropy(random: fn() -> Entropy) -> AuthorizationEntropy {
    AuthorizationEntropy { verifier: random(), state: random(), nonce: random() }
}

/// A token response as a provider sends it. The ID token's signature is none: nobody here looks at it.
pub fn token_response(nonce: &str) -> String {
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

/// PKCE and the authorize URL.
pub fn begin(config: &Config, entropy: AuthorizationEntropy) -> (String, Transaction) {
    let endpoint = "https://tenant.example/oauth2/authorize";
    let options = LoginOptions::default();
    code_flow::build_authorization_url(black_box(config), endpoint, &options, &entropy, WallTime(now()))
        .expect("a sign-in without options")
}

/// The provider's answer to a sign-in.
pub fn callback_url(transaction: &Transaction) -> String {
    let state = transaction.state.expose();
    format!("{REDIRECT}?code={}&state={state}&iss=https%3A%2F%2Ftenant.example", "c".repeat(43))
}

/// Reads the answer, and gives the code.
pub fn callback(config: &Config, url: &str, transaction: &Transaction) -> impl Sized + use<> {
    let provider = Metadata::of_contract(config);
    let (config, url) = (black_box(config), black_box(url));
    code_flow::process_authorization_response(config, &provider, transaction, url, WallTime(now()))
        .expect("an answer to this sign-in")
}

/// Reads a token response alone.
pub fn token_outcome(body: &str) -> token::TokenOutcome {
    token::process_token_response(engine, 200, Some(black_box(body)), Millis(0))
}

/// Reads a token response and judges its ID token's claims.
pub fn tokens(config: &Config, body: &str, transaction: &Transaction) -> impl Sized + use<> {
    let provider = Metadata::of_contract(config);
    let response = HttpResponse { status: 200, body: black_box(body) };
    let awaited = AwaitedSignIn::of(transaction);
    code_flow::process_token_response(engine, config, &provider, &awaited, response, WallTime(now()))
        .expect("tokens of this sign-in")
}
