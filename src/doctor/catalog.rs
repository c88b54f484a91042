//! Every finding of a platform's set-up: its code, how bad it is, why it matters, what to do, and the clause.
//!
//! `{name}` stands for what was found; `docs/doctor.md` is made from this table.

use crate::explain::Severity;
use crate::explain::catalog::Row;

macro_rules! findings {
    ($($code:ident $name:literal $severity:ident $why:literal $instead:literal $clause:literal;)*) => {
        /// The code of every finding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Code { $($code,)* }

        impl Code {
            /// The code's row.
            pub fn row(self) -> &'static Row {
                match self {
                    $(Code::$code => {
                        const ROW: &Row = &Row {
                            code: $name,
                            severity: Severity::$severity,
                            why: $why,
                            instead: $instead,
                            clause: $clause,
                        };
                        ROW
                    })*
                }
            }

            const ALL: &[Code] = &[$(Code::$code,)*];
        }
    };
}

/// A row's text with what was found.
pub(super) fn filled(text: &str, details: &[(&str, &str)]) -> String {
    details.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// Every finding there is, in order.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    Code::ALL.iter().map(|code| code.row())
}

findings! {
    // Whether the platform can be reached.
    HostUnknown "host_unknown" Error
        "The name is mistyped, the tenant does not exist, or this machine has no name server."
        "Compare the tenant's address with the platform's settings, letter by letter."
        "";
    NothingListens "nothing_listens" Error
        "The host is there, and no program listens at its port."
        "Look at the port and the scheme of the address; is the platform running?"
        "";
    TlsRefused "tls_refused" Error
        "A browser refuses it as well, and shows the app nothing but a network error."
        "Give the tenant a certificate for this very host, not expired, with its intermediate certificates, from an authority that browsers trust."
        "";
    NoAnswer "no_answer" Error
        "A network, proxy or firewall on the way swallows the request, or the platform is overloaded."
        "Open the address in a browser on this machine, and look at proxies and firewalls."
        "";
    PlatformUnavailable "platform_unavailable" Error
        "The platform cannot serve the request at present."
        "Try again later; if it persists, look at the platform's status page or its log."
        "";
    ClockOff "clock_off" Error
        "An ID token is refused whose time is too far from the device's: by default 300 seconds."
        "Set the clock that is wrong (automatic time). `clockSkewSeconds` tolerates up to 600."
        "OpenID Connect Core §3.1.3.7";

    // What the app's pages may read.
    CorsOriginNotAllowed "cors_origin_not_allowed" Error
        "The browser keeps the answer from the app. {costs}"
        "Register {origin} with the platform as an allowed origin (CORS): scheme, host and port, without a path."
        "Fetch §3.3";
    PreflightNotAnswered "preflight_not_answered" Note
        "The SDK's token request needs none, so this alone is no fault: whether the app may read the answer is not known."
        "Run this again with --probe, which sends a token request."
        "Fetch §3.3";

    // Metadata and keys.
    MetadataNotFound "metadata_not_found" Error
        "A platform publishes there where its endpoints and keys are. Without `discovery` the SDK does not ask."
        "Look at the tenant's address and at `issuer`: the metadata is under the issuer."
        "OpenID Connect Discovery §4.1";
    IssuerMismatch "issuer_mismatch" Error
        "The issuer is compared character for character, in metadata, callbacks and ID tokens: every sign-in is refused."
        "If this is your platform, set `issuer: '{received}'`."
        "OpenID Connect Discovery §4.3";
    PkceNotSupported "pkce_not_supported" Error
        "The SDK sends a challenge by S256 and nothing less, so that a stolen code is worth nothing."
        "Have the platform accept PKCE with S256 for this application."
        "RFC 9700 §2.1.1";
    MetadataInvalid "metadata_invalid" Error
        "With `discovery: true` the SDK refuses metadata that sends users, codes or tokens to another origin, or that it cannot read."
        "{correction}"
        "RFC 8414 §3.3";
    PkceNotAnnounced "pkce_not_announced" Note
        "Whether the platform verifies PKCE cannot be told from outside."
        "See in the platform's settings that PKCE with S256 is required for this application."
        "RFC 8414 §2";
    FlowNotSupported "code_flow_not_supported" Error
        "The SDK signs in by the authorization code flow alone."
        "Have the platform allow the response type `code`."
        "OpenID Connect Discovery §3";
    PublicClientsNotAnnounced "public_clients_not_announced" Warning
        "An app in a browser keeps no secret: it sends its client_id, and nothing to prove it."
        "Register the application as a public client (single-page app), without a secret."
        "OpenID Connect Discovery §3";
    RefreshNotAnnounced "refresh_not_announced" Note
        "Without refresh tokens the session ends with its access token."
        "Allow the grant `refresh_token` for this application."
        "OpenID Connect Discovery §3";
    EndpointsDiffer "endpoints_differ" Warning
        "Without `discovery: true` the SDK goes to /oauth2/authorize and /oauth2/token of the tenant."
        "Set `discovery: true`, or these options."
        "RFC 8414 §2";
    NoSigningKey "no_signing_key" Error
        "With `discovery: true` or `endpoints.jwks` every ID token's signature is verified by one of them."
        "Publish the public half of the signing key: RSA of 2048 bits or more, or EC, without `use: enc`."
        "RFC 7517 §4";

    // The endpoints, and what they say of the application.
    EndpointNotFound "endpoint_not_found" Error
        "A sign-in asks there."
        "Set `discovery: true`, so that the SDK reads where it is, or name it in `{option}`; or is the tenant's address another one?"
        "RFC 6749 §3";
    RedirectUriPlainHttp "redirect_uri_plain_http" Warning
        "The code travels through every network on the way, and browsers have neither Web Locks nor WebCrypto on such a page."
        "Register and use {secure}."
        "RFC 9700 §2.6";
    RedirectUriNotRegistered "redirect_uri_not_registered" Error
        "That is how a platform refuses a redirect URI that is not registered character for character, or a client id that it does not know."
        "Register exactly {redirectUri} for the application {clientId}: scheme, port and trailing slash included."
        "RFC 6749 §3.1.2.4";
    AuthorizationRefused "authorization_refused" Error
        "The redirect URI is registered, and the request is refused for what else is in it."
        "Compare scope, response type and grant types with the application's settings."
        "RFC 6749 §4.1.2.1";
    TokenEndpointUnusable "token_endpoint_unusable" Error
        "It is no token endpoint, or a proxy or a firewall answers in its place."
        "Look at the address of the token endpoint, and at what stands in front of it."
        "RFC 6749 §5.2";
    ClientRefused "client_refused" Error
        "It does so before it looks at the code: no code will be exchanged."
        "Check the client id, and that the application is a public client (no secret) that may use the authorization code grant."
        "RFC 6749 §5.2";
    TokenRequestRefused "token_request_refused" Error
        "It does so before it looks at the code: no code will be exchanged."
        "The platform's words say which of its settings forbids the request."
        "RFC 6749 §5.2";
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::explain::catalog::tests::{holds, table};

    #[test]
    fn generated_files_match_the_catalog() {
        let text = String::from(
            "# What is found wrong with a platform's set-up\n\n<!-- Made from src/doctor/catalog.rs by `npm run generate`. -->\n\n\
             `npx @intelliauth/spa-sdk doctor` and the crate's `doctor` module request a platform's metadata, keys and \
             endpoints and compare clocks. They print these findings, the worst first. With an *error* a sign-in fails. \
             With a *warning* it fails with some of the SDK's options, or it is unsafe. A *note* is good to know. \
             In some circumstances a finding is more or less severe than here; then that is printed. `{name}` stands for \
             what was found. For one sign-in that does not work use `explain`: [explain.md](explain.md).\n\n",
        );
        holds("docs/doctor.md", &(text + &table(rows())));
    }

    #[test]
    fn codes_are_unique_and_texts_are_sentences() {
        let mut codes = std::collections::HashSet::new();
        for row in rows() {
            assert!(codes.insert(row.code), "{}", row.code);
            for text in [row.why, row.instead] {
                assert!(text.ends_with(['.', '}', '?']) && !text.contains("  "), "{}: {text}", row.code);
            }
        }
    }
}
