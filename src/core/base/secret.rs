//! Values that must never be printed. Their `Debug` says only what they are.

use std::fmt;
use std::sync::Arc;

macro_rules! secrets {
    ($($(#[$meta:meta])* $name:ident;)*) => {$(
        $(#[$meta])*
        #[derive(PartialEq, Eq)]
        pub struct $name(Arc<String>);

        impl $name {
            /// Wraps the secret.
            pub fn new(secret: impl Into<String>) -> Self {
                Self(Arc::new(secret.into()))
            }

            /// The secret itself. Every use of it is found by this name.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )*};
}

secrets! {
    /// The `code_verifier`, RFC 7636 §4.1. Not `Clone`: the exchange consumes it.
    Verifier;
    /// The authorization code, RFC 6749 §4.1.2. Not `Clone`: it is sent once.
    AuthorizationCode;
    /// The `state` of one sign-in, RFC 6749 §10.12.
    State;
    /// The `nonce` of one sign-in, OpenID Connect Core §3.1.2.1.
    Nonce;
    /// An access token: opaque, RFC 6749 §1.4.
    AccessToken;
    /// A refresh token, RFC 6749 §1.5.
    RefreshToken;
    /// An ID token in its compact form, OpenID Connect Core §2.
    IdToken;
}

macro_rules! clonable {
    ($($name:ident)*) => {$(
        impl Clone for $name {
            fn clone(&self) -> Self {
                Self(Arc::clone(&self.0))
            }
        }
    )*};
}

clonable!(State Nonce AccessToken RefreshToken IdToken);

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_kind_and_nothing_else() {
        assert_eq!(format!("{:?}", Verifier::new("s3cret")), "Verifier(…)");
        assert_eq!(format!("{:?}", Some(AccessToken::new("s3cret"))), "Some(AccessToken(…))");
    }
}
