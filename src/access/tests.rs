use proptest::prelude::*;

use super::*;

const NOBODY: Visitor<'_> = Visitor {
    person: None,
    knows_passphrase: false,
};
const GUEST: Visitor<'_> = Visitor {
    knows_passphrase: true,
    ..NOBODY
};
const ANN: Visitor<'_> = somebody("ann@acme.com", true);
const BOB: Visitor<'_> = somebody("bob@other.example", true);
const UNVERIFIED: Visitor<'_> = somebody("eve@acme.com", false);

const fn somebody(email: &str, email_verified: bool) -> Visitor<'_> {
    Visitor {
        person: Some(Person {
            email,
            email_verified,
            groups: "",
            amr: "pwd",
            age: Some(1000),
        }),
        knows_passphrase: false,
    }
}

fn rules(text: &str) -> AccessRules {
    parse(text).expect("the test's rules are valid")
}

fn parse(text: &str) -> Result<AccessRules, RuleError> {
    Rule::parse_all(text).and_then(AccessRules::new)
}

fn public(paths: &str) -> AccessRules {
    Rule::parse_public_paths(paths)
        .and_then(AccessRules::new)
        .expect("the test's paths are valid")
}

impl AccessRules {
    fn opens(&self, path: &str) -> bool {
        self.judge("GET", path, &NOBODY).is_ok()
    }
}

#[test]
fn public_paths_look_at_the_path_that_is_forwarded() {
    let rules = public(" /robots.txt,/assets/*, /a/b/ ,");
    for path in [
        "/robots.txt",
        "/assets/",
        "/assets/a.css",
        "/assets/deep/b.js",
        "/a/b/",
    ] {
        assert!(rules.opens(path), "{path}");
    }
    for path in [
        "",
        "/",
        "*",
        "/robots.txt/",
        "/robots.txtx",
        "/Robots.txt",
        "/robots%2etxt",
        "/assets",
        "/assetsx/a",
        "/a/b",
        "/a/b/c",
        "/assets/../secret",
        "/assets/..%2fsecret",
        "/assets/%2e%2e/secret",
        "/assets/.%2e/secret",
        "/assets/%2e%2e%2fsecret",
        "/assets//secret",
        "//assets/a",
        "/./assets/a",
        "/assets/./a",
        "/assets/..;/secret",
        "/assets/a;b",
        "/assets/%5c..%5csecret",
        "/assets/\\..\\secret",
        "/assets/%zz",
        "/assets/%00",
        "/assets/%0a",
        "/secret;/assets/a",
        "/secret/..;/assets/a",
        "/assets/%252e%252e/secret",
        "/%61ssets/a",
        "/assets/..",
        "/assets/.",
        "/robots.txt?x",
        "/robots.txt#x",
        "/assets/é",
    ] {
        assert!(!rules.opens(path), "{path}");
    }
    assert!(public("/*").opens("/anything/at/all"));
    assert!(!public("/*").opens("/a/../b"));
    assert!(!AccessRules::default().opens("/"));
    assert_eq!(public(""), AccessRules::default());
}

#[test]
fn a_rule_lets_in_whom_it_names_and_nobody_else() {
    use Denied::{OtherAccount, Passphrase, SignIn};
    const BOB_WITH_PASSPHRASE: Visitor<'_> = Visitor {
        knows_passphrase: true,
        ..BOB
    };
    let visitors = [
        ("nobody", NOBODY),
        ("a guest", GUEST),
        ("Ann of acme.com", ANN),
        ("Bob of elsewhere", BOB),
        ("Bob with the passphrase", BOB_WITH_PASSPHRASE),
        ("Eve, unverified", UNVERIFIED),
    ];
    let ok = Ok(());
    let no = Err::<(), _>;
    for (who, expected) in [
        ("public", [ok, ok, ok, ok, ok, ok]),
        ("signed-in", [no(SignIn), no(SignIn), ok, ok, ok, ok]),
        (
            "org acme.com",
            [
                no(SignIn),
                no(SignIn),
                ok,
                no(OtherAccount),
                no(OtherAccount),
                no(OtherAccount),
            ],
        ),
        (
            "passphrase",
            [
                no(Passphrase),
                ok,
                no(Passphrase),
                no(Passphrase),
                ok,
                no(Passphrase),
            ],
        ),
        (
            "passphrase or org acme.com",
            [no(Passphrase), ok, ok, no(Passphrase), ok, no(Passphrase)],
        ),
        (
            "signed-in or passphrase",
            [no(Passphrase), ok, ok, ok, ok, ok],
        ),
    ] {
        let rules = rules(&format!("/x {who}"));
        for ((name, visitor), expected) in visitors.iter().zip(expected) {
            assert_eq!(
                rules.judge("GET", "/x", visitor),
                expected,
                "{name} at {who}"
            );
        }
    }
}

#[test]
fn what_the_rules_ask_for_as_a_whole_is_what_some_rule_asks_for() {
    for (text, account_suffices, ask_for_passphrase, take_accounts) in [
        ("", true, false, false),
        ("/a public; /b signed-in", true, false, false),
        ("/a org acme.com", false, false, false),
        ("/a passphrase; /b signed-in", false, true, false),
        ("/a passphrase; /b public", false, true, false),
        ("/a passphrase or signed-in", true, true, true),
        ("/a passphrase or org acme.com", false, true, true),
    ] {
        let rules = rules(text);
        let asked = (
            rules.signed_in_suffices(),
            rules.ask_for_a_passphrase(),
            rules.take_accounts_for_the_passphrase(),
        );
        let expected = (account_suffices, ask_for_passphrase, take_accounts);
        assert_eq!(asked, expected, "{text}");
    }
}

#[test]
fn an_organisation_is_the_whole_domain_of_a_verified_address() {
    let rules = rules("/* org acme.com, Acme.ORG xn--bcher-kva.example");
    for email in [
        "ann@acme.com",
        "ann@ACME.com",
        "ann@acme.org",
        "ann@xn--bcher-kva.example",
        "x@y@acme.com",
    ] {
        assert_eq!(
            rules.judge("GET", "/", &somebody(email, true)),
            Ok(()),
            "{email}"
        );
        assert_eq!(
            rules.judge("GET", "/", &somebody(email, false)),
            Err(Denied::OtherAccount),
            "{email} unverified"
        );
    }
    for email in [
        "",
        "acme.com",
        "@",
        "ann@",
        "ann@evilacme.com",
        "ann@acme.com.evil.example",
        "ann@sub.acme.com",
        "ann@acme.co",
        "ann@acme.comm",
        "ann@acme.com.",
        "ann@acme.com ",
        "ann@acme.com@evil.example",
        "ann@b\u{fc}cher.example",
        "ann@\u{430}cme.com",
        "ann@acme\u{3002}com",
        "ann.acme.com",
    ] {
        assert_eq!(
            rules.judge("GET", "/", &somebody(email, true)),
            Err(Denied::OtherAccount),
            "{email}"
        );
    }
}

#[test]
fn the_most_specific_path_counts_then_the_rule_that_names_the_method() {
    let rules = rules(
        "/* signed-in\n GET /wiki/* public; /wiki/* passphrase; POST,PUT /wiki/drafts/* org acme.com;\n\
         /wiki/drafts/* signed-in; GET,HEAD /wiki/drafts/open public; /wiki/ signed-in;; DELETE /* org acme.com",
    );
    let closed = |denied| Err::<(), _>(denied);
    for (method, path, expected) in [
        ("GET", "/", closed(Denied::SignIn)),
        ("GET", "/wiki/a", Ok(())),
        ("HEAD", "/wiki/a", Ok(())),
        ("head", "/wiki/a", Ok(())),
        ("get", "/wiki/a", Ok(())),
        ("POST", "/wiki/a", closed(Denied::Passphrase)),
        ("OPTIONS", "/wiki/a", closed(Denied::Passphrase)),
        ("BREW", "/wiki/a", closed(Denied::Passphrase)),
        ("GET", "/wiki/", closed(Denied::SignIn)),
        ("GET", "/wiki/drafts/open", Ok(())),
        ("HEAD", "/wiki/drafts/open", Ok(())),
        ("POST", "/wiki/drafts/open", closed(Denied::SignIn)),
        ("GET", "/wiki/drafts/other", closed(Denied::SignIn)),
        ("GET", "/wiki/drafts", closed(Denied::SignIn)),
        ("OPTIONS", "/", closed(Denied::SignIn)),
    ] {
        assert_eq!(
            rules.judge(method, path, &NOBODY),
            expected,
            "{method} {path}"
        );
    }
    // Who is signed in still lacks the organisation, in any spelling of the method.
    for (method, path) in [
        ("POST", "/wiki/drafts/x"),
        ("post", "/wiki/drafts/x"),
        ("PUT", "/wiki/drafts/x"),
        ("DELETE", "/x"),
        ("Delete", "/x"),
    ] {
        assert_eq!(
            rules.judge(method, path, &BOB),
            Err(Denied::OtherAccount),
            "{method} {path}"
        );
        assert_eq!(rules.judge(method, path, &ANN), Ok(()), "{method} {path}");
    }
    assert_eq!(rules.judge("PATCH", "/wiki/drafts/x", &BOB), Ok(()));
}

#[test]
fn what_no_rule_names_is_for_those_signed_in_unless_a_rule_says_otherwise() {
    for (text, expected) in [
        ("", Err(Denied::SignIn)),
        ("/x public", Err(Denied::SignIn)),
        ("GET /* public", Ok(())),
        ("POST /* public", Err(Denied::SignIn)),
        ("/* public", Ok(())),
        ("/* passphrase", Err(Denied::Passphrase)),
        ("/* org acme.com", Err(Denied::SignIn)),
    ] {
        assert_eq!(rules(text).judge("GET", "/a", &NOBODY), expected, "{text}");
    }
}

#[test]
fn a_path_that_servers_read_in_several_ways_meets_the_strictest_rule() {
    let odd = [
        "/open/../admin/x",
        "/open/%2e%2e/admin/x",
        "/open/..%2fadmin/x",
        "/open//x",
        "//admin/x",
        "/open/a;b",
        "/open/a\\b",
        "/open/%5cx",
        "/open/%00",
        "/open/é",
        "/open/%252e",
        "/open/..%20/admin",
        "/open/.../admin",
        "/open/..:x/admin",
        "/ADMINI~1/x",
        "/%EF%BD%81dmin/x",
        "/open/%C0%AE%C0%AE/admin",
        "",
        "*",
    ];
    for path in odd {
        let open = rules("/* public");
        assert_eq!(
            open.judge("GET", path, &NOBODY),
            Err(Denied::SignIn),
            "{path}"
        );
        assert_eq!(open.judge("GET", path, &BOB), Ok(()), "{path}");

        let some = rules("/* public; /admin/* org acme.com");
        assert_eq!(
            some.judge("GET", path, &NOBODY),
            Err(Denied::SignIn),
            "{path}"
        );
        assert_eq!(
            some.judge("GET", path, &BOB),
            Err(Denied::OtherAccount),
            "{path}"
        );
        assert_eq!(some.judge("GET", path, &ANN), Ok(()), "{path}");

        // No one of these is stricter than the others: all must let in.
        let each = rules("/a/* org acme.com; /b/* passphrase; /c/* public; /* signed-in");
        let ann_with_passphrase = Visitor {
            knows_passphrase: true,
            ..ANN
        };
        assert_eq!(
            each.judge("GET", path, &ann_with_passphrase),
            Ok(()),
            "{path}"
        );
        for visitor in [NOBODY, GUEST, ANN, BOB, UNVERIFIED] {
            assert!(
                each.judge("GET", path, &visitor).is_err(),
                "{path} {visitor:?}"
            );
        }

        // A rule for other methods has no say.
        let writes = rules("/* signed-in; POST /* org acme.com");
        assert_eq!(writes.judge("GET", path, &BOB), Ok(()), "{path}");
        assert!(writes.judge("POST", path, &BOB).is_err(), "{path}");

        let guests = rules("/* passphrase");
        assert_eq!(guests.judge("GET", path, &GUEST), Ok(()), "{path}");
        assert!(guests.judge("GET", path, &ANN).is_err(), "{path}");
    }
}

#[test]
fn another_spelling_is_no_way_around_a_rule() {
    let rules =
        rules("/* public; /admin/* org acme.com; /api/caf%C3%A9 org acme.com; /@me signed-in");
    for path in [
        "/admin/x",
        "/admin/",
        "/admin",
        "/Admin/x",
        "/ADMIN",
        "/%61dmin/x",
        "/%41dmin/x",
        "/admi%6E",
        "/%61%64%6d%69%6e/",
        "/api/caf%C3%A9",
        "/api/caf%c3%a9",
        "/API/caf%c3%A9/",
        "/@me",
        "/%40me",
        "/%40ME/",
        "/admin.",
        "/admin./x",
        "/ADMIN../x",
        "/admin%20",
        "/admin%20/x",
        "/%20admin/x",
        "/admin.%20.",
        "/admin::$DATA/x",
        "/admin::$INDEX_ALLOCATION/x",
        "/admin:x",
        "/admin%3Ax/y",
        "/admin.%20:x/",
        "/@me.",
        "/@me%20:x",
    ] {
        assert_eq!(
            rules.judge("GET", path, &NOBODY),
            Err(Denied::SignIn),
            "{path}"
        );
        let with_account = rules.judge("GET", path, &BOB);
        assert_eq!(
            with_account.is_ok(),
            path.to_lowercase().contains("me"),
            "{path}"
        );
    }
    for path in [
        "/",
        "/administrator",
        "/admin.css",
        "/x/admin",
        "/api/caf",
        "/me",
        "/v1/users:batch",
        "/v1/users/id:",
        "/administrator.",
        "/x%20y/z.",
    ] {
        assert_eq!(rules.judge("GET", path, &NOBODY), Ok(()), "{path}");
    }
}

#[test]
fn rules_that_could_mean_more_than_they_say_are_refused() {
    for path in [
        "robots.txt",
        "*",
        "/a*",
        "/*/a",
        "/a/**",
        "/a//*",
        "//*",
        "/a/../*",
        "/a?x",
        "/a#x",
        "/a b",
        "/a;b",
        "/%2e",
        "https://x/",
    ] {
        assert_eq!(
            Rule::parse_public_paths(path),
            Err(RuleError::Path(path.to_owned())),
            "{path}"
        );
    }
    let path = |text: &str| RuleError::Path(text.to_owned());
    let method = |text: &str| RuleError::Method(text.to_owned());
    let who = |text: &str| RuleError::Who(text.to_owned());
    let domain = |text: &str| RuleError::Domain(text.to_owned());
    let group = |text: &str| RuleError::Group(text.to_owned());
    for (text, error) in [
        ("/a", who("")),
        ("/a ", who("")),
        ("/a Public", who("Public")),
        ("/a everybody", who("everybody")),
        ("/a = public", who("= public")),
        ("/a public, /b public", who("public, /b public")),
        ("/a public signed-in", who("public signed-in")),
        ("/a public or signed-in", who("public or signed-in")),
        ("/a signed-in or public", who("signed-in or public")),
        ("/a signed-in org acme.com", who("signed-in org acme.com")),
        ("/a passphrase signed-in", who("passphrase signed-in")),
        ("/a signed-in passphrase", who("signed-in passphrase")),
        ("/a org signed-in", domain("signed-in")),
        ("/a org passphrase", domain("passphrase")),
        ("/a signed-in or", who("signed-in or")),
        ("/a or signed-in", who("or signed-in")),
        ("/a group", who("group")),
        ("/a group or signed-in", who("group or signed-in")),
        ("/a group admins or", who("group admins or")),
        ("/a group Admins", group("Admins")),
        ("/a group admins signed-in", group("signed-in")),
        ("/a group org acme.com", group("org")),
        ("/a group -admins", group("-admins")),
        ("/a group okta:", group("okta:")),
        ("/a group Okta:admins", group("Okta:admins")),
        ("/a group a\u{e9}", group("a\u{e9}")),
        ("/a public with passkey", who("public with passkey")),
        ("/a passphrase within 10m", who("passphrase within 10m")),
        ("/a with passkey", who("with passkey")),
        ("/a within 10m", who("within 10m")),
        ("/a signed-in with", who("signed-in with")),
        ("/a signed-in with password", who("signed-in with password")),
        ("/a signed-in within", who("signed-in within")),
        ("/a signed-in within 10", who("signed-in within 10")),
        ("/a signed-in within m", who("signed-in within m")),
        ("/a signed-in within 0m", who("signed-in within 0m")),
        ("/a signed-in within +1m", who("signed-in within +1m")),
        ("/a signed-in within -1m", who("signed-in within -1m")),
        ("/a signed-in within 10é", who("signed-in within 10é")),
        ("/a signed-in within 32d", who("signed-in within 32d")),
        (
            "/a signed-in within 99999999999999999999d",
            who("signed-in within 99999999999999999999d"),
        ),
        (
            "/a signed-in within 300000000000000000d",
            who("signed-in within 300000000000000000d"),
        ),
        (
            "/a signed-in within 10m with passkey",
            who("signed-in within 10m with passkey"),
        ),
        (
            "/a signed-in within 10m or passphrase",
            who("signed-in within 10m or passphrase"),
        ),
        (
            "/a signed-in with passkey with passkey",
            who("signed-in with passkey with passkey"),
        ),
        ("/a org with passkey", who("org with passkey")),
        ("/a group within 10m", who("group within 10m")),
        ("/a passphrase hunter2", who("passphrase hunter2")),
        ("/a org", who("org")),
        ("/a org or passphrase", who("org or passphrase")),
        ("/a org ,", who("org ,")),
        ("/a org com", domain("com")),
        ("/a org *.acme.com", domain("*.acme.com")),
        ("/a org @acme.com", domain("@acme.com")),
        ("/a org ann@acme.com", domain("ann@acme.com")),
        ("/a org acme.com.", domain("acme.com.")),
        ("/a org .acme.com", domain(".acme.com")),
        ("/a org acme..com", domain("acme..com")),
        ("/a org acme_x.com", domain("acme_x.com")),
        ("/a org 192.0.2.7", domain("192.0.2.7")),
        ("/a org b\u{fc}cher.example", domain("b\u{fc}cher.example")),
        ("/a org \u{430}cme.com", domain("\u{430}cme.com")),
        ("GTE /a public", method("GTE")),
        ("HEAD /a public", method("HEAD")),
        ("POST,HEAD /a public", method("POST,HEAD")),
        ("CONNECT /a public", method("CONNECT")),
        ("TRACE /a public", method("TRACE")),
        ("* /a public", method("*")),
        (", /a public", method(",")),
        ("public /a", method("public")),
        ("GET public", path("public")),
        ("GET", path("")),
        ("GET, POST /a public", path("POST")),
        ("/a/../b public", path("/a/../b")),
        ("/a*b public", path("/a*b")),
        ("GET /a?x public", path("/a?x")),
        ("/caf\u{e9} public", path("/caf\u{e9}")),
    ] {
        assert_eq!(parse(text), Err(error), "{text}");
    }
    let many: String = (0..=RULES_MAX).map(|n| format!("/{n} public;")).collect();
    assert_eq!(parse(&many), Err(RuleError::TooMany));
    assert_eq!(
        Rule::parse_public_paths(&many.replace(" public;", ",")),
        Err(RuleError::TooMany)
    );
    let domains: String = (0..33).map(|n| format!(" a{n}.com")).collect();
    assert_eq!(
        parse(&format!("/a org{domains}")),
        Err(RuleError::TooManyNames)
    );
    let groups: String = (0..32).map(|n| format!(" g{n}")).collect();
    assert!(parse(&format!("/a group{groups}")).is_ok());
    assert_eq!(
        parse(&format!("/a group{groups} g32")),
        Err(RuleError::TooManyNames)
    );
    assert!(parse(&format!("/a group {}", "a".repeat(64))).is_ok());
    assert!(parse(&format!("/a group {}", "a".repeat(65))).is_err());
    assert!(parse(&format!("/{} public", "a".repeat(256))).is_err());
}

#[test]
fn two_rules_for_the_same_requests_are_refused() {
    for (text, ties) in [
        ("/a public; /a signed-in", true),
        ("/a/* public; /a/* signed-in", true),
        ("/* public; /* passphrase", true),
        ("GET /a public; GET /a signed-in", true),
        ("GET /a public; GET,POST /a signed-in", true),
        ("GET /a public; GET,HEAD /a signed-in", true),
        ("/a org acme.com; /a org acme.org", true),
        // Some servers take these for one.
        ("/a public; /A signed-in", true),
        ("/a public; /%61 signed-in", true),
        ("/a public; /a/ signed-in", true),
        ("/a/* public; /A/* signed-in", true),
        ("/a public; /a public", false),
        ("/a public; /a/ public", false),
        ("/a public; GET /a signed-in", false),
        ("GET /a public; POST /a signed-in", false),
        ("/a public; /a/* signed-in", false),
        ("/a/* public; /a/b/* signed-in", false),
    ] {
        let parsed = parse(text);
        assert_eq!(matches!(parsed, Err(RuleError::Tie(..))), ties, "{text}");
        assert_eq!(parsed.is_ok(), !ties, "{text}");
    }
    let line = parse("GET /a public; GET,POST /a signed-in").unwrap_err();
    assert_eq!(
        line.to_string(),
        "\"/a\" has two rules for the same requests: keep one"
    );
}

#[test]
fn rules_are_written_as_they_are_read() {
    for (text, written) in [
        ("", "/* signed-in"),
        (
            "GET /assets/* public; /admin/* org acme.com,acme.org; /* signed-in",
            "GET /assets/* public; /admin/* org acme.com,acme.org; /* signed-in",
        ),
        (
            " post,get\t/a   org  Acme.com ,acme.org  or passphrase ;\n\n/*   signed-in or passphrase",
            "GET,POST /a passphrase or org acme.com,acme.org; /* signed-in or passphrase",
        ),
    ] {
        assert_eq!(rules(text).to_string(), written);
    }
}

/// Rules with few paths, so that they meet.
fn any_rules() -> impl Strategy<Value = AccessRules> {
    let methods = prop_oneof![
        3 => Just(""),
        1 => Just("GET "),
        1 => Just("POST "),
        1 => Just("GET,PUT "),
    ];
    let path = "(/[ab]){1,3}(/\\*)?|/\\*|/";
    let who = prop_oneof![
        Just("public"),
        Just("signed-in"),
        Just("passphrase"),
        Just("org acme.com"),
        Just("org acme.com or passphrase"),
    ];
    let rule =
        (methods, path, who).prop_map(|(methods, path, who)| format!("{methods}{path} {who}"));
    proptest::collection::vec(rule, 0..8)
        .prop_filter_map("ties", |rules| parse(&rules.join("; ")).ok())
}

fn any_method() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("GET"),
        Just("HEAD"),
        Just("POST"),
        Just("PUT"),
        Just("OPTIONS"),
        Just("X")
    ]
}

/// What the text of the rules says, read in the plainest way.
fn expected(rules: &AccessRules, method: &str, path: &str, visitor: &Visitor<'_>) -> bool {
    let method = if method == "HEAD" { "GET" } else { method };
    let text = rules.to_string();
    let mut best: Option<((bool, usize, bool), &str)> = None;
    for rule in text.split("; ") {
        let (methods, rest) = match rule.split_once(' ') {
            Some((methods, rest)) if !methods.starts_with('/') => (Some(methods), rest),
            _ => (None, rule),
        };
        let (pattern, who) = rest.split_once(' ').unwrap();
        let matches = match pattern.strip_suffix('*') {
            Some(prefix) => path.starts_with(prefix),
            None => path == pattern,
        };
        if !matches || methods.is_some_and(|methods| !methods.split(',').any(|m| m == method)) {
            continue;
        }
        let rank = (!pattern.ends_with('*'), pattern.len(), methods.is_some());
        if best.as_ref().is_none_or(|(other, _)| rank > *other) {
            best = Some((rank, who));
        }
    }
    let (_, who) = best.expect("a rule for the rest");
    let at_acme = visitor
        .person
        .is_some_and(|person| person.email_verified && person.email.ends_with("@acme.com"));
    who.split(" or ").any(|way| match way {
        "public" => true,
        "signed-in" => visitor.person.is_some(),
        "passphrase" => visitor.knows_passphrase,
        "org acme.com" => at_acme,
        other => panic!("{other}"),
    })
}

proptest! {
    #[test]
    fn plain_paths_are_judged_as_the_text_says(rules in any_rules(), method in any_method(), path in "(/[abc]){1,4}") {
        for visitor in [NOBODY, GUEST, ANN, BOB, UNVERIFIED] {
            // A path below which something else is ruled meets that rule too.
            let both = expected(&rules, method, &path, &visitor) && {
                let named = |rule: &str| {
                    let (methods, rest) = match rule.split_once(' ') {
                        Some((methods, rest)) if !methods.starts_with('/') => (Some(methods), rest),
                        _ => (None, rule),
                    };
                    rest.split(' ').next() == Some(path.as_str())
                        && methods.is_none_or(|methods| methods.split(',').any(|one| one == method))
                };
                let exact = rules.to_string().split("; ").any(named);
                exact || expected(&rules, method, &format!("{path}/"), &visitor)
            };
            let judged = rules.judge(method, &path, &visitor).is_ok();
            prop_assert!(!judged || expected(&rules, method, &path, &visitor), "{} {} {} {:?}", rules, method, path, visitor);
            prop_assert!(judged || !both, "{} {} {} {:?}", rules, method, path, visitor);
        }
    }

    #[test]
    fn whoever_shows_more_sees_no_less(rules in any_rules(), method in any_method(), path in "(/[abAB.;]){1,4}/?") {
        let all = Visitor { knows_passphrase: true, ..ANN };
        for (less, more) in [(NOBODY, GUEST), (NOBODY, BOB), (BOB, ANN), (UNVERIFIED, ANN), (ANN, all), (GUEST, all)] {
            if rules.judge(method, &path, &less).is_ok() {
                prop_assert_eq!(rules.judge(method, &path, &more), Ok(()));
            }
        }
        if rules.signed_in_suffices() {
            prop_assert_eq!(rules.judge(method, &path, &UNVERIFIED), Ok(()));
        }
        prop_assert_eq!(rules.judge("HEAD", &path, &NOBODY), rules.judge("GET", &path, &NOBODY));
    }

    #[test]
    fn no_odd_path_is_open_to_nobody(rules in any_rules(), method in any_method(), path in any::<String>()) {
        if CanonicalPath::parse(&path).is_none() {
            prop_assert!(rules.judge(method, &path, &NOBODY).is_err());
        }
    }

    #[test]
    fn no_spelling_opens_what_is_closed(
        place in prop_oneof![Just("/secret"), Just("/secret/x"), Just("/one"), Just("/m-_~/x")],
        spelling in proptest::collection::vec(0_u8..4, 12), slash in any::<bool>(),
        tail in prop_oneof![Just(""), Just("."), Just("%20"), Just(".%20."), Just("::$DATA"), Just("%3Ax")],
    ) {
        let rules = rules("/* public; /secret/* org acme.com; /one passphrase; /m-_~/* signed-in");
        let mut path = String::new();
        for (byte, how) in place.bytes().zip(spelling) {
            let letter = char::from(byte);
            match how {
                0 if byte != b'/' => path.push_str(&format!("%{byte:02x}")),
                1 if byte != b'/' => path.push_str(&format!("%{:02X}", byte.to_ascii_uppercase())),
                2 => path.push(letter.to_ascii_uppercase()),
                _ => path.push(letter),
            }
        }
        path.push_str(tail);
        if slash {
            path.push('/');
        }
        prop_assert!(rules.judge("GET", &path, &NOBODY).is_err(), "{}", path);
    }

    #[test]
    fn written_rules_read_back(rules in any_rules()) {
        prop_assert_eq!(parse(&rules.to_string()), Ok(rules));
    }

    #[test]
    fn no_text_breaks_the_parser(text in any::<String>(), near in "[GETPOS,]{0,8} ?/[a%*.;2/]{0,6} (org|or|public|[a-z.,-]| ){0,8}") {
        for text in [text, near] {
            if let Err(error) = parse(&text) {
                prop_assert!(!error.to_string().contains('\n'));
            }
            let _ = Rule::parse_public_paths(&text);
        }
    }
}

/// Ann of acme.com, in some groups, signed in by some methods, some seconds ago.
const fn ann(groups: &'static str, amr: &'static str, age: Option<u64>) -> Visitor<'static> {
    Visitor {
        person: Some(Person {
            email: "ann@acme.com",
            email_verified: true,
            groups,
            amr,
            age,
        }),
        knows_passphrase: false,
    }
}

#[test]
fn a_rule_for_groups_lets_in_their_members_alone() {
    let admins = rules("/* group admins, ops.eu");
    for (visitor, judged) in [
        (ann("admins", "pwd", Some(0)), Ok(())),
        (ann("ops.eu,staff", "pwd", Some(0)), Ok(())),
        (ann("a,admins,z", "pwd", None), Ok(())),
        (ann("", "pwd", Some(0)), Err(Denied::Group)),
        (ann("admin", "pwd", Some(0)), Err(Denied::Group)),
        (ann("admins2,ops-eu", "pwd", Some(0)), Err(Denied::Group)),
        (ann("ops", "pwd", Some(0)), Err(Denied::Group)),
        (NOBODY, Err(Denied::SignIn)),
        (GUEST, Err(Denied::SignIn)),
    ] {
        assert_eq!(admins.judge("GET", "/", &visitor), judged, "{visitor:?}");
    }
    // A provider's group is another one than ours of that name, whoever's it is.
    let okta = rules("/* group okta:Web, okta:/eng/ops");
    for (groups, judged) in [
        ("admins,okta:Web", Ok(())),
        ("okta:/eng/ops", Ok(())),
        ("Web,web,okta:web,okta:eng/ops", Err(Denied::Group)),
        ("gitlab:Web", Err(Denied::Group)),
    ] {
        let visitor = ann(groups, "fed", Some(0));
        assert_eq!(okta.judge("GET", "/", &visitor), judged, "{groups}");
    }
    let provided = ann("okta:admins,okta:ops.eu", "fed", Some(0));
    assert_eq!(admins.judge("GET", "/", &provided), Err(Denied::Group));
    let either = rules("/* org other.example or group admins or passphrase");
    assert_eq!(either.judge("GET", "/", &BOB), Ok(()));
    assert_eq!(either.judge("GET", "/", &GUEST), Ok(()));
    let ann = ann("admins", "pwd", Some(0));
    assert_eq!(either.judge("GET", "/", &ann), Ok(()));
    assert_eq!(either.judge("GET", "/", &ANN), Err(Denied::Passphrase));
}

#[test]
fn a_rule_asks_whoever_is_entitled_for_a_method_and_for_having_signed_in_lately() {
    use Denied::{Group, Passkey, Passphrase, Recent, SecondFactor, SignIn};
    let lately = |amr, age| ann("admins", amr, Some(age));
    for (text, visitor, judged) in [
        ("signed-in within 10m", lately("pwd", 600), Ok(())),
        ("signed-in within 10m", lately("pwd", 601), Err(Recent)),
        ("signed-in within 10m", ann("", "pwd", None), Err(Recent)),
        ("signed-in within 10m", NOBODY, Err(SignIn)),
        ("signed-in within 45s", lately("pwd", 46), Err(Recent)),
        ("signed-in within 2h", lately("pwd", 7200), Ok(())),
        ("signed-in within 1d", lately("pwd", 86_401), Err(Recent)),
        ("signed-in with passkey", lately("pwd", 0), Err(Passkey)),
        (
            "signed-in with passkey",
            lately("swk user mfa", 9999),
            Ok(()),
        ),
        ("signed-in with passkey", lately("hwk", 0), Ok(())),
        (
            "signed-in with passkey",
            lately("pwd hwkx", 0),
            Err(Passkey),
        ),
        (
            "signed-in with second-factor",
            lately("pwd otp", 0),
            Err(SecondFactor),
        ),
        (
            "signed-in with second-factor",
            lately("pwd otp mfa", 0),
            Ok(()),
        ),
        (
            "signed-in with second-factor within 1m",
            lately("mfa", 61),
            Err(SecondFactor),
        ),
        (
            "group admins with passkey within 10m",
            lately("swk", 600),
            Ok(()),
        ),
        (
            "group admins with passkey within 10m",
            lately("swk", 601),
            Err(Passkey),
        ),
        (
            "group admins with passkey within 10m",
            lately("pwd", 0),
            Err(Passkey),
        ),
        // Who is not entitled learns nothing of what else is asked.
        (
            "group ops with passkey within 10m",
            lately("pwd", 999),
            Err(Group),
        ),
        (
            "passphrase or signed-in within 10m",
            lately("pwd", 601),
            Err(Recent),
        ),
        (
            "passphrase or signed-in within 10m",
            NOBODY,
            Err(Passphrase),
        ),
        ("passphrase or signed-in within 10m", GUEST, Ok(())),
    ] {
        let rules = rules(&format!("/* {text}"));
        assert_eq!(
            rules.judge("GET", "/", &visitor),
            judged,
            "{text} {visitor:?}"
        );
        assert!(!rules.signed_in_suffices(), "{text}");
    }
    let text = "/a group a,b with passkey within 600s";
    assert_eq!(rules(text).to_string(), format!("{text}; /* signed-in"));
}
