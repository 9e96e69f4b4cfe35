//! Does the app get a provider's access token with a request? Where the origin asks for
//! it, of whoever is signed in, on paths that are not public. `auth` has it, and is asked
//! each time: no instance keeps one.

use serde::{Deserialize, Serialize};

use crate::claims::SessionToken;
use crate::decide::{Edits, Verdict};
use crate::error::Code;
use crate::head::Head;
use crate::request::Request;
use crate::secret::{self, Secret};
use crate::settings::GateSettings;

/// The request field that holds it. A visitor's never arrives, asked for or not.
pub(crate) const FIELD: &str = "x-forwarded-access-token";

/// Which access token? What [`crate::remote::write_wanted_token`] asks `auth`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedToken {
    /// Of the origin, as in its base URL.
    pub authority: String,
    /// The provider, by its id.
    pub provider: String,
    /// The session on whose behalf.
    #[serde(with = "crate::claims::exposed")]
    pub session: SessionToken,
}

/// An access token of a provider's, to be handed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedToken {
    /// The token.
    #[serde(serialize_with = "secret::expose")]
    pub access_token: Secret,
    /// When it runs out, in Unix seconds, where the provider says so.
    pub expires_at: Option<u64>,
    /// What it is good for there, separated by spaces; may be empty.
    pub scope: String,
}

impl WantedToken {
    /// What is wanted for this request, where it shows this session.
    pub(crate) fn of(request: &Request<'_>, session: &SessionToken) -> Option<Self> {
        let provider = request.wants_token_of()?;
        Some(Self {
            authority: request.origin.base_url().authority().to_owned(),
            provider: provider.to_owned(),
            session: session.clone(),
        })
    }

    /// The verdict with what `auth` has answered: the token, or none that can be had. Where
    /// the provider takes its own no more, the session is over, and a page says so: it is
    /// one with a link, for a redirect could come back here.
    #[must_use]
    pub fn answered(
        answer: Result<Option<HandedToken>, Code>,
        mut edits: Edits,
        head: &Head<'_>,
        settings: &GateSettings,
        now: u64,
    ) -> Verdict {
        match answer {
            Ok(Some(token)) => edits.set.push(FIELD, token.access_token.expose()),
            Err(Code::ProviderRevoked) => {
                return match Request::read(head, settings, now) {
                    Ok(request) => Verdict::Respond(request.refuse(Code::ProviderRevoked))
                        .setting(&request.origin.cookies().clear_session()),
                    Err(reply) => Verdict::Respond(reply),
                };
            }
            // The app does without, as it does for whoever has none.
            Ok(None) | Err(_) => {}
        }
        Verdict::Forward(edits)
    }
}
