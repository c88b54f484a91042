// Made from src/core/error.rs by `npm run generate`; a test keeps the two alike.
export const table = {
  invalid_config: {
    transient: false,
    summary: "The option {option} cannot be used: {problem}.",
    hint: "Write {instead}.",
  },
  state_unknown: {
    transient: false,
    summary: "The callback does not answer a sign-in that this tab started.",
    hint: "Start the sign-in again from the app. If this happens often: is the redirect URI's origin the one the app runs on, and is the page opened in the same tab?",
  },
  callback_replayed: {
    transient: false,
    summary: "This callback was already used; nothing was sent.",
    hint: "A reloaded, bookmarked or twice-opened callback address: leave it for the app's start page. The session is as it was.",
  },
  callback_invalid: {
    transient: false,
    summary: "The callback's parameters are not an answer this SDK accepts: {problem}.",
    hint: "Look at {parameter} in the address that the platform sent the browser to. The sign-in can be started again.",
  },
  transaction_expired: {
    transient: false,
    summary: "The sign-in took longer than {minutes} minutes.",
    hint: "Start it again.",
  },
  sign_in_loop: {
    transient: false,
    summary: "This tab started {count} sign-ins within {seconds} seconds without the user, and none was completed.",
    hint: "What came back: {results}. Start a sign-in when the user asks for it, or once per page; see that the page at `redirectUri` calls handleCallback(), and show its error instead of signing in again.",
  },
  issuer_mismatch: {
    transient: false,
    summary: "The answer names the issuer {received}, and {expected} was expected.",
    hint: "Set `issuer` to exactly what the platform names itself: compared character for character, trailing slash included. If it is not yours, this answer came from somebody else.",
  },
  access_denied: {
    transient: false,
    summary: "The person or the platform refused the sign-in.",
    hint: "Offer to try again.",
  },
  login_required: {
    transient: false,
    summary: "Nobody is signed in, or the platform wants the person to sign in again.",
    hint: "Call loginWithRedirect().",
  },
  consent_required: {
    transient: false,
    summary: "The platform wants the person's consent.",
    hint: "Call loginWithRedirect() without `prompt: 'none'`.",
  },
  interaction_required: {
    transient: false,
    summary: "The platform wants to show the person a page.",
    hint: "Call loginWithRedirect() without `prompt: 'none'`.",
  },
  account_selection_required: {
    transient: false,
    summary: "The platform wants the person to choose an account.",
    hint: "Call loginWithRedirect({ prompt: 'select_account' }).",
  },
  authorization_refused: {
    transient: false,
    summary: "The platform refused the sign-in with {error}: {description}",
    hint: "Compare the authorize request's client_id, scope and redirect_uri with the application's settings.",
  },
  code_refused: {
    transient: false,
    summary: "The platform refused the authorization code ({error}): {description}",
    hint: "One code, one exchange, with the verifier and the redirect_uri of its own request. You sent redirect_uri {redirectUri}: register exactly that, trailing slash, port and scheme included. Then start the sign-in again.",
  },
  client_refused: {
    transient: false,
    summary: "The platform refused the client ({error}): {description}",
    hint: "Check `clientId`, and that the application is a public client (no secret) allowed to use the authorization code and refresh token grants.",
  },
  token_request_refused: {
    transient: false,
    summary: "The token endpoint refused the request ({error}): {description}",
    hint: "The error code is the platform's own; its documentation says what it means.",
  },
  token_response_invalid: {
    transient: false,
    summary: "The token endpoint's answer cannot be used: {problem}.",
    hint: "Is `tenantUrl` the platform's own address, with no proxy or sign-in page in front of it?",
  },
  id_token_invalid: {
    transient: false,
    summary: "The ID token was refused: {check}.",
    hint: "It is not for this client, this sign-in or this moment. If the check is `iss`, set `issuer` to exactly what the platform writes; otherwise start the sign-in again, and tell the platform's operator if it stays.",
  },
  id_token_signature_invalid: {
    transient: false,
    summary: "The ID token's signature was refused: {problem}.",
    hint: "The keys come from {jwksUri}: they must be the platform's present ones.",
  },
  clock_skew: {
    transient: false,
    summary: "This device's clock differs from the platform's by about {offsetSeconds} seconds.",
    hint: "Set the device's clock (automatic time), or raise `clockSkewSeconds`.",
  },
  network_error: {
    transient: true,
    summary: "The request to {endpoint} got no readable answer.",
    hint: "Offline, blocked, or refused without CORS headers, which looks the same from here: in the network tab, see whether the platform answered with a 4xx, and register this app's origin with it.",
  },
  timeout: {
    transient: true,
    summary: "The request to {endpoint} took longer than {seconds} seconds.",
    hint: "Try again; raise `requestTimeoutSeconds` if the network is slow.",
  },
  platform_unavailable: {
    transient: true,
    summary: "The platform answered with status {status}.",
    hint: "Its own trouble: it is tried again by itself while somebody is signed in.",
  },
  rate_limited: {
    transient: true,
    summary: "The platform asked for fewer requests (429).",
    hint: "It is tried again by itself while somebody is signed in.",
  },
  metadata_invalid: {
    transient: false,
    summary: "The platform's metadata or keys were refused: {problem}.",
    hint: "Look at {url}. Metadata names exactly `issuer`, and endpoints that are https on its origin or named in `endpoints`; keys are a JSON Web Key Set.",
  },
  session_expired: {
    transient: false,
    summary: "The platform ended the session.",
    hint: "Call loginWithRedirect().",
  },
  session_lost: {
    transient: false,
    summary: "The session's newest refresh token never reached this tab, and the platform refused the one it held.",
    hint: "Call loginWithRedirect(). An answer was lost on the way, or a sibling tab that held it is gone.",
  },
  refresh_token_missing: {
    transient: false,
    summary: "There is no new access token without a sign-in: the platform gave no refresh token.",
    hint: "Add `offline_access` to `scope` and sign in again; some platforms give a refresh token only with `prompt: 'consent'` as well. Until the present token expires, getAccessToken() without `forceRefresh` gives it.",
  },
  signed_out: {
    transient: false,
    summary: "The person signed out while this was under way.",
    hint: "Nothing to do.",
  },
  storage_unavailable: {
    transient: false,
    summary: "sessionStorage cannot be written, so the sign-in could not survive the redirect.",
    hint: "Storage is blocked or full: allow this site to store data, or free some.",
  },
  wasm_blocked_by_csp: {
    transient: false,
    summary: "The page's Content-Security-Policy forbids WebAssembly.",
    hint: "Add 'wasm-unsafe-eval' to script-src: Content-Security-Policy: script-src 'self' 'wasm-unsafe-eval'. Nothing else is needed.",
  },
  wasm_unavailable: {
    transient: true,
    summary: "The SDK's WebAssembly could not be loaded.",
    hint: "Look for the failed request in the network tab. The next call loads it anew.",
  },
  internal: {
    transient: true,
    summary: "The SDK failed in a way it should not.",
    hint: "The next call starts afresh. Please report this with the SDK's version.",
  },
  disposed: {
    transient: false,
    summary: "This client was disposed of.",
    hint: "Create another with createIntelliAuth().",
  },
} as const;
