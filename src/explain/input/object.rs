//! JSON, and the objects that consoles print: with places, and without a complaint about quotation marks.
//!
//! What an answer means is judged by the core, on the JSON engine's reading; this one is for finding and marking.

use crate::explain::source::Source;
use std::ops::Range;

/// Members of one object that are looked at.
const MOST: usize = 10_000;

/// A value in a text.
#[derive(Clone)]
pub(super) struct Node<'a> {
    text: &'a Source,
    range: Range<usize>,
}

impl<'a> Node<'a> {
    /// The value that begins at `at`.
    pub fn at(text: &'a Source, at: usize) -> Option<Self> {
        let bytes = text.text().as_bytes();
        let begin = blank(bytes, at);
        let end = value_end(bytes, begin)?;
        (end > begin).then_some(Self { text, range: begin..end })
    }

    fn bytes(&self) -> &'a [u8] {
        self.text.text().as_bytes()
    }

    /// Its range in the text that it was found in.
    pub fn local(&self) -> Range<usize> {
        self.range.clone()
    }

    /// Where in the input it is.
    pub fn range(&self) -> Range<usize> {
        self.text.part(self.range.clone()).range()
    }

    /// The members of an object.
    pub fn members(&self) -> Vec<(String, Node<'a>)> {
        let mut found = Vec::new();
        let bytes = self.bytes();
        if bytes.get(self.range.start) != Some(&b'{') {
            return found;
        }
        let mut at = self.range.start + 1;
        while found.len() < MOST {
            at = blank(bytes, at);
            let name = match bytes.get(at) {
                Some(b'"' | b'\'') => {
                    let Some(end) = value_end(bytes, at) else { break };
                    let name = self.string_at(at..end).text().to_owned();
                    at = end;
                    name
                }
                Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'-') => {
                    let rest = bytes.get(at..).unwrap_or_default();
                    let length = rest
                        .iter()
                        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'-'))
                        .count();
                    let name = self.text.part(at..at + length).text().to_owned();
                    at += length;
                    name
                }
                _ => break,
            };
            at = blank(bytes, at);
            if bytes.get(at) != Some(&b':') {
                break;
            }
            let Some(value) = Node::at(self.text, at + 1) else { break };
            at = blank(bytes, value.range.end);
            found.push((name, value));
            if bytes.get(at) != Some(&b',') {
                break;
            }
            at += 1;
        }
        found
    }

    /// The member called `name`; the last of several.
    pub fn get(&self, name: &str) -> Option<Node<'a>> {
        self.members().into_iter().rev().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The items of an array.
    pub fn items(&self) -> Vec<Node<'a>> {
        let mut found = Vec::new();
        let bytes = self.bytes();
        if bytes.get(self.range.start) != Some(&b'[') {
            return found;
        }
        let mut at = self.range.start + 1;
        while found.len() < MOST
            && let Some(item) = Node::at(self.text, at)
        {
            at = blank(bytes, item.range.end);
            found.push(item);
            if bytes.get(at) != Some(&b',') {
                break;
            }
            at += 1;
        }
        found
    }

    /// Whether it is an object.
    pub fn is_object(&self) -> bool {
        self.bytes().get(self.range.start) == Some(&b'{')
    }

    /// A string without its quotation marks and escapes.
    pub fn string(&self) -> Option<Source> {
        match self.bytes().get(self.range.start) {
            Some(b'"' | b'\'') => Some(self.string_at(self.range.clone())),
            _ => None,
        }
    }

    /// A string, number or other value as text.
    pub fn scalar(&self) -> Source {
        self.string().unwrap_or_else(|| self.text.part(self.range.clone()))
    }

    fn string_at(&self, range: Range<usize>) -> Source {
        let inner = self.text.part(range.start + 1..range.end.saturating_sub(1).max(range.start + 1));
        if !inner.text().contains('\\') {
            return inner;
        }
        let mut plain = Source::at(inner.range().start);
        let mut letters = inner.text().char_indices().peekable();
        let mut high: Option<u32> = None;
        while let Some((at, letter)) = letters.next() {
            let mut next = letter;
            if letter == '\\' {
                next = match letters.next().map(|(_, escaped)| escaped) {
                    Some('n') => '\n',
                    Some('r') => '\r',
                    Some('t') => '\t',
                    Some('b' | 'f') => ' ',
                    Some('u') => {
                        let unit = (0..4).try_fold(0, |unit, _| {
                            let digit =
                                letters.next_if(|(_, digit)| digit.is_ascii_hexdigit())?.1.to_digit(16)?;
                            Some(unit * 16 + digit)
                        });
                        match (high.take(), unit) {
                            (None, Some(unit @ 0xd800..=0xdbff)) => {
                                high = Some(unit);
                                continue;
                            }
                            (Some(high), Some(low @ 0xdc00..=0xdfff)) => {
                                char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00))
                                    .unwrap_or('\u{fffd}')
                            }
                            (_, unit) => unit.and_then(char::from_u32).unwrap_or('\u{fffd}'),
                        }
                    }
                    Some(other) => other,
                    None => break,
                };
            }
            let end = letters.peek().map_or(inner.text().len(), |(at, _)| *at);
            plain.push(next, inner.place(at)..inner.place(end));
        }
        plain
    }
}

/// The first place at or after `at` that is no white space.
fn blank(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

/// Where the value that begins at `begin` ends; `None` where it never does.
fn value_end(bytes: &[u8], begin: usize) -> Option<usize> {
    let mut at = begin;
    let mut depth = 0u32;
    let mut quote = None;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match quote {
            Some(_) if byte == b'\\' => at += 1,
            Some(open) if byte == open => {
                quote = None;
                if depth == 0 {
                    return Some(at);
                }
            }
            Some(_) => {}
            None => match byte {
                b'"' | b'\'' => quote = Some(byte),
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth == 0 => return Some(at - 1),
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(at);
                    }
                }
                b',' if depth == 0 => return Some(at - 1),
                byte if depth == 0 && byte.is_ascii_whitespace() => return Some(at - 1),
                _ => {}
            },
        }
    }
    (quote.is_none() && depth == 0).then_some(bytes.len())
}
