//! What if one who changes the vault waits for another, on a server, and wakes up with
//! what there was before? Two are held up at one row, in this order, and let go together.

use super::{Error, ORG, Subject, at_version, digest, literal, new, variable};
use crate::store::{
    held::{Held, Make, on_both_servers, wait_for},
    ports::vault::AnythingSealed,
};

on_both_servers! {
    of_two_at_one_secret_the_first_changes_it_and_the_second_nothing
    what_is_resealed_first_is_replaced_all_the_same
    of_two_who_enter_a_new_secret_the_first_does_and_the_second_link_stays_good
    a_link_that_is_swept_or_used_meanwhile_is_no_way_around_the_secrets_row
    of_two_who_put_variables_one_of_which_is_the_same_the_second_puts_none
    variables_that_were_deleted_while_somebody_waited_do_not_come_back
    what_a_deadlock_undid_is_done_again
    a_secret_that_is_entered_anew_while_what_is_left_of_it_is_swept_stays
}

/// Each on what there was when both looked.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Act {
    /// By the link of this number.
    Enter(u8),
    Put,
    Delete,
    Reseal,
}
use Act::{Delete, Enter, Put, Reseal};

fn of_two_at_one_secret_the_first_changes_it_and_the_second_nothing(make: Make) {
    for first in [Enter(1), Put, Delete] {
        for second in [Enter(1), Enter(2), Put, Delete, Reseal] {
            let mut scene = Scene::with_secret(make);
            let outcomes = scene.at_once(
                [first, second],
                "SELECT name FROM auth_secrets FOR UPDATE",
                "COMMIT",
            );
            assert_eq!(outcomes[0], Ok(true), "{first:?}, {second:?}");
            let late = match second {
                Enter(_) | Put => Err(Error::Conflict),
                Reseal => Ok(false),
                // Of whatever version.
                Delete => Ok(first != Delete),
            };
            assert_eq!(outcomes[1], late, "{first:?}, {second:?}");
            let kept = match (first, second) {
                (Delete, _) => Some((2, None)),
                (_, Delete) => Some((3, None)),
                (_, _) => Some((2, Some(b'1'))),
            };
            assert_eq!(scene.store.kept("TOKEN"), kept, "{first:?}, {second:?}");
            scene.has_used([first]);
        }
    }
}

fn what_is_resealed_first_is_replaced_all_the_same(make: Make) {
    for second in [Enter(1), Put, Delete] {
        let mut scene = Scene::with_secret(make);
        let locked = "SELECT name FROM auth_secrets FOR UPDATE";
        let outcomes = scene.at_once([Reseal, second], locked, "COMMIT");
        assert_eq!(outcomes, [Ok(true), Ok(true)], "{second:?}");
        let kept = match second {
            Delete => Some((2, None)),
            _ => Some((2, Some(b'2'))),
        };
        assert_eq!(scene.store.kept("TOKEN"), kept, "{second:?}");
        scene.has_used([second]);
    }
}

/// Nobody has it when both come, and somebody is about to.
fn of_two_who_enter_a_new_secret_the_first_does_and_the_second_link_stays_good(make: Make) {
    let sealed = literal(&make(), b'z', 1);
    let inserted = format!(
        "INSERT INTO auth_secrets (org, name, version, sealed, updated_at, updated_by) \
         VALUES ('default', 'TOKEN', 1, {sealed}, 100, '')"
    );
    let inserted = inserted.as_str();
    for acts in [
        [Enter(1), Enter(1)],
        [Enter(1), Enter(2)],
        [Enter(1), Put],
        [Put, Enter(1)],
    ] {
        let mut scene = Scene::without_secret(make);
        let mut outcomes = scene.at_once(acts, inserted, "ROLLBACK");
        let won = outcomes.iter().position(Result::is_ok).expect("one does");
        let value = [b'1', b'2'][won];
        assert_eq!(
            scene.store.kept("TOKEN"),
            Some((1, Some(value))),
            "{acts:?}"
        );
        outcomes.swap(0, won);
        assert_eq!(outcomes, [Ok(true), Err(Error::Conflict)], "{acts:?}");
        scene.has_used([acts[won]]);

        let mut scene = Scene::without_secret(make);
        let outcomes = scene.at_once(acts, inserted, "COMMIT");
        assert_eq!(outcomes, [Err(Error::Conflict); 2], "{acts:?}");
        assert_eq!(scene.store.kept("TOKEN"), Some((1, Some(b'z'))), "{acts:?}");
        scene.has_used([]);
    }
}

/// The row of the link is the last that is changed: who waits there has the secret's.
fn a_link_that_is_swept_or_used_meanwhile_is_no_way_around_the_secrets_row(make: Make) {
    let mut scene = Scene::with_secret(make);
    let locked = "SELECT id FROM auth_secret_requests FOR UPDATE";
    let outcomes = scene.at_once([Enter(1), Enter(1)], locked, "COMMIT");
    assert_eq!(outcomes, [Ok(true), Err(Error::Conflict)]);
    assert_eq!(scene.store.kept("TOKEN"), Some((2, Some(b'1'))));
    scene.has_used([Enter(1)]);
}

fn of_two_who_put_variables_one_of_which_is_the_same_the_second_puts_none(make: Make) {
    let versions =
        |version: u64| move |key: &str, value| at_version(variable("wiki", key, value), version);
    let (old, new) = (versions(2), versions(1));
    // The second adds before it, and after it, what nobody else is at.
    for [first, second] in [
        [
            vec![old("B", b'1')],
            vec![new("A", b'2'), old("B", b'2'), new("C", b'2')],
        ],
        [
            vec![old("B", b'1'), old("D", b'1')],
            vec![old("B", b'2'), old("D", b'2')],
        ],
        [
            vec![new("A", b'1'), old("B", b'1')],
            vec![old("B", b'2'), old("D", b'2')],
        ],
    ] {
        let mut store = Subject::on(make());
        let before = vec![new("B", b'0'), new("D", b'0')];
        store.put_variables(ORG.into(), before).expect("put");
        let expected = {
            let mut other = Subject::on(make());
            let before = vec![new("B", b'0'), new("D", b'0')];
            other.put_variables(ORG.into(), before).expect("put");
            other.put_variables(ORG.into(), first.clone()).expect("put");
            other.values("wiki")
        };
        let locked = "SELECT version FROM auth_variables FOR UPDATE";
        let outcomes = held_up(
            &store,
            locked,
            "COMMIT",
            [
                Box::new(|store: &mut Subject| {
                    store.put_variables(ORG.into(), first).map(|()| true)
                }),
                Box::new(|store: &mut Subject| {
                    store.put_variables(ORG.into(), second).map(|()| true)
                }),
            ],
        );
        assert_eq!(outcomes, [Ok(true), Err(Error::Conflict)]);
        assert_eq!(store.values("wiki"), expected);
    }
}

fn variables_that_were_deleted_while_somebody_waited_do_not_come_back(make: Make) {
    let mut store = Subject::on(make());
    let before = vec![variable("wiki", "A", b'0'), variable("wiki", "B", b'0')];
    store.put_variables(ORG.into(), before).expect("put");
    let replaced = ["A", "B", "C"].map(|key| {
        let version = if key == "C" { 1 } else { 2 };
        at_version(variable("wiki", key, b'x'), version)
    });
    let mut another = store.another();
    let put = std::thread::scope(|scope| {
        let deleting = Held::begin(
            store.database(),
            "DELETE FROM auth_variables WHERE auth_variables.key = 'B'",
        );
        let waiting = scope.spawn(move || another.put_variables(ORG.into(), replaced.to_vec()));
        wait_for(store.database(), 1);
        deleting.end("COMMIT");
        waiting.join().expect("no panic")
    });
    assert_eq!(put, Err(Error::Conflict));
    assert_eq!(store.values("wiki"), [("A".into(), 1, b'0')]);
}

/// Each has what the other wants. MySQL undoes whoever has done less, Postgres whoever has
/// waited for longer: that is the store, and it does it again.
fn what_a_deadlock_undid_is_done_again(make: Make) {
    let mut store = Subject::on(make());
    let before = vec![variable("wiki", "A", b'0'), variable("wiki", "B", b'0')];
    store.put_variables(ORG.into(), before).expect("put");
    let changed = ["A", "B"].map(|key| at_version(variable("wiki", key, b'1'), 2));
    let names: Vec<_> = (0..300).map(|number| format!("('g{number}', 1)")).collect();
    let done = format!(
        "INSERT INTO auth_groups (name, created_at) VALUES {}; \
         SELECT version FROM auth_variables WHERE auth_variables.key = 'B' FOR UPDATE",
        names.join(", ")
    );
    let mut another = store.another();
    let put = std::thread::scope(|scope| {
        let mut held = Held::begin(store.database(), &done);
        let waiting = scope.spawn(move || another.put_variables(ORG.into(), changed.to_vec()));
        wait_for(store.database(), 1);
        held.also("SELECT version FROM auth_variables FOR UPDATE");
        held.end("COMMIT");
        waiting.join().expect("no panic")
    });
    assert_eq!(put, Ok(()));
    let expected = ["A", "B"].map(|key| (key.to_owned(), 2, b'1'));
    assert_eq!(store.values("wiki"), expected);
    assert_eq!(store.count("auth_groups"), 300);
}

fn a_secret_that_is_entered_anew_while_what_is_left_of_it_is_swept_stays(make: Make) {
    let mut scene = Scene::with_secret(make);
    let deleted = scene.store.delete_secret(ORG.into(), "TOKEN".into(), 200);
    assert_eq!(deleted, Ok(true));
    let sealed = literal(scene.store.database(), b'a', 1);
    let entered =
        format!("UPDATE auth_secrets SET sealed = {sealed}, version = 3, updated_at = 300");
    let mut another = scene.store.another();
    let swept = std::thread::scope(|scope| {
        let entering = Held::begin(scene.store.database(), &entered);
        // The links go before it.
        let waiting = scope.spawn(move || another.sweep(200_000, 10));
        wait_for(scene.store.database(), 1);
        entering.end("COMMIT");
        waiting.join().expect("no panic")
    });
    assert_eq!(swept, Ok(2));
    assert_eq!(scene.store.kept("TOKEN"), Some((3, Some(b'a'))));
}

/// A secret that is there, or not, and two links for it.
struct Scene {
    store: Subject,
    version: u64,
}

impl Scene {
    fn without_secret(make: Make) -> Self {
        let mut store = Subject::on(make());
        for token in [1, 2] {
            store.with_link("TOKEN", token);
        }
        Self { store, version: 0 }
    }

    fn with_secret(make: Make) -> Self {
        let mut scene = Self::without_secret(make);
        scene
            .store
            .put_secret(new("TOKEN", 0, b'0'), 100)
            .expect("put");
        Self {
            version: 1,
            ..scene
        }
    }

    /// Both wait for what this transaction has; the first comes with 1, the second with 2.
    fn at_once(&self, acts: [Act; 2], locked: &str, end: &str) -> [Result<bool, Error>; 2] {
        let version = self.version;
        let call = |at: usize| -> Call<'_> {
            let act = acts[at];
            let secret = new("TOKEN", version, [b'1', b'2'][at]);
            Box::new(move |store| match act {
                Enter(link) => store.fulfil(digest(link), secret, 200).map(|()| true),
                Put => store.put_secret(secret, 200).map(|()| true),
                Delete => store.delete_secret(ORG.into(), secret.name, 200),
                Reseal => {
                    let resealed = AnythingSealed {
                        application: String::new(),
                        name: secret.name,
                        version,
                        sealed: vec![b'r'; 40],
                        written: Vec::new(),
                    };
                    store.reseal(ORG.into(), resealed, vec![b'0'; 40])
                }
            })
        };
        held_up(&self.store, locked, end, [call(0), call(1)])
    }

    /// The links of these acts are used up, and no other.
    fn has_used<const N: usize>(&mut self, acts: [Act; N]) {
        for link in [1, 2] {
            let used = acts.contains(&Enter(link));
            assert_eq!(self.store.is_used(link), used, "{link} by {acts:?}");
        }
    }
}

type Call<'a> = Box<dyn FnOnce(&mut Subject) -> Result<bool, Error> + Send + 'a>;

fn held_up(
    store: &Subject,
    locked: &str,
    end: &str,
    calls: [Call<'_>; 2],
) -> [Result<bool, Error>; 2] {
    std::thread::scope(|scope| {
        // In here, so that it lets go where something fails.
        let holding = Held::begin(store.database(), locked);
        let mut waiting = Vec::new();
        for call in calls {
            let mut another = store.another();
            waiting.push(scope.spawn(move || call(&mut another)));
            wait_for(store.database(), waiting.len());
        }
        holding.end(end);
        let mut ended = waiting.into_iter().map(|one| one.join().expect("no panic"));
        std::array::from_fn(|_| ended.next().expect("one of two"))
    })
}
