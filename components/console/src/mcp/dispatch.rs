//! What the vault is asked for by a call, and what is told of its answer.

use gatelet_core::base_url::BaseUrl;
use gatelet_mcp::Answer;
use gatelet_secrets::answers::{
    Applications, EnvVars, EnvVarsDeleted, EnvVarsSet, OrgSecretDeleted, OrgSecrets,
    ProjectReconciled, SecretBound, SecretRequestStatus, SecretRequested,
};
use gatelet_secrets::tools::Call;
use gatelet_secrets::{Binding, VaultError};

use crate::vault::{Bound, Vault};

/// Does what a call asks for.
pub(crate) async fn asked(
    vault: &Vault<'_>,
    base_url: &BaseUrl,
    call: Call,
) -> Result<Answer, VaultError> {
    Ok(match call {
        Call::RequestSecret { name } => {
            let link = vault.request_secret(name.as_str()).await?;
            Answer::SecretRequested(SecretRequested::new(base_url.as_str(), link))
        }
        Call::SecretRequestStatus { request_id } => {
            let state = vault.request_status(&request_id).await?;
            Answer::SecretRequestStatus(SecretRequestStatus::new(&request_id, state))
        }
        Call::ListOrgSecrets => Answer::OrgSecrets(OrgSecrets(each(vault.list_secrets().await?))),
        Call::DeleteOrgSecret { name } => {
            let affected = vault.delete_secret(name.as_str()).await?;
            Answer::OrgSecretDeleted(OrgSecretDeleted::new(affected))
        }
        Call::BindSecret {
            application,
            binding,
        } => {
            let binding = bound(&binding);
            let written = vault.bind_secret(application.as_str(), &binding).await?;
            Answer::SecretBound(SecretBound::from(written))
        }
        Call::ListEnvVars { application } => {
            let variables = vault.list_variables(application.as_str()).await?;
            Answer::EnvVars(EnvVars(each(variables)))
        }
        Call::SetEnvVars {
            application,
            variables,
        } => {
            let pairs = variables
                .iter()
                .map(|(key, value)| (key.as_str(), value.expose()));
            let pairs: Vec<_> = pairs.collect();
            let variables = vault.set_variables(application.as_str(), &pairs).await?;
            Answer::EnvVarsSet(EnvVarsSet {
                application_id: application.as_str().to_owned(),
                variables: EnvVars(each(variables)),
            })
        }
        Call::DeleteEnvVars { application, keys } => {
            let keys: Vec<_> = keys.iter().map(|key| key.as_str()).collect();
            let deleted = vault.delete_variables(application.as_str(), &keys).await?;
            Answer::EnvVarsDeleted(EnvVarsDeleted {
                application_id: application.as_str().to_owned(),
                deleted,
            })
        }
        Call::ReconcileProject {
            application,
            bindings,
            is_dry_run,
        } => {
            let bindings: Vec<_> = bindings.iter().map(bound).collect();
            let id = application.as_str();
            let planned = vault.reconcile(id, &bindings, !is_dry_run).await?;
            Answer::ProjectReconciled(ProjectReconciled::new(id, planned, !is_dry_run))
        }
        Call::ListApplications => {
            let applications = vault.list_applications().await?;
            Answer::Applications(Applications(each(applications)))
        }
    })
}

fn each<R, A: From<R>>(rows: Vec<R>) -> Vec<A> {
    rows.into_iter().map(A::from).collect()
}

fn bound(binding: &Binding) -> Bound<'_> {
    Bound {
        name: binding.name.as_str(),
        env_key: binding.key.as_str(),
    }
}
