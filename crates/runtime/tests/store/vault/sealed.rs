//! What is sealed, to whoever changes the key: all of it, and each only while it is what
//! was read.

use super::{ORG, Subject, at_version, bound, new, variable};
use crate::store::{on_both_engines, ports::vault::AnythingSealed};

on_both_engines! {
    all_that_is_sealed_comes_in_pages
    the_same_value_under_another_key_is_at_the_version_it_was
    nothing_is_resealed_that_has_changed_since_it_was_read
    nothing_is_resealed_that_is_out_of_bounds
}

impl Subject {
    fn with_something_sealed(&mut self) {
        for name in ["B", "A", "GONE"] {
            self.put_secret(new(name, 0, b'a'), 100).expect("put");
        }
        self.delete_secret(ORG.into(), "GONE".into(), 200)
            .expect("deleted");
        let variables = vec![
            bound(variable("wiki", "Y", b'b'), "A", 1),
            variable("wiki", "X", b'c'),
            variable("blog", "Z", b'd'),
        ];
        self.put_variables(ORG.into(), variables).expect("put");
        let others = vec![variable("wiki", "X", b'x')];
        self.put_variables("other".into(), others).expect("put");
    }

    fn sealed(&mut self, after: (&str, &str), limit: u32) -> Vec<AnythingSealed> {
        let after = (after.0.into(), after.1.into());
        self.list_sealed(ORG.into(), after, limit)
            .expect("an answer")
    }
}

fn all_that_is_sealed_comes_in_pages(mut store: Subject) {
    store.with_something_sealed();
    let whole = store.sealed(("", ""), 100);
    let places: Vec<_> = whole
        .iter()
        .map(|one| (&*one.application, &*one.name))
        .collect();
    let expected = [
        ("", "A"),
        ("", "B"),
        ("blog", "Z"),
        ("wiki", "X"),
        ("wiki", "Y"),
    ];
    assert_eq!(places, expected);
    let copy = AnythingSealed {
        application: "wiki".into(),
        name: "Y".into(),
        version: 1,
        sealed: vec![b'b'; 40],
        written: vec![9; 32],
    };
    assert_eq!(whole[4], copy);
    assert_eq!(
        (&*whole[0].sealed, &*whole[0].written),
        (&[b'a'; 40][..], &[][..])
    );
    for limit in 1..=6 {
        let mut paged = Vec::new();
        let mut after = ("", "");
        loop {
            let page = store.sealed(after, limit);
            assert!(page.len() <= limit as usize);
            let Some(last) = page.last() else { break };
            let place = (&*last.application, &*last.name);
            after = *expected
                .iter()
                .find(|one| **one == place)
                .expect("one of them");
            paged.extend(page);
        }
        assert_eq!(paged, whole, "{limit}");
    }
    assert_eq!(store.sealed(("", ""), 0), []);
    assert_eq!(
        store.sealed(("", "AA"), 1)[0].name,
        "B",
        "after one that is not there"
    );
    assert_eq!(store.sealed(("bloh", ""), 1)[0].name, "X");
    assert_eq!(
        store.list_sealed("third".into(), Default::default(), 9),
        Ok(vec![])
    );
}

fn the_same_value_under_another_key_is_at_the_version_it_was(mut store: Subject) {
    store.with_something_sealed();
    let secrets = store.list_secrets(ORG.into());
    let variables = store.list_variables(ORG.into(), None);
    let whole = store.sealed(("", ""), 100);
    for one in &whole {
        let resealed = AnythingSealed {
            sealed: vec![b'r'; 41],
            written: one.written.iter().map(|_| 8).collect(),
            ..one.clone()
        };
        let from = one.sealed.clone();
        assert_eq!(
            store.reseal(ORG.into(), resealed.clone(), from.clone()),
            Ok(true)
        );
        assert_eq!(
            store.reseal(ORG.into(), resealed, from),
            Ok(false),
            "not any more"
        );
    }
    let after = store.sealed(("", ""), 100);
    assert_eq!(after.len(), whole.len());
    for (one, before) in after.iter().zip(&whole) {
        assert_eq!((&*one.name, one.version), (&*before.name, before.version));
        assert_eq!(one.sealed, [b'r'; 41]);
        assert_eq!(one.written.len(), before.written.len());
        assert!(one.written.iter().all(|byte| *byte == 8));
    }
    assert_eq!(store.list_secrets(ORG.into()), secrets);
    assert_eq!(store.list_variables(ORG.into(), None), variables);
    let theirs = store.find_variables("other".into(), "wiki".into());
    assert_eq!(theirs.expect("an answer")[0].sealed, [b'x'; 40]);
}

fn nothing_is_resealed_that_has_changed_since_it_was_read(mut store: Subject) {
    store.with_something_sealed();
    let whole = store.sealed(("", ""), 100);
    store.put_secret(new("A", 1, b'n'), 300).expect("put");
    store
        .delete_secret(ORG.into(), "B".into(), 300)
        .expect("deleted");
    let changed = vec![at_version(variable("wiki", "X", b'n'), 2)];
    store.put_variables(ORG.into(), changed).expect("put");
    store
        .delete_variables(ORG.into(), "wiki".into(), vec!["Y".into()])
        .expect("deleted");
    store
        .remove_application(ORG.into(), "blog".into())
        .expect("removed");
    let after = store.sealed(("", ""), 100);
    for one in whole {
        let from = one.sealed.clone();
        let resealed = AnythingSealed {
            sealed: vec![b'r'; 40],
            ..one
        };
        assert_eq!(store.reseal(ORG.into(), resealed, from), Ok(false));
    }
    assert_eq!(store.sealed(("", ""), 100), after);
    // What is sealed counts, and the version, each by itself; and whose it is.
    let now = after[0].clone();
    for (org, version, from) in [
        (ORG, now.version, vec![b'x'; 40]),
        (ORG, now.version - 1, now.sealed.clone()),
        ("other", now.version, now.sealed.clone()),
    ] {
        let resealed = AnythingSealed {
            version,
            sealed: vec![b'r'; 40],
            ..now.clone()
        };
        assert_eq!(store.reseal(org.into(), resealed, from), Ok(false));
    }
    assert_eq!(store.sealed(("", ""), 100), after);
}

fn nothing_is_resealed_that_is_out_of_bounds(mut store: Subject) {
    use super::Error;
    store.with_something_sealed();
    let one = store.sealed(("", ""), 1).remove(0);
    let long = "n".repeat(129);
    for bad in [
        AnythingSealed {
            sealed: vec![],
            ..one.clone()
        },
        AnythingSealed {
            sealed: vec![1; 8_257],
            ..one.clone()
        },
        AnythingSealed {
            name: String::new(),
            ..one.clone()
        },
        AnythingSealed {
            application: long,
            ..one.clone()
        },
    ] {
        let resealed = store.reseal(ORG.into(), bad, one.sealed.clone());
        assert_eq!(resealed, Err(Error::Internal));
    }
    let resealed = store.reseal(ORG.into(), one.clone(), vec![]);
    assert_eq!(resealed, Err(Error::Internal));
    assert_eq!(store.sealed(("", ""), 1), [one]);
}
