//! The protocol, one rule a file: each builds a request or judges an answer, and does no I/O.

pub mod authorization_response;
pub mod authorize;
pub mod bearer;
pub mod code_flow;
pub mod end_session;
mod extra_params;
pub mod id_token;
pub mod jwks;
pub mod jws;
pub mod metadata;
pub mod pkce;
pub mod return_to;
pub mod token;
pub mod transaction;
