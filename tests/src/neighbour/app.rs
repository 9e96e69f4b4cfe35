//! Which apps stand behind? Each as `docs/apps.md` sets it up.

use std::fs;
use std::process::Command;

use super::documented::{block, fill};
use super::{Ground, Neighbour, or_skip, program, python_packages};
use crate::repository;

/// The page that the settings are taken from.
const PAGE: &str = "docs/apps.md";

/// The site that `django-admin startproject` makes, CSRF protection and all, with what
/// the page adds, for visitors of this host. It has one view: a form, and whoever sends
/// it is led to `/sent`.
pub fn django(host: &str) -> Option<Neighbour> {
    let packages = python_packages("django")?.parent()?.to_owned();
    let python = program("python3")?;
    let ground = Ground::new("django");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(&python);
        command
            .args(["-m", "django"])
            .args(arguments)
            .current_dir(ground.folder.path())
            .env("PYTHONPATH", &packages);
        command
    };
    succeed(&mut run(&["startproject", "site_of_ours", "."]));
    let settings = ground.path("site_of_ours/settings.py");
    let stock = fs::read_to_string(&settings).expect("startproject wrote it");
    let ours = fill(
        block(PAGE, "django, settings"),
        &[("app.example.com", host)],
    );
    fs::write(&settings, stock + &ours).expect("a folder of ours");
    ground.write("login.py", &block(PAGE, "django, login"));
    fs::copy(
        repository().join("tests/neighbours/django_urls.py"),
        ground.path("site_of_ours/urls.py"),
    )
    .expect("a file of ours");
    let with_settings = ["--settings", "site_of_ours.settings", "--pythonpath", "."];
    succeed(run(&["migrate", "--verbosity", "0"]).args(with_settings));
    let address = format!("127.0.0.1:{}", ground.port);
    let mut serve = run(&["runserver", "--noreload", &address]);
    serve.args(with_settings);
    Some(ground.start(&mut serve))
}

/// An ASGI app on hypercorn, which speaks HTTP/1.1 and h2c on one port. It tells the
/// version of HTTP and the fields that reached it.
pub fn hypercorn() -> Option<Neighbour> {
    let packages = python_packages("hypercorn")?.parent()?.to_owned();
    let python = program("python3")?;
    let ground = Ground::new("hypercorn");
    let app = repository().join("tests/neighbours/asgi_app.py");
    fs::copy(app, ground.path("asgi_app.py")).expect("a file of ours");
    let mut command = Command::new(python);
    command
        .args(["-m", "hypercorn", "asgi_app:app", "--bind"])
        .arg(format!("127.0.0.1:{}", ground.port))
        .env("PYTHONPATH", packages);
    Some(ground.start(&mut command))
}

/// A CGI script on lighttpd, at `/env.cgi` and `/open/env.cgi`, that tells its
/// environment.
pub fn lighttpd() -> Option<Neighbour> {
    let program = program("lighttpd")?;
    let ground = Ground::new("lighttpd");
    for folder in ["", "open/"] {
        let _there = fs::create_dir(ground.path(folder));
        let script = "printf 'Content-Type: text/plain\\n\\n'\nenv\n";
        ground.write(&format!("{folder}env.cgi"), script);
    }
    let file = ground.write(
        "lighttpd.conf",
        &format!(
            "server.document-root = \"{}\"\nserver.bind = \"127.0.0.1\"\nserver.port = {}\n\
             server.modules = ( \"mod_cgi\" )\ncgi.assign = ( \".cgi\" => \"/bin/sh\" )\n",
            ground.folder.path().display(),
            ground.port
        ),
    );
    let mut command = Command::new(program);
    command.arg("-D").arg("-f").arg(file);
    Some(ground.start(&mut command))
}

/// The page's app on Express.
pub fn express() -> Option<Neighbour> {
    let modules = repository().join("tests/node/node_modules");
    or_skip(modules.join("express").is_dir().then_some(()), "express")?;
    let ground = Ground::new("express");
    let port = ground.port.to_string();
    let shown = ("listen(8080", format!("listen({port}"));
    let app = fill(block(PAGE, "express"), &[(shown.0, &shown.1)]);
    let file = ground.write("app.js", &app);
    let mut command = Command::new(program("node")?);
    command.arg(file).env("NODE_PATH", modules);
    Some(ground.start(&mut command))
}

#[track_caller]
fn succeed(command: &mut Command) {
    let output = command.output().expect("it is installed");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {said}");
}
