//! The platform, with all its rules: one code, one exchange; the redirect URI to the letter; PKCE; rotation; a refresh
//! token that was rotated away and comes again ends its whole family. Names tell what they are: `rt.3.7` is the
//! eighth refresh token of the fourth sign-in.

use super::plan::Rotation;
use intelliauth_spa_sdk::core::base::clock::Millis;
use intelliauth_spa_sdk::core::base::secret::{AccessToken, IdToken, RefreshToken, Verifier};
use intelliauth_spa_sdk::core::protocol::token::Tokens;
use std::collections::BTreeMap;

pub const REDIRECT: &str = "https://app.example/callback";

/// An open authorization.
struct Authorization {
    user: usize,
    sid: String,
    redirect: String,
    challenge: String,
    family: Option<usize>,
}

/// One answer with tokens.
pub struct Issue {
    /// The request that brought it about.
    pub by: usize,
    /// By true time: when that was sent.
    pub asked: i64,
    /// Whether a tab took the answer.
    pub known: bool,
}

/// One sign-in and all that came of it.
pub struct Family {
    pub user: usize,
    pub sid: String,
    pub issues: Vec<Issue>,
    /// Index of the refresh token that is good.
    pub current: usize,
    pub revoked: bool,
    /// What the checks know besides.
    pub oracle: FamilyOracle,
}

/// True times are in milliseconds of the simulation's own clock.
#[derive(Default)]
pub struct FamilyOracle {
    /// A tab was told that it is over.
    pub refused: bool,
    pub signed_out: Option<i64>,
    /// An app asked for a new token early.
    pub demand: i64,
    /// The lock was taken from a holder past its deadline.
    pub lock_stolen: i64,
}

#[derive(Default)]
pub struct Platform {
    codes: BTreeMap<String, Authorization>,
    pub families: Vec<Family>,
}

/// The two numbers in a token's name.
pub fn numbers(token: &str) -> (usize, usize) {
    let mut parts = token.split('.').skip(1).map(|part| part.parse().unwrap_or(usize::MAX));
    (parts.next().unwrap_or(usize::MAX), parts.next().unwrap_or(usize::MAX))
}

/// The request, when it was sent by true time, and the platform's habits.
#[derive(Clone, Copy)]
pub struct By {
    pub request: usize,
    pub asked: i64,
    pub rotation: Rotation,
    pub lifetime: i64,
}

/// What a refresh came to.
pub enum Refreshed {
    Tokens(Box<Tokens>),
    /// `invalid_grant`, and whether it was a reuse that ended the family now.
    Refused {
        reuse: bool,
    },
}

impl Platform {
    pub fn authorize(&mut self, user: usize, sid: String, redirect: &str, challenge: String) -> String {
        let code = format!("code.{}", self.codes.len());
        self.codes.insert(
            code.clone(),
            Authorization { user, sid, redirect: redirect.into(), challenge, family: None },
        );
        code
    }

    pub fn exchange(&mut self, by: By, code: &str, verifier: &str, redirect: &str) -> Option<Tokens> {
        let grant = self.codes.get_mut(code)?;
        if let Some(family) = grant.family {
            self.families[family].revoked = true;
            return None;
        }
        if grant.redirect != redirect || Verifier::new(verifier).challenge() != grant.challenge {
            return None;
        }
        grant.family = Some(self.families.len());
        self.families.push(Family {
            user: grant.user,
            sid: grant.sid.clone(),
            issues: Vec::new(),
            current: 0,
            revoked: false,
            oracle: FamilyOracle { demand: i64::MIN, lock_stolen: i64::MIN, ..FamilyOracle::default() },
        });
        Some(self.issue(self.families.len() - 1, by))
    }

    pub fn refresh(&mut self, by: By, token: &str) -> Refreshed {
        let (family, index) = numbers(token);
        let Some(known) = self.families.get_mut(family) else { return Refreshed::Refused { reuse: false } };
        if known.revoked {
            return Refreshed::Refused { reuse: false };
        }
        if index != known.current {
            known.revoked = true;
            return Refreshed::Refused { reuse: true };
        }
        if by.rotation == Rotation::Rotating {
            known.current += 1;
        }
        Refreshed::Tokens(Box::new(self.issue(family, by)))
    }

    pub fn revoke(&mut self, token: &str) {
        if let Some(family) = self.families.get_mut(numbers(token).0) {
            family.revoked = true;
        }
    }

    fn issue(&mut self, number: usize, by: By) -> Tokens {
        let family = &mut self.families[number];
        family.issues.push(Issue { by: by.request, asked: by.asked, known: false });
        let index = family.issues.len() - 1;
        self.last(Some((number, index)), by.rotation, by.lifetime)
    }

    /// The tokens of an issue, as long as it is the last one.
    pub fn last(&self, issue: Option<(usize, usize)>, rotation: Rotation, lifetime: i64) -> Tokens {
        let (number, index) = issue.unwrap_or_default();
        let family = &self.families[number];
        let first = index == 0;
        let refresh = match rotation {
            Rotation::Rotating => Some(format!("rt.{number}.{}", family.current)),
            Rotation::Static => first.then(|| format!("rt.{number}.0")),
            Rotation::Without => None,
        };
        Tokens {
            access: AccessToken::new(format!("at.{number}.{index}")),
            refresh: refresh.map(RefreshToken::new),
            id_token: Some(IdToken::new(format!("id.{number}.{index}.{}", family.user))),
            scope: Some("openid".into()),
            lifetime: Millis(lifetime),
        }
    }
}
