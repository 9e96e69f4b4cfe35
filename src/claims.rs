//! What does a session cookie say? The signed copy of a session's row.

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize;

/// Random bytes of a session token.
pub const TOKEN_BYTES: usize = 32;
/// Longest user id, in bytes.
pub const USER_ID_MAX_BYTES: usize = 64;
/// Longest email address, in bytes (RFC 5321 §4.5.3.1.3, without brackets).
pub const EMAIL_MAX_BYTES: usize = 254;
/// Longest name in a cookie, in bytes. A longer one is cut at a character.
pub const NAME_MAX_BYTES: usize = 200;
/// Longest provider id, in bytes.
pub const PROVIDER_MAX_BYTES: usize = 32;
/// Longest audience, in bytes: scheme, host name, port, and a mark of a place.
pub const AUDIENCE_MAX_BYTES: usize = 288;
/// Longest list of authentication methods, in bytes.
pub const AMR_MAX_BYTES: usize = 48;
/// Longest list of groups, in bytes.
pub const GROUPS_MAX_BYTES: usize = 1024;
/// Longest encoded claims, in bytes: all of the above and four numbers fit.
pub(crate) const CLAIMS_MAX_BYTES: usize = 2002;
/// Clocks of servers differ: a cookie from this far ahead still counts as fresh.
pub(crate) const SKEW_SECONDS: u64 = 60;

/// The secret that a session is known by: 256 random bits. The browser has it in
/// its cookie; the database has [`SessionToken::digest`] alone.
#[derive(Clone)]
pub struct SessionToken([u8; TOKEN_BYTES]);

/// What a session cookie says, borrowed from the bytes it was decoded into.
/// Whether it may be believed is [`Verified`](crate::cookie::Verified)'s to say.
#[derive(Clone, Debug)]
pub struct Claims<'a> {
    /// The session.
    pub token: SessionToken,
    /// Stable id of the user: a UUID.
    pub user_id: &'a str,
    /// Canonical address.
    pub email: &'a str,
    /// Whether somebody proved to read mail there.
    pub email_verified: bool,
    /// Display name; may be empty.
    pub name: &'a str,
    /// How the session began: `password`, or a provider's id.
    pub provider: &'a str,
    /// The origin or shared cookie domain that it is good for.
    pub audience: &'a str,
    /// By which methods the user signed in: RFC 8176 values, separated by spaces.
    /// Empty in a copy from before they were kept, which is never fresh.
    pub amr: &'a str,
    /// When the user did so last, in Unix seconds.
    pub auth_time: u64,
    /// The groups that the user is in: names in order, separated by commas.
    pub groups: &'a str,
    /// When this copy was signed, in Unix seconds.
    pub issued_at: u64,
    /// From then on the database is asked, in Unix seconds.
    pub fresh_until: u64,
    /// From then on it is void, in Unix seconds.
    pub expires_at: u64,
}

/// Claims that do not fit a cookie: a field over its limit, or times out of order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OversizedClaims;

/// The encoding: postcard, times as differences because they are shorter.
#[derive(Serialize, Deserialize)]
struct Encoded<'a> {
    token: &'a [u8],
    user_id: &'a str,
    email: &'a str,
    email_verified: bool,
    name: &'a str,
    provider: &'a str,
    audience: &'a str,
    issued_at: u64,
    fresh_seconds: u64,
    good_seconds: u64,
}

/// What follows it. Cookies from before this was written end without, and are good
/// for asking the store.
#[derive(Serialize, Deserialize)]
struct EncodedMethods<'a> {
    amr: &'a str,
    /// From then to `issued_at`.
    auth_seconds: u64,
}

impl<'a> Claims<'a> {
    /// Whether the copy may be believed without asking the database: it was
    /// signed less than `fresh_seconds` ago, by today's setting and by the one
    /// it was signed under; or `grace_seconds` more than that.
    #[must_use]
    pub fn is_fresh(&self, fresh_seconds: u64, grace_seconds: u64, now: u64) -> bool {
        let until = self
            .fresh_until
            .min(self.issued_at.saturating_add(fresh_seconds))
            .saturating_add(grace_seconds);
        now < until && self.issued_at <= now.saturating_add(SKEW_SECONDS)
    }

    /// Whether it is void.
    #[must_use]
    pub fn is_expired(&self, now: u64) -> bool {
        now >= self.expires_at
    }

    /// Appends the encoded claims in base64url. The name is cut where it is too
    /// long; anything else over its limit is an error, as it was never stored so.
    pub(crate) fn encode(&self, text: &mut String) -> Result<(), OversizedClaims> {
        let Self {
            token,
            user_id,
            email,
            email_verified,
            name,
            provider,
            audience,
            amr,
            auth_time,
            groups,
            issued_at,
            fresh_until,
            expires_at,
        } = self;
        let fits = user_id.len() <= USER_ID_MAX_BYTES
            && email.len() <= EMAIL_MAX_BYTES
            && provider.len() <= PROVIDER_MAX_BYTES
            && audience.len() <= AUDIENCE_MAX_BYTES
            && amr.len() <= AMR_MAX_BYTES
            && groups.len() <= GROUPS_MAX_BYTES;
        let encoded = Encoded {
            token: &token.0,
            user_id,
            email,
            email_verified: *email_verified,
            name: cut(name),
            provider,
            audience,
            issued_at: *issued_at,
            fresh_seconds: fresh_until.saturating_sub(*issued_at),
            good_seconds: expires_at.checked_sub(*issued_at).ok_or(OversizedClaims)?,
        };
        let methods = EncodedMethods {
            amr,
            auth_seconds: issued_at.saturating_sub(*auth_time),
        };
        let mut bytes = [0; CLAIMS_MAX_BYTES];
        let mut length = written(&(encoded, methods), &mut bytes)?;
        // Left out where there are none, so that programs from before groups read on.
        if !groups.is_empty() {
            length += written(groups, &mut bytes[length..])?;
        }
        if !fits {
            return Err(OversizedClaims);
        }
        URL_SAFE_NO_PAD.encode_string(&bytes[..length], text);
        bytes.zeroize();
        Ok(())
    }

    /// Decodes claims. The signature is the caller's to check.
    pub(crate) fn decode(bytes: &'a [u8]) -> Option<Self> {
        let (encoded, rest) = postcard::take_from_bytes(bytes).ok()?;
        let Encoded {
            token,
            user_id,
            email,
            email_verified,
            name,
            provider,
            audience,
            issued_at,
            fresh_seconds,
            good_seconds,
        } = encoded;
        let mut fresh_until = issued_at.checked_add(fresh_seconds)?;
        let (mut amr, mut auth_time, mut groups) = ("", 0, "");
        if rest.is_empty() {
            fresh_until = 0;
        } else {
            let (methods, rest) = postcard::take_from_bytes::<EncodedMethods<'_>>(rest).ok()?;
            if !rest.is_empty() {
                let (last, rest) = postcard::take_from_bytes::<&str>(rest).ok()?;
                // None are left out, never written down as none.
                if last.is_empty() || !rest.is_empty() {
                    return None;
                }
                groups = last;
            }
            amr = methods.amr;
            auth_time = issued_at.checked_sub(methods.auth_seconds)?;
        }
        Some(Self {
            token: SessionToken(token.try_into().ok()?),
            user_id,
            email,
            email_verified,
            name,
            provider,
            audience,
            amr,
            auth_time,
            groups,
            issued_at,
            fresh_until,
            expires_at: issued_at.checked_add(good_seconds)?,
        })
    }
}

/// Claims that are kept, without the bytes that they were decoded from.
pub(crate) struct Kept {
    token: SessionToken,
    /// All texts, one after another.
    texts: String,
    /// Where each ends.
    ends: [usize; 7],
    email_verified: bool,
    auth_time: u64,
    issued_at: u64,
    fresh_until: u64,
    expires_at: u64,
}

impl Kept {
    pub(crate) fn new(claims: &Claims<'_>) -> Self {
        let Claims {
            token,
            user_id,
            email,
            email_verified,
            name,
            provider,
            audience,
            amr,
            auth_time,
            groups,
            issued_at,
            fresh_until,
            expires_at,
        } = claims;
        let mut texts = String::new();
        let all = [user_id, email, name, provider, audience, amr, groups];
        let ends = all.map(|text| {
            texts.push_str(text);
            texts.len()
        });
        Self {
            token: token.clone(),
            texts,
            ends,
            email_verified: *email_verified,
            auth_time: *auth_time,
            issued_at: *issued_at,
            fresh_until: *fresh_until,
            expires_at: *expires_at,
        }
    }

    pub(crate) fn claims(&self) -> Claims<'_> {
        let mut begin = 0;
        let [user_id, email, name, provider, audience, amr, groups] = self.ends.map(|end| {
            let text = self.texts.get(begin..end).unwrap_or_default();
            begin = end;
            text
        });
        Claims {
            token: self.token.clone(),
            user_id,
            email,
            email_verified: self.email_verified,
            name,
            provider,
            audience,
            amr,
            auth_time: self.auth_time,
            groups,
            issued_at: self.issued_at,
            fresh_until: self.fresh_until,
            expires_at: self.expires_at,
        }
    }
}

impl SessionToken {
    /// A new token, out of fresh random bytes.
    #[must_use]
    pub const fn from_random(bytes: [u8; TOKEN_BYTES]) -> Self {
        Self(bytes)
    }

    /// What the database knows it by: SHA-256.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

/// Writes a token and reads it, where a field says so: to ask `auth` on behalf of whoever
/// has it.
pub(crate) mod exposed {
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use super::{SessionToken, TOKEN_BYTES};

    pub(crate) fn serialize<S: Serializer>(token: &SessionToken, to: S) -> Result<S::Ok, S::Error> {
        token.0.serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<SessionToken, D::Error> {
        <[u8; TOKEN_BYTES]>::deserialize(from).map(SessionToken)
    }
}

impl PartialEq for SessionToken {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for SessionToken {}

impl fmt::Debug for SessionToken {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SessionToken(…)")
    }
}

impl Drop for SessionToken {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Display for OversizedClaims {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the session does not fit a cookie")
    }
}

impl std::error::Error for OversizedClaims {}

/// How many bytes it takes.
fn written<T: Serialize + ?Sized>(value: &T, bytes: &mut [u8]) -> Result<usize, OversizedClaims> {
    let written = postcard::to_slice(value, bytes);
    written.map_or(Err(OversizedClaims), |bytes| Ok(bytes.len()))
}

fn cut(name: &str) -> &str {
    &name[..name.floor_char_boundary(NAME_MAX_BYTES)]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::fixture::{NOW, claims};

    fn encoded(claims: &Claims<'_>) -> Result<String, OversizedClaims> {
        let mut text = String::new();
        claims.encode(&mut text).map(|()| text)
    }

    #[test]
    fn freshness_is_bounded_by_the_setting_of_today_and_of_then() {
        let copy = |issued_at, fresh_until| Claims {
            issued_at,
            fresh_until,
            ..claims()
        };
        for (issued_at, fresh_until, setting, fresh, why) in [
            (NOW, NOW + 60, 60, true, "just signed"),
            (NOW - 59, NOW + 1, 60, true, "its last second"),
            (NOW - 60, NOW, 60, false, "run out"),
            (NOW - 20, NOW + 40, 10, false, "the setting was lowered"),
            (NOW - 20, NOW - 10, 60, false, "the setting was raised"),
            (NOW, NOW, 0, false, "never fresh"),
            (NOW, NOW + 60, 0, false, "never fresh from now on"),
            (
                NOW + 30,
                NOW + 90,
                60,
                true,
                "signed by a server whose clock is ahead",
            ),
            (NOW + 61, NOW + 1000, 60, false, "signed in the future"),
            (u64::MAX, u64::MAX, 60, false, "signed at the end of time"),
        ] {
            assert_eq!(
                copy(issued_at, fresh_until).is_fresh(setting, 0, NOW),
                fresh,
                "{why}"
            );
        }
        assert!(!claims().is_expired(NOW + 86_399));
        assert!(claims().is_expired(NOW + 86_400));
    }

    #[test]
    fn claims_over_their_limits_do_not_fit() {
        let long = |bytes: usize| "x".repeat(bytes);
        let (id, email, provider, audience, amr, groups) = (
            long(USER_ID_MAX_BYTES + 1),
            long(EMAIL_MAX_BYTES + 1),
            long(PROVIDER_MAX_BYTES + 1),
            long(AUDIENCE_MAX_BYTES + 1),
            long(AMR_MAX_BYTES + 1),
            long(GROUPS_MAX_BYTES + 1),
        );
        for claims in [
            Claims {
                user_id: &id,
                ..claims()
            },
            Claims {
                email: &email,
                ..claims()
            },
            Claims {
                provider: &provider,
                ..claims()
            },
            Claims {
                audience: &audience,
                ..claims()
            },
            Claims {
                amr: &amr,
                ..claims()
            },
            Claims {
                groups: &groups,
                ..claims()
            },
            Claims {
                expires_at: NOW - 11,
                ..claims()
            },
        ] {
            assert_eq!(encoded(&claims), Err(OversizedClaims), "{claims:?}");
        }
    }

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    /// As an earlier program signed it: without methods and groups at the end.
    fn encoded_before(claims: &Claims<'_>) -> String {
        let claims = Claims {
            groups: "",
            ..claims.clone()
        };
        let text = encoded(&claims).unwrap();
        let mut bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
        let methods = EncodedMethods {
            amr: claims.amr,
            auth_seconds: claims.issued_at - claims.auth_time,
        };
        let length = postcard::to_allocvec(&methods).unwrap().len();
        bytes.truncate(bytes.len() - length);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    #[test]
    fn a_copy_from_before_methods_were_kept_is_a_session_and_never_fresh() {
        for issued_at in [NOW - 1, NOW, NOW + 30] {
            let minted = Claims {
                issued_at,
                fresh_until: issued_at + 60,
                ..claims()
            };
            let text = encoded_before(&minted);
            let bytes = bytes(&text);
            let read = Claims::decode(&bytes).unwrap();
            assert_eq!(
                (read.user_id, read.expires_at),
                (minted.user_id, minted.expires_at)
            );
            assert_eq!(read.token, minted.token);
            assert!(!read.is_fresh(60, 86_400, NOW) && !read.is_expired(NOW));
            assert_eq!((read.amr, read.auth_time), ("", 0));
        }
    }

    #[test]
    fn a_copy_from_before_groups_were_kept_is_a_session_of_somebody_in_none() {
        let with = encoded(&claims()).unwrap();
        let without = encoded(&Claims {
            groups: "",
            ..claims()
        })
        .unwrap();
        assert!(with.len() > without.len() && with.starts_with(&without[..without.len() - 4]));
        let bytes_without = bytes(&without);
        let read = Claims::decode(&bytes_without).unwrap();
        assert_eq!((read.groups, read.amr), ("", claims().amr));
        assert!(read.is_fresh(60, 0, NOW));
        let bytes_with = bytes(&with);
        let read = Claims::decode(&bytes_with).unwrap();
        assert_eq!(read.groups, "admins,staff");
    }

    #[test]
    fn nothing_may_follow_the_groups_and_nothing_half_may_stand_there() {
        let bytes = URL_SAFE_NO_PAD.decode(encoded(&claims()).unwrap()).unwrap();
        let before = URL_SAFE_NO_PAD.decode(encoded_before(&claims())).unwrap();
        let without_groups = bytes.len() - "admins,staff".len() - 1;
        for length in before.len() + 1..bytes.len() {
            if length == without_groups {
                continue;
            }
            assert!(Claims::decode(&bytes[..length]).is_none(), "{length}");
        }
        for whole in [&bytes[..], &bytes[..without_groups]] {
            assert!(Claims::decode(&[whole, &[0]].concat()).is_none());
        }
    }

    #[test]
    fn a_long_name_is_cut_at_a_character() {
        let name = "é".repeat(NAME_MAX_BYTES);
        let text = encoded(&Claims {
            name: &name,
            ..claims()
        })
        .unwrap();
        let bytes = bytes(&text);
        let cut = Claims::decode(&bytes).unwrap().name;
        assert_eq!(cut, "é".repeat(NAME_MAX_BYTES / 2));
    }

    #[test]
    fn a_token_shows_nothing_of_itself() {
        let token = SessionToken::from_random([0xab; 32]);
        assert_eq!(format!("{token:?}"), "SessionToken(…)");
        assert!(!format!("{:?}", claims()).contains("7, 7"));
    }

    #[test]
    fn the_database_knows_a_token_by_its_sha_256() {
        let token = SessionToken::from_random([0; 32]);
        let hex: String = token.digest().map(|byte| format!("{byte:02x}")).concat();
        assert_eq!(
            hex,
            "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925"
        );
        assert_eq!(token, SessionToken::from_random([0; 32]));
        assert_ne!(token, SessionToken::from_random([1; 32]));
    }

    prop_compose! {
        fn any_claims()(
            token in any::<[u8; 32]>(),
            user_id in "[ -~]{0,64}", email in "\\PC{0,60}", email_verified in any::<bool>(),
            name in "\\PC{0,50}", provider in "[a-z0-9-]{0,32}", audience in "[ -~]{0,272}",
            amr in "[a-z ]{0,48}", groups in "[a-z,]{0,1024}", auth in 0..=u64::MAX / 4,
            issued_at in 0..=u64::MAX / 4, fresh in 0..=u64::MAX / 4, good in 0..=u64::MAX / 4,
        ) -> ([u8; 32], [String; 7], bool, [u64; 4]) {
            let times = [issued_at.saturating_sub(auth), issued_at, issued_at + fresh, issued_at + good];
            (token, [user_id, email, name, provider, audience, amr, groups], email_verified, times)
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes((token, texts, email_verified, times) in any_claims()) {
            let [user_id, email, name, provider, audience, amr, groups] = texts.each_ref().map(String::as_str);
            let [auth_time, issued_at, fresh_until, expires_at] = times;
            let claims = Claims {
                token: SessionToken::from_random(token),
                user_id, email, email_verified, name, provider, audience, amr, auth_time, groups, issued_at,
                fresh_until, expires_at,
            };
            let text = encoded(&claims).unwrap();
            prop_assert!(text.len() <= CLAIMS_MAX_BYTES * 4 / 3 + 1);
            let bytes = bytes(&text);
            let decoded = Claims::decode(&bytes).unwrap();
            prop_assert_eq!(format!("{:?}", decoded), format!("{:?}", claims));
            prop_assert_eq!(decoded.token, claims.token);
        }

        #[test]
        fn no_bytes_break_decoding(text in proptest::collection::vec(any::<u8>(), 0..2000)) {
            let _ = Claims::decode(&text);
        }
    }
}
