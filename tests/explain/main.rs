//! Explain, from outside: the corpus of mistakes, the documentation's correct requests, secrets, and any text at all.
#![cfg(not(target_arch = "wasm32"))]

mod anything;
mod corpus;
mod documentation;
mod findings;
mod first;
mod pastes;
mod recordings;
mod secrets;
