//! Which secrets does a project declare? `.deploymill/project.json`, or `gatelet.json` of
//! the same form. A secret's value that was written there by mistake must not be repeated:
//! a [`ProjectError`] has no text but its own.

use core::fmt;

use serde::Deserialize;
use serde_json::error::Category;
use serde_json::{Map, Value};

use crate::error::VaultError;
use crate::limits::BINDINGS_MAX;
use crate::names::{
    ApplicationId, Binding, Bindings, BindingsError, EnvKey, NameRefusal, Rule, SecretName,
};

/// Names of the file, the first that is there counts.
pub const FILE_NAMES: [&str; 2] = [".deploymill/project.json", "gatelet.json"];
/// Longest file, in bytes.
pub const PROJECT_MAX_BYTES: usize = 256 * 1024;
/// The version of the form.
pub const VERSION: u64 = 2;

/// What a project declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its `name`, where that is an application's id.
    pub application: Option<ApplicationId>,
    /// Its `secrets`.
    pub bindings: Bindings,
}

/// Why a project is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProjectError {
    /// Over [`PROJECT_MAX_BYTES`].
    TooLong,
    /// Not JSON, from this line and column on.
    Syntax(usize, usize),
    /// Not an object, or with `version`, `name` or `secrets` twice.
    NoObject,
    /// Without `version`.
    NoVersion,
    /// `version` is not a whole number.
    VersionForm,
    /// Another version than [`VERSION`].
    Version(i128),
    /// `secrets` is no array.
    NoArray,
    /// An entry will not do; its place, from 0.
    Entry(usize, EntryProblem),
    /// Entries do not go together.
    Bindings(BindingsError),
}

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryProblem {
    /// Neither a text nor an object.
    Form,
    /// Another member than `name` and `as`, such as a value.
    Member,
    /// No `name`.
    NoName,
    /// `name` is no text.
    NameForm,
    /// The name breaks a rule; whether only its case does.
    Name(Rule, bool),
    /// `as` is no text.
    AsForm,
    /// `as`, or the name where there is no `as`, is no key.
    Key(Rule),
}

#[derive(Deserialize)]
struct Document {
    #[serde(default, deserialize_with = "present")]
    version: Option<Value>,
    name: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    secrets: Option<Value>,
    /// For others, and read all the same: a file that other readers refuse is refused here.
    #[serde(flatten)]
    _others: Map<String, Value>,
}

/// What is there counts as there, `null` too.
fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}

impl Project {
    /// Reads the file. Members that it does not know are for others.
    pub fn parse(text: &[u8]) -> Result<Self, ProjectError> {
        if text.len() > PROJECT_MAX_BYTES {
            return Err(ProjectError::TooLong);
        }
        let document = serde_json::from_slice::<Document>(text);
        Self::judge(document.map_err(|error| match error.classify() {
            Category::Data => ProjectError::NoObject,
            Category::Syntax | Category::Eof | Category::Io => {
                ProjectError::Syntax(error.line(), error.column())
            }
        })?)
    }

    /// The same out of JSON that has been read.
    pub fn from_value(value: &Value) -> Result<Self, ProjectError> {
        let members = value.as_object().ok_or(ProjectError::NoObject)?;
        let member = |name| members.get(name).cloned();
        Self::judge(Document {
            version: member("version"),
            name: member("name"),
            secrets: member("secrets"),
            _others: Map::new(),
        })
    }

    fn judge(document: Document) -> Result<Self, ProjectError> {
        let Document {
            version,
            name,
            secrets,
            _others,
        } = document;
        let version = version.ok_or(ProjectError::NoVersion)?;
        if version.as_u64() != Some(VERSION) {
            let number = version.as_u64().map(i128::from);
            let number = number.or(version.as_i64().map(i128::from));
            return Err(number.map_or(ProjectError::VersionForm, ProjectError::Version));
        }
        let name = name.as_ref().and_then(Value::as_str);
        let entries = match &secrets {
            None => &[][..],
            Some(Value::Array(entries)) => entries,
            Some(_) => return Err(ProjectError::NoArray),
        };
        // Before each is looked at.
        if entries.len() > BINDINGS_MAX {
            return Err(ProjectError::Bindings(BindingsError::TooMany));
        }
        let bindings = entries
            .iter()
            .enumerate()
            .map(|(at, entry)| binding(entry).map_err(|problem| ProjectError::Entry(at, problem)));
        let bindings = bindings.collect::<Result<_, _>>()?;
        Ok(Self {
            application: name.and_then(ApplicationId::parse),
            bindings: Bindings::new(bindings).map_err(ProjectError::Bindings)?,
        })
    }
}

/// `"NAME"`, or `{"name": "NAME", "as": "KEY"}`.
fn binding(entry: &Value) -> Result<Binding, EntryProblem> {
    let (name, key) = match entry {
        Value::String(name) => (name.as_str(), None),
        Value::Object(members) => {
            if members
                .keys()
                .any(|member| member != "name" && member != "as")
            {
                return Err(EntryProblem::Member);
            }
            let name = members.get("name").ok_or(EntryProblem::NoName)?;
            let key = members.get("as").map(Value::as_str);
            (
                name.as_str().ok_or(EntryProblem::NameForm)?,
                key.map(|key| key.ok_or(EntryProblem::AsForm)).transpose()?,
            )
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
            return Err(EntryProblem::Form);
        }
    };
    let name = SecretName::parse(name)
        .map_err(|NameRefusal { rule, mend }| EntryProblem::Name(rule, mend.is_some()))?;
    // Whether a reserved one is there from before, planning knows.
    let key = EnvKey::parse_kept(key.unwrap_or(name.as_str()));
    let key = key.map_err(|NameRefusal { rule, mend: _ }| EntryProblem::Key(rule))?;
    Ok(Binding { name, key })
}

impl fmt::Display for ProjectError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(out, "the project is longer than {PROJECT_MAX_BYTES} bytes"),
            Self::Syntax(line, column) => write!(
                out,
                "the project is not JSON: see line {line}, column {column}"
            ),
            Self::NoObject => out.write_str(
                "the project is not a JSON object with version, name and secrets at most once each",
            ),
            Self::NoVersion => write!(out, "version: is missing; write {VERSION}"),
            Self::VersionForm => write!(out, "version: is not a whole number; write {VERSION}"),
            Self::Version(number) => {
                write!(
                    out,
                    "version: {number} is not known here, only {VERSION} is"
                )
            }
            Self::NoArray => out.write_str("secrets: is not an array"),
            Self::Entry(at, problem) => write!(out, "secrets[{at}]{problem}"),
            Self::Bindings(error) => error.fmt(out),
        }
    }
}

/// What follows the place.
impl fmt::Display for EntryProblem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = r#"write "NAME" or {"name": "NAME", "as": "KEY"}"#;
        match self {
            Self::Form => write!(out, ": is neither a text nor an object; {form}"),
            Self::Member => write!(
                out,
                ": has a member that is neither name nor as; {form}, and never a value"
            ),
            Self::NoName => write!(out, ".name: is missing; {form}"),
            Self::NameForm => out.write_str(".name: is not a text"),
            Self::Name(rule, is_case) => {
                let mend = match is_case {
                    true => "; write it in capitals",
                    false => "; a value is never written here",
                };
                write!(out, ".name: {}{mend}", rule.as_str())
            }
            Self::AsForm => out.write_str(".as: is not a text"),
            Self::Key(rule) => write!(out, ".as: {}", rule.as_str()),
        }
    }
}

impl std::error::Error for ProjectError {}

impl From<ProjectError> for VaultError {
    fn from(error: ProjectError) -> Self {
        Self::invalid(error)
    }
}

#[cfg(test)]
mod tests;
