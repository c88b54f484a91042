//! Whether the platform can be reached, by which time, and over what.

use super::catalog::Code;
use super::{Answer, CLOCK_DRIFT, Doctor, Outcome, Probe, Severity};
use crate::core::base::clock::WallTime;

impl Doctor {
    pub(super) fn find_plain_redirect(&mut self) {
        let redirect_uri = self.setup.config.redirect_uri.clone();
        let secure = redirect_uri.replacen("http://", "https://", 1);
        let seen = format!("The redirect URI {redirect_uri} is plain http outside this machine.");
        self.find(Code::RedirectUriPlainHttp, seen, &[("secure", &secure)]);
    }

    pub(super) fn find_unreachable(&mut self, probe: &Probe, reason: &str) {
        let url = &probe.url;
        let is_one_of = |known: &[&str]| known.iter().any(|part| reason.contains(part));
        let (code, seen) = if is_one_of(&["ENOTFOUND", "EAI_AGAIN"]) {
            (Code::HostUnknown, format!("No address is known for the host of {url} ({reason})."))
        } else if is_one_of(&["ECONNREFUSED"]) {
            (Code::NothingListens, format!("Nothing answers at {url} ({reason})."))
        } else if is_one_of(&["CERT", "SELF_SIGNED", "UNABLE_TO_", "ERR_TLS", "ERR_SSL", "EPROTO"]) {
            (Code::TlsRefused, format!("The certificate or the TLS version of {url} is refused ({reason})."))
        } else {
            (Code::NoAnswer, format!("{url} gives no answer ({reason})."))
        };
        self.check(probe.question.as_str(), Outcome::Bad, &format!("{url}: {reason}"));
        self.find(code, seen, &[]);
        self.unreachable = true;
    }

    /// `false` where the answer says no more than that the endpoint is not there, or has no time.
    pub(super) fn is_served(&mut self, probe: &Probe, answer: &Answer<'_>, option: &str) -> bool {
        let (name, url, status) = (probe.question.as_str(), &probe.url, answer.status);
        let (code, seen) = match status {
            404 | 410 => {
                (Code::EndpointNotFound, format!("There is no {name} at {url}: it answers with {status}."))
            }
            429 | 500.. => (Code::PlatformUnavailable, format!("{url} answers with {status}.")),
            _ => return true,
        };
        self.check(name, Outcome::Bad, &format!("{url}: {status}"));
        self.find(code, seen, &[("option", option)]);
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
        self.find_as(severity, Code::ClockOff, seen, &[]);
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
        self.find_as(severity, Code::CorsOriginNotAllowed, seen, &[("costs", costs), ("origin", &origin)]);
        false
    }
}
