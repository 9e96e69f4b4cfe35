//! Who is this at GitHub? GitHub speaks OAuth 2.0 without OpenID Connect: the
//! account and its addresses come from two API calls.

use serde::Deserialize;

use crate::authorization::{Endpoints, IssuerParameter};
use crate::email::Email;
use crate::endpoint::{EndpointUrl, UrlError};
use crate::identity::ProviderIdentity;
use crate::name::DisplayName;
use crate::provider::{ProviderId, TokenEndpointAuth};
use crate::refusal::{Refusal, RefusalCode};
use crate::userinfo::is_json;

/// Longest answer that is read from the API, in bytes.
pub const API_MAX_BYTES: usize = 256 * 1024;

/// A GitHub server: github.com, or an Enterprise one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitHub {
    web: String,
    api: String,
}

/// The account, out of `GET /user`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitHubUser {
    /// The numeric id in decimal. The login is no subject: it can be renamed and
    /// then taken by somebody else.
    subject: String,
    name: Option<DisplayName>,
}

impl GitHub {
    /// github.com.
    #[must_use]
    pub fn public() -> Self {
        Self {
            web: "https://github.com".into(),
            api: "https://api.github.com".into(),
        }
    }

    /// An Enterprise server, by its web address (`https://github.example.com`)
    /// and its API's (`https://github.example.com/api/v3` unless given).
    pub fn enterprise(web: &str, api: Option<&str>) -> Result<Self, UrlError> {
        let base = |url: EndpointUrl| match url.as_str().contains('?') {
            true => Err(UrlError::Query),
            // Accounts go by it: one server has one spelling.
            false => Ok(url.canonical().as_str().trim_end_matches('/').to_owned()),
        };
        let web = base(EndpointUrl::parse(web)?)?;
        let api = match api {
            Some(api) => base(EndpointUrl::parse(api)?)?,
            // Not a server of anybody's own: its API is elsewhere.
            None if web == Self::public().web => Self::public().api,
            None => format!("{web}/api/v3"),
        };
        Ok(Self { web, api })
    }

    /// Its web address: what its accounts are of.
    #[must_use]
    pub fn web(&self) -> &str {
        &self.web
    }

    /// Where the authorization and token requests go.
    #[must_use]
    pub fn endpoints(&self) -> Endpoints {
        Endpoints {
            authorization: self.endpoint(&self.web, "/login/oauth/authorize"),
            token: self.endpoint(&self.web, "/login/oauth/access_token"),
            // The only one that GitHub documents.
            token_auth: TokenEndpointAuth::Post,
            // It has one of its own making, which wants to be told the user's token by Basic.
            revocation: None,
            end_session: None,
            offers_offline_access: false,
            says_auth_time: false,
            // GitHub is no OpenID issuer; the redirect URI of its own keeps its
            // answers apart from others' (RFC 9700 §4.4.2.2).
            issuer_parameter: IssuerParameter::Ignored,
            account_prompt: "select_account",
        }
    }

    /// `GET` it with the access token as bearer for the account.
    #[must_use]
    pub fn user_url(&self) -> EndpointUrl {
        self.endpoint(&self.api, "/user")
    }

    /// `GET` it with the access token as bearer for the addresses.
    #[must_use]
    pub fn emails_url(&self) -> EndpointUrl {
        self.endpoint(&self.api, "/user/emails?per_page=100")
    }

    /// Header fields for API calls, the bearer token apart.
    #[must_use]
    pub const fn api_headers() -> [(&'static str, &'static str); 3] {
        // The API refuses requests without a user agent.
        [
            ("accept", "application/vnd.github+json"),
            ("x-github-api-version", "2022-11-28"),
            ("user-agent", "gatelet"),
        ]
    }

    fn endpoint(&self, base: &str, path: &str) -> EndpointUrl {
        EndpointUrl::parse(&format!("{base}{path}"))
            .expect("a screened base and a literal path make an endpoint")
    }
}

impl GitHubUser {
    /// Judges the answer to `GET /user`.
    pub fn judge(status: u16, content_type: &str, body: &[u8]) -> Result<Self, Refusal> {
        #[derive(Deserialize)]
        struct User {
            id: u64,
            login: String,
            #[serde(default)]
            name: Option<String>,
        }
        let user: User = parse("/user", status, content_type, body)?;
        if user.id == 0 {
            return Err(malformed("/user has id 0"));
        }
        let name = user
            .name
            .as_deref()
            .and_then(DisplayName::from_provider)
            .or_else(|| DisplayName::from_provider(&user.login));
        Ok(Self {
            subject: user.id.to_string(),
            name,
        })
    }

    /// Judges the answer to `GET /user/emails`: the primary address counts, and
    /// whether GitHub has verified it. A GitHub App that may not read addresses is
    /// refused; then there is none, which is enough for whoever is linked already.
    pub fn identity(
        self,
        provider: &ProviderId,
        status: u16,
        content_type: &str,
        body: &[u8],
    ) -> Result<ProviderIdentity, Refusal> {
        #[derive(Deserialize)]
        struct Address {
            email: String,
            primary: bool,
            verified: bool,
        }
        if matches!(status, 403 | 404) {
            let none =
                ProviderIdentity::new(provider.clone(), self.subject, None, false, self.name);
            return Ok(none.without_email(Some(Refusal::new(
                RefusalCode::EmailMissing,
                "GitHub did not let the addresses be read: give the GitHub App the account permission \u{201c}Email addresses: read\u{201d}, or the OAuth app the scope user:email",
            ))));
        }
        let addresses: Vec<Address> = parse("/user/emails", status, content_type, body)?;
        let mut primary = addresses.iter().filter(|address| address.primary);
        let (first, second) = (primary.next(), primary.next());
        if second.is_some() {
            return Err(malformed("/user/emails has two primary addresses"));
        }
        let email = first.and_then(|address| {
            Email::parse(&address.email)
                .ok()
                .map(|email| (email, address.verified))
        });
        let email_verified = email.as_ref().is_some_and(|(_, verified)| *verified);
        Ok(ProviderIdentity::new(
            provider.clone(),
            self.subject,
            email.map(|(email, _)| email),
            email_verified,
            self.name,
        ))
    }
}

fn parse<'a, T: Deserialize<'a>>(
    what: &str,
    status: u16,
    content_type: &str,
    body: &'a [u8],
) -> Result<T, Refusal> {
    if status != 200 {
        return Err(malformed(format!("{what} answered {status}")));
    }
    if body.len() > API_MAX_BYTES {
        return Err(malformed(format!("{what} answered {} bytes", body.len())));
    }
    if !is_json(content_type) {
        return Err(malformed(format!("{what} did not answer JSON")));
    }
    serde_json::from_slice(body).map_err(|error| {
        malformed(format!(
            "{what} at line {} column {} is not as documented",
            error.line(),
            error.column()
        ))
    })
}

fn malformed(detail: impl Into<String>) -> Refusal {
    Refusal::new(RefusalCode::GitHubMalformed, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::test_provider::padded;
    use proptest::prelude::*;

    const JSON: &str = "application/json; charset=utf-8";

    fn identity(user: &str, emails: &str) -> Result<ProviderIdentity, Refusal> {
        let github = ProviderId::parse("github").expect("an id");
        GitHubUser::judge(200, JSON, user.as_bytes())?.identity(
            &github,
            200,
            JSON,
            emails.as_bytes(),
        )
    }

    #[test]
    fn one_server_has_one_spelling_and_github_itself_its_own_api() {
        for (web, api, user) in [
            (
                "https://Git.Corp.Example/",
                None,
                "https://git.corp.example/api/v3/user",
            ),
            ("HTTPS://GitHub.com", None, "https://api.github.com/user"),
            (
                "https://github.com",
                Some("https://api.github.com/"),
                "https://api.github.com/user",
            ),
        ] {
            let github = GitHub::enterprise(web, api).expect("a server");
            assert_eq!(github.user_url().as_str(), user);
            assert_eq!(github.web(), web.to_ascii_lowercase().trim_end_matches('/'));
        }
    }

    #[test]
    fn the_numeric_id_is_the_subject_and_the_primary_address_counts() {
        let user = r#"{"id":583231,"login":"octocat","name":"The Octocat","email":"public@example.com","site_admin":false}"#;
        let emails = r#"[{"email":"old@example.com","primary":false,"verified":true,"visibility":null},
                         {"email":"Octo@Example.com","primary":true,"verified":true,"visibility":"private"}]"#;
        let identity = identity(user, emails).expect("an identity");
        assert_eq!(
            (identity.subject(), identity.display_name()),
            ("583231", "The Octocat")
        );
        assert_eq!(
            identity.email().map(Email::as_str),
            Some("octo@example.com")
        );
        assert!(identity.email_verified());
    }

    #[test]
    fn an_unverified_address_stays_unverified_and_a_missing_one_missing() {
        let user = r#"{"id":1,"login":"octocat","name":null}"#;
        for (emails, email, verified) in [
            (
                r#"[{"email":"a@example.com","primary":true,"verified":false}]"#,
                Some("a@example.com"),
                false,
            ),
            (
                r#"[{"email":"a@example.com","primary":false,"verified":true}]"#,
                None,
                false,
            ),
            ("[]", None, false),
            (
                r#"[{"email":"no address","primary":true,"verified":true}]"#,
                None,
                false,
            ),
        ] {
            let identity = identity(user, emails).expect("an identity");
            assert_eq!(
                (
                    identity.email().map(Email::as_str),
                    identity.email_verified()
                ),
                (email, verified),
                "{emails}"
            );
            assert_eq!(identity.name().map(DisplayName::as_str), Some("octocat"));
        }
    }

    #[test]
    fn answers_not_as_documented_are_refused() {
        let (user, emails) = (
            r#"{"id":1,"login":"o"}"#,
            r#"[{"email":"a@example.com","primary":true,"verified":true}]"#,
        );
        for (user, emails) in [
            (r#"{"login":"o"}"#, emails),
            (r#"{"id":"1","login":"o"}"#, emails),
            (r#"{"id":-1,"login":"o"}"#, emails),
            (r#"{"id":0,"login":"o"}"#, emails),
            (r#"{"id":1.5,"login":"o"}"#, emails),
            (r#"{"message":"Bad credentials"}"#, emails),
            ("", emails),
            (user, "{}"),
            (user, r#"[{"email":"a@example.com","primary":true}]"#),
            (
                user,
                r#"[{"email":"a@example.com","primary":true,"verified":"true"}]"#,
            ),
            (
                user,
                r#"[{"email":"a@example.com","primary":true,"verified":true},{"email":"b@example.com","primary":true,"verified":true}]"#,
            ),
        ] {
            assert_eq!(
                identity(user, emails).expect_err(user).code,
                RefusalCode::GitHubMalformed,
                "{user} {emails}"
            );
        }
        for (status, content_type, body) in [
            (401, JSON, user),
            (302, JSON, user),
            (200, "text/html", user),
            (
                200,
                JSON,
                &format!("{user}{}", " ".repeat(API_MAX_BYTES)) as &str,
            ),
        ] {
            assert!(
                GitHubUser::judge(status, content_type, body.as_bytes()).is_err(),
                "{status} {content_type}"
            );
        }
        let largest = padded(user, 256 * 1024);
        assert!(GitHubUser::judge(200, JSON, largest.as_bytes()).is_ok());
    }

    /// <https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api>
    #[test]
    fn calls_say_what_the_api_asks_for() {
        let names = GitHub::api_headers().map(|(name, _)| name);
        assert_eq!(names, ["accept", "x-github-api-version", "user-agent"]);
        let values = GitHub::api_headers().map(|(_, value)| value);
        assert_eq!(
            values,
            ["application/vnd.github+json", "2022-11-28", "gatelet"]
        );
    }

    #[test]
    fn servers_have_their_own_addresses() {
        let public = GitHub::public();
        assert_eq!(
            public.endpoints().authorization.as_str(),
            "https://github.com/login/oauth/authorize"
        );
        assert_eq!(
            public.endpoints().token.as_str(),
            "https://github.com/login/oauth/access_token"
        );
        assert_eq!(public.user_url().as_str(), "https://api.github.com/user");
        let local = GitHub::enterprise("http://localhost:4000/", Some("http://127.0.0.1:4001"))
            .expect("loopback");
        assert_eq!(
            local.endpoints().token.as_str(),
            "http://localhost:4000/login/oauth/access_token"
        );
        assert_eq!(
            local.emails_url().as_str(),
            "http://127.0.0.1:4001/user/emails?per_page=100"
        );
        assert_eq!(
            GitHub::enterprise("https://git.example", None)
                .expect("a server")
                .user_url()
                .as_str(),
            "https://git.example/api/v3/user"
        );
        for (web, api) in [
            ("http://git.example", None),
            ("https://git.example?x", None),
            ("https://git.example", Some("http://api.example")),
            ("git.example", None),
        ] {
            assert!(GitHub::enterprise(web, api).is_err(), "{web} {api:?}");
        }
    }

    proptest! {
        #[test]
        fn any_body_is_answered(body in ".{0,200}") {
            prop_assert!(GitHubUser::judge(200, JSON, body.as_bytes()).is_err());
        }
    }
}
