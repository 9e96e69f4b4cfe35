//! What each way in leaves among the events, row by row.

use gatelet_tests::account::{Account, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::commands::run;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::on_both_engines;
use gatelet_tests::passkey::Holder;
use gatelet_tests::printed_mail::PrintedLetter;
use gatelet_tests::visitor::Visitor;
use serde_json::{Value, json};

use crate::letters::follow;

on_both_engines! {
    by_a_password,
    by_a_letter,
    by_a_provider,
    by_an_invitation,
    by_a_passkey,
}

/// Acts of whoever has this address, and what they are about, in the order of the alphabet.
#[track_caller]
fn acts(gatelet: &Gatelet, email: &str) -> Vec<String> {
    let shown = run(gatelet, &["users", "list", "--json"]);
    let users: Value = serde_json::from_str(&shown).expect("JSON");
    let users = users["users"].as_array().expect("a list");
    let user = users.iter().find(|user| user["email"] == email);
    let id = user.expect("a user")["id"].as_str().expect("an id");
    let shown = run(gatelet, &["audit", "--json", "--user", id]);
    let events: Value = serde_json::from_str(&shown).expect("JSON");
    let text = |event: &Value, name: &str| event[name].as_str().unwrap_or_default().to_owned();
    let events = events["events"].as_array().expect("a list").iter();
    let mut acts: Vec<_> = events
        .map(|event| format!("{} {}", text(event, "event"), text(event, "about")))
        .map(|act| act.trim().to_owned())
        .collect();
    acts.sort();
    acts
}

fn by_a_password(engine: Engine) {
    let gatelet = Setup::new(engine).start();
    let (_, account) = signed_in(&gatelet);
    let first = ["account.created password", "session.begun password"];
    assert_eq!(acts(&gatelet, &account.email), first);
    account.sign_in(&gatelet.visitor(), "/").expect(303);
    let then = [
        "account.created password",
        "device.new",
        "session.begun password",
        "session.begun password",
    ];
    assert_eq!(acts(&gatelet, &account.email), then);

    // Nobody is signed in before the second factor.
    let gatelet = Setup::new(engine)
        .variable("second_factor", "required")
        .start();
    let account = Account::new("Ada");
    account.sign_up(&gatelet.visitor(), "/").expect(303);
    let made = ["account.created password"];
    assert_eq!(acts(&gatelet, &account.email), made);
}

fn by_a_letter(engine: Engine) {
    let gatelet = Setup::new(engine)
        .variable("mail_url", "log:")
        .variable("magic_link", "on")
        .start();
    let visitor = gatelet.visitor();
    let page = visitor.visit("/auth/magic-link").send().expect(200);
    let form = page
        .form("/auth/magic-link")
        .fill("email", "dan@example.com");
    visitor.submit(&form, &page.url).send().expect(200);
    let letter = PrintedLetter::latest(&gatelet, "magic-link", "dan@example.com");
    follow(&visitor, &letter.link(), &[]).expect(303);
    let came = ["account.created email", "session.begun email"];
    assert_eq!(acts(&gatelet, "dan@example.com"), came);

    let (visitor, account) = signed_in(&gatelet);
    let letter = PrintedLetter::latest(&gatelet, "verify-email", &account.email);
    follow(&visitor, &letter.link(), &[]).expect(303);
    let proved = [
        "account.created password",
        "email.verified email",
        "link.sent verify-email",
        "session.begun email",
        "session.begun password",
    ];
    assert_eq!(acts(&gatelet, &account.email), proved);
}

fn by_a_provider(engine: Engine) {
    let provider = IdentityProvider::shared();
    let (setup, _) = Setup::new(engine).providers(&[("acme", &provider)]);
    let gatelet = setup.variable("mail_url", "log:").start();
    let sign_in = |visitor: &Visitor, login: &str| {
        let answer = provider.there_and_back(visitor, "/auth/start/acme", login);
        answer.expect(303);
    };
    sign_in(&gatelet.visitor(), "ada");
    let came = ["account.created acme", "session.begun acme"];
    assert_eq!(acts(&gatelet, "ada@example.com"), came);

    // An account with a proved address is there already.
    let (visitor, account) = signed_in(&gatelet);
    let claims = json!({ "email": account.email, "email_verified": true });
    provider.add(&account.email, claims);
    let letter = PrintedLetter::latest(&gatelet, "verify-email", &account.email);
    follow(&visitor, &letter.link(), &[]).expect(303);
    sign_in(&visitor, &account.email);
    let linked = acts(&gatelet, &account.email);
    for act in ["account.linked acme", "session.begun acme"] {
        let times = linked.iter().filter(|one| *one == act).count();
        assert_eq!(times, 1, "{linked:?}");
    }
}

fn by_an_invitation(engine: Engine) {
    let gatelet = Setup::new(engine).variable("sign_up", "invited").start();
    let account = Account::new("Ada");
    let link = run(&gatelet, &["users", "invite", &account.email]);
    let path = link.strip_prefix(gatelet.base_url()).expect("a link");
    account.take_up(&gatelet.visitor(), path).expect(303);
    let came = [
        "account.created password",
        "invitation.used",
        "session.begun password",
    ];
    assert_eq!(acts(&gatelet, &account.email), came);
}

fn by_a_passkey(engine: Engine) {
    let gatelet = Gatelet::start(engine);
    let holder = Holder::register(&gatelet);
    let form = holder.signed(&holder.page().text());
    let answer = holder.visitor().submit(&form, &holder.page().url).send();
    answer.expect(303);
    let shown = run(&gatelet, &["users", "list", "--json"]);
    let users: Value = serde_json::from_str(&shown).expect("JSON");
    let email = users["users"][0]["email"].as_str().expect("an address");
    let known = acts(&gatelet, email);
    let begun = known.iter().filter(|act| act.starts_with("session.begun"));
    let begun: Vec<_> = begun.collect();
    assert_eq!(begun, ["session.begun passkey", "session.begun password"]);
    assert!(!known.iter().any(|act| act == "device.new"), "{known:?}");
}
