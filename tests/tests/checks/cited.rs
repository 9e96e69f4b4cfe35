//! Is there a test of this name in this file, and does it run? Read out of the sources
//! as the compiler reads them: what is commented out is no test, what no module names is
//! not compiled, what is ignored or for another platform shows nothing here.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use gatelet_tests::repository;
use proc_macro2::{TokenStream, TokenTree};
use syn::{Attribute, Item, ItemMacro};

/// Every source that a test target compiles.
pub(crate) struct Tests {
    /// Its items, by file.
    sources: HashMap<PathBuf, Vec<Item>>,
    /// Macros that make a test out of each name that they are given.
    makers: HashSet<String>,
}

impl Tests {
    /// Those that `scripts/test.sh` runs.
    pub(crate) fn of_the_tree() -> Self {
        let root = repository();
        let script = fs::read_to_string(root.join("scripts/test.sh")).expect("a script");
        let run: HashSet<&str> = script.split_whitespace().collect();
        let mut sources = HashMap::new();
        for manifest in manifests(&root) {
            let text = fs::read_to_string(&manifest).expect("a manifest");
            let table: toml::Table = text.parse().expect("TOML");
            let name = table["package"]["name"].as_str().expect("a name");
            if run.contains(name) || run.contains("--workspace") {
                for target in targets(manifest.parent().expect("a folder"), &table) {
                    compile(&target, true, &mut sources);
                }
            }
        }
        let mut makers = HashSet::new();
        for item in sources.values().flatten() {
            makers.extend(maker(item));
        }
        assert!(sources.len() > 100 && makers.len() > 3, "sources are found");
        Self { sources, makers }
    }

    /// What is wrong with `file test`.
    pub(crate) fn missing(&self, proof: &str) -> Option<String> {
        let Some((file, test)) = proof.trim().split_once(' ') else {
            return Some(format!("not `file test`: {proof}"));
        };
        let Some(items) = self.sources.get(&repository().join(file)) else {
            return Some(format!("{file} is in no test that scripts/test.sh runs"));
        };
        (!self.has(items, test)).then(|| format!("{file} runs no test {test}"))
    }

    fn has(&self, items: &[Item], name: &str) -> bool {
        items.iter().any(|item| match item {
            Item::Fn(function) => {
                function.sig.ident == name
                    && is_compiled(&function.attrs)
                    && is_run(&function.attrs)
            }
            Item::Mod(module) => {
                is_compiled(&module.attrs)
                    && module
                        .content
                        .as_ref()
                        .is_some_and(|(_, items)| self.has(items, name))
            }
            Item::Macro(call) => is_compiled(&call.attrs) && self.is_made(call, name),
            _ => false,
        })
    }

    /// Whether a macro makes a test of this name: one of ours that lists it, or one that
    /// holds functions as they are, such as `proptest!`.
    fn is_made(&self, call: &ItemMacro, name: &str) -> bool {
        let called = call
            .mac
            .path
            .segments
            .last()
            .expect("a path")
            .ident
            .to_string();
        let tokens = &call.mac.tokens;
        if self.makers.contains(&called) {
            let mut tokens = tokens.clone().into_iter();
            return tokens.any(|token| matches!(token, TokenTree::Ident(word) if word == name));
        }
        syn::parse2::<Functions>(tokens.clone()).is_ok_and(|held| held.run(name))
    }
}

/// Attributes and names of functions within a macro's braces, whose arguments may be in
/// a form of the macro's own.
struct Functions(Vec<(Vec<Attribute>, String)>);

impl Functions {
    fn run(&self, name: &str) -> bool {
        let Self(held) = self;
        held.iter()
            .any(|(attributes, held)| held == name && is_compiled(attributes) && is_run(attributes))
    }
}

impl syn::parse::Parse for Functions {
    fn parse(input: syn::parse::ParseStream<'_>) -> syn::Result<Self> {
        let mut held = Vec::new();
        input.call(Attribute::parse_inner)?;
        while !input.is_empty() {
            let attributes = input.call(Attribute::parse_outer)?;
            if input.peek(syn::Token![fn]) {
                input.parse::<syn::Token![fn]>()?;
                let name: syn::Ident = input.parse()?;
                held.push((attributes, name.to_string()));
            } else {
                input.parse::<TokenTree>()?;
            }
        }
        Ok(Self(held))
    }
}

/// The name of a macro that writes `#[test]`.
fn maker(item: &Item) -> Option<String> {
    let Item::Macro(definition) = item else {
        return None;
    };
    let name = definition.ident.as_ref()?;
    let written = definition.mac.tokens.to_string().replace(' ', "");
    let ignored = written.contains("#[ignore");
    (written.contains("#[test]") && !ignored).then(|| name.to_string())
}

fn is_run(attributes: &[Attribute]) -> bool {
    let last = |attribute: &Attribute| {
        let path = attribute.path().segments.last();
        path.map(|segment| segment.ident.to_string())
    };
    let is = |name: &str| {
        attributes
            .iter()
            .any(|one| last(one).as_deref() == Some(name))
    };
    is("test") && !is("ignore") && !is("cfg_attr") && !is("should_panic")
}

/// Whether no attribute leaves it out of a test here.
fn is_compiled(attributes: &[Attribute]) -> bool {
    const HERE: [&str; 4] = [
        "test",
        "unix",
        "target_os=\"linux\"",
        "any(test,feature=\"fuzz\")",
    ];
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("cfg"))
        .all(|attribute| {
            let condition = attribute
                .meta
                .require_list()
                .expect("cfg takes a condition");
            HERE.contains(&text(&condition.tokens).as_str())
        })
}

fn text(tokens: &TokenStream) -> String {
    tokens.to_string().replace(' ', "")
}

/// Takes in a file and the modules that it names.
fn compile(file: &Path, is_root: bool, sources: &mut HashMap<PathBuf, Vec<Item>>) {
    let Ok(text) = fs::read_to_string(file) else {
        return;
    };
    let parsed =
        syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let folder = file.parent().expect("a file is in a folder");
    let folder = match file.file_name().and_then(|name| name.to_str()) {
        _ if is_root => folder.to_owned(),
        Some("mod.rs") => folder.to_owned(),
        _ => file.with_extension(""),
    };
    modules(&parsed.items, &folder, sources);
    sources.insert(file.to_owned(), parsed.items);
}

fn modules(items: &[Item], folder: &Path, sources: &mut HashMap<PathBuf, Vec<Item>>) {
    for item in items {
        let Item::Mod(module) = item else { continue };
        if !is_compiled(&module.attrs) {
            continue;
        }
        let below = folder.join(module.ident.to_string());
        match &module.content {
            Some((_, items)) => modules(items, &below, sources),
            None => {
                compile(&below.with_extension("rs"), false, sources);
                compile(&below.join("mod.rs"), false, sources);
            }
        }
    }
}

/// Roots of a package's targets that are tested.
fn targets(folder: &Path, table: &toml::Table) -> Vec<PathBuf> {
    let is_tested = |target: &toml::Value| {
        let says_no = |key| target.get(key).and_then(toml::Value::as_bool) == Some(false);
        !says_no("test") && !says_no("harness")
    };
    let path = |target: &toml::Value| {
        target
            .get("path")
            .and_then(|path| path.as_str())
            .map(|path| folder.join(path))
    };
    let mut roots = Vec::new();
    let library = table.get("lib");
    if library.is_none_or(is_tested) {
        let own = library.and_then(path);
        roots.push(own.unwrap_or_else(|| folder.join("src/lib.rs")));
    }
    let listed = |kind| {
        table
            .get(kind)
            .and_then(toml::Value::as_array)
            .into_iter()
            .flatten()
    };
    let mut named = Vec::new();
    for target in listed("bin").chain(listed("test")) {
        named.extend(path(target));
        if is_tested(target) {
            roots.extend(path(target));
        }
    }
    let main = folder.join("src/main.rs");
    if !named.contains(&main) {
        roots.push(main);
    }
    for entry in fs::read_dir(folder.join("tests")).into_iter().flatten() {
        let found = entry.expect("an entry").path();
        let root = if found.is_dir() {
            found.join("main.rs")
        } else {
            found
        };
        if root.extension().is_some_and(|extension| extension == "rs") && !named.contains(&root) {
            roots.push(root);
        }
    }
    roots
}

/// Of every package of the workspace.
fn manifests(root: &Path) -> Vec<PathBuf> {
    let mut folders = vec![root.to_owned(), root.join("host"), root.join("tests")];
    for several in ["crates", "components"] {
        let entries = fs::read_dir(root.join(several)).expect("a folder");
        folders.extend(entries.map(|entry| entry.expect("an entry").path()));
    }
    let manifests = folders.into_iter().map(|folder| folder.join("Cargo.toml"));
    manifests.filter(|manifest| manifest.is_file()).collect()
}
