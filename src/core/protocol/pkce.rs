//! Proof Key for Code Exchange, RFC 7636.

use crate::core::base::encoding::{base64url, sha256};
use crate::core::base::secret::Verifier;

/// The octets behind every random value: 256 bits, RFC 7636 §7.1.
pub type Entropy = [u8; 32];

impl Verifier {
    /// A verifier of 43 characters from 32 random octets, RFC 7636 §4.1.
    #[must_use]
    pub fn from_entropy(entropy: &Entropy) -> Self {
        Self::new(base64url(entropy))
    }

    /// `code_challenge` by S256: BASE64URL(SHA-256(ASCII(verifier))), RFC 7636 §4.2. There is no `plain`.
    ///
    /// ```
    /// use intelliauth_spa_sdk::core::base::secret::Verifier;
    /// let verifier = Verifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    /// assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    /// ```
    #[must_use]
    pub fn challenge(&self) -> String {
        base64url(sha256(self.expose()))
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn rfc_7636_appendix_b() {
        let octets = [
            116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37, 77, 105,
            214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
        ];
        let verifier = Verifier::from_entropy(&octets);
        assert_eq!(verifier.expose(), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    proptest! {
        #[test]
        fn verifier_and_challenge_are_43_unreserved_characters(entropy: [u8; 32]) {
            let verifier = Verifier::from_entropy(&entropy);
            for value in [verifier.expose().to_owned(), verifier.challenge()] {
                prop_assert_eq!(value.len(), 43);
                prop_assert!(value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
            }
        }

        #[test]
        fn different_entropy_never_repeats(seeds in proptest::collection::hash_set(any::<[u8; 32]>(), 2..50)) {
            let verifiers: HashSet<_> = seeds.iter().map(|s| Verifier::from_entropy(s).expose().to_owned()).collect();
            prop_assert_eq!(verifiers.len(), seeds.len());
        }
    }

    // auth0-spa-js #230: a charset that lacked a character.
    #[test]
    fn every_character_of_the_alphabet_appears() {
        let seen: HashSet<char> = (0..=255u8)
            .flat_map(|b| Verifier::from_entropy(&[b; 32]).expose().chars().collect::<Vec<_>>())
            .collect();
        assert_eq!(seen.len(), 64);
    }
}
