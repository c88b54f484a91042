//! The JSON engine of [`crate::core::base::json`]: the browser's own parser, read member by member.

use super::host::object;
use crate::core::base::json::{Member, Object};
use crate::core::base::secret::IdToken;
use crate::core::protocol::id_token::PROTOCOL_CLAIMS;
use crate::core::protocol::jws::Jws;
use js_sys::{Array, JSON};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    // Own members only: a page's changed Object.prototype adds nothing to a token response.
    #[wasm_bindgen(js_namespace = Object, js_name = hasOwn)]
    fn has_own(object: &JsValue, name: &str) -> bool;

    #[wasm_bindgen(js_namespace = Reflect, js_name = get)]
    fn get(object: &JsValue, name: &str) -> JsValue;

    #[wasm_bindgen(js_namespace = Reflect, js_name = set)]
    fn set(object: &JsValue, name: &str, value: &str) -> bool;

    #[wasm_bindgen(js_namespace = Reflect, js_name = deleteProperty)]
    fn delete(object: &JsValue, name: &str) -> bool;
}

/// Replaces the text called `name` and returns the new one; anything else by that name is removed.
pub fn replace_text(object: &JsValue, name: &str, change: impl Fn(&str) -> String) -> Option<String> {
    if !has_own(object, name) {
        return None;
    }
    let text = get(object, name).as_string().map(|text| change(&text));
    match &text {
        Some(text) => set(object, name, text),
        None => delete(object, name),
    };
    text
}

/// All claims of an ID token, as an object.
pub fn claims(id_token: &IdToken) -> JsValue {
    let claims = Jws::read(engine, id_token.expose()).ok().and_then(|jws| value(&jws.payload));
    claims.unwrap_or_else(|| object(&[]))
}

/// The claims about the user, as an object.
pub fn user(id_token: &IdToken) -> JsValue {
    let claims = claims(id_token);
    for name in PROTOCOL_CLAIMS {
        delete(&claims, name);
    }
    claims
}

/// A parsed object.
pub struct Parsed(JsValue);

/// Parses with `JSON.parse`.
pub fn engine(text: &str) -> Option<Box<dyn Object>> {
    value(text).map(|value| Box::new(Parsed(value)) as Box<dyn Object>)
}

/// The object that `text` is, as JavaScript has it.
pub fn value(text: &str) -> Option<JsValue> {
    JSON::parse(text).ok().filter(is_object)
}

impl Object for Parsed {
    fn member(&self, name: &str) -> Member {
        if !has_own(&self.0, name) {
            return Member::Missing;
        }
        let value = get(&self.0, name);
        if value.is_null() {
            return Member::Missing;
        }
        if let Some(text) = value.as_string() {
            Member::Text(text)
        } else if let Some(number) = value.as_f64() {
            if number.is_finite() { Member::Number(number) } else { Member::Other }
        } else if let Some(flag) = value.as_bool() {
            Member::Bool(flag)
        } else if Array::is_array(&value) {
            let mut texts = Vec::new();
            for item in Array::from(&value).iter() {
                match item.as_string() {
                    Some(text) => texts.push(text),
                    None => return Member::Other,
                }
            }
            Member::Texts(texts)
        } else {
            Member::Other
        }
    }

    fn objects(&self, name: &str) -> Vec<Box<dyn Object>> {
        let list = if has_own(&self.0, name) { get(&self.0, name) } else { JsValue::UNDEFINED };
        if !Array::is_array(&list) {
            return Vec::new();
        }
        let mut objects: Vec<Box<dyn Object>> = Vec::new();
        for item in Array::from(&list).iter() {
            if is_object(&item) {
                objects.push(Box::new(Self(item)));
            }
        }
        objects
    }
}

fn is_object(value: &JsValue) -> bool {
    value.is_object() && !Array::is_array(value)
}
