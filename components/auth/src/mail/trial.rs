//! The operator tries whether mail arrives: one letter, at once, and what became of it.

use gatelet_letters::letter::{Block, Frame, Kind, Letter};
use gatelet_letters::message::MessageId;
use gatelet_mail::mail_url::MailUrl;
use gatelet_mail::settings::MailSettings;
use gatelet_mail::trial;
use gatelet_texts::letters;
use gatelet_wasi::{clock, random};
use wasip3::http::types::{ErrorCode, Fields, Request, Response};
use wasip3::wit_future;

use super::hand_over::hand_over;
use super::print;
use crate::settings::{self, Setup};

/// Answers a question of the operator's; nobody else's is one.
pub(crate) async fn answer(request: &Request) -> Result<Response, ErrorCode> {
    let fields = request.get_headers().get(trial::QUESTION);
    let now = clock::unix_seconds();
    let why = match (settings::setup(now).await, fields.first()) {
        (Ok(setup), Some(question)) => tried(&setup, question, now).await,
        // The log has said what is wrong.
        (Err(_), _) => Some("the settings are no good".to_owned()),
        (Ok(_), None) => Some("nothing is asked".to_owned()),
    };
    let why = why.map(|why| {
        (
            trial::ANSWER.to_owned(),
            trial::write_answer(&why).into_bytes(),
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
async fn tried(setup: &Setup, question: &[u8], now: u64) -> Option<String> {
    let question = core::str::from_utf8(question).unwrap_or_default();
    let Some(to) = trial::open(setup.keys(), question, now) else {
        return Some("the question is not the operator's".to_owned());
    };
    let site = setup.sites.main();
    let Some(MailSettings { url, from }) = &site.sign_in.mail else {
        return Some("mail_url is not set".to_owned());
    };
    // Nobody visits: it speaks as the site does to everybody.
    let language = site.origin.languages().first().copied().unwrap_or_default();
    let frame = Frame {
        from,
        site_name: site.origin.site_name(),
        base_url: site.base_url(),
        language,
    };
    let letter = Letter {
        kind: Kind::Test,
        to,
        subject: letters::TRIAL_SUBJECT.of(language).to_owned(),
        blocks: vec![Block::Text(letters::TRIAL_LEAD.of(language).to_owned())],
        reason: letters::REASON_TRIAL.of(language).to_owned(),
    };
    let message = letter.compose(&frame, MessageId::from_random(random::bytes()), now);
    if *url == MailUrl::Log {
        print(&message);
        return None;
    }
    let outcome = hand_over(url, &message).await;
    outcome.err().map(|failure| failure.to_string())
}
