//! Which letters wait, and who tries them?

use super::{
    Subject, on_both_engines_in_every_place,
    ports::{
        Queued,
        outbox::{Again, Letter, TakenUp},
        types::Error,
    },
};

on_both_engines_in_every_place! {
    a_letter_is_nobodys_until_it_is_due
    a_letter_is_taken_up_by_one_of_many_instances
    a_letter_that_was_sent_leaves_nothing_behind
    a_letter_that_failed_is_due_when_it_was_said
    whoever_took_too_long_settles_nothing
    those_that_were_due_first_are_taken_up_first
    letters_that_nobody_tries_are_forgotten
    a_letter_of_any_size_is_no_letter
}

fn letter(id: &str, queued_at: u64) -> Letter {
    Letter {
        id: id.into(),
        kind: "magic-link".into(),
        sealed: vec![0, 255, b'\''],
        queued_at,
    }
}

fn ids(taken_up: &[TakenUp]) -> Vec<(&str, u32)> {
    let shown = taken_up
        .iter()
        .map(|one| (one.letter.id.as_str(), one.attempts));
    shown.collect()
}

fn take_up(store: &mut Subject, now: u64) -> Vec<TakenUp> {
    store.take_up(now, now + 60, 10).expect("an answer")
}

fn a_letter_is_nobodys_until_it_is_due(mut store: Subject) {
    store.queue(letter("a", 100), 160).expect("kept");
    assert_eq!(ids(&take_up(&mut store, 159)), []);
    let taken = take_up(&mut store, 160);
    assert_eq!(ids(&taken), [("a", 1)]);
    let Letter {
        id: _,
        kind,
        sealed,
        queued_at,
    } = &taken[0].letter;
    assert_eq!(
        (kind.as_str(), sealed.as_slice(), *queued_at),
        ("magic-link", &[0, 255, b'\''][..], 100)
    );
    assert_eq!(ids(&take_up(&mut store, 219)), []);
    assert_eq!(ids(&take_up(&mut store, 220)), [("a", 2)]);
    let again = store.queue(letter("a", 300), 360);
    assert_eq!(again, Err(Error::Conflict));
}

fn a_letter_is_taken_up_by_one_of_many_instances(mut store: Subject) {
    for number in 0..20 {
        let letter = letter(&format!("{number:02}"), 100);
        store.queue(letter, 100).expect("kept");
    }
    let instances: Vec<Subject> = (0..4).map(|_| store.another()).collect();
    let tries = instances.into_iter().map(|mut instance| {
        std::thread::spawn(move || instance.take_up(100, 160, 7).expect("an answer"))
    });
    let tries: Vec<_> = tries.collect();
    let mut taken: Vec<_> = tries
        .into_iter()
        .flat_map(|tried| tried.join().expect("no panic"))
        .map(|one| one.letter.id)
        .collect();
    taken.extend(
        take_up(&mut store, 100)
            .into_iter()
            .map(|one| one.letter.id),
    );
    taken.extend(
        take_up(&mut store, 100)
            .into_iter()
            .map(|one| one.letter.id),
    );
    let count = taken.len();
    taken.sort();
    taken.dedup();
    assert_eq!((taken.len(), count), (20, 20), "none twice: {taken:?}");
}

fn a_letter_that_was_sent_leaves_nothing_behind(mut store: Subject) {
    store.queue(letter("a", 100), 160).expect("kept");
    assert_eq!(ids(&take_up(&mut store, 160)), [("a", 1)]);
    store.settle("a".into(), 1, None).expect("settled");
    store.settle("a".into(), 1, None).expect("twice is once");
    assert_eq!(store.count("auth_outbox"), 0);
}

fn a_letter_that_failed_is_due_when_it_was_said(mut store: Subject) {
    store.queue(letter("a", 100), 160).expect("kept");
    assert_eq!(ids(&take_up(&mut store, 160)), [("a", 1)]);
    store.queue(letter("b", 90), 160).expect("kept");
    let again = Again {
        due_at: 500,
        why: "421 'busy'".into(),
    };
    store.settle("a".into(), 1, Some(again)).expect("settled");
    assert_eq!(ids(&take_up(&mut store, 499)), [("b", 1)]);
    let waiting = store.waiting().expect("an answer");
    assert_eq!(
        waiting,
        Queued {
            letters: 2,
            since: Some(90),
            why: Some("421 'busy'".into()),
        }
    );
    assert_eq!(ids(&take_up(&mut store, 500)), [("a", 2)]);
}

fn whoever_took_too_long_settles_nothing(mut store: Subject) {
    store.queue(letter("a", 100), 160).expect("kept");
    assert_eq!(ids(&take_up(&mut store, 160)), [("a", 1)]);
    assert_eq!(ids(&take_up(&mut store, 220)), [("a", 2)]);
    let again = Again {
        due_at: 999,
        why: "slow".into(),
    };
    store.settle("a".into(), 1, Some(again)).expect("nothing");
    store.settle("a".into(), 1, None).expect("nothing");
    assert_eq!(ids(&take_up(&mut store, 280)), [("a", 3)]);
}

fn those_that_were_due_first_are_taken_up_first(mut store: Subject) {
    for (id, due_at) in [("a", 300), ("b", 100), ("c", 200)] {
        store.queue(letter(id, 100), due_at).expect("kept");
    }
    let mut order = Vec::new();
    for _ in 0..4 {
        let taken = store.take_up(300, 900, 1).expect("an answer");
        order.extend(taken.into_iter().map(|one| one.letter.id));
    }
    assert_eq!(order, ["b", "c", "a"]);
}

fn letters_that_nobody_tries_are_forgotten(mut store: Subject) {
    for (id, queued_at) in [("a", 100), ("b", 200), ("c", 300)] {
        store.queue(letter(id, queued_at), 160).expect("kept");
    }
    assert_eq!(store.forget_letters(200, 1), Ok(1));
    assert_eq!(store.forget_letters(200, 10), Ok(1));
    assert_eq!(ids(&take_up(&mut store, 1000)), [("c", 1)]);
    let waiting = store.waiting().expect("an answer");
    assert_eq!((waiting.letters, waiting.since), (1, Some(300)));
}

fn a_letter_of_any_size_is_no_letter(mut store: Subject) {
    let sealed = vec![0; 256 * 1024];
    let large = Letter {
        sealed,
        ..letter("a", 100)
    };
    store.queue(large.clone(), 160).expect("kept");
    let mut larger = large;
    larger.id = "b".into();
    larger.sealed.push(0);
    assert_eq!(store.queue(larger, 160), Err(Error::Internal));
}
