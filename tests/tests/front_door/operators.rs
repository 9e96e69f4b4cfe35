//! What an operator sees of people and does about them, and who may make an account.

use gatelet_tests::account::{Account, sign_out, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::commands::{refused, run};
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::mail_server::MailServer;
use gatelet_tests::on_both_engines;
use gatelet_tests::response::Response;
use serde_json::Value;

use crate::letters::follow;

on_both_engines! {
    whoever_is_switched_off_is_out_at_once_and_stays_out_until_switched_on,
    what_people_and_operators_did_is_kept_without_an_address,
    the_first_administrator_comes_by_the_link_of_the_start_and_nobody_by_being_first,
    by_invitation_the_invited_make_an_account_and_nobody_else_does,
    an_invitation_goes_by_a_letter_where_that_is_asked_for,
    a_reset_link_sets_a_new_password_where_no_mail_is_sent,
}

#[track_caller]
fn json(gatelet: &Gatelet, arguments: &[&str]) -> Value {
    let said = run(gatelet, arguments);
    serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"))
}

/// Every look at the session is the store's.
fn asking_every_time(engine: Engine) -> Setup {
    Setup::new(engine).variable("session_fresh_seconds", "0")
}

#[track_caller]
fn expect_page(answer: Response, status: u16, code: &str) {
    let answer = answer.expect(status);
    assert!(answer.says_code(code), "{}", answer.description());
}

/// The path and query of a link that was printed.
#[track_caller]
fn path_of(gatelet: &Gatelet, link: &str) -> String {
    let path = link.trim().strip_prefix(gatelet.base_url());
    path.unwrap_or_else(|| panic!("no link: {link}")).to_owned()
}

fn whoever_is_switched_off_is_out_at_once_and_stays_out_until_switched_on(engine: Engine) {
    let gatelet = asking_every_time(engine).start();
    let (visitor, account) = signed_in(&gatelet);
    let (other, _) = signed_in(&gatelet);
    visitor.visit("/headers").send().expect(200);
    let shown = json(&gatelet, &["users", "show", &account.email, "--json"]);
    assert_eq!(shown["email"], account.email.as_str());
    assert_eq!(shown["sessions"], 1);
    assert_eq!(shown["waysIn"][0]["provider"], "password");
    let id = shown["id"].as_str().expect("an id").to_owned();

    let said = run(
        &gatelet,
        &["users", "disable", &account.email.to_uppercase()],
    );
    assert!(said.contains("switched off"), "{said}");
    visitor.visit("/headers").send().expect(303);
    other.visit("/headers").send().expect(200);
    let stranger = gatelet.visitor();
    expect_page(account.sign_in(&stranger, "/"), 403, "account.disabled");
    assert!(stranger.jar().get("gatelet").is_none());
    // Whoever does not know the password learns nothing.
    let wrong = Account {
        password: "something else entirely".to_owned(),
        ..account.clone()
    };
    let answer = wrong.sign_in(&stranger, "/").expect(401);
    assert!(
        !answer.text().contains("switched off"),
        "{}",
        answer.description()
    );
    account.sign_up(&stranger, "/").expect(409);

    let listed = json(&gatelet, &["users", "list", "--json", "--limit", "1"]);
    assert_eq!(listed["users"].as_array().map(Vec::len), Some(1));
    let after = listed["after"].as_str().expect("there is more");
    let rest = json(&gatelet, &["users", "list", "--json", "--after", after]);
    assert_eq!(rest["users"].as_array().map(Vec::len), Some(1));

    run(&gatelet, &["users", "enable", &id]);
    account.sign_in(&stranger, "/").expect(303);
    let sessions = json(&gatelet, &["sessions", "list", "--user", &id, "--json"]);
    let session = sessions["sessions"][0]["id"].as_str().expect("an id");
    assert!(!session.is_empty());
    let said = run(
        &gatelet,
        &["sessions", "revoke", &id, "--session", &session[..12]],
    );
    assert!(said.ends_with("1 sessions ended."), "{said}");
    stranger.visit("/headers").send().expect(303);

    let unsure = refused(&gatelet, &["users", "delete", &id]);
    assert!(unsure.contains("--confirm"), "{unsure}");
    run(&gatelet, &["users", "delete", &id, "--confirm", &id]);
    account.sign_in(&stranger, "/").expect(401);
    let gone = refused(&gatelet, &["users", "show", &account.email]);
    assert!(gone.contains("no such user"), "{gone}");
}

/// As `gatelet users list | head -1` has it.
#[test]
fn a_command_whose_output_nobody_reads_does_the_rest_all_the_same() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let account = Account::new("Ada");
    account.sign_up(&gatelet.visitor(), "/").expect(303);
    for command in [
        "users list",
        "users list --json",
        "man",
        "groups create team",
    ] {
        let line = format!("{{ sleep 0.3; gatelet {command}; echo ended $? >&2; }} | true");
        let output = gatelet.setup().shell(&line);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(said.trim(), "ended 0", "{command}");
    }
    assert!(run(&gatelet, &["groups", "list"]).contains("team"));
}

fn what_people_and_operators_did_is_kept_without_an_address(engine: Engine) {
    let gatelet = Gatelet::start(engine);
    let (visitor, account) = signed_in(&gatelet);
    let shown = json(&gatelet, &["users", "show", &account.email, "--json"]);
    let id = shown["id"].as_str().expect("an id");
    let wrong = Account {
        password: "something else entirely".to_owned(),
        ..account.clone()
    };
    let unknown = Account::new("Nobody");
    for _ in 0..3 {
        wrong.sign_in(&gatelet.visitor(), "/").expect(401);
        unknown.sign_in(&gatelet.visitor(), "/").expect(401);
    }
    sign_out(&visitor).expect(303);
    run(&gatelet, &["users", "disable", id]);

    let all = run(&gatelet, &["audit", "--json"]);
    assert!(!all.contains('@'), "{all}");
    let all: Value = serde_json::from_str(&all).expect("JSON");
    let all = all["events"].as_array().expect("events");
    let of = |act: &str, user: &str| -> Vec<&Value> {
        let of = all
            .iter()
            .filter(|one| one["event"] == act && one["user"] == user);
        of.collect()
    };
    assert_eq!(of("account.created", id).len(), 1, "{all:?}");
    let begun = of("session.begun", id);
    assert_eq!(begun.len(), 1, "{all:?}");
    assert_eq!(
        (&begun[0]["about"], &begun[0]["by"]),
        (&"password".into(), &"visitor".into())
    );
    assert_eq!(begun[0]["address"], "127.0.0.1");
    assert_eq!(begun[0]["origin"], gatelet.base_url());
    assert_eq!(of("session.ended", id).len(), 1, "{all:?}");
    assert_eq!(of("account.switched_off", id)[0]["by"], "operator");
    for user in [id, ""] {
        let wrong = of("credentials.wrong", user);
        // The hour may have changed between two of them.
        let times: u64 = wrong.iter().filter_map(|one| one["times"].as_u64()).sum();
        assert!(wrong.len() <= 2 && times == 3, "{user:?}: {wrong:?}");
        assert_eq!(wrong[0]["outcome"], "refused");
    }

    let one = json(
        &gatelet,
        &["audit", "--user", id, "--event", "session.ended", "--json"],
    );
    assert_eq!(one["events"].as_array().map(Vec::len), Some(1));
    let page = json(&gatelet, &["audit", "--json", "--limit", "2"]);
    let after = page["after"].as_str().expect("there is more");
    let next = json(
        &gatelet,
        &["audit", "--json", "--limit", "2", "--after", after],
    );
    assert_ne!(page["events"][1], next["events"][0]);
    run(&gatelet, &["users", "delete", id, "--confirm", id]);
    let kept = json(&gatelet, &["audit", "--user", id, "--json"]);
    assert!(
        kept["events"].as_array().is_some_and(|kept| kept.len() > 4),
        "{kept}"
    );
    let output = gatelet.setup().run(&["audit", "--event", "session.begin"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        !output.status.success() && said.contains("session.begun"),
        "{said}"
    );
}

fn the_first_administrator_comes_by_the_link_of_the_start_and_nobody_by_being_first(
    engine: Engine,
) {
    let gatelet = asking_every_time(engine)
        .variable("access_rules", "/headers group admins")
        .start();
    let link = gatelet.wait_for_line(&["/auth/sign-up?invitation="]);
    let (first, _) = signed_in(&gatelet);
    first.visit("/headers").send().expect(403);

    let path = path_of(&gatelet, &link);
    let admin = gatelet.visitor();
    let account = Account::new("Grace Hopper");
    account.take_up(&admin, &path).expect(303);
    let headers = admin.visit("/headers").send().expect(200).text();
    assert!(headers.contains("admins"), "{headers}");
    let late = gatelet.visitor();
    expect_page(late.visit(&path).send(), 403, "invitation.invalid");

    // Groups that change are seen by sessions that run.
    run(&gatelet, &["groups", "remove", "admins", &account.email]);
    admin.visit("/headers").send().expect(403);
    run(&gatelet, &["groups", "add", "admins", &account.email]);
    admin.visit("/headers").send().expect(200);
    let members = json(&gatelet, &["groups", "list", "admins", "--json"]);
    assert_eq!(members["members"][0]["email"], account.email.as_str());
    run(&gatelet, &["groups", "delete", "admins"]);
    admin.visit("/headers").send().expect(403);

    // Asked for again, an earlier link is good for nothing.
    let one = path_of(&gatelet, &run(&gatelet, &["users", "first-admin"]));
    let two = path_of(&gatelet, &run(&gatelet, &["users", "first-admin"]));
    expect_page(late.visit(&one).send(), 403, "invitation.invalid");
    Account::new("Late").take_up(&late, &two).expect(303);
    late.visit("/headers").send().expect(200);
}

fn by_invitation_the_invited_make_an_account_and_nobody_else_does(engine: Engine) {
    let gatelet = asking_every_time(engine)
        .variable("sign_up", "invited")
        .variable("app_list", "wiki")
        .start();
    let stranger = gatelet.visitor();
    expect_page(
        stranger.visit("/auth/sign-up").send(),
        403,
        "account.not_invited",
    );
    let page = stranger.visit("/auth/sign-in").send().expect(200).text();
    assert!(!page.contains("/auth/sign-up"), "{page}");

    let account = Account::new("Ada Lovelace");
    run(&gatelet, &["groups", "create", "team"]);
    let invite = [
        "users",
        "invite",
        &account.email,
        "--group",
        "team",
        "--app",
        "wiki",
    ];
    let path = path_of(&gatelet, &run(&gatelet, &invite));
    let visitor = gatelet.visitor();
    let page = visitor.visit(&path).send().expect(200);
    assert_eq!(
        page.form("/auth/sign-up").value("email"),
        Some(account.email.as_str())
    );
    // Whatever address is typed, the invitation says whose it is.
    let typed = Account {
        email: "mallory@example.com".to_owned(),
        ..account.clone()
    };
    typed.take_up(&visitor, &path).expect(303);
    let me = visitor.get("/auth/me").send().expect(200).json();
    assert_eq!(
        (&me["email"], &me["emailVerified"]),
        (&account.email.as_str().into(), &true.into())
    );
    assert_eq!(me["groups"], serde_json::json!(["team"]));
    let headers = visitor.visit("/headers").send().expect(200).text();
    assert!(headers.contains("team"), "{headers}");
    assert!(run(&gatelet, &["apps", "list"]).contains("wiki"));

    let late = gatelet.visitor();
    expect_page(late.visit(&path).send(), 403, "invitation.invalid");
    for broken in ["/auth/sign-up?invitation=x", &path[..path.len() - 1]] {
        expect_page(late.visit(broken).send(), 403, "invitation.invalid");
    }
    let taken = refused(&gatelet, &invite);
    assert!(taken.contains("somebody has this address"), "{taken}");
    let nowhere = refused(
        &gatelet,
        &["users", "invite", "b@example.com", "--group", "nowhere"],
    );
    assert!(nowhere.contains("no such group"), "{nowhere}");

    let other = Account::new("Bob");
    let path = path_of(&gatelet, &run(&gatelet, &["users", "invite", &other.email]));
    run(&gatelet, &["users", "withdraw", &other.email]);
    expect_page(late.visit(&path).send(), 403, "invitation.invalid");
    account.sign_in(&late, "/").expect(303);
}

#[test]
fn only_addresses_at_sign_up_domains_make_an_account_but_by_invitation() {
    let gatelet = Setup::new(Engine::Sqlite)
        .variable("sign_up_domains", "acme.com, beta.org")
        .start();
    let at = |email: &str| Account {
        email: email.to_owned(),
        ..Account::new("Ada")
    };
    let visitor = gatelet.visitor();
    for email in [
        "ann@notacme.com",
        "ann@acme.com.evil.example",
        "ann@eu.acme.com",
    ] {
        let answer = at(email).sign_up(&visitor, "/").expect(403);
        assert!(
            answer.text().contains("certain organisations"),
            "{}",
            answer.description()
        );
    }
    at("ann@ACME.com")
        .sign_up(&gatelet.visitor(), "/")
        .expect(303);
    let guest = at("guest@elsewhere.example");
    let path = path_of(&gatelet, &run(&gatelet, &["users", "invite", &guest.email]));
    guest.take_up(&gatelet.visitor(), &path).expect(303);
}

#[test]
fn an_invitation_of_a_closed_site_is_refused_with_what_to_set() {
    let gatelet = Setup::new(Engine::Sqlite)
        .variable("sign_up", "closed")
        .start();
    let said = refused(&gatelet, &["users", "invite", "ann@example.com"]);
    assert!(said.contains("sign_up=invited"), "{said}");
    assert!(!gatelet.log().contains("invitation="), "{}", gatelet.log());
}

#[test]
fn a_retention_that_is_no_number_of_days_is_named_and_forgets_nothing() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let (_, account) = signed_in(&gatelet);
    gatelet.wait_for_line(&["session.begun"]);
    for days in ["0", "soon"] {
        let setup = gatelet.setup();
        let output = setup.run(&[
            "sweep",
            "--variable",
            &format!("audit_retention_days={days}"),
        ]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("audit_retention_days"), "{said}");
    }
    let kept = json(&gatelet, &["audit", "--user", &account.email, "--json"]);
    assert!(
        kept["events"]
            .as_array()
            .is_some_and(|kept| !kept.is_empty()),
        "{kept}"
    );
}

fn an_invitation_goes_by_a_letter_where_that_is_asked_for(engine: Engine) {
    let server = MailServer::start();
    let gatelet = server
        .of(Setup::new(engine))
        .variable("sign_up", "invited")
        .variable("languages", "de, en")
        .start();
    let account = Account::new("Ada Lovelace");
    let link = run(&gatelet, &["users", "invite", &account.email]);
    assert!(!link.trim().is_empty());
    assert_eq!(server.tries(), 0, "nobody asked for a letter");
    let link = run(&gatelet, &["users", "invite", &account.email, "--mail"]);
    let taken = server.wait_taken(1);
    assert_eq!(taken[0].to, [account.email.as_str()]);
    let text = taken[0].text();
    assert!(text.contains(link.trim()), "{text}");
    assert!(text.contains("Sie sind eingeladen"), "{text}");
    account
        .take_up(&gatelet.visitor(), &path_of(&gatelet, &link))
        .expect(303);

    server.be("refuse");
    let other = Account::new("Grace Hopper");
    let output = gatelet
        .setup()
        .run(&["users", "invite", &other.email, "--mail"]);
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("the link is good, and no letter is taken"),
        "{said}"
    );
}

fn a_reset_link_sets_a_new_password_where_no_mail_is_sent(engine: Engine) {
    let gatelet = asking_every_time(engine).start();
    let (forgetful, account) = signed_in(&gatelet);
    let id = forgetful.get("/auth/me").send().expect(200).json()["id"].clone();
    let reset = ["users", "reset-link", &account.email];
    let path = path_of(&gatelet, &run(&gatelet, &reset));
    assert!(path.starts_with("/auth/reset-password?token="), "{path}");
    let changed = Account {
        password: "seven green bottles hang".to_owned(),
        ..account.clone()
    };
    let typed = ("password", changed.password.as_str());

    // Nobody has proved the address, so whose it is is asked.
    let browser = gatelet.visitor();
    let page = browser.visit(&path).send().expect(200);
    let form = page.form("").without("choice").fill(typed.0, typed.1);
    browser.submit(&form, &page.url).send().expect(422);
    follow(&browser, &path, &[("choice", "keep"), typed]).expect(303);
    let me = browser.get("/auth/me").send().expect(200).json();
    assert_eq!((&me["id"], &me["emailVerified"]), (&id, &true.into()));
    forgetful.visit("/headers").send().expect(303);
    account.sign_in(&gatelet.visitor(), "/").expect(401);
    changed.sign_in(&gatelet.visitor(), "/").expect(303);
    let used = gatelet.visitor().visit(&path).send().expect(410);
    assert!(used.says_code("mail.link_void"), "{}", used.description());
    assert!(
        !used.text().contains("forgot-password"),
        "there is no such page"
    );

    let id = id.as_str().expect("an id");
    let made = json(&gatelet, &["users", "reset-link", id, "--json"]);
    assert_eq!(
        (&made["user"], &made["email"]),
        (&id.into(), &account.email.as_str().into())
    );
    let url = made["url"].as_str().expect("a link");
    follow(
        &gatelet.visitor(),
        &path_of(&gatelet, url),
        &[("password", "eight green bottles hang")],
    )
    .expect(303);
    let events = json(&gatelet, &["audit", "--event", "link.made", "--json"]);
    let event = &events["events"][0];
    assert_eq!(events["events"].as_array().map(Vec::len), Some(2));
    assert_eq!(
        (&event["user"], &event["about"], &event["by"]),
        (&id.into(), &"reset-password".into(), &"operator".into())
    );

    let unused = path_of(&gatelet, &run(&gatelet, &reset));
    run(&gatelet, &["users", "disable", id]);
    expect_page(
        gatelet.visitor().visit(&unused).send(),
        410,
        "mail.link_void",
    );
    let off = refused(&gatelet, &reset);
    assert!(off.contains("users enable"), "{off}");
    let nobody = refused(&gatelet, &["users", "reset-link", "nobody@example.com"]);
    assert!(nobody.contains("no such user"), "{nobody}");
}

#[test]
fn a_reset_link_is_made_where_passwords_are_good_for_something() {
    let gatelet = Setup::new(Engine::Sqlite)
        .variable("password_sign_in", "off")
        .variable("google_client_id", "g")
        .variable("google_client_secret", "s")
        .start();
    let said = refused(&gatelet, &["users", "reset-link", "ann@example.com"]);
    assert!(said.contains("password_sign_in"), "{said}");
}
