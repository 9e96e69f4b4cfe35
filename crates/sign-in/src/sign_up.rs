//! Who may make an account?

use gatelet_settings::{Setting, SettingError, Values};

use crate::email::Email;
use crate::linking::SignUp;
use crate::refusal::RefusalCode;

/// Most domains.
const DOMAINS_MAX: usize = 64;

/// What an operator says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignUpPolicy {
    /// `sign_up`
    pub who: SignUp,
    /// `sign_up_domains`: in lower case; empty for all.
    domains: Vec<String>,
}

impl SignUpPolicy {
    /// Reads both settings.
    pub fn from_values(values: &Values<'_>) -> Result<Self, SettingError> {
        let who = match values.get(Setting::SignUp).trim() {
            "open" => SignUp::Open,
            "invited" => SignUp::Invited,
            "closed" => SignUp::Closed,
            other => {
                return Err(SettingError::new(
                    Setting::SignUp,
                    format_args!("is {other:?}: write open, invited or closed"),
                ));
            }
        };
        let listed = values.get(Setting::SignUpDomains).split(',');
        let mut domains = Vec::new();
        for domain in listed.map(str::trim).filter(|domain| !domain.is_empty()) {
            // As they stand behind the `@` of a canonical address.
            let address = Email::parse(&format!("x@{domain}")).map_err(|_| {
                SettingError::new(
                    Setting::SignUpDomains,
                    format_args!(
                        "{domain:?} is no domain of addresses: write example.com, acme.org"
                    ),
                )
            })?;
            let (_, domain) = address.as_str().rsplit_once('@').unwrap_or_default();
            domains.push(domain.to_owned());
        }
        if domains.len() > DOMAINS_MAX {
            return Err(SettingError::new(
                Setting::SignUpDomains,
                format_args!("has more than {DOMAINS_MAX} domains"),
            ));
        }
        Ok(Self { who, domains })
    }

    /// Whether whoever has this address may make an account. An invitation is the
    /// operator's word for the address, whatever its domain.
    pub fn judge(&self, email: &Email, is_invited: bool) -> Result<(), RefusalCode> {
        match (self.who, is_invited) {
            (SignUp::Closed, _) => Err(RefusalCode::SignUpClosed),
            (_, true) => Ok(()),
            (SignUp::Invited, false) => Err(RefusalCode::NotInvited),
            (SignUp::Open, false) if self.is_at_a_domain(email) => Ok(()),
            (SignUp::Open, false) => Err(RefusalCode::SignUpDomain),
        }
    }

    /// Whether only addresses at certain domains may.
    #[must_use]
    pub fn asks_for_domains(&self) -> bool {
        !self.domains.is_empty()
    }

    /// The whole of what stands behind the `@`, so that neither a subdomain nor a longer
    /// name is one.
    fn is_at_a_domain(&self, email: &Email) -> bool {
        let domain = email.as_str().rsplit_once('@').map(|(_, domain)| domain);
        self.domains.is_empty()
            || domain.is_some_and(|domain| self.domains.iter().any(|listed| listed == domain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(who: &str, domains: &str) -> Result<SignUpPolicy, SettingError> {
        SignUpPolicy::from_values(&Values::new([
            (Setting::SignUp, who),
            (Setting::SignUpDomains, domains),
        ]))
    }

    fn judged(who: &str, domains: &str, email: &str, is_invited: bool) -> Result<(), RefusalCode> {
        let email = Email::parse(email).expect("an address");
        policy(who, domains)
            .expect("a policy")
            .judge(&email, is_invited)
    }

    #[test]
    fn everybody_those_who_were_invited_or_nobody_may_sign_up() {
        for (who, invited, expected) in [
            ("open", false, Ok(())),
            ("open", true, Ok(())),
            ("invited", false, Err(RefusalCode::NotInvited)),
            ("invited", true, Ok(())),
            ("closed", false, Err(RefusalCode::SignUpClosed)),
            ("closed", true, Err(RefusalCode::SignUpClosed)),
        ] {
            assert_eq!(
                judged(who, "", "ann@example.com", invited),
                expected,
                "{who} {invited}"
            );
        }
        for who in ["Open", "invite", "open closed"] {
            assert!(policy(who, "").is_err(), "{who:?}");
        }
    }

    #[test]
    fn an_address_is_at_a_domain_and_at_none_that_merely_looks_like_it() {
        for (email, expected) in [
            ("ann@acme.com", true),
            ("Ann@ACME.com", true),
            ("ann@beta.org", true),
            ("ann@notacme.com", false),
            ("ann@acme.com.evil.example", false),
            ("ann@eu.acme.com", false),
            ("\"ann@acme.com\"@evil.example", false),
            ("ann@acme.co", false),
        ] {
            let Ok(email) = Email::parse(email) else {
                continue;
            };
            let policy = policy("open", " Acme.com, beta.org,").expect("a policy");
            let judged = policy.judge(&email, false);
            assert_eq!(judged.is_ok(), expected, "{email:?}");
            assert_eq!(policy.judge(&email, true), Ok(()), "invited: {email:?}");
        }
    }

    #[test]
    fn what_is_no_domain_is_refused_at_the_start() {
        for domains in [
            "acme com",
            "@acme.com",
            "a@acme.com",
            "*.acme.com",
            "acme..com",
        ] {
            assert!(policy("open", domains).is_err(), "{domains:?}");
        }
        let many: Vec<_> = (0..65).map(|number| format!("d{number}.example")).collect();
        assert!(policy("open", &many.join(",")).is_err());
        assert!(policy("open", &many[1..].join(",")).is_ok());
    }
}
