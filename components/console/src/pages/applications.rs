//! Applications and their variables: keys, never a value.

use askama::Template;
use gatelet_secrets::plan::Step;
use gatelet_secrets::source::Source;
use gatelet_texts::{Moment, Text, console};
use gatelet_web::{Faults, Frame};

use super::Around;

/// Those there are, and one more.
#[derive(Template)]
#[template(path = "applications.html")]
pub(crate) struct ApplicationsPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within the console.
    pub around: Around,
    /// What is wrong with what was typed.
    pub faults: Faults,
    /// By id.
    pub applications: Vec<ApplicationRow>,
    /// What was typed.
    pub name: String,
    /// For the form.
    pub csrf: String,
}

/// An application.
pub(crate) struct ApplicationRow {
    /// Its id.
    pub name: String,
    /// Whether an origin names it, and nobody added it by hand.
    pub is_named: bool,
    /// How many variables it has.
    pub variables: u64,
}

/// One of them.
#[derive(Template)]
#[template(path = "application.html")]
pub(crate) struct ApplicationPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within the console.
    pub around: Around,
    /// What is wrong with what was typed.
    pub faults: Faults,
    /// The application.
    pub name: String,
    /// By key.
    pub variables: Vec<VariableRow>,
    /// What may be given to it.
    pub secrets: Vec<String>,
    /// What was typed, but for values.
    pub typed: Typed,
    /// What is wrong with a project: in English, for whoever writes such files.
    pub project_fault: Option<String>,
    /// What is to be written.
    pub plan: Option<Plan>,
    /// For the forms.
    pub csrf: String,
}

/// What was typed into the forms of an application, but for values.
#[derive(Debug, Default)]
pub(crate) struct Typed {
    /// Of a variable that is set.
    pub key: String,
    /// The secret that is bound.
    pub secret: String,
    /// Under which key.
    pub bind_as: String,
}

/// A variable.
pub(crate) struct VariableRow {
    /// Its key.
    pub key: String,
    /// Where its value comes from.
    pub source: Source,
    /// The secret that is bound to it, if one is.
    pub secret: Option<String>,
    /// Whether that is another by now.
    pub is_stale: bool,
    /// When it was written last.
    pub updated_at: Moment,
}

impl VariableRow {
    fn words(&self) -> Text {
        match self.source {
            Source::OrgLinked => console::SOURCE_ORG_LINKED,
            Source::AppOverride => console::SOURCE_APP_OVERRIDE,
            Source::App => console::SOURCE_APP,
        }
    }
}

/// What is to be written of a project.
pub(crate) struct Plan {
    /// What the project declares, written anew: nothing else of it is kept.
    pub project: String,
    /// In the order declared.
    pub steps: Vec<PlannedRow>,
}

impl Plan {
    fn writes(&self) -> bool {
        self.steps.iter().any(|row| row.step == Step::Set)
    }
}

/// A binding, and what is done about it.
pub(crate) struct PlannedRow {
    /// The secret.
    pub name: String,
    /// The key.
    pub key: String,
    /// What is done.
    pub step: Step,
}

impl PlannedRow {
    fn words(&self) -> Text {
        match self.step {
            Step::Set => console::PLAN_SET,
            Step::Keep => console::PLAN_KEEP,
            Step::Missing => console::PLAN_MISSING,
            Step::Overridden => console::PLAN_OVERRIDDEN,
        }
    }
}

/// The end of one.
#[derive(Template)]
#[template(path = "remove_application.html")]
pub(crate) struct RemoveApplicationPage {
    /// Around the page.
    pub frame: Frame,
    /// Around the page, within the console.
    pub around: Around,
    /// The application, and how many variables go.
    pub application: ApplicationRow,
    /// For the form.
    pub csrf: String,
}
