//! Both clocks.

use crate::core::base::clock::{MonotonicTime, Now, WallTime};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// Now, by the wall clock and by this page's own.
pub fn now() -> Now {
    Now { wall: WallTime(js_sys::Date::now() as i64), mono: MonotonicTime(performance_now() as i64) }
}
