//! Whether a text holds what platforms write when they refuse.

use super::table::{MARKS, USUAL};

/// Whether a text names a refusal.
pub(in crate::explain) fn named(text: &str) -> bool {
    let lower = text.to_lowercase();
    MARKS.iter().any(|(marks, _)| marks.iter().all(|mark| holds(&lower, mark)))
        || USUAL.iter().any(|(error, _)| !error.is_empty() && has_word(&lower, error))
}

/// Whether a mark of the table stands in `text`. Numbered errors stand alone: one number may begin another.
pub(super) fn holds(text: &str, mark: &str) -> bool {
    if mark.starts_with("aadsts") { has_word(text, mark) } else { text.contains(mark) }
}

/// Whether `word` stands in `text` on its own.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    let part_of_name =
        |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
        !part_of_name(before) && !part_of_name(after)
    })
}
