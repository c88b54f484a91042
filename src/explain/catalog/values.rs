//! What was pasted, and what can be wrong with any parameter.

use super::topic;

topic! {
    // What was pasted.
    NotRecognised Error
        "Only messages of a sign-in can be explained."
        "Paste one of these: the URL that the browser is sent to (with response_type and client_id), the callback's URL (with code or error), a token request (its form body, a curl command, \"Copy as cURL\" or \"Copy as fetch\" of the network tab, a HAR file), the token endpoint's JSON answer, the browser's CORS message, an error of this SDK (as the console prints it, as JSON, or its code alone), or the source code that builds one of these requests (new URLSearchParams({ … }))."
        "";

    // Values that a program never filled in.
    ValueUndefined Error
        "A variable had no value when the request was built, and the text that a program writes for nothing (undefined, null) was sent in its place."
        "Set the value before the request is built: look for a missing environment variable, a wrong prefix (VITE_, NEXT_PUBLIC_, REACT_APP_), or configuration that is read before it has loaded."
        "RFC 6749 §3.1";
    ValuePlaceholder Warning
        "The value looks like a placeholder of an example or a template, and the platform does not know it."
        "Put the application's own value there, from its settings at the platform."
        "";

    // Secrets where they must not be.
    SecretInUrl Error
        "URLs are kept in the browser's history, in logs of servers and proxies, and sent on in Referer headers: anyone who reads one of these has the value."
        "Take {name} out of the URL. {place} A secret that was in a URL may be known to others: replace it."
        "RFC 9700 §4.3";
    TokenInAddress Error
        "A token in the address is seen by scripts, extensions, the history and logs. It comes from the implicit flow, which RFC 9700 advises against, and this SDK refuses it."
        "Send response_type=code with a code_challenge, and exchange the code for tokens."
        "RFC 9700 §2.1.2";
    ClientSecretInBrowser Error
        "A browser cannot keep a secret: everybody who opens the app can read it in the source or in the network tab."
        "Leave the secret out and send the code_verifier instead; register the application as a public client (single-page app, token endpoint authentication \"none\"). Replace the secret: it is known now."
        "RFC 6749 §2.1";

    // Text that was not written as a URL or a form.
    ParameterMisspelled Error
        "The platform ignores a parameter that it does not know, so {meant} is missing."
        "Write {meant} instead of {name}."
        "RFC 6749 §3.1";
    ParametersAfterFragment Error
        "A browser never sends what follows # in a URL, so the platform does not get these parameters."
        "Encode # inside a value as %23. A redirect URI must have no fragment at all: register a path such as /callback instead of a hash route."
        "RFC 6749 §3.1.2";
    SecondQuestionMark Error
        "Only the first ? of a URL begins the query; the rest belongs to the value before it."
        "Join the parameters with &. Let URLSearchParams build the query."
        "RFC 3986 §3.4";
    HtmlEscaped Warning
        "&amp; stands for & inside HTML alone. In a URL, & ends a parameter, and amp; becomes the beginning of the next one's name."
        "Join the parameters with a plain &, if this is what the browser sent."
        "RFC 3986 §3.4";
    DoubleEncoded Error
        "The value was percent-encoded twice: the platform decodes it once, and what it compares is still encoded."
        "Encode it once{expected}. Do not call encodeURIComponent on a value that URLSearchParams or an HTTP library encodes."
        "RFC 6749 appendix B";
    ValueWhitespace Error
        "The platform compares the value with its white space, so it is another value."
        "Remove it: a line break or a space was copied with the value, often in an environment variable."
        "RFC 6749 §3.1";
    ValueQuoted Error
        "The quotation marks are part of the value that the platform compares."
        "Remove them: they often come from an environment file or from JSON.stringify."
        "RFC 6749 §3.1";
    ParameterRepeated Error
        "No parameter may be there more than once: the platform refuses the request, or takes the one that you did not mean."
        "Send {name} once. Look for a library and your own code both adding it."
        "RFC 6749 §3.1";

    // The address of the request.
    EndpointIsTokenEndpoint Error
        "The token endpoint takes POST requests from the app; a browser that is sent there gets an error."
        "Send the browser to the authorization endpoint. At IntelliAuth that is {expected}."
        "RFC 6749 §3.1";
    EndpointIsAuthorizationEndpoint Error
        "The authorization endpoint shows the sign-in page; it exchanges no code."
        "Send the token request to the token endpoint. At IntelliAuth that is {expected}."
        "RFC 6749 §3.2";
    EndpointIsMetadata Error
        "This is the address of the platform's description, not one of its endpoints."
        "Take authorization_endpoint or token_endpoint from the document at this address."
        "OpenID Connect Discovery §4";
    TenantDiffers Error
        "Another tenant has other applications and other users: it does not know this client_id, or signs in other users."
        "Send the request to {expected}."
        "RFC 6749 §3.1";
    EndpointMisspelled Error
        "The platform has no page at this path."
        "Write {expected}."
        "RFC 6749 §3.1";
    EndpointUserInfo Error
        "Browsers do not send a name or password that stands before the host, and such an address is easily mistaken for another."
        "Remove what stands before @."
        "RFC 3986 §3.2.1";
    EndpointDoubleSlash Warning
        "Many servers have no page at a path with two slashes."
        "Remove one slash: the configured address ends with / and the path begins with one. Write {expected}."
        "RFC 3986 §3.3";
}
