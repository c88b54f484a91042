//! States are told apart by digest. Times in a text are made relative to the present one, so that two states which differ
//! in nothing but when they are, are one.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

/// The wall clock when a world begins, in milliseconds. Larger than any other number in a text.
pub const WALL: i64 = 1_800_000_000_000;
/// Every page's own clock then. No other number in a text is between this and its double.
pub const MONO: i64 = 1_000_000_000;

/// A text, told apart from others by its shape and the times in it.
#[derive(Debug, Default)]
pub struct Text {
    pub text: String,
    /// Of the text without its times.
    shape: u64,
    /// Since the world began.
    times: Vec<i64>,
}

impl Text {
    pub fn new(text: String) -> Self {
        let mut shape = DefaultHasher::new();
        let mut times = Vec::new();
        let mut rest = text.as_str();
        while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
            let length = rest[start..].bytes().take_while(u8::is_ascii_digit).count();
            let (before, number) = (&rest[..start], &rest[start..start + length]);
            before.hash(&mut shape);
            match number.parse::<i64>() {
                Ok(wall) if (WALL / 2..2 * WALL).contains(&wall) => {
                    "wall".hash(&mut shape);
                    times.push(wall - WALL);
                }
                Ok(mono) if (MONO..2 * MONO).contains(&mono) => {
                    "mono".hash(&mut shape);
                    times.push(mono - MONO);
                }
                _ => number.hash(&mut shape),
            }
            rest = &rest[start + length..];
        }
        rest.hash(&mut shape);
        let shape = shape.finish();
        Self { text, shape, times }
    }

    /// As seen at `now`, since the world began.
    pub fn hash_at(&self, now: i64, hasher: &mut impl Hasher) {
        self.shape.hash(hasher);
        for time in &self.times {
            (time - now).hash(hasher);
        }
    }
}

#[test]
fn texts_differ_by_everything_but_when_they_are() {
    let digest = |text: &str, now| {
        let mut hasher = DefaultHasher::new();
        Text::new(text.into()).hash_at(now, &mut hasher);
        hasher.finish()
    };
    let text = |wall: i64, mono: i64, other: i64| format!("at {wall}, {mono}; {other} Some(1)");
    assert_eq!(digest(&text(WALL + 5, MONO + 7, 3), 2), digest(&text(WALL + 6, MONO + 8, 3), 3));
    assert_ne!(digest(&text(WALL + 5, MONO + 7, 3), 2), digest(&text(WALL + 6, MONO + 7, 3), 3));
    assert_ne!(digest(&text(WALL + 5, MONO + 7, 3), 2), digest(&text(WALL + 5, MONO + 7, 4), 2));
}
