//! May this request pass, and as whom? The gateway's one question.

use core::fmt;

use crate::access_token::AccessToken;
use crate::backend::{Confirmed, Foreign, ForeignAnswer, ForeignLookUp, recognise_foreign};
use crate::claims::SessionToken;
use crate::cookie::Scratch;
use crate::credential::{self, LookUp, TokenLookUp, Usage, recognise};
use crate::error::{Code, StoreError};
use crate::handed::WantedToken;
use crate::head::{Head, Lines};
use crate::identity::Identity;
use crate::inquiry::{Finding, Inquiry, SessionFinding, SessionInquiry};
use crate::key::KeyRing;
use crate::negotiate::Reading;
use crate::reply::Reply;
use crate::request::{self, MeantFor, Request};
use crate::section::{self, Answer, Hop, Onward, Section};
use crate::session::{Resumed, StoredToken};
use crate::settings::GateSettings;

/// Whether this process answers: exact path, any host.
pub const LIVE_PATH: &str = "/health/live";
/// Whether the database does too.
pub const READY_PATH: &str = "/health/ready";

/// What to do with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Forward it upstream.
    Forward(Edits),
    /// Answer with this and forward nothing.
    Respond(Reply),
    /// The head alone does not settle it: see [`question`].
    Ask,
}

/// What to do to a request on its way, and to the response on its way back.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Edits {
    /// Base URL of the upstream: scheme and authority.
    pub upstream: String,
    /// Names of request fields to drop first, in the spelling they came in.
    pub remove: Vec<String>,
    /// What the request's Cookie field is then; without a byte, there is none. `None` leaves
    /// the cookies as they came, for none of them is ours. Bytes, for browsers send back
    /// whatever a server once set.
    pub cookies: Option<Vec<u8>>,
    /// Request fields to set at last, each replacing any of the name.
    pub set: Lines,
    /// Response fields to append.
    pub response: Lines,
    /// For how long whoever was let in may go on without being judged anew, where what
    /// they were let in to outlives its head: a WebSocket, an event stream.
    pub holds_seconds: u64,
}

/// Without cookies. Those that are set are told by name alone.
impl fmt::Debug for Edits {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Edits")
            .field("upstream", &self.upstream)
            .field("remove", &self.remove)
            .field("set", &self.set)
            .field("response", &self.response)
            .finish_non_exhaustive()
    }
}

impl Edits {
    /// Edits the request's header section.
    pub fn edit_request(&self, section: &mut impl Section, onward: Onward) -> Hop {
        let remove = self.remove.iter().map(String::as_str);
        let set = self.set.as_str().as_bytes();
        section::edit_request(section, remove, self.cookies.as_deref(), set, onward)
    }

    /// A reply in the app's place. What every answer of the origin says, it says too.
    #[must_use]
    pub fn instead(&self, mut reply: Reply) -> Reply {
        const FIELD: &str = "strict-transport-security";
        if let Some(value) = self.response.get(FIELD) {
            reply.fields.push(FIELD, value);
        }
        reply
    }

    /// Whether the response is to set a cookie, which matters where it comes late.
    #[must_use]
    pub fn sets_cookie(&self) -> bool {
        self.response.get("set-cookie").is_some()
    }

    /// Edits the response's header section. Answers whether it changed.
    pub fn edit_response(&self, section: &mut impl Section, answer: Answer) -> bool {
        let told = self.set.as_str().as_bytes();
        let kept = section::keep_home(section, &self.upstream, told);
        section::edit_response(section, answer, self.response.as_str().as_bytes()) | kept
    }
}

/// What is to be asked of the store where [`decide`] says [`Verdict::Ask`].
#[derive(Debug)]
pub enum Question {
    /// Nothing: this is the verdict.
    Settled(Verdict),
    /// Nothing: the origin's settings are no good, which the operator is to learn.
    Unusable(Unusable),
    /// `sessions.resume`, then [`Resume::answered`].
    Resume(Resume),
    /// `access-tokens.resume`, then [`TokenResume::answered`].
    Token(TokenResume),
    /// Whoever it says, then [`ForeignResume::answered`].
    Foreign(ForeignResume),
    /// `health.ready`, then [`ready_answered`].
    Ready,
}

/// An origin whose settings are no good.
#[derive(Debug)]
pub struct Unusable {
    /// What is wrong, for the operator's log: one line.
    pub line: String,
    /// What the visitor is told.
    pub reply: Reply,
}

/// A credential that the store is asked about, and beside that, whether its holder
/// was granted the app: in one call, for a stale request makes one round trip.
#[derive(Debug)]
pub struct Resume {
    /// Whose session, and until when?
    pub look_up: LookUp,
    /// The app that the user must have been granted, where there is one.
    pub app: Option<String>,
    /// The access token that the app gets beside that, where `auth` has one: asked for a
    /// request that arrives and is forwarded, see [`WantedToken::answered`].
    pub wanted: Option<WantedToken>,
}

/// A personal access token that the store is asked about, and what [`Resume::app`] is.
#[derive(Debug)]
pub struct TokenResume {
    /// Whose token?
    pub look_up: TokenLookUp,
    /// The app that the user must have been granted, where there is one.
    pub app: Option<String>,
}

/// Sessions of another program that are asked about.
#[derive(Debug)]
pub struct ForeignResume {
    /// Whose are these cookies?
    pub look_up: ForeignLookUp,
}

/// Judges a request by its head, at `now` in Unix seconds. No I/O.
#[must_use]
pub fn decide(head: &Head<'_>, settings: &GateSettings, now: u64) -> Verdict {
    match weigh(head, settings, now) {
        // What is wrong is for the operator's log, which is out of reach here.
        Weighed::Settled(Verdict::Respond(reply)) if reply.code == Some(Code::SettingsInvalid) => {
            Verdict::Ask
        }
        Weighed::Settled(verdict) => verdict,
        Weighed::Stale(..) | Weighed::Token(..) | Weighed::Foreign(_) | Weighed::Ready => {
            Verdict::Ask
        }
    }
}

/// What has to be asked of the store to judge this request.
#[must_use]
pub fn question(head: &Head<'_>, settings: &GateSettings, now: u64) -> Question {
    match weigh(head, settings, now) {
        Weighed::Settled(Verdict::Respond(reply)) if reply.code == Some(Code::SettingsInvalid) => {
            match request::origin(head, settings, now) {
                Err(none) if none.code == Code::SettingsInvalid => Question::Unusable(Unusable {
                    line: none.detail,
                    reply,
                }),
                _ => Question::Settled(Verdict::Respond(reply)),
            }
        }
        Weighed::Settled(verdict) => Question::Settled(verdict),
        Weighed::Ready => Question::Ready,
        Weighed::Stale(request, token) => Question::Resume(Resume {
            wanted: WantedToken::of(&request, &token),
            look_up: LookUp::new(token, &request.origin, now),
            app: request.origin.granted_app().map(str::to_owned),
        }),
        Weighed::Foreign(look_up) => Question::Foreign(ForeignResume { look_up }),
        Weighed::Token(request, token) => Question::Token(TokenResume {
            look_up: TokenLookUp::new(&token, &request.origin),
            app: request.origin.granted_app().map(str::to_owned),
        }),
    }
}

impl Question {
    /// It as data, for whoever can answer it: what is looked for is in use or not. None
    /// where nothing is asked.
    #[must_use]
    pub fn inquiry(&self, usage: Usage) -> Option<Inquiry> {
        Some(match self {
            Self::Settled(_) => return None,
            Self::Unusable(unusable) => Inquiry::Problem(unusable.line.clone()),
            Self::Ready => Inquiry::Ready,
            Self::Resume(Resume {
                look_up,
                app,
                wanted,
            }) => Inquiry::Session(SessionInquiry {
                // What is open already had its head long ago.
                wanted: wanted.clone().filter(|_| usage == Usage::Arriving),
                ..look_up.inquiry(app.clone(), usage)
            }),
            Self::Token(TokenResume { look_up, app }) => {
                Inquiry::Token(look_up.inquiry(app.clone()))
            }
            Self::Foreign(ForeignResume { look_up }) => Inquiry::Foreign(look_up.inquiry(usage)),
        })
    }

    /// The verdict, once what it asks is answered. An answer to another question lets
    /// nobody in.
    #[must_use]
    pub fn answered(
        self,
        finding: Finding,
        head: &Head<'_>,
        settings: &GateSettings,
        now: u64,
    ) -> Verdict {
        match (self, finding) {
            (Self::Settled(verdict), _) => verdict,
            (Self::Unusable(unusable), _) => Verdict::Respond(unusable.reply),
            (Self::Ready, Finding::Ready(answer)) => ready_answered(answer),
            (Self::Resume(resume), Finding::Session(found)) => {
                let (resumed, handed) = match found {
                    Ok(Some(SessionFinding { resumed, handed })) => (Ok(Some(resumed)), handed),
                    Ok(None) => (Ok(None), None),
                    Err(error) => (Err(error), None),
                };
                match (resume.answered(resumed, head, settings, now), handed) {
                    (Verdict::Forward(edits), Some(handed)) => {
                        WantedToken::answered(handed, edits, head, settings, now)
                    }
                    (verdict, _) => verdict,
                }
            }
            (Self::Token(resume), Finding::Token(answer)) => {
                resume.answered(answer, head, settings, now)
            }
            (Self::Foreign(resume), Finding::Foreign(answer)) => {
                resume.answered(answer, head, settings, now)
            }
            (Self::Ready | Self::Resume(_) | Self::Token(_) | Self::Foreign(_), _) => {
                Verdict::Respond(Reply::refusal(Code::Internal, Reading::PROGRAM, ""))
            }
        }
    }
}

impl TokenResume {
    /// The verdict, once the store has answered. No cookie is set: a token is shown each
    /// time, and asked about each time.
    #[must_use]
    pub fn answered(
        self,
        answer: Result<Option<StoredToken>, StoreError>,
        head: &Head<'_>,
        settings: &GateSettings,
        now: u64,
    ) -> Verdict {
        let request = match Request::read(head, settings, now) {
            Ok(request) => request,
            Err(reply) => return Verdict::Respond(reply),
        };
        let found = match answer {
            Ok(found) => {
                found.and_then(|token| self.look_up.confirmed(token, &request.origin, now))
            }
            Err(error) => return without_store(&request, error, now),
        };
        let absent = match &found {
            None => Code::TokenInvalid,
            Some(token) => not_granted(&request, token.granted),
        };
        admitted(
            &request,
            found.as_ref().map(Identity::of_token),
            absent,
            now,
        )
    }
}

impl Resume {
    /// The verdict, once the store has answered: a re-signed cookie goes back on
    /// the response; a session that is gone takes its cookie along; a store that
    /// fails lets nobody in, and public paths still stand open.
    #[must_use]
    pub fn answered(
        self,
        answer: Result<Option<Resumed>, StoreError>,
        head: &Head<'_>,
        settings: &GateSettings,
        now: u64,
    ) -> Verdict {
        let request = match Request::read(head, settings, now) {
            Ok(request) => request,
            Err(reply) => return Verdict::Respond(reply),
        };
        let origin = &request.origin;
        let found = match answer {
            Ok(found) => found.and_then(|Resumed { session, granted }| {
                Some((self.look_up.confirmed(session, now)?, granted))
            }),
            Err(StoreError::Unavailable) => return in_grace(&request, &settings.keys, now),
            Err(error) => return without_store(&request, error, now),
        };
        let Some((session, granted)) = found else {
            return admitted(&request, None, Code::SessionExpired, now)
                .setting(&origin.cookies().clear_session());
        };
        match self.look_up.renewed(&session, origin, &settings.keys, now) {
            Ok(cookie) => {
                let identity = Identity::of_stored(&session);
                let absent = not_granted(&request, granted);
                admitted(&request, Some(identity), absent, now).setting(&cookie)
            }
            Err(_) => Verdict::Respond(request.refuse(Code::Internal)),
        }
    }
}

impl ForeignResume {
    /// The verdict, once the store has answered, as [`Resume::answered`]: what is signed
    /// for the browser is bound to the cookie that was good.
    #[must_use]
    pub fn answered(
        self,
        answer: Result<ForeignAnswer, StoreError>,
        head: &Head<'_>,
        settings: &GateSettings,
        now: u64,
    ) -> Verdict {
        let mut request = match Request::read(head, settings, now) {
            Ok(request) => request,
            Err(reply) => return Verdict::Respond(reply),
        };
        let origin = std::sync::Arc::clone(&request.origin);
        // Settings may have changed while the store was being asked.
        let Some(backend) = origin.backend().foreign() else {
            return admitted(&request, None, Code::SessionNone, now);
        };
        let found = match answer {
            Ok(found) => self.look_up.confirmed(&found, backend, now),
            Err(StoreError::Unavailable) => return in_grace(&request, &settings.keys, now),
            Err(error) => return without_store(&request, error, now),
        };
        let Some(found) = found else {
            return admitted(&request, None, Code::SessionExpired, now)
                .setting(&origin.cookies().clear_session());
        };
        let renewed = found.set_cookie(backend, &origin);
        let Confirmed {
            binding,
            session,
            replacement,
        } = found;
        let Ok(cookie) =
            session.set_cookie(binding, origin.lifetimes(), &origin, &settings.keys, now)
        else {
            let verdict = Verdict::Respond(request.refuse(Code::Internal));
            return renewed
                .iter()
                .fold(verdict, |verdict, set| verdict.setting(set));
        };
        if let Some((before, after)) = replacement {
            // The app reads what the browser has from now on: what it came with is spent.
            request.replace_cookie(before.into_bytes(), after);
        }
        let identity = Identity::of_stored(&session);
        let verdict = admitted(&request, Some(identity), Code::SessionNone, now).setting(&cookie);
        match renewed {
            Some(set) => verdict.unconditional().setting(&set),
            None => verdict,
        }
    }
}

impl Verdict {
    /// Has the app answer in full: what says that nothing was modified brings no cookie.
    fn unconditional(mut self) -> Self {
        if let Self::Forward(edits) = &mut self {
            let conditions = ["if-none-match", "if-modified-since"];
            edits.remove.extend(conditions.map(str::to_owned));
        }
        self
    }

    /// With a cookie for the browser, whichever it is.
    pub(crate) fn setting(mut self, cookie: &str) -> Self {
        let fields = match &mut self {
            Self::Forward(edits) => &mut edits.response,
            Self::Respond(reply) => &mut reply.fields,
            Self::Ask => return self,
        };
        fields.push("set-cookie", cookie);
        self
    }
}

/// The verdict where the store has failed: public paths stand open.
fn without_store(request: &Request<'_>, error: StoreError, now: u64) -> Verdict {
    match admitted(request, None, Code::SessionNone, now) {
        Verdict::Respond(_) => Verdict::Respond(request.refuse(error.into())),
        passed => passed,
    }
}

/// Why somebody known does not count, where the origin's app was not granted to them.
fn not_granted(request: &Request<'_>, granted: Option<bool>) -> Code {
    match request.origin.may_be_used(granted) {
        true => Code::SessionNone,
        false => Code::AppNotGranted,
    }
}

/// The verdict while the store is away, where a copy is believed for longer then. It
/// is not signed anew: nobody has said that its session still is.
fn in_grace(request: &Request<'_>, keys: &KeyRing, now: u64) -> Verdict {
    let origin = &request.origin;
    let mut scratch = Scratch::new();
    let copy = credential::copy(|| request.cookies(), origin, keys, now, &mut scratch);
    let believed = copy.filter(|copy| origin.believes_without_store(copy, now));
    let identity = believed.as_ref().map(Identity::of);
    let is_known = identity.is_some();
    match admitted(request, identity, Code::SessionNone, now) {
        Verdict::Respond(_) if !is_known => {
            Verdict::Respond(request.refuse(StoreError::Unavailable.into()))
        }
        verdict => verdict,
    }
}

/// The reply to [`READY_PATH`], once the store has answered.
#[must_use]
pub fn ready_answered(answer: Result<(), StoreError>) -> Verdict {
    Verdict::Respond(match answer {
        Ok(()) => Reply::healthy(),
        Err(error) => Reply::unready(error.into()),
    })
}

enum Weighed<'a> {
    Settled(Verdict),
    Stale(Request<'a>, SessionToken),
    Token(Request<'a>, AccessToken),
    Foreign(ForeignLookUp),
    Ready,
}

fn weigh<'a>(head: &Head<'a>, settings: &'a GateSettings, now: u64) -> Weighed<'a> {
    if head.target.starts_with("/health/") && matches!(head.method, "GET" | "HEAD") {
        match head.path() {
            LIVE_PATH => return Weighed::Settled(Verdict::Respond(Reply::healthy())),
            READY_PATH => return Weighed::Ready,
            _ => {}
        }
    }
    let request = match Request::read(head, settings, now) {
        Ok(request) => request,
        Err(reply) => return Weighed::Settled(Verdict::Respond(reply)),
    };
    // Nobody is looked for, and the store is not asked.
    if !request.origin.has_login() {
        return Weighed::Settled(admitted(&request, None, Code::LoginOff, now));
    }
    if let Some(backend) = request.origin.backend().foreign() {
        return weigh_foreign(&request, backend, &settings.keys, now);
    }
    // Whoever shows one means it, whatever cookies the program keeps.
    match request.token() {
        Ok(None) => {}
        Ok(Some(token)) => return Weighed::Token(request, token),
        Err(code) => return Weighed::Settled(admitted(&request, None, code, now)),
    }
    let origin = &request.origin;
    let mut scratch = Scratch::new();
    let (cookies, keys) = (request.cookies(), &settings.keys);
    let verdict = match recognise(cookies, origin, keys, now, &mut scratch) {
        Ok(credential) => match credential.believed(origin, now) {
            Some(claims) if request.wants_token_of().is_none() => {
                let identity = Identity::of(claims);
                admitted(&request, Some(identity), Code::SessionNone, now)
            }
            Some(_) | None => {
                let token = credential.token();
                return Weighed::Stale(request, token);
            }
        },
        Err(reason) => admitted(&request, None, reason.into(), now),
    };
    Weighed::Settled(verdict)
}

/// The same where another program keeps the sessions. Tokens of ours are of our users, who
/// are nobody there.
fn weigh_foreign<'a>(
    request: &Request<'a>,
    backend: Foreign<'_>,
    keys: &KeyRing,
    now: u64,
) -> Weighed<'a> {
    if !matches!(request.token(), Ok(None)) {
        return Weighed::Settled(admitted(request, None, Code::TokenInvalid, now));
    }
    let origin = &request.origin;
    let mut scratch = Scratch::new();
    let cookies = || request.cookies();
    let recognised = recognise_foreign(cookies, origin, backend, keys, now, &mut scratch);
    let none = match recognised {
        Ok(credential) => match credential.believed(origin, now) {
            Some(claims) => {
                let identity = Identity::of(claims);
                return Weighed::Settled(admitted(request, Some(identity), Code::SessionNone, now));
            }
            None => match credential.look_up(origin) {
                Ok(look_up) => return Weighed::Foreign(look_up),
                Err(none) => none,
            },
        },
        Err(none) => none,
    };
    Weighed::Settled(admitted(request, None, none.into(), now))
}

/// Forwards what the rules let this person, or nobody known, see. `absent` says
/// why nobody is signed in; whom an app was not granted to, it learns nothing of.
fn admitted(
    request: &Request<'_>,
    identity: Option<Identity<'_>>,
    absent: Code,
    now: u64,
) -> Verdict {
    // Also where it was switched off while the store was being asked.
    if !request.origin.has_login() {
        return Verdict::Forward(request.forward(None, MeantFor::Everybody, now));
    }
    let known = identity.filter(|_| absent != Code::AppNotGranted);
    match request.admit(known.as_ref(), now) {
        Ok(meant_for) => Verdict::Forward(request.forward(known, meant_for, now)),
        Err(denied) => Verdict::Respond(request.deny(denied, identity.as_ref(), absent)),
    }
}

#[cfg(test)]
mod tests;
