//! One request on its way: what it is, at which site, at what time. Flows ask it
//! for all that they need and hand their failures to it.

use crate::answer::{Answer, with_cookies};
use crate::failure::{Failure, explained};
use crate::log;
use crate::pages::{Frame, ProviderLink};
use crate::ports::{Place, place};
use crate::problem::Problem;
use crate::request::Head;
use crate::routes::Route;
use crate::settings::Setup;
use gatelet_core::base_url::BaseUrl;
use gatelet_core::cookie::{COOKIES_MAX, CookieAge, CookieNames, Cookies};
use gatelet_core::key::KeyRing;
use gatelet_core::negotiate::Reader;
use gatelet_core::return_target::ReturnTarget;
use gatelet_core::session::Lifetimes;
use gatelet_sign_in::csrf::{self, CSRF_FIELD, CsrfForm, CsrfSeed};
use gatelet_sign_in::form::Form;
use gatelet_sign_in::linking::SignUp;
use gatelet_sign_in::provider::Providers;
use gatelet_sign_in::refusal::Refusal;
use gatelet_sign_in::settings::PasswordSignIn;
use gatelet_sign_in::site::Site;
use http::header::COOKIE;
use std::sync::Arc;

/// One request.
pub(crate) struct Visit<'a> {
    /// What the operator set up.
    pub setup: &'a Setup,
    /// Where it came to.
    pub site: &'a Site,
    /// What it is.
    pub head: &'a Head,
    /// Unix seconds.
    pub now: u64,
}

impl<'a> Visit<'a> {
    /// Scheme, host and port that visitors see.
    pub(crate) fn base_url(&self) -> &'a str {
        self.site.base_url().as_str()
    }

    /// What sessions here are good for.
    pub(crate) fn audience(&self) -> &'a str {
        self.site.origin.audience()
    }

    /// How long sessions last.
    pub(crate) fn lifetimes(&self) -> &'a Lifetimes {
        self.site.origin.lifetimes()
    }

    /// Where users and sessions are.
    pub(crate) fn place(&self) -> Place {
        place(self.site.origin.place())
    }

    /// The keys that sign cookies.
    pub(crate) fn keys(&self) -> &'a KeyRing {
        self.setup.keys()
    }

    /// The configured providers.
    pub(crate) fn providers(&self) -> &'a Providers {
        &self.site.sign_in.providers
    }

    /// Whether accounts may be made.
    pub(crate) fn sign_up(&self) -> SignUp {
        self.site.sign_in.sign_up
    }

    /// Whether passwords are in use.
    pub(crate) fn passwords(&self) -> bool {
        self.site.sign_in.password_sign_in == PasswordSignIn::On
    }

    /// Names and attributes of our cookies here.
    pub(crate) fn cookie_names(&self) -> &'a CookieNames {
        self.site.origin.cookies()
    }

    /// Every cookie that came along.
    pub(crate) fn cookies(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.head
            .headers
            .get_all(COOKIE)
            .iter()
            .flat_map(|field| Cookies::new(field.as_bytes()))
            .take(COOKIES_MAX)
    }

    /// The query, decoded. Links are written by others too: one that does not
    /// parse says nothing, and is no reason to show no page.
    pub(crate) fn query(&self) -> Form {
        Form::parse(self.head.query.as_bytes()).unwrap_or_default()
    }

    /// Where to go afterwards: what was asked for where it is safe, else `/`.
    pub(crate) fn return_to(&self, asked: &str) -> ReturnTarget {
        ReturnTarget::parse_for(asked, |base_url| self.is_app(base_url)).unwrap_or_default()
    }

    /// Whether this is the base URL of a listed app that shares this site's login.
    pub(crate) fn is_app(&self, base_url: &BaseUrl) -> bool {
        self.served(base_url)
            .is_some_and(|site| self.site.shares_login_with(&site))
    }

    /// The site of this base URL, where it is served.
    pub(crate) fn served(&self, base_url: &BaseUrl) -> Option<Arc<Site>> {
        let found = self.setup.sites.resolve(base_url.authority(), self.now);
        found.ok().filter(|site| site.base_url() == base_url)
    }

    /// The problem behind a refusal, which is logged.
    pub(crate) fn refused(&self, refusal: &Refusal) -> Problem {
        log::note(refusal.code.as_str(), &refusal.detail);
        Problem::Refused(refusal.code)
    }

    /// Judges where a form came from, by what the browser says of it.
    pub(crate) fn judge_source(&self) -> Result<(), Refusal> {
        csrf::judge_source(
            self.base_url(),
            self.head.field("sec-fetch-site"),
            self.head.field("origin"),
        )
    }

    /// Judges a form's token against the browser's cookie.
    pub(crate) fn judge_csrf_token(&self, form: CsrfForm, typed: &Form) -> Result<(), Refusal> {
        let name = self.cookie_names().named("csrf");
        let seeds = self
            .cookies()
            .filter(|(cookie, _)| *cookie == name)
            .map(|(_, value)| value);
        csrf::judge_token(self.keys(), seeds, form, typed.text(CSRF_FIELD))
    }

    /// A token for a form, and a cookie to set where the browser has none yet.
    /// One that is there is kept, or forms in other tabs would go stale.
    pub(crate) fn csrf(&self, form: CsrfForm) -> (String, Option<String>) {
        let name = self.cookie_names().named("csrf");
        let known = self
            .cookies()
            .filter(|(cookie, _)| *cookie == name)
            .find_map(|(_, value)| CsrfSeed::parse(value));
        match known {
            Some(seed) => (seed.token(self.keys(), form), None),
            None => {
                let seed = CsrfSeed::from_random(crate::random::bytes());
                (
                    seed.token(self.keys(), form),
                    Some(self.cookie_names().set(
                        &name,
                        &seed.to_cookie(),
                        CookieAge::BrowserSession,
                    )),
                )
            }
        }
    }

    /// What is around every page.
    pub(crate) fn frame(&self) -> Frame {
        Frame {
            site_name: self.site.origin.site_name().to_owned(),
            insecure: self.site.origin.is_insecure(),
            kind: self.site.kind,
        }
    }

    /// A link for each provider.
    pub(crate) fn provider_links(&self, return_to: &ReturnTarget) -> Vec<ProviderLink> {
        self.providers()
            .iter()
            .map(|provider| ProviderLink::new(provider.id.as_str(), &provider.name, return_to))
            .collect()
    }

    /// What a session's provider is called.
    pub(crate) fn provider_name(&self, id: &str) -> String {
        match self.providers().get(id) {
            Some(provider) => provider.name.clone(),
            None if id == "password" => "Password".to_owned(),
            None => id.to_owned(),
        }
    }

    /// The answer to a failure: a page for people, JSON for programs.
    pub(crate) fn failed(&self, failure: Failure) -> Answer {
        let Failure {
            problem,
            return_to,
            cookies,
        } = failure;
        let reader = if Route::of(&self.head.path).is_api() {
            Reader::Program
        } else {
            self.head.reader()
        };
        with_cookies(
            explained(
                self.frame(),
                problem,
                reader,
                &return_to.unwrap_or_default(),
            ),
            cookies,
        )
    }
}
