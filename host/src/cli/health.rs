//! `gatelet health`: does a server that runs answer?

use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use gatelet_core::decide::LIVE_PATH;
use gatelet_runtime::probe;
use url::Url;

use super::project::Project;
use super::{listen, runtime};

/// What takes longer is no answer to whoever visits either.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub(super) struct Health {
    /// Whom to ask, such as http://127.0.0.1:3000; at /health/live, unless it has a path
    /// [default: where `gatelet up` listens with these settings].
    #[arg(value_name = "URL", value_parser = asked)]
    url: Option<Url>,
    #[command(flatten)]
    project: Project,
}

impl Health {
    pub(super) fn run(self) -> Result<ExitCode> {
        let url = match self.url {
            Some(url) => url,
            None => {
                let base_url = self.project.base_url()?;
                let listen = listen::addresses(&[], base_url.as_deref(), false);
                here(listen.first().context("nothing listens")?)?
            }
        };
        let status = runtime()?.block_on(probe(url.as_str(), PATIENCE))?;
        ensure!((200..300).contains(&status), "{url} answers {status}");
        outln!("{url} answers {status}");
        Ok(ExitCode::SUCCESS)
    }
}

fn here(address: &SocketAddr) -> Result<Url> {
    Ok(Url::parse(&format!("http://{address}{LIVE_PATH}"))?)
}

fn asked(text: &str) -> Result<Url, String> {
    let shape = || "write it as http://127.0.0.1:3000".to_owned();
    let mut url = Url::parse(text).map_err(|_| shape())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(shape());
    }
    if url.path() == "/" {
        url.set_path(LIVE_PATH);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use clap::Parser as _;

    use super::*;
    use crate::cli::{Arguments, Command};

    #[test]
    fn the_live_probe_is_asked_unless_another_path_is_named() {
        for (text, url) in [
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000/health/live"),
            ("http://[::1]:3000/", "http://[::1]:3000/health/live"),
            (
                "https://app.example.com/health/ready",
                "https://app.example.com/health/ready",
            ),
        ] {
            assert_eq!(asked(text).unwrap().as_str(), url);
        }
        for text in ["", "localhost:3000", "127.0.0.1", "ftp://h", "/health/live"] {
            assert!(asked(text).is_err(), "{text}");
        }
        let address = "127.0.0.1:4000".parse().unwrap();
        let url = here(&address).unwrap();
        assert_eq!(url.as_str(), "http://127.0.0.1:4000/health/live");
    }

    #[test]
    fn a_server_that_is_away_or_unwell_is_told_of_in_one_line() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let served = std::thread::spawn(move || {
            for status in ["200 OK", "503 Service Unavailable"] {
                let (mut stream, _) = listener.accept().unwrap();
                let mut head = [0; 1024];
                let length = stream.read(&mut head).unwrap();
                let head = String::from_utf8_lossy(&head[..length]).into_owned();
                assert!(head.starts_with("GET /health/live HTTP/1.1\r\n"), "{head}");
                let answer = format!("HTTP/1.1 {status}\r\nconnection: close\r\n\r\n");
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        let asked = || {
            let url = format!("http://{address}");
            match Arguments::parse_from(["gatelet", "health", &url]).command {
                Command::Health(health) => health.run(),
                other => panic!("{other:?}"),
            }
        };
        assert!(asked().is_ok());
        let unwell = asked().unwrap_err();
        assert!(unwell.to_string().ends_with("answers 503"), "{unwell}");
        served.join().unwrap();
        let away = format!("{:#}", asked().unwrap_err());
        assert!(
            away.ends_with("/health/live: the connection was refused"),
            "{away}"
        );
    }
}
