//! How does one sign in here? An origin with all that signing in needs to know of
//! it, and what two of them are to each other: relay and target, apps of one login.

use crate::apps::{AppId, AppSite};
use crate::provider::ProviderId;
use crate::refusal::Refusal;
use crate::relay::{Passage, Relay, RelayState, Target};
use crate::settings::{SignIn, SignInPages};
use core::ops::Deref;
use gatelet_core::base_url::BaseUrl;
use gatelet_core::origin::Origin;

/// One origin, as signing in sees it.
#[derive(Clone, Debug)]
pub struct Site {
    /// Base URL, cookies, lifetimes.
    pub origin: Origin,
    /// Providers, and who may make an account.
    pub sign_in: SignIn,
    /// The origin whose redirect URI providers know, where that is another.
    pub relay: Option<BaseUrl>,
    /// The base URLs of those that its settings start from, the main origin's first: of
    /// these, one that it shares its login with has the sign-in pages.
    pub above: Vec<BaseUrl>,
    /// Domains of the operator's within which this one is a relay: the shared cookie
    /// domain and the one that previews are under.
    pub domains: Vec<String>,
    /// `app_name`; empty where it has none.
    pub app_name: String,
    /// What pages say about it.
    pub kind: SiteKind,
}

/// Which kind of origin it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteKind {
    /// What the operator set up.
    Origin,
    /// Made for a branch.
    Preview {
        /// Whether its users and sessions are its parent's.
        shares_data: bool,
    },
}

impl Site {
    /// As visitors see it.
    #[must_use]
    pub fn base_url(&self) -> &BaseUrl {
        self.origin.base_url()
    }

    /// Whether pages and cookies of `other` have this one's login in common: another
    /// site of a listed app ([`crate::apps::AppList::share_login`]).
    #[must_use]
    pub fn shares_login_with(&self, other: &Self) -> bool {
        let site = AppSite {
            base_url: other.base_url(),
            audience: other.origin.audience(),
            app_name: &other.app_name,
            is_preview: other.kind != SiteKind::Origin,
            same_place: self.origin.place() == other.origin.place(),
        };
        self.sign_in.apps.share_login(self.origin.audience(), &site)
    }

    /// Where its people sign in, if not here: at the first above it that has it for an
    /// app of its login. `served` is what a base URL resolves to now, if to anything.
    pub fn signs_in_at<S: Deref<Target = Self>>(
        &self,
        served: impl Fn(&BaseUrl) -> Option<S>,
    ) -> Option<S> {
        if self.sign_in.pages == SignInPages::Own {
            return None;
        }
        let mut above = self.above.iter().filter_map(served);
        above.find(|site| site.shares_login_with(self))
    }

    /// The listed app of this id, in any case.
    #[must_use]
    pub fn app(&self, id: &str) -> Option<&AppId> {
        self.sign_in.apps.get(id)
    }

    /// Judges whether an answer that came here as to a relay may go on
    /// ([`RelayState::judge`]). `served` is what its target's authority resolves to
    /// now, if to anything.
    pub fn let_pass(
        &self,
        state: RelayState,
        provider: &ProviderId,
        served: Option<&Self>,
        now: u64,
    ) -> Result<Passage, Refusal> {
        let domains: Vec<&str> = self.domains.iter().map(String::as_str).collect();
        let relay = Relay {
            base_url: self.base_url(),
            domains: &domains,
            allowed: &self.sign_in.relay_origins,
        };
        let served = served.map(|site| Target {
            base_url: site.base_url(),
            relay: site.relay.as_ref(),
        });
        state.judge(&relay, provider, served, now)
    }
}
