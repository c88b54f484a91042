//! Secrets stand beside a recording, and a placeholder for each stands in it.

use crate::core::base::form::{Form, parse};
use serde_json::{Map, Value, json};
use std::collections::{HashMap, HashSet};

/// Members and parameters whose values are secret.
const NAMES: &[&str] = &[
    "access_token",
    "refresh_token",
    "id_token",
    "sign_in_id_token",
    "id_token_hint",
    "token",
    "code",
    "state",
    "nonce",
    "verifier",
    "code_verifier",
];

/// Shorter values are no secrets, and would be found everywhere.
const SHORTEST: usize = 4;

/// What each placeholder stands for, in the order in which they came up.
#[derive(Default)]
pub struct Secrets {
    list: Vec<(String, String)>,
    known: HashSet<String>,
    counts: HashMap<String, usize>,
}

/// Finds secrets in texts: their spellings by the first octets of each, longest first, because one may be part of another.
pub struct Hider(HashMap<[u8; SHORTEST], Vec<(String, String)>>);

impl Secrets {
    /// Looks for secrets in every text of `value`.
    pub fn learn(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.learn_text(text),
            Value::Array(items) => items.iter().for_each(|item| self.learn(item)),
            Value::Object(members) => {
                for (name, value) in members {
                    match value {
                        Value::String(text) if NAMES.contains(&name.as_str()) => self.add(name, text),
                        Value::Array(items) if members.contains_key("entropy") => {
                            items.iter().filter_map(Value::as_str).for_each(|text| self.add("entropy", text));
                        }
                        value => self.learn(value),
                    }
                }
            }
            _ => {}
        }
    }

    /// An answer, an address, a form or a record.
    fn learn_text(&mut self, text: &str) {
        if let Ok(Value::Object(members)) = serde_json::from_str(text) {
            return self.learn(&Value::Object(members));
        }
        // A failure that is told to peers names its code.
        let record = text.starts_with("kind=");
        for part in text.split(['?', '#']) {
            for (name, value) in parse(part) {
                if NAMES.contains(&name.as_str()) && !(record && name == "code") {
                    self.add(&name, &value);
                }
            }
        }
    }

    fn add(&mut self, name: &str, value: &str) {
        if value.len() < SHORTEST || !self.known.insert(value.to_owned()) {
            return;
        }
        // One kind of token has one name, wherever it is found.
        let name = match name {
            "sign_in_id_token" | "id_token_hint" => "id_token",
            "code_verifier" => "verifier",
            name => name,
        };
        let number = self.counts.entry(name.to_owned()).or_default();
        *number += 1;
        self.list.push((format!("{name} {number}"), value.to_owned()));
    }

    /// What replaces secrets by their placeholders.
    pub fn hider(&self) -> Hider {
        let mut spelled: HashMap<_, Vec<_>> = HashMap::new();
        for (name, spelling) in self.list.iter().flat_map(|(name, secret)| spellings(name, secret)) {
            if let Some(begin) = spelling.as_bytes().first_chunk() {
                spelled.entry(*begin).or_default().push((name, spelling));
            }
        }
        for spellings in spelled.values_mut() {
            spellings.sort_by_key(|(_, spelling)| std::cmp::Reverse(spelling.len()));
        }
        Hider(spelled)
    }

    /// `value` with the secrets in place of their placeholders.
    pub fn show(&self, value: &Value) -> Value {
        let secrets: HashMap<_, _> =
            self.list.iter().flat_map(|(name, secret)| spellings(name, secret)).collect();
        map(value, &|text| {
            let mut parts = text.split('⟨');
            let mut shown = parts.next().unwrap_or_default().to_owned();
            for part in parts {
                let (name, rest) = part.split_once('⟩').unwrap_or(("", part));
                match secrets.get(name) {
                    Some(spelling) => shown.push_str(spelling),
                    None if name.is_empty() => shown.push('⟨'),
                    None => {}
                }
                shown.push_str(rest);
            }
            shown
        })
    }

    /// As a member of the recording.
    pub fn write(&self) -> Value {
        Value::Object(self.list.iter().map(|(name, secret)| (name.clone(), json!(secret))).collect())
    }

    /// Reads what [`Self::write`] wrote.
    pub fn read(value: &Value) -> Option<Self> {
        let mut secrets = Self::default();
        for (name, secret) in value.as_object()? {
            secrets.list.push((name.clone(), secret.as_str()?.to_owned()));
        }
        Some(secrets)
    }
}

/// A secret as it is, and as a form has it where that is another text.
fn spellings(name: &str, secret: &str) -> Vec<(String, String)> {
    let mut form = Form::new();
    let encoded = form.pair("", secret).text()[1..].to_owned();
    let mut spellings = vec![(name.to_owned(), secret.to_owned())];
    if encoded != secret {
        spellings.push((format!("{name} encoded"), encoded));
    }
    spellings
}

impl Hider {
    /// `value` with placeholders.
    pub fn hide(&self, value: &Value) -> Value {
        map(value, &|text| {
            let mut hidden = String::with_capacity(text.len());
            let mut rest = text;
            while let Some(next) = rest.chars().next() {
                let spelled = rest.as_bytes().first_chunk().and_then(|begin| self.0.get(begin));
                let mut spelled = spelled.into_iter().flatten();
                if let Some((name, spelling)) =
                    spelled.find(|(_, spelling)| rest.starts_with(spelling.as_str()))
                {
                    hidden.extend(["⟨", name, "⟩"]);
                    rest = &rest[spelling.len()..];
                } else {
                    hidden.push(next);
                    if next == '⟨' {
                        hidden.push('⟩');
                    }
                    rest = &rest[next.len_utf8()..];
                }
            }
            hidden
        })
    }
}

/// Changes every text in `value`, names of members apart.
fn map(value: &Value, change: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(change(text)),
        Value::Array(items) => items.iter().map(|item| map(item, change)).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (name.clone(), map(value, change)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_wherever_they_stand_and_shown_again() {
        let body = r#"{"access_token":"one+two","refresh_token":"rt.1","expires_in":60}"#;
        let value = json!({
            "body": body,
            "form": "grant_type=refresh_token&refresh_token=rt.1",
            "record": "kind=session&access_token=one%2Btwo",
            "failing": "kind=failing&code=network_error",
            "url": "https://a.example/?code=the-code&state=the-state#x",
            "key": "tx.the-state",
            "odd": "⟨rt.1",
            "entropy": true,
            "found": ["0a0b0c"],
        });
        let mut secrets = Secrets::default();
        secrets.learn(&value);
        let hidden = secrets.hider().hide(&value);
        let text = hidden.to_string();
        for secret in ["one", "rt.1", "the-code", "the-state", "0a0b"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        assert_eq!(hidden["form"], "grant_type=refresh_token&refresh_token=⟨refresh_token 1⟩");
        assert_eq!(hidden["record"], "kind=session&access_token=⟨access_token 1 encoded⟩");
        assert_eq!(hidden["failing"], value["failing"]);
        assert_eq!(hidden["key"], "tx.⟨state 1⟩");
        let secrets = Secrets::read(&secrets.write()).unwrap();
        assert_eq!(secrets.show(&hidden), value);
    }
}
