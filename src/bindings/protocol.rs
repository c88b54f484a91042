//! The exports of `@intelliauth/spa-sdk/protocol`: each is a function of [`code_flow`] and throws a fault of the error
//! table.

use super::options::JsObject;
use crate::core::base::clock::WallTime;
use crate::core::base::config::Config;
use crate::core::base::error::Error;
use crate::core::base::secret::{AuthorizationCode, IdToken, Nonce, RefreshToken, State, Verifier};
use crate::core::protocol::authorize::{AuthorizationSecrets, build_authorization_url_with};
use crate::core::protocol::code_flow::{self, AwaitedSignIn, HttpRequest, HttpResponse, TokenSet};
use crate::core::protocol::end_session::end_session_url;
use crate::core::protocol::metadata::Metadata;
use crate::core::protocol::pkce::Entropy;
use crate::core::protocol::transaction::Transaction;
use crate::web::host::{Value, fault, object};
use crate::web::json::{claims, engine, value};
use crate::web::signature;
use js_sys::{Array, Uint8Array};
use std::sync::Arc;
use wasm_bindgen::prelude::*;

/// A client, and what is known of its provider.
struct Known {
    config: Config,
    metadata: Metadata,
}

impl Known {
    fn new(client: &JsObject, provider: &JsObject) -> Result<Self, JsValue> {
        let config = config(client)?;
        let mut metadata = Metadata::of_contract(&config);
        if !provider.is_undefined() {
            let listed = provider.texts("idTokenSigningAlgValuesSupported");
            let sends_iss = provider.get("authorizationResponseIssParameterSupported").is_truthy();
            let algorithms = (!listed.is_empty()).then_some(listed);
            metadata =
                Metadata::kept(&config, provider.endpoints(), sends_iss, algorithms).map_err(thrown)?;
        }
        Ok(Self { config, metadata })
    }
}

fn config(client: &JsObject) -> Result<Config, JsValue> {
    Config::new(client.options()).map_err(thrown)
}

fn thrown(error: Error) -> JsValue {
    fault(&error)
}

fn request(request: &HttpRequest) -> JsValue {
    let mut headers = Vec::new();
    for (name, value) in request.headers() {
        headers.push((*name, Value::Text(value)));
    }
    object(&[
        ("method", Value::Text(request.method())),
        ("url", Value::Text(&request.url)),
        ("headers", Value::Js(object(&headers))),
        ("body", optional(request.body.as_deref())),
    ])
}

fn optional(text: Option<&str>) -> Value<'_> {
    text.map_or(Value::Missing, Value::Text)
}

/// 32 random octets as text, where the caller gives none.
fn random(given: Option<String>, octets: &[u8]) -> Result<String, JsValue> {
    match (given, <&Entropy>::try_from(octets)) {
        (Some(given), _) => Ok(given),
        (None, Ok(entropy)) => Ok(Verifier::from_entropy(entropy).expose().to_owned()),
        (None, Err(_)) => Err(JsValue::from("96 random octets are needed")),
    }
}

/// Answers with `{ url, transaction }`. `entropy`: 96 octets.
#[wasm_bindgen(js_name = buildAuthorizationRequest)]
pub fn build_authorization_request(
    client: JsObject,
    provider: JsObject,
    options: JsObject,
    entropy: &[u8],
    now: f64,
) -> Result<JsValue, JsValue> {
    let Known { config, metadata } = Known::new(&client, &provider)?;
    let octets = |at: usize| entropy.get(32 * at..32 * at + 32).unwrap_or_default();
    let state = random(options.text("state"), octets(0))?;
    let verifier = random(options.text("codeVerifier"), octets(1))?;
    let nonce = random(options.text("nonce"), octets(2))?;
    let secrets = AuthorizationSecrets::given(&state, &verifier, &nonce).map_err(thrown)?;
    let endpoint = code_flow::authorization_endpoint(&metadata).map_err(thrown)?;
    let now = WallTime(now as i64);
    let (url, transaction) =
        build_authorization_url_with(&config, endpoint, &options.login(), secrets, now).map_err(thrown)?;
    let transaction = object(&[
        ("state", Value::Text(transaction.state.expose())),
        ("nonce", Value::Text(transaction.nonce.expose())),
        ("codeVerifier", Value::Text(transaction.verifier.expose())),
        ("redirectUri", Value::Text(&transaction.redirect_uri)),
        ("issuer", Value::Text(&transaction.issuer)),
        ("clientId", Value::Text(&transaction.client_id)),
        ("scope", Value::Text(&transaction.scope)),
        ("maxAge", transaction.max_age.map_or(Value::Missing, |seconds| Value::Number(seconds as f64))),
        ("startedAt", Value::Number(transaction.at.0 as f64)),
    ]);
    Ok(object(&[("url", Value::Text(&url)), ("transaction", Value::Js(transaction))]))
}

/// A transaction as `buildAuthorizationRequest` gave it; what is missing of it is the client's own.
fn transaction(given: &JsObject, config: &Config) -> Transaction {
    let text = |name| given.text(name).unwrap_or_default();
    Transaction {
        state: State::new(text("state")),
        verifier: Verifier::new(text("codeVerifier")),
        nonce: Nonce::new(text("nonce")),
        redirect_uri: given.text("redirectUri").map_or_else(|| config.redirect_uri.clone(), Arc::new),
        issuer: given.text("issuer").map_or_else(|| config.issuer.clone(), Arc::new),
        client_id: given.text("clientId").map_or_else(|| config.client_id.clone(), Arc::new),
        scope: given.text("scope").map_or_else(|| config.scope.clone(), Arc::new),
        max_age: given.number("maxAge").map(|seconds| seconds as i64),
        context: Arc::default(),
        kept: None,
        at: WallTime(given.number("startedAt").unwrap_or_default() as i64),
    }
}

/// The only `state` in a callback's address.
#[wasm_bindgen(js_name = stateOf)]
pub fn state_of(url: &str) -> Option<String> {
    code_flow::state_of(url).map(|state| state.expose().to_owned())
}

/// Answers with the code.
#[wasm_bindgen(js_name = processAuthorizationResponse)]
pub fn process_authorization_response(
    client: JsObject,
    provider: JsObject,
    kept: JsObject,
    url: &str,
    now: f64,
) -> Result<String, JsValue> {
    let Known { config, metadata } = Known::new(&client, &provider)?;
    let transaction = transaction(&kept, &config);
    let now = WallTime(now as i64);
    let code = code_flow::process_authorization_response(&config, &metadata, &transaction, url, now);
    code.map(|code| code.expose().to_owned()).map_err(thrown)
}

/// Answers with a request.
#[wasm_bindgen(js_name = buildTokenRequest)]
pub fn build_token_request(
    client: JsObject,
    provider: JsObject,
    kept: JsObject,
    code: String,
) -> Result<JsValue, JsValue> {
    let Known { config, metadata } = Known::new(&client, &provider)?;
    let built =
        code_flow::token_request(&metadata, transaction(&kept, &config), AuthorizationCode::new(code));
    built.map(|(built, _)| request(&built)).map_err(thrown)
}

/// Answers with tokens.
#[wasm_bindgen(js_name = processTokenResponse)]
pub fn process_token_response(
    client: JsObject,
    provider: JsObject,
    kept: JsObject,
    status: u16,
    body: &str,
    now: f64,
) -> Result<JsValue, JsValue> {
    let Known { config, metadata } = Known::new(&client, &provider)?;
    let awaited = AwaitedSignIn::of(&transaction(&kept, &config));
    let response = HttpResponse { status, body };
    let now = WallTime(now as i64);
    code_flow::process_token_response(engine, &config, &metadata, &awaited, response, now)
        .map(|set| tokens(&set))
        .map_err(thrown)
}

fn tokens(set: &TokenSet) -> JsValue {
    let id_token = set.id_token.as_ref().map(|parts| &parts.compact);
    object(&[
        ("accessToken", Value::Text(set.access_token.expose())),
        ("tokenType", Value::Text("Bearer")),
        ("expiresIn", Value::Number(set.expires_in as f64)),
        ("scope", optional(set.scope.as_deref())),
        ("refreshToken", optional(set.refresh_token.as_ref().map(RefreshToken::expose))),
        ("idToken", optional(id_token.map(IdToken::expose))),
        ("claims", id_token.map_or(Value::Missing, |token| Value::Js(claims(token)))),
    ])
}

/// Answers with a request.
#[wasm_bindgen(js_name = buildRefreshRequest)]
pub fn build_refresh_request(
    client: JsObject,
    provider: JsObject,
    refresh_token: String,
) -> Result<JsValue, JsValue> {
    let Known { config, metadata } = Known::new(&client, &provider)?;
    let built = code_flow::refresh_request(&config, &metadata, &RefreshToken::new(refresh_token));
    built.map(|built| request(&built)).map_err(thrown)
}

/// Answers with tokens.
#[wasm_bindgen(js_name = processRefreshResponse)]
pub fn process_refresh_response(
    client: JsObject,
    provider: JsObject,
    sign_in: String,
    status: u16,
    body: &str,
    now: f64,
) -> Result<JsValue, JsValue> {
    let Known { config, metadata } = Known::new(&client, &provider)?;
    let (sign_in, response) = (IdToken::new(sign_in), HttpResponse { status, body });
    let now = WallTime(now as i64);
    code_flow::process_refresh_response(engine, &config, &metadata, &sign_in, response, now)
        .map(|set| tokens(&set))
        .map_err(thrown)
}

/// Answers with a request, or with undefined where no revocation endpoint is known.
#[wasm_bindgen(js_name = buildRevocationRequest)]
pub fn build_revocation_request(
    client: JsObject,
    provider: JsObject,
    refresh_token: String,
) -> Result<JsValue, JsValue> {
    let Known { config, metadata } = Known::new(&client, &provider)?;
    let built = code_flow::revocation_request(&config, &metadata, &RefreshToken::new(refresh_token));
    Ok(built.map_or(JsValue::UNDEFINED, |built| request(&built)))
}

/// Throws where the provider refused.
#[wasm_bindgen(js_name = processRevocationResponse)]
pub fn process_revocation_response(status: u16, body: &str) -> Result<(), JsValue> {
    code_flow::process_revocation_response(engine, HttpResponse { status, body }).map_err(thrown)
}

/// Answers with undefined where no end session endpoint is known.
#[wasm_bindgen(js_name = buildEndSessionUrl)]
pub fn build_end_session_url(
    client: JsObject,
    provider: JsObject,
    options: JsObject,
) -> Result<Option<String>, JsValue> {
    let Known { config, metadata } = Known::new(&client, &provider)?;
    let Some(endpoint) = metadata.endpoints.end_session else { return Ok(None) };
    let hint = options.text("idTokenHint").map(IdToken::new);
    let (return_to, state) = (options.text("postLogoutRedirectUri"), options.text("state"));
    let url =
        end_session_url(&endpoint, &config.client_id, hint.as_ref(), return_to.as_deref(), state.as_deref());
    Ok(Some(url))
}

/// Answers with a request.
#[wasm_bindgen(js_name = buildMetadataRequest)]
pub fn build_metadata_request(client: JsObject) -> Result<JsValue, JsValue> {
    Ok(request(&code_flow::metadata_request(&config(&client)?)))
}

/// Answers with what is known of the provider; `warnings` are faults.
#[wasm_bindgen(js_name = processMetadataResponse)]
pub fn process_metadata_response(client: JsObject, status: u16, body: &str) -> Result<JsValue, JsValue> {
    let config = config(&client)?;
    let (metadata, left_out) =
        code_flow::process_metadata_response(engine, &config, HttpResponse { status, body })
            .map_err(thrown)?;
    let warnings = Array::new();
    for error in &left_out {
        warnings.push(&fault(error));
    }
    let algorithms = metadata.algorithms.as_ref().map(|listed| {
        let names = Array::new();
        for name in listed {
            names.push(&JsValue::from(name.as_str()));
        }
        names
    });
    let endpoints = &metadata.endpoints;
    let endpoints = object(&[
        ("authorization", optional(endpoints.authorization.as_deref())),
        ("token", optional(endpoints.token.as_deref())),
        ("endSession", optional(endpoints.end_session.as_deref())),
        ("revocation", optional(endpoints.revocation.as_deref())),
        ("jwks", optional(endpoints.jwks.as_deref())),
    ]);
    Ok(object(&[
        ("endpoints", Value::Js(endpoints)),
        ("authorizationResponseIssParameterSupported", Value::Flag(metadata.sends_iss)),
        (
            "idTokenSigningAlgValuesSupported",
            algorithms.map_or(Value::Missing, |names| Value::Js(names.into())),
        ),
        ("warnings", Value::Js(warnings.into())),
    ]))
}

/// Answers with a request, or with undefined where it is not known where the keys are.
#[wasm_bindgen(js_name = buildJwksRequest)]
pub fn build_jwks_request(client: JsObject, provider: JsObject) -> Result<JsValue, JsValue> {
    let Known { metadata, .. } = Known::new(&client, &provider)?;
    Ok(code_flow::jwks_request(&metadata).map_or(JsValue::UNDEFINED, |built| request(&built)))
}

/// Answers with the key set as it came.
#[wasm_bindgen(js_name = processJwksResponse)]
pub fn process_jwks_response(
    client: JsObject,
    provider: JsObject,
    status: u16,
    body: &str,
) -> Result<JsValue, JsValue> {
    let Known { metadata, .. } = Known::new(&client, &provider)?;
    code_flow::process_jwks_response(engine, &metadata, HttpResponse { status, body }).map_err(thrown)?;
    Ok(value(body).unwrap_or_default())
}

/// Answers with `{ alg, keys, algorithm, signature, signed, invalid }`, for SubtleCrypto; `invalid` is the fault where none of
/// the keys made the signature.
#[wasm_bindgen(js_name = signatureOf)]
pub fn signature_of(
    client: JsObject,
    provider: JsObject,
    id_token: String,
    jwks: &str,
) -> Result<JsValue, JsValue> {
    let Known { metadata, .. } = Known::new(&client, &provider)?;
    let response = HttpResponse { status: 200, body: jwks };
    let keys = code_flow::process_jwks_response(engine, &metadata, response).map_err(thrown)?;
    let (jws, fitting) =
        code_flow::signing_keys(engine, &metadata, &IdToken::new(id_token), &keys).map_err(thrown)?;
    let keys = Array::new();
    for key in &fitting {
        keys.push(&signature::key(key));
    }
    Ok(object(&[
        ("alg", Value::Text(jws.alg.name)),
        ("keys", Value::Js(keys.into())),
        ("algorithm", Value::Js(signature::algorithm(&jws))),
        ("signature", Value::Js(Uint8Array::from(&jws.signature[..]).into())),
        ("signed", Value::Js(Uint8Array::from(jws.signed.as_bytes()).into())),
        ("invalid", Value::Js(fault(&code_flow::signature_invalid(&metadata, &jws)))),
    ]))
}
