//! What is to be written so that an application has the secrets that its project declares?
//!
//! A value of the application's own always stays. A binding that is declared no more
//! prunes nothing: there is no step for it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::names::{Binding, Bindings, Rule};
use crate::project::{EntryProblem, ProjectError};
use crate::source::Kept;

/// What is done about one binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all(serialize = "snake_case"))]
pub enum Step {
    /// Written.
    Set,
    /// As it should be already.
    Keep,
    /// Nobody has entered the secret.
    Missing,
    /// The application has a value of its own, which stays.
    Overridden,
}

/// A binding, and what is done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Planned<'a> {
    /// What is declared.
    pub binding: &'a Binding,
    /// What is done.
    pub step: Step,
}

/// A step for each binding, in the order declared. `variable` is what is kept of the
/// application's variable with a key, `version` which version of a secret there is.
///
/// # Errors
/// Where a binding is new under a reserved key. One from before the key was reserved stands,
/// and follows its secret: it must not keep the others from theirs.
pub fn plan<'a, 'k>(
    bindings: &'a Bindings,
    variable: impl Fn(&str) -> Option<Kept<'k>>,
    version: impl Fn(&str) -> Option<u64>,
) -> Result<Vec<Planned<'a>>, ProjectError> {
    let of = |(at, binding): (usize, &'a Binding)| {
        let name = binding.name.as_str();
        let variable = variable(binding.key.as_str());
        let step = step(name, variable, version(name));
        match binding.key.is_reserved() && is_new(name, variable, step) {
            true => Err(ProjectError::Entry(at, EntryProblem::Key(Rule::Reserved))),
            false => Ok(Planned { binding, step }),
        }
    };
    bindings.iter().enumerate().map(of).collect()
}

/// Whether the variable is not there yet, or would be another secret's from now on.
fn is_new(name: &str, variable: Option<Kept<'_>>, step: Step) -> bool {
    match variable {
        None => true,
        Some(Kept {
            bound,
            overridden: _,
        }) => step == Step::Set && bound.is_none_or(|(bound, _)| bound != name),
    }
}

/// 1. A value of the application's own stays, whether or not there is a secret: nobody
///    has to enter one that nothing would read.
/// 2. Without a secret there is nothing to write; a copy of one that was deleted stays.
/// 3. What was written for this secret, at this version, is as it should be.
/// 4. Anything else is written: nothing there yet, an older version, another secret that
///    was bound here before.
fn step(name: &str, variable: Option<Kept<'_>>, version: Option<u64>) -> Step {
    let bound = match variable {
        None => None,
        Some(Kept {
            bound: Some(bound),
            overridden: false,
        }) => Some(bound),
        Some(
            Kept {
                bound: None,
                overridden: _,
            }
            | Kept {
                bound: Some(_),
                overridden: true,
            },
        ) => return Step::Overridden,
    };
    match version {
        None => Step::Missing,
        Some(version) if bound == Some((name, version)) => Step::Keep,
        Some(_) => Step::Set,
    }
}

/// Whether anything is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Something is.
    Write,
    /// Nothing is.
    None,
}

/// A plan, as people and agents read it: names alone.
///
/// A secret that is declared under two keys is written under both, each judged by itself.
/// Its name stands once in every list that one of its bindings belongs to; which key is in
/// which state, `bindings` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SecretsPlan {
    /// Those that are written.
    pub set: Vec<String>,
    /// Those that are as they should be.
    pub keep: Vec<String>,
    /// Those that nobody has entered.
    pub missing: Vec<String>,
    /// Those in whose place the application has a value of its own.
    pub overridden: Vec<String>,
    /// Whether anything is written.
    pub action: Action,
    /// One by one, in the order declared.
    pub bindings: Vec<PlannedBinding>,
}

/// One binding of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlannedBinding {
    /// The secret.
    pub name: String,
    /// The key.
    #[serde(rename = "as")]
    pub key: String,
    /// What is done.
    pub step: Step,
}

impl SecretsPlan {
    /// Takes the bindings together.
    #[must_use]
    pub fn new(bindings: Vec<PlannedBinding>) -> Self {
        let names = |step: Step| {
            let mut seen = BTreeSet::new();
            let of_step = bindings.iter().filter(|binding| binding.step == step);
            of_step
                .map(|binding| binding.name.as_str())
                .filter(|name| seen.insert(*name))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let set = names(Step::Set);
        Self {
            action: match set.is_empty() {
                true => Action::None,
                false => Action::Write,
            },
            set,
            keep: names(Step::Keep),
            missing: names(Step::Missing),
            overridden: names(Step::Overridden),
            bindings,
        }
    }
}

impl From<Planned<'_>> for PlannedBinding {
    fn from(planned: Planned<'_>) -> Self {
        let Planned {
            binding: Binding { name, key },
            step,
        } = planned;
        Self {
            name: name.as_str().to_owned(),
            key: key.as_str().to_owned(),
            step,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(bound: Option<(&'static str, u64)>, overridden: bool) -> Option<Kept<'static>> {
        Some(Kept { bound, overridden })
    }

    #[test]
    fn what_is_the_applications_own_stays_and_what_was_written_for_a_secret_follows_it() {
        for (variable, version, wanted) in [
            (None, Some(1), Step::Set),
            (None, None, Step::Missing),
            (of(Some(("A", 2)), false), Some(2), Step::Keep),
            (of(Some(("A", 1)), false), Some(2), Step::Set),
            (of(Some(("A", 3)), false), Some(1), Step::Set),
            (of(Some(("B", 2)), false), Some(2), Step::Set),
            (of(Some(("A", 2)), false), None, Step::Missing),
            (of(Some(("A", 2)), true), Some(2), Step::Overridden),
            (of(Some(("A", 2)), true), None, Step::Overridden),
            (of(Some(("B", 2)), true), Some(2), Step::Overridden),
            (of(None, false), Some(2), Step::Overridden),
            (of(None, false), None, Step::Overridden),
        ] {
            let found = step("A", variable, version);
            assert_eq!(found, wanted, "{variable:?} at {version:?}");
        }
    }

    #[test]
    fn what_was_there_before_its_key_was_reserved_stands_and_nothing_new_comes_there() {
        let reserved = Binding::parse_kept("A", "LD_PRELOAD").unwrap();
        let bindings = Bindings::new(vec![Binding::parse("B", None).unwrap(), reserved]).unwrap();
        let planned = |kept, version: Option<u64>| {
            let variable = |key: &str| (key == "LD_PRELOAD").then_some(kept).flatten();
            let planned = plan(&bindings, variable, |_| version)?;
            Ok(planned.iter().map(|planned| planned.step).collect())
        };
        for (kept, step) in [
            (of(Some(("A", 2)), false), Step::Keep),
            (of(Some(("A", 1)), false), Step::Set),
            (of(Some(("A", 1)), true), Step::Overridden),
            (of(Some(("C", 1)), true), Step::Overridden),
            (of(None, false), Step::Overridden),
        ] {
            assert_eq!(planned(kept, Some(2)), Ok(vec![Step::Set, step]));
        }
        let missing = vec![Step::Missing; 2];
        assert_eq!(planned(of(Some(("A", 1)), false), None), Ok(missing));

        let refused = ProjectError::Entry(1, EntryProblem::Key(Rule::Reserved));
        for (kept, version) in [
            (None, Some(2)),
            (None, None),
            (of(Some(("C", 2)), false), Some(2)),
        ] {
            assert_eq!(planned(kept, version), Err(refused), "{kept:?}");
        }
        let line = refused.to_string();
        assert!(
            line.starts_with("secrets[1].as: a key that changes"),
            "{line}"
        );
    }

    #[test]
    fn a_secret_under_two_keys_is_judged_under_each_and_named_in_every_list() {
        let binding = |name, key| Binding::parse(name, Some(key)).unwrap();
        let declared = vec![
            binding("B", "NEW"),
            binding("A", "ONE"),
            binding("A", "TWO"),
            binding("A", "THREE"),
            binding("GONE", "GONE"),
        ];
        let bindings = Bindings::new(declared).unwrap();
        let planned = plan(
            &bindings,
            |key| match key {
                "ONE" => of(Some(("A", 1)), false),
                "TWO" => of(None, false),
                _ => None,
            },
            |name| (name != "GONE").then_some(1),
        )
        .unwrap();
        let plan = SecretsPlan::new(planned.into_iter().map(PlannedBinding::from).collect());
        assert_eq!(
            serde_json::to_value(&plan).unwrap(),
            json!({
                "set": ["B", "A"],
                "keep": ["A"],
                "missing": ["GONE"],
                "overridden": ["A"],
                "action": "write",
                "bindings": [
                    {"name": "B", "as": "NEW", "step": "set"},
                    {"name": "A", "as": "ONE", "step": "keep"},
                    {"name": "A", "as": "TWO", "step": "overridden"},
                    {"name": "A", "as": "THREE", "step": "set"},
                    {"name": "GONE", "as": "GONE", "step": "missing"},
                ],
            })
        );
    }

    #[test]
    fn where_nothing_is_written_the_action_is_none() {
        let binding = |step| PlannedBinding {
            name: "A".into(),
            key: "A".into(),
            step,
        };
        for step in [Step::Keep, Step::Missing, Step::Overridden] {
            let plan = SecretsPlan::new(vec![binding(step)]);
            assert_eq!(plan.action, Action::None, "{step:?}");
        }
        assert_eq!(
            SecretsPlan::new(vec![binding(Step::Set)]).action,
            Action::Write
        );
        assert_eq!(SecretsPlan::new(Vec::new()).action, Action::None);
    }
}
