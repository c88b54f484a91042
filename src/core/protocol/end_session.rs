//! Ending the platform's own session: OpenID Connect RP-Initiated Logout 1.0 §2.

use super::extra_params::add_extra;
use crate::core::base::error::Error;
use crate::core::base::form::Form;
use crate::core::base::secret::IdToken;
use crate::core::base::text::{concat, find};

/// Where to send the browser. `return_to` must be registered with the platform.
pub fn end_session_url(
    endpoint: &str,
    client_id: &str,
    hint: Option<&IdToken>,
    return_to: Option<&str>,
    state: Option<&str>,
) -> String {
    let query = Form::new()
        .pair("client_id", client_id)
        .maybe("id_token_hint", hint.map(IdToken::expose))
        .maybe("post_logout_redirect_uri", return_to)
        .maybe("state", state)
        .text();
    concat(&[endpoint, if find(endpoint, b'?').is_some() { "&" } else { "?" }, &query])
}

/// An app's own parameters of a sign-out, as they follow the address: `logout_hint` and `ui_locales` among them.
///
/// # Errors
/// `invalid_config` where a name is empty, repeated, or one of [`end_session_url`]'s.
pub fn extra_query(extra: &[(String, String)]) -> Result<String, Error> {
    let mut query = Form::new();
    add_extra(&mut query, extra, &["client_id", "id_token_hint", "post_logout_redirect_uri", "state"])?;
    Ok(query.text())
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::core::base::error::ErrorCode;

    #[test]
    fn the_endpoints_own_query_is_kept() {
        let hint = IdToken::new("a.b.c");
        let url =
            end_session_url("https://t/out?x=1", "app", Some(&hint), Some("https://app.example/"), Some("s"));
        let rest =
            "client_id=app&id_token_hint=a.b.c&post_logout_redirect_uri=https%3A%2F%2Fapp.example%2F&state=s";
        assert_eq!(url, format!("https://t/out?x=1&{rest}"));
        assert_eq!(end_session_url("https://t/out", "app", None, None, None), "https://t/out?client_id=app");
    }

    #[test]
    fn parameters_of_the_apps_own_take_no_name_of_the_protocols() {
        let pairs = |pairs: &[(&str, &str)]| {
            let extra: Vec<_> =
                pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
            extra_query(&extra).map_err(|error| error.code)
        };
        assert_eq!(pairs(&[]), Ok(String::new()));
        let given = [("logout_hint", "ada@example.com"), ("empty", ""), ("ui_locales", "fr de")];
        assert_eq!(pairs(&given), Ok("logout_hint=ada%40example.com&ui_locales=fr+de".into()));
        for name in ["", "client_id", "id_token_hint", "post_logout_redirect_uri", "state"] {
            assert_eq!(pairs(&[(name, "x")]), Err(ErrorCode::InvalidConfig), "{name}");
        }
        assert_eq!(pairs(&[("a", "x"), ("a", "y")]), Err(ErrorCode::InvalidConfig));
    }
}
