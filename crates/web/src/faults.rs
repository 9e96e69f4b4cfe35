//! What is wrong with what somebody typed?

use gatelet_texts::{Text, common, denials};

/// One thing that is wrong.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The id of the field, unless the whole form is meant.
    pub field: Option<&'static str>,
    /// One sentence.
    pub message: Text,
    /// Of what is no fault of the form's and passes: the code to be told to others.
    pub code: Option<&'static str>,
}

/// All that is wrong, in the order of the fields.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Adds what is wrong with a field.
    pub fn field(&mut self, field: &'static str, message: Text) {
        self.0.push(Fault {
            field: Some(field),
            message,
            code: None,
        });
    }

    /// Adds what is wrong with the form as a whole.
    pub fn form(&mut self, message: Text) {
        self.0.push(Fault {
            field: None,
            message,
            code: None,
        });
    }

    /// Adds what is wrong with us, for a while.
    pub fn passing(&mut self, code: &'static str, message: Text) {
        self.0.push(Fault {
            field: None,
            message,
            code: Some(code),
        });
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether they are listed above the form too. Of one that stands by its field, where
    /// the cursor is, the list would be the same sentence again.
    #[must_use]
    pub fn want_summary(&self) -> bool {
        match self.0.as_slice() {
            [] => false,
            [only] => only.field.is_none(),
            [..] => true,
        }
    }

    /// The first field at fault, where the cursor belongs.
    #[must_use]
    pub fn first_field(&self) -> Option<&'static str> {
        self.0.iter().find_map(|fault| fault.field)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }

    /// What is wrong with a field, in a sentence.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<Text> {
        let fault = self.0.iter().find(|fault| fault.field == Some(field))?;
        Some(fault.message)
    }

    /// What stands above the list.
    #[must_use]
    pub fn title(&self) -> Text {
        if self.0.iter().all(|fault| fault.code.is_some()) {
            denials::TITLE_AGAIN
        } else if self.0.len() > 1 {
            common::FAULTS_MANY
        } else {
            common::FAULTS_ONE
        }
    }
}

#[cfg(test)]
mod tests {
    use gatelet_texts::problems;

    use super::*;

    #[test]
    fn one_fault_by_its_field_is_said_once() {
        let mut faults = Faults::default();
        assert!(!faults.want_summary());
        faults.field("password", problems::WRONG_CREDENTIALS);
        assert!(!faults.want_summary());
        faults.field("name", problems::NAME_EMPTY);
        assert!(faults.want_summary());
        let mut faults = Faults::default();
        faults.form(problems::FORM_CSRF_MISMATCH);
        assert!(faults.want_summary());
    }
}
