//! The exports of `@intelliauth/spa-sdk/explain`.

use crate::explain::{Known, explain};
use crate::web::json::engine;
use wasm_bindgen::prelude::*;

/// What was found in a text.
#[wasm_bindgen]
pub struct Explained {
    json: String,
    text: String,
}

#[wasm_bindgen]
impl Explained {
    /// Explains `input`; `known` is a JSON object as [`Known::from_json`] reads it. Throws a sentence where it is none.
    #[wasm_bindgen(constructor)]
    pub fn new(input: &str, known: &str) -> Result<Explained, JsValue> {
        let known = Known::from_json(known, engine)?;
        let report = explain(input, &known, engine);
        Ok(Self { json: report.to_json(), text: report.to_text() })
    }

    /// The report as JSON.
    pub fn json(&self) -> String {
        self.json.clone()
    }

    /// The report for a terminal.
    pub fn text(&self) -> String {
        self.text.clone()
    }
}
