//! What the app knows about itself, besides what was pasted.

use super::input;
use crate::core::base::json::{Engine, Member, parse};
use crate::core::base::secret::{State, Verifier};

/// What the app registered and stored. Everything is optional: the more is known, the more is checked.
///
/// Its `Debug` shows neither verifier nor state.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Known {
    /// The redirect URIs that are registered with the platform, exactly as written there.
    pub redirect_uris: Vec<String>,
    /// The application's client id.
    pub client_id: Option<String>,
    /// The platform's address or issuer, such as `https://tenant.example`.
    pub tenant: Option<String>,
    /// The verifier that the tab stored for this sign-in.
    pub verifier: Option<Verifier>,
    /// The state that the tab stored for this sign-in.
    pub state: Option<State>,
    /// The origin of the page that runs the app, such as `http://localhost:3000`.
    pub origin: Option<String>,
    /// The `redirect_uri` of the authorization request.
    pub sent_redirect_uri: Option<String>,
    /// The `code_challenge` of the authorization request.
    pub sent_challenge: Option<String>,
}

impl Known {
    /// Takes what the authorization request tells: `redirect_uri`, `code_challenge`, and, where they are not known yet,
    /// `client_id` and `state`.
    #[must_use]
    pub fn with_authorization_request(mut self, url: &str) -> Self {
        for (name, value) in input::parameters(url) {
            match name.as_str() {
                "redirect_uri" => self.sent_redirect_uri = Some(value),
                "code_challenge" => self.sent_challenge = Some(value),
                "client_id" if self.client_id.is_none() => self.client_id = Some(value),
                "state" if self.state.is_none() => self.state = Some(State::new(value)),
                _ => {}
            }
        }
        self
    }

    /// Reads a JSON object with the members `redirectUris` (one string or several), `clientId`, `tenant`, `verifier`,
    /// `state`, `origin`, `sentRedirectUri`, `sentChallenge` and `authorizationRequest` (the URL that was sent). Other
    /// members are ignored, so that one file may say more than this version knows.
    ///
    /// # Errors
    ///
    /// A sentence that names the member that is not what it must be; its value is not repeated.
    pub fn from_json(text: &str, engine: Engine) -> Result<Self, String> {
        let object = parse(engine, text).ok_or("What is known must be a JSON object.")?;
        let string = |name: &str| match object.member(name) {
            Member::Missing => Ok(None),
            Member::Text(text) => Ok(Some(text)),
            other => Err(format!("`{name}` must be a string; it is {}.", other.kind())),
        };
        let redirect_uris = match object.member("redirectUris") {
            Member::Missing => Vec::new(),
            Member::Text(uri) => vec![uri],
            Member::Texts(uris) => uris,
            other => {
                return Err(format!("`redirectUris` must be an array of strings; it is {}.", other.kind()));
            }
        };
        let known = Self {
            redirect_uris,
            client_id: string("clientId")?,
            tenant: string("tenant")?,
            verifier: string("verifier")?.map(Verifier::new),
            state: string("state")?.map(State::new),
            origin: string("origin")?,
            sent_redirect_uri: string("sentRedirectUri")?,
            sent_challenge: string("sentChallenge")?,
        };
        Ok(match string("authorizationRequest")? {
            Some(url) => known.with_authorization_request(&url),
            None => known,
        })
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::native::engine;

    #[test]
    fn members_of_the_wrong_kind_are_named_and_not_repeated() {
        let error = Known::from_json(r#"{"verifier":7e22}"#, engine).unwrap_err();
        assert_eq!(error, "`verifier` must be a string; it is a number.");
        assert!(Known::from_json("[]", engine).is_err());
        let known = Known::from_json(r#"{"redirectUris":"https://a/b","more":{}}"#, engine).unwrap();
        assert_eq!(known.redirect_uris, ["https://a/b"]);
    }

    #[test]
    fn debug_shows_no_secret() {
        let known = Known::from_json(r#"{"verifier":"s3cret","state":"s3cret"}"#, engine)
            .unwrap()
            .with_authorization_request(
                "https://t/a?state=s3cret&client_id=app&redirect_uri=https%3A%2F%2Fa",
            );
        assert!(!format!("{known:?}").contains("s3cret"));
        assert_eq!(known.sent_redirect_uri.as_deref(), Some("https://a"));
    }
}
