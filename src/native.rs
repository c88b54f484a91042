//! For Rust programs that do the flow by hand, and for the tests: the JSON engine, and [`record`].

// In no wasm: a recording that is not one ends with an ordinary panic.
#[allow(clippy::indexing_slicing, clippy::string_slice)]
pub mod record;

use crate::core::base::json::{Member, Object};
use serde_json::{Map, Value};

struct Native(Map<String, Value>);

/// Parses with serde_json. Hand it to the functions of [`crate::core`] that take an engine.
#[must_use]
pub fn engine(text: &str) -> Option<Box<dyn Object>> {
    match serde_json::from_str(text) {
        Ok(Value::Object(map)) => Some(Box::new(Native(map))),
        _ => None,
    }
}

impl Object for Native {
    fn member(&self, name: &str) -> Member {
        match self.0.get(name) {
            None | Some(Value::Null) => Member::Missing,
            Some(Value::String(text)) => Member::Text(text.clone()),
            Some(Value::Number(number)) => {
                number.as_f64().filter(|n| n.is_finite()).map_or(Member::Other, Member::Number)
            }
            Some(Value::Bool(flag)) => Member::Bool(*flag),
            Some(Value::Array(items)) => items
                .iter()
                .map(|item| item.as_str().map(str::to_owned))
                .collect::<Option<_>>()
                .map_or(Member::Other, Member::Texts),
            Some(_) => Member::Other,
        }
    }

    fn objects(&self, name: &str) -> Vec<Box<dyn Object>> {
        let Some(Value::Array(items)) = self.0.get(name) else { return Vec::new() };
        items
            .iter()
            .filter_map(|item| item.as_object().cloned().map(|map| Box::new(Native(map)) as Box<dyn Object>))
            .collect()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::core::base::json::parse;

    #[test]
    fn members_are_told_apart() {
        let object = parse(
            engine,
            r#"{"s":"x","n":1.5,"b":true,"l":["a"],"m":["a",1],"z":null,"h":1e400,"s2":1,"s2":"last"}"#,
        )
        .unwrap();
        assert_eq!(object.member("s"), Member::Text("x".into()));
        assert_eq!(object.member("n"), Member::Number(1.5));
        assert_eq!(object.member("b"), Member::Bool(true));
        assert_eq!(object.member("l"), Member::Texts(vec!["a".into()]));
        assert_eq!(object.member("z"), Member::Missing);
        for other in ["m", "h"] {
            assert_eq!(object.member(other), Member::Other, "{other}");
        }
        assert_eq!(object.member("s2"), Member::Text("last".into()));
        assert_eq!(object.member("__proto__"), Member::Missing);
    }

    #[test]
    fn only_objects_are_documents() {
        for text in ["", "[]", "1", "\"x\"", "null", "{", "{}x", "\u{feff}{}"] {
            assert!(parse(engine, text).is_none(), "{text}");
        }
    }
}
