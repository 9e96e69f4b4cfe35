//! What an operator sets is kept in one place, and every command finds it there; the
//! start says where to go, and what stands in the way.

use std::fs;
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use gatelet_tests::process::{Process, START_LIMIT};
use gatelet_tests::visitor::{Visitor, tls};
use gatelet_tests::{free_port, repository, secrets, server};
use tempfile::TempDir;

/// An operator's folder: the manifest, and nothing set.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let manifest = repository().join("spin.toml");
        fs::copy(manifest, folder.path().join("spin.toml")).expect("the manifest");
        symlink(repository().join("target"), folder.path().join("target")).expect("a link");
        fs::create_dir(folder.path().join("scripts")).expect("a folder of ours");
        let script = repository().join("scripts/up.sh");
        fs::copy(script, folder.path().join("scripts/up.sh")).expect("the script");
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = server::gatelet();
        command.args(arguments).current_dir(self.path());
        command
    }

    /// What it says, and whether it is content.
    fn run(&self, arguments: &[&str]) -> (bool, String) {
        said(&self.command(arguments).output().expect("it is built"))
    }

    #[track_caller]
    fn done(&self, arguments: &[&str]) -> String {
        let (done, said) = self.run(arguments);
        assert!(done, "gatelet {arguments:?}: {said}");
        said
    }

    fn serving(&self, mut command: Command, url: &str) -> (Process, Visitor) {
        let mut process = Process::start("gatelet", &mut command, &self.path().join("log"));
        let visitor = Visitor::new(url);
        process.wait_until("a first page", START_LIMIT, |_| {
            let page = visitor.visit("/auth/sign-in").try_send();
            page.is_ok_and(|page| page.status == 200)
        });
        (process, visitor)
    }
}

fn said(output: &Output) -> (bool, String) {
    let text = [&output.stdout[..], &output.stderr].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    secrets::assert_none_in("what a command says", &text);
    (output.status.success(), text)
}

#[test]
fn what_make_up_is_told_is_found_by_every_command_and_by_the_next_start() {
    let folder = Folder::new();
    let (port, password) = (free_port(), "a password / with # all ' sorts");
    secrets::remember(password);
    let url = format!("http://localhost:{port}");
    let make_up = |variables: &[(&str, &str)]| {
        let mut command = Command::new(folder.path().join("scripts/up.sh"));
        command.envs(variables.iter().copied());
        command
    };
    let listen = format!("localhost:{port}");
    let (process, _) = folder.serving(make_up(&[("LISTEN", &listen)]), &url);
    let settings = folder.path().join(".gatelet/env");
    let mode = fs::metadata(&settings).expect("it was made").permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    for command in [
        &["doctor"][..],
        &["origins", "list"],
        &["preview", "list"],
        &["migrate"],
    ] {
        folder.done(command);
    }
    let config = folder.done(&["config"]);
    let line = format!("base_url = {url} (.gatelet/env; default: http://localhost:3000)");
    assert!(config.contains(&line), "{config}");
    drop(process);

    // A plain `make up` goes on where the last one was.
    let (process, _) = folder.serving(make_up(&[]), &url);
    assert!(
        process.log().contains(&format!("open      {url}\n")),
        "{}",
        process.log()
    );
    drop(process);

    let mut set = folder.command(&["set", "github_client_secret", "-"]);
    let mut set = set
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it is built");
    let mut input = set.stdin.take().expect("it is piped");
    writeln!(input, "{password}").expect("it reads");
    drop(input);
    let (done, told) = said(&set.wait_with_output().expect("it ends"));
    assert!(
        done && told.contains("github_client_id"),
        "what is missing beside it: {told}"
    );
    let (done, _) = folder.run(&["migrate"]);
    assert!(!done, "half a pair is refused where it would be used");
    folder.done(&["set", "github_client_id", "x"]);
    folder.done(&["migrate"]);
    folder.done(&["set", "base_url", "--unset"]);
    assert!(
        folder
            .done(&["config"])
            .contains("base_url = http://localhost:3000 (default)")
    );
}

#[test]
fn a_profile_that_one_example_named_does_not_stop_the_next() {
    let folder = Folder::new();
    folder.done(&["profile", "new", "shop"]);
    let with = |profile: &str, arguments: &[&str]| {
        let mut command = folder.command(arguments);
        command.env("GATELET_PROFILE", profile);
        said(&command.output().expect("it is built"))
    };
    let (done, told) = with("shop", &["config"]);
    assert!(
        done && told.contains("Profile shop: .gatelet/shop/env"),
        "{told}"
    );
    let (done, told) = with("shp", &["config"]);
    let says = [
        "GATELET_PROFILE",
        "did you mean shop?",
        "`gatelet profile new shp`",
    ];
    assert!(
        !done && says.iter().all(|says| told.contains(says)),
        "{told}"
    );
    for named in [&["config", "--profile", "default"][..], &["config"]] {
        let (done, told) = with(if named.len() == 1 { "" } else { "shp" }, named);
        assert!(done && told.contains("Profile default: "), "{told}");
    }
    let (again, told) = folder.run(&["profile", "new", "shop"]);
    assert!(!again && told.contains("is there already"), "{told}");
}

#[test]
fn a_slip_in_a_name_is_told_with_the_name_that_was_meant() {
    let folder = Folder::new();
    let key = folder.done(&["keys", "new"]);
    secrets::remember(key.trim().split_once(':').map_or("", |(_, key)| key));
    let env = folder.path().join("app.env");
    let text = format!(
        "SPIN_VARIABLE_SESSION_KEYS={key}upstream=http://localhost:1\nSPIN_VARIABLE_SITE_NMAE=x\n"
    );
    fs::write(&env, text).expect("a folder of ours");
    for command in ["doctor", "config"] {
        let (_, told) = folder.run(&[command, "--env-file", "app.env"]);
        for says in [
            "upstream in app.env line 2: means nothing here: did you mean SPIN_VARIABLE_UPSTREAM?",
            "did you mean SPIN_VARIABLE_SITE_NAME?",
        ] {
            assert!(told.contains(says), "{command}: {told}");
        }
    }
    for (arguments, meant) in [
        (
            &[
                "doctor",
                "--env-file",
                "app.env",
                "--variable",
                "upstraem=x",
            ][..],
            "did you mean upstream?",
        ),
        (&["set", "upstraem", "x"], "did you mean upstream?"),
        (&["migrat"], "similar subcommand exists: 'migrate'"),
        (
            &["up", "--lisen", "x"],
            "similar argument exists: '--listen'",
        ),
    ] {
        let (done, told) = folder.run(arguments);
        assert!(!done && told.contains(meant), "{arguments:?}: {told}");
    }
}

#[test]
fn a_port_that_is_taken_is_told_with_who_has_it_and_what_to_do() {
    let folder = Folder::new();
    let held = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = held.local_addr().expect("an address").port();
    let (done, told) = folder.run(&["up", "--init", "--listen", &port.to_string()]);
    assert!(!done, "{told}");
    for says in [
        format!("127.0.0.1:{port} is taken"),
        format!("process {}", std::process::id()),
        "--listen 127.0.0.1:".to_owned(),
    ] {
        assert!(told.contains(&says), "{says}: {told}");
    }
}

#[test]
fn tls_alone_serves_an_address_that_works_and_says_which() {
    let folder = Folder::new();
    let (certificate, key) = (folder.path().join("c.pem"), folder.path().join("k.pem"));
    tls::make_certificate("localhost", &certificate, &key);
    let port = free_port();
    let url = format!("https://localhost:{port}");
    let mut command = folder.command(&["up", "--init", "--listen", &format!("localhost:{port}")]);
    command.args(["--tls-cert", "c.pem", "--tls-key", "k.pem"]);
    let mut process = Process::start("gatelet", &mut command, &folder.path().join("log"));
    let visitor = Visitor::new(&url).trusting(&certificate);
    process.wait_until("a first page", START_LIMIT, |_| {
        visitor
            .get("/health/ready")
            .try_send()
            .is_ok_and(|page| page.status == 200)
    });
    let account = gatelet_tests::account::Account::new("Ada");
    account.sign_up(&visitor, "/").expect(303);
    let log = process.log();
    assert!(
        log.contains(&format!("`gatelet set base_url {url}`")),
        "{log}"
    );
    let open = log.lines().find(|line| line.starts_with("open "));
    assert_eq!(open, Some(&*format!("open      {url}")), "{log}");
}

#[test]
fn a_proxy_that_nobody_listed_is_told_of_once() {
    let folder = Folder::new();
    let port = free_port();
    let url = format!("http://localhost:{port}");
    let command = folder.command(&["up", "--init", "--listen", &port.to_string()]);
    let (process, visitor) = folder.serving(command, &url);
    for _ in 0..3 {
        let request = visitor.get("/").header("X-Forwarded-For", "192.0.2.1");
        request.send().expect(401);
    }
    let log = process.log();
    let told = log.matches("gatelet set trusted_proxies 127.0.0.1").count();
    assert_eq!(told, 1, "{log}");
}

#[test]
fn odd_surroundings_are_lived_with_or_named() {
    let folder = Folder::new();
    folder.done(&["set", "site_name", " a 'name' # with \"odd\" ends "]);
    let mut bare = folder.command(&["up", "--help"]);
    let mut empty = folder.command(&["migrate", "--variable", "session_keys="]);
    let mut nowhere = folder.command(&["config"]);
    let (done, told) = said(&bare.env_clear().output().expect("it is built"));
    assert!(done && told.contains("--listen"), "{told}");
    for name in [
        "GATELET_PROFILE",
        "GATELET_STATE_DIR",
        "GATELET_CACHE_DIR",
        "HOME",
    ] {
        empty.env(name, "");
        nowhere.env_remove(name);
    }
    let (done, told) = said(&empty.output().expect("it is built"));
    assert!(!done && told.contains("session_keys: "), "{told}");
    let (done, told) = said(&nowhere.output().expect("it is built"));
    let name = "site_name =  a 'name' # with \"odd\" ends  (.gatelet/env; default: Gatelet)";
    assert!(done && told.contains(name), "{told}");

    for (file, contents, says) in [
        ("broken", &b"A\n"[..], "broken line 1: write NAME=value"),
        ("odd", b"A=\xff\n", "odd line 1: is not UTF-8"),
        ("wide", b"\xff\xfeA\0", "wide: is UTF-16"),
        ("scripts", b"", "scripts: is a folder"),
        ("none", b"", "none cannot be read"),
    ] {
        if !contents.is_empty() {
            fs::write(folder.path().join(file), contents).expect("a folder of ours");
        }
        for command in ["config", "doctor", "up"] {
            let (done, told) = folder.run(&[command, "--env-file", file]);
            assert!(!done && told.contains(says), "{command}: {told}");
        }
    }
    fs::write(folder.path().join(".gatelet/env"), "hunter2").expect("a folder of ours");
    let (done, told) = folder.run(&["set", "site_name", "x"]);
    let says = ".gatelet/env line 1: write NAME=value";
    assert!(
        !done && told.contains(says) && !told.contains("hunter2"),
        "{told}"
    );
    let kept = fs::read_to_string(folder.path().join(".gatelet/env")).expect("it is there");
    assert_eq!(kept, "hunter2", "nothing is lost");
}
