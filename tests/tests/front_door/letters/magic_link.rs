//! Signing in by a letter.

use super::*;

on_both_engines! {
    a_letter_signs_in_who_has_the_address_and_makes_an_account_for_who_has_none,
    a_link_is_used_by_its_button_and_once,
    of_two_who_use_one_link_at_once_one_is_signed_in,
    a_code_signs_in_where_it_was_asked_for_and_nowhere_else,
    whoever_squats_an_address_loses_it_to_a_letter,
}

#[track_caller]
fn letter_to(gatelet: &Gatelet, visitor: &Visitor, email: &str) -> PrintedLetter {
    let before = PrintedLetter::all(gatelet).len();
    ask(visitor, "/auth/magic-link?return_to=/headers", email).expect(200);
    let letter = PrintedLetter::latest(gatelet, "magic-link", email);
    assert_eq!(PrintedLetter::all(gatelet).len(), before + 1);
    letter
}

fn a_letter_signs_in_who_has_the_address_and_makes_an_account_for_who_has_none(engine: Engine) {
    let gatelet = with_mail(engine).start();
    let (first, second) = (gatelet.visitor(), gatelet.visitor());
    let link = letter_to(&gatelet, &first, "dan@example.com").link();
    assert!(link.starts_with(&format!("{}/auth/magic-link?token=", gatelet.base_url())));
    follow(&first, &link, &[]).expect_redirect("/auth/continue?return_to=%2Fheaders");
    let dan = me(&first);
    assert_eq!(
        (dan["email"].as_str(), dan["emailVerified"].as_bool()),
        (Some("dan@example.com"), Some(true)),
        "{dan}"
    );
    // In another browser than the one that asked.
    let link = letter_to(&gatelet, &first, "dan@example.com").link();
    follow(&second, &link, &[]).expect(303);
    assert_eq!(me(&second)["id"], dan["id"]);
    let account = second.visit("/auth/account").send().expect(200).text();
    assert!(account.contains("<dd><bdi>Email</bdi></dd>"), "{account}");
}

fn a_link_is_used_by_its_button_and_once(engine: Engine) {
    let gatelet = with_mail(engine).start();
    let visitor = gatelet.visitor();
    let link = letter_to(&gatelet, &visitor, "dan@example.com").link();
    // As scanners do.
    for _ in 0..5 {
        let scanner = gatelet.visitor();
        scanner.visit(&link).send().expect(200);
        assert!(!is_signed_in(&scanner));
    }
    let page = visitor.visit(&link).send().expect(200);
    send(&visitor, &page, &[]).expect(303);
    // A second click of whoever is in leads on, as the first did.
    for again in [send(&visitor, &page, &[]), visitor.visit(&link).send()] {
        again.expect_redirect("/auth/continue?return_to=%2Fheaders");
    }
    // A link of somebody else's does not, nor does this once nobody is signed in.
    let other = letter_to(&gatelet, &gatelet.visitor(), "eve@example.com").link();
    follow(&gatelet.visitor(), &other, &[]).expect(303);
    refused(visitor.visit(&other).send(), 410, "mail.link_void");
    let program = visitor.get(&link).header("accept", "application/json");
    program.send().expect(410);
    refused(gatelet.visitor().visit(&link).send(), 410, "mail.link_void");
    sign_out(&visitor).expect(303);
    refused(visitor.visit(&link).send(), 410, "mail.link_void");
}

#[test]
fn a_wrong_code_keeps_where_the_letter_was_to_lead() {
    let gatelet = with_mail(Engine::Sqlite).start();
    for asked_at in ["/auth/magic-link", "/auth/forgot-password"] {
        let (visitor, account) = (gatelet.visitor(), Account::new("Ada"));
        account.sign_up(&gatelet.visitor(), "/").expect(303);
        let asked = format!("{asked_at}?return_to=%2Fheaders");
        let page = ask(&visitor, &asked, &account.email).expect(200);
        let typed = [("code", "000000"), ("password", "of quite another kind")];
        let typed = match asked_at {
            "/auth/magic-link" => &typed[..1],
            _ => &typed[..],
        };
        let wrong = send(&visitor, &page, typed).expect(401);
        let again = format!("href=\"{asked}\"");
        assert!(wrong.text().contains(&again), "{}", wrong.text());
    }
}

fn of_two_who_use_one_link_at_once_one_is_signed_in(engine: Engine) {
    let gatelet = with_mail(engine).start();
    for round in 0..3 {
        let visitor = gatelet.visitor();
        let link = letter_to(&gatelet, &visitor, "dan@example.com").link();
        let pages: Vec<_> = (0..6)
            .map(|_| {
                let visitor = gatelet.visitor();
                let page = visitor.visit(&link).send().expect(200);
                (visitor, page)
            })
            .collect();
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let uses: Vec<_> = pages
                .iter()
                .map(|(visitor, page)| scope.spawn(|| send(visitor, page, &[]).status.as_u16()))
                .collect();
            uses.into_iter()
                .map(|one| one.join().expect("no panic"))
                .collect()
        });
        let winners = statuses.iter().filter(|status| **status == 303).count();
        assert_eq!(winners, 1, "round {round}: {statuses:?}");
        assert!(
            statuses.iter().all(|status| [303, 410].contains(status)),
            "{statuses:?}"
        );
    }
}

fn a_code_signs_in_where_it_was_asked_for_and_nowhere_else(engine: Engine) {
    let gatelet = with_mail(engine).start();
    let (asker, other) = (gatelet.visitor(), gatelet.visitor());
    let page = ask(
        &asker,
        "/auth/magic-link?return_to=/headers",
        "dan@example.com",
    );
    let code = PrintedLetter::latest(&gatelet, "magic-link", "dan@example.com").code();
    // Another browser, which has asked for a letter to another address.
    let others = ask(&other, "/auth/magic-link", "eve@example.com");
    let answer = send(&other, &others, &[("code", &code)]).expect(401);
    assert!(
        answer.text().contains("id=\"code-fault\""),
        "{}",
        answer.text()
    );
    assert!(!is_signed_in(&other));
    let answer = send(&asker, &page, &[("code", &code)]);
    answer.expect_redirect("/auth/continue?return_to=%2Fheaders");
    assert_eq!(me(&asker)["email"], "dan@example.com");
    send(&asker, &page, &[("code", &code)]).expect(401);
}

/// Who signed up with an address that is not theirs.
fn whoever_squats_an_address_loses_it_to_a_letter(engine: Engine) {
    for choice in ["keep", "anew"] {
        let gatelet = with_mail(engine)
            .variable("session_fresh_seconds", "0")
            .start();
        let (squatter, account) = signed_in(&gatelet);
        let squatted = me(&squatter)["id"].clone();
        let owner = gatelet.visitor();
        let link = letter_to(&gatelet, &owner, &account.email).link();
        let page = owner.visit(&link).send().expect(200);
        assert!(page.text().contains(&account.name), "what there is of it");
        // It must be chosen.
        send(&owner, &page, &[("choice", "")]).expect(422);
        assert!(is_signed_in(&squatter));
        send(&owner, &page, &[("choice", choice)]).expect(303);
        let owned = me(&owner);
        assert_eq!(owned["email"], account.email.as_str());
        assert_eq!(owned["emailVerified"], true);
        assert_eq!(owned["id"] == squatted, choice == "keep");
        assert!(!is_signed_in(&squatter), "{choice}");
        account.sign_in(&gatelet.visitor(), "/").expect(401);
    }
}

#[test]
fn six_wrong_codes_are_one_too_many() {
    let gatelet = with_mail(Engine::Sqlite).start();
    let visitor = gatelet.visitor();
    let page = ask(&visitor, "/auth/magic-link", "dan@example.com");
    let letter = PrintedLetter::latest(&gatelet, "magic-link", "dan@example.com");
    let wrong = match letter.code().as_str() {
        "000 000" => "000 001",
        _ => "000 000",
    };
    for _ in 0..5 {
        send(&visitor, &page, &[("code", wrong)]).expect(401);
    }
    send(&visitor, &page, &[("code", &letter.code())]).expect(401);
    assert!(!is_signed_in(&visitor));
    follow(&visitor, &letter.link(), &[]).expect(303);
}

#[test]
fn whoever_asks_learns_nothing_of_who_has_an_account() {
    for sign_up in ["open", "closed"] {
        let mut gatelet = with_mail(Engine::Sqlite).start();
        let (_, account) = signed_in(&gatelet);
        gatelet.restart_with(&[("sign_up", sign_up)]);
        let said = ["/auth/magic-link", "/auth/forgot-password"].map(|page| {
            [account.email.as_str(), "nobody@example.com"].map(|email| {
                let answer = ask(&gatelet.visitor(), page, email).expect(200);
                comparable(&answer, email)
            })
        });
        for [known, unknown] in said {
            assert_eq!(known, unknown, "{sign_up}");
        }
        let to_nobody = PrintedLetter::all(&gatelet)
            .into_iter()
            .filter(|letter| letter.to == "nobody@example.com");
        let kinds: Vec<String> = to_nobody.map(|letter| letter.kind).collect();
        match sign_up {
            "open" => assert_eq!(kinds, ["magic-link"]),
            _ => assert_eq!(kinds, [""; 0]),
        }
    }
}

#[test]
fn a_link_is_good_for_its_purpose_alone_and_as_it_was_made() {
    let gatelet = with_mail(Engine::Sqlite).start();
    let (_, account) = signed_in(&gatelet);
    let visitor = gatelet.visitor();
    ask(&visitor, "/auth/forgot-password", &account.email).expect(200);
    let reset = PrintedLetter::latest(&gatelet, "reset-password", &account.email).link();
    let sign_in = letter_to(&gatelet, &visitor, &account.email).link();
    for (link, from, to) in [
        (&reset, "/auth/reset-password", "/auth/magic-link"),
        (&reset, "/auth/reset-password", "/auth/verify-email"),
        (&sign_in, "/auth/magic-link", "/auth/reset-password"),
        (&sign_in, "/auth/magic-link", "/auth/verify-email"),
    ] {
        refused(
            visitor.visit(&link.replace(from, to)).send(),
            410,
            "mail.link_void",
        );
    }
    let altered = |link: &str| {
        let (start, last) = link.split_at(link.len() - 1);
        format!("{start}{}", if last == "A" { "Q" } else { "A" })
    };
    refused(
        visitor.visit(&altered(&sign_in)).send(),
        410,
        "mail.link_void",
    );
    refused(
        visitor.visit("/auth/magic-link?token=x").send(),
        410,
        "mail.link_void",
    );
    visitor.visit(&sign_in).send().expect(200);
}

#[test]
fn a_link_expires() {
    let gatelet = with_mail(Engine::Postgres).start();
    let visitor = gatelet.visitor();
    let link = letter_to(&gatelet, &visitor, "dan@example.com").link();
    let page = visitor.visit(&link).send().expect(200);
    gatelet
        .database()
        .execute("UPDATE auth_links SET expires_at = expires_at - 900");
    refused(send(&visitor, &page, &[]), 410, "mail.link_void");
    refused(visitor.visit(&link).send(), 410, "mail.link_void");
}

#[test]
fn letters_may_be_the_only_way_in() {
    let gatelet = with_mail(Engine::Sqlite)
        .variable("password_sign_in", "off")
        .start();
    let visitor = gatelet.visitor();
    let page = visitor.visit("/auth/sign-in").send().expect(200).text();
    assert!(page.contains("/auth/magic-link") && !page.contains("id=\"password\""));
    assert!(!page.contains("There is no way to sign in"), "{page}");
    visitor.visit("/auth/forgot-password").send().expect(404);
    let link = letter_to(&gatelet, &visitor, "dan@example.com").link();
    follow(&visitor, &link, &[]).expect(303);
    assert!(is_signed_in(&visitor));
}

#[test]
fn switched_off_it_signs_nobody_in_by_a_letter_from_before() {
    let mut gatelet = with_mail(Engine::Sqlite).start();
    let visitor = gatelet.visitor();
    let link = letter_to(&gatelet, &visitor, "dan@example.com").link();
    let page = visitor.visit(&link).send().expect(200);
    gatelet.restart_with(&[("magic_link", "off")]);
    send(&visitor, &page, &[]).expect(404);
    visitor.visit(&link).send().expect(404);
    assert!(!is_signed_in(&visitor));
}

#[test]
fn a_form_that_others_sent_uses_no_link() {
    let gatelet = with_mail(Engine::Sqlite).start();
    let visitor = gatelet.visitor();
    let link = letter_to(&gatelet, &visitor, "dan@example.com").link();
    let page = visitor.visit(&link).send().expect(200);
    let form = page.form("").fill("csrf", "x");
    visitor.submit(&form, &page.url).send().expect(403);
    let stranger = gatelet.visitor();
    let form = page.form("");
    stranger.submit(&form, &page.url).send().expect(403);
    assert!(!is_signed_in(&stranger));
    send(&visitor, &page, &[]).expect(303);
}

/// Whoever is out at the provider is not in by a mailbox.
#[test]
fn where_providers_alone_let_people_in_no_letter_does() {
    let mut gatelet = with_mail(Engine::Sqlite).start();
    let (visitor, account) = signed_in(&gatelet);
    let link = PrintedLetter::latest(&gatelet, "verify-email", &account.email).link();
    visitor.visit(&link).send().expect(200);
    gatelet.restart_with(&[
        ("magic_link", "off"),
        ("password_sign_in", "off"),
        ("google_client_id", "g"),
        ("google_client_secret", "s"),
    ]);
    visitor.visit(&link).send().expect(404);
    for path in [
        "/auth/verify-email",
        "/auth/magic-link",
        "/auth/forgot-password",
        "/auth/reset-password",
        "/auth/account/email",
        "/auth/undo-email-change",
    ] {
        visitor.visit(path).send().expect(404);
    }
}
