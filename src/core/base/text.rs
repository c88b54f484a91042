//! Text that is not ours.

/// The provider's texts are cut to this many characters before it is shown.
const MAX_TEXT: usize = 300;

/// Untrusted text, RFC 6749 §10.14: cut short, controls replaced. It is text and never markup.
pub fn sanitize(text: &str) -> String {
    text.chars().take(MAX_TEXT).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_and_controls_replaced() {
        assert_eq!(sanitize(&"x".repeat(999)).len(), MAX_TEXT);
        assert_eq!(sanitize("a\nb\0<i>"), "a b <i>");
    }
}
