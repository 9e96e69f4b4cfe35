//! Where a visitor is sent back to: here, and nowhere else.

use gatelet_tests::account::{Account, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::response::Response;
use gatelet_tests::visitor::Visitor;

/// Each could be taken for another origin by some reader.
const HOSTILE: &[&str] = &[
    "https://evil.example",
    "http://evil.example/",
    "//evil.example",
    "///evil.example",
    "////evil.example/x",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "https:evil.example",
    "https:/evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "/ /evil.example",
    "\t//evil.example",
    " //evil.example",
    "/%09/evil.example",
    "/%0a/evil.example",
    "/%0d/evil.example",
    "/%5cevil.example",
    "/%2fevil.example",
    "/%2f%2fevil.example",
    "/%252fevil.example",
    "/%255cevil.example",
    "/%25%35%63evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "user@evil.example",
    "//user:pw@evil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/./\\evil.example",
    "/x/..//evil.example",
    "/%2e%2e//evil.example",
    "/\u{2028}/evil.example",
    "/\u{200b}/evil.example",
    "/\u{a0}/evil.example",
    "/\0/evil.example",
    "/x\r\nSet-Cookie: a=b",
    "/x\r\nLocation: https://evil.example",
    "evil.example",
    "?x",
    "#x",
    "",
    "localhost.evil.example",
    "ftp://evil.example",
    "//[::1]",
    "//127.0.0.1",
    "http:///evil.example",
    "/http:\\\\evil.example/../..//evil.example",
];

/// Stays as it is.
const FRIENDLY: &[&str] = &[
    "/",
    "/headers",
    "/a/b?c=d&e=f",
    "/a?u=https://other.example/",
    "/%C3%BC?q=%26",
    "/auth/account",
];

#[test]
fn a_hostile_return_target_leads_to_the_front_page() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let (_, account) = signed_in(&gatelet);
    for target in HOSTILE {
        let visitor = gatelet.visitor();
        let answer = account.sign_in(&visitor, target).expect(303);
        assert_eq!(onwards(&visitor, &answer), "/", "{target:?}");
    }
    for target in FRIENDLY {
        let visitor = gatelet.visitor();
        let answer = account.sign_in(&visitor, target).expect(303);
        assert_eq!(onwards(&visitor, &answer), *target);
    }
}

#[test]
fn the_page_between_a_form_and_the_app_is_no_open_redirect() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let visitor = gatelet.visitor();
    for target in HOSTILE {
        let target: String = url::form_urlencoded::byte_serialize(target.as_bytes()).collect();
        let page = visitor.visit(&format!("/auth/continue?return_to={target}"));
        let page = page.send().expect(200);
        assert_eq!(page.refresh(), Some("/"), "{target}");
        assert!(!page.text().contains("evil"), "{}", page.description());
    }
}

/// Where the answer to a form leads, by way of the page in between.
#[track_caller]
fn onwards(visitor: &Visitor, answer: &Response) -> String {
    let between = answer.header("location");
    assert!(between.starts_with("/auth/continue"), "{between}");
    let page = visitor.visit(between).send().expect(200);
    page.refresh().expect("it leads on").to_owned()
}

#[test]
fn a_forged_form_field_is_judged_like_the_query() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let (_, account) = signed_in(&gatelet);
    for target in HOSTILE {
        let stranger = gatelet.visitor();
        let page = stranger.visit("/auth/sign-in").send();
        let form = page
            .form("/auth/sign-in")
            .fill("email", &account.email)
            .fill("password", &account.password)
            .fill("return_to", target);
        let answer = stranger.submit(&form, &page.url).send();
        if target.contains('\0') {
            // It is no form field at all.
            answer.expect(400);
        } else {
            let answer = answer.expect(303);
            assert_eq!(onwards(&stranger, &answer), "/", "{target:?}");
        }
    }
    // Signing out goes to the sign-in page, which knows where to go then.
    let sign_out = |target: &str| {
        let (visitor, _) = signed_in(&gatelet);
        let page = visitor.visit("/auth/sign-out").send().expect(200);
        let form = page.form("/auth/sign-out").fill("return_to", target);
        visitor.submit(&form, &page.url).send()
    };
    for target in HOSTILE.iter().take(8) {
        sign_out(target).expect_redirect("/auth/sign-in?signed_out=1");
    }
    sign_out("/headers").expect_redirect("/auth/sign-in?return_to=%2Fheaders&signed_out=1");
}

#[test]
fn links_of_the_pages_keep_hostile_targets_out() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let (visitor, _) = signed_in(&gatelet);
    for target in HOSTILE {
        let encoded: String = url::form_urlencoded::byte_serialize(target.as_bytes()).collect();
        for (visitor, path) in [
            (&gatelet.visitor(), "sign-in"),
            (&gatelet.visitor(), "sign-up"),
            (&visitor, "sign-out"),
            (&visitor, "sign-in"),
        ] {
            let page = visitor
                .visit(&format!("/auth/{path}?return_to={encoded}"))
                .send()
                .expect(200);
            assert!(
                !page.text().contains("evil.example"),
                "{path} {target:?}: {}",
                page.text()
            );
            let friendly = format!("/auth/{path}?return_to=%2Ffriendly.example");
            let page = visitor.visit(&friendly).send().expect(200);
            assert!(page.text().contains("friendly.example"), "{path}");
        }
    }
}

#[test]
fn a_provider_sign_in_lands_where_it_began_and_never_elsewhere() {
    let provider = IdentityProvider::shared();
    let (setup, _) = Setup::new(Engine::Sqlite).providers(&[("acme", &provider)]);
    let gatelet = setup.start();
    for (target, lands) in [
        ("/headers?a=b", "/headers?a=b"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
    ] {
        let visitor = gatelet.visitor();
        let encoded: String = url::form_urlencoded::byte_serialize(target.as_bytes()).collect();
        let start = visitor
            .visit(&format!("/auth/start/acme?return_to={encoded}"))
            .send()
            .expect(303);
        let back = provider.sign_in(&visitor, start.header("location"), "ada");
        let answer = visitor.visit(back.header("location")).send().expect(303);
        assert_eq!(answer.header("location"), lands, "{target}");
    }
}

#[test]
fn the_gateway_remembers_where_somebody_wanted_to_go() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let visitor = gatelet.visitor();
    let account = Account::new("Ada");
    let turned_away = visitor.visit("/headers?x=1&y=%C3%BC+z").send();
    let page = visitor.follow(turned_away);
    let sign_up = page.text();
    let link = sign_up
        .split("href=\"")
        .find(|rest| rest.starts_with("/auth/sign-up"))
        .expect("a link to sign up");
    let link = gatelet_tests::form::unescape(link.split('"').next().expect("an end"));
    let page = visitor.visit(&link).send().expect(200);
    let form = page
        .form("/auth/sign-up")
        .fill("name", &account.name)
        .fill("email", &account.email)
        .fill("password", &account.password);
    let answer = visitor.submit(&form, &page.url).send().expect(303);
    assert_eq!(onwards(&visitor, &answer), "/headers?x=1&y=%C3%BC+z");
    // A double slash could name a host; such a target is given up for the front page.
    let odd = gatelet
        .visitor()
        .visit("/")
        .exact_target("//evil.example/x")
        .send();
    odd.expect_redirect("/auth/sign-in?return_to=%2F");
}
