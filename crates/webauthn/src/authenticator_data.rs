//! What does the authenticator say? Its data (§6.1), byte by byte.

use crate::cbor::{length_of_value, map};
use crate::cose::public_key;
use crate::refusal::Refusal;

/// Longest credential id, in bytes (§7.1, step 25).
pub(crate) const CREDENTIAL_ID_MAX_BYTES: usize = 1023;

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 1 << 2;
const BACKUP_ELIGIBLE: u8 = 1 << 3;
const BACKED_UP: u8 = 1 << 4;
const ATTESTED: u8 = 1 << 6;
const EXTENSIONS: u8 = 1 << 7;

/// As it was sent.
#[derive(Debug)]
pub(crate) struct AuthenticatorData<'b> {
    pub(crate) rp_id_hash: &'b [u8; 32],
    flags: u8,
    pub(crate) sign_count: u32,
    pub(crate) attested: Option<Attested<'b>>,
}

/// The credential that a registration has made.
#[derive(Debug)]
pub(crate) struct Attested<'b> {
    pub(crate) id: &'b [u8],
    pub(crate) public_key: &'b [u8],
}

impl<'b> AuthenticatorData<'b> {
    /// All of it, and nothing behind it.
    pub(crate) fn parse(bytes: &'b [u8]) -> Result<Self, Refusal> {
        const CUT_OFF: Refusal = Refusal::AuthenticatorData;
        let (rp_id_hash, rest) = bytes.split_first_chunk::<32>().ok_or(CUT_OFF)?;
        let ([flags], rest) = rest.split_first_chunk::<1>().ok_or(CUT_OFF)?;
        let (sign_count, mut rest) = rest.split_first_chunk::<4>().ok_or(CUT_OFF)?;
        let mut attested = None;
        if flags & ATTESTED != 0 {
            let (_aaguid, after) = rest.split_first_chunk::<16>().ok_or(CUT_OFF)?;
            let (length, after) = after.split_first_chunk::<2>().ok_or(CUT_OFF)?;
            let length = usize::from(u16::from_be_bytes(*length));
            if !(1..=CREDENTIAL_ID_MAX_BYTES).contains(&length) || after.len() < length {
                return Err(CUT_OFF);
            }
            let (id, after) = after.split_at(length);
            let (_, length) = public_key(after)?;
            let (public_key, after) = after.split_at(length);
            attested = Some(Attested { id, public_key });
            rest = after;
        }
        if flags & EXTENSIONS != 0 {
            let length = map(rest, |key| key.str().ok(), |_, _| Some(false)).ok_or(CUT_OFF)?;
            debug_assert_eq!(length_of_value(rest), Some(length));
            rest = rest.get(length..).ok_or(CUT_OFF)?;
        }
        if !rest.is_empty() {
            return Err(CUT_OFF);
        }
        Ok(Self {
            rp_id_hash,
            flags: *flags,
            sign_count: u32::from_be_bytes(*sign_count),
            attested,
        })
    }

    pub(crate) fn user_present(&self) -> bool {
        self.flags & USER_PRESENT != 0
    }

    pub(crate) fn user_verified(&self) -> bool {
        self.flags & USER_VERIFIED != 0
    }

    pub(crate) fn backup_eligible(&self) -> bool {
        self.flags & BACKUP_ELIGIBLE != 0
    }

    pub(crate) fn backed_up(&self) -> bool {
        self.flags & BACKED_UP != 0
    }
}
