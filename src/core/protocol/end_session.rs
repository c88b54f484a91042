//! Ending the platform's own session: OpenID Connect RP-Initiated Logout 1.0 §2.

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

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

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
}
