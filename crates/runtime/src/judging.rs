//! Which core module judges? The one inside the component that has the gate's
//! functions under their canonical names.

use anyhow::{Context as _, Result};
use wasmparser::{Parser, Payload};

/// The interface by which a component's gate is known.
pub(crate) const EXPORT: &str = "gatelet:edge/gate@0.1.0";
/// The function that judges, by its name in a core module.
pub(crate) const DECIDE: &str = "gatelet:edge/gate@0.1.0#decide";

/// The module of a component that exports `function`.
///
/// # Errors
/// When it is no component, or none of its modules has such an export.
pub(crate) fn exporting<'c>(component: &'c [u8], function: &str) -> Result<&'c [u8]> {
    let mut module = None;
    for payload in Parser::new(0).parse_all(component) {
        match payload? {
            Payload::ModuleSection {
                unchecked_range, ..
            } => module = component.get(unchecked_range),
            Payload::ExportSection(exports) => {
                for export in exports {
                    if export?.name == function {
                        return module.context("it is no component");
                    }
                }
            }
            _ => {}
        }
    }
    anyhow::bail!("no core module in it exports {function}")
}
