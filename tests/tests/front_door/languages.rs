//! In which language is a visitor spoken to? By what the browser likes, of what the
//! origin speaks.

use gatelet_tests::account::{Account, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::on_both_engines;
use gatelet_tests::printed_mail::PrintedLetter;
use gatelet_tests::response::Response;
use gatelet_tests::upstream::Upstream;

on_both_engines! {
    what_warns_an_owner_is_in_the_sites_language_too,
    a_letter_speaks_the_language_of_whoever_asked_for_it,
}

/// A page that somebody asks for whose browser likes these.
#[track_caller]
fn page(gatelet: &Gatelet, path: &str, likes: &str) -> Response {
    let visitor = gatelet.visitor();
    visitor.visit(path).header("accept-language", likes).send()
}

#[track_caller]
fn expect_language(answer: &Response, tag: &str, direction: &str) {
    let html = format!("<html lang=\"{tag}\" dir=\"{direction}\">");
    assert!(answer.text().contains(&html), "{}", answer.description());
}

#[test]
fn a_page_speaks_what_the_browser_likes_best() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    for (likes, tag, direction, words) in [
        ("", "en", "ltr", "<h1>Sign in</h1>"),
        ("fr-FR, fr;q=0.9", "en", "ltr", "<h1>Sign in</h1>"),
        ("de-CH, en;q=0.5", "de", "ltr", "<h1>Anmelden</h1>"),
        ("en;q=0.1, es-419", "es", "ltr", "<h1>Iniciar sesión</h1>"),
        ("ar", "ar", "rtl", "<h1>تسجيل الدخول</h1>"),
    ] {
        let answer = page(&gatelet, "/auth/sign-in", likes).expect(200);
        expect_language(&answer, tag, direction);
        assert!(answer.text().contains(words), "{}", answer.description());
    }
    // Nothing of it is anybody's way into the page.
    let answer = page(&gatelet, "/auth/sign-in", "\"><script>, de;q=NaN").expect(200);
    expect_language(&answer, "en", "ltr");
    let many = "de;q=0.5,".repeat(2_000);
    let answer = page(&gatelet, "/auth/sign-in", &many).expect(200);
    expect_language(&answer, "de", "ltr");
}

#[test]
fn an_origin_speaks_the_languages_that_it_says_and_no_others() {
    let gatelet = Setup::new(Engine::Sqlite)
        .variable("languages", "es, de")
        .start();
    for (likes, tag) in [("", "es"), ("en", "es"), ("ar, de;q=0.1", "de")] {
        let answer = page(&gatelet, "/auth/sign-up", likes).expect(200);
        expect_language(&answer, tag, "ltr");
    }
    for wrong in ["english", "en; de", "EN", "fr"] {
        let refused = Setup::new(Engine::Sqlite)
            .variable("languages", wrong)
            .refuse();
        assert!(refused.contains("languages"), "{refused}");
        assert!(refused.contains("en, de, es, ar"), "{refused}");
    }
}

#[test]
fn a_denial_speaks_it_too_to_people_and_to_programs() {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .variable("access_rules", "/org/* org acme.com; /* signed-in")
        .start();
    let (visitor, account) = signed_in(&gatelet);
    let denied = visitor
        .visit("/org/a")
        .header("accept-language", "ar")
        .send()
        .expect(403);
    expect_language(&denied, "ar", "rtl");
    assert_eq!(denied.header("content-language"), "ar");
    // An address in a sentence that runs the other way is set apart.
    let set_apart = format!("\u{2068}{}\u{2069}", account.email);
    assert!(denied.text().contains(&set_apart), "{}", denied.text());
    for (target, code) in [("/app", "session.none"), ("/auth/me", "session.none")] {
        let answer = gatelet
            .visitor()
            .get(target)
            .header("accept", "application/json")
            .header("accept-language", "de")
            .send()
            .expect(401);
        assert_eq!(answer.json()["error"], code);
        assert_eq!(answer.json()["message"], "Sie sind nicht angemeldet.");
        assert_eq!(answer.header("content-language"), "de", "{target}");
    }
}

#[test]
fn what_is_wrong_with_a_form_is_said_in_its_language() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let visitor = gatelet.visitor();
    let german = |request: gatelet_tests::visitor::Request<'_>| {
        request.header("accept-language", "de").send()
    };
    let form = german(visitor.visit("/auth/sign-up")).expect(200);
    let typed = form
        .form("/auth/sign-up")
        .fill("name", "Ada")
        .fill("email", "nobody")
        .fill("password", "short");
    let answer = german(visitor.submit(&typed, &form.url)).expect(422);
    expect_language(&answer, "de", "ltr");
    assert!(
        answer.text().contains("<title>Fehler: "),
        "{}",
        answer.text()
    );
    let english = ["Use at least", "This is not an email address"];
    for sentence in english {
        assert!(!answer.text().contains(sentence), "{}", answer.text());
    }
}

fn a_letter_speaks_the_language_of_whoever_asked_for_it(engine: Engine) {
    let gatelet = Setup::new(engine)
        .variable("mail_url", "log:")
        .variable("magic_link", "on")
        .start();
    for (likes, words) in [
        ("de", "Oder geben Sie"),
        ("ar", "تسجيل الدخول"),
        ("en", "Or type this code"),
    ] {
        let visitor = gatelet.visitor();
        let account = Account::new("Ada Lovelace");
        let page = visitor.visit("/auth/magic-link").send().expect(200);
        let form = page.form("/auth/magic-link").fill("email", &account.email);
        let asked = visitor
            .submit(&form, &page.url)
            .header("accept-language", likes)
            .send();
        assert!(asked.status.is_success() || asked.status.is_redirection());
        let letter = PrintedLetter::latest(&gatelet, "magic-link", &account.email);
        let says = |line: &String| line.contains(words);
        assert!(letter.lines.iter().any(says), "{letter:#?}");
        // Whatever it says, its link works, and its code as a keyboard there types it.
        visitor.visit(&letter.link()).send().expect(200);
        let arabic = |digit: char| match digit.to_digit(10) {
            Some(digit) if likes == "ar" => char::from_u32(0x660 + digit).expect("a digit"),
            _ => digit,
        };
        let code: String = letter.code().chars().map(arabic).collect();
        let typed = asked.form("/auth/magic-link").fill("code", &code);
        let answer = visitor.submit(&typed, &asked.url).send();
        answer.expect(303);
    }
}

/// Whoever does it may be an intruder, whose browser asks for what the owner cannot read.
fn what_warns_an_owner_is_in_the_sites_language_too(engine: Engine) {
    let gatelet = Setup::new(engine)
        .variable("languages", "de, es")
        .variable("mail_url", "log:")
        .variable("magic_link", "on")
        .start();
    let visitor = gatelet.visitor();
    let account = Account::new("Ada Lovelace");
    let page = visitor.visit("/auth/magic-link").send().expect(200);
    let form = page.form("/auth/magic-link").fill("email", &account.email);
    visitor.submit(&form, &page.url).send();
    let link = PrintedLetter::latest(&gatelet, "magic-link", &account.email).link();
    let page = visitor.visit(&link).send().expect(200);
    let form = page.form("/auth/magic-link");
    visitor.submit(&form, &page.url).send().expect(303);

    let page = visitor.visit("/auth/account/tokens").send().expect(200);
    let form = page.form_with("/auth/account/tokens", "act", "create");
    let form = form.fill("name", "Nightly").fill("days", "7");
    visitor
        .submit(&form, &page.url)
        .header("accept-language", "es")
        .send()
        .expect(201);
    let letter = PrintedLetter::latest(&gatelet, "token-made", &account.email);
    let says = |words: &str| letter.lines.iter().position(|line| line.contains(words));
    let (german, spanish) = (says("Zugriffstoken"), says("token de acceso"));
    assert!(letter.subject.contains("Zugriffstoken"), "{letter:#?}");
    assert!(german.is_some() && german < spanish, "{letter:#?}");
}
