//! `/auth/account` and the pages below it: what people see and change of their own
//! account. Below the first page by the store alone, however fresh the browser's copy of
//! a session is: one that was ended elsewhere neither sees nor changes anything.

pub(crate) mod authenticator;
mod delete;
mod events;
mod export;
mod notice;
mod overview;
mod passkeys;
mod password;
mod profile;
mod providers;
mod recovery_codes;
mod section;
mod sessions;
mod tokens;

pub(crate) use notice::Notice;
pub(crate) use providers::link;
pub(crate) use section::Section;

use crate::complete::TRIES;
use crate::confirm::recent;
use crate::mailed::change;
use crate::pages::{AccountFrame, with_parameter};
use crate::problem::Problem;
use crate::visit::{CsrfForm, Failure, Visit};
use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::{Form, FormCode};
use gatelet_ports::store::own_account::Profile;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::ways;
use gatelet_web::{
    Answer, Current, Live, behind, current, in_store, see_other, with_cookies, with_return_to,
};

/// Whoever is signed in, at one page of their account.
pub(crate) struct Member<'a> {
    /// The request.
    pub visit: &'a Visit<'a>,
    /// The session that it came with, as the store has it now.
    pub session: Live,
    /// The page.
    pub section: Section,
    /// Where they were going, who were led here first.
    pub return_to: Option<ReturnTarget>,
    /// For the page's forms.
    pub csrf: String,
}

impl Member<'_> {
    /// What is around the page.
    pub(crate) fn frame(&self) -> AccountFrame {
        let query = self.visit.arrival.query();
        AccountFrame::new(
            self.section,
            Section::ALL
                .into_iter()
                .filter(|section| section.is_offered(self.visit)),
            Notice::of(query.text("done")),
            self.return_to.clone(),
        )
    }

    /// Another page of the account, on the same way.
    fn on_the_way(&self, href: &str) -> String {
        on_the_way(href, self.return_to.as_ref())
    }

    /// Back to the page, after signing in.
    fn back(&self) -> ReturnTarget {
        let page = self.on_the_way(self.section.path());
        ReturnTarget::parse(&page).expect("our own paths are on this site")
    }

    /// The account as it is now.
    pub(crate) async fn profile(&self) -> Result<Profile, Failure> {
        self.session.profile(&self.visit.arrival).await
    }

    /// Back to the page, which says what was done.
    pub(crate) fn done(&self, notice: Notice) -> Answer {
        see_other(&notice.at(self.section.path()))
    }

    /// Writes down what the user did, and what it was about where that is to be said.
    pub(crate) fn record(&self, act: Act, about: Option<&str>) {
        let event = Event::of(act, &self.session.user_id);
        self.visit.record(match about {
            Some(word) => event.about(word),
            None => event,
        });
    }

    /// Whether the page may be used, where it asks for a proof of a short while ago.
    fn is_recent(&self) -> Result<(), Failure> {
        match self.section.is_sensitive() {
            true => recent(self.visit, &self.session),
            false => Ok(()),
        }
    }
}

/// A page of the account that leads on, where somebody was going somewhere: also where that
/// is `/`, since all other ways to the page lead nowhere.
pub(crate) fn on_the_way(href: &str, return_to: Option<&ReturnTarget>) -> String {
    let Some(return_to) = return_to else {
        return href.to_owned();
    };
    let mut parameter = "return_to=".to_owned();
    return_to.encode_into(&mut parameter);
    with_parameter(href, &parameter)
}

/// Shows a page. Nobody is sent to sign in and comes back.
pub(crate) async fn show(visit: &Visit<'_>, section: Section) -> Result<Answer, Failure> {
    let query = visit.arrival.query();
    let (member, cookies) = match member(visit, section, &query).await? {
        Ok(member) => member,
        Err(answer) => return Ok(answer),
    };
    let answer = match member.is_recent() {
        Ok(()) => shown(&member).await,
        Err(failure) => Err(failure),
    };
    behind(cookies, answer)
}

/// Does what a form asks for.
pub(crate) async fn submit(
    visit: &Visit<'_>,
    section: Section,
    typed: &Form,
) -> Result<Answer, Failure> {
    let (member, cookies) = match member(visit, section, typed).await? {
        Ok(member) => member,
        Err(answer) => return Ok(answer),
    };
    let judged = visit
        .arrival
        .judge_csrf_token(CsrfForm::Account(section), typed)
        .map_err(Failure::from)
        .and_then(|()| member.is_recent());
    let answer = match judged {
        Ok(()) => submitted(&member, typed).await,
        Err(failure) => Err(failure),
    };
    let answer = answer.map_err(|failure| failure.returning(&member.back()));
    behind(cookies, answer)
}

async fn shown(member: &Member<'_>) -> Result<Answer, Failure> {
    match member.section {
        Section::Overview => Ok(overview::show(member)),
        Section::Profile => Ok(profile::show(member)),
        Section::Password => password::show(member).await,
        Section::Providers => providers::show(member).await,
        Section::Sessions => sessions::show(member).await,
        Section::Tokens => tokens::show(member).await,
        Section::Events => events::show(member).await,
        Section::Export => Ok(export::show(member)),
        Section::Delete => delete::show(member).await,
        Section::Email => change::show(member).await,
        Section::Passkeys => passkeys::show(member).await,
        Section::Authenticator => authenticator::show(member).await,
        Section::RecoveryCodes => recovery_codes::show(member).await,
    }
}

async fn submitted(member: &Member<'_>, typed: &Form) -> Result<Answer, Failure> {
    match member.section {
        Section::Profile => profile::submit(member, typed).await,
        Section::Password => password::submit(member, typed).await,
        Section::Providers => providers::submit(member, typed).await,
        Section::Sessions => sessions::submit(member, typed).await,
        Section::Tokens => tokens::submit(member, typed).await,
        Section::Export => export::submit(member).await,
        Section::Delete => delete::submit(member, typed).await,
        Section::Email => change::submit(member, typed).await,
        Section::Passkeys => passkeys::submit(member, typed).await,
        Section::Authenticator => authenticator::submit(member, typed).await,
        Section::RecoveryCodes => recovery_codes::submit(member).await,
        Section::Overview | Section::Events => Err(Problem::not_found().into()),
    }
}

/// Who is signed in and the cookies to set, or the way to sign in.
async fn member<'a>(
    visit: &'a Visit<'a>,
    section: Section,
    asked: &Form,
) -> Result<Result<(Member<'a>, Vec<String>), Answer>, Failure> {
    if !section.is_offered(visit) {
        return Err(Problem::not_found().into());
    }
    let arrival = &visit.arrival;
    let current = match section {
        // It shows what the session says of itself and changes nothing.
        Section::Overview => current(arrival).await?,
        _ => in_store(arrival).await?,
    };
    Ok(match current {
        Current::Live(session, mut cookies) => {
            let (csrf, seed) = visit.arrival.csrf(CsrfForm::Account(section));
            cookies.extend(seed);
            let member = Member {
                visit,
                session: *session,
                section,
                return_to: match asked.text("return_to") {
                    "" => None,
                    there => Some(visit.return_to(there)),
                },
                csrf,
            };
            Ok((member, cookies))
        }
        Current::Nobody(cookies) => {
            // With what a link out of a letter has brought.
            let sign_in = with_return_to("/auth/sign-in", &visit.own_address());
            Err(with_cookies(see_other(&sign_in), cookies))
        }
    })
}

/// A form that none of our pages sends.
fn unreadable() -> Failure {
    Problem::from(gatelet_web::Problem::Form(FormCode::Malformed)).into()
}

/// Whether the user could not come back without this way in, as the site is set up.
fn is_last(visit: &Visit<'_>, profile: &Profile, issuer: &str, subject: &str) -> bool {
    let ways = profile.ways.iter().map(|way| ways::Way {
        issuer: &way.issuer,
        subject: &way.subject,
        is_open: match way.issuer.as_str() {
            ways::PASSWORD => visit.passwords(),
            // By a link, or by a new password that one leads to.
            ways::MAILBOX => visit.mail().is_some() && (visit.magic_link() || visit.passwords()),
            _ => visit.providers().get(&way.provider).is_some(),
        },
    });
    ways::is_last(ways, issuer, subject)
}
