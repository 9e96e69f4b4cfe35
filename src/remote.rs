//! How does middleware ask? It judges nothing and holds no key: it sends a head to
//! `auth` and does what the answer says. Question and answer are a header field each,
//! postcard in base64url: a body would cost a component more than judging does. Both
//! sides are of one release.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::decide::{Edits, Verdict};
use crate::head::{FIELDS_MAX_BYTES, Head, Lines, TARGET_MAX_BYTES};
use crate::reply::Reply;

/// Where `auth` answers. No public route leads to it.
pub const PATH: &str = "/gate/judge";
/// The request field that holds the question.
pub const QUESTION: &str = "gatelet-question-1";
/// The response field that holds the answer.
pub const ANSWER: &str = "gatelet-answer-1";
/// The most that either is long, in bytes: a head at its limits, and what is not
/// limited. In base64url it stays below the 128 KiB that hosts allow a header section.
const MAX_BYTES: usize = FIELDS_MAX_BYTES + TARGET_MAX_BYTES + 8 * 1024;

/// [`Head`], as it crosses.
#[derive(Serialize, Deserialize)]
struct Asked<'a> {
    method: &'a str,
    target: &'a str,
    authority: &'a str,
    tls: bool,
    peer: &'a str,
    fields: &'a [u8],
}

/// [`Verdict`], as it crosses. Where to forward to is not in it: what stands behind
/// the middleware is the host's to know. Fields are blocks of lines.
#[derive(Serialize, Deserialize)]
enum Answered<'a> {
    Forward {
        remove: Vec<&'a str>,
        set: &'a str,
        response: &'a str,
    },
    Respond {
        status: u16,
        fields: &'a str,
        body: &'a [u8],
    },
}

/// What a field holds, for [`read_head`] or [`read_verdict`]. None for what is none.
#[must_use]
pub fn open(field: &[u8]) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(field).ok()
}

/// Writes the question. None if it is too long to ask.
#[must_use]
pub fn write_head(head: &Head<'_>) -> Option<String> {
    let Head {
        method,
        target,
        authority,
        tls,
        peer,
        fields,
    } = *head;
    written(&Asked {
        method,
        target,
        authority,
        tls,
        peer,
        fields,
    })
}

/// Reads the question. None for what is none.
#[must_use]
pub fn read_head(question: &[u8]) -> Option<Head<'_>> {
    let Asked {
        method,
        target,
        authority,
        tls,
        peer,
        fields,
    } = read(question)?;
    Some(Head {
        method,
        target,
        authority,
        tls,
        peer,
        fields,
    })
}

/// Writes the answer. None if it is too long, or is to ask again.
#[must_use]
pub fn write_verdict(verdict: &Verdict) -> Option<String> {
    written(&match verdict {
        Verdict::Forward(Edits {
            upstream: _,
            remove,
            set,
            response,
        }) => Answered::Forward {
            remove: remove.iter().map(String::as_str).collect(),
            set: set.as_str(),
            response: response.as_str(),
        },
        Verdict::Respond(Reply {
            status,
            fields,
            body,
            code: _,
        }) => Answered::Respond {
            status: *status,
            fields: fields.as_str(),
            body,
        },
        Verdict::Ask => return None,
    })
}

/// Reads the answer. None for what is none.
#[must_use]
pub fn read_verdict(answer: &[u8]) -> Option<Verdict> {
    Some(match read(answer)? {
        Answered::Forward {
            remove,
            set,
            response,
        } => Verdict::Forward(Edits {
            upstream: String::new(),
            remove: remove.into_iter().map(str::to_owned).collect(),
            set: lines(set),
            response: lines(response),
        }),
        Answered::Respond {
            status,
            fields,
            body,
        } => Verdict::Respond(Reply {
            status,
            fields: lines(fields),
            body: body.to_vec(),
            code: None,
        }),
    })
}

fn lines(block: &str) -> Lines {
    let mut lines = Lines::new();
    for (name, value) in block.lines().filter_map(|line| line.split_once(':')) {
        lines.push(name, value);
    }
    lines
}

fn written(value: &impl Serialize) -> Option<String> {
    let bytes = postcard::to_allocvec(value).ok()?;
    (bytes.len() <= MAX_BYTES).then(|| URL_SAFE_NO_PAD.encode(bytes))
}

/// All of it, without a rest.
fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    let bytes = (bytes.len() <= MAX_BYTES).then_some(bytes)?;
    let (value, rest) = postcard::take_from_bytes(bytes).ok()?;
    rest.is_empty().then_some(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn head(fields: &[u8]) -> Head<'_> {
        Head {
            method: "GET",
            target: "/a?b",
            authority: "shop.example.com",
            tls: true,
            peer: "192.0.2.1",
            fields,
        }
    }

    fn cross(verdict: &Verdict) -> Option<Verdict> {
        read_verdict(&open(write_verdict(verdict)?.as_bytes())?)
    }

    #[test]
    fn a_head_at_its_limits_fits_and_one_beyond_is_not_asked() {
        let target = ["/", &"a".repeat(TARGET_MAX_BYTES - 1)].concat();
        let fields = vec![b'a'; FIELDS_MAX_BYTES];
        let longest = Head {
            target: &target,
            ..head(&fields)
        };
        let question = write_head(&longest).expect("fits");
        assert!(question.len() < 128 * 1024, "hosts take it");
        let question = open(question.as_bytes()).expect("ours");
        assert_eq!(read_head(&question).expect("a head").fields, fields);
        assert!(write_head(&head(&vec![b'a'; MAX_BYTES])).is_none());
    }

    #[test]
    fn a_verdict_crosses_whole_but_for_the_upstream_and_the_code() {
        let mut set = Lines::new();
        set.push("x-forwarded-user", "u1");
        set.push("x-forwarded-name", "a:b");
        let mut response = Lines::new();
        response.push("set-cookie", "a=1");
        response.push("set-cookie", "b=2");
        let edits = Edits {
            upstream: "http://app.internal".to_owned(),
            remove: vec!["X-Forwarded-User".to_owned(), "cookie".to_owned()],
            set,
            response,
        };
        let crossed = cross(&Verdict::Forward(edits.clone()));
        let expected = Edits {
            upstream: String::new(),
            ..edits
        };
        assert_eq!(crossed, Some(Verdict::Forward(expected)));

        let reply = Reply::healthy().with("location", "/auth/sign-in?return_to=%2F");
        let crossed = cross(&Verdict::Respond(reply.clone()));
        assert_eq!(crossed, Some(Verdict::Respond(reply)));
        assert_eq!(write_verdict(&Verdict::Ask), None);
    }

    #[test]
    fn what_is_cut_off_or_has_a_rest_is_no_answer() {
        let answer = write_verdict(&Verdict::Respond(Reply::healthy())).unwrap();
        let answer = open(answer.as_bytes()).unwrap();
        for end in 0..answer.len() {
            assert_eq!(read_verdict(&answer[..end]), None, "{end}");
        }
        assert_eq!(read_verdict(&[&answer[..], b"\0"].concat()), None);
        assert!(read_verdict(&vec![0; MAX_BYTES + 1]).is_none());
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _opened = open(&bytes);
            let _head = read_head(&bytes);
            if let Some(Verdict::Forward(edits)) = read_verdict(&bytes) {
                prop_assert!(edits.set.iter().all(|(_, value)| !value.contains(['\r', '\n', '\0'])));
            }
        }

        #[test]
        fn every_head_crosses(method in "[A-Z]{1,8}", target in "/.{0,40}", tls: bool, fields in proptest::collection::vec(any::<u8>(), 0..80)) {
            let head = Head { method: &method, target: &target, tls, ..head(&fields) };
            let question = open(write_head(&head).unwrap().as_bytes()).unwrap();
            let read = read_head(&question).unwrap();
            prop_assert_eq!((read.method, read.target, read.tls, read.fields), (head.method, head.target, head.tls, head.fields));
            prop_assert_eq!((read.authority, read.peer), (head.authority, head.peer));
        }
    }
}
