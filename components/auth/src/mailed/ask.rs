//! Somebody asks for a letter. Whoever has the address, the same is done and said: a link
//! is kept, and the browser is told to look into the mailbox.

use crate::limits;
use crate::pages::AskPage;
use crate::problem::Problem;
use crate::visit::{Failure, Visit};
use crate::work;
use gatelet_core::cookie::CookieAge;
use gatelet_core::negotiate::Reader;
use gatelet_core::return_target::ReturnTarget;
use gatelet_core::secret::Secret;
use gatelet_forms::Form;
use gatelet_ports::store::links;
use gatelet_sign_in::audit::{Act as Audited, Event};
use gatelet_sign_in::email::Email;
use gatelet_sign_in::limits::Act;
use gatelet_sign_in::link_token::LinkToken;
use gatelet_sign_in::mailed::{BrowserMark, MailedCode, Purpose};
use gatelet_wasi::random;
use gatelet_web::{Answer, Explain as _, page, scripted, with_cookies};
use std::ops::ControlFlow;

const COOKIE: &str = "mail";
/// For how long a browser is known as the one that asked.
const MARK_SECONDS: u64 = 86_400;
/// Of a longer return target as much is kept as fits.
const RETURN_TARGET_MAX_BYTES: usize = 1024;

/// What is asked for.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub purpose: Purpose,
    pub email: &'a Email,
    /// Whom it is about, where there is somebody.
    pub user_id: Option<&'a str>,
    pub return_to: &'a ReturnTarget,
    /// What whoever signs up is to be called.
    pub name: &'a str,
    /// PHC string of the password of whoever signs up.
    pub hash: Option<&'a str>,
}

/// What the letter is to hold.
pub(super) struct Kept {
    /// The link, whole.
    pub url: Secret,
    pub code: MailedCode,
    /// Sets the mark of the browser that asked, where it has none.
    pub cookie: Option<String>,
}

impl<'a> Asked<'a> {
    /// Of an address alone.
    pub(super) fn new(purpose: Purpose, email: &'a Email, return_to: &'a ReturnTarget) -> Self {
        Self {
            purpose,
            email,
            user_id: None,
            return_to,
            name: "",
            hash: None,
        }
    }

    /// About this user.
    pub(super) fn about(self, user_id: Option<&'a str>) -> Self {
        Self { user_id, ..self }
    }
}

/// Whether another letter may be asked for to this address, whoever has it.
pub(super) async fn admit(visit: &Visit<'_>, email: &Email) -> Result<(), Problem> {
    // What was sent is sent, so it counts.
    let _admitted = limits::admit(visit, Act::Mail, Some(email)).await?;
    Ok(())
}

/// The address that whoever is not signed in asks a letter for, once it is one and they may;
/// else the form once more, with what is wrong or what is to be met first.
pub(super) async fn admitted_address(
    visit: &Visit<'_>,
    typed: &Form,
    form: impl FnOnce() -> (AskPage, Option<String>),
) -> Result<ControlFlow<Answer, Email>, Failure> {
    let again = |problem: Problem, change: &dyn Fn(&mut AskPage)| {
        let (mut shown, seed) = form();
        shown.email = typed.text("email").to_owned();
        change(&mut shown);
        let answer = page(problem.status(), &shown);
        let answer = match shown.challenge {
            Some(_) => scripted(answer),
            None => answer,
        };
        ControlFlow::Break(with_cookies(answer, seed))
    };
    let email = match Email::parse(typed.text("email")) {
        Ok(email) => email,
        Err(error) => {
            return Ok(again(Problem::Invalid(error.code()), &|shown| {
                shown.faults.field("email", error.message());
            }));
        }
    };
    let admitted = limits::admit(visit, Act::Mail, Some(&email)).await?;
    let Some(challenge) = work::wanted(visit, "mail", &admitted, typed).await? else {
        return Ok(ControlFlow::Continue(email));
    };
    // Whoever works for it comes back and is counted then.
    admitted.give_back(visit).await;
    let problem = Problem::WorkWanted;
    if visit.arrival.head.reader() == Reader::Program {
        return Err(problem.into());
    }
    Ok(again(problem, &|shown| {
        shown.faults.passing(problem.code(), problem.message());
        shown.challenge = Some(challenge.clone());
    }))
}

/// Keeps a link. What is mailed of it is the caller's, and so is whether anything is.
pub(super) async fn keep(visit: &Visit<'_>, asked: Asked<'_>) -> Result<Kept, Problem> {
    let Asked {
        purpose,
        email,
        user_id,
        return_to,
        name,
        hash,
    } = asked;
    let (mark, cookie) = mark(visit);
    let token = LinkToken::from_random(random::bytes());
    let code = MailedCode::from_random(random::bytes());
    let (digest, now) = (token.digest(), visit.arrival.now);
    let base_url = visit.arrival.base_url();
    let return_to = return_to.within(RETURN_TARGET_MAX_BYTES);
    let link = links::Link {
        token: digest.to_vec(),
        purpose: crossing(purpose),
        email: email.as_str().to_owned(),
        user_id: user_id.map(str::to_owned),
        base_url: base_url.as_str().to_owned(),
        return_to: return_to.as_str().to_owned(),
        name: name.to_owned(),
        hash: hash.map(str::to_owned),
        code: code.mac(&digest, visit.arrival.keys).to_vec(),
        browser: mark.digest().to_vec(),
        created_at: now,
        expires_at: now.saturating_add(purpose.lifetime_seconds()),
    };
    links::keep(visit.arrival.place(), link).await?;
    let event = Event::of(Audited::LinkSent, user_id.unwrap_or_default());
    visit.record(event.about(purpose.as_str()));
    Ok(Kept {
        url: purpose.link(&token, base_url),
        code,
        cookie,
    })
}

/// As much work as a letter is, where none is sent: it would be one more row of the
/// store, and this is one that nobody has the token of and that is over at once.
pub(super) async fn no_letter(visit: &Visit<'_>, asked: Asked<'_>) -> Result<(), Problem> {
    let Asked { purpose, email, .. } = asked;
    let nobodys = || random::bytes::<32>().to_vec();
    let link = links::Link {
        token: nobodys(),
        purpose: crossing(purpose),
        email: email.as_str().to_owned(),
        user_id: None,
        base_url: visit.arrival.base_url().as_str().to_owned(),
        return_to: "/".to_owned(),
        name: String::new(),
        hash: None,
        code: nobodys(),
        browser: nobodys(),
        created_at: visit.arrival.now,
        expires_at: visit.arrival.now,
    };
    Ok(links::keep(visit.arrival.place(), link).await?)
}

/// The mark of this browser, and the cookie that gives it one. One that is there stays,
/// or codes that were mailed before would be good no more.
fn mark(visit: &Visit<'_>) -> (BrowserMark, Option<String>) {
    if let Some(mark) = known_mark(visit) {
        return (mark, None);
    }
    let mark = BrowserMark::from_random(random::bytes());
    let value = mark.seal(visit.arrival.keys);
    let age = CookieAge::Seconds(MARK_SECONDS);
    let cookie = visit.arrival.set_own_cookie(COOKIE, &value, age);
    (mark, Some(cookie))
}

/// The mark that this browser has.
pub(super) fn known_mark(visit: &Visit<'_>) -> Option<BrowserMark> {
    let mut values = visit.arrival.own_cookies(COOKIE);
    values.find_map(|value| BrowserMark::open(value, visit.arrival.keys))
}

/// A purpose in the store's words.
pub(super) const fn crossing(purpose: Purpose) -> links::Purpose {
    match purpose {
        Purpose::VerifyEmail => links::Purpose::VerifyEmail,
        Purpose::SignUp => links::Purpose::SignUp,
        Purpose::SignIn => links::Purpose::SignIn,
        Purpose::ResetPassword => links::Purpose::ResetPassword,
        Purpose::ChangeEmail => links::Purpose::ChangeEmail,
        Purpose::UndoChange => links::Purpose::UndoChange,
    }
}
