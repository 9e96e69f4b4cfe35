//! What is the origin called that a host means? For logs: the gate judges without names.

use std::cell::RefCell;
use std::sync::Arc;

use gatelet_core::crossing;
use gatelet_core::origin_record::MAIN;
use gatelet_core::origins::Origins;

use super::settings::Loading;

/// The origins of one generation of settings, by name.
#[derive(Default)]
pub(super) struct Names(RefCell<Option<(u64, Option<Origins<String>>)>>);

impl Names {
    pub(super) fn find(
        &self,
        generation: u64,
        settings: impl FnOnce() -> Loading,
        authority: &str,
        now: u64,
    ) -> Option<Arc<String>> {
        let mut known = self.0.borrow_mut();
        if known.as_ref().is_none_or(|(of, _)| *of != generation) {
            let settings = settings();
            *known = Some((settings.generation, read(&settings)));
        }
        let (_, origins) = known.as_ref()?;
        origins.as_ref()?.resolve(authority, now).ok()
    }
}

fn read(settings: &Loading) -> Option<Origins<String>> {
    let (base, records, complete) = crossing::read_settings(&settings.handed)?;
    let named = Origins::new(base, records, complete, |layers| {
        let name = layers.record.map_or(MAIN, |record| &record.name);
        Ok(name.to_owned())
    });
    named.ok()
}
