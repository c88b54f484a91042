//! Causes of this SDK's own errors.

use super::topic;

topic! {
    // Errors of this SDK.
    CauseSignInInAnotherTab Error
        "State and verifier are kept for the tab that started the sign-in. A link in a mail, a second window or an app that opens the browser brings the callback to another tab, which has neither."
        "Show one sentence and a sign-in button there, as SignInError does; never redirect by itself. Where the platform mails links, have it mail a code to type instead."
        "RFC 9700 §4.7";
    CauseOriginChanged Error
        "Each origin has a storage of its own: a sign-in that starts at localhost and comes back to 127.0.0.1, or to another port, to www or to https, finds nothing of it there."
        "Open the app at the origin of its redirectUri, and let every other host name of the app redirect there. In development the console names both."
        "HTML §12.2.2";
    CauseStorageCleared Error
        "The tab's sessionStorage was emptied while the user was at the platform: by sessionStorage.clear() in the app, or by the browser's settings or an extension."
        "Search the app for sessionStorage.clear(), and try in a window without extensions."
        "HTML §12.2.2";
    CauseCallbackOpenedAgain Error
        "The callback's address was reloaded, bookmarked, or reached by the back button; it is answered once."
        "Leave the callback's address after the sign-in: replace it by `navigate` or history.replaceState, and keep no link to it."
        "RFC 6749 §4.1.2";
    CauseSignInByItself Error
        "The app starts a sign-in wherever nobody is signed in, and the page at the redirect URI is among these, or does not show the error that came back."
        "Leave the page at redirectUri out of the guard, call handleCallback() there, and show its error with a button. RequireAuth starts one sign-in and no more."
        "";
    CauseRequestBlocked Error
        "The browser is offline, or an extension, a proxy or a firewall blocked the request."
        "Look at the request in the network tab, which marks what was blocked, and try in a window without extensions."
        "";
    SdkError Error
        "Each error of this SDK has a code, and a row in its table that says what happened and what to do."
        "{hint} See {page}"
        "";
}
