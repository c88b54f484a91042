//! The authorization request.

use super::topic;

topic! {
    // response_type.
    ResponseTypeMissing Error
        "Without it the platform does not know which flow is meant, and refuses the request."
        "Add response_type=code."
        "RFC 6749 §3.1.1";
    ResponseTypeToken Error
        "This is the implicit flow: tokens come back in the address, where scripts, extensions and the history read them."
        "Send response_type=code with a code_challenge, and exchange the code for tokens."
        "RFC 9700 §2.1.2";
    ResponseTypeUnknown Error
        "The platform compares it character for character and refuses what it does not know."
        "Write response_type=code."
        "RFC 6749 §3.1.1";
    ResponseTypeHybrid Warning
        "The hybrid flow puts an ID token into the address; the code flow with PKCE needs none there."
        "Send response_type=code."
        "RFC 9700 §2.1.2";

    // client_id.
    ClientIdMissing Error
        "Without it the platform does not know which application asks."
        "Add client_id, from the application's settings."
        "RFC 6749 §4.1.1";
    ClientIdDiffers Error
        "The platform knows this application under another id, or it is another application with settings of its own."
        "Send client_id={expected}."
        "RFC 6749 §2.2";

    // redirect_uri.
    RedirectUriMissing Error
        "The platform does not know where to send the user back to."
        "Add redirect_uri, exactly as it is registered.{expected}"
        "RFC 6749 §3.1.2";
    RedirectUriRelative Error
        "A redirect URI must be absolute: the platform cannot know your app's host."
        "Write the whole address, with scheme and host: {expected}."
        "RFC 6749 §3.1.2";
    RedirectUriFragment Error
        "A redirect URI must have no fragment: the platform refuses it, or the code is lost behind the #."
        "Register and send {expected}, and let that page hand over to the router."
        "RFC 6749 §3.1.2";
    RedirectUriTrailingSlash Error
        "The platform compares redirect URIs character for character, and a slash at the end makes it another one."
        "Send redirect_uri={encoded}, or register {seen} as well."
        "RFC 9700 §2.1";
    RedirectUriLoopbackName Error
        "localhost and 127.0.0.1 are the same machine, but different redirect URIs and different origins: a page on one cannot read what a page on the other stored."
        "Open the app under the registered name and send redirect_uri={encoded}, or register {seen} as well."
        "RFC 9700 §2.1";
    RedirectUriScheme Error
        "http and https are different redirect URIs."
        "Send redirect_uri={encoded}, or register {seen} as well. Behind a proxy that ends TLS, tell the server its public address (X-Forwarded-Proto)."
        "RFC 9700 §2.1";
    RedirectUriPort Error
        "Another port is another redirect URI, and the code is not sent there."
        "Send redirect_uri={encoded}, or register {seen} as well. A development server takes another port when its own is in use: fix the port."
        "RFC 9700 §2.1";
    RedirectUriWww Error
        "With and without www. are two hosts: two redirect URIs, and two origins that do not share storage."
        "Send redirect_uri={encoded}, or register {seen} as well, and redirect one host to the other before the sign-in begins."
        "RFC 9700 §2.1";
    RedirectUriCase Error
        "The platform compares redirect URIs character for character: an upper-case letter is another character."
        "Send redirect_uri={encoded}, or register {seen} as well."
        "RFC 9700 §2.1";
    RedirectUriQuery Error
        "The query is part of the redirect URI that the platform compares."
        "Send redirect_uri={encoded}; carry what you need across the sign-in in the app's own storage (appState in this SDK), not in the redirect URI."
        "RFC 9700 §2.1";
    RedirectUriEncoding Error
        "The platform compares redirect URIs character for character after decoding them once; another encoding is another text."
        "Send redirect_uri={encoded}."
        "RFC 9700 §2.1";
    RedirectUriPath Error
        "Another path is another redirect URI."
        "Send redirect_uri={encoded}, or register {seen} as well."
        "RFC 9700 §2.1";
    RedirectUriUnregistered Error
        "The platform sends codes only to redirect URIs that are registered, compared character for character."
        "Register {seen}, or send one that is registered: {expected}."
        "RFC 9700 §2.1";
    RedirectUriWildcard Error
        "A request names one address. A * is not a pattern in it, but a part of the address."
        "Write the one address to which this user returns."
        "RFC 9700 §2.1";
    RedirectUriIsPlatform Error
        "The redirect URI is where the user comes back to the app; this address is the platform's own."
        "Write the address of the app's own callback page."
        "RFC 6749 §3.1.2";
    RedirectUriOutOfBand Error
        "Platforms have switched off the flow in which the user copies the code by hand."
        "Use an https redirect URI of the app, or http://127.0.0.1 on this machine."
        "RFC 8252 §7.3";
    RedirectUriPlainHttp Warning
        "The code comes back over a connection that others can read, and many platforms refuse plain http outside this machine."
        "Register and send an https address."
        "RFC 6749 §3.1.2.1";
    RedirectUriOtherOrigin Error
        "State and verifier are stored for the origin on which the sign-in begins; the page at another origin cannot read them."
        "Begin the sign-in on the origin of the redirect URI, or send a redirect URI of {expected}."
        "RFC 6749 §10.12";

    // scope.
    ScopeSeparator Error
        "Scopes are separated by spaces. With another separator the platform takes the whole text for one scope, which it does not know."
        "Write scope={expected}."
        "RFC 6749 §3.3";
    ScopeCase Error
        "Scopes are case-sensitive: the platform does not take this one for openid."
        "Write openid in lower case: scope={expected}."
        "RFC 6749 §3.3";
    ScopeCharacters Error
        "A scope holds visible ASCII characters without quotation marks and backslashes."
        "Write scope=openid+profile+email, and more names separated by spaces."
        "RFC 6749 §3.3";
    ScopeMissing Warning
        "Without openid there is no ID token, so the app does not learn who signed in."
        "Add scope=openid+profile+email."
        "OpenID Connect Core §3.1.2.1";
    ScopeWithoutOpenid Warning
        "Without openid this is no OpenID Connect request: there is no ID token, so the app does not learn who signed in."
        "Write scope={expected}."
        "OpenID Connect Core §3.1.2.1";

    // PKCE in the authorization request.
    VerifierInRequest Error
        "The verifier is the secret of this sign-in. Sent together with the challenge, it protects nothing."
        "Keep the verifier in the tab, send code_challenge={challenge}, and send code_verifier with the token request alone."
        "RFC 7636 §4.3";
    ChallengeIsVerifier Error
        "The challenge must be the hash of the verifier. If the verifier itself is sent, anyone who sees the URL can exchange the code."
        "Send code_challenge={challenge}: BASE64URL(SHA-256(ASCII(code_verifier))), and code_challenge_method=S256."
        "RFC 7636 §4.2";
    ChallengeMethodPlain Error
        "With plain the challenge is the verifier itself: anyone who sees the URL can exchange the code."
        "Send code_challenge_method=S256, and as code_challenge the BASE64URL of the verifier's SHA-256."
        "RFC 9700 §2.1.1";
    ChallengeMissing Error
        "Without a challenge anyone who gets hold of the code can exchange it, and platforms refuse a public client's request."
        "Add code_challenge (BASE64URL of the verifier's SHA-256) and code_challenge_method=S256."
        "RFC 9700 §2.1.1";
    ChallengeMethodMissing Error
        "Without a method the platform takes plain: it compares the challenge with the verifier itself and refuses the exchange."
        "Add code_challenge_method=S256."
        "RFC 7636 §4.3";
    ChallengeMethodUnknown Error
        "The method's name is compared character for character, and the platform refuses one that it does not know."
        "Write code_challenge_method=S256, with a capital S."
        "RFC 7636 §4.3";
    ChallengeHex Error
        "The platform compares the challenge with the BASE64URL of the hash's 32 bytes. Hexadecimal digits never match it, so the exchange is refused."
        "Encode the bytes of the digest, not their hexadecimal text: 43 characters of BASE64URL.{challenge}"
        "RFC 7636 §4.2";
    ChallengeOfHex Error
        "The digest's hexadecimal text was encoded instead of its 32 bytes, so the platform's comparison fails."
        "Encode the bytes of the digest: 43 characters of BASE64URL.{challenge}"
        "RFC 7636 §4.2";
    ChallengePadded Error
        "BASE64URL in PKCE has no padding: with = at the end the platform's comparison fails."
        "Remove = from the end of code_challenge: 43 characters remain."
        "RFC 7636 §3";
    ChallengeNotUrlSafe Error
        "PKCE uses the URL-safe alphabet: + / and spaces are not in it, so the platform's comparison fails."
        "Replace + by - and / by _, and remove =, before the challenge is sent."
        "RFC 7636 §3";
    ChallengeMismatch Error
        "The platform hashes the verifier and compares the result with the challenge. Here they do not match, so the exchange will be refused: they are of two sign-ins, or the hash was made in another way."
        "Send code_challenge={challenge} for this verifier: BASE64URL(SHA-256(ASCII(code_verifier)))."
        "RFC 7636 §4.6";
    ChallengeLength Error
        "The BASE64URL of a SHA-256 hash always has 43 characters. A challenge of another length matches no verifier, so the exchange will be refused."
        "Send BASE64URL(SHA-256(ASCII(code_verifier))) without padding, and code_challenge_method=S256."
        "RFC 7636 §4.2";

    // state.
    StateMissing Error
        "State ties the callback to the tab that began the sign-in. Without it, an attacker can sign the user in to the attacker's account."
        "Add state, new and random for every sign-in, for example 32 bytes in BASE64URL; keep it in sessionStorage and compare it in the callback."
        "RFC 6749 §10.12";
    StateMismatch Error
        "The callback answers another sign-in than the one that this tab began: another tab's, an old one from the history, or an attacker's."
        "Do not exchange the code. Begin the sign-in again in this tab, and look for code that begins a second sign-in: an effect that runs twice, a second tab, a page that was reloaded."
        "RFC 6749 §10.12";
    StateDiffers Error
        "The tab stored another state than this request sends, so the callback will be refused."
        "Store the state that is sent, and begin one sign-in at a time."
        "RFC 6749 §10.12";
    StateShort Note
        "A state that can be guessed does not protect the callback."
        "Use at least 128 random bits: 22 characters of BASE64URL, new for every sign-in."
        "RFC 6749 §10.10";
    EndpointPlainHttp Error
        "Anybody on the network can read and change what is sent without TLS."
        "Use https. Plain http is acceptable for a provider on this machine alone (localhost)."
        "RFC 6749 §3.1";

    // More of the authorization request.
    PromptNoneCombined Error
        "prompt=none forbids every page, and the other value asks for one: the platform refuses the two together."
        "Send prompt=none alone, or the other value without it."
        "OpenID Connect Core §3.1.2.1";
    PromptUnknown Note
        "The specification knows none, login, consent, select_account and create; a platform may refuse or ignore others."
        "Write one of these, in lower case and with an underscore."
        "OpenID Connect Core §3.1.2.1";
    ResponseModeFormPost Warning
        "The platform sends the code in a POST request, whose body a single-page app cannot read."
        "Remove response_mode, or write response_mode=query."
        "OAuth 2.0 Form Post Response Mode §2";
    ResponseModeFragment Note
        "The answer comes after #. Some SDKs want it there; this one reads the query, and a hash router takes the fragment for a route."
        "Remove response_mode if your SDK reads the query, which is the default for response_type=code."
        "OAuth 2.0 Multiple Response Type Encoding Practices §2.1";
    MaxAgeInvalid Warning
        "max_age is a number of seconds."
        "Write a whole number, such as max_age=3600."
        "OpenID Connect Core §3.1.2.1";
    ParameterEmpty Warning
        "A parameter without a value counts as not sent."
        "Give {name} a value, or leave it out."
        "RFC 6749 §3.1";
    RedirectUriNotCompared Note
        "Platforms compare redirect_uri with what is registered, character for character, and refuse every difference; so it was not checked here."
        "Say which redirect URIs are registered: with `--registered` on the command line, as `redirectUris` to `explain()`, or on the demo's page under what you know besides."
        "RFC 9700 §2.1";
}
