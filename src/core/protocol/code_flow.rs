//! The authorization code flow by hand, OpenID Connect Core §3.1: the two ends of each of its requests. The caller keeps
//! the [`Transaction`], sends the requests and reads the answers, in whatever way it has.
//!
//! | step | build | process |
//! |---|---|---|
//! | send the browser away | [`build_authorization_url`] | |
//! | it comes back | | [`process_authorization_response`] |
//! | exchange the code | [`token_request`] | [`process_token_response`] |
//! | later | [`refresh_request`] | [`process_refresh_response`] |
//! | sign out | [`revocation_request`], [`end_session_url`] | [`process_revocation_response`] |
//! | where discovery is wanted | [`metadata_request`], [`jwks_request`] | [`process_metadata_response`], [`process_jwks_response`] |
//!
//! What is not done here: the ID token's signature. For a token that came from the token endpoint, TLS may stand for
//! the signature (Core §3.1.3.7 item 6). To verify it nevertheless, give the keys that [`signing_keys`] finds to a
//! library.

pub use super::authorize::{
    AuthorizationEntropy, AuthorizationSecrets, LoginOptions, build_authorization_url,
    build_authorization_url_with,
};
pub use super::end_session::end_session_url;
pub use super::metadata::Metadata;
pub use super::token::MAX_BODY;
pub use super::transaction::Transaction;
pub use crate::core::base::clock::WallTime;
pub use crate::core::base::config::{Config, Endpoints, Options};
pub use crate::core::base::error::{Error, ErrorCode};
pub use crate::core::base::secret::{
    AccessToken, AuthorizationCode, IdToken, Nonce, RefreshToken, State, Verifier,
};

use super::authorization_response::{AuthorizationResult, check_issuer, read};
use super::id_token::{Check, Expected, OUTDATED, Purpose, check};
use super::jwks::{Jwk, candidates, public};
use super::jws::{ALGORITHMS, Jws, refuse};
use super::metadata;
use super::pkce::Entropy;
use super::token::{
    TokenOutcome, Tokens, exchange_form, process_token_response as read_tokens, refresh_form, revoke_form,
    status_error,
};
use super::transaction::LIFETIME;
use crate::core::base::clock::Millis;
use crate::core::base::encoding::{base64url, sha256};
use crate::core::base::json::{Engine, Member, Object, parse};
use crate::core::base::text::{decimal, sanitize};

/// A request for the caller to send: without cookies, and following no redirect.
#[non_exhaustive]
#[must_use = "a request does nothing until it is sent"]
pub struct HttpRequest {
    /// Where to.
    pub url: String,
    /// A form to POST; `None`: a GET. It holds secrets, so `Debug` leaves it out.
    pub body: Option<String>,
}

impl HttpRequest {
    fn get(url: &str) -> Self {
        Self { url: url.to_owned(), body: None }
    }

    fn post(url: &str, form: String) -> Self {
        Self { url: url.to_owned(), body: Some(form) }
    }

    /// `GET` or `POST`.
    #[must_use]
    pub fn method(&self) -> &'static str {
        if self.body.is_some() { "POST" } else { "GET" }
    }

    /// The headers to send, by name.
    #[must_use]
    pub fn headers(&self) -> &'static [(&'static str, &'static str)] {
        const BOTH: &[(&str, &str)] =
            &[("accept", "application/json"), ("content-type", "application/x-www-form-urlencoded")];
        if self.body.is_some() { BOTH } else { &[("accept", "application/json")] }
    }
}

impl std::fmt::Debug for HttpRequest {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "HttpRequest({} {})", self.method(), self.url)
    }
}

/// An answer as the caller read it.
#[derive(Clone, Copy)]
pub struct HttpResponse<'a> {
    /// The status.
    pub status: u16,
    /// The body as text. More than [`MAX_BODY`] is refused, so no more needs to be read.
    pub body: &'a str,
}

impl std::fmt::Debug for HttpResponse<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "HttpResponse({})", self.status)
    }
}

/// Whether the two are equal, compared in constant time.
#[must_use]
pub fn same_secret(one: &str, other: &str) -> bool {
    let mut different = 0;
    for (a, b) in sha256(one).into_iter().zip(sha256(other)) {
        different |= a ^ b;
    }
    different == 0
}

/// 32 random octets as text: for a session's cookie, or a `state` of the caller's own.
#[must_use]
pub fn random_text(entropy: &Entropy) -> String {
    base64url(entropy)
}

/// Which sign-in `url`, the callback's, says that it answers: to find its [`Transaction`]. It proves nothing yet.
///
/// ```
/// use intelliauth_spa_sdk::core::protocol::code_flow::state_of;
/// let state = state_of("https://app.example/callback?code=abc&state=xyz");
/// assert_eq!(state.as_ref().map(|state| state.expose()), Some("xyz"));
/// ```
#[must_use]
pub fn state_of(url: &str) -> Option<State> {
    let mut states = read(url).states.into_iter();
    states.next().filter(|_| states.next().is_none())
}

/// Reads the callback's address and judges it: its shape, its `state`, its age, its `iss`, and whether the provider
/// refused. RFC 6749 §4.1.2, RFC 9207 §2.4, RFC 9700 §4.4 and §4.7.
///
/// `provider` says whether `iss` must be there. The transaction is spent in any case: remove it from your storage
/// before the code is sent.
///
/// # Errors
/// `callback_invalid`, `state_unknown`, `transaction_expired`, `issuer_mismatch`, and the provider's refusals:
/// `access_denied`, `login_required`, `consent_required`, `interaction_required`, `account_selection_required`,
/// `platform_unavailable`, `authorization_refused`.
pub fn process_authorization_response(
    config: &Config,
    provider: &Metadata,
    transaction: &Transaction,
    url: &str,
    now: WallTime,
) -> Result<AuthorizationCode, Error> {
    let response = read(url);
    let answer = response.answer?;
    let answers = match &response.states[..] {
        [state] => same_secret(state.expose(), transaction.state.expose()) && transaction.belongs_to(config),
        _ => false,
    };
    if !answers {
        return Err(Error::new(ErrorCode::StateUnknown));
    }
    if transaction.expired(now) {
        let minutes = decimal(LIFETIME.0 / 60_000);
        return Err(Error::new(ErrorCode::TransactionExpired).with("minutes", minutes));
    }
    check_issuer(response.iss.as_deref(), &config.issuer, provider.sends_iss)?;
    match answer {
        AuthorizationResult::Code(code) => Ok(code),
        AuthorizationResult::Refused(error) => Err(error),
    }
}

/// What the token response is compared with, once the verifier is consumed.
#[derive(Clone, Debug)]
pub struct AwaitedSignIn {
    nonce: Nonce,
    max_age: Option<i64>,
    redirect_uri: String,
    scope: String,
}

impl AwaitedSignIn {
    /// Of a sign-in whose token request is built.
    #[must_use]
    pub fn of(transaction: &Transaction) -> Self {
        Self {
            nonce: transaction.nonce.clone(),
            max_age: transaction.max_age,
            redirect_uri: transaction.redirect_uri.as_str().to_owned(),
            scope: transaction.scope.as_str().to_owned(),
        }
    }
}

/// The code's one exchange, RFC 6749 §4.1.3 and RFC 7636 §4.5. Consumes code and verifier.
///
/// # Errors
/// `invalid_config` where the provider's metadata and the options name no token endpoint.
pub fn token_request(
    provider: &Metadata,
    transaction: Transaction,
    code: AuthorizationCode,
) -> Result<(HttpRequest, AwaitedSignIn), Error> {
    let url = endpoint(&provider.endpoints.token, "endpoints.token")?;
    let awaited = AwaitedSignIn::of(&transaction);
    let Transaction { client_id, redirect_uri, verifier, .. } = transaction;
    let form = exchange_form(&client_id, code, &redirect_uri, verifier);
    Ok((HttpRequest::post(url, form), awaited))
}

/// What a token response gave.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TokenSet {
    /// For the API. Opaque.
    pub access_token: AccessToken,
    /// For the next [`refresh_request`]; `None` in a refresh's answer: the one before stays good.
    pub refresh_token: Option<RefreshToken>,
    /// Checked but for its signature, and read: see [`IdTokenParts`]. `None` in a refresh's answer without one.
    pub id_token: Option<IdTokenParts>,
    /// What was granted: as asked where the answer names none, RFC 6749 §5.1.
    pub scope: Option<String>,
    /// For how long the access token is good, in whole seconds from when the answer came.
    pub expires_in: i64,
}

/// An ID token that passed every check but that of its signature.
#[derive(Clone)]
#[non_exhaustive]
pub struct IdTokenParts {
    /// As it came: keep it, for [`process_refresh_response`] and as `id_token_hint`.
    pub compact: IdToken,
    /// Its claims as JSON text.
    pub claims: String,
}

impl std::fmt::Debug for IdTokenParts {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("IdTokenParts(…)")
    }
}

/// Judges the answer to [`token_request`], and its ID token: OpenID Connect Core §3.1.3.3 and §3.1.3.7.
///
/// # Errors
/// `code_refused`, `client_refused`, `token_request_refused`, `token_response_invalid`, `id_token_invalid`, `clock_skew`,
/// `platform_unavailable`, `rate_limited`. None of them may be answered by sending the code again.
pub fn process_token_response(
    engine: Engine,
    config: &Config,
    provider: &Metadata,
    awaited: &AwaitedSignIn,
    response: HttpResponse<'_>,
    now: WallTime,
) -> Result<TokenSet, Error> {
    let tokens = read_response(engine, response).map_err(|error| match error.code {
        ErrorCode::CodeRefused => error.with("redirectUri", &awaited.redirect_uri),
        _ => error,
    })?;
    let Some(id_token) = tokens.id_token.clone() else { return Err(refuse("missing")) };
    let purpose = Purpose::SignIn { nonce: awaited.nonce.clone(), max_age: awaited.max_age };
    let jws = checked(engine, config, &tokens, &id_token, &purpose, now)?;
    if let Some(error) = provider.unlisted(jws.alg) {
        return Err(error);
    }
    let claims = jws.payload;
    let scope = tokens.scope.clone().or_else(|| Some(awaited.scope.clone()));
    Ok(token_set(tokens, scope, Some(IdTokenParts { compact: id_token, claims })))
}

/// A refresh, RFC 6749 §6. Where refresh tokens rotate, one must not be sent twice.
///
/// # Errors
/// `invalid_config` where the provider's metadata and the options name no token endpoint.
pub fn refresh_request(
    config: &Config,
    provider: &Metadata,
    refresh_token: &RefreshToken,
) -> Result<HttpRequest, Error> {
    let url = endpoint(&provider.endpoints.token, "endpoints.token")?;
    Ok(HttpRequest::post(url, refresh_form(&config.client_id, refresh_token)))
}

/// Judges the answer to [`refresh_request`]. `sign_in` is the ID token of the sign-in itself, whose `iss`, `sub`, `aud` and
/// `nonce` a refreshed one must repeat, Core §12.2; one that is older or signed by an algorithm that the metadata does not
/// list is left out.
///
/// # Errors
/// `session_expired` where the provider refuses the refresh token: the user must sign in again. `session_mismatch` where
/// the ID token is not of this session: use nothing of the answer. `client_refused`, `token_request_refused`,
/// `token_response_invalid`, `platform_unavailable`, `rate_limited`.
pub fn process_refresh_response(
    engine: Engine,
    config: &Config,
    provider: &Metadata,
    sign_in: &IdToken,
    response: HttpResponse<'_>,
    now: WallTime,
) -> Result<TokenSet, Error> {
    let tokens = read_response(engine, response).map_err(|error| match error.code {
        ErrorCode::CodeRefused => Error::new(ErrorCode::SessionExpired),
        _ => error,
    })?;
    let mut parts = None;
    if let Some(id_token) = tokens.id_token.clone() {
        let purpose = Purpose::Refresh { sign_in: sign_in.clone() };
        match checked(engine, config, &tokens, &id_token, &purpose, now) {
            Ok(jws) if provider.unlisted(jws.alg).is_none() => {
                parts = Some(IdTokenParts { compact: id_token, claims: jws.payload });
            }
            // Nothing says that it is another session's. The old refresh token is spent, so the tokens are used.
            Ok(_) => {}
            Err(error) if error.detail("check") == Some(OUTDATED) => {}
            Err(error) => {
                let check = Check::named(error.detail("check").unwrap_or_default());
                return Err(Error::new(ErrorCode::SessionMismatch).with("check", check.as_str()));
            }
        }
    }
    let scope = tokens.scope.clone();
    Ok(token_set(tokens, scope, parts))
}

/// Revokes a refresh token and what was made of it, RFC 7009 §2.1. `None` where the revocation endpoint is not known.
#[must_use]
pub fn revocation_request(
    config: &Config,
    provider: &Metadata,
    refresh_token: &RefreshToken,
) -> Option<HttpRequest> {
    let url = provider.endpoints.revocation.as_deref()?;
    Some(HttpRequest::post(url, revoke_form(&config.client_id, refresh_token)))
}

/// Judges the answer to [`revocation_request`], RFC 7009 §2.2: a token that is not known counts as revoked.
///
/// # Errors
/// `token_request_refused`, `platform_unavailable`, `rate_limited`.
pub fn process_revocation_response(engine: Engine, response: HttpResponse<'_>) -> Result<(), Error> {
    if matches!(response.status, 200..=299) {
        return Ok(());
    }
    if let Some(error) = status_error(response.status) {
        return Err(error);
    }
    let object = parse(engine, response.body);
    let member = |name: &str| object.as_ref().and_then(|object| object.member(name).text());
    let error = member("error").unwrap_or_else(|| decimal(response.status.into()));
    Err(Error::new(ErrorCode::TokenRequestRefused)
        .with("error", sanitize(&error))
        .with("description", sanitize(&member("error_description").unwrap_or_default())))
}

/// Asks for the provider's metadata, OpenID Connect Discovery §4.1. Without it [`Metadata::of_contract`] is what is known.
pub fn metadata_request(config: &Config) -> HttpRequest {
    HttpRequest::get(&metadata::url(&config.issuer))
}

/// Judges the answer to [`metadata_request`]. Beside the metadata: what is wrong with endpoints that a sign-in can do
/// without, and which are left out.
///
/// # Errors
/// `metadata_invalid`, `platform_unavailable`, `rate_limited`.
pub fn process_metadata_response(
    engine: Engine,
    config: &Config,
    response: HttpResponse<'_>,
) -> Result<(Metadata, Vec<Error>), Error> {
    document(&response, &metadata::url(&config.issuer))?;
    metadata::read(engine, response.body, config)
}

/// Asks for the provider's keys, RFC 7517. `None` where neither metadata nor options say where they are.
#[must_use]
pub fn jwks_request(provider: &Metadata) -> Option<HttpRequest> {
    provider.endpoints.jwks.as_deref().map(HttpRequest::get)
}

/// The provider's keys.
pub struct Jwks(Vec<Box<dyn Object>>);

/// Judges the answer to [`jwks_request`].
///
/// # Errors
/// `metadata_invalid`, `platform_unavailable`, `rate_limited`.
pub fn process_jwks_response(
    engine: Engine,
    provider: &Metadata,
    response: HttpResponse<'_>,
) -> Result<Jwks, Error> {
    let url = provider.endpoints.jwks.as_deref().unwrap_or_default();
    document(&response, url)?;
    let set = parse(engine, response.body).filter(|set| set.member("keys") != Member::Missing);
    let set = set.ok_or_else(|| metadata::refuse("keys", "a JSON Web Key Set", "something else", url))?;
    Ok(Jwks(set.objects("keys")))
}

/// How many of the keys may sign ID tokens, whatever their `kid`.
#[must_use]
pub fn usable_keys(keys: &Jwks) -> usize {
    let fits = |at: &usize| ALGORITHMS.iter().any(|alg| candidates(&keys.0, alg, None).contains(at));
    (0..keys.0.len()).filter(fits).count()
}

/// A token's parts and the keys that may have signed it, their public members alone, the likeliest first: RFC 7515 §5.2.
///
/// # Errors
/// `id_token_invalid` where it is no signed token, `id_token_signature_invalid` where no key fits. Then the keys may be
/// older than the token: ask for them once more, but not for every token.
pub fn signing_keys(
    engine: Engine,
    provider: &Metadata,
    id_token: &IdToken,
    keys: &Jwks,
) -> Result<(Jws, Vec<Jwk>), Error> {
    let jws = Jws::read(engine, id_token.expose())?;
    let mut fitting = Vec::new();
    for at in candidates(&keys.0, jws.alg, jws.kid.as_deref()) {
        if let Some(key) = keys.0.get(at) {
            fitting.push(public(key.as_ref()));
        }
    }
    if fitting.is_empty() {
        return Err(unsigned("kid", provider, &jws));
    }
    Ok((jws, fitting))
}

/// `id_token_signature_invalid`: none of the keys of [`signing_keys`] made the signature.
#[must_use]
pub fn signature_invalid(provider: &Metadata, jws: &Jws) -> Error {
    unsigned("signature", provider, jws)
}

fn unsigned(check: &str, provider: &Metadata, jws: &Jws) -> Error {
    Error::new(ErrorCode::SignatureInvalid)
        .with("check", check)
        .with("jwksUri", provider.endpoints.jwks.as_deref().unwrap_or_default())
        .with("kid", sanitize(jws.kid.as_deref().unwrap_or("none")))
}

/// Where the browser is sent to: for [`build_authorization_url`].
///
/// # Errors
/// `invalid_config` where the provider's metadata and the options name no authorization endpoint.
pub fn authorization_endpoint(provider: &Metadata) -> Result<&str, Error> {
    endpoint(&provider.endpoints.authorization, "endpoints.authorization")
}

fn endpoint<'a>(known: &'a Option<String>, option: &str) -> Result<&'a str, Error> {
    known.as_deref().ok_or_else(|| {
        crate::core::base::config::refuse(
            option,
            "it is not known",
            "the endpoint, or read the provider's metadata",
        )
    })
}

fn document(response: &HttpResponse<'_>, url: &str) -> Result<(), Error> {
    match response.status {
        200 if response.body.len() > MAX_BODY => {
            Err(metadata::refuse("size", "256 KiB of UTF-8 at most", "more", url))
        }
        200 => Ok(()),
        status => Err(status_error(status)
            .unwrap_or_else(|| metadata::refuse("status", "200", &decimal(status.into()), url))),
    }
}

fn read_response(engine: Engine, response: HttpResponse<'_>) -> Result<Tokens, Error> {
    let body = Some(response.body).filter(|body| body.len() <= MAX_BODY);
    match read_tokens(engine, response.status, body, Millis(0)) {
        TokenOutcome::Tokens(tokens) => Ok(*tokens),
        TokenOutcome::Refused { error, .. }
        | TokenOutcome::Unusable { error, .. }
        | TokenOutcome::NotSent { error, .. }
        | TokenOutcome::Indeterminate { error, .. } => Err(error),
    }
}

fn checked(
    engine: Engine,
    config: &Config,
    tokens: &Tokens,
    id_token: &IdToken,
    purpose: &Purpose,
    now: WallTime,
) -> Result<Jws, Error> {
    let expected = Expected {
        issuer: &config.issuer,
        client_id: &config.client_id,
        additional_audiences: &config.additional_audiences,
        access_token: &tokens.access,
        now,
        skew: config.clock_skew,
    };
    check(engine, id_token, &expected, purpose)
}

fn token_set(tokens: Tokens, scope: Option<String>, id_token: Option<IdTokenParts>) -> TokenSet {
    TokenSet {
        access_token: tokens.access,
        refresh_token: tokens.refresh,
        id_token,
        scope,
        expires_in: tokens.lifetime.0 / 1000,
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
#[path = "code_flow_tests.rs"]
mod tests;
