//! A link or a code comes back: is it good?

use super::ask::{crossing, known_mark};
use crate::limits;
use crate::problem::Problem;
use crate::visit::Visit;
use gatelet_core::secret::Secret;
use gatelet_forms::Form;
use gatelet_ports::store::links;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::email::Email;
use gatelet_sign_in::limits::Act as Limited;
use gatelet_sign_in::link_token::LinkToken;
use gatelet_sign_in::mailed::{CODE_TRIES, Link, MailedCode, Opened, Purpose, Void};
use std::collections::BTreeSet;

/// What came back, for the form that it is to come back with once more.
#[derive(Clone, Default)]
pub(crate) struct Presented {
    /// Of a link; else empty.
    pub token: String,
    /// Typed; else empty.
    pub code: String,
}

impl Presented {
    /// What a query or a form holds.
    pub(super) fn of(typed: &Form) -> Self {
        Self {
            token: typed.text("token").to_owned(),
            code: typed.text("code").to_owned(),
        }
    }

    /// Whether it is a link's.
    pub(super) fn is_link(&self) -> bool {
        !self.token.is_empty()
    }
}

/// The link that was opened. `wanted` is what it may be for; of the first of them the
/// visitor is told how to ask for another.
pub(super) async fn open(
    visit: &Visit<'_>,
    presented: &Presented,
    wanted: &'static [Purpose],
) -> Result<Opened, Problem> {
    let opened = if presented.is_link() {
        by_token(visit, &presented.token, wanted).await?
    } else {
        by_code(visit, &presented.code, wanted).await?
    };
    opened.map_err(|Void| {
        let about = wanted.first().map_or("", |purpose| purpose.as_str());
        visit.record(Event::of_nobody(Act::LinkRefused).about(about));
        if presented.is_link() {
            void(visit, wanted)
        } else {
            Problem::WrongCode
        }
    })
}

/// What is said of a link that is not good. Where no mail is sent, an operator made it, and
/// no page makes another.
pub(crate) fn void(visit: &Visit<'_>, wanted: &[Purpose]) -> Problem {
    let purpose = wanted.first().copied().unwrap_or(Purpose::SignIn);
    Problem::LinkVoid(visit.mail().map(|_| purpose))
}

async fn by_token(
    visit: &Visit<'_>,
    token: &str,
    wanted: &[Purpose],
) -> Result<Result<Opened, Void>, Problem> {
    let Some(token) = LinkToken::parse(token) else {
        return Ok(Err(Void));
    };
    let (base_url, now) = (visit.arrival.base_url(), visit.arrival.now);
    let found = links::find(visit.arrival.place(), token.digest().to_vec(), now).await?;
    Ok(Link::open(found.and_then(read), wanted, base_url, now))
}

async fn by_code(
    visit: &Visit<'_>,
    typed: &str,
    wanted: &[Purpose],
) -> Result<Result<Opened, Void>, Problem> {
    let (Some(code), Some(mark)) = (MailedCode::parse(typed), known_mark(visit)) else {
        return Ok(Err(Void));
    };
    let (base_url, now) = (visit.arrival.base_url(), visit.arrival.now);
    let mut asked_for = Vec::new();
    for purpose in wanted {
        let (place, browser) = (visit.arrival.place(), mark.digest().to_vec());
        let found = links::try_code(place, crossing(*purpose), browser, CODE_TRIES, now).await?;
        asked_for.extend(found.into_iter().filter_map(read));
    }
    // By each address too: whoever asks for letters to it in many browsers, or to several
    // in one, guesses no more.
    let addresses: BTreeSet<_> = asked_for.iter().map(|link| link.email.clone()).collect();
    let mut admitted = Vec::new();
    for address in &addresses {
        admitted.push(limits::admit(visit, Limited::Code, Some(address)).await?);
    }
    if addresses.is_empty() {
        admitted.push(limits::admit(visit, Limited::Code, None).await?);
    }
    let keys = visit.arrival.keys;
    let opened = Link::open_by_code(asked_for, &code, keys, wanted, base_url, now);
    if opened.is_ok() {
        for one in admitted {
            one.give_back(visit).await;
        }
    }
    Ok(opened)
}

/// In our words; None for one that nobody could have kept.
fn read(link: links::Link) -> Option<Link> {
    let links::Link {
        token,
        purpose,
        email,
        user_id,
        base_url,
        return_to,
        name,
        hash,
        code,
        browser,
        created_at: _,
        expires_at,
    } = link;
    Some(Link {
        token_digest: token.try_into().ok()?,
        purpose: match purpose {
            links::Purpose::VerifyEmail => Purpose::VerifyEmail,
            links::Purpose::SignUp => Purpose::SignUp,
            links::Purpose::SignIn => Purpose::SignIn,
            links::Purpose::ResetPassword => Purpose::ResetPassword,
            links::Purpose::ChangeEmail => Purpose::ChangeEmail,
            links::Purpose::UndoChange => Purpose::UndoChange,
        },
        email: Email::parse(&email).ok()?,
        user_id,
        base_url,
        return_to,
        name,
        hash: hash.map(Secret::new),
        code_mac: code.try_into().ok()?,
        browser_digest: browser.try_into().ok()?,
        expires: expires_at,
    })
}
