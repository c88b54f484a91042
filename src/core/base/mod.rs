//! What the protocol's rules and the client stand on.

pub mod clock;
pub mod config;
pub mod encoding;
pub mod error;
pub mod fields;
pub mod form;
pub mod json;
pub mod origin;
pub mod secret;
pub mod text;
