//! The presets, one row each. Facts are from the providers' own discovery documents and
//! developer documentation, as of November 2026.

use super::known::GITHUB_SCOPES;
use super::{Ask, Field, Preset, Protocol, Quirk};
use crate::provider::{Offline, TokenEndpointAuth};

/// What most providers are asked for.
pub(super) const SCOPES: &str = "openid email profile";

/// The tenant that personal Microsoft accounts are of.
const PERSONAL: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// All presets, those of most people first.
pub static PRESETS: [Preset; 14] = [
    Preset {
        id: "google",
        aliases: &[],
        name: "Google",
        protocol: Protocol::OpenIdConnect("https://accounts.google.com"),
        asks: &[],
        scopes: SCOPES,
        quirks: &[
            // Anybody may make an account with an address that is somewhere else, and
            // keep it when they leave:
            // https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload
            Quirk::DomainClaim("hd", &["gmail.com", "googlemail.com"]),
            Quirk::EndpointsOn("googleapis.com"),
            Quirk::OffersAccounts,
            // https://developers.google.com/identity/protocols/oauth2/web-server#offline
            Quirk::Offline(Offline::Parameters(&[("access_type", "offline")])),
        ],
        register_at: "https://console.cloud.google.com/auth/clients",
        register: "Create a client of type Web application.",
    },
    Preset {
        id: "github",
        aliases: &[],
        name: "GitHub",
        protocol: Protocol::GitHub("https://{domain}"),
        asks: &[Ask {
            field: Field::Domain,
            meaning: "the Enterprise server",
            example: "github.acme.example",
            default: Some("github.com"),
        }],
        scopes: GITHUB_SCOPES,
        quirks: &[Quirk::Offline(Offline::Unasked)],
        register_at: "https://github.com/settings/developers",
        register: "Register an OAuth app, or a GitHub App with the account permission \
                   Email addresses: read.",
    },
    Preset {
        id: "microsoft",
        aliases: &["entra", "azureAd", "azure-ad", "azure"],
        name: "Microsoft",
        protocol: Protocol::OpenIdConnect("https://login.microsoftonline.com/{tenant}/v2.0"),
        asks: &[Ask {
            field: Field::Tenant,
            meaning: "the directory (tenant) id; organizations, common or consumers for many",
            example: "8a1f0c52-5f0e-4d0a-9d43-2f6f1f0b7c11",
            default: None,
        }],
        scopes: SCOPES,
        quirks: &[
            Quirk::EndpointsOn("microsoft.com"),
            Quirk::OffersAccounts,
            // https://learn.microsoft.com/entra/identity-platform/scopes-oidc#the-offline_access-scope
            Quirk::Offline(Offline::Scope),
            Quirk::SharedTenants(
                &["organizations", "common"],
                "https://login.microsoftonline.com/{tenant}/v2.0/.well-known/openid-configuration",
            ),
            Quirk::NamedTenant("consumers", PERSONAL),
        ],
        register_at: "https://entra.microsoft.com/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade",
        register: "Register an application with the platform Web, and add the optional \
                   claims email and xms_edov to its ID token: without xms_edov no address \
                   is verified; with sid too, signing out there signs out here.",
    },
    Preset {
        id: "apple",
        aliases: &[],
        name: "Apple",
        protocol: Protocol::OpenIdConnect("https://appleid.apple.com"),
        asks: &[],
        // It knows no `profile`.
        scopes: "openid email name",
        quirks: &[
            Quirk::Offline(Offline::Unasked),
            Quirk::FormPost,
            Quirk::TokenEndpointAuth(TokenEndpointAuth::Post),
            // https://developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret
            Quirk::SignedSecret("https://appleid.apple.com"),
        ],
        register_at: "https://developer.apple.com/account/resources/identifiers/list/serviceId",
        register: "Make a Services ID, which is the client id, and a key for Sign in with \
                   Apple.",
    },
    Preset {
        id: "auth0",
        aliases: &[],
        name: "Auth0",
        // With the slash.
        protocol: Protocol::OpenIdConnect("https://{domain}/"),
        asks: &[Ask {
            field: Field::Domain,
            meaning: "the tenant's domain, or a custom one",
            example: "acme.eu.auth0.com",
            default: None,
        }],
        scopes: SCOPES,
        quirks: &[Quirk::Offline(Offline::Scope)],
        register_at: "https://manage.auth0.com/#/applications",
        register: "Create a Regular Web Application, which signs with RS256.",
    },
    Preset {
        id: "okta",
        aliases: &[],
        name: "Okta",
        protocol: Protocol::OpenIdConnect("https://{domain}"),
        asks: &[Ask {
            field: Field::Domain,
            meaning: "the org's domain; with /oauth2/default for that authorization server",
            example: "acme.okta.com",
            default: None,
        }],
        scopes: SCOPES,
        quirks: &[Quirk::Offline(Offline::Scope)],
        register_at: "https://login.okta.com",
        register: "Create an app integration of type OIDC, Web Application.",
    },
    Preset {
        id: "cognito",
        aliases: &["awsCognito", "aws-cognito"],
        name: "Amazon Cognito",
        protocol: Protocol::OpenIdConnect("https://cognito-idp.{region}.amazonaws.com/{pool}"),
        asks: &[
            Ask {
                field: Field::Region,
                meaning: "the pool's region",
                example: "eu-central-1",
                default: None,
            },
            Ask {
                field: Field::Pool,
                meaning: "the user pool's id",
                example: "eu-central-1_AbCdEf123",
                default: None,
            },
            Ask {
                field: Field::Domain,
                meaning: "the pool's domain, which has its endpoints",
                example: "acme.auth.eu-central-1.amazoncognito.com",
                default: None,
            },
        ],
        scopes: SCOPES,
        quirks: &[
            Quirk::Offline(Offline::Unasked),
            Quirk::EndpointsAt("{domain}"),
        ],
        register_at: "https://console.aws.amazon.com/cognito/v2/idp/user-pools",
        register: "Add an app client of type Traditional web application, with the scopes \
                   openid, email and profile and the authorization code grant.",
    },
    Preset {
        id: "logto",
        aliases: &[],
        name: "Logto",
        protocol: Protocol::OpenIdConnect("https://{domain}/oidc"),
        asks: &[Ask {
            field: Field::Domain,
            meaning: "the tenant's domain, or your own server",
            example: "acme.logto.app",
            default: None,
        }],
        scopes: SCOPES,
        quirks: &[],
        register_at: "https://cloud.logto.io",
        register: "Create an application of type Traditional web.",
    },
    Preset {
        id: "clerk",
        aliases: &[],
        name: "Clerk",
        protocol: Protocol::OpenIdConnect("https://{domain}"),
        asks: &[Ask {
            field: Field::Domain,
            meaning: "the host of the Frontend API URL",
            example: "clerk.acme.com",
            default: None,
        }],
        scopes: SCOPES,
        quirks: &[Quirk::Offline(Offline::Scope)],
        register_at: "https://dashboard.clerk.com/last-active?path=oauth-applications",
        register: "Add an OAuth application with the scopes openid, email and profile.",
    },
    Preset {
        id: "workos",
        aliases: &["authkit"],
        name: "WorkOS",
        protocol: Protocol::OpenIdConnect("https://{domain}"),
        asks: &[Ask {
            field: Field::Domain,
            meaning: "the AuthKit domain",
            example: "acme.authkit.app",
            default: None,
        }],
        scopes: SCOPES,
        // https://workos.com/docs/reference/workos-connect/token
        quirks: &[
            Quirk::Offline(Offline::Scope),
            Quirk::TokenEndpointAuth(TokenEndpointAuth::Post),
        ],
        register_at: "https://dashboard.workos.com",
        register: "Create a Connect application of type OAuth.",
    },
    Preset {
        id: "gitlab",
        aliases: &[],
        name: "GitLab",
        protocol: Protocol::OpenIdConnect("https://{domain}"),
        asks: &[Ask {
            field: Field::Domain,
            meaning: "your own server",
            example: "gitlab.acme.example",
            default: Some("gitlab.com"),
        }],
        scopes: SCOPES,
        quirks: &[Quirk::Offline(Offline::Unasked)],
        register_at: "https://gitlab.com/-/user_settings/applications",
        register: "Add a confidential application with the scopes openid, email and profile.",
    },
    Preset {
        id: "keycloak",
        aliases: &[],
        name: "Keycloak",
        protocol: Protocol::OpenIdConnect("https://{domain}/realms/{realm}"),
        asks: &[
            Ask {
                field: Field::Domain,
                meaning: "the server; with /auth before version 17",
                example: "keycloak.acme.example",
                default: None,
            },
            Ask {
                field: Field::Realm,
                meaning: "the realm",
                example: "acme",
                default: None,
            },
        ],
        scopes: SCOPES,
        quirks: &[Quirk::Offline(Offline::Unasked)],
        register_at: "https://www.keycloak.org/docs/latest/server_admin/#_oidc_clients",
        register: "Create an OpenID Connect client with Client authentication on, and \
                   switch Verify email on in the realm.",
    },
    Preset {
        id: "discord",
        aliases: &[],
        name: "Discord",
        protocol: Protocol::OpenIdConnect("https://discord.com"),
        asks: &[],
        // It knows no `profile`.
        scopes: "openid email identify",
        quirks: &[Quirk::Offline(Offline::Unasked)],
        register_at: "https://discord.com/developers/applications",
        register: "Create an application, and add the redirect URI under OAuth2.",
    },
    Preset {
        id: "linkedin",
        aliases: &[],
        name: "LinkedIn",
        protocol: Protocol::OpenIdConnect("https://www.linkedin.com/oauth"),
        asks: &[],
        scopes: SCOPES,
        // https://learn.microsoft.com/linkedin/consumer/integrations/self-serve/sign-in-with-linkedin-v2
        quirks: &[
            Quirk::Offline(Offline::Unasked),
            Quirk::TokenEndpointAuth(TokenEndpointAuth::Post),
            Quirk::NonceMissing,
            Quirk::PkceRefused,
        ],
        register_at: "https://www.linkedin.com/developers/apps",
        register: "Create an app and request the product Sign In with LinkedIn using OpenID \
                   Connect.",
    },
];
