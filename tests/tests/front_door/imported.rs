//! Users who come along from other programs, with their passwords.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use gatelet_tests::account::Account;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::node::Node;
use gatelet_tests::on_both_engines;
use serde_json::{Value, json};

on_both_engines! {
    users_that_a_real_better_auth_made_sign_in_with_their_passwords_and_are_hashed_anew,
}

/// A file in Gatelet's folder.
fn file(setup: &Setup, name: &str, text: &str) -> PathBuf {
    let path = setup.folder().join(name);
    fs::write(&path, text).expect("our folder");
    path
}

fn import(gatelet: &Gatelet, format: &str, text: &str, more: &[&str]) -> Output {
    let path = file(gatelet.setup(), "export", text);
    let path = path.to_string_lossy();
    let arguments = ["users", "import", &*path, "--format", format];
    let arguments: Vec<&str> = arguments.iter().chain(more).copied().collect();
    gatelet.setup().run(&arguments)
}

#[track_caller]
fn came(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn somebody(email: &str, password: &str) -> Account {
    Account {
        email: email.to_owned(),
        password: password.to_owned(),
        ..Account::new("Somebody")
    }
}

fn users_that_a_real_better_auth_made_sign_in_with_their_passwords_and_are_hashed_anew(
    engine: Engine,
) {
    let better_auth = Node::start("better-auth.mjs", &[]);
    let accounts = [
        Account::new("Ann Lee"),
        // Read in another form than ours.
        Account {
            password: format!(
                "\u{fb01}rst \u{212b}ngstr\u{f6}m {}",
                Account::new("x").password
            ),
            ..Account::new("Björn")
        },
    ];
    let users: Vec<Value> = accounts
        .iter()
        .map(|one| json!({ "email": one.email, "name": one.name, "password": one.password }))
        .collect();
    let tables = better_auth.ask(&json!({ "users": users })).to_string();

    let gatelet = Gatelet::start(engine);
    let dry = came(&import(&gatelet, "better-auth", &tables, &["--dry-run"]));
    assert!(dry.starts_with("2 would come, 0 of them without"), "{dry}");
    accounts[0].sign_in(&gatelet.visitor(), "/").expect(401);
    let said = came(&import(&gatelet, "better-auth", &tables, &[]));
    assert_eq!(
        said,
        "2 came, 0 of them without a password; 0 had an account already; 0 are left out."
    );
    let said = came(&import(&gatelet, "better-auth", &tables, &[]));
    assert_eq!(
        said,
        "0 came, 0 of them without a password; 2 had an account already; 0 are left out."
    );

    for account in &accounts {
        let wrong = Account {
            password: format!("{}x", account.password),
            ..account.clone()
        };
        wrong.sign_in(&gatelet.visitor(), "/").expect(401);
        let visitor = gatelet.visitor();
        account.sign_in(&visitor, "/").expect(303);
        let me = visitor.get("/auth/me").send().expect(200).json();
        assert_eq!(
            (&me["name"], &me["emailVerified"]),
            (&account.name.as_str().into(), &false.into())
        );
    }
    if engine == Engine::Postgres {
        let others =
            "SELECT COUNT(*) FROM auth_accounts WHERE password_hash NOT LIKE '$argon2id$%'";
        assert_eq!(
            gatelet.database().value(others).as_deref(),
            Some("0"),
            "hashed anew"
        );
    }
    for account in &accounts {
        account.sign_in(&gatelet.visitor(), "/").expect(303);
    }
}

/// Hashes that the programs publish, or their own tests hold.
#[test]
fn passwords_of_other_programs_open_once_they_are_imported() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let bcrypt = "$2a$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW";
    let auth0 =
        json!({ "email": "auth0@example.com", "email_verified": true, "passwordHash": bcrypt });
    let django = [
        (
            "django@example.com",
            "pbkdf2_sha256$1000000$seasalt$r1uLUxoxpP2Ued/qxvmje7UH9PUJBkRrvf9gGPL7Cps=",
        ),
        // Its default takes 100 MiB.
        (
            "argon2@example.com",
            "argon2$argon2id$v=19$m=102400,t=2,p=8$c2Vhc2FsdHNlYXNhbHQ$5X8M3A6KY2o98xsl1DnfJpaxc9OdBrgUbl3HjifV1qo",
        ),
        (
            "scrypt@example.com",
            "scrypt$16384$seasalt$8$5$ECMIUp+LMxMSK8xB/IVyba+KYGTI7FTnet025q/1f/vBAVnnP3hdYqJuRi+mJn6ji6ze3Fbb7JEFPKGpuEf5vw==",
        ),
        (
            "bcrypt@example.com",
            "bcrypt_sha256$$2b$12$.QYotebI2vC5cpMSfruOcuHIiQIWM9HJopF5ihH6MAas7xfGWizzS",
        ),
    ];
    let django: Vec<Value> = django
        .iter()
        .map(|(email, hash)| {
            json!({ "model": "auth.user",
                "fields": { "email": email, "username": "d", "is_active": true, "password": hash } })
        })
        .collect();
    let django = Value::from(django);
    let firebase = json!({ "users": [{ "localId": "1", "email": "firebase@example.com",
        "passwordHash": "lSrfV15cpx95_sZS2W9c9Kp6i_LVgQNDNC_qzrCnh1SAyZvqmZqAjTdn3aoItz-VHjoZilo78198JAdRuid5lQ==",
        "salt": "42xEC-ixf3L2lw==" }] });
    let config = "hash_config {\n  algorithm: SCRYPT,\n  base64_signer_key: jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,\n  base64_salt_separator: Bw==,\n  rounds: 8,\n  mem_cost: 14,\n}\n";
    let config = file(gatelet.setup(), "hash-config", config);
    let config = config.to_string_lossy();
    let csv = format!(
        "email,password_hash,disabled\ncsv@example.com,{bcrypt},\noff@example.com,{bcrypt},true\nnobody,,\n"
    );

    came(&import(&gatelet, "auth0", &auth0.to_string(), &[]));
    came(&import(&gatelet, "django", &django.to_string(), &[]));
    came(&import(
        &gatelet,
        "firebase",
        &firebase.to_string(),
        &["--firebase-hash", &config],
    ));
    let output = import(&gatelet, "csv", &csv, &[]);
    assert_eq!(
        came(&output),
        "2 came, 0 of them without a password; 0 had an account already; 1 are left out."
    );
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.starts_with("4: left out: has no email address"),
        "{said}"
    );

    for (email, password) in [
        ("auth0@example.com", "abc123xyz"),
        ("django@example.com", "l\u{e8}tmein"),
        ("argon2@example.com", "l\u{e8}tmein"),
        ("scrypt@example.com", "l\u{e8}tmein"),
        ("bcrypt@example.com", "l\u{e8}tmein"),
        ("firebase@example.com", "user1password"),
        ("csv@example.com", "abc123xyz"),
    ] {
        somebody(email, "something else")
            .sign_in(&gatelet.visitor(), "/")
            .expect(401);
        for _ in 0..2 {
            somebody(email, password)
                .sign_in(&gatelet.visitor(), "/")
                .expect(303);
        }
    }
    somebody("off@example.com", "abc123xyz")
        .sign_in(&gatelet.visitor(), "/")
        .expect(403);
    let broken = import(&gatelet, "keycloak", "[]", &[]);
    assert!(!broken.status.success());
}

/// A second import repairs nobody, so all of it is told, at best before.
#[test]
fn who_comes_without_a_password_is_counted_and_what_was_not_read_is_named() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let bcrypt = "$2a$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW";
    let csv = format!(
        "email,encrypted_password,crypt\nann@example.com,{bcrypt},\nbob@example.com,,{bcrypt}\n\
         cy@example.com,abc123xyz,\n"
    );
    for (more, summary) in [
        (
            &["--dry-run"][..],
            "3 would come, 2 of them without a password; 0 are left out.",
        ),
        (
            &[],
            "3 came, 2 of them without a password; 0 had an account already; 0 are left out.",
        ),
    ] {
        let output = import(&gatelet, "csv", &csv, more);
        assert_eq!(came(&output), summary);
        let said = String::from_utf8_lossy(&output.stderr);
        for line in [
            "4: comes without the password",
            "1 for whom the file has none, 1 whose hash cannot be checked",
            "columns that were not read: crypt",
        ] {
            assert!(said.contains(line), "{line}: {said}");
        }
        assert_eq!(said.contains("users reset-link"), more.is_empty(), "{said}");
        assert!(!said.contains("abc123xyz"), "{said}");
    }
    let ann = somebody("ann@example.com", "abc123xyz");
    ann.sign_in(&gatelet.visitor(), "/").expect(303);
    // A password that stands there as it is, is nobody's.
    let cy = somebody("cy@example.com", "abc123xyz");
    cy.sign_in(&gatelet.visitor(), "/").expect(401);
}

#[test]
fn firebases_users_are_not_made_without_their_passwords_unless_that_is_said() {
    let gatelet = Gatelet::start(Engine::Sqlite);
    let users = json!({ "users": [{ "localId": "1", "email": "ann@example.com",
        "passwordHash": "lSrf", "salt": "42xE" }] })
    .to_string();
    for more in [&[][..], &["--dry-run"]] {
        let output = import(&gatelet, "firebase", &users, more);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{said}");
        assert!(said.contains("--firebase-hash"), "{said}");
    }
    let said = came(&import(
        &gatelet,
        "firebase",
        &users,
        &["--without-passwords"],
    ));
    assert!(
        said.starts_with("1 came, 1 of them without a password"),
        "{said}"
    );
}

/// Of two who come along with the same address, the provider's owner gets the account that
/// the operator vouches for, and not the other.
#[test]
fn whom_an_operator_or_django_allauth_vouches_for_is_joined_by_a_provider() {
    let provider = IdentityProvider::shared();
    let hash = "pbkdf2_sha256$1000$seasalt$r1uLUxoxpP2Ued/qxvmje7UH9PUJBkRrvf9gGPL7Cps=";
    let user = json!({ "model": "auth.user", "pk": 7, "fields": {
        "email": "ada@example.com", "username": "ada", "password": hash } });
    let address = json!({ "model": "account.emailaddress", "pk": 1, "fields": {
        "user": 7, "email": "ada@example.com", "verified": true, "primary": true } });
    for (dump, more, is_joined) in [
        (json!([user]), &[][..], false),
        (json!([user]), &["--verified"], true),
        (json!([user, address]), &[], true),
    ] {
        let (setup, _) = Setup::new(Engine::Sqlite).providers(&[("acme", &provider)]);
        let gatelet = setup.start();
        came(&import(&gatelet, "django", &dump.to_string(), more));
        let shown = gatelet
            .setup()
            .run(&["users", "show", "ada@example.com", "--json"]);
        let shown: Value = serde_json::from_slice(&shown.stdout).expect("JSON");
        assert_eq!(shown["emailVerified"], is_joined, "{more:?}");
        let visitor = gatelet.visitor();
        provider
            .there_and_back(&visitor, "/auth/start/acme?return_to=/", "ada")
            .expect(303);
        let me = visitor.get("/auth/me").send().expect(200).json();
        assert_eq!(me["id"] == shown["id"], is_joined, "{more:?}");
    }
}
