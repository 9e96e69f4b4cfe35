//! What the vault's tools cost.

use super::DISK;
use crate::vault::{COUNT, DECLARED, Vault};

pub(super) fn section(vaults: &[Vault]) -> String {
    let mut text = format!(
        "## The vault\n\nAs an agent calls tools, over HTTP and a connection each, with {COUNT} secrets and as many applications: \
         all names listed, and a project reconciled of whose {DECLARED} secrets each is opened, sealed and written. {DISK}\n\n\
         | | list, ms | reconcile, ms |\n|---|--:|--:|\n"
    );
    for one in vaults {
        text += &format!(
            "| {} | {} | {} |\n",
            one.engine,
            one.list_ms.shown(1),
            one.reconcile_ms.shown(1)
        );
    }
    text + "\n"
}
