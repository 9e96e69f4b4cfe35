//! How is a provider to sign somebody in, and did it? What an operator demands of each
//! sign-in, as it is asked for and as the ID token must answer.

use serde_json::{Map, Value};

use crate::id_token::CLOCK_SKEW_SECONDS;
use crate::refusal::{Refusal, RefusalCode, quoted};

/// What is demanded; of nothing there is no more than that somebody is signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demands {
    /// What the provider is to do in any case, in its words: `login consent`. Only asked:
    /// no answer tells of it.
    pub prompt: Option<String>,
    /// The classes of authentication of which one must be met, the most wanted first;
    /// empty for any.
    pub acr_values: Vec<String>,
    /// How long before a sign-in begins the provider may have asked for a proof last.
    pub max_age_seconds: Option<u32>,
    /// Whether somebody who is signed in is to prove it again: the provider is to ask, whomever
    /// it remembers.
    pub anew: bool,
    /// Whether an ID token passes that does not say when that was. A provider that never
    /// says so is asked all the same, and believed.
    pub silence_passes: bool,
    /// Of which organisation the account must be.
    pub hosted_domain: Option<HostedDomain>,
}

/// Google's `hd`: <https://developers.google.com/identity/openid-connect/openid-connect#hd-param>.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostedDomain {
    /// Of some organisation: no private account.
    Any,
    /// Of the one with this domain.
    One(String),
}

impl Demands {
    /// Parameters of the authentication request (OpenID Connect Core 1.0 §3.1.2.1), but for
    /// `prompt`, which hangs on the visitor too.
    #[must_use]
    pub fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = Vec::new();
        if !self.acr_values.is_empty() {
            parameters.push(("acr_values", self.acr_values.join(" ")));
        }
        if let Some(seconds) = self.max_age_seconds {
            parameters.push(("max_age", seconds.to_string()));
        }
        match &self.hosted_domain {
            None => {}
            Some(HostedDomain::Any) => parameters.push(("hd", "*".to_owned())),
            Some(HostedDomain::One(domain)) => parameters.push(("hd", domain.clone())),
        }
        parameters
    }

    /// The same, of somebody who is signed in and is to prove it again: the provider asks
    /// anew. `says_when` is whether it is known to say when it asked; what the operator
    /// demands must be said in any case.
    #[must_use]
    pub fn anew(self, says_when: bool) -> Self {
        Self {
            anew: true,
            silence_passes: !says_when && self.max_age_seconds.is_none(),
            max_age_seconds: Some(0),
            ..self
        }
    }

    /// `prompt`, of what is demanded and of the word by which the visitor chooses the
    /// account, where that is wanted; None where neither is.
    #[must_use]
    pub fn prompt_with(&self, choosing: Option<&str>) -> Option<String> {
        match (&self.prompt, choosing) {
            (None, None) => None,
            (Some(prompt), None) => Some(prompt.clone()),
            (None, Some(word)) => Some(word.to_owned()),
            (Some(prompt), Some(word)) if prompt.split(' ').any(|one| one == word) => {
                Some(prompt.clone())
            }
            (Some(prompt), Some(word)) => Some(format!("{prompt} {word}")),
        }
    }

    /// Judges the claims of an ID token, whose sign-in began at `asked_at`, in Unix seconds.
    ///
    /// OpenID Connect Core 1.0 §3.1.3.7:
    /// 12. `acr` is one of those that were asked for. A provider need not meet what it is
    ///     asked in `acr_values` (§5.5.1.1), so it is looked at whether it did.
    /// 13. `auth_time` is there and not longer before the sign-in began than `max_age`, give
    ///     or take the skew; nor is it in the future, at `now`.
    ///
    /// And `hd` is the domain: what is asked in it is a preference of the provider's page,
    /// which the visitor can take out.
    pub fn judge(
        &self,
        claims: &Map<String, Value>,
        asked_at: u64,
        now: u64,
    ) -> Result<(), Refusal> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        if !self.acr_values.is_empty() {
            let acr = text("acr");
            if !acr.is_some_and(|acr| self.acr_values.iter().any(|one| one == acr)) {
                let said = acr.map_or("none".to_owned(), quoted);
                let wanted = self.acr_values.join(" ");
                let detail = format!("acr is {said}, and acr_values are {wanted}");
                return Err(Refusal::new(RefusalCode::IdTokenAcr, detail));
            }
        }
        if let Some(max_age) = self.max_age_seconds {
            let auth_time = claims.get("auth_time").and_then(Value::as_u64);
            let skew = CLOCK_SKEW_SECONDS.unsigned_abs();
            let earliest = asked_at.saturating_sub(u64::from(max_age) + skew);
            let latest = now.saturating_add(skew);
            let is_met = match claims.contains_key("auth_time") {
                true => auth_time.is_some_and(|at| (earliest..=latest).contains(&at)),
                false => self.silence_passes,
            };
            if !is_met {
                let said = auth_time.map_or("none".to_owned(), |at| at.to_string());
                let detail = format!("auth_time is {said}, and must be {earliest} to {latest}");
                return Err(Refusal::new(RefusalCode::IdTokenAuthTime, detail));
            }
        }
        let said = text("hd");
        let is_of_it = match (&self.hosted_domain, said) {
            (None, _) => true,
            (Some(_), None | Some("")) => false,
            (Some(HostedDomain::Any), Some(_)) => true,
            (Some(HostedDomain::One(domain)), Some(said)) => said.eq_ignore_ascii_case(domain),
        };
        match is_of_it {
            true => Ok(()),
            false => Err(Refusal::new(
                RefusalCode::IdTokenHostedDomain,
                format!("hd is {}", said.map_or("none".to_owned(), quoted)),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: u64 = 1_800_000_000;
    /// Somebody took five minutes at the provider.
    const ASKED_AT: u64 = NOW - 300;

    fn judge(demands: &Demands, claims: &Value) -> Option<RefusalCode> {
        let claims = claims.as_object().expect("an object");
        let judged = demands.judge(claims, ASKED_AT, NOW);
        judged.err().map(|refusal| refusal.code)
    }

    #[test]
    fn nothing_demanded_is_met_by_anything() {
        let none = Demands::default();
        for claims in [
            json!({}),
            json!({"acr": "0", "auth_time": "never", "hd": 7}),
        ] {
            assert_eq!(judge(&none, &claims), None, "{claims}");
        }
        assert_eq!(none.parameters(), []);
        assert_eq!(none.prompt_with(None), None);
    }

    #[test]
    fn the_class_of_authentication_is_one_of_those_asked_for() {
        let demands = Demands {
            acr_values: vec!["phr".to_owned(), "mfa".to_owned()],
            ..Demands::default()
        };
        let asked = ("acr_values", "phr mfa".to_owned());
        assert_eq!(demands.parameters(), [asked]);
        for (acr, is_met) in [
            (json!("phr"), true),
            (json!("mfa"), true),
            (json!("phr mfa"), false),
            (json!("PHR"), false),
            (json!("0"), false),
            (json!(""), false),
            (json!(["phr"]), false),
            (Value::Null, false),
        ] {
            let expected = (!is_met).then_some(RefusalCode::IdTokenAcr);
            assert_eq!(judge(&demands, &json!({ "acr": acr })), expected, "{acr}");
        }
        assert_eq!(judge(&demands, &json!({})), Some(RefusalCode::IdTokenAcr));
    }

    #[test]
    fn the_last_proof_is_not_older_than_was_asked_for_when_the_sign_in_began() {
        for (max_age, auth_time, is_met) in [
            (0, json!(ASKED_AT), true),
            (0, json!(NOW), true),
            (0, json!(ASKED_AT - 60), true),
            (0, json!(ASKED_AT - 61), false),
            (600, json!(ASKED_AT - 660), true),
            (600, json!(ASKED_AT - 661), false),
            (600, json!(NOW + 60), true),
            (600, json!(NOW + 61), false),
            (600, json!(NOW.to_string()), false),
            (600, json!(-5), false),
            (600, Value::Null, false),
            (u32::MAX, json!(0), true),
        ] {
            let demands = Demands {
                max_age_seconds: Some(max_age),
                ..Demands::default()
            };
            let asked = ("max_age", max_age.to_string());
            assert_eq!(demands.parameters(), [asked]);
            let expected = (!is_met).then_some(RefusalCode::IdTokenAuthTime);
            let claims = json!({ "auth_time": auth_time });
            let asked_at = if max_age == u32::MAX { 5 } else { ASKED_AT };
            let judged = demands.judge(claims.as_object().expect("an object"), asked_at, NOW);
            let refused = judged.err().map(|refusal| refusal.code);
            assert_eq!(refused, expected, "{max_age} {auth_time}");
        }
    }

    #[test]
    fn who_is_to_prove_it_again_was_asked_now_as_far_as_the_provider_says() {
        let plain = Demands::default();
        let demanding = Demands {
            max_age_seconds: Some(600),
            ..Demands::default()
        };
        let refused = Some(RefusalCode::IdTokenAuthTime);
        let (old, now) = (
            json!({ "auth_time": ASKED_AT - 61 }),
            json!({ "auth_time": ASKED_AT }),
        );
        for (demands, says_when, silent) in [
            (&plain, true, refused),
            (&plain, false, None),
            (&demanding, true, refused),
            (&demanding, false, refused),
        ] {
            let anew = demands.clone().anew(says_when);
            assert_eq!(anew.parameters(), [("max_age", "0".to_owned())]);
            assert_eq!(judge(&anew, &json!({})), silent, "{anew:?}");
            assert_eq!(judge(&anew, &now), None, "{anew:?}");
            for said in [
                &old,
                &json!({ "auth_time": null }),
                &json!({ "auth_time": "now" }),
            ] {
                assert_eq!(judge(&anew, said), refused, "{anew:?} {said}");
            }
        }
    }

    #[test]
    fn an_account_is_of_the_organisation_that_was_asked_for() {
        let of = |hosted_domain| Demands {
            hosted_domain: Some(hosted_domain),
            ..Demands::default()
        };
        let (any, one) = (
            of(HostedDomain::Any),
            of(HostedDomain::One("acme.com".to_owned())),
        );
        assert_eq!(any.parameters(), [("hd", "*".to_owned())]);
        assert_eq!(one.parameters(), [("hd", "acme.com".to_owned())]);
        for (hd, is_any, is_one) in [
            (json!("acme.com"), true, true),
            (json!("ACME.com"), true, true),
            (json!("evil.example"), true, false),
            (json!("eu.acme.com"), true, false),
            (json!("*"), true, false),
            (json!(""), false, false),
            (json!(true), false, false),
            (Value::Null, false, false),
        ] {
            let claims = json!({ "hd": hd, "email": "ann@acme.com", "email_verified": true });
            for (demands, is_met) in [(&any, is_any), (&one, is_one)] {
                let expected = (!is_met).then_some(RefusalCode::IdTokenHostedDomain);
                assert_eq!(judge(demands, &claims), expected, "{demands:?} {hd}");
            }
        }
    }

    #[test]
    fn choosing_the_account_takes_nothing_away_from_what_is_demanded() {
        let demands = |prompt: &str| Demands {
            prompt: Some(prompt.to_owned()),
            ..Demands::default()
        };
        for (demands, choosing, expected) in [
            (Demands::default(), Some("select_account"), "select_account"),
            (demands("login"), None, "login"),
            (demands("login"), Some("login"), "login"),
            (
                demands("login consent"),
                Some("select_account"),
                "login consent select_account",
            ),
        ] {
            let prompt = demands.prompt_with(choosing);
            assert_eq!(
                prompt.as_deref(),
                Some(expected),
                "{demands:?} {choosing:?}"
            );
        }
    }
}
