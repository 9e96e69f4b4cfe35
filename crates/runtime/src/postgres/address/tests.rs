use super::{Address, AddressError, unknown_to_spin};
use crate::postgres::tls::{Encryption, Trust};

fn parse(url: &str) -> Address {
    Address::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"))
}

fn refused(url: &str) -> AddressError {
    let error = Address::parse(url).err();
    error.unwrap_or_else(|| panic!("{url} is read"))
}

#[test]
fn hosts_ports_user_password_and_name_are_read_as_postgres_clients_read_them() {
    let plain = [
        "postgres://u:p@h/d",
        "postgres://h/d?user=u&password=p",
        "postgres:///d?user=u&password=p&host=h&port=6432,",
        "postgresql://u:pa%2Fss@h1:1,h2,[::1]:3/d?application_name=me@here",
        "postgres://localhost?user=u",
        "host=h port=6432 user=u password='a b' dbname=d",
    ];
    for url in plain {
        // A trailing comma names a second port that there is no host for.
        if url.ends_with(',') {
            assert!(matches!(refused(url), AddressError::Parameter(..)), "{url}");
            continue;
        }
        // The parser of Spin's client, where it can read them.
        let (ours, theirs): (_, tokio_postgres::Config) = (parse(url), url.parse().unwrap());
        if url.contains("me@here") {
            continue;
        }
        assert_eq!(ours.config.get_user(), theirs.get_user(), "{url}");
        assert_eq!(ours.config.get_password(), theirs.get_password(), "{url}");
        assert_eq!(ours.config.get_dbname(), theirs.get_dbname(), "{url}");
        assert_eq!(ours.hosts().count(), theirs.get_hosts().len(), "{url}");
    }
    let several = parse(plain[3]);
    let hosts: Vec<_> = several.hosts().collect();
    assert_eq!(hosts, [("h1", 1), ("h2", 5432), ("::1", 3)]);
    assert_eq!(several.config.get_password(), Some(&b"pa/ss"[..]));
    assert_eq!(several.config.get_application_name(), Some("me@here"));
    let ports = parse("postgres://?host=a,b&port=1,2&user=u");
    assert_eq!(ports.hosts().collect::<Vec<_>>(), [("a", 1), ("b", 2)]);
}

#[test]
fn a_password_that_can_be_told_from_the_rest_needs_no_escapes() {
    for password in [
        "pa/ss", "pa:ss", "pa#ss", "pa?ss", "100%", "pa?x=y", "1234/5?6",
    ] {
        let address = parse(&format!("postgres://u:{password}@h/d"));
        assert_eq!(
            address.hosts().collect::<Vec<_>>(),
            [("h", 5432)],
            "{password}"
        );
        let read = address.config.get_password();
        assert_eq!(read, Some(password.as_bytes()), "{password}");
    }
}

#[test]
fn a_url_that_is_cut_wrongly_is_refused_with_the_mend_and_without_a_part_of_it() {
    for url in [
        "postgres://u:hun@ter2@h/d",
        "postgres://u:hun@ter2@h",
        "postgres://u:hun@te/r2@h/d",
        "postgres://u:hun@te:r2@h/d",
        "postgres://u:hun@te?r2@h/d",
        "postgres://u:hun@te?r2=1@h/d",
        "postgres://u:hun@te#r2@h/d",
        "postgres://u:hun@te%zz@h/d",
        "postgres://u:hunter2",
        "postgres://u:hunter2/d",
        "postgres://u:p@h:hunter2/d",
        "postgres://h/d?password=hun&ter2",
        "postgres://h/d?password=hun&ter=2",
        "postgres://u:p@[hunter2/d",
        "postgres://u:p@[::1]hunter2/d",
    ] {
        let error = refused(url);
        let line = error.to_string();
        assert!(
            !line.contains("hun") && !line.contains("ter"),
            "{url}: {line}"
        );
        assert!(
            !line.contains("te,") && !line.contains("r2"),
            "{url}: {line}"
        );
        assert_eq!(error, AddressError::Unescaped, "{url}");
        assert!(
            line.contains("percent-encode") && line.contains("%2F"),
            "{line}"
        );
    }
    for (url, expected) in [
        ("hunter2", AddressError::NoUrl),
        ("mysql://u:hunter2@h/d", AddressError::NoUrl),
        ("postgres:///d", AddressError::NoHost),
        ("postgres://u:hunter2@/d", AddressError::NoHost),
        ("postgres://%2Fvar%2Frun/d", AddressError::Socket),
        (
            "postgres:///d?host=/var/run/postgresql",
            AddressError::Socket,
        ),
    ] {
        assert_eq!(refused(url), expected, "{url}");
    }
}

#[test]
fn sslmode_and_sslrootcert_mean_what_they_do_to_libpq() {
    let file = || Trust::File("/ca.pem".into());
    let cases = [
        ("", Encryption::Prefer, Trust::System),
        ("sslmode=disable", Encryption::Disable, Trust::System),
        ("sslmode=allow", Encryption::Allow, Trust::System),
        ("sslmode=prefer", Encryption::Prefer, Trust::System),
        ("sslmode=require", Encryption::Require, Trust::System),
        ("ssl=true", Encryption::Require, Trust::System),
        ("sslmode=verify-ca", Encryption::VerifyCa, Trust::System),
        ("sslmode=verify-full", Encryption::VerifyFull, Trust::System),
        ("sslrootcert=system", Encryption::VerifyFull, Trust::System),
        ("sslrootcert=/ca.pem", Encryption::Prefer, file()),
        (
            "sslmode=require&sslrootcert=/ca.pem",
            Encryption::VerifyCa,
            file(),
        ),
        (
            "sslrootcert=/ca.pem&sslmode=verify-full",
            Encryption::VerifyFull,
            file(),
        ),
    ];
    for (query, encryption, trust) in cases {
        let address = parse(&format!("postgres://u:p@h/d?{query}"));
        assert_eq!(
            (address.encryption, address.trust),
            (encryption, trust),
            "{query}"
        );
    }
    for query in [
        "sslmode=no-verify",
        "sslmode=require&sslrootcert=system",
        "ssl=1",
    ] {
        let error = refused(&format!("postgres://u:p@h/d?{query}"));
        assert!(
            matches!(error, AddressError::Parameter(..)),
            "{query}: {error}"
        );
    }
}

#[test]
fn every_parameter_is_understood_or_refused_by_name() {
    for query in [
        "sslmode=require&channel_binding=require&options=endpoint%3Dep-x",
        "pgbouncer=true&connection_limit=5",
        "supa=base-pooler.x",
        "uselibpqcompat=true&sslmode=require",
        "schema=public",
        "application_name=a&connect_timeout=10&target_session_attrs=read-write",
        "load_balance_hosts=random&keepalives=1&keepalives_idle=30&tcp_user_timeout=5000",
        "client_encoding=UTF8&gssencmode=disable&sslsni=1&fallback_application_name=x",
        "prepared_statements=false&statement_cache_size=0",
        "",
        "&",
    ] {
        parse(&format!("postgres://u:p@h/d?{query}"));
    }
    for name in [
        "schema",
        "uselibpqcompat",
        "sslcert",
        "sslkey",
        "sslpassword",
        "passfile",
        "service",
        "hostaddr",
        "require_auth",
        "replication",
        "statement_timeout",
        "sslmod",
        "channel_binding",
        "target_session_attrs",
        "connection_limit",
        "connect_timeout",
        "keepalives_idle",
        "pgbouncer",
        "client_encoding",
        "gssencmode",
        "ssl",
        "sslaccept",
        "port",
        "anything",
    ] {
        let error = refused(&format!("postgres://u:hunter2@h/d?{name}=x1x"));
        let line = error.to_string();
        assert!(line.contains(&format!("its parameter {name} ")), "{line}");
        assert!(!line.contains("hunter2") && !line.contains("x1x"), "{line}");
    }
}

#[test]
fn poolers_and_limits_are_told_by_the_url() {
    let address = parse("postgres://u:p@h/d?pgbouncer=true&connection_limit=3&connect_timeout=7");
    assert!(address.is_pooled && address.connections == Some(3));
    assert_eq!(address.connect_timeout().as_secs(), 7);
    assert!(!parse("postgres://u:p@h/d?pgbouncer=false").is_pooled);
}

#[test]
fn what_spin_does_not_know_of_a_url_is_listed() {
    let lines = unknown_to_spin(
        "postgres://u:hunter2@h/d?sslmode=verify-full&sslrootcert=/x&connect_timeout=3&pgbouncer=true",
    );
    assert_eq!(lines.len(), 3, "{lines:?}");
    for (line, name) in lines
        .iter()
        .zip(["sslmode=verify-full", "sslrootcert", "pgbouncer"])
    {
        assert!(
            line.starts_with(name) && !line.contains("hunter2"),
            "{line}"
        );
    }
    assert!(unknown_to_spin("postgres://u:p@h/d?sslmode=require&options=x").is_empty());
}
