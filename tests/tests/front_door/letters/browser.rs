//! Letters in a real browser: without scripts, and by keyboard alone.

use super::*;
use gatelet_tests::browser::{Person, Tab};
use serde_json::json;

const SUBMIT: &str = "main form button[type=submit]";

fn without_scripts() -> Person {
    Person::with(&json!({
        "javaScriptEnabled": false, "viewport": { "width": 320, "height": 640 },
    }))
}

#[track_caller]
fn lands_on_the_app(tab: &Tab, email: &str) {
    tab.wait("h1");
    let page = tab.text("body");
    assert!(page.contains(email), "{}: {page}", tab.url());
}

#[test]
fn letters_sign_in_and_set_a_password_without_scripts() {
    let gatelet = with_mail(Engine::Sqlite).start();
    let email = "dan@example.com";
    let person = without_scripts();
    let tab = person.tab();
    tab.go(&format!("{}/auth/magic-link", gatelet.base_url()));
    tab.fill("#email", email);
    tab.submit(SUBMIT);
    let code = PrintedLetter::latest(&gatelet, "magic-link", email).code();
    tab.fill("#code", &code);
    tab.submit(SUBMIT);
    lands_on_the_app(&tab, email);

    let person = without_scripts();
    let tab = person.tab();
    tab.go(&format!("{}/auth/forgot-password", gatelet.base_url()));
    tab.fill("#email", email);
    tab.submit(SUBMIT);
    let link = PrintedLetter::latest(&gatelet, "reset-password", email).link();
    tab.go(&link);
    tab.fill("#password", "seven green bottles hang");
    tab.submit(SUBMIT);
    lands_on_the_app(&tab, email);
    let account = Account {
        email: email.to_owned(),
        password: "seven green bottles hang".to_owned(),
        ..Account::new("Dan")
    };
    account.sign_in(&gatelet.visitor(), "/").expect(303);
}

/// Typed where the cursor is, and where Tab leads.
#[test]
fn letters_sign_in_by_keyboard_alone() {
    let gatelet = with_mail(Engine::Sqlite).start();
    let email = "dan@example.com";
    let person = Person::new();
    let tab = person.tab();
    let types = |text: &str| text.chars().for_each(|one| tab.press(&one.to_string()));
    tab.go(&format!("{}/auth/magic-link", gatelet.base_url()));
    tab.wait("#email:focus");
    types(email);
    tab.press("Enter");
    tab.wait("#code");
    let letter = PrintedLetter::latest(&gatelet, "magic-link", email);
    tab.press("Tab");
    tab.wait("#code:focus");
    types(&letter.code().replace(' ', ""));
    tab.press("Enter");
    tab.wait("h1");
    let start = std::time::Instant::now();
    while tab.url().contains("/auth/") {
        assert!(start.elapsed().as_secs() < 10, "{}", tab.url());
    }
    lands_on_the_app(&tab, email);
}
