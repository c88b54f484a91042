//! Parameters of the app's own beside the protocol's, in an authorization request and in a sign-out.

use crate::core::base::config::refuse;
use crate::core::base::error::Error;
use crate::core::base::form::Form;

/// Adds `extra` to `query`. `reserved` are the names whose values the SDK gives.
///
/// # Errors
/// `invalid_config` where a name is empty, repeated or reserved.
pub fn add_extra(query: &mut Form, extra: &[(String, String)], reserved: &[&str]) -> Result<(), Error> {
    for (at, (name, value)) in extra.iter().enumerate() {
        let repeated = extra.iter().take(at).any(|(earlier, _)| earlier == name);
        if repeated || name.is_empty() || reserved.contains(&name.as_str()) {
            let instead = "names of the platform's own; the protocol's have options of their own";
            return Err(refuse(
                "extraParams",
                "one of its names is empty, repeated or the protocol's",
                instead,
            ));
        }
        // No parameter is sent empty, RFC 6749 §3.1.
        if !value.is_empty() {
            query.pair(name, value);
        }
    }
    Ok(())
}
