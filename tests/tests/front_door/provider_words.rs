//! What is a provider's word worth, and what becomes of it when it changes?

use gatelet_tests::account::{Account, sign_out};
use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::Setup;
use gatelet_tests::hostile_provider::{CLIENT_SECRET, HostileProvider, Manner, Plan};
use gatelet_tests::on_both_engines;
use gatelet_tests::response::Response;
use gatelet_tests::visitor::Visitor;
use serde_json::{Value, json};

on_both_engines! {
    an_address_follows_the_provider_and_org_goes_with_it,
    whoever_proves_an_address_gets_nothing_of_who_had_it,
}

const ORG: &str = "/org public; /corp/* org acme.com";

fn setup(engine: Engine, entries: &[Value]) -> Setup {
    let secrets: Value = entries
        .iter()
        .map(|entry| {
            (
                entry["id"].as_str().expect("an id").to_owned(),
                json!(CLIENT_SECRET),
            )
        })
        .collect::<serde_json::Map<_, _>>()
        .into();
    Setup::new(engine)
        .variable("oidc_providers", &json!(entries).to_string())
        .variable("oidc_client_secrets", &secrets.to_string())
        .variable("provider_hosts", "http://*:*")
        .variable("access_rules", ORG)
        .variable("session_fresh_seconds", "0")
}

/// The provider's entry with more fields.
fn entry(provider: &HostileProvider, more: Value) -> Value {
    let mut entry = provider.entry("hostile");
    for (name, value) in more.as_object().expect("fields") {
        entry[name] = value.clone();
    }
    entry
}

fn back(visitor: &Visitor, id: &str) -> String {
    let start = visitor
        .visit(&format!("/auth/start/{id}?return_to=/headers"))
        .send()
        .expect(303);
    let back = visitor.visit(start.header("location")).send().expect(302);
    back.header("location").to_owned()
}

fn sign_in(visitor: &Visitor) -> Response {
    let back = back(visitor, "hostile");
    visitor.visit(&back).send()
}

fn says(provider: &HostileProvider, claims: Value) {
    provider.plan(|plan| {
        plan.claims = Box::new(move |all| {
            for (name, value) in claims.as_object().expect("claims") {
                match value {
                    Value::Null => drop(all.as_object_mut().expect("claims").remove(name)),
                    value => all[name] = value.clone(),
                }
            }
        });
    });
}

#[track_caller]
fn refused(answer: &Response, status: u16, code: &str) {
    assert_eq!(answer.status.as_u16(), status, "{}", answer.description());
    assert!(answer.says_code(code), "{code}: {}", answer.description());
}

/// Where the app is reached, it has no such page.
const OPEN: u16 = 404;

fn corp(visitor: &Visitor) -> u16 {
    visitor.visit("/corp/x").send().status.as_u16()
}

fn me(visitor: &Visitor) -> (String, String, bool) {
    let me = visitor.get("/auth/me").send().expect(200).json();
    let text = |name: &str| me[name].as_str().expect("text").to_owned();
    (text("id"), text("email"), me["emailVerified"] == true)
}

fn an_address_follows_the_provider_and_org_goes_with_it(engine: Engine) {
    let provider = HostileProvider::start();
    let gatelet = setup(engine, &[provider.entry("hostile")]).start();
    says(&provider, json!({"email": "ann@acme.com"}));
    let early = gatelet.visitor();
    sign_in(&early).expect(303);
    assert_eq!(corp(&early), OPEN);
    let (id, ..) = me(&early);

    for (claims, email, verified, status) in [
        (
            json!({"email": "ann@acme.com", "email_verified": false}),
            "ann@acme.com",
            false,
            403,
        ),
        (json!({"email": "ann@acme.com"}), "ann@acme.com", true, OPEN),
        (
            json!({"email": "ann@home.example"}),
            "ann@home.example",
            true,
            403,
        ),
        (
            json!({"email": "ann@acme.com", "email_verified": null}),
            "ann@acme.com",
            false,
            403,
        ),
        (json!({"email": null}), "ann@acme.com", false, 403),
    ] {
        says(&provider, claims.clone());
        let late = gatelet.visitor();
        sign_in(&late).expect(303);
        let expected = (id.clone(), email.to_owned(), verified);
        assert_eq!(me(&late), expected, "{claims}");
        assert_eq!(corp(&late), status, "{claims}");
        // What began before goes by the word of now.
        assert_eq!(me(&early), expected, "{claims}");
        assert_eq!(corp(&early), status, "{claims}");
    }
}

fn whoever_proves_an_address_gets_nothing_of_who_had_it(engine: Engine) {
    let provider = HostileProvider::start();
    let gatelet = setup(engine, &[provider.entry("hostile")]).start();
    let squatter = Account {
        email: "mallory@example.com".to_owned(),
        ..Account::new("Squatter")
    };
    let lurking = gatelet.visitor();
    squatter.sign_up(&lurking, "/").expect(303);
    let (squatted, ..) = me(&lurking);

    let owner = gatelet.visitor();
    sign_in(&owner).expect(303);
    let (id, email, verified) = me(&owner);
    assert_ne!(id, squatted, "no id, and so no data");
    assert_eq!((email.as_str(), verified), ("mallory@example.com", true));
    lurking.get("/auth/me").send().expect(401);
    squatter.sign_in(&gatelet.visitor(), "/").expect(401);
    squatter.sign_up(&gatelet.visitor(), "/").expect(409);
    gatelet.wait_for_line(&["account.email_reclaimed", &squatted]);
    assert!(
        !gatelet.log().contains("mallory@example.com"),
        "no address in the log"
    );
    // And again it is the owner's.
    let again = gatelet.visitor();
    sign_in(&again).expect(303);
    assert_eq!(me(&again).0, id);
}

#[test]
fn what_vouches_for_an_address_is_as_the_provider_is_set_up() {
    let provider = HostileProvider::start();
    let silent = json!({"email": "ann@acme.com", "email_verified": null});
    for (case, fields, claims, email, opens) in [
        (
            "as it says",
            json!({}),
            json!({"email": "ann@acme.com"}),
            "ann@acme.com",
            true,
        ),
        ("nothing", json!({}), silent.clone(), "ann@acme.com", false),
        (
            "trusted",
            json!({"trust_email": true}),
            silent.clone(),
            "ann@acme.com",
            true,
        ),
        (
            "trusted, against its word",
            json!({"trust_email": true}),
            json!({"email": "ann@acme.com", "email_verified": false}),
            "ann@acme.com",
            false,
        ),
        (
            "the owner of the domain says so",
            json!({}),
            json!({"email": "ann@acme.com", "email_verified": null, "xms_edov": true}),
            "ann@acme.com",
            true,
        ),
        (
            "a private account with the company's address",
            json!({"domain_claim": "hd"}),
            json!({"email": "ann@acme.com"}),
            "ann@acme.com",
            false,
        ),
        (
            "the company's account",
            json!({"domain_claim": "hd"}),
            json!({"email": "ann@acme.com", "hd": "acme.com"}),
            "ann@acme.com",
            true,
        ),
        (
            "another company's",
            json!({"domain_claim": "hd"}),
            json!({"email": "ann@acme.com", "hd": "evil.example"}),
            "ann@acme.com",
            false,
        ),
        (
            "in another claim",
            json!({"email_claim": "preferred_username", "trust_email": true}),
            json!({"email": null, "email_verified": null, "preferred_username": "Ann@ACME.com"}),
            "ann@acme.com",
            true,
        ),
    ] {
        let gatelet = setup(Engine::Sqlite, &[entry(&provider, fields)]).start();
        says(&provider, claims);
        let visitor = gatelet.visitor();
        sign_in(&visitor).expect(303);
        assert_eq!(me(&visitor).1, email, "{case}");
        assert_eq!(corp(&visitor), if opens { OPEN } else { 403 }, "{case}");
    }
}

/// Okta and Authelia say nowhere else whether an address is verified.
#[test]
fn what_only_userinfo_says_of_an_address_counts_for_that_address() {
    let provider = HostileProvider::start();
    says(
        &provider,
        json!({"email": "ann@acme.com", "email_verified": null}),
    );
    let userinfo = json!(format!("{}/userinfo", provider.issuer()));
    provider.plan(|plan| {
        plan.discovery = Box::new(move |all| all["userinfo_endpoint"] = userinfo.clone());
    });
    let gatelet = setup(Engine::Sqlite, &[provider.entry("hostile")]).start();
    for (address, verified, opens) in [
        ("ann@acme.com", json!(true), true),
        ("Ann@ACME.com", json!("true"), true),
        ("ann@acme.com", json!(false), false),
        ("ann@acme.com", Value::Null, false),
        ("eve@acme.com", json!(true), false),
    ] {
        let said = json!({ "email": address, "email_verified": verified });
        let case = said.to_string();
        provider.plan(|plan| {
            plan.userinfo = Box::new(move |all| {
                all["email"] = said["email"].clone();
                all["email_verified"] = said["email_verified"].clone();
            });
        });
        let visitor = gatelet.visitor();
        sign_in(&visitor).expect(303);
        let (_, email, is_verified) = me(&visitor);
        assert_eq!(
            (email.as_str(), is_verified),
            ("ann@acme.com", opens),
            "{case}"
        );
        assert_eq!(corp(&visitor), if opens { OPEN } else { 403 }, "{case}");
    }
    // A provider that fails when it is asked takes nothing back, and vouches for nobody new.
    let behaves = |plan: &mut Plan| {
        plan.userinfo = Box::new(|all| all["email"] = json!("ann@acme.com"));
        plan.userinfo_manner = Manner::Honest;
    };
    let fails = |plan: &mut Plan| {
        plan.userinfo_manner = Manner::Instead(500, "{}".to_owned());
    };
    provider.plan(behaves);
    sign_in(&gatelet.visitor()).expect(303);
    provider.plan(fails);
    let visitor = gatelet.visitor();
    sign_in(&visitor).expect(303);
    assert_eq!((me(&visitor).2, corp(&visitor)), (true, OPEN));
    let newcomer = json!({"sub": "s-2", "email": "bob@acme.com", "email_verified": null});
    says(&provider, newcomer);
    let visitor = gatelet.visitor();
    sign_in(&visitor).expect(303);
    assert_eq!((me(&visitor).2, corp(&visitor)), (false, 403));
    let holder = json!({"sub": "s-3", "email": "ann@acme.com", "email_verified": null});
    says(&provider, holder);
    refused(&sign_in(&gatelet.visitor()), 503, "userinfo.malformed");
}

#[test]
fn a_provider_lets_in_only_the_domains_that_it_is_listed_for() {
    let provider = HostileProvider::start();
    let fields = json!({"email_domains": ["Acme.com"]});
    let gatelet = setup(Engine::Sqlite, &[entry(&provider, fields)]).start();
    for (email, verified, opens) in [
        ("ann@acme.com", true, true),
        ("ANN@ACME.COM", true, true),
        ("bob@eu.acme.com", true, false),
        ("bob@evilacme.com", true, false),
        ("cat@acme.com", false, false),
    ] {
        says(
            &provider,
            json!({"sub": email, "email": email, "email_verified": verified}),
        );
        let visitor = gatelet.visitor();
        let answer = sign_in(&visitor);
        match opens {
            true => drop(answer.expect(303)),
            false => {
                refused(&answer, 403, "account.email_domain");
                assert!(answer.text().contains("account=other"), "{}", answer.text());
            }
        }
    }
    // Whoever left is not let in by an account from before.
    says(
        &provider,
        json!({"sub": "ann@acme.com", "email": "ann@home.example"}),
    );
    refused(&sign_in(&gatelet.visitor()), 403, "account.email_domain");
}

#[test]
fn discovery_chooses_no_host_but_the_issuers_own() {
    let provider = HostileProvider::start();
    let elsewhere = |path: &str, provider: &HostileProvider| {
        format!(
            "{}{path}",
            provider.issuer().replace("127.0.0.1", "localhost")
        )
    };
    for endpoint in [
        "token_endpoint",
        "jwks_uri",
        "authorization_endpoint",
        "userinfo_endpoint",
    ] {
        let path = match endpoint {
            "token_endpoint" => "/token",
            "jwks_uri" => "/keys",
            "userinfo_endpoint" => "/userinfo",
            _ => "/authorize",
        };
        let address = elsewhere(path, &provider);
        provider.plan(|plan| {
            plan.discovery = Box::new(move |document| document[endpoint] = json!(address.as_str()));
        });
        let gatelet = setup(Engine::Sqlite, &[provider.entry("hostile")]).start();
        let answer = gatelet.visitor().visit("/auth/start/hostile").send();
        refused(&answer, 503, "discovery.endpoint_elsewhere");
        gatelet.wait_for_line(&["discovery.endpoint_elsewhere", endpoint, "endpoint_hosts"]);

        let fields = json!({"endpoint_hosts": ["localhost"]});
        let gatelet = setup(Engine::Sqlite, &[entry(&provider, fields)]).start();
        sign_in(&gatelet.visitor()).expect(303);
    }
}

#[test]
fn people_of_many_tenants_are_their_tenants() {
    let provider = HostileProvider::start();
    let template = format!("{}/{{tenantid}}/v2.0", provider.issuer());
    let said = template.clone();
    provider.plan(|plan| {
        plan.discovery = Box::new(move |document| document["issuer"] = json!(said.as_str()))
    });
    let discovery = format!("{}/.well-known/openid-configuration", provider.issuer());
    // By the issuer alone, and by a preset whose issuer is overridden.
    for preset in [json!(null), json!("microsoft")] {
        let fields = json!({"issuer": template, "discovery_url": discovery, "tenants": ["t-1", "t-2"], "preset": preset});
        let gatelet = setup(Engine::Sqlite, &[entry(&provider, fields)]).start();
        let issuer = |tenant: &str| template.replace("{tenantid}", tenant);
        let mut ids = Vec::new();
        for tenant in ["t-1", "t-2"] {
            let email = format!("{tenant}@acme.com");
            says(
                &provider,
                json!({"iss": issuer(tenant), "tid": tenant, "email": email}),
            );
            let visitor = gatelet.visitor();
            sign_in(&visitor).expect(303);
            ids.push(me(&visitor).0);
        }
        assert_ne!(ids[0], ids[1], "one subject, two tenants, two people");
        for (iss, tid, status, code) in [
            (issuer("t-3"), "t-3", 403, "id_token.tenant"),
            (issuer("t-1"), "t-2", 400, "id_token.issuer"),
            (provider.issuer().to_owned(), "t-1", 400, "id_token.issuer"),
        ] {
            says(&provider, json!({"iss": iss, "tid": tid}));
            refused(&sign_in(&gatelet.visitor()), status, code);
        }
    }
}

#[test]
fn an_answer_that_is_posted_brings_a_name_and_leaves_no_code_in_the_address() {
    let provider = HostileProvider::start();
    provider.plan(|plan| plan.code_tail = "c".repeat(8_000));
    says(&provider, json!({"name": null}));
    let fields = json!({"response_mode": "form_post"});
    let gatelet = setup(Engine::Sqlite, &[entry(&provider, fields)]).start();
    let visitor = gatelet.visitor();
    let start = visitor
        .visit("/auth/start/hostile?return_to=/headers")
        .send()
        .expect(303);
    assert!(start.header("location").contains("response_mode=form_post"));
    let there = visitor.visit(start.header("location")).send().expect(302);
    let (to, query) = there
        .header("location")
        .split_once('?')
        .expect("a query")
        .to_owned();
    let user = r#"{"name":{"firstName":"Annabella","lastName":"Lee"},"email":"x@y.example"}"#;
    let user: String = url::form_urlencoded::byte_serialize(user.as_bytes()).collect();
    let form = format!("{query}&user={user}&id_token=x.y.z");
    let answer = visitor.posted_by(provider.issuer(), to, form);
    let answer = answer.send().expect(303);
    let home = answer.header("location").to_owned();
    assert!(
        !home.contains("code-") && !home.contains("Annabella"),
        "{home}"
    );
    visitor.visit(&home).send().expect_redirect("/headers");
    let me = visitor.get("/auth/me").send().json();
    assert_eq!(me["name"], "Annabella Lee");
}

#[test]
fn codes_of_eight_kilobytes_pass() {
    let provider = HostileProvider::start();
    provider.plan(|plan| plan.code_tail = "~".repeat(8_000));
    let gatelet = setup(Engine::Sqlite, &[provider.entry("hostile")]).start();
    sign_in(&gatelet.visitor()).expect(303);
}

#[test]
fn a_callback_that_comes_again_leads_to_where_it_led() {
    let provider = HostileProvider::start();
    let gatelet = setup(Engine::Sqlite, &[provider.entry("hostile")]).start();
    let visitor = gatelet.visitor();
    let url = back(&visitor, "hostile");
    let before = gatelet.visitor().with_cookies_of(&visitor);
    visitor.visit(&url).send().expect_redirect("/headers");
    for _ in 0..2 {
        visitor.visit(&url).send().expect_redirect("/headers");
    }
    // Without a state, as from the provider's own list of apps.
    visitor
        .visit("/auth/callback/hostile?code=x")
        .send()
        .expect_redirect("/");
    visitor
        .visit("/auth/callback/hostile?code=x&state=other")
        .send()
        .expect_redirect("/");
    // Two copies at once: the one that is late has the attempt and no session.
    refused(&before.visit(&url).send(), 400, "oauth.replayed");
    sign_out(&visitor);
    refused(&visitor.visit(&url).send(), 400, "oauth.state_mismatch");
    let stranger = gatelet.visitor();
    refused(
        &stranger.visit("/auth/callback/hostile?code=x").send(),
        400,
        "oauth.state_missing",
    );
}

#[test]
fn what_else_comes_with_a_callback_voids_nothing() {
    let provider = HostileProvider::start();
    let gatelet = setup(Engine::Sqlite, &[provider.entry("hostile")]).start();
    for more in [
        "&foo=1&foo=2",
        "&x=%E9",
        "&x=100%",
        "&session_state=&session_state=",
    ] {
        let visitor = gatelet.visitor();
        let url = back(&visitor, "hostile");
        visitor
            .visit(&url)
            .exact_target(&format!("{}{more}", path_of(&url)))
            .send()
            .expect(303);
    }
    for no in [
        "error=access_denied&error_description=refus%E9",
        "error=access_denied&error_description=100%",
        "error=user_cancelled_authorize",
        "error=user_cancelled_login",
        "error=user_denied",
        "error=consent_required",
        "error=interaction_required",
        "error=login_required",
    ] {
        let visitor = gatelet.visitor();
        let url = back(&visitor, "hostile");
        let state = url
            .split('&')
            .find(|part| part.starts_with("state="))
            .expect("a state");
        let iss = url
            .split('&')
            .find(|part| part.starts_with("iss="))
            .expect("an issuer");
        let target = format!("/auth/callback/hostile?{no}&{state}&{iss}");
        let answer = visitor.visit(&url).exact_target(&target).send();
        refused(&answer, 403, "oauth.denied");
    }
}

fn path_of(url: &str) -> String {
    let url = url::Url::parse(url).expect("a URL");
    format!("{}?{}", url.path(), url.query().unwrap_or_default())
}

#[test]
fn closed_sign_up_tells_nobody_who_has_an_account() {
    let provider = HostileProvider::start();
    let mut gatelet = setup(Engine::Sqlite, &[provider.entry("hostile")]).start();
    let unproved = Account::new("Unproved");
    unproved.sign_up(&gatelet.visitor(), "/").expect(303);
    says(
        &provider,
        json!({"sub": "proved", "email": "proved@example.com"}),
    );
    sign_in(&gatelet.visitor()).expect(303);
    gatelet.restart_with(&[("sign_up", "closed")]);
    let mut pages = Vec::new();
    for (email, verified) in [
        (unproved.email.as_str(), true),
        (unproved.email.as_str(), false),
        ("proved@example.com", false),
        ("nobody@example.com", true),
        ("nobody@example.com", false),
    ] {
        says(
            &provider,
            json!({"sub": format!("s-{email}"), "email": email, "email_verified": verified}),
        );
        let answer = sign_in(&gatelet.visitor());
        refused(&answer, 403, "account.sign_up_closed");
        pages.push(answer.text());
    }
    assert!(pages.iter().all(|page| *page == pages[0]), "{pages:?}");
    // The owner is let in as ever.
    says(
        &provider,
        json!({"sub": "another", "email": "proved@example.com"}),
    );
    sign_in(&gatelet.visitor()).expect(303);
    unproved.sign_in(&gatelet.visitor(), "/").expect(303);
}

#[test]
fn whoever_is_known_gets_in_without_an_address() {
    let provider = HostileProvider::start();
    let mut hub = provider.github_entry("hub");
    hub["email_domains"] = json!([]);
    let gatelet = setup(Engine::Sqlite, &[provider.entry("hostile"), hub]).start();
    let by_hub = |visitor: &Visitor| {
        let url = back(visitor, "hub");
        visitor.visit(&url).send()
    };
    let first = gatelet.visitor();
    by_hub(&first).expect(303);
    let (id, ..) = me(&first);
    let forbidden = r#"{"message":"Resource not accessible by integration"}"#;
    provider.plan(|plan| plan.github_emails_manner = Manner::Instead(403, forbidden.into()));
    let again = gatelet.visitor();
    by_hub(&again).expect(303);
    assert_eq!(me(&again).0, id);
    assert!(!me(&again).2, "nobody vouches for it now");
    provider.plan(|plan| plan.github_user = json!({"id": 7, "login": "new", "name": null}));
    refused(&by_hub(&gatelet.visitor()), 403, "account.email_missing");
    gatelet.wait_for_line(&["account.email_missing", "Email addresses: read"]);

    // And so where UserInfo is no use.
    let known = gatelet.visitor();
    sign_in(&known).expect(303);
    let userinfo = format!("{}/userinfo", provider.issuer());
    provider.plan(|plan| {
        plan.discovery =
            Box::new(move |document| document["userinfo_endpoint"] = json!(userinfo.as_str()));
        plan.userinfo_manner = Manner::Instead(500, "{}".into());
    });
    says(&provider, json!({"email": null}));
    let gatelet = {
        let mut gatelet = gatelet;
        gatelet.restart();
        gatelet
    };
    sign_in(&gatelet.visitor()).expect(303);
    says(&provider, json!({"sub": "new", "email": null}));
    refused(&sign_in(&gatelet.visitor()), 503, "userinfo.malformed");
}

#[test]
fn whoever_wants_another_account_is_asked_by_the_provider() {
    let provider = HostileProvider::start();
    let fields = json!({"authorization_parameters": {"prompt": "consent", "hd": "acme.com"}});
    let gatelet = setup(Engine::Sqlite, &[entry(&provider, fields)]).start();
    let visitor = gatelet.visitor();
    let location = |path: &str| {
        let start = visitor.visit(path).send().expect(303);
        start.header("location").to_owned()
    };
    let plain = location("/auth/start/hostile");
    assert!(
        plain.contains("&hd=acme.com") && plain.contains("&prompt=consent"),
        "{plain}"
    );
    let other = location("/auth/start/hostile?account=other");
    assert!(
        other.contains("&hd=acme.com") && other.contains("&prompt=login"),
        "{other}"
    );
    assert_eq!(other.matches("prompt=").count(), 1);

    // Refused at the app, signed out, and the way in asks.
    sign_in(&visitor).expect(303);
    assert_eq!(corp(&visitor), 403);
    let page = sign_out(&visitor);
    let page = visitor.follow(page).expect(200).text();
    assert!(page.contains("/auth/start/hostile?account=other"), "{page}");
    let page = visitor
        .visit("/auth/sign-in?return_to=/corp/x&account=other")
        .send()
        .text();
    let href = "/auth/start/hostile?return_to=%2Fcorp%2Fx&#38;account=other";
    assert!(page.contains(href), "{page}");
}

#[test]
fn the_log_says_whose_sign_in_failed_and_no_address_of_theirs() {
    let provider = HostileProvider::start();
    let gatelet = setup(Engine::Sqlite, &[provider.entry("hostile")]).start();
    let visitor = gatelet.visitor();
    let account = Account::new("Nobody");
    account.sign_in(&visitor, "/").expect(401);
    gatelet.wait_for_line(&["credentials.wrong", "from 127.0.0.1", "request "]);
    visitor
        .visit("/auth/callback/hostile?code=x&state=y")
        .send()
        .expect(400);
    gatelet.wait_for_line(&["oauth.state_mismatch", "from 127.0.0.1", "request "]);
    says(&provider, json!({"email_verified": false}));
    let taken = Account {
        email: "mallory@example.com".to_owned(),
        ..Account::new("Taken")
    };
    taken.sign_up(&gatelet.visitor(), "/").expect(303);
    refused(&sign_in(&visitor), 403, "account.email_unverified");
    taken.sign_up(&gatelet.visitor(), "/").expect(409);
    gatelet.wait_for_line(&["account.email_taken", "from 127.0.0.1"]);
    let log = gatelet.log();
    assert!(
        !log.contains(&account.email) && !log.contains(&taken.email),
        "{log}"
    );
}
