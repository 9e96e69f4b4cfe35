//! Is login on at the main origin? Its variable says, which is read at a start. The
//! record that is called [`SWITCH`], kept by `gatelet disable` and `gatelet enable`, counts
//! before it and takes effect while Gatelet runs. It says nothing else: what else stands in
//! it does not count.

use gatelet_settings::Setting;

use crate::origin_record::{OriginRecord, SWITCH};
use crate::settings::Base;

/// The variables as that record has them, and the records of other origins. What starts
/// from the main origin has it from there.
pub(super) fn applied(base: Base, mut records: Vec<OriginRecord>) -> (Base, Vec<OriginRecord>) {
    let Some(at) = records.iter().position(|record| record.name == SWITCH) else {
        return (base, records);
    };
    let record = records.remove(at);
    records.retain(|record| record.name != SWITCH);
    // A preview is a branch's, and a record with an end is nobody's word for good.
    let is_switch = !record.is_preview && record.place.is_main() && record.expires_at.is_none();
    match record.value(Setting::Login) {
        Some(value) if is_switch => (base.with(Setting::Login, value), records),
        Some(_) | None => (base, records),
    }
}
