//! Messages of the browser's console.

use super::topic;

topic! {
    // CORS and the console.
    CorsOriginNotAllowed Error
        "The browser shows the answer to the page only if the platform allows the page's origin."
        "Register {origin} as an allowed origin (web origin, trusted origin) of the application, exactly: scheme, host and port, without a slash at the end."
        "Fetch, CORS protocol";
    CorsOriginMismatch Error
        "The platform allows one origin, and the page has another."
        "Register {origin} as an allowed origin of the application, exactly: scheme, host and port, without a slash at the end."
        "Fetch, CORS protocol";
    CorsAuthorizationEndpoint Error
        "The authorization endpoint is a page for the browser to go to; it answers no fetch, so the browser blocks it."
        "Navigate instead: location.assign(url), or a link. Where fetch follows a redirect of your API to the sign-in page, answer 401 from the API and let the page navigate."
        "RFC 6749 §3.1";
    CorsPreflightHeader Error
        "The request carries a header that the platform does not allow from a page."
        "Remove {header} from the request: a token request needs no header but Content-Type: application/x-www-form-urlencoded. Look for an HTTP interceptor that adds it to every request."
        "Fetch, CORS protocol";
    CorsPreflight Error
        "The browser asked for permission first (a preflight), because of a header or a JSON body, and the platform did not give it."
        "Send the token request as a plain form without headers of your own: then there is no preflight. Register {origin} as an allowed origin."
        "Fetch, CORS protocol";
    CorsWildcardCredentials Error
        "With cookies the platform would have to name the page's origin, and it answers with *."
        "Send the token request without cookies: credentials: 'omit' in fetch, withCredentials: false in axios and XMLHttpRequest."
        "Fetch, CORS protocol";
    CorsRedirect Error
        "The platform answered with a redirect, which a browser does not follow after a preflight: often from http to https, or to a sign-in page."
        "Send the request to the address at which the redirect ends."
        "Fetch, CORS protocol";
    FrameRefused Error
        "The platform forbids its pages in frames, and a silent sign-in with prompt=none happens in one."
        "Use refresh tokens instead of a hidden frame; where the frame shows an error page, open its address in a tab to read the error."
        "RFC 9700 §4.16";
    ConnectRefusedByCsp Error
        "The page's own Content-Security-Policy forbids the request."
        "Add the platform's origin to the policy's {directive}: {expected}."
        "CSP Level 3 §6.1";
}
