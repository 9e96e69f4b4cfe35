//! What is the operator told of origins, and what are those that the variable
//! `origins` writes down?

use gatelet_tests::account::Account;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::on_both_engines;

use super::{name_of, preview, production, refused, run, wait_for};

on_both_engines! {
    origins_that_are_written_down_are_served_with_tables_of_their_own,
}

/// Production with origins in its variable.
fn with_written(engine: Engine, written: &str) -> Setup {
    let setup = production(engine);
    let port = setup.base_url().rsplit(':').next().unwrap_or_default();
    // A line of the env file.
    let written = written.replace("PORT", port).replace('\n', "");
    setup.variable("origins", &written)
}

fn doctor(gatelet: &Gatelet) -> String {
    let output = gatelet.setup().run(&["doctor"]);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The doctor's line about an origin.
#[track_caller]
fn line_about(report: &str, name: &str) -> String {
    let about = format!("origin {name}");
    let mut lines = report.lines().map(str::trim);
    let line = lines.find(|line| {
        line.split_once(&about)
            .is_some_and(|(_, rest)| rest.starts_with(' ') || rest.starts_with(':'))
    });
    line.unwrap_or_else(|| panic!("nothing about {name}: {report}"))
        .to_owned()
}

#[test]
fn doctor_marks_a_preview_that_has_somebody_elses_users_whoevers_they_are() {
    let gatelet = production(Engine::Postgres).start();
    let (own, _) = preview(&gatelet, &["own"]);
    let (with_main, _) = preview(&gatelet, &["with-main", "--share-database"]);
    let own = name_of(&own);
    let shares = ["below", "--parent", own.as_str(), "--share-database"];
    let (below, _) = preview(&gatelet, &shares);
    let (alone, _) = preview(&gatelet, &["alone"]);
    let report = doctor(&gatelet);
    for (name, says) in [
        (name_of(&with_main), "shares its users with main"),
        (name_of(&below), &*format!("shares its users with {own}")),
        (
            own.clone(),
            &*format!("shares its users with {}", name_of(&below)),
        ),
    ] {
        let line = line_about(&report, &name);
        assert!(line.contains(says), "{line}");
        assert!(line.starts_with('!'), "it is marked: {line}");
    }
    let line = line_about(&report, &name_of(&alone));
    assert!(line.contains("its users are in the schema"), "{line}");
    assert!(!line.starts_with('!'), "{line}");
}

#[test]
fn what_is_wrong_with_an_origin_is_said_at_the_start_with_the_mend() {
    let written = r#"[
        {"name":"docs","values":{"base_url":"http://docs.localhost:PORT"}},
        {"name":"odd","values":{"base_url":"http://odd.localhost:PORT","colour":"red"}}
    ]"#;
    let mut gatelet = with_written(Engine::Postgres, written).start();
    let (good, _) = preview(&gatelet, &["good"]);
    let (orphan, _) = preview(&gatelet, &["orphan"]);
    let twin = format!("http://docs.localhost:{}", gatelet.address().port());
    gatelet.database().execute(&format!(
        "UPDATE auth_origins SET parent = 'gone' WHERE branch = 'orphan'; \
         INSERT INTO auth_origins VALUES ('twin', 'main', 'origin', 'ready', '', '{{\"base_url\":\"{twin}\"}}', '', '', 1, NULL); \
         INSERT INTO auth_origins VALUES ('odd', 'main', 'origin', 'ready', '', '{{\"base_url\":\"http://other.localhost\"}}', '', '', 1, NULL); \
         INSERT INTO auth_origins VALUES ('over', 'gone', 'origin', 'ready', '', '{{}}', '', '', 1, 2)"
    ));
    gatelet.restart();
    let orphan = name_of(&orphan);
    let lines = [
        (
            orphan.as_str(),
            "there is no origin gone",
            format!("`gatelet origins rm {orphan}` removes it"),
        ),
        (
            "docs",
            "is twin's already",
            "the variable origins".to_owned(),
        ),
        ("odd", "does not count", "give it another name".to_owned()),
    ];
    for (name, says, mend) in &lines {
        let line = gatelet.wait_for_line(&["WARN", &format!("origin {name}: "), says]);
        assert!(line.contains(mend), "{line}");
    }
    let report = doctor(&gatelet);
    for (name, says, mend) in &lines {
        let told = report.lines().any(|line| {
            line.contains(&format!("origin {name}: ")) && line.contains(says) && line.contains(mend)
        });
        assert!(told, "{name}: {report}");
    }
    let started = gatelet.log();
    for quiet in ["origin over: ", "origin good"] {
        assert!(!started.contains(quiet), "{quiet}");
    }
    gatelet
        .visitor_at(&good)
        .get("/auth/session")
        .send()
        .expect(200);
}

#[test]
fn origins_that_cannot_be_read_stop_the_start_with_one_line() {
    for (written, says) in [
        ("[", "origins: is no list of origins at line 1"),
        (r#"[{"name":"a"}]"#, "origins: is no list of origins"),
        (
            r#"[{"name":"main","values":{}}]"#,
            "origins: has an origin without a name of its own",
        ),
        (
            r#"[{"name":"a","values":{}},{"name":"a","values":{}}]"#,
            "origins: has two origins a",
        ),
    ] {
        let log = with_written(Engine::Sqlite, written).refuse();
        let lines = log.trim().lines().count();
        assert!(log.contains(says) && lines == 1, "{written}: {log}");
    }
}

fn origins_that_are_written_down_are_served_with_tables_of_their_own(engine: Engine) {
    let written = r#"[
        {"name":"docs","schema":"docs","values":{"base_url":"http://docs.localhost:PORT","site_name":"Docs"}},
        {"name":"apps","values":{"base_url":"http://*.apps.localhost:PORT"}}
    ]"#;
    let gatelet = with_written(engine, written).start();
    let port = gatelet.address().port();
    let docs = gatelet.visitor_at(&format!("http://docs.localhost:{port}"));
    wait_for(&docs, true);
    // Their tables are made while it serves.
    gatelet.wait_for_line(&["docs: ", "0001"]);
    let account = Account::new("Ada Lovelace");
    account.sign_up(&docs, "/").expect(303);
    docs.get("/headers").send().expect(200);
    account.sign_in(&gatelet.visitor(), "/").expect(401);

    let set = |name: &str, value: &str| {
        let value = format!("base_url={}", value.replace("PORT", &port.to_string()));
        refused(&gatelet, &["origins", "set", name, &value])
    };
    let said = set("docs", "http://other.localhost:PORT");
    assert!(said.contains("the variable origins"), "{said}");
    let said = set("twin", "http://docs.localhost:PORT");
    assert!(said.contains("is docs's already"), "{said}");
    let said = set("twin", "http://*.apps.localhost:PORT");
    assert!(said.contains("is apps's already"), "{said}");
    let said = refused(&gatelet, &["origins", "rm", "docs"]);
    assert!(said.contains("the variable origins"), "{said}");
    let listed = run(&gatelet, &["origins", "list"]);
    let line = listed.lines().find(|line| line.starts_with("docs "));
    assert!(
        line.is_some_and(|line| line.contains("written down")),
        "{listed}"
    );
    let shown = run(&gatelet, &["origins", "show", "docs"]);
    assert!(shown.contains("site_name = Docs (its own)"), "{shown}");

    // It may be a parent, and its preview has users of its own.
    let (url, visitor) = preview(&gatelet, &["feat", "--parent", "docs"]);
    let page = visitor.visit("/auth/sign-in").send().expect(200).text();
    assert!(page.contains("Docs"), "{page}");
    account.sign_in(&visitor, "/").expect(401);
    let shares = ["shared", "--parent", "docs", "--share-database"];
    let (_, sharing) = preview(&gatelet, &shares);
    account.sign_in(&sharing, "/").expect(303);
    let name = name_of(&url);
    let delete = [
        "preview",
        "delete",
        "feat",
        "--parent",
        "docs",
        "--confirm",
        &name,
    ];
    run(&gatelet, &delete);
}
