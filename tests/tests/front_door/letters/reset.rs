//! A new password by a letter.

use super::*;

on_both_engines! {
    a_new_password_by_a_letter_ends_every_session_and_tells_the_owner,
    of_two_new_passwords_by_one_link_at_once_one_is_set,
}

const NEW: &str = "seven green bottles hang";

#[track_caller]
fn letter_to(gatelet: &Gatelet, visitor: &Visitor, email: &str) -> PrintedLetter {
    ask(visitor, "/auth/forgot-password?return_to=/headers", email).expect(200);
    PrintedLetter::latest(gatelet, "reset-password", email)
}

/// Somebody with a proved address, signed in.
fn proved(gatelet: &Gatelet) -> (Visitor, Account) {
    let (visitor, account) = signed_in(gatelet);
    let link = PrintedLetter::latest(gatelet, "verify-email", &account.email).link();
    follow(&visitor, &link, &[]).expect(303);
    assert_eq!(me(&visitor)["emailVerified"], true);
    (visitor, account)
}

fn a_new_password_by_a_letter_ends_every_session_and_tells_the_owner(engine: Engine) {
    let gatelet = with_mail(engine)
        .variable("session_fresh_seconds", "0")
        .start();
    let (thief, account) = proved(&gatelet);
    let id = me(&thief)["id"].clone();
    let owner = gatelet.visitor();
    let letter = letter_to(&gatelet, &owner, &account.email);
    // Until it is used nothing is changed.
    account.sign_in(&gatelet.visitor(), "/").expect(303);
    let page = owner.visit(&letter.link()).send().expect(200);
    for poor in ["", "short", "password", account.email.as_str()] {
        let again = send(&owner, &page, &[("password", poor)]).expect(422);
        assert!(again.text().contains("id=\"password-fault\""), "{poor}");
    }
    send(&owner, &page, &[("password", NEW)])
        .expect_redirect("/auth/continue?return_to=%2Fheaders");
    assert_eq!(me(&owner)["id"], id);
    assert!(!is_signed_in(&thief));
    account.sign_in(&gatelet.visitor(), "/").expect(401);
    let changed = Account {
        password: NEW.to_owned(),
        ..account.clone()
    };
    changed.sign_in(&gatelet.visitor(), "/").expect(303);
    PrintedLetter::latest(&gatelet, "password-changed", &account.email);
    refused(
        send(&owner, &page, &[("password", "another good password")]),
        410,
        "mail.link_void",
    );
}

fn of_two_new_passwords_by_one_link_at_once_one_is_set(engine: Engine) {
    let gatelet = with_mail(engine).start();
    let (_, account) = proved(&gatelet);
    let visitor = gatelet.visitor();
    let link = letter_to(&gatelet, &visitor, &account.email).link();
    let pages: Vec<_> = (0..4)
        .map(|number| {
            let visitor = gatelet.visitor();
            let page = visitor.visit(&link).send().expect(200);
            (visitor, page, format!("seven green bottles {number}"))
        })
        .collect();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let uses: Vec<_> = pages
            .iter()
            .map(|(visitor, page, password)| {
                scope.spawn(|| {
                    send(visitor, page, &[("password", password)])
                        .status
                        .as_u16()
                })
            })
            .collect();
        uses.into_iter()
            .map(|one| one.join().expect("no panic"))
            .collect()
    });
    let winners: Vec<_> = statuses.iter().map(|status| *status == 303).collect();
    assert_eq!(
        winners.iter().filter(|wins| **wins).count(),
        1,
        "{statuses:?}"
    );
    for ((_, _, password), wins) in pages.iter().zip(winners) {
        let who = Account {
            password: password.clone(),
            ..account.clone()
        };
        let expected = if wins { 303 } else { 401 };
        who.sign_in(&gatelet.visitor(), "/").expect(expected);
    }
}

#[test]
fn a_code_and_a_new_password_do_without_the_link() {
    let gatelet = with_mail(Engine::Sqlite).start();
    let (_, account) = proved(&gatelet);
    let visitor = gatelet.visitor();
    let page = ask(&visitor, "/auth/forgot-password", &account.email).expect(200);
    let code = PrintedLetter::latest(&gatelet, "reset-password", &account.email).code();
    // A poor password uses up no try.
    for _ in 0..6 {
        send(&visitor, &page, &[("code", &code), ("password", "short")]).expect(422);
    }
    send(&visitor, &page, &[("code", &code), ("password", NEW)]).expect(303);
    assert_eq!(me(&visitor)["email"], account.email.as_str());
}

/// Whoever signed up with it proved nothing, and must not be in afterwards.
#[test]
fn a_reset_of_an_account_that_nobody_proved_asks_whose_it_is() {
    for choice in ["keep", "anew"] {
        let gatelet = with_mail(Engine::Sqlite)
            .variable("session_fresh_seconds", "0")
            .start();
        let (squatter, account) = signed_in(&gatelet);
        let squatted = me(&squatter)["id"].clone();
        let owner = gatelet.visitor();
        let link = letter_to(&gatelet, &owner, &account.email).link();
        let page = owner.visit(&link).send().expect(200);
        send(&owner, &page, &[("choice", ""), ("password", NEW)]).expect(422);
        send(&owner, &page, &[("choice", choice), ("password", NEW)]).expect(303);
        assert_eq!(me(&owner)["id"] == squatted, choice == "keep");
        assert!(!is_signed_in(&squatter));
        account.sign_in(&gatelet.visitor(), "/").expect(401);
        let changed = Account {
            password: NEW.to_owned(),
            ..account
        };
        changed.sign_in(&gatelet.visitor(), "/").expect(303);
    }
}

#[test]
fn an_address_that_nobody_has_gets_no_letter() {
    let gatelet = with_mail(Engine::Sqlite).start();
    ask(
        &gatelet.visitor(),
        "/auth/forgot-password",
        "nobody@example.com",
    )
    .expect(200);
    assert_eq!(PrintedLetter::all(&gatelet), []);
}
