//! The table itself: `[variables]` of `spin.toml`, the README and `gatelet config`
//! all say what it says.

use core::fmt;

/// How far one value reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// It may differ from origin to origin.
    Origin,
    /// All origins have it in common: keys, databases.
    Process,
    /// A secret, which an origin has of its own as `vault:NAME` alone: what it is stands in
    /// no record.
    Vault,
}

/// A component that is given variables. The store inherits them from these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    /// `gateway`
    Gateway,
    /// `auth`
    Auth,
    /// `console`
    Console,
    /// `vault`
    Vault,
}

/// Declares the settings with all there is to say of each, so that none goes without.
macro_rules! settings {
    ($($case:ident = $name:literal {
        meaning: $meaning:literal,
        default: $default:expr,
        secret: $secret:literal,
        scope: $scope:ident,
        read_by: [$($component:ident),*],
        example: $example:literal,
    })*) => {
        /// One variable. What programs have no use for is in functions of its own: a
        /// component that prints no meaning does not carry any.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Setting {
            $(#[doc = concat!("`", $name, "`")] $case,)*
        }

        impl Setting {
            /// All of them, in the order in which people want to read about them.
            pub const ALL: &[Self] = &[$(Self::$case),*];

            /// As in `spin.toml`; `SPIN_VARIABLE_` and the name in capitals in the
            /// environment.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$case => $name,)* }
            }

            /// What it does, in a sentence or two.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$case => $meaning,)* }
            }

            /// None where the operator must say.
            #[must_use]
            pub const fn default(self) -> Option<&'static str> {
                match self { $(Self::$case => $default,)* }
            }

            /// Whether its value may be shown to nobody.
            #[must_use]
            pub const fn is_secret(self) -> bool {
                match self { $(Self::$case => $secret,)* }
            }

            /// Whether one origin may have another value than the next.
            #[must_use]
            pub const fn scope(self) -> Scope {
                match self { $(Self::$case => Scope::$scope,)* }
            }

            /// The components that read it, in the order of `spin.toml`.
            #[must_use]
            pub const fn read_by(self) -> &'static [Component] {
                match self { $(Self::$case => &[$(Component::$component),*],)* }
            }

            /// A value as somebody would write it.
            #[must_use]
            pub const fn example(self) -> &'static str {
                match self { $(Self::$case => $example,)* }
            }
        }
    };
}

settings! {
    BaseUrl = "base_url" {
        meaning: "The address that visitors use: scheme, host and port. Cookies, redirect URIs and links follow from it.",
        default: Some("http://localhost:3000"),
        secret: false,
        scope: Origin,
        read_by: [Gateway, Auth, Console],
        example: "https://app.example.com",
    }
    Upstream = "upstream" {
        meaning: "Where your app listens: scheme, host and port.",
        default: Some("http://demo.spin.internal"),
        secret: false,
        scope: Origin,
        read_by: [Gateway],
        example: "http://localhost:8080",
    }
    UpstreamHost = "upstream_host" {
        meaning: "Whose `Host` your app gets: `visitor`, the one in the address bar, from which apps make links and judge forms and WebSockets; or `upstream`, the app's own, for servers that know themselves by that name alone. On Spin it is always the app's own.",
        default: Some("visitor"),
        secret: false,
        scope: Origin,
        read_by: [Gateway],
        example: "upstream",
    }
    ForwardAccessToken = "forward_access_token" {
        meaning: "The provider, by its id, whose access token your app gets as `X-Forwarded-Access-Token` with requests of people who have signed in by it, on paths that are not public. Its entry in `oidc_providers` says `keep_tokens`. Empty: none.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Gateway, Auth],
        example: "google",
    }
    ScriptAccessTokens = "script_access_tokens" {
        meaning: "Providers whose access tokens scripts of the origin may have from `/auth/token`, by their ids, separated by commas. Their entries in `oidc_providers` say `keep_tokens`. Empty: none.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "google",
    }
    SessionKeys = "session_keys" {
        meaning: "Keys that sign cookies, `id:base64url` each, separated by commas. The first signs, all verify. Make one with `gatelet keys new`.",
        default: None,
        secret: true,
        scope: Process,
        read_by: [Gateway, Auth, Console, Vault],
        example: "k2:…,k1:…",
    }
    DatabaseUrl = "database_url" {
        meaning: "Where users and sessions are kept: `sqlite:default`, which needs no server, or the URL of a Postgres (`postgres://…`), MySQL or MariaDB (`mysql://…`).",
        default: Some("sqlite:default"),
        secret: true,
        scope: Process,
        read_by: [Gateway, Auth, Console, Vault],
        example: "postgres://gatelet:secret@db.example.com/gatelet",
    }
    SessionStore = "session_store" {
        meaning: "Where is kept when sessions were last used: a key-value store of the host, by its label. Empty: in the database, with everything else of theirs.",
        default: Some(""),
        secret: false,
        scope: Process,
        read_by: [Gateway, Auth, Console],
        example: "key-value:default",
    }
    DatabaseHost = "database_host" {
        meaning: "The database servers that components may connect to, separated by commas. Follows from `database_url`; on Spin it must be set, to one entry.",
        default: Some("postgres://localhost:5432"),
        secret: false,
        scope: Process,
        read_by: [],
        example: "postgres://db.example.com:5432",
    }
    SecretsEncKey = "secrets_enc_key" {
        meaning: "Keys that the vault seals secrets with: 32 random bytes in base64url each, separated by commas. The first seals, all open; `gatelet vault rekey` seals everything under the first. Make one with `gatelet keys secrets`. Empty: there is no vault.",
        default: Some(""),
        secret: true,
        scope: Process,
        read_by: [Vault],
        example: "…",
    }
    SessionFreshSeconds = "session_fresh_seconds" {
        meaning: "How long a session cookie is believed before the database is asked again. A sign-out elsewhere takes effect within it. 0 asks every time; more than half of `session_idle_seconds` counts as that.",
        default: Some("60"),
        secret: false,
        scope: Origin,
        read_by: [Gateway, Auth, Console],
        example: "10",
    }
    SessionGraceSeconds = "session_grace_seconds" {
        meaning: "How much longer a session cookie is believed while the database does not answer, so that its outage is not the apps' too. For as long, sign-outs and bans elsewhere go unseen. 0 lets nobody in whose cookie has to be asked about.",
        default: Some("0"),
        secret: false,
        scope: Origin,
        read_by: [Gateway, Auth, Console],
        example: "600",
    }
    AccountDeletionDays = "account_deletion_days" {
        meaning: "How many days somebody who deletes their account may still come back and keep it. All their sessions end at once.",
        default: Some("7"),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "30",
    }
    SessionIdleSeconds = "session_idle_seconds" {
        meaning: "How long a session lasts without being used. Where apps of one login allow different times, the shortest of those where it was used counts.",
        default: Some("604800"),
        secret: false,
        scope: Origin,
        read_by: [Gateway, Auth, Console],
        example: "3600",
    }
    SessionLifetimeSeconds = "session_lifetime_seconds" {
        meaning: "How long a session lasts, however much it is used.",
        default: Some("2592000"),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "86400",
    }
    CookieDomain = "cookie_domain" {
        meaning: "A domain whose hosts share sessions. Empty: every host has its own.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Gateway, Auth, Console],
        example: "example.com",
    }
    InsecureHttp = "insecure_http" {
        meaning: "`allow` accepts a plain HTTP `base_url` that others can reach, and with it that sessions can be stolen on the way.",
        default: Some("refuse"),
        secret: false,
        scope: Origin,
        read_by: [Gateway, Auth, Console],
        example: "allow",
    }
    TrustedProxies = "trusted_proxies" {
        meaning: "Addresses and networks, separated by commas, of proxies in front whose X-Forwarded-For, -Proto and -Host are believed.",
        default: Some(""),
        secret: false,
        scope: Process,
        read_by: [Gateway, Auth, Console],
        example: "10.0.0.0/8, ::1",
    }
    PassedFields = "passed_fields" {
        meaning: "Request fields, separated by commas, that the app gets although they are no visitor's to send: those that ask for another path or method (`X-HTTP-Method-Override`, `X-Original-URL`) from everybody, those that say who or where somebody is (`X-Real-IP`, `X-Forwarded-Prefix`, `CF-Connecting-IP`, `X-Client-Cert`) from `trusted_proxies`.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Gateway, Auth],
        example: "X-HTTP-Method-Override, CF-Connecting-IP",
    }
    HstsSeconds = "hsts_seconds" {
        meaning: "How long browsers are told to use HTTPS alone for an `https://` base URL (`Strict-Transport-Security`, without subdomains). What the app says itself counts first. 0 says nothing.",
        default: Some("31536000"),
        secret: false,
        scope: Origin,
        read_by: [Gateway, Auth, Console],
        example: "300",
    }
    Login = "login" {
        meaning: "`off` lets everybody through to your app as nobody: it gets no identity fields, no rule counts, and `/auth/*` says that login is off. Accounts stay as they are. `gatelet disable` and `gatelet enable` switch it while Gatelet runs, and what they say counts before this.",
        default: Some("on"),
        secret: false,
        scope: Origin,
        read_by: [Gateway, Auth, Console],
        example: "off",
    }
    PublicPaths = "public_paths" {
        meaning: "Paths that are open without signing in, separated by commas: `/exact` or `/below/*`.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Gateway, Auth],
        example: "/robots.txt, /assets/*",
    }
    AccessRules = "access_rules" {
        meaning: "Who may see what, as `METHODS PATH WHO` separated by semicolons; methods may be left out. WHO is `public`, `signed-in`, `passphrase`, `org` with email domains (a verified address at one of them), `group` with names, or several of these with `or` between. Behind them may stand `with passkey` or `with second-factor`, and `within 10m`: whoever comes by a session must have signed in so, and lately, or is asked to. The most specific path counts, then the rule that names the method; what no rule names is for those signed in, unless a rule for `/*` says otherwise.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Gateway, Auth],
        example: "GET /docs/* public; /admin/* group admins with passkey within 10m; /* org acme.com or passphrase",
    }
    PassphraseHash = "passphrase_hash" {
        meaning: "The Argon2id hash of the one passphrase that rules with `passphrase` ask for. Make one with `gatelet keys passphrase`. A new one ends what the old one opened.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Gateway, Auth],
        example: "$argon2id$v=19$m=19456,t=2,p=1$…$…",
    }
    SiteName = "site_name" {
        meaning: "What pages call the site.",
        default: Some("Gatelet"),
        secret: false,
        scope: Origin,
        read_by: [Gateway, Auth, Console],
        example: "Acme",
    }
    Languages = "languages" {
        meaning: "Languages of pages and letters, separated by commas: of `en`, `de`, `es` and `ar`. A visitor gets the one that the browser likes best, and the first of the list where it likes none of them. One alone is everybody's.",
        default: Some("en, de, es, ar"),
        secret: false,
        scope: Origin,
        read_by: [Gateway, Auth, Console],
        example: "de, en",
    }
    AccentColor = "accent_color" {
        meaning: "The colour of buttons and links, as `#rrggbb`, which must be readable on white. Empty: blue.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Auth, Console],
        example: "#1a5fb4",
    }
    AccentColorDark = "accent_color_dark" {
        meaning: "The same on dark pages. Empty: the nearest to `accent_color` that is readable there.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Auth, Console],
        example: "#99c1f1",
    }
    Logo = "logo" {
        meaning: "A picture in place of the site's first letter: the text of an SVG, a `data:` URL, or a path of the app's that everybody may see. 48 KiB at most, 8 at an origin of its own. `gatelet set logo - < logo.svg`",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Auth, Console],
        example: "/static/logo.svg",
    }
    ThemeCss = "theme_css" {
        meaning: "A style sheet that pages load after their own. 32 KiB at most, 8 at an origin of its own. `gatelet set theme_css - < theme.css`",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Auth, Console],
        example: ".card { border-radius: 0 }",
    }
    SignUp = "sign_up" {
        meaning: "Who may make an account: `open` everybody, `invited` those whom `gatelet users invite` has sent a link, `closed` nobody.",
        default: Some("open"),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "invited",
    }
    SignUpDomains = "sign_up_domains" {
        meaning: "Domains of addresses that may make an account, separated by commas; subdomains are others. Empty: all. Whoever signs up with a password may type any address until it is verified; a provider must vouch for it. An invitation is good for any address.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "acme.com, acme.org",
    }
    AuditRetentionDays = "audit_retention_days" {
        meaning: "How many days is kept what people and operators did: `gatelet audit`.",
        default: Some("90"),
        secret: false,
        scope: Process,
        read_by: [],
        example: "365",
    }
    PasswordSignIn = "password_sign_in" {
        meaning: "`off` leaves identity providers, and `magic_link`, as the ways in.",
        default: Some("on"),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "off",
    }
    SecondFactor = "second_factor" {
        meaning: "Whether signing in takes a second step, after a password or a provider: `optional` for those who have set up an authenticator app or a passkey, `required` for everybody, `off` for nobody.",
        default: Some("optional"),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "required",
    }
    MagicLink = "magic_link" {
        meaning: "`on` lets people sign in by a letter with a link and a code, beside other ways or alone. Needs `mail_url`.",
        default: Some("off"),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "on",
    }
    EmailVerification = "email_verification" {
        meaning: "Whether who signs up confirms the address by a letter: `required` before there is an account, `optional` afterwards, if at all, `off` never. Without `mail_url` it is `off`, and cannot be `required`.",
        default: Some("optional"),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "required",
    }
    Limits = "limits" {
        meaning: "How often passwords, codes, the passphrase, sign-ups and mails may be tried before one has to wait (docs/limits.md). `on`: as listed there; `off`: not limited here; or what is to differ, as `NAME MOST/SECONDS` separated by commas.",
        default: Some("on"),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "password.network 100/600, sign-up.network off",
    }
    RateLimitMax = "rate_limit_max" {
        meaning: "How many requests a network (an IPv4 address, the /64 of an IPv6 address) may send to `/auth` within `rate_limit_window_seconds`. Each costs a call of the database. 0: any number.",
        default: Some("0"),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "100",
    }
    RateLimitWindowSeconds = "rate_limit_window_seconds" {
        meaning: "The window of `rate_limit_max`.",
        default: Some("900"),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "60",
    }
    BreachedPasswords = "breached_passwords" {
        meaning: "`on` refuses a new password that is known from a breach. `breached_passwords_url` is asked for it by the first five digits of its SHA-1, and for nothing else; where that does not answer, the password is taken.",
        default: Some("off"),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "on",
    }
    BreachedPasswordsUrl = "breached_passwords_url" {
        meaning: "Where breached passwords are looked up: a range API such as that of Have I Been Pwned, within `provider_hosts`.",
        default: Some("https://api.pwnedpasswords.com/range/"),
        secret: false,
        scope: Process,
        read_by: [Auth],
        example: "https://pwned.example.com/range/",
    }
    SignInPages = "sign_in_pages" {
        meaning: "Where people of an app that shares its login sign in. `shared`: at the origin that the app has `cookie_domain` from, where `app_list` has the app: one form, and one registration at each provider. `own`: on the app's own host.",
        default: Some("shared"),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "own",
    }
    AuthBackend = "auth_backend" {
        meaning: "Who keeps users and sessions: `gatelet`, which has its own sign-in pages (`kv-oauth` says the same), `better-auth`, whose sessions in its own Postgres tables are read and never written, or `workos`, whose sealed cookie is opened and refreshed. With those people sign in at your app, and an origin's pages lead to `sign_in_url`.",
        default: Some("gatelet"),
        secret: false,
        scope: Origin,
        read_by: [Gateway, Auth, Console],
        example: "better-auth",
    }
    SignInUrl = "sign_in_url" {
        meaning: "Where people sign in with an `auth_backend` that is not `gatelet`: a path of your app that is in `public_paths`, or an `https://` address. `{return_to}` in its query is where they wanted to go; without that, `return_to=` is added.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Gateway, Auth],
        example: "/login?next={return_to}",
    }
    SignOutUrl = "sign_out_url" {
        meaning: "Where people end their session with an `auth_backend` that is not `gatelet`, as `sign_in_url`. Empty: signing out here makes the browser forget that backend's cookies; a session of Better Auth stays in its tables until it runs out, one of WorkOS is ended there.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Gateway, Auth],
        example: "/logout",
    }
    BetterAuthSecret = "better_auth_secret" {
        meaning: "Better Auth's own secret, `BETTER_AUTH_SECRET`, by which its cookies are signed: 32 bytes at least.",
        default: Some(""),
        secret: true,
        scope: Process,
        read_by: [Gateway, Auth],
        example: "…",
    }
    BetterAuthDatabaseUrl = "better_auth_database_url" {
        meaning: "The Postgres database that Better Auth's tables are in, for a user who may read them. Empty: `database_url`. On another server than that, `database_host` must have both; on Spin it is the same one.",
        default: Some(""),
        secret: true,
        scope: Process,
        read_by: [Gateway, Auth],
        example: "postgres://reader:secret@db.example.com/app",
    }
    BetterAuthTables = "better_auth_tables" {
        meaning: "Better Auth's tables of users and of sessions, each with its schema where that is not the first of the search path.",
        default: Some("user, session"),
        secret: false,
        scope: Process,
        read_by: [Gateway, Auth],
        example: "app.auth_users, app.auth_sessions",
    }
    BetterAuthColumns = "better_auth_columns" {
        meaning: "How its columns are written: `camel` as Better Auth makes them (`userId`), `snake` as schemas of Prisma and Drizzle often map them (`user_id`).",
        default: Some("camel"),
        secret: false,
        scope: Process,
        read_by: [Gateway, Auth],
        example: "snake",
    }
    BetterAuthCookiePrefix = "better_auth_cookie_prefix" {
        meaning: "What the names of its cookies begin with: its `advanced.cookiePrefix`.",
        default: Some("better-auth"),
        secret: false,
        scope: Process,
        read_by: [Gateway, Auth],
        example: "acme",
    }
    BetterAuthRoles = "better_auth_roles" {
        meaning: "`groups` makes the roles of its admin plugin groups, for rules and for `X-Forwarded-Groups`. `ignore` gives nobody any. Gatelet's console is nobody's with this backend, whatever the role.",
        default: Some("ignore"),
        secret: false,
        scope: Process,
        read_by: [Gateway, Auth],
        example: "groups",
    }
    WorkosClientId = "workos_client_id" {
        meaning: "The client's id at WorkOS, `WORKOS_CLIENT_ID`.",
        default: Some(""),
        secret: false,
        scope: Process,
        read_by: [Auth],
        example: "client_01ABCD",
    }
    WorkosApiKey = "workos_api_key" {
        meaning: "A key of the environment at WorkOS, `WORKOS_API_KEY`, with which sessions are refreshed.",
        default: Some(""),
        secret: true,
        scope: Process,
        read_by: [Auth],
        example: "sk_…",
    }
    WorkosCookiePassword = "workos_cookie_password" {
        meaning: "What the app's AuthKit seals its cookie with, `WORKOS_COOKIE_PASSWORD`: 32 bytes at least.",
        default: Some(""),
        secret: true,
        scope: Process,
        read_by: [Auth],
        example: "…",
    }
    WorkosCookieName = "workos_cookie_name" {
        meaning: "What that cookie is called.",
        default: Some("wos-session"),
        secret: false,
        scope: Process,
        read_by: [Gateway, Auth],
        example: "acme-session",
    }
    WorkosUrl = "workos_url" {
        meaning: "Where WorkOS's API is, within `provider_hosts`.",
        default: Some("https://api.workos.com"),
        secret: false,
        scope: Process,
        read_by: [Auth],
        example: "https://auth-api.example.com",
    }
    GoogleClientId = "google_client_id" {
        meaning: "Client ID at Google. Set with its secret, it turns sign-in with Google on.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "1234-abcd.apps.googleusercontent.com",
    }
    GoogleClientSecret = "google_client_secret" {
        meaning: "Client secret at Google, or `vault:NAME`.",
        default: Some(""),
        secret: true,
        scope: Vault,
        read_by: [Auth],
        example: "…",
    }
    GithubClientId = "github_client_id" {
        meaning: "Client ID at GitHub. Set with its secret, it turns sign-in with GitHub on.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "Iv1.abcd",
    }
    GithubClientSecret = "github_client_secret" {
        meaning: "Client secret at GitHub, or `vault:NAME`.",
        default: Some(""),
        secret: true,
        scope: Vault,
        read_by: [Auth],
        example: "…",
    }
    OidcProviders = "oidc_providers" {
        meaning: "Identity providers, as a JSON array: each names a `preset`, or the `issuer` of any OpenID Connect provider. `gatelet providers add` writes it.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: r#"[{"id":"acme","name":"Acme","issuer":"https://login.acme.example","client_id":"gatelet"}]"#,
    }
    OidcClientSecrets = "oidc_client_secrets" {
        meaning: "Their client secrets, as a JSON object from provider id to secret, or to `vault:NAME`.",
        default: Some(""),
        secret: true,
        scope: Vault,
        read_by: [Auth],
        example: r#"{"acme":"…"}"#,
    }
    ProviderHosts = "provider_hosts" {
        meaning: "The hosts that sign-in may connect to for identity providers, separated by commas; on Spin one entry.",
        default: Some("https://*:443"),
        secret: false,
        scope: Process,
        read_by: [],
        example: "https://*:443, https://login.acme.example:8443",
    }
    MailUrl = "mail_url" {
        meaning: "Which way mail goes: `smtp://user:password@host:587`, `smtps://…`, `resend:KEY`, `postmark:TOKEN`, `sendgrid:KEY`, `ses://ACCESS_KEY:SECRET@region`, `https://host/path#whsec_SECRET` for a program of yours, `log:` to print letters instead, or `vault:NAME` for one that is in the vault. Empty: no mail, and nothing is offered that needs it. On Spin not `smtp:`.",
        default: Some(""),
        secret: true,
        scope: Process,
        read_by: [Auth],
        example: "smtp://gatelet:secret@mail.example.com:587",
    }
    MailFrom = "mail_from" {
        meaning: "Whom letters are from. Without a name, `site_name` is it.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "Acme <no-reply@example.com>",
    }
    MailHost = "mail_host" {
        meaning: "The mail servers and services that sign-in may connect to, separated by commas. Follows from `mail_url`, unless that is in the vault: letters go then where an entry of this says so, word for word. On Spin it must be set, to one entry, where `provider_hosts` does not cover it.",
        default: Some("smtp://localhost:587"),
        secret: false,
        scope: Process,
        read_by: [Auth],
        example: "https://api.resend.com:443",
    }
    Providers = "providers" {
        meaning: "The providers to sign in with, by id, separated by commas. Empty: all that are configured. `none` for none.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "google, acme",
    }
    Relay = "relay" {
        meaning: "The base URL of the origin whose redirect URI identity providers know, when they do not know this one's: it sends their answers on. `off` for none. Previews use their parent's unless they say otherwise.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "https://app.example.com",
    }
    RelayOrigins = "relay_origins" {
        meaning: "Origins outside its own domain that this one is a relay for, separated by commas: `https://exact.example` or `*.example`.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "https://demo.example.net, *.previews.example.net",
    }
    AppList = "app_list" {
        meaning: "The apps that share this login, by id, separated by commas. A listed one may ask /auth/check from its own pages, and people are sent back to it.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Auth],
        example: "armory, codex",
    }
    AppAccess = "app_access" {
        meaning: "`granted` lets a user use an app only where it was granted: `gatelet apps grant`. The gateway then asks the database each time whether the origin's `app_name` was, so that must be set. `all` lets everybody in who is signed in.",
        default: Some("all"),
        secret: false,
        scope: Origin,
        read_by: [Gateway, Auth],
        example: "granted",
    }
    AppName = "app_name" {
        meaning: "What the app behind this origin is called: in `app_list`, and in the host names of its previews.",
        default: Some(""),
        secret: false,
        scope: Origin,
        read_by: [Gateway, Auth, Vault],
        example: "armory",
    }
    PreviewDomain = "preview_domain" {
        meaning: "The domain that previews are below, with scheme and port where they are not HTTPS and its own: the preview of branch `feat` of app `shop` is `feat--shop` there. Empty: there are none.",
        default: Some(""),
        secret: false,
        scope: Process,
        read_by: [Auth],
        example: "previews.example.com",
    }
    OriginsRefreshSeconds = "origins_refresh_seconds" {
        meaning: "How long until a change of the origins takes effect without a restart. 0 looks at the start alone.",
        default: Some("5"),
        secret: false,
        scope: Process,
        read_by: [Gateway, Auth, Console],
        example: "30",
    }
    UpstreamHosts = "upstream_hosts" {
        meaning: "Where the apps of other origins may listen: entries such as `http://localhost:*`, `http://10.0.0.0/8` or `https://*.apps.example.com`, separated by commas; on Spin one.",
        default: Some("http://*.spin.internal"),
        secret: false,
        scope: Process,
        read_by: [],
        example: "http://localhost:*",
    }
    Origins = "origins" {
        meaning: "Origins beside the main one that are written down here and not in the database, as a JSON array. One in the database counts instead where it has the same name.",
        default: Some(""),
        secret: false,
        scope: Process,
        read_by: [Gateway, Auth, Console, Vault],
        example: r#"[{"name":"shop","values":{"base_url":"https://shop.example.com"}}]"#,
    }
}

impl Setting {
    /// The setting of this name, where it is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|setting| setting.name() == name)
    }

    /// The settings that a component reads.
    pub fn of(component: Component) -> impl Iterator<Item = Self> {
        let all = Self::ALL.iter().copied();
        all.filter(move |setting| setting.read_by().contains(&component))
    }
}

impl Component {
    /// Every component that is given any.
    pub const ALL: &[Self] = &[Self::Gateway, Self::Auth, Self::Console, Self::Vault];

    /// As in `spin.toml`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Auth => "auth",
            Self::Console => "console",
            Self::Vault => "vault",
        }
    }
}

/// Its name.
impl fmt::Display for Setting {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}
