use super::*;

const BCRYPT: &str = "$2a$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW";

fn of(text: &str, format: Format) -> (Vec<Comer>, Vec<(usize, Reason)>) {
    let export = read(text, &format).expect("an export");
    let left = export.left.iter().map(|left| (left.place, left.reason));
    (export.comers, left.collect())
}

fn emails(comers: &[Comer]) -> Vec<&str> {
    comers.iter().map(|comer| comer.email.as_str()).collect()
}

#[test]
fn a_table_brings_everybody_with_an_address_and_says_who_is_left_out() {
    let table = format!(
        "\u{feff}Email,name,email_verified,password_hash,disabled,created_at\n\
         Ann@Example.com,\"Lee, Ann\",true,{BCRYPT},,2020-01-02T03:04:05Z\n\
         nobody,Nobody,,,,\n\
         ann@example.com,Twin,,,,\n\
         bob@example.com,,no,md5$abc,yes,1577934245000\n"
    );
    let (comers, left) = of(&table, Format::Csv);
    assert_eq!(emails(&comers), ["ann@example.com", "bob@example.com"]);
    let (ann, bob) = (&comers[0], &comers[1]);
    assert_eq!((ann.name.as_str(), ann.email_verified), ("Lee, Ann", true));
    assert_eq!(ann.hash.as_deref(), Some(BCRYPT));
    assert_eq!(
        (ann.created_at, bob.created_at),
        (Some(1_577_934_245), Some(1_577_934_245))
    );
    assert_eq!(
        (bob.name.as_str(), bob.email_verified, bob.disabled),
        ("bob", false, true)
    );
    assert_eq!(bob.hash, None);
    let expected = [
        (3, Reason::NoEmail),
        (4, Reason::Twice),
        (5, Reason::PasswordUnknown),
    ];
    assert_eq!(left, expected, "by line");
    assert!(read("name\nAnn\n", &Format::Csv).is_err());
}

#[test]
fn a_table_ends_without_a_line_break_and_has_only_so_many_columns() {
    let (comers, _) = of("email,name\r\nann@example.com,\"A \"\"B\"\"\"", Format::Csv);
    assert_eq!(comers[0].name, "A \"B\"");
    let wide = format!("email\na@example.com{}\nb@example.com\n", ",x".repeat(600));
    let (comers, left) = of(&wide, Format::Csv);
    assert_eq!(emails(&comers), ["b@example.com"]);
    assert_eq!(left, [(2, Reason::Malformed)]);
    assert!(read("", &Format::Csv).is_err());
}

#[test]
fn json_is_an_array_or_an_object_a_line() {
    let array = format!(r#"[{{"email":"ann@example.com","password_hash":"{BCRYPT}"}}]"#);
    let lines = format!("{}\n{{\n{{\"email\":5}}\n", &array[1..array.len() - 1]);
    let (comers, left) = of(&array, Format::Json);
    assert_eq!((comers[0].hash.as_deref(), left.len()), (Some(BCRYPT), 0));
    let (comers, left) = of(&lines, Format::Json);
    assert_eq!(emails(&comers), ["ann@example.com"]);
    assert_eq!(left, [(2, Reason::Malformed), (3, Reason::NoEmail)]);
}

/// As Supabase, Devise, Rails, FastAPI Users, Prisma and Laravel call it.
#[test]
fn the_column_of_hashes_is_known_by_the_names_that_programs_give_it() {
    for name in [
        "password_hash",
        "passwordHash",
        "encrypted_password",
        "hashed_password",
        "password_digest",
        "Password",
    ] {
        let table = format!("{name},email\n{BCRYPT},ann@example.com\n");
        let object = format!(r#"{{"{name}":"{BCRYPT}","email":"ann@example.com"}}"#);
        for (text, format) in [(table, Format::Csv), (object, Format::Json)] {
            let export = read(&text, &format).expect("an export");
            assert_eq!(export.comers[0].hash.as_deref(), Some(BCRYPT), "{text}");
            assert_eq!(export.unread, [""; 0], "{text}");
        }
    }
    // Of several the one that holds a hash.
    let both = format!(
        r#"[{{"email":"a@example.com","password":"{BCRYPT}","password_hash":"md5"}},
            {{"email":"b@example.com","password":"","passwordHash":"{BCRYPT}"}}]"#
    );
    let (comers, left) = of(&both, Format::Json);
    assert_eq!((comers[0].hash.as_deref(), left.len()), (Some(BCRYPT), 0));
    assert_eq!(comers[1].hash.as_deref(), Some(BCRYPT));
}

#[test]
fn a_password_itself_is_taken_for_no_hash() {
    for word in [
        "correct horse battery staple",
        "5f4dcc3b5aa765d61d8327deb882cf99",
    ] {
        let table = format!("email,password\nann@example.com,{word}\n");
        let (comers, left) = of(&table, Format::Csv);
        assert_eq!(comers[0].hash, None, "{word}");
        assert_eq!(left, [(2, Reason::PasswordUnknown)], "{word}");
    }
}

#[test]
fn what_was_not_read_is_named_and_who_has_no_password_is_counted() {
    let table = format!(
        "id,email,pw,encrypted_password, \n\
         1,a@example.com,{BCRYPT},,\n2,b@example.com,,md5,\n3,c@example.com,,{BCRYPT},\n4,,,md5,\n"
    );
    let objects = format!(
        r#"[{{"id":1,"email":"a@example.com","pw":"{BCRYPT}"}},
            {{"email":"b@example.com","encryptedPassword":"md5"}},
            {{"email":"c@example.com","encrypted_password":"{BCRYPT}"}},
            {{"id":4,"encrypted_password":"md5"}}]"#
    );
    for (text, format) in [(table, Format::Csv), (objects, Format::Json)] {
        let export = read(&text, &format).expect("an export");
        assert_eq!(export.unread, ["id", "pw"], "{format:?}");
        let without = WithoutPassword {
            none_given: 1,
            unknown: 1,
            without_parameters: 0,
        };
        assert_eq!(export.without_password(), without, "{format:?}");
        assert_eq!((without.all(), export.comers.len()), (2, 3));
    }
    let all =
        r#"{"users":[{"email":"a@example.com","passwordHash":"x"},{"email":"b@example.com"}]}"#;
    let export = read(all, &Format::Firebase(None)).expect("an export");
    let without = WithoutPassword {
        none_given: 1,
        unknown: 0,
        without_parameters: 1,
    };
    assert_eq!(export.without_password(), without);
}

#[test]
fn better_auths_tables_belong_together_by_the_users_id() {
    let (salt, hash) = ("0f".repeat(16), "ab".repeat(64));
    let tables = format!(
        r#"{{"user":[
            {{"id":"u1","email":"ann@example.com","emailVerified":true,"name":"Ann","createdAt":"2025-01-02T03:04:05.678Z"}},
            {{"id":"u2","email":"bob@example.com","emailVerified":0,"name":"Bob","banned":true}}],
           "account":[
            {{"userId":"u1","providerId":"google","accountId":"g"}},
            {{"userId":"u1","providerId":"credential","password":"{salt}:{hash}"}}]}}"#
    );
    let (comers, left) = of(&tables, Format::BetterAuth);
    assert_eq!(left, []);
    let hash = comers[0].hash.as_deref().expect("a hash");
    assert!(
        hash.starts_with("$scrypt$nfkc,ln=14,r=16,p=1$MGYw"),
        "{hash}"
    );
    assert_eq!(comers[0].created_at, Some(1_735_787_045));
    assert_eq!(
        (comers[1].hash.as_deref(), comers[1].disabled),
        (None, true)
    );
    assert!(read("{}", &Format::BetterAuth).is_err());
}

#[test]
fn auth0s_lines_bring_bcrypt() {
    let lines = format!(
        r#"{{"_id":{{"$oid":"60425dc43519d90068f82973"}},"email_verified":true,"email":"ann@example.com","passwordHash":"{BCRYPT}","tenant":"t"}}"#
    );
    let (comers, left) = of(&lines, Format::Auth0);
    assert_eq!((comers[0].hash.as_deref(), left.len()), (Some(BCRYPT), 0));
    assert!(comers[0].email_verified);
}

/// The user, password and parameters of Firebase's own documents.
#[test]
fn firebases_users_need_the_projects_parameters() {
    let users = r#"{"users":[{"localId":"1","email":"user1@test.com","emailVerified":false,
        "passwordHash":"lSrfV15cpx95_sZS2W9c9Kp6i_LVgQNDNC_qzrCnh1SAyZvqmZqAjTdn3aoItz-VHjoZilo78198JAdRuid5lQ==",
        "salt":"42xEC-ixf3L2lw==","createdAt":"1486324122000","providerUserInfo":[]}]}"#;
    let config = "hash_config {\n  algorithm: SCRYPT,\n  base64_signer_key: jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==,\n  base64_salt_separator: Bw==,\n  rounds: 8,\n  mem_cost: 14,\n}";
    let parsed = FirebaseConfig::parse(config).expect("parameters");
    assert!(!format!("{parsed:?}").contains("jxspr8"));
    let (comers, left) = of(users, Format::Firebase(Some(parsed)));
    assert_eq!((left.len(), comers[0].created_at), (0, Some(1_486_324_122)));
    let known = "$firebase$ln=14,r=8$42xEC+ixf3L2lw$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ$Bw$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA";
    assert_eq!(comers[0].hash.as_deref(), Some(known));
    let (comers, left) = of(users, Format::Firebase(None));
    assert_eq!(comers[0].hash, None);
    assert_eq!(left, [(1, Reason::PasswordWithoutParameters)]);
    let missing = FirebaseConfig::parse(&config.replace("mem_cost", "memory"));
    assert_eq!(missing.err(), Some(FirebaseConfigError("mem_cost")));
}

#[test]
fn keycloaks_realm_brings_pbkdf2_and_argon2() {
    let realm = r#"{"realm":"r","users":[
        {"username":"ann","email":"ann@example.com","emailVerified":true,"enabled":true,"firstName":"Ann","lastName":"Lee","createdTimestamp":1577934245000,
         "credentials":[{"type":"otp"},{"type":"password","secretData":"{\"value\":\"3q2+796tvu/erb7v3q2+796tvu/erb7v3q2+796tvu8=\",\"salt\":\"c2FsdHNhbHRzYWx0c2FsdA==\"}","credentialData":"{\"hashIterations\":27500,\"algorithm\":\"pbkdf2-sha256\"}"}]},
        {"username":"bob","email":"bob@example.com","enabled":false,
         "credentials":[{"type":"password","secretData":"{\"value\":\"3q2+796tvu/erb7v3q2+796tvu/erb7v3q2+796tvu8=\",\"salt\":\"c2FsdHNhbHRzYWx0c2FsdA==\"}","credentialData":"{\"hashIterations\":5,\"algorithm\":\"argon2\",\"additionalParameters\":{\"hashLength\":[\"32\"],\"memory\":[\"7168\"],\"type\":[\"id\"],\"version\":[\"1.3\"],\"parallelism\":[\"1\"]}}"}]},
        {"username":"service-account"}]}"#;
    let (comers, left) = of(realm, Format::Keycloak);
    assert_eq!(left, [(3, Reason::NoEmail)]);
    assert_eq!(comers[0].name, "Ann Lee");
    assert_eq!(
        comers[0].hash.as_deref(),
        Some(
            "$pbkdf2-sha256$i=27500$c2FsdHNhbHRzYWx0c2FsdA$3q2+796tvu/erb7v3q2+796tvu/erb7v3q2+796tvu8"
        )
    );
    let argon2 = comers[1].hash.as_deref().expect("a hash");
    assert!(
        argon2.starts_with("$argon2id$v=19$m=7168,t=5,p=1$"),
        "{argon2}"
    );
    assert!(comers[1].disabled && !comers[0].disabled);
}

#[test]
fn djangos_dump_brings_its_users_and_nothing_of_other_tables() {
    let dump = r#"[{"model":"auth.group","pk":1,"fields":{"name":"g"}},
        {"model":"auth.user","pk":1,"fields":{"password":"pbkdf2_sha256$1000000$seasalt$r1uLUxoxpP2Ued/qxvmje7UH9PUJBkRrvf9gGPL7Cps=","username":"ann","first_name":"","last_name":"","email":"ann@example.com","is_active":true,"date_joined":"2020-01-02T03:04:05Z"}},
        {"model":"auth.user","pk":2,"fields":{"password":"!unusable","username":"bob","email":"bob@example.com","is_active":false}},
        {"model":"auth.user","pk":3,"fields":{"password":"argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdHNhbHRzYWx0c2FsdA$3q2+796tvu/erb7v3q2+796tvu/erb7v3q2+796tvu8","username":"cy","email":"cy@example.com"}}]"#;
    let (comers, left) = of(dump, Format::Django);
    assert_eq!(
        emails(&comers),
        ["ann@example.com", "bob@example.com", "cy@example.com"]
    );
    assert!(
        comers[0]
            .hash
            .as_deref()
            .is_some_and(|hash| hash.starts_with("pbkdf2_sha256$1000000$"))
    );
    assert_eq!(
        (comers[0].name.as_str(), comers[0].email_verified),
        ("ann", false)
    );
    assert_eq!(
        (comers[1].hash.as_deref(), comers[1].disabled),
        (None, true)
    );
    // Django's own default for Argon2 takes 100 MiB.
    let argon2 = comers[2].hash.as_deref();
    assert!(argon2.is_some_and(|hash| hash.starts_with("$argon2id$v=19$m=102400,t=2,p=8$")));
    assert_eq!(left, []);
}

#[test]
fn djangos_other_hashes_come_along_and_those_that_nobody_should_keep_do_not() {
    let (bcrypt, left) = of(&with_password(&format!("bcrypt${BCRYPT}")), Format::Django);
    assert_eq!((bcrypt[0].hash.as_deref(), left.len()), (Some(BCRYPT), 0));
    for kept in [
        "bcrypt_sha256$$2b$04$CCCCCCCCCCCCCCCCCCCCC.3TTwpC5Bwj7ds9p/UadWA7yfctaiUsS",
        "scrypt$16384$seasalt$8$5$ECMIUp+LMxMSK8xB/IVyba+KYGTI7FTnet025q/1f/vBAVnnP3hdYqJuRi+mJn6ji6ze3Fbb7JEFPKGpuEf5vw==",
    ] {
        let (comers, left) = of(&with_password(kept), Format::Django);
        assert_eq!((comers[0].hash.as_deref(), left.len()), (Some(kept), 0));
    }
    for unknown in [
        "md5$seasalt$3f86d0d3d465b7b458c231bf3555c0e3",
        "argon2id",
        "scrypt$1048576$seasalt$8$5$ECMIUp+LMxMSK8xB/IVyba+KYGTI7FTnet025q/1f/vBAVnnP3hdYqJuRi+mJn6ji6ze3Fbb7JEFPKGpuEf5vw==",
    ] {
        let (comers, left) = of(&with_password(unknown), Format::Django);
        assert_eq!(comers[0].hash, None, "{unknown}");
        assert_eq!(left, [(1, Reason::PasswordUnknown)], "{unknown}");
    }
}

/// One user of Django's.
fn with_password(hash: &str) -> String {
    format!(
        r#"[{{"model":"auth.user","pk":1,"fields":{{"email":"ann@example.com","password":"{hash}"}}}}]"#
    )
}

#[test]
fn djangos_users_have_proved_what_django_allauth_says() {
    let dump = r#"[
        {"model":"auth.user","pk":1,"fields":{"username":"ann","email":"Ann@Example.com","password":"!"}},
        {"model":"auth.user","pk":2,"fields":{"username":"bob","email":"bob@example.com","password":"!"}},
        {"model":"auth.user","pk":3,"fields":{"username":"cy","email":"","password":"!"}},
        {"model":"auth.user","fields":{"username":"dan","email":"dan@example.com","password":"!"}},
        {"model":"auth.user","pk":5,"fields":{"username":"eve","email":"eve@example.com","password":"!"}},
        {"model":"account.emailaddress","pk":1,"fields":{"user":1,"email":"ann@example.com","verified":true,"primary":true}},
        {"model":"account.emailaddress","pk":2,"fields":{"user":2,"email":"bob@example.com","verified":false,"primary":true}},
        {"model":"account.emailaddress","pk":3,"fields":{"user":2,"email":"bob@elsewhere.example","verified":true,"primary":false}},
        {"model":"account.emailaddress","pk":4,"fields":{"user":3,"email":"spare@example.com","verified":false,"primary":false}},
        {"model":"account.emailaddress","pk":5,"fields":{"user":3,"email":"cy@example.com","verified":true,"primary":true}},
        {"model":"account.emailaddress","pk":6,"fields":{"user":["dan"],"email":"dan@example.com","verified":true,"primary":true}},
        {"model":"account.emailaddress","pk":7,"fields":{"user":1,"email":"eve@example.com","verified":true,"primary":false}}]"#;
    let (comers, left) = of(dump, Format::Django);
    assert_eq!(left, []);
    let said: Vec<_> = comers
        .iter()
        .map(|comer| (comer.email.as_str(), comer.email_verified))
        .collect();
    let expected = [
        ("ann@example.com", true),
        // Another address of his is proved.
        ("bob@example.com", false),
        ("cy@example.com", true),
        ("dan@example.com", true),
        // Somebody else says so.
        ("eve@example.com", false),
    ];
    assert_eq!(said, expected);
}

#[test]
fn djangos_users_may_be_of_a_model_of_the_projects_own() {
    let dump = r#"[{"model":"accounts.member","pk":1,"fields":{"password":"!x","email":"ann@example.com"}},
        {"model":"accounts.member_address","pk":1,"fields":{"email":"other@example.com"}}]"#;
    let (comers, left) = of(dump, Format::Django);
    assert_eq!(emails(&comers), ["ann@example.com"]);
    assert!(left.is_empty());
    let none = r#"[{"model":"b.tag","fields":{"name":"x"}},{"model":"a.post","fields":{}}]"#;
    let refused = read(none, &Format::Django).expect_err("nobody is in it");
    assert!(refused.to_string().contains("a.post, b.tag"), "{refused}");
    assert!(read("[]", &Format::Django).is_ok());
}

#[test]
fn a_mark_of_the_encoding_before_a_file_is_passed_over() {
    for (file, format) in [
        (r#"[{"email":"ann@example.com"}]"#, Format::Json),
        (r#"{"email":"ann@example.com"}"#, Format::Json),
        ("email\nann@example.com\n", Format::Csv),
        (
            r#"[{"model":"auth.user","fields":{"email":"ann@example.com"}}]"#,
            Format::Django,
        ),
    ] {
        let (comers, _) = of(&format!("\u{feff}{file}"), format);
        assert_eq!(emails(&comers), ["ann@example.com"], "{file}");
    }
}
