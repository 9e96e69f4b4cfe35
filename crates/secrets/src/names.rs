//! What may things be called? Secrets, the keys of environments, applications, orgs. A
//! refusal says the rule; what was written it repeats only as the right way to write it.

mod application;
mod binding;
mod env_key;
mod org;
mod refusal;
mod reserved;
mod secret;

pub use application::{ApplicationId, application};
pub use binding::{Binding, Bindings, BindingsError};
pub use env_key::EnvKey;
pub use org::{DEFAULT_ORG, OrgName};
pub use refusal::{NameRefusal, Rule};
pub use secret::SecretName;
