//! Exports of programs whose form is their own.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use gatelet_sign_in::foreign_hash::encoded;
use serde_json::Value;

use crate::fields::{is, text, time};
use crate::rows::lines;
use crate::{Found, Hash, NoExport};

type Users = Vec<(usize, Option<Found>)>;

/// Better Auth's salt is 16 bytes in hexadecimal, read as text; its hash 64 bytes.
const BETTER_AUTH_SALT_CHARACTERS: usize = 32;
const BETTER_AUTH_HASH_CHARACTERS: usize = 128;

/// An array of an object.
pub(crate) fn array_in(written: &str, name: &str) -> Result<Vec<Value>, NoExport> {
    let whole: Value =
        serde_json::from_str(written).map_err(|error| NoExport(format!("is no JSON: {error}")))?;
    match whole.get(name).and_then(Value::as_array) {
        Some(array) => Ok(array.clone()),
        None => Err(NoExport(format!(
            "is no JSON object with an array {name:?}"
        ))),
    }
}

pub(crate) fn better_auth(written: &str) -> Result<Users, NoExport> {
    let users = array_in(written, "user")?;
    let accounts = array_in(written, "account")?;
    let mut passwords = BTreeMap::new();
    for account in &accounts {
        let by_password = text(account, "providerId").as_deref() == Some("credential");
        if let (true, Some(user), Some(hash)) = (
            by_password,
            text(account, "userId"),
            text(account, "password"),
        ) {
            passwords.insert(user, hash);
        }
    }
    let found = users.iter().map(|user| {
        let hash = text(user, "id").and_then(|id| passwords.remove(&id));
        Some(Found {
            email: text(user, "email"),
            email_verified: is(user, "emailVerified"),
            name: text(user, "name"),
            hash: hash.map_or(Hash::None, super::rows::kept),
            disabled: is(user, "banned"),
            created_at: time(user, "createdAt"),
        })
    });
    Ok((1..).zip(found).collect())
}

/// `salt:hash`, by scrypt with N of 16384, r of 16 and p of 1.
pub(crate) fn better_auth_hash(written: &str) -> Option<String> {
    let (salt, hash) = written.split_once(':')?;
    let is_whole = salt.len() == BETTER_AUTH_SALT_CHARACTERS
        && hash.len() == BETTER_AUTH_HASH_CHARACTERS
        && salt.bytes().all(|digit| digit.is_ascii_hexdigit());
    let hash = hexadecimal(hash).filter(|_| is_whole)?;
    let (salt, hash) = (encoded(salt.as_bytes()), encoded(&hash));
    Some(format!("$scrypt$nfkc,ln=14,r=16,p=1${salt}${hash}"))
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|digit| {
            digit
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        })
        .collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(
        digits
            .chunks(2)
            .map(|pair| pair[0] * 16 + pair[1])
            .collect(),
    )
}

pub(crate) fn auth0(written: &str) -> Users {
    let found = lines(written).map(|(line, user)| {
        let user = user.map(|user| Found {
            email: text(&user, "email"),
            email_verified: is(&user, "email_verified"),
            name: text(&user, "name").or_else(|| text(&user, "nickname")),
            hash: text(&user, "passwordHash").map_or(Hash::None, Hash::Kept),
            disabled: is(&user, "blocked"),
            created_at: time(&user, "created_at"),
        });
        (line, user)
    });
    found.collect()
}

pub(crate) fn keycloak(written: &str) -> Result<Users, NoExport> {
    let users = array_in(written, "users")?;
    let found = users.iter().map(|user| {
        let names = ["firstName", "lastName"].map(|name| text(user, name));
        let name: Vec<String> = names.into_iter().flatten().collect();
        let name = if name.is_empty() {
            text(user, "username")
        } else {
            Some(name.join(" "))
        };
        let credentials = user.get("credentials").and_then(Value::as_array);
        let mut credentials = credentials.into_iter().flatten();
        let password = credentials.find(|one| text(one, "type").as_deref() == Some("password"));
        Some(Found {
            email: text(user, "email"),
            email_verified: is(user, "emailVerified"),
            name,
            hash: password.map_or(Hash::None, |password| {
                keycloak_hash(password).map_or(Hash::Unknown, Hash::Kept)
            }),
            disabled: user.get("enabled").and_then(Value::as_bool) == Some(false),
            created_at: time(user, "createdTimestamp"),
        })
    });
    Ok((1..).zip(found).collect())
}

/// A credential, whose two halves are JSON within JSON.
fn keycloak_hash(password: &Value) -> Option<String> {
    let half = |name| serde_json::from_str::<Value>(&text(password, name)?).ok();
    let (secret, how) = (half("secretData")?, half("credentialData")?);
    let decoded = |name| BASE64_STANDARD.decode(text(&secret, name)?).ok();
    let (salt, hash) = (encoded(&decoded("salt")?), encoded(&decoded("value")?));
    let rounds = how.get("hashIterations")?.as_u64()?;
    match text(&how, "algorithm")?.as_str() {
        "pbkdf2" => Some(format!("$pbkdf2-sha1$i={rounds}${salt}${hash}")),
        "pbkdf2-sha256" => Some(format!("$pbkdf2-sha256$i={rounds}${salt}${hash}")),
        "pbkdf2-sha512" => Some(format!("$pbkdf2-sha512$i={rounds}${salt}${hash}")),
        "argon2" => {
            let parameter =
                |name: &str| how.get("additionalParameters")?.get(name)?.get(0)?.as_str();
            let version = match parameter("version")? {
                "1.3" => "19",
                "1.0" => "16",
                _ => return None,
            };
            let (kind, memory) = (parameter("type")?, parameter("memory")?);
            let lanes = parameter("parallelism")?;
            Some(format!(
                "$argon2{kind}$v={version}$m={memory},t={rounds},p={lanes}${salt}${hash}"
            ))
        }
        _ => None,
    }
}

pub(crate) fn django(written: &str) -> Result<Users, NoExport> {
    let rows: Vec<Value> = serde_json::from_str(written)
        .map_err(|error| NoExport(format!("is no JSON array: {error}")))?;
    let has_users = rows.is_empty() || rows.iter().any(is_django_user);
    if !has_users {
        let models: BTreeSet<_> = rows.iter().filter_map(|row| text(row, "model")).collect();
        let models: Vec<_> = models.into_iter().collect();
        return Err(NoExport(format!(
            "has no users: nothing in it has an email and a password, but {}",
            match models.is_empty() {
                true => "rows of no model".to_owned(),
                false => models.join(", "),
            }
        )));
    }
    // Those of other tables are none of ours.
    let users = (1..).zip(rows).filter(|(_, row)| is_django_user(row));
    let found = users.map(|(place, row)| {
        let user = row.get("fields").map(|user| {
            let names = ["first_name", "last_name"].map(|name| text(user, name));
            let name: Vec<String> = names.into_iter().flatten().collect();
            let name = if name.is_empty() {
                text(user, "username")
            } else {
                Some(name.join(" "))
            };
            Found {
                email: text(user, "email"),
                // It keeps no word of it.
                email_verified: false,
                name,
                hash: text(user, "password").map_or(Hash::None, django_hash),
                disabled: user.get("is_active").and_then(Value::as_bool) == Some(false),
                created_at: time(user, "date_joined"),
            }
        });
        (place, user)
    });
    Ok(found.collect())
}

/// Of Django's own model, or of a project's (`AUTH_USER_MODEL`), whatever that is called.
fn is_django_user(row: &Value) -> bool {
    let fields = row.get("fields");
    let has = |name: &str| fields.is_some_and(|fields| fields.get(name).is_some());
    text(row, "model").is_some_and(|model| model.ends_with(".user"))
        || has("email") && has("password")
}

fn django_hash(written: String) -> Hash {
    match written.strip_prefix("argon2") {
        // `argon2$argon2id$v=19$…`
        Some(phc) => Hash::Kept(phc.to_owned()),
        // Nobody's: no password was set.
        None if written.starts_with('!') => Hash::None,
        None => match written.strip_prefix("bcrypt$") {
            Some(bcrypt) => Hash::Kept(bcrypt.to_owned()),
            None => Hash::Kept(written),
        },
    }
}
