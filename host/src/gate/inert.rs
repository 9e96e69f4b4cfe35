//! How is a component judged with, without a way out? The gate's promise is that
//! `load` and `decide` need none of the imports, so what suspends is taken from it
//! before it is compiled. What is left is plain functions, and a plain call costs
//! half of one that might suspend.

use anyhow::{Context as _, Result, bail};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions};
use wit_component::{
    ComponentEncoder, DecodedWasm, StringEncoding, decode, dummy_module, embed_component_metadata,
};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve, WorldId, WorldItem};

/// The component with every interface that suspends satisfied from inside, by
/// functions that trap, and with nothing exported but `export`.
///
/// # Errors
/// When it is no component, or has no such export.
pub(crate) fn inert(component: Vec<u8>, export: &str) -> Result<Vec<u8>> {
    let DecodedWasm::Component(mut resolve, world) = decode(&component)? else {
        bail!("a WIT package is no component");
    };
    let names = suspending_imports(&resolve, world);
    let mut graph = CompositionGraph::new();
    let package = Package::from_bytes("judge", None, component, graph.types_mut())?;
    let package = graph.register_package(package)?;
    let judge = graph.instantiate(package);
    if !names.is_empty() {
        let traps = traps(&mut resolve, &names)?;
        let package = Package::from_bytes("traps", None, traps, graph.types_mut())?;
        let package = graph.register_package(package)?;
        let traps = graph.instantiate(package);
        for name in &names {
            let instance = graph.alias_instance_export(traps, name)?;
            graph.set_instantiation_argument(judge, name, instance)?;
        }
    }
    let kept = graph.alias_instance_export(judge, export)?;
    graph.export(kept, export)?;
    graph
        .encode(EncodeOptions::default())
        .context("it cannot be encoded")
}

/// Imported interfaces with a function that may suspend.
fn suspending_imports(resolve: &Resolve, world: WorldId) -> Vec<String> {
    let imports = resolve.worlds[world].imports.values();
    imports
        .filter_map(|item| match item {
            WorldItem::Interface { id, .. } => Some(*id),
            WorldItem::Function(_) | WorldItem::Type { .. } => None,
        })
        .filter(|id| {
            let mut functions = resolve.interfaces[*id].functions.values();
            functions.any(|function| function.kind.is_async())
        })
        .filter_map(|id| resolve.id_of(id))
        .collect()
}

/// A component that exports these interfaces; every function traps.
fn traps(resolve: &mut Resolve, names: &[String]) -> Result<Vec<u8>> {
    let exports: String = names
        .iter()
        .map(|name| format!("export {name};\n"))
        .collect();
    let text = format!("package gatelet:inert;\nworld traps {{\n{exports}}}\n");
    let package = resolve.push_str("traps.wit", &text)?;
    let world = resolve.select_world(&[package], Some("traps"))?;
    let abi = ManglingAndAbi::Legacy(LiftLowerAbi::Sync);
    let mut module = dummy_module(resolve, world, abi);
    embed_component_metadata(&mut module, resolve, world, StringEncoding::UTF8)?;
    ComponentEncoder::default().module(&module)?.encode()
}
