//! What do letters with a link say, and those that tell of a change?

use gatelet_core::base_url::BaseUrl;
use gatelet_letters::letter::{Block, Kind, Letter};
use gatelet_sign_in::email::Email;

use super::ask::Kept;

/// Why the recipient has it, where a stranger may have typed the address.
const TYPED: &str = "Somebody typed your address on this site. If it was not you, do nothing: nothing happens then.";
/// Why, where it is about an account.
const ACCOUNT: &str = "You get this letter because you have an account with this address.";

fn text(sentence: &str) -> Block {
    Block::Text(sentence.to_owned())
}

/// The link, and the code beside it.
fn way(label: &str, kept: &Kept, how_long: &str) -> [Block; 4] {
    [
        Block::Link {
            label: label.to_owned(),
            url: kept.url.expose().to_owned(),
        },
        text("Or type this code where you asked for the letter:"),
        Block::Code(kept.code.spaced()),
        text(how_long),
    ]
}

fn letter(kind: Kind, to: &Email, subject: &str, blocks: Vec<Block>, reason: &str) -> Letter {
    Letter {
        kind,
        to: to.into(),
        subject: subject.to_owned(),
        blocks,
        reason: reason.to_owned(),
    }
}

/// To sign in.
pub(super) fn magic_link(to: &Email, kept: &Kept) -> Letter {
    let how_long = "Both are good once, for 15 minutes.";
    let blocks = way("Sign in", kept, how_long).to_vec();
    letter(Kind::MagicLink, to, "Sign in", blocks, TYPED)
}

/// To choose a new password.
pub(super) fn reset_password(to: &Email, kept: &Kept) -> Letter {
    let mut blocks = vec![text("Somebody asked for a new password for your account.")];
    let how_long = "Both are good once, for 30 minutes. Until then your password stays as it is.";
    blocks.extend(way("Choose a new password", kept, how_long));
    let subject = "Choose a new password";
    letter(Kind::ResetPassword, to, subject, blocks, TYPED)
}

/// To prove an address, for an account that is there or to be.
pub(super) fn verify_email(to: &Email, kept: &Kept) -> Letter {
    let mut blocks = vec![text("Somebody signed up with this address.")];
    let how_long = "Both are good once, for a day.";
    blocks.extend(way("Confirm your address", kept, how_long));
    let subject = "Confirm your address";
    letter(Kind::VerifyEmail, to, subject, blocks, TYPED)
}

/// Somebody wanted an account with the address of one.
pub(super) fn has_account(to: &Email, base_url: &BaseUrl) -> Letter {
    let blocks = vec![
        text("Somebody wanted to use this address for an account. It has one already."),
        Block::Link {
            label: "Sign in".to_owned(),
            url: format!("{base_url}/auth/sign-in"),
        },
        text("If you have forgotten your password, choose a new one there."),
    ];
    let subject = "You have an account";
    letter(Kind::AccountNotice, to, subject, blocks, TYPED)
}

/// To the new address of an account.
pub(super) fn change_email(to: &Email, kept: &Kept) -> Letter {
    let mut blocks = vec![text("Somebody wants to use this address for an account.")];
    let how_long = "Both are good once, for a day, where the account is signed in.";
    blocks.extend(way("Use this address", kept, how_long));
    let subject = "Confirm your new address";
    letter(Kind::ChangeEmail, to, subject, blocks, TYPED)
}

/// To the old one.
pub(super) fn email_changed(to: &Email, after: &Email, kept: &Kept) -> Letter {
    let blocks = vec![
        text("Your account has another address from now on:"),
        text(after.as_str()),
        text(
            "If it was you, there is nothing to do. If it was not, take the account back: everybody is signed out of \
             it, and you choose a new password. This works once, for a week.",
        ),
        Block::Link {
            label: "Take the account back".to_owned(),
            url: kept.url.expose().to_owned(),
        },
    ];
    let subject = "Your address was changed";
    letter(Kind::EmailChanged, to, subject, blocks, ACCOUNT)
}

/// Somebody signed in where nobody of this account had before. What the browser calls
/// itself is not told: whoever signed in may say there what they like.
pub(super) fn new_device(
    to: &Email,
    base_url: &BaseUrl,
    when: String,
    from: Option<String>,
) -> Letter {
    let mut facts = vec![("Time".to_owned(), when)];
    facts.extend(from.map(|from| ("Network address".to_owned(), from)));
    let blocks = vec![
        text("Somebody signed in to your account on a device that it was not used on before."),
        Block::Facts(facts),
        text("If it was you, there is nothing to do. If it was not, choose a new password:"),
        Block::Link {
            label: "Choose a new password".to_owned(),
            url: format!("{base_url}/auth/forgot-password"),
        },
    ];
    let subject = "A new sign-in to your account";
    letter(Kind::NewDevice, to, subject, blocks, ACCOUNT)
}

/// A way to prove who it is came or went, as this sentence says.
pub(super) fn factor_changed(to: &Email, base_url: &BaseUrl, what: &str) -> Letter {
    let blocks = vec![
        text(what),
        text("If it was you, there is nothing to do. If it was not, sign in and look after it:"),
        Block::Link {
            label: "Your account".to_owned(),
            url: format!("{base_url}/auth/account"),
        },
    ];
    let subject = "Your account was changed";
    letter(Kind::FactorsChanged, to, subject, blocks, ACCOUNT)
}

/// A password is another.
pub(super) fn password_changed(to: &Email, base_url: &BaseUrl) -> Letter {
    let blocks = vec![
        text("The password of your account was changed."),
        text("If it was you, there is nothing to do. If it was not, choose a new one now:"),
        Block::Link {
            label: "Choose a new password".to_owned(),
            url: format!("{base_url}/auth/forgot-password"),
        },
    ];
    let subject = "Your password was changed";
    letter(Kind::PasswordChanged, to, subject, blocks, ACCOUNT)
}
