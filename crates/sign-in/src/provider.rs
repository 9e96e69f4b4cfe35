//! With whom may people sign in? Identity providers as the operator configured
//! them: the presets, and any OpenID Connect issuer.

use core::fmt;

use crate::endpoint::Issuer;
use crate::github::GitHub;
use gatelet_core::secret::Secret;

/// Most providers at once.
pub const PROVIDERS_MAX: usize = 16;
const ID_MAX_BYTES: usize = 32;

/// A provider's name in URLs, headers and the database: `[a-z0-9-]{1,32}`.
/// `password` is none: it names the way to sign in without a provider.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderId(String);

/// Signature algorithms of ID tokens that can be configured (RFC 7518 §3.1, RFC 8037).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, which every OpenID provider must offer.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

/// How the client says who it is at the token endpoint (OpenID Connect Core 1.0 §9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenEndpointAuth {
    /// `client_secret_basic`: HTTP Basic.
    Basic,
    /// `client_secret_post`: in the body.
    Post,
    /// `none`: a public client, whom PKCE alone protects.
    Public,
}

/// What a provider speaks.
#[derive(Clone, Debug)]
pub enum ProviderKind {
    /// OpenID Connect by discovery.
    OpenIdConnect {
        /// Compared byte by byte with discovery, callback and ID token.
        issuer: Issuer,
        /// What an ID token may be signed with, never taken from the token.
        algorithms: Vec<SigningAlgorithm>,
        /// Configured where discovery does not settle it.
        token_endpoint_auth: Option<TokenEndpointAuth>,
    },
    /// GitHub, or a GitHub Enterprise server: OAuth 2.0 and an API of its own.
    GitHub(GitHub),
}

/// One identity provider.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its name in URLs, headers and the database.
    pub id: ProviderId,
    /// What the button says.
    pub name: String,
    /// What it speaks, and where.
    pub kind: ProviderKind,
    /// Our client identifier there.
    pub client_id: String,
    /// Our client secret there; empty for a public client.
    pub client_secret: Secret,
    /// Scopes, separated by single spaces.
    pub scopes: String,
}

/// The configured providers, in the order in which their buttons stand.
#[derive(Clone, Debug, Default)]
pub struct Providers(Vec<Provider>);

impl Providers {
    /// Takes providers with distinct ids. The error is one line.
    pub fn new(providers: Vec<Provider>) -> Result<Self, String> {
        if providers.len() > PROVIDERS_MAX {
            return Err(format!(
                "{} providers; at most {PROVIDERS_MAX} can be configured",
                providers.len()
            ));
        }
        for (position, provider) in providers.iter().enumerate() {
            if providers[..position]
                .iter()
                .any(|earlier| earlier.id == provider.id)
            {
                return Err(format!("two providers have the id `{}`", provider.id));
            }
        }
        Ok(Self(providers))
    }

    /// The provider of this id, as it stands in a path.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.id.as_str() == id)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Provider> {
        self.0.iter()
    }

    /// Whether none is configured.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Provider {
    /// Google, by OpenID Connect.
    #[must_use]
    pub fn google(client_id: String, client_secret: Secret) -> Self {
        Self {
            id: ProviderId("google".into()),
            name: "Google".into(),
            kind: ProviderKind::OpenIdConnect {
                issuer: Issuer::parse("https://accounts.google.com")
                    .expect("the literal is an issuer"),
                algorithms: vec![SigningAlgorithm::Rs256],
                token_endpoint_auth: None,
            },
            client_id,
            client_secret,
            scopes: "openid email profile".into(),
        }
    }

    /// GitHub.
    #[must_use]
    pub fn github(client_id: String, client_secret: Secret) -> Self {
        Self {
            id: ProviderId("github".into()),
            name: "GitHub".into(),
            kind: ProviderKind::GitHub(GitHub::public()),
            client_id,
            client_secret,
            scopes: "read:user user:email".into(),
        }
    }

    /// Who vouches for this provider's accounts, as a URL: with the subject, what an
    /// account is known by. The provider's id may come to mean another one.
    #[must_use]
    pub fn account_issuer(&self) -> &str {
        match &self.kind {
            ProviderKind::OpenIdConnect {
                issuer,
                algorithms: _,
                token_endpoint_auth: _,
            } => issuer.as_str(),
            ProviderKind::GitHub(github) => github.web(),
        }
    }

    /// The issuer, where the provider speaks OpenID Connect.
    #[must_use]
    pub fn issuer(&self) -> Option<&Issuer> {
        match &self.kind {
            ProviderKind::OpenIdConnect {
                issuer,
                algorithms: _,
                token_endpoint_auth: _,
            } => Some(issuer),
            ProviderKind::GitHub(_) => None,
        }
    }

    /// The redirect URI to register with the provider and to send to it:
    /// `<base URL>/auth/callback/<id>`, whichever path the callback comes in on.
    #[must_use]
    pub fn redirect_uri(&self, base_url: &str) -> String {
        format!(
            "{}/auth/callback/{}",
            base_url.trim_end_matches('/'),
            self.id
        )
    }
}

impl ProviderId {
    /// Takes `[a-z0-9-]{1,32}`, `password` excepted.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=ID_MAX_BYTES).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && text != "password";
        fits.then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProviderId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl SigningAlgorithm {
    /// All that can be configured.
    pub const ALL: [Self; 3] = [Self::Rs256, Self::Es256, Self::EdDsa];

    /// Its name in JOSE: `RS256`, `ES256`, `EdDSA`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The algorithm of this name in JOSE.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str() == name)
    }
}

impl TokenEndpointAuth {
    /// Its name in OAuth.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
            Self::Public => "none",
        }
    }

    /// The method of this name in OAuth.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Basic, Self::Post, Self::Public]
            .into_iter()
            .find(|method| method.as_str() == name)
    }
}
