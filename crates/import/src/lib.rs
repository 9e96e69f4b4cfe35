//! Which users does another program's export hold, and with which passwords? Pure: text
//! in, users out, and for each that is left out the reason and where it stood.

#![forbid(unsafe_code)]

use core::fmt;

use gatelet_sign_in::email::Email;
use gatelet_sign_in::name::DisplayName;
use gatelet_sign_in::password::is_checkable;

mod django;
mod fields;
mod firebase;
mod programs;
mod rows;

pub use firebase::{FirebaseConfig, FirebaseConfigError};

/// Whose export it is.
#[derive(Clone, Debug)]
pub enum Format {
    /// The tables `user` and `account`, as a JSON object of arrays.
    BetterAuth,
    /// A JSON object a line, with `passwordHash`.
    Auth0,
    /// `firebase auth:export --format=json`, and the project's password hash parameters.
    Firebase(Option<FirebaseConfig>),
    /// A realm's export with users.
    Keycloak,
    /// `manage.py dumpdata auth.user`, and `account.emailaddress` of django-allauth, which
    /// keeps who has proved an address.
    Django,
    /// A table with a heading: email, name, email_verified, password_hash, disabled,
    /// created_at; in any order and in other spellings ([`Export::unread`]).
    Csv,
    /// The same as JSON: an array, or an object a line.
    Json,
}

/// Somebody who comes along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comer {
    /// Where it stands: a line, or which of them it is.
    pub place: usize,
    /// Canonical.
    pub email: Email,
    /// Whether the other program knows that it is theirs.
    pub email_verified: bool,
    /// Display name.
    pub name: String,
    /// The password's hash, as it is kept here; none where there is none, or none that
    /// can be checked.
    pub hash: Option<String>,
    /// Whether the other program lets nobody in.
    pub disabled: bool,
    /// Unix seconds.
    pub created_at: Option<u64>,
}

/// Something that was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Where it stands.
    pub place: usize,
    /// Why.
    pub reason: Reason,
}

/// Why something was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The whole user: nobody of that form.
    Malformed,
    /// The whole user: no address, or none that is one.
    NoEmail,
    /// The whole user: one with that address came before.
    Twice,
    /// The password: a hash that nothing can be checked against, or that costs too much.
    PasswordUnknown,
    /// The password: Firebase's parameters were not given.
    PasswordWithoutParameters,
}

impl Reason {
    /// Whether the user comes along without.
    #[must_use]
    pub const fn is_of_the_password(self) -> bool {
        matches!(
            self,
            Self::PasswordUnknown | Self::PasswordWithoutParameters
        )
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Malformed => "left out: is no user of this format",
            Self::NoEmail => "left out: has no email address",
            Self::Twice => "left out: one with this address came before",
            Self::PasswordUnknown => "comes without the password: its hash is of no kind that can be checked, or costs too much",
            Self::PasswordWithoutParameters => {
                "comes without the password: Firebase's hash parameters were not given"
            }
        })
    }
}

/// What an export came to.
#[derive(Clone, Debug, Default)]
pub struct Export {
    /// In the order of the file.
    pub comers: Vec<Comer>,
    /// In the order of the file.
    pub left: Vec<Left>,
    /// Columns of a table that nothing was read of, by name: the hash may be in one.
    pub unread: Vec<String>,
}

/// How many come along without a password, by why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WithoutPassword {
    /// The file has none of theirs.
    pub none_given: usize,
    /// Nothing can be checked against their hashes ([`Reason::PasswordUnknown`]).
    pub unknown: usize,
    /// [`Reason::PasswordWithoutParameters`].
    pub without_parameters: usize,
}

impl WithoutPassword {
    /// All of them.
    #[must_use]
    pub const fn all(self) -> usize {
        self.none_given + self.unknown + self.without_parameters
    }
}

impl Export {
    /// Who comes along without a password.
    #[must_use]
    pub fn without_password(&self) -> WithoutPassword {
        let all = self.comers.iter().filter(|comer| comer.hash.is_none());
        let of = |reason| {
            self.left
                .iter()
                .filter(|left| left.reason == reason)
                .count()
        };
        let unknown = of(Reason::PasswordUnknown);
        let without_parameters = of(Reason::PasswordWithoutParameters);
        WithoutPassword {
            none_given: all.count() - unknown - without_parameters,
            unknown,
            without_parameters,
        }
    }
}

/// The whole file is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoExport(pub String);

impl fmt::Display for NoExport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for NoExport {}

/// Somebody, as a format has it: not judged yet.
#[derive(Debug, Default)]
struct Found {
    email: Option<String>,
    email_verified: bool,
    name: Option<String>,
    hash: Hash,
    disabled: bool,
    created_at: Option<u64>,
}

/// A password's hash, as a format has it.
#[derive(Debug, Default)]
enum Hash {
    #[default]
    None,
    /// As it is kept here, if it can be checked.
    Kept(String),
    /// Of no kind that is known.
    Unknown,
    WithoutParameters,
}

/// Reads an export.
///
/// # Errors
/// When the whole file is of another form.
pub fn read(text: &str, format: &Format) -> Result<Export, NoExport> {
    // Some programs mark what they write as UTF-8 with it.
    let text = text.trim_start_matches('\u{feff}');
    let mut export = Export::default();
    let found = match format {
        Format::BetterAuth => programs::better_auth(text)?,
        Format::Auth0 => programs::auth0(text),
        Format::Firebase(config) => firebase::users(text, config.as_ref())?,
        Format::Keycloak => programs::keycloak(text)?,
        Format::Django => django::users(text)?,
        Format::Csv => rows::csv(text, &mut export.unread)?,
        Format::Json => rows::json(text, &mut export.unread)?,
    };
    let mut seen = std::collections::BTreeSet::new();
    for (place, found) in found {
        let mut leave = |reason| export.left.push(Left { place, reason });
        let Some(found) = found else {
            leave(Reason::Malformed);
            continue;
        };
        let Some(email) = found.email.and_then(|email| Email::parse(&email).ok()) else {
            leave(Reason::NoEmail);
            continue;
        };
        if !seen.insert(email.as_str().to_owned()) {
            leave(Reason::Twice);
            continue;
        }
        let hash = match found.hash {
            Hash::None => None,
            Hash::Kept(hash) if is_checkable(&hash) => Some(hash),
            Hash::Kept(_) | Hash::Unknown => {
                leave(Reason::PasswordUnknown);
                None
            }
            Hash::WithoutParameters => {
                leave(Reason::PasswordWithoutParameters);
                None
            }
        };
        // What no form here would take as a name, the address says.
        let name = found.name.and_then(|name| DisplayName::parse(&name).ok());
        let name = name.map_or_else(
            || email.local_part().to_owned(),
            |name| name.as_str().to_owned(),
        );
        export.comers.push(Comer {
            place,
            email,
            email_verified: found.email_verified,
            name,
            hash,
            disabled: found.disabled,
            created_at: found.created_at,
        });
    }
    Ok(export)
}

#[cfg(test)]
mod tests;
