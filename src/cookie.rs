//! Does this browser hold a session that we signed for this origin? Cookies in
//! and out.

use core::fmt::Write as _;
use core::ops::Deref;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::claims::{Claims, OversizedClaims};
use crate::error::Code;
use crate::head::Lines;
use crate::key::{KEY_ID_MAX_BYTES, KeyRing, MAC_TEXT_BYTES, decode_mac};
use crate::scan;

mod recent;

pub(crate) use recent::{Authentic, Recent};

/// Longest `Set-Cookie` that browsers keep, in bytes (RFC 6265 §6.1).
pub const SET_COOKIE_MAX_BYTES: usize = 4096;
/// Longest session cookie that is looked at, in bytes. What [`sign`] makes is
/// shorter by the limits of its claims.
pub const VALUE_MAX_BYTES: usize = 2752;
/// Most cookies of a request that are looked at.
pub const COOKIES_MAX: usize = 256;
/// Most session cookies whose signature is checked: each costs a MAC.
pub const TRIES_MAX: usize = 8;

const VERSION: &str = "v1.";

/// Claims with proof that we signed them, for this audience, and that they have not run
/// out. Only [`crate::credential::recognise`] makes one.
#[derive(Debug)]
pub struct Verified<'a> {
    claims: Claims<'a>,
    told: &'a Lines,
}

/// Where a cookie is kept while its claims are looked at.
#[derive(Default)]
pub struct Scratch(Option<Arc<Authentic>>);

impl Scratch {
    /// Empty.
    #[must_use]
    pub const fn new() -> Self {
        Self(None)
    }
}

impl<'a> Verified<'a> {
    /// What an app is told of the user.
    pub(crate) const fn told(&self) -> &'a Lines {
        self.told
    }
}

/// The names and attributes of an origin's cookies.
///
/// Cookies know no port: what two servers on one host set by one name they would take
/// from each other. So a port that `base_url` names is in the names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookieNames {
    session: String,
    domain: Option<String>,
    secure: bool,
    port: Option<u16>,
}

/// Where an origin's cookies go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CookieScope {
    /// HTTPS, one host: `__Host-`.
    Host,
    /// HTTPS, every host of a domain (`example.com`): `__Secure-`.
    Domain(String),
    /// Plain HTTP, on loopback or knowingly: no prefix, no `Secure`.
    InsecureHost,
    /// Plain HTTP, every host of a domain.
    InsecureDomain(String),
}

/// How long a browser keeps a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieAge {
    /// This many seconds.
    Seconds(u64),
    /// Until the browser closes.
    BrowserSession,
    /// No longer: it is removed.
    Clear,
}

impl CookieNames {
    /// Names for a scope, at a host with this port where it is not its scheme's own.
    #[must_use]
    pub fn new(scope: CookieScope, port: Option<u16>) -> Self {
        let (session, domain, secure) = match scope {
            CookieScope::Host => ("__Host-gatelet", None, true),
            CookieScope::Domain(domain) => ("__Secure-gatelet", Some(domain), true),
            CookieScope::InsecureHost => ("gatelet", None, false),
            CookieScope::InsecureDomain(domain) => ("gatelet", Some(domain), false),
        };
        let mut session = session.to_owned();
        // Those who share a domain share its sessions, whatever their ports.
        if let (Some(port), None) = (port, &domain) {
            let written = write!(session, "-{port}");
            written.expect("a string takes all that is written to it");
        }
        Self {
            session,
            domain,
            secure,
            port,
        }
    }

    /// The same for what no other host is to read or to set, whoever shares sessions:
    /// `__Host-`, and plainly without `Domain` over plain HTTP.
    #[must_use]
    pub fn host_only(&self) -> Self {
        let scope = if self.secure {
            CookieScope::Host
        } else {
            CookieScope::InsecureHost
        };
        Self::new(scope, self.port)
    }

    /// The domain whose hosts have them in common, where there is one.
    #[must_use]
    pub fn domain(&self) -> Option<&str> {
        self.domain.as_deref()
    }

    /// Name of the session cookie, and what those of all others begin with.
    #[must_use]
    pub fn session(&self) -> &str {
        &self.session
    }

    /// Whether a cookie is of this server, and not of another on the same host: every
    /// one of ours that names its port, or none where it has none.
    #[must_use]
    pub fn own(&self, name: &str) -> bool {
        let named = bare(name.as_bytes()).and_then(|rest| rest.strip_prefix(b"-"));
        let first = named.and_then(|rest| rest.split(|byte| *byte == b'-').next());
        let port = first.and_then(|first| text(first)?.parse::<u16>().ok());
        is_ours(name) && port == self.port
    }

    /// Name of another cookie of ours: `csrf` → `__Host-gatelet-csrf`.
    #[must_use]
    pub fn named(&self, what: &str) -> String {
        [&self.session, "-", what].concat()
    }

    /// A `Set-Cookie` value for any cookie of ours. `HttpOnly`, `SameSite=Lax`,
    /// `Path=/`, and what the scope asks for.
    #[must_use]
    pub fn set(&self, name: &str, value: &str, age: CookieAge) -> String {
        let mut text = String::with_capacity(name.len() + value.len() + 96);
        self.write_set(&mut text, name, value, age);
        text
    }

    /// A `Set-Cookie` value that removes the session cookie.
    #[must_use]
    pub fn clear_session(&self) -> String {
        self.set(&self.session, "", CookieAge::Clear)
    }

    pub(crate) fn write_set(&self, text: &mut String, name: &str, value: &str, age: CookieAge) {
        text.push_str(name);
        text.push('=');
        text.push_str(value);
        self.write_attributes(text, age);
    }

    fn write_attributes(&self, text: &mut String, age: CookieAge) {
        text.push_str("; Path=/");
        if let Some(domain) = &self.domain {
            text.push_str("; Domain=");
            text.push_str(domain);
        }
        let written = match age {
            CookieAge::Seconds(seconds) => write!(text, "; Max-Age={seconds}"),
            CookieAge::BrowserSession => Ok(()),
            // Both: Max-Age wins where it is known (RFC 6265 §5.3).
            CookieAge::Clear => write!(text, "; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
        };
        written.expect("a string takes all that is written to it");
        text.push_str(if self.secure {
            "; HttpOnly; Secure; SameSite=Lax"
        } else {
            "; HttpOnly; SameSite=Lax"
        });
    }
}

/// Signs claims: the session cookie's value.
pub fn sign(claims: &Claims<'_>, keys: &KeyRing) -> Result<String, OversizedClaims> {
    let (id, mac) = keys.session_signer();
    let mut value = String::with_capacity(384);
    value.push_str(VERSION);
    value.push_str(id);
    value.push('.');
    claims.encode(&mut value)?;
    let mac = mac(value.as_bytes());
    value.push('.');
    URL_SAFE_NO_PAD.encode_string(mac, &mut value);
    Ok(value)
}

/// A `Set-Cookie` value with the signed claims, to be kept until they expire.
pub fn set_session(
    claims: &Claims<'_>,
    names: &CookieNames,
    keys: &KeyRing,
    now: u64,
) -> Result<String, OversizedClaims> {
    let value = sign(claims, keys)?;
    let age = CookieAge::Seconds(claims.expires_at.saturating_sub(now));
    let text = names.set(&names.session, &value, age);
    if text.len() > SET_COOKIE_MAX_BYTES {
        Err(OversizedClaims)
    } else {
        Ok(text)
    }
}

/// Why no cookie of the name counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoSession {
    /// None of the name.
    None,
    /// None that we signed for this audience.
    Invalid,
    /// One of ours that has run out.
    Expired,
}

impl From<NoSession> for Code {
    fn from(reason: NoSession) -> Self {
        match reason {
            NoSession::None => Self::SessionNone,
            NoSession::Invalid => Self::SessionInvalid,
            NoSession::Expired => Self::SessionExpired,
        }
    }
}

/// Finds the session among a request's cookies. Every cookie of the name is
/// tried, so that a bad copy does not hide the good one; of several good ones
/// the one that is fresh longest counts.
///
/// 1. `v1.<key id>.<claims>.<MAC>`, within the limits.
/// 2. The key id is one of ours.
/// 3. The MAC is that key's over all before the last dot, in constant time.
/// 4. The claims decode, with nothing left over.
/// 5. The audience is this one.
/// 6. It has not expired.
pub(crate) fn find<'c, 's>(
    cookies: impl Iterator<Item = (&'c [u8], &'c [u8])>,
    name: &str,
    keys: &KeyRing,
    audience: &str,
    now: u64,
    scratch: &'s mut Scratch,
) -> Result<Verified<'s>, NoSession> {
    let mut authentic = [const { None }; TRIES_MAX];
    let mut tries = 0;
    let mut reason = NoSession::None;
    for (_, value) in cookies
        .take(COOKIES_MAX)
        .filter(|(found, _)| *found == name.as_bytes())
    {
        reason = NoSession::Invalid;
        let Some(checked) = authenticate(value, keys) else {
            continue;
        };
        authentic[tries] = checked;
        tries += 1;
        if tries == TRIES_MAX {
            break;
        }
    }
    let mut authentic = authentic.into_iter().flatten();
    let Some(first) = authentic.next() else {
        return Err(reason);
    };
    // As a rule there is one.
    let best = authentic.fold(first, |best, next| {
        let rank = |cookie: &Authentic| rank(judge(cookie.claims(), audience, now));
        if rank(&next) >= rank(&best) {
            next
        } else {
            best
        }
    });
    let best = scratch.0.insert(best);
    let claims = judge(best.claims(), audience, now)?;
    let told = best.told();
    Ok(Verified { claims, told })
}

/// Steps 1 to 4: none where no key of ours is meant; else the cookie, where that key
/// signed it.
fn authenticate(value: &[u8], keys: &KeyRing) -> Option<Option<Arc<Authentic>>> {
    if let Some(known) = keys.recent().find(value) {
        return Some(Some(known));
    }
    let parts = Parts::split(value)?;
    if !keys.session_verifies(parts.key_id, parts.signed, &parts.mac)? {
        return Some(None);
    }
    let authentic = Authentic::new(value, parts.claims).map(Arc::new);
    if let Some(authentic) = &authentic {
        keys.recent().keep(authentic);
    }
    Some(authentic)
}

/// The one that is fresh longest of those that are good is best. Where none is, one that
/// has run out: it tells more than one that is not for here.
fn rank(judged: Result<Claims<'_>, NoSession>) -> (u8, u64) {
    match judged {
        Ok(claims) => (2, claims.fresh_until),
        Err(NoSession::Expired) => (1, 0),
        Err(NoSession::Invalid | NoSession::None) => (0, 0),
    }
}

/// Steps 5 and 6, for claims that we signed.
fn judge<'s>(claims: Claims<'s>, audience: &str, now: u64) -> Result<Claims<'s>, NoSession> {
    if claims.audience != audience {
        return Err(NoSession::Invalid);
    }
    if claims.is_expired(now) {
        return Err(NoSession::Expired);
    }
    Ok(claims)
}

/// A session cookie's value, taken apart.
struct Parts<'a> {
    key_id: &'a [u8],
    claims: &'a [u8],
    /// All that the MAC is over.
    signed: &'a [u8],
    mac: [u8; 32],
}

impl<'a> Parts<'a> {
    fn split(value: &'a [u8]) -> Option<Self> {
        if value.len() > VALUE_MAX_BYTES {
            return None;
        }
        let (signed, mac) = value.split_at_checked(value.len().checked_sub(MAC_TEXT_BYTES + 1)?)?;
        let mac = decode_mac(mac.strip_prefix(b".")?)?;
        let rest = signed.strip_prefix(VERSION.as_bytes())?;
        let dot = rest
            .iter()
            .take(KEY_ID_MAX_BYTES + 1)
            .position(|byte| *byte == b'.')?;
        let (key_id, claims) = rest.split_at(dot);
        Some(Self {
            key_id,
            claims: &claims[1..],
            signed,
            mac,
        })
    }
}

/// Cookies of one `Cookie` field, in order, as text. What is no UTF-8 or has a control
/// character is passed over. The name is empty where there is none.
#[derive(Clone, Debug)]
pub struct Cookies<'a>(RawCookies<'a>);

/// The same before it is known to be text (RFC 6265 §5.4 writes it, §4.2.1 says
/// how). No decoding, no unquoting: our values need neither.
#[derive(Clone, Debug, Default)]
pub(crate) struct RawCookies<'a>(&'a [u8]);

impl<'a> Cookies<'a> {
    /// Of a field's value.
    #[must_use]
    pub const fn new(value: &'a [u8]) -> Self {
        Self(RawCookies(value))
    }
}

impl<'a> RawCookies<'a> {
    /// Of a field's value.
    pub(crate) const fn new(value: &'a [u8]) -> Self {
        Self(value)
    }
}

impl<'a> Iterator for Cookies<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        self.0
            .find_map(|(name, value)| Some((text(name)?, text(value)?)))
    }
}

impl<'a> Iterator for RawCookies<'a> {
    type Item = (&'a [u8], &'a [u8]);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        while !self.0.is_empty() {
            let end = scan::find(b';', self.0).unwrap_or(self.0.len());
            let (pair, rest) = self.0.split_at(end);
            self.0 = rest.get(1..).unwrap_or_default();
            if let Some(equals) = pair.iter().position(|byte| *byte == b'=') {
                let (name, value) = pair.split_at(equals);
                return Some((trim(name), trim(&value[1..])));
            }
            // `document.cookie = "word"` makes a cookie without a name.
            let value = trim(pair);
            if !value.is_empty() {
                return Some((b"", value));
            }
        }
        None
    }
}

/// What a cookie's name or value is as text, if it is any.
pub(crate) fn text(bytes: &[u8]) -> Option<&str> {
    if scan::has_control(bytes) {
        return None;
    }
    core::str::from_utf8(bytes).ok()
}

/// Whether a cookie is one of ours: `gatelet` and `gatelet-…` with any prefix,
/// whichever this origin uses now. The app never sees them.
#[must_use]
pub fn is_ours(name: &str) -> bool {
    is_ours_raw(name.as_bytes())
}

/// The same for a name that may be no text.
#[inline]
pub(crate) fn is_ours_raw(name: &[u8]) -> bool {
    bare(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"-"))
}

/// What follows `gatelet` in a name, behind any prefix.
#[inline]
fn bare(name: &[u8]) -> Option<&[u8]> {
    name.strip_prefix(b"__Host-")
        .or_else(|| name.strip_prefix(b"__Secure-"))
        .unwrap_or(name)
        .strip_prefix(b"gatelet")
}

#[inline]
fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

impl<'a> Deref for Verified<'a> {
    type Target = Claims<'a>;

    fn deref(&self) -> &Claims<'a> {
        &self.claims
    }
}

#[cfg(test)]
mod tests;
