//! base64url without padding, RFC 4648 §5, and SHA-256.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// BASE64URL(bytes), unpadded.
pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of strict, canonical base64url: no padding, no stray bits, no other characters.
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// SHA-256 of `text`.
pub fn sha256(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

/// A short public name for something secret or long: it identifies, and gives nothing back.
pub fn fingerprint(text: &str) -> String {
    base64url(&sha256(text)[..12])
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn only_canonical_base64url_is_read() {
        assert_eq!(from_base64url("Zg"), Some(b"f".to_vec()));
        for odd in ["Zg==", "Zh", "Z", "Zg\n", "Z g", "+/", "Zm9v.", "é"] {
            assert_eq!(from_base64url(odd), None, "{odd}");
        }
    }
}
