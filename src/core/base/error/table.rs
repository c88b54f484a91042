//! The one error table: codes, whether trying again can help, and what to do about it.
//!
//! The client's wasm carries codes and details; the texts are compiled on other targets and for `explain` only, and `js/errors.messages.ts`,
//! `js/errors.hints.ts` and `docs/errors.md` are made from them.

macro_rules! error_table {
    ($($code:ident $name:literal $transient:literal $summary:literal $hint:literal
        $({ $($check:literal: $more:literal,)* })?;)*) => {
        /// Every code there is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode { $(#[doc = $summary] $code,)* }

        impl ErrorCode {
            /// The code as JavaScript sees it.
            pub fn as_str(self) -> &'static str {
                match self { $(ErrorCode::$code => $name,)* }
            }

            /// The code that JavaScript sees as `name`.
            pub fn named(name: &str) -> Option<Self> {
                const ALL: &[ErrorCode] = &[$(ErrorCode::$code,)*];
                for code in ALL {
                    if code.as_str() == name {
                        return Some(*code);
                    }
                }
                None
            }

            /// Whether the same call may succeed later with nothing changed, unless the callback that it answers is spent.
            pub fn transient(self) -> bool {
                match self { $(ErrorCode::$code => $transient,)* }
            }
        }

        /// One row of the table.
        #[cfg(any(not(target_arch = "wasm32"), feature = "explain"))]
        #[non_exhaustive]
        pub struct Row {
            /// The code as JavaScript sees it.
            pub code: &'static str,
            /// Whether trying again can help.
            pub transient: bool,
            /// What happened; `{name}` stands for a detail.
            pub summary: &'static str,
            /// What to do about it. What stands in brackets is left out where one of its details is not known.
            pub hint: &'static str,
            /// What to do instead where the detail `check` has this value.
            pub hints: &'static [(&'static str, &'static str)],
        }

        /// The whole table.
        #[cfg(any(not(target_arch = "wasm32"), feature = "explain"))]
        pub const TABLE: &[Row] =
            &[$(Row {
                code: $name,
                transient: $transient,
                summary: $summary,
                hint: $hint,
                hints: &[$($(($check, $more),)*)?],
            },)*];
    };
}

error_table! {
    InvalidConfig "invalid_config" false
        "The option {option} cannot be used: {problem}. Write {instead}."
        "The package's declarations say what {option} takes, and what else there is beside it.";
    StateUnknown "state_unknown" false
        "The callback does not answer a sign-in that this tab started."
        "Start the sign-in again from the app. If this happens often, check that the redirect URI has the origin on which the app runs, and that the callback opens in the tab in which the sign-in began.";
    CallbackReplayed "callback_replayed" false
        "This callback was already used; nothing was sent."
        "The callback's address was reloaded, bookmarked or opened twice. Go to the app's start page: the session has not changed.";
    CallbackInvalid "callback_invalid" false
        "The callback's parameters are not an answer this SDK accepts: {problem}."
        "Look at {parameter} in the address that the platform sent the browser to. The sign-in can be started again.";
    TransactionExpired "transaction_expired" false
        "The sign-in took longer than {minutes} minutes."
        "Start it again.";
    SignInLoop "sign_in_loop" false
        "This tab started {count} sign-ins within {seconds} seconds without the user, and none was completed."
        "The results were: {results}. Start a sign-in when the user asks for it, or once per page. The page at `redirectUri` must call handleCallback(), and show its error instead of signing in again.";
    IssuerMismatch "issuer_mismatch" false
        "The answer names the issuer {received}, and {expected} was expected."
        "[If {received} is your platform, write `issuer: '{received}'`: the option `{option}` is compared character for character, trailing slash included. If it is not, this answer came from another provider. ]`none` means that the platform announces `iss` (RFC 9207) and did not send it.";
    AccessDenied "access_denied" false
        "The user or the platform refused the sign-in."
        "Offer to try again.";
    LoginRequired "login_required" false
        "Nobody is signed in, or the platform wants the user to sign in again."
        "Call loginWithRedirect().";
    ConsentRequired "consent_required" false
        "The platform wants the user's consent."
        "Call loginWithRedirect() without `prompt: 'none'`.";
    InteractionRequired "interaction_required" false
        "The platform wants to show the user a page."
        "Call loginWithRedirect() without `prompt: 'none'`.";
    AccountSelectionRequired "account_selection_required" false
        "The platform wants the user to choose an account."
        "Call loginWithRedirect({ prompt: 'select_account' }).";
    AuthorizationRefused "authorization_refused" false
        "The platform refused the sign-in with {error}: {description}"
        "Compare the authorize request's client_id, scope and redirect_uri with the application's settings.";
    CodeRefused "code_refused" false
        "The platform refused the authorization code ({error}): {description}"
        "A code can be exchanged once, with the verifier and the redirect_uri of its own request. You sent redirect_uri {redirectUri}: register exactly that, trailing slash, port and scheme included. Then start the sign-in again.";
    ClientRefused "client_refused" false
        "The platform refused the client ({error}): {description}"
        "Check `clientId`, and that the application is a public client (no secret) allowed to use the authorization code and refresh token grants.";
    TokenRequestRefused "token_request_refused" false
        "The token endpoint refused the request ({error}): {description}"
        "The error code is the platform's own; its documentation says what it means.";
    TokenResponseInvalid "token_response_invalid" false
        "The token endpoint's answer cannot be used: {problem}."
        "Is `tenantUrl` the platform's own address, with no proxy or sign-in page in front of it?";
    IdTokenInvalid "id_token_invalid" false
        "The ID token was refused by the check of {check}[: expected {expected}, received {received}]."
        "It is not for this client, this sign-in or this moment. Start the sign-in again, and tell the platform's operator if it happens again."
        {
            "missing": "A sign-in that asks for `openid` is answered with an `id_token` (OpenID Connect Core §3.1.3.3). Is `tenantUrl` an OpenID provider, and may this application ask for the scope `openid`?",
            "alg": "Have the platform sign this application's ID tokens with {expected}. `none`, and HMAC such as HS256, are never accepted: a browser has no secret to verify them with.",
            "iss": "[If {received} is your platform, write `issuer: '{received}'`: the option `{option}` is compared character for character, trailing slash included. If it is not, the answer came from another provider. ]Every ID token names its issuer as `iss` (OpenID Connect Core §2).",
            "aud": "Is `clientId` this application's own? Audiences that the token may have besides it go into `additionalAudiences`; its `azp` must then be `clientId`.",
            "azp": "The token was issued to another client: is `clientId` this application's own? With `additionalAudiences` the platform must send `azp`.",
            "exp": "The token had expired before it came. Look at the lifetime of ID tokens in the platform's settings, and at this device's clock; `clockSkewSeconds` tolerates up to 600.",
            "auth_time": "`maxAge` was asked for, and the user signed in at the platform before that, or the platform does not say when. Call loginWithRedirect() with `maxAge` and `prompt: 'login'`.",
            "parts": "An ID token has three parts, separated by dots; five are an encrypted one. Have the platform send it signed only.",
        };
    SignatureInvalid "id_token_signature_invalid" false
        "The ID token's signature was refused: it is by none of the keys at {jwksUri}."
        "These must be the platform's present keys: look for one with the `kid` {kid}, of the token's algorithm, without `use: enc` and without its private half. If `endpoints.jwks` is set, is it this platform's?";
    AlgorithmUnsupported "algorithm_unsupported" false
        "This browser cannot verify signatures by {alg}."
        "Have the platform sign this application's ID tokens with RS256 or ES256, which every browser verifies, or use a newer browser. On plain http, except on localhost, browsers verify nothing: serve the page over https.";
    ClockSkew "clock_skew" false
        "This device's clock differs from the platform's by about {offsetSeconds} seconds."
        "Set the device's clock (automatic time), or raise `clockSkewSeconds`.";
    NetworkError "network_error" true
        "The request for the platform's {endpoint} got no readable answer."
        "The browser is offline, the request was blocked, or the platform refused it without CORS headers: a page cannot tell these apart. If the network tab shows a 4xx answer, register this app's origin with the platform.";
    Timeout "timeout" true
        "A request was not answered in time[: {endpoint} took longer than {seconds} seconds]."
        "Try again; raise `requestTimeoutSeconds` if the network is slow.";
    PlatformUnavailable "platform_unavailable" true
        "The platform cannot serve requests at present[: it answered with status {status}]."
        "The platform reports a temporary failure. While a user is signed in, the SDK tries again by itself.";
    RateLimited "rate_limited" true
        "The platform asked for fewer requests (429)."
        "While a user is signed in, the SDK tries again by itself.";
    MetadataInvalid "metadata_invalid" false
        "The platform's metadata or keys were refused by the check of {check}: expected {expected}, received {received}."
        "Look at {url}.[ If what it says is right, set the option `{option}` to it: that is taken as you write it, and compared character for character.]"
        {
            "issuer": "Look at {url}.[ If {received} is your platform, write `issuer: '{received}'`: the option `{option}` is compared character for character, trailing slash included. If it is not, another platform answers there.]",
            "status": "Look at {url}: is `tenantUrl`, or `issuer` where it is set, the address under which the platform publishes its metadata? Without `discovery` none is needed.",
            "code_challenge_methods_supported": "Have the platform accept PKCE with S256 for this application (RFC 7636): the SDK sends nothing else.",
        };
    SessionExpired "session_expired" false
        "The platform ended the session."
        "Call loginWithRedirect().";
    SessionLost "session_lost" false
        "The session's newest refresh token never reached this tab, and the platform refused the one it held."
        "Call loginWithRedirect(). An answer was lost on the way, or another tab that had it was closed.";
    RefreshTokenMissing "refresh_token_missing" false
        "There is no new access token without a sign-in: the platform gave no refresh token."
        "Add `offline_access` to `scope` and sign in again; some platforms give a refresh token only with `prompt: 'consent'` as well. Until the present token expires, getAccessToken() without `forceRefresh` gives it.";
    SessionMismatch "session_mismatch" false
        "A refresh was answered with an ID token that is not of this session, so the session was ended: the check of {check} failed."
        "Call loginWithRedirect(). If it happens again, tell the platform's operator: a refreshed ID token has the sign-in's `iss`, `sub`, `aud` and, if any, `nonce` (OpenID Connect Core §12.2), and a signature that verifies.";
    SignedOut "signed_out" false
        "The user signed out while this was under way."
        "Nothing to do.";
    StorageUnavailable "storage_unavailable" false
        "sessionStorage cannot be written, so the sign-in could not survive the redirect."
        "Storage is blocked or full: allow this site to store data, or free some.";
    WasmBlockedByCsp "wasm_blocked_by_csp" false
        "The page's Content-Security-Policy forbids WebAssembly."
        "Add 'wasm-unsafe-eval' to script-src: Content-Security-Policy: script-src 'self' 'wasm-unsafe-eval'. Nothing else is needed.";
    WasmUnavailable "wasm_unavailable" true
        "The SDK's WebAssembly could not be loaded[: {url} was answered with status {status}]."
        "[Does the option `wasm` name a file that this server has? It was answered with {status}. ]Look for the failed request in the network tab. The file that the option `wasm` names is requested again by the next call; the SDK's own files only when the page is reloaded.";
    Internal "internal" true
        "The SDK failed in a way it should not."
        "The next call starts afresh. Please report this with the SDK's version.";
    Disposed "disposed" false
        "This client was disposed of."
        "Create another with createIntelliAuth().";
}
