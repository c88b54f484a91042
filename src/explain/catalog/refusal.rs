//! Causes of refusals, and causes that are ruled out.

use super::topic;

topic! {
    // Causes of refusals.
    CauseClientUnknown Error
        "The platform has no application with this client_id: a typing mistake, another tenant, region or realm, or an application that was deleted."
        "Compare client_id with the application's settings, in the tenant to which the request is sent."
        "RFC 6749 §5.2";
    CauseTenantUnknown Error
        "The address names a tenant or realm that the platform does not have."
        "Compare the tenant in the address with the platform's settings."
        "RFC 6749 §3.1";
    CauseRedirectUriUnregistered Error
        "The platform compares the redirect_uri with the registered ones, character for character, and found none that is the same."
        "Copy redirect_uri from the authorization request in the network tab, decode it, and register exactly that: scheme, host, port, path and the slash at the end. Give what is registered to this tool: it names the difference."
        "RFC 9700 §2.1";
    CauseRedirectUriChanged Error
        "The redirect_uri of the token request must be identical to the one of the authorization request."
        "Send the same redirect_uri twice. Compute it once, and store it with the verifier."
        "RFC 6749 §4.1.3";
    CauseCodeUsedTwice Error
        "A code is exchanged once; the second exchange is refused."
        "Exchange it once: look for React StrictMode running the effect twice, a second handler for the same route, a library and your own code both exchanging, a retry, or a reloaded callback. In the network tab, count the POST requests to the token endpoint."
        "RFC 6749 §4.1.2";
    CauseCodeExpired Error
        "A code is valid for a short time: often a minute or less, at most ten minutes."
        "Exchange the code as soon as the callback's page loads. If you send the request by hand, begin a new sign-in for each attempt."
        "RFC 6749 §4.1.2";
    CauseVerifierMismatch Error
        "The hash of the verifier is not the challenge of the sign-in that this code belongs to: the verifier is another tab's or another attempt's, or the challenge was computed in another way."
        "Keep the verifier per tab, in sessionStorage, and make it once per sign-in. Give the authorization request and the verifier to this tool: it tells whether they match, and how the hash was made."
        "RFC 7636 §4.6";
    CauseVerifierMissing Error
        "The sign-in began with a challenge, and the exchange came without a verifier: it was not kept across the redirect, or not sent."
        "Send code_verifier with the token request. Keep it in sessionStorage, which survives the redirect, and return to the origin on which the sign-in began."
        "RFC 7636 §4.5";
    CauseChallengeRequired Error
        "The platform wants PKCE for this application, and the authorization request has no challenge that it accepts."
        "Add code_challenge (BASE64URL of the verifier's SHA-256) and code_challenge_method=S256 to the authorization request."
        "RFC 7636 §4.4.1";
    CauseChallengeMalformed Error
        "The challenge is not what the platform expects: 43 characters of BASE64URL, without = at the end."
        "Encode the 32 bytes of the verifier's SHA-256 in BASE64URL and remove the padding. Give the authorization request to this tool: it names the mistake."
        "RFC 7636 §4.2";
    CauseVerifierUnexpected Error
        "The exchange sends a verifier, and the sign-in began without a challenge: the authorization request was built elsewhere, or lost its parameters."
        "Send code_challenge and code_challenge_method=S256 with the authorization request."
        "RFC 9700 §4.8.2";
    CauseCodeAltered Error
        "The code that arrived is not the one that was issued. Most often it was taken from the address without decoding, and encoded once more."
        "Read it with URLSearchParams, which decodes it, and send it with URLSearchParams, which encodes it once."
        "RFC 6749 §4.1.3";
    CauseStateShort Error
        "The platform refuses a state that could be guessed."
        "Send at least 128 random bits: 22 characters of BASE64URL, new for every sign-in."
        "RFC 6749 §10.10";
    CauseClientTypeConfidential Error
        "The application is registered as one that has a secret, and an app in a browser has none to send."
        "Register it as a public client: \"Single Page Application\", \"SPA\", \"public client\", or token endpoint authentication \"none\". Do not put the secret into the app."
        "RFC 6749 §2.1";
    CauseClientTypePublic Error
        "The application is registered as a public client, and the request carries a secret."
        "Leave out client_secret and the Authorization header; if a server makes the request, register the application as a web application."
        "RFC 6749 §2.1";
    CauseSpaFromServer Error
        "The redirect URI is registered for a single-page app, so the platform answers only requests that a page sends, with an Origin header. This one has none."
        "If a server sends the request, register the redirect URI for a web application. If a page should send it, let the browser do so: no proxy in between, and the browser's protection switched on."
        "RFC 6749 §2.1";
    CauseClientSecretWrong Error
        "The secret is not the application's: expired, of another application, its id instead of its value, or changed by encoding."
        "For an app in a browser: send no secret, and register a public client. For a server: make a new secret and copy its value."
        "RFC 6749 §2.3.1";
    CauseGrantNotAllowed Error
        "The application may not use this grant."
        "Allow the authorization code grant, and for refreshes the refresh token grant, in the application's settings."
        "RFC 6749 §5.2";
    CauseGrantTypeUnsupported Error
        "The platform does not know the grant_type, or did not find it: the body is no form, or the name is misspelled."
        "Send a form with grant_type=authorization_code and Content-Type: application/x-www-form-urlencoded."
        "RFC 6749 §5.2";
    CauseResponseTypeNotAllowed Error
        "The application may not use this response_type: the flow is switched off for it."
        "Send response_type=code, and allow the authorization code flow (\"standard flow\") in the application's settings. Do not allow the implicit flow for it."
        "RFC 6749 §4.1.2.1";
    CauseBodyNotForm Error
        "The platform found no parameter in the body: it was sent as JSON or multipart, without a Content-Type, or the body is empty."
        "Send Content-Type: application/x-www-form-urlencoded, and as body new URLSearchParams({ grant_type: 'authorization_code', … })."
        "RFC 6749 §4.1.3";
    CauseMethodGet Error
        "The token endpoint takes POST alone, and a GET arrived: the address was opened in a tab, or a redirect turned the POST into a GET."
        "Send a POST request to the endpoint's exact https address."
        "RFC 6749 §3.2";
    CauseParameterMissing Error
        "The platform did not find a parameter that it needs."
        "Add {parameter}, spelled exactly so, once, and with a value."
        "RFC 6749 §5.2";
    CauseScopeInvalid Error
        "The platform does not know one of the scopes, the application may not use it, or they are not separated by spaces."
        "Begin with scope=openid+profile+email, and add one name at a time, spelled as the platform's documentation has it."
        "RFC 6749 §3.3";
    CauseOriginNotAllowed Error
        "The platform does not allow the page's origin for this application."
        "Register the origin of the page (scheme, host, port, without a slash at the end) as an allowed origin; at Entra ID, register the redirect URI for the platform \"Single-page application\"."
        "Fetch, CORS protocol";
    CauseUserRefused Error
        "The user pressed cancel, or declined the consent."
        "Offer to try again; do not begin a new sign-in automatically."
        "RFC 6749 §4.1.2.1";
    CauseRuleRefused Error
        "The platform refused this user: a rule, an action, a missing assignment or role, a blocked account, or an address that is not verified."
        "Read error_description, and the platform's log for this sign-in."
        "RFC 6749 §4.1.2.1";
    CauseAudienceUnknown Error
        "The audience or resource is no API that the platform knows, or the application may not use it."
        "Copy the API's identifier from its settings, character for character."
        "RFC 8707 §2";
    CauseConsentRequired Error
        "The user, or an administrator, has not agreed to what the application asks for."
        "Let the user sign in on a page: without prompt=none, or with prompt=consent. Where only an administrator may agree, ask for that."
        "OpenID Connect Core §3.1.2.6";
    CauseNoSession Error
        "The platform has no session for this user, or its cookie does not reach a frame: browsers block cookies of other sites."
        "Let the user sign in on a page: without prompt=none. To stay signed in, use refresh tokens, or serve the platform under your app's own domain."
        "OpenID Connect Core §3.1.2.6";
    CauseInteractionRequired Error
        "The platform must show the user a page: a second factor, a choice of account, new terms."
        "Let the user sign in on a page: without prompt=none."
        "OpenID Connect Core §3.1.2.6";
    CauseRefreshTokenOver Error
        "The refresh token has expired, was revoked, or was used before. With rotation each one is valid for one use, and a second use revokes the newer ones as well."
        "Sign in again. Refresh in one tab at a time and store the new refresh token of every answer."
        "RFC 9700 §4.14.2";
    CauseAccessTokenRefused Error
        "An API refused the access token: it has expired, was revoked, or is meant for another API or from another issuer."
        "Ask the SDK for the access token before each request instead of keeping one, and compare its audience and issuer with what the API expects."
        "RFC 6750 §3.1";
    CauseLoginStateLost Error
        "What was stored when the sign-in began (a cookie, or the state in the browser's storage) is gone or belongs to another sign-in: it took too long, the callback was opened twice or from a bookmark, the host changed in between, or storage is blocked."
        "Begin the sign-in again from the app, in one tab. Use the same scheme, host and port from its beginning to the callback, and do not link to the platform's sign-in page itself."
        "RFC 6749 §10.12";
    CausePlatformFailed Error
        "The platform failed, or has too much to do."
        "Try again later; if it persists, look at the platform's status page and log."
        "RFC 6749 §4.1.2.1";
    CauseRequestObject Error
        "The platform wants the request signed, or pushed to it before the browser is sent there (RFC 9126), and this one is neither."
        "Switch off what asks for it in the application's settings, or use pushed authorization requests."
        "RFC 9126 §5";
    CauseClockSkew Error
        "By the clock of the machine that checked the token, it is not valid yet, or no longer."
        "Let device and server set their clocks automatically, and tolerate a difference of a minute."
        "OpenID Connect Core §3.1.3.7";
    CauseUnknown Error
        "The platform refused the request with an error that no specification defines."
        "Look the error up in the platform's documentation, and read error_description and the platform's log."
        "RFC 6749 §5.2";
    CauseNotShown Error
        "The status alone does not say why the platform refused the request."
        "Open the request in the network tab, and paste its response (JSON with error and error_description), or the request by \"Copy as cURL\"."
        "RFC 6749 §5.2";
    RuledOutVerifier Note
        "A verifier that does not match is a frequent cause of invalid_grant; here it is none."
        "Nothing to change there."
        "RFC 7636 §4.6";
    RuledOutRedirectUri Note
        "A redirect_uri that changed between the two requests is a frequent cause of invalid_grant; here it is none."
        "Nothing to change there."
        "RFC 6749 §4.1.3";
}
