//! What a client was made with.

use crate::core::base::clock::Millis;
use crate::core::base::config::{Config, Endpoints, TokenStorage};
use serde_json::{Value, json};

/// All that a client's course depends on. Which origins may receive the token does not belong to it.
pub fn write(config: &Config) -> Value {
    json!({
        "client_id": config.client_id.as_str(),
        "redirect_uri": config.redirect_uri.as_str(),
        "redirect_page": config.redirect_page,
        "scope": config.scope.as_str(),
        "token_storage": match config.token_storage {
            TokenStorage::Session => "session",
            TokenStorage::Memory => "memory",
            TokenStorage::Local => "local",
        },
        "discovery": config.discovery,
        "issuer": config.issuer.as_str(),
        "named": write_endpoints(&config.named),
        "endpoints": write_endpoints(&config.endpoints),
        "clock_skew": config.clock_skew.0,
        "request_timeout": config.request_timeout.0,
        "additional_audiences": config.additional_audiences,
    })
}

/// Reads what [`write`] wrote.
pub fn read(value: &Value) -> Option<Config> {
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    let millis = |name: &str| value[name].as_i64().map(Millis);
    Some(Config {
        client_id: text("client_id")?.into(),
        redirect_uri: text("redirect_uri")?.into(),
        redirect_page: text("redirect_page")?,
        scope: text("scope")?.into(),
        token_storage: match value["token_storage"].as_str()? {
            "session" => TokenStorage::Session,
            "memory" => TokenStorage::Memory,
            "local" => TokenStorage::Local,
            _ => return None,
        },
        discovery: value["discovery"].as_bool()?,
        issuer: text("issuer")?.into(),
        named: read_endpoints(&value["named"]),
        endpoints: read_endpoints(&value["endpoints"]),
        clock_skew: millis("clock_skew")?,
        request_timeout: millis("request_timeout")?,
        allowed_origins: Vec::new(),
        additional_audiences: (value["additional_audiences"].as_array()?.iter())
            .map(|audience| audience.as_str().map(str::to_owned))
            .collect::<Option<_>>()?,
        insecure_redirect: false,
    })
}

fn write_endpoints(endpoints: &Endpoints) -> Value {
    json!({
        "authorization": endpoints.authorization,
        "token": endpoints.token,
        "end_session": endpoints.end_session,
        "revocation": endpoints.revocation,
        "jwks": endpoints.jwks,
    })
}

fn read_endpoints(value: &Value) -> Endpoints {
    let text = |name: &str| value[name].as_str().map(str::to_owned);
    Endpoints {
        authorization: text("authorization"),
        token: text("token"),
        end_session: text("end_session"),
        revocation: text("revocation"),
        jwks: text("jwks"),
    }
}
