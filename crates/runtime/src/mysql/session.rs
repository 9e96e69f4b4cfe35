//! How does a connection to a MySQL server come about, and does the server still answer?

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use deadpool::managed::{Manager, Metrics, RecycleError, RecycleResult};
use mysql_async::prelude::Queryable as _;
use mysql_async::{Conn, Error, Opts};

use super::address::Address;
use crate::seats::{Answering, Away, Dial, Undialled, chain};

/// Opening a connection, TLS and authentication included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The server has no seat left, or not for this user, or the user has used all for now.
const CROWDED: [u16; 3] = [1040, 1203, 1226];

/// Makes connections to one address.
pub(crate) struct Sessions(pub(super) Arc<Server>);

/// What all connections to one address know of the other end.
pub(crate) struct Server {
    options: Opts,
    /// Host and port, for messages.
    name: String,
    pub(super) away: Away,
}

/// One connection.
pub(crate) struct Session {
    pub(super) connection: Conn,
    pub(super) server: Arc<Server>,
}

/// Why there is no connection. No text repeats a password.
#[derive(Debug)]
pub(crate) enum SessionError {
    /// The server has been silent, and another is asking.
    Away,
    /// It was dialled and did not answer in time.
    Silent { server: String },
    /// It was dialled: what it said, or did not.
    Refused { server: String, error: Error },
}

impl Server {
    pub(super) fn new(address: Address) -> Self {
        let host = match address.host() {
            host if host.contains(':') => format!("[{host}]"),
            host => host.to_owned(),
        };
        Self {
            options: address.options(),
            name: format!("{host}:{}", address.port()),
            away: Away::default(),
        }
    }

    async fn connect(&self) -> Result<Conn, SessionError> {
        let server = || self.name.clone();
        match tokio::time::timeout(CONNECT_TIMEOUT, Conn::new(self.options.clone())).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => Err(SessionError::Refused {
                server: server(),
                error,
            }),
            Err(_) => Err(SessionError::Silent { server: server() }),
        }
    }
}

impl Manager for Sessions {
    type Type = Session;
    type Error = SessionError;

    async fn create(&self) -> Result<Session, SessionError> {
        let Self(server) = self;
        let connection = server.connect().await?;
        server.away.answers();
        Ok(Session {
            connection,
            server: Arc::clone(server),
        })
    }

    /// The server says nothing when it closes a connection that was idle for long, or all
    /// of them as it stops: only asking shows it.
    async fn recycle(&self, session: &mut Session, _: &Metrics) -> RecycleResult<SessionError> {
        match tokio::time::timeout(CONNECT_TIMEOUT, session.connection.ping()).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(RecycleError::message("closed")),
        }
    }
}

impl Answering for Server {
    fn away(&self) -> &Away {
        &self.away
    }

    async fn answers(&self) -> bool {
        match self.connect().await {
            Ok(mut connection) => {
                let asked = tokio::time::timeout(CONNECT_TIMEOUT, connection.ping());
                asked.await.is_ok()
            }
            // It refuses, so it is there.
            Err(SessionError::Refused { error, .. }) => matches!(error, Error::Server(_)),
            Err(SessionError::Away | SessionError::Silent { .. }) => false,
        }
    }
}

impl Dial for Sessions {
    fn server(&self) -> &impl Answering {
        &*self.0
    }
}

impl Undialled for SessionError {
    const AWAY: Self = Self::Away;

    fn is_silent(&self) -> bool {
        matches!(self, Self::Silent { .. })
    }

    fn is_crowded(&self) -> bool {
        let Self::Refused { error, .. } = self else {
            return false;
        };
        matches!(error, Error::Server(said) if CROWDED.contains(&said.code))
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Away => out.write_str("the database has not answered, and is being asked again"),
            Self::Silent { server } => write!(out, "{server} does not answer"),
            Self::Refused { server, error } => match error {
                Error::Server(said) => write!(
                    out,
                    "{server} refuses: {} (error {}, SQLSTATE {})",
                    said.message, said.code, said.state
                ),
                _ => write!(out, "{server}: {}", chain(error)),
            },
        }
    }
}

impl std::error::Error for SessionError {}
