//! How often may strangers try, and who is never locked out by them?

use std::thread::sleep;
use std::time::{Duration, Instant};

use gatelet_tests::account::{Account, sign_out, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::commands::run;
use gatelet_tests::cookie_jar::Cookie;
use gatelet_tests::form::Form;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::hostile_provider::HostileProvider;
use gatelet_tests::on_both_engines;
use gatelet_tests::passkey::Holder;
use gatelet_tests::response::Response;
use gatelet_tests::visitor::Visitor;
use serde_json::json;

on_both_engines! {
    guesses_from_one_network_are_counted_together_and_recover,
    a_lockout_is_of_the_account_however_its_address_is_typed,
    a_lockout_touches_no_session_and_no_device_of_its_owner,
    guesses_at_accounts_that_are_shut_spend_nothing_of_what_others_need,
    a_lockout_says_the_same_of_an_address_that_nobody_has,
    a_device_that_was_stolen_is_no_way_to_guess,
    a_right_password_counts_nothing,
    of_passkeys_those_that_were_refused_count,
    whom_an_operator_unlocks_signs_in,
}

/// Behind a proxy that is believed, with these limits and no others.
fn limited(engine: Engine, limits: &str) -> Gatelet {
    Setup::new(engine)
        .variable("trusted_proxies", "127.0.0.1")
        .variable("limits", limits)
        .start()
}

/// Limits of passwords by the account alone.
fn locking(engine: Engine, lockout: &str) -> Gatelet {
    let limits =
        format!("lockout {lockout}, password.network off, password.pair off, password.all off");
    limited(engine, &limits)
}

/// Somebody who types another password than the account's.
fn guess(account: &Account, visitor: &Visitor) -> Response {
    let guesser = Account {
        password: "wrong horse 7 battery staple".to_owned(),
        ..account.clone()
    };
    guesser.sign_in(visitor, "/")
}

fn status(answer: &Response) -> u16 {
    answer.status.as_u16()
}

/// How long somebody is told to wait, in every form in which it is said.
#[track_caller]
fn refused(answer: &Response, policy: &str) -> u64 {
    let answer = answer.clone().expect(429);
    let wait = answer.header("retry-after").parse().expect("seconds");
    assert!(wait >= 1, "{}", answer.description());
    assert!(answer.header("ratelimit-policy").starts_with(policy));
    let name = policy.split(';').next().expect("a name");
    assert_eq!(answer.header("ratelimit"), format!("{name};r=0;t={wait}"));
    wait
}

fn guesses_from_one_network_are_counted_together_and_recover(engine: Engine) {
    let gatelet = limited(
        engine,
        // What comes back does so every six seconds: a slow machine hashes for some.
        "password.network 3/18, password.pair off, lockout off",
    );
    let guess_from = |address: &str| {
        let visitor = gatelet.visitor().forwarded_for(address);
        guess(&Account::new("Somebody"), &visitor)
    };
    // One /64, whatever the visitor says of who came before.
    for address in [
        "2001:db8::1",
        "2001:db8::2:0:0:1",
        "198.51.100.1, 2001:db8::3",
    ] {
        assert_eq!(status(&guess_from(address)), 401, "{address}");
    }
    let answer = guess_from("198.51.100.2, 2001:db8::4");
    let wait = refused(&answer, "\"password.network\";q=3;w=18");
    assert!(wait <= 6, "what was taken comes back evenly: {wait}");
    assert!(answer.text().contains("There were too many attempts."));
    // What was typed is still there.
    let form = answer.form("/auth/sign-in");
    assert!(form.value("email").is_some_and(|email| email.contains('@')));

    assert_eq!(status(&guess_from("2001:db8:0:1::1")), 401, "another /64");
    assert_eq!(status(&guess_from("198.51.100.1")), 401);
    sleep(Duration::from_secs(wait));
    assert_eq!(status(&guess_from("2001:db8::5")), 401, "after the wait");
    assert_eq!(status(&guess_from("2001:db8::6")), 429, "one each time");
}

fn a_lockout_is_of_the_account_however_its_address_is_typed(engine: Engine) {
    let gatelet = locking(engine, "4/3600");
    let (_, account) = signed_in(&gatelet);
    let spelt = [
        account.email.to_uppercase(),
        format!(" \t{} ", account.email),
        account.email.replace("example.com", "EXAMPLE\u{3002}com"),
        account.email.replace('e', "E"),
    ];
    for (number, email) in spelt.into_iter().enumerate() {
        let visitor = gatelet
            .visitor()
            .forwarded_for(&format!("198.51.100.{number}"));
        let account = Account {
            email,
            ..account.clone()
        };
        assert_eq!(status(&guess(&account, &visitor)), 401, "{}", account.email);
    }
    // The right password does not open it either, from nowhere.
    let stranger = gatelet.visitor().forwarded_for("2001:db8::1");
    let answer = account.sign_in(&stranger, "/");
    assert!(refused(&answer, "\"lockout\";q=4;w=3600") > 3_500);
    assert!(stranger.jar().get("gatelet").is_none());
}

fn guesses_at_accounts_that_are_shut_spend_nothing_of_what_others_need(engine: Engine) {
    let gatelet = limited(
        engine,
        "lockout 1/3600, password.network off, password.pair off, password.all 4/3600",
    );
    let visitor = gatelet.visitor();
    let shut = ["One", "Two", "Three"].map(Account::new);
    for account in &shut {
        assert_eq!(
            status(&guess(account, &visitor)),
            401,
            "the one that is free"
        );
    }
    // Of each the first that is refused: afterwards an instance remembers it.
    for account in &shut {
        refused(&guess(account, &visitor), "\"lockout\";q=1;w=3600");
    }
    let other = Account::new("Four");
    assert_eq!(status(&guess(&other, &visitor)), 401, "one of four is left");
    let other = Account::new("Five");
    refused(&guess(&other, &visitor), "\"password.all\";q=4;w=3600");
}

fn a_lockout_touches_no_session_and_no_device_of_its_owner(engine: Engine) {
    let gatelet = locking(engine, "2/3600");
    let (owner, account) = signed_in(&gatelet);
    for _ in 0..4 {
        guess(&account, &gatelet.visitor());
    }
    assert_eq!(status(&account.sign_in(&gatelet.visitor(), "/")), 429);

    owner.visit("/").send().expect(200);
    sign_out(&owner).expect(303);
    let device = owner.cookie("gatelet-device").expect("it stays");
    account.sign_in(&owner, "/").expect(303);
    owner.visit("/").send().expect(200);
    // It is no way into another account, nor one that anybody could have made.
    sign_out(&owner).expect(303);
    let (_, other) = signed_in(&gatelet);
    for _ in 0..3 {
        guess(&other, &gatelet.visitor());
    }
    assert_eq!(status(&other.sign_in(&owner, "/")), 429);
    let forger = gatelet.visitor().with_cookies_of(&owner);
    forger.change_jar(|jar| {
        jar.put(Cookie {
            value: device.value.replacen('.', ".A", 1),
            ..device
        });
    });
    assert_eq!(status(&account.sign_in(&forger, "/")), 429);
}

fn a_lockout_says_the_same_of_an_address_that_nobody_has(engine: Engine) {
    let gatelet = locking(engine, "2/3600");
    let (_, known) = signed_in(&gatelet);
    let unknown = Account::new("Nobody");
    let said = |account: &Account| {
        let said = |_| {
            let answer = guess(account, &gatelet.visitor());
            let text = answer.lasting_text().replace(&account.email, "…");
            (status(&answer), text)
        };
        (0..4).map(said).collect::<Vec<_>>()
    };
    let (of_known, of_unknown) = (said(&known), said(&unknown));
    let statuses: Vec<_> = of_known.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [401, 401, 429, 429]);
    assert_eq!(of_known, of_unknown);
}

fn a_device_that_was_stolen_is_no_way_to_guess(engine: Engine) {
    let gatelet = limited(engine, "password.device 2/3600");
    let (owner, account) = signed_in(&gatelet);
    sign_out(&owner).expect(303);
    let thief = gatelet.visitor().with_cookies_of(&owner);
    for _ in 0..2 {
        assert_eq!(status(&guess(&account, &thief)), 401);
    }
    refused(
        &account.sign_in(&thief, "/"),
        "\"password.device\";q=2;w=3600",
    );
    // What was tried there is nobody else's.
    account.sign_in(&gatelet.visitor(), "/").expect(303);
}

fn a_right_password_counts_nothing(engine: Engine) {
    let limits =
        "lockout 2/3600, password.network 2/3600, password.pair 2/3600, password.all 2/3600";
    let gatelet = limited(engine, limits);
    let (_, account) = signed_in(&gatelet);
    for _ in 0..4 {
        let visitor = gatelet.visitor().forwarded_for("198.51.100.1");
        account.sign_in(&visitor, "/").expect(303);
    }
    // Nor what was wrong before it, of the account's own.
    let gatelet = locking(engine, "2/3600");
    let (_, account) = signed_in(&gatelet);
    for _ in 0..3 {
        assert_eq!(status(&guess(&account, &gatelet.visitor())), 401);
        account.sign_in(&gatelet.visitor(), "/").expect(303);
    }
}

fn of_passkeys_those_that_were_refused_count(engine: Engine) {
    let gatelet = limited(engine, "code.network 2/3600");
    let holder = Holder::register(&gatelet);
    let visitor = holder.visitor();
    let show = |forge: fn(Form) -> Form| {
        let page = visitor.visit("/auth/sign-in").send().expect(200);
        let form = forge(holder.signed(&page.text()));
        let request = visitor.submit(&form, &page.url);
        let answer = request.header("x-forwarded-for", "198.51.100.1").send();
        visitor.change_jar(|jar| jar.forget_one("gatelet"));
        answer
    };
    let right = || show(|form| form);
    // Two numbers that are 0.
    let forged = || show(|form| form.fill("passkey_signature", "MAYCAQACAQA"));
    for _ in 0..4 {
        right().expect(303);
    }
    forged().expect(401);
    // What was signed before and has been used counts as well.
    let page = visitor.visit("/auth/sign-in").send().expect(200);
    let form = holder.signed(&page.text());
    for status in [303, 401] {
        let request = visitor.submit(&form, &page.url);
        let answer = request.header("x-forwarded-for", "198.51.100.1").send();
        answer.expect(status);
        visitor.change_jar(|jar| jar.forget_one("gatelet"));
    }
    // Whoever has the passkey does not pay for others of the network.
    right().expect(303);
    let answer = forged();
    refused(&answer, "\"code.network\";q=2;w=3600");
    assert!(answer.text().contains("There were too many attempts."));
    // For a moment: what floods is not even looked at.
    right().expect(429);
}

#[test]
fn three_servers_on_one_database_count_as_one() {
    let first = Setup::new(Engine::Postgres)
        .variable("trusted_proxies", "127.0.0.1")
        .variable(
            "limits",
            "password.network 6/3600, password.pair off, lockout off",
        )
        .start();
    let database = first.database().clone();
    let another = || {
        Setup::new(Engine::Postgres)
            .on(database.clone())
            .variable("trusted_proxies", "127.0.0.1")
            .variable(
                "limits",
                "password.network 6/3600, password.pair off, lockout off",
            )
            .start()
    };
    let servers = [first, another(), another()];
    let admitted: usize = std::thread::scope(|scope| {
        let guessing = servers.iter().map(|gatelet| {
            scope.spawn(move || {
                let guesses = (0..6).map(|_| {
                    let visitor = gatelet.visitor().forwarded_for("198.51.100.1");
                    status(&guess(&Account::new("Somebody"), &visitor))
                });
                guesses.filter(|status| *status == 401).count()
            })
        });
        let guessing: Vec<_> = guessing.collect();
        let guessed = guessing.into_iter();
        guessed
            .map(|guesses| guesses.join().expect("no panic"))
            .sum()
    });
    assert_eq!(admitted, 6);
}

#[test]
fn a_flood_of_what_is_refused_does_not_reach_the_database() {
    let gatelet = limited(Engine::Postgres, "password.network 1/3600, lockout off");
    let visitor = gatelet.visitor().forwarded_for("198.51.100.1");
    let account = Account::new("Somebody");
    let page = visitor.visit("/auth/sign-in").send().expect(200);
    let form = page
        .form("/auth/sign-in")
        .fill("email", &account.email)
        .fill("password", "wrong horse 7 battery staple");
    let mut statuses = (0..40).map(|_| status(&visitor.submit(&form, &page.url).send()));
    assert_eq!(statuses.next(), Some(401));
    assert!(statuses.all(|status| status == 429));
    // What the store was asked stands in its record, once for each time.
    let asked = gatelet.database().value(
        "SELECT COALESCE(SUM(times), 0)::text FROM auth_events WHERE act = 'request.limited'",
    );
    let asked: u32 = asked.expect("a sum").parse().expect("a number");
    assert!((1..=10).contains(&asked), "{asked} of 39");
}

#[test]
fn sign_ups_the_passphrase_and_ways_to_providers_are_limited() {
    let hash = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$VGhpcyBpcyBubyBoYXNoIGF0IGFsbC4u";
    let gatelet = Setup::new(Engine::Sqlite)
        .variable("trusted_proxies", "127.0.0.1")
        .variable("passphrase_hash", hash)
        .variable("access_rules", "/* passphrase")
        .variable(
            "limits",
            "sign-up.account 2/3600, passphrase.network 2/3600, start.network 2/3600",
        )
        .start();
    let from = |address: &str| gatelet.visitor().forwarded_for(address);
    // Taken or not, whoever tries one address over and over is told to wait.
    let ann = Account::new("Ann");
    ann.sign_up(&from("198.51.100.1"), "/").expect(303);
    ann.sign_up(&from("198.51.100.2"), "/").expect(409);
    let third = ann.sign_up(&from("198.51.100.3"), "/");
    refused(&third, "\"sign-up.account\";q=2;w=3600");
    Account::new("Bob")
        .sign_up(&from("198.51.100.3"), "/")
        .expect(303);

    let passphrase = |address: &str| {
        let visitor = from(address);
        let page = visitor.visit("/auth/passphrase").send().expect(200);
        let form = page
            .form("/auth/passphrase")
            .fill("passphrase", "open sesame");
        visitor.submit(&form, &page.url).send()
    };
    for _ in 0..2 {
        passphrase("198.51.100.1").expect(401);
    }
    refused(
        &passphrase("198.51.100.1"),
        "\"passphrase.network\";q=2;w=3600",
    );
    passphrase("198.51.100.2").expect(401);

    let start = |address: &str| from(address).visit("/auth/start/nobody").send();
    for _ in 0..2 {
        start("198.51.100.1").expect(404);
    }
    refused(&start("198.51.100.1"), "\"start.network\";q=2;w=3600");
}

#[test]
fn who_gets_in_by_a_provider_does_not_use_up_what_the_office_has() {
    let provider = HostileProvider::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .hostile(&[provider.entry("hostile")])
        .variable("trusted_proxies", "127.0.0.1")
        .variable("limits", "start.network 2/3600, callback.network 2/3600")
        .start();
    let visitor = || gatelet.visitor().forwarded_for("198.51.100.1");
    let start = |visitor: &Visitor| visitor.visit("/auth/start/hostile").send();
    let callback = |visitor: &Visitor| {
        let there = start(visitor).expect(303);
        let back = visitor.visit(there.header("location")).send().expect(302);
        visitor.visit(back.header("location")).send()
    };
    for _ in 0..4 {
        callback(&visitor()).expect(303);
    }
    // What comes to nothing counts.
    provider.plan(|plan| plan.claims = Box::new(|claims| claims["nonce"] = json!("another")));
    for _ in 0..2 {
        callback(&visitor()).expect(400);
    }
    refused(&start(&visitor()), "\"start.network\";q=2;w=3600");
}

#[test]
fn the_api_is_limited_where_a_limit_is_set_and_says_what_is_left() {
    let gatelet = Setup::new(Engine::Sqlite)
        .variable("trusted_proxies", "127.0.0.1")
        .variable("rate_limit_max", "3")
        .variable("rate_limit_window_seconds", "3600")
        .start();
    let visitor = gatelet.visitor().forwarded_for("198.51.100.1");
    for left in [2, 1, 0] {
        let answer = visitor.get("/auth/session").send().expect(200);
        assert_eq!(
            answer.header("ratelimit-policy"),
            "\"api.network\";q=3;w=3600"
        );
        let rest = answer.header("ratelimit").to_owned();
        assert!(
            rest.starts_with(&format!("\"api.network\";r={left};t=")),
            "{rest}"
        );
    }
    let answer = visitor.get("/auth/session").send();
    refused(&answer, "\"api.network\";q=3;w=3600");
    assert_eq!(answer.json()["error"], "limit.reached");
    // Neither the app nor anybody else's login.
    visitor.get("/health/live").send().expect(200);
    let other = gatelet.visitor().forwarded_for("198.51.100.2");
    other.get("/auth/session").send().expect(200);
}

fn whom_an_operator_unlocks_signs_in(engine: Engine) {
    let gatelet = locking(engine, "3/3600");
    let (_, account) = signed_in(&gatelet);
    let unlock = || run(&gatelet, &["users", "unlock", &account.email]);
    let stranger = gatelet.visitor().forwarded_for("192.0.2.1");
    for _ in 0..3 {
        assert_eq!(status(&guess(&account, &stranger)), 401);
    }
    refused(&account.sign_in(&stranger, "/"), "\"lockout\"");
    let said = unlock();
    assert!(said.contains("is locked out no more"), "{said}");
    let events = run(&gatelet, &["audit", "--json"]);
    assert!(events.contains("account.unlocked"), "{events}");
    // A server remembers for a moment what the database refused.
    let until = Instant::now() + Duration::from_secs(20);
    while status(&account.sign_in(&stranger, "/")) == 429 {
        assert!(Instant::now() < until, "locked out still");
        sleep(Duration::from_millis(200));
    }
    stranger.visit("/headers").send().expect(200);
    let said = unlock();
    assert!(said.contains("was not locked out"), "{said}");
}
