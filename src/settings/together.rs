//! Do an origin's settings fit each other? Each has been read by itself; what is
//! right only beside another is judged here and nowhere else, and no [`Origin`] is
//! made past it: at the start, before an origin is kept, in `gatelet doctor`, and in
//! the gateway itself.
//!
//! 1. `base_url` is HTTPS, unless only this machine can reach it, or
//!    `insecure_http` knowingly allows it.
//! 2. `upstream` is not `base_url`.
//! 3. `base_url` is within `cookie_domain`.
//! 4. `passphrase_hash` is set where `access_rules` ask for a passphrase.
//! 5. `app_name` is set where `app_access` is `granted`.
//! 6. Where `auth_backend` is another program, nothing is asked of its users that only
//!    ours have, and a `sign_in_url` on the same host is open to those who are to sign in.
//!
//! What fits together of signing in is `gatelet_sign_in::settings`'.

use gatelet_settings::{Setting, SettingError, Values};

use crate::backend::AppAddress;
use crate::base_url::{BaseUrl, Scheme};
use crate::origin::{Origin, OriginParts};

/// The origin that the parts make.
pub(super) fn origin(values: &Values<'_>, parts: OriginParts) -> Result<Origin, SettingError> {
    secure(values, &parts.base_url)?;
    if parts.upstream == parts.base_url {
        return Err(SettingError::new(
            Setting::Upstream,
            "is base_url itself, so requests would go round in circles: set it to where the app listens",
        ));
    }
    if let Some(domain) = &parts.cookie_domain {
        shared(domain, &parts.base_url)?;
    }
    if parts.passphrase.is_none() && parts.access.ask_for_a_passphrase() {
        return Err(SettingError::new(
            Setting::AccessRules,
            "asks for a passphrase and passphrase_hash is not set: make one with `gatelet keys passphrase`",
        ));
    }
    // Nothing asks whether it is listed: one that is not is granted to nobody.
    if parts.is_granted && parts.app.is_empty() {
        return Err(SettingError::new(
            Setting::AppAccess,
            "is granted and app_name is not set, so everybody would be let in: set app_name to what the app is called in app_list",
        ));
    }
    if parts.backend.foreign().is_some() {
        elsewhere(&parts)?;
    }
    Ok(Origin::new(parts))
}

/// Step 6.
fn elsewhere(parts: &OriginParts) -> Result<(), SettingError> {
    let backend = parts.backend.name();
    if parts.access.ask_how_people_signed_in() {
        return Err(SettingError::new(
            Setting::AccessRules,
            format_args!(
                "asks how or how lately people signed in (`with`, `within`), which auth_backend={backend} does not say: take it out"
            ),
        ));
    }
    if parts.is_granted {
        return Err(SettingError::new(
            Setting::AppAccess,
            format_args!(
                "is granted, and users of auth_backend={backend} have no grants here: set it to all"
            ),
        ));
    }
    if parts.handed_provider.is_some() {
        return Err(SettingError::new(
            Setting::ForwardAccessToken,
            format_args!(
                "is set, and users of auth_backend={backend} sign in by no provider of ours: take it out"
            ),
        ));
    }
    let addresses = [
        (Setting::SignInUrl, &parts.sign_in_address),
        (Setting::SignOutUrl, &parts.sign_out_address),
    ];
    for (setting, address) in addresses {
        let path = address.as_ref().and_then(AppAddress::own_path);
        if let Some(path) = path.filter(|path| !parts.access.is_public(path)) {
            return Err(SettingError::new(
                setting,
                format_args!(
                    "{path} is not open to those who are to sign in, so they would go round in circles: add it to public_paths, and what the page needs"
                ),
            ));
        }
    }
    Ok(())
}

/// Step 1.
fn secure(values: &Values<'_>, base_url: &BaseUrl) -> Result<(), SettingError> {
    let refuses = values.is(Setting::InsecureHttp, "refuse", "allow")?;
    if base_url.scheme() == Scheme::Http && !base_url.is_loopback() && refuses {
        return Err(SettingError::new(
            Setting::BaseUrl,
            format_args!(
                "{base_url} is plain HTTP, over which sessions can be stolen: use https://, or set insecure_http=allow if you accept that"
            ),
        ));
    }
    Ok(())
}

/// Step 3.
fn shared(domain: &str, base_url: &BaseUrl) -> Result<(), SettingError> {
    if base_url.is_address() || !base_url.is_within(domain) {
        let host = base_url.host();
        return Err(SettingError::new(
            Setting::CookieDomain,
            format_args!(
                "{host} is not within it: leave it empty, or set a domain that base_url's host ends in"
            ),
        ));
    }
    if !domain.contains('.') {
        return Err(SettingError::new(
            Setting::CookieDomain,
            "is a single label, for which browsers keep no cookies: leave it empty, or set a domain such as example.com",
        ));
    }
    Ok(())
}
