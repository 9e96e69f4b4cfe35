//! Who is served where, and what one site is to another.

use super::*;
use crate::apps::AppId;
use crate::attempt::{ATTEMPT_RANDOM_BYTES, Attempt};
use crate::callback::AuthorizationResponse;
use crate::provider::ProviderId;
use crate::refusal::RefusalCode;
use crate::relay::RelayState;
use crate::tests::{KEY, NOW};
use gatelet_core::error::Code;
use gatelet_core::origin_record::{MAIN, Place};
use gatelet_core::return_target::ReturnTarget;
use gatelet_core::secret::Secret;

const PRODUCTION: &str = "https://app.example.com";
const PREVIEW: &str = "https://feat--app.previews.example.com";

fn base(more: &[(&str, &str)]) -> Base {
    let standard = [
        ("base_url", PRODUCTION),
        ("upstream", "http://localhost:8080"),
        ("session_keys", KEY),
        ("google_client_id", "g"),
        ("google_client_secret", "s"),
        ("relay_origins", "*.previews.example.com"),
    ];
    Base::of_variables(standard.iter().chain(more).copied())
}

fn record(name: &str, base_url: &str, values: &[(&str, &str)]) -> OriginRecord {
    let values = [("base_url", base_url)]
        .iter()
        .chain(values)
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    OriginRecord {
        name: name.to_owned(),
        parent: MAIN.to_owned(),
        is_preview: false,
        values,
        place: Place::main(),
        created_at: 0,
        expires_at: None,
    }
}

fn preview(name: &str, base_url: &str) -> OriginRecord {
    OriginRecord {
        is_preview: true,
        place: Place {
            schema: format!("preview_{name}"),
            ..Place::main()
        },
        ..record(name, base_url, &[])
    }
}

fn sites(more: &[(&str, &str)], records: Vec<OriginRecord>) -> Sites {
    Sites::new(base(more), records, true).expect("the variables are valid")
}

fn at(sites: &Sites, base_url: &str) -> Arc<Site> {
    let base_url = BaseUrl::parse(base_url).expect("a base URL");
    sites
        .resolve(base_url.authority(), NOW)
        .unwrap_or_else(|no_site| panic!("{base_url}: {no_site:?}"))
}

#[test]
fn a_host_is_served_by_its_record_and_otherwise_by_nobody() {
    let expiring = OriginRecord {
        expires_at: Some(NOW + 10),
        ..record("demo", "https://demo.example.com", &[])
    };
    let sites = sites(&[], vec![expiring, preview("feat", PREVIEW)]);
    for (authority, now, expected) in [
        ("app.example.com", NOW, Ok(PRODUCTION)),
        ("APP.example.com.:443", NOW, Ok(PRODUCTION)),
        ("feat--app.previews.example.com", NOW, Ok(PREVIEW)),
        ("FEAT--app.previews.example.com:443", NOW, Ok(PREVIEW)),
        ("demo.example.com", NOW + 9, Ok("https://demo.example.com")),
        ("demo.example.com", NOW + 10, Err(Code::OriginUnknown)),
        ("demo.example.com:80", NOW, Err(Code::OriginUnknown)),
        ("demo.example.com:8443", NOW, Err(Code::OriginUnknown)),
        ("x.demo.example.com", NOW, Err(Code::OriginUnknown)),
        ("xdemo.example.com", NOW, Err(Code::OriginUnknown)),
        ("", NOW, Err(Code::OriginUnknown)),
        ("demo.example.com/", NOW, Err(Code::RequestMalformed)),
        ("dem\u{43e}.example.com", NOW, Err(Code::RequestMalformed)),
    ] {
        let found = sites.resolve(authority, now);
        let found = found
            .as_ref()
            .map(|site| site.base_url().as_str())
            .map_err(|no_site| no_site.code);
        assert_eq!(found, expected, "{authority} at {now}");
    }
}

#[test]
fn while_the_store_is_away_the_main_origin_works_and_others_may_exist() {
    let sites = Sites::new(base(&[]), Vec::new(), false).expect("sites");
    assert!(sites.resolve("app.example.com", NOW).is_ok());
    let unknown = sites.resolve("demo.example.com", NOW).expect_err("unknown");
    assert_eq!(unknown.code, Code::StoreUnavailable);
}

#[test]
fn a_record_that_does_not_parse_affects_its_own_host_alone() {
    let sites = sites(
        &[],
        vec![
            record("bad", "https://bad.example.com", &[("sign_up", "maybe")]),
            record("none", "not a URL", &[]),
            OriginRecord {
                parent: "gone".to_owned(),
                ..record("orphan", "https://orphan.example.com", &[])
            },
            OriginRecord {
                parent: "ring".to_owned(),
                ..record("ring", "https://ring.example.com", &[])
            },
            record("good", "https://good.example.com", &[("sign_up", "closed")]),
        ],
    );
    for (host, says) in [
        ("bad.example.com", "origin bad: sign_up: "),
        (
            "orphan.example.com",
            "origin orphan: its parent gone is gone",
        ),
        ("ring.example.com", "origin ring: it has more than"),
    ] {
        let no_site = sites.resolve(host, NOW).expect_err(host);
        assert_eq!(no_site.code, Code::SettingsInvalid, "{host}");
        assert!(no_site.detail.starts_with(says), "{}", no_site.detail);
    }
    assert!(sites.resolve("app.example.com", NOW).is_ok());
    assert!(sites.resolve("good.example.com", NOW).is_ok());
}

#[test]
fn an_origin_signs_in_by_its_own_settings_over_its_parents() {
    use crate::linking::SignUp;
    use crate::settings::PasswordSignIn;
    let child = OriginRecord {
        parent: "shop".to_owned(),
        ..record("child", "https://child.example.com", &[("sign_up", "open")])
    };
    let sites = sites(
        &[],
        vec![
            record(
                "shop",
                "https://shop.example.com",
                &[
                    ("sign_up", "closed"),
                    ("providers", "none"),
                    ("site_name", "Shop"),
                    ("session_idle_seconds", "90"),
                ],
            ),
            child,
            record(
                "sso",
                "https://sso.example.com",
                &[("password_sign_in", "off")],
            ),
        ],
    );
    for (base_url, providers, sign_up, passwords, name, idle) in [
        (
            PRODUCTION,
            1,
            SignUp::Open,
            PasswordSignIn::On,
            "Gatelet",
            604_800,
        ),
        (
            "https://shop.example.com",
            0,
            SignUp::Closed,
            PasswordSignIn::On,
            "Shop",
            90,
        ),
        (
            "https://child.example.com",
            0,
            SignUp::Open,
            PasswordSignIn::On,
            "Shop",
            90,
        ),
        (
            "https://sso.example.com",
            1,
            SignUp::Open,
            PasswordSignIn::Off,
            "Gatelet",
            604_800,
        ),
    ] {
        let site = at(&sites, base_url);
        assert_eq!(
            (
                site.sign_in.providers.iter().len(),
                site.sign_in.sign_up.who,
                site.sign_in.password_sign_in,
                site.origin.site_name(),
                site.origin.lifetimes().idle_seconds,
            ),
            (providers, sign_up, passwords, name, idle),
            "{base_url}"
        );
    }
}

#[test]
fn a_preview_has_its_own_users_and_its_parents_relay() {
    let shared = OriginRecord {
        place: Place::main(),
        ..preview("shared", "https://shared--app.previews.example.com")
    };
    let nested = OriginRecord {
        parent: "feat".to_owned(),
        ..preview("nested", "https://nested--app.previews.example.com")
    };
    let mut registered = preview("own", "https://own--app.previews.example.com");
    registered.values.push(("relay".into(), "off".into()));
    let sites = sites(
        &[("cookie_domain", "example.com")],
        vec![preview("feat", PREVIEW), shared, nested, registered],
    );
    for (base_url, shares_data, relay) in [
        (PREVIEW, false, Some(PRODUCTION)),
        (
            "https://shared--app.previews.example.com",
            true,
            Some(PRODUCTION),
        ),
        (
            "https://nested--app.previews.example.com",
            false,
            Some(PRODUCTION),
        ),
        ("https://own--app.previews.example.com", false, None),
    ] {
        let site = at(&sites, base_url);
        assert_eq!(site.kind, SiteKind::Preview { shares_data }, "{base_url}");
        assert_eq!(
            site.relay.as_ref().map(BaseUrl::as_str),
            relay,
            "{base_url}"
        );
        // Its sessions are its own host's, whoever's users it has.
        let audience = site.origin.audience();
        let (own, mark) = audience.split_once('@').unwrap_or((audience, ""));
        assert_eq!(
            (own, mark.is_empty()),
            (base_url, shares_data),
            "{base_url}"
        );
    }
    assert_eq!(at(&sites, PRODUCTION).relay, None);
}

/// What becomes of an answer that comes to `here` and was begun at `target`.
fn passes(sites: &Sites, here: &str, target: &str, relay: &str) -> Result<String, RefusalCode> {
    let provider = at(sites, PRODUCTION)
        .sign_in
        .providers
        .get("google")
        .expect("a provider")
        .clone();
    let relay = BaseUrl::parse(relay).expect("a base URL");
    let attempt = Attempt::begin(
        &provider,
        target,
        Some(&relay),
        ReturnTarget::default(),
        &[7; ATTEMPT_RANDOM_BYTES],
        NOW,
    );
    let state = attempt.state_parameter(sites.keys());
    let query = gatelet_forms::encode([("code", "c0de"), ("state", &state)]);
    let response = AuthorizationResponse::parse(query.as_bytes()).expect("parameters");
    let state = RelayState::of(&response, sites.keys())
        .expect("a relay state")
        .expect("ours");
    let served = sites.resolve(state.target().authority(), NOW).ok();
    let google = ProviderId::parse("google").expect("an id");
    at(sites, here)
        .let_pass(state, &google, served.as_deref(), NOW)
        .map(|passage| passage.target().to_string())
        .map_err(|refusal| refusal.code)
}

#[test]
fn answers_pass_between_a_preview_and_its_relay() {
    let sites = sites(
        &[],
        vec![
            preview("feat", PREVIEW),
            preview("far", "https://far.example.org"),
            record("shop", "https://shop.example.com", &[]),
        ],
    );
    assert_eq!(
        passes(&sites, PRODUCTION, PREVIEW, PRODUCTION),
        Ok(PREVIEW.to_owned())
    );
    for (case, here, target, relay, code) in [
        (
            "a preview that was deleted",
            PRODUCTION,
            "https://gone--app.previews.example.com",
            PRODUCTION,
            RefusalCode::RelayTargetUnknown,
        ),
        (
            "a preview outside",
            PRODUCTION,
            "https://far.example.org",
            PRODUCTION,
            RefusalCode::RelayTargetRefused,
        ),
        (
            "an origin that uses no relay",
            PRODUCTION,
            "https://shop.example.com",
            PRODUCTION,
            RefusalCode::RelayTargetRefused,
        ),
        (
            "through an origin that is not its relay",
            "https://shop.example.com",
            PREVIEW,
            "https://shop.example.com",
            RefusalCode::RelayTargetRefused,
        ),
        (
            "at another origin than asked",
            "https://shop.example.com",
            PREVIEW,
            PRODUCTION,
            RefusalCode::OriginMismatch,
        ),
        (
            "the preview on another port",
            PRODUCTION,
            "https://feat--app.previews.example.com:8443",
            PRODUCTION,
            RefusalCode::RelayTargetUnknown,
        ),
        (
            "the preview over plain HTTP",
            PRODUCTION,
            "http://feat--app.previews.example.com",
            PRODUCTION,
            RefusalCode::RelayTargetUnknown,
        ),
    ] {
        assert_eq!(passes(&sites, here, target, relay), Err(code), "{case}");
    }
}

#[test]
fn one_login_is_shared_by_listed_apps_and_by_no_preview_of_them() {
    let app = |name: &str, base_url: &str| record(name, base_url, &[("app_name", name)]);
    let sites = sites(
        &[
            ("cookie_domain", "example.com"),
            ("app_list", "armory,codex"),
        ],
        vec![
            app("armory", "https://armory.example.com"),
            app("other", "https://other.example.com"),
            record(
                "alone",
                "https://alone.example.com",
                &[
                    ("app_name", "codex"),
                    ("cookie_domain", "alone.example.com"),
                ],
            ),
            OriginRecord {
                parent: "armory".to_owned(),
                place: Place::main(),
                ..preview("shared", "https://shared--armory.example.com")
            },
            OriginRecord {
                parent: "armory".to_owned(),
                ..preview("feat", "https://feat--armory.example.com")
            },
        ],
    );
    let home = at(&sites, PRODUCTION);
    for (base_url, shares) in [
        ("https://armory.example.com", true),
        ("https://other.example.com", false),
        ("https://alone.example.com", false),
        ("https://shared--armory.example.com", false),
        ("https://feat--armory.example.com", false),
        (PRODUCTION, false),
    ] {
        let site = at(&sites, base_url);
        assert_eq!(home.shares_login_with(&site), shares, "{base_url}");
    }
}

#[test]
fn signing_out_at_one_app_signs_out_at_all() {
    use gatelet_core::cookie::CookieAge;
    let sites = sites(
        &[("cookie_domain", "example.com"), ("app_list", "armory")],
        vec![record(
            "armory",
            "https://armory.example.com",
            &[("app_name", "armory")],
        )],
    );
    let (auth, armory) = (
        at(&sites, PRODUCTION),
        at(&sites, "https://armory.example.com"),
    );
    // One row: the same audience in the same place, found by the same cookie.
    assert_eq!(auth.origin.audience(), armory.origin.audience());
    assert_eq!(auth.origin.place(), armory.origin.place());
    let names = auth.origin.cookies();
    assert_eq!(names.session(), armory.origin.cookies().session());
    // And the browser's copy goes for the whole domain.
    let cleared = names.set(names.session(), "", CookieAge::Clear);
    assert!(
        cleared.contains("Domain=example.com") && cleared.contains("Max-Age=0"),
        "{cleared}"
    );
}

#[test]
fn listed_apps_are_found_in_any_case() {
    let sites = sites(&[("app_list", "armory,codex")], Vec::new());
    let site = at(&sites, PRODUCTION);
    let found = |id: &str| site.app(id).map(AppId::as_str);
    assert_eq!((found("Armory"), found("shop")), (Some("armory"), None));
}

#[test]
fn debug_shows_no_secret() {
    let elsewhere = OriginRecord {
        place: Place {
            url: Secret::new("postgres://gatelet:hunter2@db/feat".to_owned()),
            schema: String::new(),
        },
        ..preview("feat", PREVIEW)
    };
    let sites = sites(
        &[
            ("github_client_id", "x"),
            ("github_client_secret", "hunter2"),
        ],
        vec![elsewhere],
    );
    let site = at(&sites, PREVIEW);
    assert!(!format!("{sites:?} {site:?}").contains("hunter2"));
}

#[test]
fn people_of_an_app_sign_in_where_its_login_is_shared() {
    let app = |name: &str, values: &[(&str, &str)]| {
        record(name, &format!("https://{name}.example.com"), values)
    };
    let below = |parent: &str, record: OriginRecord| OriginRecord {
        parent: parent.to_owned(),
        ..record
    };
    let records = vec![
        app("armory", &[("app_name", "Armory")]),
        app("rogue", &[("app_name", "rogue")]),
        app("nameless", &[("app_name", "")]),
        app("own", &[("app_name", "codex"), ("sign_in_pages", "own")]),
        app("apart", &[("app_name", "codex"), ("cookie_domain", "")]),
        OriginRecord {
            is_preview: true,
            ..app("feat", &[("app_name", "armory")])
        },
        // One that says the same domain itself shares the login all the same.
        app(
            "codex",
            &[("app_name", "codex"), ("cookie_domain", "example.com")],
        ),
        below("armory", app("annex", &[("app_name", "codex")])),
    ];
    let sites = sites(
        &[
            ("cookie_domain", "example.com"),
            ("app_list", "armory, codex"),
        ],
        records,
    );
    let served = |base_url: &BaseUrl| sites.resolve(base_url.authority(), NOW).ok();
    for (name, there) in [
        ("armory", Some(PRODUCTION)),
        ("codex", Some(PRODUCTION)),
        ("annex", Some(PRODUCTION)),
        ("rogue", None),
        ("nameless", None),
        ("own", None),
        ("apart", None),
        ("feat", None),
    ] {
        let site = at(&sites, &format!("https://{name}.example.com"));
        let found = site.signs_in_at(served);
        let found = found.as_ref().map(|site| site.base_url().as_str());
        assert_eq!(found, there, "{name}");
    }
    assert!(at(&sites, PRODUCTION).signs_in_at(served).is_none());
    let armory = at(&sites, "https://armory.example.com");
    assert!(armory.signs_in_at(|_| None::<Arc<Site>>).is_none());
}
