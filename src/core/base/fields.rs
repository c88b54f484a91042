//! How a record is written to storage and to the peers: form-encoded fields with a kind and a version, so that one
//! kind is never read as another and no JSON parser is needed.

use super::form::{Form, parse};
use super::text::{decimal, number};
use std::cell::Cell;

/// The version that this code writes. A record of another version is left alone and read as none.
const VERSION: &str = "1";

/// Longer texts are not looked at, in bytes.
pub const MAX_LEN: usize = 512 * 1024;

/// Writes a record of `kind`, field by field.
pub struct Writer(Form);

impl Writer {
    /// Starts a record.
    #[must_use]
    pub fn new(kind: &str) -> Self {
        let mut form = Form::new();
        form.pair("kind", kind).pair("v", VERSION);
        Self(form)
    }

    /// Adds a field.
    pub fn field(&mut self, name: &str, value: &str) -> &mut Self {
        self.0.pair(name, value);
        self
    }

    /// Adds a number.
    pub fn number(&mut self, name: &str, value: i64) -> &mut Self {
        self.field(name, &decimal(value))
    }

    /// Adds a field where there is a value.
    pub fn maybe(&mut self, name: &str, value: Option<&str>) -> &mut Self {
        self.0.maybe(name, value);
        self
    }

    /// The record as text; the writer is empty again.
    pub fn done(&mut self) -> String {
        self.0.text()
    }
}

/// A record's fields, once its version was right.
pub struct Reader {
    fields: Vec<(String, String)>,
    /// Whether a field was missing that must be there.
    broken: Cell<bool>,
}

impl Reader {
    /// The fields of `text`, if it is a record of this version.
    #[must_use]
    pub fn any(text: &str) -> Option<Self> {
        if text.len() > MAX_LEN {
            return None;
        }
        let reader = Self { fields: parse(text), broken: Cell::new(false) };
        (reader.text("v")? == VERSION).then_some(reader)
    }

    /// The same, if it is of `kind`.
    #[must_use]
    pub fn of(kind: &str, text: &str) -> Option<Self> {
        Self::any(text).filter(|record| record.kind() == kind)
    }

    /// Which record it is: one kind is never read as another.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.text("kind").unwrap_or_default()
    }

    /// The field called `name`; `None` also where it is there twice.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        let mut found = self.fields.iter().filter(|(known, _)| known == name);
        let value = found.next()?;
        found.next().is_none().then_some(value.1.as_str())
    }

    /// The field as a number of milliseconds or a count, within what a clock can show.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<i64> {
        number(self.text(name)?)
    }

    /// A field that must be there. [`Self::whole`] says at the end whether all of them were: an exit after each field
    /// costs more bytes than the reading.
    #[must_use]
    pub fn must(&self, name: &str) -> &str {
        self.text(name).unwrap_or_else(|| {
            self.broken.set(true);
            ""
        })
    }

    /// The same of a number.
    #[must_use]
    pub fn must_number(&self, name: &str) -> i64 {
        number(self.must(name)).unwrap_or_else(|| {
            self.broken.set(true);
            0
        })
    }

    /// What was read, if every required field was there and it is `valid`.
    #[must_use]
    pub fn whole<T>(&self, read: T, valid: bool) -> Option<T> {
        (valid && !self.broken.get()).then_some(read)
    }
}
