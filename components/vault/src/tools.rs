//! The half that pages, tools and agents may call: who may is asked, then it is done.

use gatelet_secrets::Operation;

use crate::bindings::exports::gatelet::vault::tools::{
    Application, Binding, Entry, EntryLink, Guest, Planned, Request, RequestState, Resealed,
    Secret, Stored, Usage, Variable,
};
use crate::bindings::gatelet::vault::types::{Actor, Error};
use crate::caller::Caller;
use crate::{Vault, applications, copies, rekey, requests, secrets, settings, variables};

impl Guest for Vault {
    async fn configured() -> Option<String> {
        let keys = settings::keys().await.ok()?;
        Some(keys.sealing_id().to_string())
    }

    async fn list_secrets(actor: Actor) -> Result<Vec<Secret>, Error> {
        let caller = Caller::permitted(actor, Operation::ListSecrets).await?;
        Ok(secrets::list(&caller).await?)
    }

    async fn request_secret(actor: Actor, name: String, now: u64) -> Result<EntryLink, Error> {
        let caller = Caller::permitted(actor, Operation::RequestSecret).await?;
        Ok(requests::ask(&caller, &name, now).await?)
    }

    async fn request_status(
        actor: Actor,
        request_id: String,
        now: u64,
    ) -> Result<RequestState, Error> {
        let caller = Caller::permitted(actor, Operation::RequestStatus).await?;
        Ok(requests::status(&caller, request_id, now).await?)
    }

    async fn list_requests(actor: Actor, now: u64) -> Result<Vec<Request>, Error> {
        let caller = Caller::permitted(actor, Operation::ListRequests).await?;
        Ok(requests::list(&caller, now).await?)
    }

    async fn find_entry(actor: Actor, token: String, now: u64) -> Result<Entry, Error> {
        let caller = Caller::permitted(actor, Operation::FindEntry).await?;
        Ok(requests::find(&caller, &token, now).await?)
    }

    async fn enter_secret(
        actor: Actor,
        token: String,
        value: String,
        now: u64,
    ) -> Result<Stored, Error> {
        let caller = Caller::permitted(actor, Operation::EnterSecret).await?;
        Ok(requests::enter(&caller, &token, value, now).await?)
    }

    async fn put_secret(
        actor: Actor,
        name: String,
        value: String,
        now: u64,
    ) -> Result<Stored, Error> {
        let caller = Caller::permitted(actor, Operation::PutSecret).await?;
        Ok(secrets::put(&caller, &name, value, now).await?)
    }

    async fn delete_secret(actor: Actor, name: String, now: u64) -> Result<Vec<Usage>, Error> {
        let caller = Caller::permitted(actor, Operation::DeleteSecret).await?;
        Ok(secrets::delete(&caller, &name, now).await?)
    }

    async fn list_applications(actor: Actor, now: u64) -> Result<Vec<Application>, Error> {
        let caller = Caller::permitted(actor, Operation::ListApplications).await?;
        Ok(applications::list(&caller, now).await?)
    }

    async fn add_application(actor: Actor, name: String, now: u64) -> Result<bool, Error> {
        let caller = Caller::permitted(actor, Operation::AddApplication).await?;
        Ok(applications::add(&caller, &name, now).await?)
    }

    async fn remove_application(actor: Actor, name: String, now: u64) -> Result<bool, Error> {
        let caller = Caller::permitted(actor, Operation::RemoveApplication).await?;
        Ok(applications::remove(&caller, &name, now).await?)
    }

    async fn list_variables(
        actor: Actor,
        application: String,
        now: u64,
    ) -> Result<Vec<Variable>, Error> {
        let caller = Caller::permitted(actor, Operation::ListVariables).await?;
        Ok(variables::list(&caller, &application, now).await?)
    }

    async fn set_variables(
        actor: Actor,
        application: String,
        variables: Vec<(String, String)>,
        now: u64,
    ) -> Result<Vec<Variable>, Error> {
        let caller = Caller::permitted(actor, Operation::SetVariables).await?;
        Ok(variables::set(&caller, &application, variables, now).await?)
    }

    async fn delete_variables(
        actor: Actor,
        application: String,
        keys: Vec<String>,
        now: u64,
    ) -> Result<Vec<String>, Error> {
        let caller = Caller::permitted(actor, Operation::DeleteVariables).await?;
        Ok(variables::delete(&caller, &application, keys, now).await?)
    }

    async fn bind_secret(
        actor: Actor,
        application: String,
        binding: Binding,
        now: u64,
    ) -> Result<Binding, Error> {
        let caller = Caller::permitted(actor, Operation::BindSecret).await?;
        Ok(copies::bind(&caller, &application, binding, now).await?)
    }

    async fn reconcile(
        actor: Actor,
        application: String,
        bindings: Vec<Binding>,
        apply: bool,
        now: u64,
    ) -> Result<Vec<Planned>, Error> {
        let caller = Caller::permitted(actor, Operation::Reconcile).await?;
        Ok(copies::reconcile(&caller, &application, bindings, apply, now).await?)
    }

    async fn rekey(actor: Actor, now: u64) -> Result<Resealed, Error> {
        let caller = Caller::permitted(actor, Operation::Rekey).await?;
        Ok(rekey::rekey(&caller, now).await?)
    }
}
