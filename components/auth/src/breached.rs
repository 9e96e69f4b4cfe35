//! Is a password known from a breach? Whoever chooses one does not wait long for that,
//! and not in vain: where nobody answers, it is taken.

use crate::outbound;
use crate::visit::Visit;
use gatelet_sign_in::password::{NewPassword, PasswordError};
use gatelet_web::log;

/// How long the answer may take.
const SECONDS: u64 = 2;

/// An error where the password is known from a breach.
pub(crate) async fn judge(visit: &Visit<'_>, password: &NewPassword) -> Result<(), PasswordError> {
    let Some(api) = &visit.site.sign_in.breached_passwords else {
        return Ok(());
    };
    let lookup = api.lookup(password);
    let request = http::Request::get(lookup.url())
        .header("user-agent", "gatelet")
        // With as many lines whatever is asked: sizes tell nothing either.
        .header("add-padding", "true")
        .body(Vec::new());
    let answer = match request {
        Ok(request) => outbound::send_within(request, SECONDS).await,
        Err(error) => return Ok(taken(&error)),
    };
    let answer = match answer {
        Ok(answer) if answer.status == 200 => answer,
        Ok(answer) => return Ok(taken(&format_args!("status {}", answer.status))),
        Err(error) => return Ok(taken(&error)),
    };
    match lookup.is_in(&answer.body) {
        Ok(true) => Err(PasswordError::Breached),
        Ok(false) => Ok(()),
        Err(gatelet_sign_in::breached::NoRange) => Ok(taken(&"the answer is no range")),
    }
}

/// Of the password nothing is said, nor of its digits.
fn taken(why: &dyn std::fmt::Display) {
    log::error("breached_passwords.unanswered", &why.to_string());
}
