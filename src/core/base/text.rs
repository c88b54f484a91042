//! Texts, by a few functions that are compiled once: the standard library's patterns are compiled anew for each use, and
//! its formatting of numbers is larger than all of this. Separators are ASCII.

/// Where `separator` first is.
#[must_use]
pub fn find(text: &str, separator: u8) -> Option<usize> {
    text.bytes().position(|byte| byte == separator)
}

/// What is before the first `separator`, and what is after it, where there is one.
#[must_use]
pub fn cut(text: &str, separator: u8) -> (&str, Option<&str>) {
    match find(text, separator) {
        Some(at) => (text.get(..at).unwrap_or(text), text.get(at + 1..)),
        None => (text, None),
    }
}

/// What is before the first of `separators`. `contains` would bring memchr.
#[must_use]
pub fn until<'a>(text: &'a str, separators: &[u8]) -> &'a str {
    for (at, byte) in text.bytes().enumerate() {
        for separator in separators {
            if byte == *separator {
                return text.get(..at).unwrap_or(text);
            }
        }
    }
    text
}

/// What is between the separators; one empty part where there is no text.
#[must_use]
pub fn parts(text: &str, separator: u8) -> Parts<'_> {
    Parts { rest: Some(text), separator }
}

/// See [`parts`].
pub struct Parts<'a> {
    rest: Option<&'a str>,
    separator: u8,
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    #[inline(never)]
    fn next(&mut self) -> Option<&'a str> {
        let (part, rest) = cut(self.rest?, self.separator);
        self.rest = rest;
        Some(part)
    }
}

/// One after the other.
#[must_use]
pub fn concat(parts: &[&str]) -> String {
    let mut text = String::new();
    for part in parts {
        text.push_str(part);
    }
    text
}

/// `text` without the `separator`s at its end.
#[must_use]
pub fn trim_end(mut text: &str, separator: u8) -> &str {
    while text.as_bytes().last() == Some(&separator) {
        text = text.get(..text.len() - 1).unwrap_or_default();
    }
    text
}

/// A number in decimal digits.
#[must_use]
pub fn decimal(number: i64) -> String {
    let mut digits = [0; 20];
    let (mut at, mut rest) = (digits.len(), number.unsigned_abs());
    loop {
        at -= 1;
        if let Some(digit) = digits.get_mut(at) {
            *digit = b'0' + (rest % 10) as u8;
        }
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let mut text = String::new();
    if number < 0 {
        text.push('-');
    }
    for digit in digits.get(at..).unwrap_or_default() {
        text.push(char::from(*digit));
    }
    text
}

/// The number that `text` is in decimal digits, within what a clock or a double can show.
#[must_use]
pub fn number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || digits.len() > 16 {
        return None;
    }
    let mut number = 0;
    for digit in digits.bytes() {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number * 10 + i64::from(digit - b'0');
    }
    let number = if digits.len() == text.len() { number } else { -number };
    (number.unsigned_abs() < 1 << 53).then_some(number)
}

/// The provider's texts are cut to this many characters before they are shown.
const MAX_TEXT: usize = 300;

/// Untrusted text, RFC 6749 §10.14: cut short, controls replaced. It is text and never markup.
#[must_use]
pub fn sanitize(text: &str) -> String {
    let mut shown = String::new();
    for letter in text.chars().take(MAX_TEXT) {
        shown.push(if letter.is_control() { ' ' } else { letter });
    }
    shown
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn long_texts_are_cut_and_controls_replaced() {
        assert_eq!(sanitize(&"x".repeat(999)).len(), MAX_TEXT);
        assert_eq!(sanitize("a\nb\0<i>"), "a b <i>");
    }

    #[test]
    fn odd_numbers_are_none() {
        for odd in ["", "-", "+1", "1.5", "1e3", " 1", "9007199254740992", "99999999999999999999", "٣"] {
            assert_eq!(number(odd), None, "{odd}");
        }
        assert_eq!(number("-0"), Some(0));
    }

    proptest! {
        #[test]
        fn the_standard_library_does_the_same(text in "[a-z?#&=é]{0,12}", value in -(1_i64 << 53) + 1..1 << 53) {
            prop_assert_eq!(find(&text, b'&'), text.find('&'));
            prop_assert_eq!(cut(&text, b'='), text.split_once('=').map_or((&*text, None), |(a, b)| (a, Some(b))));
            prop_assert_eq!(until(&text, b"?#"), text.split(['?', '#']).next().unwrap());
            prop_assert_eq!(parts(&text, b'&').collect::<Vec<_>>(), text.split('&').collect::<Vec<_>>());
            prop_assert_eq!(trim_end(&text, b'&'), text.trim_end_matches('&'));
            prop_assert_eq!(concat(&[&text, "é", ""]), format!("{text}é"));
            prop_assert_eq!(decimal(value), value.to_string());
            prop_assert_eq!(number(&value.to_string()), Some(value));
        }
    }
}
