//! An operator has a letter sent: one, at once, and what became of it.

use gatelet_core::base_url::BaseUrl;
use gatelet_letters::letter::{Block, Frame, Kind, Letter};
use gatelet_letters::message::MessageId;
use gatelet_mail::errand::{self, About, Errand};
use gatelet_mail::mail_url::MailUrl;
use gatelet_mail::settings::MailSettings;
use gatelet_sign_in::site::Site;
use gatelet_texts::{Language, Text, letters};
use gatelet_wasi::{clock, random};
use std::sync::Arc;
use wasip3::http::types::{ErrorCode, Fields, Request, Response};
use wasip3::wit_future;

use super::hand_over::hand_over;
use super::print;
use crate::settings::{self, Setup};

/// Runs an errand of an operator's; nobody else's is one.
pub(crate) async fn answer(request: &Request) -> Result<Response, ErrorCode> {
    let fields = request.get_headers().get(errand::FIELD);
    let now = clock::unix_seconds();
    let why = match (settings::setup(now).await, fields.first()) {
        (Ok(setup), Some(field)) => run(&setup, field, now).await,
        // The log has said what is wrong.
        (Err(_), _) => Some("the settings are no good".to_owned()),
        (Ok(_), None) => Some("nothing is asked".to_owned()),
    };
    let why = why.map(|why| {
        (
            errand::ANSWER.to_owned(),
            errand::write_answer(&why).into_bytes(),
        )
    });
    let fields = Fields::from_list(why.as_slice()).map_err(|_| ErrorCode::InternalError(None))?;
    let (trailers, no_trailers) = wit_future::new(|| Ok(None));
    drop(trailers);
    let (response, _) = Response::new(fields, None, no_trailers);
    let _known = response.set_status_code(204);
    Ok(response)
}

/// Why the letter was not taken, if it was not.
async fn run(setup: &Setup, field: &[u8], now: u64) -> Option<String> {
    let field = core::str::from_utf8(field).unwrap_or_default();
    let Some(errand) = Errand::open(setup.keys(), field, now) else {
        return Some("the errand is not the operator's".to_owned());
    };
    let Some(site) = site(setup, &errand.about, now) else {
        return Some("the origin of the link is not served".to_owned());
    };
    let Some(MailSettings { url, from }) = &site.sign_in.mail else {
        return Some("mail_url is not set".to_owned());
    };
    // Nobody visits: it speaks as the site does to everybody.
    let language = site.origin.languages().first().copied().unwrap_or_default();
    let frame = Frame {
        from,
        site_name: site.origin.site_name(),
        base_url: site.base_url(),
    };
    let letter = written(errand, language);
    let message = letter.compose(&frame, MessageId::from_random(random::bytes()), now);
    if *url == MailUrl::Log {
        print(&message);
        return None;
    }
    let outcome = hand_over(url, &message).await;
    outcome.err().map(|failure| failure.to_string())
}

/// From where it is sent: the origin of its link.
fn site(setup: &Setup, about: &About, now: u64) -> Option<Arc<Site>> {
    match about {
        About::Trial => Some(Arc::clone(setup.sites.main())),
        About::Invitation(link) => {
            let end = link.expose().find("/auth/")?;
            let base_url = BaseUrl::parse(&link.expose()[..end]).ok()?;
            let found = setup.sites.resolve(base_url.authority(), now).ok()?;
            (*found.base_url() == base_url).then_some(found)
        }
    }
}

/// The letter that is asked for.
pub(crate) fn written(errand: Errand, language: Language) -> Letter {
    let say = |text: Text| text.of(language).to_owned();
    let (kind, subject, blocks, reason) = match errand.about {
        About::Trial => (
            Kind::Test,
            letters::TRIAL_SUBJECT,
            vec![Block::Text(say(letters::TRIAL_LEAD))],
            letters::REASON_TRIAL,
        ),
        About::Invitation(link) => (
            Kind::Invitation,
            letters::INVITATION_SUBJECT,
            vec![
                Block::Text(say(letters::INVITATION_LEAD)),
                Block::Link {
                    label: say(letters::INVITATION_LINK),
                    url: link.expose().to_owned(),
                },
                Block::Text(say(letters::INVITATION_LIFETIME)),
            ],
            letters::REASON_INVITATION,
        ),
    };
    Letter {
        kind,
        to: errand.to,
        subject: say(subject),
        blocks,
        reason: say(reason),
        language,
        also: None,
    }
}
