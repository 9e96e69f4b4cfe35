//! Which answer of a provider is good where.

use super::*;

#[test]
fn an_answer_by_form_post_comes_home_sealed() {
    let provider = IdentityProvider::shared();
    let gatelet = setup(Engine::Sqlite, &provider).start();
    let visitor = gatelet.visitor();
    let (back, answer) = answered(&visitor, &provider, "zofie");
    let query = back.split_once('?').expect("a query").1;
    let target = "/api/v1/auth/callback";
    let posted = visitor.posted_by(provider.issuer(), target, query.to_owned());
    let posted = posted.send().expect(303);
    let location = posted.header("location").to_owned();
    assert!(location.contains("/api/v1/auth/callback?"), "{location}");
    let code = answer["code"].as_str().expect("a code");
    assert!(!location.contains(code), "no code in an address bar");
    assert!(posted.every("set-cookie").is_empty());
    visitor.visit(&location).send().expect_redirect("/inbox");
    assert_eq!(get(&visitor, "session")["authenticated"], true);
}

#[test]
fn an_answer_is_good_at_the_redirect_uri_that_was_sent_and_at_no_other() {
    let provider = IdentityProvider::shared();
    let gatelet = setup(Engine::Sqlite, &provider).start();
    let visitor = gatelet.visitor();
    let (back, _) = answered(&visitor, &provider, "zofie");
    for other in ["/auth/callback/acme", "/api/auth/callback/acme"] {
        let moved = back.replace("/api/v1/auth/callback", other);
        let page = visitor.visit(&moved).send().expect(400);
        assert!(
            page.says_code("oauth.callback_mismatch"),
            "{}",
            page.description()
        );
    }
    visitor.visit(&back).send().expect_redirect("/inbox");

    // And the other way round.
    let (setup, _) = Setup::new(Engine::Sqlite).providers(&[("acme", &provider)]);
    let gatelet = setup.start();
    let visitor = gatelet.visitor();
    let start = visitor.visit("/auth/start/acme").send().expect(303);
    let back = provider.sign_in(&visitor, start.header("location"), "zofie");
    let back = back.header("location").to_owned();
    let moved = back.replace("/auth/callback/acme", "/api/v1/auth/callback");
    let page = visitor.visit(&moved).send().expect(400);
    assert!(
        page.says_code("oauth.callback_mismatch"),
        "{}",
        page.description()
    );
    visitor.visit(&back).send().expect_redirect("/");
}

#[test]
fn an_answer_works_once() {
    let provider = IdentityProvider::shared();
    let gatelet = setup(Engine::Sqlite, &provider).start();
    let visitor = gatelet.visitor();
    let (_, answer) = answered(&visitor, &provider, "zofie");
    let copy = gatelet.visitor().with_cookies_of(&visitor);
    call(&visitor, "callback", &answer).expect(200);
    let refused = call(&copy, "callback", &answer);
    expect_error(refused, 400, "BAD_REQUEST", "oauth.replayed");
    assert!(copy.cookie("gatelet").is_none());
}

#[test]
fn nothing_is_completed_by_an_answer_that_was_not_checked_whoever_is_signed_in() {
    let provider = IdentityProvider::shared();
    let gatelet = setup(Engine::Sqlite, &provider).start();
    let visitor = gatelet.visitor();
    let (_, answer) = answered(&visitor, &provider, "zofie");
    call(&visitor, "callback", &answer).expect(200);
    let mut of_nobody = answer.clone();
    of_nobody["state"] = "made-up".into();
    for (said, reason) in [
        (json!({}), "oauth.state_missing"),
        (of_nobody, "oauth.state_mismatch"),
        (answer, "oauth.state_mismatch"),
    ] {
        let refused = call(&visitor, "callback", &said);
        assert_eq!(refused.json()["data"]["reason"], reason);
        assert!(!refused.status.is_success(), "{}", refused.description());
    }
    assert_eq!(get(&visitor, "session")["authenticated"], true);
}

#[test]
fn what_the_provider_refuses_is_said_and_nobody_is_signed_in() {
    let provider = IdentityProvider::shared();
    let gatelet = setup(Engine::Sqlite, &provider).start();
    let visitor = gatelet.visitor();
    let with_state = |error: &str| {
        let begun = call(&visitor, "signin", &json!({})).expect(200).json();
        json!({ "state": begun["state"], "iss": provider.issuer(), "error": error })
    };
    for (error, status, code, reason) in [
        ("access_denied", 403, "FORBIDDEN", "oauth.denied"),
        (
            "server_error",
            502,
            "AUTH_PROVIDER_ERROR",
            "oauth.provider_error",
        ),
    ] {
        let refused = call(&visitor, "callback", &with_state(error));
        expect_error(refused, status, code, reason);
    }
    let mut wrong = with_state("");
    wrong["error"].take();
    wrong.as_object_mut().expect("an object").remove("error");
    wrong["code"] = "made-up".into();
    let refused = call(&visitor, "callback", &wrong);
    expect_error(refused, 502, "AUTH_PROVIDER_ERROR", "token.refused");
    assert!(visitor.cookie("gatelet").is_none());
}

#[test]
fn of_several_providers_answers_that_could_be_mixed_up_come_to_their_own_addresses() {
    // They promise to say who they are: then one address may do.
    let (one, two) = (IdentityProvider::start(), IdentityProvider::start());
    let setup = Setup::new(Engine::Sqlite);
    let uris = json!({ "redirect_uris": [shared_uri(&setup)] });
    let (setup, _) = setup.providers_with(&[
        ("one", &one, json!({}), uris.clone()),
        ("two", &two, json!({}), uris),
    ]);
    let gatelet = setup.start();
    let sent_to = |visitor: &Visitor, provider: &str| {
        let begun = call(visitor, "signin", &json!({ "provider": provider })).expect(200);
        let url = begun.json()["redirectUrl"]
            .as_str()
            .expect("text")
            .to_owned();
        let parsed = url::Url::parse(&url).expect("a URL");
        let found = parsed
            .query_pairs()
            .find(|(name, _)| name == "redirect_uri");
        (url.clone(), found.expect("a redirect URI").1.into_owned())
    };
    let visitor = gatelet.visitor();
    let (url, uri) = sent_to(&visitor, "two");
    assert_eq!(uri, shared_uri(gatelet.setup()));
    let back = two.sign_in(&visitor, &url, "ada");
    visitor
        .visit(back.header("location"))
        .send()
        .expect_redirect("/");
    assert_eq!(get(&visitor, "session")["session"]["providerId"], "two");

    // GitHub does not: with another beside it, each has its own.
    let github = Setup::new(Engine::Sqlite)
        .variable("github_client_id", "id")
        .variable("github_client_secret", "s3cret-of-github");
    let (setup, _) = github.providers(&[("acme", &one)]);
    let hosts = "http://127.0.0.1:*, https://github.com:443, https://api.github.com:443";
    let gatelet = setup.variable("provider_hosts", hosts).start();
    let (_, uri) = sent_to(&gatelet.visitor(), "github");
    assert_eq!(uri, gatelet.setup().redirect_uri("github"));
}
