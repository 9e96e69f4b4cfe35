//! Applications, their variables, and projects that declare secrets.

use gatelet_tests::cases::Engine;
use gatelet_tests::on_both_engines;
use gatelet_tests::secrets;

use super::{CONSOLE, admin, started};

on_both_engines! {
    an_applications_variables_are_set_and_their_values_shown_nowhere,
    a_project_is_shown_as_a_plan_before_it_is_written,
    an_application_that_will_not_do_is_not_added,
}

fn an_applications_variables_are_set_and_their_values_shown_nowhere(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, _) = admin(&gatelet);
    for value in ["hunter2-of-the-vault", "hunter2-of-the-app"] {
        secrets::remember(value);
    }
    let put = [
        ("act", "put"),
        ("name", "API_KEY"),
        ("value", "hunter2-of-the-vault"),
    ];
    CONSOLE.submit(&visitor, "secrets", &put).expect(303);
    let answer = CONSOLE.submit(&visitor, "applications", &[("name", "Web")]);
    CONSOLE.expect_done(answer, "applications/web", "application-added");

    let page = "applications/web";
    let bind = [("act", "bind"), ("secret", "API_KEY"), ("as", "")];
    CONSOLE.expect_done(CONSOLE.submit(&visitor, page, &bind), page, "secret-bound");
    let set = [("act", "set"), ("key", "PORT"), ("value", "8080")];
    CONSOLE.expect_done(CONSOLE.submit(&visitor, page, &set), page, "variable-set");
    let text = CONSOLE.shown(&visitor, page).text();
    assert!(text.contains("From a secret") && text.contains("PORT") && !text.contains("8080"));
    let list = CONSOLE.shown(&visitor, "secrets").text();
    assert!(list.contains("1 variable has a copy"), "{list}");
    let delete = CONSOLE.shown(&visitor, "secrets/API_KEY/delete").text();
    assert!(
        delete.contains("<code>web</code>"),
        "the blast radius: {delete}"
    );

    let own = [
        ("act", "set"),
        ("key", "API_KEY"),
        ("value", "hunter2-of-the-app"),
    ];
    CONSOLE.expect_done(CONSOLE.submit(&visitor, page, &own), page, "variable-set");
    let text = CONSOLE.shown(&visitor, page).text();
    assert!(text.contains("Its own, where a secret would be"), "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    for (key, value) in [("", "x"), ("1A", "x"), ("LD_PRELOAD", "x")] {
        let set = [("act", "set"), ("key", key), ("value", value)];
        CONSOLE.submit(&visitor, page, &set).expect(422);
    }
    let long = "x".repeat(8_193);
    let set = [("act", "set"), ("key", "LONG"), ("value", long.as_str())];
    let refused = CONSOLE.submit(&visitor, page, &set).expect(422).text();
    assert!(refused.contains("at most 8192 bytes") && !refused.contains("xxx"));

    let delete = [("act", "delete"), ("key", "API_KEY")];
    CONSOLE.expect_done(
        CONSOLE.submit(&visitor, page, &delete),
        page,
        "variable-deleted",
    );
    let remove = CONSOLE.shown(&visitor, "applications/web/remove");
    let form = remove.form("/remove");
    let answer = visitor.submit(&form, &remove.url).send();
    CONSOLE.expect_done(answer, "applications", "application-removed");
    let gone = visitor.visit("/auth/console/applications/web").send();
    gone.expect(404);
}

fn a_project_is_shown_as_a_plan_before_it_is_written(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, _) = admin(&gatelet);
    let put = [
        ("act", "put"),
        ("name", "API_KEY"),
        ("value", "hunter2-declared"),
    ];
    CONSOLE.submit(&visitor, "secrets", &put).expect(303);
    CONSOLE
        .submit(&visitor, "applications", &[("name", "web")])
        .expect(303);
    let page = "applications/web";
    let project = r#"{"version": 2, "name": "web", "domains": {"prod": "hunter2.example"},
        "secrets": ["MISSING", {"name": "API_KEY", "as": "KEY_OF_WEB"}]}"#;
    let plan = CONSOLE
        .submit(&visitor, page, &[("act", "plan"), ("project", project)])
        .expect(200);
    let text = plan.text();
    assert!(text.contains("Is written") && text.contains("Nobody has entered it"));
    assert!(!text.contains("hunter2"), "what is no name is not repeated");
    assert!(
        CONSOLE
            .shown(&visitor, page)
            .text()
            .contains("It has none.")
    );
    let form = plan.form_with("/auth/console/applications/web", "act", "apply");
    let answer = visitor.submit(&form, &plan.url).send();
    CONSOLE.expect_done(answer, page, "reconciled");
    assert!(CONSOLE.shown(&visitor, page).text().contains("KEY_OF_WEB"));

    for broken in [
        "",
        "{",
        r#"{"version": 2, "secrets": ["hunter2-value"]}"#,
        r#"{"version": 2, "secrets": ["PATH"]}"#,
    ] {
        let fields = [("act", "plan"), ("project", broken)];
        let text = CONSOLE.submit(&visitor, page, &fields).expect(422).text();
        assert!(text.contains("nothing was written"), "{broken}");
        assert!(!text.contains("hunter2"), "{broken}");
    }
    let long = format!("{project}{}", " ".repeat(100_000));
    CONSOLE
        .submit(&visitor, page, &[("act", "plan"), ("project", &long)])
        .expect(200);
}

fn an_application_that_will_not_do_is_not_added(engine: Engine) {
    let gatelet = started(engine);
    let (visitor, _) = admin(&gatelet);
    for name in ["", "a b", "a/b", "ä", &"a".repeat(64)] {
        CONSOLE
            .submit(&visitor, "applications", &[("name", name)])
            .expect(422);
    }
    assert!(
        CONSOLE
            .shown(&visitor, "applications")
            .text()
            .contains("There is none yet")
    );
}
