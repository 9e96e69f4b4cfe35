//! Is what a browser brings back what was asked for? The steps of §7.1 and §7.2, but for
//! those that need a memory: that a challenge is used once, that an id is new, and that a
//! counter grows.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatelet_verifying::Claim;
use sha2::{Digest as _, Sha256};

use crate::authenticator_data::AuthenticatorData;
use crate::cbor::{length_of_value, map};
use crate::client_data;
use crate::cose::public_key;
use crate::refusal::Refusal;

/// Longest of each thing that a browser sends, in bytes.
const LENGTH_MAX: usize = 16 * 1024;

/// Whom passkeys are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelyingParty {
    id: String,
    origin: String,
}

/// Whether somebody must be asked who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserVerification {
    /// By a PIN, a finger, a face: the passkey is two factors in one.
    Required,
    /// It is enough that somebody is there.
    NotRequired,
}

/// What `navigator.credentials.create` brings.
#[derive(Clone, Copy, Debug)]
pub struct Attestation<'a> {
    /// `clientDataJSON`
    pub client_data: &'a [u8],
    /// `attestationObject`
    pub object: &'a [u8],
}

/// What `navigator.credentials.get` brings.
#[derive(Clone, Copy, Debug)]
pub struct Assertion<'a> {
    /// `clientDataJSON`
    pub client_data: &'a [u8],
    /// `authenticatorData`
    pub authenticator_data: &'a [u8],
    /// `signature`
    pub signature: &'a [u8],
    /// `userHandle`, where there is one.
    pub user_handle: Option<&'a [u8]>,
}

/// A new credential, to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// base64url.
    pub id: String,
    /// COSE_Key in base64url.
    pub public_key: String,
    /// 0 where it does not count.
    pub sign_count: u32,
    /// Whether it may be backed up.
    pub backup_eligible: bool,
    /// Whether it is.
    pub backed_up: bool,
    /// Whether it checked who holds it.
    pub user_verified: bool,
}

/// A credential, as it was kept.
#[derive(Clone, Copy, Debug)]
pub struct Credential<'a> {
    /// Whose.
    pub user_id: &'a str,
    /// COSE_Key in base64url.
    pub public_key: &'a str,
    /// As at the registration.
    pub backup_eligible: bool,
}

/// A credential that has signed. Only [`RelyingParty::authenticate`] makes one.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// To be more than what was kept, unless both are 0.
    pub sign_count: u32,
    /// Whether it may be backed up: it says so now, or did at the registration. Nobody is
    /// refused over that (§7.2 compares only where a decision rests on it): some keepers of
    /// passkeys have changed their mind, and their people had no other way in.
    pub backup_eligible: bool,
    /// Whether it is backed up now.
    pub backed_up: bool,
    /// Whether it checked who holds it.
    pub user_verified: bool,
}

impl RelyingParty {
    /// Of an id, which is the origin's host or a domain above it, and an origin, which is
    /// the one that the pages are at. None where browsers would refuse: an address is no
    /// domain, and without HTTPS there is `localhost` alone.
    #[must_use]
    pub fn new(origin: &str, domain: Option<&str>) -> Option<Self> {
        let (scheme, authority) = origin.split_once("://")?;
        let host = match authority.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            _ => authority,
        };
        let is_local = host == "localhost" || host.ends_with(".localhost");
        let is_address = host.starts_with('[') || host.rsplit('.').next()?.parse::<u8>().is_ok();
        if is_address || !(scheme == "https" || scheme == "http" && is_local) {
            return None;
        }
        let id = match domain {
            Some(domain) if host == domain => domain,
            Some(domain) if host.strip_suffix(domain)?.ends_with('.') => domain,
            Some(_) => return None,
            None => host,
        };
        Some(Self {
            id: id.to_owned(),
            origin: origin.to_owned(),
        })
    }

    /// `rp.id`
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The challenge that a new credential was made with: to be judged first.
    pub fn registration_challenge(&self, client_data: &[u8]) -> Result<Vec<u8>, Refusal> {
        short(&[client_data])?;
        client_data::challenge(client_data, "webauthn.create", &self.origin)
    }

    /// The challenge that was signed over: to be judged first.
    pub fn assertion_challenge(&self, client_data: &[u8]) -> Result<Vec<u8>, Refusal> {
        short(&[client_data])?;
        client_data::challenge(client_data, "webauthn.get", &self.origin)
    }

    /// A new credential, of a challenge that was judged.
    pub fn register(
        &self,
        attestation: &Attestation<'_>,
        verification: UserVerification,
    ) -> Result<Registered, Refusal> {
        let Attestation {
            client_data,
            object,
        } = attestation;
        short(&[client_data, object])?;
        self.registration_challenge(client_data)?;
        let data = authenticator_data_of(object)?;
        let data = AuthenticatorData::parse(data)?;
        self.judge(&data, verification)?;
        let attested = data.attested.as_ref().ok_or(Refusal::AuthenticatorData)?;
        Ok(Registered {
            id: URL_SAFE_NO_PAD.encode(attested.id),
            public_key: URL_SAFE_NO_PAD.encode(attested.public_key),
            sign_count: data.sign_count,
            backup_eligible: data.backup_eligible(),
            backed_up: data.backed_up(),
            user_verified: data.user_verified(),
        })
    }

    /// Whether this credential has signed, over a challenge that was judged. `holds` says
    /// whether a signature is the key's, and is asked last.
    pub fn authenticate(
        &self,
        credential: &Credential<'_>,
        assertion: &Assertion<'_>,
        verification: UserVerification,
        holds: impl FnOnce(&Claim<'_>) -> bool,
    ) -> Result<Verified, Refusal> {
        let Assertion {
            client_data,
            authenticator_data,
            signature,
            user_handle,
        } = assertion;
        short(&[client_data, authenticator_data, signature])?;
        self.assertion_challenge(client_data)?;
        if user_handle.is_some_and(|handle| handle != credential.user_id.as_bytes()) {
            return Err(Refusal::UserHandle);
        }
        let data = AuthenticatorData::parse(authenticator_data)?;
        self.judge(&data, verification)?;
        let key = URL_SAFE_NO_PAD
            .decode(credential.public_key)
            .map_err(|_| Refusal::PublicKey)?;
        let (parsed, length) = public_key(&key)?;
        let message = [authenticator_data, Sha256::digest(client_data).as_slice()].concat();
        let claim = Claim {
            key: &parsed,
            message: &message,
            signature,
        };
        if length != key.len() || !holds(&claim) {
            return Err(Refusal::Signature);
        }
        Ok(Verified {
            sign_count: data.sign_count,
            backup_eligible: data.backup_eligible() || credential.backup_eligible,
            backed_up: data.backed_up(),
            user_verified: data.user_verified(),
        })
    }

    fn judge(
        &self,
        data: &AuthenticatorData<'_>,
        verification: UserVerification,
    ) -> Result<(), Refusal> {
        if data.rp_id_hash.as_slice() != Sha256::digest(&self.id).as_slice() {
            return Err(Refusal::RelyingParty);
        }
        if !data.user_present() {
            return Err(Refusal::UserPresence);
        }
        if verification == UserVerification::Required && !data.user_verified() {
            return Err(Refusal::UserVerification);
        }
        if data.backed_up() && !data.backup_eligible() {
            return Err(Refusal::Backup);
        }
        Ok(())
    }
}

/// `authData` of an attestation object (§6.5.4), which has a format and a statement too.
fn authenticator_data_of(object: &[u8]) -> Result<&[u8], Refusal> {
    let (mut format, mut statement, mut data) = (None, None, None);
    let length = map(
        object,
        |key| key.str().ok(),
        |key, value| {
            match *key {
                "fmt" => format = Some(value.str().ok()?),
                "authData" => data = Some(value.bytes().ok()?),
                "attStmt" => {
                    let at = value.position();
                    let rest = object.get(at..)?;
                    let length = length_of_value(rest)?;
                    statement = Some(rest.get(..length)?);
                    value.set_position(at + length);
                }
                _ => return Some(false),
            }
            Some(true)
        },
    );
    const EMPTY_MAP: &[u8] = &[0xa0];
    let is_whole = length == Some(object.len());
    let is_fit = match (format, statement) {
        (Some("none"), Some(statement)) => statement == EMPTY_MAP,
        (Some(_), Some(statement)) => statement[0] >> 5 == 5,
        _ => false,
    };
    data.filter(|_| is_whole && is_fit)
        .ok_or(Refusal::AttestationObject)
}

fn short(parts: &[&[u8]]) -> Result<(), Refusal> {
    match parts.iter().all(|part| part.len() <= LENGTH_MAX) {
        true => Ok(()),
        false => Err(Refusal::ClientData),
    }
}
