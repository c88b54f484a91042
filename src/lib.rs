//! Sign-in for single-page apps on the IntelliAuth platform: the authorization-code flow with PKCE.
//!
//! | where | what |
//! |---|---|
//! | [`core`] | the protocol's rules and the client. Pure: no browser, clock, randomness or I/O of its own |
//! | [`explain`] | what is wrong with a sign-in that is stuck, from what was pasted. On wasm32 with the feature `explain` only |
//! | [`doctor`] | how a platform is set up for an app, asked over the network. On wasm32 with the feature `explain` only |
//! | `web` | the browser: storage, fetch, clock, locks, channels. Thin; decides nothing. wasm32 only |
//! | `bindings` | what JavaScript sees. wasm32 with the features `js` and `js-explain` only |
//! | `texts` | errors in words, as the error table has them. On wasm32 with the feature `explain` only |
//! | [`native`] | a JSON engine for Rust programs, and a client's run recorded and replayed. Not on wasm32 |
//! | [`code_flow`] | the flow by hand, for Rust programs: see below |
#![doc = include_str!("guide.md")]
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

pub mod core;

pub use core::protocol::code_flow;

#[cfg(any(not(target_arch = "wasm32"), feature = "explain"))]
pub mod doctor;

#[cfg(any(not(target_arch = "wasm32"), feature = "explain"))]
pub mod explain;

#[cfg(not(target_arch = "wasm32"))]
pub mod native;

#[cfg(any(not(target_arch = "wasm32"), feature = "explain"))]
mod texts;

#[cfg(target_arch = "wasm32")]
pub mod web;

#[cfg(all(target_arch = "wasm32", any(feature = "js", feature = "js-explain")))]
mod bindings;
