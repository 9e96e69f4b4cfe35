//! Sessions that a Better Auth keeps, from the cookie to the verdict.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use proptest::prelude::*;
use sha2::Sha256;

use super::ForeignAnswer;
use super::better_auth::ForeignSession;
use crate::decide::{Question, Verdict, decide, question};
use crate::error::{Code, StoreError};
use crate::fixture::{Asked, BASE_URL, BROWSER, KEY, NOW, claims, session_cookie, settings};
use crate::secret::Secret;
use crate::session::StoredUser;
use crate::settings::GateSettings;

const SECRET: &str = "s3cret-of-the-tests-0123456789-abcdef";
const TOKEN: &str = "kq3hVtZ8sXy2Wd0RfLpNb7GmJc5Ue1Ao";
const OTHER_TOKEN: &str = "Zb8rJd4yQwT1nVx6KsLf0HcMgPe2UaOi";
/// Made by `signCookieValue` of better-call 2.0.2, which Better Auth signs with.
const SIGNED: &str =
    "kq3hVtZ8sXy2Wd0RfLpNb7GmJc5Ue1Ao.q06RYtfubQNiHwa2r6ajOo%2FcNapQAArq5bhUBuFpNuY%3D";
const NAME: &str = "__Secure-better-auth.session_token";
const PLAIN_NAME: &str = "better-auth.session_token";

fn gate(changes: &[(&str, &str)]) -> GateSettings {
    let ours = [
        ("auth_backend", "better-auth"),
        ("better_auth_secret", SECRET),
    ];
    let all: Vec<_> = changes.iter().copied().chain(ours).collect();
    settings(&all)
}

fn refused(changes: &[(&str, &str)]) -> String {
    let standard = [("base_url", BASE_URL), ("session_keys", KEY)];
    let pairs = changes.iter().copied().chain(standard);
    let error = GateSettings::from_variables(pairs).expect_err("settings that do not fit");
    error.to_string()
}

fn signed_with(token: &str, secret: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
    mac.update(token.as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let encoded = signature.replace('+', "%2B").replace('/', "%2F");
    format!("{token}.{}", encoded.replace('=', "%3D"))
}

fn signed(token: &str) -> String {
    signed_with(token, SECRET)
}

fn row(token: &str) -> ForeignSession {
    ForeignSession {
        token: Secret::new(token.to_owned()),
        user: StoredUser {
            id: format!("user-of-{token}"),
            email: "Ada@Example.com".to_owned(),
            email_verified: true,
            name: "Ada Lovelace".to_owned(),
            created_at: NOW - 9000,
        },
        created_at: NOW - 1000,
        expires_at: NOW + 600,
        is_banned: false,
        ban_expires_at: None,
        role: "editor, admins,Not A Name,editor".to_owned(),
    }
}

fn asked(cookies: &[&str]) -> Asked {
    let mut asked = Asked::get("/a").with(BROWSER);
    for cookie in cookies {
        asked = asked.with(&[("cookie", cookie)]);
    }
    asked
}

/// Asks about these tokens and no others, and is answered so.
#[track_caller]
fn answered(
    asked: &Asked,
    settings: &GateSettings,
    tokens: &[&str],
    answer: Result<Vec<ForeignSession>, StoreError>,
) -> Verdict {
    let answer = answer.map(ForeignAnswer::BetterAuth);
    assert_eq!(decide(&asked.head(), settings, NOW), Verdict::Ask);
    let Question::Foreign(resume) = question(&asked.head(), settings, NOW) else {
        panic!("it is asked about");
    };
    assert_eq!(resume.look_up.opened().collect::<Vec<_>>(), tokens);
    let shown = format!("{resume:?}");
    assert!(tokens.iter().all(|token| !shown.contains(token)), "{shown}");
    resume.answered(answer, &asked.head(), settings, NOW)
}

/// Our cookie that an answer sets, as browsers send it back.
#[track_caller]
fn own_cookie(verdict: &Verdict) -> String {
    let Verdict::Forward(edits) = verdict else {
        panic!("not forwarded: {verdict:?}");
    };
    let set = edits.response.get("set-cookie").expect("a cookie of ours");
    set.split(';').next().unwrap_or_default().to_owned()
}

#[track_caller]
fn is_nobody(verdict: Verdict, code: Code) {
    let reply = verdict.reply();
    assert_eq!((reply.status, reply.code), (303, Some(code)));
}

#[test]
fn a_cookie_of_a_real_better_auth_says_who_is_asking() {
    assert_eq!(signed(TOKEN), SIGNED, "as better-call signs it");
    let settings = gate(&[]);
    let good = asked(&[&format!("{NAME}={SIGNED}; theme=dark")]);
    let verdict = answered(&good, &settings, &[TOKEN], Ok(vec![row(TOKEN)]));
    let edits = verdict.clone().edits();
    for (name, value) in [
        ("x-forwarded-user", Some(&*format!("user-of-{TOKEN}"))),
        ("x-forwarded-email", Some("ada@example.com")),
        ("x-forwarded-email-verified", Some("true")),
        ("x-forwarded-name", Some("Ada Lovelace")),
        ("x-forwarded-provider", Some("better-auth")),
        ("x-forwarded-groups", Some("")),
    ] {
        assert_eq!(
            edits.set.get(name).filter(|one| !one.is_empty()),
            value.filter(|one| !one.is_empty()),
            "{name}"
        );
    }
    // The app goes on with it.
    assert!(edits.remove.is_empty() && edits.cookies.is_none());
    // Within its time, and no longer than the row.
    let set = edits.response.get("set-cookie").unwrap();
    assert!(
        set.starts_with("__Host-gatelet=") && set.contains("Max-Age=600;"),
        "{set}"
    );
}

#[test]
fn a_fresh_copy_is_believed_beside_the_cookie_that_it_was_made_from_and_no_other() {
    let settings = gate(&[]);
    let theirs = format!("{NAME}={SIGNED}");
    let verdict = answered(
        &asked(&[&theirs]),
        &settings,
        &[TOKEN],
        Ok(vec![row(TOKEN)]),
    );
    let ours = own_cookie(&verdict);

    let user = |verdict: Verdict| {
        verdict
            .edits()
            .set
            .get("x-forwarded-user")
            .map(str::to_owned)
    };
    let both = asked(&[&ours, &theirs]);
    let fresh = decide(&both.head(), &settings, NOW + 59);
    assert_eq!(
        user(fresh),
        Some(format!("user-of-{TOKEN}")),
        "no store was asked"
    );
    assert_eq!(
        decide(&both.head(), &settings, NOW + 60),
        Verdict::Ask,
        "its window is over"
    );

    // Alone it says nothing.
    is_nobody(
        decide(&asked(&[&ours]).head(), &settings, NOW),
        Code::SessionNone,
    );
    // Nor beside another, good or not.
    let other = format!("{NAME}={}", signed(OTHER_TOKEN));
    let verdict = answered(
        &asked(&[&ours, &other]),
        &settings,
        &[OTHER_TOKEN],
        Ok(vec![row(OTHER_TOKEN)]),
    );
    assert_eq!(user(verdict), Some(format!("user-of-{OTHER_TOKEN}")));
    let forged = format!("{NAME}={TOKEN}.{}", &signed(OTHER_TOKEN)[33..]);
    is_nobody(
        decide(&asked(&[&ours, &forged]).head(), &settings, NOW),
        Code::SessionInvalid,
    );
    // The same token in another writing is another cookie.
    let written_otherwise = format!("{NAME}=%6B{}", &SIGNED[1..]);
    let again = asked(&[&ours, &written_otherwise]);
    answered(&again, &settings, &[TOKEN], Ok(vec![row(TOKEN)])).edits();
}

#[test]
fn a_copy_of_one_backend_is_nothing_to_another() {
    let better = gate(&[]);
    let theirs = format!("{NAME}={SIGNED}");
    // A session of ours, signed by the very key, which a good cookie stands beside.
    let ours = session_cookie(&claims());
    is_nobody(
        decide(&asked(&[&ours]).head(), &better, NOW),
        Code::SessionNone,
    );
    let verdict = answered(&asked(&[&ours, &theirs]), &better, &[TOKEN], Ok(Vec::new()));
    is_nobody(verdict, Code::SessionExpired);
    // And the other way round.
    let verdict = answered(&asked(&[&theirs]), &better, &[TOKEN], Ok(vec![row(TOKEN)]));
    let copy = own_cookie(&verdict);
    is_nobody(
        decide(&asked(&[&copy, &theirs]).head(), &settings(&[]), NOW),
        Code::SessionInvalid,
    );
    let alias = settings(&[("auth_backend", "kv-oauth")]);
    decide(&asked(&[&ours]).head(), &alias, NOW).edits();
}

#[test]
fn a_cookie_that_the_secret_did_not_sign_is_nobodys_and_asks_nobody() {
    let settings = gate(&[]);
    let signature = &signed(OTHER_TOKEN)[33..];
    let long = "x".repeat(192);
    let (long_signed, dotless) = (signed(&long), signed("").replace('.', ""));
    let last = SIGNED.len() - 4;
    for (value, why) in [
        (
            &*format!("{TOKEN}.{signature}"),
            "a right token with another's signature",
        ),
        (
            &format!("{OTHER_TOKEN}.{}", &SIGNED[33..]),
            "a right signature of another's token",
        ),
        (
            &signed_with(TOKEN, "another-secret-0123456789-0123456789"),
            "another secret",
        ),
        (TOKEN, "no signature"),
        (&format!("{TOKEN}."), "an empty one"),
        (&SIGNED[..last], "one cut short"),
        (&format!("{SIGNED}A"), "one with more behind it"),
        (&SIGNED.replace("%2F", "%252F"), "encoded twice"),
        (&SIGNED.replace("%2F", "_"), "in base64url"),
        (&signed(""), "no token"),
        (&dotless, "no dot"),
        (&long_signed, "a token that is too long"),
        (&"x".repeat(4000), "a cookie that is too long"),
        ("%FF%FE.%FF", "no text"),
        ("", "nothing"),
    ] {
        let verdict = decide(&asked(&[&format!("{NAME}={value}")]).head(), &settings, NOW);
        let reply = verdict.reply();
        assert_eq!(reply.code, Some(Code::SessionInvalid), "{why}");
    }
    for (name, why) in [
        (
            "better-auth.session_data",
            "the copy that it keeps in a cookie",
        ),
        ("other.session_token", "another prefix"),
        (
            "__Host-better-auth.session_token",
            "a name that it never uses",
        ),
    ] {
        let verdict = decide(
            &asked(&[&format!("{name}={SIGNED}")]).head(),
            &settings,
            NOW,
        );
        assert_eq!(verdict.reply().code, Some(Code::SessionNone), "{why}");
    }
    let prefixed = gate(&[("better_auth_cookie_prefix", "other")]);
    let other = asked(&[&format!("other.session_token={SIGNED}")]);
    answered(&other, &prefixed, &[TOKEN], Ok(vec![row(TOKEN)])).edits();
}

proptest! {
    #[test]
    fn whatever_bytes_a_cookie_has_they_are_nobodys(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let settings = gate(&[]);
        let backend = settings.origins.main().backend().foreign().expect("Better Auth");
        // None of them is a MAC.
        prop_assert_eq!(backend.open(&bytes), None);
        let mut near = SIGNED.as_bytes().to_vec();
        for (at, byte) in bytes.iter().enumerate().take(2) {
            near[at * 40 + usize::from(*byte) % 40] ^= 1 | byte & 0x5e;
        }
        if bytes.len() >= 2 {
            prop_assert_eq!(backend.open(&near), None);
        }
    }
}

#[test]
fn a_row_that_has_run_out_or_is_of_somebody_banned_is_nobody() {
    let settings = gate(&[]);
    let banned = |until| ForeignSession {
        is_banned: true,
        ban_expires_at: until,
        ..row(TOKEN)
    };
    let expires = |expires_at| ForeignSession {
        expires_at,
        ..row(TOKEN)
    };
    for (row, passes, why) in [
        (expires(NOW + 1), true, "its last second"),
        (expires(NOW), false, "run out"),
        (expires(0), false, "long ago"),
        (banned(None), false, "banned"),
        (banned(Some(NOW + 1)), false, "banned for another second"),
        (banned(Some(NOW)), true, "banned until now"),
        (row(OTHER_TOKEN), false, "a row that was not asked for"),
    ] {
        let asked = asked(&[&format!("{PLAIN_NAME}={SIGNED}")]);
        let verdict = answered(&asked, &settings, &[TOKEN], Ok(vec![row]));
        match verdict {
            Verdict::Forward(_) => assert!(passes, "{why}"),
            verdict => {
                assert!(!passes, "{why}");
                let reply = verdict.reply();
                assert_eq!(reply.code, Some(Code::SessionExpired), "{why}");
                let cleared = reply.fields.get("set-cookie").unwrap_or_default();
                assert!(cleared.contains("Max-Age=0"), "{why}");
            }
        }
    }
}

#[test]
fn of_several_cookies_the_first_good_one_counts() {
    let settings = gate(&[]);
    let (one, other) = (
        format!("{NAME}={SIGNED}"),
        format!("{PLAIN_NAME}={}", signed(OTHER_TOKEN)),
    );
    let forged = format!("{NAME}={TOKEN}.{}", &signed(OTHER_TOKEN)[33..]);
    let user = |verdict: &Verdict| match verdict {
        Verdict::Forward(edits) => edits.set.get("x-forwarded-user").map(str::to_owned),
        other => panic!("{other:?}"),
    };
    let rows = || Ok(vec![row(OTHER_TOKEN), row(TOKEN)]);
    // What only HTTPS can set comes first, wherever it stands.
    let both = answered(
        &asked(&[&other, &one]),
        &settings,
        &[TOKEN, OTHER_TOKEN],
        rows(),
    );
    assert_eq!(user(&both), Some(format!("user-of-{TOKEN}")));
    // One that has run out, or was forged, hides no good one.
    let verdict = answered(
        &asked(&[&one, &other]),
        &settings,
        &[TOKEN, OTHER_TOKEN],
        Ok(vec![row(OTHER_TOKEN)]),
    );
    assert_eq!(user(&verdict), Some(format!("user-of-{OTHER_TOKEN}")));
    let verdict = answered(
        &asked(&[&forged, &other]),
        &settings,
        &[OTHER_TOKEN],
        rows(),
    );
    assert_eq!(user(&verdict), Some(format!("user-of-{OTHER_TOKEN}")));
    // The copy of the second is not believed once the first is there.
    let copy = own_cookie(&verdict);
    decide(&asked(&[&copy, &other]).head(), &settings, NOW).edits();
    decide(&asked(&[&copy, &forged, &other]).head(), &settings, NOW).edits();
    let verdict = answered(
        &asked(&[&copy, &one, &other]),
        &settings,
        &[TOKEN, OTHER_TOKEN],
        rows(),
    );
    assert_eq!(user(&verdict), Some(format!("user-of-{TOKEN}")));
    // They are bounded: each costs a MAC.
    let many: Vec<String> = (0..20)
        .map(|n| format!("{NAME}={}", signed(&format!("t{n}"))))
        .collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    answered(
        &asked(&many),
        &settings,
        &["t0", "t1", "t2", "t3"],
        Ok(Vec::new()),
    );
}

#[test]
fn roles_are_groups_only_where_that_is_said() {
    let rule = ("access_rules", "/* group admins");
    let with = gate(&[("better_auth_roles", "groups"), rule]);
    let asked = asked(&[&format!("{NAME}={SIGNED}")]);
    let edits = answered(&asked, &with, &[TOKEN], Ok(vec![row(TOKEN)])).edits();
    assert_eq!(edits.set.get("x-forwarded-groups"), Some("admins,editor"));
    let reply = answered(&asked, &gate(&[rule]), &[TOKEN], Ok(vec![row(TOKEN)])).reply();
    assert_eq!(reply.code, Some(Code::AccessGroup));
}

#[test]
fn a_store_that_fails_lets_nobody_in_and_leaves_public_paths_open() {
    let settings = gate(&[("public_paths", "/open"), ("session_grace_seconds", "100")]);
    let theirs = format!("{NAME}={SIGNED}");
    for error in [
        StoreError::Unavailable,
        StoreError::Schema,
        StoreError::Internal,
    ] {
        let reply = answered(&asked(&[&theirs]), &settings, &[TOKEN], Err(error)).reply();
        assert_eq!((reply.status, reply.code), (503, Some(error.into())));
        let mut open = asked(&[&theirs]);
        open.target = "/open".to_owned();
        let edits = answered(&open, &settings, &[TOKEN], Err(error)).edits();
        assert_eq!(edits.set.get("x-forwarded-user"), None);
    }
    // In its grace a copy is believed a while longer beside its own cookie alone.
    let verdict = answered(
        &asked(&[&theirs]),
        &settings,
        &[TOKEN],
        Ok(vec![row(TOKEN)]),
    );
    let ours = own_cookie(&verdict);
    let later = |cookies: &[&str], error| {
        let asked = asked(cookies);
        let Question::Foreign(resume) = question(&asked.head(), &settings, NOW + 100) else {
            panic!("the window is over");
        };
        resume.answered(Err(error), &asked.head(), &settings, NOW + 100)
    };
    later(&[&ours, &theirs], StoreError::Unavailable).edits();
    // Tables that are gone are no outage.
    assert_eq!(
        later(&[&ours, &theirs], StoreError::Schema).reply().status,
        503
    );
    let other = format!("{NAME}={}", signed(OTHER_TOKEN));
    assert_eq!(
        later(&[&ours, &other], StoreError::Unavailable)
            .reply()
            .status,
        503
    );
}

#[test]
fn a_personal_access_token_of_ours_is_nobodys_there() {
    let settings = gate(&[]);
    let token = crate::access_token::AccessToken::from_random([7; 20]);
    let bearer = format!("Bearer {}", token.expose());
    let asked = asked(&[&format!("{NAME}={SIGNED}")]).with(&[("authorization", &bearer)]);
    let reply = decide(&asked.head(), &settings, NOW).reply();
    assert_eq!(reply.code, Some(Code::TokenInvalid));
}

#[test]
fn settings_that_do_not_fit_stop_the_start() {
    let better = ("auth_backend", "better-auth");
    let secret = ("better_auth_secret", SECRET);
    for (changes, begins) in [
        (
            &[("auth_backend", "clerk")][..],
            "auth_backend: is none of gatelet, kv-oauth",
        ),
        (
            &[("auth_backend", "workos"), ("workos_cookie_name", "a b")],
            "workos_cookie_name: is no cookie's name",
        ),
        (
            &[
                ("auth_backend", "workos"),
                ("workos_cookie_name", "gatelet"),
            ],
            "workos_cookie_name: is no cookie's name",
        ),
        (&[better], "better_auth_secret: is not set"),
        (
            &[better, ("better_auth_secret", "short")],
            "better_auth_secret: is shorter",
        ),
        (
            &[
                better,
                (
                    "better_auth_secret",
                    "better-auth-secret-12345678901234567890",
                ),
            ],
            "better_auth_secret: is the one that Better Auth publishes",
        ),
        (
            &[better, secret, ("better_auth_tables", "user")],
            "better_auth_tables: is not two",
        ),
        (
            &[
                better,
                secret,
                ("better_auth_tables", "user; drop table x, session"),
            ],
            "better_auth_tables: is not two",
        ),
        (
            &[better, secret, ("better_auth_columns", "kebab")],
            "better_auth_columns: is neither",
        ),
        (
            &[better, secret, ("better_auth_roles", "yes")],
            "better_auth_roles: is neither",
        ),
        (
            &[better, secret, ("better_auth_cookie_prefix", "a b")],
            "better_auth_cookie_prefix: is no part",
        ),
        (
            &[
                better,
                secret,
                ("access_rules", "/a signed-in with passkey"),
            ],
            "access_rules: asks how",
        ),
        (
            &[better, secret, ("access_rules", "/a signed-in within 5m")],
            "access_rules: asks how",
        ),
        (
            &[
                better,
                secret,
                ("app_access", "granted"),
                ("app_name", "shop"),
            ],
            "app_access: is granted, and users of auth_backend=better-auth",
        ),
        (
            &[better, secret, ("sign_in_url", "/login")],
            "sign_in_url: /login is not open",
        ),
        (
            &[better, secret, ("sign_out_url", "/logout?to={return_to}")],
            "sign_out_url: /logout is not open",
        ),
    ] {
        let line = refused(changes);
        assert!(line.starts_with(begins) && !line.contains('\n'), "{line}");
        assert!(!line.contains(SECRET), "{line}");
    }
    let fits = gate(&[("sign_in_url", "/login"), ("public_paths", "/login")]);
    let shown = format!("{fits:?}");
    assert!(!shown.contains(SECRET), "{shown}");
    // What is not in use is not asked for.
    settings(&[
        ("sign_in_url", "/login"),
        ("access_rules", "/a signed-in with passkey"),
    ]);
}

#[test]
fn cookies_of_its_sessions_are_told_from_others() {
    let settings = gate(&[]);
    let backend = settings.origins.main().backend().foreign().unwrap();
    for (name, is_one) in [
        (NAME, true),
        (PLAIN_NAME, true),
        ("better-auth.session_data", true),
        ("__Secure-better-auth.session_data.1", true),
        ("better-auth.session_database", false),
        ("better-auth.state", false),
        ("session_token", false),
        ("", false),
    ] {
        assert_eq!(backend.is_of_session(name), is_one, "{name}");
    }
}
