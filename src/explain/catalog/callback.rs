//! The callback.

use super::topic;

topic! {
    // The callback.
    CodeAndError Error
        "An answer has either a code or an error. With both, something other than the platform changed the address."
        "Look for what changes the address: a redirect of your server, a router, a browser extension."
        "RFC 6749 §4.1.2";
    CodeMissing Error
        "There is neither a code nor an error, so there is nothing to exchange: the page was opened by hand, or a redirect dropped the query."
        "Begin the sign-in again, and look in the network tab for a redirect (to www., to https, to a slash at the end) that loses what follows the ?."
        "RFC 6749 §4.1.2";
    CodeAltered Error
        "The platform compares the code character for character, and this one was changed after the platform issued it."
        "Send the code as URLSearchParams gives it, encoded once: in a form, + must be written as %2B and % as %25."
        "RFC 6749 §4.1.3";
    CallbackStateMissing Error
        "Without state the app cannot know that it began this sign-in, and must refuse the code."
        "Send state with the authorization request: the platform returns it. If it was sent, see what drops it from the callback's address."
        "RFC 6749 §10.12";
    IssuerDiffers Error
        "The answer is from another issuer than the one that was asked: a wrong setting, or an attack that mixes up two platforms."
        "If {received} is your platform, configure exactly that as its issuer: it is compared character for character, a slash at the end included."
        "RFC 9207 §2.4";
    CallbackElsewhere Error
        "State and verifier are stored for the origin on which the sign-in began; the page at another origin cannot read them."
        "Begin the sign-in on the origin to which the user returns: {expected}."
        "RFC 6749 §10.12";
    CallbackInFragment Warning
        "The answer stands after #, where this SDK does not read it and a hash router takes it for a route."
        "Do not send response_mode=fragment, and register a redirect URI without #."
        "RFC 6749 §4.1.2";
    CallbackInvalid Error
        "This SDK does not accept the callback."
        "Begin the sign-in again. If it is the same then, compare the address with the platform's redirect in the network tab."
        "RFC 6749 §4.1.2";
    CallbackNotRedirectUri Warning
        "The platform returns the user to the redirect URI that was sent. This is another page, so something redirected in between, and may have dropped parameters."
        "Let the page at the redirect URI read the code itself, before any redirect."
        "RFC 6749 §4.1.2";
}
