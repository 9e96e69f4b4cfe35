//! What does the gate need of a head? Read in one pass, screened, and bound to
//! the origin it means.

use std::sync::Arc;

use gatelet_texts::Language;

use crate::access::{Denied, Person, Visitor};
use crate::access_token::{AccessToken, PREFIX};
use crate::cookie::{RawCookies, is_ours_raw};
use crate::decide::Edits;
use crate::destination::{self, Destination};
use crate::error::Code;
use crate::forwarded::{self, Claimed};
use crate::head::{FIELDS_MAX, Fields, Head, Lines};
use crate::identity::{self, Identity};
use crate::key::KeyRing;
use crate::negotiate::{Reader, Reading, Signs};
use crate::origin::Origin;
use crate::origins::NoOrigin;
use crate::passphrase;
use crate::reply::Reply;
use crate::reserved::{Reserved, reserved};
use crate::return_target::ReturnTarget;
use crate::scan;
use crate::section;
use crate::settings::GateSettings;

/// A request that is HTTP, within limits, and for one of our origins.
pub(crate) struct Request<'a> {
    pub(crate) head: Head<'a>,
    pub(crate) origin: Arc<Origin>,
    pub(crate) signs: Signs<'a>,
    keys: &'a KeyRing,
    claimed: Claimed<'a>,
    seen: Seen<'a>,
    /// What a cookie holds, and what the app gets in its place.
    replaced: Option<(Vec<u8>, String)>,
}

/// Whom an answer is for, where the app does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MeantFor {
    /// Whoever asks.
    Everybody,
    /// Whoever asked this time: by who they are, or by what they know.
    Visitor,
}

/// The origin that a head means, whoever may say so.
pub(crate) fn origin(
    head: &Head<'_>,
    settings: &GateSettings,
    now: u64,
) -> Result<Arc<Origin>, NoOrigin> {
    let claimed = Claimed::read(head, &settings.trusted_proxies);
    claimed.find(head, |host| settings.origins.resolve(host, now))
}

/// What one pass over the fields finds.
#[derive(Default)]
struct Seen<'a> {
    first_cookie: Option<&'a [u8]>,
    /// The fields after the first `Cookie`, where there is a second.
    more_cookies: Option<&'a [u8]>,
    host: Option<&'a [u8]>,
    /// Where it wants something put.
    destination: Option<Destination<'a>>,
    /// What it shows of a personal access token, in whatever form.
    token: Option<&'a [u8]>,
    signs: Signs<'a>,
    /// Whether any field must not reach the app.
    reserved: bool,
}

impl<'a> Request<'a> {
    /// Reads a head. The error is the reply to what cannot be judged.
    pub(crate) fn read(
        head: &Head<'a>,
        settings: &'a GateSettings,
        now: u64,
    ) -> Result<Self, Reply> {
        let refuse =
            |code, seen: &Seen<'_>| Reply::refusal(code, seen.signs.reading(&Language::ALL), "");
        let unread = |code| Reply::refusal(code, Signs::of(head).reading(&Language::ALL), "");
        head.screen().map_err(unread)?;
        let seen = Seen::read(head).map_err(unread)?;
        let claimed = Claimed::read(head, &settings.trusted_proxies);
        // RFC 9112 §3.2: a request that names two hosts is nobody's.
        if seen
            .host
            .is_some_and(|host| !host.eq_ignore_ascii_case(head.authority.as_bytes()))
        {
            return Err(refuse(Code::RequestMalformed, &seen));
        }
        let origin = claimed
            .find(head, |host| settings.origins.resolve(host, now))
            .map_err(|none| refuse(none.code, &seen))?;
        if forwarded::in_clear(head, &claimed, &origin) {
            return Err(Reply::to_https(head, &seen.signs, &origin));
        }
        Ok(Self {
            head: *head,
            origin,
            signs: seen.signs,
            keys: &settings.keys,
            claimed,
            seen,
            replaced: None,
        })
    }

    /// Has the app get another value in the place of this one, whichever cookie has it.
    pub(crate) fn replace_cookie(&mut self, before: Vec<u8>, after: String) {
        self.replaced = Some((before, after));
    }

    /// Every cookie of the request.
    pub(crate) fn cookies(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        let first = RawCookies::new(self.seen.first_cookie.unwrap_or_default());
        let more = Fields::new(self.seen.more_cookies.unwrap_or_default()).named("cookie");
        first.chain(more.flat_map(RawCookies::new))
    }

    /// The personal access token that it shows: none where it shows none, an error where
    /// what it shows is nobody's.
    pub(crate) fn token(&self) -> Result<Option<AccessToken>, Code> {
        let Some(shown) = self.seen.token else {
            return Ok(None);
        };
        let text = core::str::from_utf8(shown).map_err(|_| Code::TokenInvalid)?;
        AccessToken::parse(text).map(Some).ok_or(Code::TokenInvalid)
    }

    /// The provider whose access token the app gets with this request. Not on paths that
    /// are open to everybody: they are many, and what is there asks nobody for anything.
    pub(crate) fn wants_token_of(&self) -> Option<&str> {
        let provider = self.origin.handed_provider()?;
        let is_open = |path| self.origin.access().is_open(self.head.method, path);
        (!is_open(self.head.path())).then_some(provider)
    }

    /// Whether the rules let somebody, or nobody known, see what is asked for.
    pub(crate) fn admit(
        &self,
        identity: Option<&Identity<'_>>,
        now: u64,
    ) -> Result<MeantFor, Denied> {
        let access = self.origin.access();
        let meant_for = match identity {
            Some(_) => MeantFor::Visitor,
            None => MeantFor::Everybody,
        };
        if identity.is_some() && access.signed_in_suffices() {
            return Ok(meant_for);
        }
        let mut visitor = Visitor {
            person: identity.map(|identity| Person {
                email: identity.email,
                email_verified: identity.email_verified,
                groups: identity.groups,
                amr: identity.amr,
                age: identity.age(now),
            }),
            knows_passphrase: false,
        };
        let judge = |visitor: &Visitor<'_>| {
            access.judge(self.head.method, self.head.path(), visitor)?;
            match &self.seen.destination {
                Some(there) => access.judge(self.head.method, there.path(), visitor),
                None => Ok(()),
            }
        };
        match judge(&visitor) {
            // Looked for only where it would help: it costs a MAC.
            Err(_)
                if access.ask_for_a_passphrase()
                    && passphrase::is_known(self.cookies(), &self.origin, self.keys, now) =>
            {
                visitor.knows_passphrase = true;
                judge(&visitor).map(|()| MeantFor::Visitor)
            }
            judged => judged.map(|()| meant_for),
        }
    }

    /// Has browsers use HTTPS alone where the origin says so. By plain HTTP nobody may
    /// say it (RFC 6797 §7.2), and [`Request::read`] turned that away.
    fn insist(&self, response: &mut Lines) {
        if let Some(value) = self.origin.transport_security() {
            response.push("strict-transport-security", value);
        }
    }

    /// The reply to whoever is not let in; `absent` says why nobody is signed in, or
    /// why whoever is does not count.
    pub(crate) fn deny(
        &self,
        denied: Denied,
        identity: Option<&Identity<'_>>,
        absent: Code,
    ) -> Reply {
        let mut reply = self.denial(denied, identity, absent);
        self.insist(&mut reply.fields);
        reply
    }

    fn denial(&self, denied: Denied, identity: Option<&Identity<'_>>, absent: Code) -> Reply {
        let navigates = self.signs.is_navigation(self.head.method);
        let target = || ReturnTarget::parse(self.head.target).unwrap_or_default();
        let code = match (denied, identity) {
            (Denied::OtherAccount | Denied::Group | Denied::SignIn, Some(identity)) => {
                let target = if navigates {
                    target()
                } else {
                    ReturnTarget::default()
                };
                let (reading, site) = (self.reading(), self.origin.site_name());
                let code = match denied {
                    Denied::OtherAccount => Code::AccessOrg,
                    Denied::Group => Code::AccessGroup,
                    _ => absent,
                };
                return Reply::other_account(code, reading, site, identity.email, &target);
            }
            (Denied::Passphrase, _) => Code::AccessPassphrase,
            (Denied::Recent, _) => Code::AccessRecent,
            (Denied::Passkey, _) => Code::AccessPasskey,
            (Denied::SecondFactor, _) => Code::AccessSecondFactor,
            (Denied::SignIn | Denied::OtherAccount | Denied::Group, _) => absent,
        };
        // The sign-in pages are another component's. Were they routed here, sending
        // people there would go round in circles.
        if self.head.target.starts_with("/auth/") {
            return self.refusal(code);
        }
        match (navigates, self.signs.visits()) {
            // No frame shows those pages.
            (true, _) if self.signs.framed => {
                Reply::framed(code, self.reading(), self.origin.site_name(), &target())
            }
            (true, _) => Reply::sign_in(code, &target()),
            (false, Some(script)) => {
                let is_read = matches!(self.head.method, "GET" | "HEAD");
                let target = is_read.then(target).unwrap_or_default();
                Reply::sign_in_by(script, code, self.reading().language, &target)
            }
            (false, None) => self.refusal(code),
        }
    }

    /// A denial, for whoever reads it.
    pub(crate) fn refuse(&self, code: Code) -> Reply {
        let mut reply = self.refusal(code);
        self.insist(&mut reply.fields);
        reply
    }

    /// Who reads what is said, in which of the origin's languages.
    fn reading(&self) -> Reading {
        self.signs.reading(self.origin.languages())
    }

    fn refusal(&self, code: Code) -> Reply {
        let (reading, site) = (self.reading(), self.origin.site_name());
        match (code.status(), reading.reader, self.head.method) {
            (401, Reader::Person, "POST") => Reply::unsent(code, reading.language, site),
            // No page sends these: a script does, and would show ours raw.
            (401, _, method) if !self.signs.is_navigation(method) => {
                let reader = Reader::Program;
                Reply::refusal(code, Reading { reader, ..reading }, site)
            }
            _ => Reply::refusal(code, reading, site),
        }
    }

    /// The edits with which the request goes to the app, on behalf of somebody
    /// or of nobody.
    pub(crate) fn forward(
        &self,
        identity: Option<Identity<'_>>,
        meant_for: MeantFor,
        now: u64,
    ) -> Edits {
        let window = self.origin.lifetimes().window_seconds();
        let until = identity.map_or(u64::MAX, |identity| identity.good_until);
        let mut remove = Vec::new();
        let mut set = Lines::with_capacity(512);
        if self.seen.reserved {
            self.strip(&mut remove);
        }
        if self.seen.token.is_some() {
            // The app must not be able to use it elsewhere.
            remove.push("authorization".to_owned());
        }
        let there = self.seen.destination.as_ref();
        if let Some(there) = there.and_then(|there| there.at_home(self.origin.base_url())) {
            set.push("destination", there);
        }
        identity::set(identity, &mut set);
        let mut response = Lines::new();
        self.insist(&mut response);
        if meant_for == MeantFor::Visitor {
            response.push(section::CACHING, "private");
        }
        forwarded::tell(&self.head, &self.claimed, &self.origin, &mut set);
        Edits {
            upstream: self.origin.upstream().as_str().to_owned(),
            remove,
            cookies: self.cookies_for_the_app(),
            set,
            response,
            holds_seconds: window.min(until.saturating_sub(now)),
        }
    }

    /// What the app gets in the place of the visitor's cookies. Ours are for us: it must not
    /// be able to leak them. None where none is ours and none is replaced: then they stay as
    /// they came.
    fn cookies_for_the_app(&self) -> Option<Vec<u8>> {
        let mut changed = self.replaced.is_some();
        let mut others = Vec::new();
        for (name, value) in self.cookies() {
            if is_ours_raw(name) {
                changed = true;
            } else if !scan::has_control(name) && !scan::has_control(value) {
                if others.is_empty() {
                    others.reserve(self.seen.first_cookie.map_or(0, <[u8]>::len));
                } else {
                    others.extend_from_slice(b"; ");
                }
                // Without a name it has no sign of one, unless it would seem to have another's.
                if !name.is_empty() || value.contains(&b'=') {
                    others.extend_from_slice(name);
                    others.push(b'=');
                }
                others.extend_from_slice(match &self.replaced {
                    Some((before, after)) if value == before.as_slice() => after.as_bytes(),
                    _ => value,
                });
            }
        }
        changed.then_some(others)
    }

    /// Names what a visitor may not tell the app, in the spelling it came in.
    fn strip(&self, remove: &mut Vec<String>) {
        for field in self.head.fields() {
            let Some(reserved) = reserved(field.name) else {
                continue;
            };
            let name = String::from_utf8_lossy(field.name);
            let may_be_asked_for = match reserved {
                Reserved::Override => true,
                Reserved::Front => self.claimed.believed,
                Reserved::Ours | Reserved::Misspelt => false,
            };
            let passes = may_be_asked_for && self.origin.passes(&name);
            if !passes && !remove.iter().any(|removed| *removed == name) {
                remove.push(name.into_owned());
            }
        }
    }
}

impl<'a> Seen<'a> {
    fn read(head: &Head<'a>) -> Result<Self, Code> {
        let mut seen = Self::default();
        let mut fields = head.fields();
        let mut count = 0;
        let mut after_first_cookie: &[u8] = &[];
        while let Some(field) = fields.next() {
            count += 1;
            match field.name {
                b"cookie" => {
                    if seen.first_cookie.is_none() {
                        seen.first_cookie = Some(field.value);
                        after_first_cookie = fields.rest();
                    } else {
                        seen.more_cookies = Some(after_first_cookie);
                    }
                }
                b"host" => {
                    if seen.host.replace(field.value).is_some() {
                        return Err(Code::RequestMalformed);
                    }
                }
                b"authorization" if let Some(token) = bearer(field.value) => {
                    // Two are two people.
                    if seen.token.replace(token).is_some() {
                        return Err(Code::RequestMalformed);
                    }
                }
                b"destination" if destination::is_read_by(head.method) => {
                    let there = Destination::parse(field.value);
                    // Who knows which one the app goes by.
                    if seen.destination.replace(there).is_some() {
                        return Err(Code::RequestMalformed);
                    }
                }
                name if seen.signs.note(name, field.value) => {}
                name => seen.reserved |= reserved(name).is_some(),
            }
        }
        // A line that is no field hides all that comes after it.
        if !fields.rest().is_empty() {
            return Err(Code::RequestMalformed);
        }
        if count > FIELDS_MAX {
            return Err(Code::FieldsTooLarge);
        }
        Ok(seen)
    }
}

/// What stands behind `Bearer` (RFC 6750 §2.1) where it looks like a personal access token
/// of ours; any other is the app's.
pub(crate) fn bearer(value: &[u8]) -> Option<&[u8]> {
    const SCHEME: usize = "bearer ".len();
    let (scheme, token) = value.split_at_checked(SCHEME)?;
    let token = token.trim_ascii();
    (scheme.eq_ignore_ascii_case(b"bearer ") && token.starts_with(PREFIX.as_bytes()))
        .then_some(token)
}
