//! The vault's half without values, by HTTP: `POST /<function>` with the arguments as a
//! JSON object. Who may do what is the vault's to judge, by the actor that is named.

use gatelet_core::key::KeyRing;
use gatelet_secrets::rows::{
    Application, Binding, Entry, EntryLink, Planned, Request, RequestState, Secret, Stored, Usage,
    Variable,
};
use gatelet_secrets::{Actor, VaultError};
use gatelet_web::vault;
use serde::Serialize;

/// The half that no value comes out of.
const HALF: &str = "http://vault.spin.internal";

/// The vault, asked on somebody's behalf.
pub(crate) struct Vault<'k> {
    /// By which it knows us.
    pub keys: &'k KeyRing,
    /// Whose.
    pub actor: Actor,
    /// Unix seconds.
    pub now: u64,
}

/// Declares what is asked: a function of `wit/vault` each, with its arguments but for the
/// actor. What stands in braces is of every call: `now`, where the function takes it.
macro_rules! functions {
    ($($(#[$meta:meta])* $function:ident($($argument:ident: $type:ty),*) {$($now:ident)?} -> $answer:ty;)*) => {
        #[expect(clippy::needless_lifetimes, reason = "some arguments have the lifetime")]
        impl Vault<'_> {
            $($(#[$meta])*
            pub(crate) async fn $function<'a>(&'a self, $($argument: $type),*) -> Result<$answer, VaultError> {
                #[derive(Serialize)]
                struct Arguments<'a> {
                    actor: &'a Actor,
                    $($argument: $type,)*
                    $($now: u64,)?
                }
                let arguments = Arguments {
                    actor: &self.actor,
                    $($argument,)*
                    $($now: self.$now,)?
                };
                let function = stringify!($function);
                let asked = vault::ask(self.keys, HALF, function, &arguments, self.now).await;
                let answer: Result<$answer, VaultError> = asked?;
                answer
            })*
        }
    };
}

functions! {
    /// Names, and who uses them.
    list_secrets() {} -> Vec<Secret>;
    /// A link by which a person enters one.
    request_secret(name: &'a str) {now} -> EntryLink;
    /// What has become of a request.
    request_status(request_id: &'a str) {now} -> RequestState;
    /// Newest first.
    list_requests() {now} -> Vec<Request>;
    /// What a link is for.
    find_entry(token: &'a str) {now} -> Entry;
    /// Store what was entered, and burn the link.
    enter_secret(token: &'a str, value: &'a str) {now} -> Stored;
    /// The same without a link.
    put_secret(name: &'a str, value: &'a str) {now} -> Stored;
    /// Those that hold copies, which stay.
    delete_secret(name: &'a str) {now} -> Vec<Usage>;
    /// By name.
    list_applications() {now} -> Vec<Application>;
    /// Whether it is new.
    add_application(name: &'a str) {now} -> bool;
    /// Whether there was one.
    remove_application(name: &'a str) {now} -> bool;
    /// By key.
    list_variables(application: &'a str) {now} -> Vec<Variable>;
    /// Those that were set.
    set_variables(application: &'a str, variables: &'a [(&'a str, &'a str)]) {now} -> Vec<Variable>;
    /// Those that were there.
    delete_variables(application: &'a str, keys: &'a [&'a str]) {now} -> Vec<String>;
    /// Where it was written.
    bind_secret(application: &'a str, binding: &'a Bound<'a>) {now} -> Binding;
    /// What is to be done, and done where `apply`.
    reconcile(application: &'a str, bindings: &'a [Bound<'a>], apply: bool) {now} -> Vec<Planned>;
}

/// A secret under a key.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Bound<'a> {
    /// The secret.
    pub name: &'a str,
    /// The key.
    pub env_key: &'a str,
}

impl<'a> Bound<'a> {
    /// Of what was checked.
    pub(crate) fn of(binding: &'a gatelet_secrets::Binding) -> Self {
        Self {
            name: binding.name.as_str(),
            env_key: binding.key.as_str(),
        }
    }
}

/// By which id the vault's key is known; none where there is none.
pub(crate) async fn configured(keys: &KeyRing, now: u64) -> Result<Option<String>, VaultError> {
    #[derive(Serialize)]
    struct Nothing {}
    vault::ask(keys, HALF, "configured", &Nothing {}, now).await
}
