// Made from src/core/base/error/table.rs by `npm run generate`; a test keeps the two alike.
export const messages = {
  invalid_config: "The option {option} cannot be used: {problem}. Write {instead}.",
  state_unknown: "The callback does not answer a sign-in that this tab started.",
  callback_replayed: "This callback was already used; nothing was sent.",
  callback_invalid: "The callback's parameters are not an answer this SDK accepts: {problem}.",
  transaction_expired: "The sign-in took longer than {minutes} minutes.",
  sign_in_loop: "This tab started {count} sign-ins within {seconds} seconds without the user, and none was completed.",
  issuer_mismatch: "The answer names the issuer {received}, and {expected} was expected.",
  access_denied: "The user or the platform refused the sign-in.",
  login_required: "Nobody is signed in, or the platform wants the user to sign in again.",
  consent_required: "The platform wants the user's consent.",
  interaction_required: "The platform wants to show the user a page.",
  account_selection_required: "The platform wants the user to choose an account.",
  authorization_refused: "The platform refused the sign-in with {error}: {description}",
  code_refused: "The platform refused the authorization code ({error}): {description}",
  client_refused: "The platform refused the client ({error}): {description}",
  token_request_refused: "The token endpoint refused the request ({error}): {description}",
  token_response_invalid: "The token endpoint's answer cannot be used: {problem}.",
  id_token_invalid: "The ID token was refused by the check of {check}[: expected {expected}, received {received}].",
  id_token_signature_invalid: "The ID token's signature was refused: it is by none of the keys at {jwksUri}.",
  algorithm_unsupported: "This browser cannot verify signatures by {alg}.",
  clock_skew: "This device's clock differs from the platform's by about {offsetSeconds} seconds.",
  network_error: "The request for the platform's {endpoint} got no readable answer.",
  timeout: "A request was not answered in time[: {endpoint} took longer than {seconds} seconds].",
  platform_unavailable: "The platform cannot serve requests at present[: it answered with status {status}].",
  rate_limited: "The platform asked for fewer requests (429).",
  metadata_invalid: "The platform's metadata or keys were refused by the check of {check}: expected {expected}, received {received}.",
  session_expired: "The platform ended the session.",
  session_lost: "The session's newest refresh token never reached this tab, and the platform refused the one it held.",
  refresh_token_missing: "There is no new access token without a sign-in: the platform gave no refresh token.",
  session_mismatch: "A refresh was answered with an ID token that is not of this session, so the session was ended: the check of {check} failed.",
  signed_out: "The user signed out while this was under way.",
  storage_unavailable: "sessionStorage cannot be written, so the sign-in could not survive the redirect.",
  wasm_blocked_by_csp: "The page's Content-Security-Policy forbids WebAssembly.",
  wasm_unavailable: "The SDK's WebAssembly could not be loaded[: {url} was answered with status {status}].",
  internal: "The SDK failed in a way it should not.",
  disposed: "This client was disposed of.",
} as const;

/** `{name}` stands for a detail; what stands in brackets is left out where its last detail is not known. */
const filled = (text: string, details: Readonly<Record<string, string | undefined>>): string =>
  text
.replace(/\[([^\]]*\{(\w+)\}.*?)\]/g, (_, part: string, name: string) => (name in details ? part : ''))
.replace(/\{(\w+)\}/g, (_, name: string) => details[name] ?? '(unknown)');

export const messageOf = (code: keyof typeof messages, details: Readonly<Record<string, string>>): string =>
  filled(messages[code], details);
