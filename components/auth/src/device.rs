//! Which browsers has somebody signed in on? The cookie that says so is read and written
//! here.

use crate::visit::Visit;
use gatelet_sign_in::device::Device;
use gatelet_wasi::random;

/// The device that this is, where anybody has signed in on it.
pub(crate) fn known(visit: &Visit<'_>) -> Option<Device> {
    Device::find(
        visit.arrival.cookies(),
        visit.arrival.cookie_names(),
        visit.arrival.base_url(),
        visit.arrival.keys,
        visit.arrival.now,
    )
}

/// Whether this user has signed in on this browser before.
pub(crate) fn is_known(visit: &Visit<'_>, user_id: &str) -> bool {
    known(visit).is_some_and(|device| device.knows(user_id))
}

/// A `Set-Cookie` value: this user has signed in here. It stays at sign-out, or the
/// next sign-in would be a stranger's.
pub(crate) fn remembered(visit: &Visit<'_>, user_id: &str) -> String {
    let device = known(visit).unwrap_or_else(|| Device::new(random::bytes()));
    device.remember(
        user_id,
        visit.arrival.cookie_names(),
        visit.arrival.base_url(),
        visit.arrival.keys,
        visit.arrival.now,
    )
}

/// Its name, for whoever clears cookies.
pub(crate) fn cookie_name(visit: &Visit<'_>) -> String {
    gatelet_sign_in::device::cookie_name(visit.arrival.cookie_names())
}
