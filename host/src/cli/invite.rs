//! `gatelet users invite`: links by which somebody makes an account where not everybody
//! may, and the one that makes the first administrator.

use anyhow::{Result, anyhow, bail};
use clap::Args;
use gatelet_core::base_url::BaseUrl;
use gatelet_core::secret::Secret;
use gatelet_mail::address::Address;
use gatelet_mail::errand::{About, Errand};
use gatelet_runtime::store::bindings::exports::gatelet::store_admin::inviting::NewInvitation;
use gatelet_runtime::store::{Place, StoreAdmin, StoreError, main_place};
use gatelet_settings::Setting;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::invitation::{ADMINS, FIRST_ADMIN_SECONDS, GOOD_SECONDS, link};
use gatelet_sign_in::link_token::LinkToken;

use super::audit;
use super::groups::group_name;
use super::listing::At;
use super::now;
use super::random;
use super::registry::Registry;
use super::whose::email;

#[derive(Debug, Args)]
pub(super) struct Invite {
    /// The address that the link is good for.
    email: String,
    /// A group that the user comes into; may be given several times.
    #[arg(long = "group", value_name = "NAME", value_parser = group_name)]
    groups: Vec<String>,
    /// An app that the user is granted; may be given several times.
    #[arg(long = "app", value_name = "ID")]
    apps: Vec<String>,
    /// Send the link to the address, too.
    #[arg(long)]
    mail: bool,
    #[command(flatten)]
    at: At,
}

#[derive(Debug, Args)]
pub(super) struct Withdraw {
    /// The address that was invited.
    email: String,
    #[command(flatten)]
    at: At,
}

#[derive(Debug, Args)]
pub(super) struct FirstAdmin {
    #[command(flatten)]
    at: At,
}

impl Invite {
    pub(super) fn run(self) -> Result<()> {
        let email = email(&self.email)?;
        let (registry, place, base_url) = open(&self.at)?;
        let listed = registry
            .value(self.at.origin(), Setting::AppList)
            .to_lowercase();
        let apps: Vec<String> = self
            .apps
            .iter()
            .map(|app| app.trim().to_lowercase())
            .collect();
        if let Some(app) = apps
            .iter()
            .find(|app| !listed.split(',').any(|one| one.trim() == **app))
        {
            bail!("{app}: is not in app_list, which is {listed:?}");
        }
        if self.mail
            && registry
                .value(self.at.origin(), Setting::MailUrl)
                .is_empty()
        {
            bail!("mail_url is not set, so no letter could be sent: set it, or leave out --mail");
        }
        let store = registry.store()?;
        let who = email.as_str().to_owned();
        let new = New {
            email: who.clone(),
            base_url,
            groups: self.groups,
            apps,
            good_seconds: GOOD_SECONDS,
        };
        let link = registry.runtime.block_on(async {
            if store.find_user(&place, who.clone(), now()).await?.is_some() {
                bail!("{who}: somebody has this address");
            }
            new.kept(store, &place).await
        })?;
        outln!("{link}");
        eprintln!("{who} can make an account with it, once, for seven days.");
        if self.mail {
            let errand = Errand {
                to: Address::from(&email),
                about: About::Invitation(Secret::new(link)),
            };
            match registry.send_letter(&errand)? {
                None => eprintln!("A letter with it is on its way."),
                Some(why) => bail!("the link is good, and no letter is taken: {why}"),
            }
        }
        Ok(())
    }
}

impl Withdraw {
    pub(super) fn run(self) -> Result<()> {
        let email = email(&self.email)?;
        let (registry, place, base_url) = open(&self.at)?;
        let store = registry.store()?;
        let who = email.as_str();
        registry.runtime.block_on(async {
            let taken = store.withdraw_invitation(&place, who.to_owned(), base_url, now());
            if !taken.await? {
                bail!("{who}: has no invitation that is good");
            }
            let event = Event::of_nobody(Act::InvitationRevoked);
            audit::record(store, &place, &[event]).await
        })?;
        outln!("{who}: the invitation is good no more.");
        Ok(())
    }
}

impl FirstAdmin {
    pub(super) fn run(self) -> Result<()> {
        let (registry, place, base_url) = open(&self.at)?;
        let store = registry.store()?;
        let link = registry.runtime.block_on(async {
            // An earlier link that nobody used may lie about somewhere.
            store.withdraw_open_invitations(&place, now()).await?;
            first_admin(store, &place, base_url).await
        })?;
        outln!("{link}");
        eprintln!("Whoever opens it can make an account in the group {ADMINS}, once, for an hour.");
        Ok(())
    }
}

/// The store, whose users, and the base URL. Nobody is invited where nobody may come.
fn open(at: &At) -> Result<(Registry, Place, String)> {
    let (registry, place) = at.open()?;
    if registry.value(at.origin(), Setting::SignUp).trim() == "closed" {
        bail!("sign_up is closed, so that an invitation is good for nothing: set sign_up=invited");
    }
    let base_url = own_base_url(&registry, at)?.as_str().to_owned();
    Ok((registry, place, base_url))
}

/// The base URL of the origin whose users are meant, as links at it are judged by: where
/// Gatelet keeps them.
pub(super) fn own_base_url(registry: &Registry, at: &At) -> Result<BaseUrl> {
    let backend = registry.value(at.origin(), Setting::AuthBackend);
    if !["", "gatelet", "kv-oauth"].contains(&backend.trim()) {
        bail!(
            "auth_backend is {}, which keeps the users: there are no links of ours for them",
            backend.trim()
        );
    }
    let base_url = registry.value(at.origin(), Setting::BaseUrl);
    BaseUrl::parse(base_url.trim()).map_err(|error| anyhow!("{}: {error}", Setting::BaseUrl.name()))
}

/// An invitation to be.
struct New {
    /// Empty for whoever has the link.
    email: String,
    base_url: String,
    groups: Vec<String>,
    apps: Vec<String>,
    good_seconds: u64,
}

impl New {
    /// Its link.
    async fn kept(self, store: &StoreAdmin, place: &Place) -> Result<String> {
        let token = LinkToken::from_random(random()?);
        let link = link(&token, &self.base_url);
        let invitation = NewInvitation {
            token: token.digest().to_vec(),
            email: self.email,
            origin: self.base_url,
            groups: self.groups,
            apps: self.apps,
            created_at: now(),
            expires_at: now() + self.good_seconds,
        };
        if let Err(error) = store.invite(place, invitation).await {
            match error.downcast_ref() {
                Some(StoreError::Conflict) => bail!(
                    "there is no such group: `gatelet groups list` shows all, `gatelet groups create` makes one"
                ),
                _ => return Err(error),
            }
        }
        let event = Event::of_nobody(Act::InvitationMade);
        audit::record(store, place, &[event]).await?;
        Ok(link)
    }
}

/// A link that makes an administrator of whoever opens it.
async fn first_admin(store: &StoreAdmin, place: &Place, base_url: String) -> Result<String> {
    store.create_group(place, ADMINS.to_owned(), now()).await?;
    let new = New {
        email: String::new(),
        base_url,
        groups: vec![ADMINS.to_owned()],
        apps: Vec::new(),
        good_seconds: FIRST_ADMIN_SECONDS,
    };
    new.kept(store, place).await
}

/// The same at a start, where nobody has an account at the main origin yet.
pub(super) async fn first_admin_at_start(
    store: &StoreAdmin,
    base_url: &str,
) -> Result<Option<String>> {
    let place = main_place();
    if !store
        .users(&place, String::new(), 1, now())
        .await?
        .is_empty()
    {
        return Ok(None);
    }
    first_admin(store, &place, base_url.to_owned())
        .await
        .map(Some)
}
