//! What does the environment of another stack or service come to? Settings of ours, and a
//! line about each variable that is no matter of a setting.

use core::fmt;

use gatelet_settings::Setting;

/// What another stack's environment comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Translation {
    /// Our settings, none of them secret, each once.
    pub settings: Vec<Became>,
    /// The folder that held their database file, where ours is to lie beside it. As
    /// they wrote it: it may be relative to wherever they started.
    pub database_folder: Option<String>,
    /// What became of nothing, and what is left to do by hand.
    pub notes: Vec<Remark>,
}

/// What some of their variables came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Became {
    /// Their variables that were set and counted.
    pub of: Vec<&'static str>,
    /// Our setting.
    pub setting: Setting,
    /// Its value.
    pub value: String,
}

/// A line about one of their variables, without its value where that is secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Their variable.
    pub name: String,
    /// One line.
    pub text: String,
}

/// Their variables that are set.
pub(crate) struct Said<'a>(Vec<(&'a str, &'a str)>);

/// A translation under way.
#[derive(Default)]
pub(crate) struct Outcome {
    translation: Translation,
    errors: Vec<Remark>,
}

impl<'a> Said<'a> {
    /// Of variables by name and value: an empty one counts as none.
    pub(crate) fn read(variables: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let variables = variables
            .into_iter()
            .map(|(name, value)| (name, value.trim()));
        Self(variables.filter(|(_, value)| !value.is_empty()).collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        let mut all = self.iter();
        all.find_map(|(found, value)| (found == name).then_some(value))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().copied()
    }
}

impl Outcome {
    /// These variables of theirs come to this setting.
    pub(crate) fn set(
        &mut self,
        of: Vec<&'static str>,
        setting: Setting,
        value: impl Into<String>,
    ) {
        let value = value.into();
        self.translation
            .settings
            .push(Became { of, setting, value });
    }

    /// Embedded databases lie in this folder.
    pub(crate) fn lie_in(&mut self, folder: &str) {
        self.translation.database_folder = Some(folder.to_owned());
    }

    /// This one comes to nothing, or leaves something to do.
    pub(crate) fn note(&mut self, name: &str, text: impl Into<String>) {
        self.translation.notes.push(Remark::new(name, text));
    }

    /// This one cannot be translated.
    pub(crate) fn refuse(&mut self, name: &str, text: impl Into<String>) {
        self.errors.push(Remark::new(name, text));
    }

    /// The translation, or everything that is wrong.
    pub(crate) fn told(self) -> Result<Translation, Vec<Remark>> {
        match self.errors.is_empty() {
            true => Ok(self.translation),
            false => Err(self.errors),
        }
    }
}

impl Remark {
    pub(crate) fn new(name: &str, text: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            text: text.into(),
        }
    }

    /// Several of them on one line.
    #[must_use]
    pub fn one_line(remarks: &[Self]) -> String {
        let remarks: Vec<_> = remarks.iter().map(Self::to_string).collect();
        remarks.join("; ")
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.name, self.text)
    }
}
