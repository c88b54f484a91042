//! Every finding there is: its code, how bad it is, why it matters, what to write instead, and the clause.
//!
//! The order is the order of findings of the same severity: what explains the failure best comes first. `{name}` stands
//! for what was found; `docs/explain.md` is made from this table.

use super::Severity;

/// One row of the table.
#[derive(Debug)]
pub struct Row {
    /// The finding's stable name.
    pub code: &'static str,
    /// How bad it is, unless the circumstances say otherwise.
    pub severity: Severity,
    /// Why it matters.
    pub why: &'static str,
    /// What to write or to do instead.
    pub instead: &'static str,
    /// The clause that says so; empty where no specification does.
    pub clause: &'static str,
}

pub(super) const NONE: Row = Row { code: "", severity: Severity::Note, why: "", instead: "", clause: "" };

macro_rules! catalog {
    ($($code:ident $name:literal $severity:ident $why:literal $instead:literal $clause:literal;)*) => {
        /// Every finding there is.
        #[allow(clippy::enum_variant_names)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Code { $($code,)* }

        impl Code {
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$code => $name,)* }
            }
        }

        /// The whole table.
        pub const ROWS: &[Row] = &[$(Row {
            code: $name,
            severity: Severity::$severity,
            why: $why,
            instead: $instead,
            clause: $clause,
        },)*];
    };
}

catalog! {
    // What was pasted.
    NotRecognised "not_recognised" Error
        "Only messages of a sign-in can be explained."
        "Paste one of these: the URL that the browser is sent to (with response_type and client_id), the callback's URL (with code or error), a token request (its form body, a curl command, \"Copy as cURL\" or \"Copy as fetch\" of the network tab, a HAR file), the token endpoint's JSON answer, or the browser's CORS message."
        "";

    // Values that a program never filled in.
    ValueUndefined "value_undefined" Error
        "A variable had no value when the request was built, and the text that a program writes for nothing (undefined, null) was sent in its place."
        "Set the value before the request is built: look for a missing environment variable, a wrong prefix (VITE_, NEXT_PUBLIC_, REACT_APP_), or configuration that is read before it has loaded."
        "RFC 6749 §3.1";
    ValuePlaceholder "value_placeholder" Warning
        "The value looks like a placeholder of an example or a template, and the platform does not know it."
        "Put the application's own value there, from its settings at the platform."
        "";

    // Secrets where they must not be.
    SecretInUrl "secret_in_url" Error
        "URLs are kept in the browser's history, in logs of servers and proxies, and sent on in Referer headers: whoever reads one of these has the value."
        "Take {name} out of the URL. {place} A secret that was in a URL may be known to others: replace it."
        "RFC 9700 §4.3";
    TokenInAddress "token_in_address" Error
        "A token in the address is seen by scripts, extensions, the history and logs. It comes from the implicit flow, which RFC 9700 advises against, and this SDK refuses it."
        "Send response_type=code with a code_challenge, and exchange the code for tokens."
        "RFC 9700 §2.1.2";
    ClientSecretInBrowser "client_secret_in_browser" Error
        "A browser cannot keep a secret: everybody who opens the app can read it in the source or in the network tab."
        "Leave the secret out and send the code_verifier instead; register the application as a public client (single-page app, token endpoint authentication \"none\"). Replace the secret: it is known now."
        "RFC 6749 §2.1";

    // Text that was not written as a URL or a form.
    ParameterMisspelled "parameter_misspelled" Error
        "The platform ignores a parameter that it does not know, so {meant} is missing."
        "Write {meant} instead of {name}."
        "RFC 6749 §3.1";
    ParametersAfterFragment "parameters_after_fragment" Error
        "A browser never sends what follows # in a URL, so the platform does not get these parameters."
        "Encode # inside a value as %23. A redirect URI must have no fragment at all: register a path such as /callback instead of a hash route."
        "RFC 6749 §3.1.2";
    SecondQuestionMark "second_question_mark" Error
        "Only the first ? of a URL begins the query; the rest belongs to the value before it."
        "Join the parameters with &. Let URLSearchParams build the query."
        "RFC 3986 §3.4";
    HtmlEscaped "html_escaped" Warning
        "&amp; stands for & inside HTML alone. In a URL, & ends a parameter, and amp; becomes the beginning of the next one's name."
        "Join the parameters with a plain &, if this is what the browser sent."
        "RFC 3986 §3.4";
    DoubleEncoded "double_encoded" Error
        "The value was percent-encoded twice: the platform decodes it once, and what it compares is still encoded."
        "Encode it once: write {name}={expected}. Do not call encodeURIComponent on a value that URLSearchParams or an HTTP library encodes."
        "RFC 6749 appendix B";
    ValueWhitespace "value_whitespace" Error
        "The platform compares the value with its white space, so it is another value."
        "Remove it: a line break or a space was copied with the value, often in an environment variable."
        "RFC 6749 §3.1";
    ValueQuoted "value_quoted" Error
        "The quotation marks are part of the value that the platform compares."
        "Remove them: they often come from an environment file or from JSON.stringify."
        "RFC 6749 §3.1";
    ParameterRepeated "parameter_repeated" Error
        "No parameter may be there more than once: the platform refuses the request, or takes the one that you did not mean."
        "Send {name} once. Look for a library and your own code both adding it."
        "RFC 6749 §3.1";

    // The address of the request.
    EndpointIsTokenEndpoint "endpoint_is_token_endpoint" Error
        "The token endpoint takes POST requests from the app; a browser that is sent there gets an error."
        "Send the browser to the authorization endpoint. At IntelliAuth that is {expected}."
        "RFC 6749 §3.1";
    EndpointIsAuthorizationEndpoint "endpoint_is_authorization_endpoint" Error
        "The authorization endpoint shows the sign-in page; it exchanges no code."
        "Send the token request to the token endpoint. At IntelliAuth that is {expected}."
        "RFC 6749 §3.2";
    EndpointIsMetadata "endpoint_is_metadata" Error
        "This is the address of the platform's description, not one of its endpoints."
        "Take authorization_endpoint or token_endpoint from the document at this address."
        "OpenID Connect Discovery §4";
    TenantDiffers "tenant_differs" Error
        "Another tenant has other applications and other users: it does not know this client_id, or signs in somebody else."
        "Send the request to {expected}."
        "RFC 6749 §3.1";
    EndpointMisspelled "endpoint_misspelled" Error
        "The platform has no page at this path."
        "Write {expected}."
        "RFC 6749 §3.1";
    EndpointUserInfo "endpoint_user_info" Error
        "Browsers do not send a name or password that stands before the host, and such an address is easily mistaken for another."
        "Remove what stands before @."
        "RFC 3986 §3.2.1";
    EndpointDoubleSlash "endpoint_double_slash" Warning
        "Many servers have no page at a path with two slashes."
        "Remove one slash: the configured address ends with / and the path begins with one. Write {expected}."
        "RFC 3986 §3.3";

    // response_type.
    ResponseTypeMissing "response_type_missing" Error
        "Without it the platform does not know which flow is meant, and refuses the request."
        "Add response_type=code."
        "RFC 6749 §3.1.1";
    ResponseTypeToken "response_type_token" Error
        "This is the implicit flow: tokens come back in the address, where scripts, extensions and the history read them."
        "Send response_type=code with a code_challenge, and exchange the code for tokens."
        "RFC 9700 §2.1.2";
    ResponseTypeUnknown "response_type_unknown" Error
        "The platform compares it character for character and refuses what it does not know."
        "Write response_type=code."
        "RFC 6749 §3.1.1";
    ResponseTypeHybrid "response_type_hybrid" Warning
        "The hybrid flow puts an ID token into the address; the code flow with PKCE needs none there."
        "Send response_type=code."
        "RFC 9700 §2.1.2";

    // client_id.
    ClientIdMissing "client_id_missing" Error
        "Without it the platform does not know which application asks."
        "Add client_id, from the application's settings."
        "RFC 6749 §4.1.1";
    ClientIdDiffers "client_id_differs" Error
        "The platform knows this application under another id, or it is another application with settings of its own."
        "Send client_id={expected}."
        "RFC 6749 §2.2";

    // redirect_uri.
    RedirectUriMissing "redirect_uri_missing" Error
        "The platform does not know where to send the user back to."
        "Add redirect_uri, exactly as it is registered.{expected}"
        "RFC 6749 §3.1.2";
    RedirectUriRelative "redirect_uri_relative" Error
        "A redirect URI must be absolute: the platform cannot know your app's host."
        "Write the whole address, with scheme and host: {expected}."
        "RFC 6749 §3.1.2";
    RedirectUriFragment "redirect_uri_fragment" Error
        "A redirect URI must have no fragment: the platform refuses it, or the code is lost behind the #."
        "Register and send {expected}, and let that page hand over to the router."
        "RFC 6749 §3.1.2";
    RedirectUriTrailingSlash "redirect_uri_trailing_slash" Error
        "The platform compares redirect URIs character for character, and a slash at the end makes it another one."
        "Send redirect_uri={encoded}, or register {seen} as well."
        "RFC 9700 §2.1";
    RedirectUriLoopbackName "redirect_uri_loopback_name" Error
        "localhost and 127.0.0.1 are the same machine, but different redirect URIs and different origins: a page on one cannot read what a page on the other stored."
        "Open the app under the registered name and send redirect_uri={encoded}, or register {seen} as well."
        "RFC 9700 §2.1";
    RedirectUriScheme "redirect_uri_scheme" Error
        "http and https are different redirect URIs."
        "Send redirect_uri={encoded}, or register {seen} as well. Behind a proxy that ends TLS, tell the server its public address (X-Forwarded-Proto)."
        "RFC 9700 §2.1";
    RedirectUriPort "redirect_uri_port" Error
        "Another port is another redirect URI, and the code is not sent there."
        "Send redirect_uri={encoded}, or register {seen} as well. A development server takes another port when its own is in use: fix the port."
        "RFC 9700 §2.1";
    RedirectUriWww "redirect_uri_www" Error
        "With and without www. are two hosts: two redirect URIs, and two origins that do not share storage."
        "Send redirect_uri={encoded}, or register {seen} as well, and redirect one host to the other before the sign-in begins."
        "RFC 9700 §2.1";
    RedirectUriCase "redirect_uri_case" Error
        "The platform compares redirect URIs character for character: an upper-case letter is another character."
        "Send redirect_uri={encoded}, or register {seen} as well."
        "RFC 9700 §2.1";
    RedirectUriQuery "redirect_uri_query" Error
        "The query is part of the redirect URI that the platform compares."
        "Send redirect_uri={encoded}; carry what you need across the sign-in in the app's own storage (appState in this SDK), not in the redirect URI."
        "RFC 9700 §2.1";
    RedirectUriEncoding "redirect_uri_encoding" Error
        "The platform compares redirect URIs character for character after decoding them once; another encoding is another text."
        "Send redirect_uri={encoded}."
        "RFC 9700 §2.1";
    RedirectUriPath "redirect_uri_path" Error
        "Another path is another redirect URI."
        "Send redirect_uri={encoded}, or register {seen} as well."
        "RFC 9700 §2.1";
    RedirectUriUnregistered "redirect_uri_unregistered" Error
        "The platform sends codes only to redirect URIs that are registered, compared character for character."
        "Register {seen}, or send one that is registered: {expected}."
        "RFC 9700 §2.1";
    RedirectUriWildcard "redirect_uri_wildcard" Error
        "A request names one address. A * is not a pattern in it, but a part of the address."
        "Write the one address to which this user returns."
        "RFC 9700 §2.1";
    RedirectUriIsPlatform "redirect_uri_is_platform" Error
        "The redirect URI is where the user comes back to the app; this address is the platform's own."
        "Write the address of the app's own callback page."
        "RFC 6749 §3.1.2";
    RedirectUriOutOfBand "redirect_uri_out_of_band" Error
        "Platforms have switched off the flow in which the user copies the code by hand."
        "Use an https redirect URI of the app, or http://127.0.0.1 on this machine."
        "RFC 8252 §7.3";
    RedirectUriPlainHttp "redirect_uri_plain_http" Warning
        "The code comes back over a connection that others can read, and many platforms refuse plain http outside this machine."
        "Register and send an https address."
        "RFC 6749 §3.1.2.1";
    RedirectUriOtherOrigin "redirect_uri_other_origin" Error
        "State and verifier are stored for the origin on which the sign-in begins; the page at another origin cannot read them."
        "Begin the sign-in on the origin of the redirect URI, or send a redirect URI of {expected}."
        "RFC 6749 §10.12";

    // scope.
    ScopeSeparator "scope_separator" Error
        "Scopes are separated by spaces. With another separator the platform takes the whole text for one scope, which it does not know."
        "Write scope={expected}."
        "RFC 6749 §3.3";
    ScopeCase "scope_case" Error
        "Scopes are case-sensitive: the platform does not take this one for openid."
        "Write openid in lower case: scope={expected}."
        "RFC 6749 §3.3";
    ScopeCharacters "scope_characters" Error
        "A scope holds visible ASCII characters without quotation marks and backslashes."
        "Write scope=openid+profile+email, and more names separated by spaces."
        "RFC 6749 §3.3";
    ScopeMissing "scope_missing" Warning
        "Without openid there is no ID token, so the app does not learn who signed in."
        "Add scope=openid+profile+email."
        "OpenID Connect Core §3.1.2.1";
    ScopeWithoutOpenid "scope_without_openid" Warning
        "Without openid this is no OpenID Connect request: there is no ID token, so the app does not learn who signed in."
        "Write scope={expected}."
        "OpenID Connect Core §3.1.2.1";

    // PKCE in the authorization request.
    VerifierInRequest "verifier_in_request" Error
        "The verifier is the secret of this sign-in. Sent together with the challenge, it protects nothing."
        "Keep the verifier in the tab, send code_challenge={challenge}, and send code_verifier with the token request alone."
        "RFC 7636 §4.3";
    ChallengeIsVerifier "challenge_is_verifier" Error
        "The challenge must be the hash of the verifier. If the verifier itself is sent, whoever sees the URL can exchange the code."
        "Send code_challenge={challenge}: BASE64URL(SHA-256(ASCII(code_verifier))), and code_challenge_method=S256."
        "RFC 7636 §4.2";
    ChallengeMethodPlain "challenge_method_plain" Error
        "With plain the challenge is the verifier itself: whoever sees the URL can exchange the code."
        "Send code_challenge_method=S256, and as code_challenge the BASE64URL of the verifier's SHA-256."
        "RFC 9700 §2.1.1";
    ChallengeMissing "challenge_missing" Error
        "Without a challenge whoever gets hold of the code can exchange it, and platforms refuse a public client's request."
        "Add code_challenge (BASE64URL of the verifier's SHA-256) and code_challenge_method=S256."
        "RFC 9700 §2.1.1";
    ChallengeMethodMissing "challenge_method_missing" Error
        "Without a method the platform takes plain: it compares the challenge with the verifier itself and refuses the exchange."
        "Add code_challenge_method=S256."
        "RFC 7636 §4.3";
    ChallengeMethodUnknown "challenge_method_unknown" Error
        "The method's name is compared character for character, and the platform refuses one that it does not know."
        "Write code_challenge_method=S256, with a capital S."
        "RFC 7636 §4.3";
    ChallengeHex "challenge_hex" Error
        "The platform compares the challenge with the BASE64URL of the hash's 32 bytes. Hexadecimal digits never match it, so the exchange is refused."
        "Encode the bytes of the digest, not their hexadecimal text: 43 characters of BASE64URL.{challenge}"
        "RFC 7636 §4.2";
    ChallengeOfHex "challenge_of_hex" Error
        "The digest's hexadecimal text was encoded instead of its 32 bytes, so the platform's comparison fails."
        "Encode the bytes of the digest: 43 characters of BASE64URL.{challenge}"
        "RFC 7636 §4.2";
    ChallengePadded "challenge_padded" Error
        "BASE64URL in PKCE has no padding: with = at the end the platform's comparison fails."
        "Remove = from the end of code_challenge: 43 characters remain."
        "RFC 7636 §3";
    ChallengeNotUrlSafe "challenge_not_url_safe" Error
        "PKCE uses the URL-safe alphabet: + / and spaces are not in it, so the platform's comparison fails."
        "Replace + by - and / by _, and remove =, before the challenge is sent."
        "RFC 7636 §3";
    ChallengeMismatch "challenge_mismatch" Error
        "The platform hashes the verifier and compares the result with the challenge. Here they do not match, so the exchange will be refused: they are of two sign-ins, or the hash was made in another way."
        "Send code_challenge={challenge} for this verifier: BASE64URL(SHA-256(ASCII(code_verifier)))."
        "RFC 7636 §4.6";
    ChallengeLength "challenge_length" Error
        "The BASE64URL of a SHA-256 hash always has 43 characters. A challenge of another length matches no verifier, so the exchange will be refused."
        "Send BASE64URL(SHA-256(ASCII(code_verifier))) without padding, and code_challenge_method=S256."
        "RFC 7636 §4.2";

    // state.
    StateMissing "state_missing" Error
        "State ties the callback to the tab that began the sign-in. Without it, an attacker can sign the user in to the attacker's account."
        "Add state, new and random for every sign-in, for example 32 bytes in BASE64URL; keep it in sessionStorage and compare it in the callback."
        "RFC 6749 §10.12";
    StateMismatch "state_mismatch" Error
        "The callback answers another sign-in than the one that this tab began: another tab's, an old one from the history, or an attacker's."
        "Do not exchange the code. Begin the sign-in again in this tab, and look for code that begins a second sign-in: an effect that runs twice, a second tab, a page that was reloaded."
        "RFC 6749 §10.12";
    StateDiffers "state_differs" Error
        "The tab stored another state than this request sends, so the callback will be refused."
        "Store the state that is sent, and begin one sign-in at a time."
        "RFC 6749 §10.12";
    StateShort "state_short" Note
        "A state that can be guessed does not protect the callback."
        "Use at least 128 random bits: 22 characters of BASE64URL, new for every sign-in."
        "RFC 6749 §10.10";

    EndpointPlainHttp "endpoint_plain_http" Error
        "Anybody on the network can read and change what is sent without TLS."
        "Use https. Plain http is acceptable for a provider on this machine alone (localhost)."
        "RFC 6749 §3.1";

    // More of the authorization request.
    PromptNoneCombined "prompt_none_combined" Error
        "prompt=none forbids every page, and the other value asks for one: the platform refuses the two together."
        "Send prompt=none alone, or the other value without it."
        "OpenID Connect Core §3.1.2.1";
    PromptUnknown "prompt_unknown" Note
        "The specification knows none, login, consent, select_account and create; a platform may refuse or ignore others."
        "Write one of these, in lower case and with an underscore."
        "OpenID Connect Core §3.1.2.1";
    ResponseModeFormPost "response_mode_form_post" Warning
        "The platform sends the code in a POST request, whose body a single-page app cannot read."
        "Remove response_mode, or write response_mode=query."
        "OAuth 2.0 Form Post Response Mode §2";
    ResponseModeFragment "response_mode_fragment" Note
        "The answer comes after #. Some SDKs want it there; this one reads the query, and a hash router takes the fragment for a route."
        "Remove response_mode if your SDK reads the query, which is the default for response_type=code."
        "OAuth 2.0 Multiple Response Type Encoding Practices §2.1";
    MaxAgeInvalid "max_age_invalid" Warning
        "max_age is a number of seconds."
        "Write a whole number, such as max_age=3600."
        "OpenID Connect Core §3.1.2.1";
    ParameterEmpty "parameter_empty" Warning
        "A parameter without a value counts as not sent."
        "Give {name} a value, or leave it out."
        "RFC 6749 §3.1";

    // The callback.
    CodeAndError "code_and_error" Error
        "An answer has either a code or an error. With both, something other than the platform changed the address."
        "Look for what changes the address: a redirect of your server, a router, a browser extension."
        "RFC 6749 §4.1.2";
    CodeMissing "code_missing" Error
        "There is neither a code nor an error, so there is nothing to exchange: the page was opened by hand, or a redirect dropped the query."
        "Begin the sign-in again, and look in the network tab for a redirect (to www., to https, to a slash at the end) that loses what follows the ?."
        "RFC 6749 §4.1.2";
    CodeAltered "code_altered" Error
        "The platform compares the code character for character, and this one was changed after the platform issued it."
        "Send the code as URLSearchParams gives it, encoded once: in a form, + must be written as %2B and % as %25."
        "RFC 6749 §4.1.3";
    CallbackStateMissing "callback_state_missing" Error
        "Without state the app cannot know that it began this sign-in, and must refuse the code."
        "Send state with the authorization request: the platform returns it. If it was sent, see what drops it from the callback's address."
        "RFC 6749 §10.12";
    IssuerDiffers "issuer_differs" Error
        "The answer is from another issuer than the one that was asked: a wrong setting, or an attack that mixes up two platforms."
        "If {received} is your platform, configure exactly that as its issuer: it is compared character for character, a slash at the end included."
        "RFC 9207 §2.4";
    CallbackElsewhere "callback_elsewhere" Error
        "State and verifier are stored for the origin on which the sign-in began; the page at another origin cannot read them."
        "Begin the sign-in on the origin to which the user returns: {expected}."
        "RFC 6749 §10.12";
    CallbackInFragment "callback_in_fragment" Warning
        "The answer stands after #, where this SDK does not read it and a hash router takes it for a route."
        "Do not send response_mode=fragment, and register a redirect URI without #."
        "RFC 6749 §4.1.2";
    CallbackInvalid "callback_invalid" Error
        "This SDK does not accept the callback."
        "Begin the sign-in again. If it is the same then, compare the address with the platform's redirect in the network tab."
        "RFC 6749 §4.1.2";
    CallbackNotRedirectUri "callback_not_redirect_uri" Warning
        "The platform returns the user to the redirect URI that was sent. This is another page, so something redirected in between, and may have dropped parameters."
        "Let the page at the redirect URI read the code itself, before any redirect."
        "RFC 6749 §4.1.2";

    // The token request.
    TokenRequestGet "token_request_get" Error
        "The token endpoint takes POST alone."
        "Send a POST request with the parameters in its body."
        "RFC 6749 §3.2";
    TokenRequestInUrl "token_request_in_url" Error
        "Parameters of a token request belong in the body: the platform does not read them from the URL, where code and verifier end up in logs."
        "Send them in the body, as application/x-www-form-urlencoded."
        "RFC 6749 §4.1.3";
    TokenRequestJson "token_request_json" Error
        "The token endpoint reads a form. In a JSON body it finds no parameter, and answers that grant_type is missing."
        "Send Content-Type: application/x-www-form-urlencoded, and as body new URLSearchParams({ grant_type: 'authorization_code', … })."
        "RFC 6749 §4.1.3";
    TokenRequestMultipart "token_request_multipart" Error
        "The token endpoint reads application/x-www-form-urlencoded, and FormData is sent as multipart/form-data."
        "Use URLSearchParams as the body instead of FormData; in curl, --data-urlencode instead of --form."
        "RFC 6749 §4.1.3";
    TokenRequestContentType "token_request_content_type" Error
        "The platform reads the body only with the right Content-Type."
        "Send Content-Type: application/x-www-form-urlencoded."
        "RFC 6749 §4.1.3";
    CodeUsedTwice "code_used_twice" Error
        "A code is exchanged once. The second exchange is refused, and the platform may revoke the tokens of the first."
        "Exchange it once: look for React StrictMode running the effect twice, a second handler for the same route, a library and your own code both exchanging, or a retry. Take the code out of the address when it is read."
        "RFC 6749 §4.1.2";
    GrantTypeMissing "grant_type_missing" Error
        "Without it the platform does not know which grant is meant."
        "Add grant_type=authorization_code, or refresh_token for a refresh."
        "RFC 6749 §4.1.3";
    GrantTypeUnknown "grant_type_unknown" Error
        "The platform compares it character for character and answers unsupported_grant_type."
        "Write grant_type=authorization_code, or refresh_token for a refresh."
        "RFC 6749 §4.1.3";
    TokenCodeMissing "token_code_missing" Error
        "There is nothing to exchange."
        "Add code, from the callback's address."
        "RFC 6749 §4.1.3";
    VerifierMissing "verifier_missing" Error
        "The platform needs the verifier to compare it with the challenge, and refuses the exchange without it."
        "Add code_verifier: the one whose hash the authorization request sent. Keep it in sessionStorage, which survives the redirect."
        "RFC 7636 §4.5";
    VerifierIsChallenge "verifier_is_challenge" Error
        "The platform hashes the code_verifier and compares the result with the challenge. The hash of the challenge is another value."
        "Send the verifier itself, from before it was hashed."
        "RFC 7636 §4.5";
    VerifierMismatch "verifier_mismatch" Error
        "The platform hashes the verifier and compares the result with the challenge of the authorization request. Here they do not match: they are of two sign-ins, or the hash was made in another way."
        "Send the verifier of the sign-in that this code answers. Keep it per tab, in sessionStorage, and do not make a new one when the callback's page loads."
        "RFC 7636 §4.6";
    VerifierLength "verifier_length" Error
        "A verifier has 43 to 128 characters; platforms refuse others."
        "Use BASE64URL of 32 random bytes: 43 characters."
        "RFC 7636 §4.1";
    VerifierCharacters "verifier_characters" Error
        "A verifier holds letters, digits and - . _ ~ alone; platforms refuse others, and an unencoded + arrives as a space."
        "Use BASE64URL of 32 random bytes, without padding."
        "RFC 7636 §4.1";
    VerifierDiffers "verifier_differs" Error
        "The request sends another verifier than the tab stored: the platform will refuse it."
        "Send the stored one, and make no new verifier when the callback's page loads."
        "RFC 7636 §4.5";
    RedirectUriChanged "redirect_uri_changed" Error
        "The redirect_uri of the token request must be identical to the one of the authorization request."
        "Send redirect_uri={encoded}."
        "RFC 6749 §4.1.3";
    TokenRedirectUriMissing "token_redirect_uri_missing" Error
        "It was part of the authorization request, so it must be part of the exchange, identical."
        "Add redirect_uri{expected}."
        "RFC 6749 §4.1.3";
    TokenClientIdMissing "token_client_id_missing" Error
        "A public client says who it is by client_id; without it, or a secret, the platform answers invalid_client."
        "Add client_id{expected}."
        "RFC 6749 §4.1.3";
    RefreshTokenParameterMissing "refresh_token_parameter_missing" Error
        "There is nothing to refresh with."
        "Add refresh_token: the newest that the platform gave."
        "RFC 6749 §6";
    GrantPassword "grant_password" Warning
        "The app sees the user's password, and there is no second factor: this grant must not be used."
        "Use the authorization code flow with PKCE."
        "RFC 9700 §2.4";
    ClientSecretSent "client_secret_sent" Warning
        "A server may send it; an app in a browser cannot keep a secret, and a public client has none."
        "If this request is an app's in a browser, leave the secret out, register the application as a public client and send code_verifier."
        "RFC 6749 §2.1";
    ChallengeInTokenRequest "challenge_in_token_request" Warning
        "The challenge belongs to the authorization request; the token request carries the verifier."
        "Send code_verifier instead of code_challenge."
        "RFC 7636 §4.5";
    HeaderNeedsPreflight "header_needs_preflight" Warning
        "With this header the browser asks the platform for permission first (a CORS preflight), which a token endpoint often does not answer."
        "Send no header of your own but Content-Type: application/x-www-form-urlencoded."
        "Fetch, CORS protocol";
    BodyNotShown "body_not_shown" Note
        "The body is read from a file, which is not here."
        "Paste the file's text in place of its name."
        "";

    // The token endpoint's answer.
    TokenResponseInvalid "token_response_invalid" Error
        "An app cannot use this answer: {problem}."
        "Is this the platform's own token endpoint, with no proxy or sign-in page in front of it?"
        "RFC 6749 §5.1";
    IdTokenMissing "id_token_missing" Warning
        "Without an ID token the app does not learn who signed in."
        "Ask for the scope openid in the authorization request, and see that the application may use it."
        "OpenID Connect Core §3.1.3.3";
    RefreshTokenMissing "refresh_token_missing" Note
        "When the access token expires the user must sign in again, or the app asks with prompt=none."
        "Add offline_access to scope, and allow the refresh token grant in the application's settings."
        "OpenID Connect Core §11";
    MetadataInvalid "metadata_invalid" Error
        "A client must refuse this document, because {check} is not what it must be."
        "{check} must be: {expected}. If the document is right, configure the client with exactly what it says."
        "OpenID Connect Discovery §4.3";

    // CORS and the console.
    CorsOriginNotAllowed "cors_origin_not_allowed" Error
        "The browser shows the answer to the page only if the platform allows the page's origin."
        "Register {origin} as an allowed origin (web origin, trusted origin) of the application, exactly: scheme, host and port, without a slash at the end."
        "Fetch, CORS protocol";
    CorsOriginMismatch "cors_origin_mismatch" Error
        "The platform allows one origin, and the page has another."
        "Register {origin} as an allowed origin of the application, exactly: scheme, host and port, without a slash at the end."
        "Fetch, CORS protocol";
    CorsAuthorizationEndpoint "cors_authorization_endpoint" Error
        "The authorization endpoint is a page for the browser to go to; it answers no fetch, so the browser blocks it."
        "Navigate instead: location.assign(url), or a link. Where fetch follows a redirect of your API to the sign-in page, answer 401 from the API and let the page navigate."
        "RFC 6749 §3.1";
    CorsPreflightHeader "cors_preflight_header" Error
        "The request carries a header that the platform does not allow from a page."
        "Remove {header} from the request: a token request needs no header but Content-Type: application/x-www-form-urlencoded. Look for an HTTP interceptor that adds it to every request."
        "Fetch, CORS protocol";
    CorsPreflight "cors_preflight" Error
        "The browser asked for permission first (a preflight), because of a header or a JSON body, and the platform did not give it."
        "Send the token request as a plain form without headers of your own: then there is no preflight. Register {origin} as an allowed origin."
        "Fetch, CORS protocol";
    CorsWildcardCredentials "cors_wildcard_credentials" Error
        "With cookies the platform would have to name the page's origin, and it answers with *."
        "Send the token request without cookies: credentials: 'omit' in fetch, withCredentials: false in axios and XMLHttpRequest."
        "Fetch, CORS protocol";
    CorsRedirect "cors_redirect" Error
        "The platform answered with a redirect, which a browser does not follow after a preflight: often from http to https, or to a sign-in page."
        "Send the request to the address at which the redirect ends."
        "Fetch, CORS protocol";
    FrameRefused "frame_refused" Error
        "The platform forbids its pages in frames, and a silent sign-in with prompt=none happens in one."
        "Use refresh tokens instead of a hidden frame; where the frame shows an error page, open its address in a tab to read the error."
        "RFC 9700 §4.16";
    ConnectRefusedByCsp "connect_refused_by_csp" Error
        "The page's own Content-Security-Policy forbids the request."
        "Add the platform's origin to the policy's {directive}: {expected}."
        "CSP Level 3 §6.1";

    // Causes of refusals.
    CauseClientUnknown "cause_client_unknown" Error
        "The platform has no application with this client_id: a typing mistake, another tenant, region or realm, or an application that was deleted."
        "Compare client_id with the application's settings, in the tenant to which the request is sent."
        "RFC 6749 §5.2";
    CauseTenantUnknown "cause_tenant_unknown" Error
        "The address names a tenant or realm that the platform does not have."
        "Compare the tenant in the address with the platform's settings."
        "RFC 6749 §3.1";
    CauseRedirectUriUnregistered "cause_redirect_uri_unregistered" Error
        "The platform compares the redirect_uri with the registered ones, character for character, and found none that is the same."
        "Copy redirect_uri from the authorization request in the network tab, decode it, and register exactly that: scheme, host, port, path and the slash at the end. Give what is registered to this tool: it names the difference."
        "RFC 9700 §2.1";
    CauseRedirectUriChanged "cause_redirect_uri_changed" Error
        "The redirect_uri of the token request must be identical to the one of the authorization request."
        "Send the same redirect_uri twice. Compute it once, and store it with the verifier."
        "RFC 6749 §4.1.3";
    CauseCodeUsedTwice "cause_code_used_twice" Error
        "A code is exchanged once; the second exchange is refused."
        "Exchange it once: look for React StrictMode running the effect twice, a second handler for the same route, a library and your own code both exchanging, a retry, or a reloaded callback. In the network tab, count the POST requests to the token endpoint."
        "RFC 6749 §4.1.2";
    CauseCodeExpired "cause_code_expired" Error
        "A code is valid for a short time: often a minute or less, at most ten minutes."
        "Exchange the code as soon as the callback's page loads. If you send the request by hand, begin a new sign-in for each attempt."
        "RFC 6749 §4.1.2";
    CauseVerifierMismatch "cause_verifier_mismatch" Error
        "The hash of the verifier is not the challenge of the sign-in that this code belongs to: the verifier is another tab's or another attempt's, or the challenge was computed in another way."
        "Keep the verifier per tab, in sessionStorage, and make it once per sign-in. Give the authorization request and the verifier to this tool: it tells whether they match, and how the hash was made."
        "RFC 7636 §4.6";
    CauseVerifierMissing "cause_verifier_missing" Error
        "The sign-in began with a challenge, and the exchange came without a verifier: it was not kept across the redirect, or not sent."
        "Send code_verifier with the token request. Keep it in sessionStorage, which survives the redirect, and return to the origin on which the sign-in began."
        "RFC 7636 §4.5";
    CauseChallengeRequired "cause_challenge_required" Error
        "The platform wants PKCE for this application, and the authorization request has no challenge that it accepts."
        "Add code_challenge (BASE64URL of the verifier's SHA-256) and code_challenge_method=S256 to the authorization request."
        "RFC 7636 §4.4.1";
    CauseChallengeMalformed "cause_challenge_malformed" Error
        "The challenge is not what the platform expects: 43 characters of BASE64URL, without = at the end."
        "Encode the 32 bytes of the verifier's SHA-256 in BASE64URL and remove the padding. Give the authorization request to this tool: it names the mistake."
        "RFC 7636 §4.2";
    CauseVerifierUnexpected "cause_verifier_unexpected" Error
        "The exchange sends a verifier, and the sign-in began without a challenge: the authorization request was built elsewhere, or lost its parameters."
        "Send code_challenge and code_challenge_method=S256 with the authorization request."
        "RFC 9700 §4.8.2";
    CauseCodeAltered "cause_code_altered" Error
        "The code that arrived is not the one that was issued. Most often it was taken from the address without decoding, and encoded once more."
        "Read it with URLSearchParams, which decodes it, and send it with URLSearchParams, which encodes it once."
        "RFC 6749 §4.1.3";
    CauseStateShort "cause_state_short" Error
        "The platform refuses a state that could be guessed."
        "Send at least 128 random bits: 22 characters of BASE64URL, new for every sign-in."
        "RFC 6749 §10.10";
    CauseClientTypeConfidential "cause_client_type_confidential" Error
        "The application is registered as one that has a secret, and an app in a browser has none to send."
        "Register it as a public client: \"Single Page Application\", \"SPA\", \"public client\", or token endpoint authentication \"none\". Do not put the secret into the app."
        "RFC 6749 §2.1";
    CauseClientTypePublic "cause_client_type_public" Error
        "The application is registered as a public client, and the request carries a secret."
        "Leave out client_secret and the Authorization header; if a server makes the request, register the application as a web application."
        "RFC 6749 §2.1";
    CauseSpaFromServer "cause_spa_from_server" Error
        "The redirect URI is registered for a single-page app, so the platform answers only requests that a page sends, with an Origin header. This one has none."
        "If a server sends the request, register the redirect URI for a web application. If a page should send it, let the browser do so: no proxy in between, and the browser's protection switched on."
        "RFC 6749 §2.1";
    CauseClientSecretWrong "cause_client_secret_wrong" Error
        "The secret is not the application's: expired, of another application, its id instead of its value, or changed by encoding."
        "For an app in a browser: send no secret, and register a public client. For a server: make a new secret and copy its value."
        "RFC 6749 §2.3.1";
    CauseGrantNotAllowed "cause_grant_not_allowed" Error
        "The application may not use this grant."
        "Allow the authorization code grant, and for refreshes the refresh token grant, in the application's settings."
        "RFC 6749 §5.2";
    CauseGrantTypeUnsupported "cause_grant_type_unsupported" Error
        "The platform does not know the grant_type, or did not find it: the body is no form, or the name is misspelled."
        "Send a form with grant_type=authorization_code and Content-Type: application/x-www-form-urlencoded."
        "RFC 6749 §5.2";
    CauseResponseTypeNotAllowed "cause_response_type_not_allowed" Error
        "The application may not use this response_type: the flow is switched off for it."
        "Send response_type=code, and allow the authorization code flow (\"standard flow\") in the application's settings. Do not allow the implicit flow for it."
        "RFC 6749 §4.1.2.1";
    CauseBodyNotForm "cause_body_not_form" Error
        "The platform found no parameter in the body: it was sent as JSON or multipart, without a Content-Type, or the body is empty."
        "Send Content-Type: application/x-www-form-urlencoded, and as body new URLSearchParams({ grant_type: 'authorization_code', … })."
        "RFC 6749 §4.1.3";
    CauseMethodGet "cause_method_get" Error
        "The token endpoint takes POST alone, and a GET arrived: the address was opened in a tab, or a redirect turned the POST into a GET."
        "Send a POST request to the endpoint's exact https address."
        "RFC 6749 §3.2";
    CauseParameterMissing "cause_parameter_missing" Error
        "The platform did not find a parameter that it needs."
        "Add {parameter}, spelled exactly so, once, and with a value."
        "RFC 6749 §5.2";
    CauseScopeInvalid "cause_scope_invalid" Error
        "The platform does not know one of the scopes, the application may not use it, or they are not separated by spaces."
        "Begin with scope=openid+profile+email, and add one name at a time, spelled as the platform's documentation has it."
        "RFC 6749 §3.3";
    CauseOriginNotAllowed "cause_origin_not_allowed" Error
        "The platform does not allow the page's origin for this application."
        "Register the origin of the page (scheme, host, port, without a slash at the end) as an allowed origin; at Entra ID, register the redirect URI for the platform \"Single-page application\"."
        "Fetch, CORS protocol";
    CauseUserRefused "cause_user_refused" Error
        "The user pressed cancel, or declined the consent."
        "Offer to try again; do not begin a new sign-in automatically."
        "RFC 6749 §4.1.2.1";
    CauseRuleRefused "cause_rule_refused" Error
        "The platform refused this user: a rule, an action, a missing assignment or role, a blocked account, or an address that is not verified."
        "Read error_description, and the platform's log for this sign-in."
        "RFC 6749 §4.1.2.1";
    CauseAudienceUnknown "cause_audience_unknown" Error
        "The audience or resource is no API that the platform knows, or the application may not use it."
        "Copy the API's identifier from its settings, character for character."
        "RFC 8707 §2";
    CauseConsentRequired "cause_consent_required" Error
        "The user, or an administrator, has not agreed to what the application asks for."
        "Let the user sign in on a page: without prompt=none, or with prompt=consent. Where only an administrator may agree, ask for that."
        "OpenID Connect Core §3.1.2.6";
    CauseNoSession "cause_no_session" Error
        "The platform has no session for this user, or its cookie does not reach a frame: browsers block cookies of other sites."
        "Let the user sign in on a page: without prompt=none. To stay signed in, use refresh tokens, or serve the platform under your app's own domain."
        "OpenID Connect Core §3.1.2.6";
    CauseInteractionRequired "cause_interaction_required" Error
        "The platform must show the user a page: a second factor, a choice of account, new terms."
        "Let the user sign in on a page: without prompt=none."
        "OpenID Connect Core §3.1.2.6";
    CauseRefreshTokenOver "cause_refresh_token_over" Error
        "The refresh token has expired, was revoked, or was used before. With rotation each one is valid for one use, and a second use revokes the newer ones as well."
        "Sign in again. Refresh in one tab at a time and store the new refresh token of every answer."
        "RFC 9700 §4.14.2";
    CauseLoginStateLost "cause_login_state_lost" Error
        "What was stored when the sign-in began (a cookie, or the state in the browser's storage) is gone or belongs to another sign-in: it took too long, the callback was opened twice or from a bookmark, the host changed in between, or storage is blocked."
        "Begin the sign-in again from the app, in one tab. Use the same scheme, host and port from its beginning to the callback, and do not link to the platform's sign-in page itself."
        "RFC 6749 §10.12";
    CausePlatformFailed "cause_platform_failed" Error
        "The platform failed, or has too much to do."
        "Try again later; if it stays, look at the platform's status page and log."
        "RFC 6749 §4.1.2.1";
    CauseRequestObject "cause_request_object" Error
        "The platform wants the request signed, or pushed to it before the browser is sent there (RFC 9126), and this one is neither."
        "Switch off what asks for it in the application's settings, or use pushed authorization requests."
        "RFC 9126 §5";
    CauseClockSkew "cause_clock_skew" Error
        "By the clock of the machine that checked the token, it is not valid yet, or no longer."
        "Let device and server set their clocks automatically, and tolerate a difference of a minute."
        "OpenID Connect Core §3.1.3.7";
    CauseUnknown "cause_unknown" Error
        "The platform refused the request with an error that no specification defines."
        "Look the error up in the platform's documentation, and read error_description and the platform's log."
        "RFC 6749 §5.2";
    RuledOutVerifier "ruled_out_verifier" Note
        "A verifier that does not match is a frequent cause of invalid_grant; here it is none."
        "Nothing to change there."
        "RFC 7636 §4.6";
    RuledOutRedirectUri "ruled_out_redirect_uri" Note
        "A redirect_uri that changed between the two requests is a frequent cause of invalid_grant; here it is none."
        "Nothing to change there."
        "RFC 6749 §4.1.3";
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn markdown() -> String {
        let mut text = String::from(
            "# What is found wrong with a sign-in\n\n<!-- Made from src/explain/catalog.rs by `npm run generate`. -->\n\n\
             `npx @intelliauth/spa-sdk explain`, `@intelliauth/spa-sdk/explain` and the crate's `explain` module take what \
             you paste (an authorize URL, a callback URL, a token request as form, `curl`, \"Copy as fetch\" or HAR, the \
             token endpoint's JSON, a message of the browser's console) and answer with these findings, worst first. An \
             *error* means that the sign-in fails or that its protection does not hold; a *warning*, that it is unsafe or \
             that some platforms refuse it; a *note* is worth knowing. Those that begin with `cause_` say what a refusal \
             means, the likeliest first. `{name}` stands for what was found.\n\n\
             | finding | | why it matters | what to do | clause |\n|---|---|---|---|---|\n",
        );
        for row in ROWS {
            let cell = |text: &str| text.replace('&', "&amp;").replace('|', "\\|").replace('<', "&lt;");
            text += &format!(
                "| `{}` | {} | {} | {} | {} |\n",
                row.code,
                row.severity.as_str(),
                cell(row.why),
                cell(row.instead),
                row.clause
            );
        }
        text
    }

    #[test]
    fn generated_files_match_the_catalog() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/explain.md");
        if std::env::var_os("GENERATE").is_some() {
            std::fs::write(&path, markdown()).unwrap();
        }
        let held = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(held == markdown(), "{} is stale: run `npm run generate`", path.display());
    }

    #[test]
    fn codes_are_unique_and_texts_are_sentences() {
        let mut codes = std::collections::HashSet::new();
        for row in ROWS {
            assert!(codes.insert(row.code), "{}", row.code);
            for text in [row.why, row.instead] {
                assert!(text.ends_with(['.', '}', '?']) && !text.contains("  "), "{}: {text}", row.code);
            }
        }
    }
}
