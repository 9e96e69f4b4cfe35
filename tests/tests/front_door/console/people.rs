//! Users, where they are signed in, and what they did.

use std::time::{Duration, Instant};

use gatelet_tests::account::signed_in;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Gatelet;
use gatelet_tests::on_both_engines;
use gatelet_tests::visitor::Visitor;

use super::{CONSOLE, admin, member_of, setup};

on_both_engines! {
    an_account_is_switched_off_and_on_again,
    nobody_is_switched_off_who_ranks_higher,
    a_session_is_ended,
    nobody_ends_a_session_of_one_who_ranks_higher,
}

/// Where every request asks the database.
fn started(engine: Engine) -> Gatelet {
    let setup = setup(engine);
    setup.variable("session_fresh_seconds", "0").start()
}

/// Until it is so.
#[track_caller]
pub(super) fn wait_until(is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(20), "not yet");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn is_in(visitor: &Visitor) -> bool {
    visitor.get("/auth/session").send().json()["active"] == true
}

fn me(visitor: &Visitor) -> String {
    let me = visitor.get("/auth/me").send().expect(200).json();
    me["id"].as_str().expect("an id").to_owned()
}

fn an_account_is_switched_off_and_on_again(engine: Engine) {
    let gatelet = started(engine);
    let (admin, _) = admin(&gatelet);
    let (user, account) = signed_in(&gatelet);
    let id = me(&user);
    let switch = |act: &str| {
        let page = CONSOLE.shown(&admin, "users");
        assert!(page.text().contains(&account.email));
        let forms = gatelet_tests::form::Form::all(&page.text(), "/auth/console/users");
        let mut forms = forms.into_iter();
        let form = forms.find(|form| form.value("user") == Some(&id));
        let form = form.expect("a form for the user");
        assert_eq!(form.value("act"), Some(act));
        admin.submit(&form, &page.url).send().expect(303);
    };
    switch("disable");
    assert!(!is_in(&user));
    account.sign_in(&user, "/").expect(403);
    switch("enable");
    account.sign_in(&user, "/").expect(303);
    let audit = CONSOLE.shown(&admin, "audit").text();
    for said in ["account.switched_off", "account.switched_on", "by:"] {
        assert!(audit.contains(said), "{said}: {audit}");
    }
}

fn nobody_is_switched_off_who_ranks_higher(engine: Engine) {
    let gatelet = started(engine);
    let ((admin, _), (other, _)) = (admin(&gatelet), admin(&gatelet));
    let (owner, _) = member_of(&gatelet, "owners");
    let page = CONSOLE.shown(&admin, "users");
    let form = page.form("/auth/console/users");
    for whom in [&owner, &admin] {
        let form = form.clone().fill("act", "disable").fill("user", &me(whom));
        let refused = admin.submit(&form, &page.url).send().expect(403);
        assert!(refused.says_code("user.not_yours"));
        assert!(is_in(whom));
    }
    // Of his own rank he may, as may the owner.
    let form = form.fill("act", "disable").fill("user", &me(&other));
    admin.submit(&form, &page.url).send().expect(303);
    assert!(!is_in(&other));
}

fn a_session_is_ended(engine: Engine) {
    let gatelet = started(engine);
    let (admin, _) = admin(&gatelet);
    let (user, account) = signed_in(&gatelet);
    let id = me(&user);
    let page = format!("sessions?user={id}");
    let shown = CONSOLE.shown(&admin, &page);
    assert!(shown.text().contains(&account.email));
    let form = shown.form("/auth/console/sessions");
    admin.submit(&form, &shown.url).send().expect(303);
    assert!(!is_in(&user));
    assert!(is_in(&admin));
    let gone = admin.submit(&form, &shown.url).send();
    assert_eq!(gone.status, 303, "what is gone is ended");
}

fn nobody_ends_a_session_of_one_who_ranks_higher(engine: Engine) {
    let gatelet = started(engine);
    let ((admin, _), (user, _)) = (admin(&gatelet), signed_in(&gatelet));
    let [(owner, _), (other, _)] = [(); 2].map(|()| member_of(&gatelet, "owners"));
    let of =
        |visitor: &Visitor, whose: &str| CONSOLE.shown(visitor, &format!("sessions?user={whose}"));
    let (owners, users) = (me(&owner), me(&user));
    let path = "/auth/console/sessions";
    let page = of(&admin, &owners);
    let forms = gatelet_tests::form::Form::all(&page.text(), path);
    assert!(forms.is_empty(), "none is offered");
    // Another owner's page says by what it is ended.
    let shown = of(&other, &owners);
    let end = shown.form(path);
    let session = end.value("session").expect("one").to_owned();
    let page = of(&admin, &users);
    let forged = page.form(path).fill("user", &owners);
    let forged = forged.fill("session", &session);
    let refused = admin.submit(&forged, &page.url).send().expect(403);
    assert!(refused.says_code("user.not_yours"));
    assert!(is_in(&owner));
    other.submit(&end, &shown.url).send().expect(303);
    assert!(!is_in(&owner));
}
