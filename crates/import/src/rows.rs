//! Tables of anybody's: CSV, JSON and a JSON object a line.

use csv_core::ReadRecordResult;
use serde_json::Value;

use crate::fields::{is, is_yes, text, time, time_of};
use crate::{Found, Hash, NoExport};

/// Most columns of a table.
const COLUMNS_MAX: usize = 256;

pub(crate) fn csv(written: &str) -> Result<Vec<(usize, Option<Found>)>, NoExport> {
    let mut records = records(written).into_iter();
    let heading = records.next().and_then(|(_, heading)| heading);
    let heading = heading.ok_or_else(|| NoExport("has no heading that can be read".to_owned()))?;
    let column = |name: &str| {
        let mut names = heading.iter();
        names.position(|found| found.trim().eq_ignore_ascii_case(name))
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
                hash: field(hash).map_or(Hash::None, kept),
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
