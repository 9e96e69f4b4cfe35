//! `GET /auth/start/<provider>`: sends the browser to the provider, with a cookie
//! that remembers what for. A link and not a form, so that the policy can keep
//! forms on this site.

use crate::issuer;
use crate::limits;
use crate::visit::{Failure, Visit};
use gatelet_core::cookie::CookieAge;
use gatelet_core::return_target::ReturnTarget;
use gatelet_sign_in::attempt::{ATTEMPT_SECONDS, Attempt, LinkTo};
use gatelet_sign_in::authorization::{WhichAccount, authorization_url};
use gatelet_sign_in::callback_path::may_share;
use gatelet_sign_in::limits::Act;
use gatelet_sign_in::login_hint::LoginHint;
use gatelet_sign_in::refusal::{Refusal, RefusalCode};
use gatelet_web::{Answer, see_other, with_cookies};

/// On the way to a provider, of whoever is to prove again who it is.
pub(crate) const ANEW: &str = "anew=1";

/// Begins an attempt. Several tabs may, each with its own.
pub(crate) async fn begin(visit: &Visit<'_>, provider: &str) -> Result<Answer, Failure> {
    let return_to = visit.return_to(visit.arrival.query().text("return_to"));
    let asked = Asked {
        provider,
        return_to,
        hint: visit.login_hint(),
        anew: visit.wants_anew(),
    };
    let started = prepared(visit, asked, None, Callback::Own).await?;
    Ok(with_cookies(see_other(&started.location), started.cookies))
}

/// What somebody asks.
pub(crate) struct Asked<'a> {
    /// Of which provider, by its id.
    pub provider: &'a str,
    /// To come back to.
    pub return_to: ReturnTarget,
    /// As whom, where that was said.
    pub hint: Option<LoginHint>,
    /// Whether the provider is to ask anew who it is, whomever it remembers.
    pub anew: bool,
}

/// Which address the answer is to come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Callback {
    /// The provider's own: `/auth/callback/<id>`.
    Own,
    /// The one of the API, where answers cannot be mixed up there; else the provider's.
    Shared,
}

/// A sign-in that is under way.
pub(crate) struct Started {
    /// Where the provider is to be asked.
    pub location: String,
    /// `state` as the provider gets it.
    pub state: String,
    /// They remember what for.
    pub cookies: Vec<String>,
}

/// Begins an attempt: to sign somebody in, or to link the account to whoever is signed in.
pub(crate) async fn prepared(
    visit: &Visit<'_>,
    asked: Asked<'_>,
    link: Option<LinkTo>,
    callback: Callback,
) -> Result<Started, Failure> {
    let Asked {
        provider,
        return_to,
        hint,
        anew,
    } = asked;
    let admitted = limits::admit(visit, Act::Start, None).await;
    let _counted = admitted.map_err(|problem| Failure::from(problem).returning(&return_to))?;
    let unknown = || visit.refused(Refusal::new(RefusalCode::ProviderUnknown, "begin"));
    let provider = visit.providers().get(provider).ok_or_else(unknown)?;
    let reached = issuer::reach(provider, visit.arrival.now)
        .await
        .map_err(|refusal| Failure::from(visit.refused(refusal)).returning(&return_to))?;

    let is_link = link.is_some();
    let attempt = Attempt::begin(
        provider,
        visit.arrival.base_url().as_str(),
        visit.site.relay.as_ref(),
        return_to,
        &gatelet_wasi::random::bytes(),
        visit.arrival.now,
    )
    .linking(link)
    .asking_anew(anew);
    let issuer = &reached.endpoints().issuer_parameter;
    let attempt = match callback {
        Callback::Shared if may_share(visit.providers().iter().len(), issuer) => {
            attempt.sharing_callback()
        }
        Callback::Own | Callback::Shared => attempt,
    };
    // Whoever links says which one.
    let account = match is_link || visit.wants_other_account() {
        true => WhichAccount::Chosen,
        false => WhichAccount::Remembered,
    };
    let location = authorization_url(
        provider,
        reached.endpoints(),
        &attempt,
        account,
        hint.as_ref(),
        visit.arrival.keys,
    );

    // A sibling who shares sessions must neither read an attempt nor plant one.
    let names = visit.arrival.cookie_names().host_only();
    let sealed = attempt.seal(visit.arrival.keys);
    let superseded = Attempt::superseded(
        visit.arrival.cookies(),
        names.session(),
        sealed.len(),
        visit.arrival.keys,
        visit.arrival.now,
    );
    let mut cookies: Vec<String> = superseded
        .into_iter()
        .map(|name| names.set(name, "", CookieAge::Clear))
        .collect();
    let name = attempt.cookie_name(names.session());
    cookies.push(names.set(&name, &sealed, CookieAge::Seconds(ATTEMPT_SECONDS)));
    Ok(Started {
        location,
        state: attempt.state_parameter(visit.arrival.keys),
        cookies,
    })
}
