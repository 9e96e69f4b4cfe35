//! What a rule may ask of whoever is signed in: a group, and having signed in lately.

use std::thread::sleep;
use std::time::Duration;

use gatelet_tests::account::signed_in;
use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::commands::run;
use gatelet_tests::gatelet::Setup;
use gatelet_tests::through_both_doors;
use gatelet_tests::upstream::Upstream;

through_both_doors! {
    a_page_of_a_group_is_for_its_members_and_the_app_learns_the_groups,
    who_signed_in_too_long_ago_confirms_and_goes_on,
}

fn a_page_of_a_group_is_for_its_members_and_the_app_learns_the_groups(door: Door) {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .door(door)
        .variable("session_fresh_seconds", "0")
        .variable("access_rules", "/staff/* group staff, admins")
        .start();
    let (visitor, account) = signed_in(&gatelet);
    let answer = visitor
        .get("/staff/a")
        .header("accept", "application/json")
        .send();
    assert_eq!(answer.expect(403).json()["error"], "access.group");
    for group in ["zoo", "staff"] {
        run(&gatelet, &["groups", "create", group]);
        run(&gatelet, &["groups", "add", group, &account.email]);
    }
    visitor.get("/staff/a").send().expect(200);
    let seen = upstream.seen_at("/staff");
    assert_eq!(seen.len(), 1, "who was in none did not get there");
    assert_eq!(seen[0].headers["x-forwarded-groups"], "staff,zoo");
    run(&gatelet, &["groups", "remove", "staff", &account.email]);
    visitor.get("/staff/a").send().expect(403);
}

fn who_signed_in_too_long_ago_confirms_and_goes_on(door: Door) {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .door(door)
        .variable("access_rules", "/late/* signed-in within 2s")
        .start();
    let (visitor, account) = signed_in(&gatelet);
    visitor.visit("/late/a").send().expect(200);
    sleep(Duration::from_secs(4));
    let answer = visitor
        .get("/late/a")
        .header("accept", "application/json")
        .send();
    let refused = answer.expect(401).json();
    assert_eq!(refused["error"], "access.recent");
    assert_eq!(refused["signInUrl"], "/auth/confirm");
    let led = visitor.visit("/late/a?b=c").send();
    led.expect_redirect("/auth/confirm?return_to=%2Flate%2Fa%3Fb%3Dc");
    let page = visitor
        .visit("/auth/confirm?return_to=%2Flate%2Fa%3Fb%3Dc")
        .send()
        .expect(200);
    let form = page.form("/auth/confirm");
    visitor
        .submit(&form.clone().fill("password", "not this one"), &page.url)
        .send()
        .expect(401);
    visitor.visit("/late/a").send().expect(303);
    let form = form.fill("password", &account.password);
    visitor.submit(&form, &page.url).send().expect(303);
    visitor.visit("/late/a?b=c").send().expect(200);
    assert_eq!(upstream.seen_at("/late").len(), 2);
}
