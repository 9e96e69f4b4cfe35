//! Whoever signs in, and where they are signed in.

use askama::Template;
use gatelet_texts::{Moment, account, console};
use gatelet_web::Frame;

use super::Around;
use crate::section::Section;

/// By address.
#[derive(Template)]
#[template(path = "users.html")]
pub(crate) struct UsersPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within the console.
    pub around: Around,
    /// A page of them.
    pub users: Vec<UserRow>,
    /// Path and query of the next page.
    pub next: Option<String>,
    /// For the forms.
    pub csrf: String,
}

/// A user.
pub(crate) struct UserRow {
    /// By which the store knows them.
    pub id: String,
    /// The address, or the id of somebody without one.
    pub email: String,
    /// May be empty.
    pub name: String,
    /// Names, separated by commas; may be empty.
    pub groups: String,
    /// That live.
    pub sessions: u64,
    /// Whether somebody switched the account off.
    pub is_off: bool,
    /// Whether whoever looks may switch it.
    pub may_switch: bool,
}

/// By user, and not in order of time.
#[derive(Template)]
#[template(path = "sessions.html")]
pub(crate) struct SessionsPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within the console.
    pub around: Around,
    /// A page of them.
    pub sessions: Vec<SessionRow>,
    /// Path and query of the next page.
    pub next: Option<String>,
    /// For the forms.
    pub csrf: String,
}

/// A session that lives.
pub(crate) struct SessionRow {
    /// By which it is ended.
    pub id: String,
    /// Whose.
    pub user_id: String,
    /// Their address, or the id.
    pub email: String,
    /// Where it is good.
    pub audience: String,
    /// How it began.
    pub provider: String,
    /// When.
    pub signed_in_at: Moment,
    /// Unless it is used.
    pub until: Moment,
    /// Whether it is the one that asks.
    pub is_this: bool,
    /// Whether whoever looks may end it.
    pub may_end: bool,
}
