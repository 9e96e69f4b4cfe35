//! Tokens for programs.

use gatelet_tests::account::signed_in;
use gatelet_tests::cases::{Door, Engine};
use gatelet_tests::gatelet::Setup;
use gatelet_tests::on_both_engines;
use gatelet_tests::response::Response;
use gatelet_tests::secrets;
use gatelet_tests::upstream::Upstream;

use super::{ACCOUNT, started};

on_both_engines! {
    a_token_is_shown_once_and_kept_as_a_digest,
    a_token_that_will_not_do_is_not_made,
    a_token_is_revoked_by_its_user_alone,
    a_program_with_a_token_is_its_user_until_it_is_revoked,
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
    let made = ACCOUNT.submit(
        &visitor,
        "tokens",
        &[("act", "create"), ("name", "Nightly <b>"), ("days", "90")],
    );
    let token = shown_once(&made.expect(201));
    let text = ACCOUNT.shown(&visitor, "tokens").text();
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
        let answer = ACCOUNT
            .submit(&visitor, "tokens", &fields)
            .expect(422)
            .text();
        assert!(!answer.contains("gat_"), "{fields:?}");
        assert!(answer.contains("<title>Error: "), "{fields:?}: {answer}");
    }
    assert!(!ACCOUNT.shown(&visitor, "tokens").text().contains("Revoke"));
}

fn a_token_is_revoked_by_its_user_alone(engine: Engine) {
    let gatelet = started(engine);
    let ((ann, _), (bob, _)) = (signed_in(&gatelet), signed_in(&gatelet));
    for visitor in [&ann, &bob] {
        let fields = [("act", "create"), ("name", "Mine"), ("days", "7")];
        ACCOUNT.submit(visitor, "tokens", &fields).expect(201);
    }
    let (of_ann, of_bob) = (ACCOUNT.shown(&ann, "tokens"), ACCOUNT.shown(&bob, "tokens"));
    let path = "/auth/account/tokens";
    let of_ann = of_ann.form_with(path, "act", "revoke");
    let form = of_bob.form_with(path, "act", "revoke");
    let forged = form
        .clone()
        .fill("token", of_ann.value("token").expect("an id"));
    bob.submit(&forged, &of_bob.url).send().expect(303);
    assert!(ACCOUNT.shown(&ann, "tokens").text().contains("Revoke"));
    let answer = bob.submit(&form, &of_bob.url).send();
    ACCOUNT.expect_done(answer, "tokens", "token-revoked");
    assert!(!ACCOUNT.shown(&bob, "tokens").text().contains("Revoke"));
}

fn a_program_with_a_token_is_its_user_until_it_is_revoked(engine: Engine) {
    for door in [Door::Gate, Door::Handler] {
        let upstream = Upstream::start();
        let gatelet = Setup::new(engine).upstream(&upstream).door(door).start();
        let (ann, account) = signed_in(&gatelet);
        let fields = [("act", "create"), ("name", "Nightly"), ("days", "7")];
        let token = shown_once(&ACCOUNT.submit(&ann, "tokens", &fields).expect(201));
        secrets::remember(&token);
        let program = gatelet.visitor();
        let ask = |path: &str, shown: &str| {
            let bearer = format!("Bearer {shown}");
            let request = program.get(path).header("authorization", &bearer);
            request.header("accept", "application/json").send()
        };

        ask("/by-token", &token).expect(200);
        let seen = upstream.seen_at("/by-token");
        let headers = &seen[0].headers;
        assert_eq!(headers["x-forwarded-email"], account.email.as_str());
        assert_eq!(headers["x-forwarded-provider"], "token");
        assert!(headers.get("authorization").is_none(), "the app sees none");
        assert!(program.jar().cookies().is_empty(), "a token is no session");

        // What is nobody's, by its form or by the store, and what is the app's own.
        let other_end = if token.ends_with('0') { '1' } else { '0' };
        let forged = format!("{}{other_end}", &token[..token.len() - 1]);
        for shown in [forged.as_str(), "gat_", &token[..20]] {
            let answer = ask("/a", shown).expect(401);
            assert_eq!(answer.json()["error"], "token.invalid");
            let challenge = &answer.headers["www-authenticate"];
            assert_eq!(challenge, "Bearer error=\"invalid_token\"");
        }
        let answer = ask("/a", "eyJhbGciOiJub25lIn0.e30.").expect(401);
        assert_eq!(answer.json()["error"], "session.none");

        // It opens the app and no page of the account.
        for path in ["/auth/account", "/auth/account/tokens", "/auth/me"] {
            let answer = ask(path, &token);
            assert_ne!(answer.status, 200, "{path}");
            assert!(!answer.text().contains(&account.email), "{path}");
        }

        // An app may ask whose it is.
        for (path, id) in [("me", "/user/id"), ("session", "/session/userId")] {
            let path = format!("/api/v1/auth/{path}");
            let told = ask(&path, &token).expect(200).json();
            assert_eq!(told["authenticated"], true, "{told}");
            let me = ann.get("/auth/me").send().json();
            assert_eq!(told.pointer(id), Some(&me["id"]), "{told}");
            assert!(!told.to_string().contains(&token), "{told}");
            let refused = ask(&path, &forged).expect(401);
            assert_eq!(refused.json()["code"], "UNAUTHORIZED");
            assert_eq!(refused.json()["data"]["reason"], "token.invalid");
        }

        let page = ACCOUNT.shown(&ann, "tokens");
        let form = page.form_with("/auth/account/tokens", "act", "revoke");
        ACCOUNT.expect_done(
            ann.submit(&form, &page.url).send(),
            "tokens",
            "token-revoked",
        );
        ask("/by-token", &token).expect(401);
        let over = ask("/api/v1/auth/me", &token).expect(401);
        assert_eq!(over.json()["data"]["reason"], "token.invalid");
        assert_eq!(upstream.seen_at("/by-token").len(), 1);
    }
}
