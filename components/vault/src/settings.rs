//! What is the vault set up with? The key that nobody else is given, the keys by which its
//! callers are known, and which half of the contract its route answers.

use std::cell::RefCell;
use std::rc::Rc;

use gatelet_core::key::KeyRing;
use gatelet_secrets::{EncryptionKeys, VaultError};
use gatelet_settings::Setting;
use gatelet_web::log;
use spin_sdk::variables;
use zeroize::Zeroizing;

/// Which half this placement's route answers: `tools` or `reveal`. Not an operator's to
/// set: the manifest says it.
const HALF: &str = "half";

thread_local! {
    static KEYS: RefCell<Option<Rc<EncryptionKeys>>> = const { RefCell::new(None) };
    static SESSION_KEYS: RefCell<Option<Rc<KeyRing>>> = const { RefCell::new(None) };
}

/// A half of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Half {
    Tools,
    Reveal,
}

/// The half that the route answers; none where the manifest says none.
pub(crate) async fn half() -> Option<Half> {
    match variables::get(HALF).await.ok()?.as_str() {
        "tools" => Some(Half::Tools),
        "reveal" => Some(Half::Reveal),
        _ => None,
    }
}

/// The keys, read once an instance.
pub(crate) async fn keys() -> Result<Rc<EncryptionKeys>, VaultError> {
    if let Some(keys) = KEYS.with_borrow(Clone::clone) {
        return Ok(keys);
    }
    let text = Zeroizing::new(value(Setting::SecretsEncKey).await?);
    let keys = Rc::new(EncryptionKeys::parse(&text)?);
    KEYS.set(Some(Rc::clone(&keys)));
    Ok(keys)
}

/// The keys of cookies, by which components of ours sign what they ask.
pub(crate) async fn session_keys() -> Result<Rc<KeyRing>, VaultError> {
    if let Some(keys) = SESSION_KEYS.with_borrow(Clone::clone) {
        return Ok(keys);
    }
    let text = Zeroizing::new(value(Setting::SessionKeys).await?);
    let keys = KeyRing::parse(&text).map_err(|error| {
        log::error(
            "vault.settings",
            &format!("{}: {error}", Setting::SessionKeys),
        );
        VaultError::internal()
    })?;
    let keys = Rc::new(keys);
    SESSION_KEYS.set(Some(Rc::clone(&keys)));
    Ok(keys)
}

/// The main origin's `app_name`; empty where it has none.
pub(crate) async fn app_name() -> Result<String, VaultError> {
    value(Setting::AppName).await
}

async fn value(setting: Setting) -> Result<String, VaultError> {
    match variables::get(setting.name()).await {
        Ok(value) => Ok(value),
        // Not in this manifest: as if it were not set.
        Err(variables::Error::Undefined(_)) => Ok(String::new()),
        // The name alone: whoever provides variables may quote a value.
        Err(_) => {
            log::error("vault.settings", &format!("{setting}: cannot be read"));
            Err(VaultError::internal())
        }
    }
}
