//! How does a host that forwards natively ask? `gatelet:edge/gate`.

use gatelet_core::error::Code;
use gatelet_core::negotiate::Reader;
use gatelet_core::reply::Reply;
use gatelet_core::{Verdict, decide};
use gatelet_ports::judge;
use gatelet_wasi::clock;

use crate::Gateway;
use crate::bindings::exports::gatelet::edge::gate;
use crate::convert;
use crate::settings::{SETTINGS, tell};

impl gate::Guest for Gateway {
    async fn refresh() -> Result<gate::Settings, String> {
        let gathered = SETTINGS.gather(clock::unix_seconds()).await?;
        Ok(convert::settings(gathered))
    }

    fn load(settings: gate::Settings) -> Result<(), String> {
        let (variables, records, complete) = convert::gathered(settings);
        SETTINGS.load(variables, records, complete)
    }

    fn decide(head: gate::Head, now: u64) -> gate::Verdict {
        convert::verdict(match SETTINGS.current() {
            Some(settings) => decide(&convert::head(&head), &settings, now),
            None => unusable("decide was called before load"),
        })
    }

    async fn judge(head: gate::Head, now: u64) -> gate::Verdict {
        convert::verdict(match SETTINGS.current() {
            Some(settings) => judge(&convert::head(&head), &settings, now, tell).await,
            None => unusable("judge was called before load"),
        })
    }
}

/// A configuration error denies everything; what it is goes to the operator's log.
pub(crate) fn unusable(line: &str) -> Verdict {
    eprintln!("gateway: {line}");
    Verdict::Respond(Reply::refusal(Code::SettingsInvalid, Reader::Program, ""))
}
