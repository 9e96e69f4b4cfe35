//! How is the front started, and how does it stop?

use std::future::Future;
use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use tokio::sync::{mpsc, watch};
use tokio_rustls::TlsAcceptor;

use super::access_log::AccessLog;
use super::application::Application;
use super::listener::{self, Lane};
use super::metrics::Metrics;
use super::options::ServeOptions;
use super::places::Places;
use super::seldom::Seldom;
use super::thread;
use super::tls::{self, TlsError, UpstreamTls};
use super::watch::CoarseClock;
use super::worker::Seed;

/// Why the front does not start. One line for the operator each.
#[derive(Debug)]
pub enum ServeError {
    /// Nothing to listen on.
    NoAddress,
    /// An address cannot be listened on.
    Listen(SocketAddr, io::Error),
    /// The certificate pair is no good.
    Tls(TlsError),
    /// Threads or runtimes cannot be had.
    Threads(io::Error),
}

impl std::fmt::Display for ServeError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoAddress => f.write_str("there is no address to listen on"),
            Self::Listen(address, error) if error.kind() == io::ErrorKind::AddrInUse => {
                write!(
                    f,
                    "cannot listen on {address}: something else listens there already"
                )
            }
            Self::Listen(address, error) => write!(f, "cannot listen on {address}: {error}"),
            Self::Tls(error) => error.fmt(f),
            Self::Threads(error) => write!(f, "cannot start serving threads: {error}"),
        }
    }
}

impl std::error::Error for ServeError {}

/// How far a stop has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Nobody has asked for one.
    None,
    /// Everybody is served as before, and whoever asks hears that it is not well.
    Leaving,
    /// Requests in flight end, and no others begin.
    Draining,
}

/// The front, listening but not yet serving.
pub struct Server {
    options: ServeOptions,
    application: Arc<dyn Application>,
    listeners: Vec<TcpListener>,
    tls: Option<TlsAcceptor>,
    metrics: Arc<Metrics>,
    log_sink: Box<dyn Write + Send>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Server")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl Server {
    /// Take the addresses and read the certificate, so that what is wrong with
    /// them is said before anything else happens.
    pub fn bind(
        options: ServeOptions,
        application: Arc<dyn Application>,
    ) -> Result<Self, ServeError> {
        if options.listen.is_empty() {
            return Err(ServeError::NoAddress);
        }
        let tls = options
            .tls
            .as_ref()
            .map(tls::acceptor)
            .transpose()
            .map_err(ServeError::Tls)?;
        let listeners = options
            .listen
            .iter()
            .map(|address| {
                listener::bind(*address).map_err(|error| ServeError::Listen(*address, error))
            })
            .collect::<Result<_, _>>()?;
        let metrics = Arc::new(Metrics::new(application.components()));
        Ok(Self {
            options,
            application,
            listeners,
            tls,
            metrics,
            log_sink: Box::new(io::stdout()),
        })
    }

    /// Write the access log elsewhere than to standard output.
    #[must_use]
    pub fn log_to(mut self, sink: Box<dyn Write + Send>) -> Self {
        self.log_sink = sink;
        self
    }

    /// The addresses listened on; a port 0 has become a real one.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.listeners
            .iter()
            .filter_map(|listener| listener.local_addr().ok())
            .collect()
    }

    /// The numbers, for [`super::admin`].
    #[must_use]
    pub fn metrics(&self) -> Arc<Metrics> {
        Arc::clone(&self.metrics)
    }

    /// Serve until `stop` is ready, then drain. Components run on the runtime
    /// that this is called from, which should have several threads.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<(), ServeError> {
        let options = ServeOptions {
            listen: self.addresses(),
            ..self.options.clone()
        };
        let (log, log_thread) = AccessLog::start(self.options.access_log, self.log_sink)
            .map_err(ServeError::Threads)?;
        let upstream_tls = Arc::new(UpstreamTls::default());
        let (stopping, stopped) = watch::channel(Stop::None);
        let told = Arc::new(Seldom::default());
        let mut lanes = Vec::new();
        let mut workers = Vec::new();
        for number in 0..self.options.worker_threads.max(1) {
            let (connections, accepted) = mpsc::unbounded_channel();
            let clock = CoarseClock::default();
            let load = Arc::new(AtomicUsize::new(0));
            let seed = Seed {
                application: Arc::clone(&self.application),
                options: options.clone(),
                metrics: Arc::clone(&self.metrics),
                log: log.clone(),
                told: Arc::clone(&told),
                tls: self.tls.clone(),
                clock: clock.clone(),
                load: Arc::clone(&load),
                upstream_tls: Arc::clone(&upstream_tls),
            };
            let stopped = stopped.clone();
            let (ended, end) = tokio::sync::oneshot::channel();
            std::thread::Builder::new()
                .name(format!("serve-{number}"))
                .spawn(move || {
                    // Nobody listens only if serving was itself abandoned.
                    let _ = ended.send(thread::run(seed, accepted, stopped));
                })
                .map_err(ServeError::Threads)?;
            workers.push(end);
            lanes.push(Lane {
                connections,
                load,
                clock,
            });
        }
        drop(log);

        let limits = &self.options.limits;
        let places = Places::new(
            limits.connections,
            limits.connections_of_a_peer,
            self.options.trusted_proxies.clone(),
        );
        let mut acceptors = tokio::task::JoinSet::new();
        for listener in self.listeners {
            let listener =
                tokio::net::TcpListener::from_std(listener).map_err(ServeError::Threads)?;
            acceptors.spawn(listener::accept(
                listener,
                lanes.clone(),
                Arc::clone(&places),
                stopped.clone(),
            ));
        }

        stop.await;
        let delay = self.options.shutdown_delay;
        if !delay.is_zero() {
            let _ = stopping.send(Stop::Leaving);
            tracing::info!("serving for {delay:?} more, while /health/live answers 503");
            tokio::time::sleep(delay).await;
        }
        // The listeners close first, so that nobody knocks in vain; then the
        // workers drain.
        let _ = stopping.send(Stop::Draining);
        while acceptors.join_next().await.is_some() {}
        drop(lanes);
        for end in workers {
            match end.await {
                Ok(ended) => ended.map_err(ServeError::Threads)?,
                Err(_panicked) => {
                    return Err(ServeError::Threads(io::Error::other(
                        "a serving thread panicked",
                    )));
                }
            }
        }
        if let Some(thread) = log_thread {
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
        Ok(())
    }
}

/// Ready when the process is asked to end: SIGTERM or SIGINT. The second time,
/// the process ends at once.
pub async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        tracing::error!("signals cannot be watched; the process ends without draining");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    tracing::info!("stopping: requests in flight are finished first");
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        std::process::exit(130);
    });
}
