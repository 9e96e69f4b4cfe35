//! Who keeps users in a place, and may it go when one of them leaves? Only for whom it
//! was made, and only with the last.

use crate::{
    bindings::exports::gatelet::store_admin::admin, convert::origins::origin_name,
    failure::Failure, place::Schema,
};

/// An origin, as the places know it. Its text is plain: it may stand in a statement.
#[derive(Clone, Debug)]
pub(crate) struct Tenant {
    name: String,
    /// In Unix seconds; 0 for one that the variables write down.
    pub(crate) created_at: u64,
}

impl Tenant {
    pub(crate) fn parse(tenant: admin::Tenant) -> Result<Self, Failure> {
        let admin::Tenant { name, created_at } = tenant;
        origin_name(name.clone())?;
        Ok(Self { name, created_at })
    }

    /// What stands for it in a place.
    pub(crate) fn id(&self) -> String {
        format!("{}@{}", self.name, self.created_at)
    }
}

/// What a departure asks and does, statement by statement. `tenants` is the table as
/// the engine names it in this place; the records are in the main tables.
pub(crate) struct Departure {
    /// A condition: others have their users here too.
    pub(crate) is_shared: String,
    /// A condition: the place was made for this one.
    pub(crate) is_made: String,
    /// For whom it was made from then on, and who is gone.
    pub(crate) leave: [String; 2],
}

impl Departure {
    /// `is_written` where the variable `origins` has one in this place.
    pub(crate) fn of(tenant: &Tenant, schema: &Schema, is_written: bool, tenants: &str) -> Self {
        let (name, id) = (&tenant.name, tenant.id());
        let is_made =
            format!("EXISTS (SELECT 1 FROM {tenants} WHERE tenant = '{id}' AND made = 1)");
        // Of two that leave at once each would find the other's record, and the place
        // would stay behind: one that goes counts as long as the place itself knows it.
        let is_shared = if is_written {
            "TRUE".to_owned()
        } else {
            format!(
                "EXISTS (SELECT 1 FROM {tenants} WHERE tenant <> '{id}')
OR EXISTS (SELECT 1 FROM auth_origins
WHERE schema_name = '{schema}' AND sealed_url = '' AND name <> '{name}' AND state <> 'deleting')"
            )
        };
        let leave = [
            format!("UPDATE {tenants} SET made = 1 WHERE {is_made}"),
            format!("DELETE FROM {tenants} WHERE tenant = '{id}'"),
        ];
        Self {
            is_shared,
            is_made,
            leave,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Tenant, admin};

    #[test]
    fn a_tenant_is_a_plain_text_whatever_it_is_called() {
        let parse = |name: &str| {
            let name = name.to_owned();
            Tenant::parse(admin::Tenant {
                name,
                created_at: 5,
            })
        };
        assert_eq!(parse("review-1").expect("a tenant").id(), "review-1@5");
        for name in ["", "main", "a'b", "a b", "A", "a@b"] {
            assert!(parse(name).is_err(), "{name}");
        }
    }
}
