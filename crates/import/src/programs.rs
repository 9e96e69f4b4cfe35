//! Exports of programs whose form is their own.

use std::collections::BTreeMap;

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
