//! What our own pages and calls say where people sign in elsewhere.

use http::Method;
use serde_json::{Value, json};

use gatelet_tests::gatelet::Setup;
use gatelet_tests::visitor::Visitor;

use super::{TOKEN, brings, is_nobody, started, told};

#[track_caller]
fn call(visitor: &Visitor, path: &str) -> (u16, Value) {
    let answer = visitor
        .request(Method::POST, path)
        .header("origin", &visitor.origin())
        .header("content-type", "application/json")
        .body("{}")
        .send();
    (answer.status.as_u16(), answer.json())
}

#[test]
fn nobody_signs_in_or_keeps_an_account_on_our_pages() {
    let (gatelet, app) = started(|setup| setup, &json!({}));
    let visitor = gatelet.visitor();
    for path in ["/api/v1/auth/signin", "/api/v1/auth/callback"] {
        let (status, said) = call(&visitor, path);
        assert_eq!(
            (status, &said["code"]),
            (502, &"AUTH_PROVIDER_ERROR".into()),
            "{said}"
        );
        assert_eq!(said["data"]["reason"], "sign_in.elsewhere", "{said}");
    }
    for path in ["/api/rpc/v1/auth/signin", "/api/rpc/v1/auth/callback"] {
        let (status, said) = call(&visitor, path);
        assert_eq!(
            (status, &said["json"]["code"]),
            (502, &"AUTH_PROVIDER_ERROR".into()),
            "{said}"
        );
    }
    app.sign_up("Ann").sign_in(&visitor);
    told(&visitor);
    for path in [
        "/auth/account",
        "/auth/account/password",
        "/auth/confirm",
        "/auth/callback/google",
        "/api/auth/callback/google",
        "/auth",
    ] {
        let answer = visitor.get(path).send();
        answer.expect_denial(403, "sign_in.elsewhere");
    }
    for path in [
        "/auth/sign-in",
        "/auth/sign-up",
        "/auth/passkey",
        "/auth/forgot-password",
        "/auth/magic-link",
    ] {
        let answer = visitor.request(Method::POST, path).send();
        answer.expect_denial(403, "sign_in.elsewhere");
    }
    // A person is told in sentences, and has a way on.
    let page = visitor.visit("/auth/account").send().expect(403);
    assert!(
        page.text().contains("href=\"/auth/sign-in"),
        "{}",
        page.description()
    );
    visitor.get("/auth/docs").send().expect(200);
}

#[test]
fn every_way_into_our_pages_leads_to_where_people_sign_in() {
    let (gatelet, _app) = started(|setup| setup, &json!({}));
    for path in [
        "/auth/sign-in",
        "/auth/sign-up",
        "/auth/magic-link",
        "/auth/forgot-password",
        "/auth/start/google",
    ] {
        let visitor = gatelet.visitor();
        let answer = visitor.visit(&format!("{path}?return_to=%2Fa")).send();
        answer.expect_redirect("/login?next=%2Fa");
    }
    // Nothing of the request but a checked return target is in it.
    for hostile in [
        "https://evil.example/",
        "//evil.example",
        "/%5Cevil.example",
        "javascript:alert(1)",
    ] {
        let visitor = gatelet.visitor();
        let answer = visitor
            .visit(&format!("/auth/sign-in?return_to={hostile}"))
            .send();
        answer.expect_redirect("/login?next=%2F");
    }
}

#[test]
fn a_session_that_is_not_good_ends_on_a_page_and_never_goes_round_in_circles() {
    let (gatelet, app) = started(|setup| setup, &json!({}));
    let visitor = gatelet.visitor();
    app.sign_up("Ann").sign_in(&visitor);
    gatelet.database().execute("DELETE FROM \"session\"");
    // The app's own page would take the cookie for good, and send the browser back.
    let first = visitor.visit("/a").send();
    let first = first.expect_redirect("/auth/sign-in?return_to=%2Fa");
    let page = visitor.visit(first.header("location")).send().expect(200);
    let text = page.text();
    assert!(
        text.contains("href=\"/login?next=%2Fa\"") && text.contains("not good"),
        "{text}"
    );
    brings(&visitor, TOKEN, "x");
    is_nobody(&visitor, "session.invalid");
    visitor.visit("/auth/sign-in").send().expect(200);

    // Nor does a browser that comes back at once with no cookie at all.
    let visitor = gatelet.visitor();
    visitor
        .visit("/auth/sign-in")
        .send()
        .expect_redirect("/login?next=%2F");
    let page = visitor.visit("/auth/sign-in").send().expect(200);
    assert!(
        page.text().contains("href=\"/login?next=%2F\""),
        "{}",
        page.description()
    );
}

#[test]
fn signing_out_here_makes_the_browser_forget_the_session_or_leads_to_where_it_ends() {
    let cached = json!({ "cookieCache": true });
    let (gatelet, app) = started(|setup| setup, &cached);
    let ann = app.sign_up("Ann");
    let visitor = gatelet.visitor();
    ann.sign_in(&visitor);
    assert!(
        visitor.cookie("better-auth.session_data").is_some(),
        "its copy"
    );
    told(&visitor);
    let page = visitor.visit("/auth/sign-out").send().expect(200);
    let form = page.form("/auth/sign-out");
    let done = visitor.submit(&form, &page.url).send().expect(303);
    for name in ["gatelet", TOKEN, "better-auth.session_data"] {
        assert!(visitor.cookie(name).is_none(), "{name}");
    }
    is_nobody(&visitor, "session.none");
    let page = visitor.visit(done.header("location")).send().expect(200);
    assert!(
        page.text().contains("You are signed out."),
        "{}",
        page.description()
    );
    // It is read and never written: the row is still there.
    let rows = gatelet
        .database()
        .value("SELECT COUNT(*) FROM \"session\" WHERE \"userId\" IS NOT NULL");
    assert_ne!(rows.as_deref(), Some("0"));

    let address = |setup: Setup| setup.variable("sign_out_url", "/logout");
    let (gatelet, app) = started(address, &json!({}));
    let visitor = gatelet.visitor();
    app.sign_up("Ben").sign_in(&visitor);
    told(&visitor);
    let page = visitor
        .visit("/auth/sign-out?return_to=%2Fbye")
        .send()
        .expect(200);
    let form = page.form("/auth/sign-out");
    let onwards = visitor.submit(&form, &page.url).send().expect(200);
    assert_eq!(onwards.refresh(), Some("/logout?return_to=%2Fbye"));
    assert!(visitor.cookie("gatelet").is_none());
    assert!(visitor.cookie(TOKEN).is_some(), "that page needs it");
    let (status, said) = call(&visitor, "/api/v1/auth/signout");
    assert_eq!(
        (status, &said["redirectTo"]),
        (200, &"/logout?return_to=%2F".into())
    );
}
