//! How are origins kept, listed and changed?

use super::{
    Database, KEYS, Subject, on_both_engines, place,
    ports::origins::{Kind, Origin, State},
    types::{Error, Place},
};

on_both_engines! {
    an_origin_comes_back_as_it_went_in
    what_is_served_is_ready_and_not_expired
    nothing_is_listed_while_nothing_changes
    every_change_grows_the_revision_and_what_changes_nothing_does_not
    of_many_that_insert_one_name_at_once_one_wins_and_the_rest_get_its_record
    changes_at_once_are_all_counted
    an_origin_is_updated_while_its_state_is_the_one_expected
    no_two_origins_have_one_host_or_one_schema_of_their_own
    a_record_from_before_hosts_were_kept_has_its_own_all_the_same
    of_two_that_change_one_origin_at_once_one_is_told
    an_origin_that_no_call_could_reach_is_not_kept
    a_thousand_origins_are_listed
    ten_thousand_expired_previews_come_in_pages
    the_url_of_a_database_is_kept_sealed
    a_rotated_key_opens_urls_and_a_lost_one_spoils_only_its_own_records
}

pub(super) fn preview(name: &str, expires_at: Option<u64>) -> Origin {
    Origin {
        name: name.into(),
        parent: "main".into(),
        kind: Kind::Preview,
        state: State::Ready,
        branch: format!("feature/{name}"),
        values: vec![("site_name".into(), format!("Preview {name}"))],
        place: place(&format!("preview_{}", name.replace('-', "_"))),
        created_at: 100,
        expires_at,
        version: 0,
    }
}

/// As it is kept.
fn kept(store: &mut Subject, name: &str) -> Origin {
    let all = store.all_origins().expect("an answer");
    let found = all.into_iter().find(|origin| origin.name == name);
    found.expect("it is kept")
}

/// As it was handed in, in what the store does not decide.
fn unversioned(origins: &[Origin]) -> String {
    let as_handed_in = origins.iter().cloned().map(|mut origin| {
        origin.version = 0;
        origin
    });
    format!("{:?}", as_handed_in.collect::<Vec<_>>())
}

fn insert(store: &mut Subject, origin: &Origin) {
    let there = store.insert_origin(origin.clone()).expect("an answer");
    assert!(there.is_none(), "{} is new", origin.name);
}

fn names(origins: &[Origin]) -> Vec<&str> {
    origins.iter().map(|origin| origin.name.as_str()).collect()
}

fn revision(store: &mut Subject) -> u64 {
    let snapshot = store.list(None, 0).expect("an answer");
    snapshot.expect("the first look").revision
}

fn an_origin_comes_back_as_it_went_in(mut store: Subject) {
    let mut full = preview("review-1", Some(900));
    full.branch = "feature/'; DROP TABLE auth_origins; -- \u{1f980}".into();
    full.values = vec![
        ("base_url".into(), "https://x.example".into()),
        (
            "public_paths".into(),
            "/a\n/b \"c\" \\ 'd' ${PREVIEW_URL}".into(),
        ),
        ("site_name".into(), String::new()),
    ];
    let mut plain = preview("docs", None);
    (plain.kind, plain.values, plain.place) = (Kind::Origin, vec![], place(""));
    (plain.parent, plain.branch) = ("review-1".into(), String::new());
    insert(&mut store, &full);
    insert(&mut store, &plain);

    let all = store.all_origins().expect("an answer");
    assert_eq!(unversioned(&all), format!("{:?}", [&plain, &full]));
    let listed = store
        .list(None, 200)
        .expect("an answer")
        .expect("origins")
        .origins;
    assert_eq!(format!("{listed:?}"), format!("{all:?}"));
    let expired = store.expired_origins(900, 9).expect("an answer");
    assert_eq!(unversioned(&expired), format!("{:?}", [&full]));
}

fn what_is_served_is_ready_and_not_expired(mut store: Subject) {
    for (name, state, expires_at) in [
        ("a", State::Creating, None),
        ("b", State::Ready, None),
        ("c", State::Deleting, None),
        ("d", State::Ready, Some(500)),
        ("e", State::Creating, Some(500)),
    ] {
        let mut origin = preview(name, expires_at);
        origin.state = state;
        insert(&mut store, &origin);
    }
    for (now, expected) in [
        (499, vec!["b", "d"]),
        (500, vec!["b"]),
        (u64::MAX >> 1, vec!["b"]),
    ] {
        let listed = store.list(None, now).expect("an answer").expect("origins");
        assert_eq!(names(&listed.origins), expected, "{now}");
    }
    assert_eq!(
        names(&store.all_origins().expect("an answer")),
        ["a", "b", "c", "d", "e"]
    );
    assert!(store.expired_origins(499, 9).expect("an answer").is_empty());
    assert_eq!(
        names(&store.expired_origins(500, 9).expect("an answer")),
        ["d", "e"]
    );
}

fn nothing_is_listed_while_nothing_changes(mut store: Subject) {
    let empty = store
        .list(None, 0)
        .expect("an answer")
        .expect("the first look");
    assert!(empty.origins.is_empty());
    assert!(
        store
            .list(Some(empty.revision), 0)
            .expect("an answer")
            .is_none()
    );
    insert(&mut store, &preview("a", None));
    let one = store
        .list(Some(empty.revision), 0)
        .expect("an answer")
        .expect("a change");
    assert_eq!(one.origins.len(), 1);
    assert!(one.revision > empty.revision);
    for known in [one.revision; 3] {
        assert!(
            store
                .another()
                .list(Some(known), 0)
                .expect("an answer")
                .is_none()
        );
    }
    // As after a restore from a backup.
    assert!(
        store
            .list(Some(one.revision + 9), 0)
            .expect("an answer")
            .is_some()
    );
}

fn every_change_grows_the_revision_and_what_changes_nothing_does_not(mut store: Subject) {
    let mut origin = preview("a", None);
    let mut known = revision(&mut store);
    let mut grew = |store: &mut Subject, what: &str, by: u64| {
        let now = revision(store);
        assert_eq!(now - known, by, "{what}");
        known = now;
    };
    insert(&mut store, &origin);
    grew(&mut store, "a new one", 1);
    assert!(
        store
            .insert_origin(origin.clone())
            .expect("an answer")
            .is_some()
    );
    grew(&mut store, "one that is there", 0);
    origin.version = kept(&mut store, "a").version;
    let version = store.update_origin(State::Ready, origin.clone());
    let version = version.expect("updated");
    grew(&mut store, "an update", 1);
    let refused = store.update_origin(State::Ready, origin.clone());
    assert!(matches!(refused, Err(Error::Conflict)), "{refused:?}");
    grew(&mut store, "an update of what has changed", 0);
    origin.version = version;
    let refused = store.update_origin(State::Deleting, origin);
    assert!(matches!(refused, Err(Error::Conflict)), "{refused:?}");
    grew(&mut store, "an update of another state", 0);
    assert!(
        !store
            .remove_origin("a".into(), version + 1)
            .expect("an answer")
    );
    grew(&mut store, "a removal of what has changed", 0);
    assert!(store.remove_origin("a".into(), version).expect("an answer"));
    grew(&mut store, "a removal", 1);
    assert!(!store.remove_origin("a".into(), version).expect("an answer"));
    grew(&mut store, "a removal of what is gone", 0);
}

fn of_many_that_insert_one_name_at_once_one_wins_and_the_rest_get_its_record(mut store: Subject) {
    let before = revision(&mut store);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8_u64)
            .map(|number| {
                let mut store = store.another();
                let mut origin = preview("review", None);
                origin.created_at = number;
                origin.place = place(&format!("preview_{number}"));
                scope.spawn(move || (number, store.insert_origin(origin).expect("an answer")))
            })
            .collect();
        let threads = threads.into_iter();
        threads
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    let winners: Vec<_> = answers
        .iter()
        .filter(|(_, there)| there.is_none())
        .collect();
    assert_eq!(winners.len(), 1, "{answers:?}");
    let winner = winners[0].0;
    for (number, there) in &answers {
        if let Some(there) = there {
            assert_eq!(there.created_at, winner, "{number}");
            assert_eq!(there.place.schema, format!("preview_{winner}"), "{number}");
        }
    }
    assert_eq!(revision(&mut store), before + 1);
    assert_eq!(store.count("auth_origins"), 1);
}

fn changes_at_once_are_all_counted(mut store: Subject) {
    let before = revision(&mut store);
    std::thread::scope(|scope| {
        for number in 0..6 {
            let mut store = store.another();
            scope.spawn(move || {
                let origin = preview(&format!("review-{number}"), None);
                for _ in 0..5 {
                    insert(&mut store, &origin);
                    let there = kept(&mut store, &origin.name);
                    let version = store.update_origin(State::Ready, there).expect("updated");
                    let removed = store.remove_origin(origin.name.clone(), version);
                    assert!(removed.expect("an answer"));
                }
            });
        }
    });
    assert_eq!(revision(&mut store), before + 6 * 5 * 3);
    assert_eq!(store.count("auth_origins"), 0);
}

fn an_origin_is_updated_while_its_state_is_the_one_expected(mut store: Subject) {
    let mut origin = preview("a", Some(500));
    origin.state = State::Creating;
    insert(&mut store, &origin);
    let mut ready = kept(&mut store, "a");
    (ready.state, ready.expires_at, ready.parent) = (State::Ready, None, "docs".into());
    ready
        .values
        .insert(0, ("upstream".into(), "http://x".into()));
    ready.values.sort();
    ready.version = store
        .update_origin(State::Creating, ready.clone())
        .expect("updated");
    let all = store.all_origins().expect("an answer");
    assert_eq!(format!("{all:?}"), format!("{:?}", [&ready]));

    for late in [State::Creating, State::Deleting] {
        let refused = store.update_origin(late, ready.clone());
        assert!(matches!(refused, Err(Error::Conflict)), "{late:?}");
    }
    // Somebody else has changed it since this one looked.
    let refused = store.update_origin(State::Ready, origin);
    assert!(matches!(refused, Err(Error::Conflict)));
    let gone = store.update_origin(State::Ready, preview("gone", None));
    assert!(matches!(gone, Err(Error::Conflict)));
    let all = store.all_origins().expect("an answer");
    assert_eq!(format!("{all:?}"), format!("{:?}", [&ready]));
}

fn at_host(name: &str, base_url: &str) -> Origin {
    let mut origin = preview(name, None);
    origin.values = vec![("base_url".into(), base_url.into())];
    origin
}

fn no_two_origins_have_one_host_or_one_schema_of_their_own(mut store: Subject) {
    insert(&mut store, &at_host("a", "https://a.example"));
    insert(&mut store, &at_host("apps", "https://*.apps.example"));
    let mut same_place = at_host("c", "https://c.example");
    same_place.place = place("preview_a");
    for (case, other) in [
        ("one host", at_host("b", "https://A.example:443/")),
        ("its plain spelling", at_host("b", "http://a.example")),
        ("one pattern", at_host("b", "https://*.apps.example")),
        ("one schema", same_place.clone()),
    ] {
        let refused = store.insert_origin(other);
        assert!(matches!(refused, Err(Error::Conflict)), "{case}");
    }
    // On purpose: its parent's users are its own.
    same_place.parent = "a".into();
    insert(&mut store, &same_place);
    insert(&mut store, &at_host("b", "https://b.example"));
    let mut moving = kept(&mut store, "b");
    moving.values = vec![("base_url".into(), "https://c.example".into())];
    let refused = store.update_origin(State::Ready, moving.clone());
    assert!(matches!(refused, Err(Error::Conflict)));
    let there = kept(&mut store, "c");
    assert!(
        store
            .remove_origin("c".into(), there.version)
            .expect("an answer")
    );
    store
        .update_origin(State::Ready, moving)
        .expect("it is free");
}

fn a_record_from_before_hosts_were_kept_has_its_own_all_the_same(mut store: Subject) {
    insert(&mut store, &at_host("a", "https://a.example"));
    insert(&mut store, &preview("b", None));
    store.execute("UPDATE auth_origins SET host = NULL, own_schema = NULL, version = 0");
    let refused = store.insert_origin(at_host("c", "https://a.example"));
    assert!(matches!(refused, Err(Error::Conflict)));
    insert(&mut store, &at_host("c", "https://c.example"));
    let there = kept(&mut store, "a");
    assert_eq!(there.version, 0);
    assert!(store.update_origin(State::Ready, there).expect("updated") > 0);
}

fn of_two_that_change_one_origin_at_once_one_is_told(mut store: Subject) {
    insert(&mut store, &preview("a", None));
    let seen = kept(&mut store, "a");
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6)
            .map(|number| {
                let mut store = store.another();
                let mut origin = seen.clone();
                origin.values = vec![("site_name".into(), number.to_string())];
                scope.spawn(move || store.update_origin(State::Ready, origin))
            })
            .collect();
        let threads = threads.into_iter();
        threads
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    });
    let made = answers.iter().filter(|answer| answer.is_ok()).count();
    let told = answers
        .iter()
        .filter(|answer| matches!(answer, Err(Error::Conflict)))
        .count();
    assert_eq!((made, told), (1, 5), "{answers:?}");
}

fn an_origin_that_no_call_could_reach_is_not_kept(mut store: Subject) {
    let broken: [fn(&mut Origin); 6] = [
        |o| o.name = "main".into(),
        |o| o.name = "A.b".into(),
        |o| o.place.schema = "a\"b".into(),
        |o| o.place.schema = "public".into(),
        |o| o.place.url = "mongodb://h/d".into(),
        |o| o.values = vec![("x".into(), "1".into()), ("x".into(), "2".into())],
    ];
    for break_it in broken {
        let mut origin = preview("a", None);
        break_it(&mut origin);
        assert!(matches!(store.insert_origin(origin), Err(Error::Internal)));
    }
    assert_eq!(store.count("auth_origins"), 0);
}

/// Straight into the table, as fast as it goes.
fn seed(store: &Subject, count: u32, expires_at: &str) {
    store.execute(&format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) \
         INSERT INTO auth_origins (name, parent, kind, state, branch, settings, schema_name, \
         sealed_url, created_at, expires_at) SELECT 'review-' || i, 'main', 'preview', 'ready', \
         'b', '{{\"site_name\":\"x\"}}', 'preview_' || i, '', 1, {expires_at} FROM n; \
         UPDATE auth_origins_revision SET revision = revision + 1"
    ));
}

fn a_thousand_origins_are_listed(mut store: Subject) {
    seed(&store, 1_000, "NULL");
    let snapshot = store.list(None, 1).expect("an answer").expect("origins");
    let mut listed = names(&snapshot.origins);
    listed.sort_unstable();
    listed.dedup();
    assert_eq!(listed.len(), 1_000);
    assert!(
        store
            .list(Some(snapshot.revision), 1)
            .expect("an answer")
            .is_none()
    );
    assert_eq!(store.all_origins().expect("an answer").len(), 1_000);
}

fn ten_thousand_expired_previews_come_in_pages(mut store: Subject) {
    seed(&store, 10_000, "20000 - i");
    insert(&mut store, &preview("alive", None));
    let served = store
        .list(None, 20_000)
        .expect("an answer")
        .expect("origins");
    assert_eq!(names(&served.origins), ["alive"]);
    assert_eq!(store.all_origins().expect("an answer").len(), 10_001);
    let mut seen = Vec::new();
    loop {
        let page = store.expired_origins(20_000, 500).expect("an answer");
        assert!(page.len() <= 500);
        let Some(last) = page.last() else { break };
        let times: Vec<_> = page.iter().map(|origin| origin.expires_at).collect();
        assert!(times.is_sorted(), "oldest first");
        let until = last.expires_at.expect("it has expired");
        // One as the sweeper does it, the rest of the page at once.
        let removed = store.remove_origin(page[0].name.clone(), page[0].version);
        assert!(removed.expect("an answer"));
        store.execute(&format!(
            "DELETE FROM auth_origins WHERE expires_at <= {until}"
        ));
        seen.extend(page.into_iter().map(|origin| origin.name));
    }
    assert_eq!(seen.len(), 10_000);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 10_000);
    assert_eq!(store.count("auth_origins"), 1);
}

const URL: &str = "postgres://gatelet:hunter2@db.example/preview";

fn with_url(name: &str) -> Origin {
    let mut origin = preview(name, None);
    origin.place = Place {
        url: URL.into(),
        schema: String::new(),
    };
    origin
}

fn the_url_of_a_database_is_kept_sealed(mut store: Subject) {
    insert(&mut store, &with_url("a"));
    insert(&mut store, &with_url("b"));
    let kept = |name: &str| {
        let query = format!("SELECT sealed_url FROM auth_origins WHERE name = '{name}'");
        store.database().value(&query).expect("a text")
    };
    let (a, b) = (kept("a"), kept("b"));
    assert_ne!(a, b);
    for kept in [&a, &b] {
        assert!(kept.len() > URL.len(), "{kept}");
        assert!(
            !["hunter2", "postgres", "example"]
                .iter()
                .any(|part| kept.contains(part)),
            "{kept}"
        );
    }
    let row = match store.database() {
        Database::Postgres(_) => "SELECT o::text FROM auth_origins o WHERE name = 'a'",
        Database::MySql(_) => {
            "SELECT CONCAT(settings, branch, sealed_url) FROM auth_origins WHERE name = 'a'"
        }
        Database::Sqlite(_) => {
            "SELECT settings || branch || sealed_url FROM auth_origins WHERE name = 'a'"
        }
    };
    assert!(
        !store
            .database()
            .value(row)
            .expect("a row")
            .contains("hunter2")
    );

    let all = store.all_origins().expect("an answer");
    assert!(all.iter().all(|origin| origin.place.url == URL));
    let there = store
        .insert_origin(with_url("a"))
        .expect("an answer")
        .expect("it is there");
    assert_eq!(there.place.url, URL);

    // Another's sealed URL does not open in this record.
    store.execute(&format!(
        "UPDATE auth_origins SET sealed_url = '{b}' WHERE name = 'a'"
    ));
    let all = store.all_origins().expect("an answer");
    assert_eq!(all[0].place.url, "sealed");
    assert_eq!(all[1].place.url, URL);
}

fn a_rotated_key_opens_urls_and_a_lost_one_spoils_only_its_own_records(mut store: Subject) {
    const LATER: &str = "k2:pW3xN8vB1mK6jH4gF9dS2aQ7wE5rT0yU3iO8pL6kJ1c";
    insert(&mut store, &with_url("a"));
    insert(&mut store, &preview("b", None));
    let database = store.database().clone();
    let urls = |store: &mut Subject| -> Vec<String> {
        let snapshot = store.list(None, 1).expect("an answer").expect("origins");
        snapshot
            .origins
            .into_iter()
            .map(|origin| origin.place.url)
            .collect()
    };

    let mut rotated = Subject::with_keys(database.clone(), &format!("{LATER},{KEYS}"));
    assert_eq!(urls(&mut rotated), [URL, ""]);
    let mut lost = Subject::with_keys(database.clone(), LATER);
    assert_eq!(urls(&mut lost), ["sealed", ""]);

    // Nobody falls back to the main tables for it.
    lost.place = Place {
        url: "sealed".into(),
        schema: String::new(),
    };
    assert!(matches!(lost.resume(1, 200), Err(Error::Internal)));
    let line = lost.migrate(1).expect_err("no database");
    assert!(line.contains("session_keys"), "{line}");

    // It can be removed step by step, and what was sealed stays as it was.
    let mut leaving = lost.all_origins().expect("an answer").remove(0);
    leaving.state = State::Deleting;
    let version = lost.update_origin(State::Ready, leaving).expect("updated");
    assert_eq!(rotated.all_origins().expect("an answer")[0].place.url, URL);

    // Written again, it is sealed under the key that signs now.
    let mut again = with_url("a");
    (again.state, again.version) = (State::Ready, version);
    let version = rotated
        .update_origin(State::Deleting, again)
        .expect("updated");
    assert_eq!(urls(&mut Subject::with_keys(database, LATER)), [URL, ""]);
    assert!(lost.remove_origin("a".into(), version).expect("an answer"));
}
