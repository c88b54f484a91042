//! `application/x-www-form-urlencoded`, of which OAuth's requests, its responses and this SDK's records are made:
//! RFC 6749 appendix B, <https://url.spec.whatwg.org/#application/x-www-form-urlencoded>.

use super::text::{cut, parts};

/// Writes pairs.
#[derive(Default)]
pub struct Form(String);

impl Form {
    /// No pairs yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a pair.
    #[inline(never)]
    pub fn pair(&mut self, name: &str, value: &str) -> &mut Self {
        if !self.0.is_empty() {
            self.0.push('&');
        }
        self.encode(name);
        self.0.push('=');
        self.encode(value);
        self
    }

    /// Adds a pair where there is a value.
    pub fn maybe(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        match value {
            Some(value) => self.pair(name, value),
            None => self,
        }
    }

    fn encode(&mut self, text: &str) {
        for byte in text.bytes() {
            match byte {
                b' ' => self.0.push('+'),
                b'*' | b'-' | b'.' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                    self.0.push(byte.into())
                }
                _ => {
                    let digit = |half: u8| char::from(if half < 10 { b'0' + half } else { b'A' - 10 + half });
                    self.0.push('%');
                    self.0.push(digit(byte >> 4));
                    self.0.push(digit(byte & 15));
                }
            }
        }
    }

    /// The pairs as text; the form is empty again.
    pub fn text(&mut self) -> String {
        std::mem::take(&mut self.0)
    }
}

/// The pairs of `text`, in order. One that is no UTF-8 reads as empty.
#[must_use]
pub fn parse(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for part in parts(text, b'&') {
        if !part.is_empty() {
            let (name, value) = cut(part, b'=');
            pairs.push((decode(name), decode(value.unwrap_or_default())));
        }
    }
    pairs
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut ahead = rest.clone();
                match (ahead.next().and_then(hex), ahead.next().and_then(hex)) {
                    (Some(high), Some(low)) => {
                        rest = ahead;
                        high << 4 | low
                    }
                    _ => byte,
                }
            }
            b'+' => b' ',
            _ => byte,
        });
    }
    String::from_utf8(bytes).unwrap_or_default()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).map(|value| value as u8)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn odd_texts() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            parse("&a&=b&&c=d=e&%zz=%4"),
            [pair("a", ""), pair("", "b"), pair("c", "d=e"), pair("%zz", "%4")]
        );
        assert_eq!(parse("a=%C3%A9+%2B%2b&b=%FF"), [pair("a", "é ++"), pair("b", "")]);
    }

    proptest! {
        #[test]
        fn writes_as_the_url_standard_does(pairs: Vec<(String, String)>) {
            let mut form = Form::new();
            for (name, value) in &pairs {
                form.pair(name, value);
            }
            let ours = form.text();
            let theirs = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            prop_assert_eq!(&ours, &theirs);
            prop_assert_eq!(parse(&ours), pairs);
        }

        #[test]
        fn reads_as_the_url_standard_does(text in "[a-c=&%+27Ff0]{0,24}|.*") {
            let theirs: Vec<_> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
            let replaced = |text: &String| text.contains('\u{fffd}');
            if !theirs.iter().any(|(name, value)| replaced(name) || replaced(value)) {
                prop_assert_eq!(parse(&text), theirs);
            }
        }
    }
}
