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
    // Whoever it has served has what it was for; to anybody else it is void.
    let again = visitor.visit(&letter.link()).send();
    again.expect_redirect("/auth/continue?return_to=%2Fauth%2Faccount");
    let stranger = gatelet.visitor();
    refused(stranger.visit(&letter.link()).send(), 410, "mail.link_void");
    let program = visitor
        .get(&letter.link())
        .header("accept", "application/json");
    program.send().expect(410);
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

/// A squatter may have put a session of theirs into the browser of whoever opens the letter.
#[test]
fn a_session_of_the_links_user_is_not_the_browser_that_asked() {
    let gatelet = with_mail(Engine::Sqlite).start();
    let (_, account) = signed_in(&gatelet);
    let link = PrintedLetter::latest(&gatelet, "verify-email", &account.email).link();
    let elsewhere = gatelet.visitor();
    account.sign_in(&elsewhere, "/").expect(303);
    let page = elsewhere.visit(&link).send().expect(200);
    assert!(page.text().contains("type=\"password\""));
    send(&elsewhere, &page, &[]).expect(401);
    assert_eq!(me(&elsewhere)["emailVerified"], false);
}

/// A letter that confirms an account that is there is asked for in its own pages, one that
/// makes an account by signing up.
#[test]
fn another_letter_is_asked_for_where_there_is_one() {
    let at = |page: &Response| -> String {
        let text = page.text();
        let asked = ["/auth/account/email", "/auth/sign-up"];
        let asked = asked.into_iter().filter(|path| {
            let link = format!("href=\"{path}");
            text.contains(&link)
        });
        asked.collect::<Vec<_>>().join(" ")
    };
    const VOID: &str = "/auth/verify-email?token=x";
    let gatelet = with_mail(Engine::Sqlite).start();
    let (visitor, account) = signed_in(&gatelet);
    for who in [&visitor, &gatelet.visitor()] {
        let page = who.visit("/auth/verify-email").send().expect(200);
        assert_eq!(at(&page), "/auth/account/email");
        let page = who.visit(VOID).send().expect(410);
        assert_eq!(at(&page), "/auth/account/email");
    }
    let page = visitor.visit("/auth/verify-email").send().expect(200);
    let wrong = send(&visitor, &page, &[("code", "000000")]).expect(401);
    assert_eq!(at(&wrong), "/auth/account/email");
    // There it is.
    let page = visitor.visit("/auth/account/email").send().expect(200);
    let form = page.form_with("/auth/account/email", "confirm", "1");
    let first = PrintedLetter::latest(&gatelet, "verify-email", &account.email).link();
    visitor.submit(&form, &page.url).send().expect(303);
    let second = PrintedLetter::latest(&gatelet, "verify-email", &account.email).link();
    assert_ne!(first, second);

    let gatelet = required(Engine::Sqlite);
    let (visitor, account) = (gatelet.visitor(), Account::new("Ada"));
    let page = signs_up(&visitor, &account);
    let again = "/auth/sign-up?return_to=%2Fheaders";
    assert!(page.text().contains(again));
    let wrong = send(&visitor, &page, &[("code", "000000")]).expect(401);
    assert!(wrong.text().contains(again), "it leads where it led");
    assert_eq!(at(&visitor.visit(VOID).send().expect(410)), "/auth/sign-up");
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
