//! Did our own page, in this browser, send this form?

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;

use gatelet_core::key::KeyRing;

use crate::refusal::{FormCode, FormRefusal};

/// Random bytes of a seed.
pub const SEED_BYTES: usize = 32;
/// Name of the form field that carries the token.
pub const CSRF_FIELD: &str = "csrf";
/// Most cookies of the name that are tried.
const SEEDS_MAX: usize = 4;

/// The value of the browser's cookie: random, and of no meaning by itself.
#[derive(Clone, PartialEq, Eq)]
pub struct CsrfSeed([u8; SEED_BYTES]);

/// Which form a token is for: one for a page is no good on another. A component has
/// a closed set of them.
pub trait FormPurpose: Copy {
    /// `csrf:` and a name that no other form has, of whichever component: they share
    /// keys.
    fn as_str(self) -> &'static str;
}

impl CsrfSeed {
    /// A new seed, for a browser that has none.
    #[must_use]
    pub const fn from_random(bytes: [u8; SEED_BYTES]) -> Self {
        Self(bytes)
    }

    /// Reads a cookie's value.
    #[must_use]
    pub fn parse(cookie: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD
            .decode(cookie.get(..44).map_or(cookie, |_| ""))
            .ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// The cookie's value.
    #[must_use]
    pub fn to_cookie(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The token to put into a form's [`CSRF_FIELD`].
    #[must_use]
    pub fn token(&self, keys: &KeyRing, form: impl FormPurpose) -> String {
        URL_SAFE_NO_PAD.encode(keys.derive(form.as_str(), &self.0))
    }
}

impl fmt::Debug for CsrfSeed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("CsrfSeed(…)")
    }
}

/// Judges a submitted form's token against the browser's cookies of the name
/// (double submit, the token derived with our key): the browser's own cookie and
/// a page of ours for this form must both have been there.
pub fn judge_token<'a>(
    keys: &KeyRing,
    cookies: impl IntoIterator<Item = &'a str>,
    form: impl FormPurpose,
    token: &str,
) -> Result<(), FormRefusal> {
    let token = URL_SAFE_NO_PAD
        .decode(token.get(..44).map_or(token, |_| ""))
        .unwrap_or_default();
    // Every cookie of the name is tried: a bad copy from a neighbouring host
    // must not hide the good one.
    let seeds = cookies
        .into_iter()
        .take(SEEDS_MAX)
        .filter_map(CsrfSeed::parse);
    let fits = seeds.fold(false, |fits, seed| {
        fits | keys
            .derives(form.as_str(), &seed.0)
            .any(|expected| expected.as_slice().ct_eq(&token).into())
    });
    if fits {
        Ok(())
    } else {
        Err(FormCode::CsrfMismatch.into())
    }
}

/// Judges where a form comes from by what the browser says of it, before its
/// token: `Sec-Fetch-Site` (W3C Fetch Metadata §2.3) and `Origin` (RFC 6454 §7,
/// Fetch §3.1), the latter against the serialised origin of the base URL.
///
/// Each is every value that came, for what says two things says nothing to be believed:
/// readers disagree on which counts. A browser that sends neither is judged by the token
/// alone. `Origin: null` is
/// what a page with `Referrer-Policy: no-referrer` sends to itself too, so it is
/// passed over where `Sec-Fetch-Site` vouches for the form.
pub fn judge_source(
    base_url: &str,
    sec_fetch_site: &[&[u8]],
    origin: &[&[u8]],
) -> Result<(), FormRefusal> {
    let refuse = |field: &str, value: &str| {
        // Escaped and bounded: the line is for a log.
        let value: String = value.chars().take(100).collect();
        Err(FormRefusal::new(
            FormCode::CrossSite,
            format!("{field} {value:?}"),
        ))
    };
    let sec_fetch_site = match once(sec_fetch_site) {
        Ok(said) => said,
        Err(said) => return refuse("Sec-Fetch-Site", &said),
    };
    let origin = match once(origin) {
        Ok(said) => said,
        Err(said) => return refuse("Origin", &said),
    };
    match sec_fetch_site {
        // `none`: the visitor did it, by reloading the answer to a form.
        None | Some("same-origin" | "none") => {}
        Some(site) => return refuse("Sec-Fetch-Site", site),
    }
    match origin {
        None => Ok(()),
        Some("null") if sec_fetch_site.is_some() => Ok(()),
        Some(origin) if origin == base_url.trim_end_matches('/') => Ok(()),
        Some(origin) => refuse("Origin", origin),
    }
}

/// Whether a call has cookies with it, which a browser adds whoever asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brings {
    /// At least one.
    Cookies,
    /// None: it acts for nobody.
    Nothing,
}

/// Judges where a call comes from that carries no token of a page of ours: as
/// [`judge_source`], but one that brings cookies has to say where it comes from. Every
/// browser says so of what its pages send; a program that passes its visitor's cookies on
/// says it by `Origin`.
pub fn judge_caller(
    base_url: &str,
    sec_fetch_site: &[&[u8]],
    origin: &[&[u8]],
    brings: Brings,
) -> Result<(), FormRefusal> {
    judge_source(base_url, sec_fetch_site, origin)?;
    match brings {
        Brings::Cookies if sec_fetch_site.is_empty() && origin.is_empty() => Err(FormRefusal::new(
            FormCode::CrossSite,
            "cookies, and neither Sec-Fetch-Site nor Origin",
        )),
        Brings::Cookies | Brings::Nothing => Ok(()),
    }
}

/// The one value, where there is any. The error is all of them.
fn once<'a>(values: &[&'a [u8]]) -> Result<Option<&'a str>, String> {
    match values {
        [] => Ok(None),
        [value] => core::str::from_utf8(value)
            .map(Some)
            .map_err(|_| String::from_utf8_lossy(value).into_owned()),
        several => Err(String::from_utf8_lossy(&several.join(&b", "[..])).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://app.example";

    #[derive(Clone, Copy, Debug)]
    enum Page {
        SignIn,
        SignOut,
    }

    impl FormPurpose for Page {
        fn as_str(self) -> &'static str {
            match self {
                Self::SignIn => "csrf:sign-in",
                Self::SignOut => "csrf:sign-out",
            }
        }
    }

    fn keys() -> KeyRing {
        KeyRing::parse("k1:Zq8wE3rT5yU7iO9pA1sD2fG4hJ6kL8zX0cV3bN5mQ7w").expect("a key")
    }

    /// Of a key with the same name.
    fn other_keys() -> KeyRing {
        KeyRing::parse("k1:m8fQ3x1cVb7ZtJrW0uYpLkD5sHgA9eNiOq2T4vX6zRE").expect("a key")
    }

    #[test]
    fn debug_shows_no_seed() {
        let seed = CsrfSeed::from_random([7; SEED_BYTES]);
        assert_eq!(format!("{seed:?}"), "CsrfSeed(…)");
    }

    #[test]
    fn our_own_form_in_the_same_browser_passes() {
        let seed = CsrfSeed::from_random([7; SEED_BYTES]);
        let cookie = seed.to_cookie();
        for form in [Page::SignIn, Page::SignOut] {
            let token = seed.token(&keys(), form);
            assert_eq!(
                judge_token(&keys(), [cookie.as_str()], form, &token),
                Ok(()),
                "{form:?}"
            );
            assert_eq!(
                judge_token(&keys(), ["junk", &cookie], form, &token),
                Ok(()),
                "{form:?} behind a bad copy"
            );
            assert_eq!(
                judge_token(&keys(), [cookie.as_str(), &cookie], form, &token),
                Ok(()),
                "{form:?} with the cookie twice"
            );
        }
        assert_eq!(CsrfSeed::parse(&cookie), Some(seed));
    }

    #[test]
    fn forged_forms_are_refused() {
        let (seed, other) = (
            CsrfSeed::from_random([7; SEED_BYTES]),
            CsrfSeed::from_random([8; SEED_BYTES]),
        );
        let (cookie, foreign) = (seed.to_cookie(), other.to_cookie());
        let token = seed.token(&keys(), Page::SignIn);
        let cases: [(&str, &[&str], Page, &str); 10] = [
            ("no cookie", &[], Page::SignIn, &token),
            ("no token", &[&cookie], Page::SignIn, ""),
            ("another browser's token", &[&foreign], Page::SignIn, &token),
            ("another form's token", &[&cookie], Page::SignOut, &token),
            (
                "the cookie itself, as in the naive double submit",
                &[&cookie],
                Page::SignIn,
                &cookie,
            ),
            (
                "another server's token",
                &[&cookie],
                Page::SignIn,
                &seed.token(&other_keys(), Page::SignIn),
            ),
            ("a cut token", &[&cookie], Page::SignIn, &token[..40]),
            (
                "a longer token",
                &[&cookie],
                Page::SignIn,
                &format!("{token}A"),
            ),
            ("an empty cookie", &[""], Page::SignIn, &token),
            (
                "a huge token",
                &[&cookie],
                Page::SignIn,
                &"A".repeat(100_000),
            ),
        ];
        for (case, cookies, form, token) in cases {
            let refusal =
                judge_token(&keys(), cookies.iter().copied(), form, token).expect_err(case);
            assert_eq!(refusal.code, FormCode::CsrfMismatch, "{case}");
        }
        let behind = ["junk"; SEEDS_MAX].into_iter().chain([cookie.as_str()]);
        assert!(
            judge_token(&keys(), behind, Page::SignIn, &token).is_err(),
            "the tries are bounded"
        );
    }

    #[test]
    fn forms_from_other_sites_are_refused() {
        for (site, origin, passes) in [
            (Some("same-origin"), Some(BASE), true),
            (Some("same-origin"), None, true),
            (Some("same-origin"), Some("null"), true),
            (Some("none"), None, true),
            (None, Some(BASE), true),
            (None, None, true),
            (Some("cross-site"), Some("https://evil.example"), false),
            (Some("cross-site"), None, false),
            (Some("same-site"), Some("https://other.example"), false),
            (Some("same-site"), None, false),
            (Some("same-origin"), Some("https://evil.example"), false),
            (Some("Same-Origin"), None, false),
            (Some(""), None, false),
            (None, Some("null"), false),
            (None, Some(""), false),
            (None, Some("http://app.example"), false),
            (None, Some("https://app.example:8443"), false),
            (None, Some("https://app.example.evil.example"), false),
            (None, Some("https://APP.example"), false),
        ] {
            let values = |value: Option<&'static str>| value.map(str::as_bytes);
            let (sites, origins) = (Vec::from_iter(values(site)), Vec::from_iter(values(origin)));
            assert_eq!(
                judge_source(BASE, &sites, &origins).is_ok(),
                passes,
                "{site:?} {origin:?}"
            );
        }
        assert!(judge_source("https://app.example/", &[], &[BASE.as_bytes()]).is_ok());
    }

    #[test]
    fn a_call_with_cookies_says_where_it_comes_from() {
        let base = BASE.as_bytes();
        for (site, origin, brings, passes) in [
            (&[][..], &[][..], Brings::Nothing, true),
            (&[], &[], Brings::Cookies, false),
            (&[], &[base][..], Brings::Cookies, true),
            (&[&b"same-origin"[..]][..], &[], Brings::Cookies, true),
            (&[b"none"], &[], Brings::Cookies, true),
            (&[b"same-origin"], &[base], Brings::Cookies, true),
            (&[b"same-site"], &[], Brings::Cookies, false),
            (&[b"cross-site"], &[], Brings::Nothing, false),
            (&[b"cross-site"], &[base], Brings::Cookies, false),
            (&[], &[b"https://evil.example"], Brings::Nothing, false),
            (&[], &[b"null"], Brings::Cookies, false),
            (&[], &[base, base], Brings::Cookies, false),
        ] {
            let judged = judge_caller(BASE, site, origin, brings);
            let code = judged.map_err(|refusal| refusal.code);
            let expected = if passes {
                Ok(())
            } else {
                Err(FormCode::CrossSite)
            };
            assert_eq!(code, expected, "{site:?} {origin:?} {brings:?}");
        }
    }

    #[test]
    fn a_form_that_says_twice_where_it_comes_from_is_from_elsewhere() {
        let (base, same): (&[u8], &[u8]) = (BASE.as_bytes(), b"same-origin");
        let evil: &[u8] = b"https://evil.example";
        for (site, origin) in [
            (&[same, same][..], &[base][..]),
            (&[same, b"cross-site"], &[]),
            (&[b"cross-site", same], &[base]),
            (&[], &[base, base]),
            (&[], &[base, evil]),
            (&[], &[evil, base]),
            (&[same], &[base, evil]),
            (&[], &[b"\xff"]),
            (&[b"\xff"], &[base]),
            (&[], &[b""]),
        ] {
            let refusal = judge_source(BASE, site, origin).expect_err("refused");
            assert_eq!(refusal.code, FormCode::CrossSite, "{site:?} {origin:?}");
        }
    }
}
