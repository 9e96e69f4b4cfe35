//! Many at once, and those who leave: whoever is honest is served, and what is not
//! served is told so.

use std::time::{Duration, Instant};

use gatelet_tests::account::{Account, signed_in};
use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::raw_socket::RawSocket;
use gatelet_tests::response::Response;
use gatelet_tests::through_both_doors;
use gatelet_tests::visitor::Visitor;

through_both_doors! {
    an_upstream_that_is_our_own_address_is_a_loop_that_ends,
}

/// A sign-in with a wrong password, on the form that was filled in.
fn wrong(visitor: &Visitor, account: &Account) -> Response {
    let page = visitor.visit("/auth/sign-in").send().expect(200);
    let form = page.form("/auth/sign-in");
    let form = form
        .fill("email", &account.email)
        .fill("password", "wrong horse battery 9x");
    visitor.submit(&form, &page.url).send()
}

#[test]
fn a_crowd_that_signs_in_is_served_in_turn_and_the_rest_is_told_to_come_again() {
    let gatelet = Setup::new(Engine::Sqlite).variable("limits", "off").start();
    let (_, account) = signed_in(&gatelet);
    let forms: Vec<_> = (0..400)
        .map(|_| {
            let visitor = gatelet.visitor();
            let page = visitor.visit("/auth/sign-in").send().expect(200);
            let form = page.form("/auth/sign-in").fill("email", &account.email);
            let form = form.fill("password", "wrong horse battery 9x");
            (visitor, form, page.url)
        })
        .collect();
    let before = gatelet.resident_kib();
    let (answers, page_took) = std::thread::scope(|scope| {
        let crowd: Vec<_> = forms
            .iter()
            .map(|(visitor, form, url)| scope.spawn(move || visitor.submit(form, url).send()))
            .collect();
        std::thread::sleep(Duration::from_millis(100));
        let started = Instant::now();
        gatelet.visitor().visit("/auth/session").send().expect(200);
        let page_took = started.elapsed();
        let answers: Vec<_> = crowd
            .into_iter()
            .map(|one| one.join().expect("an answer"))
            .collect();
        (answers, page_took)
    });
    let grown = gatelet.resident_kib().saturating_sub(before);
    let of = |status: u16| answers.iter().filter(move |answer| answer.status == status);
    assert!(of(401).count() >= 64, "{}", of(401).count());
    assert_eq!(of(401).count() + of(503).count(), answers.len());
    for told in of(503) {
        assert!(!told.header("retry-after").is_empty());
        // By the component's queue the form comes back as it was typed.
        if told.text().contains("name=\"email\"") {
            assert!(told.text().contains(&account.email), "what was typed stays");
            assert!(!told.text().contains("wrong horse"), "but the password");
        }
    }
    assert!(page_took < Duration::from_secs(10), "{page_took:?}");
    // About a MiB for each of four hundred. What a crowd takes on a machine that does nothing
    // else is for `make bench`: here other tests run beside it.
    assert!(grown < 450 * 1024, "{grown} KiB");
    assert_eq!(wrong(&gatelet.visitor(), &account).status, 401);
}

#[test]
fn whoever_aborts_a_sign_in_leaves_no_work_behind() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let (_, account) = signed_in(&gatelet);
    let visitor = gatelet.visitor();
    let page = visitor.visit("/auth/sign-in").send().expect(200);
    let form = page.form("/auth/sign-in").fill("email", &account.email);
    let body = form.fill("password", "wrong horse battery 9x").encoded();
    let host = gatelet.base_url().trim_start_matches("http://");
    let cookies = visitor.jar().header(&page.url).expect("the form's cookie");
    let request = format!(
        "POST /auth/sign-in HTTP/1.1\r\nHost: {host}\r\nOrigin: {}\r\nCookie: {cookies}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        gatelet.base_url(),
        body.len()
    );
    // Whoever waits for it learns that it is a sign-in.
    let mut patient = RawSocket::connect(gatelet.address());
    patient.send(&request);
    let answer = patient.read_until("\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    for _ in 0..300 {
        let mut socket = RawSocket::connect(gatelet.address());
        assert!(socket.send(&request), "it reads");
    }
    let started = Instant::now();
    assert_eq!(wrong(&gatelet.visitor(), &account).status, 401);
    assert!(
        started.elapsed() < Duration::from_secs(10),
        "{:?}",
        started.elapsed()
    );
}

#[test]
fn the_gateways_own_name_as_upstream_stops_the_start() {
    let setup = Setup::new(Engine::Sqlite).variable("upstream", "http://gateway.spin.internal");
    let said = setup.refuse();
    assert!(said.contains("upstream") && said.contains("loop"), "{said}");
}

fn an_upstream_that_is_our_own_address_is_a_loop_that_ends(door: Door) {
    let setup = Setup::new(Engine::Sqlite).door(door);
    // By another name than that of `base_url`, which is refused at the start.
    let own = setup.base_url().replace("localhost", "127.0.0.1");
    let public = setup.variable("public_paths", "/*");
    let gatelet = public.variable("upstream", &own).start();
    let started = Instant::now();
    let answer = gatelet.visitor().get("/anything").send();
    assert!(started.elapsed() < Duration::from_secs(20));
    match door {
        Door::Gate => {
            answer.expect_denial(508, "upstream.loop");
            gatelet.wait_for_line(&["upstream", "come back for ever"]);
        }
        // The gateway asks for the app's own host, which is none of ours.
        Door::Handler => drop(answer.expect_denial(421, "origin.unknown")),
    }
}
