//! The store's ports, by the names that the flows use. Their records cross as
//! they are; only the errors are the core's.

pub(crate) use crate::bindings::gatelet::store::types::{
    Error, Identity, NewSession, Place, Session, User,
};
pub(crate) use crate::bindings::gatelet::store::{
    account_writer, accounts, app_grants, health, once, origins, session_writer, sessions,
};

use gatelet_core::error::StoreError;
use gatelet_core::origin_record::{OriginRecord, Place as CorePlace};
use gatelet_core::secret::Secret;
use gatelet_core::session::{StoredSession, StoredUser};

/// Where a site's users and sessions are.
pub(crate) fn place(place: &CorePlace) -> Place {
    let CorePlace { url, schema } = place;
    Place {
        url: url.expose().to_owned(),
        schema: schema.clone(),
    }
}

/// The core's record of a listed origin.
pub(crate) fn listed(origin: origins::Origin) -> OriginRecord {
    let origins::Origin {
        name,
        parent,
        kind,
        // Those that are listed are ready.
        state: _,
        branch: _,
        values,
        place: Place { url, schema },
        created_at,
        expires_at,
    } = origin;
    OriginRecord {
        name,
        parent,
        is_preview: match kind {
            origins::Kind::Origin => false,
            origins::Kind::Preview => true,
        },
        values,
        place: CorePlace {
            url: Secret::new(url),
            schema,
        },
        created_at,
        expires_at,
    }
}

/// The core's name for what a port answers.
pub(crate) fn store_error(error: Error) -> StoreError {
    match error {
        Error::Unavailable => StoreError::Unavailable,
        Error::ReadOnly => StoreError::ReadOnly,
        Error::Full => StoreError::Full,
        Error::Conflict => StoreError::Conflict,
        Error::Schema => StoreError::Schema,
        Error::Internal => StoreError::Internal,
    }
}

/// The core's record of a session.
pub(crate) fn stored_session(session: Session) -> StoredSession {
    let Session {
        user,
        provider,
        audience,
        created_at,
        expires_at,
        idle_expires_at,
        granted,
    } = session;
    let User {
        id,
        email,
        email_verified,
        name,
        created_at: user_created_at,
    } = user;
    let user = StoredUser {
        id,
        email,
        email_verified,
        name,
        created_at: user_created_at,
    };
    StoredSession {
        user,
        provider,
        audience,
        created_at,
        expires_at,
        idle_expires_at,
        granted,
    }
}
