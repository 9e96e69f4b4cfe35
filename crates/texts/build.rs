//! Makes the message catalogue into Rust: a constant for each message, a function where
//! one takes arguments. A message that a language lacks, or that takes other arguments
//! there, stops the build.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::{env, fs, path::Path};

use fluent_syntax::ast::{
    Entry, Expression, InlineExpression, Pattern, PatternElement, Variant, VariantKey,
};
use fluent_syntax::unicode::unescape_unicode_to_string;

/// Directories of `locales`, in the order of `Language`.
const LANGUAGES: &[(&str, &str)] = &[
    ("en", "English"),
    ("de", "German"),
    ("es", "Spanish"),
    ("ar", "Arabic"),
];

/// Files whose messages the program finds by their names, too.
const LOOKED_UP: &[&str] = &["countries"];

/// Messages of a file in one language by their names.
type Messages = BTreeMap<String, Pattern<String>>;

/// What an argument is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
}

/// Names and kinds, in the order in which English has them.
type Arguments = Vec<(String, Kind)>;

#[expect(
    clippy::disallowed_methods,
    reason = "Cargo says where to write by the environment"
)]
fn main() {
    println!("cargo::rerun-if-changed=locales");
    let mut faults = Vec::new();
    let mut code = String::new();
    for module in modules() {
        let languages: Vec<_> = LANGUAGES
            .iter()
            .map(|(tag, _)| read(tag, &module, &mut faults))
            .collect();
        let module = module.replace('-', "_");
        let english = &languages[0];
        for (messages, (tag, _)) in languages.iter().zip(LANGUAGES) {
            for name in messages.keys().filter(|name| !english.contains_key(*name)) {
                faults.push(format!("{tag}/{module}: {name} is not English"));
            }
        }
        writeln!(code, "/// `{module}.ftl`\npub mod {module} {{").expect("a string");
        code.push_str("#[allow(unused_imports, reason = \"not every file takes arguments\")]\n");
        code.push_str("use crate::{Argument as _, Language, PluralCategory, Text};\n");
        for name in english.keys() {
            let mut patterns = Vec::new();
            for (messages, (tag, _)) in languages.iter().zip(LANGUAGES) {
                match messages.get(name) {
                    Some(pattern) => patterns.push(pattern),
                    None => faults.push(format!("{tag}/{module}: {name} is missing")),
                }
            }
            if patterns.len() == LANGUAGES.len() {
                match message(name, &patterns) {
                    Ok(item) => code.push_str(&item),
                    Err(fault) => faults.push(format!("{module}: {name} {fault}")),
                }
            }
        }
        if LOOKED_UP.contains(&module.as_str()) {
            code.push_str(&look_up(english));
        }
        code.push_str("}\n");
    }
    assert!(faults.is_empty(), "locales:\n{}", faults.join("\n"));
    let out = env::var_os("OUT_DIR").expect("OUT_DIR");
    fs::write(Path::new(&out).join("texts.rs"), code).expect("OUT_DIR can be written");
}

/// The function that finds a message by its name.
fn look_up(messages: &Messages) -> String {
    let arms: String = messages
        .keys()
        .map(|name| format!("{name:?} => {},\n", name.replace('-', "_").to_uppercase()))
        .collect();
    format!(
        "/// The message of this name.\n#[must_use]\npub fn named(name: &str) -> Option<Text> {{\n\
         Some(match name {{\n{arms}_ => return None,\n}})\n}}\n"
    )
}

/// Names of the files that English has.
fn modules() -> Vec<String> {
    let files = fs::read_dir("locales/en").expect("locales/en");
    let mut names: Vec<_> = files
        .map(|file| file.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "ftl"))
        .filter_map(|path| path.file_stem()?.to_str().map(str::to_owned))
        .collect();
    names.sort();
    names
}

fn read(tag: &str, module: &str, faults: &mut Vec<String>) -> Messages {
    let path = format!("locales/{tag}/{module}.ftl");
    let Ok(text) = fs::read_to_string(&path) else {
        faults.push(format!("{path} cannot be read"));
        return Messages::new();
    };
    let resource = match fluent_syntax::parser::parse(text) {
        Ok(resource) => resource,
        Err((_, errors)) => {
            faults.extend(errors.iter().map(|error| format!("{path}: {error:?}")));
            return Messages::new();
        }
    };
    let mut messages = Messages::new();
    for entry in resource.body {
        let message = match entry {
            Entry::Message(message) => message,
            Entry::Comment(_) | Entry::GroupComment(_) | Entry::ResourceComment(_) => continue,
            Entry::Term(_) | Entry::Junk { .. } => {
                faults.push(format!("{path}: holds what is neither message nor comment"));
                continue;
            }
        };
        let id = message.id.name;
        let attributes = message.attributes.into_iter();
        let parts = message.value.map(|value| (id.clone(), value)).into_iter();
        let parts = parts.chain(attributes.map(|one| (format!("{id}-{}", one.id.name), one.value)));
        for (name, pattern) in parts {
            if messages.insert(name.clone(), pattern).is_some() {
                faults.push(format!("{path}: {name} is there twice"));
            }
        }
    }
    messages
}

/// The item of one message, which is there in every language.
fn message(name: &str, patterns: &[&Pattern<String>]) -> Result<String, String> {
    let mut found = Vec::new();
    for pattern in patterns {
        let mut arguments = Arguments::new();
        note_arguments(pattern, &mut arguments)?;
        found.push(arguments);
    }
    let mut arguments = found[0].clone();
    for ((tag, _), theirs) in LANGUAGES.iter().zip(&found) {
        let strange = theirs.iter().find(|(name, _)| !has(&arguments, name));
        let lacking = arguments.iter().find(|(name, _)| !has(theirs, name));
        if let Some((argument, _)) = strange.or(lacking) {
            return Err(format!(
                "takes ${argument} in some languages, but for {tag}"
            ));
        }
    }
    for (name, kind) in &mut arguments {
        let is_number = |(theirs, kind): &(String, Kind)| theirs == name && *kind == Kind::Number;
        if found.iter().flatten().any(is_number) {
            *kind = Kind::Number;
        }
    }
    let mut item = String::new();
    for line in shown(patterns[0]).lines() {
        writeln!(item, "/// {line}").expect("a string");
    }
    let name = name.replace('-', "_");
    if arguments.is_empty() {
        let texts: Result<Vec<_>, _> = patterns.iter().map(|pattern| plain(pattern)).collect();
        let name = name.to_uppercase();
        writeln!(item, "pub const {name}: Text = Text(&{:?});", texts?).expect("a string");
        return Ok(item);
    }
    let parameters: String = arguments
        .iter()
        .map(|(name, kind)| match kind {
            Kind::Text => format!(", {}: &str", identifier(name)),
            Kind::Number => format!(", {}: u64", identifier(name)),
        })
        .collect();
    writeln!(
        item,
        "#[must_use]\npub fn {name}(language: Language{parameters}) -> String {{\nmatch language {{"
    )
    .expect("a string");
    for (pattern, (_, case)) in patterns.iter().zip(LANGUAGES) {
        writeln!(item, "Language::{case} => {},", composed(pattern)?).expect("a string");
    }
    item.push_str("}\n}\n");
    Ok(item)
}

fn has(arguments: &Arguments, name: &str) -> bool {
    arguments.iter().any(|(other, _)| other == name)
}

fn identifier(argument: &str) -> String {
    argument.replace('-', "_")
}

fn note_arguments(pattern: &Pattern<String>, noted: &mut Arguments) -> Result<(), String> {
    let mut note = |name: &String, kind| match noted.iter_mut().find(|(known, _)| known == name) {
        Some((_, known)) if kind == Kind::Number => *known = kind,
        Some(_) => {}
        None => noted.push((name.clone(), kind)),
    };
    let mut within = Vec::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { .. } => {}
            PatternElement::Placeable { expression } => match expression {
                Expression::Inline(InlineExpression::VariableReference { id }) => {
                    note(&id.name, Kind::Text);
                }
                Expression::Inline(InlineExpression::StringLiteral { .. }) => {}
                Expression::Select { selector, variants } => {
                    note(selected(selector)?, Kind::Number);
                    within.extend(variants.iter().map(|variant| &variant.value));
                }
                Expression::Inline(_) => {
                    return Err("holds what is neither argument nor text".to_owned());
                }
            },
        }
    }
    within
        .into_iter()
        .try_for_each(|pattern| note_arguments(pattern, noted))
}

/// The argument that variants are chosen by.
fn selected(selector: &InlineExpression<String>) -> Result<&String, String> {
    match selector {
        InlineExpression::VariableReference { id } => Ok(&id.name),
        _ => Err("chooses by what is no argument".to_owned()),
    }
}

/// Text without arguments.
fn plain(pattern: &Pattern<String>) -> Result<String, String> {
    let mut text = String::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => text.push_str(value),
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::StringLiteral { value }),
            } => text.push_str(&unescape_unicode_to_string(value)),
            PatternElement::Placeable { .. } => return Err("takes an argument".to_owned()),
        }
    }
    // One line: how long lines are is the reader's window's to say.
    Ok(text.split('\n').collect::<Vec<_>>().join(" "))
}

/// An expression of Rust that makes a `String`.
fn composed(pattern: &Pattern<String>) -> Result<String, String> {
    let mut parts = Vec::new();
    for element in &pattern.elements {
        parts.push(match element {
            PatternElement::TextElement { value } => {
                format!("{:?}", value.split('\n').collect::<Vec<_>>().join(" "))
            }
            PatternElement::Placeable { expression } => match expression {
                Expression::Inline(InlineExpression::StringLiteral { value }) => {
                    format!("{:?}", unescape_unicode_to_string(value))
                }
                Expression::Inline(InlineExpression::VariableReference { id }) => {
                    format!("&*{}.shown(language)", identifier(&id.name))
                }
                Expression::Inline(_) => {
                    return Err("holds what is neither argument nor text".to_owned());
                }
                Expression::Select { selector, variants } => {
                    let argument = identifier(selected(selector)?);
                    format!("&*{}", chosen(&argument, variants)?)
                }
            },
        });
    }
    Ok(format!("[{}].concat()", parts.join(", ")))
}

fn chosen(argument: &str, variants: &[Variant<String>]) -> Result<String, String> {
    let mut arms = String::new();
    let mut default = None;
    for variant in variants {
        let value = composed(&variant.value)?;
        let key = match &variant.key {
            VariantKey::NumberLiteral { value } => format!("({value}, _)"),
            VariantKey::Identifier { name } => match name.as_str() {
                "zero" => "(_, PluralCategory::Zero)".to_owned(),
                "one" => "(_, PluralCategory::One)".to_owned(),
                "two" => "(_, PluralCategory::Two)".to_owned(),
                "few" => "(_, PluralCategory::Few)".to_owned(),
                "many" => "(_, PluralCategory::Many)".to_owned(),
                "other" => "(_, PluralCategory::Other)".to_owned(),
                name => return Err(format!("knows a case [{name}] that no number has")),
            },
        };
        match variant.default {
            true => default = Some(value),
            false => write!(arms, "{key} => {value}, ").expect("a string"),
        }
    }
    let default = default.ok_or("has no default")?;
    Ok(format!(
        "match ({argument}, language.plural({argument})) {{ {arms}_ => {default} }}"
    ))
}

/// For the documentation.
fn shown(pattern: &Pattern<String>) -> String {
    let text: String = pattern
        .elements
        .iter()
        .map(|element| match element {
            PatternElement::TextElement { value } => value.clone(),
            PatternElement::Placeable { expression } => match expression {
                Expression::Inline(InlineExpression::VariableReference { id }) => {
                    format!("{{{}}}", id.name)
                }
                Expression::Inline(_) => String::new(),
                Expression::Select { .. } => "…".to_owned(),
            },
        })
        .collect();
    let text = text.replace('`', "'");
    format!("`{}`", text.split('\n').collect::<Vec<_>>().join(" "))
}
