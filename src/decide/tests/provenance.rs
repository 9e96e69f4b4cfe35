//! Whose word is a field? The table of docs/design/0025 in other words than where it is
//! enforced, at every door: gate, handler and middleware, in headers and in trailers.

use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;

use super::*;
use crate::remote;
use crate::section::{Onward, Section, edit_trailers};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Whose {
    /// Said by us or by the host, and by nobody else.
    Ours,
    /// Said by servers in front.
    Front,
    /// Says that something else was meant.
    Meant,
    /// About one connection, or of the message's framing.
    Connection,
    Visitors,
}

use Whose::{Connection, Front, Meant, Ours, Visitors};

const TABLE: &[(&str, Whose)] = &[
    ("x-forwarded-user", Ours),
    ("x-forwarded-email", Ours),
    ("x-forwarded-email-verified", Ours),
    ("x-forwarded-name", Ours),
    ("x-forwarded-provider", Ours),
    ("x-forwarded-groups", Ours),
    ("x-forwarded-for", Ours),
    ("x-forwarded-proto", Ours),
    ("spin-client-addr", Ours),
    ("spin-path-info", Ours),
    ("spin-anything", Ours),
    ("forwarded", Front),
    ("x-forwarded", Front),
    ("x-forwarded-prefix", Front),
    ("x-forwarded-port", Front),
    ("x-forwarded-server", Front),
    ("x-forwarded-uri", Front),
    ("x-forwarded-client-cert", Front),
    ("x-real-ip", Front),
    ("true-client-ip", Front),
    ("cf-connecting-ip", Front),
    ("cf-connecting-ipv6", Front),
    ("cf-access-authenticated-user-email", Front),
    ("client-ip", Front),
    ("remote-user", Front),
    ("remote-groups", Front),
    ("x-remote-user", Front),
    ("x-auth-request-email", Front),
    ("x-webauth-user", Front),
    ("x-authentik-username", Front),
    ("x-amzn-oidc-data", Front),
    ("x-amzn-oidc-identity", Front),
    ("x-goog-authenticated-user-email", Front),
    ("tailscale-user-login", Front),
    ("x-ms-client-principal-name", Front),
    ("x-client-cert", Front),
    ("x-client-cert-dn", Front),
    ("x-ssl-client-verify", Front),
    ("ssl-client-s-dn", Front),
    ("client-cert", Front),
    ("oidc-claim-sub", Front),
    ("front-end-https", Front),
    ("proxy", Front),
    ("x-original-url", Meant),
    ("x-original-uri", Meant),
    ("x-rewrite-url", Meant),
    ("x-http-method-override", Meant),
    ("x-http-method", Meant),
    ("x-method-override", Meant),
    ("x-middleware-subrequest", Meant),
    ("x-host", Meant),
    ("connection", Connection),
    ("keep-alive", Connection),
    ("proxy-authorization", Connection),
    ("proxy-connection", Connection),
    ("transfer-encoding", Connection),
    ("te", Connection),
    ("upgrade", Connection),
    ("accept", Visitors),
    ("authorization", Visitors),
    ("api-key", Visitors),
    ("x-api-key", Visitors),
    ("x-auth-token", Visitors),
    ("x-user-id", Visitors),
    ("x-csrf-token", Visitors),
    ("referer", Visitors),
    ("traceparent", Visitors),
    ("if-none-match", Visitors),
    ("x", Visitors),
];

#[derive(Clone, Copy, Debug)]
enum Door {
    Gate,
    Handler,
    Middleware,
}

/// Names and values that arrive behind a door.
fn arrives(door: Door, fields: &[(String, &str)], edits: Edits) -> Vec<(String, Vec<u8>)> {
    let pairs = |name: &str, value: &[u8]| (name.to_ascii_lowercase(), value.to_vec());
    let mut seen = Vec::new();
    match door {
        Door::Gate => {
            let mut section = HeaderMap::new();
            for (name, value) in fields {
                let name = name.parse::<HeaderName>().expect("a name");
                section.append(name, HeaderValue::from_str(value).expect("a value"));
            }
            let onward = Onward::Connection { may_switch: true };
            edits.edit_request(&mut section, onward);
            section.each(&mut |name, value| seen.push(pairs(name, value)));
        }
        Door::Handler | Door::Middleware => {
            let edits = match door {
                Door::Middleware => {
                    let answer = remote::write_verdict(Verdict::Forward(edits)).expect("short");
                    let answer = remote::open(answer.as_bytes()).expect("ours");
                    remote::read_verdict(&answer).expect("a verdict").edits()
                }
                Door::Gate | Door::Handler => edits,
            };
            let mut section: Vec<(String, Vec<u8>)> = fields
                .iter()
                .map(|(name, value)| (name.clone(), value.as_bytes().to_vec()))
                .collect();
            edits.edit_request(&mut section, Onward::Handle);
            section.each(&mut |name, value| seen.push(pairs(name, value)));
        }
    }
    seen
}

fn trailers(door: Door, fields: &[(String, &str)]) -> Vec<String> {
    let mut seen = Vec::new();
    match door {
        Door::Gate => {
            let mut section = HeaderMap::new();
            for (name, value) in fields {
                let name = name.parse::<HeaderName>().expect("a name");
                section.append(name, HeaderValue::from_str(value).expect("a value"));
            }
            edit_trailers(&mut section);
            section.each(&mut |name, _| seen.push(name.to_owned()));
        }
        Door::Handler | Door::Middleware => {
            let mut section: Vec<(String, Vec<u8>)> = fields
                .iter()
                .map(|(name, value)| (name.clone(), value.as_bytes().to_vec()))
                .collect();
            edit_trailers(&mut section);
            section.each(&mut |name, _| seen.push(name.to_ascii_lowercase()));
        }
    }
    seen
}

fn settings_for(trusted: bool, asked: bool) -> GateSettings {
    let names = TABLE
        .iter()
        .filter(|(_, whose)| matches!(whose, Front | Meant));
    let all: Vec<_> = names.map(|(name, _)| *name).collect();
    let mut settings: Vec<GateSettings> = all
        .chunks(if asked { 32 } else { all.len() })
        .map(|names| {
            settings(&[
                (
                    "passed_fields",
                    if asked {
                        names.join(", ")
                    } else {
                        String::new()
                    }
                    .as_str(),
                ),
                ("trusted_proxies", if trusted { "192.0.2.0/24" } else { "" }),
                ("public_paths", "/open"),
            ])
        })
        .collect();
    settings.remove(0)
}

/// Those among the first that a setting may hold.
fn is_asked(name: &str) -> bool {
    let mut names = TABLE
        .iter()
        .filter(|(_, whose)| matches!(whose, Front | Meant));
    names.by_ref().take(32).any(|(asked, _)| *asked == name)
}

proptest! {
    #[test]
    fn every_field_reaches_the_app_from_whom_the_table_says_and_nobody_else(
        picked in proptest::collection::vec((0..TABLE.len(), any::<prop::sample::Index>(), any::<bool>()), 1..6),
        signed_in: bool, trusted: bool, asked: bool,
        door in prop_oneof![Just(Door::Gate), Just(Door::Handler), Just(Door::Middleware)],
    ) {
        // RFC 9110 §5.6.2; the hyphen as often as all others.
        let between = b"---------------!#$%&'*+.^_`|~";
        let fields: Vec<(String, &str)> = picked.iter().map(|(row, between_at, upper)| {
            let mark = char::from(between[between_at.index(between.len())]);
            let name = TABLE[*row].0.replace('-', &mark.to_string());
            (if *upper { name.to_ascii_uppercase() } else { name }, "forged")
        }).collect();
        let settings = settings_for(trusted, asked);
        let told: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        let request = Asked::get("/open").with(&told);
        let request = if signed_in { request.signed_in() } else { request };
        let edits = request.judged(&settings).edits();
        let seen = arrives(door, &fields, edits);

        for (row, (spelt, _)) in picked.iter().map(|(row, ..)| TABLE[*row]).zip(&fields) {
            let (name, whose) = row;
            let spelt = spelt.to_ascii_lowercase();
            let lets = asked && is_asked(name) && spelt == name;
            let expected = match whose {
                Ours | Connection => false,
                Front => lets && trusted,
                Meant => lets,
                Visitors => true,
            };
            let found = seen.iter().any(|(found, value)| *found == spelt && value == b"forged");
            prop_assert_eq!(found, expected, "{} from {} at {:?}", spelt, if trusted { "a proxy" } else { "a stranger" }, door);
        }
        for name in IDENTITY_FIELDS {
            let count = seen.iter().filter(|(found, _)| found == name).count();
            prop_assert_eq!(count, usize::from(signed_in), "{}", name);
        }
        for (name, value) in [("x-forwarded-for", "192.0.2.7"), ("x-forwarded-host", "app.example.com"), ("x-forwarded-proto", "https")] {
            let told: Vec<_> = seen.iter().filter(|(found, _)| found == name).map(|(_, value)| value.as_slice()).collect();
            prop_assert_eq!(told, [value.as_bytes()], "{}", name);
        }

        let crossed = trailers(door, &fields);
        for (row, (spelt, _)) in picked.iter().map(|(row, ..)| TABLE[*row]).zip(&fields) {
            let expected = row.1 == Visitors && row.0 != "authorization";
            prop_assert_eq!(crossed.contains(&spelt.to_ascii_lowercase()), expected, "{} as a trailer", spelt);
        }
    }
}
