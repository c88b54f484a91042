//! Challenge and verifier: RFC 7636.

use crate::core::base::encoding::{base64url, from_base64url, sha256, sha256_bytes};
use crate::core::base::secret::Verifier;
use crate::core::base::text::trim_end;
use crate::explain::catalog::Code;
use crate::explain::context::Context;
use crate::explain::input::{Message, Param};
use crate::explain::show;

/// How long the BASE64URL of a SHA-256 is.
const CHALLENGE: usize = 43;

/// Challenge and method of an authorization request.
pub(super) fn check(cx: &mut Context, message: &Message) {
    if let Some(verifier) = message.param("code_verifier") {
        let challenge = Verifier::new(verifier.value.as_str()).challenge();
        let seen =
            format!("code_verifier is in the authorization request ({}).", show::characters(&verifier.value));
        cx.add(cx.finding(Code::VerifierInRequest, seen).on(verifier).with("challenge", challenge));
    }
    let method = message.param("code_challenge_method");
    let Some(param) = message.param("code_challenge") else {
        // The implicit flow has no code to protect, and what is said of it names the challenge.
        if !message.means("code_challenge") && !cx.has(Code::ResponseTypeToken) {
            let seen = match method {
                Some(_) => "There is a code_challenge_method and no code_challenge.",
                None => "There is no code_challenge.",
            };
            cx.add(cx.finding(Code::ChallengeMissing, seen).named("code_challenge"));
        }
        return;
    };
    match method {
        None if !message.means("code_challenge_method") => {
            let seen = "There is a code_challenge and no code_challenge_method.";
            cx.add(cx.finding(Code::ChallengeMethodMissing, seen).named("code_challenge_method"));
        }
        Some(method) if method.value == "plain" => {
            cx.say(Code::ChallengeMethodPlain, method, "code_challenge_method is plain.")
        }
        Some(method) if !method.value.is_empty() && method.value != "S256" => {
            let seen = format!("code_challenge_method is {}.", show::value(&method.value));
            cx.say(Code::ChallengeMethodUnknown, method, seen);
        }
        _ => {}
    }
    if !param.value.is_empty() {
        challenge(cx, param);
    }
}

fn challenge(cx: &mut Context, param: &Param) {
    let value = param.value.as_str();
    if let Some(verifier) = &cx.known.verifier {
        verifier_shape(cx, verifier.expose(), None);
        let right = verifier.challenge();
        if right == value {
            return;
        }
        let made = how(verifier.expose(), value);
        let found = match &made {
            Some(made) => cx.finding(made.code(), format!("code_challenge {}.", made.words())),
            None => cx.finding(Code::ChallengeMismatch, "code_challenge is not the hash of the verifier."),
        };
        let also = format!(" For this verifier that is {right}.");
        let text = if matches!(made, Some(Made::Hex | Made::OfHex)) { also } else { right };
        return cx.add(found.on(param).with("challenge", text));
    }
    let long = show::characters(value);
    let found = match shape(value) {
        Shape::Good => return,
        Shape::Hex => {
            cx.finding(Code::ChallengeHex, format!("code_challenge is {long}, all hexadecimal digits."))
        }
        Shape::OfHex => cx.finding(
            Code::ChallengeOfHex,
            format!("code_challenge is {long} and decodes to 64 hexadecimal digits."),
        ),
        Shape::Padded => cx.finding(Code::ChallengePadded, "code_challenge ends with =."),
        Shape::NotUrlSafe => {
            cx.finding(Code::ChallengeNotUrlSafe, "code_challenge has a character outside A-Z a-z 0-9 - _.")
        }
        Shape::Length => {
            let verifier = if (44..=128).contains(&value.len()) { ", as a verifier may be" } else { "" };
            cx.finding(
                Code::ChallengeLength,
                format!("code_challenge is {long} long{verifier}; it must be {CHALLENGE}."),
            )
        }
    };
    cx.add(found.on(param).with("challenge", ""));
}

/// What a challenge looks like, without its verifier.
enum Shape {
    Good,
    Hex,
    OfHex,
    Padded,
    NotUrlSafe,
    Length,
}

fn shape(value: &str) -> Shape {
    let is_hex = |bytes: &[u8]| bytes.len() == 64 && bytes.iter().all(u8::is_ascii_hexdigit);
    if is_hex(value.as_bytes()) {
        return Shape::Hex;
    }
    let stripped = trim_end(value, b'=');
    let url_safe = stripped.replace('+', "-").replace('/', "_");
    if from_base64url(&url_safe).is_some_and(|bytes| is_hex(&bytes)) {
        return Shape::OfHex;
    }
    if !value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_=.~".contains(&byte)) {
        return Shape::NotUrlSafe;
    }
    if stripped != value {
        return Shape::Padded;
    }
    if value.len() != CHALLENGE || from_base64url(value).is_none() && value.contains(['.', '~']) {
        return Shape::Length;
    }
    Shape::Good
}

/// How a challenge was made of a verifier, where it was not made by S256.
pub(in crate::explain) enum Made {
    Plain,
    Hex,
    OfHex,
    Padded,
    Standard,
    Decoded,
    Twice,
    Encoded,
}

impl Made {
    fn code(&self) -> Code {
        match self {
            Made::Plain => Code::ChallengeIsVerifier,
            Made::Hex => Code::ChallengeHex,
            Made::OfHex => Code::ChallengeOfHex,
            Made::Padded => Code::ChallengePadded,
            Made::Standard => Code::ChallengeNotUrlSafe,
            Made::Decoded | Made::Twice | Made::Encoded => Code::ChallengeMismatch,
        }
    }

    /// After "code_challenge".
    pub fn words(&self) -> &'static str {
        match self {
            Made::Plain => "is the verifier itself",
            Made::Hex => "is the verifier's SHA-256 in hexadecimal digits",
            Made::OfHex => "is the BASE64URL of the digest's hexadecimal text",
            Made::Padded => "is right but for the = at its end",
            Made::Standard => "is the verifier's SHA-256 in BASE64 instead of BASE64URL",
            Made::Decoded => "is the hash of the verifier's decoded bytes instead of its characters",
            Made::Twice => "is the hash of the right challenge: the verifier was hashed twice",
            Made::Encoded => "is the BASE64URL of the verifier: it was not hashed",
        }
    }
}

/// Tries the mistakes that people make.
pub(in crate::explain) fn how(verifier: &str, challenge: &str) -> Option<Made> {
    let digest = sha256(verifier);
    let right = base64url(digest);
    let hex = |upper: bool| {
        let digits =
            digest.iter().map(|byte| if upper { format!("{byte:02X}") } else { format!("{byte:02x}") });
        digits.collect::<String>()
    };
    let stripped = trim_end(challenge, b'=');
    let url_safe = stripped.replace(['+', ' '], "-").replace('/', "_");
    if challenge == verifier {
        Some(Made::Plain)
    } else if stripped == right && stripped != challenge {
        Some(Made::Padded)
    } else if url_safe == right && challenge != right {
        Some(Made::Standard)
    } else if challenge.eq_ignore_ascii_case(&hex(false)) {
        Some(Made::Hex)
    } else if url_safe == base64url(hex(false)) || url_safe == base64url(hex(true)) {
        Some(Made::OfHex)
    } else if from_base64url(verifier).is_some_and(|bytes| url_safe == base64url(sha256_bytes(&bytes))) {
        Some(Made::Decoded)
    } else if url_safe == base64url(sha256(&right)) {
        Some(Made::Twice)
    } else if url_safe == base64url(verifier) {
        Some(Made::Encoded)
    } else {
        None
    }
}

/// RFC 7636 §4.1.
pub(super) fn verifier_shape(cx: &mut Context, value: &str, param: Option<&Param>) {
    let length = value.chars().count();
    let found = if !value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)) {
        cx.finding(Code::VerifierCharacters, "The verifier has a character outside A-Z a-z 0-9 - . _ ~.")
    } else if !(43..=128).contains(&length) {
        cx.finding(Code::VerifierLength, format!("The verifier has {}.", show::characters(value)))
    } else {
        return;
    };
    cx.add(match param {
        Some(param) => found.on(param),
        None => found.named("code_verifier"),
    });
}
