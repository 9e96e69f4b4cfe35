//! Who calls, and may they? Asked before anything else is done.

use std::rc::Rc;

use gatelet_secrets::{EncryptionKeys, Kind, Operation, OrgName, Role, VaultError};

use crate::bindings::gatelet::vault::types::{self, Actor};
use crate::settings;

/// Somebody who may, with the keys to do it.
pub(crate) struct Caller {
    pub(crate) actor: Actor,
    pub(crate) org: OrgName,
    pub(crate) kind: Kind,
    pub(crate) keys: Rc<EncryptionKeys>,
}

impl Caller {
    /// Without a key nobody may anything: the operator is told which variable is missing.
    pub(crate) async fn permitted(actor: Actor, to: Operation) -> Result<Self, VaultError> {
        let keys = settings::keys().await?;
        let kind = match actor.kind {
            types::Kind::Operator => Kind::Operator,
            types::Kind::Person => Kind::Person,
            types::Kind::Agent => Kind::Agent,
        };
        let role = match actor.role {
            types::Role::Member => Role::Member,
            types::Role::Admin => Role::Admin,
            types::Role::Owner => Role::Owner,
        };
        to.permit(kind, role)?;
        let org = OrgName::parse(&actor.org).map_err(VaultError::invalid)?;
        Ok(Self {
            actor,
            org,
            kind,
            keys,
        })
    }

    /// Whose name stands at what is changed: a user's id, or nobody's.
    pub(crate) fn by(&self) -> String {
        self.actor.user_id.clone()
    }

    pub(crate) fn org(&self) -> String {
        self.org.as_str().to_owned()
    }
}
