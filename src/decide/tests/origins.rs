//! Does a session of one origin get anybody into another? Every cookie is tried
//! everywhere, under whatever name it is looked for there.

use crate::claims::Claims;
use crate::decide::*;
use crate::fixture::{Asked, KEY, NOW, claims, resumed, signed, stale_claims, stored};
use crate::origin_record::{MAIN, OriginRecord, Place};
use crate::session::StoredSession;
use crate::settings::Base;

const MAIN_HOST: &str = "app.example.com";

fn record(name: &str, schema: &str, values: &[(&str, &str)]) -> OriginRecord {
    OriginRecord {
        name: name.to_owned(),
        parent: MAIN.to_owned(),
        is_preview: false,
        values: values
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        place: Place {
            schema: schema.to_owned(),
            ..Place::main()
        },
        created_at: 0,
        expires_at: None,
    }
}

/// Those that are served, and three that are not.
fn records() -> Vec<OriginRecord> {
    let at = |name: &str, schema: &str, host: &str| {
        record(name, schema, &[("base_url", &format!("https://{host}"))])
    };
    let sharing = |name: &str, schema: &str, host: &str, domain: &str| {
        let base_url = format!("https://{host}");
        record(
            name,
            schema,
            &[("base_url", &base_url), ("cookie_domain", domain)],
        )
    };
    vec![
        at("shop", "", "shop.example.com"),
        at("port", "", "shop.example.com:8443"),
        at("apps", "", "*.apps.example.com"),
        at(
            "feat",
            "preview_feat__app",
            "feat--app.previews.example.com",
        ),
        at("fix", "preview_fix__app", "fix--app.previews.example.com"),
        at("shared", "", "shared--app.previews.example.com"),
        sharing("team-a", "", "a.team.example.com", "team.example.com"),
        sharing("team-b", "", "b.team.example.com", "team.example.com"),
        sharing("team-c", "other", "c.team.example.com", "team.example.com"),
        sharing("team-d", "other", "d.team.example.com", "team.example.com"),
        sharing("wider", "", "e.team.example.com", "example.com"),
        OriginRecord {
            expires_at: Some(NOW),
            ..at("over", "", "over.example.com")
        },
        OriginRecord {
            parent: "gone".to_owned(),
            ..at("orphan", "", "orphan.example.com")
        },
        at("broken", "", "broken.example.com:0"),
    ]
}

const SERVED: [&str; 13] = [
    MAIN_HOST,
    "shop.example.com",
    "shop.example.com:8443",
    "x.apps.example.com",
    "y.apps.example.com",
    "feat--app.previews.example.com",
    "fix--app.previews.example.com",
    "shared--app.previews.example.com",
    "a.team.example.com",
    "b.team.example.com",
    "c.team.example.com",
    "d.team.example.com",
    "e.team.example.com",
];

/// Pairs that share a login, knowingly.
const SHARE: [[&str; 2]; 2] = [
    ["a.team.example.com", "b.team.example.com"],
    ["c.team.example.com", "d.team.example.com"],
];

fn gate() -> GateSettings {
    gate_of(records())
}

fn gate_of(records: Vec<OriginRecord>) -> GateSettings {
    let base = [
        ("base_url", "https://app.example.com"),
        ("upstream", "http://localhost:8080"),
        ("session_keys", KEY),
    ];
    GateSettings::new(Base::of_variables(base), records, true).expect("the variables are valid")
}

fn asked(host: &str, cookie: &str) -> Asked {
    let mut asked = Asked::get("/");
    asked.authority = host.to_owned();
    asked.with(&[("cookie", cookie)])
}

/// A session of an origin's, under the name that another one looks for.
fn presented(settings: &GateSettings, minted: &str, at: &str, claims: Claims<'static>) -> Asked {
    let audience = settings.origins.resolve(minted, NOW).expect(minted);
    let session = signed(&Claims {
        audience: audience.audience(),
        ..claims
    });
    let name = settings.origins.resolve(at, NOW).expect(at);
    asked(at, &format!("{}={session}", name.cookies().session()))
}

fn share(minted: &str, at: &str) -> bool {
    minted == at
        || SHARE
            .iter()
            .any(|pair| pair.contains(&minted) && pair.contains(&at))
}

#[test]
fn a_cookie_of_one_origin_is_refused_by_every_other() {
    let settings = gate();
    for minted in SERVED {
        for at in SERVED {
            let asked = presented(&settings, minted, at, claims());
            let verdict = asked.judged(&settings);
            if share(minted, at) {
                let edits = verdict.edits();
                let user = edits.set.get("x-forwarded-email");
                assert_eq!(user, Some("ada@example.com"), "{minted} at {at}");
            } else {
                let code = verdict.reply().code;
                assert_eq!(code, Some(Code::SessionInvalid), "{minted} at {at}");
            }
        }
    }
}

#[test]
fn a_stale_session_is_looked_for_where_its_origins_users_are() {
    let settings = gate();
    for minted in SERVED {
        for at in SERVED {
            let asked = presented(&settings, minted, at, stale_claims());
            let origin = settings.origins.resolve(at, NOW).expect(at);
            match question(&asked.head(), &settings, NOW) {
                Question::Resume(resume) if share(minted, at) => {
                    assert_eq!(&resume.look_up.place, origin.place(), "{at}");
                    assert_eq!(resume.look_up.audience, origin.audience(), "{at}");
                }
                Question::Settled(Verdict::Respond(reply)) if !share(minted, at) => {
                    assert_eq!(reply.code, Some(Code::SessionInvalid), "{minted} at {at}");
                }
                question => panic!("{minted} at {at}: {question:?}"),
            }
        }
    }
}

#[test]
fn a_session_of_an_origin_that_was_made_again_is_looked_for_in_the_store() {
    for (created_at, believed) in [(NOW - 5, false), (NOW - 3600, true)] {
        let records = records().into_iter().map(|record| OriginRecord {
            created_at,
            ..record
        });
        let settings = gate_of(records.collect());
        for at in SERVED {
            // The main origin is the variables', and always there.
            let believed = believed || at == MAIN_HOST;
            let asked = presented(&settings, at, at, claims());
            match question(&asked.head(), &settings, NOW) {
                Question::Settled(Verdict::Forward(_)) => assert!(believed, "{at}"),
                Question::Resume(resume) => {
                    assert!(!believed, "{at}");
                    let gone = resume.answered(Ok(None), &asked.head(), &settings, NOW);
                    assert_eq!(gone.reply().code, Some(Code::SessionExpired), "{at}");
                }
                question => panic!("{at}: {question:?}"),
            }
        }
    }
}

#[test]
fn a_row_of_another_origin_becomes_no_cookie() {
    let settings = gate();
    for minted in SERVED {
        for at in SERVED {
            let asked = presented(&settings, at, at, stale_claims());
            let Question::Resume(resume) = question(&asked.head(), &settings, NOW) else {
                panic!("{at}: nothing to ask");
            };
            let audience = settings.origins.resolve(minted, NOW).expect(minted);
            let row = StoredSession {
                audience: audience.audience().to_owned(),
                ..stored()
            };
            match resume.answered(Ok(Some(resumed(row))), &asked.head(), &settings, NOW) {
                Verdict::Forward(_) => assert!(share(minted, at), "{minted} at {at}"),
                Verdict::Respond(reply) => {
                    assert!(!share(minted, at), "{minted} at {at}");
                    assert_eq!(reply.code, Some(Code::SessionExpired));
                }
                Verdict::Ask => panic!("{minted} at {at}: asked again"),
            }
        }
    }
}

#[test]
fn who_is_not_served_lets_nobody_in() {
    let settings = gate();
    for (at, code) in [
        ("over.example.com", Code::OriginUnknown),
        ("orphan.example.com", Code::SettingsInvalid),
        ("broken.example.com", Code::OriginUnknown),
        ("gone--app.previews.example.com", Code::OriginUnknown),
        ("feat--app.previews.example.com:8443", Code::OriginUnknown),
        (
            "feat--app.previews.example.com.evil.example",
            Code::OriginUnknown,
        ),
        ("xfeat--app.previews.example.com", Code::OriginUnknown),
        ("xn--pp-6kc.example.com", Code::OriginUnknown),
    ] {
        for minted in SERVED {
            let audience = settings.origins.resolve(minted, NOW).expect(minted);
            let session = signed(&Claims {
                audience: audience.audience(),
                ..claims()
            });
            let cookie = format!("__Host-gatelet={session}; __Secure-gatelet={session}");
            let asked = asked(at, &cookie);
            let reply = match question(&asked.head(), &settings, NOW) {
                Question::Settled(verdict) => verdict.reply(),
                Question::Unusable(unusable) => unusable.reply,
                question => panic!("{minted} at {at}: asks the store: {question:?}"),
            };
            assert_eq!(reply.code, Some(code), "{minted} at {at}");
        }
    }
}

#[test]
fn what_is_wrong_with_an_origin_is_told_to_the_operator_alone() {
    let settings = gate();
    let asked = asked("orphan.example.com", "a=b");
    // The door that has no log sends on to the one that has.
    assert_eq!(asked.judged(&settings), Verdict::Ask);
    let unusable = question(&asked.head(), &settings, NOW);
    let line = "origin orphan: its parent gone is gone".to_owned();
    assert!(unusable.inquiry(Usage::Arriving) == Some(Inquiry::Problem(line)));
    let verdict = unusable.answered(Finding::Nothing, &asked.head(), &settings, NOW);
    let reply = verdict.reply();
    assert_eq!(
        (reply.status, reply.code),
        (500, Some(Code::SettingsInvalid))
    );
    assert!(!String::from_utf8_lossy(&reply.body).contains("gone"));
    for host in SERVED
        .into_iter()
        .chain(["over.example.com", "nobody.example.com", "a b"])
    {
        let mut asked = Asked::get("/");
        asked.authority = host.to_owned();
        let question = question(&asked.head(), &settings, NOW);
        assert!(!matches!(question, Question::Unusable(_)), "{host}");
    }
}

#[test]
fn while_the_list_is_away_the_main_origin_is_served_and_no_other() {
    let base = [
        ("base_url", "https://app.example.com"),
        ("session_keys", KEY),
    ];
    let settings =
        GateSettings::new(Base::of_variables(base), Vec::new(), false).expect("settings");
    let session = format!("__Host-gatelet={}", signed(&claims()));
    assert!(matches!(
        asked(MAIN_HOST, &session).judged(&settings),
        Verdict::Forward(_)
    ));
    let reply = asked("shop.example.com", &session)
        .judged(&settings)
        .reply();
    assert_eq!(
        (reply.status, reply.code),
        (503, Some(Code::StoreUnavailable))
    );
}
