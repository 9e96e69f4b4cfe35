//! What the README says of giving an app a secret that nobody sees, typed as it stands there.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use gatelet_tests::account::Account;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::{on_both_engines, repository, secrets};

on_both_engines! {
    the_readmes_walk_through_works_as_it_is_written,
}

const BEGINNING: &str = "**Give an app a Google client secret without anybody seeing it.**";

/// The lines of the block, without what is said of them.
fn lines() -> Vec<String> {
    let readme = fs::read_to_string(repository().join("README.md")).expect("the README");
    let (_, rest) = readme.split_once(BEGINNING).expect("the walk-through");
    let (_, rest) = rest.split_once("```sh\n").expect("its block");
    let (block, _) = rest.split_once("```").expect("its end");
    let lines = block
        .lines()
        .map(|line| line.split(" # ").next().unwrap_or(line));
    lines.map(|line| line.trim().to_owned()).collect()
}

/// Types a line; what it printed.
#[track_caller]
fn typed(gatelet: &Gatelet, line: &str) -> String {
    let output = gatelet.setup().shell(line);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{line}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn the_readmes_walk_through_works_as_it_is_written(engine: Engine) {
    let lines = lines();
    let [key, app, request, bind, serve] = lines.as_slice() else {
        panic!("{lines:?}");
    };
    let mut gatelet = Setup::new(engine).start();
    let (visitor, admin) = (gatelet.visitor(), Account::new("Ada"));
    let link = gatelet.wait_for_line(&["/auth/sign-up?invitation="]);
    admin.take_up(&visitor, link.trim()).expect(303);

    typed(&gatelet, key);
    gatelet.restart();
    typed(&gatelet, app);
    let said = typed(&gatelet, request);
    let link = said
        .split_whitespace()
        .find(|word| word.starts_with("http"));
    let page = visitor.visit(link.expect("a link")).send().expect(200);
    let secret = "GOCSPX-Wt4k9Rz2Lq-7xMn3Bv8";
    secrets::plant(secret);
    let form = page.form("/auth/console/enter").fill("value", secret);
    visitor.submit(&form, &page.url).send().expect(200);
    typed(&gatelet, bind);

    let program = gatelet.setup().folder().join("serve");
    let looks = "#!/bin/sh\n[ \"$GOOGLE_CLIENT_SECRET\" = \"$(cat expected)\" ] && echo served\n";
    fs::write(&program, looks).expect("our folder");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("our file");
    fs::write(gatelet.setup().folder().join("expected"), secret).expect("our folder");
    assert_eq!(typed(&gatelet, serve).trim(), "served");
}
