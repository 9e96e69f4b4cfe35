//! Passkeys, with Chromium and authenticators that it simulates; what no browser would send
//! is signed here.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use gatelet_tests::account::Account;
use gatelet_tests::browser::{Authenticator, AuthenticatorId, Person, Tab};
use gatelet_tests::cases::Engine;
use gatelet_tests::form::Form;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::on_both_engines;
use gatelet_tests::passkey::Holder;
use gatelet_tests::upstream::Upstream;
use std::time::Duration;

on_both_engines! {
    a_passkey_signs_in_without_a_name_and_without_a_password,
    a_security_key_is_the_second_step_after_a_password,
    what_the_key_has_not_signed_signs_nobody_in,
    what_a_key_has_signed_is_good_once,
}

const PAGE: &str = "/auth/account/passkeys";
const SUBMIT: &str = "form:not([data-passkey]):not([action='/auth/sign-out']) button[type=submit]";
const PASSKEY: &str = "form[data-passkey] button";

#[track_caller]
fn go(tab: &Tab, gatelet: &Gatelet, path: &str) {
    tab.go(&format!("{}{path}", gatelet.base_url()));
}

#[track_caller]
fn sign_up(tab: &Tab, gatelet: &Gatelet) -> Account {
    let account = Account::new("Ada");
    go(tab, gatelet, "/auth/sign-up?return_to=/");
    tab.fill("#name", &account.name);
    tab.fill("#email", &account.email);
    tab.fill("#password", &account.password);
    tab.submit("form[action='/auth/sign-up'] button");
    account
}

#[track_caller]
fn add(tab: &Tab, gatelet: &Gatelet, name: &str) {
    go(tab, gatelet, "/auth/account/passkeys?add=1");
    tab.wait("form[data-passkey]:not([hidden])");
    tab.fill("#passkey-name", name);
    tab.submit(PASSKEY);
}

#[track_caller]
fn sign_up_with_laptop(tab: &Tab, gatelet: &Gatelet) -> AuthenticatorId {
    sign_up(tab, gatelet);
    let device = tab.authenticator(&Authenticator::device(true));
    add(tab, gatelet, "Laptop");
    device
}

/// And waits until the script offers passkeys.
#[track_caller]
fn go_to_sign_in(tab: &Tab, gatelet: &Gatelet) {
    go(tab, gatelet, "/auth/sign-in");
    tab.wait("form[data-passkey]:not([hidden])");
}

/// Whether it is so within ten seconds.
fn soon(mut is_so: impl FnMut() -> bool) -> bool {
    (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        is_so()
    })
}

#[track_caller]
fn sign_out(tab: &Tab, gatelet: &Gatelet) {
    go(tab, gatelet, "/auth/sign-out");
    tab.submit("form[action='/auth/sign-out'] button");
}

/// The page that follows offers passkeys, and what is simulated takes every offer, also one
/// that it hears of late: only a page that makes none ends that.
#[track_caller]
fn sign_out_for_good(tab: &Tab, gatelet: &Gatelet, device: &AuthenticatorId) {
    tab.verify_user(device, false);
    sign_out(tab, gatelet);
    go(tab, gatelet, "/auth/session");
    tab.verify_user(device, true);
}

#[track_caller]
fn session(tab: &Tab, gatelet: &Gatelet) -> serde_json::Value {
    go(tab, gatelet, "/auth/session");
    serde_json::from_str(&tab.text("body")).expect("JSON")
}

#[track_caller]
fn quiet(tab: &Tab) {
    let loud: Vec<String> = tab
        .console()
        .into_iter()
        .filter(|line| !line.starts_with("verbose:") && !line.starts_with("info:"))
        .filter(|line| !line.contains("the server responded with a status of"))
        .collect();
    assert!(loud.is_empty(), "{loud:?}");
}

fn a_passkey_signs_in_without_a_name_and_without_a_password(engine: Engine) {
    let gatelet = Setup::new(engine)
        .variable("session_fresh_seconds", "0")
        .start();
    let person = Person::new();
    let tab = person.tab();
    let device = sign_up_with_laptop(&tab, &gatelet);
    // Codes for the day on which it is lost come first.
    let codes = "/auth/account/recovery-codes?done=passkey-added";
    assert!(tab.url().ends_with(codes), "{}", tab.url());
    go(&tab, &gatelet, PAGE);
    let listed = tab.text("main");
    assert!(
        listed.contains("Laptop") && listed.contains("Backed up"),
        "{listed}"
    );
    tab.screenshot("passkeys");
    assert_eq!(tab.credentials(&device), 1);

    sign_out_for_good(&tab, &gatelet, &device);
    go(&tab, &gatelet, "/auth/sign-in?return_to=/headers");
    // Chromium takes the one that there is, beside the name field or by the button.
    tab.wait_for_url(&format!("{}/headers", gatelet.base_url()));
    let session = session(&tab, &gatelet);
    assert_eq!(session["provider"], "passkey", "{session}");
    go(&tab, &gatelet, PAGE);
    assert!(tab.text("main").contains("Last used"));
    quiet(&tab);

    // Removed, it lets nobody in, and what came by it is over. The page that follows has it
    // tried once more, and then the browser forgets it.
    tab.submit("form button.danger");
    tab.wait_for_url(&format!("{}/auth/passkey", gatelet.base_url()));
    forgotten(&tab, &device);
    go(&tab, &gatelet, "/auth/session");
    assert!(tab.text("body").contains("false"), "{}", tab.text("body"));
}

/// Waits until the device has none any more.
#[track_caller]
fn forgotten(tab: &Tab, device: &AuthenticatorId) {
    assert!(
        soon(|| tab.credentials(device) == 0),
        "the browser offers it still"
    );
}

#[test]
fn a_passkey_that_is_removed_is_gone_from_the_browser_too() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let person = Person::new();
    let tab = person.tab();
    let device = sign_up_with_laptop(&tab, &gatelet);
    go(&tab, &gatelet, PAGE);
    assert_eq!(tab.credentials(&device), 1, "it is kept");
    tab.submit("form button.danger");
    assert!(
        tab.url().ends_with("?done=passkey-removed"),
        "{}",
        tab.url()
    );
    forgotten(&tab, &device);
    quiet(&tab);
}

/// By the port of another server on this host, whose people's passkeys are offered here too.
#[test]
fn of_a_passkey_of_nobody_here_the_browser_is_told_nothing() {
    let (gatelet, other) = (
        Gatelet::start(Engine::Sqlite),
        Gatelet::start(Engine::Sqlite),
    );
    let person = Person::new();
    let tab = person.tab();
    let device = sign_up_with_laptop(&tab, &gatelet);
    go(&tab, &other, "/auth/sign-in");
    tab.wait_for_url(&format!("{}/auth/passkey", other.base_url()));
    assert!(tab.text(".faults").contains("could not be used"));
    assert_eq!(tab.count("[data-signal]"), 0);
    assert_eq!(tab.credentials(&device), 1);
}

/// What a passkey is to sign is good for five minutes, and tabs lie open overnight.
#[test]
fn a_page_that_has_lain_open_asks_for_something_new_to_be_signed() {
    let gatelet = Setup::new(Engine::Sqlite).start();
    let person = Person::new();
    let tab = person.tab();
    let account = sign_up(&tab, &gatelet);
    sign_out(&tab, &gatelet);
    go(&tab, &gatelet, "/auth/sign-in?return_to=/headers#there");
    tab.wait("form[data-passkey]:not([hidden])");
    tab.fill("#email", &account.email);
    let asked = || tab.evaluate("document.querySelector('form[data-passkey]').dataset.options");
    let look = "document.dispatchEvent(new Event('visibilitychange'))";
    let first = asked();
    tab.evaluate(look);
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(asked(), first, "it is good yet");
    // The device wakes, and its network a little later.
    tab.evaluate(
        "globalThis.later = 300_000;
        { const now = Date.now; Date.now = () => now() + later; }
        globalThis.fetched = fetch;
        globalThis.fetch = async () => { throw new TypeError('no network'); };",
    );
    tab.evaluate(look);
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(asked(), first, "there is no network yet");
    tab.evaluate("globalThis.fetch = fetched; later += 30_000;");
    tab.evaluate(look);
    assert!(soon(|| asked() != first), "{first}");
    quiet(&tab);
    // Where it leads has a part that no server has seen.
    let leads_to = tab.value("form[data-passkey] input[name=return_to]");
    assert_eq!(leads_to, "/headers#there");
    // What was typed is there, and its form as good as before.
    assert_eq!(tab.value("#email"), account.email);
    tab.fill("#password", &account.password);
    tab.submit("form[action='/auth/sign-in'] button");
    tab.wait_for_url(&format!("{}/headers#there", gatelet.base_url()));
}

/// Somebody has pressed Stop, or is back on the page.
#[test]
fn what_a_try_before_has_filled_in_is_not_sent_again() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let person = Person::new();
    let tab = person.tab();
    go_to_sign_in(&tab, &gatelet);
    tab.evaluate(
        "globalThis.sent = [];
        const form = document.querySelector('form[data-passkey]');
        form.submit = () => sent.push([...new FormData(form).keys()]);
        navigator.credentials.get = async ({ mediation }) => mediation ? new Promise(() => {}) : {
            id: 'a', response: { clientDataJSON: new ArrayBuffer(1) },
        };",
    );
    for tries in 1..=2 {
        tab.click(PASSKEY);
        assert!(soon(|| tab.evaluate("sent.length") == tries), "try {tries}");
    }
    let names = ["csrf", "return_to", "passkey_id", "passkey_client_data"];
    assert_eq!(tab.evaluate("sent"), serde_json::json!([names, names]));
}

#[test]
fn a_page_for_passkeys_leads_through_one_and_says_where_to_make_it() {
    let upstream = Upstream::start();
    let gatelet = Setup::new(Engine::Sqlite)
        .upstream(&upstream)
        .variable("access_rules", "/key/* signed-in with passkey within 10m")
        .start();
    let person = Person::new();
    let tab = person.tab();
    sign_up(&tab, &gatelet);
    go(&tab, &gatelet, "/key/a");
    assert!(
        tab.url().contains("/auth/confirm?with=passkey"),
        "{}",
        tab.url()
    );
    assert!(tab.text("main").contains("your account has none yet"));
    assert_eq!(tab.count("#password"), 0, "a password opens nothing here");
    tab.screenshot("confirm-without-a-passkey");
    assert!(upstream.seen_at("/key").is_empty());
    tab.submit("a[href^='/auth/account/passkeys']");

    // By way of its codes, and on from there.
    tab.authenticator(&Authenticator::device(true));
    tab.submit("a[href^='/auth/account/passkeys?add=1']");
    tab.wait("form[data-passkey]:not([hidden])");
    tab.submit(PASSKEY);
    assert!(tab.url().contains("/recovery-codes?"), "{}", tab.url());
    tab.submit("a[href='/key/a']");
    tab.wait("form[data-passkey]:not([hidden])");
    tab.screenshot("confirm-by-a-passkey");
    tab.submit(PASSKEY);
    tab.wait_for_url(&format!("{}/key/a", gatelet.base_url()));
    assert_eq!(upstream.seen_at("/key").len(), 1);
    quiet(&tab);
}

fn a_security_key_is_the_second_step_after_a_password(engine: Engine) {
    let gatelet = Gatelet::start(engine);
    let person = Person::new();
    let tab = person.tab();
    let account = sign_up(&tab, &gatelet);
    tab.authenticator(&Authenticator::security_key());
    add(&tab, &gatelet, "Key");
    let told = tab.text("[role=status]");
    assert!(told.contains("as a second step only"), "{told}");
    go(&tab, &gatelet, PAGE);
    assert!(tab.text("main").contains("On one device"));
    sign_out(&tab, &gatelet);

    go(&tab, &gatelet, "/auth/sign-in?return_to=/headers");
    tab.fill("#email", &account.email);
    tab.fill("#password", &account.password);
    tab.submit(SUBMIT);
    assert!(tab.url().ends_with("/auth/second-factor"), "{}", tab.url());
    tab.screenshot("second-factor-passkey");
    assert!(
        person
            .cookies()
            .iter()
            .all(|cookie| cookie["name"] != "gatelet")
    );
    tab.wait("form[data-passkey]:not([hidden])");
    tab.submit(PASSKEY);
    tab.wait_for_url(&format!("{}/headers", gatelet.base_url()));
    assert_eq!(session(&tab, &gatelet)["provider"], "password");
    quiet(&tab);
}

/// Where nobody is asked for a second step, a passkey that is none but that is of no use.
#[test]
fn where_there_is_no_second_step_a_new_passkey_asks_who_holds_it() {
    let off = || Setup::new(Engine::Sqlite).variable("second_factor", "off");
    let gatelet = off().start();
    let (visitor, answer) = Holder::register_unverified(&gatelet);
    let text = answer.expect(422).text();
    assert!(text.contains("Set a PIN for it"), "{text}");
    let listed = visitor.visit(PAGE).send().expect(200).text();
    assert!(!listed.contains("class=\"rows\""), "{listed}");
    gatelet.wait_for_line(&["factor.wrong", "passkey.user_verification"]);
    Holder::register(&gatelet);

    let gatelet = Gatelet::start(Engine::Sqlite);
    let (_, answer) = Holder::register_unverified(&gatelet);
    answer.expect_redirect("/auth/account/recovery-codes?done=passkey-second-step");

    // Chromium asks for as much, and no such key gets as far.
    let gatelet = off().start();
    let person = Person::new();
    let tab = person.tab();
    sign_up(&tab, &gatelet);
    tab.authenticator(&Authenticator::security_key());
    go(&tab, &gatelet, "/auth/account/passkeys?add=1");
    tab.wait("form[data-passkey]:not([hidden])");
    tab.click(PASSKEY);
    tab.wait("form[data-passkey] .fault:not([hidden])");
}

#[test]
fn the_last_passkey_stays_where_every_other_way_in_is_closed() {
    let gatelet = Gatelet::start(Engine::Postgres);
    let holder = Holder::register(&gatelet);
    let visitor = holder.visitor();
    let form = holder.signed(&holder.page().text());
    visitor.submit(&form, &holder.page().url).send().expect(303);
    let page = visitor.visit(PAGE).send().expect(200);
    let remove = || {
        let form = page.form_with(PAGE, "do", "remove");
        visitor.submit(&form, &page.url).send()
    };
    // A provider that the operator has set up no more.
    gatelet
        .database()
        .execute("UPDATE auth_accounts SET issuer = 'https://gone.example', password_hash = NULL");
    assert!(remove().expect(409).says_code("account.last_way_in"));
    gatelet
        .database()
        .execute("UPDATE auth_accounts SET issuer = 'password', password_hash = 'any'");
    remove().expect(303);
}

#[test]
fn whoever_has_as_many_passkeys_as_may_be_is_told_so() {
    let gatelet = Gatelet::start(Engine::Postgres);
    let holder = Holder::register(&gatelet);
    let visitor = holder.visitor();
    let form = holder.signed(&holder.page().text());
    visitor.submit(&form, &holder.page().url).send().expect(303);
    let add = || visitor.visit(&format!("{PAGE}?add=1")).send();
    let last = add().expect(200);
    gatelet.database().execute(
        "INSERT INTO auth_passkeys
            (credential_id, user_id, public_key, sign_count, backup_eligible, backed_up,
            transports, name, created_at)
        SELECT 'another' || n, user_id, public_key, 0, FALSE, FALSE, '', 'Another', created_at
        FROM auth_passkeys, generate_series(1, 19) AS n",
    );
    assert!(add().expect(409).says_code("passkey.too_many"));
    // And whoever has the page open already.
    let form = last.form_with(PAGE, "do", "add");
    let refused = visitor.submit(&form, &last.url).send().expect(409);
    assert!(refused.says_code("passkey.too_many"));
}

#[test]
fn a_device_that_does_not_know_its_owner_signs_nobody_in() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let person = Person::new();
    let tab = person.tab();
    let device = sign_up_with_laptop(&tab, &gatelet);
    // Not for a moment: what is simulated takes every offer that it may.
    tab.verify_user(&device, false);
    sign_out(&tab, &gatelet);
    go_to_sign_in(&tab, &gatelet);
    tab.click(PASSKEY);
    tab.wait("form[data-passkey] .fault:not([hidden])");
    tab.screenshot("passkey-refused");
    assert_eq!(session(&tab, &gatelet)["active"], false);
}

/// No authenticator is simulated that waits for anybody, so the browser's own part is ours.
#[test]
fn a_page_closes_no_prompt_and_offers_passkeys_again_after_one() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let person = Person::new();
    let tab = person.tab();
    go_to_sign_in(&tab, &gatelet);
    tab.evaluate(
        "globalThis.asked = [];
        PublicKeyCredential.isConditionalMediationAvailable = async () => true;
        navigator.credentials.get = ({ mediation, signal }) => new Promise((_, close) => {
            asked.push({ what: mediation ?? 'prompt', signal, close });
        });",
    );
    let asked = || {
        let shown = "new Promise((shown) => setTimeout(shown, 500)).then(() => asked.map(
            ({ what, signal }) => `${what} ${signal.aborted ? 'closed' : 'open'}`).join(', '))";
        tab.evaluate(shown)
    };
    tab.click(PASSKEY);
    assert_eq!(asked(), "prompt open");
    // What is to be signed is old by now, and is had anew where nothing is open.
    tab.evaluate(
        "const later = Date.now() + 300_000;
        Date.now = () => later;
        document.dispatchEvent(new Event('visibilitychange'));",
    );
    assert_eq!(asked(), "prompt open");
    tab.evaluate("asked[0].close(new Error('not now'))");
    tab.wait("form[data-passkey] .fault:not([hidden])");
    assert_eq!(asked(), "prompt closed, conditional open");
    tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    let offers = "prompt closed, conditional closed, conditional open";
    assert_eq!(asked(), offers, "old as it is");
}

#[test]
fn two_passkeys_of_one_account_each_let_in_and_a_copy_that_counts_behind_does_not() {
    let gatelet = Gatelet::start(Engine::Postgres);
    let person = Person::new();
    let tab = person.tab();
    sign_up(&tab, &gatelet);
    let one = tab.authenticator(&Authenticator::device(true));
    add(&tab, &gatelet, "One");
    tab.touch(&one, false);
    let other = tab.authenticator(&Authenticator::security_key());
    add(&tab, &gatelet, "Other");
    go(&tab, &gatelet, PAGE);
    assert_eq!(tab.count(".rows > li"), 2);
    tab.touch(&one, true);
    tab.touch(&other, false);
    // Somebody else has used a copy of it, which has counted further.
    gatelet
        .database()
        .execute("UPDATE auth_passkeys SET sign_count = 1000 WHERE name = 'One'");
    sign_out_for_good(&tab, &gatelet, &one);
    go(&tab, &gatelet, "/auth/sign-in");
    tab.wait(".faults");
    assert!(
        tab.text(".faults").contains("could not be used"),
        "{}",
        tab.text("main")
    );
    gatelet.wait_for_line(&["factor.wrong", "passkey.counter"]);
    assert_eq!(session(&tab, &gatelet)["active"], false);
}

/// Each with the page's own challenge; none uses it up.
fn what_the_key_has_not_signed_signs_nobody_in(engine: Engine) {
    let gatelet = Gatelet::start(engine);
    let holder = Holder::register(&gatelet);
    let (visitor, page) = (holder.visitor(), holder.page());
    let form = holder.signed(&page.text());
    let der = signature(&form);
    let other_page = visitor.visit("/auth/sign-in").send().expect(200);
    let elsewhere = signature(&holder.signed(&other_page.text()));
    let (mut r, mut s) = (der.clone(), der.clone());
    r[10] ^= 1;
    s[der.len() - 1] ^= 1;
    let forged = [
        ("of another challenge", elsewhere),
        ("a bit of r", r),
        ("a bit of s", s),
        ("cut off", der[..der.len() - 1].to_vec()),
        ("a byte more", [&der[..], &[0]].concat()),
        ("r and s are 0", vec![0x30, 6, 2, 1, 0, 2, 1, 0]),
        ("none", Vec::new()),
    ];
    for (what, signature) in forged {
        let signature = BASE64_URL_SAFE_NO_PAD.encode(signature);
        let form = form.clone().fill("passkey_signature", &signature);
        let refused = visitor.submit(&form, &page.url).send();
        assert_eq!(refused.status, 401, "{what}");
        assert!(refused.text().contains("could not be used"), "{what}");
        let session = visitor.get("/auth/session").send().expect(200).json();
        assert_eq!(session["active"], false, "{what}");
    }
    visitor.submit(&form, &page.url).send().expect(303);
    let session = visitor.get("/auth/session").send().expect(200).json();
    assert_eq!(session["provider"], "passkey", "{session}");
}

/// What was signed once is of no use again.
fn what_a_key_has_signed_is_good_once(engine: Engine) {
    let gatelet = Gatelet::start(engine);
    let holder = Holder::register(&gatelet);
    let visitor = holder.visitor();
    let form = holder.signed(&holder.page().text());
    visitor.submit(&form, &holder.page().url).send().expect(303);
    visitor.change_jar(|jar| jar.forget_one("gatelet"));
    let again = || visitor.submit(&form, &holder.page().url).send();
    for _ in 0..3 {
        again().expect(401);
    }
    gatelet.wait_for_line(&["factor.wrong", "passkey.challenge"]);
    let sessions = match engine {
        Engine::Postgres => gatelet
            .database()
            .value("SELECT COUNT(*) FROM auth_sessions"),
        Engine::Sqlite => None,
    };
    // That of signing up, and the one that was begun.
    assert!(sessions.is_none_or(|count| count == "2"), "begun twice");
}

/// Nobody hears that an account is switched off, or takes its end back, by a copy that counts
/// behind or by what was signed before.
#[test]
fn what_is_of_no_use_any_more_says_nothing_of_the_account() {
    let gatelet = Gatelet::start(Engine::Postgres);
    let holder = Holder::register(&gatelet);
    let visitor = holder.visitor();
    let states = [
        ("disabled_at = 1", "account.disabled"),
        ("disabled_at = NULL, leaves_at = 99999999999", ""),
    ];
    for (state, code) in states {
        let change = format!("UPDATE auth_users SET {state}, revision = revision + 1");
        gatelet.database().execute(&change);
        let set_count = |count: u32| {
            let change = format!("UPDATE auth_passkeys SET sign_count = {count}");
            gatelet.database().execute(&change);
        };
        let page = visitor.visit("/auth/sign-in").send().expect(200);
        let form = holder.signed(&page.text());
        let show = || visitor.submit(&form, &page.url).send();
        set_count(1000);
        let behind = show().expect(401);
        assert!(behind.text().contains("could not be used"), "{state}");
        set_count(0);
        let known = show();
        match code {
            "" => {
                let led_to = known.expect(303);
                assert!(led_to.header("location").contains("leaving"));
            }
            code => {
                assert!(
                    known.expect(403).text().contains("is switched off"),
                    "{state}"
                );
                gatelet.wait_for_line(&[code]);
            }
        }
        let again = show().expect(401);
        assert!(again.text().contains("could not be used"), "{state}");
    }
}

/// In DER.
fn signature(form: &Form) -> Vec<u8> {
    let encoded = form.value("passkey_signature").expect("a signed form");
    BASE64_URL_SAFE_NO_PAD.decode(encoded).expect("base64url")
}
