//! How does an app read a session and a user? In the words of a central auth service; what
//! it says of them is what `/auth/session` and `/auth/me` say. Never a token.

use crate::session_api::Who;
use crate::session_id::SessionId;
use gatelet_texts::Moment;
use serde_json::{Value, json};

/// What a session by a personal access token has in the place of a provider.
const TOKEN: &str = "token";

/// The answer of `session`.
pub(super) fn session(who: &Who) -> Value {
    match session_of(who) {
        Some(session) => json!({ "authenticated": true, "session": session }),
        None => json!({ "authenticated": false }),
    }
}

/// The answer of `me`.
pub(super) fn me(who: &Who) -> Value {
    let (id, email, email_verified, name) = match who {
        Who::Nobody => return json!({ "authenticated": false }),
        Who::Live(live) => (&live.user_id, &live.email, live.email_verified, &live.name),
        Who::Token(found, _) => {
            let user = &found.user;
            (&user.id, &user.email, user.email_verified, &user.name)
        }
    };
    let mut user = json!({ "id": id, "email": email, "emailVerified": email_verified });
    if !name.is_empty() {
        user["displayName"] = name.as_str().into();
    }
    json!({ "authenticated": true, "user": user, "session": session_of(who) })
}

fn session_of(who: &Who) -> Option<Value> {
    let listed = |text: &str, by: char| -> Vec<String> {
        let parts = text.split(by).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    };
    Some(match who {
        Who::Nobody => return None,
        Who::Live(live) => json!({
            "id": SessionId::of(&live.token_digest).as_str(),
            "userId": live.user_id,
            "providerId": live.provider,
            "state": "active",
            "subject": live.user_id,
            "scopes": [],
            "roles": listed(&live.groups, ','),
            "claims": {
                "email": live.email,
                "emailVerified": live.email_verified,
                "name": live.name,
                "amr": listed(&live.amr, ' '),
            },
            "issuedAt": Moment(live.issued_at).rfc3339(),
            "expiresAt": Moment(live.expires_at).rfc3339(),
        }),
        Who::Token(found, digest) => json!({
            "id": SessionId::of(digest).as_str(),
            "userId": found.user.id,
            "providerId": TOKEN,
            "state": "active",
            "subject": found.user.id,
            "scopes": listed(&found.scopes, ' '),
            "roles": listed(&found.groups, ','),
            "claims": {
                "email": found.user.email,
                "emailVerified": found.user.email_verified,
                "name": found.user.name,
            },
            "issuedAt": Moment(found.created_at).rfc3339(),
            "expiresAt": Moment(found.expires_at).rfc3339(),
        }),
    })
}
