//! The table itself: `[variables]` of `spin.toml`, the README and `gatelet config`
//! all say what it says.

/// One variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// As in `spin.toml`; `SPIN_VARIABLE_` and the name in capitals in the environment.
    pub name: &'static str,
    /// What it does, in a sentence or two.
    pub meaning: &'static str,
    /// None where the operator must say.
    pub default: Option<&'static str>,
    /// Whether its value may be shown to nobody.
    pub secret: bool,
    /// Whether one origin may have another value than the next.
    pub scope: Scope,
    /// A value as somebody would write it.
    pub example: &'static str,
    /// The components that read it, in the order of `spin.toml`.
    pub read_by: &'static [&'static str],
}

/// How far one value reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// It may differ from origin to origin.
    Origin,
    /// All origins have it in common: keys, databases, client secrets.
    Process,
}

impl Setting {
    /// The variable of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.name == name)
    }

    /// The variables that a component reads.
    pub fn read_by(component: &str) -> impl Iterator<Item = &'static Self> {
        SETTINGS
            .iter()
            .filter(move |setting| setting.read_by.contains(&component))
    }
}

/// What people read and programs do not. The gateway has no room for it, and
/// prints none of it.
const fn prose(text: &'static str) -> &'static str {
    if cfg!(feature = "sign-in") { text } else { "" }
}

const BOTH: &[&str] = &["gateway", "auth"];
const GATEWAY: &[&str] = &["gateway"];
const AUTH: &[&str] = &["auth"];

/// Every variable, in the order in which people want to read about them.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "base_url",
        meaning: prose(
            "The address that visitors use: scheme, host and port. Cookies, redirect URIs and links follow from it.",
        ),
        default: Some("http://localhost:3000"),
        secret: false,
        example: prose("https://app.example.com"),
        scope: Scope::Origin,
        read_by: BOTH,
    },
    Setting {
        name: "upstream",
        meaning: prose("Where your app listens: scheme, host and port."),
        default: Some("http://demo.spin.internal"),
        secret: false,
        example: prose("http://localhost:8080"),
        scope: Scope::Origin,
        read_by: GATEWAY,
    },
    Setting {
        name: "session_keys",
        meaning: prose(
            "Keys that sign cookies, `id:base64url` each, separated by commas. The first signs, all verify. Make one with `gatelet keys new`.",
        ),
        default: None,
        secret: true,
        example: prose("k2:…,k1:…"),
        scope: Scope::Process,
        read_by: BOTH,
    },
    Setting {
        name: "database_url",
        meaning: prose(
            "Where users and sessions are kept: `sqlite:default`, which needs no server, or a Postgres URL.",
        ),
        default: Some("sqlite:default"),
        secret: true,
        example: prose("postgres://gatelet:secret@db.example.com/gatelet"),
        scope: Scope::Process,
        read_by: BOTH,
    },
    Setting {
        name: "database_host",
        meaning: prose(
            "The Postgres server that components may connect to: the host and port of `database_url`.",
        ),
        default: Some("postgres://localhost:5432"),
        secret: false,
        example: prose("postgres://db.example.com:5432"),
        scope: Scope::Process,
        read_by: &[],
    },
    Setting {
        name: "session_fresh_seconds",
        meaning: prose(
            "How long a session cookie is believed before the database is asked again. A sign-out elsewhere takes effect within it. 0 asks every time.",
        ),
        default: Some("60"),
        secret: false,
        example: prose("10"),
        scope: Scope::Origin,
        read_by: BOTH,
    },
    Setting {
        name: "session_idle_seconds",
        meaning: prose("How long a session lasts without being used."),
        default: Some("604800"),
        secret: false,
        example: prose("3600"),
        scope: Scope::Origin,
        read_by: BOTH,
    },
    Setting {
        name: "session_lifetime_seconds",
        meaning: prose("How long a session lasts, however much it is used."),
        default: Some("2592000"),
        secret: false,
        example: prose("86400"),
        scope: Scope::Origin,
        read_by: AUTH,
    },
    Setting {
        name: "cookie_domain",
        meaning: prose("A domain whose hosts share sessions. Empty: every host has its own."),
        default: Some(""),
        secret: false,
        example: prose("example.com"),
        scope: Scope::Origin,
        read_by: BOTH,
    },
    Setting {
        name: "insecure_http",
        meaning: prose(
            "`allow` accepts a plain HTTP `base_url` that others can reach, and with it that sessions can be stolen on the way.",
        ),
        default: Some("refuse"),
        secret: false,
        example: prose("allow"),
        scope: Scope::Origin,
        read_by: BOTH,
    },
    Setting {
        name: "trusted_proxies",
        meaning: prose(
            "Addresses and networks, separated by commas, of proxies in front whose X-Forwarded-For, -Proto and -Host are believed.",
        ),
        default: Some(""),
        secret: false,
        example: prose("10.0.0.0/8, ::1"),
        scope: Scope::Process,
        read_by: BOTH,
    },
    Setting {
        name: "public_paths",
        meaning: prose(
            "Paths that are open without signing in, separated by commas: `/exact` or `/below/*`.",
        ),
        default: Some(""),
        secret: false,
        example: prose("/robots.txt, /assets/*"),
        scope: Scope::Origin,
        read_by: BOTH,
    },
    Setting {
        name: "access_rules",
        meaning: prose(
            "Who may see what, as `METHODS PATH WHO` separated by semicolons; methods may be left out. WHO is `public`, `signed-in`, `passphrase`, `org` with email domains (a verified address at one of them), or several of these with `or` between. The most specific path counts, then the rule that names the method; what no rule names is for those signed in, unless a rule for `/*` says otherwise.",
        ),
        default: Some(""),
        secret: false,
        example: prose(
            "GET /docs/* public; /admin/* org acme.com, acme.org; /* signed-in or passphrase",
        ),
        scope: Scope::Origin,
        read_by: BOTH,
    },
    Setting {
        name: "passphrase_hash",
        meaning: prose(
            "The Argon2id hash of the one passphrase that rules with `passphrase` ask for. Make one with `gatelet keys passphrase`. A new one ends what the old one opened.",
        ),
        default: Some(""),
        secret: false,
        example: prose("$argon2id$v=19$m=19456,t=2,p=1$…$…"),
        scope: Scope::Origin,
        read_by: BOTH,
    },
    Setting {
        name: "site_name",
        meaning: prose("What pages call the site."),
        default: Some("Gatelet"),
        secret: false,
        example: prose("Acme"),
        scope: Scope::Origin,
        read_by: BOTH,
    },
    Setting {
        name: "sign_up",
        meaning: prose("`closed` lets only existing users in."),
        default: Some("open"),
        secret: false,
        example: prose("closed"),
        scope: Scope::Origin,
        read_by: AUTH,
    },
    Setting {
        name: "password_sign_in",
        meaning: prose("`off` leaves identity providers as the only way in."),
        default: Some("on"),
        secret: false,
        example: prose("off"),
        scope: Scope::Origin,
        read_by: AUTH,
    },
    Setting {
        name: "google_client_id",
        meaning: prose(
            "Client ID at Google. Set with its secret, it turns sign-in with Google on.",
        ),
        default: Some(""),
        secret: false,
        example: prose("1234-abcd.apps.googleusercontent.com"),
        scope: Scope::Process,
        read_by: AUTH,
    },
    Setting {
        name: "google_client_secret",
        meaning: prose("Client secret at Google."),
        default: Some(""),
        secret: true,
        example: prose("…"),
        scope: Scope::Process,
        read_by: AUTH,
    },
    Setting {
        name: "github_client_id",
        meaning: prose(
            "Client ID at GitHub. Set with its secret, it turns sign-in with GitHub on.",
        ),
        default: Some(""),
        secret: false,
        example: prose("Iv1.abcd"),
        scope: Scope::Process,
        read_by: AUTH,
    },
    Setting {
        name: "github_client_secret",
        meaning: prose("Client secret at GitHub."),
        default: Some(""),
        secret: true,
        example: prose("…"),
        scope: Scope::Process,
        read_by: AUTH,
    },
    Setting {
        name: "oidc_providers",
        meaning: prose(
            "Other OpenID Connect providers, as a JSON array; `name`, `scopes` and `algorithms` may be left out.",
        ),
        default: Some(""),
        secret: false,
        example: prose(
            r#"[{"id":"acme","name":"Acme","issuer":"https://login.acme.example","client_id":"gatelet"}]"#,
        ),
        scope: Scope::Process,
        read_by: AUTH,
    },
    Setting {
        name: "oidc_client_secrets",
        meaning: prose("Their client secrets, as a JSON object from provider id to secret."),
        default: Some(""),
        secret: true,
        example: prose(r#"{"acme":"…"}"#),
        scope: Scope::Process,
        read_by: AUTH,
    },
    Setting {
        name: "provider_hosts",
        meaning: prose("The hosts that sign-in may connect to for identity providers."),
        default: Some("https://*:443"),
        secret: false,
        example: prose("https://login.acme.example:443"),
        scope: Scope::Process,
        read_by: &[],
    },
    Setting {
        name: "providers",
        meaning: prose(
            "The providers to sign in with, by id, separated by commas. Empty: all that are configured. `none` for none.",
        ),
        default: Some(""),
        secret: false,
        example: prose("google, acme"),
        scope: Scope::Origin,
        read_by: AUTH,
    },
    Setting {
        name: "relay",
        meaning: prose(
            "The base URL of the origin whose redirect URI identity providers know, when they do not know this one's: it sends their answers on. `off` for none. Previews use their parent's unless they say otherwise.",
        ),
        default: Some(""),
        secret: false,
        example: prose("https://app.example.com"),
        scope: Scope::Origin,
        read_by: AUTH,
    },
    Setting {
        name: "relay_origins",
        meaning: prose(
            "Origins outside its own domain that this one is a relay for, separated by commas: `https://exact.example` or `*.example`.",
        ),
        default: Some(""),
        secret: false,
        example: prose("https://demo.example.net, *.previews.example.net"),
        scope: Scope::Origin,
        read_by: AUTH,
    },
    Setting {
        name: "app_list",
        meaning: prose(
            "The apps that share this login, by id, separated by commas. A listed one may ask /auth/check from its own pages, and people are sent back to it.",
        ),
        default: Some(""),
        secret: false,
        example: prose("armory, codex"),
        scope: Scope::Origin,
        read_by: AUTH,
    },
    Setting {
        name: "app_access",
        meaning: prose(
            "`granted` lets a user use an app only where it was granted: `gatelet apps grant`. The gateway of an origin with an `app_name` then asks the database each time. `all` lets everybody in who is signed in.",
        ),
        default: Some("all"),
        secret: false,
        example: prose("granted"),
        scope: Scope::Origin,
        read_by: BOTH,
    },
    Setting {
        name: "app_name",
        meaning: prose(
            "What the app behind this origin is called: in `app_list`, and in the host names of its previews.",
        ),
        default: Some(""),
        secret: false,
        example: prose("armory"),
        scope: Scope::Origin,
        read_by: BOTH,
    },
    Setting {
        name: "preview_domain",
        meaning: prose(
            "The domain that previews are below, with scheme and port where they are not HTTPS and its own: the preview of branch `feat` of app `shop` is `feat--shop` there. Empty: there are none.",
        ),
        default: Some(""),
        secret: false,
        example: prose("previews.example.com"),
        scope: Scope::Process,
        read_by: AUTH,
    },
    Setting {
        name: "origins_refresh_seconds",
        meaning: prose(
            "How long until a change of the origins takes effect without a restart. 0 looks at the start alone.",
        ),
        default: Some("5"),
        secret: false,
        example: prose("30"),
        scope: Scope::Process,
        read_by: BOTH,
    },
    Setting {
        name: "upstream_hosts",
        meaning: prose(
            "Where the apps of other origins may listen: one entry such as `http://localhost:*`, `http://10.0.0.0/8` or `https://*.apps.example.com`.",
        ),
        default: Some("http://*.spin.internal"),
        secret: false,
        scope: Scope::Process,
        example: prose("http://localhost:*"),
        read_by: &[],
    },
    Setting {
        name: "origins",
        meaning: prose(
            "Origins beside the main one that are written down here and not in the database, as a JSON array. One in the database counts instead where it has the same name.",
        ),
        default: Some(""),
        secret: false,
        scope: Scope::Process,
        example: prose(r#"[{"name":"shop","values":{"base_url":"https://shop.example.com"}}]"#),
        read_by: BOTH,
    },
];
