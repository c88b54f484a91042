//! Both clocks, in milliseconds.

use crate::core::base::clock::Now;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// Now, by the wall clock and by this page's own.
pub fn now() -> Now {
    Now { wall: js_sys::Date::now() as i64, mono: performance_now() as i64 }
}
