//! Who may take up an invitation, how often, and what comes with it?

use super::{
    HASH, ORIGIN, Subject, digest, identity, on_both_engines_in_every_place,
    ports::{
        NewInvitation,
        session_writer::{InvitedLink, InvitedRegistration, SignIn},
        types::{Error, Session},
    },
    proved, session, user,
};

on_both_engines_in_every_place! {
    an_invitation_is_used_once_and_brings_groups_and_apps
    an_invitation_is_good_for_its_address_its_origin_and_its_time_alone
    an_invitation_for_whoever_has_the_link_takes_any_address
    of_many_who_use_one_invitation_at_once_one_does
    a_provider_that_vouches_for_an_invited_address_takes_the_invitation_up
    another_invitation_for_an_address_takes_the_place_of_the_first
    an_invitation_that_is_taken_back_is_good_for_nobody
    an_invitation_into_a_group_that_went_went_too
    an_invitation_into_no_group_is_none
}

fn invitation(token: u8, email: &str) -> NewInvitation {
    NewInvitation {
        token: digest(token),
        email: email.into(),
        origin: ORIGIN.into(),
        groups: vec!["team".into(), "admins".into()],
        apps: vec!["wiki".into()],
        created_at: 50,
        expires_at: 300,
    }
}

fn with_groups(store: &mut Subject) {
    for group in ["team", "admins"] {
        store.create_group(group.into(), 1).expect("made");
    }
}

fn take_up(
    store: &mut Subject,
    token: u8,
    name: &str,
    session_token: u8,
) -> Result<Session, Error> {
    take_up_at(store, token, name, session_token, ORIGIN, 100)
}

fn take_up_at(
    store: &mut Subject,
    token: u8,
    name: &str,
    session_token: u8,
    origin: &str,
    now: u64,
) -> Result<Session, Error> {
    let mut new = session(session_token);
    new.created_at = now;
    let sign_in = SignIn::InvitedRegistration(InvitedRegistration {
        invitation: digest(token),
        origin: origin.into(),
        user: proved(name),
        hash: HASH.into(),
    });
    store.begin(sign_in, new)
}

fn an_invitation_is_used_once_and_brings_groups_and_apps(mut store: Subject) {
    with_groups(&mut store);
    store
        .invite(invitation(1, "ann@example.com"))
        .expect("invited");
    let found = store
        .invitation(digest(1), ORIGIN.into(), 100)
        .expect("an answer");
    let found = found.expect("an invitation");
    assert_eq!(
        (found.email.as_str(), found.groups.as_str()),
        ("ann@example.com", "admins,team")
    );
    let begun = take_up(&mut store, 1, "ann", 1).expect("a session");
    assert_eq!(
        (begun.groups.as_str(), begun.user.email_verified),
        ("admins,team", true)
    );
    assert!(
        store
            .is_granted("id-of-ann".into(), "wiki".into())
            .expect("an answer")
    );
    let resumed = store.resume(1, 200).expect("an answer").expect("a session");
    assert_eq!(resumed.groups, "admins,team");
    assert_eq!(store.count("auth_group_members"), 2);
    store.with_session(&user("ann"), 2);

    assert_eq!(store.invitation(digest(1), ORIGIN.into(), 100), Ok(None));
    store.delete_user("id-of-ann".into()).expect("deleted");
    assert_eq!(take_up(&mut store, 1, "ann", 3), Err(Error::Conflict));
    assert_eq!(store.count("auth_users"), 0);
}

fn an_invitation_is_good_for_its_address_its_origin_and_its_time_alone(mut store: Subject) {
    with_groups(&mut store);
    store
        .invite(invitation(1, "ann@example.com"))
        .expect("invited");
    assert_eq!(take_up(&mut store, 1, "bob", 1), Err(Error::Conflict));
    assert_eq!(take_up(&mut store, 2, "ann", 1), Err(Error::Conflict));
    let elsewhere = "https://other.example";
    for (origin, now) in [(elsewhere, 100), (ORIGIN, 300), (ORIGIN, 301)] {
        let taken = take_up_at(&mut store, 1, "ann", 1, origin, now);
        assert_eq!(taken, Err(Error::Conflict), "{origin} {now}");
        assert_eq!(store.invitation(digest(1), origin.into(), now), Ok(None));
    }
    assert_eq!(store.count("auth_users"), 0);
    take_up_at(&mut store, 1, "ann", 1, ORIGIN, 299).expect("still good");
}

fn an_invitation_for_whoever_has_the_link_takes_any_address(mut store: Subject) {
    with_groups(&mut store);
    store.invite(invitation(1, "")).expect("invited");
    store.invite(invitation(2, "")).expect("several may be");
    let of_nobody = store.invitation_of(String::new(), ORIGIN.into(), 100);
    assert_eq!(of_nobody, Ok(None));
    take_up(&mut store, 1, "bob", 1).expect("a session");
    store.withdraw_open(100).expect("taken back");
    assert_eq!(take_up(&mut store, 2, "cy", 2), Err(Error::Conflict));
}

fn of_many_who_use_one_invitation_at_once_one_does(mut store: Subject) {
    with_groups(&mut store);
    store.invite(invitation(1, "")).expect("invited");
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..6)
            .map(|number| {
                let mut store = store.another();
                scope.spawn(move || take_up(&mut store, 1, &format!("twin{number}"), number))
            })
            .collect();
        let outcomes = threads.into_iter().map(|one| one.join().expect("no panic"));
        outcomes.collect()
    });
    assert_eq!(
        outcomes.iter().filter(|one| one.is_ok()).count(),
        1,
        "{outcomes:?}"
    );
    assert_eq!(store.count("auth_users"), 1);
    assert_eq!(store.count("auth_group_members"), 2);
}

fn a_provider_that_vouches_for_an_invited_address_takes_the_invitation_up(mut store: Subject) {
    with_groups(&mut store);
    store
        .invite(invitation(1, "ann@example.com"))
        .expect("invited");
    let by = |name: &str, verified| {
        let mut user = proved(name);
        user.email_verified = verified;
        SignIn::InvitedLink(InvitedLink {
            origin: ORIGIN.into(),
            user,
            identity: identity("google", name),
        })
    };
    assert_eq!(
        store.begin(by("bob", true), session(1)),
        Err(Error::Conflict)
    );
    assert_eq!(
        store.begin(by("ann", false), session(1)),
        Err(Error::Internal)
    );
    let begun = store.begin(by("ann", true), session(1)).expect("a session");
    assert_eq!(
        (begun.groups.as_str(), begun.provider.as_str()),
        ("admins,team", "google")
    );
    assert!(
        store
            .is_granted("id-of-ann".into(), "wiki".into())
            .expect("an answer")
    );
    assert_eq!(store.invitation(digest(1), ORIGIN.into(), 100), Ok(None));
    let again = store.sign_in_linked(identity("google", "ann"), session(2));
    assert!(again.expect("a session").user.email_verified);
}

fn another_invitation_for_an_address_takes_the_place_of_the_first(mut store: Subject) {
    with_groups(&mut store);
    for token in [1, 2] {
        store
            .invite(invitation(token, "ann@example.com"))
            .expect("invited");
    }
    assert_eq!(store.count("auth_invitations"), 1);
    assert_eq!(take_up(&mut store, 1, "ann", 1), Err(Error::Conflict));
    take_up(&mut store, 2, "ann", 1).expect("a session");
}

fn an_invitation_that_is_taken_back_is_good_for_nobody(mut store: Subject) {
    with_groups(&mut store);
    store
        .invite(invitation(1, "ann@example.com"))
        .expect("invited");
    let ann = || "ann@example.com".to_owned();
    assert_eq!(store.withdraw(ann(), ORIGIN.into(), 100), Ok(true));
    assert_eq!(store.withdraw(ann(), ORIGIN.into(), 100), Ok(false));
    assert_eq!(take_up(&mut store, 1, "ann", 1), Err(Error::Conflict));
    assert_eq!(store.count("auth_invitation_groups"), 0);
    assert_eq!(store.count("auth_invitation_apps"), 0);
}

fn an_invitation_into_a_group_that_went_went_too(mut store: Subject) {
    with_groups(&mut store);
    store
        .invite(invitation(1, "ann@example.com"))
        .expect("invited");
    assert_eq!(store.delete_group("team".into()), Ok(true));
    assert_eq!(take_up(&mut store, 1, "ann", 1), Err(Error::Conflict));
}

fn an_invitation_into_no_group_is_none(mut store: Subject) {
    let invited = store.invite(invitation(1, "ann@example.com"));
    assert_eq!(invited, Err(Error::Conflict));
    assert_eq!(store.invitation(digest(1), ORIGIN.into(), 100), Ok(None));
    assert_eq!(take_up(&mut store, 1, "ann", 1), Err(Error::Conflict));
}
