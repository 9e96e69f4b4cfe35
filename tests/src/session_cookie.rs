//! What if somebody had the key, or nearly? Takes session cookies apart and signs
//! them anew, written against the documented format and not with the code under
//! test: `v1.<kid>.<base64url postcard claims>.<base64url HMAC-SHA256>`.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::visitor::Visitor;

/// A session cookie's claims, in their order (times as in the cookie: when
/// issued, then seconds fresh and seconds good from then on).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionCookie {
    /// Id of the key that signs.
    pub key_id: String,
    /// The session token.
    pub token: Vec<u8>,
    /// User id.
    pub user_id: String,
    /// Email address.
    pub email: String,
    /// Whether it is verified.
    pub email_verified: bool,
    /// Display name.
    pub name: String,
    /// `password` or a provider's id.
    pub provider: String,
    /// Origin or shared domain.
    pub audience: String,
    /// Unix seconds.
    pub issued_at: u64,
    /// Seconds.
    pub fresh_seconds: u64,
    /// Seconds.
    pub good_seconds: u64,
    /// Methods by which somebody signed in, separated by spaces, and how many seconds
    /// before it was issued. None as cookies were before these were written.
    pub methods: Option<(String, u64)>,
    /// Names of groups, separated by commas; left out of the cookie where there are none.
    pub groups: String,
}

impl SessionCookie {
    /// Takes a cookie's value apart; fails the test when it is none.
    pub fn parse(value: &str) -> Self {
        let parts: Vec<&str> = value.split('.').collect();
        assert!(
            parts.len() == 4 && parts[0] == "v1",
            "a session cookie: {value}"
        );
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(parts[2]).expect("base64url");
        let mut rest = bytes.as_slice();
        let mut cookie = Self {
            key_id: parts[1].to_owned(),
            token: take_bytes(&mut rest),
            user_id: take_text(&mut rest),
            email: take_text(&mut rest),
            email_verified: take_number(&mut rest) == 1,
            name: take_text(&mut rest),
            provider: take_text(&mut rest),
            audience: take_text(&mut rest),
            issued_at: take_number(&mut rest),
            fresh_seconds: take_number(&mut rest),
            good_seconds: take_number(&mut rest),
            methods: None,
            groups: String::new(),
        };
        if !rest.is_empty() {
            cookie.methods = Some((take_text(&mut rest), take_number(&mut rest)));
        }
        if !rest.is_empty() {
            cookie.groups = take_text(&mut rest);
        }
        assert!(rest.is_empty(), "nothing is left over");
        cookie
    }

    /// The value, signed with an entry of `session_keys` (`kid:base64url`).
    pub fn signed_with(&self, key: &str) -> String {
        let signed = format!(
            "v1.{}.{}",
            self.key_id,
            BASE64_URL_SAFE_NO_PAD.encode(self.claims())
        );
        sign(&signed, key)
    }

    /// The encoded claims.
    pub fn claims(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_bytes(&mut out, &self.token);
        put_bytes(&mut out, self.user_id.as_bytes());
        put_bytes(&mut out, self.email.as_bytes());
        out.push(u8::from(self.email_verified));
        for text in [&self.name, &self.provider, &self.audience] {
            put_bytes(&mut out, text.as_bytes());
        }
        for number in [self.issued_at, self.fresh_seconds, self.good_seconds] {
            put_number(&mut out, number);
        }
        if let Some((methods, seconds)) = &self.methods {
            put_bytes(&mut out, methods.as_bytes());
            put_number(&mut out, *seconds);
        }
        if !self.groups.is_empty() {
            put_bytes(&mut out, self.groups.as_bytes());
        }
        out
    }
}

/// Appends the signature over a text by an entry of `session_keys`.
pub fn sign(text: &str, key: &str) -> String {
    let (_, secret) = key.split_once(':').expect("kid:key");
    let secret = BASE64_URL_SAFE_NO_PAD.decode(secret).expect("base64url");
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret).expect("any length is a key");
    mac.update(text.as_bytes());
    let mac = BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{text}.{mac}")
}

// postcard: lengths and numbers as LEB128, <https://postcard.jamesmunns.com/wire-format>.

pub(crate) fn take_number(rest: &mut &[u8]) -> u64 {
    let (mut number, mut shift) = (0, 0);
    loop {
        let (first, later) = rest.split_first().expect("a number");
        *rest = later;
        number |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return number;
        }
        shift += 7;
    }
}

fn take_bytes(rest: &mut &[u8]) -> Vec<u8> {
    let length = usize::try_from(take_number(rest)).expect("a length");
    let (bytes, later) = rest.split_at(length);
    *rest = later;
    bytes.to_vec()
}

pub(crate) fn take_text(rest: &mut &[u8]) -> String {
    String::from_utf8(take_bytes(rest)).expect("text")
}

pub(crate) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(crate) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// The session of somebody signed in, as it looks when it is no longer fresh: a
/// `Cookie` field.
#[track_caller]
pub fn stale(visitor: &Visitor, key: &str) -> String {
    aged(visitor, key, 3600)
}

/// The same, this many seconds old.
#[track_caller]
pub fn aged(visitor: &Visitor, key: &str, seconds: u64) -> String {
    let cookie = SessionCookie::parse(&visitor.cookie("gatelet").expect("signed in").value);
    let aged = SessionCookie {
        issued_at: cookie.issued_at - seconds,
        ..cookie
    };
    format!("gatelet={}", aged.signed_with(key))
}
