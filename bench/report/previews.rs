//! What a preview takes.

use crate::previews::{COUNT, Previews};

pub(super) fn section(previews: &[Previews]) -> String {
    let mut text = format!(
        "## Previews\n\n`gatelet preview create` and `delete`, from the command to its end; users of its own, migrations included. \
         {COUNT} of each.\n\n| | create, ms | delete, ms |\n|---|--:|--:|\n"
    );
    for one in previews {
        let (create, delete) = (one.create_ms.shown(0), one.delete_ms.shown(0));
        text += &format!("| {} | {create} | {delete} |\n", one.engine);
    }
    text.push('\n');
    text
}
