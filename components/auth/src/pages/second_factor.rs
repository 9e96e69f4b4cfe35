//! The page of the second step.

use super::{PasskeyForm, SetUp};
use askama::Template;
use gatelet_texts::{common, denials, problems, sign_in};
use gatelet_web::{Faults, Frame};

/// What the step is.
pub(crate) enum Step {
    /// A code of the app.
    Code,
    /// A recovery code, for whoever has no passkey at hand.
    RecoveryCode,
    /// To set up what makes codes.
    SetUp(SetUp),
}

/// A code is asked for, or an app is set up.
#[derive(Template)]
#[template(path = "second_factor.html")]
pub(crate) struct SecondFactorPage {
    /// Around the page.
    pub frame: Frame,
    /// What is wrong with what was typed.
    pub faults: Faults,
    /// What is asked for.
    pub step: Step,
    /// What asks the browser for a passkey, where they have one.
    pub passkey: Option<PasskeyForm>,
    /// For the form.
    pub csrf: String,
    /// To begin anew.
    pub sign_in_href: String,
}
