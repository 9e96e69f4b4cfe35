//! What may be done so many times in a while.

use crate::{
    Store,
    bindings::exports::gatelet::store::{
        limits::{self, Bucket, Lockout, Rule, State},
        types::{Error, Place},
    },
    convert::{digest, seconds, text},
    database::{Database, Follow},
    failure::Failure,
    operation::run,
    statements::Again,
    statements::limits::{FAIL, GIVE_BACK, PARDON, SHUT, TAKE},
    value::{Row, Value},
};

/// Most rules of one call: each is a step of one statement.
const RULES_MAX: usize = 8;
const SECOND: u64 = 1_000_000;

impl limits::Guest for Store {
    async fn admit(place: Place, rules: Vec<Rule>, now: u64) -> Result<Vec<State>, Error> {
        run("limits.admit", &place, async |database: &Database| {
            let steps = steps(&rules, |rule| match rule {
                Rule::Bucket(bucket) => take(bucket, now),
                Rule::Lockout(lockout) => fail(lockout, now),
            })?;
            let rows = database.steps(&steps, Follow::Admitted, Again::No).await?;
            let states = rules.iter().zip(rows);
            states.map(|(rule, row)| state(rule, row, now)).collect()
        })
        .await
    }

    async fn shut(place: Place, lockout: Lockout, now: u64) -> Result<Option<u64>, Error> {
        run("limits.shut", &place, async |database: &Database| {
            let parameters = [
                digest(lockout.whose.clone())?,
                seconds(lockout.longest_seconds.into())?,
                seconds(lockout.forget_seconds.into())?,
                seconds(now)?,
            ];
            let row = database.query(&SHUT, &parameters).await?.pop();
            let until = row.map(|mut row| row.seconds()).transpose()?;
            Ok(until.map(|until| wait(&lockout, until, now)))
        })
        .await
    }

    async fn give_back(place: Place, rules: Vec<Rule>, now: u64) -> Result<(), Error> {
        run("limits.give-back", &place, async |database: &Database| {
            let steps = steps(&rules, |rule| match rule {
                Rule::Bucket(bucket) => give_back(bucket, now),
                Rule::Lockout(lockout) => {
                    let parameters = vec![digest(lockout.whose.clone())?];
                    Ok((PARDON, parameters))
                }
            })?;
            database
                .steps(&steps, Follow::All, Again::No)
                .await
                .map(drop)
        })
        .await
    }
}

/// A statement's text and its parameters.
type Step = (&'static str, Vec<Value>);

fn steps(
    rules: &[Rule],
    step: impl Fn(&Rule) -> Result<Step, Failure>,
) -> Result<Vec<Step>, Failure> {
    if rules.len() > RULES_MAX {
        return Err(Failure::internal("too many limits at once"));
    }
    rules.iter().map(step).collect()
}

fn take(bucket: &Bucket, now: u64) -> Result<Step, Failure> {
    let parameters = vec![
        text(bucket.purpose.clone())?,
        digest(bucket.whose.clone())?,
        seconds(cost(bucket))?,
        seconds(window(bucket))?,
        seconds(microseconds(now)?)?,
    ];
    Ok((TAKE, parameters))
}

fn give_back(bucket: &Bucket, now: u64) -> Result<Step, Failure> {
    let parameters = vec![
        text(bucket.purpose.clone())?,
        digest(bucket.whose.clone())?,
        seconds(cost(bucket))?,
        seconds(microseconds(now)?)?,
    ];
    Ok((GIVE_BACK, parameters))
}

fn fail(lockout: &Lockout, now: u64) -> Result<Step, Failure> {
    let parameters = vec![
        digest(lockout.whose.clone())?,
        seconds(lockout.free.into())?,
        seconds(lockout.delay_seconds.into())?,
        seconds(lockout.longest_seconds.into())?,
        seconds(lockout.forget_seconds.into())?,
        seconds(now)?,
    ];
    Ok((FAIL, parameters))
}

fn window(bucket: &Bucket) -> u64 {
    u64::from(bucket.window_seconds) * SECOND
}

/// How much of the window it takes: of an empty limit more than there is.
fn cost(bucket: &Bucket) -> u64 {
    let window = window(bucket);
    let amount = u64::from(bucket.amount);
    // 2^32 seconds are 2^52 microseconds, and an amount over the limit is refused
    // whatever it costs.
    let amount = amount.min(u64::from(bucket.limit) + 1);
    match bucket.limit {
        0 if amount == 0 => 0,
        0 => window + 1,
        limit => u64::try_from(u128::from(window) * u128::from(amount) / u128::from(limit))
            .unwrap_or(u64::MAX),
    }
}

/// Far enough from the end of time for a window or two more.
fn microseconds(now: u64) -> Result<u64, Failure> {
    now.checked_mul(SECOND)
        .filter(|now| *now < 1 << 62)
        .ok_or_else(|| Failure::internal("a time out of range"))
}

/// How long a door is still shut that is shut. Another server's clock may be ahead.
fn wait(lockout: &Lockout, until: u64, now: u64) -> u64 {
    until.saturating_sub(now).clamp(1, longest(lockout).max(1))
}

fn longest(lockout: &Lockout) -> u64 {
    lockout.longest_seconds.max(lockout.delay_seconds).into()
}

fn state(rule: &Rule, mut row: Row, now: u64) -> Result<State, Failure> {
    let admitted = row.boolean()?;
    let until = row.seconds()?;
    let failures = row.seconds()?;
    Ok(match rule {
        Rule::Bucket(bucket) => {
            let (now, window) = (microseconds(now)?, window(bucket));
            let one = cost(&Bucket {
                amount: 1,
                ..bucket.clone()
            });
            let room = (now + window).saturating_sub(until);
            let left = room.checked_div(one).unwrap_or(u64::from(bucket.limit));
            let wait = match admitted {
                true => until.saturating_sub(now),
                false => (until + cost(bucket)).saturating_sub(now + window).max(1),
            };
            State {
                admitted,
                left: u32::try_from(left).unwrap_or(u32::MAX).min(bucket.limit),
                // Another server's clock may be ahead.
                seconds: wait
                    .div_ceil(SECOND)
                    .min(u64::from(bucket.window_seconds.max(1))),
            }
        }
        Rule::Lockout(lockout) => State {
            admitted,
            left: lockout
                .free
                .saturating_sub(u32::try_from(failures).unwrap_or(u32::MAX)),
            seconds: match admitted {
                true => until.saturating_sub(now).min(longest(lockout)),
                false => wait(lockout, until, now),
            },
        },
    })
}
