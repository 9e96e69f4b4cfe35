//! Tables of anybody's: CSV, JSON and a JSON object a line.

use serde_json::Value;

use crate::fields::{is, is_yes, text, time, time_of};
use crate::{Found, Hash, NoExport};

pub(crate) fn csv(written: &str) -> Result<Vec<(usize, Option<Found>)>, NoExport> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(written.as_bytes());
    let heading = reader
        .headers()
        .map_err(|_| NoExport("has no heading that can be read".to_owned()))?;
    let column = |name: &str| {
        heading.iter().position(|found| {
            found
                .trim()
                .trim_start_matches('\u{feff}')
                .eq_ignore_ascii_case(name)
        })
    };
    let Some(email) = column("email") else {
        return Err(NoExport("has no column named email".to_owned()));
    };
    let [name, verified, hash, disabled, created] = [
        "name",
        "email_verified",
        "password_hash",
        "disabled",
        "created_at",
    ]
    .map(column);
    let mut found = Vec::new();
    for record in reader.records() {
        let place = match &record {
            Ok(record) => record.position().map(csv::Position::line),
            Err(error) => error.position().map(csv::Position::line),
        };
        let place = place
            .and_then(|line| usize::try_from(line).ok())
            .unwrap_or_default();
        let user = record.ok().map(|record| {
            let field = |column: Option<usize>| {
                let field = record.get(column?)?.trim();
                (!field.is_empty()).then(|| field.to_owned())
            };
            Found {
                email: field(Some(email)),
                email_verified: field(verified).is_some_and(|text| is_yes(&text)),
                name: field(name),
                hash: field(hash).map_or(Hash::None, kept),
                disabled: field(disabled).is_some_and(|text| is_yes(&text)),
                created_at: field(created).and_then(|text| time_of(&text)),
            }
        });
        found.push((place, user));
    }
    Ok(found)
}

pub(crate) fn json(written: &str) -> Result<Vec<(usize, Option<Found>)>, NoExport> {
    if written.trim_start().starts_with('[') {
        let users: Vec<Value> = serde_json::from_str(written)
            .map_err(|error| NoExport(format!("is no JSON array: {error}")))?;
        return Ok((1..)
            .zip(users.iter().map(|user| Some(row(user))))
            .collect());
    }
    Ok(lines(written)
        .map(|(line, user)| (line, user.as_ref().map(row)))
        .collect())
}

/// An object on each line that is not empty.
pub(crate) fn lines(written: &str) -> impl Iterator<Item = (usize, Option<Value>)> {
    let lines = (1..).zip(written.lines());
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(number, line)| {
            let object = serde_json::from_str(line).ok().filter(Value::is_object);
            (number, object)
        })
}

fn row(user: &Value) -> Found {
    Found {
        email: text(user, "email"),
        email_verified: is(user, "email_verified") || is(user, "emailVerified"),
        name: text(user, "name"),
        hash: text(user, "password_hash")
            .or_else(|| text(user, "passwordHash"))
            .map_or(Hash::None, kept),
        disabled: is(user, "disabled"),
        created_at: time(user, "created_at").or_else(|| time(user, "createdAt")),
    }
}

/// Better Auth's is known by its form.
pub(crate) fn kept(hash: String) -> Hash {
    super::programs::better_auth_hash(&hash).map_or(Hash::Kept(hash), Hash::Kept)
}
