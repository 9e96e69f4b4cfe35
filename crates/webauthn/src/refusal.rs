//! Why is a passkey refused? A closed set: the code is for the log, visitors read one
//! sentence for all of them.

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The client data is no JSON of the expected shape.
    ClientData,
    /// It is of another ceremony.
    Type,
    /// The challenge is not one of ours, or for something else, or somebody else.
    Challenge,
    /// It is too old.
    Expired,
    /// The page was another's, or within another's.
    Origin,
    /// The authenticator's data is cut off, or too much.
    AuthenticatorData,
    /// It is for another relying party.
    RelyingParty,
    /// Nobody was there.
    UserPresence,
    /// Nobody was asked who they are.
    UserVerification,
    /// A backup without being fit for one, or another than at the registration.
    Backup,
    /// The attestation object is no CBOR of the expected shape.
    AttestationObject,
    /// The public key is none, or of a kind that was not asked for.
    PublicKey,
    /// The signature is not that key's.
    Signature,
    /// The user handle is another's.
    UserHandle,
    /// The credential is not known, or not one of those that were asked for.
    Unknown,
    /// The counter has not grown.
    Counter,
}

impl Refusal {
    /// Every case.
    pub const ALL: &'static [Self] = &[
        Self::ClientData,
        Self::Type,
        Self::Challenge,
        Self::Expired,
        Self::Origin,
        Self::AuthenticatorData,
        Self::RelyingParty,
        Self::UserPresence,
        Self::UserVerification,
        Self::Backup,
        Self::AttestationObject,
        Self::PublicKey,
        Self::Signature,
        Self::UserHandle,
        Self::Unknown,
        Self::Counter,
    ];

    /// Stable code.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ClientData => "passkey.client_data",
            Self::Type => "passkey.type",
            Self::Challenge => "passkey.challenge",
            Self::Expired => "passkey.expired",
            Self::Origin => "passkey.origin",
            Self::AuthenticatorData => "passkey.authenticator_data",
            Self::RelyingParty => "passkey.relying_party",
            Self::UserPresence => "passkey.user_presence",
            Self::UserVerification => "passkey.user_verification",
            Self::Backup => "passkey.backup",
            Self::AttestationObject => "passkey.attestation_object",
            Self::PublicKey => "passkey.public_key",
            Self::Signature => "passkey.signature",
            Self::UserHandle => "passkey.user_handle",
            Self::Unknown => "passkey.unknown",
            Self::Counter => "passkey.counter",
        }
    }
}
