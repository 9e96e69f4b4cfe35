//! Which groups there are, and who is in them.

use super::admin::changed;
use crate::{
    Store,
    bindings::exports::gatelet::{
        store::types::{Error, Place},
        store_admin::groups::{self, Change, Group, Member},
    },
    convert::{seconds, text},
    database::Database,
    failure::{Failure, Kind},
    operation::{read, write},
    statements::groups as statements,
};
use gatelet_core::groups::GROUPS_MAX;

/// Longest name of one.
const NAME_MAX_BYTES: usize = 64;
/// Longest list of them, as a session carries it.
const ALL_MAX_BYTES: usize = gatelet_core::claims::GROUPS_MAX_BYTES;
/// Rows that are read at once.
const PAGE_ROWS: u32 = 500;
/// Tries to change what others change at the same time.
const TRIES: usize = 5;

impl groups::Guest for Store {
    async fn create(place: Place, name: String, now: u64) -> Result<bool, Error> {
        write("groups.create", &place, async |database: &Database| {
            let parameters = [text(named(name)?)?, seconds(now)?];
            let rows = database.execute(&statements::CREATE, &parameters).await?;
            Ok(rows > 0)
        })
        .await
    }

    async fn list(place: Place, after: String, limit: u32) -> Result<Vec<Group>, Error> {
        read("groups.list", &place, async |database: &Database| {
            let parameters = [text(after)?, seconds(limit.min(PAGE_ROWS).into())?];
            let rows = database.query(&statements::LISTED, &parameters).await?;
            let group = |mut row: crate::value::Row| {
                Ok(Group {
                    name: row.text()?,
                    created_at: row.seconds()?,
                    members: row.seconds()?,
                })
            };
            rows.into_iter().map(group).collect()
        })
        .await
    }

    async fn members(
        place: Place,
        name: String,
        after: String,
        limit: u32,
    ) -> Result<Vec<Member>, Error> {
        read("groups.members", &place, async |database: &Database| {
            members(database, &name, after, limit.min(PAGE_ROWS)).await
        })
        .await
    }

    async fn add(place: Place, name: String, user_id: String, now: u64) -> Result<Change, Error> {
        write("groups.add", &place, async |database: &Database| {
            let name = named(name)?;
            for _ in 0..TRIES {
                if !is_there(database, &name).await? {
                    return Ok(Change::NoGroup);
                }
                let Some(before) = member_of(database, &user_id).await? else {
                    return Ok(Change::NoUser);
                };
                let mut all: Vec<&str> = names(&before).collect();
                if all.contains(&name.as_str()) {
                    return Ok(Change::Already);
                }
                if all.len() >= GROUPS_MAX {
                    return Ok(Change::TooMany);
                }
                all.push(&name);
                all.sort_unstable();
                let after = all.join(",");
                if after.len() > ALL_MAX_BYTES {
                    return Ok(Change::TooMany);
                }
                let parameters = [
                    text(user_id.clone())?,
                    text(before.clone())?,
                    text(after)?,
                    text(name.clone())?,
                    seconds(now)?,
                ];
                match database.guarded(&statements::ADD, &parameters).await {
                    Ok(rows) if !rows.is_empty() => return Ok(Change::Done),
                    Ok(_) => {}
                    // The group, or the user, has just gone.
                    Err(failure) if failure.kind == Kind::Conflict => {}
                    Err(failure) => return Err(failure),
                }
            }
            changed(0).map(|()| Change::Already)
        })
        .await
    }

    async fn remove(place: Place, name: String, user_id: String) -> Result<Change, Error> {
        write("groups.remove", &place, async |database: &Database| {
            if !is_there(database, &name).await? {
                return Ok(Change::NoGroup);
            }
            remove(database, &name, &user_id).await
        })
        .await
    }

    async fn delete(place: Place, name: String) -> Result<bool, Error> {
        write("groups.delete", &place, async |database: &Database| {
            for _ in 0..TRIES {
                // Whoever comes into it meanwhile holds it up, and is next.
                loop {
                    let page = members(database, &name, String::new(), PAGE_ROWS).await?;
                    if page.is_empty() {
                        break;
                    }
                    for member in page {
                        remove(database, &name, &member.user_id).await?;
                    }
                }
                let name = [text(name.clone())?];
                database.execute(&statements::WITHDRAW, &name).await?;
                match database.execute(&statements::DELETE, &name).await {
                    Ok(rows) => return Ok(rows > 0),
                    Err(failure) if failure.kind == Kind::Conflict => {}
                    Err(failure) => return Err(failure),
                }
            }
            changed(0).map(|()| false)
        })
        .await
    }
}

/// Of what stands in `member_of`.
fn names(member_of: &str) -> impl Iterator<Item = &str> {
    member_of.split(',').filter(|name| !name.is_empty())
}

/// A name that can stand among others, separated by spaces or commas.
fn named(name: String) -> Result<String, Failure> {
    let is_name = (1..=NAME_MAX_BYTES).contains(&name.len())
        && name.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte)
        });
    match is_name {
        true => Ok(name),
        false => Err(Failure::internal("no name of a group")),
    }
}

async fn is_there(database: &Database, name: &str) -> Result<bool, Failure> {
    let name = [text(name.to_owned())?];
    let rows = database.query(&statements::IS_THERE, &name).await?;
    Ok(!rows.is_empty())
}

async fn member_of(database: &Database, user_id: &str) -> Result<Option<String>, Failure> {
    let user = [text(user_id.to_owned())?];
    let rows = database.query(&statements::MEMBER_OF, &user).await?;
    rows.into_iter()
        .next()
        .map(|mut row| row.text())
        .transpose()
}

async fn members(
    database: &Database,
    name: &str,
    after: String,
    limit: u32,
) -> Result<Vec<Member>, Failure> {
    let parameters = [text(name.to_owned())?, text(after)?, seconds(limit.into())?];
    let rows = database.query(&statements::MEMBERS, &parameters).await?;
    let member = |mut row: crate::value::Row| {
        let (user_id, email) = (row.text()?, row.text()?);
        Ok(Member {
            // Who has none any more has the id in its place.
            email: if email == user_id {
                String::new()
            } else {
                email
            },
            user_id,
        })
    };
    rows.into_iter().map(member).collect()
}

async fn remove(database: &Database, name: &str, user_id: &str) -> Result<Change, Failure> {
    for _ in 0..TRIES {
        let Some(before) = member_of(database, user_id).await? else {
            return Ok(Change::NoUser);
        };
        let all = names(&before);
        let left: Vec<&str> = all.filter(|other| *other != name).collect();
        let left = left.join(",");
        let change = match left == before {
            true => Change::Already,
            false => Change::Done,
        };
        let parameters = [
            text(user_id.to_owned())?,
            text(before)?,
            text(left)?,
            text(name.to_owned())?,
        ];
        let rows = database.guarded(&statements::REMOVE, &parameters).await?;
        if !rows.is_empty() {
            return Ok(change);
        }
    }
    changed(0).map(|()| Change::Already)
}
