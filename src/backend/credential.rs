//! By what does a request say who it is from, where another program keeps sessions? By
//! that one's cookie, and beside it perhaps our signed copy of an earlier answer about it.

use core::fmt;

use super::better_auth::{BetterAuth, ForeignSession};
use crate::claims::{Claims, SessionToken};
use crate::cookie::{self, NoSession, Scratch, Verified};
use crate::key::KeyRing;
use crate::origin::Origin;
use crate::session::StoredSession;

/// What a request shows of another program's session.
pub struct ForeignCredential<'b, 's> {
    backend: &'b BetterAuth,
    /// Cookies, in the order in which they count. Never none.
    shown: Vec<&'b [u8]>,
    /// Our copy of an answer about the one that counts.
    copy: Option<Verified<'s>>,
}

/// Whose are these tokens? The arguments of `gatelet:store/better-auth.find`.
pub struct ForeignLookUp {
    /// In the order in which they count, with what our copy is bound to. Never none.
    tokens: Vec<(SessionToken, String)>,
    audience: String,
}

/// Recognises what a request shows of another program's session at an origin, at `now` in
/// Unix seconds. `cookies` gives all of the request's, each time it is asked.
pub fn recognise_foreign<'b, 's, C>(
    cookies: impl Fn() -> C,
    origin: &Origin,
    backend: &'b BetterAuth,
    keys: &KeyRing,
    now: u64,
    scratch: &'s mut Scratch,
) -> Result<ForeignCredential<'b, 's>, NoSession>
where
    C: Iterator<Item = (&'b [u8], &'b [u8])>,
{
    let mut shown = backend.shown(cookies());
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
    let bound = copy.filter(|claims| claims.token == BetterAuth::binding(first));
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

    /// What our copy says, believed or not: to be shown to whoever brought it.
    #[must_use]
    pub fn shown(&self) -> Option<&Claims<'s>> {
        self.copy.as_deref()
    }

    /// What to ask the store; an error where no cookie has a right signature.
    pub fn look_up(&self, origin: &Origin) -> Result<ForeignLookUp, NoSession> {
        let opened = self.shown.iter().filter_map(|value| {
            let token = self.backend.open(value)?;
            Some((BetterAuth::binding(value), token))
        });
        let tokens: Vec<_> = opened.collect();
        if tokens.is_empty() {
            return Err(NoSession::Invalid);
        }
        Ok(ForeignLookUp {
            tokens,
            audience: origin.audience().to_owned(),
        })
    }
}

impl ForeignLookUp {
    /// The tokens, in the order in which they count.
    pub fn tokens(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().map(|(_, token)| token.as_str())
    }

    /// The first session that is good at `now`, in Unix seconds, and what our copy of it is
    /// bound to.
    #[must_use]
    pub fn confirmed(
        &self,
        found: &[ForeignSession],
        backend: &BetterAuth,
        now: u64,
    ) -> Option<(SessionToken, StoredSession)> {
        self.tokens.iter().find_map(|(binding, token)| {
            let of_token = found.iter().find(|one| one.token.expose() == token)?;
            let session = backend.live(of_token.clone(), &self.audience, now)?;
            Some((binding.clone(), session))
        })
    }
}

/// No token.
impl fmt::Debug for ForeignLookUp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ForeignLookUp")
            .field("audience", &self.audience)
            .finish_non_exhaustive()
    }
}
