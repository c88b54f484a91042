//! The protocol's rules and the client, pure: values in, values out.
//!
//! | where | what |
//! |---|---|
//! | [`protocol`] | one file for each rule of the specifications: pure functions that build a request or process_token_response an answer |
//! | [`client`] | the machine that runs sign-in, session and sign-out by those rules |
//! | [`base`] | what both stand on: configuration, errors, secrets, encodings |
#![forbid(unsafe_code)]
// A panic is a trap in the wasm: whatever comes in from outside must not cause one.
#![cfg_attr(
    not(test),
    deny(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::unwrap_used
    )
)]

pub mod base;
pub mod client;
pub mod protocol;
