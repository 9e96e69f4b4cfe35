//! Many at once, as threads: one of them wins, and what the others came with is not
//! there.

use super::{Error, ORG, Subject, at_version, digest, new, variable};
use crate::store::on_both_engines;

on_both_engines! {
    of_many_who_use_one_link_at_once_one_does
    of_many_links_of_one_secret_each_is_used_for_a_version_of_its_own
    of_many_who_put_one_secret_at_once_one_does
    of_many_who_put_the_same_variables_at_once_one_does
    of_many_who_add_one_application_at_once_for_one_it_is_new
}

const MANY: u8 = 8;

/// What many come to who do the same at once, each with a number of its own.
fn at_once<T: Send>(store: &Subject, act: impl Fn(&mut Subject, u8) -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..MANY)
            .map(|number| {
                let (mut store, act) = (store.another(), &act);
                scope.spawn(move || act(&mut store, number))
            })
            .collect();
        let threads = threads.into_iter();
        threads
            .map(|thread| thread.join().expect("no panic"))
            .collect()
    })
}

/// The one who was not told of a conflict.
fn winner(outcomes: &[Result<(), Error>]) -> u8 {
    let won: Vec<_> = (0..MANY)
        .filter(|number| outcomes[usize::from(*number)].is_ok())
        .collect();
    let lost = outcomes.iter().filter(|one| **one == Err(Error::Conflict));
    assert_eq!(
        (won.len(), lost.count()),
        (1, usize::from(MANY) - 1),
        "{outcomes:?}"
    );
    won[0]
}

fn of_many_who_use_one_link_at_once_one_does(mut store: Subject) {
    for (token, replaces) in [(1, 0), (2, 1), (3, 2)] {
        store.with_link("TOKEN", token);
        let outcomes = at_once(&store, |store, number| {
            store.fulfil(digest(token), new("TOKEN", replaces, number), 200)
        });
        let winner = winner(&outcomes);
        assert_eq!(store.kept("TOKEN"), Some((replaces + 1, Some(winner))));
        assert!(store.is_used(token));
    }
}

fn of_many_links_of_one_secret_each_is_used_for_a_version_of_its_own(mut store: Subject) {
    for token in 0..MANY {
        store.with_link("TOKEN", token);
    }
    let tries = at_once(&store, |store, number| {
        for tries in 1.. {
            let version = store.kept("TOKEN").map_or(0, |(version, _)| version);
            match store.fulfil(digest(number), new("TOKEN", version, number), 200) {
                Ok(()) => return tries,
                Err(Error::Conflict) => assert!(!store.is_used(number), "and is still good"),
                Err(error) => panic!("{error:?}"),
            }
        }
        unreachable!("one tries until it is done")
    });
    assert!(
        tries.iter().all(|tries| *tries <= u32::from(MANY)),
        "{tries:?}"
    );
    let (version, _) = store.kept("TOKEN").expect("a secret");
    assert_eq!(version, u64::from(MANY));
    for token in 0..MANY {
        assert!(store.is_used(token));
    }
}

fn of_many_who_put_one_secret_at_once_one_does(mut store: Subject) {
    for replaces in [0, 1] {
        let outcomes = at_once(&store, |store, number| {
            store.put_secret(new("TOKEN", replaces, number), 200)
        });
        let winner = winner(&outcomes);
        assert_eq!(store.kept("TOKEN"), Some((replaces + 1, Some(winner))));
    }
}

fn of_many_who_put_the_same_variables_at_once_one_does(mut store: Subject) {
    for version in [1, 2, 3] {
        let outcomes = at_once(&store, |store, number| {
            let mut keys = ["A", "B", "C", "D"];
            keys.rotate_left(usize::from(number) % 4);
            let all = keys.map(|key| at_version(variable("wiki", key, number), version));
            store.put_variables(ORG.into(), all.to_vec())
        });
        let winner = winner(&outcomes);
        let values = ["A", "B", "C", "D"].map(|key| (key.to_owned(), version, winner));
        assert_eq!(store.values("wiki"), values);
    }
}

fn of_many_who_add_one_application_at_once_for_one_it_is_new(store: Subject) {
    let outcomes = at_once(&store, |store, _| {
        store
            .add_application(ORG.into(), "wiki".into(), 100)
            .expect("an answer")
    });
    assert_eq!(outcomes.iter().filter(|is_new| **is_new).count(), 1);
}
