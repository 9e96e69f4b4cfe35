//! Somebody leaves, and perhaps stays after all.

use gatelet_tests::account::signed_in;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Setup;
use gatelet_tests::on_both_engines;

use super::{ACCOUNT, is_in, started};

on_both_engines! {
    leaving_takes_what_is_typed_and_signs_out_everywhere,
    whoever_is_leaving_may_do_nothing_but_stay,
}

const LEAVING: &str = "/auth/account/leaving";

fn leaving_takes_what_is_typed_and_signs_out_everywhere(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, account) = signed_in(&gatelet);
    let elsewhere = gatelet.visitor();
    account.sign_in(&elsewhere, "/").expect(303);
    for typed in ["", "yes", "person@example.com"] {
        let answer = ACCOUNT.submit(&visitor, "delete", &[("confirmation", typed)]);
        let text = answer.expect(422).text();
        assert!(text.contains("That is not what it says above."), "{text}");
    }
    assert!(is_in(&visitor) && is_in(&elsewhere));
    let answer = ACCOUNT.submit(&visitor, "delete", &[("confirmation", &account.email)]);
    let page = visitor.follow(answer.expect_redirect(LEAVING)).expect(200);
    assert!(page.text().contains("Your account is being deleted"));
    assert!(!is_in(&visitor) && !is_in(&elsewhere));
    visitor.visit("/auth/account").send().expect(303);
}

fn whoever_is_leaving_may_do_nothing_but_stay(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, account) = signed_in(&gatelet);
    ACCOUNT
        .submit(&visitor, "delete", &[("confirmation", &account.email)])
        .expect(303);

    // Nobody learns of it who has not the password.
    let stranger = gatelet.visitor();
    stranger
        .visit(LEAVING)
        .send()
        .expect_redirect("/auth/sign-in");
    let wrong = gatelet_tests::account::Account {
        password: "not the password".into(),
        ..account.clone()
    };
    wrong.sign_in(&stranger, "/").expect(401);
    stranger
        .visit(LEAVING)
        .send()
        .expect_redirect("/auth/sign-in");

    let back = gatelet.visitor();
    let led = format!("/auth/continue?return_to={}", LEAVING.replace('/', "%2F"));
    account.sign_in(&back, "/headers").expect_redirect(&led);
    assert!(!is_in(&back));
    back.visit("/").send().expect(303);
    let page = back.visit(LEAVING).send().expect(200);
    let form = page.form(LEAVING);
    back.submit(&form.clone().without("csrf"), &page.url)
        .send()
        .expect(403);
    stranger.submit(&form, &page.url).send().expect(403);
    back.submit(&form, &page.url).send().expect(303);
    assert!(!is_in(&back), "staying signs nobody in");
    account
        .sign_in(&back, "/")
        .expect_redirect("/auth/continue");
    assert!(is_in(&back));
    // And may go where they like again.
    back.visit("/auth/continue?return_to=%2Fheaders")
        .send()
        .expect(200);
    assert!(
        ACCOUNT
            .shown(&back, "delete")
            .text()
            .contains(&account.email)
    );
}

#[test]
fn whoever_left_is_gone_when_the_time_of_grace_is_over() {
    let gatelet = Setup::new(Engine::Postgres)
        .variable("account_deletion_days", "1")
        .start();
    let (visitor, account) = signed_in(&gatelet);
    ACCOUNT
        .submit(&visitor, "delete", &[("confirmation", &account.email)])
        .expect(303);
    let left = |seconds: &str| {
        gatelet.database().value(&format!(
            "SELECT count(*)::text FROM auth_users WHERE leaves_at - {seconds} \
             BETWEEN EXTRACT(EPOCH FROM now()) - 30 AND EXTRACT(EPOCH FROM now()) + 30"
        ))
    };
    assert_eq!(left("86400").as_deref(), Some("1"), "in a day");
    // The cookie's word is not enough once it is past.
    gatelet
        .database()
        .execute("UPDATE auth_users SET leaves_at = leaves_at - 100000");
    let page = visitor.visit(LEAVING).send().expect(200);
    let form = page.form(LEAVING);
    visitor.submit(&form, &page.url).send().expect(303);
    assert!(gatelet.database().contains(&account.email), "not swept yet");
    account.sign_in(&gatelet.visitor(), "/").expect(303);
    let out = gatelet.setup().run(&["sweep"]);
    assert!(out.status.success(), "{out:?}");
    assert!(!gatelet.database().contains(&account.email));
    // As new.
    account.sign_up(&gatelet.visitor(), "/").expect(303);
}
