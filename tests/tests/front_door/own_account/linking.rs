//! Accounts elsewhere that let somebody in: one more, and one less.

use std::sync::Arc;

use gatelet_tests::account::signed_in;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::on_both_engines;
use gatelet_tests::response::Response;
use gatelet_tests::visitor::Visitor;

use super::{ACCOUNT, is_in, me};

on_both_engines! {
    an_account_elsewhere_is_linked_and_lets_its_user_in,
    an_account_that_is_somebody_elses_is_not_linked,
    a_link_is_made_in_the_session_that_asked_for_it,
    a_way_in_is_taken_away_with_its_sessions_but_never_the_last,
    a_name_that_somebody_chose_stays_theirs,
}

fn with_provider(engine: Engine) -> (Gatelet, Arc<IdentityProvider>) {
    let provider = IdentityProvider::shared();
    let (setup, _) = Setup::new(engine).providers(&[("acme", &provider)]);
    let gatelet = setup.variable("session_fresh_seconds", "0").start();
    (gatelet, provider)
}

/// From the form to the provider and back; gives the callback's address.
#[track_caller]
fn asked(visitor: &Visitor, provider: &IdentityProvider, login: &str) -> String {
    let page = ACCOUNT
        .submit(visitor, "providers", &[("act", "link")])
        .expect(200);
    let location = page.refresh().expect("on to the provider").to_owned();
    let sent = provider.sign_in(visitor, &location, login);
    sent.header("location").to_owned()
}

#[track_caller]
fn link(visitor: &Visitor, provider: &IdentityProvider, login: &str) -> Response {
    let back = asked(visitor, provider, login);
    visitor.visit(&back).send()
}

#[track_caller]
fn by_acme(visitor: &Visitor, provider: &IdentityProvider, login: &str) -> Response {
    let start = visitor.visit("/auth/start/acme").send().expect(303);
    let sent = provider.sign_in(visitor, start.header("location"), login);
    visitor.visit(sent.header("location")).send()
}

#[track_caller]
fn expect_refusal(answer: Response, code: &str) {
    let text = answer.expect(403).text();
    assert!(text.contains(&format!("<code>{code}</code>")), "{text}");
}

fn an_account_elsewhere_is_linked_and_lets_its_user_in(engine: Engine) {
    let (gatelet, provider) = with_provider(engine);
    let (visitor, _) = signed_in(&gatelet);
    let user = me(&visitor)["id"].clone();
    let answer = link(&visitor, &provider, "zofie");
    ACCOUNT.expect_done(answer, "providers", "provider-linked");
    assert_eq!(me(&visitor)["id"], user, "the same session goes on");
    let text = ACCOUNT.shown(&visitor, "providers").text();
    assert!(text.contains("zofie") && text.contains("Unlink"), "{text}");
    let elsewhere = gatelet.visitor();
    by_acme(&elsewhere, &provider, "zofie").expect(303);
    assert_eq!(me(&elsewhere)["id"], user);
    // Once more is no error, and no second account.
    ACCOUNT.expect_done(
        link(&visitor, &provider, "zofie"),
        "providers",
        "provider-linked",
    );
    let text = ACCOUNT.shown(&visitor, "providers").text();
    assert_eq!(text.matches(">Unlink<").count(), 1, "{text}");
}

fn an_account_that_is_somebody_elses_is_not_linked(engine: Engine) {
    let (gatelet, provider) = with_provider(engine);
    let other = gatelet.visitor();
    by_acme(&other, &provider, "zofie").expect(303);
    let (visitor, _) = signed_in(&gatelet);
    expect_refusal(
        link(&visitor, &provider, "zofie"),
        "account.linked_elsewhere",
    );
    assert!(
        ACCOUNT
            .shown(&visitor, "providers")
            .text()
            .contains("None is linked yet.")
    );
    assert!(is_in(&visitor) && is_in(&other));
}

/// Nobody links theirs to a stranger's account by sending the stranger a callback, nor a
/// stranger's to theirs.
fn a_link_is_made_in_the_session_that_asked_for_it(engine: Engine) {
    let (gatelet, provider) = with_provider(engine);
    let (ann, account) = signed_in(&gatelet);
    let (mallory, _) = signed_in(&gatelet);
    let of_mallory = asked(&mallory, &provider, "zofie");
    // Ann's browser has no attempt of that state.
    ann.visit(&of_mallory).send();
    assert!(
        ACCOUNT
            .shown(&ann, "providers")
            .text()
            .contains("None is linked yet.")
    );

    // The same browser, and meanwhile another session in it.
    let back = asked(&ann, &provider, "zofie");
    ann.change_jar(|jar| jar.forget_one("gatelet"));
    account.sign_in(&ann, "/").expect(303);
    expect_refusal(ann.visit(&back).send(), "account.link_session");
    let back = asked(&ann, &provider, "zofie");
    ann.change_jar(|jar| jar.forget_one("gatelet"));
    expect_refusal(ann.visit(&back).send(), "account.link_session");
    account.sign_in(&ann, "/").expect(303);
    assert!(
        ACCOUNT
            .shown(&ann, "providers")
            .text()
            .contains("None is linked yet.")
    );

    // By no link either: it begins with a form.
    let start = ann.visit("/auth/start/acme?act=link&link=1").send();
    let sent = provider.sign_in(&ann, start.header("location"), "zofie");
    ann.visit(sent.header("location")).send().expect(303);
    let elsewhere = gatelet.visitor();
    account.sign_in(&elsewhere, "/").expect(303);
    assert!(
        ACCOUNT
            .shown(&elsewhere, "providers")
            .text()
            .contains("None is linked yet.")
    );
}

fn a_way_in_is_taken_away_with_its_sessions_but_never_the_last(engine: Engine) {
    let (gatelet, provider) = with_provider(engine);
    let (visitor, account) = signed_in(&gatelet);
    link(&visitor, &provider, "zofie").expect(303);
    let by_provider = gatelet.visitor();
    by_acme(&by_provider, &provider, "zofie").expect(303);
    let (stranger, _) = signed_in(&gatelet);

    // Somebody else's form does nothing to it.
    let page = ACCOUNT.shown(&visitor, "providers");
    let form = page.form_with("/auth/account/providers", "act", "unlink");
    stranger.submit(&form, &page.url).send().expect(403);
    assert!(is_in(&by_provider));

    ACCOUNT.expect_done(
        visitor.submit(&form, &page.url).send(),
        "providers",
        "provider-unlinked",
    );
    assert!(is_in(&visitor) && !is_in(&by_provider));
    assert!(
        ACCOUNT
            .shown(&visitor, "providers")
            .text()
            .contains("None is linked yet.")
    );

    // The other way round: the password goes, and what is left stays.
    link(&visitor, &provider, "zofie").expect(303);
    by_acme(&by_provider, &provider, "zofie").expect(303);
    let answer = ACCOUNT.submit(&by_provider, "password", &[("act", "remove")]);
    ACCOUNT.expect_done(answer, "password", "password-removed");
    assert!(is_in(&by_provider) && !is_in(&visitor));
    account.sign_in(&gatelet.visitor(), "/").expect(401);
    let page = ACCOUNT.shown(&by_provider, "providers");
    assert!(page.text().contains("It is your only way to sign in"));
    let forged = form_of(&page, &form);
    let refused = by_provider.submit(&forged, &page.url).send().expect(409);
    assert!(refused.text().contains("<code>account.last_way_in</code>"));
}

/// The form that the page does not offer any more, with the page's own token.
fn form_of(page: &Response, before: &gatelet_tests::form::Form) -> gatelet_tests::form::Form {
    let offered = page.form("/auth/account/providers");
    let csrf = offered.value("csrf").expect("a token");
    before.clone().fill("csrf", csrf)
}

fn a_name_that_somebody_chose_stays_theirs(engine: Engine) {
    let (gatelet, provider) = with_provider(engine);
    let visitor = gatelet.visitor();
    by_acme(&visitor, &provider, "zofie").expect(303);
    let called = me(&visitor)["name"].clone();
    let answer = ACCOUNT.submit(&visitor, "profile", &[("name", "Countess")]);
    ACCOUNT.expect_done(answer, "profile", "profile-saved");
    let again = gatelet.visitor();
    by_acme(&again, &provider, "zofie").expect(303);
    assert_ne!(called, "Countess");
    assert_eq!(me(&again)["name"], "Countess");
}
