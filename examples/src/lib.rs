//! What both examples do alike: send what the core builds.

use intelliauth_spa_sdk::code_flow::{
    AuthorizationEntropy, Config, Error, ErrorCode, HttpRequest, MAX_BODY, Options, WallTime,
};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Which application this is, from the environment.
pub fn config(redirect_uri: &str) -> Result<Config, Error> {
    let variable = |name: &str, otherwise: &str| std::env::var(name).unwrap_or_else(|_| otherwise.to_owned());
    Config::new(Options {
        tenant_url: variable("TENANT_URL", "http://localhost:4000"),
        client_id: variable("CLIENT_ID", "demo-app"),
        redirect_uri: variable("REDIRECT_URI", redirect_uri),
        ..Options::default()
    })
}

/// A client for requests to the provider: no redirect is followed, and nothing waits for ever.
pub fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(10))
        .build()
}

/// Sends a request and reads the answer, whose size is bounded: its status and body.
pub async fn send(http: &reqwest::Client, request: HttpRequest) -> Result<(u16, String), Error> {
    let network_error = |_| Error::new(ErrorCode::NetworkError).with("endpoint", &request.url);
    let mut sending = match &request.body {
        Some(form) => http.post(&request.url).body(form.clone()),
        None => http.get(&request.url),
    };
    for (name, value) in request.headers() {
        sending = sending.header(*name, *value);
    }
    let mut response = sending.send().await.map_err(network_error)?;
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(network_error)? {
        body.extend_from_slice(&chunk);
        if body.len() > MAX_BODY {
            return Err(Error::new(ErrorCode::TokenResponseInvalid).with("problem", "it is too large"));
        }
    }
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}

/// The random values of one sign-in, from the system's cryptographic source.
pub fn entropy() -> Result<AuthorizationEntropy, getrandom::Error> {
    let mut octets = [[0; 32]; 3];
    getrandom::fill(octets.as_flattened_mut())?;
    let [verifier, state, nonce] = octets;
    Ok(AuthorizationEntropy { verifier, state, nonce })
}

/// The present time.
pub fn now() -> WallTime {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    WallTime(since.as_millis() as i64)
}
