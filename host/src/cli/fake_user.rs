//! `gatelet fake-user`: an app without the gateway, on a developer's own machine. It sets
//! the fields that the gateway sets, by the same code, and says that everybody is whoever
//! was named. It is no login, so nobody else's machine reaches it.

mod stand_in;
mod user;

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use gatelet_core::base_url::BaseUrl;
use gatelet_front::{ServeError, ServeOptions, Server, stop_signal};

use self::stand_in::StandIn;
use self::user::User;
use super::listen::{self, Listen};
use super::log::{self, LogFormat};
use super::runtime;

#[derive(Debug, Args)]
pub(super) struct FakeUser {
    /// Where the app listens, such as http://localhost:8000.
    #[arg(long, value_name = "URL", value_parser = base_url, required_unless_present = "print")]
    upstream: Option<BaseUrl>,
    /// Address of this machine to listen on.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4000")]
    listen: Listen,
    #[command(flatten)]
    user: User,
    /// Print the fields of one request and end: for `curl --header @-`, which wants those
    /// without a value with a semicolon.
    #[arg(long, conflicts_with_all = ["upstream", "listen"])]
    print: bool,
}

impl FakeUser {
    pub(super) fn run(self) -> Result<ExitCode> {
        let user = self.user.named()?;
        if self.print {
            let fields = user.map(|user| user.fields());
            for (name, value) in fields.iter().flat_map(|fields| fields.iter()) {
                match value {
                    "" => outln!("{name};"),
                    value => outln!("{name}: {value}"),
                }
            }
            return Ok(ExitCode::SUCCESS);
        }
        log::start(LogFormat::Text);
        let upstream = self.upstream.context("--upstream: where is the app?")?;
        let listen = listen::addresses(&[self.listen], None, false);
        for address in &listen {
            ensure!(
                address.ip().is_loopback(),
                "--listen {address}: others could reach it, and this is no login: use an address of this machine alone, such as 127.0.0.1:4000"
            );
        }
        let who = match &user {
            Some(user) => format!("everybody is {} <{}>", user.name, user.email),
            None => "everybody is nobody".to_owned(),
        };
        let stand_in = Arc::new(StandIn::new(&listen, &upstream, user)?);
        let server = bound(listen, stand_in)?;
        for address in server.addresses() {
            tracing::warn!(
                "THIS IS NO LOGIN: to the app at {upstream}, {who} at http://{address}. For development on this machine alone."
            );
        }
        let served = async { server.run(stop_signal()).await };
        runtime()?.block_on(served).context("serving ended")?;
        Ok(ExitCode::SUCCESS)
    }
}

fn bound(listen: Vec<SocketAddr>, stand_in: Arc<StandIn>) -> Result<Server> {
    let options = ServeOptions {
        base_url: Some(stand_in.base_url().clone()),
        listen,
        worker_threads: 1,
        ..ServeOptions::default()
    };
    match Server::bind(options, stand_in) {
        Err(ServeError::Listen(address, error)) if error.kind() == ErrorKind::AddrInUse => {
            bail!("{}", listen::taken(address))
        }
        bound => Ok(bound?),
    }
}

fn base_url(text: &str) -> Result<BaseUrl, String> {
    BaseUrl::parse(text).map_err(|error| format!("{error}: write it as http://localhost:8000"))
}
