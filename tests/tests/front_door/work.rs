//! What is asked of a sign-up when limits are near: work of a browser, or waiting.

use std::thread::sleep;
use std::time::Duration;

use gatelet_tests::account::Account;
use gatelet_tests::browser::Person;
use gatelet_tests::cases::Engine;
use gatelet_tests::form::Form;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::response::Response;
use sha2::{Digest as _, Sha256};

/// One sign-up has happened, and two are left.
fn near_its_limit() -> Gatelet {
    let gatelet = Setup::new(Engine::Sqlite)
        .variable("limits", "sign-up.all 3/3600")
        .start();
    Account::new("First")
        .sign_up(&gatelet.visitor(), "/")
        .expect(303);
    gatelet
}

/// The form that comes back, as the person fills it in again.
fn again(answer: &Response, account: &Account) -> Form {
    let form = answer.form("/auth/sign-up");
    assert_eq!(form.value("email"), Some(&*account.email), "what was typed");
    form.fill("password", &account.password)
}

fn bits(answer: &Response) -> u32 {
    let text = answer.text();
    let (_, after) = text.split_once("data-bits=\"").expect("a challenge");
    let (bits, _) = after.split_once('"').expect("a value");
    bits.parse().expect("a number")
}

/// As the script does it.
fn solved(challenge: &str, bits: u32) -> String {
    let is_solution = |number: &u64| {
        let digest = Sha256::digest(format!("{challenge}:{number}"));
        let first = u64::from_be_bytes(digest[..8].try_into().expect("eight bytes"));
        first.leading_zeros() >= bits
    };
    let number = (0..).find(is_solution).expect("there is one");
    number.to_string()
}

#[test]
fn a_sign_up_near_its_limit_takes_work_once_for_each() {
    let gatelet = near_its_limit();
    let (visitor, account) = (gatelet.visitor(), Account::new("Second"));
    let answer = account.sign_up(&visitor, "/").expect(429);
    let policy = answer.header("content-security-policy");
    assert!(
        policy.ends_with("; script-src 'self'; connect-src 'self'"),
        "{policy}"
    );
    assert!(answer.text().contains("<script src=\"/auth/work.js?v="));
    assert!(visitor.jar().get("gatelet").is_none());

    // Neither nothing nor a wrong number is work, and asking again costs nothing.
    for wrong in ["", "1"] {
        let form = again(&answer, &account).fill("solution", wrong);
        visitor.submit(&form, &answer.url).send().expect(429);
    }
    let challenge = again(&answer, &account)
        .value("challenge")
        .map(str::to_owned);
    let challenge = challenge.expect("a challenge");
    let solution = solved(&challenge, bits(&answer));
    let form = again(&answer, &account).fill("solution", &solution);
    visitor.submit(&form, &answer.url).send().expect(303);

    // The same work is good for no other account.
    let (visitor, account) = (gatelet.visitor(), Account::new("Third"));
    let answer = account.sign_up(&visitor, "/").expect(429);
    let form = again(&answer, &account)
        .fill("challenge", &challenge)
        .fill("solution", &solution);
    visitor.submit(&form, &answer.url).send().expect(429);
}

#[test]
fn whoever_has_no_script_waits_instead() {
    let gatelet = near_its_limit();
    let (visitor, account) = (gatelet.visitor(), Account::new("Second"));
    let answer = account.sign_up(&visitor, "/").expect(429);
    let told = "Wait 10 seconds before you press the button.";
    assert!(answer.text().contains(told));
    let form = again(&answer, &account);
    visitor.submit(&form, &answer.url).send().expect(429);
    sleep(Duration::from_secs(10));
    visitor.submit(&form, &answer.url).send().expect(303);
}

#[test]
fn letters_take_work_when_their_limits_are_near_whoever_has_the_address() {
    for path in ["/auth/forgot-password", "/auth/magic-link"] {
        let gatelet = Setup::new(Engine::Sqlite)
            .variable("mail_url", "log:")
            .variable("magic_link", "on")
            .variable("limits", "mail.all 3/3600")
            .start();
        let ask = |email: &str| {
            let visitor = gatelet.visitor();
            let page = visitor.visit(path).send().expect(200);
            let form = page.form(path).fill("email", email);
            let answer = visitor.submit(&form, &page.url).send();
            (visitor, answer)
        };
        ask("first@example.com").1.expect(200);
        let (visitor, answer) = ask("second@example.com");
        let answer = answer.expect(429);
        let form = answer.form(path);
        assert_eq!(form.value("email"), Some("second@example.com"));
        let challenge = form.value("challenge").expect("a challenge").to_owned();
        let form = form.fill("solution", &solved(&challenge, bits(&answer)));
        visitor.submit(&form, &answer.url).send().expect(200);
    }
}

#[test]
fn a_browser_works_by_itself_while_the_password_is_typed_again() {
    let gatelet = near_its_limit();
    let person = Person::new();
    let tab = person.tab();
    let account = Account::new("Ada Lovelace");
    tab.go(&format!("{}/auth/sign-up", gatelet.base_url()));
    tab.fill("#name", &account.name);
    tab.fill("#email", &account.email);
    tab.fill("#password", &account.password);
    tab.submit("button[type=submit]");
    assert_eq!(tab.status(), 429);
    for (width, scheme) in [(1280, "light"), (320, "dark")] {
        tab.look(width, scheme);
        assert_eq!(tab.accessibility_faults(), Vec::<String>::new());
        tab.screenshot(&format!("sign-up-work-{width}-{scheme}"));
    }
    assert_eq!(tab.value("#email"), account.email);
    tab.fill("#password", &account.password);
    tab.submit("button[type=submit]");
    tab.wait("h1:has-text('Ada Lovelace')");
    let loud = tab.console().into_iter().filter(|line| {
        !line.starts_with("verbose:") && !line.contains("the server responded with a status of")
    });
    assert_eq!(loud.collect::<Vec<_>>(), Vec::<String>::new());
}
