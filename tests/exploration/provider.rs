//! The provider's own rules, and its answers.

use super::choice::Fate;
use super::digest::WALL;
use super::runner::WAY;
use super::scenario::{CLIENT, ISSUER, LIFETIME, Scenario};
use super::world::{Reply, What, World, note};
use intelliauth_spa_sdk::core::base::encoding::base64url;
use intelliauth_spa_sdk::core::client::provider::NoResponse;

impl World {
    /// The provider has it, or never will.
    pub fn reach(&mut self, scenario: &Scenario, number: usize, fate: Fate) {
        note!(self, "request {number}, {:?}, is {fate:?}", self.requests[number].what);
        let request = &self.requests[number];
        let (what, now) = (request.what, self.now);
        let acts = !matches!(fate, Fate::Lost | Fate::Unavailable { acted: false } | Fate::Refused);
        if fate == Fate::Refused {
            self.provider.revoked = true;
        }
        let issue = match what {
            What::Refresh { issue, .. } if acts => self.refresh(scenario, number, issue),
            What::Revoke { .. } if acts => {
                self.provider.revoked = true;
                None
            }
            _ => None,
        };
        let answer = |status: u16, body: &str| Ok((status, body.into()));
        let response = match (fate, what, issue) {
            (Fate::Lost | Fate::LostAnswer, _, _) => Err(NoResponse::Network),
            (Fate::Unavailable { .. }, _, _) => answer(503, ""),
            (Fate::Garbled, _, _) => answer(200, "<html>"),
            (_, What::Metadata, _) => answer(200, &metadata()),
            (_, What::Revoke { .. }, _) => answer(200, ""),
            (_, What::Refresh { .. }, None) => answer(400, r#"{"error":"invalid_grant"}"#),
            (fate, What::Refresh { .. }, Some(issue)) => {
                let another = fate == Fate::AnotherUser;
                self.provider.another_user |= another;
                answer(200, &tokens(issue, scenario.rotating, another))
            }
        };
        let taken = !matches!(fate, Fate::LostAnswer | Fate::Unavailable { .. } | Fate::Garbled);
        let issue = issue.filter(|_| taken);
        if self.requests[number].given_up {
            self.requests.remove(number);
            return;
        }
        let request = &mut self.requests[number];
        request.reply = Some(Reply { response, issue });
        request.due = now + WAY;
    }

    /// The provider's own rules: a refresh token that was replaced and comes again ends the session.
    fn refresh(&mut self, scenario: &Scenario, number: usize, issue: usize) -> Option<usize> {
        let provider = &mut self.provider;
        if provider.revoked {
            return None;
        }
        if scenario.rotating && issue != provider.current {
            // What a page that is gone had sent may arrive at last, and no other page can know of that.
            provider.revoked = true;
            provider.reused |= !self.requests[number].given_up;
            self.check_reused(number, issue);
            return None;
        }
        provider.taken.push(false);
        let newest = provider.taken.len() - 1;
        if scenario.rotating {
            provider.current = newest;
        }
        Some(newest)
    }
}

fn metadata() -> String {
    format!(
        r#"{{"issuer":"{ISSUER}","authorization_endpoint":"{ISSUER}/oauth2/authorize","token_endpoint":"{ISSUER}/oauth2/token","jwks_uri":"{ISSUER}/keys"}}"#
    )
}

fn tokens(issue: usize, rotating: bool, another_user: bool) -> String {
    let refresh = if rotating { format!(r#""refresh_token":"rt.{issue}","#) } else { String::new() };
    let id_token = if another_user {
        let claims = format!(
            r#"{{"iss":"{ISSUER}","sub":"another","aud":"{CLIENT}","iat":{0},"exp":{1}}}"#,
            WALL / 1000,
            WALL / 1000 + 3600
        );
        let text = [base64url(r#"{"alg":"ES256"}"#), base64url(claims), base64url("signature")].join(".");
        format!(r#""id_token":"{text}","#)
    } else {
        String::new()
    };
    format!(
        r#"{{"access_token":"at.{issue}","token_type":"Bearer","expires_in":{},{refresh}{id_token}"scope":"at.{issue}"}}"#,
        LIFETIME / 1000,
    )
}
