//! Which pages does the console have? The one list of them: what they are called and where
//! they are.

use gatelet_texts::{Text, account, console};

/// One page of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// What there is.
    Overview,
    /// Secrets of the org.
    Secrets,
    /// Who was asked for which.
    Requests,
    /// Applications, and their variables.
    Applications,
    /// Tokens of agents.
    Agents,
    /// Origins and previews.
    Origins,
    /// Whoever signs in.
    Users,
    /// Where they are signed in.
    Sessions,
    /// What was done.
    Audit,
}

impl Section {
    /// All, in the order of the navigation.
    pub(crate) const ALL: [Self; 9] = [
        Self::Overview,
        Self::Secrets,
        Self::Requests,
        Self::Applications,
        Self::Agents,
        Self::Origins,
        Self::Users,
        Self::Sessions,
        Self::Audit,
    ];

    /// The page of a path.
    pub(crate) fn of(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.path() == path)
    }

    /// Its path.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Overview => "/auth/console",
            Self::Secrets => "/auth/console/secrets",
            Self::Requests => "/auth/console/requests",
            Self::Applications => "/auth/console/applications",
            Self::Agents => "/auth/console/agents",
            Self::Origins => "/auth/console/origins",
            Self::Users => "/auth/console/users",
            Self::Sessions => "/auth/console/sessions",
            Self::Audit => "/auth/console/audit",
        }
    }

    /// What links to it and its title say.
    pub(crate) const fn label(self) -> Text {
        match self {
            Self::Overview => console::CONSOLE,
            Self::Secrets => console::SECRETS,
            Self::Requests => console::REQUESTS,
            Self::Applications => console::APPLICATIONS,
            Self::Agents => console::AGENTS,
            Self::Origins => console::ORIGINS,
            Self::Users => console::USERS,
            Self::Sessions => account::SESSIONS,
            Self::Audit => console::AUDIT,
        }
    }

    /// What its forms' tokens are for.
    pub(crate) const fn purpose(self) -> &'static str {
        match self {
            Self::Overview => "csrf:console",
            Self::Secrets => "csrf:console-secrets",
            Self::Requests => "csrf:console-requests",
            Self::Applications => "csrf:console-applications",
            Self::Agents => "csrf:console-agents",
            Self::Origins => "csrf:console-origins",
            Self::Users => "csrf:console-users",
            Self::Sessions => "csrf:console-sessions",
            Self::Audit => "csrf:console-audit",
        }
    }

    /// Whether it has a form.
    pub(crate) const fn takes_forms(self) -> bool {
        match self {
            Self::Secrets | Self::Applications | Self::Agents | Self::Users | Self::Sessions => {
                true
            }
            Self::Overview | Self::Requests | Self::Origins | Self::Audit => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use gatelet_texts::Language;

    use super::*;

    #[test]
    fn every_page_has_a_path_a_label_and_a_purpose_of_its_own() {
        let distinct = |of: &dyn Fn(Section) -> &'static str| {
            let all: BTreeSet<_> = Section::ALL.into_iter().map(of).collect();
            all.len()
        };
        assert_eq!(distinct(&Section::path), Section::ALL.len());
        assert_eq!(distinct(&Section::purpose), Section::ALL.len());
        for language in Language::ALL {
            let label = |section: Section| section.label().of(language);
            assert_eq!(distinct(&label), Section::ALL.len(), "{language:?}");
        }
        for section in Section::ALL {
            assert_eq!(Section::of(section.path()), Some(section));
            assert!(section.purpose().starts_with("csrf:console"));
        }
    }
}
