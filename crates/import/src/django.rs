//! Django: its users, and which addresses django-allauth knows to be proved.

use std::collections::{BTreeMap, BTreeSet};

use gatelet_sign_in::email::Email;
use serde_json::{Value, json};

use crate::fields::{is, text, time};
use crate::{Found, Hash, NoExport};

/// django-allauth's model of addresses.
const ADDRESS: &str = "account.emailaddress";

/// Addresses of each user, by how a row of them says whose it is.
type Addresses = BTreeMap<String, Vec<Address>>;

struct Address {
    email: String,
    is_verified: bool,
    is_primary: bool,
}

pub(crate) fn users(written: &str) -> Result<Vec<(usize, Option<Found>)>, NoExport> {
    let rows: Vec<Value> = serde_json::from_str(written)
        .map_err(|error| NoExport(format!("is no JSON array: {error}")))?;
    let has_users = rows.is_empty() || rows.iter().any(is_user);
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
    let addresses = addresses(&rows);
    // Those of other tables are none of ours.
    let users = (1..).zip(&rows).filter(|(_, row)| is_user(row));
    let found = users.map(|(place, row)| {
        let user = row.get("fields");
        (place, user.map(|user| found(row, user, &addresses)))
    });
    Ok(found.collect())
}

fn found(row: &Value, user: &Value, addresses: &Addresses) -> Found {
    let names = ["first_name", "last_name"].map(|name| text(user, name));
    let name: Vec<String> = names.into_iter().flatten().collect();
    let name = if name.is_empty() {
        text(user, "username")
    } else {
        Some(name.join(" "))
    };
    let own = addresses_of(row, user, addresses);
    let primary = || own.iter().find(|address| address.is_primary);
    let email = text(user, "email").or_else(|| Some(primary()?.email.clone()));
    // Django itself keeps no word of it.
    let email_verified = email.as_deref().is_some_and(|email| {
        let mut verified = own.iter().filter(|address| address.is_verified);
        verified.any(|address| is_same(&address.email, email))
    });
    Found {
        email,
        email_verified,
        name,
        hash: text(user, "password").map_or(Hash::None, hash),
        disabled: user.get("is_active").and_then(Value::as_bool) == Some(false),
        created_at: time(user, "date_joined"),
    }
}

fn addresses(rows: &[Value]) -> Addresses {
    let mut addresses = Addresses::new();
    let rows = rows
        .iter()
        .filter(|row| text(row, "model").as_deref() == Some(ADDRESS));
    for fields in rows.filter_map(|row| row.get("fields")) {
        if let (Some(user), Some(email)) = (fields.get("user"), text(fields, "email")) {
            addresses
                .entry(user.to_string())
                .or_default()
                .push(Address {
                    email,
                    is_verified: is(fields, "verified"),
                    is_primary: is(fields, "primary"),
                });
        }
    }
    addresses
}

/// Rows say whose they are by the primary key, or with `--natural-foreign` by what the user
/// signs in with.
fn addresses_of<'a>(row: &Value, user: &Value, addresses: &'a Addresses) -> &'a [Address] {
    let natural = ["username", "email"].map(|name| Some(json!([text(user, name)?])));
    let keys = std::iter::once(row.get("pk").cloned()).chain(natural);
    let mut found = keys
        .flatten()
        .filter_map(|key| addresses.get(&key.to_string()));
    found.next().map_or(&[], Vec::as_slice)
}

fn is_same(one: &str, other: &str) -> bool {
    match (Email::parse(one), Email::parse(other)) {
        (Ok(one), Ok(other)) => one == other,
        _ => false,
    }
}

/// Of Django's own model, or of a project's (`AUTH_USER_MODEL`), whatever that is called.
fn is_user(row: &Value) -> bool {
    let fields = row.get("fields");
    let has = |name: &str| fields.is_some_and(|fields| fields.get(name).is_some());
    text(row, "model").is_some_and(|model| model.ends_with(".user"))
        || has("email") && has("password")
}

/// As it is kept here.
pub(crate) fn hash(written: String) -> Hash {
    // Nobody's: no password was set.
    if written.starts_with('!') {
        return Hash::None;
    }
    // `argon2$argon2id$v=19$…` and `bcrypt$$2b$…`: what others write stands behind.
    let others = match written.strip_prefix("argon2") {
        Some(phc) if phc.starts_with('$') => Some(phc),
        _ => written.strip_prefix("bcrypt$"),
    };
    Hash::Kept(others.map_or_else(|| written.clone(), str::to_owned))
}
