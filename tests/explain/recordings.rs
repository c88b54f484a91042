//! Recordings of more than one sign-in, and of what follows one.

use intelliauth_spa_sdk::core::base::secret::Verifier;
use intelliauth_spa_sdk::explain::{Known, Report, explain};
use intelliauth_spa_sdk::native::engine;

/// One sign-in: request, callback, exchange.
struct SignIn {
    state: String,
    verifier: String,
    code: String,
}

fn sign_in(name: char) -> SignIn {
    let text = |what: &str, length: usize| format!("{what}{}", name.to_string().repeat(length));
    SignIn { state: text("state", 20), verifier: text("verifier", 40), code: text("code", 20) }
}

fn entry(method: &str, url: &str, form: &str, answer: &str) -> String {
    let post = if form.is_empty() { String::new() } else { format!(r#","postData":{{"text":"{form}"}}"#) };
    format!(
        r#"{{"request":{{"method":"{method}","url":"{url}","headers":[]{post}}},"response":{{"status":200,"headers":[],"content":{{{answer}}}}}}}"#
    )
}

impl SignIn {
    fn request(&self) -> String {
        let challenge = Verifier::new(self.verifier.as_str()).challenge();
        let url = format!(
            "https://t.example/oauth2/authorize?response_type=code&client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&scope=openid&state={}&code_challenge={challenge}&code_challenge_method=S256",
            self.state
        );
        entry("GET", &url, "", "")
    }

    fn callback(&self) -> String {
        entry("GET", &format!("https://app.example/cb?code={}&state={}", self.code, self.state), "", "")
    }

    fn exchange(&self, verifier: &str) -> String {
        let form = format!(
            "grant_type=authorization_code&client_id=app&code={}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&code_verifier={verifier}",
            self.code
        );
        let answer = r#""text":"{\"access_token\":\"at\",\"token_type\":\"Bearer\",\"id_token\":\"a.b.c\",\"refresh_token\":\"rt\"}""#;
        entry("POST", "https://t.example/oauth2/token", &form, answer)
    }
}

fn explained(entries: &[String]) -> Report {
    let har = format!(r#"{{"log":{{"entries":[{}]}}}}"#, entries.join(","));
    explain(&har, &Known::default(), engine)
}

fn codes(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn two_good_sign_ins_in_one_recording_have_no_finding() {
    let (one, other) = (sign_in('a'), sign_in('b'));
    let all = |sign_in: &SignIn| [sign_in.request(), sign_in.callback(), sign_in.exchange(&sign_in.verifier)];
    let [first, second, third] = all(&one);
    let [fourth, fifth, sixth] = all(&other);
    for entries in [
        vec![first.clone(), second.clone(), third.clone(), fourth.clone(), fifth.clone(), sixth.clone()],
        // Two tabs.
        vec![first, fourth, second, third, fifth, sixth],
    ] {
        let report = explained(&entries);
        assert_eq!(codes(&report), [""; 0], "{}", report.to_text());
    }
}

#[test]
fn a_code_is_held_to_its_own_sign_in_of_two() {
    let (one, other) = (sign_in('a'), sign_in('b'));
    let report = explained(&[one.request(), other.request(), one.callback(), one.exchange(&other.verifier)]);
    assert_eq!(codes(&report), ["verifier_mismatch"], "{}", report.to_text());
    let report = explained(&[one.request(), other.callback()]);
    assert_eq!(codes(&report), ["state_mismatch"], "{}", report.to_text());
}

#[test]
fn a_refresh_needs_neither_id_token_nor_refresh_token() {
    let answer = r#""text":"{\"access_token\":\"at\",\"token_type\":\"Bearer\"}""#;
    let form = "grant_type=refresh_token&client_id=app&refresh_token=abcdefgh12345";
    let report = explained(&[entry("POST", "https://t.example/oauth2/token", form, answer)]);
    assert_eq!(codes(&report), [""; 0], "{}", report.to_text());
}

#[test]
fn an_answer_that_the_browser_wrote_in_base64_is_read() {
    let one = sign_in('a');
    // {"error":"invalid_grant","error_description":"code has expired"}
    let answer = r#""encoding":"base64","text":"eyJlcnJvciI6ImludmFsaWRfZ3JhbnQiLCJlcnJvcl9kZXNjcmlwdGlvbiI6ImNvZGUgaGFzIGV4cGlyZWQifQ==""#;
    let exchange = one.exchange(&one.verifier).replace(r#""status":200"#, r#""status":400"#);
    let at = exchange.find(r#""text":"{"#).unwrap();
    let report = explained(&[format!("{}{answer}}}}}}}", &exchange[..at])]);
    assert_eq!(report.findings[0].code, "cause_code_expired", "{}", report.to_text());
}
