//! A linked account's key to parameters.

use crate::{
    bindings::exports::gatelet::store::types::Identity, convert::text, failure::Failure,
    value::Value,
};

/// By which an account is found.
pub(crate) struct AccountKey {
    pub(crate) issuer: Value,
    pub(crate) subject: Value,
    provider: Value,
    /// What stands for the issuer of an account from before issuers were kept:
    /// migration 9 wrote it.
    pub(crate) legacy_issuer: Value,
}

impl AccountKey {
    /// issuer, subject, provider.
    pub(crate) fn account(self) -> [Value; 3] {
        [self.issuer, self.subject, self.provider]
    }
}

/// Passwords and accounts from before are no identity's: an issuer is a URL.
pub(crate) fn account_key(identity: Identity) -> Result<AccountKey, Failure> {
    let Identity {
        issuer,
        subject,
        provider,
    } = identity;
    if !issuer.starts_with("https://") && !issuer.starts_with("http://") {
        return Err(Failure::internal("an issuer that is no URL"));
    }
    if matches!(provider.as_str(), "password" | "passkey" | "email") {
        return Err(Failure::internal(
            "a provider by the name of a way in of ours",
        ));
    }
    Ok(AccountKey {
        legacy_issuer: text(format!("provider:{provider}"))?,
        issuer: text(issuer)?,
        subject: text(subject)?,
        provider: text(provider)?,
    })
}

#[cfg(test)]
mod tests {
    use super::account_key;
    use crate::bindings::exports::gatelet::store::types::Identity;

    #[test]
    fn no_identity_is_a_password_or_an_account_from_before() {
        let key = |issuer: &str, provider: &str| {
            account_key(Identity {
                issuer: issuer.into(),
                subject: "s".into(),
                provider: provider.into(),
            })
        };
        assert!(key("https://login.example", "acme").is_ok());
        assert!(key("http://localhost:9000", "acme").is_ok());
        for issuer in [
            "password",
            "provider:acme",
            "",
            "login.example",
            "HTTPS://x",
        ] {
            assert!(key(issuer, "acme").is_err(), "{issuer}");
        }
        assert!(key("https://login.example", "password").is_err());
        assert!(key("https://login.example", "passkey").is_err());
        assert!(key("https://login.example", "email").is_err());
    }
}
