//! How does a host that forwards natively ask? `gatelet:edge/gate`.

use gatelet_core::credential::Usage;
use gatelet_core::error::Code;
use gatelet_core::inquiry::Finding;
use gatelet_core::negotiate::Reading;
use gatelet_core::reply::Reply;
use gatelet_core::settings::GateSettings;
use gatelet_core::{Head, Verdict, crossing, decide, question};
use gatelet_ports::{Gathered, Listing, answer};
use gatelet_wasi::clock;
use std::rc::Rc;

use crate::Gateway;
use crate::bindings::exports::gatelet::edge::gate;
use crate::settings::{SETTINGS, tell};

const STRANGE: &str = "the host speaks another release's encoding: build both from one release";

impl gate::Guest for Gateway {
    async fn refresh() -> Result<gate::Gathered, String> {
        let Gathered {
            variables,
            listing,
            valid_seconds,
        } = SETTINGS.gather(clock::unix_seconds()).await?;
        let (records, complete) = match listing {
            Listing::All {
                records,
                revision: _,
            } => (records, true),
            Listing::Unchanged | Listing::Away => (Vec::new(), false),
        };
        Ok(gate::Gathered {
            settings: crossing::write_settings(&variables, &records, complete),
            complete,
            valid_seconds: u32::try_from(valid_seconds).unwrap_or(u32::MAX),
        })
    }

    fn load(settings: Vec<u8>) -> Result<(), String> {
        let (variables, records, complete) = crossing::read_settings(&settings).ok_or(STRANGE)?;
        SETTINGS.load(variables, records, complete)
    }

    fn decide(head: Vec<u8>, now: u64) -> Vec<u8> {
        crossing::write_verdict(&match asked(&head) {
            Ok((head, settings)) => decide(&head, &settings, now),
            Err(line) => unusable(line, Reading::PROGRAM),
        })
    }

    fn ask(head: Vec<u8>, now: u64, usage: gate::Usage) -> gate::Asked {
        let settled = |verdict: &Verdict| gate::Asked::Settled(crossing::write_verdict(verdict));
        match asked(&head) {
            Ok((head, settings)) => {
                let question = question(&head, &settings, now);
                match question.inquiry(usage.into()) {
                    Some(inquiry) => gate::Asked::Question(crossing::write_inquiry(&inquiry)),
                    None => settled(&question.answered(Finding::Nothing, &head, &settings, now)),
                }
            }
            Err(line) => settled(&unusable(line, Reading::PROGRAM)),
        }
    }

    async fn answer(question: Vec<u8>, now: u64) -> Vec<u8> {
        crossing::write_finding(&match crossing::read_inquiry(&question) {
            Some(inquiry) => answer(inquiry, now, tell).await,
            None => {
                eprintln!("gateway: {STRANGE}");
                Finding::Nothing
            }
        })
    }

    fn conclude(
        head: Vec<u8>,
        now: u64,
        usage: gate::Usage,
        asked_before: Vec<u8>,
        finding: Vec<u8>,
    ) -> Vec<u8> {
        crossing::write_verdict(&match asked(&head) {
            Ok((head, settings)) => {
                let question = question(&head, &settings, now);
                let inquiry = question.inquiry(usage.into());
                match inquiry.as_ref().map(crossing::write_inquiry) {
                    Some(inquiry) if inquiry != asked_before => Verdict::Ask,
                    _ => {
                        let finding = crossing::read_finding(&finding).unwrap_or(Finding::Nothing);
                        question.answered(finding, &head, &settings, now)
                    }
                }
            }
            Err(line) => unusable(line, Reading::PROGRAM),
        })
    }
}

impl From<gate::Usage> for Usage {
    fn from(usage: gate::Usage) -> Self {
        match usage {
            gate::Usage::Arriving => Self::Arriving,
            gate::Usage::Active => Self::Active,
            gate::Usage::Silent => Self::Silent,
        }
    }
}

/// What is to be judged, and by what.
fn asked(head: &[u8]) -> Result<(Head<'_>, Rc<GateSettings>), &'static str> {
    let head = crossing::read_head(head).ok_or(STRANGE)?;
    let settings = SETTINGS.current().ok_or("a host asks before it loads")?;
    Ok((head, settings))
}

/// A configuration error denies everything; what it is goes to the operator's log.
pub(crate) fn unusable(line: &str, reading: Reading) -> Verdict {
    eprintln!("gateway: {line}");
    Verdict::Respond(Reply::refusal(Code::SettingsInvalid, reading, ""))
}
