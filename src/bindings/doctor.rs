//! The exports of the command `doctor`.

use super::options::JsObject;
use crate::core::base::clock::WallTime;
use crate::core::base::config::Config;
use crate::core::base::error::Error;
use crate::core::protocol::authorize::AuthorizationEntropy;
use crate::doctor::{Answer, Doctor, Setup};
use crate::web::host::{Value, fault, object};
use crate::web::json::engine;
use js_sys::Array;
use wasm_bindgen::prelude::*;

/// See [`Doctor`].
#[wasm_bindgen(js_name = Doctor)]
pub struct JsDoctor(Doctor);

fn thrown(error: Error) -> JsValue {
    fault(&error)
}

#[wasm_bindgen(js_class = Doctor)]
impl JsDoctor {
    /// `client` as `buildAuthorizationRequest` takes it; `entropy`: 96 octets.
    #[wasm_bindgen(constructor)]
    pub fn new(client: JsObject, origin: String, probe: bool, entropy: &[u8]) -> Result<JsDoctor, JsValue> {
        let config = Config::new(client.options()).map_err(thrown)?;
        let mut octets = [[0; 32]; 3];
        for (to, from) in octets.as_flattened_mut().iter_mut().zip(entropy) {
            *to = *from;
        }
        let [verifier, state, nonce] = octets;
        let entropy = AuthorizationEntropy { verifier, state, nonce };
        Ok(Self(Doctor::new(engine, Setup { config, origin, probe, entropy })))
    }

    /// The next request, or undefined.
    #[wasm_bindgen(js_name = nextProbe)]
    pub fn next_probe(&mut self, now: f64) -> Result<JsValue, JsValue> {
        let Some(probe) = self.0.next_probe(WallTime(now as i64)).map_err(thrown)? else {
            return Ok(JsValue::UNDEFINED);
        };
        let mut headers = Vec::new();
        for (name, value) in &probe.headers {
            headers.push((*name, Value::Text(value)));
        }
        Ok(object(&[
            ("name", Value::Text(probe.question.as_str())),
            ("method", Value::Text(probe.method)),
            ("url", Value::Text(&probe.url)),
            ("headers", Value::Js(object(&headers))),
            ("body", probe.body.as_deref().map_or(Value::Missing, Value::Text)),
        ]))
    }

    /// `date` in milliseconds since 1970.
    pub fn answered(
        &mut self,
        status: u16,
        body: &str,
        allow_origin: Option<String>,
        location: Option<String>,
        date: Option<f64>,
        now: f64,
    ) {
        let date = date.map(|at| WallTime(at as i64));
        self.0.answered(&Answer { status, body, allow_origin, location, date }, WallTime(now as i64));
    }

    /// There was no answer.
    pub fn unanswered(&mut self, reason: &str) {
        self.0.unanswered(reason);
    }

    /// Checks and findings for a terminal.
    pub fn text(&self) -> String {
        self.0.to_text()
    }

    /// `{ checks, findings }`.
    pub fn report(&self) -> JsValue {
        let (checks, findings) = (Array::new(), Array::new());
        for check in self.0.checks() {
            checks.push(&object(&[
                ("name", Value::Text(check.name)),
                ("outcome", Value::Text(check.outcome.as_str())),
                ("seen", Value::Text(&check.seen)),
            ]));
        }
        for finding in &self.0.findings() {
            findings.push(&object(&[
                ("severity", Value::Text(finding.severity.as_str())),
                ("code", Value::Text(finding.code)),
                ("seen", Value::Text(&finding.seen)),
                ("why", Value::Text(&finding.why)),
                ("instead", Value::Text(&finding.instead)),
                ("clause", Value::Text(finding.clause)),
            ]));
        }
        object(&[("checks", Value::Js(checks.into())), ("findings", Value::Js(findings.into()))])
    }
}
