//! How do MySQL and MariaDB run our statements? One at a time, and several in a
//! transaction of their own on one connection.
//!
//! ```text
//! tokens     a text, word by word
//! dialect    what it becomes there, where that is one statement
//! plan       the few that stand for one: rows are found, changed by their keys, and read
//! keys       by which columns a table's rows are found
//! script     what a statement of a migration becomes
//! link       one connection, and its transaction
//! follow     how a plan runs on it
//! migrate    how migrations run, and how a place comes and goes
//! tables     those of one place
//! server     whether a server will do
//! ```

mod dialect;
mod follow;
mod keys;
mod link;
mod migrate;
mod plan;
mod script;
mod server;
mod tables;
mod tokens;

use std::sync::Arc;

use crate::{
    database::{Change, Follow, Step},
    failure::{Failure, Kind},
    statements::Again,
    value::{Row, Value},
};
use follow::{Answer, Guard};
use link::Link;
use plan::Plan;

/// How often what the server undid is tried: callers that take the same locks in another
/// order get in each other's way.
const TRIES: usize = 8;

pub(crate) struct MySql {
    pub(crate) url: Arc<str>,
}

impl MySql {
    pub(crate) async fn query(
        &self,
        text: &str,
        parameters: &[Value],
        again: Again,
    ) -> Result<Vec<Row>, Failure> {
        let done = self.run(text, parameters, again).await?;
        Ok(done.rows)
    }

    pub(crate) async fn execute(
        &self,
        text: &str,
        parameters: &[Value],
        again: Again,
    ) -> Result<u64, Failure> {
        let done = self.run(text, parameters, again).await?;
        Ok(done.count)
    }

    async fn run(&self, text: &str, parameters: &[Value], again: Again) -> Result<Answer, Failure> {
        let plan = Plan::of(text);
        self.repeated(again, async |link: &Link| {
            if plan.is_one() {
                return link.follow(&plan, parameters, &Guard::None).await;
            }
            link.begin().await?;
            let done = link.follow(&plan, parameters, &Guard::None).await?;
            link.commit().await?;
            Ok(done)
        })
        .await
    }

    pub(crate) async fn guarded(&self, change: &Change<'_>) -> Result<Vec<Row>, Failure> {
        let guard = Plan::of(&change.guard);
        let followers = change.followers();
        let followers: Vec<_> = followers.map(|one| (Plan::of(one.text), one)).collect();
        self.repeated(Again::No, async |link: &Link| {
            link.begin().await?;
            let guarded = link.follow(&guard, change.parameters, &Guard::None);
            let Answer { rows, .. } = guarded.await?;
            for row in &rows {
                let id = Guard::Is(Value::Text(row.clone().text()?));
                for (plan, follower) in &followers {
                    let answered = link.follow(plan, follower.parameters, &id).await?;
                    if follower.is_required {
                        Follow::Whole.goes_on(&answered.rows)?;
                    }
                }
            }
            link.commit().await?;
            Ok(rows)
        })
        .await
    }

    pub(crate) async fn steps(
        &self,
        steps: &[Step<'_>],
        follow: Follow,
        again: Again,
    ) -> Result<Vec<Row>, Failure> {
        let plans: Vec<Plan> = steps.iter().map(|(text, _)| Plan::of(text)).collect();
        self.repeated(again, async |link: &Link| {
            link.begin().await?;
            let mut answers = Vec::new();
            for (plan, (_, parameters)) in plans.iter().zip(steps) {
                let Answer { rows, .. } = link.follow(plan, parameters, &Guard::None).await?;
                let goes_on = follow.goes_on(&rows)?;
                answers.extend(rows);
                if !goes_on {
                    break;
                }
            }
            link.commit().await?;
            Ok(answers)
        })
        .await
    }

    /// Once more where the server undid it, or where the connection broke and it may be.
    async fn repeated<T>(
        &self,
        again: Again,
        run: impl AsyncFn(&Link) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let mut tries = 0;
        // Held until the end: the pool cannot lend a broken one again.
        let mut links = Vec::new();
        loop {
            tries += 1;
            let link = Link::open(&self.url).await?;
            let failure = match run(&link).await {
                Ok(done) => return Ok(done),
                Err(failure) => failure,
            };
            match failure.kind {
                Kind::Undone if tries < TRIES => {}
                Kind::Broken if again == Again::Yes && tries < 2 => links.push(link),
                _ => return Err(failure),
            }
        }
    }
}
