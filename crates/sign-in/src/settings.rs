//! How does one sign in at an origin, as its settings say?

use crate::apps::{AppAccess, AppList};
use crate::breached::RangeApi;
use crate::limits::Limits;
use crate::passphrase::is_checkable;
use crate::provider::{KeepsTokens, Providers};
use crate::refusal::quoted;
use crate::relay::{RelayChoice, RelayOrigins};
use crate::second_factor::SecondFactorPolicy;
use crate::sign_up::SignUpPolicy;
use gatelet_core::passphrase::PassphraseHash;
use gatelet_hashing::{MEMORY_MAX_KIB, PASSES_MAX};
use gatelet_mail::settings::MailSettings;
use gatelet_settings::{Setting, SettingError, Values};
use gatelet_theme::Theme;

/// Whether people may sign in with email and password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordSignIn {
    /// They may.
    On,
    /// Providers alone.
    Off,
}

/// Whether people may sign in by a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MagicLink {
    /// They may.
    On,
    /// They may not.
    Off,
}

/// Whether who signs up confirms the address by a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmailVerification {
    /// Nobody is asked to.
    Off,
    /// Afterwards, if at all.
    Optional,
    /// Before there is an account.
    Required,
}

/// Where people of an app that shares its login sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInPages {
    /// At the origin that it shares its login with.
    Shared,
    /// On its own host.
    Own,
}

/// Most days between somebody's leaving and the end of the account.
const DELETION_DAYS_MAX: u64 = 365;

/// How people sign in at one origin.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// The identity providers, in the order of their buttons.
    pub providers: Providers,
    /// `sign_up`, `sign_up_domains`
    pub sign_up: SignUpPolicy,
    /// `password_sign_in`
    pub password_sign_in: PasswordSignIn,
    /// `second_factor`
    pub second_factor: SecondFactorPolicy,
    /// `magic_link`
    pub magic_link: MagicLink,
    /// `email_verification`; off where there is no mail.
    pub email_verification: EmailVerification,
    /// `sign_in_pages`
    pub pages: SignInPages,
    /// `relay`
    pub relay: RelayChoice,
    /// `relay_origins`
    pub relay_origins: RelayOrigins,
    /// `app_list`
    pub apps: AppList,
    /// `app_access`
    pub app_access: AppAccess,
    /// `account_deletion_days`
    pub account_deletion_days: u64,
    /// `limits`, `rate_limit_max`, `rate_limit_window_seconds`
    pub limits: Limits,
    /// `breached_passwords`, `breached_passwords_url`
    pub breached_passwords: Option<RangeApi>,
    /// `accent_color`, `accent_color_dark`, `logo`, `theme_css`
    pub theme: Theme,
    /// `mail_url` and `mail_from`; none where there is no mail.
    pub mail: Option<MailSettings>,
    /// `script_access_tokens`
    pub script_access_tokens: Vec<String>,
}

/// Names between commas.
fn listed(text: &str) -> Vec<String> {
    let names = text.split(',').map(str::trim);
    let names = names.filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

impl SignIn {
    /// Whether scripts of the origin may have access tokens of this provider's.
    #[must_use]
    pub fn gives_scripts(&self, provider: &str) -> bool {
        self.script_access_tokens.iter().any(|id| id == provider)
    }

    /// Step 6.
    fn judge_kept(&self, setting: Setting, ids: &[String]) -> Result<(), SettingError> {
        let keeps = |id: &String| match self.providers.get(id) {
            Some(provider) => provider.keeps_tokens != KeepsTokens::No,
            None => false,
        };
        match ids.iter().find(|id| !keeps(id)) {
            None => Ok(()),
            Some(id) if self.providers.get(id).is_some() => Err(SettingError::new(
                setting,
                format_args!(
                    "names {id}, whose tokens are not kept: write \"keep_tokens\":true into its entry of oidc_providers"
                ),
            )),
            Some(id) => Err(SettingError::new(
                setting,
                format_args!("names {}, which is no provider here", quoted(id)),
            )),
        }
    }

    /// Parses and checks the values of one origin. What they must be beside each other:
    ///
    /// 1. A client id and its secret are both set, or neither is.
    /// 2. `oidc_client_secrets` has none for a provider that is not there.
    /// 3. `providers` names some that are configured.
    /// 4. Where `password_sign_in` is `off`, there is a provider, or `magic_link` is `on`.
    /// 5. What needs mail is on only where there is a way for mail.
    /// 6. `forward_access_token` and `script_access_tokens` name providers whose tokens are
    ///    kept.
    ///
    /// Those of an origin that does not sign in are judged by [`Origin::from_values`];
    /// [`Site`] is past both.
    ///
    /// [`Origin::from_values`]: gatelet_core::origin::Origin::from_values
    /// [`Site`]: crate::site::Site
    pub fn from_values(values: &Values<'_>) -> Result<Self, SettingError> {
        let configured = Providers::from_values(values)?;
        let mail = MailSettings::from_values(values)?;
        let sign_in = Self {
            providers: configured.chosen(values.get(Setting::Providers))?,
            sign_up: SignUpPolicy::from_values(values)?,
            password_sign_in: if values.is(Setting::PasswordSignIn, "on", "off")? {
                PasswordSignIn::On
            } else {
                PasswordSignIn::Off
            },
            second_factor: SecondFactorPolicy::from_values(values)?,
            magic_link: if values.is(Setting::MagicLink, "on", "off")? {
                MagicLink::On
            } else {
                MagicLink::Off
            },
            email_verification: EmailVerification::parse(values, mail.is_some())?,
            pages: if values.is(Setting::SignInPages, "shared", "own")? {
                SignInPages::Shared
            } else {
                SignInPages::Own
            },
            relay: RelayChoice::parse(values.get(Setting::Relay))?,
            relay_origins: RelayOrigins::parse(values.get(Setting::RelayOrigins))?,
            apps: AppList::parse(values.get(Setting::AppList))?,
            app_access: if values.is(Setting::AppAccess, "all", "granted")? {
                AppAccess::All
            } else {
                AppAccess::Granted
            },
            account_deletion_days: days(values)?,
            limits: Limits::from_values(values)?,
            theme: Theme::from_values(values)?,
            mail,
            breached_passwords: RangeApi::from_values(values)?,
            script_access_tokens: listed(values.get(Setting::ScriptAccessTokens)),
        };
        let forwarded = listed(values.get(Setting::ForwardAccessToken));
        sign_in.judge_kept(Setting::ForwardAccessToken, &forwarded)?;
        sign_in.judge_kept(Setting::ScriptAccessTokens, &sign_in.script_access_tokens)?;
        let passphrase = PassphraseHash::from_values(values)?;
        if passphrase.is_some_and(|hash| !is_checkable(&hash)) {
            return Err(SettingError::new(
                Setting::PassphraseHash,
                format!(
                    "cannot be checked: it is cut off, or asks for more than {} MiB or {PASSES_MAX} passes. Make one \
                     with `gatelet keys passphrase`",
                    MEMORY_MAX_KIB / 1024
                ),
            ));
        }
        if sign_in.magic_link == MagicLink::On && sign_in.mail.is_none() {
            return Err(SettingError::new(
                Setting::MagicLink,
                "is on and mail_url is not set, so no letter could be sent: set mail_url, or magic_link off",
            ));
        }
        if sign_in.password_sign_in == PasswordSignIn::Off
            && sign_in.providers.is_empty()
            && sign_in.magic_link == MagicLink::Off
        {
            return Err(SettingError::new(
                Setting::PasswordSignIn,
                "is off and no provider is configured, so nobody could sign in: set it on, configure a provider, or \
                 set magic_link on",
            ));
        }
        Ok(sign_in)
    }
}

impl EmailVerification {
    fn parse(values: &Values<'_>, has_mail: bool) -> Result<Self, SettingError> {
        let required = match values.get(Setting::EmailVerification) {
            "off" => return Ok(Self::Off),
            "optional" => false,
            "required" => true,
            _ => {
                return Err(SettingError::new(
                    Setting::EmailVerification,
                    "is none of off, optional and required",
                ));
            }
        };
        match (required, has_mail) {
            (false, false) => Ok(Self::Off),
            (false, true) => Ok(Self::Optional),
            (true, true) => Ok(Self::Required),
            (true, false) => Err(SettingError::new(
                Setting::EmailVerification,
                "is required and mail_url is not set, so nobody could sign up: set mail_url, or choose optional",
            )),
        }
    }
}

fn days(values: &Values<'_>) -> Result<u64, SettingError> {
    let setting = Setting::AccountDeletionDays;
    let value = values.get(setting);
    // A sign parses.
    let digits = value.bytes().all(|byte| byte.is_ascii_digit());
    let days = value
        .parse()
        .ok()
        .filter(|days| digits && *days <= DELETION_DAYS_MAX);
    days.ok_or_else(|| {
        let problem = format!("is not a whole number of days from 0 to {DELETION_DAYS_MAX}");
        SettingError::new(setting, problem)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linking::SignUp;
    use crate::sites::SignInSettings;

    const KEY: (&str, &str) = (
        "session_keys",
        "k1:m8fQ3x1cVb7ZtJrW0uYpLkD5sHgA9eNiOq2T4vX6zRE",
    );

    fn read(more: &[(&'static str, &'static str)]) -> Result<SignInSettings, String> {
        SignInSettings::from_variables([KEY].into_iter().chain(more.iter().copied()))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_key_is_all_that_must_be_set() {
        let settings = read(&[]).expect("the defaults serve");
        assert!(settings.sign_in().providers.is_empty());
        assert_eq!(
            (
                settings.sign_in().sign_up.who,
                settings.sign_in().password_sign_in
            ),
            (SignUp::Open, PasswordSignIn::On)
        );
        assert_eq!(settings.gate.origins.iter(0).count(), 1);
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
                settings.sign_in().sign_up.who,
                settings.sign_in().password_sign_in,
                settings.sign_in().providers.iter().len()
            ),
            (SignUp::Closed, PasswordSignIn::Off, 1)
        );
    }

    const MAIL: (&str, &str) = ("mail_url", "log:");

    #[test]
    fn a_letter_may_be_the_only_way_in() {
        let alone = [MAIL, ("magic_link", "on"), ("password_sign_in", "off")];
        let settings = read(&alone).expect("settings");
        assert_eq!(settings.sign_in().magic_link, MagicLink::On);
        let settings = read(&[MAIL]).expect("settings");
        assert_eq!(settings.sign_in().magic_link, MagicLink::Off);
    }

    #[test]
    fn addresses_are_verified_where_there_is_mail() {
        for (more, expected) in [
            (&[][..], EmailVerification::Off),
            (&[MAIL], EmailVerification::Optional),
            (
                &[MAIL, ("email_verification", "off")],
                EmailVerification::Off,
            ),
            (
                &[MAIL, ("email_verification", "required")],
                EmailVerification::Required,
            ),
        ] {
            let settings = read(more).expect("settings");
            assert_eq!(settings.sign_in().email_verification, expected, "{more:?}");
        }
    }

    #[test]
    fn an_origin_may_offer_some_of_the_providers() {
        let both = [
            ("google_client_id", "g"),
            ("google_client_secret", "s"),
            ("github_client_id", "g"),
            ("github_client_secret", "s"),
        ];
        for (chosen, ids) in [
            ("", &["google", "github"][..]),
            ("github", &["github"]),
            ("github, google", &["google", "github"]),
            ("none", &[]),
        ] {
            let mut values = both.to_vec();
            values.push(("providers", chosen));
            let settings = read(&values).expect("settings");
            let found: Vec<_> = settings
                .sign_in()
                .providers
                .iter()
                .map(|provider| provider.id.as_str())
                .collect();
            assert_eq!(found, ids, "{chosen}");
        }
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
            (&[("providers", "google")], "providers: "),
            (
                &[
                    ("password_sign_in", "off"),
                    ("google_client_id", "g"),
                    ("google_client_secret", "s"),
                    ("providers", "none"),
                ],
                "password_sign_in: is off and no provider",
            ),
            (&[("relay", "app.example.com")], "relay: "),
            (&[("relay", "https://app.example.com/auth")], "relay: "),
            (&[("relay_origins", "*.com")], "relay_origins: "),
            (&[("app_list", "a b")], "app_list: "),
            (&[("app_access", "some")], "app_access: "),
            (&[("limits", "some")], "limits: "),
            (&[("rate_limit_max", "many")], "rate_limit_max: "),
            (
                &[("app_access", "granted")],
                "app_access: is granted and app_name is not set",
            ),
            (
                &[(
                    "passphrase_hash",
                    "$argon2id$v=19$m=4194304,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$eZ8SueF3EIJEgtgpg1rLafWpNVv3dMTwc0KCOxG5CSg",
                )],
                "passphrase_hash: ",
            ),
            (
                &[("magic_link", "on")],
                "magic_link: is on and mail_url is not set",
            ),
            (&[("magic_link", "yes")], "magic_link: "),
            (
                &[("email_verification", "required")],
                "email_verification: is required and mail_url is not set",
            ),
            (&[("email_verification", "yes")], "email_verification: "),
            (&[("mail_url", "imap://u:p@h")], "mail_url: is none of"),
            (&[("mail_url", "resend:k")], "mail_from: is not set"),
            (&[("mail_from", "Acme")], "mail_from: is no plain address"),
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
