//! Is this ID token the provider's word about this sign-in? Verification as
//! OpenID Connect Core 1.0 §3.1.3.7 has it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt_compact::alg::{Ed25519, Es256, Rsa};
use jwt_compact::{Algorithm, AlgorithmExt as _, Claims, UntrustedToken, ValidationError};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq as _;

use crate::claim_rules::{ClaimRules, Profile};
use crate::demands::Demands;
use crate::endpoint::Issuer;
use crate::es384::Es384;
use crate::identity::{ProviderIdentity, SUBJECT_MAX_BYTES};
use crate::jwks::{KeySet, PublishedKey, VerifyingKey};
use crate::provider::{NonceRule, OpenIdConnect, ProviderId, SigningAlgorithm};
use crate::refusal::{Refusal, RefusalCode, quoted};
use gatelet_core::secret::Secret;

/// Longest ID token, in bytes.
pub const ID_TOKEN_MAX_BYTES: usize = 16 * 1024;
/// How far the provider's clock may be from ours.
pub const CLOCK_SKEW_SECONDS: i64 = 60;
/// How long ago a token may have been issued, whatever its `exp` says.
pub const ID_TOKEN_MAX_AGE_SECONDS: i64 = 24 * 3600;
const AUDIENCES_MAX: usize = 16;

/// What the token must say.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// What is configured.
    pub oidc: &'a OpenIdConnect,
    /// What is demanded of this sign-in.
    pub demands: &'a Demands,
    /// The issuer as it spells itself.
    pub issuer: &'a Issuer,
    /// Our client identifier there.
    pub client_id: &'a str,
    /// What it may be signed with.
    pub algorithms: &'a [SigningAlgorithm],
    /// Whether the provider says when it asked, where it is asked to.
    pub says_auth_time: bool,
    /// The attempt's nonce.
    pub nonce: &'a str,
    /// The access token that came with it.
    pub access_token: &'a Secret,
    /// When the attempt began, in Unix seconds.
    pub asked_at: u64,
    /// The time, in Unix seconds.
    pub now: u64,
}

impl Expected<'_> {
    /// When the provider asked for a proof, by what the token says. One that has been asked to
    /// ask anew has done so since. One that could say and does not, or says no time, may have
    /// asked at any. None of one that never says.
    fn asked_at_by(&self, auth_time: Option<&Value>) -> Option<u64> {
        let said = match auth_time {
            Some(said) => Some(said.as_u64().unwrap_or(0)),
            None if self.says_auth_time => Some(0),
            None => None,
        };
        match self.demands.anew {
            true => said.map(|at| at.max(self.asked_at)),
            false => said,
        }
    }
}

/// Claims of an ID token that passed every step of [`VerifiedIdToken::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedIdToken {
    /// Of a tenant, where the configured issuer is of many.
    tenant_issuer: Option<String>,
    subject: String,
    profile: Profile,
    email_refusal: Option<Refusal>,
    asked_at: Option<u64>,
    session: Option<String>,
}

#[derive(Clone, Deserialize)]
struct HeaderExtras {
    crit: Option<serde_json::Value>,
    b64: Option<serde_json::Value>,
}

#[derive(Clone, Deserialize)]
struct IdTokenClaims {
    #[serde(flatten)]
    issued: Issued,
    sub: Option<String>,
    nonce: Option<String>,
    at_hash: Option<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

/// By whom a token is, and for whom.
#[derive(Clone, Deserialize)]
pub(crate) struct Issued {
    iss: Option<String>,
    aud: Option<Audience>,
    azp: Option<String>,
    tid: Option<Value>,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    /// All that are named.
    fn all(&self) -> &[String] {
        match self {
            Self::One(audience) => core::slice::from_ref(audience),
            Self::Several(audiences) => audiences,
        }
    }

    /// Whether this client is among a few.
    pub(crate) fn has(&self, client_id: &str) -> bool {
        let audiences = self.all();
        audiences.len() <= AUDIENCES_MAX && audiences.iter().any(|one| one == client_id)
    }
}

impl VerifiedIdToken {
    /// Verifies a token that came from the token endpoint.
    ///
    /// The steps of OpenID Connect Core 1.0 §3.1.3.7:
    /// 1. Decryption: skipped, we register no encryption; an encrypted token has
    ///    five parts and is refused as malformed.
    /// 2. `iss` is the issuer, byte by byte as it spells itself; of many tenants, that of
    ///    the token's own `tid`, which is let in.
    /// 3. `aud` holds our client identifier.
    /// 4. and 5. With further audiences `azp` must be there; where it is there, it
    ///    must be our client identifier.
    /// 6. The signature is verified, although the token came over TLS.
    /// 7. `alg` is a configured one *and* the key's own: the header is compared
    ///    with both and chooses nothing. `crit` and `b64` are refused
    ///    (RFC 7515 §4.1.11), and so is a `typ` of something else than a JWT
    ///    (RFC 8725 §3.11).
    /// 8. MAC algorithms: none can be configured.
    /// 9. `exp` is in the future, give or take the skew.
    /// 10. `iat` is there, not in the future, and not longer ago than
    ///     [`ID_TOKEN_MAX_AGE_SECONDS`]. `nbf`, where sent, is past (RFC 7519 §4.1.5).
    /// 11. `nonce` is the attempt's. Where the operator has switched it so, a token without
    ///     one passes; a wrong one never does.
    /// 12. and 13. `acr` and `auth_time` are as the operator demands, who asks for them:
    ///     [`Demands::judge`](crate::demands::Demands::judge).
    ///
    /// And §3.1.3.8: `at_hash`, where sent, is the access token's; §2: `sub` is
    /// there and of 1 to 255 bytes.
    ///
    /// The signature comes first in the code: what nobody signed decides nothing.
    /// Where [`RefusalCode::may_be_old_keys`] says so, it is worth a fetch of the keys.
    pub fn verify(token: &Secret, keys: &KeySet, expected: &Expected<'_>) -> Result<Self, Refusal> {
        let (claims, algorithm) =
            authentic_claims::<IdTokenClaims>(token.expose(), JWT, keys, expected.algorithms)?;
        let custom = &claims.custom;

        let tenant_issuer = custom.issued.judge(expected.oidc, expected.issuer)?;
        custom.issued.judge_audience(expected.client_id)?;
        judge_times(&claims, None, expected.now)?;
        // 11. In constant time, although the nonce is no secret to the browser.
        let is_right = |nonce: &str| bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes()));
        let nonce_holds = match (&custom.nonce, expected.oidc.nonce) {
            (Some(nonce), NonceRule::Required | NonceRule::UncheckedWhereMissing) => {
                is_right(nonce)
            }
            (None, NonceRule::UncheckedWhereMissing) => true,
            (None, NonceRule::Required) => false,
        };
        if expected.nonce.is_empty() || !nonce_holds {
            return Err(RefusalCode::IdTokenNonce.into());
        }
        if let Some(hash) = &custom.at_hash {
            judge_access_token_hash(hash, algorithm, expected.access_token)?;
        }
        // 12. and 13.
        let demands = expected.demands;
        demands.judge(&custom.others, expected.asked_at, expected.now)?;
        let subject = custom.sub.clone().filter(|subject| is_name(subject));
        if subject.as_deref().is_some_and(is_nobodys) {
            let detail = "the provider says this of everybody: have it send the object id as sub";
            return Err(Refusal::new(RefusalCode::IdTokenSubject, detail));
        }
        let named = custom.others.get("sid").and_then(Value::as_str);
        Ok(Self {
            tenant_issuer,
            subject: subject.ok_or_else(|| Refusal::from(RefusalCode::IdTokenSubject))?,
            profile: expected.oidc.claims.profile(&custom.others),
            email_refusal: None,
            asked_at: expected.asked_at_by(custom.others.get("auth_time")),
            session: named.filter(|named| is_name(named)).map(str::to_owned),
        })
    }

    /// Who signs for it: the issuer of its own tenant, where it has one.
    pub(crate) fn issuer<'a>(&'a self, issuer: &'a Issuer) -> &'a str {
        self.tenant_issuer.as_deref().unwrap_or(issuer.as_str())
    }

    /// The subject.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Whether UserInfo could say what the token does not: the address, whether it is
    /// verified (Okta and Authelia say that nowhere else), or the groups where they are
    /// asked for.
    #[must_use]
    pub fn is_incomplete(&self, rules: &ClaimRules) -> bool {
        self.profile.email_verified.is_none() || self.lacks_groups(rules)
    }

    fn lacks_groups(&self, rules: &ClaimRules) -> bool {
        rules.groups.is_some() && self.profile.groups.is_none()
    }

    /// The account at the provider.
    #[must_use]
    pub fn identity(self, provider: &ProviderId) -> ProviderIdentity {
        let Profile {
            email,
            email_verified,
            name,
            groups,
        } = self.profile;
        let email_verified = email_verified == Some(true);
        let identity =
            ProviderIdentity::new(provider.clone(), self.subject, email, email_verified, name);
        identity
            .of_issuer(self.tenant_issuer)
            .without_email(self.email_refusal)
            .in_groups(groups.unwrap_or_default())
            .asked_at(self.asked_at)
            .in_session(self.session)
    }

    /// The same, where the provider could not be asked for the address. Whoever is
    /// known by the subject needs none; anybody else hears this refusal. So does everybody
    /// of whom the groups were to be asked: there may be one whose people may less. Where
    /// only this was open, whether the address is verified, it is not, for anybody new.
    pub fn unanswered(self, rules: &ClaimRules, refusal: Refusal) -> Result<Self, Refusal> {
        match self.lacks_groups(rules) {
            true => Err(refusal),
            false => Ok(Self {
                email_refusal: Some(refusal),
                ..self
            }),
        }
    }

    /// Fills in what the token does not say. Whether an address is verified is said of
    /// that address alone: never of one from here by what is said of one from there.
    pub(super) fn completed(mut self, other: Profile) -> Self {
        let is_of_it = |email| other.email.as_ref() == Some(email);
        if self.profile.email.as_ref().is_none_or(is_of_it) {
            self.profile.email = other.email;
            let said = self.profile.email_verified;
            self.profile.email_verified = said.or(other.email_verified);
        }
        self.profile.name = self.profile.name.or(other.name);
        self.profile.groups = self.profile.groups.or(other.groups);
        self
    }
}

/// Whether this may be what a provider calls an account (§2), or a session of its own.
pub(crate) fn is_name(text: &str) -> bool {
    (1..=SUBJECT_MAX_BYTES).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// Azure AD B2C puts a sentence in the subject's place where its policy names no claim for it,
/// `Not supported currently. Use oid claim.`: the same of everybody.
fn is_nobodys(subject: &str) -> bool {
    subject.starts_with("Not supported currently")
}

/// The `typ` of tokens that are no other kind of JWT.
pub(crate) const JWT: &[&str] = &["jwt"];

/// Steps 1, 6, 7 and 8. `typ`, where it is sent, is one of `types`, in any case of letters.
pub(crate) fn authentic_claims<T: DeserializeOwned>(
    token: &str,
    types: &[&str],
    keys: &KeySet,
    algorithms: &[SigningAlgorithm],
) -> Result<(Claims<T>, SigningAlgorithm), Refusal> {
    let malformed = |detail: &str| Refusal::new(RefusalCode::IdTokenMalformed, detail);
    if token.len() > ID_TOKEN_MAX_BYTES {
        return Err(malformed("too long"));
    }
    let untrusted = UntrustedToken::<HeaderExtras>::try_from(token)
        .map_err(|_| malformed("no JWT in compact form"))?;
    let header = untrusted.header();
    let HeaderExtras { crit, b64 } = &header.other_fields;
    if crit.is_some() || b64.is_some() {
        return Err(malformed("crit or b64 in the header"));
    }
    if header
        .token_type
        .as_deref()
        .is_some_and(|said| !types.iter().any(|kind| said.eq_ignore_ascii_case(kind)))
    {
        return Err(malformed("typ is of another kind"));
    }
    let algorithm = SigningAlgorithm::parse(untrusted.algorithm())
        .filter(|algorithm| algorithms.contains(algorithm))
        .ok_or_else(|| {
            Refusal::new(
                RefusalCode::IdTokenAlgorithm,
                format!("signed with {}", quoted(untrusted.algorithm())),
            )
        })?;
    let candidates = keys.select(header.key_id.as_deref(), algorithm)?;
    let mut refusal = RefusalCode::IdTokenSignature.into();
    for key in candidates {
        match authenticate(key, algorithm, &untrusted) {
            Ok(claims) => return Ok((claims, algorithm)),
            Err(ValidationError::MalformedClaims(_)) => {
                refusal = malformed("the claims are not as documented")
            }
            Err(_) => {}
        }
    }
    Err(refusal)
}

fn authenticate<T: DeserializeOwned>(
    key: &PublishedKey,
    algorithm: SigningAlgorithm,
    token: &UntrustedToken<'_, HeaderExtras>,
) -> Result<Claims<T>, ValidationError> {
    fn claims<A: Algorithm, T: DeserializeOwned>(
        algorithm: &A,
        key: &A::VerifyingKey,
        token: &UntrustedToken<'_, HeaderExtras>,
    ) -> Result<Claims<T>, ValidationError> {
        // The library compares the header's `alg` with the algorithm's own name.
        algorithm
            .validator(key)
            .validate(token)
            .map(|token| token.into_parts().1)
    }
    match &key.key {
        VerifyingKey::Rsa(key) => {
            let rsa = match algorithm {
                SigningAlgorithm::Rs384 => Rsa::rs384(),
                SigningAlgorithm::Rs512 => Rsa::rs512(),
                SigningAlgorithm::Ps256 => Rsa::ps256(),
                SigningAlgorithm::Ps384 => Rsa::ps384(),
                SigningAlgorithm::Ps512 => Rsa::ps512(),
                // The library refuses a header that names another.
                SigningAlgorithm::Rs256
                | SigningAlgorithm::Es256
                | SigningAlgorithm::Es384
                | SigningAlgorithm::EdDsa => Rsa::rs256(),
            };
            claims(&rsa, key, token)
        }
        VerifyingKey::P256(key) => claims(&Es256, key, token),
        VerifyingKey::P384(key) => claims(&Es384, key, token),
        VerifyingKey::Ed25519(key) => claims(&Ed25519, key, token),
    }
}

impl Issued {
    /// Step 2. Answers the issuer of a tenant that is let in, by which its accounts go,
    /// where the configured one is of many.
    pub(crate) fn judge(
        &self,
        oidc: &OpenIdConnect,
        issuer: &Issuer,
    ) -> Result<Option<String>, Refusal> {
        let said = self.iss.as_deref().unwrap_or_default();
        let tenant = self.tid.as_ref().and_then(Value::as_str);
        if issuer.of_tenant(tenant).as_deref() != Some(said) {
            return Err(Refusal::new(
                RefusalCode::IdTokenIssuer,
                format!("expected {issuer}, got {}", quoted(said)),
            ));
        }
        if !issuer.is_of_tenants() {
            return Ok(None);
        }
        match Issuer::parse(said) {
            Ok(issuer) if tenant.is_some_and(|tenant| oidc.lets_in(tenant)) => {
                Ok(Some(issuer.canonical().as_str().to_owned()))
            }
            Ok(_) | Err(_) => Err(Refusal::new(
                RefusalCode::IdTokenTenant,
                format!("tenant {}", quoted(tenant.unwrap_or_default())),
            )),
        }
    }

    /// Steps 3 to 5.
    pub(crate) fn judge_audience(&self, client_id: &str) -> Result<(), Refusal> {
        let audiences = self.aud.as_ref().map_or(&[][..], Audience::all);
        if !self.aud.as_ref().is_some_and(|aud| aud.has(client_id)) {
            return Err(Refusal::new(
                RefusalCode::IdTokenAudience,
                format!(
                    "{} audiences, first {}",
                    audiences.len(),
                    quoted(audiences.first().map_or("", String::as_str))
                ),
            ));
        }
        match &self.azp {
            Some(party) if party != client_id => Err(Refusal::new(
                RefusalCode::IdTokenAuthorizedParty,
                quoted(party),
            )),
            None if audiences.len() > 1 => Err(Refusal::new(
                RefusalCode::IdTokenAuthorizedParty,
                "several audiences and no azp",
            )),
            Some(_) | None => Ok(()),
        }
    }
}

/// Steps 9 and 10. Where there is no `exp` it is so long after `iat`, if that is let be.
pub(crate) fn judge_times<T>(
    claims: &Claims<T>,
    without_exp_seconds: Option<i64>,
    now: u64,
) -> Result<(), Refusal> {
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let off = |code: RefusalCode, name: &str, at: Option<i64>| match at {
        Some(at) => Refusal::new(code, format!("{name} is {at}, and it is {now}")),
        None => Refusal::new(code, format!("no {name}")),
    };
    let [expiration, issued_at, not_before] =
        [&claims.expiration, &claims.issued_at, &claims.not_before]
            .map(|time| time.map(|time| time.timestamp()));
    let stood_in = || Some(issued_at?.saturating_add(without_exp_seconds?));
    let expiration = expiration.or_else(stood_in);
    if expiration.is_none_or(|at| now >= at.saturating_add(CLOCK_SKEW_SECONDS)) {
        return Err(off(RefusalCode::IdTokenExpired, "exp", expiration));
    }
    let recent =
        now.saturating_sub(ID_TOKEN_MAX_AGE_SECONDS)..=now.saturating_add(CLOCK_SKEW_SECONDS);
    if !issued_at.is_some_and(|at| recent.contains(&at)) {
        return Err(off(RefusalCode::IdTokenIssuedAt, "iat", issued_at));
    }
    if not_before.is_some_and(|at| at > now.saturating_add(CLOCK_SKEW_SECONDS)) {
        return Err(off(RefusalCode::IdTokenNotBefore, "nbf", not_before));
    }
    Ok(())
}

/// §3.1.3.8 and §3.1.3.6: base64url of the left half of the access token's hash,
/// by the hash function of the signature algorithm; Ed25519's is SHA-512.
fn judge_access_token_hash(
    hash: &str,
    algorithm: SigningAlgorithm,
    access_token: &Secret,
) -> Result<(), Refusal> {
    let token = access_token.expose().as_bytes();
    let expected = match algorithm {
        SigningAlgorithm::Rs256 | SigningAlgorithm::Ps256 | SigningAlgorithm::Es256 => {
            URL_SAFE_NO_PAD.encode(&Sha256::digest(token)[..16])
        }
        SigningAlgorithm::Rs384 | SigningAlgorithm::Ps384 | SigningAlgorithm::Es384 => {
            URL_SAFE_NO_PAD.encode(&Sha384::digest(token)[..24])
        }
        SigningAlgorithm::Rs512 | SigningAlgorithm::Ps512 | SigningAlgorithm::EdDsa => {
            URL_SAFE_NO_PAD.encode(&Sha512::digest(token)[..32])
        }
    };
    match hash.as_bytes().ct_eq(expected.as_bytes()).into() {
        true => Ok(()),
        false => Err(RefusalCode::IdTokenAccessTokenHash.into()),
    }
}

#[cfg(test)]
mod tests;
