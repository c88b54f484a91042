//! Requests to the token endpoint, and the faults on their way there and back.

use super::log::Entry;
use super::net_log::name_of;
use super::plan::{Defect, Fault};
use super::platform::{By, Refreshed};
use super::world::{DocId, Input, Job, Seen, World, note};
use intelliauth_spa_sdk::core::base::clock::Millis;
use intelliauth_spa_sdk::core::base::encoding::base64url;
use intelliauth_spa_sdk::core::base::error::{Error, ErrorCode};
use intelliauth_spa_sdk::core::base::form::parse;
use intelliauth_spa_sdk::core::client::provider::{HttpResponse, NoResponse};
use intelliauth_spa_sdk::core::client::runner::Input as ClientInput;
use intelliauth_spa_sdk::core::client::session::io::Ticket;
use intelliauth_spa_sdk::core::protocol::token::{TokenOutcome, Tokens};

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Fine,
    /// It never arrives, or its answer does not. `hang`: the page notices at the timeout.
    Lost {
        acted: bool,
        hang: bool,
    },
    /// 429, or 5xx where the platform may have acted.
    Busy {
        acted: bool,
        retry_after: Option<i64>,
    },
    /// A refusal without CORS headers.
    Unreadable,
    /// 200 with a body that is no token response.
    Garbled,
    /// Tokens of another user: the ID token's check refuses them.
    WrongUser,
    /// As fine, but slow: milliseconds.
    Slow(i64),
}

#[derive(Debug)]
pub enum What {
    Refresh(String),
    Code { code: String, verifier: String, redirect: String },
    Revoke(String),
    Metadata,
    Keys,
}

pub struct Request {
    pub doc: DocId,
    /// As the client names it.
    pub id: u32,
    /// The lock that it is sent under.
    pub ticket: Option<Ticket>,
    /// Of the tokens that the page held.
    pub generation: i64,
    pub what: What,
    pub fate: Fate,
    /// By true time.
    pub sent: i64,
    pub down: i64,
    pub outcome: Option<TokenOutcome>,
    /// A reuse, or a refusal of any kind, of the refresh token.
    pub refused: bool,
    /// Of these, a reuse.
    pub reused: bool,
    /// The issue that it brought about.
    pub issue: Option<(usize, usize)>,
    pub reached: bool,
    /// Answered, timed out, or its page is gone.
    pub settled: bool,
    /// Its page is gone before an answer.
    pub abandoned: bool,
    /// It never reaches the platform.
    pub cancelled: bool,
    /// Its lock was taken away, past the deadline.
    pub lock_stolen: bool,
}

fn fault(code: ErrorCode) -> Error {
    Error::new(code)
}

impl World {
    fn fate(&mut self) -> Fate {
        if let Some(fate) = self.fates.pop_front() {
            return fate;
        }
        if !self.online || self.outage {
            return Fate::Lost { acted: false, hang: self.online && self.dice.percent(30) };
        }
        if self.quiet {
            return Fate::Fine;
        }
        let longest = if self.dice.percent(5) { self.plan.lifetime / 250 } else { 90 };
        let retry_after =
            if self.dice.percent(40) { Some(self.dice.between(1, longest) * 1000) } else { None };
        let acted = self.dice.percent(50);
        let hang = self.dice.percent(30);
        for (class, chance, fate) in [
            (Fault::Loss, 15, Fate::Lost { acted, hang }),
            (Fault::Overload, 15, Fate::Busy { acted: acted && retry_after.is_none(), retry_after }),
            (Fault::Unreadable, 8, Fate::Unreadable),
            (Fault::Loss, 2, Fate::Garbled),
            (Fault::WrongUser, 2, Fate::WrongUser),
        ] {
            if self.plan.has(class) && self.dice.percent(chance) {
                self.stats.faults += 1;
                return fate;
            }
        }
        if self.plan.has(Fault::Slow) && self.dice.percent(20) {
            return Fate::Slow(self.dice.below(self.plan.timeout * 3 / 2));
        }
        Fate::Fine
    }

    /// A client sends something.
    pub fn send(&mut self, doc: DocId, id: u32, url: &str, form: Option<String>) {
        let pairs = parse(form.as_deref().unwrap_or_default());
        let field = |name: &str| {
            let found = pairs.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        let ticket = self.locks.session_of(doc);
        let what = if url.ends_with("/revoke") {
            let token = field("token");
            self.check_revoked(doc, &token);
            What::Revoke(token)
        } else if url.ends_with("/openid-configuration") {
            What::Metadata
        } else if url.ends_with("/keys") {
            What::Keys
        } else if field("grant_type") == "refresh_token" {
            let token = field("refresh_token");
            self.check_send(doc, ticket, &token);
            What::Refresh(token)
        } else {
            let (code, verifier) = (field("code"), field("code_verifier"));
            self.check_code(doc, &code);
            What::Code { code, verifier, redirect: field("redirect_uri") }
        };
        let generation = match &self.docs[doc].seen {
            Seen::In { generation, .. } => *generation,
            _ => 0,
        };
        let number = self.requests.len();
        let mut fate = self.fate();
        if !matches!(what, What::Refresh(_) | What::Code { .. }) && fate == Fate::WrongUser {
            fate = Fate::Fine;
        }
        let up = self.dice.between(40, 300);
        let mut down = self.dice.between(40, 300);
        if let Fate::Slow(more) = fate {
            down += more;
        }
        let sent = self.truth();
        note!(self, "      request {number} by doc {doc}: {what:?} will be {fate:?}");
        self.tell(|world| {
            let entry = Entry::new("sent").tab(world.docs[doc].tab).number(number as u64);
            entry.token(what.token()).text(what.name())
        });
        self.requests.push(Request {
            doc,
            id,
            ticket,
            generation,
            what,
            fate,
            sent,
            down,
            outcome: None,
            refused: false,
            reused: false,
            issue: None,
            reached: false,
            settled: false,
            abandoned: false,
            cancelled: false,
            lock_stolen: false,
        });
        if self.plan.defect == Some(Defect::EarlyUnlock)
            && let Some(ticket) = ticket
            && matches!(self.requests[number].what, What::Refresh(_))
        {
            self.release((doc, ticket));
        }
        if self.online {
            self.later(up, Job::Reach(number));
        } else {
            self.requests[number].outcome = Some(unreached());
            self.to(2, doc, Input::Answer(number));
        }
        let timeout = self.throttle(doc, self.plan.timeout);
        self.to(timeout, doc, Input::Timeout(number));
    }

    /// The platform has it.
    pub fn reach_platform(&mut self, number: usize) {
        let request = &mut self.requests[number];
        if request.cancelled || request.reached {
            if request.cancelled && !request.reached {
                self.tell_request(number, "never_arrived", "");
            }
            return;
        }
        request.reached = true;
        let (fate, down, doc, sent) = (request.fate, request.down, request.doc, request.sent);
        let acts = match fate {
            Fate::Lost { acted, .. } | Fate::Busy { acted, .. } => acted,
            Fate::Unreadable => false,
            _ => true,
        };
        let answer = if acts { self.act(number, sent) } else { unreached() };
        match &answer {
            _ if !acts => self.tell_request(number, "never_arrived", fate.name()),
            _ => self.tell_arrival(number),
        }
        let outcome = match fate {
            Fate::Fine | Fate::Slow(_) => answer,
            Fate::WrongUser => match answer {
                TokenOutcome::Tokens(tokens) => wrong_user(*tokens),
                other => other,
            },
            Fate::Lost { hang: true, .. } => return,
            Fate::Lost { .. } | Fate::Unreadable => unreached(),
            Fate::Garbled => TokenOutcome::Indeterminate { error: fault(ErrorCode::TokenResponseInvalid) },
            Fate::Busy { acted, retry_after } => {
                let code = if acted || number.is_multiple_of(2) {
                    ErrorCode::PlatformUnavailable
                } else {
                    ErrorCode::RateLimited
                };
                let retry_after = Millis(retry_after.unwrap_or_default());
                TokenOutcome::Indeterminate { error: fault(code).after(retry_after) }
            }
        };
        self.requests[number].outcome = Some(outcome);
        self.to(down, doc, Input::Answer(number));
    }

    fn act(&mut self, number: usize, asked: i64) -> TokenOutcome {
        let by = By { request: number, asked, rotation: self.plan.rotation, lifetime: self.plan.lifetime };
        let refused = || TokenOutcome::Refused { error: fault(ErrorCode::CodeRefused), grant: true };
        match &self.requests[number].what {
            What::Metadata | What::Keys => refused(),
            What::Revoke(token) => {
                let token = token.clone();
                self.platform.revoke(&token);
                refused()
            }
            What::Code { code, verifier, redirect } => {
                let tokens = self.platform.exchange(by, code, verifier, redirect);
                let Some(tokens) = tokens else { return refused() };
                self.requests[number].issue = Some((self.platform.families.len() - 1, 0));
                TokenOutcome::Tokens(Box::new(tokens))
            }
            What::Refresh(token) => {
                let token = token.clone();
                let family = super::platform::numbers(&token).0;
                match self.platform.refresh(by, &token) {
                    Refreshed::Tokens(tokens) => {
                        self.stats.refreshes += 1;
                        let index = self.platform.families[family].issues.len() - 1;
                        self.requests[number].issue = Some((family, index));
                        self.check_refresh(number, family, index);
                        TokenOutcome::Tokens(tokens)
                    }
                    Refreshed::Refused { reuse } => {
                        note!(
                            self,
                            "      the platform refuses {token}{}",
                            if reuse { ": it was used before" } else { "" }
                        );
                        self.requests[number].refused = true;
                        self.requests[number].reused = reuse;
                        if reuse {
                            self.check_reuse(number, &token);
                        }
                        refused()
                    }
                }
            }
        }
    }

    pub fn answer(&mut self, doc: DocId, number: usize) {
        let request = &mut self.requests[number];
        if request.settled {
            return;
        }
        let Some(outcome) = request.outcome.take() else { return };
        request.settled = true;
        let id = request.id;
        self.tell_request(number, "answered", name_of(&outcome));
        let response = self.response(number, &outcome);
        self.oracle_answers(doc, number, &outcome);
        self.step(doc, ClientInput::Response(id, response));
    }

    /// What the client gets to see of it.
    fn response(&self, number: usize, outcome: &TokenOutcome) -> Result<HttpResponse, NoResponse> {
        let request = &self.requests[number];
        let answer = |status: u16, body: String, retry_after: Millis| {
            Ok(HttpResponse { status, body: Some(body), retry_after })
        };
        match outcome {
            TokenOutcome::Indeterminate { error } => match error.code {
                ErrorCode::NetworkError => Err(NoResponse::Network),
                ErrorCode::Timeout => Err(NoResponse::Timeout),
                ErrorCode::RateLimited => answer(429, String::new(), error.retry_after),
                ErrorCode::TokenResponseInvalid => answer(200, "<html>".into(), Millis(0)),
                _ => answer(503, String::new(), error.retry_after),
            },
            _ if matches!(request.what, What::Metadata) => answer(200, metadata(), Millis(0)),
            _ if matches!(request.what, What::Keys) => answer(200, keys(), Millis(0)),
            _ if matches!(request.what, What::Revoke(_)) => answer(200, String::new(), Millis(0)),
            TokenOutcome::Tokens(tokens) => {
                answer(200, self.token_response(request, tokens, false), Millis(0))
            }
            TokenOutcome::Unusable { .. } => {
                let tokens = self.platform.last(request.issue, self.plan.rotation, self.plan.lifetime);
                answer(200, self.token_response(request, &tokens, true), Millis(0))
            }
            _ => answer(400, r#"{"error":"invalid_grant"}"#.into(), Millis(0)),
        }
    }

    fn token_response(&self, request: &Request, tokens: &Tokens, wrong_user: bool) -> String {
        let refresh = tokens
            .refresh
            .as_ref()
            .map_or(String::new(), |token| format!(r#""refresh_token":"{}","#, token.expose()));
        let family = request.issue.map_or(0, |(family, _)| family);
        let user = self.platform.families[family].user;
        // A refresh may leave the ID token out.
        let id_token = match (&request.what, wrong_user) {
            (What::Refresh(_), false) => String::new(),
            (_, wrong_user) => {
                let subject = if wrong_user { "wrong_user".to_owned() } else { format!("user.{user}") };
                let iat = (super::world::EPOCH + self.truth() + self.jumped) / 1000;
                let claims = format!(
                    r#"{{"iss":"{}","sub":"{subject}","aud":"{}","iat":{iat},"exp":{},"nonce":"{}"}}"#,
                    super::ISSUER,
                    super::CLIENT,
                    iat + 3600,
                    if wrong_user { "another" } else { "nonce" },
                );
                let header = base64url(r#"{"alg":"ES256"}"#);
                format!(r#""id_token":"{header}.{}.{}","#, base64url(claims), base64url("signature"))
            }
        };
        format!(
            r#"{{"access_token":"{}","token_type":"Bearer","expires_in":{},{refresh}{id_token}"scope":"openid"}}"#,
            tokens.access.expose(),
            tokens.lifetime.0 / 1000,
        )
    }

    pub fn time_out(&mut self, doc: DocId, number: usize) {
        let request = &mut self.requests[number];
        if request.settled {
            return;
        }
        request.settled = true;
        request.cancelled |= !request.reached && number.is_multiple_of(2);
        let id = request.id;
        self.tell_request(number, "answered", "timeout");
        let outcome = TokenOutcome::Indeterminate { error: fault(ErrorCode::Timeout) };
        self.oracle_answers(doc, number, &outcome);
        self.step(doc, ClientInput::Response(id, Err(NoResponse::Timeout)));
    }

    /// The client has given it up; the platform may have it all the same.
    pub fn cancel(&mut self, doc: DocId, id: u32) {
        for number in self.recent()..self.requests.len() {
            let request = &mut self.requests[number];
            if request.doc == doc && request.id == id && !request.settled {
                request.settled = true;
                let outcome = TokenOutcome::Indeterminate { error: fault(ErrorCode::Timeout) };
                self.oracle_answers(doc, number, &outcome);
            }
        }
    }

    /// Older requests are settled long since.
    fn recent(&self) -> usize {
        self.requests.len().saturating_sub(100)
    }

    /// The page is gone: what is on its way may still arrive.
    pub fn abandon_requests(&mut self, doc: DocId) {
        for number in self.recent()..self.requests.len() {
            let request = &self.requests[number];
            if request.doc == doc && !request.settled {
                let cancelled = !request.reached && self.dice.percent(50);
                let request = &mut self.requests[number];
                (request.settled, request.abandoned) = (true, true);
                request.cancelled |= cancelled;
            }
        }
    }

    /// The requests that are on their way, or their answers, are lost.
    pub fn lose_requests(&mut self) {
        for number in self.recent()..self.requests.len() {
            let Request { settled, reached, .. } = self.requests[number];
            if !settled {
                self.tell_request(number, if reached { "answer_lost" } else { "never_arrived" }, "");
            }
        }
        self.break_connections(100);
    }

    /// Connections break: a sleep, or the network goes.
    pub fn break_connections(&mut self, chance: i64) {
        for number in self.recent()..self.requests.len() {
            if !self.requests[number].settled && self.dice.percent(chance) {
                let request = &mut self.requests[number];
                request.cancelled |= !request.reached;
                request.reached = true;
                request.outcome = Some(unreached());
                let doc = request.doc;
                self.to(1, doc, Input::Answer(number));
            }
        }
    }

    /// The requests of `token` that a page still waits for.
    pub fn in_flight<'a>(&'a self, token: &'a str) -> impl Iterator<Item = &'a Request> {
        let open = self.requests[self.recent()..].iter().filter(|request| !request.settled);
        open.filter(move |request| matches!(&request.what, What::Refresh(sent) if sent == token))
    }
}

fn metadata() -> String {
    let issuer = super::ISSUER;
    format!(
        r#"{{"issuer":"{issuer}","authorization_endpoint":"{issuer}/oauth2/authorize","token_endpoint":"{issuer}/oauth2/token","jwks_uri":"{issuer}/keys"}}"#
    )
}

fn keys() -> String {
    r#"{"keys":[{"kty":"EC","crv":"P-256","x":"x","y":"y"}]}"#.into()
}

/// An ID token of another user.
fn wrong_user(tokens: Tokens) -> TokenOutcome {
    TokenOutcome::Unusable { error: fault(ErrorCode::IdTokenInvalid), refresh: tokens.refresh }
}

fn unreached() -> TokenOutcome {
    TokenOutcome::Indeterminate { error: fault(ErrorCode::NetworkError) }
}
