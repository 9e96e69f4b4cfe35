//! How does a host that forwards natively ask? `gatelet:edge/gate`.

use gatelet_core::error::Code;
use gatelet_core::negotiate::Reader;
use gatelet_core::reply::Reply;
use gatelet_core::settings::GateSettings;
use gatelet_core::{Head, Question, Verdict, decide, problem, question, ready_answered};

use wasip3::clocks::system_clock;

use crate::Gateway;
use crate::bindings::exports::gatelet::edge::gate;
use crate::bindings::gatelet::store::{health, sessions, types};
use crate::{convert, settings};

impl gate::Guest for Gateway {
    async fn refresh() -> Result<gate::Settings, String> {
        settings::gather(unix_seconds()).await
    }

    fn load(settings: gate::Settings) -> Result<(), String> {
        settings::load(settings)
    }

    fn decide(head: gate::Head, now: u64) -> gate::Verdict {
        convert::verdict(match settings::current() {
            Some(settings) => decide(&convert::head(&head), &settings, now),
            None => unusable("decide was called before load"),
        })
    }

    async fn judge(head: gate::Head, now: u64) -> gate::Verdict {
        convert::verdict(match settings::current() {
            Some(settings) => judge(&convert::head(&head), &settings, now).await,
            None => unusable("judge was called before load"),
        })
    }
}

/// Judges with I/O allowed: at most one call of the store.
pub(crate) async fn judge(head: &Head<'_>, settings: &GateSettings, now: u64) -> Verdict {
    match question(head, settings, now) {
        Question::Settled(verdict) => {
            if let Verdict::Respond(reply) = &verdict
                && reply.code == Some(Code::SettingsInvalid)
                && let Some(line) = problem(head, settings, now)
            {
                settings::tell(line);
            }
            verdict
        }
        Question::Ready => ready_answered(health::ready().await.map_err(convert::store_error)),
        Question::Resume(mut resume) => {
            let answer = sessions::resume(
                types::Place {
                    url: resume.place.url.expose().to_owned(),
                    schema: core::mem::take(&mut resume.place.schema),
                },
                resume.token_digest.to_vec(),
                core::mem::take(&mut resume.audience),
                resume.app.take(),
                now,
                resume.idle_expires_at,
            );
            let answer = answer.await.map_err(convert::store_error);
            let answer = answer.map(|found| found.map(convert::resumed));
            resume.answered(answer, head, settings, now)
        }
    }
}

pub(crate) fn unix_seconds() -> u64 {
    u64::try_from(system_clock::now().seconds).unwrap_or_default()
}

/// A configuration error denies everything; what it is goes to the operator's log.
pub(crate) fn unusable(line: &str) -> Verdict {
    eprintln!("gateway: {line}");
    Verdict::Respond(Reply::refusal(Code::SettingsInvalid, Reader::Program, ""))
}
