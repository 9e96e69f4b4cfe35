//! Proving an address.

use super::*;

on_both_engines! {
    an_address_is_proved_in_the_browser_that_signed_up,
    an_account_is_made_once_its_address_is_proved,
}

fn required(engine: Engine) -> Gatelet {
    with_mail(engine)
        .variable("email_verification", "required")
        .start()
}

#[track_caller]
fn signs_up(visitor: &Visitor, account: &Account) -> Response {
    let page = account.sign_up(visitor, "/headers").expect(200);
    assert!(!is_signed_in(visitor));
    page
}

fn an_address_is_proved_in_the_browser_that_signed_up(engine: Engine) {
    let gatelet = with_mail(engine).start();
    let (visitor, account) = signed_in(&gatelet);
    let id = me(&visitor)["id"].clone();
    assert_eq!(me(&visitor)["emailVerified"], false);
    let letter = PrintedLetter::latest(&gatelet, "verify-email", &account.email);
    follow(&visitor, &letter.link(), &[]).expect(303);
    let now = me(&visitor);
    assert_eq!((&now["id"], &now["emailVerified"]), (&id, &true.into()));
    refused(visitor.visit(&letter.link()).send(), 410, "mail.link_void");
    // The password is as good as before.
    account.sign_in(&gatelet.visitor(), "/").expect(303);
}

fn an_account_is_made_once_its_address_is_proved(engine: Engine) {
    let gatelet = required(engine);
    let (visitor, account) = (gatelet.visitor(), Account::new("Ada"));
    signs_up(&visitor, &account);
    account.sign_in(&gatelet.visitor(), "/").expect(401);
    let link = PrintedLetter::latest(&gatelet, "verify-email", &account.email).link();
    follow(&visitor, &link, &[]).expect_redirect("/auth/continue?return_to=%2Fheaders");
    let now = me(&visitor);
    assert_eq!(
        (&now["name"], &now["emailVerified"]),
        (&"Ada".into(), &true.into())
    );
    account.sign_in(&gatelet.visitor(), "/").expect(303);
}

/// Who signs up with another's address waits for the other to open the letter.
#[test]
fn a_link_opened_elsewhere_asks_for_the_password() {
    for verification in ["optional", "required"] {
        let gatelet = with_mail(Engine::Sqlite)
            .variable("email_verification", verification)
            .start();
        let (squatter, account) = (gatelet.visitor(), Account::new("Eve"));
        account.sign_up(&squatter, "/");
        let link = PrintedLetter::latest(&gatelet, "verify-email", &account.email).link();
        let owner = gatelet.visitor();
        let page = owner.visit(&link).send().expect(200);
        assert!(page.text().contains("type=\"password\""), "{verification}");
        for guess in ["", "not this one at all"] {
            send(&owner, &page, &[("password", guess)]).expect(401);
        }
        assert!(!is_signed_in(&owner));
        if verification == "optional" {
            assert_eq!(me(&squatter)["emailVerified"], false);
        }
        // On the squatter's own other device.
        send(&owner, &page, &[("password", &account.password)]).expect(303);
        assert_eq!(me(&owner)["emailVerified"], true);
    }
}

#[test]
fn a_code_proves_the_address_where_it_was_typed() {
    let gatelet = required(Engine::Sqlite);
    let (visitor, account) = (gatelet.visitor(), Account::new("Ada"));
    let page = signs_up(&visitor, &account);
    let code = PrintedLetter::latest(&gatelet, "verify-email", &account.email).code();
    send(&visitor, &page, &[("code", &code)]).expect(303);
    assert_eq!(me(&visitor)["emailVerified"], true);
}

#[test]
fn sign_up_says_the_same_of_every_address_and_its_owner_hears_of_it() {
    let gatelet = required(Engine::Sqlite);
    let (visitor, account) = (gatelet.visitor(), Account::new("Ada"));
    signs_up(&visitor, &account);
    let link = PrintedLetter::latest(&gatelet, "verify-email", &account.email).link();
    follow(&visitor, &link, &[]).expect(303);

    let again = Account {
        password: "something else entirely".to_owned(),
        ..account.clone()
    };
    let new = Account::new("Ada");
    let said = [&again, &new].map(|who| {
        let page = signs_up(&gatelet.visitor(), who);
        comparable(&page, &who.email)
    });
    assert_eq!(said[0], said[1]);
    let told = PrintedLetter::latest(&gatelet, "account-notice", &account.email);
    assert!(!told.lines.iter().any(|line| line.contains("token=")));
    account.sign_in(&gatelet.visitor(), "/").expect(303);
}

#[test]
fn of_two_who_sign_up_with_one_address_its_reader_decides() {
    let gatelet = required(Engine::Postgres);
    let (eve, ann) = (gatelet.visitor(), gatelet.visitor());
    let squatting = Account::new("Eve");
    let account = Account {
        name: "Ann".to_owned(),
        password: "of quite another kind".to_owned(),
        ..squatting.clone()
    };
    signs_up(&eve, &squatting);
    let first = PrintedLetter::latest(&gatelet, "verify-email", &account.email);
    signs_up(&ann, &account);
    let second = PrintedLetter::latest(&gatelet, "verify-email", &account.email);
    assert_ne!(first.link(), second.link());
    follow(&ann, &second.link(), &[]).expect(303);
    refused(eve.visit(&first.link()).send(), 410, "mail.link_void");
    assert_eq!(me(&ann)["name"], "Ann");
    squatting.sign_in(&gatelet.visitor(), "/").expect(401);
    account.sign_in(&gatelet.visitor(), "/").expect(303);
}
