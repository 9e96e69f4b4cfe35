//! How does a message get to a mail server? Over a connection of its own, within a
//! bounded time, through TLS. What is said there is `gatelet_mail::dialogue`'s matter.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::fmt::Display;
use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use gatelet_mail::dialogue::{Dialogue, Refused, Step, Submission};
use gatelet_mail::mail_url::Security;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_rustls::TlsConnector;
use tower_service::Service as _;

use crate::outbound;

/// Opening a connection, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// All of it: less than a try has.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(40);

/// Sites of which letters are due, as their components say: whoever serves calls for
/// them then.
#[derive(Debug)]
pub struct LettersDue {
    authorities: Mutex<BTreeSet<String>>,
    pushed: Notify,
}

/// Most sites that are remembered. What is due at others is found in time.
const DUE_MAX: usize = 10_000;

/// Those of this process.
pub fn due() -> &'static LettersDue {
    static DUE: LettersDue = LettersDue {
        authorities: Mutex::new(BTreeSet::new()),
        pushed: Notify::const_new(),
    };
    &DUE
}

impl LettersDue {
    /// One more; whether it is remembered.
    pub(crate) fn push(&self, authority: String) -> bool {
        let mut authorities = self
            .authorities
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if authorities.len() >= DUE_MAX {
            return false;
        }
        authorities.insert(authority);
        drop(authorities);
        self.pushed.notify_one();
        true
    }

    /// The next one, once there is one.
    pub async fn next(&self) -> String {
        loop {
            let next = self
                .authorities
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop_first();
            if let Some(next) = next {
                return next;
            }
            self.pushed.notified().await;
        }
    }
}

/// Why a message was not taken.
#[derive(Debug)]
pub(crate) enum SubmitError {
    /// No connection, no TLS, no answer; in one line.
    Unreachable(String),
    /// By the server.
    Refused(Refused),
}

impl From<Refused> for SubmitError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<io::Error> for SubmitError {
    fn from(error: io::Error) -> Self {
        Self::Unreachable(error.to_string())
    }
}

/// Hands one message over.
pub(crate) async fn submit(
    host: &str,
    port: u16,
    submission: Submission,
) -> Result<(), SubmitError> {
    let handed_over = tokio::time::timeout(TOTAL_TIMEOUT, handed_over(host, port, submission));
    handed_over
        .await
        .unwrap_or_else(|_| Err(too_slow(TOTAL_TIMEOUT)))
}

async fn handed_over(host: &str, port: u16, submission: Submission) -> Result<(), SubmitError> {
    let security = submission.security;
    let stream = in_time(connected(host, port)).await?;
    let mut dialogue = Dialogue::new(submission);
    if security == Security::Implicit {
        let mut stream = in_time(tls(host, stream)).await?;
        spoken(&mut dialogue, &mut stream, Step::Read).await?;
        return Ok(());
    }
    let mut stream = stream;
    if spoken(&mut dialogue, &mut stream, Step::Read).await? == Spoken::StartTls {
        let mut stream = in_time(tls(host, stream)).await?;
        let hello = dialogue.secured();
        spoken(&mut dialogue, &mut stream, hello).await?;
    }
    Ok(())
}

async fn connected(host: &str, port: u16) -> Result<TcpStream, SubmitError> {
    let unreachable = |error: &dyn Display| SubmitError::Unreachable(error.to_string());
    let host = match host.contains(':') && !host.starts_with('[') {
        true => format!("[{host}]"),
        false => host.to_owned(),
    };
    let uri = format!("smtp://{host}:{port}").parse::<http::Uri>();
    let uri = uri.map_err(|error| unreachable(&error))?;
    let connected = outbound::connector(CONNECT_TIMEOUT).call(uri).await;
    connected
        .map(TokioIo::into_inner)
        .map_err(|error| match error.source() {
            Some(cause) => unreachable(&format_args!("{error}: {cause}")),
            None => unreachable(&error),
        })
}

/// How far one stream carried.
#[derive(PartialEq, Eq)]
enum Spoken {
    /// To the end.
    Taken,
    /// TLS is to begin.
    StartTls,
}

async fn spoken(
    dialogue: &mut Dialogue,
    stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    mut step: Step,
) -> Result<Spoken, SubmitError> {
    let mut buffer = [0; 2048];
    loop {
        match step {
            Step::Read => {}
            Step::Send(bytes) => {
                stream.write_all(&bytes).await?;
                stream.flush().await?;
            }
            Step::StartTls => return Ok(Spoken::StartTls),
            Step::Taken(goodbye) => {
                // It has been taken, whatever becomes of this.
                let _ = stream.write_all(goodbye).await;
                let _ = stream.shutdown().await;
                return Ok(Spoken::Taken);
            }
        }
        let length = stream.read(&mut buffer).await?;
        if length == 0 {
            let why = "the server hung up".to_owned();
            return Err(SubmitError::Unreachable(why));
        }
        step = dialogue.received(&buffer[..length])?;
    }
}

async fn tls(
    host: &str,
    stream: TcpStream,
) -> Result<tokio_rustls::client::TlsStream<TcpStream>, SubmitError> {
    let name = ServerName::try_from(host.to_owned());
    let name = name.map_err(|error| SubmitError::Unreachable(error.to_string()))?;
    let stream = connector().connect(name, stream).await;
    stream.map_err(|error| SubmitError::Unreachable(format!("TLS does not come about: {error}")))
}

/// Trusts whom the machine trusts.
fn connector() -> &'static TlsConnector {
    static CONNECTOR: OnceLock<TlsConnector> = OnceLock::new();
    CONNECTOR.get_or_init(|| {
        let mut roots = rustls::RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        let config = rustls::ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth();
        TlsConnector::from(Arc::new(config))
    })
}

async fn in_time<T>(
    opening: impl Future<Output = Result<T, SubmitError>>,
) -> Result<T, SubmitError> {
    let opened = tokio::time::timeout(CONNECT_TIMEOUT, opening).await;
    opened.unwrap_or_else(|_| Err(too_slow(CONNECT_TIMEOUT)))
}

fn too_slow(limit: Duration) -> SubmitError {
    SubmitError::Unreachable(format!("no answer within {} s", limit.as_secs()))
}
