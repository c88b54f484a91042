//! Randomness of the browser's cryptographic source, or none at all: there is no fallback.

use crate::core::error::{Code, Error};
use crate::core::pkce::Entropy;

/// 32 random octets.
pub fn entropy() -> Result<Entropy, Error> {
    let mut octets = [0; 32];
    getrandom::fill(&mut octets)
        .map_err(|_| Error::new(Code::Internal).with("problem", "no secure random source"))?;
    Ok(octets)
}

/// A seed for jitter.
pub fn seed() -> u64 {
    (js_sys::Math::random() * 9e15) as u64
}
