//! By what does a request say who it is from, where another program keeps sessions? By
//! that one's cookie, and beside it perhaps our signed copy of an earlier answer about it.

use core::fmt;

use super::foreign::{Asked, Foreign, ForeignAnswer};
use crate::claims::SessionToken;
use crate::cookie::{self, CookieAge, NoSession, SET_COOKIE_MAX_BYTES, Scratch, Verified};
use crate::credential::Usage;
use crate::inquiry::ForeignInquiry;
use crate::key::KeyRing;
use crate::origin::Origin;
use crate::session::StoredSession;

/// How long browsers keep a cookie that takes another's place: as long as they keep any.
const REPLACED_SECONDS: u64 = 400 * 86_400;

/// What a request shows of another program's session.
pub struct ForeignCredential<'b, 's> {
    backend: Foreign<'b>,
    /// Cookies, in the order in which they count. Never none.
    shown: Vec<&'b [u8]>,
    /// Our copy of an answer about the one that counts.
    copy: Option<Verified<'s>>,
}

/// Whose are these cookies? What is asked of whoever its inquiry names.
pub struct ForeignLookUp {
    asked: Asked,
    /// In the order in which they count, with what our copy is bound to. Never none.
    opened: Vec<(SessionToken, String)>,
    audience: String,
}

/// A session of another program that is good.
pub struct Confirmed {
    /// What our copy of it is bound to.
    pub binding: SessionToken,
    /// As ours are.
    pub session: StoredSession,
    /// The cookie's value that it came with, and what takes its place.
    pub replacement: Option<(String, String)>,
}

/// Recognises what a request shows of another program's session at an origin, at `now` in
/// Unix seconds. `cookies` gives all of the request's, each time it is asked.
pub fn recognise_foreign<'b, 's, C>(
    cookies: impl Fn() -> C,
    origin: &Origin,
    backend: Foreign<'b>,
    keys: &KeyRing,
    now: u64,
    scratch: &'s mut Scratch,
) -> Result<ForeignCredential<'b, 's>, NoSession>
where
    C: Iterator<Item = (&'b [u8], &'b [u8])>,
{
    let mut shown = backend.shown(&cookies);
    // Which one counts, signatures say where there are several; of one alone, our copy
    // does, which is made only where the signature was right.
    if shown.len() > 1 {
        shown.retain(|value| backend.open(value).is_some());
        if shown.is_empty() {
            return Err(NoSession::Invalid);
        }
    }
    let first = *shown.first().ok_or(NoSession::None)?;
    let (name, audience) = (origin.cookies().session(), origin.audience());
    let copy = cookie::find(cookies(), name, keys, audience, now, scratch).ok();
    let bound = copy.filter(|claims| claims.token == backend.binding(first));
    Ok(ForeignCredential {
        backend,
        shown,
        copy: bound,
    })
}

impl<'s> ForeignCredential<'_, 's> {
    /// Whose it is by our copy, for as long as that is believed without asking.
    #[must_use]
    pub fn believed(&self, origin: &Origin, now: u64) -> Option<&Verified<'s>> {
        let copy = self.copy.as_ref();
        copy.filter(|claims| origin.believes(claims, now))
    }

    /// The same while the store is away.
    #[must_use]
    pub fn believed_without_store(&self, origin: &Origin, now: u64) -> Option<&Verified<'s>> {
        let copy = self.copy.as_ref();
        copy.filter(|claims| origin.believes_without_store(claims, now))
    }

    /// Our copy, believed or not.
    pub(crate) fn into_copy(self) -> Option<Verified<'s>> {
        self.copy
    }

    /// What to ask the store; an error where no cookie has a right signature.
    pub fn look_up(&self, origin: &Origin) -> Result<ForeignLookUp, NoSession> {
        let opened = self.shown.iter().filter_map(|value| {
            let opened = self.backend.open(value)?;
            Some((self.backend.binding(value), opened))
        });
        let opened: Vec<_> = opened.collect();
        if opened.is_empty() {
            return Err(NoSession::Invalid);
        }
        Ok(ForeignLookUp {
            asked: self.backend.asked(),
            opened,
            audience: origin.audience().to_owned(),
        })
    }
}

impl ForeignLookUp {
    /// It as data. Tokens are exchanged only for a request that arrives: what takes the
    /// cookie's place has to reach the browser.
    #[must_use]
    pub fn inquiry(&self, usage: Usage) -> ForeignInquiry {
        let opened = self.opened().map(str::to_owned).collect();
        match self.asked {
            Asked::BetterAuth => ForeignInquiry::BetterAuth(opened),
            Asked::WorkOs => ForeignInquiry::WorkOs {
                seals: opened,
                may_exchange: usage == Usage::Arriving,
            },
        }
    }

    /// What to ask about, in the order in which it counts: tokens, or seals.
    pub(crate) fn opened(&self) -> impl Iterator<Item = &str> {
        self.opened.iter().map(|(_, opened)| opened.as_str())
    }

    /// The first session that is good at `now`, in Unix seconds.
    #[must_use]
    pub fn confirmed(
        &self,
        answer: &ForeignAnswer,
        backend: Foreign<'_>,
        now: u64,
    ) -> Option<Confirmed> {
        self.opened.iter().find_map(|(binding, opened)| {
            backend.confirmed(binding, opened, answer, &self.audience, now)
        })
    }
}

impl Confirmed {
    /// A `Set-Cookie` value by which the browser gets what takes its cookie's place; none
    /// where that stays, or browsers would keep none so long.
    #[must_use]
    pub fn set_cookie(&self, backend: Foreign<'_>, origin: &Origin) -> Option<String> {
        let (_, after) = self.replacement.as_ref()?;
        let name = backend.cookie_names().first()?;
        let age = CookieAge::Seconds(REPLACED_SECONDS);
        // Browsers count name and value (RFC 6265bis §5.6).
        let fits = name.len() + after.len() <= SET_COOKIE_MAX_BYTES;
        fits.then(|| origin.cookies().host_only().set(name, after, age))
    }
}

/// Nothing that it asks about.
impl fmt::Debug for ForeignLookUp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ForeignLookUp")
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}
