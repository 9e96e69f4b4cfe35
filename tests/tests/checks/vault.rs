//! Who may see a value: what the vault's interface has room for, and who reaches which half
//! of it.

use std::collections::BTreeSet;
use std::path::Path;

use wit_parser::{Function, Resolve, Type, TypeDefKind, TypeId};

/// Texts that results of `tools` have: names, keys, ids, and the token of a link that is
/// good for nothing by itself. Another one is a decision: can a value ever be in it?
const TEXTS: &[&str] = &[
    "application.name",
    "binding.env-key",
    "binding.name",
    "configured",
    "delete-variables",
    "entry-link.request-id",
    "entry-link.token",
    "entry.name",
    "error.message",
    "request.created-by",
    "request.name",
    "request.request-id",
    "resealed.unopened",
    "secret.name",
    "secret.updated-by",
    "stored.name",
    "usage.application",
    "usage.env-key",
    "variable.key",
    "variable.secret",
];

/// What can be reached from a result.
#[derive(Default)]
struct Reached {
    texts: BTreeSet<String>,
    /// Where a value is, or bytes that could be one.
    values: BTreeSet<String>,
}

impl Reached {
    fn walk(&mut self, resolve: &Resolve, kind: &Type, at: &str) {
        match kind {
            Type::String => drop(self.texts.insert(at.to_owned())),
            Type::Id(id) => self.walk_type(resolve, *id, at),
            _ => {}
        }
    }

    fn walk_type(&mut self, resolve: &Resolve, id: TypeId, at: &str) {
        let found = &resolve.types[id];
        if found.name.as_deref() == Some("value") {
            self.values.insert(at.to_owned());
            return;
        }
        match &found.kind {
            TypeDefKind::Record(record) => {
                let name = found.name.as_deref().unwrap_or(at);
                for field in &record.fields {
                    self.walk(resolve, &field.ty, &format!("{name}.{}", field.name));
                }
            }
            TypeDefKind::Variant(variant) => {
                let name = found.name.as_deref().unwrap_or(at);
                for case in &variant.cases {
                    if let Some(kind) = &case.ty {
                        self.walk(resolve, kind, &format!("{name}.{}", case.name));
                    }
                }
            }
            TypeDefKind::Tuple(tuple) => {
                for (place, kind) in tuple.types.iter().enumerate() {
                    self.walk(resolve, kind, &format!("{at}.{place}"));
                }
            }
            TypeDefKind::Result(result) => {
                for kind in result.ok.iter().chain(&result.err) {
                    self.walk(resolve, kind, at);
                }
            }
            TypeDefKind::List(Type::U8 | Type::S8 | Type::Char) => {
                self.values.insert(at.to_owned());
            }
            TypeDefKind::Option(kind) | TypeDefKind::List(kind) | TypeDefKind::Type(kind) => {
                self.walk(resolve, kind, at);
            }
            TypeDefKind::Enum(_) | TypeDefKind::Flags(_) => {}
            other => panic!("{at}: {} could hold anything", other.as_str()),
        }
    }
}

fn functions(half: &str) -> (Resolve, Vec<Function>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wit");
    let mut resolve = Resolve::default();
    resolve
        .push_dir(root.join("store"))
        .expect("the store's WIT");
    resolve
        .push_dir(root.join("vault"))
        .expect("the vault's WIT");
    let (_, interface) = resolve
        .interfaces
        .iter()
        .find(|(_, one)| {
            let package = one.package.map(|id| {
                resolve.packages[id].name.namespace.clone() + ":" + &resolve.packages[id].name.name
            });
            one.name.as_deref() == Some(half) && package.as_deref() == Some("gatelet:vault")
        })
        .expect("the interface");
    let functions = interface.functions.values().cloned().collect();
    (resolve, functions)
}

fn reached(half: &str) -> Reached {
    let (resolve, functions) = functions(half);
    assert!(!functions.is_empty());
    let mut reached = Reached::default();
    for function in &functions {
        if let Some(result) = &function.result {
            reached.walk(&resolve, result, &function.name);
        }
    }
    reached
}

#[test]
fn no_result_of_the_half_that_everybody_may_call_has_room_for_a_value() {
    let Reached { texts, values } = reached("tools");
    assert_eq!(values, BTreeSet::new());
    let known: BTreeSet<_> = TEXTS.iter().map(|text| (*text).to_owned()).collect();
    assert_eq!(texts, known);
}

/// The same walk, where there is something to find.
#[test]
fn values_come_out_of_the_other_half() {
    let found = reached("reveal").values;
    let expected = ["reveal-to-environment.1", "reveal-to-settings"];
    assert_eq!(found, expected.map(str::to_owned).into());
}

fn manifest() -> toml::Table {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spin.toml");
    let text = std::fs::read_to_string(file).expect("the manifest");
    text.parse().expect("TOML")
}

/// The components of which something holds.
fn components(manifest: &toml::Table, holds: impl Fn(&toml::Value) -> bool) -> Vec<String> {
    let all = manifest["component"].as_table().expect("components");
    let found = all.iter().filter(|(_, one)| holds(one));
    let mut names: Vec<_> = found.map(|(name, _)| name.clone()).collect();
    names.sort();
    names
}

#[test]
fn the_vault_alone_is_given_its_key_and_each_half_is_reached_by_one() {
    let manifest = manifest();
    let given = |one: &toml::Value| {
        let variables = one.get("variables").and_then(toml::Value::as_table);
        variables.is_some_and(|variables| variables.contains_key("secrets_enc_key"))
    };
    assert_eq!(components(&manifest, given), ["vault", "vault-reveal"]);
    let reaching = |host: &'static str| {
        components(&manifest, move |one| {
            let hosts = one
                .get("allowed_outbound_hosts")
                .and_then(toml::Value::as_array);
            hosts.is_some_and(|hosts| hosts.iter().any(|one| one.as_str() == Some(host)))
        })
    };
    for (host, who) in [
        ("http://vault.spin.internal", "console"),
        ("http://vault-reveal.spin.internal", "auth"),
    ] {
        assert!(reaching(host).iter().all(|one| one == who), "{host}");
    }
    for (name, half) in [("vault", "tools"), ("vault-reveal", "reveal")] {
        let one = &manifest["component"][name];
        assert_eq!(one["variables"]["half"].as_str(), Some(half));
    }
    let routed: Vec<_> = manifest["trigger"]["http"]
        .as_array()
        .expect("triggers")
        .iter()
        .filter(|one| {
            one["component"]
                .as_str()
                .is_some_and(|name| name.starts_with("vault"))
        })
        .map(|one| one["route"]["private"].as_bool())
        .collect();
    assert_eq!(routed, [Some(true), Some(true)]);
}
