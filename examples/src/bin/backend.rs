//! A server that renders its pages and signs users in: axum, reqwest and a session cookie. Tokens stay on the server.
//!
//! What makes it safe to copy: a sign-in is bound to the browser that began it, by a cookie that no script reads, and is
//! used once; after it the cookie is another one; no code, token or state is logged or shown; text of the provider's is
//! escaped. ID tokens come from the token endpoint itself, over TLS, so their signature need not be verified: OpenID
//! Connect Core §3.1.3.7 item 6.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use intelliauth_examples::{config, entropy, http_client, now, send};
use intelliauth_spa_sdk::code_flow::{
    self, Config, Error, ErrorCode, HttpResponse, IdToken, LoginOptions, Metadata, RefreshToken, TokenSet,
    Transaction, WallTime, build_authorization_url, end_session_url,
};
use intelliauth_spa_sdk::core::base::json::parse;
use intelliauth_spa_sdk::native::engine;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;

/// The refresh token is used this long before the access token expires, in milliseconds.
const EARLY: i64 = 10_000;

/// How many sign-ins one browser may have under way.
const MAX_OPEN: usize = 10;

struct App {
    config: Config,
    provider: Metadata,
    http: reqwest::Client,
    /// The redirect URI's origin.
    origin: String,
    /// By the browser's cookie. Yours may be in a database; let it forget browsers that did not come back.
    browsers: Mutex<HashMap<String, Browser>>,
}

/// What is known of one browser.
#[derive(Default)]
struct Browser {
    /// Sign-ins under way, several where the user has several tabs.
    transactions: Vec<Transaction>,
    session: Option<Arc<tokio::sync::Mutex<Session>>>,
}

/// A user who is signed in.
struct Session {
    name: String,
    /// The sign-in's own, for refreshes and for the provider's sign-out.
    id_token: IdToken,
    access_token: String,
    expires_at: WallTime,
    refresh_token: Option<RefreshToken>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = config("http://localhost:5173/callback")?;
    let http = http_client()?;
    let (status, body) = send(&http, code_flow::metadata_request(&config)).await?;
    let response = HttpResponse { status, body: &body };
    let (provider, warnings) = code_flow::process_metadata_response(engine, &config, response)?;
    for warning in warnings {
        eprintln!("{}", warning.message());
    }
    let redirect: Uri = config.redirect_uri.parse()?;
    let authority = redirect.authority().ok_or("the redirect URI has no host")?.as_str().to_owned();
    let origin = format!("{}://{authority}", redirect.scheme_str().unwrap_or("https"));
    let app = Arc::new(App { config, provider, http, origin, browsers: Mutex::default() });
    let router = axum::Router::new()
        .route("/", get(home))
        .route("/sign-in", get(sign_in))
        .route(redirect.path(), get(callback))
        .route("/profile", get(profile))
        .route("/sign-out", post(sign_out))
        .with_state(app.clone());
    let listener = TcpListener::bind(authority.as_str()).await?;
    println!("Open {}", app.origin);
    Ok(axum::serve(listener, router).await?)
}

async fn home(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    match app.session(&headers) {
        None => page("Signed out", "<a href=\"/sign-in\">Sign in</a>"),
        Some(session) => {
            let name = escape(&session.lock().await.name);
            let sign_out = "<form method=\"post\" action=\"/sign-out\"><button>Sign out</button></form>";
            page(&name, &format!("<a href=\"/profile\">Ask the API</a>{sign_out}"))
        }
    }
}

/// Sends the browser away, and keeps what its return is held to.
async fn sign_in(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Failure> {
    let endpoint = code_flow::authorization_endpoint(&app.provider)?;
    let (url, transaction) =
        build_authorization_url(&app.config, endpoint, &LoginOptions::default(), &entropy()?, now())?;
    let known = app.cookie(&headers).filter(|id| app.browser(id, |_| ()).is_some());
    let id = match known {
        Some(id) => id,
        None => app.new_browser(Browser::default())?,
    };
    app.browser(&id, |browser| {
        browser.transactions.retain(|transaction| !transaction.expired(now()));
        // Only so many: a request costs memory here, and nothing there.
        if browser.transactions.len() >= MAX_OPEN {
            browser.transactions.remove(0);
        }
        browser.transactions.push(transaction);
    });
    Ok(app.with_cookie(&id, Redirect::to(&url)))
}

/// The browser is back. Whatever comes of it, its sign-in is spent first.
async fn callback(State(app): State<Arc<App>>, headers: HeaderMap, uri: Uri) -> Result<Response, Failure> {
    let url = format!("{}{uri}", app.origin);
    let id = app.cookie(&headers).unwrap_or_default();
    let state = code_flow::state_of(&url).ok_or_else(|| Error::new(ErrorCode::StateUnknown))?;
    let transaction = app
        .browser(&id, |browser| {
            let same = |kept: &Transaction| code_flow::same_secret(kept.state.expose(), state.expose());
            browser.transactions.iter().position(same).map(|at| browser.transactions.swap_remove(at))
        })
        .flatten()
        .ok_or_else(|| Error::new(ErrorCode::StateUnknown))?;
    let code =
        code_flow::process_authorization_response(&app.config, &app.provider, &transaction, &url, now())?;
    let (request, awaited) = code_flow::token_request(&app.provider, transaction, code)?;
    let (status, body) = send(&app.http, request).await?;
    let response = HttpResponse { status, body: &body };
    let tokens =
        code_flow::process_token_response(engine, &app.config, &app.provider, &awaited, response, now())?;
    let session = Session::new(tokens)?;
    // Another cookie than before: one that an attacker planted is worth nothing.
    app.forget(&id);
    let session = Some(Arc::new(tokio::sync::Mutex::new(session)));
    let id = app.new_browser(Browser { session, ..Browser::default() })?;
    Ok(app.with_cookie(&id, Redirect::to("/")))
}

/// A page that needs an API of the user's.
async fn profile(State(app): State<Arc<App>>, headers: HeaderMap) -> Result<Response, Failure> {
    let Some(session) = app.session(&headers) else { return Ok(Redirect::to("/sign-in").into_response()) };
    // Held while it is refreshed: a refresh token is sent once.
    let mut session = session.lock().await;
    if let Err(error) = app.refresh(&mut session).await {
        // Over, or another user's: then the refresh token is spent as well.
        if matches!(error.code, ErrorCode::SessionExpired | ErrorCode::SessionMismatch) {
            app.forget(&app.cookie(&headers).unwrap_or_default());
        }
        return Err(error.into());
    }
    let api = format!("{}/api/me", app.config.issuer);
    let asked = app.http.get(&api).bearer_auth(&session.access_token).send().await;
    let network_error = |_| Error::new(ErrorCode::NetworkError).with("endpoint", "api");
    let said = asked.map_err(network_error)?.text().await.map_err(network_error)?;
    Ok(page(&escape(&session.name), &format!("<pre>{}</pre>", escape(&said))))
}

/// A POST, and the cookie is `SameSite=Lax`: no other site signs the user out.
async fn sign_out(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    let session = app.session(&headers);
    app.forget(&app.cookie(&headers).unwrap_or_default());
    let Some(session) = session else { return Redirect::to("/").into_response() };
    let session = session.lock().await;
    if let Some(token) = &session.refresh_token
        && let Some(request) = code_flow::revocation_request(&app.config, &app.provider, token)
        && let Err(error) = send(&app.http, request).await
    {
        // The user is signed out here all the same.
        eprintln!("a refresh token was not revoked: {error}");
    }
    let return_to = format!("{}/", app.origin);
    let end = app.provider.endpoints.end_session.as_deref().map(|endpoint| {
        end_session_url(endpoint, &app.config.client_id, Some(&session.id_token), Some(&return_to), None)
    });
    Redirect::to(end.as_deref().unwrap_or("/")).into_response()
}

impl App {
    /// New tokens where the present one is about to expire.
    async fn refresh(&self, session: &mut Session) -> Result<(), Error> {
        if now().0 + EARLY < session.expires_at.0 {
            return Ok(());
        }
        let Some(token) = &session.refresh_token else { return Err(Error::new(ErrorCode::SessionExpired)) };
        let request = code_flow::refresh_request(&self.config, &self.provider, token)?;
        let (status, body) = send(&self.http, request).await?;
        let response = HttpResponse { status, body: &body };
        let (config, provider) = (&self.config, &self.provider);
        let tokens = code_flow::process_refresh_response(
            engine,
            config,
            provider,
            &session.id_token,
            response,
            now(),
        )?;
        session.take(tokens);
        Ok(())
    }

    fn cookie_name(&self) -> &'static str {
        // `__Host-`: sent over https alone, and set by no other host of the domain.
        if self.origin.starts_with("https:") { "__Host-browser" } else { "browser" }
    }

    fn cookie(&self, headers: &HeaderMap) -> Option<String> {
        let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
        let mut pairs = cookies.split("; ").filter_map(|pair| pair.split_once('='));
        pairs.find(|(name, _)| *name == self.cookie_name()).map(|(_, id)| id.to_owned())
    }

    fn with_cookie(&self, id: &str, response: impl IntoResponse) -> Response {
        let secure = if self.origin.starts_with("https:") { "; Secure" } else { "" };
        let cookie = format!("{}={id}; Path=/; HttpOnly; SameSite=Lax{secure}", self.cookie_name());
        let mut response = response.into_response();
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        response
    }

    fn browser<T>(&self, id: &str, work: impl FnOnce(&mut Browser) -> T) -> Option<T> {
        self.browsers.lock().unwrap_or_else(PoisonError::into_inner).get_mut(id).map(work)
    }

    fn new_browser(&self, browser: Browser) -> Result<String, Failure> {
        let id = code_flow::random_text(&entropy()?.state);
        self.browsers.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), browser);
        Ok(id)
    }

    fn forget(&self, id: &str) {
        self.browsers.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    fn session(&self, headers: &HeaderMap) -> Option<Arc<tokio::sync::Mutex<Session>>> {
        self.browser(&self.cookie(headers)?, |browser| browser.session.clone())?
    }
}

impl Session {
    fn new(tokens: TokenSet) -> Result<Self, Error> {
        let Some(id_token) = tokens.id_token.clone() else { return Err(Error::new(ErrorCode::Internal)) };
        let claims = parse(engine, &id_token.claims);
        let name = claims.and_then(|claims| claims.member("name").text()).unwrap_or_default();
        let mut session = Self {
            name,
            id_token: id_token.compact,
            access_token: String::new(),
            expires_at: WallTime(0),
            refresh_token: None,
        };
        session.take(tokens);
        Ok(session)
    }

    fn take(&mut self, tokens: TokenSet) {
        self.access_token = tokens.access_token.expose().to_owned();
        self.expires_at = WallTime(now().0 + 1000 * tokens.expires_in);
        // Without a new one, the one before stays good.
        self.refresh_token = tokens.refresh_token.or(self.refresh_token.take());
    }
}

/// A page that says what failed and what to do.
struct Failure(Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<getrandom::Error> for Failure {
    fn from(_: getrandom::Error) -> Self {
        Self(Error::new(ErrorCode::Internal))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self(error) = self;
        // Code and details: none of them is a secret.
        eprintln!("{error}");
        let status = if error.transient() { StatusCode::BAD_GATEWAY } else { StatusCode::BAD_REQUEST };
        let body = format!(
            "<p>{}</p><p>{}</p><a href=\"/sign-in\">Sign in again</a>",
            escape(&error.message()),
            escape(&error.hint())
        );
        (status, page("The sign-in failed", &body)).into_response()
    }
}

/// `title` and `body` are HTML.
fn page(title: &str, body: &str) -> Response {
    let html = format!("<!doctype html><meta charset=\"utf-8\"><title>{title}</title><h1>{title}</h1>{body}");
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ];
    (headers, Html(html)).into_response()
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
