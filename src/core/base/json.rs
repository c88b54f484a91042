//! The JSON port. The browser answers with its own parser and native code with serde_json, so no parser is shipped;
//! which texts are admissible, and what each member must be, is judged here, the same for both.

/// One member of an object, as much of it as the protocol ever reads.
#[derive(Clone, Debug, PartialEq)]
pub enum Member {
    /// Not there, or `null`: an optional member that some platforms write out although they have none.
    Missing,
    /// A string.
    Text(String),
    /// A finite number.
    Number(f64),
    /// `true` or `false`.
    Bool(bool),
    /// An array of strings.
    Texts(Vec<String>),
    /// Anything else: an object, a mixed array, a number too large to hold.
    Other,
}

impl Member {
    /// What it is, for an error that must not say what it holds.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Member::Missing => "nothing",
            Member::Text(_) => "a string",
            Member::Number(_) => "a number",
            Member::Bool(_) => "a boolean",
            Member::Texts(_) => "an array of strings",
            Member::Other => "something else",
        }
    }

    /// The string, if it is one.
    #[must_use]
    pub fn text(self) -> Option<String> {
        match self {
            Member::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// A parsed JSON object. Only own members count, and of a repeated one the last.
pub trait Object {
    /// The member called `name`.
    fn member(&self, name: &str) -> Member;
    /// The objects in the array called `name`; others in it are left out.
    fn objects(&self, name: &str) -> Vec<Box<dyn Object>>;
}

/// Whether there is a member called `name`.
#[must_use]
#[inline(never)]
pub fn has(object: &dyn Object, name: &str) -> bool {
    !matches!(object.member(name), Member::Missing)
}

/// Whether the member called `name` is this string.
#[must_use]
#[inline(never)]
pub fn is(object: &dyn Object, name: &str, text: &str) -> bool {
    object.member(name).text().is_some_and(|found| found == text)
}

/// An engine's parse: `None` where the text is no JSON object.
pub type Engine = fn(&str) -> Option<Box<dyn Object>>;

/// Deeper documents are refused: nothing in the protocol is half as deep.
const MAX_DEPTH: u32 = 32;

/// Parses with `engine` what both engines read alike.
pub fn parse(engine: Engine, text: &str) -> Option<Box<dyn Object>> {
    if admissible(text) { engine(text) } else { None }
}

/// No deep nesting and no lone surrogate: the two things in which the engines differ.
fn admissible(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (mut depth, mut at, mut quoted, mut high) = (0u32, 0, false, false);
    while let Some(&byte) = bytes.get(at) {
        let mut pair_open = false;
        if !quoted {
            match byte {
                b'"' => quoted = true,
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > MAX_DEPTH {
                return false;
            }
        } else if byte == b'\\' {
            at += 1;
            if bytes.get(at) == Some(&b'u') {
                let Some(unit) = bytes.get(at + 1..at + 5).and_then(hex) else { return false };
                at += 4;
                match unit {
                    0xD800..=0xDBFF if !high => pair_open = true,
                    0xDC00..=0xDFFF if high => high = false,
                    0xD800..=0xDFFF => return false,
                    _ => {}
                }
            }
        } else if byte == b'"' {
            quoted = false;
        }
        if high {
            return false;
        }
        high = pair_open;
        at += 1;
    }
    true
}

fn hex(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |value, digit| Some(value * 16 + (*digit as char).to_digit(16)?))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn surrogates_must_pair() {
        for good in [r#"{"a":"\ud83d\ude00"}"#, r#"{"a":"\u0041\\ud800"}"#, r#"{"a":"]"}"#, "{}"] {
            assert!(admissible(good), "{good}");
        }
        for bad in [
            r#"{"a":"\ud83d"}"#,
            r#"{"a":"\ude00"}"#,
            r#"{"a":"\ud83dx\ude00"}"#,
            r#"{"a":"\ud83d\ud83d"}"#,
            r#"{"a":"\ud83d\u0041"}"#,
            r#"{"a":"\ud83d\n"}"#,
            r#"{"a":"\u12"#,
            r#"{"a":"\uzzzz"}"#,
        ] {
            assert!(!admissible(bad), "{bad}");
        }
    }

    #[test]
    fn depth_is_bounded_outside_strings() {
        assert!(admissible(&"[".repeat(32)));
        assert!(!admissible(&"[".repeat(33)));
        assert!(admissible(&format!("{{\"a\":\"{}\"}}", "[".repeat(99))));
    }
}
