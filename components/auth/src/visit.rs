//! One request on its way through signing in: what arrived, and how one signs in
//! where it came to. Flows ask it for all that they need and hand their failures to
//! it.

use crate::account::Section;
use crate::audit::Record;
use crate::confirm;
use crate::limits;
use crate::pages::ProviderLink;
use crate::problem::Problem;
use crate::routes::Route;
use crate::service;
use crate::settings::Setup;
use gatelet_core::base_url::BaseUrl;
use gatelet_core::error::Code;
use gatelet_core::negotiate::Reader;
use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::FormPurpose;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::browser;
use gatelet_sign_in::identity::ProviderIdentity;
use gatelet_sign_in::login_hint::LoginHint;
use gatelet_sign_in::provider::Providers;
use gatelet_sign_in::refusal::{Refusal, RefusalCode};
use gatelet_sign_in::second_factor::SecondFactorPolicy;
use gatelet_sign_in::settings::{EmailVerification, MagicLink, PasswordSignIn};
use gatelet_sign_in::sign_up::SignUpPolicy;
use gatelet_sign_in::site::{Site, SiteKind};
use gatelet_texts::{Language, account, common};
use gatelet_web::{Answer, Arrival, Frame, Looks, Preview, log};
use std::rc::Rc;
use std::sync::Arc;

/// Why a flow ends short of its aim.
pub(crate) type Failure = gatelet_web::Failure<Problem>;

/// One request.
pub(crate) struct Visit<'a> {
    /// What arrived, when, and from whom.
    pub arrival: Arrival<'a>,
    /// What the operator set up.
    pub setup: &'a Rc<Setup>,
    /// Where it came to.
    pub site: &'a Site,
    /// Whether a listed proxy brought it, whose word on the visitor is believed.
    pub is_by_proxy: bool,
    /// What it did that is written down.
    pub record: Record,
}

/// The forms that are here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CsrfForm {
    /// Sign in with a password.
    SignIn,
    /// Make an account.
    SignUp,
    /// Sign out.
    SignOut,
    /// Give the shared passphrase.
    Passphrase,
    /// Stay after all.
    Leaving,
    /// A page of the account.
    Account(Section),
    /// Prove again who is signed in.
    Confirm,
    /// The second step of signing in.
    SecondFactor,
    /// Sign in by a passkey.
    Passkey,
    /// Sign in by a letter.
    MagicLink,
    /// Ask for a letter to choose a new password.
    ForgotPassword,
    /// Choose it.
    ResetPassword,
    /// Prove an address.
    VerifyEmail,
    /// Take a changed address back.
    UndoChange,
}

impl FormPurpose for CsrfForm {
    fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "csrf:sign-in",
            Self::SignUp => "csrf:sign-up",
            Self::SignOut => "csrf:sign-out",
            Self::Passphrase => "csrf:passphrase",
            Self::Leaving => "csrf:leaving",
            Self::Account(section) => section.purpose(),
            Self::Confirm => "csrf:confirm",
            Self::SecondFactor => "csrf:second-factor",
            Self::Passkey => "csrf:passkey",
            Self::MagicLink => "csrf:magic-link",
            Self::ForgotPassword => "csrf:forgot-password",
            Self::ResetPassword => "csrf:reset-password",
            Self::VerifyEmail => "csrf:verify-email",
            Self::UndoChange => "csrf:undo-change",
        }
    }
}

impl<'a> Visit<'a> {
    /// A refusal, of which the visitor reads what is true of all its kind, and the log
    /// the rest, who it was and by which request.
    pub(crate) fn refused(&self, refusal: impl Into<Refusal>) -> Problem {
        let Refusal { code, detail } = refusal.into();
        self.note(code.as_str(), &detail);
        let event = Event::of_nobody(Act::SignInRefused);
        self.record.push(event.about(code.as_str()));
        Problem::Refused(code)
    }

    /// The same of what no visitor said, and anybody might: a line of the log alone.
    pub(crate) fn not_believed(&self, refusal: impl Into<Refusal>) -> Problem {
        let Refusal { code, detail } = refusal.into();
        self.note(code.as_str(), &detail);
        Problem::Refused(code)
    }

    /// Somebody who has proved to be this user, whom an operator has switched off.
    pub(crate) fn disabled(&self, user_id: &str) -> Problem {
        self.record(Event::of(Act::AccountDisabled, user_id));
        Problem::Refused(RefusalCode::AccountDisabled)
    }

    /// Groups that a provider named and no session gets: a line of the log.
    pub(crate) fn groups_left_out(&self, identity: &ProviderIdentity, which: &str) {
        let detail = format!("provider {}: {which}", identity.provider());
        self.note("groups.left_out", &detail);
    }

    /// Something that matters to security: a line of the log now, and a row at the end
    /// of the request.
    pub(crate) fn record(&self, event: Event) {
        self.note_event(&event);
        self.record.push(event);
    }

    /// The line of what has its row already: it came with what was done.
    pub(crate) fn note_event(&self, event: &Event) {
        self.note(event.act.as_str(), &event.detail());
    }

    /// A line of the log about this request, and nothing else. What matters to security
    /// is for [`Visit::record`].
    fn note(&self, code: &str, detail: &str) {
        log::note(code, &format!("{} {detail}", self.arrival.trace()));
    }

    /// Where the visitor is, by the word of a listed proxy; empty where there is none.
    pub(crate) fn region(&self) -> String {
        match self.is_by_proxy {
            true => browser::region(|name| self.arrival.head.field(name)),
            false => String::new(),
        }
    }

    /// The configured providers.
    pub(crate) fn providers(&self) -> &'a Providers {
        &self.site.sign_in.providers
    }

    /// Who may make an account.
    pub(crate) fn sign_up(&self) -> &'a SignUpPolicy {
        &self.site.sign_in.sign_up
    }

    /// Whether passwords are in use.
    pub(crate) fn passwords(&self) -> bool {
        self.site.sign_in.password_sign_in == PasswordSignIn::On
    }

    /// Whether signing in takes a second step.
    pub(crate) fn second_factor(&self) -> SecondFactorPolicy {
        self.site.sign_in.second_factor
    }

    /// Whether people may sign in by a letter.
    pub(crate) fn magic_link(&self) -> bool {
        self.site.sign_in.magic_link == MagicLink::On
    }

    /// Whether letters prove addresses here. Not where providers alone let people in: what
    /// they say of an address is what counts, and no letter is a way around them.
    pub(crate) fn proves_addresses(&self) -> bool {
        self.mail().is_some() && (self.passwords() || self.magic_link())
    }

    /// Whether who signs up confirms the address by a letter.
    pub(crate) fn email_verification(&self) -> EmailVerification {
        self.site.sign_in.email_verification
    }

    /// Where to go afterwards: what was asked for where it is safe, else `/`.
    pub(crate) fn return_to(&self, asked: &str) -> ReturnTarget {
        ReturnTarget::parse_for(asked, |base_url| self.is_app(base_url)).unwrap_or_default()
    }

    /// Back to what was asked for here, query and all.
    pub(crate) fn own_address(&self) -> ReturnTarget {
        let head = self.arrival.head;
        let query = match head.query() {
            "" => String::new(),
            query => format!("?{query}"),
        };
        self.return_to(&format!("{}{query}", head.path()))
    }

    /// Whether this is the base URL of a listed app that shares this site's login.
    pub(crate) fn is_app(&self, base_url: &BaseUrl) -> bool {
        self.served(base_url)
            .is_some_and(|site| self.site.shares_login_with(&site))
    }

    /// The site that people of this one sign in at, where that is another.
    pub(crate) fn signs_in_at(&self) -> Option<Arc<Site>> {
        self.site.signs_in_at(|base_url| self.served(base_url))
    }

    /// Whether nobody can say yet if this base URL is served: the store's list was never
    /// read, and is away.
    pub(crate) fn is_unsettled(&self, base_url: &BaseUrl) -> bool {
        let found = self
            .setup
            .sites
            .resolve(base_url.authority(), self.arrival.now);
        found.is_err_and(|none| none.code == Code::StoreUnavailable)
    }

    /// The site of this base URL, where it is served.
    pub(crate) fn served(&self, base_url: &BaseUrl) -> Option<Arc<Site>> {
        let found = self
            .setup
            .sites
            .resolve(base_url.authority(), self.arrival.now);
        found.ok().filter(|site| site.base_url() == base_url)
    }

    /// What is around every page.
    pub(crate) fn frame(&self) -> Frame {
        let origin = self.arrival.origin;
        Frame {
            site_name: origin.site_name().to_owned(),
            language: self.language(),
            insecure: origin.is_insecure(),
            preview: match self.site.kind {
                SiteKind::Origin => None,
                SiteKind::Preview { shares_data: false } => Some(Preview::OwnAccounts),
                SiteKind::Preview { shares_data: true } => Some(Preview::SharedAccounts),
            },
            looks: Looks::of(&self.site.sign_in.theme),
        }
    }

    /// What the visitor reads.
    pub(crate) fn language(&self) -> Language {
        self.arrival.head.language(self.arrival.origin.languages())
    }

    /// Whether the visitor wants another account than the one that a provider, and we,
    /// remember: `account=other`, as pages say that refuse the one that it is.
    pub(crate) fn wants_other_account(&self) -> bool {
        let query = self.arrival.query();
        // Whoever has just signed out would come back as the same, and not be asked.
        query.get("account") == Some("other") || query.get("signed_out").is_some()
    }

    /// Whether the provider is to ask anew who it is, as [`ANEW`](crate::start::ANEW) says.
    pub(crate) fn wants_anew(&self) -> bool {
        self.arrival.query().get("anew").is_some()
    }

    /// As whom the visitor, or the app that sent the visitor, means to sign in.
    pub(crate) fn login_hint(&self) -> Option<LoginHint> {
        LoginHint::parse(self.arrival.query().text(LoginHint::PARAMETER))
    }

    /// A link for each provider.
    pub(crate) fn provider_links(&self, return_to: &ReturnTarget) -> Vec<ProviderLink> {
        let other = self.wants_other_account();
        let hint = self.login_hint();
        self.providers()
            .iter()
            .map(|provider| {
                ProviderLink::new(provider.id.as_str(), &provider.name, return_to, other)
                    .hinted(hint.as_ref())
            })
            .collect()
    }

    /// What a session's provider is called, or what stands in its place.
    pub(crate) fn provider_name(&self, id: &str) -> String {
        match self.providers().get(id) {
            Some(provider) => provider.name.clone(),
            None => match id {
                "password" => common::PASSWORD.of(self.language()),
                "passkey" => common::PASSKEY.of(self.language()),
                "email" => account::EMAIL.of(self.language()),
                id => id,
            }
            .to_owned(),
        }
    }

    /// The answer to a failure: a page for people, JSON for programs.
    pub(crate) fn failed(&self, failure: Failure) -> Answer {
        let route = Route::of(self.arrival.head.path());
        let reader = if route.is_api() {
            Reader::Program
        } else {
            self.arrival.head.reader()
        };
        if failure.problem == Problem::NotRecent && reader == Reader::Person {
            return confirm::first(self, failure);
        }
        if let (Route::Service(_, surface), Reader::Program) = (route, reader) {
            return service::failed(self, failure, surface);
        }
        let problem = failure.problem;
        limits::told(failure.explained(self.frame(), reader), problem)
    }
}
