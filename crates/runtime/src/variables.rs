//! What are the application's variables worth to a component? Values by name, and
//! templates that name them.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};

/// Every application variable with its value.
#[derive(Clone)]
pub struct Variables(BTreeMap<String, String>);

impl From<BTreeMap<String, String>> for Variables {
    fn from(values: BTreeMap<String, String>) -> Self {
        Self(values)
    }
}

impl Variables {
    /// A variable's value.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// All of them by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// A template with every `{{ name }}` replaced.
    ///
    /// # Errors
    /// One line when a name is unknown or a brace is not closed.
    pub fn fill(&self, template: &str) -> Result<String> {
        let mut filled = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after
                .split_once("}}")
                .with_context(|| format!("`{template}` has {{{{ without }}}}"))?;
            let name = name.trim();
            let value = self.get(name).with_context(|| {
                format!("`{template}` names `{name}`, and there is no such variable")
            })?;
            filled.push_str(before);
            filled.push_str(value);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_filled_and_unknown_names_refused() {
        let variables = Variables::from(BTreeMap::from([
            ("key".to_owned(), "k".to_owned()),
            ("plain".to_owned(), "default".to_owned()),
        ]));
        assert_eq!(
            variables.fill("a {{ plain }}-{{key}} b").unwrap(),
            "a default-k b"
        );
        assert_eq!(variables.fill("none").unwrap(), "none");
        assert!(variables.fill("{{ nobody }}").is_err());
        assert!(variables.fill("{{ plain").is_err());
    }
}
