//! Providers by their presets: written by the command, and signed in by.

use std::fs;
use std::process::Output;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Setup;
use gatelet_tests::hostile_provider::{CLIENT_SECRET, HostileProvider};
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::response::Response;
use gatelet_tests::visitor::Visitor;
use gatelet_tests::{on_both_engines, secrets};
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::pkcs8::{EncodePrivateKey as _, LineEnding};
use serde_json::{Value, json};

on_both_engines! {
    whoever_is_added_by_the_command_lets_people_in_and_whoever_is_removed_does_not,
}

fn setup(engine: Engine) -> Setup {
    Setup::new(engine).variable("provider_hosts", "http://127.0.0.1:*")
}

#[track_caller]
fn done(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The one line of a refusal.
#[track_caller]
fn refused(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    assert!(!output.status.success(), "it works");
    assert_eq!(said.lines().count(), 1, "{said}");
    said
}

#[track_caller]
fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// What the profile's settings are, if they are there.
fn kept(setup: &Setup) -> String {
    fs::read_to_string(setup.folder().join(".gatelet/env")).unwrap_or_default()
}

#[track_caller]
fn sign_in(visitor: &Visitor, provider: &IdentityProvider, id: &str) -> Response {
    provider.there_and_back(visitor, &format!("/auth/start/{id}"), "ada")
}

fn whoever_is_added_by_the_command_lets_people_in_and_whoever_is_removed_does_not(engine: Engine) {
    let okta = IdentityProvider::start();
    let keycloak = IdentityProvider::with(&json!({"idTokenClaims": true, "path": "/realms/acme"}));
    let server = keycloak.issuer().trim_end_matches("/realms/acme");
    let setup = setup(engine);
    let client = okta.client(&setup.redirect_uri("okta"));
    let add = ["providers", "add", "okta", "--domain", okta.issuer()];
    let arguments = [
        &add[..],
        &["--client-id", &client.id, "--client-secret", "-"],
    ]
    .concat();
    let said = done(&setup.run_reading(&arguments, format!("{}\n", client.secret).as_bytes()));
    assert!(said.contains("okta is set in .gatelet/env"), "{said}");
    assert!(said.contains(&setup.redirect_uri("okta")), "{said}");
    assert!(said.contains("and its keys are found"), "{said}");

    let second = keycloak.client(&setup.redirect_uri("staff"));
    let file = setup.folder().join("keycloak.secret");
    fs::write(&file, &second.secret).expect("our folder");
    let add = [
        &["providers", "add", "keycloak", "--domain", server][..],
        &[
            "--realm", "acme", "--id", "staff", "--name", "Staff", "--json",
        ],
        &["--client-id", &second.id],
        &["--client-secret-file", "keycloak.secret"],
    ];
    let said = read(&done(&setup.run(&add.concat())));
    assert_eq!(said["issuer"], keycloak.issuer(), "{said}");
    assert_eq!(said["redirectUris"], json!([setup.redirect_uri("staff")]));
    assert_eq!(said["checked"], true);

    let listed = read(&done(&setup.run(&["providers", "list", "--json"])));
    let ids = listed["providers"].as_array().expect("a list").iter();
    let ids: Vec<_> = ids
        .map(|one| (&one["id"], &one["preset"], &one["secret"]))
        .collect();
    let (set, name) = (json!("set"), |name: &str| json!(name));
    assert_eq!(
        ids,
        [
            (&name("okta"), &name("okta"), &set),
            (&name("staff"), &name("keycloak"), &set),
        ]
    );

    let mut gatelet = setup.start();
    let page = gatelet.visitor().visit("/auth/sign-in").send().text();
    assert!(page.contains("Okta") && page.contains("Staff"), "{page}");
    for (id, provider) in [("okta", &okta), ("staff", &keycloak)] {
        let visitor = gatelet.visitor();
        let answer = sign_in(&visitor, provider, id);
        assert_eq!(
            answer.status.as_u16(),
            303,
            "{id}: {}",
            answer.description()
        );
        let session = visitor.get("/auth/session").send().json();
        assert_eq!(session["provider"], id);
    }

    let before = kept(gatelet.setup());
    assert!(before.contains(&client.secret));
    let said = done(&gatelet.setup().run(&["providers", "rm", "okta"]));
    assert!(said.contains("okta is removed"), "{said}");
    let after = kept(gatelet.setup());
    assert!(
        !after.contains(&client.secret) && !after.contains(&client.id),
        "nothing of it stays"
    );
    assert!(after.contains(&second.id), "the others stay");
    let said = refused(&gatelet.setup().run(&["providers", "rm", "okta"]));
    assert!(said.contains("there are staff"), "{said}");
    gatelet.restart();
    let page = gatelet.visitor().visit("/auth/sign-in").send().text();
    assert!(!page.contains("Okta") && page.contains("Staff"), "{page}");
    gatelet
        .visitor()
        .visit("/auth/start/okta")
        .send()
        .expect(404);
}

#[test]
fn what_is_refused_leaves_the_settings_as_they_were() {
    let provider = IdentityProvider::shared();
    let setup = setup(Engine::Sqlite);
    let client = provider.client(&setup.redirect_uri("okta"));
    let okta = |more: &[&str]| {
        let okta = ["providers", "add", "okta", "--domain", provider.issuer()];
        let okta = [&okta[..], &["--client-id", &client.id], more].concat();
        setup.run_reading(&okta, client.secret.as_bytes())
    };
    done(&okta(&["--client-secret", "-"]));
    let before = kept(&setup);
    let dead = "http://127.0.0.1:1";
    for (arguments, expected) in [
        (&["add", "oktta"][..], "did you mean okta?"),
        (
            &["add", "keycloak", "--domain", "a.example"],
            "--realm is missing",
        ),
        (&["add", "auth0"], "--domain is missing: the tenant"),
        (&["add", "google"], "--client-id is missing"),
        (
            &["add", "google", "--client-id", "c"],
            "--client-secret is missing",
        ),
        (
            &[
                "add",
                "google",
                "--client-id",
                "c",
                "--client-secret",
                "in-the-clear",
            ],
            "--client-secret: is neither - nor vault:NAME",
        ),
        (
            &[
                "add",
                "google",
                "--client-id",
                "c",
                "--client-secret-file",
                "none",
            ],
            "--client-secret-file none",
        ),
        (
            &[
                "add",
                "okta",
                "--domain",
                "x.example",
                "--client-id",
                "c",
                "--client-secret",
                "-",
            ],
            "okta: is configured already",
        ),
        (
            &[
                "add",
                "okta",
                "--id",
                "b",
                "--domain",
                "a b",
                "--client-id",
                "c",
                "--client-secret",
                "-",
            ],
            "`domain` must be",
        ),
        (
            &[
                "add",
                "okta",
                "--id",
                "b",
                "--domain",
                "a.example",
                "--realm",
                "x",
                "--client-id",
                "c",
                "--client-secret",
                "-",
            ],
            "`realm` says nothing with `preset` okta",
        ),
        (
            &[
                "add",
                "okta",
                "--id",
                "b",
                "--domain",
                dead,
                "--client-id",
                "c",
                "--client-secret",
                "-",
            ],
            "nothing is written; --no-check writes it all the same",
        ),
        (
            // Its issuer ends in a slash, and this one's does not.
            &[
                "add",
                "auth0",
                "--domain",
                provider.issuer(),
                "--client-id",
                "c",
                "--client-secret",
                "-",
            ],
            "discovery.issuer_mismatch",
        ),
        (
            &[
                "add",
                "apple",
                "--team-id",
                "TEAM123456",
                "--key-id",
                "KEY1234567",
                "--client-id",
                "c",
                "--client-secret",
                "-",
            ],
            "AuthKey_",
        ),
        (
            &[
                "add",
                "okta",
                "--id",
                "b",
                "--domain",
                "a.example",
                "--field",
                "nonsense=1",
                "--client-id",
                "c",
                "--client-secret",
                "-",
            ],
            "unknown field `nonsense`",
        ),
        (
            &["rm", "google"],
            "google: is no provider in .gatelet/env: there are okta",
        ),
        (
            &[
                "add",
                "okta",
                "--origin",
                "nowhere",
                "--id",
                "b",
                "--domain",
                "a.example",
                "--client-id",
                "c",
                "--client-secret",
                "vault:B",
            ],
            "there is no origin nowhere",
        ),
    ] {
        let arguments = [&["providers"], arguments].concat();
        let said = refused(&setup.run_reading(&arguments, client.secret.as_bytes()));
        assert!(said.contains(expected), "{arguments:?}: {said}");
        assert!(!said.contains("in-the-clear"), "{said}");
        assert_eq!(kept(&setup), before, "{arguments:?}");
    }
    // Whoever knows better has it written.
    let unchecked = ["--no-check", "--client-secret", "-", "--id", "later"];
    let arguments = [
        &[
            "providers",
            "add",
            "okta",
            "--domain",
            dead,
            "--client-id",
            "c",
        ],
        &unchecked[..],
    ];
    done(&setup.run_reading(&arguments.concat(), b"s"));
    assert!(kept(&setup).contains(dead));
}

#[test]
fn an_issuer_without_a_preset_is_added_by_its_address() {
    let provider = IdentityProvider::shared();
    let setup = setup(Engine::Sqlite);
    let client = provider.client_with(
        &setup.redirect_uri("acme"),
        &json!({"token_endpoint_auth_method": "none"}),
    );
    let add = [
        &["providers", "add", "acme", "--issuer", provider.issuer()][..],
        &["--client-id", &client.id, "--name", "Acme Inc"],
        &["--field", "token_endpoint_auth_method=none"],
        &["--field", r#"email_domains=["example.com"]"#],
    ];
    done(&setup.run(&add.concat()));
    let gatelet = setup.start();
    let page = gatelet.visitor().visit("/auth/sign-in").send().text();
    assert!(page.contains("Acme Inc"), "{page}");
    sign_in(&gatelet.visitor(), &provider, "acme").expect(303);
}

#[test]
fn presets_are_listed_with_what_each_asks_for() {
    let setup = setup(Engine::Sqlite);
    let said = done(&setup.run(&["providers", "list", "--presets"]));
    for part in [
        "okta",
        "--domain acme.okta.com",
        "--tenant",
        "[--domain gitlab.acme.example]",
        "https://cognito-idp.{region}.amazonaws.com/{pool}",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let listed = read(&done(&setup.run(&[
        "providers",
        "list",
        "--presets",
        "--json",
    ])));
    let presets = listed["presets"].as_array().expect("a list");
    let keycloak = presets.iter().find(|one| one["id"] == "keycloak");
    let asks = &keycloak.expect("keycloak")["asks"];
    assert_eq!(
        (&asks[0]["field"], &asks[1]["field"]),
        (&json!("domain"), &json!("realm"))
    );
    let none = read(&done(&setup.run(&["providers", "list", "--json"])));
    assert_eq!(none, json!({"providers": []}));
}

#[test]
fn every_origin_and_preview_is_told_to_the_provider() {
    let provider = IdentityProvider::shared();
    let gatelet = setup(Engine::Sqlite).start();
    let setup = gatelet.setup();
    done(&setup.run(&["origins", "set", "shop", "base_url=http://shop.localhost:1"]));
    done(&setup.run(&[
        "origins",
        "set",
        "quiet",
        "base_url=http://quiet.localhost:1",
        "providers=none",
    ]));
    let client = provider.client(&setup.redirect_uri("okta"));
    let okta = |more: &[&str]| {
        let okta = ["providers", "add", "okta", "--domain", provider.issuer()];
        [&okta[..], &["--client-id", &client.id, "--json"], more]
            .concat()
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let run = |arguments: Vec<String>| {
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        setup.run_reading(&arguments, client.secret.as_bytes())
    };
    let said = read(&done(&run(okta(&["--client-secret", "-"]))));
    let shop = "http://shop.localhost:1/auth/callback/okta";
    assert_eq!(
        said["redirectUris"],
        json!([setup.redirect_uri("okta"), shop])
    );

    // One origin's own: the secret is in the vault, and the others are as they were.
    let plain = ["--id", "own", "--origin", "quiet", "--client-secret", "-"];
    let said = refused(&run(okta(&plain)));
    assert!(said.contains("vault:NAME"), "{said}");
    let removed = done(&run(["providers", "rm", "okta"]
        .map(str::to_owned)
        .to_vec()));
    assert!(removed.contains("okta is removed"), "{removed}");
    let own = [
        "--id",
        "own",
        "--origin",
        "shop",
        "--client-secret",
        "vault:OWN",
    ];
    let said = read(&done(&run(okta(&own))));
    assert_eq!(said["writtenTo"], "origin shop");
    assert_eq!(
        said["redirectUris"],
        json!(["http://shop.localhost:1/auth/callback/own"])
    );
    let shown = done(&setup.run(&["origins", "show", "shop"]));
    assert!(
        shown.contains(r#"oidc_client_secrets = {"own":"vault:OWN"} (its own)"#),
        "{shown}"
    );
    let listed = read(&done(&setup.run(&[
        "providers",
        "list",
        "--origin",
        "shop",
        "--json",
    ])));
    assert_eq!(listed["providers"][0]["secret"], "vault:OWN");
    let listed = read(&done(&setup.run(&["providers", "list", "--json"])));
    assert_eq!(listed["providers"], json!([]));
    done(&setup.run(&["providers", "rm", "own", "--origin", "shop"]));
    let shown = done(&setup.run(&["origins", "show", "shop"]));
    assert!(!shown.contains("vault:OWN"), "{shown}");
}

/// Somebody else's provider that is said to be this one, by an entry of its preset.
fn pretending(provider: &HostileProvider, entry: Value, secret: &str) -> Setup {
    let id = entry["id"]
        .as_str()
        .or(entry["preset"].as_str())
        .expect("a name")
        .to_owned();
    let mut entry = entry;
    entry["issuer"] = provider.issuer().into();
    entry["client_id"] = provider.entry("x")["client_id"].clone();
    setup(Engine::Sqlite)
        .variable("oidc_providers", &json!([entry]).to_string())
        .variable("oidc_client_secrets", &json!({ id: secret }).to_string())
}

#[test]
fn apples_answer_is_posted_and_its_client_secret_is_made_from_the_key() {
    let provider = HostileProvider::start();
    provider.plan(|plan| {
        plan.discovery = Box::new(|document| {
            document["response_modes_supported"] = json!(["query", "fragment", "form_post"]);
        });
        // Apple's has no name.
        plan.claims = Box::new(|claims| {
            claims.as_object_mut().expect("claims").remove("name");
        });
    });
    let key = SigningKey::from_slice(&[9; 32]).expect("below the order");
    let pem = key.to_pkcs8_pem(LineEnding::LF).expect("a key is encoded");
    secrets::remember(pem.lines().nth(1).expect("a second line"));
    let entry = json!({"preset": "apple", "team_id": "TEAM123456", "key_id": "KEY1234567"});
    let gatelet = pretending(&provider, entry, &pem).start();
    let visitor = gatelet.visitor();
    let start = visitor
        .visit("/auth/start/apple?return_to=/headers")
        .send()
        .expect(303);
    let location = start.header("location");
    assert!(location.contains("response_mode=form_post"), "{location}");
    assert!(location.contains("scope=openid+email+name"), "{location}");
    let there = visitor.visit(location).send().expect(302);
    let (to, query) = there
        .header("location")
        .split_once('?')
        .expect("a query")
        .to_owned();
    let user = r#"{"name":{"firstName":"Ann","lastName":"Lee"},"email":"x@y.example"}"#;
    let user: String = url::form_urlencoded::byte_serialize(user.as_bytes()).collect();
    let form = format!("{query}&user={user}");
    let posted = visitor.posted_by(provider.issuer(), to, form);
    let posted = posted.send().expect(303);
    visitor
        .visit(posted.header("location"))
        .send()
        .expect_redirect("/headers");
    let me = visitor.get("/auth/me").send().json();
    assert_eq!(me["name"], "Ann Lee", "which it says once");

    let secret = provider
        .token_fields("client_secret")
        .remove(0)
        .expect("in the body");
    let (signed, signature) = secret.rsplit_once('.').expect("a token");
    let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).expect("base64url");
    let signature = Signature::from_slice(&decode(signature)).expect("a signature");
    key.verifying_key()
        .verify(signed.as_bytes(), &signature)
        .expect("by the key");
    let (header, claims) = signed.split_once('.').expect("two parts");
    let part = |text| serde_json::from_slice::<Value>(&decode(text)).expect("JSON");
    let (header, claims) = (part(header), part(claims));
    assert_eq!(
        (&header["alg"], &header["kid"]),
        (&json!("ES256"), &json!("KEY1234567"))
    );
    assert_eq!(claims["iss"], "TEAM123456");
    assert_eq!(claims["aud"], "https://appleid.apple.com");
    assert_eq!(claims["sub"], provider.entry("x")["client_id"]);
    let seconds = |name: &str| claims[name].as_u64().expect("a time");
    assert_eq!(seconds("exp") - seconds("iat"), 600);
}

#[test]
fn linkedin_gets_no_code_verifier_and_need_not_repeat_the_nonce() {
    let provider = HostileProvider::start();
    let nameless = |plan: &mut gatelet_tests::hostile_provider::Plan| {
        plan.claims = Box::new(|claims| {
            claims.as_object_mut().expect("claims").remove("nonce");
        });
    };
    provider.plan(nameless);
    let gatelet = pretending(&provider, json!({"preset": "linkedin"}), CLIENT_SECRET).start();
    let visitor = gatelet.visitor();
    let start = visitor.visit("/auth/start/linkedin").send().expect(303);
    let location = start.header("location");
    assert!(!location.contains("code_challenge"), "{location}");
    let back = visitor.visit(location).send().expect(302);
    visitor.visit(back.header("location")).send().expect(303);
    assert_eq!(provider.token_fields("code_verifier"), [None]);
    assert_eq!(
        provider.token_fields("client_secret"),
        [Some(CLIENT_SECRET.to_owned())]
    );

    // The answer is still for the browser that asked alone.
    let start = visitor.visit("/auth/start/linkedin").send().expect(303);
    let back = visitor.visit(start.header("location")).send().expect(302);
    let stranger = gatelet.visitor();
    let answer = stranger.visit(back.header("location")).send().expect(400);
    assert!(
        answer.says_code("oauth.state_mismatch"),
        "{}",
        answer.description()
    );

    // And a nonce of somebody else's is none.
    provider.plan(|plan| plan.claims = Box::new(|claims| claims["nonce"] = "another".into()));
    let visitor = gatelet.visitor();
    let start = visitor.visit("/auth/start/linkedin").send().expect(303);
    let back = visitor.visit(start.header("location")).send().expect(302);
    let answer = visitor.visit(back.header("location")).send().expect(400);
    assert!(
        answer.says_code("id_token.nonce"),
        "{}",
        answer.description()
    );
}

#[test]
fn an_unverified_address_of_a_preset_takes_nobodys_place() {
    let provider = HostileProvider::start();
    provider.plan(|plan| {
        plan.claims = Box::new(|claims| claims["email_verified"] = false.into());
    });
    for entry in [json!({"preset": "discord"}), json!({"preset": "workos"})] {
        let id = entry["preset"].as_str().expect("a name").to_owned();
        let gatelet = pretending(&provider, entry, CLIENT_SECRET).start();
        let visitor = gatelet.visitor();
        let start = visitor
            .visit(&format!("/auth/start/{id}"))
            .send()
            .expect(303);
        let back = visitor.visit(start.header("location")).send().expect(302);
        visitor.visit(back.header("location")).send().expect(303);
        assert_eq!(
            visitor.get("/auth/me").send().json()["emailVerified"],
            false,
            "{id}"
        );
    }
}
