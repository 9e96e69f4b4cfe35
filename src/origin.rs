//! What follows from an origin's settings? Whose sessions are good there, which
//! cookies it has, who may see what.

use gatelet_texts::Language;

use crate::access::AccessRules;
use crate::backend::{AppAddress, Backend};
use crate::base_url::BaseUrl;
use crate::claims::{Claims, SKEW_SECONDS};
use crate::cookie::{CookieNames, CookieScope};
use crate::origin_record::Place;
use crate::passphrase::PassphraseHash;
use crate::session::Lifetimes;

/// One origin: a host name that people visit, and everything that follows from it.
#[derive(Clone, Debug)]
pub struct Origin {
    base_url: BaseUrl,
    upstream: BaseUrl,
    audience: String,
    cookies: CookieNames,
    has_login: bool,
    access: AccessRules,
    passphrase: Option<PassphraseHash>,
    lifetimes: Lifetimes,
    site_name: String,
    languages: Vec<Language>,
    app: String,
    is_granted: bool,
    passed_fields: Vec<String>,
    passes_host: bool,
    handed_provider: Option<String>,
    transport_security: Option<String>,
    place: Place,
    created_at: u64,
    backend: Backend,
    sign_in_address: Option<AppAddress>,
    sign_out_address: Option<AppAddress>,
}

/// What makes an origin, each read by itself.
pub(crate) struct OriginParts {
    /// As visitors see it.
    pub(crate) base_url: BaseUrl,
    /// Where the app is.
    pub(crate) upstream: BaseUrl,
    /// Domain whose hosts share sessions: `example.com`.
    pub(crate) cookie_domain: Option<String>,
    /// Whether anybody is asked who they are.
    pub(crate) has_login: bool,
    /// Who may see what.
    pub(crate) access: AccessRules,
    /// What the rules that ask for a passphrase ask for.
    pub(crate) passphrase: Option<PassphraseHash>,
    /// How long sessions last.
    pub(crate) lifetimes: Lifetimes,
    /// What pages call the site.
    pub(crate) site_name: String,
    /// Languages of its pages, the one that is spoken to everybody else first.
    pub(crate) languages: Vec<Language>,
    /// What its app is called; may be empty.
    pub(crate) app: String,
    /// Whether that is for those alone who were granted it.
    pub(crate) is_granted: bool,
    /// Reserved request fields that its app gets all the same, in lower case.
    pub(crate) passed_fields: Vec<String>,
    /// Whether its app gets the `Host` that the visitor asked for.
    pub(crate) passes_host: bool,
    /// The provider whose access token its app gets.
    pub(crate) handed_provider: Option<String>,
    /// How long browsers are to insist on HTTPS, in seconds; 0 says nothing.
    pub(crate) hsts_seconds: u64,
    /// Where its users and sessions are.
    pub(crate) place: Place,
    /// Since when it is there, in Unix seconds.
    pub(crate) created_at: u64,
    /// Who keeps its users and sessions.
    pub(crate) backend: Backend,
    /// Where people sign in, where not with us.
    pub(crate) sign_in_address: Option<AppAddress>,
    /// Where they sign out there.
    pub(crate) sign_out_address: Option<AppAddress>,
}

impl Origin {
    /// Derives what follows from parts that fit each other: who else makes one goes by
    /// [`Origin::from_values`].
    pub(crate) fn new(record: OriginParts) -> Self {
        let OriginParts {
            base_url,
            upstream,
            cookie_domain,
            has_login,
            access,
            passphrase,
            lifetimes,
            site_name,
            languages,
            app,
            is_granted,
            passed_fields,
            passes_host,
            handed_provider,
            hsts_seconds,
            place,
            created_at,
            backend,
            sign_in_address,
            sign_out_address,
        } = record;
        let marks = [&place.mark(), backend.mark()].concat();
        let audience = match &cookie_domain {
            None => [base_url.as_str(), &marks].concat(),
            // No base URL looks so.
            Some(domain) => ["*.", domain, &marks].concat(),
        };
        let secure = base_url.scheme() == crate::base_url::Scheme::Https;
        let scope = match (secure, cookie_domain) {
            (true, None) => CookieScope::Host,
            (true, Some(domain)) => CookieScope::Domain(domain),
            (false, None) => CookieScope::InsecureHost,
            (false, Some(domain)) => CookieScope::InsecureDomain(domain),
        };
        let cookies = CookieNames::new(scope, base_url.own_port());
        // Of this machine it would hold for every port, of an address for none
        // (RFC 6797 §8.1.1, §8.3).
        let insists =
            secure && hsts_seconds > 0 && !base_url.is_loopback() && !base_url.is_address();
        let transport_security = insists.then(|| format!("max-age={hsts_seconds}"));
        Self {
            base_url,
            upstream,
            audience,
            cookies,
            has_login,
            access,
            passphrase,
            lifetimes,
            site_name,
            languages,
            app,
            is_granted,
            passed_fields,
            passes_host,
            handed_provider,
            transport_security,
            place,
            created_at,
            backend,
            sign_in_address,
            sign_out_address,
        }
    }

    /// Who keeps its users and sessions.
    #[must_use]
    pub fn backend(&self) -> &Backend {
        &self.backend
    }

    /// Where people sign in, where not with us; none where the operator does not say.
    #[must_use]
    pub fn sign_in_address(&self) -> Option<&AppAddress> {
        self.sign_in_address.as_ref()
    }

    /// Where they sign out there.
    #[must_use]
    pub fn sign_out_address(&self) -> Option<&AppAddress> {
        self.sign_out_address.as_ref()
    }

    /// As visitors see it.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        &self.base_url
    }

    /// Where the app is.
    #[must_use]
    pub fn upstream(&self) -> &BaseUrl {
        &self.upstream
    }

    /// What sessions here are good for: the base URL, or `*.` and the shared
    /// cookie domain. Where the users are not the main origin's, it ends in a mark of
    /// where they are, and where another program keeps them in one of that: a signed
    /// cookie is believed without asking there.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// Names and attributes of its cookies.
    #[must_use]
    pub fn cookies(&self) -> &CookieNames {
        &self.cookies
    }

    /// Whether anybody is asked who they are. Where it is off, everything passes as
    /// nobody's.
    #[must_use]
    pub fn has_login(&self) -> bool {
        self.has_login
    }

    /// Who may see what.
    #[must_use]
    pub fn access(&self) -> &AccessRules {
        &self.access
    }

    /// The hash of the passphrase, where there is one.
    #[must_use]
    pub fn passphrase(&self) -> Option<&PassphraseHash> {
        self.passphrase.as_ref()
    }

    /// How long sessions last.
    #[must_use]
    pub fn lifetimes(&self) -> &Lifetimes {
        &self.lifetimes
    }

    /// What pages call the site.
    #[must_use]
    pub fn site_name(&self) -> &str {
        &self.site_name
    }

    /// Languages of its pages, the one that is spoken to everybody else first.
    #[must_use]
    pub fn languages(&self) -> &[Language] {
        &self.languages
    }

    /// The app that is for those alone who were granted it, where it is one. In any
    /// case of letters.
    #[must_use]
    pub fn granted_app(&self) -> Option<&str> {
        self.app().filter(|_| self.is_granted)
    }

    /// Whether whoever was granted its app, or not, or was not asked about, may use it.
    #[must_use]
    pub fn may_be_used(&self, granted: Option<bool>) -> bool {
        self.granted_app().is_none() || granted == Some(true)
    }

    /// What its app is called, where it is called anything. In any case of letters.
    #[must_use]
    pub fn app(&self) -> Option<&str> {
        (!self.app.is_empty()).then_some(self.app.as_str())
    }

    /// Whether its app gets this request field although it is reserved, in any case.
    pub(crate) fn passes(&self, name: &str) -> bool {
        let mut passed = self.passed_fields.iter();
        passed.any(|passed| passed.eq_ignore_ascii_case(name))
    }

    /// What `Strict-Transport-Security` says (RFC 6797 §6.1), where it is said.
    #[must_use]
    pub fn transport_security(&self) -> Option<&str> {
        self.transport_security.as_deref()
    }

    /// Whether its app gets the `Host` that the visitor asked for, in place of its own.
    #[must_use]
    pub fn passes_host(&self) -> bool {
        self.passes_host
    }

    /// The provider, by its id, whose access token its app gets of whoever asks; none
    /// where it gets none.
    #[must_use]
    pub fn handed_provider(&self) -> Option<&str> {
        self.handed_provider.as_deref()
    }

    /// Where its users and sessions are.
    #[must_use]
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Whether a session's signed copy is believed here at `now` without asking the
    /// store. One that is older than the origin is another's of the same name, which
    /// is gone with its users; clocks differ, so one that is hardly younger may be.
    /// No copy says which apps its user was granted.
    #[must_use]
    pub fn believes(&self, claims: &Claims<'_>, now: u64) -> bool {
        self.believes_for(0, claims, now)
    }

    /// The same while the store is away.
    #[must_use]
    pub fn believes_without_store(&self, claims: &Claims<'_>, now: u64) -> bool {
        self.believes_for(self.lifetimes.grace_seconds, claims, now)
    }

    fn believes_for(&self, grace_seconds: u64, claims: &Claims<'_>, now: u64) -> bool {
        let is_younger =
            self.created_at == 0 || claims.issued_at > self.created_at.saturating_add(SKEW_SECONDS);
        !self.is_granted
            && is_younger
            && claims.is_fresh(self.lifetimes.fresh_seconds, grace_seconds, now)
    }

    /// When the first session that is good here can have begun, in Unix seconds, as far as
    /// clocks agree. A domain's may have begun before this origin was there.
    pub(crate) fn sessions_since(&self) -> u64 {
        match self.cookies.domain() {
            Some(_) => 0,
            None => self.created_at.saturating_sub(SKEW_SECONDS),
        }
    }

    /// Whether plain HTTP was knowingly chosen for a host that others reach:
    /// every page and `doctor` say so.
    #[must_use]
    pub fn is_insecure(&self) -> bool {
        self.base_url.scheme() == crate::base_url::Scheme::Http && !self.base_url.is_loopback()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{NOW, claims, settings};

    #[test]
    fn a_session_that_is_older_than_its_origin_is_not_believed() {
        let made = |created_at| {
            let settings = settings(&[]);
            Origin {
                created_at,
                ..Origin::clone(settings.origins.main())
            }
        };
        let issued = |issued_at| Claims {
            issued_at,
            fresh_until: issued_at + 300,
            ..claims()
        };
        for (created_at, issued_at, believed, why) in [
            (0, NOW - 10, true, "it has always been there"),
            (NOW - 1000, NOW - 10, true, "signed since"),
            (NOW - 5, NOW - 10, false, "signed before"),
            (NOW - 10, NOW - 10, false, "signed in the same second"),
            (NOW - 69, NOW - 10, false, "younger by what clocks differ"),
            (NOW - 70, NOW - 10, false, "by just that"),
            (NOW - 71, NOW - 10, true, "by more"),
            (
                NOW + 50,
                NOW,
                false,
                "made by somebody whose clock is ahead",
            ),
            (u64::MAX, NOW, false, "made at the end of time"),
            (NOW - 1000, NOW - 61, false, "younger, and no longer fresh"),
        ] {
            let believes = made(created_at).believes(&issued(issued_at), NOW);
            assert_eq!(believes, believed, "{why}");
        }
    }

    #[test]
    fn cookies_and_audience_follow_from_the_record() {
        for (base_url, domain, audience, name, insecure) in [
            (
                "https://app.example.com",
                "",
                "https://app.example.com",
                "__Host-gatelet",
                false,
            ),
            (
                "https://app.example.com",
                "example.com",
                "*.example.com",
                "__Secure-gatelet",
                false,
            ),
            (
                "http://localhost:3000",
                "",
                "http://localhost:3000",
                "gatelet-3000",
                false,
            ),
            (
                "https://app.example.com:8443",
                "",
                "https://app.example.com:8443",
                "__Host-gatelet-8443",
                false,
            ),
            (
                "https://app.example.com:8443",
                "example.com",
                "*.example.com",
                "__Secure-gatelet",
                false,
            ),
            (
                "http://app.example.com",
                "",
                "http://app.example.com",
                "gatelet",
                true,
            ),
            (
                "http://app.example.com",
                ".Example.com",
                "*.example.com",
                "gatelet",
                true,
            ),
        ] {
            let settings = settings(&[
                ("base_url", base_url),
                ("cookie_domain", domain),
                ("insecure_http", "allow"),
            ]);
            let origin = settings.origins.main();
            assert_eq!(
                (
                    origin.audience(),
                    origin.cookies().session(),
                    origin.is_insecure()
                ),
                (audience, name, insecure),
                "{base_url} {domain}"
            );
        }
    }
}
