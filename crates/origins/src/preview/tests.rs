use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

fn app(text: &str) -> AppName {
    AppName::parse(text).expect("an app's name")
}

fn domain(text: &str) -> PreviewDomain {
    PreviewDomain::required(text).expect("a domain")
}

fn preview(branch: &str, app_name: &str) -> Preview {
    let branch = Branch::parse(branch).expect("a branch");
    Preview::of(&branch, &app(app_name), &domain("previews.example.com")).expect("a preview")
}

#[test]
fn a_plain_branch_keeps_its_name_and_any_other_gets_a_hash() {
    let longest = "a".repeat(57);
    for (branch, name, schema) in [
        ("main", "main--shop", "preview_main__shop"),
        ("feat-2", "feat-2--shop", "preview_feat_2__shop"),
        ("2024", "2024--shop", "preview_2024__shop"),
        ("x", "x--shop", "preview_x__shop"),
        (
            &longest,
            &format!("{longest}--shop"),
            &format!("preview_{}_6q5z22vvu4pj", "a".repeat(27)),
        ),
    ] {
        let preview = preview(branch, "shop");
        assert_eq!(
            (preview.name(), preview.schema()),
            (name, schema),
            "{branch}"
        );
    }
    let too_long = "a".repeat(58);
    for (branch, begins) in [
        ("feat/x", "feat-x-"),
        ("Feat-x", "feat-x-"),
        ("feat_x", "feat-x-"),
        ("feat--x", "feat-x-"),
        ("-feat-x-", "feat-x-"),
        ("feat x", "feat-x-"),
        ("feät", "fe-t-"),
        ("日本", ""),
        ("/", ""),
        ("..", ""),
        // Labels with hyphens third and fourth are Punycode's.
        ("xn", "xn-"),
        ("qa", "qa-"),
        ("xn--80ak6aa92e", "xn-80ak6aa92e-"),
        (&too_long, &"a".repeat(44)),
        // As if it had a hash already.
        ("feat-x-234567abcdef", "feat-x-234567abcdef-"),
    ] {
        let preview = preview(branch, "shop");
        let slug = preview
            .name()
            .strip_suffix("--shop")
            .expect("the app's name");
        assert!(slug.starts_with(begins), "{branch}: {slug}");
        let hash = slug.rsplit('-').next().expect("a part");
        assert_eq!(hash.len(), 12, "{branch}: {slug}");
        assert!(hash.as_bytes()[0].is_ascii_digit(), "{branch}: {slug}");
        assert!(preview.name().len() <= 63, "{branch}: {slug}");
    }
}

#[test]
fn a_branch_has_the_same_preview_for_ever() {
    // Bookmarks, redirect URIs and databases hang on these.
    let preview = preview("feature/Login", "shop");
    assert_eq!(preview.name(), "feature-login-2ui4g3b9pfcs--shop");
    assert_eq!(
        preview.base_url().as_str(),
        "https://feature-login-2ui4g3b9pfcs--shop.previews.example.com"
    );
    assert_eq!(preview.schema(), "preview_feature_login_2ui4g3b9pfcs__shop");
}

#[test]
fn the_domain_may_have_a_scheme_and_a_port() {
    let branch = Branch::parse("feat").expect("a branch");
    for (text, base_url) in [
        (
            "previews.example.com",
            "https://feat--shop.previews.example.com",
        ),
        (
            ".Previews.example.com.",
            "https://feat--shop.previews.example.com",
        ),
        (
            "https://previews.example.com:8443/",
            "https://feat--shop.previews.example.com:8443",
        ),
        (
            "http://previews.localhost:3000",
            "http://feat--shop.previews.localhost:3000",
        ),
        ("localhost:3000", "https://feat--shop.localhost:3000"),
    ] {
        let preview = Preview::of(&branch, &app("shop"), &domain(text)).expect(text);
        assert_eq!(preview.base_url().as_str(), base_url, "{text}");
    }
    assert_eq!(PreviewDomain::parse(""), Ok(None));
    for (text, says) in [
        (
            "",
            "preview_domain: is not set, so there are no previews: set it to ",
        ),
        (
            "https://previews.example.com/x",
            "preview_domain: has a path",
        ),
        (
            "ftp://previews.example.com",
            "preview_domain: does not begin with http",
        ),
        (
            "*.previews.example.com",
            "preview_domain: has no valid host name",
        ),
        ("https://192.0.2.7", "preview_domain: is an address"),
        ("[::1]:3000", "preview_domain: is an address"),
        (
            "https://u:hunter2@example.com",
            "preview_domain: has a user name",
        ),
    ] {
        let line = PreviewDomain::required(text).expect_err(text).to_string();
        assert!(line.starts_with(says), "{line}");
        assert!(!line.contains("hunter2") && !line.contains('\n'), "{line}");
    }
    let long = format!("{0}.{0}.{0}.example.com", "a".repeat(60));
    let error = Preview::of(&branch, &app("shop"), &domain(&long)).map(|_| ());
    assert!(error.is_ok(), "{} bytes", long.len());
    let long = format!("{0}.{0}.{0}.{0}", "a".repeat(60));
    let error = Preview::of(&branch, &app("shop"), &domain(&long)).expect_err("too long");
    assert!(error.to_string().starts_with("preview_domain: is so long"));
}

#[test]
fn an_app_is_named_as_part_of_a_label() {
    for text in ["a", "shop", "shop-2", "0", &"a".repeat(32)] {
        assert!(AppName::parse(text).is_ok(), "{text}");
    }
    for text in [
        "",
        "-a",
        "a-",
        "a--b",
        "A",
        "a_b",
        "a.b",
        "ä",
        "a b",
        &"a".repeat(33),
    ] {
        let line = AppName::parse(text).expect_err(text).to_string();
        assert!(
            line.starts_with("app_name: ") && !line.contains('\n'),
            "{line}"
        );
    }
}

#[test]
fn a_branch_is_text() {
    for (text, error) in [
        ("", BranchError::Empty),
        ("a\nb", BranchError::Control),
        ("a\u{9f}", BranchError::Control),
        (&"ä".repeat(513), BranchError::TooLong),
    ] {
        assert_eq!(Branch::parse(text), Err(error), "{text:?}");
        let line = error.to_string();
        assert!(
            line.starts_with("the branch") && !line.contains('\n'),
            "{line}"
        );
    }
    assert!(Branch::parse(&"ä".repeat(512)).is_ok(), "as long as may be");
    assert_eq!(
        Branch::parse(" refs/ü ").expect("text").as_str(),
        " refs/ü "
    );
}

#[test]
fn overrides_have_the_base_url_filled_in() {
    let preview = preview("feat", "shop");
    let url = "https://feat--shop.previews.example.com";
    let record = |setting: Setting, value: &str| {
        let overrides = [(setting, value.to_owned())];
        preview.record("main", &overrides, Place::main(), 3, Some(9))
    };
    for (value, expected) in [
        ("", "".to_owned()),
        ("Shop", "Shop".to_owned()),
        ("${PREVIEW_URL}", url.to_owned()),
        (
            "<${PREVIEW_URL}|${PREVIEW_URL}/a>",
            format!("<{url}|{url}/a>"),
        ),
        ("$PREVIEW_URL $ {} $5", "$PREVIEW_URL $ {} $5".to_owned()),
    ] {
        let record = record(Setting::SiteName, value).expect(value);
        assert_eq!(
            record.value(Setting::SiteName),
            Some(expected.as_str()),
            "{value}"
        );
        assert_eq!(record.value(Setting::BaseUrl), Some(url));
        assert_eq!(
            (record.name.as_str(), record.parent.as_str()),
            ("feat--shop", "main")
        );
        assert!(record.is_preview && record.expires_at == Some(9));
    }
    for (value, token) in [
        ("${PREVIEW_HOST}", "${PREVIEW_HOST}"),
        ("${preview_url}", "${preview_url}"),
        ("${PREVIEW_URL", "${PREVIEW_URL"),
        ("${PREVIEW_URL }", "${PREVIEW_URL }"),
        ("a ${PREVIEW_URL} ${}", "${}"),
        ("$${A} x", "${A}"),
        ("${${PREVIEW_URL}}", "${${PREVIEW_URL}"),
        ("${a\nb}", "${a\\nb}"),
    ] {
        let line = record(Setting::SiteName, value)
            .expect_err(value)
            .to_string();
        assert!(
            line.starts_with(&format!("site_name: {token} stands for nothing: ")),
            "{line}"
        );
        assert!(!line.contains('\n'), "{line}");
    }
    assert_eq!(
        record(Setting::BaseUrl, "https://x.example"),
        Err(OverrideError::BaseUrl)
    );
}

#[test]
fn a_time_to_live_has_a_unit() {
    for (text, seconds) in [
        ("1m", 60),
        ("90m", 5400),
        ("12h", 43_200),
        ("14d", 1_209_600),
        ("2w", 1_209_600),
        ("3650d", 315_360_000),
    ] {
        let ttl = Ttl::parse(text).expect(text);
        assert_eq!(ttl.expires_at(100), 100 + seconds, "{text}");
        assert_eq!(ttl.expires_at(u64::MAX), u64::MAX, "{text}");
    }
    for text in [
        "",
        "m",
        "0m",
        "5",
        "60s",
        "1.5h",
        "-1d",
        "+1d",
        " 1d",
        "1 d",
        "1D",
        "3651d",
        "1y",
        "½d",
        "99999999999999999999d",
    ] {
        assert_eq!(Ttl::parse(text), Err(TtlError), "{text}");
    }
    assert!(TtlError.to_string().contains("90m, 12h, 14d or 2w"));
}

/// Branches that people have, and those that look like what we make of them.
fn branches() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9-]{1,70}",
        "[a-zA-Z0-9/_.-]{1,80}",
        "(feat|fix|Feat)[/_-]{1,2}[a-b]{1,2}[-/]{0,2}",
        "[a-b]{1,3}(-[2-9][2-9a-km-z]{11})?",
        any::<String>().prop_filter("a branch", |text| Branch::parse(text).is_ok()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_two_branches_share_a_preview(
        branches in proptest::collection::vec((branches(), "(a|ab|a-b|[a-z0-9]{32})"), 2..40)
    ) {
        let mut seen: HashMap<String, (String, String)> = HashMap::new();
        for (branch, app_name) in branches {
            let preview = preview(&branch, &app_name);
            let whose = (branch, app_name);
            for text in [preview.name(), preview.schema(), preview.base_url().as_str()] {
                let first = seen.entry(text.to_owned()).or_insert_with(|| whose.clone());
                prop_assert_eq!(&*first, &whose, "{}", text);
            }
        }
    }

    #[test]
    fn what_is_made_of_a_preview_is_a_preview_of_another_branch(branch in branches()) {
        // Nobody gets at a preview by naming a branch like its host.
        let first = preview(&branch, "shop");
        let slug = first.name().strip_suffix("--shop").expect("the app's name").to_owned();
        if slug != branch {
            let other = preview(&slug, "shop");
            prop_assert_ne!(other.name(), first.name());
        }
    }

    #[test]
    fn every_preview_has_a_host_and_a_schema(branch in branches(), app_name in "[a-z0-9]{1,32}") {
        let preview = preview(&branch, &app_name);
        let name = preview.name();
        prop_assert!(name.len() <= 63);
        prop_assert!(name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-')));
        prop_assert!(!name.starts_with('-') && !name.ends_with('-'));
        prop_assert_ne!(name.get(2..4), Some("--"));
        let (slug, app) = name.split_once("--").expect("both parts");
        prop_assert!(!slug.is_empty());
        prop_assert_eq!(app, app_name);
        let host = preview.base_url().host().to_owned();
        prop_assert_eq!(host, format!("{name}.previews.example.com"));
        let schema = preview.schema();
        prop_assert!(schema.len() <= SCHEMA_MAX_BYTES && schema.starts_with("preview_"));
        prop_assert!(schema.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')));
    }
}
