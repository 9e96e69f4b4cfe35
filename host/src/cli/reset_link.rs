//! `gatelet users reset-link`: the link of the letter to somebody who has forgotten the
//! password, for an operator to hand on. Where no mail is sent there is no other.

use anyhow::{Result, bail};
use clap::Args;
use gatelet_core::base_url::BaseUrl;
use gatelet_runtime::store::bindings::exports::gatelet::store::links;
use gatelet_runtime::store::bindings::exports::gatelet::store::types::User;
use gatelet_settings::Setting;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::link_token::LinkToken;
use gatelet_sign_in::mailed::Purpose;
use serde_json::json;

use super::invite::own_base_url;
use super::listing::{At, instant};
use super::whose::found;
use super::{audit, now, random};

const PURPOSE: Purpose = Purpose::ResetPassword;

#[derive(Debug, Args)]
pub(super) struct ResetLink {
    /// The user's id or address.
    #[arg(value_name = "ID|EMAIL")]
    user: String,
    /// As JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    at: At,
}

impl ResetLink {
    pub(super) fn run(self) -> Result<()> {
        let (registry, place) = self.at.open()?;
        let base_url = own_base_url(&registry, &self.at)?;
        let passwords = registry.value(self.at.origin(), Setting::PasswordSignIn);
        if passwords.trim() == "off" {
            bail!("password_sign_in is off, so that a password is good for nothing");
        }
        let listed = found(&registry, &place, &self.user)?;
        let (who, user) = (&self.user, listed.user);
        if listed.disabled_at.is_some() {
            bail!("{who}: is switched off, and no link lets them in: `gatelet users enable` does");
        }
        if user.email.is_empty() {
            bail!("{who}: has no address, by which a link goes: somebody else has proved it");
        }
        let token = LinkToken::from_random(random()?);
        let link = new_link(&token, &user, &base_url)?;
        let expires_at = link.expires_at;
        let store = registry.store()?;
        registry.runtime.block_on(async {
            store.keep_link(&place, link).await?;
            let event = Event::of(Act::LinkMade, &user.id).about(PURPOSE.as_str());
            audit::record(store, &place, &[event]).await
        })?;
        let url = PURPOSE.link(&token, &base_url);
        let url = url.expose();
        if self.json {
            let (id, email) = (user.id, user.email);
            outln!(
                "{}",
                json!({ "url": url, "user": id, "email": email, "expiresAt": expires_at })
            );
            return Ok(());
        }
        outln!("{url}");
        eprintln!(
            "Whoever opens it chooses a new password for {} and is signed in, once, until {}; every other session ends.",
            user.email,
            instant(expires_at)
        );
        if !user.email_verified {
            eprintln!("The address counts as theirs from then on: nobody has proved it yet.");
        }
        Ok(())
    }
}

/// As a letter's, but for its code: nobody is told one, and no browser has asked.
fn new_link(token: &LinkToken, user: &User, base_url: &BaseUrl) -> Result<links::Link> {
    let now = now();
    Ok(links::Link {
        token: token.digest().to_vec(),
        purpose: links::Purpose::ResetPassword,
        email: user.email.clone(),
        user_id: Some(user.id.clone()),
        base_url: base_url.as_str().to_owned(),
        return_to: "/".to_owned(),
        name: String::new(),
        hash: None,
        code: random::<32>()?.to_vec(),
        browser: random::<32>()?.to_vec(),
        created_at: now,
        expires_at: now + PURPOSE.lifetime_seconds(),
    })
}
