//! The gate of the gateway as it is built, judged through the host.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use gatelet_core::claims::{Claims, SessionToken};
use gatelet_core::cookie;
use gatelet_core::key::KeyRing;
use gatelet_core::origin_record::{OriginRecord, Place};
use gatelet_core::secret::Secret;
use gatelet_core::settings::{Base, GateSettings};
use gatelet_core::{Head, Verdict, crossing};

use super::*;
use crate::app::{Components, RunOptions};
use crate::judging::{DECIDE, exporting};
use crate::manifest::Manifest;
use crate::variables::Variables;

const NOW: u64 = 1_800_000_000;
const BASE_URL: &str = "http://localhost:3000";
/// Random, and used nowhere else.
const KEY: &str = "k1:Zq8wE3rT5yU7iO9pA1sD2fG4hJ6kL8zX0cV3bN5mQ7w";

fn gate(components: &Arc<Components>) -> Arc<Gate> {
    let gateway = components.named("gateway").expect("the manifest has one");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let gate = runtime.block_on(Gate::open(gateway)).unwrap();
    Arc::new(gate.expect("the gateway exports the gate"))
}

fn components() -> Arc<Components> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let manifest = Manifest::read(&root.join("spin.toml")).unwrap();
    let set = [
        ("session_keys", KEY),
        ("base_url", BASE_URL),
        ("upstream", "http://127.0.0.1:9"),
    ];
    let defaults = manifest
        .variables
        .iter()
        .filter_map(|(name, variable)| Some((name.clone(), variable.default.clone()?)));
    let set = set.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let variables = Variables::from(defaults.chain(set).collect::<BTreeMap<_, _>>());
    let folder = tempfile::tempdir().unwrap();
    let mut options = RunOptions::beside(folder.path());
    options.cache_folder = Some(root.join("target/tmp/compiled"));
    Components::load(&manifest, &variables, &options).unwrap()
}

/// Changes what is handed to instances that are still to come.
fn hand(gate: &Gate, change: impl FnOnce(&mut Base, &mut Vec<OriginRecord>)) {
    gate.settings.change(|settings| {
        let (mut base, mut records, complete) = crossing::read_settings(&settings.handed).unwrap();
        change(&mut base, &mut records);
        settings.handed = Arc::new(crossing::write_settings(&base, &records, complete));
    });
}

fn head(fields: &str) -> Head<'_> {
    Head {
        method: "GET",
        target: "/",
        authority: "localhost:3000",
        tls: false,
        peer: "127.0.0.1",
        fields: fields.as_bytes(),
    }
}

fn session(fresh_until: u64) -> String {
    let claims = Claims {
        token: SessionToken::from_random([7; 32]),
        user_id: "2f1c8f0e-6a57-4b52-9d0f-1f0d6a3b7c11",
        email: "ada@example.com",
        email_verified: true,
        name: "Ada Lovelace",
        provider: "google",
        audience: BASE_URL,
        amr: "fed",
        auth_time: NOW,
        groups: "",
        issued_at: fresh_until - 60,
        fresh_until,
        expires_at: NOW + 86_400,
    };
    let value = cookie::sign(&claims, &KeyRing::parse(KEY).unwrap()).unwrap();
    format!(
        "accept:text/html,application/xhtml+xml,*/*;q=0.8\naccept-encoding:gzip, deflate\naccept-language:en\n\
         user-agent:Mozilla/5.0 (X11; Linux x86_64)\ncookie:theme=dark; gatelet-3000={value}\n"
    )
}

#[test]
fn a_fresh_session_passes_and_a_stale_one_asks() {
    let components = components();
    let gate = ThreadGate::new(gate(&components));
    let fresh = gate.decide(&head(&session(NOW + 50)), NOW).unwrap();
    let Verdict::Forward(edits) = fresh else {
        panic!("{fresh:?}");
    };
    assert_eq!(edits.upstream, "http://127.0.0.1:9");
    assert_eq!(edits.set.get("x-forwarded-email"), Some("ada@example.com"));
    let stale = gate.decide(&head(&session(NOW - 600)), NOW).unwrap();
    assert!(matches!(stale, Verdict::Ask), "{stale:?}");
    let nobody = gate.decide(&head("accept:*/*\n"), NOW).unwrap();
    assert!(
        matches!(&nobody, Verdict::Respond(reply) if reply.status == 401),
        "{nobody:?}"
    );
}

#[test]
fn settings_that_have_changed_reach_every_thread_and_others_are_not_loaded_again() {
    let components = components();
    let shared = gate(&components);
    let thread = ThreadGate::new(Arc::clone(&shared));
    assert!(thread.decide(&head(""), NOW).is_ok());
    let before = shared.settings.generation();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(shared.refresh()).unwrap();
    assert_eq!(shared.settings.generation(), before, "nothing has changed");

    hand(&shared, |base, _| *base = Base::of_variables([]));
    runtime.block_on(shared.refresh()).unwrap();
    assert_eq!(shared.settings.generation(), before + 1);
    assert!(thread.decide(&head(""), NOW).is_ok());
    assert_eq!(thread.generation(), Some(before + 1));
}

#[test]
fn origins_that_are_handed_over_are_judged_each_by_its_own_record() {
    let components = components();
    let shared = gate(&components);
    let origin = |name: &str, created_at, expires_at| OriginRecord {
        name: name.to_owned(),
        parent: "main".to_owned(),
        is_preview: false,
        values: vec![
            ("base_url".to_owned(), format!("http://{name}.localhost")),
            ("upstream".to_owned(), format!("http://{name}.test:81")),
            ("access_rules".to_owned(), "/* public".to_owned()),
        ],
        place: Place {
            url: Secret::new(String::new()),
            schema: format!("preview_{name}"),
        },
        created_at,
        expires_at,
    };
    hand(&shared, |_, records| {
        *records = vec![
            origin("one", 1, None),
            origin("over", 2, Some(NOW)),
            origin("two", 3, Some(NOW + 1)),
        ];
    });
    let thread = ThreadGate::new(shared);
    let at = |authority| {
        let head = Head {
            authority,
            ..head("accept:*/*\n")
        };
        thread.decide(&head, NOW).unwrap()
    };
    for (authority, upstream) in [
        ("one.localhost", "http://one.test:81"),
        ("two.localhost", "http://two.test:81"),
    ] {
        let verdict = at(authority);
        assert!(
            matches!(&verdict, Verdict::Forward(edits) if edits.upstream == upstream),
            "{authority}: {verdict:?}"
        );
    }
    let over = at("over.localhost");
    assert!(
        matches!(&over, Verdict::Respond(reply) if reply.status == 421 && !reply.body.is_empty()),
        "{over:?}"
    );
}

#[test]
fn settings_that_do_not_load_are_refused_with_the_components_line() {
    let components = components();
    let shared = gate(&components);
    hand(&shared, |base, _| {
        let set = [("session_keys", KEY), ("base_url", "nowhere")];
        *base = Base::of_variables(set);
    });
    let refused = shared.ready().err().expect("no base URL");
    assert!(refused.to_string().starts_with("base_url"), "{refused:#}");
}

#[test]
fn a_component_without_the_gates_function_has_no_judging_module() {
    const EMPTY: [u8; 8] = [0, b'a', b's', b'm', 0x0d, 0, 1, 0];
    assert!(exporting(&EMPTY, DECIDE).is_err());
    assert!(exporting(b"nonsense", DECIDE).is_err());
}

/// Prints what judging one head costs, through the gate and by the same core natively, in
/// turns: `--profile dist`, for neither copies nor the core are optimised in others.
#[test]
#[ignore = "a measurement"]
fn cost() {
    let components = components();
    let shared = gate(&components);
    let settings = shared.settings.current().handed;
    let (base, records, complete) = crossing::read_settings(&settings).unwrap();
    let natively = GateSettings::new(base, records, complete).unwrap();
    let gate = ThreadGate::new(shared);
    for (name, fields) in [
        ("signed in", session(NOW + 50)),
        ("nobody", "accept:*/*\n".to_owned()),
    ] {
        let head = head(&fields);
        let through_the_gate = || gate.decide(&head, NOW).unwrap();
        let by_the_core = || gatelet_core::decide(&head, &natively, NOW);
        assert_eq!(through_the_gate(), by_the_core(), "{name}");
        let (mut wasm, mut native) = (f64::MAX, f64::MAX);
        for _ in 0..20 {
            wasm = wasm.min(once_ns(through_the_gate));
            native = native.min(once_ns(by_the_core));
        }
        println!("{name}: {wasm:.0} ns through the gate, {native:.0} ns natively");
    }
}

/// The mean of many.
fn once_ns(judge: impl Fn() -> Verdict) -> f64 {
    const TIMES: u32 = 20_000;
    let start = Instant::now();
    for _ in 0..TIMES {
        std::hint::black_box(judge());
    }
    start.elapsed().as_nanos() as f64 / f64::from(TIMES)
}
