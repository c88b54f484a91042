//! Every finding there is: its code, how bad it is, why it matters, what to write instead, and the clause.
//!
//! The order is the order of findings of the same severity: what explains the failure best comes first. `{name}` stands
//! for what was found; `docs/explain.md` is made from these tables.

use super::Severity;

mod callback;
mod console;
mod refusal;
mod request;
mod sdk_error;
mod token;
mod values;

/// One row of the table.
#[derive(Debug)]
#[non_exhaustive]
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

/// The rows of one topic.
macro_rules! topic {
    ($($code:ident $severity:ident $why:literal $instead:literal $clause:literal;)*) => {
        pub(super) const ROWS: &[super::Row] = &[$(super::Row {
            code: super::Code::$code.as_str(),
            severity: crate::explain::Severity::$severity,
            why: $why,
            instead: $instead,
            clause: $clause,
        },)*];
    };
}
use topic;

macro_rules! codes {
    ($($code:ident $name:literal,)*) => {
        /// The code of every finding, in their order.
        #[allow(clippy::enum_variant_names)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Code { $($code,)* }

        impl Code {
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$code => $name,)* }
            }

            #[cfg(all(test, not(target_arch = "wasm32")))]
            const ALL: &[Code] = &[$(Code::$code,)*];
        }
    };
}

codes! {
    // values
    NotRecognised "not_recognised",
    ValueUndefined "value_undefined",
    ValuePlaceholder "value_placeholder",
    SecretInUrl "secret_in_url",
    TokenInAddress "token_in_address",
    ClientSecretInBrowser "client_secret_in_browser",
    ParameterMisspelled "parameter_misspelled",
    ParametersAfterFragment "parameters_after_fragment",
    SecondQuestionMark "second_question_mark",
    HtmlEscaped "html_escaped",
    DoubleEncoded "double_encoded",
    ValueWhitespace "value_whitespace",
    ValueQuoted "value_quoted",
    ParameterRepeated "parameter_repeated",
    EndpointIsTokenEndpoint "endpoint_is_token_endpoint",
    EndpointIsAuthorizationEndpoint "endpoint_is_authorization_endpoint",
    EndpointIsMetadata "endpoint_is_metadata",
    TenantDiffers "tenant_differs",
    EndpointMisspelled "endpoint_misspelled",
    EndpointUserInfo "endpoint_user_info",
    EndpointDoubleSlash "endpoint_double_slash",
    // request
    ResponseTypeMissing "response_type_missing",
    ResponseTypeToken "response_type_token",
    ResponseTypeUnknown "response_type_unknown",
    ResponseTypeHybrid "response_type_hybrid",
    ClientIdMissing "client_id_missing",
    ClientIdDiffers "client_id_differs",
    RedirectUriMissing "redirect_uri_missing",
    RedirectUriRelative "redirect_uri_relative",
    RedirectUriFragment "redirect_uri_fragment",
    RedirectUriTrailingSlash "redirect_uri_trailing_slash",
    RedirectUriLoopbackName "redirect_uri_loopback_name",
    RedirectUriScheme "redirect_uri_scheme",
    RedirectUriPort "redirect_uri_port",
    RedirectUriWww "redirect_uri_www",
    RedirectUriCase "redirect_uri_case",
    RedirectUriQuery "redirect_uri_query",
    RedirectUriEncoding "redirect_uri_encoding",
    RedirectUriPath "redirect_uri_path",
    RedirectUriUnregistered "redirect_uri_unregistered",
    RedirectUriWildcard "redirect_uri_wildcard",
    RedirectUriIsPlatform "redirect_uri_is_platform",
    RedirectUriOutOfBand "redirect_uri_out_of_band",
    RedirectUriPlainHttp "redirect_uri_plain_http",
    RedirectUriOtherOrigin "redirect_uri_other_origin",
    ScopeSeparator "scope_separator",
    ScopeCase "scope_case",
    ScopeCharacters "scope_characters",
    ScopeMissing "scope_missing",
    ScopeWithoutOpenid "scope_without_openid",
    VerifierInRequest "verifier_in_request",
    ChallengeIsVerifier "challenge_is_verifier",
    ChallengeMethodPlain "challenge_method_plain",
    ChallengeMissing "challenge_missing",
    ChallengeMethodMissing "challenge_method_missing",
    ChallengeMethodUnknown "challenge_method_unknown",
    ChallengeHex "challenge_hex",
    ChallengeOfHex "challenge_of_hex",
    ChallengePadded "challenge_padded",
    ChallengeNotUrlSafe "challenge_not_url_safe",
    ChallengeMismatch "challenge_mismatch",
    ChallengeLength "challenge_length",
    StateMissing "state_missing",
    StateMismatch "state_mismatch",
    StateDiffers "state_differs",
    StateShort "state_short",
    EndpointPlainHttp "endpoint_plain_http",
    PromptNoneCombined "prompt_none_combined",
    PromptUnknown "prompt_unknown",
    ResponseModeFormPost "response_mode_form_post",
    ResponseModeFragment "response_mode_fragment",
    MaxAgeInvalid "max_age_invalid",
    ParameterEmpty "parameter_empty",
    RedirectUriNotCompared "redirect_uri_not_compared",
    // callback
    CodeAndError "code_and_error",
    CodeMissing "code_missing",
    CodeAltered "code_altered",
    CallbackStateMissing "callback_state_missing",
    IssuerDiffers "issuer_differs",
    CallbackElsewhere "callback_elsewhere",
    CallbackInFragment "callback_in_fragment",
    CallbackInvalid "callback_invalid",
    CallbackNotRedirectUri "callback_not_redirect_uri",
    // token
    TokenRequestGet "token_request_get",
    TokenRequestInUrl "token_request_in_url",
    TokenRequestJson "token_request_json",
    TokenRequestMultipart "token_request_multipart",
    TokenRequestContentType "token_request_content_type",
    CodeUsedTwice "code_used_twice",
    GrantTypeMissing "grant_type_missing",
    GrantTypeUnknown "grant_type_unknown",
    TokenCodeMissing "token_code_missing",
    VerifierMissing "verifier_missing",
    VerifierIsChallenge "verifier_is_challenge",
    VerifierMismatch "verifier_mismatch",
    VerifierLength "verifier_length",
    VerifierCharacters "verifier_characters",
    VerifierDiffers "verifier_differs",
    RedirectUriChanged "redirect_uri_changed",
    TokenRedirectUriMissing "token_redirect_uri_missing",
    TokenClientIdMissing "token_client_id_missing",
    RefreshTokenParameterMissing "refresh_token_parameter_missing",
    GrantPassword "grant_password",
    ClientSecretSent "client_secret_sent",
    ChallengeInTokenRequest "challenge_in_token_request",
    HeaderNeedsPreflight "header_needs_preflight",
    BodyNotShown "body_not_shown",
    RequestObjectNotShown "request_object_not_shown",
    TokenResponseInvalid "token_response_invalid",
    IdTokenMissing "id_token_missing",
    RefreshTokenMissing "refresh_token_missing",
    MetadataInvalid "metadata_invalid",
    // console
    CorsOriginNotAllowed "cors_origin_not_allowed",
    CorsOriginMismatch "cors_origin_mismatch",
    CorsAuthorizationEndpoint "cors_authorization_endpoint",
    CorsPreflightHeader "cors_preflight_header",
    CorsPreflight "cors_preflight",
    CorsWildcardCredentials "cors_wildcard_credentials",
    CorsRedirect "cors_redirect",
    FrameRefused "frame_refused",
    ConnectRefusedByCsp "connect_refused_by_csp",
    // refusal
    CauseClientUnknown "cause_client_unknown",
    CauseTenantUnknown "cause_tenant_unknown",
    CauseRedirectUriUnregistered "cause_redirect_uri_unregistered",
    CauseRedirectUriChanged "cause_redirect_uri_changed",
    CauseCodeUsedTwice "cause_code_used_twice",
    CauseCodeExpired "cause_code_expired",
    CauseVerifierMismatch "cause_verifier_mismatch",
    CauseVerifierMissing "cause_verifier_missing",
    CauseChallengeRequired "cause_challenge_required",
    CauseChallengeMalformed "cause_challenge_malformed",
    CauseVerifierUnexpected "cause_verifier_unexpected",
    CauseCodeAltered "cause_code_altered",
    CauseStateShort "cause_state_short",
    CauseClientTypeConfidential "cause_client_type_confidential",
    CauseClientTypePublic "cause_client_type_public",
    CauseSpaFromServer "cause_spa_from_server",
    CauseClientSecretWrong "cause_client_secret_wrong",
    CauseGrantNotAllowed "cause_grant_not_allowed",
    CauseGrantTypeUnsupported "cause_grant_type_unsupported",
    CauseResponseTypeNotAllowed "cause_response_type_not_allowed",
    CauseBodyNotForm "cause_body_not_form",
    CauseMethodGet "cause_method_get",
    CauseParameterMissing "cause_parameter_missing",
    CauseScopeInvalid "cause_scope_invalid",
    CauseOriginNotAllowed "cause_origin_not_allowed",
    CauseUserRefused "cause_user_refused",
    CauseRuleRefused "cause_rule_refused",
    CauseAudienceUnknown "cause_audience_unknown",
    CauseConsentRequired "cause_consent_required",
    CauseNoSession "cause_no_session",
    CauseInteractionRequired "cause_interaction_required",
    CauseRefreshTokenOver "cause_refresh_token_over",
    CauseAccessTokenRefused "cause_access_token_refused",
    CauseLoginStateLost "cause_login_state_lost",
    CausePlatformFailed "cause_platform_failed",
    CauseRequestObject "cause_request_object",
    CauseClockSkew "cause_clock_skew",
    CauseUnknown "cause_unknown",
    CauseNotShown "cause_not_shown",
    RuledOutVerifier "ruled_out_verifier",
    RuledOutRedirectUri "ruled_out_redirect_uri",
    // sdk_error
    CauseSignInInAnotherTab "cause_sign_in_in_another_tab",
    CauseOriginChanged "cause_origin_changed",
    CauseStorageCleared "cause_storage_cleared",
    CauseCallbackOpenedAgain "cause_callback_opened_again",
    CauseSignInByItself "cause_sign_in_by_itself",
    CauseRequestBlocked "cause_request_blocked",
    SdkError "sdk_error",
}

const UNKNOWN: Row = Row { code: "", severity: Severity::Note, why: "", instead: "", clause: "" };

impl Code {
    /// The code's row; a test finds each.
    pub fn row(self) -> &'static Row {
        rows().find(|row| row.code == self.as_str()).unwrap_or(&UNKNOWN)
    }
}

/// Every finding there is, in order.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    let topics = [
        values::ROWS,
        request::ROWS,
        callback::ROWS,
        token::ROWS,
        console::ROWS,
        refusal::ROWS,
        sdk_error::ROWS,
    ];
    topics.into_iter().flatten()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
pub(crate) mod tests {
    use super::*;

    fn markdown() -> String {
        let text = String::from(
            "# What is found wrong with a sign-in\n\n<!-- Made from src/explain/catalog by `npm run generate`. -->\n\n\
             `npx @intelliauth/spa-sdk explain`, `@intelliauth/spa-sdk/explain` and the crate's `explain` module take what \
             you paste: an authorize URL, a callback URL, a token request as form, `curl`, \"Copy as fetch\" or HAR, the token \
             endpoint's JSON, a message of the browser's console, an error of this SDK, or source code that builds a request. \
             They answer with these findings, the worst first. An *error* means that the sign-in fails or that its protection \
             does not work. A *warning* means that it is unsafe or that some platforms refuse it. A *note* is good to know. \
             Findings that begin with `cause_` say what a refusal means, the likeliest first. `{name}` stands for what was found.\n\n",
        );
        text + &table(rows())
    }

    /// The rows as a table, each with an address of its own.
    pub fn table<'a>(rows: impl Iterator<Item = &'a Row>) -> String {
        let mut text =
            String::from("| finding | | why it matters | what to do | clause |\n|---|---|---|---|---|\n");
        for row in rows {
            let cell = |text: &str| text.replace('&', "&amp;").replace('|', "\\|").replace('<', "&lt;");
            let (code, severity) = (row.code, row.severity.as_str());
            text += &format!(
                "| <a id=\"{code}\"></a>`{code}` | {severity} | {} | {} | {} |\n",
                cell(row.why),
                cell(row.instead),
                row.clause
            );
        }
        text
    }

    /// Whether the document at `path` is this one; `GENERATE` writes it.
    pub fn holds(path: &str, made: &str) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        if std::env::var_os("GENERATE").is_some() {
            std::fs::write(&path, made).unwrap();
        }
        let held = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(held == made, "{} is stale: run `npm run generate`", path.display());
    }

    #[test]
    fn generated_files_match_the_catalog() {
        holds("docs/explain.md", &markdown());
    }

    #[test]
    fn codes_are_unique_and_texts_are_sentences() {
        assert!(rows().map(|row| row.code).eq(Code::ALL.iter().map(|code| code.as_str())));
        let mut codes = std::collections::HashSet::new();
        for row in rows() {
            assert!(codes.insert(row.code), "{}", row.code);
            for text in [row.why, row.instead] {
                assert!(text.ends_with(['.', '}', '?']) && !text.contains("  "), "{}: {text}", row.code);
            }
        }
    }
}
