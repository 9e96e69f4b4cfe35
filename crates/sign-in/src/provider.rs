//! With whom may people sign in? Identity providers as the operator configured
//! them: the presets, and any OpenID Connect issuer.

use core::fmt;

use crate::authorization::Endpoints;
use crate::claim_rules::ClaimRules;
use crate::client_secret::ClientSecret;
use crate::demands::Demands;
use crate::email::Email;
use crate::endpoint::{EndpointUrl, Issuer};
use crate::github::GitHub;
use crate::identity::ProviderIdentity;
use crate::preset::{Preset, Protocol, known};
use crate::refusal::{Refusal, RefusalCode};

/// Most providers at once.
pub const PROVIDERS_MAX: usize = 16;
const ID_MAX_BYTES: usize = 32;

/// A provider's name in URLs, headers and the database: `[a-z0-9-]{1,32}`.
/// `password` is none: it names the way to sign in without a provider.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProviderId(String);

/// Signature algorithms of ID tokens that can be verified (RFC 7518 §3.1, RFC 8037). No
/// MAC is among them: whoever verifies one could make one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SigningAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256, which every OpenID provider must offer.
    Rs256,
    /// The same with SHA-384.
    Rs384,
    /// The same with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// The same with SHA-384.
    Ps384,
    /// The same with SHA-512.
    Ps512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
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
    OpenIdConnect(Box<OpenIdConnect>),
    /// GitHub, or a GitHub Enterprise server: OAuth 2.0 and an API of its own.
    GitHub(GitHub),
}

/// An OpenID Connect issuer, and what is particular about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenIdConnect {
    /// Compared with discovery, callback and ID token.
    pub issuer: Issuer,
    /// Where the issuer's metadata is, where that is not below the issuer.
    pub discovery_url: Option<EndpointUrl>,
    /// Of an issuer of many tenants, the ones that are let in; empty for all.
    pub tenants: Vec<String>,
    /// Hosts that endpoints may be on, beside the issuer's own site.
    pub endpoint_hosts: Vec<String>,
    /// What an ID token may be signed with, never taken from the token. None for what
    /// discovery lists.
    pub algorithms: Option<Vec<SigningAlgorithm>>,
    /// Configured where discovery does not settle it.
    pub token_endpoint_auth: Option<TokenEndpointAuth>,
    /// How the answer comes back.
    pub response_mode: ResponseMode,
    /// Whether the code is bound to a verifier of ours.
    pub pkce: PkceRule,
    /// Whether an ID token must repeat the nonce.
    pub nonce: NonceRule,
    /// How its claims are read.
    pub claims: ClaimRules,
    /// What is demanded of each sign-in.
    pub demands: Demands,
    /// Whether whoever signs out here is led there, to end the session there too.
    pub ends_session: bool,
}

/// How a provider sends the browser back (OAuth 2.0 Multiple Response Type Encoding
/// Practices §2.1, OAuth 2.0 Form Post Response Mode).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the query, which needs no asking for.
    Query,
    /// By a form that is posted.
    FormPost,
}

/// Whether the code is bound to a verifier that its exchange shows (RFC 7636).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PkceRule {
    /// It is, by the method S256.
    S256,
    /// Danger: the provider refuses a verifier. Then nonce and `state` alone bind the
    /// answer to the browser that asked.
    Without,
}

/// Whether an ID token must repeat the nonce (OpenID Connect Core 1.0 §3.1.3.7, 11.).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NonceRule {
    /// It must.
    Required,
    /// Danger: only where it has one. Then PKCE and `state` alone bind the answer to
    /// the browser that asked.
    UncheckedWhereMissing,
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
    /// By what we show there who we are; empty for a public client.
    pub client_secret: ClientSecret,
    /// Scopes, separated by single spaces.
    pub scopes: String,
    /// More parameters of the authorization request.
    pub authorization_parameters: Vec<(String, String)>,
    /// Domains that verified addresses must be at for anybody to get in; empty for any.
    pub email_domains: Vec<String>,
    /// Whether the tokens that it gives are kept.
    pub keeps_tokens: KeepsTokens,
}

/// Whether a provider's tokens are kept, and what it is asked for then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepsTokens {
    /// They are dropped once somebody is signed in.
    No,
    /// They are kept, sealed; the provider is asked so for what renews them.
    Yes(Offline),
}

/// How a provider is asked for a refresh token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offline {
    /// As the standard says: by the scope `offline_access`, for which people are to be asked
    /// each time (OpenID Connect Core 1.0 §11).
    Standard,
    /// By the scope alone.
    Scope,
    /// By parameters of its own, and nobody gets a second one without being asked again.
    Parameters(&'static [(&'static str, &'static str)]),
    /// Not at all: it gives one, or has none to give.
    Unasked,
}

impl Offline {
    /// The scope to ask for beside the others.
    #[must_use]
    pub const fn scope(self) -> Option<&'static str> {
        match self {
            Self::Standard | Self::Scope => Some("offline_access"),
            Self::Parameters(_) | Self::Unasked => None,
        }
    }

    /// Parameters of the authorization request.
    #[must_use]
    pub const fn parameters(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Parameters(parameters) => parameters,
            Self::Standard | Self::Scope | Self::Unasked => &[],
        }
    }

    /// Whether people have to be asked, each time.
    #[must_use]
    pub const fn needs_consent(self) -> bool {
        matches!(self, Self::Standard | Self::Parameters(_))
    }
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
    pub fn google(client_id: String, client_secret: ClientSecret) -> Self {
        Self::of_preset("google", client_id, client_secret)
    }

    /// GitHub.
    #[must_use]
    pub fn github(client_id: String, client_secret: ClientSecret) -> Self {
        Self::of_preset("github", client_id, client_secret)
    }

    /// One whose preset needs no more than a client.
    fn of_preset(name: &str, client_id: String, client_secret: ClientSecret) -> Self {
        let preset = Preset::named(name).expect("the literal names a preset");
        let kind = match preset.protocol {
            Protocol::OpenIdConnect(issuer) => {
                let issuer = Issuer::parse(issuer).expect("a pattern without a field is an issuer");
                ProviderKind::OpenIdConnect(Box::new(OpenIdConnect::at(issuer)))
            }
            Protocol::GitHub(_) => ProviderKind::GitHub(GitHub::public()),
        };
        Self {
            id: ProviderId(preset.id.into()),
            name: preset.name.into(),
            kind,
            client_id,
            client_secret,
            scopes: preset.scopes.into(),
            authorization_parameters: Vec::new(),
            email_domains: Vec::new(),
            keeps_tokens: KeepsTokens::No,
        }
    }

    /// Who vouches for this provider's accounts, as a URL: with the subject, what an
    /// account is known by, where its identity names no issuer of its own. The
    /// provider's id may come to mean another one, and a host may be spelt anew.
    #[must_use]
    pub fn account_issuer(&self) -> String {
        match &self.kind {
            ProviderKind::OpenIdConnect(oidc) => oidc.issuer.canonical().as_str().to_owned(),
            ProviderKind::GitHub(github) => github.web().to_owned(),
        }
    }

    /// Whether whoever signs out here is led there, to end the session there too.
    #[must_use]
    pub fn ends_session(&self) -> bool {
        match &self.kind {
            ProviderKind::OpenIdConnect(oidc) => oidc.ends_session,
            ProviderKind::GitHub(_) => false,
        }
    }

    /// How it is asked for a refresh token, where its tokens are kept and it has one to
    /// give.
    #[must_use]
    pub fn offline(&self, endpoints: &Endpoints) -> Offline {
        match self.keeps_tokens {
            KeepsTokens::No => Offline::Unasked,
            KeepsTokens::Yes(offline)
                if offline.scope().is_some() && !endpoints.offers_offline_access =>
            {
                Offline::Unasked
            }
            KeepsTokens::Yes(offline) => offline,
        }
    }

    /// Whether the code is bound to a verifier of ours.
    #[must_use]
    pub fn pkce(&self) -> PkceRule {
        match &self.kind {
            ProviderKind::OpenIdConnect(oidc) => oidc.pkce,
            ProviderKind::GitHub(_) => PkceRule::S256,
        }
    }

    /// Judges whether whoever this is may sign in by this provider at all.
    pub fn admit(&self, identity: &ProviderIdentity) -> Result<(), Refusal> {
        if self.email_domains.is_empty() {
            return Ok(());
        }
        let domain = identity.email().map(Email::domain);
        let is_listed = domain.is_some_and(|domain| self.email_domains.iter().any(|d| d == domain));
        match is_listed && identity.email_verified() {
            true => Ok(()),
            false if is_listed && identity.email_is_unknown() => Err(identity.email_refusal()),
            false => Err(Refusal::new(
                RefusalCode::EmailDomain,
                format!(
                    "provider {}: no verified address at any of its email_domains",
                    self.id
                ),
            )),
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

impl OpenIdConnect {
    /// This issuer, with what is known of it and nothing configured.
    #[must_use]
    pub fn at(issuer: Issuer) -> Self {
        Self {
            response_mode: known::response_mode(&issuer),
            claims: ClaimRules::of(&issuer),
            issuer,
            discovery_url: None,
            tenants: Vec::new(),
            endpoint_hosts: Vec::new(),
            algorithms: None,
            token_endpoint_auth: None,
            pkce: PkceRule::S256,
            nonce: NonceRule::Required,
            demands: Demands::default(),
            ends_session: false,
        }
    }

    /// By which accounts go of whoever issues as this: the issuer itself, or of many tenants
    /// the one of a tenant that is let in. None of anybody else.
    #[must_use]
    pub fn issuer_of_accounts(&self, said: &Issuer) -> Option<String> {
        if !self.issuer.is_of_tenants() {
            let is_said = self.issuer.canonical() == said.canonical();
            return is_said.then(|| said.canonical().as_str().to_owned());
        }
        let tenant = self.issuer.tenant_in(said)?;
        let is_let_in = self.lets_in(tenant);
        is_let_in.then(|| said.canonical().as_str().to_owned())
    }

    /// Whether people of this tenant are let in, of an issuer of many.
    pub(crate) fn lets_in(&self, tenant: &str) -> bool {
        let tenants = &self.tenants;
        tenants.is_empty() || tenants.iter().any(|one| one.eq_ignore_ascii_case(tenant))
    }

    /// Where the issuer's metadata is.
    #[must_use]
    pub fn discovery_url(&self) -> EndpointUrl {
        let configured = self.discovery_url.clone();
        configured.unwrap_or_else(|| self.issuer.discovery_url())
    }
}

impl ProviderId {
    /// Takes `[a-z0-9-]{1,32}`; `password`, `passkey` and `email` are ways in of our own.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=ID_MAX_BYTES).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !matches!(text, "password" | "passkey" | "email");
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
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::EdDsa,
    ];

    /// Its name in JOSE: `RS256`, `ES256`, `EdDSA`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::test_provider::provider;
    use gatelet_core::secret::Secret;

    #[test]
    fn only_verified_addresses_at_listed_domains_are_admitted() {
        let somebody = |email: Option<&str>, verified| {
            let id = ProviderId::parse("acme").expect("an id");
            let email = email.map(|email| Email::parse(email).expect("an address"));
            ProviderIdentity::new(id, "1".to_owned(), email, verified, None)
        };
        let mut provider = provider();
        assert_eq!(provider.admit(&somebody(None, false)), Ok(()), "anybody");
        provider.email_domains = vec!["acme.com".to_owned(), "acme.de".to_owned()];
        for (email, verified, admitted) in [
            (Some("ann@acme.com"), true, true),
            (Some("ann@acme.de"), true, true),
            (Some("ann@acme.com"), false, false),
            (Some("ann@evil.example"), true, false),
            (Some("ann@evilacme.com"), true, false),
            (Some("ann@x.acme.com"), true, false),
            (Some("acme.com@evil.example"), true, false),
            (None, true, false),
        ] {
            let judged = provider.admit(&somebody(email, verified));
            let refused = judged.err().map(|refusal| refusal.code);
            let expected = (!admitted).then_some(RefusalCode::EmailDomain);
            assert_eq!(refused, expected, "{email:?} {verified}");
        }
    }

    #[test]
    fn accounts_are_vouched_for_by_an_issuer_or_a_server() {
        assert_eq!(provider().account_issuer(), "https://id.example");
        let github = Provider::github(
            "c".to_owned(),
            ClientSecret::Given(Secret::new("s".to_owned())),
        );
        assert_eq!(github.account_issuer(), "https://github.com");
    }
}
