//! The protocol and the session, pure: values in, values out.
#![forbid(unsafe_code)]

pub mod api;
pub mod attempts;
pub mod authorize;
pub mod callback;
pub mod client;
pub mod clock;
pub mod config;
pub mod encoding;
pub mod error;
pub mod form;
pub mod id_token;
pub mod json;
pub mod jwks;
pub mod jws;
pub mod logout;
pub mod metadata;
pub mod origin;
pub mod pkce;
pub mod platform;
pub mod record;
pub mod return_to;
pub mod secret;
pub mod session;
pub mod token;
pub mod transaction;
