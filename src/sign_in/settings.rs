//! How did the operator set up signing in? All that the `auth` component is run by.

use super::linking::SignUp;
use super::provider::Providers;
use crate::settings::{GateSettings, SettingError, Values};

/// Whether people may sign in with email and password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordSignIn {
    /// They may.
    On,
    /// Providers alone.
    Off,
}

/// The gateway's settings, and those of signing in.
#[derive(Clone, Debug)]
pub struct SignInSettings {
    /// Keys, origins with lifetimes and cookie names, trusted proxies.
    pub gate: GateSettings,
    /// The identity providers, in the order of their buttons.
    pub providers: Providers,
    /// `sign_up`
    pub sign_up: SignUp,
    /// `password_sign_in`
    pub password_sign_in: PasswordSignIn,
}

impl SignInSettings {
    /// Parses and checks variables by name and value, as the operator wrote them.
    pub fn from_values<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, SettingError> {
        let pairs: Vec<(&str, &str)> = pairs.into_iter().collect();
        let values = Values::new(pairs.iter().copied());
        let settings = Self {
            gate: GateSettings::from_values(pairs)?,
            providers: Providers::from_values(&values)?,
            sign_up: if values.is("sign_up", "open", "closed")? {
                SignUp::Open
            } else {
                SignUp::Closed
            },
            password_sign_in: if values.is("password_sign_in", "on", "off")? {
                PasswordSignIn::On
            } else {
                PasswordSignIn::Off
            },
        };
        if settings.password_sign_in == PasswordSignIn::Off && settings.providers.is_empty() {
            return Err(SettingError::new(
                "password_sign_in",
                "is off and no provider is configured, so nobody could sign in: set it on, or configure a provider",
            ));
        }
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: (&str, &str) = (
        "session_keys",
        "k1:m8fQ3x1cVb7ZtJrW0uYpLkD5sHgA9eNiOq2T4vX6zRE",
    );

    fn read(more: &[(&'static str, &'static str)]) -> Result<SignInSettings, String> {
        SignInSettings::from_values([KEY].into_iter().chain(more.iter().copied()))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_key_is_all_that_must_be_set() {
        let settings = read(&[]).expect("the defaults serve");
        assert!(settings.providers.is_empty());
        assert_eq!(
            (settings.sign_up, settings.password_sign_in),
            (SignUp::Open, PasswordSignIn::On)
        );
        assert_eq!(settings.gate.origins.iter().len(), 1);
    }

    #[test]
    fn words_are_read() {
        let settings = read(&[
            ("sign_up", "closed"),
            ("password_sign_in", "off"),
            ("google_client_id", "g"),
            ("google_client_secret", "s"),
        ])
        .expect("settings");
        assert_eq!(
            (
                settings.sign_up,
                settings.password_sign_in,
                settings.providers.iter().len()
            ),
            (SignUp::Closed, PasswordSignIn::Off, 1)
        );
    }

    #[test]
    fn mistakes_name_their_variable() {
        for (more, name) in [
            (&[("sign_up", "yes")][..], "sign_up: "),
            (&[("password_sign_in", "false")], "password_sign_in: "),
            (
                &[("password_sign_in", "off")],
                "password_sign_in: is off and no provider",
            ),
            (&[("oidc_providers", "[")], "oidc_providers: "),
            (&[("oidc_client_secrets", "[]")], "oidc_client_secrets: "),
            (&[("base_url", "http://app.example")], "base_url: "),
        ] {
            let error = read(more).expect_err(name);
            assert!(error.starts_with(name) && !error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let settings = read(&[
            ("google_client_id", "g"),
            ("google_client_secret", "hunter2"),
        ])
        .expect("settings");
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
