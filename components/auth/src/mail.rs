//! How does a letter leave? It is composed with the frame of its site and handed on
//! after the answer: how long that takes tells a visitor nothing about who has an account.

use gatelet_letters::letter::{Frame, Letter};
use gatelet_letters::message::{Message, MessageId};
use gatelet_mail::mail_url::MailUrl;
use gatelet_mail::settings::MailSettings;
use gatelet_wasi::random;
use gatelet_web::log;

use crate::problem::Problem;
use crate::visit::Visit;

impl Visit<'_> {
    /// How letters leave from here; none where they do not, and nothing may be offered
    /// that needs one.
    pub(crate) fn mail(&self) -> Option<&MailSettings> {
        self.site.sign_in.mail.as_ref()
    }

    /// Sends a letter. Once this has answered it will be tried until it arrives or a day
    /// is over; nobody waits for that.
    pub(crate) async fn post(&self, letter: &Letter) -> Result<(), Problem> {
        let MailSettings { url, from } = self.mail().ok_or(Problem::MailOff)?;
        let frame = Frame {
            from,
            site_name: self.arrival.origin.site_name(),
            base_url: self.arrival.base_url(),
            language: "en",
        };
        let id = MessageId::from_random(random::bytes());
        let message = letter.compose(&frame, id, self.arrival.now);
        match url {
            MailUrl::Log => print(&message),
            MailUrl::Smtp(_)
            | MailUrl::Resend(_)
            | MailUrl::Postmark(_)
            | MailUrl::SendGrid(_)
            | MailUrl::Ses(_)
            | MailUrl::Webhook(_) => log::error("mail.given_up", "no such way yet"),
        }
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
