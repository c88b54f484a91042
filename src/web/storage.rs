//! Both storages. Each may be blocked, full or cleared at any time, so every access is asked for anew and may fail.

use super::navigation::window;
use crate::core::client::runner::Area;
use crate::core::client::session::io::Stored;
use gloo_storage::{LocalStorage, SessionStorage, Storage as _};
use wasm_bindgen::prelude::*;
use web_sys::Storage;

/// The storage, or what the browser threw. gloo's `raw()` panics where it is blocked: asked first.
fn of(area: Area) -> Result<Storage, JsValue> {
    let there = match area {
        Area::Tab => window().session_storage(),
        Area::Origin => window().local_storage(),
    };
    match there? {
        None => Err(JsValue::UNDEFINED),
        Some(_) => Ok(match area {
            Area::Tab => SessionStorage::raw(),
            Area::Origin => LocalStorage::raw(),
        }),
    }
}

/// What is stored under `key`.
pub fn read(area: Area, key: &str) -> Stored {
    match of(area).and_then(|storage| storage.get_item(key)) {
        Ok(Some(text)) => Stored::Text(text),
        Ok(None) => Stored::Empty,
        Err(_) => Stored::Unreadable,
    }
}

/// The keys that begin with `prefix`.
pub fn keys(area: Area, prefix: &str) -> Vec<String> {
    let mut keys = Vec::new();
    if let Ok(storage) = of(area) {
        for at in 0..storage.length().unwrap_or(0) {
            if let Ok(Some(key)) = storage.key(at)
                && key.starts_with(prefix)
            {
                keys.push(key);
            }
        }
    }
    keys
}

/// Writes, or removes what is there and answers with what the browser threw.
pub fn write(area: Area, key: &str, text: &str) -> Result<(), JsValue> {
    let storage = of(area)?;
    let written = storage.set_item(key, text);
    if written.is_err() {
        let _ = storage.remove_item(key);
    }
    written
}

/// Removes.
pub fn remove(area: Area, key: &str) {
    if let Ok(storage) = of(area) {
        let _ = storage.remove_item(key);
    }
}
