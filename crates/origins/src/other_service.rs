//! What do the variables of an app's own auth service mean here? For those who come from
//! NetScript's `auth-api`, Better Auth, Auth.js or WorkOS: what is a setting, what is a
//! flag, and why the rest comes to nothing. A secret becomes no setting; it is said where
//! it belongs.

use gatelet_core::base_url::BaseUrl;
use gatelet_settings::Setting;
use gatelet_sign_in::callback_path;
use serde_json::json;

use crate::translation::{Outcome, Remark, Said, Translation};

/// Names that say by themselves that a file is such a service's.
const PREFIXES: [&str; 4] = ["NETSCRIPT_AUTH_", "BETTER_AUTH_", "WORKOS_", "NEXTAUTH_"];
const BACKEND: &str = "NETSCRIPT_AUTH_BACKEND";
const CLIENT_ID: &str = "NETSCRIPT_AUTH_CLIENT_ID";
const ISSUER: &str = "NETSCRIPT_AUTH_ISSUER";
const AUTHORIZATION: &str = "NETSCRIPT_AUTH_AUTHORIZATION_ENDPOINT";
const REDIRECT_URI: &str = "NETSCRIPT_AUTH_REDIRECT_URI";
const SCOPES: &str = "NETSCRIPT_AUTH_SCOPES";
const INSECURE: &str = "NETSCRIPT_AUTH_ALLOW_INSECURE_REQUESTS";
/// Where the app is, in the order in which they count.
const BASE_URLS: [&str; 5] = [
    "BETTER_AUTH_URL",
    "NEXTAUTH_URL",
    "AUTH_URL",
    "PUBLIC_URL",
    REDIRECT_URI,
];
/// Names that many apps have, and that say nothing by themselves.
const COMPANIONS: [&str; 5] = [
    "AUTH_URL",
    "AUTH_SECRET",
    "PUBLIC_URL",
    "PORT",
    "DB_PROVIDER",
];
const PREVIEW_URL: &str = "${PREVIEW_URL}";
const GOOGLE: &str = "https://accounts.google.com";
const GITHUB: &str = "https://github.com/";
/// The provider's id here, where its service gave it none.
const PROVIDER_ID: &str = "oidc";
const USUAL_SCOPES: &str = "openid email profile";

/// Whether a variable is one of theirs, by its name.
#[must_use]
pub fn is_name(name: &str) -> bool {
    COMPANIONS.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Whether a file with variables of these names was written for such a service.
pub fn is_such_a_service<'a>(names: impl IntoIterator<Item = &'a str>) -> bool {
    let says_so = |name: &str| PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    names.into_iter().any(says_so)
}

/// Translates variables by name and value, as [`crate::other_stack::translate`] does, and
/// says a line of each. No value of a secret is in any of them.
pub fn translate<'a>(
    variables: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Translation, Vec<Remark>> {
    let theirs = Theirs(Said::read(variables));
    let mut to = Outcome::default();
    theirs.base_url(&mut to);
    theirs.provider(&mut to);
    for (name, value) in theirs.0.iter() {
        theirs.other(name, value, &mut to);
    }
    to.told()
}

struct Theirs<'a>(Said<'a>);

impl Theirs<'_> {
    /// Where people find it.
    fn base_url(&self, to: &mut Outcome) {
        let mut counted: Option<(&str, String)> = None;
        for name in BASE_URLS {
            let Some(value) = self.0.get(name) else {
                continue;
            };
            if value.contains(PREVIEW_URL) {
                to.note(
                    name,
                    "is a preview's: every preview here has a base URL of its own, which `gatelet preview create` is told",
                );
                continue;
            }
            let Some(base_url) = origin_of(value) else {
                to.refuse(name, "is no URL, such as https://app.example.com");
                continue;
            };
            if name == REDIRECT_URI {
                self.redirect_uri(value, &base_url, to);
            }
            match &counted {
                None => {
                    to.set(vec![name], Setting::BaseUrl, base_url.as_str());
                    counted = Some((name, base_url));
                }
                Some((_, said)) if *said == base_url => {
                    to.note(name, "says the same base_url once more");
                }
                Some((first, _)) => {
                    to.note(name, format!("does not count beside {first}: an origin has one base_url; others are made with `gatelet origins set`"));
                }
            }
        }
    }

    fn redirect_uri(&self, value: &str, base_url: &str, to: &mut Outcome) {
        let path = value.strip_prefix(base_url).unwrap_or_default();
        let shared = callback_path::SHARED;
        to.note(
            REDIRECT_URI,
            match path == shared {
                true => format!("is right as it is registered: sign-ins that the app begins come back to {base_url}{shared}; for Gatelet's own pages register {base_url}/auth/callback/ID too, with the provider's id"),
                false => format!("is no path of Gatelet's: register {base_url}{shared} with the provider, and {base_url}/auth/callback/ID for Gatelet's own pages"),
            },
        );
    }

    /// Who vouches for people.
    fn provider(&self, to: &mut Outcome) {
        const SECRET: &str = "NETSCRIPT_AUTH_CLIENT_SECRET";
        let asked = [ISSUER, AUTHORIZATION].map(|name| self.0.get(name).unwrap_or_default());
        let [issuer, authorization] = asked;
        let is_google =
            issuer == GOOGLE || (issuer.is_empty() && authorization.starts_with(GOOGLE));
        let is_github = issuer.is_empty() && authorization.starts_with(GITHUB);
        let client_id = self.0.get(CLIENT_ID);
        if client_id.is_none() && (!issuer.is_empty() || !authorization.is_empty()) {
            to.refuse(
                CLIENT_ID,
                "is missing: a provider is set up by its client id",
            );
        }
        let secret = match (is_google, is_github) {
            (true, _) => "google_client_secret",
            (_, true) => "github_client_secret",
            _ => "oidc_client_secrets, as {\"oidc\":\"…\"}",
        };
        if self.0.get(SECRET).is_some() {
            to.note(SECRET, format!("is a secret, and is not written down: give it to {secret} with `gatelet set NAME -`, which reads it from standard input"));
        }
        let Some(client_id) = client_id else {
            return;
        };
        if is_google || is_github {
            let setting = match is_google {
                true => Setting::GoogleClientId,
                false => Setting::GithubClientId,
            };
            let names = [CLIENT_ID, ISSUER].into_iter();
            let of = names.filter(|name| self.0.get(name).is_some()).collect();
            to.set(of, setting, client_id);
            if self.0.get(SCOPES).is_some() {
                to.note(SCOPES, "comes to nothing: Gatelet asks this provider for what it needs, address and name");
            }
            return;
        }
        if issuer.is_empty() {
            to.refuse(ISSUER, "is missing: Gatelet reads a provider's endpoints from its issuer's discovery document. Set it, such as https://login.example.com");
            return;
        }
        let mut entry = json!({ "id": PROVIDER_ID, "issuer": issuer, "client_id": client_id });
        let mut of = vec![CLIENT_ID, ISSUER];
        if let Some(scopes) = self.0.get(SCOPES) {
            of.push(SCOPES);
            let words: Vec<_> = scopes
                .split([' ', ','])
                .filter(|word| !word.is_empty())
                .collect();
            let scopes = words.join(" ");
            if !words.contains(&"openid") {
                to.refuse(
                    SCOPES,
                    "has no openid among them, without which a provider does not say who it is",
                );
            } else if scopes != USUAL_SCOPES {
                entry["scopes"] = scopes.into();
            }
        }
        to.set(of, Setting::OidcProviders, json!([entry]).to_string());
    }

    fn is_workos(&self) -> bool {
        self.0.get(BACKEND) == Some("workos")
    }

    /// Its sessions go on to count, by the tables that `auth.prisma` maps.
    fn better_auth(&self, to: &mut Outcome) {
        to.set(vec![BACKEND], Setting::AuthBackend, "better-auth");
        to.set(
            vec![BACKEND],
            Setting::BetterAuthTables,
            "auth_users, auth_sessions",
        );
        to.set(vec![BACKEND], Setting::BetterAuthColumns, "snake");
        if self.0.get("BETTER_AUTH_SECRET").is_none() {
            to.note(BACKEND, "needs Better Auth's secret, BETTER_AUTH_SECRET: give it to better_auth_secret with `gatelet set better_auth_secret -`");
        }
        to.note(BACKEND, "reads auth_users and auth_sessions where better_auth_database_url says; Gatelet's own tables have the same names, so database_url must name another database, or better_auth_tables a schema. Say with sign_in_url where people sign in");
    }

    /// All that has been said nothing of.
    fn other(&self, name: &str, value: &str, to: &mut Outcome) {
        const KEY: &str = "becomes no key: whoever knew the old secret must sign nothing. Make one with `gatelet keys new` and keep it in session_keys; everybody signs in once more";
        match name {
            BACKEND => match value {
                "kv-oauth" => to.note(BACKEND, "is what Gatelet does by itself: sign-in with a provider, sessions in its database"),
                "better-auth" => self.better_auth(to),
                "workos" => {
                    to.set(vec![BACKEND], Setting::AuthBackend, "workos");
                    to.note(BACKEND, "leads people to where they sign in: say with sign_in_url where that is");
                }
                _ => to.refuse(BACKEND, "is none of kv-oauth, workos and better-auth"),
            },
            "NETSCRIPT_AUTH_TOKEN_ENDPOINT" | "NETSCRIPT_AUTH_USERINFO_ENDPOINT" | AUTHORIZATION => {
                to.note(name, "comes from the provider's discovery document");
            }
            "NETSCRIPT_AUTH_COOKIE_NAME" => to.note(name, "comes to nothing: the cookie's name follows from base_url, __Host-gatelet with HTTPS"),
            INSECURE => match value {
                "true" => to.set(vec![INSECURE], Setting::InsecureHttp, "allow"),
                "false" => to.note(INSECURE, "is how it is: insecure_http=refuse"),
                _ => to.refuse(INSECURE, "is neither true nor false"),
            },
            "BETTER_AUTH_SECRET" if self.0.get(BACKEND) == Some("better-auth") => to.note(name, "is a secret, and is not written down: give it to better_auth_secret with `gatelet set better_auth_secret -`, which reads it from standard input"),
            "WORKOS_API_KEY" | "WORKOS_COOKIE_PASSWORD" if self.is_workos() => to.note(name, format!("is a secret, and is not written down: give it to {} with `gatelet set NAME -`, which reads it from standard input", name.to_ascii_lowercase())),
            "NETSCRIPT_AUTH_KV_OAUTH_KEY" | "BETTER_AUTH_SECRET" | "NEXTAUTH_SECRET" | "AUTH_SECRET" | "WORKOS_COOKIE_PASSWORD" => to.note(name, KEY),
            "WORKOS_CLIENT_ID" if self.is_workos() => to.set(vec!["WORKOS_CLIENT_ID"], Setting::WorkosClientId, value),
            "WORKOS_API_KEY" => to.note(name, "comes to nothing: Gatelet asks WorkOS by OpenID Connect alone, with a client secret in oidc_client_secrets"),
            "WORKOS_CLIENT_ID" => to.note(name, "becomes no setting by itself: WorkOS is an entry of oidc_providers, with its issuer and this as client_id; docs/providers.md"),
            "PORT" => match value.parse::<u16>().ok().filter(|port| *port > 0) {
                Some(port) => to.note(name, format!("is a flag: `gatelet up --listen 127.0.0.1:{port}`, or the address that others reach")),
                None => to.refuse(name, "is no port, such as 3000"),
            },
            "DB_PROVIDER" => match value {
                "sqlite" => to.set(vec!["DB_PROVIDER"], Setting::DatabaseUrl, "sqlite:default"),
                "postgres" | "postgresql" => to.note(name, "is a setting with a password in it: `gatelet set database_url -` reads postgres://… from standard input, and database_host says where that is"),
                _ => to.refuse(name, "is a database that Gatelet does not keep to: postgres, or sqlite, which is embedded"),
            },
            name if BASE_URLS.contains(&name) || [CLIENT_ID, ISSUER, SCOPES, "NETSCRIPT_AUTH_CLIENT_SECRET"].contains(&name) => {}
            name if is_name(name) => to.note(name, "comes to nothing: Gatelet has no such thing"),
            _ => {}
        }
    }
}

/// Scheme, host and port of a URL.
fn origin_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let base_url = BaseUrl::parse(&format!("{scheme}://{authority}")).ok()?;
    Some(base_url.as_str().trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests;
