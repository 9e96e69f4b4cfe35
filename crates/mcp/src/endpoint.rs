//! Where is the endpoint, and what are tokens for it good for?

use gatelet_core::base_url::BaseUrl;

/// Path of the endpoint.
pub const PATH: &str = "/auth/mcp";
/// Path of its metadata (RFC 9728 §3.1).
pub const METADATA_PATH: &str = "/.well-known/oauth-protected-resource/auth/mcp";

/// The endpoint of an installation. Out of its base URL, and never out of a request: who
/// asks must not say where a token is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    url: String,
    metadata_url: String,
}

impl Endpoint {
    /// The endpoint at this base URL.
    #[must_use]
    pub fn at(base_url: &BaseUrl) -> Self {
        Self {
            url: format!("{}{PATH}", base_url.as_str()),
            metadata_url: format!("{}{METADATA_PATH}", base_url.as_str()),
        }
    }

    /// Its URL, which is the audience of its tokens.
    #[must_use]
    pub fn audience(&self) -> &str {
        &self.url
    }

    /// Where its metadata is.
    #[must_use]
    pub fn metadata_url(&self) -> &str {
        &self.metadata_url
    }

    /// Whether a path is the endpoint's: with a slash at its end too, which clients add.
    #[must_use]
    pub fn is_at(path: &str) -> bool {
        path.strip_suffix('/').unwrap_or(path) == PATH
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_named_by_the_base_url() {
        let base_url = BaseUrl::parse("https://App.example.com:443/").unwrap();
        let endpoint = Endpoint::at(&base_url);
        assert_eq!(endpoint.audience(), "https://app.example.com/auth/mcp");
        assert_eq!(
            endpoint.metadata_url(),
            "https://app.example.com/.well-known/oauth-protected-resource/auth/mcp"
        );
    }

    #[test]
    fn no_deeper_path_is_the_endpoint() {
        for (path, is_endpoint) in [
            ("/auth/mcp", true),
            ("/auth/mcp/", true),
            ("/auth/mcp//", false),
            ("/auth/mcp/x", false),
            ("/auth/mcpx", false),
            ("/auth/MCP", false),
            ("/", false),
        ] {
            assert_eq!(Endpoint::is_at(path), is_endpoint, "{path}");
        }
    }
}
