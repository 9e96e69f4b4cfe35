//! Who is signed in, as pages show it?

use crate::frame::monogram;

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct Person {
    /// The user id.
    pub id: String,
    /// Canonical address.
    pub email: String,
    /// Whether somebody proved to read mail there.
    pub email_verified: bool,
    /// May be empty: then the address stands for it.
    pub name: String,
}

impl Person {
    /// A letter that stands for the person.
    #[must_use]
    pub fn monogram(&self) -> String {
        monogram(self.display_name())
    }

    /// The name, or the address of somebody without one.
    #[must_use]
    pub fn display_name(&self) -> &str {
        if self.name.trim().is_empty() {
            &self.email
        } else {
            &self.name
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_without_a_name_is_called_by_address() {
        let person = Person {
            id: String::new(),
            email: "ann@example.com".into(),
            email_verified: false,
            name: " ".into(),
        };
        assert_eq!(
            (person.display_name(), person.monogram().as_str()),
            ("ann@example.com", "A")
        );
    }
}
