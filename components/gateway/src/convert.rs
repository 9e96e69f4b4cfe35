//! Translation between the ports and the core, each way without a rest.

use gatelet_core::error::StoreError;
use gatelet_core::reply::Reply;
use gatelet_core::session::{Resumed, StoredSession, StoredUser};
use gatelet_core::{Edits, Head, Verdict};

use crate::bindings::exports::gatelet::edge::gate;
use crate::bindings::gatelet::store::{sessions, types};

pub(crate) fn head(head: &gate::Head) -> Head<'_> {
    let gate::Head {
        method,
        target,
        authority,
        tls,
        peer,
        fields,
    } = head;
    Head {
        method,
        target,
        authority,
        tls: *tls,
        peer,
        fields,
    }
}

pub(crate) fn verdict(verdict: Verdict) -> gate::Verdict {
    match verdict {
        Verdict::Forward(edits) => {
            let Edits {
                upstream,
                remove,
                set,
                response,
            } = edits;
            gate::Verdict::Forward(gate::Edits {
                upstream,
                remove,
                set: set.into_string(),
                response: response.into_string(),
            })
        }
        Verdict::Respond(reply) => {
            let Reply {
                status,
                fields,
                body,
                code,
            } = reply;
            gate::Verdict::Respond(gate::Reply {
                status,
                fields: fields.into_string(),
                body,
                code: code.map(|code| code.as_str().to_owned()),
            })
        }
        Verdict::Ask => gate::Verdict::Ask,
    }
}

pub(crate) fn resumed(resumed: sessions::Resumed) -> Resumed {
    let sessions::Resumed { session, granted } = resumed;
    Resumed {
        session: self::session(session),
        granted,
    }
}

fn session(session: types::Session) -> StoredSession {
    let types::Session {
        user,
        provider,
        audience,
        amr,
        auth_time,
        created_at,
        expires_at,
        idle_expires_at,
    } = session;
    StoredSession {
        user: self::user(user),
        provider,
        audience,
        amr,
        auth_time,
        created_at,
        expires_at,
        idle_expires_at,
    }
}

fn user(user: types::User) -> StoredUser {
    let types::User {
        id,
        email,
        email_verified,
        name,
        created_at,
    } = user;
    StoredUser {
        id,
        email,
        email_verified,
        name,
        created_at,
    }
}

pub(crate) fn store_error(error: types::Error) -> StoreError {
    match error {
        types::Error::Unavailable => StoreError::Unavailable,
        types::Error::ReadOnly => StoreError::ReadOnly,
        types::Error::Full => StoreError::Full,
        types::Error::Conflict => StoreError::Conflict,
        types::Error::Schema => StoreError::Schema,
        types::Error::Internal => StoreError::Internal,
    }
}
