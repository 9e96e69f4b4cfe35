//! What is switched off lets nobody in, also by a form that was opened before.

use gatelet_tests::account::{Account, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::form::Form;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::response::Response;
use gatelet_tests::visitor::Visitor;
use url::Url;

/// The page of a refusal with this code.
#[track_caller]
fn refused(answer: Response, code: &str) {
    let answer = answer.expect(403);
    assert!(answer.says_code(code), "{code}: {}", answer.description());
}

/// The same form, and what it does depends on the setting alone.
#[test]
fn closed_sign_up_makes_no_accounts() {
    let mut gatelet = Gatelet::start(Engine::Postgres);
    let filled = |account: &Account| {
        let visitor = gatelet.visitor();
        let page = visitor.visit("/auth/sign-up").send().expect(200);
        let form = page
            .form("/auth/sign-up")
            .fill("name", &account.name)
            .fill("email", &account.email)
            .fill("password", &account.password);
        (visitor, form, page.url)
    };
    let [early, late] = [Account::new("Early"), Account::new("Late")];
    let [in_time, too_late] = [filled(&early), filled(&late)];
    let sent = |(visitor, form, url): &(Visitor, Form, Url)| visitor.submit(form, url).send();
    sent(&in_time).expect(303);

    gatelet.restart_with(&[("sign_up", "closed")]);
    refused(sent(&too_late), "account.sign_up_closed");
    assert!(too_late.0.jar().get("gatelet").is_none());
    let users = gatelet.database().value("SELECT count(*) FROM auth_users");
    assert_eq!(users.as_deref(), Some("1"), "whoever came in time");
    late.sign_in(&gatelet.visitor(), "/").expect(401);
    early.sign_in(&gatelet.visitor(), "/").expect(303);

    let visitor = gatelet.visitor();
    refused(
        visitor.visit("/auth/sign-up").send(),
        "account.sign_up_closed",
    );
    let sign_in = visitor.visit("/auth/sign-in").send().expect(200);
    assert!(
        !sign_in.text().contains("/auth/sign-up"),
        "no link that leads nowhere"
    );
}

/// The same forms, and what they do depends on the setting alone.
#[test]
fn switched_off_passwords_let_nobody_in() {
    let provider = IdentityProvider::shared();
    let (setup, _) = Setup::new(Engine::Sqlite).providers(&[("acme", &provider)]);
    let mut gatelet = setup.start();
    let (_, account) = signed_in(&gatelet);
    let opened = |path: &str| {
        let visitor = gatelet.visitor();
        let page = visitor.visit(path).send().expect(200);
        let form = page
            .form(path)
            .fill("email", &account.email)
            .fill("password", &account.password);
        (visitor, form, page.url)
    };
    let [in_time, too_late] = [opened("/auth/sign-in"), opened("/auth/sign-in")];
    let [new_in_time, new_too_late] =
        ["in.time@example.com", "too.late@example.com"].map(|email| {
            let (visitor, form, url) = opened("/auth/sign-up");
            let form = form.fill("name", "Somebody new").fill("email", email);
            (visitor, form, url)
        });
    let sent = |(visitor, form, url): &(Visitor, Form, Url)| visitor.submit(form, url).send();
    for one in [&in_time, &new_in_time] {
        sent(one).expect(303);
    }

    gatelet.restart_with(&[("password_sign_in", "off")]);
    for one in [&too_late, &new_too_late] {
        refused(sent(one), "password.off");
        assert!(one.0.jar().get("gatelet").is_none());
    }
    let page = gatelet.visitor().visit("/auth/sign-in").send().expect(200);
    assert!(
        !page.text().contains("type=\"password\""),
        "{}",
        page.text()
    );
}
