//! base64url without padding, RFC 4648 §5, and SHA-256.

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::block_api::compress256;

/// FIPS 180-4 §5.3.3.
const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// BASE64URL(bytes), unpadded.
pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    let mut text = String::new();
    // Three octets at a time: the crate's encoder of longer ones is unrolled for speed, ten times the size.
    for octets in bytes.as_ref().chunks(3) {
        let (mut three, mut letters) = ([0; 3], [0; 4]);
        for (to, from) in three.iter_mut().zip(octets) {
            *to = *from;
        }
        // Four letters always fit.
        let _ = URL_SAFE_NO_PAD.encode_slice(three, &mut letters);
        for letter in letters.iter().take(octets.len() + 1) {
            text.push(char::from(*letter));
        }
    }
    text
}

/// The bytes of strict, canonical base64url: no padding, no stray bits, no other characters. The crate's own decoder is
/// unrolled for speed, ten times the size.
#[must_use]
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let (mut held, mut count) = (0u32, 0);
    for letter in text.bytes() {
        let sextet = URL_SAFE.as_str().bytes().position(|known| known == letter)?;
        held = held << 6 | sextet as u32;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((held >> count) as u8);
            held &= (1 << count) - 1;
        }
    }
    (count < 6 && held == 0).then_some(bytes)
}

/// SHA-256 of `text`.
#[must_use]
pub fn sha256(text: &str) -> [u8; 32] {
    sha256_bytes(text.as_bytes())
}

/// SHA-256 of `bytes`.
#[must_use]
pub fn sha256_bytes(bytes: &[u8]) -> [u8; 32] {
    // FIPS 180-4 §5.1.1 and §6.2. Of the crate only the compression: its buffering is as large again.
    let mut message = bytes.to_vec();
    message.push(0x80);
    while message.len() % 64 != 56 {
        message.push(0);
    }
    message.extend_from_slice(&(8 * bytes.len() as u64).to_be_bytes());
    let mut state = INITIAL;
    compress256(&mut state, message.as_chunks().0);
    let mut digest = [0; 32];
    for (to, word) in digest.as_chunks_mut().0.iter_mut().zip(state) {
        *to = word.to_be_bytes();
    }
    digest
}

/// A short public name for something secret or long: it identifies, and cannot be reversed.
#[must_use]
pub fn fingerprint(text: &str) -> String {
    base64url(&sha256(text)[..12])
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_canonical_base64url_is_read() {
        assert_eq!(from_base64url("Zg"), Some(b"f".to_vec()));
        for odd in ["Zg==", "Zh", "Z", "Zg\n", "Z g", "+/", "Zm9v.", "é"] {
            assert_eq!(from_base64url(odd), None, "{odd}");
        }
    }

    proptest! {
        #[test]
        fn the_digest_is_the_crates(text in ".{0,200}") {
            use sha2::Digest;
            prop_assert_eq!(sha256(&text).to_vec(), sha2::Sha256::digest(text.as_bytes()).to_vec());
        }

        #[test]
        fn the_decoder_is_the_crates(text in "[A-Za-z0-9_-]{0,12}[A-Za-z0-9_=+/-]?", bytes: Vec<u8>) {
            prop_assert_eq!(from_base64url(&text), URL_SAFE_NO_PAD.decode(&text).ok());
            prop_assert_eq!(from_base64url(&base64url(&bytes)), Some(bytes));
        }
    }
}
