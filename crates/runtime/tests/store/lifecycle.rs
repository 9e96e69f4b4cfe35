//! Does an origin come and go together with its data?

use std::time::Instant;

use gatelet_runtime::store::{Created, Deleted};

use super::{
    Subject, digest, on_both_engines,
    origins::preview,
    place,
    places::tables_of,
    ports::origins::{Origin, State},
    types::Place,
    user,
};
use crate::{free_port, runtime::run};

on_both_engines! {
    a_preview_comes_with_its_place_and_goes_with_it
    of_many_that_create_one_preview_at_once_one_wins_and_all_get_it
    a_preview_that_cannot_be_made_leaves_nothing
    a_preview_that_was_left_half_made_is_finished_or_deleted
    a_preview_that_is_being_deleted_is_not_created_under_the_deletion
    a_place_that_another_origin_shares_stays
    what_has_expired_goes_with_its_data_and_nothing_else_does
    one_that_will_not_go_does_not_hold_up_the_others
    each_place_is_counted_once_for_each_tenant
    a_place_goes_with_the_last_of_its_tenants_whoever_made_it
    a_place_that_was_there_before_stays_when_a_creation_fails_and_when_it_ends
    a_place_that_another_program_writes_down_stays
    a_place_that_this_program_writes_down_stays
    a_place_of_an_older_program_goes_with_the_one_that_it_was_made_for
    no_clock_that_is_ahead_sweeps_what_others_still_know
    a_deletion_that_wakes_up_late_leaves_the_next_of_the_name_alone
}

fn states(store: &mut Subject) -> Vec<(String, State)> {
    let all = store.all_origins().expect("an answer");
    all.into_iter()
        .map(|origin| (origin.name, origin.state))
        .collect()
}

fn create(store: &Subject, origin: &Origin) -> anyhow::Result<Created> {
    run(store.admin().create_origin(origin, 1))
}

fn delete(store: &Subject, name: &str) -> anyhow::Result<Deleted> {
    run(store.admin().delete_origin(name, 1))
}

fn a_preview_comes_with_its_place_and_goes_with_it(mut store: Subject) {
    let origin = preview("review", None);
    let started = Instant::now();
    let made = create(&store, &origin).expect("made");
    assert!(started.elapsed().as_secs() < 2, "{:?}", started.elapsed());
    let Created::New(made) = made else {
        panic!("it is new")
    };
    assert_eq!((made.state, made.name.as_str()), (State::Ready, "review"));
    assert_eq!(states(&mut store), [("review".into(), State::Ready)]);
    store.at("preview_review").with_user(&user("ann"));

    let again = create(&store, &preview("review", Some(9))).expect("an answer");
    let Created::Found(there) = again else {
        panic!("it was there")
    };
    assert_eq!(there.expires_at, None);
    assert_eq!(store.count("auth_users"), 1);

    assert_eq!(
        delete(&store, "review").expect("deleted"),
        Deleted::WithUsers
    );
    assert_eq!(
        delete(&store, "review").expect("nothing there"),
        Deleted::NotThere
    );
    assert!(states(&mut store).is_empty());
    assert!(tables_of(&store, "preview_review").is_empty());
}

fn of_many_that_create_one_preview_at_once_one_wins_and_all_get_it(mut store: Subject) {
    let made: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6)
            .map(|number| {
                let admin = store.admin();
                let mut origin = preview("review", None);
                origin.created_at = number;
                scope.spawn(move || run(admin.create_origin(&origin, 1)).expect("one or the other"))
            })
            .collect();
        let threads = threads.into_iter();
        threads
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    let new = made
        .iter()
        .filter(|made| matches!(made, Created::New(_)))
        .count();
    assert_eq!(new, 1, "{made:?}");
    let kept = store.all_origins().expect("an answer").remove(0);
    assert_eq!(kept.state, State::Ready);
    for made in made {
        let (Created::New(origin) | Created::Found(origin)) = made;
        assert_eq!(
            (origin.created_at, origin.state),
            (kept.created_at, State::Ready)
        );
    }
    store.at("preview_review").with_user(&user("ann"));
}

fn a_preview_that_cannot_be_made_leaves_nothing(mut store: Subject) {
    let port = free_port();
    for url in [
        format!("postgres://u:hunter2@127.0.0.1:{port}/d"),
        "sqlite:not-granted".into(),
    ] {
        let mut origin = preview("review", None);
        origin.place = Place {
            url,
            schema: String::new(),
        };
        let error = create(&store, &origin).expect_err("out of reach");
        assert!(!format!("{error:#}").contains("hunter2"), "{error:#}");
        assert!(states(&mut store).is_empty());
    }
    // Somebody's table is in the way of the third migration.
    let mut origin = preview("review", None);
    origin.place = place("taken");
    store.at("taken");
    if let super::Database::Postgres(database) = store.database() {
        database.execute("CREATE SCHEMA taken");
    }
    store.execute("CREATE TABLE auth_sessions (id BIGINT)");
    let error = create(&store, &origin).expect_err("a table in the way");
    assert!(format!("{error:#}").contains("schema taken"), "{error:#}");
    assert!(states(&mut store).is_empty());
}

fn a_preview_that_was_left_half_made_is_finished_or_deleted(mut store: Subject) {
    for name in ["a", "b"] {
        let mut origin = preview(name, None);
        origin.state = State::Creating;
        store.insert_origin(origin).expect("an answer");
    }
    let made = create(&store, &preview("a", None)).expect("finished");
    assert!(matches!(made, Created::Found(_)));
    assert_eq!(delete(&store, "b").expect("deleted"), Deleted::WithUsers);
    assert_eq!(states(&mut store), [("a".into(), State::Ready)]);
    store.at("preview_a").with_user(&user("ann"));
}

fn a_preview_that_is_being_deleted_is_not_created_under_the_deletion(mut store: Subject) {
    let mut origin = preview("review", None);
    origin.state = State::Deleting;
    store.insert_origin(origin).expect("an answer");
    let error = create(&store, &preview("review", None)).expect_err("not yet");
    assert!(error.to_string().contains("being deleted"), "{error}");
    assert!(tables_of(&store, "preview_review").is_empty());
    // Left in the middle: the operator says it again.
    delete(&store, "review").expect("deleted");
    create(&store, &preview("review", None)).expect("made");
}

fn a_place_that_another_origin_shares_stays(mut store: Subject) {
    let mut docs = preview("docs", None);
    docs.place = place("docs");
    create(&store, &docs).expect("made");
    let mut sharing = preview("review", None);
    (sharing.place, sharing.parent) = (place("docs"), "docs".into());
    create(&store, &sharing).expect("made");
    let mut with_main = preview("main-sharing", None);
    with_main.place = place("");
    create(&store, &with_main).expect("made");
    store.at("").with_user(&user("ann"));
    store.at("docs").with_user(&user("ann"));

    for sharing in ["review", "main-sharing"] {
        let deleted = delete(&store, sharing).expect("deleted");
        assert_eq!(deleted, Deleted::UsersStay, "{sharing}");
    }
    assert_eq!(store.count("auth_users"), 1);
    assert_eq!(store.at("").count("auth_users"), 1);
    assert_eq!(
        delete(&store, "docs").expect("deleted"),
        Deleted::WithUsers,
        "the last one takes it along"
    );
    assert!(tables_of(&store, "docs").is_empty());
}

fn what_has_expired_goes_with_its_data_and_nothing_else_does(mut store: Subject) {
    for (name, expires_at) in [("a", Some(500)), ("b", Some(501)), ("c", None)] {
        create(&store, &preview(name, expires_at)).expect("made");
    }
    assert_eq!(
        run(store.admin().delete_expired(499)).expect("nothing yet"),
        0
    );
    assert_eq!(run(store.admin().delete_expired(500)).expect("one"), 1);
    assert_eq!(
        states(&mut store),
        [("b".into(), State::Ready), ("c".into(), State::Ready)]
    );
    assert!(tables_of(&store, "preview_a").is_empty());
    assert!(!tables_of(&store, "preview_b").is_empty());

    // Another program began at 1,000; it is left alone for ten minutes.
    let mut half = preview("half", Some(1_000));
    half.state = State::Deleting;
    store.insert_origin(half).expect("an answer");
    assert_eq!(run(store.admin().delete_expired(1_100)).expect("b"), 1);
    assert_eq!(run(store.admin().delete_expired(1_600)).expect("half"), 1);
    assert_eq!(states(&mut store), [("c".into(), State::Ready)]);
}

fn one_that_will_not_go_does_not_hold_up_the_others(mut store: Subject) {
    for name in ["a", "b", "c"] {
        create(&store, &preview(name, Some(500))).expect("made");
    }
    // A newer program's tables are not dropped by this one.
    store.at("preview_a").execute(
        "INSERT INTO auth_migrations (version, name, applied_at) VALUES (999, 'later', 1)",
    );
    assert_eq!(run(store.admin().delete_expired(500)).expect("two"), 2);
    assert_eq!(states(&mut store), [("a".into(), State::Deleting)]);
    let listed = store.list(None, 1).expect("an answer").expect("origins");
    assert!(listed.origins.is_empty(), "and it is not served");
}

fn each_place_is_counted_once_for_each_tenant(store: Subject) {
    create(&store, &preview("a", None)).expect("made");
    let mut sharing = preview("b", None);
    (sharing.place, sharing.parent) = (place("preview_a"), "a".into());
    create(&store, &sharing).expect("made");
    let mut with_main = preview("c", None);
    with_main.place = place("");
    create(&store, &with_main).expect("made");
    create(&store, &preview("over", Some(500))).expect("made");
    let places = |now| {
        let places = run(store.admin().places(now)).expect("an answer");
        let shown = places.into_iter();
        let shown = shown.map(|(place, tenant)| (place.schema, tenant.name));
        shown.collect::<Vec<_>>()
    };
    let [a, b] = [("preview_a", "a"), ("preview_a", "b")]
        .map(|(schema, tenant)| (schema.to_owned(), tenant.to_owned()));
    assert_eq!(places(500), [a, b], "not where it is over");
    assert_eq!(places(499).len(), 3);
}

fn at_place(name: &str, schema: &str, parent: &str) -> Origin {
    let mut origin = preview(name, None);
    (origin.place, origin.parent) = (place(schema), parent.into());
    origin
}

fn a_place_goes_with_the_last_of_its_tenants_whoever_made_it(mut store: Subject) {
    create(&store, &at_place("docs", "docs", "main")).expect("made");
    create(&store, &at_place("review", "docs", "docs")).expect("made");
    store.at("docs").with_user(&user("ann"));
    assert_eq!(delete(&store, "docs").expect("left"), Deleted::UsersStay);
    assert_eq!(store.count("auth_users"), 1);
    assert_eq!(
        delete(&store, "review").expect("the last"),
        Deleted::WithUsers
    );
    assert!(tables_of(&store, "docs").is_empty());
}

fn a_place_that_was_there_before_stays_when_a_creation_fails_and_when_it_ends(mut store: Subject) {
    // Made by nobody that is known: by hand, out of a backup.
    store.at("docs").migrate_for(None, 1).expect("made");
    store.with_user(&user("ann"));
    let mut origin = at_place("review", "docs", "main");
    origin.created_at = 100;
    create(&store, &origin).expect("it comes to the place");
    assert_eq!(delete(&store, "review").expect("gone"), Deleted::UsersStay);
    assert_eq!(store.count("auth_users"), 1);

    // It cannot come to this one, and leaves it as it was.
    store.execute(
        "INSERT INTO auth_migrations (version, name, applied_at) VALUES (999, 'later', 1); \
         UPDATE auth_compatibility SET oldest_program = 999",
    );
    create(&store, &origin).expect_err("a newer program's");
    assert_eq!(store.count("auth_users"), 1);
    store.execute(
        "DELETE FROM auth_migrations WHERE version = 999; \
         UPDATE auth_compatibility SET oldest_program = 0",
    );
    delete(&store, "review").expect("deleted");
    assert_eq!(store.count("auth_users"), 1);
    store.with_user(&user("bob"));
}

/// Its own variable names it, which is not read here.
fn a_place_that_another_program_writes_down_stays(mut store: Subject) {
    let written = super::ports::Tenant {
        name: "docs".into(),
        created_at: 0,
    };
    create(&store, &at_place("review", "docs", "main")).expect("made");
    store
        .at("docs")
        .migrate_for(Some(written), 1)
        .expect("nothing to do");
    store.with_user(&user("ann"));
    assert_eq!(delete(&store, "review").expect("gone"), Deleted::UsersStay);
    assert_eq!(store.count("auth_users"), 1);
    assert!(states(&mut store).is_empty());
}

fn a_place_that_this_program_writes_down_stays(mut store: Subject) {
    let written = r#"[{"name":"review","schema":"docs","values":{}}]"#;
    create(&store, &at_place("review", "docs", "main")).expect("made");
    let mut expiring = at_place("over", "docs", "review");
    expiring.expires_at = Some(500);
    create(&store, &expiring).expect("made");
    store.at("docs").with_user(&user("ann"));
    let admin = store.admin_with_origins(written);
    assert_eq!(run(admin.delete_expired(500)).expect("over"), 1);
    let deleted = run(admin.delete_origin("review", 1)).expect("gone");
    assert_eq!(
        deleted,
        Deleted::UsersStay,
        "also where it has the very name"
    );
    assert_eq!(store.count("auth_users"), 1);
}

fn a_place_of_an_older_program_goes_with_the_one_that_it_was_made_for(mut store: Subject) {
    let mut made_for = at_place("a", "docs", "main");
    made_for.created_at = 1;
    create(&store, &made_for).expect("made");
    create(&store, &at_place("later", "docs", "a")).expect("made");
    store.at("docs").execute("DROP TABLE auth_tenants");
    store.execute("DELETE FROM auth_migrations WHERE name = 'tenants'");
    for (name, deleted) in [("later", Deleted::UsersStay), ("a", Deleted::WithUsers)] {
        assert_eq!(delete(&store, name).expect("gone"), deleted, "{name}");
    }
}

fn no_clock_that_is_ahead_sweeps_what_others_still_know(mut store: Subject) {
    let now = std::time::SystemTime::now();
    let now = now
        .duration_since(std::time::UNIX_EPOCH)
        .expect("a time")
        .as_secs();
    create(&store, &preview("soon", Some(now + 3_600))).expect("made");
    create(&store, &preview("just", Some(now - 10))).expect("made");
    create(&store, &preview("over", Some(now - 3_600))).expect("made");
    for (value, expires_at) in [(1, now + 600), (2, now - 10), (3, now - 3_600)] {
        let spent = store.spend("p".into(), digest(value), 1, expires_at);
        assert!(spent.expect("an answer"));
    }
    let ahead = now + 30 * 86_400;
    assert_eq!(run(store.admin().delete_expired(ahead)).expect("one"), 1);
    let left: Vec<_> = states(&mut store)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    assert_eq!(left, ["just", "soon"]);
    assert_eq!(store.sweep(ahead, 100).expect("swept"), 1);
    for value in [1, 2] {
        let again = store.spend("p".into(), digest(value), now, now + 600);
        assert!(!again.expect("an answer"), "still spent");
    }
}

/// It began, stopped, and another took over; by then there is another of the name.
fn a_deletion_that_wakes_up_late_leaves_the_next_of_the_name_alone(mut store: Subject) {
    create(&store, &preview("review", None)).expect("made");
    let seen = store.all_origins().expect("an answer").remove(0);
    delete(&store, "review").expect("deleted");
    let mut next = preview("review", None);
    next.created_at = 200;
    create(&store, &next).expect("made");
    store.at("preview_review").with_user(&user("ann"));

    let left = store.leave_place(super::ports::Tenant {
        name: seen.name.clone(),
        created_at: seen.created_at,
    });
    left.expect("nothing of its own is there");
    assert!(
        !store
            .remove_origin(seen.name, seen.version)
            .expect("an answer")
    );
    assert_eq!(store.count("auth_users"), 1);
    assert_eq!(states(&mut store), [("review".into(), State::Ready)]);
}
