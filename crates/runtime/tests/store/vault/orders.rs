//! Several people are at one secret, each of whom looks and then acts: their calls may
//! come in any order, so every order is tried, each on a secret of its own. What two calls
//! do at the very same time is in `waiting`.

use std::cell::Cell;

use super::{Error, ORG, Subject, digest, new};
use crate::store::on_both_engines;

on_both_engines! {
    two_with_one_link
    two_with_a_link_each
    one_with_a_link_and_one_who_rotates
    one_with_a_link_and_one_who_deletes
    one_who_rotates_and_one_who_deletes
    two_with_one_link_and_one_who_rotates
    one_with_a_link_one_who_rotates_and_one_who_deletes
}

fn two_with_one_link(mut store: Subject) {
    every_order(&mut store, &[Enters(1), Enters(1)]);
}

fn two_with_a_link_each(mut store: Subject) {
    every_order(&mut store, &[Enters(1), Enters(2)]);
}

fn one_with_a_link_and_one_who_rotates(mut store: Subject) {
    every_order(&mut store, &[Enters(1), Rotates]);
}

fn one_with_a_link_and_one_who_deletes(mut store: Subject) {
    every_order(&mut store, &[Enters(1), Deletes]);
}

fn one_who_rotates_and_one_who_deletes(mut store: Subject) {
    every_order(&mut store, &[Rotates, Deletes]);
}

fn two_with_one_link_and_one_who_rotates(mut store: Subject) {
    let orders = every_order(&mut store, &[Enters(1), Enters(1), Rotates]);
    assert!(orders >= 200, "{orders}");
}

fn one_with_a_link_one_who_rotates_and_one_who_deletes(mut store: Subject) {
    let orders = every_order(&mut store, &[Enters(1), Rotates, Deletes]);
    assert!(orders >= 60, "{orders}");
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Wish {
    /// By the link of this number.
    Enters(u8),
    Rotates,
    Deletes,
}
use Wish::{Deletes, Enters, Rotates};

struct Person {
    wish: Wish,
    /// What they come with.
    value: u8,
    /// The version that they saw, once they have looked.
    seen: Option<u64>,
    is_done: bool,
}

/// What is so, and what was told to whom.
struct Scene {
    name: String,
    number: u16,
    /// The value that is kept, with every version that a value had.
    kept: Option<u8>,
    versions: Vec<u64>,
    used: Vec<u8>,
}

impl Scene {
    /// A link's token of this scene alone.
    fn token(&self, link: u8) -> Vec<u8> {
        let mut token = digest(link);
        token[..2].copy_from_slice(&self.number.to_be_bytes());
        token
    }

    fn is_used(&self, store: &mut Subject, link: u8) -> bool {
        let found = store.find_request_by_token(ORG.into(), self.token(link));
        let found = found.expect("an answer").expect("a request");
        found.fulfilled_at.is_some()
    }
}

impl Person {
    /// One call of the store, as the vault makes it.
    fn step(&mut self, store: &mut Subject, scene: &mut Scene) {
        let Some(seen) = self.seen else {
            match self.wish {
                Enters(link) if scene.is_used(store, link) => self.is_done = true,
                Enters(_) | Rotates => {
                    self.seen = Some(store.kept(&scene.name).map_or(0, |(version, _)| version));
                }
                Deletes => {
                    let deleted = store.delete_secret(ORG.into(), scene.name.clone(), 300);
                    assert_eq!(deleted, Ok(scene.kept.is_some()));
                    (scene.kept, self.is_done) = (None, true);
                }
            }
            return;
        };
        let secret = new(&scene.name, seen, self.value);
        let outcome = match self.wish {
            Enters(link) => store.fulfil(scene.token(link), secret, 300),
            Rotates | Deletes => store.put_secret(secret, 300),
        };
        match outcome {
            Ok(()) => {
                if let Enters(link) = self.wish {
                    assert!(!scene.used.contains(&link), "a link was used twice");
                    scene.used.push(link);
                }
                let newest = scene.versions.last().copied().unwrap_or(0);
                assert!(seen + 1 > newest, "a version came again");
                scene.versions.push(seen + 1);
                (scene.kept, self.is_done) = (Some(self.value), true);
            }
            Err(Error::Conflict) => self.seen = None,
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// Plays it in every order. Answers how many there were.
fn every_order(store: &mut Subject, wishes: &[Wish]) -> usize {
    let scenes = Cell::new(0);
    let mut orders = 0;
    for there_before in [false, true] {
        let mut path: Vec<usize> = Vec::new();
        loop {
            orders += 1;
            scenes.set(scenes.get() + 1);
            let taken = play(store, scenes.get(), wishes, there_before, &path);
            match next(taken) {
                Some(other) => path = other,
                None => break,
            }
        }
    }
    orders
}

/// In the order of the path, and then as it comes. Answers what was chosen of how many.
fn play(
    store: &mut Subject,
    number: u16,
    wishes: &[Wish],
    there_before: bool,
    path: &[usize],
) -> Vec<(usize, usize)> {
    let mut scene = Scene {
        name: format!("S{number}"),
        number,
        kept: None,
        versions: Vec::new(),
        used: Vec::new(),
    };
    if there_before {
        store
            .put_secret(new(&scene.name, 0, b'0'), 100)
            .expect("put");
        (scene.kept, scene.versions) = (Some(b'0'), vec![1]);
    }
    let mut links: Vec<u8> = wishes
        .iter()
        .filter_map(|wish| match wish {
            Enters(link) => Some(*link),
            Rotates | Deletes => None,
        })
        .collect();
    links.dedup();
    for link in &links {
        let asked = super::request(&format!("{}-{link}", scene.name), &scene.name);
        store
            .add_request(ORG.into(), asked, scene.token(*link))
            .expect("a request");
    }
    let mut people: Vec<_> = wishes
        .iter()
        .zip(b'a'..)
        .map(|(wish, value)| Person {
            wish: *wish,
            value,
            seen: None,
            is_done: false,
        })
        .collect();
    let mut taken = Vec::new();
    loop {
        let ready: Vec<_> = (0..people.len())
            .filter(|at| !people[*at].is_done)
            .collect();
        if ready.is_empty() {
            break;
        }
        let choice = path.get(taken.len()).copied().unwrap_or(0);
        taken.push((choice, ready.len()));
        people[ready[choice]].step(store, &mut scene);
        let kept = store.kept(&scene.name).and_then(|(_, value)| value);
        assert_eq!(kept, scene.kept, "{wishes:?} in the order {taken:?}");
        for link in &links {
            let used = scene.is_used(store, *link);
            assert_eq!(used, scene.used.contains(link), "in the order {taken:?}");
        }
    }
    let used = links.iter().all(|link| scene.used.contains(link));
    assert!(
        used,
        "everybody who had a link got to use it, or somebody else did"
    );
    taken
}

/// The last choice that can be another, and what was chosen before it.
fn next(mut taken: Vec<(usize, usize)>) -> Option<Vec<usize>> {
    while taken
        .last()
        .is_some_and(|(choice, options)| choice + 1 == *options)
    {
        taken.pop();
    }
    let (choice, _) = taken.pop()?;
    let before = taken.iter().map(|(choice, _)| *choice);
    Some(before.chain([choice + 1]).collect())
}
