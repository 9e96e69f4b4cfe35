//! Tokens that providers give: kept with the account where the operator asks for it, handed
//! to the app and to scripts of its pages, renewed ahead of time, let go at the end.
//!
//! Whoever wants one asks by [`remote::TOKEN_PATH`], the gateway and these pages alike: a
//! visitor who leaves does not cut an exchange short there.

mod exchange;
mod letting_go;
mod page;

use std::rc::Rc;

use gatelet_core::error::{Code, StoreError};
use gatelet_core::handed::{HandedToken, WantedToken};
use gatelet_core::key::KeyRing;
use gatelet_core::remote;
use gatelet_ports::store::provider_tokens::{self, Kept};
use gatelet_ports::store::types::Identity;
use gatelet_sign_in::identity::ProviderIdentity;
use gatelet_sign_in::provider::{KeepsTokens, Provider};
use gatelet_sign_in::provider_tokens::{Owner, ProviderTokens};
use gatelet_sign_in::site::Site;
use gatelet_sign_in::token::TokenResponse;
use gatelet_wasi::{clock, random};
use gatelet_web::log;
use wasip3::http::types::{ErrorCode, Request, Response};

use crate::settings::{self, Setup};
use crate::visit::Visit;
use crate::{linking, remote as answers};
use exchange::{Exchanged, exchanged};
pub(crate) use letting_go::{let_go, of_way, revoke};
pub(crate) use page::show;

/// How often what another caller has left is looked at anew.
const LOOKS_MAX: usize = 4;
/// How often somebody else may be faster with the same row.
const TRIES: usize = 3;

/// Where tokens lie: the row of an account at a site.
#[derive(Clone, Copy)]
struct Row<'a> {
    site: &'a Site,
    keys: &'a KeyRing,
    account: &'a Identity,
}

impl Row<'_> {
    fn owner(&self) -> Owner<'_> {
        Owner {
            place: self.site.origin.place(),
            issuer: &self.account.issuer,
            subject: &self.account.subject,
        }
    }

    /// What a row has, where a key of ours sealed it there.
    fn open(&self, sealed: &[u8]) -> Option<ProviderTokens> {
        let opened = ProviderTokens::open(self.keys, self.owner(), sealed);
        if opened.is_none() {
            log::note(
                "provider_tokens.unopened",
                "they were sealed under a key that session_keys has no more, or for another account",
            );
        }
        opened
    }

    /// What it has now.
    async fn read(&self) -> Result<Option<Vec<u8>>, Code> {
        let Identity {
            issuer,
            subject,
            provider: _,
        } = self.account;
        let place = self.site.origin.place().into();
        let found = provider_tokens::of_account(place, issuer.clone(), subject.clone()).await;
        found.map_err(|error| StoreError::from(error).into())
    }

    /// Whether it has these from now on, in the place of those.
    async fn write(&self, tokens: &ProviderTokens, before: Option<Vec<u8>>) -> Result<bool, Code> {
        let Identity {
            issuer,
            subject,
            provider: _,
        } = self.account;
        let sealed = tokens.seal(self.keys, self.owner(), random::bytes());
        let place = self.site.origin.place().into();
        let kept = provider_tokens::keep(place, issuer.clone(), subject.clone(), sealed, before);
        kept.await.map_err(|error| StoreError::from(error).into())
    }
}

/// Keeps what a provider gave with a sign-in, where its tokens are kept and it let somebody
/// in whose account is there. Whoever signed in has, whatever becomes of it.
pub(crate) async fn keep(visit: &Visit<'_>, identity: &ProviderIdentity, given: &TokenResponse) {
    let Some(provider) = visit.providers().get(identity.provider().as_str()) else {
        return;
    };
    let Ok(account) = linking::key(visit, identity) else {
        return;
    };
    if provider.keeps_tokens == KeepsTokens::No {
        return;
    }
    let row = Row {
        site: visit.site,
        keys: visit.arrival.keys,
        account: &account,
    };
    let mut is_kept = false;
    for _ in 0..TRIES {
        let Ok(before) = row.read().await else {
            break;
        };
        let opened = before.as_deref().and_then(|sealed| row.open(sealed));
        let tokens = ProviderTokens::given(provider, given, opened.as_ref(), visit.arrival.now);
        let Some(tokens) = tokens else {
            log::error("provider_tokens.too_long", provider.id.as_str());
            return;
        };
        if tokens.refresh_token.is_none() && tokens.expires_at.is_some() {
            log::note("provider_tokens.without_refresh", provider.id.as_str());
        }
        // In the place of what was seen: somebody may be exchanging that.
        match row.write(&tokens, before).await {
            Ok(true) => {
                is_kept = true;
                break;
            }
            Ok(false) => {}
            Err(_) => break,
        }
    }
    if !is_kept {
        // The account is linked after a second step, or the store has said why.
        log::note("provider_tokens.not_kept", provider.id.as_str());
    }
}

/// Answers a question; what is none with a refusal.
pub(crate) async fn answer(request: &Request) -> Result<Response, ErrorCode> {
    let fields = request.get_headers().get(remote::QUESTION);
    let asked = fields.first().and_then(|field| remote::open(field));
    let token = match asked.as_deref().and_then(remote::read_wanted_token) {
        Some(wanted) => handed(&wanted).await,
        None => Err(Code::RequestMalformed),
    };
    let written = remote::write_handed_token(&token)
        .or_else(|| remote::write_handed_token(&Err(Code::Internal)));
    answers::said(written.unwrap_or_default())
}

/// The token that is asked for, where this site hands it out and the session's user has it.
async fn handed(wanted: &WantedToken) -> Result<Option<HandedToken>, Code> {
    let now = clock::unix_seconds();
    let setup = settings::setup(now).await?;
    let site = setup.sites.resolve(&wanted.authority, now);
    let site = site.map_err(|none| none.code)?;
    let id = wanted.provider.as_str();
    let is_handed = site.origin.handed_provider() == Some(id) || site.sign_in.gives_scripts(id);
    let Some(provider) = site.sign_in.providers.get(id).filter(|_| is_handed) else {
        return Ok(None);
    };
    for _ in 0..LOOKS_MAX {
        let now = clock::unix_seconds();
        let found = provider_tokens::of_session(
            site.origin.place().into(),
            wanted.session.digest().to_vec(),
            site.origin.audience().to_owned(),
            id.to_owned(),
            now,
        );
        let found = found.await.map_err(StoreError::from)?;
        let Some(kept) = found else {
            return Ok(None);
        };
        if let Some(settled) = judged(&setup, &site, provider, &kept, now).await? {
            return Ok(settled);
        }
    }
    log::note("provider_tokens.unsettled", id);
    Err(Code::StoreUnavailable)
}

/// What comes of tokens that are kept; none where others are there by now.
async fn judged(
    setup: &Rc<Setup>,
    site: &Site,
    provider: &Provider,
    kept: &Kept,
    now: u64,
) -> Result<Option<Option<HandedToken>>, Code> {
    let row = Row {
        site,
        keys: setup.keys(),
        account: &kept.identity,
    };
    let opened = row.open(&kept.sealed);
    let Some(tokens) = opened.filter(|tokens| tokens.is_of(provider)) else {
        return Ok(Some(None));
    };
    // An exchange takes its time: what was good before it may be so no more.
    let usable = |tokens: &ProviderTokens| {
        let is_good = tokens.is_good(clock::unix_seconds());
        is_good.then(|| hand(tokens))
    };
    if !tokens.is_due(now) {
        return Ok(Some(usable(&tokens)));
    }
    match exchanged(&row, provider, kept, &tokens).await? {
        Exchanged::Tokens(tokens) => Ok(Some(usable(&tokens))),
        Exchanged::Again => Ok(None),
        Exchanged::Ended if kept.of_session => Err(Code::ProviderRevoked),
        // Whoever came by another way stays.
        Exchanged::Ended => Ok(Some(None)),
        Exchanged::Unavailable => match usable(&tokens) {
            None => Err(Code::StoreUnavailable),
            old => Ok(Some(old)),
        },
    }
}

fn hand(tokens: &ProviderTokens) -> HandedToken {
    HandedToken {
        access_token: tokens.access_token.clone(),
        expires_at: tokens.expires_at,
        scope: tokens.scope.clone(),
    }
}
