//! Randomness of the browser's cryptographic source, or none at all: there is no fallback.

use crate::core::protocol::pkce::Entropy;

/// Three times 32 random octets, in one draw.
pub fn entropy() -> Option<[Entropy; 3]> {
    let mut octets = [[0; 32]; 3];
    getrandom::fill(octets.as_flattened_mut()).ok().map(|()| octets)
}

/// A seed for jitter.
pub fn seed() -> u64 {
    (js_sys::Math::random() * 9e15) as u64
}
