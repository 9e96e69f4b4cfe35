//! Does what crosses come out as it went in, and is anything else nothing?

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::crossing;
use crate::decide::Verdict;
use crate::head::Head;
use crate::remote;
use crate::reply::Reply;

/// What one side hands another: a head, settings, a verdict, a question, a finding, or
/// none of them.
pub(super) fn bytes(input: &[u8]) -> bool {
    let head = crossing::read_head(input);
    if let Some(head) = &head {
        let again = crossing::write_head(head, b"before".to_vec());
        let again = crossing::read_head(&again[b"before".len()..]).expect("ours");
        assert_eq!(told(head), told(&again));
    }
    let settings = crossing::read_settings(input);
    if let Some((base, records, complete)) = &settings {
        let again = crossing::write_settings(base, records, *complete);
        let (again_base, again_records, again_complete) =
            crossing::read_settings(&again).expect("ours");
        assert!(again_base.iter().eq(base.iter()));
        assert_eq!((&again_records, again_complete), (records, *complete));
        assert!(
            records.len() <= input.len(),
            "a record takes a byte at least"
        );
    }
    let verdict = crossing::read_verdict(input);
    if let Some(verdict) = &verdict {
        assert_plain(verdict);
        let again = crossing::write_verdict(verdict);
        assert_eq!(crossing::read_verdict(&again).as_ref(), Some(verdict));
    }
    let inquiry = crossing::read_inquiry(input);
    if let Some(inquiry) = &inquiry {
        let again = crossing::write_inquiry(inquiry);
        assert!(crossing::read_inquiry(&again).as_ref() == Some(inquiry));
    }
    let finding = crossing::read_finding(input);
    if let Some(finding) = &finding {
        let again = crossing::write_finding(finding);
        assert!(crossing::read_finding(&again).as_ref() == Some(finding));
    }
    let longer = [input, b"\0"].concat();
    let is_longer = crossing::read_head(&longer).is_some()
        || crossing::read_settings(&longer).is_some()
        || crossing::read_verdict(&longer).is_some();
    if inquiry.is_some() {
        let read = crossing::read_inquiry(&longer);
        assert!(read.is_none(), "a question has no rest");
    }
    let is_one = head.is_some() || settings.is_some() || verdict.is_some();
    assert!(!(is_one && is_longer && input.is_empty()), "nothing is one");
    if head.is_some() {
        assert!(crossing::read_head(&longer).is_none(), "a head has no rest");
    }
    if verdict.is_some() {
        let read = crossing::read_verdict(&longer);
        assert!(read.is_none(), "a verdict has no rest");
    }
    is_one || inquiry.is_some() || finding.is_some()
}

/// The field that middleware and `auth` say to each other.
pub(super) fn field(input: &[u8]) -> bool {
    let Some(held) = remote::open(input) else {
        return false;
    };
    // Two spellings of one would be two answers.
    assert_eq!(URL_SAFE_NO_PAD.encode(&held).as_bytes(), input);
    let head = crossing::read_head(&held);
    if let Some(head) = &head {
        let again = remote::write_head(head).expect("not longer than it came");
        let again = remote::open(again.as_bytes()).expect("ours");
        let again = crossing::read_head(&again).expect("ours");
        assert_eq!(told(head), told(&again));
    }
    let verdict = remote::read_verdict(&held);
    if let Some(verdict) = &verdict {
        assert_plain(verdict);
        assert_ne!(*verdict, Verdict::Ask, "nobody is asked twice");
        let again = remote::write_verdict(verdict.clone()).expect("not longer than it came");
        let again = remote::open(again.as_bytes()).expect("ours");
        let mut expected = verdict.clone();
        if let Verdict::Forward(edits) = &mut expected {
            edits.upstream.clear();
        }
        assert_eq!(remote::read_verdict(&again), Some(expected));
    }
    head.is_some() || verdict.is_some()
}

type Told<'a> = (&'a str, &'a str, &'a str, bool, &'a str, &'a [u8]);

fn told<'a>(head: &Head<'a>) -> Told<'a> {
    let Head {
        method,
        target,
        authority,
        tls,
        peer,
        fields,
    } = *head;
    (method, target, authority, tls, peer, fields)
}

/// Nothing in a verdict breaks out of its line.
fn assert_plain(verdict: &Verdict) {
    let blocks = match verdict {
        Verdict::Forward(edits) => {
            let cookies = edits.cookies.as_deref().unwrap_or_default();
            let breaks = |byte: &u8| matches!(byte, b'\r' | b'\n' | b'\0');
            assert!(!cookies.iter().any(breaks), "a cookie breaks out");
            [Some(&edits.set), Some(&edits.response)]
        }
        Verdict::Respond(Reply { fields, .. }) => [Some(fields), None],
        Verdict::Ask => [None, None],
    };
    for lines in blocks.into_iter().flatten() {
        let ends = lines.as_str().bytes().filter(|byte| *byte == b'\n').count();
        assert_eq!(lines.iter().count(), ends, "a line each");
        for (name, value) in lines.iter() {
            assert!(!value.contains(['\r', '\n', '\0']), "{name}");
        }
    }
}
