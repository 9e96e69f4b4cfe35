//! May the components reach what the settings name? Asked before anything is
//! loaded: a refusal at run time would name neither the variable nor the mend.

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use gatelet_core::backend::Foreign;
use gatelet_core::session_store::SessionStore;
use gatelet_mail::mail_url::MailUrl;
use gatelet_runtime::Variables;
use gatelet_runtime::manifest::{Component, Manifest};
use gatelet_runtime::{AllowedHosts, DatabaseAddress, Destination, MySqlAddress};
use gatelet_settings::{Setting, SettingError};
use gatelet_sign_in::provider::{Provider, ProviderKind};
use gatelet_sign_in::sites::SignInSettings;
use url::Url;

use crate::sources::Rule;

/// Where users and sessions are kept.
pub(super) enum Database {
    /// The label of an embedded database.
    Sqlite(String),
    /// A server, or several of which one answers.
    Postgres(Box<DatabaseAddress>),
    /// A server of MySQL or MariaDB.
    MySql(Box<MySqlAddress>),
}

impl Database {
    /// Of `database_url`. The error does not repeat it: it may hold a password.
    pub(super) fn parse(url: &str) -> Result<Self> {
        Self::parse_of(Setting::DatabaseUrl, url)
    }

    /// Of another setting.
    fn parse_of(setting: Setting, url: &str) -> Result<Self> {
        let refused = |problem: &str| anyhow!(SettingError::new(setting, problem));
        match url.trim().split_once(':') {
            Some(("sqlite", label)) if !label.is_empty() && !label.contains('/') => {
                Ok(Self::Sqlite(label.to_owned()))
            }
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => {
                let address = DatabaseAddress::parse(url.trim());
                let address = address.map_err(|error| refused(&error.to_string()))?;
                // An authority that cannot be read is none for ever.
                address.check_trust().map_err(|error| refused(&error))?;
                Ok(Self::Postgres(Box::new(address)))
            }
            Some(("mysql", rest)) if rest.starts_with("//") => {
                let address = MySqlAddress::parse(url.trim());
                let address = address.map_err(|error| refused(&error.to_string()))?;
                match address.database() {
                    Some(_) => Ok(Self::MySql(Box::new(address))),
                    None => Err(refused(
                        "names no database: write mysql://user:password@host/database, of one that is there",
                    )),
                }
            }
            Some(("mariadb", _)) => Err(refused(
                "has the scheme mariadb: write mysql://user:password@host/database for MariaDB too",
            )),
            _ => Err(refused(
                "is none of sqlite:default, postgres://user:password@host/database and mysql://user:password@host/database: users are kept in no other database",
            )),
        }
    }

    /// The servers that it may be on; none of an embedded one.
    fn servers(&self) -> Vec<Destination> {
        let (scheme, hosts) = match self {
            Self::Sqlite(_) => return Vec::new(),
            Self::Postgres(address) => ("postgres", address.hosts().collect()),
            Self::MySql(address) => ("mysql", vec![(address.host(), address.port())]),
        };
        let hosts: Vec<(&str, u16)> = hosts;
        hosts
            .into_iter()
            .filter_map(|(host, port)| Destination::new(scheme, host, Some(port)).ok())
            .collect()
    }

    /// As entries of `allowed_outbound_hosts`.
    fn entries(&self) -> String {
        let servers: Vec<_> = self.servers().iter().map(entry).collect();
        servers.join(", ")
    }
}

impl std::fmt::Display for Database {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(label) => write!(out, "sqlite:{label}"),
            Self::Postgres(_) | Self::MySql(_) => out.write_str(&self.entries()),
        }
    }
}

/// What follows from another variable where nobody sets it.
pub(super) const DERIVED: [Rule; 3] = [
    Rule {
        of: Setting::DatabaseHost,
        from: Setting::DatabaseUrl,
        rule: database_host,
    },
    // Where ours is embedded.
    Rule {
        of: Setting::DatabaseHost,
        from: Setting::BetterAuthDatabaseUrl,
        rule: database_host,
    },
    Rule {
        of: Setting::MailHost,
        from: Setting::MailUrl,
        rule: mail_host,
    },
];

/// `mail_host` as it follows from `mail_url`; none where nothing is to be reached.
fn mail_host(mail_url: &str) -> Option<String> {
    MailUrl::parse(mail_url).ok()??.destination()
}

/// `database_host` as it follows from `database_url`; none where no server is named.
fn database_host(database_url: &str) -> Option<String> {
    let entries = Database::parse(database_url).ok()?.entries();
    (!entries.is_empty()).then_some(entries)
}

fn refused(problem: &str) -> anyhow::Error {
    anyhow!(SettingError::new(Setting::DatabaseUrl, problem))
}

/// # Errors
/// One line that names the variable and what to set it to.
pub(super) fn check(
    manifest: &Manifest,
    variables: &Variables,
    settings: &SignInSettings,
) -> Result<()> {
    for (name, component) in &manifest.components {
        let allowed = allowed(component, variables).with_context(|| format!("component.{name}"))?;
        let reads = |setting: Setting| component.variables.contains_key(setting.name());
        let covers = |destination: &Destination, of: &str, granted_by: Setting| {
            ensure!(
                allowed.allows(destination),
                refusal(name, component, variables, destination, of, granted_by)
            );
            Ok(())
        };
        if reads(Setting::DatabaseUrl) {
            let url = variables.get(Setting::DatabaseUrl.name());
            let database = Database::parse(url.unwrap_or_default())?;
            if let Database::Sqlite(label) = &database {
                ensure!(
                    component.sqlite_databases.contains(label),
                    refused(&format!(
                        "component.{name} may not open sqlite:{label}: add \"{label}\" to its sqlite_databases"
                    ))
                );
            }
            for server in &database.servers() {
                covers(server, Setting::DatabaseUrl.name(), Setting::DatabaseHost)?;
            }
        }
        if reads(Setting::BetterAuthDatabaseUrl) {
            for server in better_auth_servers(variables, settings)? {
                let of = Setting::BetterAuthDatabaseUrl.name();
                covers(&server, of, Setting::DatabaseHost)?;
            }
        }
        // Whoever read sessions without it would take those for live that idled out.
        if let SessionStore::KeyValue(_) = &settings.gate.session_store
            && reads(Setting::SessionFreshSeconds)
        {
            let problem = format!(
                "is not handed on to component.{name}, which reads sessions: add session_store = \"{{{{ session_store }}}}\" under [component.{name}.variables]"
            );
            ensure!(
                reads(Setting::SessionStore),
                SettingError::new(Setting::SessionStore, problem)
            );
        }
        if let SessionStore::KeyValue(label) = &settings.gate.session_store
            && reads(Setting::SessionStore)
        {
            let problem = format!(
                "component.{name} may not open the key-value store {label}: add \"{label}\" to its key_value_stores"
            );
            ensure!(
                component.key_value_stores.contains(label),
                SettingError::new(Setting::SessionStore, problem)
            );
        }
        let backend = settings.gate.origins.main().backend();
        if reads(Setting::WorkosUrl) && matches!(backend.foreign(), Some(Foreign::WorkOs(_))) {
            let of = Setting::WorkosUrl.name();
            let url = variables.get(of).unwrap_or_default().trim();
            let url = if url.is_empty() {
                Setting::WorkosUrl.default().unwrap_or_default()
            } else {
                url
            };
            covers(&destination(url)?, of, Setting::ProviderHosts)?;
        }
        if reads(Setting::Upstream) {
            for origin in std::iter::once(settings.gate.origins.main()) {
                let upstream = destination(origin.upstream().as_str())?;
                covers(&upstream, Setting::Upstream.name(), Setting::Upstream)?;
                leads_on(manifest, &upstream)?;
            }
        }
        let mail = settings.sign_in().mail.as_ref();
        if let Some(url) = mail
            .filter(|_| reads(Setting::MailUrl))
            .and_then(|mail| mail.url.destination())
        {
            let of = Setting::MailUrl.name();
            covers(&destination(&url)?, of, Setting::MailHost)?;
        }
        for provider in settings
            .sign_in()
            .providers
            .iter()
            .filter(|_| reads(Setting::OidcProviders))
        {
            for url in addresses(provider) {
                let of = format!("provider {}", provider.id);
                covers(&destination(&url)?, &of, Setting::ProviderHosts)?;
            }
        }
    }
    Ok(())
}

/// The servers that Better Auth's tables may be on, where they are not where ours are.
///
/// # Errors
/// One line, where they are nowhere that they are read from.
fn better_auth_servers(
    variables: &Variables,
    settings: &SignInSettings,
) -> Result<Vec<Destination>> {
    let (own, setting) = (Setting::DatabaseUrl, Setting::BetterAuthDatabaseUrl);
    let value = |setting: Setting| variables.get(setting.name()).unwrap_or_default().trim();
    let backend = settings.gate.origins.main().backend();
    let is_asked = matches!(backend.foreign(), Some(Foreign::BetterAuth(_)));
    let read_from_postgres = "and auth_backend is better-auth, whose tables are read from Postgres alone: set it to their postgres:// URL";
    let refused = |problem: String| SettingError::new(setting, problem);
    if value(setting).is_empty() {
        if let (true, Some(program)) =
            (is_asked, other_than_postgres(&Database::parse(value(own))?))
        {
            bail!(refused(format!(
                "is not set, database_url is {program}, {read_from_postgres}"
            )));
        }
        return Ok(Vec::new());
    }
    let database = Database::parse_of(setting, value(setting))?;
    match other_than_postgres(&database) {
        None => Ok(database.servers()),
        Some(program) => bail!(refused(format!("is {program}, {read_from_postgres}"))),
    }
}

fn other_than_postgres(database: &Database) -> Option<&'static str> {
    match database {
        Database::Postgres(_) => None,
        Database::Sqlite(_) => Some("SQLite"),
        Database::MySql(_) => Some("MySQL or MariaDB"),
    }
}

/// Whether the components that forward may reach the app of an origin.
///
/// # Errors
/// One line that names the variable and what to set it to.
pub(super) fn check_upstream(
    manifest: &Manifest,
    variables: &Variables,
    upstream: &str,
) -> Result<()> {
    let destination = destination(upstream).context(Setting::Upstream)?;
    leads_on(manifest, &destination)?;
    for (name, component) in &manifest.components {
        if component.variables.contains_key(Setting::Upstream.name()) {
            ensure!(
                allowed(component, variables)?.allows(&destination),
                refusal(
                    name,
                    component,
                    variables,
                    &destination,
                    Setting::Upstream.name(),
                    Setting::UpstreamHosts
                )
            );
        }
    }
    Ok(())
}

/// Whether an upstream is an app, and not what forwards to it.
fn leads_on(manifest: &Manifest, upstream: &Destination) -> Result<()> {
    let found = upstream
        .chained_component()
        .and_then(|name| Some((name, manifest.components.get(name)?)));
    if let Some((name, component)) = found
        && component.variables.contains_key(Setting::Upstream.name())
    {
        bail!(SettingError::new(
            Setting::Upstream,
            format!(
                "is http://{name}.spin.internal, which forwards to it: a loop. Set it to the address of the app"
            ),
        ));
    }
    Ok(())
}

/// Whether the components that have the store may reach a database of an origin's own.
///
/// # Errors
/// One line that names the variable and what to set it to.
pub(super) fn check_own_database(
    manifest: &Manifest,
    variables: &Variables,
    url: &str,
) -> Result<()> {
    let own = "the origin's own database";
    let database = Database::parse(url).map_err(|error| {
        let line = format!("{error:#}").replacen(Setting::DatabaseUrl.name(), own, 1);
        anyhow!(line)
    })?;
    for (name, component) in &manifest.components {
        if !component
            .variables
            .contains_key(Setting::DatabaseUrl.name())
        {
            continue;
        }
        for server in &database.servers() {
            ensure!(
                allowed(component, variables)?.allows(server),
                refusal(
                    name,
                    component,
                    variables,
                    server,
                    own,
                    Setting::DatabaseHost
                )
            );
        }
    }
    Ok(())
}

/// The addresses of a provider that are known without asking it.
fn addresses(provider: &Provider) -> Vec<String> {
    let urls = match &provider.kind {
        ProviderKind::OpenIdConnect(oidc) => vec![oidc.discovery_url()],
        ProviderKind::GitHub(github) => vec![github.endpoints().token, github.user_url()],
    };
    urls.iter().map(|url| url.as_str().to_owned()).collect()
}

/// What a component may reach; where an entry comes from a variable, a mistake in
/// it is the variable's.
fn allowed(component: &Component, variables: &Variables) -> Result<AllowedHosts> {
    let mut entries = Vec::new();
    for template in &component.allowed_outbound_hosts {
        let entry = variables.fill(template)?;
        if let Err(error) = AllowedHosts::parse([entry.as_str()]) {
            let Some(name) = sole_variable(template) else {
                return Err(error);
            };
            let example = Setting::named(name).map_or_else(String::new, |setting| {
                format!(": write it as {}", setting.example())
            });
            bail!("{name}: {}{example}", error.root_cause());
        }
        entries.push(entry);
    }
    AllowedHosts::parse(entries.iter().map(String::as_str))
}

/// `name` of `{{ name }}`.
fn sole_variable(template: &str) -> Option<&str> {
    let name = template
        .trim()
        .strip_prefix("{{")?
        .strip_suffix("}}")?
        .trim();
    (!name.contains(['{', '}'])).then_some(name)
}

fn destination(url: &str) -> Result<Destination> {
    let url = Url::parse(url)?;
    let host = url.host_str().context("names no host")?;
    Destination::new(url.scheme(), host, url.port_or_known_default())
}

/// As an entry of `allowed_outbound_hosts`.
fn entry(destination: &Destination) -> String {
    let Destination { scheme, host, port } = destination;
    format!("{scheme}://{host}:{port}")
}

/// What was covered before stays so: whoever follows one line after the other comes to
/// an end.
fn refusal(
    name: &str,
    component: &Component,
    variables: &Variables,
    destination: &Destination,
    of: &str,
    granted_by: Setting,
) -> String {
    let needed = entry(destination);
    let templates = &component.allowed_outbound_hosts;
    if templates
        .iter()
        .any(|template| sole_variable(template) == Some(granted_by.name()))
    {
        let present = variables.get(granted_by.name()).unwrap_or_default().trim();
        let kept = match takes_several(granted_by) && !present.is_empty() {
            true => format!("{present}, "),
            false => String::new(),
        };
        return format!("{granted_by}: does not cover {needed} of {of}: set it to {kept}{needed}");
    }
    format!("{of}: component.{name} may not reach {needed}: add it to its allowed_outbound_hosts")
}

/// Whether it is a grant and nothing else.
fn takes_several(setting: Setting) -> bool {
    matches!(
        setting,
        Setting::DatabaseHost | Setting::MailHost | Setting::ProviderHosts | Setting::UpstreamHosts
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::sources::Sources;

    const KEY: &str = "session_keys=k1:m8fQ3x1cVb7ZtJrW0uYpLkD5sHgA9eNiOq2T4vX6zRE";

    /// The refusal with the real manifest.
    fn refused(arguments: &[&str]) -> Option<String> {
        refused_in(include_str!("../../../spin.toml"), arguments)
    }

    fn refused_in(manifest: &str, arguments: &[&str]) -> Option<String> {
        let manifest = Manifest::parse(manifest, Path::new("/")).unwrap();
        let arguments: Vec<_> = [KEY]
            .iter()
            .chain(arguments)
            .map(|one| (*one).to_owned())
            .collect();
        let mut sources = Sources::default().with_arguments(&arguments).unwrap();
        for rule in &DERIVED {
            sources.derive(&manifest, rule);
        }
        let variables = sources.settle(&manifest).unwrap();
        let settings = SignInSettings::from_variables(variables.iter()).unwrap();
        let error = check(&manifest, &variables, &settings).err()?;
        let line = format!("{error:#}");
        assert!(!line.contains("hunter2") && !line.contains('\n'), "{line}");
        Some(line)
    }

    #[test]
    fn what_the_variables_cover_passes() {
        for arguments in [
            &[][..],
            &["database_url=postgres://u:hunter2@localhost/d"],
            &["database_url=postgres://u:hunter2@db.example:6432/d"],
            &["database_url=postgres://u:hunter2@a.example,b.example:6432/d?sslmode=verify-full"],
            &[
                "database_url=postgres://u:hunter2@a.example,b.example/d",
                "database_host=postgres://a.example, postgres://b.example",
            ],
            &[
                "database_url=postgres://u:hunter2@db.example:6432/d",
                "database_host=postgres://db.example:6432",
            ],
            &[
                "auth_backend=better-auth",
                "better_auth_secret=hunter2-hunter2-hunter2-hunter2-",
                "better_auth_database_url=postgres://u:hunter2@ba.example:6432/d",
            ],
            &[
                "auth_backend=better-auth",
                "better_auth_secret=hunter2-hunter2-hunter2-hunter2-",
                "database_url=postgres://u:hunter2@db.example/d",
            ],
            &[
                "database_url=postgresql://[::1]/d",
                "database_host=postgres://[::1]:5432",
            ],
            &["database_url=mysql://u:hunter2@db.example/d"],
            &["database_url=mysql://u:hunter2@db.example:3307/d?ssl-mode=REQUIRED"],
            &[
                "database_url=mysql://u:hunter2@[::1]/d",
                "database_host=mysql://[::1]:3306",
            ],
            &["upstream=https://app.example"],
            &["mail_url=log:"],
            &[
                "mail_url=smtp://u:hunter2@mail.example",
                "mail_from=a@b.example",
            ],
            &["mail_url=smtps://u:hunter2@[::1]", "mail_from=a@b.example"],
            &[
                "mail_url=resend:hunter2",
                "mail_from=a@b.example",
                "provider_hosts=https://login.example",
            ],
            &["github_client_id=i", "github_client_secret=hunter2"],
        ] {
            assert_eq!(refused(arguments), None, "{arguments:?}");
        }
    }

    #[test]
    fn a_database_host_that_does_not_cover_the_database_url_is_named_with_what_to_set() {
        for (url, needed) in [
            (
                "postgres://u:hunter2@db.example/d",
                "postgres://db.example:5432",
            ),
            (
                "postgres://u:hunter2@localhost:6432/d",
                "postgres://localhost:6432",
            ),
            ("postgres://u:hunter2@[::1]/d", "postgres://[::1]:5432"),
            ("mysql://u:hunter2@db.example/d", "mysql://db.example:3306"),
        ] {
            // One that is set counts, and what it covers stays covered.
            let line = refused(&[
                &format!("database_url={url}"),
                "database_host=postgres://other.example:1",
            ])
            .unwrap();
            let mend = format!("set it to postgres://other.example:1, {needed}");
            assert!(
                line.contains("database_host: ") && line.ends_with(&mend),
                "{line}"
            );
            let mended = format!("database_host=postgres://other.example:1, {needed}");
            assert_eq!(refused(&[&format!("database_url={url}"), &mended]), None);
        }
    }

    #[test]
    fn a_database_host_that_is_no_address_is_named() {
        let line = refused(&["database_host=db.example"]).unwrap();
        assert!(line.contains("database_host: has no scheme"), "{line}");
    }

    #[test]
    fn a_database_url_that_is_none_is_named_and_not_repeated() {
        for url in [
            "mysql://u:hunter2@h",
            "mysql://u:hunter2@h/d?unheard_of=1",
            "mysql://hunter2@/d",
            "mysql:hunter2",
            "mariadb://u:hunter2@h/d",
            "mongodb://u:hunter2@h/d",
            "hunter2",
            "sqlite:",
            "sqlite:/hunter2",
            "postgres:///d",
            "postgres://u:hunter2@h:port/d",
            "postgres:hunter2",
            "postgres://u:hun@hunter2@h/d",
            "postgres://u:hun@hunter2/x@h/d",
            "postgres://u:p@h/d?sslrootcert=/nowhere/ca.pem",
            "postgres://u:p@h/d?unheard_of=1",
        ] {
            let line = refused(&[&format!("database_url={url}")]).unwrap();
            assert!(line.contains("database_url: "), "{url}: {line}");
        }
    }

    #[test]
    fn workos_must_be_within_provider_hosts() {
        let line = refused(&[
            "auth_backend=workos",
            "workos_client_id=client_1",
            "workos_api_key=hunter2",
            "workos_cookie_password=hunter2-hunter2-hunter2-hunter2-",
            "provider_hosts=https://login.example",
        ]);
        let line = line.unwrap();
        assert!(
            line.contains("does not cover https://api.workos.com:443 of workos_url"),
            "{line}"
        );
    }

    #[test]
    fn tables_of_better_auth_must_be_in_a_postgres_that_can_be_reached() {
        const BACKEND: [&str; 2] = [
            "auth_backend=better-auth",
            "better_auth_secret=hunter2-hunter2-hunter2-hunter2-",
        ];
        for (more, says) in [
            (
                &[][..],
                "better_auth_database_url: is not set, database_url is SQLite",
            ),
            (
                &["better_auth_database_url=sqlite:default"],
                "better_auth_database_url: is SQLite",
            ),
            (
                &["better_auth_database_url=mysql://u:hunter2@h/d"],
                "better_auth_database_url: is MySQL or MariaDB, and auth_backend is better-auth, whose tables are read from Postgres alone",
            ),
            (
                &["database_url=mysql://u:hunter2@h/d"],
                "better_auth_database_url: is not set, database_url is MySQL or MariaDB",
            ),
            (
                &[
                    "database_url=postgres://u:hunter2@db.example/d",
                    "better_auth_database_url=postgres://u:hunter2@ba.example/d",
                ],
                "does not cover postgres://ba.example:5432 of better_auth_database_url",
            ),
        ] {
            let line = refused(&[&BACKEND[..], more].concat()).unwrap();
            assert!(line.contains(says), "{line}");
        }
    }

    #[test]
    fn an_embedded_database_must_be_granted() {
        let line = refused(&["database_url=sqlite:other"]).unwrap();
        assert!(
            line.contains("sqlite_databases") && line.contains("other"),
            "{line}"
        );
    }

    #[test]
    fn a_mail_host_that_does_not_cover_the_mail_url_is_named_with_what_to_set() {
        let line = refused(&[
            "mail_url=smtp://u:hunter2@mail.example",
            "mail_from=a@b.example",
            "mail_host=smtp://other.example:587",
        ])
        .unwrap();
        assert!(
            line.ends_with("mail_host: does not cover smtp://mail.example:587 of mail_url: set it to smtp://other.example:587, smtp://mail.example:587"),
            "{line}"
        );
    }

    #[test]
    fn a_provider_that_provider_hosts_does_not_cover_is_named() {
        let line = refused(&[
            r#"oidc_providers=[{"id":"acme","issuer":"https://login.acme.example:8443","client_id":"c"}]"#,
            r#"oidc_client_secrets={"acme":"hunter2"}"#,
        ])
        .unwrap();
        assert!(line.contains("acme") && line.ends_with("provider_hosts: does not cover https://login.acme.example:8443 of provider acme: set it to https://*:443, https://login.acme.example:8443"), "{line}");
    }

    #[test]
    fn a_manifest_that_grants_otherwise_is_told_where() {
        let manifest = include_str!("../../../spin.toml").replace(
            r#"["{{ upstream }}", "{{ upstream_hosts }}", "{{ database_host }}", "http://auth.spin.internal"]"#,
            r#"["http://app.example"]"#,
        );
        let line = refused_in(&manifest, &["upstream=http://other.example"]).unwrap();
        assert!(
            line.contains("component.gateway") && line.contains("http://other.example:80"),
            "{line}"
        );
        let line = refused_in(
            &manifest,
            &[
                "upstream=http://app.example",
                "database_url=postgres://u:hunter2@db/d",
                "database_host=postgres://db",
            ],
        )
        .unwrap();
        assert!(
            line.contains("database_url: component.gateway may not reach postgres://db:5432"),
            "{line}"
        );
    }
}
