//! What does an admin see? Every page, rendered from data alone: no I/O here, so the tests
//! render them natively.

mod agents;
mod applications;
mod around;
mod audit;
mod entry;
mod origins;
mod overview;
mod requests;
mod secrets;
mod users;

pub(crate) use agents::AgentsPage;
pub(crate) use applications::{
    ApplicationPage, ApplicationRow, ApplicationsPage, Plan, PlannedRow, RemoveApplicationPage,
    Typed, VariableRow,
};
pub(crate) use around::Around;
pub(crate) use audit::{AuditPage, EventRow};
pub(crate) use entry::{EnteredPage, EntryPage};
pub(crate) use origins::{OriginRow, OriginsPage};
pub(crate) use overview::{Kept, OverviewPage};
pub(crate) use requests::{RequestRow, RequestsPage};
pub(crate) use secrets::{DeleteSecretPage, NewLink, SecretPage, SecretRow, SecretsPage};
pub(crate) use users::{SessionRow, SessionsPage, UserRow, UsersPage};

#[cfg(test)]
mod tests;
