//! How does a letter leave? It is composed with the frame of its site, kept in the
//! store, and handed on apart from the answer: how long that takes tells a visitor nothing
//! about who has an account. `gatelet up` calls for it by a request of its own, which no
//! visitor can leave. Other hosts do not, and it is handed on after the answer; what is
//! not, by then or at all, by whoever posts the next letter.

mod due;
pub(crate) mod errand;
mod hand_over;
mod outbox;

use std::rc::Rc;

use gatelet_letters::letter::{Frame, Letter};
use gatelet_letters::message::{Message, MessageId};
use gatelet_mail::mail_url::MailUrl;
use gatelet_mail::settings::MailSettings;
use gatelet_wasi::{clock, random};
use gatelet_web::log;
use wasip3::wit_bindgen;

use crate::bindings::gatelet::smtp::submission;
use crate::problem::Problem;
use crate::visit::Visit;
pub(crate) use due::answer as due;
pub(crate) use errand::answer as errand;

impl Visit<'_> {
    /// How letters leave from here; none where they do not, and nothing may be offered
    /// that needs one.
    pub(crate) fn mail(&self) -> Option<&MailSettings> {
        self.site.sign_in.mail.as_ref()
    }

    /// Sends a letter. Once this has answered it is kept, and tried until it arrives or
    /// a day is over; nobody waits for that. The call takes as long as one of the store.
    pub(crate) async fn post(&self, letter: &Letter) -> Result<(), Problem> {
        let MailSettings { url, from } = self.mail().ok_or(Problem::MailOff)?;
        let frame = Frame {
            from,
            site_name: self.arrival.origin.site_name(),
            base_url: self.arrival.base_url(),
        };
        let id = MessageId::from_random(random::bytes());
        let message = letter.compose(&frame, id, self.arrival.now);
        if *url == MailUrl::Log {
            print(&message);
            return Ok(());
        }
        let (keys, place) = (self.arrival.keys, self.arrival.place());
        outbox::keep(keys, place.clone(), &message, self.arrival.now).await?;
        if submission::wake(self.arrival.base_url().authority().to_owned()).await {
            return Ok(());
        }
        let setup = Rc::clone(self.setup);
        let url = url.clone();
        wit_bindgen::spawn(async move {
            outbox::flush(setup.keys(), &url, place, clock::unix_seconds()).await;
        });
        Ok(())
    }
}

/// For development: a line of the log for each line of the letter, links and all.
fn print(message: &Message) {
    let Message {
        kind, to, subject, ..
    } = message;
    log::note("mail.printed", &format!("{kind} to {to}: {subject}"));
    for line in message.text.lines().filter(|line| !line.is_empty()) {
        log::note("mail.printed", &format!("| {line}"));
    }
}
