//! What is asked crosses as data, and whoever asks and whoever judges may be two.

use crate::backend::better_auth::ForeignSession;
use crate::backend::workos::UnsealedSession;
use crate::claims::SessionToken;
use crate::credential::Usage;
use crate::crossing;
use crate::decide::*;
use crate::fixture::{Asked, BASE_URL, NOW, resumed, settings, stale_claims, stored, stored_token};
use crate::handed::{HandedToken, WantedToken};
use crate::inquiry::{ForeignInquiry, SessionFinding, SessionInquiry, TokenInquiry};
use crate::origin_record::Place;
use crate::secret::Secret;
use crate::session::StoredSession;

fn place() -> Place {
    Place {
        url: Secret::new("postgres://u:p@db.example/x".to_owned()),
        schema: "preview_a".to_owned(),
    }
}

fn inquiries() -> Vec<Inquiry> {
    let session = |app: Option<&str>, idle_expires_at| {
        Inquiry::Session(SessionInquiry {
            place: place(),
            token_digest: [7; 32],
            audience: BASE_URL.to_owned(),
            app: app.map(str::to_owned),
            idle_expires_at,
            wanted: app.map(|_| WantedToken {
                authority: "app.example.com".to_owned(),
                provider: "acme".to_owned(),
                session: SessionToken::from_random([9; 32]),
            }),
        })
    };
    let token = Inquiry::Token(TokenInquiry {
        place: Place::main(),
        digest: [8; 32],
        audience: BASE_URL.to_owned(),
        app: Some("codex".to_owned()),
    });
    let foreign = |one| Inquiry::Foreign(one);
    let seals = |may_exchange| {
        foreign(ForeignInquiry::WorkOs {
            seals: vec!["Fe26.2**a".to_owned()],
            may_exchange,
        })
    };
    vec![
        Inquiry::Ready,
        Inquiry::Problem("origin a: is no good".to_owned()),
        session(None, NOW),
        session(None, 0),
        session(Some("codex"), NOW),
        token,
        foreign(ForeignInquiry::BetterAuth(vec![
            "a".to_owned(),
            "b".to_owned(),
        ])),
        seals(true),
        seals(false),
    ]
}

fn found(handed: Option<Result<Option<HandedToken>, Code>>) -> Finding {
    Finding::Session(Ok(Some(SessionFinding {
        resumed: resumed(stored()),
        handed,
    })))
}

fn findings() -> Vec<Finding> {
    let StoredSession { user, .. } = stored();
    let row = ForeignSession {
        token: Secret::new("kq3hVtZ8".to_owned()),
        user: user.clone(),
        created_at: NOW,
        expires_at: NOW + 9,
        is_banned: true,
        ban_expires_at: Some(NOW + 5),
        role: "admin".to_owned(),
    };
    let unsealed = UnsealedSession {
        seal: "Fe26.2**a".to_owned(),
        replacement: Some("Fe26.2**b".to_owned()),
        user,
        issued_at: NOW,
        expires_at: NOW + 9,
    };
    vec![
        Finding::Nothing,
        Finding::Ready(Ok(())),
        Finding::Ready(Err(StoreError::Schema)),
        found(None),
        found(Some(Ok(None))),
        found(Some(Err(Code::ProviderRevoked))),
        found(Some(Ok(Some(HandedToken {
            access_token: Secret::new("at-1".to_owned()),
            expires_at: Some(NOW),
            scope: "openid".to_owned(),
        })))),
        Finding::Session(Ok(None)),
        Finding::Session(Err(StoreError::Unavailable)),
        Finding::Token(Ok(Some(stored_token()))),
        Finding::Foreign(Ok(ForeignAnswer::BetterAuth(vec![row]))),
        Finding::Foreign(Ok(ForeignAnswer::WorkOs(vec![unsealed]))),
        Finding::Foreign(Err(StoreError::Internal)),
    ]
}

#[test]
fn questions_and_findings_cross_whole_and_no_two_alike() {
    let mut written = Vec::new();
    for inquiry in inquiries() {
        let bytes = crossing::write_inquiry(&inquiry);
        assert!(crossing::read_inquiry(&bytes) == Some(inquiry));
        assert!(crossing::read_inquiry(&[&bytes[..], b"\0"].concat()).is_none());
        assert!((0..bytes.len()).all(|end| crossing::read_inquiry(&bytes[..end]).is_none()));
        written.push(bytes);
    }
    written.sort_unstable();
    written.dedup();
    assert_eq!(written.len(), inquiries().len(), "one answer for each");
    for finding in findings() {
        let bytes = crossing::write_finding(&finding);
        assert!(crossing::read_finding(&bytes) == Some(finding));
        assert!(crossing::read_finding(&[&bytes[..], b"\0"].concat()).is_none());
        assert!((0..bytes.len()).all(|end| crossing::read_finding(&bytes[..end]).is_none()));
    }
}

#[test]
fn what_is_asked_is_all_that_its_answer_depends_on() {
    let settings = settings(&[("apps", "Codex")]);
    let inquiry = |asked: &Asked, usage| {
        let question = question(&asked.head(), &settings, NOW);
        question
            .inquiry(usage)
            .expect("a stale session is asked about")
    };
    let page = inquiry(&Asked::get("/").stale(), Usage::Arriving);
    let picture = Asked::get("/a.png?b").with(&[("accept", "image/png")]);
    assert!(
        inquiry(&picture.stale(), Usage::Arriving) == page,
        "one session"
    );
    let silent = inquiry(&Asked::get("/").stale(), Usage::Silent);
    assert!(silent != page, "one is no use of it");
    let Inquiry::Session(session) = page else {
        panic!("a session is looked for");
    };
    assert_eq!(session.token_digest, stale_claims().token.digest());
    assert_eq!(session.idle_expires_at, NOW + 604_800);
    let fresh = question(&Asked::get("/").signed_in().head(), &settings, NOW);
    assert!(fresh.inquiry(Usage::Arriving).is_none());
}

#[test]
fn what_others_than_the_store_may_be_asked_for_is_known() {
    let exchange = inquiries()
        .iter()
        .map(Inquiry::may_exchange)
        .collect::<Vec<_>>();
    let expected = [false, false, false, false, true, false, false, true, false];
    assert_eq!(exchange, expected);
}

#[test]
fn an_answer_to_another_question_lets_nobody_in() {
    let settings = settings(&[("access_rules", "/open public")]);
    for target in ["/", "/open"] {
        let asked = Asked::get(target).stale();
        for finding in findings() {
            let fits = matches!(finding, Finding::Session(_));
            let question = question(&asked.head(), &settings, NOW);
            let verdict = question.answered(finding, &asked.head(), &settings, NOW);
            if !fits {
                assert_eq!(verdict.reply().code, Some(Code::Internal), "{target}");
            }
        }
    }
}

#[test]
fn one_finding_does_for_all_who_asked_the_same() {
    let settings = settings(&[("access_rules", "/admin/* group nobody; /* signed-in")]);
    let finding = || found(None);
    for (target, passes) in [("/", true), ("/a.png", true), ("/admin/x", false)] {
        let asked = Asked::get(target).stale();
        let question = question(&asked.head(), &settings, NOW);
        let verdict = question.answered(finding(), &asked.head(), &settings, NOW);
        let passed = matches!(verdict, Verdict::Forward(_));
        assert_eq!(passed, passes, "each is judged by its own head: {target}");
    }
}
