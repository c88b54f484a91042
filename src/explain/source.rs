//! Text that knows where in the input it came from, through unquoting, unescaping and joined lines.

use std::ops::Range;

/// A text, and for each of its bytes where in the input it began.
#[derive(Clone, Default)]
pub(super) struct Source {
    text: String,
    at: Vec<usize>,
    end: usize,
}

impl Source {
    /// `text` as it stands in the input at `base`.
    pub fn new(text: &str, base: usize) -> Self {
        let end = base.saturating_add(text.len());
        Self { text: text.to_owned(), at: (base..end).collect(), end }
    }

    /// No text, at this place of the input.
    pub fn at(place: usize) -> Self {
        Self { text: String::new(), at: Vec::new(), end: place }
    }

    /// `text`, which `range` of the input says as a whole.
    pub fn standing_for(text: &str, range: Range<usize>) -> Self {
        let mut source = Self::at(range.start);
        for letter in text.chars() {
            source.push(letter, range.clone());
        }
        source
    }

    /// Adds a character that `range` of the input stands for.
    pub fn push(&mut self, letter: char, range: Range<usize>) {
        self.text.push(letter);
        self.at.resize(self.text.len(), range.start);
        self.end = range.end;
    }

    /// Adds another text.
    pub fn append(&mut self, other: &Source) {
        self.text.push_str(&other.text);
        self.at.extend_from_slice(&other.at);
        self.end = other.end;
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its part at `range`; nothing where that is no range of it.
    pub fn part(&self, range: Range<usize>) -> Self {
        let text = self.text.get(range.clone()).unwrap_or_default().to_owned();
        let at = self.at.get(range.start..range.start + text.len()).unwrap_or_default().to_vec();
        let end = self.at.get(range.start + text.len()).copied().unwrap_or(self.end);
        Self { text, at, end }
    }

    /// What follows `from`.
    pub fn from(&self, from: usize) -> Self {
        self.part(from.min(self.text.len())..self.text.len())
    }

    /// Without white space around it.
    pub fn trim(&self) -> Self {
        let begin = self.text.len() - self.text.trim_start().len();
        self.part(begin..begin + self.text.trim().len())
    }

    /// Where in the input it is.
    pub fn range(&self) -> Range<usize> {
        self.at.first().copied().unwrap_or(self.end).min(self.end)..self.end
    }

    /// Where in the input the byte at `at` of this text began.
    pub fn place(&self, at: usize) -> usize {
        self.at.get(at).copied().unwrap_or(self.end)
    }
}
