//! Every page, with the same wherever something goes.

use askama::DynTemplate;
use gatelet_core::error::Code as Denial;
use gatelet_core::negotiate::Reader;
use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::FormCode;
use gatelet_secrets::plan::Step;
use gatelet_secrets::rows::{RequestState, Usage};
use gatelet_secrets::source::Source;
use gatelet_secrets::{Code, Scope, ValueError};
use gatelet_texts::{Language, Moment, problems};
use gatelet_web::access_tokens::{NewToken, TokenRow};
use gatelet_web::{Faults, Frame, Looks, explained};

use crate::notice::Notice;
use crate::pages::{
    AgentsPage, ApplicationPage, ApplicationRow, ApplicationsPage, Around, AuditPage,
    DeleteSecretPage, EnteredPage, EntryPage, EventRow, Kept, NewLink, OriginRow, OriginsPage,
    OverviewPage, Plan, PlannedRow, RemoveApplicationPage, RequestRow, RequestsPage, SecretPage,
    SecretRow, SecretsPage, SessionRow, SessionsPage, Typed, UserRow, UsersPage, VariableRow,
};
use crate::problem::Problem;
use crate::section::Section;

pub(super) const HOSTILE: &str = "\"><script>alert(1)</script>'&{{7*7}}";
const THEN: Moment = Moment(1_797_000_000);

/// The reader's language, and what stands wherever something is filled in.
#[derive(Clone, Copy)]
pub(super) struct Filled {
    pub(super) language: Language,
    pub(super) with: &'static str,
}

/// For claims about markup.
pub(super) const ESCAPED: Filled = Filled {
    language: Language::English,
    with: HOSTILE,
};

impl Filled {
    fn text(self) -> String {
        self.with.to_owned()
    }

    fn frame(self) -> Frame {
        Frame {
            language: self.language,
            site_name: self.text(),
            insecure: false,
            preview: None,
            looks: Looks {
                theme_href: Some(self.text()),
                logo_src: Some(self.text()),
                icon_href: self.text(),
            },
        }
    }

    fn used_by(self) -> Vec<Usage> {
        let usage = |overridden| Usage {
            application: self.text(),
            env_key: self.text(),
            overridden,
        };
        vec![usage(false), usage(true)]
    }

    fn secret(self, used_by: Vec<Usage>, updated_by: Option<String>) -> SecretRow {
        SecretRow {
            name: self.text(),
            updated_at: THEN,
            updated_by,
            used_by,
        }
    }

    fn link(self) -> Option<NewLink> {
        Some(NewLink {
            name: self.text(),
            url: self.text(),
            expires_at: THEN,
        })
    }
}

/// Something wrong with each of these fields, and with the form.
pub(super) fn faults(fields: &[&'static str]) -> Faults {
    let mut faults = Faults::default();
    for field in fields {
        faults.field(field, problems::INVALID);
    }
    faults.form(problems::INVALID);
    faults
}

pub(super) fn entry(filled: Filled, rotates: bool) -> EntryPage {
    EntryPage {
        frame: filled.frame(),
        faults: Faults::default(),
        name: filled.text(),
        rotates,
        used_by: filled.used_by(),
        expires_at: THEN,
        token: filled.text(),
        csrf: filled.text(),
    }
}

fn application(filled: Filled) -> ApplicationPage {
    let variable = |source, secret, is_stale| VariableRow {
        key: filled.text(),
        source,
        secret,
        is_stale,
        updated_at: THEN,
    };
    let planned = |step| PlannedRow {
        name: filled.text(),
        key: filled.text(),
        step,
    };
    let steps = [Step::Set, Step::Keep, Step::Missing, Step::Overridden];
    ApplicationPage {
        frame: filled.frame(),
        around: Around::new(Section::Applications, None).below(),
        faults: faults(&["key", "value", "secret", "as"]),
        name: filled.text(),
        variables: vec![
            variable(Source::OrgLinked, Some(filled.text()), true),
            variable(Source::AppOverride, None, false),
            variable(Source::App, None, false),
        ],
        secrets: vec![filled.text()],
        typed: Typed {
            key: filled.text(),
            secret: filled.text(),
            bind_as: filled.text(),
        },
        project_fault: None,
        plan: Some(Plan {
            project: filled.text(),
            steps: steps.map(planned).into(),
        }),
        csrf: filled.text(),
    }
}

fn secrets(filled: Filled) -> SecretsPage {
    SecretsPage {
        frame: filled.frame(),
        around: Around::new(Section::Secrets, None),
        faults: faults(&["asked", "name", "value"]),
        made: filled.link(),
        secrets: vec![
            filled.secret(filled.used_by(), Some(filled.text())),
            filled.secret(filled.used_by().split_off(1), None),
            filled.secret(Vec::new(), None),
        ],
        asked: filled.text(),
        name: filled.text(),
        csrf: filled.text(),
    }
}

fn agents(filled: Filled) -> AgentsPage {
    let row = |used_at| TokenRow {
        id: filled.text(),
        name: filled.text(),
        reach: Scope::ALL.into(),
        created_at: THEN,
        expires_at: THEN,
        used_at,
    };
    AgentsPage {
        frame: filled.frame(),
        around: Around::new(Section::Agents, None),
        faults: faults(&["name", "days", "secrets:names"]),
        endpoint: filled.text(),
        made: Some(NewToken {
            id: String::new(),
            text: filled.text(),
            name: filled.text(),
            expires_at: THEN,
        }),
        tokens: vec![row(None), row(Some(THEN))],
        name: filled.text(),
        name_limit: 80,
        days: vec![7, 30],
        scopes: vec![Scope::EnvWrite],
        csrf: filled.text(),
    }
}

/// Every page, and what it is called here.
pub(super) fn pages(filled: Filled) -> Vec<(&'static str, Box<dyn DynTemplate>)> {
    let (frame, text) = (|| filled.frame(), || filled.text());
    let around = |section| Around::new(section, None);
    let overview = |vault| OverviewPage {
        frame: frame(),
        around: around(Section::Overview),
        vault,
    };
    let kept = |count| {
        Some(Kept {
            key: text(),
            secrets: count,
            requests: count,
            applications: count,
        })
    };
    let secret = |used_by, updated_by| SecretPage {
        frame: frame(),
        around: around(Section::Secrets).below(),
        faults: faults(&["value"]),
        made: filled.link(),
        secret: filled.secret(used_by, updated_by),
        csrf: text(),
    };
    let delete = |used_by| DeleteSecretPage {
        frame: frame(),
        around: around(Section::Secrets).below(),
        secret: filled.secret(used_by, None),
        csrf: text(),
    };
    let request = |state, created_by| RequestRow {
        name: text(),
        state,
        created_at: THEN,
        expires_at: THEN,
        created_by,
    };
    let row = |is_named, variables| ApplicationRow {
        name: text(),
        is_named,
        variables,
    };
    let remove = |is_named| RemoveApplicationPage {
        frame: frame(),
        around: around(Section::Applications).below(),
        application: row(is_named, 2),
        csrf: text(),
    };
    let origin = |is_preview, expires_at| OriginRow {
        name: text(),
        base_url: text(),
        parent: text(),
        is_preview,
        branch: text(),
        expires_at,
    };
    let user = |is_off, may_switch, sessions| UserRow {
        id: text(),
        email: text(),
        name: text(),
        groups: text(),
        sessions,
        is_off,
        may_switch,
    };
    let session = |is_this, may_end| SessionRow {
        id: text(),
        user_id: text(),
        email: text(),
        audience: text(),
        provider: text(),
        signed_in_at: THEN,
        until: THEN,
        is_this,
        may_end,
    };
    let event = |is_operators, times| EventRow {
        act: text(),
        who: text(),
        is_operators,
        target: text(),
        origin: text(),
        address: text(),
        last_at: THEN,
        times,
    };
    let mut all: Vec<(&'static str, Box<dyn DynTemplate>)> = vec![
        ("overview", Box::new(overview(kept(1)))),
        ("overview, more", Box::new(overview(kept(3)))),
        ("overview, no key", Box::new(overview(None))),
        ("secrets", Box::new(secrets(filled))),
        (
            "secrets, none",
            Box::new(SecretsPage {
                made: None,
                secrets: Vec::new(),
                faults: Faults::default(),
                ..secrets(filled)
            }),
        ),
        ("secret", Box::new(secret(filled.used_by(), Some(text())))),
        ("secret, unused", Box::new(secret(Vec::new(), None))),
        ("delete a secret", Box::new(delete(filled.used_by()))),
        ("delete an unused one", Box::new(delete(Vec::new()))),
        ("entry", Box::new(entry(filled, false))),
        ("entry, rotates", Box::new(entry(filled, true))),
        (
            "entry, rotates an unused one",
            Box::new(EntryPage {
                used_by: Vec::new(),
                faults: faults(&["value"]),
                ..entry(filled, true)
            }),
        ),
        (
            "entered",
            Box::new(EnteredPage {
                frame: frame(),
                name: text(),
            }),
        ),
        (
            "requests",
            Box::new(RequestsPage {
                frame: frame(),
                around: around(Section::Requests),
                requests: vec![
                    request(RequestState::Pending, Some(text())),
                    request(RequestState::Fulfilled, None),
                    request(RequestState::Expired, None),
                ],
            }),
        ),
        (
            "requests, none",
            Box::new(RequestsPage {
                frame: frame(),
                around: around(Section::Requests),
                requests: Vec::new(),
            }),
        ),
    ];
    let applications = |applications| ApplicationsPage {
        frame: frame(),
        around: around(Section::Applications),
        faults: faults(&["name"]),
        applications,
        name: text(),
        csrf: text(),
    };
    let users = |users, next| UsersPage {
        frame: frame(),
        around: around(Section::Users),
        users,
        next,
        csrf: text(),
    };
    let sessions = |sessions, next| SessionsPage {
        frame: frame(),
        around: around(Section::Sessions),
        sessions,
        next,
        csrf: text(),
    };
    let audit = |events, next| AuditPage {
        frame: frame(),
        around: around(Section::Audit),
        events,
        next,
    };
    let origins = |origins, next| OriginsPage {
        frame: frame(),
        around: around(Section::Origins),
        origins,
        next,
    };
    let rest: Vec<(&'static str, Box<dyn DynTemplate>)> = vec![
        (
            "applications",
            Box::new(applications(vec![row(true, 1), row(false, 2)])),
        ),
        ("applications, none", Box::new(applications(Vec::new()))),
        ("application", Box::new(application(filled))),
        (
            "application, nothing in it",
            Box::new(ApplicationPage {
                faults: Faults::default(),
                variables: Vec::new(),
                secrets: Vec::new(),
                project_fault: Some(text()),
                plan: Some(Plan {
                    project: text(),
                    steps: Vec::new(),
                }),
                ..application(filled)
            }),
        ),
        ("remove an application", Box::new(remove(false))),
        ("remove a named one", Box::new(remove(true))),
        ("agents", Box::new(agents(filled))),
        (
            "origins",
            Box::new(origins(
                vec![origin(true, Some(THEN)), origin(false, None)],
                Some(text()),
            )),
        ),
        ("origins, none", Box::new(origins(Vec::new(), None))),
        (
            "users",
            Box::new(users(
                vec![
                    user(true, true, 1),
                    user(false, true, 2),
                    user(false, false, 0),
                ],
                Some(text()),
            )),
        ),
        ("users, none", Box::new(users(Vec::new(), None))),
        (
            "sessions",
            Box::new(sessions(
                vec![
                    session(true, false),
                    session(false, true),
                    session(false, false),
                ],
                Some(text()),
            )),
        ),
        ("sessions, none", Box::new(sessions(Vec::new(), None))),
        (
            "audit",
            Box::new(audit(vec![event(true, 1), event(false, 3)], Some(text()))),
        ),
        ("audit, none", Box::new(audit(Vec::new(), None))),
    ];
    all.extend(rest);
    for notice in Notice::ALL {
        all.push((
            notice.word(),
            Box::new(OverviewPage {
                frame: frame(),
                around: Around::new(Section::Overview, Some(*notice)),
                vault: None,
            }),
        ));
    }
    all
}

/// Every one that is the console's, and a few that all have.
pub(super) fn problems() -> Vec<Problem> {
    let vault = Code::ALL.map(Problem::Vault);
    let values = [ValueError::Empty, ValueError::TooLong, ValueError::Nul];
    let own = [
        Problem::not_found(),
        Problem::Common(gatelet_web::Problem::Denied(Denial::StoreUnavailable)),
        Problem::Common(gatelet_web::Problem::Form(FormCode::CsrfMismatch)),
        Problem::NotAdmin,
        Problem::NotRecent,
        Problem::LinkVoid,
        Problem::TooManyTokens,
        Problem::NotYours,
    ];
    let values = values.map(Problem::Value).into_iter();
    vault.into_iter().chain(values).chain(own).collect()
}

/// The whole page that says why a request got no further.
pub(super) fn problem_page(filled: Filled, problem: Problem) -> String {
    let return_to = ReturnTarget::default();
    let answer = explained(filled.frame(), problem, Reader::Person, &return_to);
    String::from_utf8(answer.into_body().to_vec()).expect("a page is text")
}
