//! Translation between the store's ports and the core, without a rest.

use gatelet_core::backend::better_auth::ForeignSession;
use gatelet_core::error::StoreError;
use gatelet_core::origin_record::{OriginRecord, Place};
use gatelet_core::secret::Secret;
use gatelet_core::session::{Resumed, StoredSession, StoredToken, StoredUser};

use crate::store::{access_tokens, better_auth, origins, sessions, types};

impl From<&Place> for types::Place {
    fn from(place: &Place) -> Self {
        let Place { url, schema } = place;
        Self {
            url: url.expose().to_owned(),
            schema: schema.clone(),
        }
    }
}

impl From<sessions::Resumed> for Resumed {
    fn from(resumed: sessions::Resumed) -> Self {
        let sessions::Resumed { session, granted } = resumed;
        Self {
            session: session.into(),
            granted,
        }
    }
}

impl From<access_tokens::Resumed> for StoredToken {
    fn from(resumed: access_tokens::Resumed) -> Self {
        let access_tokens::Resumed {
            user,
            groups,
            token,
            granted,
        } = resumed;
        let access_tokens::Token {
            id: _,
            name: _,
            audience,
            scopes,
            created_at,
            expires_at,
            used_at: _,
        } = token;
        Self {
            user: user.into(),
            groups,
            audience,
            scopes,
            created_at,
            expires_at,
            granted,
        }
    }
}

impl From<better_auth::Session> for ForeignSession {
    fn from(session: better_auth::Session) -> Self {
        let better_auth::Session {
            token,
            user,
            created_at,
            expires_at,
            banned,
            ban_expires_at,
            role,
        } = session;
        Self {
            token: Secret::new(token),
            user: user.into(),
            created_at,
            expires_at,
            is_banned: banned,
            ban_expires_at,
            role,
        }
    }
}

impl From<types::Session> for StoredSession {
    fn from(session: types::Session) -> Self {
        let types::Session {
            user,
            provider,
            audience,
            amr,
            auth_time,
            groups,
            created_at,
            expires_at,
            idle_expires_at,
        } = session;
        Self {
            user: user.into(),
            provider,
            audience,
            amr,
            auth_time,
            groups,
            created_at,
            expires_at,
            idle_expires_at,
        }
    }
}

impl From<types::User> for StoredUser {
    fn from(user: types::User) -> Self {
        let types::User {
            id,
            email,
            email_verified,
            name,
            created_at,
        } = user;
        Self {
            id,
            email,
            email_verified,
            name,
            created_at,
        }
    }
}

impl From<origins::Origin> for OriginRecord {
    fn from(origin: origins::Origin) -> Self {
        let origins::Origin {
            name,
            parent,
            kind,
            // Those that are listed are ready.
            state: _,
            branch: _,
            values,
            place: types::Place { url, schema },
            created_at,
            expires_at,
            version: _,
        } = origin;
        Self {
            name,
            parent,
            is_preview: match kind {
                origins::Kind::Origin => false,
                origins::Kind::Preview => true,
            },
            values,
            place: Place {
                url: Secret::new(url),
                schema,
            },
            created_at,
            expires_at,
        }
    }
}

impl From<types::Error> for StoreError {
    fn from(error: types::Error) -> Self {
        match error {
            types::Error::Unavailable => Self::Unavailable,
            types::Error::ReadOnly => Self::ReadOnly,
            types::Error::Full => Self::Full,
            types::Error::Conflict => Self::Conflict,
            types::Error::Schema => Self::Schema,
            types::Error::Internal => Self::Internal,
        }
    }
}
