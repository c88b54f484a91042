//! The names of parameters: which are known, whose values may be shown, and which one a misspelled name meant.

use crate::core::base::text::parts;

/// Parameters of the code flow whose spelling is checked, with how else people write them.
const SPELLED: &[(&str, &[&str])] = &[
    ("response_type", &["response", "responsetypes", "type"]),
    ("client_id", &["clientid", "appid", "applicationid", "client"]),
    (
        "redirect_uri",
        &[
            "redirecturl",
            "redirecturis",
            "redirect",
            "callbackurl",
            "callbackuri",
            "callback",
            "returnurl",
            "redirectto",
        ],
    ),
    ("scope", &["scopes"]),
    ("state", &["states"]),
    ("nonce", &[]),
    ("code_challenge", &["challenge", "pkcechallenge", "pkcecodechallenge"]),
    ("code_challenge_method", &["challengemethod", "codechallengemethods", "pkcemethod", "challengetype"]),
    ("response_mode", &["responsemodes"]),
    ("prompt", &[]),
    ("grant_type", &["granttypes", "grant"]),
    ("code_verifier", &["verifier", "pkceverifier", "codeverify"]),
    ("refresh_token", &[]),
    ("client_secret", &["clientpassword"]),
    ("login_hint", &[]),
    ("error_description", &[]),
];

/// Other names that are right as they are: parameters of the specifications and of many platforms.
const OTHERS: &[&str] = &[
    "code",
    "error",
    "error_uri",
    "iss",
    "session_state",
    "access_token",
    "id_token",
    "token_type",
    "expires_in",
    "max_age",
    "ui_locales",
    "acr_values",
    "display",
    "claims",
    "request",
    "request_uri",
    "audience",
    "resource",
    "registration",
    "id_token_hint",
    "post_logout_redirect_uri",
    "authorization_details",
    "dpop_jkt",
    "domain_hint",
    "connection",
    "organization",
    "access_type",
    "include_granted_scopes",
    "approval_prompt",
    "hd",
    "authuser",
    "kc_idp_hint",
    "kc_locale",
    "kc_action",
    "identity_provider",
    "idp_identifier",
    "lang",
    "screen_hint",
    "p",
    "policy",
    "client_info",
    "token",
    "token_type_hint",
    "username",
    "password",
    "client_assertion",
    "client_assertion_type",
    "assertion",
    "subject_token",
    "error_subcode",
    "error_codes",
    "trace_id",
    "correlation_id",
    "timestamp",
    "issuer",
    "expires_on",
    "ext_expires_in",
    "not_before_policy",
    "tenant",
    "account",
    "consent",
    "device_code",
    "user_code",
    "invitation",
    "returnTo",
    "client-request-id",
];

/// Names whose values may be shown. Whatever is not among them may hold a secret under a misspelled name.
const SHOWN: &[&str] = &[
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "code_challenge_method",
    "response_mode",
    "prompt",
    "grant_type",
    "error",
    "error_description",
    "error_uri",
    "error_subcode",
    "iss",
    "issuer",
    "max_age",
    "ui_locales",
    "acr_values",
    "display",
    "audience",
    "resource",
    "post_logout_redirect_uri",
    "access_type",
    "include_granted_scopes",
    "approval_prompt",
    "kc_idp_hint",
    "kc_locale",
    "identity_provider",
    "lang",
    "screen_hint",
    "p",
    "token_type",
    "expires_in",
    "token_type_hint",
    "client_assertion_type",
    "error_codes",
    // Headers, and parts of a URL.
    "accept",
    "content-type",
    "origin",
    "host",
    "method",
    "status",
    "path",
    "access-control-allow-origin",
    "access-control-request-method",
    "access-control-request-headers",
    "access-control-allow-headers",
    "sec-fetch-mode",
    "sec-fetch-site",
    // Members of metadata.
    "authorization_endpoint",
    "token_endpoint",
    "jwks_uri",
    "end_session_endpoint",
    "revocation_endpoint",
    "userinfo_endpoint",
    "code_challenge_methods_supported",
    "response_types_supported",
    "grant_types_supported",
    "scopes_supported",
    "id_token_signing_alg_values_supported",
    "token_endpoint_auth_methods_supported",
];

/// Whether a value by this name is described instead of shown.
pub(super) fn hides(name: &str) -> bool {
    !SHOWN.iter().any(|shown| shown.eq_ignore_ascii_case(name))
}

/// Parameters and headers whose values are secret. A value of any other name is one where it looks like one.
const SECRETS: &[&str] = &[
    "code",
    "state",
    "nonce",
    "code_verifier",
    "access_token",
    "id_token",
    "refresh_token",
    "id_token_hint",
    "token",
    "client_secret",
    "password",
    "client_assertion",
    "assertion",
    "subject_token",
    "authorization",
    "cookie",
    "set-cookie",
    "session_state",
    "device_code",
    "user_code",
    "login_hint",
    "username",
    "dpop",
];

/// Whether `value` must not stand in any other text either.
pub(super) fn secret(name: &str, value: &str) -> bool {
    let named = SECRETS.iter().any(|secret| secret.eq_ignore_ascii_case(name));
    let meant = meant(name).is_some_and(|meant| SECRETS.contains(&meant));
    let count = |kind: fn(&u8) -> bool| value.bytes().filter(kind).count();
    let (digits, upper, lower) =
        (count(u8::is_ascii_digit), count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
    let random = digits > 0 && upper + lower > 0 || upper > 0 && lower > 0;
    match value.len() {
        0..6 => false,
        6..12 => (named || meant) && random,
        12..20 => named || meant,
        _ => named || meant || hides(name) && random && !value.contains([' ', '/']),
    }
}

/// Whether a parameter of a URL inside a value must not be shown: by its name, or because it is long.
pub(super) fn private(name: &str, value: &str) -> bool {
    const TELLING: &[&str] = &[
        "token", "secret", "pass", "key", "code", "sess", "auth", "sid", "ticket", "assert", "jwt", "nonce",
        "state", "hint", "user", "mail",
    ];
    let lower = name.to_ascii_lowercase();
    hides(name)
        && (value.len() >= 16 || secret(name, value) || TELLING.iter().any(|part| lower.contains(part)))
}

/// Whether the name is one of the code flow's or of a platform's own, as far as they are known here.
pub(super) fn known(name: &str) -> bool {
    SPELLED.iter().any(|(known, _)| *known == name) || OTHERS.contains(&name)
}

/// The parameter that `name` was meant to be, where it is not one itself.
pub(super) fn meant(name: &str) -> Option<&'static str> {
    if known(name) {
        return None;
    }
    let plain = normalised(name);
    for (right, others) in SPELLED {
        if plain == normalised(right) || others.contains(&plain.as_str()) {
            return Some(right);
        }
    }
    // In other cases and separators only what the flow cannot do without: a platform may well know `MaxAge`.
    if OTHERS.iter().any(|other| normalised(other) == plain) {
        return None;
    }
    let first = plain.chars().next();
    SPELLED
        .iter()
        .map(|(right, _)| (*right, normalised(right)))
        .filter(|(_, right)| right.chars().next() == first)
        .map(|(name, right)| (name, distance(&plain, &right), right.len()))
        .filter(|(_, distance, len)| *distance <= if *len >= 8 { 2 } else { usize::from(*len >= 5) })
        .min_by_key(|(_, distance, _)| *distance)
        .map(|(right, ..)| right)
}

/// Letters and digits alone, in lower case.
fn normalised(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// How many letters must be added, removed, replaced or swapped with their neighbour to make `left` of `right`.
pub(super) fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) =
        (left.chars().take(64).collect(), right.chars().take(64).collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    let mut previous_left = None;
    for (row, l) in left.iter().enumerate() {
        let mut now = vec![row + 1];
        let mut previous_right = None;
        for (column, r) in right.iter().enumerate() {
            let at = |line: &[usize], column: usize| line.get(column).copied().unwrap_or(usize::MAX / 2);
            let mut least = (at(&last, column) + usize::from(l != r))
                .min(at(&last, column + 1) + 1)
                .min(at(&now, column) + 1);
            if column > 0 && previous_left == Some(r) && previous_right == Some(l) {
                least = least.min(at(&before, column - 1) + 1);
            }
            now.push(least);
            previous_right = Some(r);
        }
        before = std::mem::replace(&mut last, now);
        previous_left = Some(l);
    }
    last.last().copied().unwrap_or(0)
}

/// Whether the scope `list` holds `wanted`.
pub(super) fn has_scope(list: &str, wanted: &str) -> bool {
    parts(list, b' ').any(|scope| scope == wanted)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn misspelled_names_are_recognised() {
        for (wrong, right) in [
            ("redirect_url", "redirect_uri"),
            ("redirectUri", "redirect_uri"),
            ("redirect-uri", "redirect_uri"),
            ("code_challange", "code_challenge"),
            ("code_challange_method", "code_challenge_method"),
            ("clientId", "client_id"),
            ("ClientID", "client_id"),
            ("scopes", "scope"),
            ("grantType", "grant_type"),
            ("granttype", "grant_type"),
            ("reponse_type", "response_type"),
            ("responce_type", "response_type"),
            ("code_verifer", "code_verifier"),
            ("verifier", "code_verifier"),
            ("stat", "state"),
            ("State", "state"),
            ("nounce", "nonce"),
        ] {
            assert_eq!(meant(wrong), Some(right), "{wrong}");
        }
    }

    #[test]
    fn names_of_others_are_left_alone() {
        for name in [
            "mode",
            "coder",
            "auth0Client",
            "client-request-id",
            "x-client-SKU",
            "x-client-VER",
            "session_state",
            "utm_source",
            "fbclid",
            "tab",
            "q",
            "store",
            "client_info",
            "authuser",
            "hd",
            "iss",
            "clientele",
            "prompts_shown",
        ] {
            assert_eq!(meant(name), None, "{name}");
        }
    }

    #[test]
    fn neighbours_swapped_are_one_step() {
        assert_eq!(distance("sacfe", "scafe"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}
