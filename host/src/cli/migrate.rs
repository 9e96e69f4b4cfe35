//! `gatelet migrate`, and what `gatelet up` does of it before it serves.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use clap::Args;
use gatelet_runtime::store::{Place, Report, StoreAdmin, main_place};
use gatelet_runtime::{Repeated, Variables};

use gatelet_settings::Setting;

use super::project::Project;
use super::{kept, log, now, one_line, runtime};

/// Between attempts while the database cannot be reached.
const RETRY: Duration = Duration::from_secs(1);
/// Between attempts while somebody else uses a table: each keeps its visitors waiting.
const TABLE_RETRY: Duration = Duration::from_secs(10);
/// How often, where nothing says for how long to wait.
const TABLE_TRIES: u32 = 5;

/// What no waiting mends, by signs in the store's words, and what does. Codes are of
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>, numbers of
/// <https://mariadb.com/kb/en/mariadb-error-code-reference/>.
const PERMANENT: [(&str, &str); 19] = [
    (Setting::DatabaseUrl.name(), ""),
    ("the address ", ""),
    ("is not permitted", ""),
    (
        "(SQLSTATE 28P01",
        ": are user and password in database_url right?",
    ),
    (
        "(SQLSTATE 28",
        ": does the server let this user in from here (pg_hba.conf), and by sslmode?",
    ),
    (
        "(SQLSTATE 3D000",
        ": make the database, or name another in database_url",
    ),
    (
        "(SQLSTATE 42501",
        ": let the user of database_url make tables (GRANT CREATE ON SCHEMA public TO …, or make it the database's owner)",
    ),
    (
        "(error 1045)",
        ": are user and password in database_url right, and may this user come from here?",
    ),
    (
        "(error 1049)",
        ": make the database, or name another in database_url",
    ),
    (
        "(error 1044)",
        ": let the user of database_url into it (GRANT ALL ON database.* TO user)",
    ),
    (
        "(error 1142)",
        ": let the user of database_url change what is in it (GRANT ALL ON database.* TO user)",
    ),
    // Of a server that will not do, with the mend.
    ("this server will not do: ", ""),
    (
        "unsupported startup parameter",
        ": a pooler stands between: leave that parameter out, or let the pooler ignore it",
    ),
    (
        "invalid peer certificate: UnknownIssuer",
        ": name its authority's file, sslrootcert=/path/to/ca.pem in a postgres:// database_url, or have this machine trust it",
    ),
    (
        "invalid peer certificate",
        ": the server must have a certificate for the host in database_url",
    ),
    (
        "server does not support TLS",
        ": set sslmode=disable in database_url if nobody can listen between here and there",
    ),
    ("the certificate authority", ""),
    (
        "unable to open database file",
        ": may this user write to the folder of embedded databases (--state-dir)?",
    ),
    (
        "attempt to write a readonly database",
        ": may this user write to the file and its folder (--state-dir)?",
    ),
];

#[derive(Debug, Args)]
pub(super) struct Migrate {
    #[command(flatten)]
    project: Project,
}

impl Migrate {
    pub(super) fn run(self) -> Result<ExitCode> {
        log::start(log::LogFormat::Text);
        let settled = self.project.settle()?;
        settled.gatelet()?;
        let options = self.project.run_options(&settled)?;
        let prepared = settled.load(&options)?;
        let store = prepared
            .store()
            .context("the manifest has no store to migrate")?;
        runtime()?.block_on(async {
            let place = main_place();
            let migrated = || store.migrate(&place, None, now());
            let report = until_free("the main place", migrated).await?;
            outln!("{}", said(&report));
            others(store, &settled.variables).await
        })
    }
}

/// The places that are origins' own. One that fails leaves the others to come.
async fn others(store: &StoreAdmin, variables: &Variables) -> Result<ExitCode> {
    let places = kept::places(store, variables).await?.len() - 1;
    let (mut migrated, mut failed) = (0, 0);
    for (place, tenant) in kept::tenants(store, variables).await? {
        let what = named(&place);
        let kept = || store.keep_place(&place, tenant.clone(), now());
        match until_free(&what, kept).await {
            Ok(report) if report.applied.is_empty() => {}
            Ok(report) => {
                migrated += 1;
                outln!("{what}: {}", said(&report));
            }
            Err(error) => {
                failed += 1;
                eprintln!("{what}: {}", one_line(&error));
            }
        }
    }
    if places > 0 {
        outln!("places of origins: {places}, {migrated} brought up to date, {failed} failed");
    }
    Ok(match failed {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

/// The same while serving, before anybody asks: a program that is newer than an
/// origin's tables does not sign people in there.
pub(super) async fn others_aside(store: &StoreAdmin, variables: &Variables) -> Result<()> {
    for (place, tenant) in kept::tenants(store, variables).await? {
        let what = named(&place);
        let kept = || store.keep_place(&place, tenant.clone(), now());
        match until_free(&what, kept).await {
            Ok(report) if report.applied.is_empty() => {}
            Ok(report) => tracing::info!("{what}: {}", said(&report)),
            Err(error) => tracing::warn!("{what}: {}", one_line(&error)),
        }
    }
    Ok(())
}

/// For people: a URL holds a password.
fn named(place: &Place) -> String {
    match (place.schema.as_str(), place.url.as_str()) {
        ("", _) => "a database of its own".to_owned(),
        (schema, "") => schema.to_owned(),
        (schema, _) => format!("{schema} in a database of its own"),
    }
}

/// One try before anything else is asked of the database: what no waiting mends is told
/// once, in one line. None where it may come in a while.
///
/// # Errors
/// The store's line with its mend, where waiting would not help.
pub(super) async fn first(store: &StoreAdmin) -> Result<Option<Report>> {
    match store.migrate(&main_place(), None, now()).await {
        Ok(report) => Ok(Some(report)),
        Err(error) => permanent(&error).map_or(Ok(None), Err),
    }
}

/// What no waiting mends, with what does.
fn permanent(error: &anyhow::Error) -> Option<anyhow::Error> {
    let line = one_line(error);
    let (_, mend) = PERMANENT.iter().find(|(sign, _)| line.contains(sign))?;
    let of = Setting::DatabaseUrl;
    let of = match line.contains(of.name()) {
        true => String::new(),
        false => format!("{of}: "),
    };
    Some(anyhow!("{of}{line}{mend}"))
}

/// Migrates; while the database does not answer, says so and waits for it.
///
/// # Errors
/// The store's line, where waiting would not help or has not helped.
pub(super) async fn until_done(store: &StoreAdmin, patience: Duration) -> Result<Report> {
    let start = Instant::now();
    let mut said = Repeated::default();
    let mut answered = false;
    loop {
        let error = match store.migrate(&main_place(), None, now()).await {
            Ok(report) => return Ok(report),
            Err(error) => error,
        };
        let line = one_line(&error);
        if let Some(error) = permanent(&error) {
            return Err(error);
        }
        // A standby becomes the primary in a while, or is none for ever.
        let takes_writes = !line.contains("(SQLSTATE 25006");
        let in_use = is_in_use(&line);
        let answers = takes_writes && !in_use && store.is_available().await?;
        // Once more where it answers now: it may have come up in between.
        if answers && answered {
            return Err(error.context("database_url: its tables cannot be brought up to date"));
        }
        answered = answers;
        if answers {
            continue;
        }
        if start.elapsed() >= patience {
            let waited = patience.as_secs();
            let why = match () {
                () if in_use => "somebody else (a backup?) had the tables in use",
                () if takes_writes => "the database did not answer",
                () => {
                    "the server took no writes (name the primary, or several hosts with target_session_attrs=read-write)"
                }
            };
            return Err(error.context(format!(
                "database_url: {why} within {waited} s (--database-wait)"
            )));
        }
        if said.say("", Instant::now()).is_some() {
            let waited = start.elapsed().as_secs();
            tracing::warn!("waiting for the database, {waited} s by now: {line}");
        }
        tokio::time::sleep(if in_use { TABLE_RETRY } else { RETRY }).await;
    }
}

/// Brings a place's tables up to date once nobody else has them in use, or says that somebody
/// has.
async fn until_free<F: Future<Output = Result<Report>>>(
    what: &str,
    act: impl Fn() -> F,
) -> Result<Report> {
    for _ in 1..TABLE_TRIES {
        match act().await {
            Err(error) if is_in_use(&one_line(&error)) => {
                tracing::warn!(
                    what,
                    "waiting for tables that somebody else has in use (a backup?)"
                );
                tokio::time::sleep(TABLE_RETRY).await;
            }
            outcome => return outcome,
        }
    }
    act().await
}

/// A backup, or somebody's long transaction, comes to an end.
fn is_in_use(line: &str) -> bool {
    line.contains("(SQLSTATE 55P03")
}

/// One line about a migration.
pub(super) fn said(report: &Report) -> String {
    let Report {
        engine,
        applied,
        version,
    } = report;
    let names: Vec<_> = applied
        .iter()
        .map(|migration| format!("{:04} {}", migration.version, migration.name))
        .collect();
    match names.as_slice() {
        [] => format!("{engine}: nothing to do, version {version}"),
        names => format!(
            "{engine}: applied {}, now version {version}",
            names.join(", ")
        ),
    }
}
