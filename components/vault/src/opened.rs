//! Opening what is sealed, and what is said where it does not open.

use gatelet_ports::store::vault::SealedSecret;
use gatelet_secrets::key::OpenError;
use gatelet_secrets::{Code, Context, SecretValue, VaultError};

use crate::caller::Caller;

impl Caller {
    /// The value of a place. The error names the place and never the value.
    pub(crate) fn open(
        &self,
        context: &Context<'_>,
        name: &str,
        sealed: &[u8],
    ) -> Result<SecretValue, VaultError> {
        self.keys.open(context, sealed).map_err(|error| match error {
            OpenError::UnknownKey(id) => VaultError::new(
                Code::WrongKey,
                format_args!(
                    "{name} is sealed under the key {id}, which secrets_enc_key does not have: nothing is lost, add that key behind the others"
                ),
            ),
            OpenError::Damaged => VaultError::new(
                Code::WrongKey,
                format_args!("{name} does not open: its row is not what was sealed"),
            ),
        })
    }

    /// The value of a secret; none where it is deleted.
    pub(crate) fn open_secret(
        &self,
        kept: &SealedSecret,
    ) -> Result<Option<SecretValue>, VaultError> {
        let SealedSecret { secret, sealed } = kept;
        let Some(sealed) = sealed else {
            return Ok(None);
        };
        let context = Context::row(self.org.as_str(), "", &secret.name, secret.version);
        self.open(&context, &secret.name, sealed).map(Some)
    }
}
