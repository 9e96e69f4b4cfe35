//! Is a password known from a breach? Whoever chooses one does not wait long for that,
//! and not in vain: where nobody answers, it is taken.

use crate::outbound;
use crate::visit::Visit;
use gatelet_sign_in::breached::{Lookup, NoRange};
use gatelet_sign_in::password::{NewPassword, PasswordError};
use gatelet_web::log;

/// How long the answer may take.
const SECONDS: u64 = 2;

/// An error where the password is known from a breach.
pub(crate) async fn judge(visit: &Visit<'_>, password: &NewPassword) -> Result<(), PasswordError> {
    let Some(api) = &visit.site.sign_in.breached_passwords else {
        return Ok(());
    };
    match is_known(&api.lookup(password)).await {
        Ok(true) => Err(PasswordError::Breached),
        Ok(false) => Ok(()),
        // Of the password nothing is said, nor of its digits.
        Err(why) => {
            log::error("breached_passwords.unanswered", &why);
            Ok(())
        }
    }
}

async fn is_known(lookup: &Lookup) -> Result<bool, String> {
    let request = http::Request::get(lookup.url())
        .header("user-agent", "gatelet")
        // With as many lines whatever is asked: sizes tell nothing either.
        .header("add-padding", "true")
        .body(Vec::new())
        .map_err(|error| error.to_string())?;
    let answer = outbound::send_within(request, SECONDS)
        .await
        .map_err(|error| error.to_string())?;
    match answer.status {
        200 => lookup
            .is_in(&answer.body)
            .map_err(|NoRange| "the answer is no range".to_owned()),
        status => Err(format!("status {status}")),
    }
}
