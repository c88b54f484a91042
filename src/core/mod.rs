//! The protocol's rules and the client, pure: values in, values out.
//!
//! | where | what |
//! |---|---|
//! | [`protocol`] | one file for each rule of the specifications: pure functions that build a request or process an answer |
//! | [`client`] | the machine that runs sign-in, session and sign-out by those rules |
//! | [`base`] | what both stand on: configuration, errors, secrets, encodings |
#![forbid(unsafe_code)]

pub mod base;
pub mod client;
pub mod protocol;
