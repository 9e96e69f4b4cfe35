//! `gatelet up`: from the manifest to a listener, in the order in which mistakes
//! should be said.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use gatelet_front::{
    AccessLogFormat, Admin, Door, Limits, ServeError, ServeOptions, Server, TlsFiles, stop_signal,
};
use gatelet_runtime::store::StoreAdmin;
use gatelet_runtime::{Compiler, RunOptions};
use gatelet_settings::Setting;
use gatelet_sign_in::linking::SignUp;
use gatelet_sign_in::settings::PasswordSignIn;
use gatelet_sign_in::sites::SignInSettings;
use ipnet::IpNet;

use super::banner::{Banner, Listening};
use super::descriptors;
use super::listen::{self, Listen};
use super::log::LogFormat;
use super::migrate;
use super::project::{Project, Settled};
use super::{invite, kept, log, runtime, sweep};
use crate::application::Preparation;
use crate::proxy_watch::ProxyWatch;

#[derive(Debug, Args)]
pub(super) struct Up {
    #[command(flatten)]
    project: Project,
    /// Make a session key where nobody has, and keep it among the profile's settings: those
    /// of the default one are in .gatelet/env beside the manifest.
    #[arg(long)]
    init: bool,
    /// Address to listen on, such as localhost:3000; may be given several times [default: the
    /// port of base_url where that is this machine's, or 127.0.0.1:3000].
    #[arg(long, value_name = "ADDRESS")]
    listen: Vec<Listen>,
    /// Serve HTTPS with this certificate chain (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key (PEM).
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Serve Prometheus metrics and a health probe here.
    #[arg(long, value_name = "ADDRESS")]
    metrics_listen: Option<SocketAddr>,
    /// How log lines are written.
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    log_format: LogFormat,
    /// How the access log is written, on standard output [default: the log's format].
    #[arg(long, value_name = "FORMAT", value_enum)]
    access_log: Option<AccessLog>,
    /// Threads that serve connections [default: one for each core].
    #[arg(long, visible_alias = "workers", value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..=256))]
    worker_threads: Option<u16>,
    /// How long to wait at the start for a database that does not answer.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration)]
    database_wait: Duration,
    /// Connections of each component to one Postgres server at most, where its URL has no
    /// connection_limit. Two components have them: gateway and auth.
    #[arg(long, value_name = "NUMBER", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1000))]
    database_connections: u16,
    /// Which door of the gateway requests go through.
    #[arg(long, value_name = "DOOR", value_enum, default_value_t)]
    door: GatewayDoor,
    /// Forward everything to this base URL and judge nothing: the yardstick of
    /// benchmarks. Protects nothing.
    #[arg(long, value_name = "URL", hide = true, conflicts_with = "door")]
    unprotected_bare_forward: Option<String>,
    /// Compile into the cache folder what these arguments serve, and end.
    #[arg(long, hide = true)]
    compile_only: bool,
    /// Networks whose X-Request-Id is kept.
    #[arg(long, value_name = "NETWORK", value_delimiter = ',')]
    request_id_from: Vec<IpNet>,
    /// Open visitor connections at once.
    #[arg(long, value_name = "NUMBER", default_value_t = Limits::default().connections)]
    max_connections: usize,
    /// Open connections of one address (IPv6: one /64); this machine and trusted_proxies
    /// may have more.
    #[arg(long, value_name = "NUMBER", default_value_t = Limits::default().connections_of_a_peer)]
    max_connections_of_a_peer: usize,
    /// How long a request's head may take, and a TLS handshake.
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = duration)]
    head_timeout: Duration,
    /// How long a connection may be kept between requests: longer than a proxy in front
    /// keeps it.
    #[arg(long, value_name = "TIME", default_value = "130s", value_parser = duration)]
    idle_timeout: Duration,
    /// How long a visitor may send nothing of a body, or take nothing of an answer.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration)]
    stall_timeout: Duration,
    /// Bytes a second that a body must come or go with, on average over a stall timeout.
    #[arg(long, value_name = "BYTES", default_value_t = Limits::default().least_bytes_per_second)]
    least_bytes_per_second: u32,
    /// How long opening a connection to the app may take.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration)]
    connect_timeout: Duration,
    /// How long the app may take until its response begins.
    #[arg(long, visible_alias = "upstream-timeout", value_name = "TIME", default_value = "60s", value_parser = duration)]
    response_timeout: Duration,
    /// How long to serve on after a signal to stop, while /health/live and /health/ready
    /// answer 503: until a balancer has taken this server out. Another signal ends it at once.
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = delay)]
    shutdown_delay: Duration,
    /// How long requests in flight may take to end after a signal to stop and that delay.
    #[arg(long, value_name = "TIME", default_value = "20s", value_parser = duration)]
    shutdown_timeout: Duration,
    /// Requests that one instance of a component serves over its life.
    #[arg(long, value_name = "NUMBER", default_value_t = RunOptions::INSTANCE_REQUESTS)]
    max_instance_reuse_count: usize,
    /// Requests that one instance of a component serves at once.
    #[arg(long, value_name = "NUMBER", default_value_t = 16)]
    max_instance_concurrent_reuse_count: usize,
    /// How long an idle instance of a component is kept.
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = duration)]
    idle_instance_timeout: Duration,
    /// How long a component may take until its response begins, from the last part of the
    /// request that came.
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = duration)]
    request_timeout: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AccessLog {
    Off,
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum GatewayDoor {
    /// Judge the head, then forward natively.
    #[default]
    Gate,
    /// Hand whole requests to the component, as other hosts do.
    Handler,
}

/// Everything that is known before anything is served.
struct Ready {
    settled: Settled,
    settings: Option<SignInSettings>,
    state_folder: PathBuf,
    listen: Vec<SocketAddr>,
    /// The base URL that follows from the listener, where nobody set one.
    followed: Option<String>,
}

/// Memory in pages of 4 KiB alone. Linux may give 2 MiB to whoever touches a byte of them,
/// and what is held by instances and connections lies in many small places
/// (docs/design/0048).
fn small_pages() {
    // A kernel that has no such pages refuses.
    #[cfg(target_os = "linux")]
    let _as_before = rustix::thread::disable_transparent_huge_pages(true);
}

/// This program once more, with these arguments.
fn compiler() -> Option<Compiler> {
    let arguments = std::env::args_os().skip(1);
    Some(Compiler {
        program: std::env::current_exe().ok()?,
        arguments: arguments.chain(["--compile-only".into()]).collect(),
    })
}

impl Up {
    pub(super) fn run(mut self) -> Result<ExitCode> {
        // Whoever has this done says what there is to say.
        if !self.compile_only {
            log::start(self.log_format);
        }
        small_pages();
        if self.init
            && let Some(file) = self.project.init()?
        {
            tracing::info!("made a session key and kept it in {}", file.display());
        }
        let tls = self.tls_cert.is_some();
        let base_url = self.project.base_url()?;
        let listen = listen::addresses(&self.listen, base_url.as_deref(), tls);
        let followed = match base_url {
            Some(_) => None,
            None => listen::base_url(&listen, tls),
        };
        if let Some(url) = &followed {
            self.project.take(Setting::BaseUrl, url);
        }
        let settled = self.project.settle()?;
        let settings = settled.gatelet()?;
        for line in &settled.remarks {
            tracing::warn!("{line}");
        }
        match settled.translated() {
            Some((line, true)) => tracing::warn!("{line}"),
            Some((line, false)) => tracing::info!("{line}"),
            None => {}
        }
        let options = self.run_options(&settled)?;
        let prepared = settled.load(&options)?;
        if self.compile_only {
            return Ok(ExitCode::SUCCESS);
        }
        let settled = Ready {
            state_folder: options.sqlite_folder,
            settled,
            settings,
            listen,
            followed,
        };
        runtime()?.block_on(self.serve(settled, prepared))?;
        Ok(ExitCode::SUCCESS)
    }

    async fn serve(self, ready: Ready, prepared: Preparation) -> Result<()> {
        let trusted = ready.settings.as_ref();
        let trusted = trusted.map(|settings| settings.gate.trusted_proxies.clone());
        let proxies = ProxyWatch::new(trusted.unwrap_or_default());
        let migrated = match prepared.store() {
            Some(store) => migrate::first(store).await?,
            None => None,
        };
        let (application, store) = prepared.open(&ready.settled.manifest, proxies).await?;
        let behind: Arc<dyn gatelet_front::Application> = application.clone();
        let server = match Server::bind(self.serve_options(&ready), behind) {
            Err(ServeError::Listen(address, error)) if error.kind() == ErrorKind::AddrInUse => {
                bail!("{}", listen::taken(address))
            }
            bound => bound?,
        };
        let admin = match self.metrics_listen {
            Some(address) => Some(Admin::bind(address, server.metrics())?),
            None => None,
        };
        let stop = stop_signal();
        tokio::pin!(stop);
        if let Some(store) = &store {
            let report = match migrated {
                Some(report) => report,
                None => tokio::select! {
                    report = migrate::until_done(store, self.database_wait) => report?,
                    () = &mut stop => return Ok(()),
                },
            };
            if !report.applied.is_empty() {
                tracing::info!("{}", migrate::said(&report));
            }
        }
        self.banner(&ready, &server, admin.as_ref())
            .say(self.log_format);

        let mut aside = tokio::task::JoinSet::new();
        aside.spawn(application.clone().keep_fresh());
        let senders = ready.settled.mail_senders();
        if !senders.is_empty() {
            aside.spawn(application.send_mail(senders));
        }
        if let Some(store) = store {
            let first_admin_at = may_have_first_admin(ready.settings.as_ref());
            aside.spawn(look_after(
                store,
                ready.settled,
                first_admin_at,
                self.log_format,
            ));
        }
        if let Some(admin) = admin {
            aside.spawn(async move {
                if let Err(error) = admin.run().await {
                    tracing::error!("metrics are no longer served: {error}");
                }
            });
        }
        server.run(stop).await.context("serving ended")
    }

    fn banner(&self, ready: &Ready, server: &Server, admin: Option<&Admin>) -> Banner {
        let listening = Listening {
            addresses: server.addresses(),
            tls: self.tls_cert.is_some(),
        };
        let mut banner = Banner::new(&ready.settled.manifest.name, listening);
        if let Some(settings) = &ready.settings {
            let guarded = ready.settled.manifest.guarded();
            banner.settings(settings, &guarded);
            banner.followed(ready.followed.as_deref());
            banner.database(
                ready.settled.variables.get(Setting::DatabaseUrl.name()),
                &ready.state_folder,
            );
        }
        if let Some((file, names)) = &ready.settled.kept {
            banner.kept(file, names);
        }
        if let Some(address) = admin.and_then(Admin::address) {
            banner.metrics(address);
        }
        if let Some(url) = &self.unprotected_bare_forward {
            banner.unprotected(url);
        }
        banner
    }

    fn run_options(&self, settled: &Settled) -> Result<RunOptions> {
        let mut options = self.project.run_options(settled)?;
        options.instance_requests = self.max_instance_reuse_count.max(1);
        options.instance_concurrency = self.max_instance_concurrent_reuse_count.max(1);
        options.instance_idle = self.idle_instance_timeout;
        options.request_timeout = Some(self.request_timeout);
        options.database_connections = Some(self.database_connections.into());
        options.compiler = (!self.compile_only).then(compiler).flatten();
        Ok(options)
    }

    fn serve_options(&self, ready: &Ready) -> ServeOptions {
        let settings = ready.settings.as_ref();
        let mut options = ServeOptions {
            listen: ready.listen.clone(),
            base_url: settings.map(|settings| settings.gate.origins.main().base_url().clone()),
            tls: self
                .tls_cert
                .clone()
                .zip(self.tls_key.clone())
                .map(|(certificate, key)| TlsFiles::new(certificate, key)),
            trusted_proxies: settings
                .map(|settings| settings.gate.trusted_proxies.clone())
                .unwrap_or_default(),
            request_id_from: self.request_id_from.clone(),
            limits: Limits {
                connections: descriptors::bounded(self.max_connections),
                connections_of_a_peer: self.max_connections_of_a_peer,
                head_timeout: self.head_timeout,
                idle_timeout: self.idle_timeout,
                stall_timeout: self.stall_timeout,
                least_bytes_per_second: self.least_bytes_per_second,
                connect_timeout: self.connect_timeout,
                response_timeout: self.response_timeout,
                drain_timeout: self.shutdown_timeout,
                ..Limits::default()
            },
            shutdown_delay: self.shutdown_delay,
            ..ServeOptions::default()
        };
        if let Some(threads) = self.worker_threads {
            options.worker_threads = threads.into();
        }
        options.door = match (&self.unprotected_bare_forward, self.door) {
            (Some(url), _) => Door::UnprotectedBareForward(url.clone()),
            (None, GatewayDoor::Gate) => Door::Gate,
            (None, GatewayDoor::Handler) => Door::Handler,
        };
        options.access_log = match (self.access_log, self.log_format) {
            (Some(AccessLog::Off), _) => AccessLogFormat::Off,
            (Some(AccessLog::Text), _) | (None, LogFormat::Text) => AccessLogFormat::Text,
            (Some(AccessLog::Json), _) | (None, LogFormat::Json) => AccessLogFormat::Json,
        };
        options
    }
}

/// The base URL at which somebody can make the first account: with a password, where
/// accounts can be made at all.
fn may_have_first_admin(settings: Option<&SignInSettings>) -> Option<String> {
    let settings = settings?;
    let sign_in = settings.sign_in();
    let origin = settings.gate.origins.main();
    let may = sign_in.sign_up.who != SignUp::Closed
        && sign_in.password_sign_in == PasswordSignIn::On
        && origin.backend().foreign().is_none();
    may.then(|| origin.base_url().as_str().to_owned())
}

/// Says what is wrong with origins, and brings the tables of those that are served up
/// to date; then sweeps.
async fn look_after(
    store: StoreAdmin,
    settled: Settled,
    first_admin_at: Option<String>,
    log_format: LogFormat,
) {
    // A log that programs keep is no place for a link that makes an administrator.
    if let Some(base_url) = first_admin_at.filter(|_| log_format == LogFormat::Text) {
        match invite::first_admin_at_start(&store, &base_url).await {
            Ok(Some(link)) => outln!(
                "Nobody has an account yet. Whoever opens this within an hour makes the first administrator's:\n  {link}"
            ),
            Ok(None) => {}
            Err(error) => tracing::warn!("no link for a first administrator: {error:#}"),
        }
    }
    let (manifest, variables) = (settled.manifest, settled.variables);
    match store.all_origins().await {
        Ok(origins) => {
            for problem in kept::problems(&manifest, &variables, &origins) {
                tracing::warn!("{problem}");
            }
            for remark in kept::remarks(&variables, &origins) {
                tracing::warn!("{remark}");
            }
        }
        Err(error) => tracing::warn!("origins could not be looked through: {error:#}"),
    }
    if let Err(error) = migrate::others_aside(&store, &variables).await {
        tracing::warn!("origins' tables could not be looked at: {error:#}");
    }
    sweep::now_and_then(&store, &variables).await;
}

/// `10`, `10s`, `500ms`, `5m` or `1h`; a bare number is seconds.
fn duration(text: &str) -> Result<Duration, String> {
    let digits = text
        .find(|character: char| !character.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number
        .parse()
        .map_err(|_| "write a number and a unit: 10s, 500ms, 5m, 1h".to_owned())?;
    let milliseconds = match unit {
        "ms" => Some(number),
        "" | "s" => number.checked_mul(1000),
        "m" => number.checked_mul(60_000),
        "h" => number.checked_mul(3_600_000),
        _ => return Err(format!("`{unit}` is no unit of time: s, ms, m or h")),
    };
    match milliseconds {
        Some(0) | None => Err("is out of range".to_owned()),
        Some(milliseconds) => Ok(Duration::from_millis(milliseconds)),
    }
}

/// The same, or none.
fn delay(text: &str) -> Result<Duration, String> {
    match text {
        "0" | "0s" => Ok(Duration::ZERO),
        text => duration(text),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{delay, duration};

    #[test]
    fn a_delay_may_be_none() {
        for (text, seconds) in [("0", 0), ("0s", 0), ("15", 15), ("1m", 60)] {
            assert_eq!(delay(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "0d", "-1"] {
            assert!(delay(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_are_read_with_their_units_and_zero_is_none() {
        for (text, milliseconds) in [
            ("1", 1000),
            ("2s", 2000),
            ("500ms", 500),
            ("1m", 60_000),
            ("1h", 3_600_000),
        ] {
            assert_eq!(
                duration(text).map(|time| time.as_millis()),
                Ok(milliseconds),
                "{text}"
            );
        }
        for text in [
            "",
            "0",
            "s",
            "-1",
            "1d",
            "1.5s",
            "99999999999999999999",
            "18446744073709551615h",
        ] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
