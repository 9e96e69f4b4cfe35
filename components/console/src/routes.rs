//! Which page is a path? By exact match: no case folding, no decoding, and no trailing slash
//! but where agents call tools, whose clients may add one.

use gatelet_mcp::Endpoint;
use gatelet_secrets::ENTRY_PATH;
use gatelet_secrets::names::application;
use gatelet_secrets::{ApplicationId, SecretName};

use crate::section::Section;

/// What a path stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// A page that the navigation names.
    Section(Section),
    /// One secret.
    Secret(SecretName),
    /// The end of one.
    DeleteSecret(SecretName),
    /// The page of a link.
    Enter,
    /// One application.
    Application(ApplicationId),
    /// The end of one.
    RemoveApplication(ApplicationId),
    /// Where agents call tools.
    Mcp,
    /// What there is to know of that beforehand.
    McpMetadata,
    /// Nothing that we know.
    Unknown,
}

impl Route {
    /// Reads a path, without its query.
    pub(crate) fn of(path: &str) -> Self {
        if let Some(section) = Section::of(path) {
            return Self::Section(section);
        }
        match path {
            ENTRY_PATH => return Self::Enter,
            gatelet_mcp::METADATA_PATH => return Self::McpMetadata,
            path if Endpoint::is_at(path) => return Self::Mcp,
            _ => {}
        }
        Self::named(path).unwrap_or(Self::Unknown)
    }

    /// What has a name in its path.
    fn named(path: &str) -> Option<Self> {
        let below = |section: Section| path.strip_prefix(section.path())?.strip_prefix('/');
        if let Some(name) = below(Section::Secrets) {
            return Some(match name.strip_suffix("/delete") {
                Some(name) => Self::DeleteSecret(SecretName::parse(name).ok()?),
                None => Self::Secret(SecretName::parse(name).ok()?),
            });
        }
        let name = below(Section::Applications)?;
        // In one case of letters alone: a page has one address.
        let exact = |name: &str| application(name).ok().filter(|id| id.as_str() == name);
        Some(match name.strip_suffix("/remove") {
            Some(name) => Self::RemoveApplication(exact(name)?),
            None => Self::Application(exact(name)?),
        })
    }

    /// The methods that it answers, for `Allow` (RFC 9110 §10.2.1).
    pub(crate) fn methods(&self) -> &'static str {
        match self {
            Self::Section(section) if !section.takes_forms() => "GET, HEAD",
            Self::Section(_)
            | Self::Secret(_)
            | Self::DeleteSecret(_)
            | Self::Enter
            | Self::Application(_)
            | Self::RemoveApplication(_) => "GET, HEAD, POST",
            Self::Mcp | Self::McpMetadata | Self::Unknown => "GET, HEAD",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_match_exactly() {
        let secret = |name| SecretName::parse(name).expect("a name");
        let id = |name| application(name).expect("an id");
        for (path, route) in [
            ("/auth/console", Route::Section(Section::Overview)),
            ("/auth/console/secrets", Route::Section(Section::Secrets)),
            ("/auth/console/secrets/A_1", Route::Secret(secret("A_1"))),
            (
                "/auth/console/secrets/A_1/delete",
                Route::DeleteSecret(secret("A_1")),
            ),
            ("/auth/console/enter", Route::Enter),
            (
                "/auth/console/applications/web",
                Route::Application(id("web")),
            ),
            (
                "/auth/console/applications/web/remove",
                Route::RemoveApplication(id("web")),
            ),
            ("/auth/mcp", Route::Mcp),
            ("/auth/console/", Route::Unknown),
            ("/auth/console/Secrets", Route::Unknown),
            ("/auth/console/secrets/", Route::Unknown),
            ("/auth/console/secrets/a", Route::Unknown),
            ("/auth/console/secrets/A%5F1", Route::Unknown),
            ("/auth/console/secrets/A/delete/", Route::Unknown),
            ("/auth/console/secretsA", Route::Unknown),
            ("/auth/console/applications/Web", Route::Unknown),
            ("/auth/console/applications/web/x", Route::Unknown),
            ("/auth/console/applications/..", Route::Unknown),
            ("/auth/mcp/", Route::Mcp),
            ("/auth/mcp//", Route::Unknown),
            ("/auth/mcp/x", Route::Unknown),
            (gatelet_mcp::METADATA_PATH, Route::McpMetadata),
            ("/auth/account", Route::Unknown),
            ("", Route::Unknown),
        ] {
            assert_eq!(Route::of(path), route, "{path}");
        }
    }
}
