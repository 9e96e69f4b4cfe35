//! Another address for an account, and what owners are told.

use super::*;
use gatelet_tests::account::sign_out;

on_both_engines! {
    an_address_changes_by_a_letter_to_the_new_one_and_back_by_one_to_the_old,
}

const NEW: &str = "new-address@example.com";

/// Asks for another address; gives the page that says to look into the mailbox.
#[track_caller]
fn ask_for(visitor: &Visitor, email: &str) -> Response {
    let page = visitor.visit("/auth/account/email").send().expect(200);
    let forms = page.text();
    let change = forms.rfind("<form").expect("a form");
    let form = Form::find(&forms[change..], "/auth/account/email").expect("the form");
    visitor.submit(&form.fill("email", email), &page.url).send()
}

fn an_address_changes_by_a_letter_to_the_new_one_and_back_by_one_to_the_old(engine: Engine) {
    let gatelet = with_mail(engine)
        .variable("session_fresh_seconds", "0")
        .start();
    let (visitor, account) = signed_in(&gatelet);
    let proof = PrintedLetter::latest(&gatelet, "verify-email", &account.email).link();
    follow(&visitor, &proof, &[]).expect(303);
    let other_device = gatelet.visitor();
    account.sign_in(&other_device, "/").expect(303);
    let id = me(&visitor)["id"].clone();
    ask_for(&visitor, NEW).expect(200);
    let link = PrintedLetter::latest(&gatelet, "change-email", NEW).link();
    // Until it is used, nothing has changed; and it is no way to sign in.
    assert_eq!(me(&visitor)["email"], account.email.as_str());
    let stranger = gatelet.visitor();
    let answer = stranger.visit(&link).send().expect(303);
    let (_, query) = link.split_once('?').expect("a token");
    let back = format!("/auth/account/email?{query}");
    let encoded: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
    let to_sign_in = format!("/auth/sign-in?return_to={encoded}");
    assert_eq!(answer.header("location"), to_sign_in, "and back to it");
    follow(&visitor, &link, &[]).expect_redirect("/auth/account/email?done=email-changed");
    let now = me(&visitor);
    assert_eq!(
        (&now["id"], &now["email"], &now["emailVerified"]),
        (&id, &NEW.into(), &true.into())
    );
    assert_eq!(me(&other_device)["email"], NEW, "sessions stay");
    refused(visitor.visit(&link).send(), 410, "mail.link_void");
    account.sign_in(&gatelet.visitor(), "/").expect(401);

    // The owner of the old address finds out.
    let told = PrintedLetter::latest(&gatelet, "email-changed", &account.email);
    let owner = gatelet.visitor();
    let back = follow(&owner, &told.link(), &[]).expect(303);
    assert!(!is_signed_in(&visitor) && !is_signed_in(&other_device));
    assert!(!is_signed_in(&owner), "not before a new password, or more");
    let page = owner.follow(back).expect(200);
    send(&owner, &page, &[("password", "of quite another kind")]).expect(303);
    let now = me(&owner);
    assert_eq!(
        (&now["id"], &now["email"]),
        (&id, &account.email.as_str().into())
    );
    refused(owner.visit(&told.link()).send(), 410, "mail.link_void");
}

#[test]
fn a_code_changes_the_address_where_it_was_asked_for() {
    let gatelet = with_mail(Engine::Sqlite).start();
    let (visitor, account) = signed_in(&gatelet);
    let page = ask_for(&visitor, NEW).expect(200);
    let code = PrintedLetter::latest(&gatelet, "change-email", NEW).code();
    send(&visitor, &page, &[("code", "000000")]).expect(401);
    send(&visitor, &page, &[("code", &code)]).expect(303);
    assert_eq!(me(&visitor)["email"], NEW);
    // Nobody had proved the address of before: it may be a stranger's, whom this is no way
    // into the account.
    let told =
        |letter: &PrintedLetter| letter.kind == "email-changed" && letter.to == account.email;
    assert!(!PrintedLetter::all(&gatelet).iter().any(told));
}

#[test]
fn an_address_that_has_an_account_is_not_taken_and_not_told() {
    let gatelet = with_mail(Engine::Sqlite).start();
    let (_, other) = signed_in(&gatelet);
    let (visitor, account) = signed_in(&gatelet);
    let said = [other.email.as_str(), NEW].map(|email| {
        let answer = ask_for(&visitor, email).expect(200);
        comparable(&answer, email)
    });
    assert_eq!(said[0], said[1]);
    PrintedLetter::latest(&gatelet, "account-notice", &other.email);
    assert_eq!(me(&visitor)["email"], account.email.as_str());
}

#[test]
fn a_link_to_another_address_is_good_for_its_user_alone() {
    let gatelet = with_mail(Engine::Sqlite).start();
    let (visitor, _) = signed_in(&gatelet);
    let (eve, account) = signed_in(&gatelet);
    ask_for(&visitor, NEW).expect(200);
    let link = PrintedLetter::latest(&gatelet, "change-email", NEW).link();
    refused(eve.visit(&link).send(), 410, "mail.link_void");
    assert_eq!(me(&eve)["email"], account.email.as_str());
    follow(&visitor, &link, &[]).expect(303);
}

#[test]
fn an_address_is_asked_for_again_by_the_account_page() {
    let gatelet = with_mail(Engine::Sqlite).start();
    let (visitor, account) = signed_in(&gatelet);
    let first = PrintedLetter::latest(&gatelet, "verify-email", &account.email).link();
    let page = visitor.visit("/auth/account/email").send().expect(200);
    let form = page.form("/auth/account/email");
    assert_eq!(form.value("confirm"), Some("1"));
    let sent = visitor.submit(&form, &page.url).send();
    sent.expect_redirect("/auth/verify-email");
    let second = PrintedLetter::latest(&gatelet, "verify-email", &account.email).link();
    assert_ne!(first, second);
    follow(&visitor, &second, &[]).expect(303);
    assert_eq!(me(&visitor)["emailVerified"], true);
    let page = visitor.visit("/auth/account/email").send().expect(200);
    assert_eq!(page.form("/auth/account/email").value("confirm"), None);
}

#[test]
fn the_owner_is_told_of_a_new_device_and_of_no_known_one() {
    let gatelet = with_mail(Engine::Sqlite).start();
    let (visitor, account) = signed_in(&gatelet);
    let link = PrintedLetter::latest(&gatelet, "verify-email", &account.email).link();
    follow(&visitor, &link, &[]).expect(303);
    sign_out(&visitor).expect(303);
    account.sign_in(&visitor, "/").expect(303);
    let told = |gatelet: &Gatelet| {
        let all = PrintedLetter::all(gatelet).into_iter();
        all.filter(|letter| letter.kind == "new-device").count()
    };
    assert_eq!(told(&gatelet), 0);
    let page = gatelet.visitor();
    account.sign_in(&page, "/").expect(303);
    PrintedLetter::latest(&gatelet, "new-device", &account.email);
    assert_eq!(told(&gatelet), 1);
}
