//! What may a tool be given? One row for each argument: the schema that agents see and
//! what is read come out of the same.

use serde_json::{Map, Value, json};

use crate::error::VaultError;
use crate::limits::VARIABLES_MAX;

use super::Tool;

/// Longest id of a request, in bytes.
const REQUEST_MAX_BYTES: usize = 64;

/// An argument.
#[derive(Clone, Copy, Debug)]
pub(super) struct Argument {
    pub(super) name: &'static str,
    pub(super) is_required: bool,
    form: Form,
    description: &'static str,
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Matching(&'static str),
    Text,
    Flag,
    Keys,
    Variables,
    Object,
}

const SECRET_PATTERN: &str = "^[A-Z][A-Z0-9_]{0,127}$";
const KEY_PATTERN: &str = "^[A-Za-z_][A-Za-z0-9_]{0,127}$";
const APPLICATION_PATTERN: &str = "^[A-Za-z0-9_-]{1,63}$";

pub(super) const SECRET: Argument = Argument {
    name: "name",
    is_required: true,
    form: Form::Matching(SECRET_PATTERN),
    description: "Name of the secret, such as ANTHROPIC_API_KEY.",
};
pub(super) const REQUEST: Argument = Argument {
    name: "requestId",
    is_required: true,
    form: Form::Text,
    description: "What request_secret answered.",
};
pub(super) const APPLICATION: Argument = Argument {
    name: "applicationId",
    is_required: true,
    form: Form::Matching(APPLICATION_PATTERN),
    description: "The application: see list_applications.",
};
pub(super) const APPLICATION_OR_NAME: Argument = Argument {
    name: "applicationId",
    is_required: false,
    form: Form::Matching(APPLICATION_PATTERN),
    description: "The application; without it, the project's name says which.",
};
pub(super) const AS: Argument = Argument {
    name: "as",
    is_required: false,
    form: Form::Matching(KEY_PATTERN),
    description: "Key by which the application finds it; without it, the secret's name.",
};
pub(super) const KEYS: Argument = Argument {
    name: "keys",
    is_required: true,
    form: Form::Keys,
    description: "Keys to delete.",
};
pub(super) const VARIABLES: Argument = Argument {
    name: "vars",
    is_required: true,
    form: Form::Variables,
    description: "Keys and their values, none of which is a secret.",
};
pub(super) const PROJECT: Argument = Argument {
    name: "project",
    is_required: false,
    form: Form::Object,
    description: "What .deploymill/project.json holds; this or project_json.",
};
pub(super) const PROJECT_JSON: Argument = Argument {
    name: "project_json",
    is_required: false,
    form: Form::Text,
    description: "The text of .deploymill/project.json; this or project.",
};
pub(super) const DRY_RUN: Argument = Argument {
    name: "dryRun",
    is_required: false,
    form: Form::Flag,
    description: "Only say what would be done.",
};

impl Argument {
    pub(super) fn schema(&self) -> Value {
        let mut schema = match self.form {
            Form::Matching(pattern) => json!({"type": "string", "pattern": pattern}),
            Form::Text => json!({"type": "string"}),
            Form::Flag => json!({"type": "boolean"}),
            Form::Keys => json!({
                "type": "array",
                "items": {"type": "string", "pattern": KEY_PATTERN},
                "minItems": 1,
                "maxItems": VARIABLES_MAX,
            }),
            Form::Variables => json!({
                "type": "object",
                "propertyNames": {"pattern": KEY_PATTERN},
                "additionalProperties": {"type": "string"},
                "minProperties": 1,
                "maxProperties": VARIABLES_MAX,
            }),
            Form::Object => json!({"type": "object"}),
        };
        schema["description"] = json!(self.description);
        schema
    }
}

/// Arguments of one call, all of which the tool knows by name.
pub(super) struct Arguments<'a> {
    tool: Tool,
    /// None where the call has none at all.
    members: Option<&'a Map<String, Value>>,
}

impl<'a> Arguments<'a> {
    /// Takes an object, or nothing. Of an argument that the tool does not know neither
    /// the value nor the name is repeated: either may be a secret's value.
    pub(super) fn new(tool: Tool, arguments: &'a Value) -> Result<Self, VaultError> {
        let members = match arguments {
            Value::Null => None,
            Value::Object(members) => Some(members),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                return Err(VaultError::invalid(format_args!(
                    "{tool}: the arguments are not an object"
                )));
            }
        };
        let known = tool.about().arguments;
        let is_known = |name: &String| known.iter().any(|argument| argument.name == name);
        if members.is_some_and(|members| !members.keys().all(is_known)) {
            let names: Vec<_> = known.iter().map(|argument| argument.name).collect();
            let names = match names.as_slice() {
                [] => "nothing".to_owned(),
                names => names.join(", "),
            };
            return Err(VaultError::invalid(format_args!(
                "{tool} takes {names}, and no other argument: a secret's value is typed by a person at the link of request_secret and passed to no tool"
            )));
        }
        Ok(Self { tool, members })
    }

    /// An error about an argument.
    pub(super) fn refuse(&self, name: &str, why: impl core::fmt::Display) -> VaultError {
        VaultError::invalid(format_args!("{}: {name}: {why}", self.tool))
    }

    fn member(&self, argument: &Argument) -> Option<&'a Value> {
        let found = self.members?.get(argument.name);
        // Some programs write what they leave out as null.
        found.filter(|value| !value.is_null())
    }

    fn required(&self, argument: &Argument) -> Result<&'a Value, VaultError> {
        self.member(argument)
            .ok_or_else(|| self.refuse(argument.name, "is missing"))
    }

    pub(super) fn text(&self, argument: &Argument) -> Result<&'a str, VaultError> {
        let value = self.required(argument)?.as_str();
        value.ok_or_else(|| self.refuse(argument.name, "is not a text"))
    }

    pub(super) fn optional_text(&self, argument: &Argument) -> Result<Option<&'a str>, VaultError> {
        let read = |value: &'a Value| {
            let text = value.as_str();
            text.ok_or_else(|| self.refuse(argument.name, "is not a text"))
        };
        self.member(argument).map(read).transpose()
    }

    /// Absent is false.
    pub(super) fn flag(&self, argument: &Argument) -> Result<bool, VaultError> {
        let read = |value: &Value| {
            let flag = value.as_bool();
            flag.ok_or_else(|| self.refuse(argument.name, "is neither true nor false"))
        };
        Ok(self
            .member(argument)
            .map(read)
            .transpose()?
            .unwrap_or(false))
    }

    pub(super) fn optional(&self, argument: &Argument) -> Option<&'a Value> {
        self.member(argument)
    }

    pub(super) fn request_id(&self) -> Result<&'a str, VaultError> {
        let text = self.text(&REQUEST)?;
        match text.len() <= REQUEST_MAX_BYTES {
            true => Ok(text),
            false => Err(self.refuse(REQUEST.name, "is not what request_secret answered")),
        }
    }

    /// One at least, and no more than at once.
    pub(super) fn keys(&self) -> Result<&'a [Value], VaultError> {
        let values = self.required(&KEYS)?.as_array();
        let values = values.ok_or_else(|| self.refuse(KEYS.name, "is not an array"))?;
        self.count(&KEYS, values.len())?;
        Ok(values)
    }

    /// One at least, and no more than at once.
    pub(super) fn variables(&self) -> Result<&'a Map<String, Value>, VaultError> {
        let values = self.required(&VARIABLES)?.as_object();
        let values = values.ok_or_else(|| self.refuse(VARIABLES.name, "is not an object"))?;
        self.count(&VARIABLES, values.len())?;
        Ok(values)
    }

    fn count(&self, argument: &Argument, count: usize) -> Result<(), VaultError> {
        match count {
            0 => Err(self.refuse(argument.name, "is empty")),
            1..=VARIABLES_MAX => Ok(()),
            _ => Err(self.refuse(
                argument.name,
                format_args!("has more than {VARIABLES_MAX} entries"),
            )),
        }
    }
}
