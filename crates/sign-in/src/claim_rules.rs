//! What do a provider's claims say of a person? Which claim holds the address, and
//! when the provider vouches for it.

use serde_json::{Map, Value};

use crate::email::Email;
use crate::endpoint::Issuer;
use crate::name::DisplayName;
use crate::preset::known;
use crate::provider_groups::{GroupRules, ProviderGroups};

/// How a provider's claims are read (OpenID Connect Core 1.0 §5.1 unless configured).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRules {
    /// The claim that holds the address.
    pub email: String,
    /// Danger: an address counts as verified where the provider does not say whether
    /// it is.
    pub trust_email: bool,
    /// The claim that must be the address's domain for the provider to vouch for it.
    pub domain: Option<String>,
    /// Domains that need no such claim.
    pub exempt_domains: &'static [&'static str],
    /// How the groups are read that the provider names; None where it is not asked.
    pub groups: Option<GroupRules>,
}

/// What a provider says of a person, in an ID token or at UserInfo. Claims of a wrong
/// type count as absent: none of them decides who somebody is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Profile {
    pub(crate) email: Option<Email>,
    /// Whether the address is theirs; None where it is not said.
    pub(crate) email_verified: Option<bool>,
    pub(crate) name: Option<DisplayName>,
    /// None where it says nothing of groups, or is not asked.
    pub(crate) groups: Option<ProviderGroups>,
}

impl ClaimRules {
    /// What is known of the issuer.
    #[must_use]
    pub fn of(issuer: &Issuer) -> Self {
        let domain_claim = known::domain_claim(issuer);
        Self {
            email: "email".into(),
            trust_email: false,
            domain: domain_claim.map(|(claim, _)| claim.into()),
            exempt_domains: domain_claim.map_or(&[], |(_, exempt)| exempt),
            groups: None,
        }
    }

    pub(crate) fn profile(&self, claims: &Map<String, Value>) -> Profile {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        let email = match self.email.as_str() {
            standard @ "email" => text(standard),
            other => claims.get(other).and_then(first_text),
        };
        let email = email.and_then(|email| Email::parse(email).ok());
        let email_verified = email.as_ref().and_then(|email| {
            let said = self.is_said_verified(claims)?;
            Some(said && self.is_in_domain(claims, email))
        });
        let parts = ["given_name", "family_name"].map(|part| text(part).unwrap_or_default());
        let name = text("name").and_then(DisplayName::from_provider);
        let name = name
            .or_else(|| DisplayName::from_provider(&parts.join(" ")))
            .or_else(|| DisplayName::from_provider(text("preferred_username")?));
        Profile {
            email,
            email_verified,
            name,
            groups: self.groups.as_ref().and_then(|rules| rules.read(claims)),
        }
    }

    fn is_said_verified(&self, claims: &Map<String, Value>) -> Option<bool> {
        match (claims.get("email_verified"), claims.get("xms_edov")) {
            // Some providers send the text "true"; nothing else than true is true.
            (Some(said), _) => Some(*said == true || *said == "true"),
            // Entra says so of the owner of the address's domain, in any of these ways:
            // https://learn.microsoft.com/entra/identity-platform/migrate-off-email-claim-authorization
            (None, Some(said)) => {
                Some(*said == true || *said == "true" || *said == 1 || *said == "1")
            }
            (None, None) => self.trust_email.then_some(true),
        }
    }

    fn is_in_domain(&self, claims: &Map<String, Value>, email: &Email) -> bool {
        let Some(claim) = &self.domain else {
            return true;
        };
        let said = claims.get(claim).and_then(Value::as_str);
        self.exempt_domains.contains(&email.domain())
            || said.is_some_and(|said| said.eq_ignore_ascii_case(email.domain()))
    }
}

/// A text, or the first of a list: Azure AD B2C has the addresses of a person in one.
fn first_text(claim: &Value) -> Option<&str> {
    match claim {
        Value::Array(several) => several.first()?.as_str(),
        one => one.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn said(rules: &ClaimRules, claims: Value) -> (Option<String>, bool) {
        let profile = rules.profile(claims.as_object().expect("an object"));
        (
            profile.email.map(|email| email.as_str().to_owned()),
            profile.email_verified == Some(true),
        )
    }

    fn rules(issuer: &str) -> ClaimRules {
        ClaimRules::of(&Issuer::parse(issuer).expect("an issuer"))
    }

    #[test]
    fn google_vouches_for_its_own_addresses_and_its_customers() {
        let google = rules("https://accounts.google.com");
        for (case, email, hd, expected) in [
            ("a customer's", "ann@acme.com", json!("acme.com"), true),
            ("in another case", "ann@acme.com", json!("ACME.com"), true),
            (
                "nobody's, made with that address",
                "ann@acme.com",
                Value::Null,
                false,
            ),
            (
                "another customer's",
                "ann@acme.com",
                json!("evil.example"),
                false,
            ),
            (
                "a parent domain",
                "ann@eu.acme.com",
                json!("acme.com"),
                false,
            ),
            ("of a wrong type", "ann@acme.com", json!(true), false),
            ("empty", "ann@acme.com", json!(""), false),
            ("its own", "ann@gmail.com", Value::Null, true),
        ] {
            let claims = json!({"email": email, "email_verified": true, "hd": hd});
            assert_eq!(said(&google, claims).1, expected, "{case}");
        }
        let claims = json!({"email": "ann@gmail.com", "email_verified": false});
        assert!(!said(&google, claims).1, "not against its word");
        let other = rules("https://id.example");
        let claims = json!({"email": "ann@acme.com", "email_verified": true});
        assert!(said(&other, claims).1, "nobody else has such a claim");
    }

    #[test]
    fn an_address_is_verified_by_the_providers_word_or_by_the_operators() {
        let (plain, trusting) = (
            rules("https://id.example"),
            ClaimRules {
                trust_email: true,
                ..rules("https://id.example")
            },
        );
        for (claims, by_word, trusted) in [
            (json!({}), false, true),
            (json!({"email_verified": true}), true, true),
            (json!({"email_verified": "true"}), true, true),
            (json!({"email_verified": false}), false, false),
            (json!({"email_verified": 1}), false, false),
            (json!({"email_verified": null}), false, false),
            (
                json!({"email_verified": false, "xms_edov": true}),
                false,
                false,
            ),
            (json!({"xms_edov": true}), true, true),
            (json!({"xms_edov": "1"}), true, true),
            (json!({"xms_edov": 1}), true, true),
            (json!({"xms_edov": false}), false, false),
            (json!({"xms_edov": "0"}), false, false),
        ] {
            let mut claims = claims;
            claims["email"] = "ann@acme.com".into();
            assert_eq!(said(&plain, claims.clone()).1, by_word, "{claims}");
            assert_eq!(said(&trusting, claims.clone()).1, trusted, "{claims}");
        }
    }

    #[test]
    fn an_address_is_where_the_operator_says() {
        let upn = ClaimRules {
            email: "preferred_username".into(),
            ..rules("https://id.example")
        };
        let claims = json!({"email": "other@acme.com", "preferred_username": "Ann@ACME.com"});
        assert_eq!(said(&upn, claims), (Some("ann@acme.com".into()), false));
        for nothing in [
            json!({}),
            json!({"preferred_username": "ann"}),
            json!({"preferred_username": []}),
            json!({"preferred_username": [["a@b.example"]]}),
            json!({"preferred_username": {"0": "a@b.example"}}),
        ] {
            assert_eq!(said(&upn, nothing.clone()), (None, false), "{nothing}");
        }
    }

    #[test]
    fn of_several_addresses_the_first_is_meant() {
        let emails = ClaimRules {
            email: "emails".into(),
            ..rules("https://acme.b2clogin.com/x/v2.0")
        };
        let claims = json!({"emails": ["Ann@acme.com", "other@acme.com"]});
        assert_eq!(said(&emails, claims), (Some("ann@acme.com".into()), false));
    }

    #[test]
    fn a_name_is_whole_or_made_of_its_parts() {
        let rules = rules("https://id.example");
        for (claims, name) in [
            (
                json!({"name": "Ann B.", "given_name": "Ann", "family_name": "Bee"}),
                Some("Ann B."),
            ),
            (
                json!({"given_name": "Ann", "family_name": "Bee", "preferred_username": "ann1"}),
                Some("Ann Bee"),
            ),
            (json!({"family_name": "Bee"}), Some("Bee")),
            (
                json!({"name": " ", "preferred_username": "ann1"}),
                Some("ann1"),
            ),
            (json!({"given_name": 1}), None),
            (json!({}), None),
        ] {
            let profile = rules.profile(claims.as_object().expect("an object"));
            let found = profile.name.as_ref().map(DisplayName::as_str);
            assert_eq!(found, name, "{claims}");
        }
    }
}
