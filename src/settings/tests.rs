use super::*;
use crate::fixture::{BASE_URL, KEY, settings};

fn problem(changes: &[(&str, &str)]) -> Option<String> {
    let standard = [("base_url", BASE_URL), ("session_keys", KEY)];
    let pairs = changes.iter().copied().chain(standard);
    GateSettings::from_variables(pairs)
        .err()
        .map(|error| error.to_string())
}

#[test]
fn defaults_with_a_key_are_valid() {
    let settings =
        GateSettings::from_variables([("session_keys", KEY), ("upstream", ""), ("base_url", "  ")])
            .unwrap();
    let origin = settings.origins.main();
    assert_eq!(origin.base_url().as_str(), "http://localhost:3000");
    assert_eq!(origin.upstream().as_str(), "http://demo.spin.internal");
    assert_eq!(
        *origin.lifetimes(),
        Lifetimes {
            fresh_seconds: 60,
            grace_seconds: 0,
            idle_seconds: 604_800,
            lifetime_seconds: 2_592_000
        }
    );
    assert_eq!(origin.site_name(), "Gatelet");
    assert!(!origin.is_insecure());
}

#[test]
fn plain_http_is_refused_unless_only_this_machine_hears_it() {
    for base_url in [
        "http://app.example.com",
        "http://10.0.0.1:3000",
        "http://localhost.example.com",
        "http://[2001:db8::1]",
    ] {
        let line = problem(&[("base_url", base_url)]).unwrap();
        assert!(
            line.starts_with("base_url: ") && line.contains("insecure_http=allow"),
            "{line}"
        );
        assert_eq!(
            problem(&[("base_url", base_url), ("insecure_http", "allow")]),
            None,
            "{base_url}"
        );
    }
    for base_url in [
        "http://localhost:3000",
        "http://a.localhost",
        "http://127.0.0.1",
        "http://[::1]:3000",
        "https://app.example.com",
    ] {
        assert_eq!(problem(&[("base_url", base_url)]), None, "{base_url}");
    }
}

#[test]
fn an_error_is_one_line_that_names_the_variable_and_the_mend() {
    let weak = format!("k1:{}", "A".repeat(43));
    for (name, value, says) in [
        ("base_url", "app.example.com", "https://app.example.com"),
        (
            "base_url",
            "https://user:hunter2@app.example.com",
            "user name or password",
        ),
        ("base_url", "https://app.example.com/path", "path"),
        ("upstream", "localhost:8080", "http://"),
        ("upstream", "ftp://localhost", "http://"),
        ("upstream", "http://localhost:8080/base", "path"),
        ("upstream", BASE_URL, "circles"),
        ("session_keys", " , ", "gatelet keys new"),
        ("session_keys", "hunter2", "gatelet keys new"),
        ("session_keys", &weak, "not random"),
        ("session_fresh_seconds", "-1", "seconds"),
        ("session_fresh_seconds", "1.5", "seconds"),
        ("session_fresh_seconds", "+60", "seconds"),
        ("session_fresh_seconds", "99999999999999999999", "seconds"),
        ("session_fresh_seconds", "86401", "seconds"),
        ("session_grace_seconds", "86401", "seconds"),
        ("session_idle_seconds", "0", "seconds"),
        ("session_lifetime_seconds", "1e9", "seconds"),
        ("cookie_domain", "example.org", "app.example.com"),
        ("cookie_domain", "p.example.com", "app.example.com"),
        ("cookie_domain", "com", "single label"),
        ("cookie_domain", "example.com/", "app.example.com"),
        ("insecure_http", "yes", "refuse"),
        ("trusted_proxies", "everyone", "10.0.0.0/8"),
        ("public_paths", "assets", "/assets/*"),
        ("public_paths", "/a/../b", "/assets/*"),
        ("site_name", "a\u{1b}b", "control"),
        ("app_access", "some", "granted"),
        ("app_access", "granted", "set app_name"),
    ] {
        let line = problem(&[(name, value)]).unwrap_or_else(|| panic!("{name}={value} passes"));
        assert!(
            line.starts_with(&format!("{name}: ")) && line.contains(says),
            "{line}"
        );
        assert!(!line.contains('\n') && !line.contains("hunter2"), "{line}");
    }
    let missing = GateSettings::from_variables([]).unwrap_err();
    assert_eq!(
        missing.to_string(),
        "session_keys: is not set: make a key with `gatelet keys new`"
    );
    let address = problem(&[
        ("base_url", "https://192.0.2.7"),
        ("cookie_domain", "0.2.7"),
    ]);
    assert!(address.unwrap().starts_with("cookie_domain: "));
    // On label boundaries.
    let suffix = problem(&[
        ("base_url", "https://evil-example.com"),
        ("cookie_domain", "example.com"),
    ]);
    assert!(suffix.unwrap().starts_with("cookie_domain: "));
}

#[test]
fn values_may_be_as_large_as_is_said_and_no_larger() {
    for (name, largest, beyond) in [
        ("session_fresh_seconds", "86400", "86401"),
        ("session_grace_seconds", "86400", "86401"),
        ("session_idle_seconds", "34560000", "34560001"),
        ("session_lifetime_seconds", "34560000", "34560001"),
        ("hsts_seconds", "315360000", "315360001"),
        ("site_name", &"x".repeat(64), &"x".repeat(65)),
        ("passed_fields", &many(32), &many(33)),
    ] {
        assert_eq!(problem(&[(name, largest)]), None, "{name}");
        let line = problem(&[(name, beyond)]).unwrap_or_else(|| panic!("{name}={beyond}"));
        assert!(line.starts_with(&format!("{name}: ")), "{line}");
    }
    for (name, least, below) in [
        ("session_idle_seconds", "60", "59"),
        ("session_lifetime_seconds", "60", "59"),
    ] {
        assert_eq!(problem(&[(name, least)]), None, "{name}");
        assert!(problem(&[(name, below)]).is_some(), "{name}");
    }
}

/// So many names of fields.
fn many(count: usize) -> String {
    let names: Vec<String> = (0..count).map(|n| format!("x-f{n}")).collect();
    names.join(",")
}

#[test]
fn fields_that_are_ours_to_say_or_none_at_all_are_not_passed() {
    for name in [
        "x-forwarded-user",
        "X-Forwarded-Email",
        "x_ip",
        "x y",
        "x-\u{fc}",
        "x:y",
    ] {
        let line = problem(&[("passed_fields", name)]);
        let line = line.unwrap_or_else(|| panic!("{name} passes"));
        assert!(line.starts_with("passed_fields: "), "{line}");
    }
    assert_eq!(
        problem(&[("passed_fields", "X-Client-Ip, remote-user,")]),
        None
    );
}

#[test]
fn settings_show_no_key() {
    let settings = GateSettings::from_variables([("session_keys", KEY)]).unwrap();
    assert!(!format!("{settings:?}").contains(KEY.split_once(':').unwrap().1));
}

#[test]
fn access_by_grant_without_an_app_is_refused() {
    const GRANTED: (&str, &str) = ("app_access", "granted");
    for name in ["", "  "] {
        let line = problem(&[GRANTED, ("app_name", name)]).unwrap();
        assert!(
            line.starts_with("app_access: is granted and app_name is not set"),
            "{line}"
        );
    }
    assert_eq!(problem(&[GRANTED, ("app_name", "codex")]), None);
    assert_eq!(problem(&[("app_access", "all")]), None);
}

#[test]
fn who_is_active_is_asked_for_before_the_idle_time_is_over() {
    for (fresh, idle, counts) in [
        ("60", "60", 30),
        ("30", "60", 30),
        ("0", "60", 0),
        ("600", "900", 450),
    ] {
        let settings = settings(&[
            ("session_fresh_seconds", fresh),
            ("session_idle_seconds", idle),
        ]);
        let lifetimes = settings.origins.main().lifetimes();
        assert_eq!(lifetimes.fresh_seconds, counts, "{fresh} of {idle}");
    }
}
