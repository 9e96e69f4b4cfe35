//! How does an origin come with its data, and go with it? Whole or not at all,
//! also where two are at it.
//!
//! A record is `creating` before its place is made, and `deleting` before its
//! place is dropped. Whoever makes the change of state does what follows from it.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};

use super::{
    Departure, Origin, OriginState, Place, Report, StoreAdmin, StoreError, Tenant, main_place,
};

/// After which whoever is deleting is taken to have stopped in the middle.
const DELETION_SECONDS: u64 = 600;
/// Expired origins that are looked at together.
const EXPIRED_PAGE: u32 = 200;
/// Between two that are dropped, as long as the one took, and this at most: the
/// database has half of its time for those who are being served.
const BREATH_MAX: Duration = Duration::from_millis(100);

/// What became of a wish for an origin.
#[derive(Debug)]
pub enum Created {
    /// It is new.
    New(Origin),
    /// One of the name was there: this one.
    Found(Origin),
}

/// What became of an origin that was to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// There was none.
    NotThere,
    /// It went with its users.
    WithUsers,
    /// It went, and its users stay: they are another's too, or were there before it.
    UsersStay,
}

/// An origin, as the places know it.
#[must_use]
pub fn tenant(origin: &Origin) -> Tenant {
    Tenant {
        name: origin.name.clone(),
        created_at: origin.created_at,
    }
}

impl StoreAdmin {
    /// An origin and its place, ready to be served; whatever `origin.state` says.
    /// Where one of the name is there or being made, that one.
    ///
    /// # Errors
    /// One line when its place cannot be made, and nothing is left of it then; or
    /// when one of the name is being deleted, or another has its host.
    pub async fn create_origin(&self, origin: &Origin, now: u64) -> Result<Created> {
        let wanted = Origin {
            state: OriginState::Creating,
            ..origin.clone()
        };
        let (there, is_new) = match self.insert_origin(&wanted).await {
            Ok(Some(there)) => (there, false),
            // With the version that it has got.
            Ok(None) => match self.origin(&wanted.name).await? {
                Some(there) => (there, true),
                None => return Err(taken_back(&wanted.name)),
            },
            Err(error) if is_conflict(&error) => bail!(
                "{}: another origin has its host or its schema by now: `gatelet origins list` shows which",
                wanted.name
            ),
            Err(error) => return Err(error),
        };
        let ready = match there.state {
            OriginState::Ready => there,
            // Somebody is at it, or stopped in the middle: either way this helps.
            OriginState::Creating => self.finish(there, now).await?,
            OriginState::Deleting => {
                bail!("{} is being deleted: try again when it is gone", there.name)
            }
        };
        Ok(match is_new {
            true => Created::New(ready),
            false => Created::Found(ready),
        })
    }

    /// Makes the place of a record that is `creating`, and the record `ready`.
    async fn finish(&self, origin: Origin, now: u64) -> Result<Origin> {
        let name = origin.name.clone();
        let made = self
            .migrate(&origin.place, Some(tenant(&origin)), now)
            .await;
        if let Err(error) = made {
            self.undo(origin, now).await;
            return Err(error.context(format!("{name} could not be made")));
        }
        let mut ready = Origin {
            state: OriginState::Ready,
            ..origin
        };
        match self.update_origin(OriginState::Creating, &ready).await {
            Ok(version) => {
                ready.version = version;
                Ok(ready)
            }
            // Somebody was faster, one way or the other.
            Err(error) if is_conflict(&error) => match self.origin(&name).await? {
                Some(there) if there.state == OriginState::Ready => Ok(there),
                _ => {
                    // Whoever deleted it may have been done before the place was made.
                    if ready.place.url.is_empty() && !ready.place.schema.is_empty() {
                        self.leave_place(&ready.place, tenant(&ready)).await?;
                    }
                    Err(taken_back(&name))
                }
            },
            Err(error) => Err(error),
        }
    }

    /// Best effort: what is left is `creating` or `deleting`, so it is not served,
    /// and the next to create or delete it goes on from there.
    async fn undo(&self, origin: Origin, now: u64) {
        let taken_back = async {
            if let Some(going) = self.mark_deleting(&origin, now).await? {
                self.remove_with_place(&going).await?;
            }
            anyhow::Ok(())
        };
        if let Err(error) = taken_back.await {
            tracing::warn!("{} is left half made: {error:#}", origin.name);
        }
    }

    /// Deletes an origin, and its schema where that was made for it and nobody else's
    /// users are in it. A database of its own stays.
    ///
    /// # Errors
    /// One line when its schema cannot be dropped; it is not served all the same.
    pub async fn delete_origin(&self, name: &str, now: u64) -> Result<Deleted> {
        match self.origin(name).await? {
            Some(origin) => self.delete_as_seen(&origin, now).await,
            None => Ok(Deleted::NotThere),
        }
    }

    /// The same, of an origin that was looked at.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] within, where it is another by now.
    pub async fn delete_as_seen(&self, origin: &Origin, now: u64) -> Result<Deleted> {
        // An operator's word, so also where somebody stopped in the middle.
        if origin.state == OriginState::Deleting {
            return self.remove_with_place(origin).await;
        }
        match self.mark_deleting(origin, now).await? {
            Some(going) => self.remove_with_place(&going).await,
            None => Err(anyhow::Error::new(StoreError::Conflict)
                .context(format!("{} has changed meanwhile: try again", origin.name))),
        }
    }

    /// Deletes what has expired. How many went.
    ///
    /// # Errors
    /// When the database does not answer. One origin that cannot be deleted is
    /// logged and passed over.
    pub async fn delete_expired(&self, now: u64) -> Result<u64> {
        let mut deleted = 0;
        loop {
            let page = self.expired_origins(now, EXPIRED_PAGE).await?;
            let before = deleted;
            for origin in &page {
                let start = Instant::now();
                match self.expire(origin, now).await {
                    Ok(true) => deleted += 1,
                    Ok(false) => continue,
                    Err(error) => not_deleted(origin, &error),
                }
                tokio::time::sleep(start.elapsed().min(BREATH_MAX)).await;
            }
            // What is left is somebody else's, or will not go: the next time.
            if page.len() < EXPIRED_PAGE as usize || deleted == before {
                return Ok(deleted);
            }
        }
    }

    /// Deletes one whose time is over. Whether it was this call's to do.
    async fn expire(&self, origin: &Origin, now: u64) -> Result<bool> {
        // Another program may be at it. It said when it began.
        let began = origin.expires_at.unwrap_or_default();
        if origin.state == OriginState::Deleting && began + DELETION_SECONDS > now {
            return Ok(false);
        }
        match self.mark_deleting(origin, now).await? {
            Some(going) => self.remove_with_place(&going).await.map(|_| true),
            None => Ok(false),
        }
    }

    /// As it is from then on, where it was this call that did, from the state that it
    /// had.
    async fn mark_deleting(&self, origin: &Origin, now: u64) -> Result<Option<Origin>> {
        let mut deleting = Origin {
            state: OriginState::Deleting,
            expires_at: Some(now),
            ..origin.clone()
        };
        match self.update_origin(origin.state, &deleting).await {
            Ok(version) => {
                deleting.version = version;
                Ok(Some(deleting))
            }
            Err(error) if is_conflict(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The store knows who else has users there, and makes sure of it while they go.
    async fn remove_with_place(&self, origin: &Origin) -> Result<Deleted> {
        let Origin { name, place, .. } = origin;
        let mut deleted = Deleted::UsersStay;
        if !place.schema.is_empty() && place.url.is_empty() {
            let left = self.leave_place(place, tenant(origin)).await;
            deleted = match left.with_context(|| format!("the schema of {name}"))? {
                Departure::Dropped => Deleted::WithUsers,
                Departure::Shared | Departure::Found => Deleted::UsersStay,
            };
        }
        self.remove_origin(name, origin.version).await?;
        Ok(deleted)
    }

    async fn origin(&self, name: &str) -> Result<Option<Origin>> {
        let all = self.all_origins().await?;
        Ok(all.into_iter().find(|origin| origin.name == name))
    }

    /// Brings a place up to date for one of its tenants, and makes it where it is missing:
    /// of an origin that is written down, or out of a backup. Not of one that goes
    /// meanwhile.
    ///
    /// # Errors
    /// The store's line for the operator.
    pub async fn keep_place(&self, place: &Place, tenant: Tenant, now: u64) -> Result<Report> {
        let report = self.migrate(place, Some(tenant.clone()), now).await?;
        let is_kept = tenant.created_at != 0;
        if is_kept && place.url.is_empty() {
            let there = self.origin(&tenant.name).await?;
            let created_at = there.map(|origin| origin.created_at);
            if created_at != Some(tenant.created_at) {
                self.leave_place(place, tenant).await?;
            }
        }
        Ok(report)
    }

    /// The places of origins that are served at `now`, but for the main tables: each once
    /// for each tenant.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn places(&self, now: u64) -> Result<Vec<(Place, Tenant)>> {
        let mut places = Vec::new();
        for origin in self.all_origins().await? {
            let is_over = origin
                .expires_at
                .is_some_and(|expires_at| expires_at <= now);
            if origin.state == OriginState::Ready && !is_over && origin.place != main_place() {
                let tenant = tenant(&origin);
                places.push((origin.place, tenant));
            }
        }
        Ok(places)
    }
}

fn taken_back(name: &str) -> anyhow::Error {
    anyhow!("{name} was taken back while it was being made")
}

fn not_deleted(origin: &Origin, error: &anyhow::Error) {
    tracing::warn!("{} has expired and is not deleted: {error:#}", origin.name);
}

fn is_conflict(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(StoreError::Conflict))
}
