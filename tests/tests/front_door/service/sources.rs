//! What changes something is not to be had from another site, and no browser is signed in
//! as somebody else.

use super::*;

/// A call as somebody's page sends it, in the visitor's browser.
fn sent<'a>(
    visitor: &'a Visitor,
    path: &str,
    fields: &[(&str, &str)],
    body: &Value,
) -> Request<'a> {
    let request = visitor
        .request(Method::POST, path)
        .header("content-type", "application/json")
        .body(body.to_string());
    fields.iter().fold(request, |request, (name, value)| {
        request.header(name, value)
    })
}

#[test]
fn a_cross_site_call_changes_nothing() {
    let provider = IdentityProvider::shared();
    let gatelet = setup(Engine::Sqlite, &provider).start();
    let (visitor, _) = signed_in(&gatelet);
    let own = visitor.origin();
    let foreign: [&[(&str, &str)]; 7] = [
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("sec-fetch-site", "cross-site"), ("origin", &own)],
        &[("origin", &own), ("origin", "https://evil.example")],
        // With cookies, and no word on where it comes from.
        &[],
    ];
    for fields in foreign {
        for (prefix, name) in [REST, RPC]
            .into_iter()
            .flat_map(|prefix| ["signin", "callback", "signout"].map(|name| (prefix, name)))
        {
            let body = json!({ "code": "c", "state": "s", "json": {} });
            let path = format!("{prefix}{name}");
            let answer = sent(&visitor, &path, fields, &body).send().expect(403);
            let told = answer.json();
            let told = told.get("json").unwrap_or(&told);
            assert_eq!(
                told["data"]["reason"], "csrf.cross_site",
                "{path} {fields:?}"
            );
            assert!(answer.every("set-cookie").is_empty(), "{path} {fields:?}");
        }
    }
    // A form needs no preflight, and is refused by the same.
    for name in ["signin", "signout"] {
        let answer = visitor
            .request(Method::POST, &format!("{REST}{name}"))
            .header("origin", "https://evil.example")
            .header("sec-fetch-site", "cross-site")
            .header("content-type", "application/x-www-form-urlencoded")
            .body("provider=acme")
            .send();
        expect_error(answer, 403, "FORBIDDEN", "csrf.cross_site");
    }
    assert_eq!(
        get(&visitor, "session")["authenticated"],
        true,
        "still signed in"
    );
    let said = [("sec-fetch-site", "same-origin")];
    sent(&visitor, "/api/v1/auth/signout", &said, &json!({}))
        .send()
        .expect(200);
    assert_eq!(get(&visitor, "session")["authenticated"], false);
}

#[test]
fn a_program_without_cookies_need_not_say_where_it_comes_from() {
    let provider = IdentityProvider::shared();
    let gatelet = setup(Engine::Sqlite, &provider).start();
    let program = gatelet.visitor();
    let begun = sent(&program, "/api/v1/auth/signin", &[], &json!({})).send();
    let begun = begun.expect(200);
    assert!(
        begun.set_cookie("gatelet-attempt-").is_some(),
        "{}",
        begun.description()
    );
}

#[test]
fn another_browser_is_not_signed_in_by_an_answer_of_mine() {
    let provider = IdentityProvider::shared();
    let gatelet = setup(Engine::Sqlite, &provider).start();
    let (attacker, victim) = (gatelet.visitor(), gatelet.visitor());
    let (back, answer) = answered(&attacker, &provider, "zofie");
    let refused = call(&victim, "callback", &answer);
    expect_error(refused, 400, "BAD_REQUEST", "oauth.state_mismatch");
    let page = victim.visit(&back).send().expect(400);
    assert!(
        page.says_code("oauth.state_mismatch"),
        "{}",
        page.description()
    );
    // Nor by a form that the attacker's page posts: it only leads back here.
    let query = back.split_once('?').expect("a query").1;
    let posted = victim
        .request(Method::POST, "/api/v1/auth/callback")
        .header("origin", "https://evil.example")
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(query.to_owned())
        .send()
        .expect(303);
    let page = victim.visit(posted.header("location")).send().expect(400);
    assert!(
        page.says_code("oauth.state_mismatch"),
        "{}",
        page.description()
    );
    assert!(victim.cookie("gatelet").is_none());
    // And it is good where it was asked for.
    call(&attacker, "callback", &answer).expect(200);
}
