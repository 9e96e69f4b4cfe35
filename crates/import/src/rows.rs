//! Tables of anybody's: CSV, JSON and a JSON object a line.

use std::collections::BTreeSet;

use csv_core::ReadRecordResult;
use gatelet_sign_in::password::is_checkable;
use serde_json::Value;

use crate::fields::{is, is_yes, text, time, time_of};
use crate::{Found, Hash, NoExport};

/// Most columns of a table.
const COLUMNS_MAX: usize = 256;

/// What is read of a table, by the names of its columns as [`plain`] has them.
const EMAIL: &str = "email";
const NAME: &str = "name";
const EMAIL_VERIFIED: &str = "emailverified";
const DISABLED: &str = "disabled";
const CREATED_AT: &str = "createdat";
/// What programs and frameworks call the column of hashes; of several the first counts that
/// holds one. `password` alone may hold passwords: those are no hashes, and nobody's here.
const HASHES: [&str; 5] = [
    "passwordhash",
    "encryptedpassword",
    "hashedpassword",
    "passworddigest",
    "password",
];

/// The same of `email_verified`, `emailVerified` and `Email verified`.
fn plain(name: &str) -> String {
    let characters = name.chars().filter(|character| character.is_alphanumeric());
    characters.flat_map(char::to_lowercase).collect()
}

fn is_read(plain: &str) -> bool {
    [EMAIL, NAME, EMAIL_VERIFIED, DISABLED, CREATED_AT].contains(&plain) || HASHES.contains(&plain)
}

pub(crate) fn csv(
    written: &str,
    unread: &mut Vec<String>,
) -> Result<Vec<(usize, Option<Found>)>, NoExport> {
    let mut records = records(written).into_iter();
    let heading = records.next().and_then(|(_, heading)| heading);
    let heading = heading.ok_or_else(|| NoExport("has no heading that can be read".to_owned()))?;
    let names: Vec<String> = heading.iter().map(|name| plain(name)).collect();
    let column = |name: &str| names.iter().position(|found| found == name);
    let Some(email) = column(EMAIL) else {
        return Err(NoExport("has no column named email".to_owned()));
    };
    let named = heading.iter().map(|name| name.trim()).zip(&names);
    let others = named.filter(|(name, plain)| !name.is_empty() && !is_read(plain));
    unread.extend(others.map(|(name, _)| name.to_owned()));
    let [name, verified, disabled, created] =
        [NAME, EMAIL_VERIFIED, DISABLED, CREATED_AT].map(column);
    let hashes: Vec<usize> = HASHES.into_iter().filter_map(column).collect();
    let found = records.map(|(line, record)| {
        let user = record.map(|record| {
            let field = |column: Option<usize>| {
                let field = record.get(column?)?.trim();
                (!field.is_empty()).then(|| field.to_owned())
            };
            Found {
                email: field(Some(email)),
                email_verified: field(verified).is_some_and(|text| is_yes(&text)),
                name: field(name),
                hash: first_hash(hashes.iter().filter_map(|column| field(Some(*column)))),
                disabled: field(disabled).is_some_and(|text| is_yes(&text)),
                created_at: field(created).and_then(|text| time_of(&text)),
            }
        });
        (line, user)
    });
    Ok(found.collect())
}

/// Each record and the line on which it begins; none where it has more columns than
/// any table of users.
fn records(written: &str) -> Vec<(usize, Option<Vec<String>>)> {
    let mut reader = csv_core::Reader::new();
    let mut input = written.as_bytes();
    let mut text = vec![0; input.len() + 1];
    let mut ends = [0; COLUMNS_MAX];
    let (mut text_length, mut columns, mut too_many) = (0, 0, false);
    let mut records = Vec::new();
    let mut line = reader.line();
    loop {
        let (outcome, read, written, ended) =
            reader.read_record(input, &mut text[text_length..], &mut ends[columns..]);
        input = &input[read..];
        text_length += written;
        columns += ended;
        match outcome {
            // Asked once more with nothing, it is at the end.
            ReadRecordResult::InputEmpty => {}
            // The rest of the record runs over what was there.
            ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                (text_length, columns, too_many) = (0, 0, true);
            }
            ReadRecordResult::End => return records,
            ReadRecordResult::Record => {
                let mut from = 0;
                let fields = ends[..columns].iter().map(|end| {
                    let field = String::from_utf8_lossy(&text[from..*end]).into_owned();
                    from = *end;
                    field
                });
                let fields: Vec<String> = fields.collect();
                let place = usize::try_from(line).unwrap_or(usize::MAX);
                records.push((place, (!too_many).then_some(fields)));
                (text_length, columns, too_many) = (0, 0, false);
                line = reader.line();
            }
        }
    }
}

pub(crate) fn json(
    written: &str,
    unread: &mut Vec<String>,
) -> Result<Vec<(usize, Option<Found>)>, NoExport> {
    let users: Vec<(usize, Option<Value>)> = if written.trim_start().starts_with('[') {
        let users: Vec<Value> = serde_json::from_str(written)
            .map_err(|error| NoExport(format!("is no JSON array: {error}")))?;
        (1..).zip(users.into_iter().map(Some)).collect()
    } else {
        lines(written).collect()
    };
    let mut others = BTreeSet::new();
    let found = users.iter().map(|(place, user)| {
        let user = user.as_ref();
        (*place, user.map(|user| row(user, &mut others)))
    });
    let found = found.collect();
    unread.extend(others.into_iter().map(str::to_owned));
    Ok(found)
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

/// Names of fields that nothing is read of go to `others`.
fn row<'v>(user: &'v Value, others: &mut BTreeSet<&'v str>) -> Found {
    let keys = user
        .as_object()
        .into_iter()
        .flat_map(|fields| fields.keys());
    let keys: Vec<(String, &str)> = keys.map(|key| (plain(key), key.as_str())).collect();
    let unread = keys.iter().filter(|(plain, _)| !is_read(plain));
    others.extend(unread.map(|(_, key)| *key));
    // One that is written in two ways may be empty in one.
    let named = |name: &'static str| {
        let keys = keys.iter().filter(move |(plain, _)| plain == name);
        keys.map(|(_, key)| *key)
    };
    let said = |name| named(name).find_map(|key| text(user, key));
    let hashes = HASHES.into_iter().flat_map(named);
    Found {
        email: said(EMAIL),
        email_verified: named(EMAIL_VERIFIED).any(|key| is(user, key)),
        name: said(NAME),
        hash: first_hash(hashes.filter_map(|key| text(user, key))),
        disabled: named(DISABLED).any(|key| is(user, key)),
        created_at: named(CREATED_AT).find_map(|key| time(user, key)),
    }
}

/// The first that can be checked; else the first, which cannot.
fn first_hash(written: impl Iterator<Item = String>) -> Hash {
    let mut first = Hash::None;
    for written in written {
        let hash = kept(written);
        match &hash {
            Hash::Kept(stored) if is_checkable(stored) => return hash,
            _ if matches!(first, Hash::None) => first = hash,
            _ => {}
        }
    }
    first
}

/// Better Auth's is known by its form, Django's by how it begins.
pub(crate) fn kept(hash: String) -> Hash {
    match super::programs::better_auth_hash(&hash) {
        Some(hash) => Hash::Kept(hash),
        None => super::django::hash(hash),
    }
}
