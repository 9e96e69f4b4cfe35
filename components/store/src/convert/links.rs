//! A link to parameters, and from a row.

use crate::{
    bindings::exports::gatelet::store::links::{Link, Purpose},
    convert::{digest, optional_text, seconds, text},
    failure::Failure,
    value::{Row, Value},
};

const PURPOSES: [Purpose; 6] = [
    Purpose::VerifyEmail,
    Purpose::SignUp,
    Purpose::SignIn,
    Purpose::ResetPassword,
    Purpose::ChangeEmail,
    Purpose::UndoChange,
];

/// As it is kept.
const fn word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::VerifyEmail => "verify-email",
        Purpose::SignUp => "sign-up",
        Purpose::SignIn => "sign-in",
        Purpose::ResetPassword => "reset-password",
        Purpose::ChangeEmail => "change-email",
        Purpose::UndoChange => "undo-change",
    }
}

pub(crate) fn purpose(purpose: Purpose) -> Value {
    Value::Text(word(purpose).to_owned())
}

/// In the order of [`crate::statements::links::KEEP`].
pub(crate) fn parameters(link: Link) -> Result<Vec<Value>, Failure> {
    let Link {
        token,
        purpose,
        email,
        user_id,
        base_url,
        return_to,
        name,
        hash,
        code,
        browser,
        created_at,
        expires_at,
    } = link;
    Ok(vec![
        digest(token)?,
        self::purpose(purpose),
        text(email)?,
        optional_text(user_id)?,
        text(base_url)?,
        text(return_to)?,
        text(name)?,
        optional_text(hash)?,
        digest(code)?,
        digest(browser)?,
        seconds(created_at)?,
        seconds(expires_at)?,
    ])
}

pub(crate) fn found(mut row: Row) -> Result<Link, Failure> {
    let token = row.bytes()?;
    let purpose = row.text()?;
    let purpose = PURPOSES.into_iter().find(|known| word(*known) == purpose);
    Ok(Link {
        token,
        // A newer program's, beside this one.
        purpose: purpose.ok_or_else(|| Failure::internal("a link of an unknown purpose"))?,
        email: row.text()?,
        user_id: row.optional_text()?,
        base_url: row.text()?,
        return_to: row.text()?,
        name: row.text()?,
        hash: row.optional_text()?,
        code: row.bytes()?,
        browser: row.bytes()?,
        created_at: row.seconds()?,
        expires_at: row.seconds()?,
    })
}
