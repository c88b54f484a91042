//! The token request and its answer, and the platform's metadata.

use super::topic;

topic! {
    // The token request.
    TokenRequestGet Error
        "The token endpoint takes POST alone."
        "Send a POST request with the parameters in its body."
        "RFC 6749 §3.2";
    TokenRequestInUrl Error
        "Parameters of a token request belong in the body: the platform does not read them from the URL, where code and verifier end up in logs."
        "Send them in the body, as application/x-www-form-urlencoded."
        "RFC 6749 §4.1.3";
    TokenRequestJson Error
        "The token endpoint reads a form. In a JSON body it finds no parameter, and answers that grant_type is missing."
        "Send Content-Type: application/x-www-form-urlencoded, and as body new URLSearchParams({ grant_type: 'authorization_code', … })."
        "RFC 6749 §4.1.3";
    TokenRequestMultipart Error
        "The token endpoint reads application/x-www-form-urlencoded, and FormData is sent as multipart/form-data."
        "Use URLSearchParams as the body instead of FormData; in curl, --data-urlencode instead of --form."
        "RFC 6749 §4.1.3";
    TokenRequestContentType Error
        "The platform reads the body only with the right Content-Type."
        "Send Content-Type: application/x-www-form-urlencoded."
        "RFC 6749 §4.1.3";
    CodeUsedTwice Error
        "A code is exchanged once. The second exchange is refused, and the platform may revoke the tokens of the first."
        "Exchange it once: look for React StrictMode running the effect twice, a second handler for the same route, a library and your own code both exchanging, or a retry. Take the code out of the address when it is read."
        "RFC 6749 §4.1.2";
    GrantTypeMissing Error
        "Without it the platform does not know which grant is meant."
        "Add grant_type=authorization_code, or refresh_token for a refresh."
        "RFC 6749 §4.1.3";
    GrantTypeUnknown Error
        "The platform compares it character for character and answers unsupported_grant_type."
        "Write grant_type=authorization_code, or refresh_token for a refresh."
        "RFC 6749 §4.1.3";
    TokenCodeMissing Error
        "There is nothing to exchange."
        "Add code, from the callback's address."
        "RFC 6749 §4.1.3";
    VerifierMissing Error
        "The platform needs the verifier to compare it with the challenge, and refuses the exchange without it."
        "Add code_verifier: the one whose hash the authorization request sent. Keep it in sessionStorage, which survives the redirect."
        "RFC 7636 §4.5";
    VerifierIsChallenge Error
        "The platform hashes the code_verifier and compares the result with the challenge. The hash of the challenge is another value."
        "Send the verifier itself, from before it was hashed."
        "RFC 7636 §4.5";
    VerifierMismatch Error
        "The platform hashes the verifier and compares the result with the challenge of the authorization request. Here they do not match: they are of two sign-ins, or the hash was made in another way."
        "Send the verifier of the sign-in that this code answers. Keep it per tab, in sessionStorage, and do not make a new one when the callback's page loads."
        "RFC 7636 §4.6";
    VerifierLength Error
        "A verifier has 43 to 128 characters; platforms refuse others."
        "Use BASE64URL of 32 random bytes: 43 characters."
        "RFC 7636 §4.1";
    VerifierCharacters Error
        "A verifier holds letters, digits and - . _ ~ alone; platforms refuse others, and an unencoded + arrives as a space."
        "Use BASE64URL of 32 random bytes, without padding."
        "RFC 7636 §4.1";
    VerifierDiffers Error
        "The request sends another verifier than the tab stored: the platform will refuse it."
        "Send the stored one, and make no new verifier when the callback's page loads."
        "RFC 7636 §4.5";
    RedirectUriChanged Error
        "The redirect_uri of the token request must be identical to the one of the authorization request."
        "Send redirect_uri={encoded}."
        "RFC 6749 §4.1.3";
    TokenRedirectUriMissing Error
        "It was part of the authorization request, so it must be part of the exchange, identical."
        "Add redirect_uri{expected}."
        "RFC 6749 §4.1.3";
    TokenClientIdMissing Error
        "A public client says who it is by client_id; without it, or a secret, the platform answers invalid_client."
        "Add client_id{expected}."
        "RFC 6749 §4.1.3";
    RefreshTokenParameterMissing Error
        "There is nothing to refresh with."
        "Add refresh_token: the newest that the platform gave."
        "RFC 6749 §6";
    GrantPassword Warning
        "The app sees the user's password, and there is no second factor: this grant must not be used."
        "Use the authorization code flow with PKCE."
        "RFC 9700 §2.4";
    ClientSecretSent Warning
        "A server may send it; an app in a browser cannot keep a secret, and a public client has none."
        "If this request is an app's in a browser, leave the secret out, register the application as a public client and send code_verifier."
        "RFC 6749 §2.1";
    ChallengeInTokenRequest Warning
        "The challenge belongs to the authorization request; the token request carries the verifier."
        "Send code_verifier instead of code_challenge."
        "RFC 7636 §4.5";
    HeaderNeedsPreflight Warning
        "With this header the browser asks the platform for permission first (a CORS preflight), which a token endpoint often does not answer."
        "Send no header of your own but Content-Type: application/x-www-form-urlencoded."
        "Fetch, CORS protocol";
    BodyNotShown Note
        "The body is read from a file, which is not here."
        "Paste the file's text in place of its name."
        "";
    RequestObjectNotShown Note
        "The parameters of the request are in a request object, or were sent to the platform before, and are not here."
        "Paste the request that was sent to the platform, or the claims of the request object written as a query."
        "RFC 9101 §5";

    // The token endpoint's answer.
    TokenResponseInvalid Error
        "An app cannot use this answer: {problem}."
        "Is this the platform's own token endpoint, with no proxy or sign-in page in front of it?"
        "RFC 6749 §5.1";
    IdTokenMissing Warning
        "Without an ID token the app does not learn who signed in."
        "Ask for the scope openid in the authorization request, and see that the application may use it."
        "OpenID Connect Core §3.1.3.3";
    RefreshTokenMissing Note
        "When the access token expires the user must sign in again, or the app asks with prompt=none."
        "Add offline_access to scope, and allow the refresh token grant in the application's settings."
        "OpenID Connect Core §11";
    MetadataInvalid Error
        "A client must refuse this document, because {check} is not what it must be."
        "{check} must be: {expected}. If the document is right, configure the client with exactly what it says."
        "OpenID Connect Discovery §4.3";
}
