//! Who is in which groups, and what does a session say of it?

use super::{
    Subject, identity, on_both_engines_in_every_place,
    ports::{Change, session_writer::NewSession, types::Error},
    session, user,
};

on_both_engines_in_every_place! {
    a_session_says_the_groups_that_its_user_is_in_now
    a_group_takes_everybody_out_when_it_goes
    nobody_is_in_more_than_32_groups
    no_group_has_a_name_that_reads_as_two
    of_many_who_change_the_groups_of_one_user_at_once_none_is_lost
    groups_do_not_go_to_whoever_reclaims_the_address
    a_session_says_the_groups_that_its_provider_named_and_no_other_session_does
    what_is_no_list_of_groups_begins_no_session
}

fn add(store: &mut Subject, group: &str, name: &str) -> Change {
    let change = store.add_to_group(group.into(), format!("id-of-{name}"), 1);
    change.expect("an answer")
}

fn groups_of(store: &mut Subject) -> String {
    store
        .resume(1, 200)
        .expect("an answer")
        .expect("a session")
        .groups
}

fn a_session_says_the_groups_that_its_user_is_in_now(mut store: Subject) {
    store.with_user(&user("ann"));
    store.with_user(&user("bob"));
    store.with_session(&user("ann"), 1);
    assert_eq!(groups_of(&mut store), "");
    for group in ["team", "admins"] {
        assert_eq!(store.create_group(group.into(), 1), Ok(true));
        assert_eq!(store.create_group(group.into(), 2), Ok(false));
        assert_eq!(add(&mut store, group, "ann"), Change::Done);
        assert_eq!(add(&mut store, group, "ann"), Change::Already);
    }
    assert_eq!(groups_of(&mut store), "admins,team");
    assert_eq!(add(&mut store, "nowhere", "ann"), Change::NoGroup);
    assert_eq!(add(&mut store, "team", "nobody"), Change::NoUser);
    let begun = store
        .sign_in(&user("ann"), super::session(2))
        .expect("a session");
    assert_eq!(begun.groups, "admins,team");
    let listed = store.groups(String::new(), 10).expect("an answer");
    let listed: Vec<_> = listed
        .iter()
        .map(|one| (one.name.as_str(), one.members))
        .collect();
    assert_eq!(listed, [("admins", 1), ("team", 1)]);

    let removed = store.remove_from_group("admins".into(), "id-of-ann".into());
    assert_eq!(removed, Ok(Change::Done));
    let removed = store.remove_from_group("admins".into(), "id-of-ann".into());
    assert_eq!(removed, Ok(Change::Already));
    assert_eq!(groups_of(&mut store), "team");
    let shown = store.find("id-of-ann".into(), 1).expect("an answer");
    assert_eq!(shown.expect("a user").groups, "team");
}

fn a_group_takes_everybody_out_when_it_goes(mut store: Subject) {
    store.create_group("team".into(), 1).expect("made");
    store.create_group("other".into(), 1).expect("made");
    for name in ["ann", "bob"] {
        store.with_user(&user(name));
        add(&mut store, "team", name);
        add(&mut store, "other", name);
    }
    store.with_session(&user("ann"), 1);
    let members = store
        .members("team".into(), String::new(), 10)
        .expect("an answer");
    let members: Vec<_> = members.iter().map(|one| one.email.as_str()).collect();
    assert_eq!(members, ["ann@example.com", "bob@example.com"]);
    assert_eq!(store.delete_group("team".into()), Ok(true));
    assert_eq!(store.delete_group("team".into()), Ok(false));
    assert_eq!(groups_of(&mut store), "other");
    assert_eq!(store.count("auth_group_members"), 2);
}

fn nobody_is_in_more_than_32_groups(mut store: Subject) {
    store.with_user(&user("ann"));
    for number in 0..32 {
        let name = format!("{}{number:02}", "g".repeat(29));
        store.create_group(name.clone(), 1).expect("made");
        assert_eq!(add(&mut store, &name, "ann"), Change::Done, "{number}");
    }
    store.create_group("more".into(), 1).expect("made");
    store.with_user(&user("bob"));
    let long: Vec<_> = (0..16)
        .map(|n| format!("{}{n:02}", "h".repeat(62)))
        .collect();
    for name in &long {
        store.create_group(name.clone(), 1).expect("made");
    }
    let added: Vec<_> = long
        .iter()
        .map(|name| add(&mut store, name, "bob"))
        .collect();
    assert_eq!(added[14..], [Change::Done, Change::TooMany], "1,024 bytes");
    assert_eq!(add(&mut store, "more", "ann"), Change::TooMany);
    store.with_session(&user("ann"), 1);
    assert_eq!(groups_of(&mut store).split(',').count(), 32);
}

fn no_group_has_a_name_that_reads_as_two(mut store: Subject) {
    let long = "g".repeat(65);
    for name in ["", "a b", "a,b", "A", "ä", "a\n", "a'", &long] {
        assert_eq!(
            store.create_group(name.into(), 1),
            Err(Error::Internal),
            "{name:?}"
        );
    }
    for name in ["a", "team-1", "eu.team_2"] {
        assert_eq!(store.create_group(name.into(), 1), Ok(true), "{name:?}");
    }
}

fn of_many_who_change_the_groups_of_one_user_at_once_none_is_lost(mut store: Subject) {
    store.with_user(&user("ann"));
    for number in 0..4 {
        store.create_group(format!("g{number}"), 1).expect("made");
    }
    std::thread::scope(|scope| {
        for number in 0..4 {
            let mut store = store.another();
            scope.spawn(move || add(&mut store, &format!("g{number}"), "ann"));
        }
    });
    store.with_session(&user("ann"), 1);
    assert_eq!(groups_of(&mut store), "g0,g1,g2,g3");
    assert_eq!(store.count("auth_group_members"), 4);
}

fn groups_do_not_go_to_whoever_reclaims_the_address(mut store: Subject) {
    let squatter = user("ann");
    store.with_user(&squatter);
    store.create_group("team".into(), 1).expect("made");
    add(&mut store, "team", "ann");
    store
        .reclaim(&squatter, identity("google", "g"))
        .expect("reclaimed");
    for id in ["id-of-ann", "id-of-ann-owner"] {
        let shown = store.find(id.into(), 1).expect("an answer");
        assert_eq!(shown.expect("a user").groups, "", "{id}");
    }
    assert_eq!(store.count("auth_group_members"), 0);
}

/// A session by a provider's account that is in these groups there.
fn in_groups(token: u8, groups: &str) -> NewSession {
    NewSession {
        provider_groups: groups.into(),
        ..session(token)
    }
}

fn a_session_says_the_groups_that_its_provider_named_and_no_other_session_does(mut store: Subject) {
    let ann = user("ann");
    store.with_user(&ann);
    store.execute("UPDATE auth_users SET email_verified = TRUE");
    store.link(&ann, identity("acme", "a")).expect("linked");
    store.create_group("staff".into(), 1).expect("made");
    add(&mut store, "staff", "ann");

    let sign_in = |store: &mut Subject, token: u8, groups: &str| {
        store
            .sign_in_linked(identity("acme", "a"), in_groups(token, groups))
            .expect("a session")
            .groups
    };
    assert_eq!(sign_in(&mut store, 1, "acme:web"), "acme:web,staff");
    assert_eq!(groups_of(&mut store), "acme:web,staff");
    // At the next sign-in the provider says something else; this session stays as it began.
    assert_eq!(sign_in(&mut store, 2, ""), "staff");
    assert_eq!(groups_of(&mut store), "acme:web,staff");
    // What we know ourselves holds at once.
    let removed = store.remove_from_group("staff".into(), "id-of-ann".into());
    assert_eq!(removed, Ok(Change::Done));
    assert_eq!(groups_of(&mut store), "acme:web");
    store.with_session(&ann, 3);
    let by_password = store.resume(3, 200).expect("an answer").expect("a session");
    assert_eq!(by_password.groups, "");
    let shown = store.find("id-of-ann".into(), 1).expect("an answer");
    assert_eq!(shown.expect("a user").groups, "", "it is the session's");

    let many: Vec<String> = (0..32).map(|number| format!("acme:{number:02}")).collect();
    let many = many.join(",");
    assert_eq!(sign_in(&mut store, 4, &many), many);
    add(&mut store, "staff", "ann");
    let crowded = store.resume(4, 200).expect("an answer").expect("a session");
    assert_eq!(crowded.groups, many.replace("acme:31", "staff"));
}

fn what_is_no_list_of_groups_begins_no_session(mut store: Subject) {
    store.with_user(&user("ann"));
    let long = vec!["a".repeat(64); 16].join(",");
    for groups in ["a,,b", "a b", ",", "A", "a,acme:", "a\n", &long] {
        let begun = store.sign_in(&user("ann"), in_groups(1, groups));
        assert_eq!(begun.err(), Some(Error::Internal), "{groups:?}");
    }
    assert_eq!(store.count("auth_sessions"), 0);
}
