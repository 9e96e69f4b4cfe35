//! Tokens for programs.

use gatelet_tests::account::signed_in;
use gatelet_tests::cases::Engine;
use gatelet_tests::on_both_engines;
use gatelet_tests::response::Response;

use super::{expect_done, shown, started, submit};

on_both_engines! {
    a_token_is_shown_once_and_kept_as_a_digest,
    a_token_that_will_not_do_is_not_made,
    a_token_is_revoked_by_its_user_alone,
}

/// The token on the page that made it.
#[track_caller]
pub(super) fn shown_once(page: &Response) -> String {
    let text = page.text();
    let from = text.find("<code>gat_").expect("a token") + "<code>".len();
    let token = text[from..].split('<').next().expect("its end").to_owned();
    assert_eq!(token.len(), 52, "{token}");
    token
}

fn a_token_is_shown_once_and_kept_as_a_digest(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, _) = signed_in(&gatelet);
    let made = submit(
        &visitor,
        "tokens",
        &[("act", "create"), ("name", "Nightly <b>"), ("days", "90")],
    );
    let token = shown_once(&made.expect(201));
    let text = shown(&visitor, "tokens").text();
    assert!(text.contains("Nightly &#60;b&#62;"), "{text}");
    assert!(text.contains("Good for every app") && text.contains("Never used"));
    assert!(!text.contains(&token) && !text.contains("gat_"), "{text}");
    if engine == Engine::Postgres {
        assert!(!gatelet.database().contains(&token));
        assert!(!gatelet.database().contains(&token["gat_".len()..]));
    }
    assert!(!gatelet.log().contains(&token));
}

fn a_token_that_will_not_do_is_not_made(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, _) = signed_in(&gatelet);
    for (name, days, reach) in [
        ("", "7", "all"),
        ("A\u{7}", "7", "all"),
        ("A", "", "all"),
        ("A", "0", "all"),
        ("A", "366", "all"),
        ("A", "36500", "all"),
        ("A", "7", "some"),
        ("A", "7", ""),
    ] {
        let fields = [
            ("act", "create"),
            ("name", name),
            ("days", days),
            ("reach", reach),
        ];
        let answer = submit(&visitor, "tokens", &fields).expect(422).text();
        assert!(!answer.contains("gat_"), "{fields:?}");
        assert!(answer.contains("<title>Error: "), "{fields:?}: {answer}");
    }
    assert!(!shown(&visitor, "tokens").text().contains("Revoke"));
}

fn a_token_is_revoked_by_its_user_alone(engine: Engine) {
    let gatelet = started(engine);
    let ((ann, _), (bob, _)) = (signed_in(&gatelet), signed_in(&gatelet));
    for visitor in [&ann, &bob] {
        let fields = [("act", "create"), ("name", "Mine"), ("days", "7")];
        submit(visitor, "tokens", &fields).expect(201);
    }
    let (of_ann, of_bob) = (shown(&ann, "tokens"), shown(&bob, "tokens"));
    let path = "/auth/account/tokens";
    let of_ann = of_ann.form_with(path, "act", "revoke");
    let form = of_bob.form_with(path, "act", "revoke");
    let forged = form
        .clone()
        .fill("token", of_ann.value("token").expect("an id"));
    bob.submit(&forged, &of_bob.url).send().expect(303);
    assert!(shown(&ann, "tokens").text().contains("Revoke"));
    let answer = bob.submit(&form, &of_bob.url).send();
    expect_done(answer, "tokens", "token-revoked");
    assert!(!shown(&bob, "tokens").text().contains("Revoke"));
}
