//! How does an origin come with its data, and go with it? Whole or not at all,
//! also where two are at it.
//!
//! A record is `creating` before its place is made, and `deleting` before its
//! place is dropped. Whoever makes the change of state does what follows from it.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};

use super::{Origin, OriginState, Place, StoreAdmin, StoreError, main_place};

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

impl StoreAdmin {
    /// An origin and its place, ready to be served; whatever `origin.state` says.
    /// Where one of the name is there or being made, that one.
    ///
    /// # Errors
    /// One line when its place cannot be made, and nothing is left of it then; or
    /// when one of the name is being deleted.
    pub async fn create_origin(&self, origin: &Origin, now: u64) -> Result<Created> {
        let wanted = Origin {
            state: OriginState::Creating,
            ..origin.clone()
        };
        let Some(there) = self.insert_origin(&wanted).await? else {
            return self.finish(wanted, now).await.map(Created::New);
        };
        match there.state {
            OriginState::Ready => Ok(Created::Found(there)),
            // Somebody is at it, or stopped in the middle: either way this helps.
            OriginState::Creating => self.finish(there, now).await.map(Created::Found),
            OriginState::Deleting => {
                bail!("{} is being deleted: try again when it is gone", there.name)
            }
        }
    }

    /// Makes the place of a record that is `creating`, and the record `ready`.
    async fn finish(&self, origin: Origin, now: u64) -> Result<Origin> {
        let name = origin.name.clone();
        if let Err(error) = self.migrate(&origin.place, now).await {
            self.undo(origin, now).await;
            return Err(error.context(format!("{name} could not be made")));
        }
        let ready = Origin {
            state: OriginState::Ready,
            ..origin
        };
        match self.update_origin(OriginState::Creating, &ready).await {
            Ok(()) => Ok(ready),
            // Somebody was faster, one way or the other.
            Err(error) if is_conflict(&error) => match self.origin(&name).await? {
                Some(there) if there.state == OriginState::Ready => Ok(there),
                _ => Err(anyhow!("{name} was taken back while it was being made")),
            },
            Err(error) => Err(error),
        }
    }

    /// Best effort: what is left is `creating` or `deleting`, so it is not served,
    /// and the next to create or delete it goes on from there.
    async fn undo(&self, origin: Origin, now: u64) {
        let taken_back = async {
            if self.mark_deleting(&origin, now).await? {
                let all = self.all_origins().await?;
                self.remove_with_place(&origin, &all).await?;
            }
            anyhow::Ok(())
        };
        if let Err(error) = taken_back.await {
            tracing::warn!("{} is left half made: {error:#}", origin.name);
        }
    }

    /// Deletes an origin, and its schema where no other origin's users are in it.
    /// A database of its own stays. Whether there was one.
    ///
    /// # Errors
    /// One line when its schema cannot be dropped; it is not served all the same.
    pub async fn delete_origin(&self, name: &str, now: u64) -> Result<bool> {
        let Some(origin) = self.origin(name).await? else {
            return Ok(false);
        };
        // An operator's word, so also where somebody stopped in the middle.
        if origin.state != OriginState::Deleting && !self.mark_deleting(&origin, now).await? {
            bail!("{name} has changed meanwhile: try again");
        }
        let all = self.all_origins().await?;
        self.remove_with_place(&origin, &all).await?;
        Ok(true)
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
            let mut going = Vec::new();
            for origin in &page {
                match self.begin_expiry(origin, now).await {
                    Ok(true) => going.push(origin),
                    Ok(false) => {}
                    Err(error) => not_deleted(origin, &error),
                }
            }
            // Read once they are marked: nobody begins to share a place that goes.
            let mut all = match going.is_empty() {
                true => Vec::new(),
                false => self.all_origins().await?,
            };
            for origin in going {
                let start = Instant::now();
                match self.remove_with_place(origin, &all).await {
                    Ok(()) => {
                        deleted += 1;
                        all.retain(|other| other.name != origin.name);
                    }
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

    /// Whether this call is the one to delete it.
    async fn begin_expiry(&self, origin: &Origin, now: u64) -> Result<bool> {
        // Another program may be at it. It said when it began.
        let began = origin.expires_at.unwrap_or_default();
        if origin.state == OriginState::Deleting && began + DELETION_SECONDS > now {
            return Ok(false);
        }
        self.mark_deleting(origin, now).await
    }

    /// Whether it was this call that did, from the state that it had.
    async fn mark_deleting(&self, origin: &Origin, now: u64) -> Result<bool> {
        let deleting = Origin {
            state: OriginState::Deleting,
            expires_at: Some(now),
            ..origin.clone()
        };
        match self.update_origin(origin.state, &deleting).await {
            Ok(()) => Ok(true),
            Err(error) if is_conflict(&error) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// `all` are those that there are, this one among them.
    async fn remove_with_place(&self, origin: &Origin, all: &[Origin]) -> Result<()> {
        let Origin { name, place, .. } = origin;
        let is_shared = all
            .iter()
            .any(|other| other.name != *name && other.place == *place);
        if !place.schema.is_empty() && place.url.is_empty() && !is_shared {
            self.drop_place(place)
                .await
                .with_context(|| format!("the schema of {name}"))?;
        }
        self.remove_origin(name).await.map(drop)
    }

    async fn origin(&self, name: &str) -> Result<Option<Origin>> {
        let all = self.all_origins().await?;
        Ok(all.into_iter().find(|origin| origin.name == name))
    }

    /// The main origin's place and those of the others that are served at `now`, each
    /// once.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn places(&self, now: u64) -> Result<Vec<Place>> {
        let mut known = HashSet::from([(String::new(), String::new())]);
        let mut places = vec![main_place()];
        for origin in self.all_origins().await? {
            let is_over = origin
                .expires_at
                .is_some_and(|expires_at| expires_at <= now);
            let Place { url, schema } = &origin.place;
            if origin.state == OriginState::Ready
                && !is_over
                && known.insert((url.clone(), schema.clone()))
            {
                places.push(origin.place);
            }
        }
        Ok(places)
    }
}

fn not_deleted(origin: &Origin, error: &anyhow::Error) {
    tracing::warn!("{} has expired and is not deleted: {error:#}", origin.name);
}

fn is_conflict(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(StoreError::Conflict))
}
