//! Who takes letters? A real mail server that keeps them, with TLS and passwords
//! (`tests/node/mail-server.mjs`).

use std::path::PathBuf;
use std::time::{Duration, Instant};

use mail_parser::MessageParser;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::gatelet::Setup;
use crate::node::Node;
use crate::secrets;
use crate::visitor::tls;

/// Who may send there.
pub const USER: &str = "gatelet@mail.example";
/// With this password: it has what URLs would read as something else.
pub const PASSWORD: &str = "s3nd/mail:pass@w%rd";
/// The same as a URL writes it.
const PASSWORD_IN_URL: &str = "s3nd%2Fmail%3Apass%40w%25rd";

/// A running mail server. Ended when dropped.
#[derive(Debug)]
pub struct MailServer {
    node: Node,
    folder: TempDir,
    port: u16,
    scheme: &'static str,
}

/// A letter that it took.
#[derive(Debug)]
pub struct Taken {
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// What the client called itself.
    pub hello: String,
    /// Whether it came through TLS.
    pub secure: bool,
    /// Who brought it.
    pub user: Option<String>,
    /// The message.
    pub raw: String,
}

impl Taken {
    /// Its HTML part.
    #[track_caller]
    pub fn html(&self) -> String {
        let parsed = MessageParser::default().parse(&self.raw);
        let parsed = parsed.expect("a message");
        parsed.body_html(0).expect("an HTML part").into_owned()
    }

    /// Its text part.
    #[track_caller]
    pub fn text(&self) -> String {
        let parsed = MessageParser::default().parse(&self.raw);
        let parsed = parsed.expect("a message");
        parsed.body_text(0).expect("a text part").into_owned()
    }
}

impl MailServer {
    /// One with STARTTLS that asks for a password.
    pub fn start() -> Self {
        Self::with("smtp", &json!({ "starttls": true }))
    }

    /// One with TLS from the first byte.
    pub fn implicit_tls() -> Self {
        Self::with("smtps", &json!({ "implicitTls": true }))
    }

    /// The first with these settings instead.
    pub fn with(scheme: &'static str, settings: &Value) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = |name: &str| folder.path().join(name);
        tls::make_certificate("localhost", &file("certificate.pem"), &file("key.pem"));
        let mut all = json!({
            "implicitTls": false, "starttls": false, "user": USER, "password": PASSWORD,
            "cert": file("certificate.pem"), "key": file("key.pem"),
        });
        if let (Some(all), Some(settings)) = (all.as_object_mut(), settings.as_object()) {
            all.extend(settings.clone());
        }
        let node = Node::start("mail-server.mjs", &[&all.to_string()]);
        let port = node.greeting()["port"].as_u64().expect("a port");
        for secret in [PASSWORD, PASSWORD_IN_URL] {
            secrets::remember(secret);
        }
        Self {
            port: u16::try_from(port).expect("a port"),
            node,
            folder,
            scheme,
        }
    }

    /// As `mail_url` names it.
    pub fn url(&self) -> String {
        let user = USER.replace('@', "%40");
        let (scheme, port) = (self.scheme, self.port);
        format!("{scheme}://{user}:{PASSWORD_IN_URL}@localhost:{port}")
    }

    /// The certificate that it shows.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    /// Has letters sent here, by whoever trusts its certificate.
    #[must_use]
    pub fn of(&self, setup: Setup) -> Setup {
        let certificate = self.certificate();
        setup
            .variable("mail_url", &self.url())
            .variable("mail_from", "Acme <no-reply@acme.example>")
            .environment("SSL_CERT_FILE", &certificate.to_string_lossy())
    }

    /// How it behaves from now on: see the program.
    pub fn be(&self, mode: &str) {
        self.node.ask(&json!({ "op": "mode", "mode": mode }));
    }

    /// What it has taken.
    pub fn taken(&self) -> Vec<Taken> {
        let mails = self.node.ask(&json!({ "op": "mails" }));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mails = mails.as_array().expect("a list");
        mails
            .iter()
            .map(|mail| Taken {
                from: text(&mail["from"]),
                to: mail["to"]
                    .as_array()
                    .map_or_else(Vec::new, |all| all.iter().map(text).collect()),
                hello: text(&mail["hello"]),
                secure: mail["secure"].as_bool().unwrap_or_default(),
                user: mail["user"].as_str().map(str::to_owned),
                raw: text(&mail["raw"]),
            })
            .collect()
    }

    /// How many recipients were named to it.
    pub fn tries(&self) -> u64 {
        let tries = self.node.ask(&json!({ "op": "tries" }));
        tries.as_u64().expect("a number")
    }

    /// Waits until it has taken so many letters.
    #[track_caller]
    pub fn wait_taken(&self, count: usize) -> Vec<Taken> {
        let start = Instant::now();
        loop {
            let taken = self.taken();
            if taken.len() >= count {
                return taken;
            }
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "{} letters of {count}",
                taken.len()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
