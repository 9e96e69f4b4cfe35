//! The parts that the other tests lean on do what they say.

use gatelet_tests::browser::Person;
use gatelet_tests::identity_provider::IdentityProvider;
use gatelet_tests::postgres::{Cluster, Database};
use gatelet_tests::raw_socket::RawSocket;
use gatelet_tests::upstream::Upstream;
use gatelet_tests::visitor::Visitor;

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[test]
fn a_test_database_is_fresh_and_can_be_made_read_only() {
    let database = Database::fresh();
    database.execute("CREATE TABLE t (x text); INSERT INTO t VALUES ('seven')");
    assert_eq!(database.value("SELECT x FROM t").as_deref(), Some("seven"));
    assert!(database.contains("seven") && !database.contains("eight"));
    database.set_read_only(true);
    assert_eq!(
        database
            .value("SHOW default_transaction_read_only")
            .as_deref(),
        Some("on")
    );
    assert_eq!(Database::fresh().value("SELECT to_regclass('t')"), None);
}

#[test]
fn a_cluster_stops_and_starts_again() {
    let cluster = Cluster::start_new();
    let database = cluster.database();
    cluster.stop();
    let refused = std::panic::catch_unwind(|| database.value("SELECT 1"));
    assert!(refused.is_err());
    cluster.start();
    assert_eq!(database.value("SELECT 1").as_deref(), Some("1"));
}

#[test]
fn the_provider_signs_people_in_with_consent_and_lets_them_say_no() {
    let provider = IdentityProvider::shared();
    let back = "http://localhost:9/auth/callback/test";
    let client = provider.client(back);
    let ask = format!(
        "{}/auth?response_type=code&client_id={}&redirect_uri={back}&scope=openid%20email\
         &state=s1&nonce=n1&code_challenge={CHALLENGE}&code_challenge_method=S256",
        provider.issuer(),
        client.id
    );
    let visitor = Visitor::new(provider.issuer());
    let sent_back = provider.sign_in(&visitor, &ask, "ada");
    let location = sent_back.header("location").to_owned();
    assert!(location.starts_with(back), "{location}");
    assert!(location.contains("code=") && location.contains("iss=http"));

    let other = Visitor::new(provider.issuer());
    let sent_back = provider.deny(&other, &ask, "ada");
    assert!(sent_back.header("location").contains("error=access_denied"));

    let without_pkce = ask.split("&code_challenge").next().expect("a URL");
    let refused = Visitor::new(provider.issuer()).visit(without_pkce).send();
    assert!(refused.header("location").contains("error=invalid_request"));
}

#[test]
fn the_browser_keeps_people_apart() {
    let upstream = Upstream::start();
    let (one, other) = (Person::new(), Person::new());
    let tab = one.tab();
    assert_eq!(tab.go(&format!("{}/cookies", upstream.url())), 200);
    assert_eq!(one.cookies().len(), 2);
    assert_eq!(other.cookies().len(), 0);
    tab.go(&format!("{}/greet", upstream.url()));
    assert_eq!(tab.text("h1"), "Hello, nobody");
}

#[test]
fn the_upstream_tells_what_it_got() {
    let upstream = Upstream::start();
    let visitor = Visitor::new(&upstream.url());
    let echo = visitor.get("/x?y=1").header("x-a", "b").send().json();
    assert_eq!(echo["target"], "/x?y=1");
    assert!(echo["headers"].to_string().contains(r#"["x-a","b"]"#));
    assert_eq!(visitor.get("/bytes/100000").send().body.len(), 100_000);
    assert_eq!(visitor.get("/chunks/3/5").send().body.len(), 15);
    assert!(
        visitor
            .get("/events/2/1")
            .send()
            .text()
            .contains("data: event 1")
    );
    assert!(visitor.get("/cut-head").try_send().is_err());
    assert!(visitor.get("/cut-body").try_send().is_err());
    let trailers = visitor.get("/trailers").header("te", "trailers").send();
    assert_eq!(trailers.trailers["x-checksum"], "c0ffee");
    let answer = RawSocket::exchange(upstream.address(), "nonsense\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}
