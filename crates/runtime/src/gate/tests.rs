//! The gate of the gateway as it is built, judged through the host.

use std::sync::Arc;
use std::time::Instant;

use gatelet_core::claims::{Claims, SessionToken};
use gatelet_core::cookie;
use gatelet_core::error::Code;
use gatelet_core::inquiry::Inquiry;
use gatelet_core::key::KeyRing;
use gatelet_core::origin_record::{OriginRecord, Place};
use gatelet_core::secret::Secret;
use gatelet_core::settings::{Base, GateSettings};
use gatelet_core::{Head, Verdict, crossing};

use super::*;
use crate::app::Components;
use crate::judging::{DECIDE, exporting};
use crate::shipped::{BASE_URL, KEY, components};

const NOW: u64 = 1_800_000_000;

fn gate(components: &Arc<Components>) -> Arc<Gate> {
    let gateway = components.named("gateway").expect("the manifest has one");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let gate = runtime.block_on(Gate::open(gateway)).unwrap();
    Arc::new(gate.expect("the gateway exports the gate"))
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
fn a_finding_counts_where_its_question_is_still_the_heads() {
    use gatelet_core::credential::Usage;
    use gatelet_core::inquiry::Finding;

    use super::decider::Asked;

    let components = components();
    let shared = gate(&components);
    let fields = session(NOW - 600);
    let head = head(&fields);
    let mut before = shared.ready().unwrap();
    let Asked::Question(question) = before.begin().ask(&head, NOW, Usage::Arriving).unwrap() else {
        panic!("a stale session is asked about");
    };
    let finding = crossing::write_finding(&Finding::Session(Ok(None)));
    let mut concluded = |question: &[u8], finding: &[u8]| {
        let decider = before.begin();
        decider.conclude(&head, NOW, Usage::Arriving, question, finding)
    };
    let gone = concluded(&question, &finding).unwrap();
    assert!(
        matches!(&gone, Verdict::Respond(reply) if reply.code == Some(Code::SessionExpired)),
        "{gone:?}"
    );
    let broken = concluded(&question, b"nonsense").unwrap();
    assert!(
        matches!(&broken, Verdict::Respond(reply) if reply.code == Some(Code::Internal)),
        "{broken:?}"
    );
    let another = concluded(&crossing::write_inquiry(&Inquiry::Ready), &finding).unwrap();
    assert_eq!(another, Verdict::Ask);

    // Settings have changed meanwhile, and with them what is asked.
    hand(&shared, |base, _| {
        const IDLE: &str = "session_idle_seconds";
        let kept = base.iter().map(|(setting, value)| (setting.name(), value));
        let kept = kept.filter(|(name, _)| *name != IDLE);
        *base = Base::of_variables(kept.chain([(IDLE, "4000")]).collect::<Vec<_>>());
    });
    let mut after = shared.ready().unwrap();
    let decider = after.begin();
    let again = decider.conclude(&head, NOW, Usage::Arriving, &question, &finding);
    assert_eq!(again.unwrap(), Verdict::Ask, "it is asked again");
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
