// Made from src/core/base/error/table.rs by `npm run generate`; a test keeps the two alike.
import type { IntelliAuthError } from './errors.js';

export const hints = {
  invalid_config: "The package's declarations say what {option} takes, and what else there is beside it.",
  state_unknown: "Start the sign-in again from the app. If this happens often, check that the redirect URI has the origin on which the app runs, and that the callback opens in the tab in which the sign-in began.",
  callback_replayed: "The callback's address was reloaded, bookmarked or opened twice. Go to the app's start page: the session has not changed.",
  callback_invalid: "Look at {parameter} in the address that the platform sent the browser to. The sign-in can be started again.",
  transaction_expired: "Start it again.",
  sign_in_loop: "The results were: {results}. Start a sign-in when the user asks for it, or once per page. The page at `redirectUri` must call handleCallback(), and show its error instead of signing in again.",
  issuer_mismatch: "[If {received} is your platform, write `issuer: '{received}'`: the option `{option}` is compared character for character, trailing slash included. If it is not, this answer came from another provider. ]`none` means that the platform announces `iss` (RFC 9207) and did not send it.",
  access_denied: "Offer to try again.",
  login_required: "Call loginWithRedirect().",
  consent_required: "Call loginWithRedirect() without `prompt: 'none'`.",
  interaction_required: "Call loginWithRedirect() without `prompt: 'none'`.",
  account_selection_required: "Call loginWithRedirect({ prompt: 'select_account' }).",
  authorization_refused: "Compare the authorize request's client_id, scope and redirect_uri with the application's settings.",
  code_refused: "A code can be exchanged once, with the verifier and the redirect_uri of its own request. You sent redirect_uri {redirectUri}: register exactly that, trailing slash, port and scheme included. Then start the sign-in again.",
  client_refused: "Check `clientId`, and that the application is a public client (no secret) allowed to use the authorization code and refresh token grants.",
  token_request_refused: "The error code is the platform's own; its documentation says what it means.",
  token_response_invalid: "Is `tenantUrl` the platform's own address, with no proxy or sign-in page in front of it?",
  id_token_invalid: "It is not for this client, this sign-in or this moment. Start the sign-in again, and tell the platform's operator if it happens again.",
  id_token_signature_invalid: "These must be the platform's present keys: look for one with the `kid` {kid}, of the token's algorithm, without `use: enc` and without its private half. If `endpoints.jwks` is set, is it this platform's?",
  algorithm_unsupported: "Have the platform sign this application's ID tokens with RS256 or ES256, which every browser verifies, or use a newer browser. On plain http, except on localhost, browsers verify nothing: serve the page over https.",
  clock_skew: "Set the device's clock (automatic time), or raise `clockSkewSeconds`.",
  network_error: "The browser is offline, the request was blocked, or the platform refused it without CORS headers: a page cannot tell these apart. If the network tab shows a 4xx answer, register this app's origin with the platform.",
  timeout: "Try again; raise `requestTimeoutSeconds` if the network is slow.",
  platform_unavailable: "The platform reports a temporary failure. While a user is signed in, the SDK tries again by itself.",
  rate_limited: "While a user is signed in, the SDK tries again by itself.",
  metadata_invalid: "Look at {url}.[ If what it says is right, set the option `{option}` to it: that is taken as you write it, and compared character for character.]",
  session_expired: "Call loginWithRedirect().",
  session_lost: "Call loginWithRedirect(). An answer was lost on the way, or another tab that had it was closed.",
  refresh_token_missing: "Add `offline_access` to `scope` and sign in again; some platforms give a refresh token only with `prompt: 'consent'` as well. Until the present token expires, getAccessToken() without `forceRefresh` gives it.",
  session_mismatch: "Call loginWithRedirect(). If it happens again, tell the platform's operator: a refreshed ID token has the sign-in's `iss`, `sub`, `aud` and, if any, `nonce` (OpenID Connect Core §12.2), and a signature that verifies.",
  signed_out: "Nothing to do.",
  storage_unavailable: "Storage is blocked or full: allow this site to store data, or free some.",
  wasm_blocked_by_csp: "Add 'wasm-unsafe-eval' to script-src: Content-Security-Policy: script-src 'self' 'wasm-unsafe-eval'. Nothing else is needed.",
  wasm_unavailable: "[Does the option `wasm` name a file that this server has? It was answered with {status}. ]Look for the failed request in the network tab. The file that the option `wasm` names is requested again by the next call; the SDK's own files only when the page is reloaded.",
  internal: "The next call starts afresh. Please report this with the SDK's version.",
  disposed: "Create another with createIntelliAuth().",
} as const;

/** What an error's `details` hold, by its code. */
export interface ErrorDetails {
  invalid_config: { readonly option: string; readonly problem: string; readonly instead: string };
  state_unknown: object;
  callback_replayed: object;
  callback_invalid: { readonly problem: string; readonly parameter?: string };
  transaction_expired: { readonly minutes: string };
  sign_in_loop: { readonly count: string; readonly seconds: string; readonly results?: string };
  issuer_mismatch: { readonly received: string; readonly expected: string; readonly option?: string };
  access_denied: object;
  login_required: object;
  consent_required: object;
  interaction_required: object;
  account_selection_required: object;
  authorization_refused: { readonly error: string; readonly description: string };
  code_refused: { readonly error: string; readonly description: string; readonly redirectUri?: string };
  client_refused: { readonly error: string; readonly description: string };
  token_request_refused: { readonly error: string; readonly description: string };
  token_response_invalid: { readonly problem: string };
  id_token_invalid: { readonly check: string; readonly expected?: string; readonly received?: string; readonly option?: string };
  id_token_signature_invalid: { readonly jwksUri: string; readonly kid?: string };
  algorithm_unsupported: { readonly alg: string };
  clock_skew: { readonly offsetSeconds: string };
  network_error: { readonly endpoint: string };
  timeout: { readonly endpoint?: string; readonly seconds?: string };
  platform_unavailable: { readonly status?: string };
  rate_limited: object;
  metadata_invalid: { readonly check: string; readonly expected: string; readonly received: string; readonly url?: string; readonly option?: string };
  session_expired: object;
  session_lost: object;
  refresh_token_missing: object;
  session_mismatch: { readonly check: string };
  signed_out: object;
  storage_unavailable: object;
  wasm_blocked_by_csp: object;
  wasm_unavailable: { readonly url?: string; readonly status?: string };
  internal: object;
  disposed: object;
}

/** Instead of the code's, where the detail `check` is this. */
const hintsByCheck = {
  id_token_invalid: {
    missing: "A sign-in that asks for `openid` is answered with an `id_token` (OpenID Connect Core §3.1.3.3). Is `tenantUrl` an OpenID provider, and may this application ask for the scope `openid`?",
    alg: "Have the platform sign this application's ID tokens with {expected}. `none`, and HMAC such as HS256, are never accepted: a browser has no secret to verify them with.",
    iss: "[If {received} is your platform, write `issuer: '{received}'`: the option `{option}` is compared character for character, trailing slash included. If it is not, the answer came from another provider. ]Every ID token names its issuer as `iss` (OpenID Connect Core §2).",
    aud: "Is `clientId` this application's own? Audiences that the token may have besides it go into `additionalAudiences`; its `azp` must then be `clientId`.",
    azp: "The token was issued to another client: is `clientId` this application's own? With `additionalAudiences` the platform must send `azp`.",
    exp: "The token had expired before it came. Look at the lifetime of ID tokens in the platform's settings, and at this device's clock; `clockSkewSeconds` tolerates up to 600.",
    auth_time: "`maxAge` was asked for, and the user signed in at the platform before that, or the platform does not say when. Call loginWithRedirect() with `maxAge` and `prompt: 'login'`.",
    parts: "An ID token has three parts, separated by dots; five are an encrypted one. Have the platform send it signed only.",
  },
  metadata_invalid: {
    issuer: "Look at {url}.[ If {received} is your platform, write `issuer: '{received}'`: the option `{option}` is compared character for character, trailing slash included. If it is not, another platform answers there.]",
    status: "Look at {url}: is `tenantUrl`, or `issuer` where it is set, the address under which the platform publishes its metadata? Without `discovery` none is needed.",
    code_challenge_methods_supported: "Have the platform accept PKCE with S256 for this application (RFC 7636): the SDK sends nothing else.",
  },
} as const;

/** Follows the hint where the detail `callback` is this. */
const spent = "This callback cannot be answered again: start the sign-in again, with loginWithRedirect().";

/** `{name}` stands for a detail; what stands in brackets is left out where its last detail is not known. */
const filled = (text: string, details: Readonly<Record<string, string | undefined>>): string =>
  text
.replace(/\[([^\]]*\{(\w+)\}.*?)\]/g, (_, part: string, name: string) => (name in details ? part : ''))
.replace(/\{(\w+)\}/g, (_, name: string) => details[name] ?? '(unknown)');

export function hintOf({ code, details }: IntelliAuthError): string {
  const own = (hintsByCheck as Record<string, Record<string, string>>)[code];
  const hint = filled(own?.[details['check'] ?? ''] ?? hints[code], details);
  return details['callback'] === 'spent' ? `${hint} ${spent}` : hint;
}
