//! What the demo's page /lab calls.

use super::script::{play_to_json, seeds_to_json};
use wasm_bindgen::prelude::wasm_bindgen;

/// See [`play_to_json`].
#[wasm_bindgen]
pub fn play(script: &str) -> String {
    play_to_json(script)
}

/// See [`seeds_to_json`]. `first` and `count` are whole numbers.
#[wasm_bindgen]
pub fn seeds(first: u32, count: u32, without: &str) -> String {
    seeds_to_json(first.into(), count.into(), without)
}
