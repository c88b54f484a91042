//! Randomness of the browser's cryptographic source, or none at all: there is no fallback.

use crate::core::error::{Code, Error};
use crate::core::pkce::Entropy;

/// So many times 32 random octets, in one draw.
pub fn entropy<const COUNT: usize>() -> Result<[Entropy; COUNT], Error> {
    let mut octets = [[0; 32]; COUNT];
    match getrandom::fill(octets.as_flattened_mut()) {
        Ok(()) => Ok(octets),
        Err(_) => Err(Error::new(Code::Internal).with("problem", "no secure random source")),
    }
}

/// A seed for jitter.
pub fn seed() -> u64 {
    (js_sys::Math::random() * 9e15) as u64
}
