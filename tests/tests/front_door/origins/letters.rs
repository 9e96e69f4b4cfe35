//! Links in letters are made for the origin that was asked, and good there alone.

use gatelet_tests::printed_mail::PrintedLetter;

use super::*;

#[test]
fn a_link_leads_to_the_preview_that_was_asked_and_is_good_nowhere_else() {
    let gatelet = production(Engine::Postgres)
        .variable("mail_url", "log:")
        .variable("magic_link", "on")
        .start();
    let account = Account::new("Ada Lovelace");
    let at_home = gatelet.visitor();
    account.sign_up(&at_home, "/").expect(303);
    // With the same tables, so that the row is there for both.
    let (url, visitor) = preview(&gatelet, &["shared", "--share-database"]);
    let pages = [
        ("/auth/magic-link", "magic-link"),
        ("/auth/forgot-password", "reset-password"),
    ];
    for (page, kind) in pages {
        for (here, base, elsewhere, other) in [
            (&visitor, url.as_str(), &at_home, gatelet.base_url()),
            (&at_home, gatelet.base_url(), &visitor, url.as_str()),
        ] {
            let asking = here.visit(page).send().expect(200);
            let form = asking.form(page).fill("email", &account.email);
            let before = PrintedLetter::all(&gatelet).len();
            here.submit(&form, &asking.url).send().expect(200);
            let letter = PrintedLetter::latest(&gatelet, kind, &account.email);
            assert_eq!(PrintedLetter::all(&gatelet).len(), before + 1);
            let link = letter.link();
            let (_, path) = link.split_at(base.len());
            assert!(link.starts_with(&format!("{base}/auth/")), "{link}");
            let answer = elsewhere
                .visit(&format!("{other}{path}"))
                .send()
                .expect(410);
            assert!(answer.text().contains("mail.link_void"));
            here.visit(&link).send().expect(200);
        }
    }
}
