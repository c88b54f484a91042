//! What must hold of every token and error that is handed to an app.

use super::platform::numbers;
use super::runner::Want;
use super::world::{DocId, World};
use intelliauth_spa_sdk::core::base::config::TokenStorage;
use intelliauth_spa_sdk::core::base::error::Error;
use intelliauth_spa_sdk::core::base::secret::AccessToken;
use intelliauth_spa_sdk::core::client::session::io::Call;

impl World {
    /// Whether the token that `id` holds is valid, and the client must know it.
    pub fn lives(&self, id: DocId) -> bool {
        let Some((_, access)) = self.docs[id].seen.held() else { return false };
        let (family, index) = numbers(access);
        let asked = self.platform.families[family].issues[index].asked;
        self.truth() < asked + self.plan.lifetime && self.trouble.jump < asked
    }

    /// A token, or an error, is handed out.
    pub fn check_token(&mut self, id: DocId, call: Call, result: Result<AccessToken, Error>) {
        let Some(asked) = self.docs[id].calls.remove(&call) else {
            return self.broke("every call settles once", format!("doc {id} settles call {call} again"));
        };
        let held = self.docs[id].seen.held().map(|(sid, _)| sid.to_owned());
        let Ok(token) = result else {
            // A call that waited for a callback belongs to no session yet.
            let same = asked.sid == held || (asked.sid.is_none() && asked.at == self.now);
            if same && !asked.strict && self.lives(id) {
                self.broke("a valid token is served", format!("doc {id} refuses call {call}"));
            }
            return;
        };
        let (number, index) = numbers(token.expose());
        let family = &self.platform.families[number];
        let mine = asked.sid.as_ref().is_none_or(|sid| *sid == family.sid);
        // What a step hands out before it ends the session is this session's still.
        let was = self.docs[id].before.held().is_some_and(|(sid, _)| sid == family.sid);
        if (held.as_ref() != Some(&family.sid) && !was) || !mine {
            let text = format!("doc {id} hands {} to call {call}", token.expose());
            return self.broke("no foreign token is handed out", text);
        }
        if asked.strict && asked.before.as_deref() == Some(token.expose()) {
            let text = format!("doc {id} hands out {} again", token.expose());
            return self.broke("who wants a new token gets a new one", text);
        }
        let asked_at = family.issues[index].asked;
        let by = self.requests[family.issues[index].by].doc;
        let back: i64 =
            self.trouble.back.iter().filter(|(at, _)| *at >= asked_at).map(|(_, far)| far + 2_000).sum();
        let slept = self.trouble.sleeps.iter().any(|at| *at >= asked_at);
        // A tab cannot notice that the clock was set back if it has no other clock for this time.
        let tolerance = if by == id && !slept { 0 } else { back };
        let over = self.truth() - asked_at - self.plan.lifetime;
        if over > tolerance {
            let text = format!("doc {id} hands out {}, {over} ms over", token.expose());
            return self.broke("no expired token is handed out", text);
        }
        let tab = (self.plan.keep == TokenStorage::Session).then_some(self.docs[id].tab);
        if self.plan.keep != TokenStorage::Memory
            && !self.stored.contains(&(tab, token.expose().to_owned()))
            && !self.copied(id)
        {
            let text = format!("doc {id} hands out {}", token.expose());
            self.broke("a token is stored before it is handed out", text);
        }
    }

    /// A duplicated tab begins with what the other one stored.
    fn copied(&self, id: DocId) -> bool {
        let held = self.docs[id].seen.held().map(|(_, access)| access);
        self.readable(self.docs[id].tab).is_some_and(|grant| Some(grant.access.expose()) == held)
            || self.storage_trouble(self.truth() - 86_400_000)
    }

    /// A plain call is answered at once from a valid token.
    pub fn check_served(&mut self, id: DocId, call: Call, want: Want) {
        let plain = !want.force && !want.after_401 && want.min_validity == 0;
        if plain && self.docs[id].calls.contains_key(&call) && self.lives(id) {
            self.broke("a valid token is served", format!("doc {id} lets call {call} wait"));
        }
    }
}
