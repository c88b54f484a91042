//! The address: reading, cleaning and leaving it.

use wasm_bindgen::prelude::*;
use web_sys::{Url, Window};

/// The page's window. The SDK runs in a page only; its loader refuses elsewhere.
pub fn window() -> Window {
    web_sys::window().unwrap_throw()
}

/// The page's address.
pub fn address(window: &Window) -> String {
    window.location().href().unwrap_or_default()
}

/// Puts `url` into the address bar and over the present history entry, whose state the app keeps.
pub fn replace_address(window: &Window, url: &str) {
    if let Ok(history) = window.history() {
        let state = history.state().unwrap_or(JsValue::NULL);
        // Browsers limit how often this may be called, and throw; the address then stays as it is.
        let _ = history.replace_state_with_url(&state, "", Some(url));
    }
}

/// Leaves for `url`. Only http(s): the core checked it, and the browser's own parser checks it again.
pub fn leave(window: &Window, url: &str) -> bool {
    let web = Url::new(url).is_ok_and(|parsed| matches!(parsed.protocol().as_str(), "https:" | "http:"));
    web && window.location().assign(url).is_ok()
}
