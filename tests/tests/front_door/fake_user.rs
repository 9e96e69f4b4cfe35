//! `gatelet fake-user`: an app is told of whoever was named as the gateway would tell it,
//! and nobody else's machine comes by it.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Output, Stdio};
use std::time::Duration;

use gatelet_tests::account::Account;
use gatelet_tests::cases::Door;
use gatelet_tests::commands::run;
use gatelet_tests::gatelet::Gatelet;
use gatelet_tests::process::Process;
use gatelet_tests::raw_socket::{RawSocket, spoofed_trailers};
use gatelet_tests::upstream::{Seen, Upstream};
use gatelet_tests::visitor::Visitor;
use gatelet_tests::{free_port, server};

const ID: &str = "2f1c8f0e-6a57-4b52-9d0f-1f0d6a3b7c11";
const NAME: &str = "Ada Łovelace 100%";
const IDENTITY: &str = "x-forwarded-";

/// A stand-in that runs. Ended when dropped.
struct StandIn {
    process: Process,
    port: u16,
    _folder: tempfile::TempDir,
}

impl StandIn {
    fn before(upstream: &Upstream, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let mut command = server::gatelet();
        command
            .args(["fake-user", "--upstream", &upstream.url()])
            .args(["--listen", &format!("127.0.0.1:{port}")])
            .args(arguments)
            .current_dir(folder.path());
        let mut process = Process::start("gatelet", &mut command, &folder.path().join("log"));
        let limit = Duration::from_secs(30);
        process.wait_until("say that it is no login", limit, |log| {
            log.contains("THIS IS NO LOGIN")
        });
        Self {
            process,
            port,
            _folder: folder,
        }
    }

    fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.port))
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.process.stop(Duration::from_secs(5));
    }
}

fn ended(arguments: &[&str]) -> Output {
    let mut command = server::gatelet();
    command.arg("fake-user").args(arguments);
    command.stdin(Stdio::null()).output().expect("it is built")
}

/// What the app is told of who asks, in order, without what follows from the way.
fn told(seen: &Seen) -> Vec<(String, String)> {
    let ours = [
        "user",
        "email",
        "email-verified",
        "name",
        "provider",
        "groups",
    ];
    let ours = ours.map(|name| format!("{IDENTITY}{name}"));
    let fields = seen.headers.iter();
    let mut told: Vec<_> = fields
        .filter(|(name, _)| ours.iter().any(|ours| name.as_str() == ours))
        .map(|(name, value)| {
            let value = value.to_str().expect("ASCII");
            (name.as_str().to_owned(), value.to_owned())
        })
        .collect();
    told.sort();
    told
}

#[test]
fn an_app_is_told_by_the_stand_in_what_the_gateway_tells_it() {
    let upstream = Upstream::start();
    let gatelet = Gatelet::in_front_of(&upstream, Door::Gate);
    let visitor = gatelet.visitor();
    let account = Account::new(NAME);
    account.sign_up(&visitor, "/").expect(303);
    let id = visitor.get("/auth/me").send().json()["id"].clone();
    let id = id.as_str().expect("an id");
    run(&gatelet, &["groups", "create", "staff"]);
    run(&gatelet, &["groups", "add", "staff", &account.email]);
    let visitor = gatelet.visitor();
    account.sign_in(&visitor, "/").expect(303);
    visitor.get("/real").send().expect(200);
    let who = [
        "--email",
        &account.email,
        "--email-unverified",
        "--name",
        NAME,
        "--id",
        id,
        "--groups",
        "staff",
    ];
    let stand_in = StandIn::before(&upstream, &who);
    let spoofed = Visitor::new(&stand_in.url());
    let spoofed = spoofed
        .get("/fake")
        .header("x-forwarded-user", "root")
        .header("x_forwarded.groups", "root")
        .header("remote-user", "root")
        .header("cookie", "kept=1; gatelet=secret");
    spoofed.send().expect(200);
    let (real, fake) = (upstream.seen_at("/real"), upstream.seen_at("/fake"));
    assert_eq!(told(&fake[0]).len(), 6, "{:?}", fake[0]);
    assert_eq!(told(&fake[0]), told(&real[0]));
    let all = format!("{:?}", fake[0].headers);
    assert!(!all.contains("root") && !all.contains("secret"), "{all}");
    assert!(all.contains("kept=1"), "{all}");

    // The same for a program that sends them itself.
    let printed = ended(&[&["--print"], &who[..]].concat());
    let printed = String::from_utf8(printed.stdout).expect("text");
    let mut printed: Vec<_> = printed
        .lines()
        .map(|line| line.split_once(": ").expect("a value for each"))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    printed.sort();
    assert_eq!(printed, told(&real[0]));
}

#[test]
fn with_nobody_an_app_is_told_of_nobody() {
    let upstream = Upstream::start();
    let stand_in = StandIn::before(&upstream, &["--nobody"]);
    let visitor = Visitor::new(&stand_in.url());
    let spoofed = visitor.get("/a").header("x-forwarded-user", "root");
    spoofed.send().expect(200);
    assert_eq!(told(&upstream.seen_at("/a")[0]), []);
    assert!(ended(&["--nobody", "--print"]).stdout.is_empty());
}

#[test]
fn bodies_websockets_and_trailers_pass_the_stand_in_as_they_pass_the_gateway() {
    let upstream = Upstream::start();
    let stand_in = StandIn::before(&upstream, &["--email", "ada@example.org", "--id", ID]);
    let visitor = Visitor::new(&stand_in.url());
    let body = vec![b'x'; 300_000];
    let sent = visitor
        .request(http::Method::POST, "/mirror")
        .body(body.clone());
    assert_eq!(sent.send().expect(200).body, body);
    let said = visitor.converse("/socket", &["one", "two"]);
    assert_eq!(said.expect("it opens"), [ID, "one", "two"]);
    let host = format!("localhost:{}", stand_in.port);
    let head = format!("POST /trailers HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
    let answer = RawSocket::exchange(stand_in.address(), spoofed_trailers(&head));
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(
        answer.contains("123") && !answer.contains("spoofed"),
        "{answer}"
    );
}

#[test]
fn the_stand_in_answers_this_machine_alone_and_only_by_its_names() {
    let upstream = Upstream::start();
    let email = ["--email", "ada@example.org"];
    let stand_in = StandIn::before(&upstream, &email);
    for (host, status) in [
        (format!("localhost:{}", stand_in.port), 200),
        (format!("127.0.0.1:{}", stand_in.port), 200),
        // A name of somebody else's that leads here.
        (format!("evil.example:{}", stand_in.port), 421),
    ] {
        let request = format!("GET /a HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let answer = RawSocket::exchange(stand_in.address(), request);
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{host}: {answer}"
        );
    }
    let answer = Visitor::new(&stand_in.url()).get("/auth/sign-in").send();
    assert!(answer.expect(404).text().contains("no login"));
    assert!(upstream.seen_at("/auth/sign-in").is_empty());

    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:4000", "0.0.0.0:4000"] {
        let arguments = ["--upstream", &upstream.url(), "--listen", listen];
        let output = ended(&[&arguments, &email[..]].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{listen}");
        assert!(said.contains("this is no login"), "{listen}: {said}");
    }
}

#[test]
fn what_the_gateway_would_not_say_the_stand_in_does_not() {
    for (arguments, about) in [
        (&["--print", "--email", "ada"][..], "is no email address"),
        (
            &["--print", "--email", "a@b.org", "--name", "a\nb"],
            "--name",
        ),
        (&["--print", "--email", "a@b.org", "--id", "root"], "--id"),
        (
            &["--print", "--email", "a@b.org", "--groups", "A"],
            "--groups",
        ),
        (&["--email", "a@b.org"], "--upstream"),
        (&["--email", "a@b.org", "--upstream", "ftp://a"], "http"),
    ] {
        let output = ended(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success(), "{arguments:?}");
        assert!(said.contains(about), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
}
