//! Whether the platform can be reached, by which time, and over what.

use super::{Answer, CLOCK_DRIFT, Doctor, Outcome, Probe, Said, Severity};
use crate::core::base::clock::WallTime;

impl Doctor {
    pub(super) fn find_plain_redirect(&mut self) {
        let redirect_uri = &self.setup.config.redirect_uri;
        let said = Said {
            seen: format!("The redirect URI {redirect_uri} is plain http outside this machine."),
            why: "The code travels through every network on the way, and browsers have neither Web Locks nor WebCrypto on such a page.",
            instead: redirect_uri.replacen("http://", "https://", 1),
            clause: "RFC 9700 §2.6",
        };
        self.find(Severity::Warning, "redirect_uri_plain_http", said);
    }

    pub(super) fn find_unreachable(&mut self, probe: &Probe, reason: &str) {
        let url = &probe.url;
        let is_one_of = |known: &[&str]| known.iter().any(|part| reason.contains(part));
        let (code, seen, why, instead) = if is_one_of(&["ENOTFOUND", "EAI_AGAIN"]) {
            (
                "host_unknown",
                format!("No address is known for the host of {url} ({reason})."),
                "The name is mistyped, the tenant does not exist, or this machine has no name server.",
                "Compare the tenant's address with the platform's settings, letter by letter.".to_owned(),
            )
        } else if is_one_of(&["ECONNREFUSED"]) {
            (
                "nothing_listens",
                format!("Nothing answers at {url} ({reason})."),
                "The host is there, and no program listens at its port.",
                "Look at the port and the scheme of the address; is the platform running?".to_owned(),
            )
        } else if is_one_of(&["CERT", "SELF_SIGNED", "UNABLE_TO_", "ERR_TLS", "ERR_SSL", "EPROTO"]) {
            (
                "tls_refused",
                format!("The certificate or the TLS version of {url} is refused ({reason})."),
                "A browser refuses it as well, and shows the app nothing but a network error.",
                "Give the tenant a certificate for this very host, not expired, with its intermediate certificates, from an authority that browsers trust.".to_owned(),
            )
        } else {
            (
                "no_answer",
                format!("{url} gives no answer ({reason})."),
                "A network, proxy or firewall on the way swallows the request, or the platform is overloaded.",
                "Open the address in a browser on this machine, and look at proxies and firewalls."
                    .to_owned(),
            )
        };
        self.check(probe.question.as_str(), Outcome::Bad, &format!("{url}: {reason}"));
        self.find(Severity::Error, code, Said { seen, why, instead, clause: "" });
        self.unreachable = true;
    }

    /// `false` where the answer says no more than that the endpoint is not there, or has no time.
    pub(super) fn is_served(&mut self, probe: &Probe, answer: &Answer<'_>, option: &str) -> bool {
        let (name, url, status) = (probe.question.as_str(), &probe.url, answer.status);
        let said = match status {
            404 | 410 => Said {
                seen: format!("There is no {name} at {url}: it answers with {status}."),
                why: "A sign-in asks there.",
                instead: format!(
                    "Set `discovery: true`, so that the SDK reads where it is, or name it in `{option}`; or is the tenant's address another one?"
                ),
                clause: "RFC 6749 §3",
            },
            429 | 500.. => Said {
                seen: format!("{url} answers with {status}."),
                why: "The platform cannot serve the request at present.",
                instead: "Try again later; if it stays, look at the platform's status page or its log."
                    .to_owned(),
                clause: "",
            },
            _ => return true,
        };
        let code = if status < 429 { "endpoint_not_found" } else { "platform_unavailable" };
        self.check(name, Outcome::Bad, &format!("{url}: {status}"));
        self.find(Severity::Error, code, said);
        false
    }

    /// `Date` against this machine's clock, once.
    pub(super) fn check_clock(&mut self, answer: &Answer<'_>, now: WallTime) {
        let Some(date) = answer.date.filter(|_| !self.clock_checked) else { return };
        self.clock_checked = true;
        let off = now - date;
        let seconds = off.0 / 1000;
        if off.0.abs() <= CLOCK_DRIFT.0 {
            return self.check("clock", Outcome::Good, &format!("{} s apart", seconds.abs()));
        }
        let skew = self.setup.config.clock_skew;
        let severity = if off.0.abs() > skew.0 { Severity::Error } else { Severity::Warning };
        let which = if seconds > 0 { "ahead of" } else { "behind" };
        let seen = format!("This machine's clock is {} seconds {which} the platform's.", seconds.abs());
        self.check("clock", Outcome::Bad, &seen);
        let said = Said {
            seen,
            why: "An ID token is refused whose time is too far from the device's: by default 300 seconds.",
            instead: "Set the clock that is wrong (automatic time). `clockSkewSeconds` tolerates up to 600."
                .to_owned(),
            clause: "OpenID Connect Core §3.1.3.7",
        };
        self.find(severity, "clock_off", said);
    }

    /// Whether a page of the app's may read the answer. `costs`: what does not work otherwise.
    pub(super) fn is_readable(
        &mut self,
        probe: &Probe,
        answer: &Answer<'_>,
        severity: Severity,
        costs: &str,
    ) -> bool {
        let origin = self.setup.origin.clone();
        let allowed = answer.allow_origin.as_deref();
        if allowed == Some("*") || allowed == Some(&origin) {
            return true;
        }
        let seen = match allowed {
            None => format!("The answer of {} has no Access-Control-Allow-Origin for {origin}.", probe.url),
            Some(other) => format!("The answer of {} allows {other}, and not {origin}.", probe.url),
        };
        let said = Said {
            seen,
            why: costs,
            instead: format!(
                "Register {origin} with the platform as an allowed origin (CORS): scheme, host and port, without a path."
            ),
            clause: "Fetch §3.3",
        };
        self.find(severity, "cors_origin_not_allowed", said);
        false
    }
}
