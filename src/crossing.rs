//! How do a head, a verdict, a question and settings cross into another's memory? In one
//! encoding, postcard, of the shapes below and those of [`crate::inquiry`], field after
//! field in this order. Whoever writes and whoever reads share this code and are of one
//! release: the gate and the host that asks it, the middleware and `auth`. What is read is
//! believed in nothing: it is one of these shapes without a rest, or it is none.
//! <https://postcard.jamesmunns.com/wire-format>

use serde::{Deserialize, Serialize};

use crate::decide::{Edits, Verdict};
use crate::error::Code;
use crate::head::{Head, Lines};
use crate::inquiry::{Finding, Inquiry};
use crate::origin_record::{OriginRecord, Place};
use crate::reply::Reply;
use crate::scan;
use crate::secret::Secret;
use crate::settings::Base;

/// [`Head`], as it crosses.
#[derive(Serialize, Deserialize)]
struct Asked<'a> {
    method: &'a str,
    target: &'a str,
    authority: &'a str,
    tls: bool,
    peer: &'a str,
    #[serde(borrow, with = "bytes")]
    fields: &'a [u8],
}

/// [`Verdict`], as it crosses. Header sections are blocks of lines.
#[derive(Serialize, Deserialize)]
enum Answered<'a> {
    Forward {
        upstream: &'a str,
        remove: Vec<&'a str>,
        #[serde(borrow)]
        cookies: Option<Bytes<'a>>,
        set: &'a str,
        response: &'a str,
        holds_seconds: u64,
    },
    Respond {
        status: u16,
        fields: &'a str,
        #[serde(borrow, with = "bytes")]
        body: &'a [u8],
        /// By its stable name.
        code: Option<&'a str>,
    },
    Ask,
}

/// What to judge by, as it crosses. It holds secrets.
#[derive(Serialize, Deserialize)]
struct Handed<'a> {
    /// Name and value, as the operator wrote them.
    #[serde(borrow)]
    variables: Vec<(&'a str, &'a str)>,
    #[serde(borrow)]
    records: Vec<HandedRecord<'a>>,
    complete: bool,
}

/// [`OriginRecord`], as it crosses.
#[derive(Serialize, Deserialize)]
struct HandedRecord<'a> {
    name: &'a str,
    parent: &'a str,
    is_preview: bool,
    #[serde(borrow)]
    values: Vec<(&'a str, &'a str)>,
    database_url: &'a str,
    schema: &'a str,
    created_at: u64,
    expires_at: Option<u64>,
}

/// Writes a head behind what is in `buffer`.
#[must_use]
pub fn write_head(head: &Head<'_>, buffer: Vec<u8>) -> Vec<u8> {
    let Head {
        method,
        target,
        authority,
        tls,
        peer,
        fields,
    } = *head;
    let asked = Asked {
        method,
        target,
        authority,
        tls,
        peer,
        fields,
    };
    postcard::to_extend(&asked, buffer).unwrap_or_default()
}

/// Reads a head. None for what is none.
#[must_use]
pub fn read_head(bytes: &[u8]) -> Option<Head<'_>> {
    let Asked {
        method,
        target,
        authority,
        tls,
        peer,
        fields,
    } = read(bytes)?;
    Some(Head {
        method,
        target,
        authority,
        tls,
        peer,
        fields,
    })
}

/// Writes a verdict.
#[must_use]
pub fn write_verdict(verdict: &Verdict) -> Vec<u8> {
    write(&match verdict {
        Verdict::Forward(Edits {
            upstream,
            remove,
            cookies,
            set,
            response,
            holds_seconds,
        }) => Answered::Forward {
            upstream,
            remove: remove.iter().map(String::as_str).collect(),
            cookies: cookies.as_deref().map(Bytes),
            set: set.as_str(),
            response: response.as_str(),
            holds_seconds: *holds_seconds,
        },
        Verdict::Respond(Reply {
            status,
            fields,
            body,
            code,
        }) => Answered::Respond {
            status: *status,
            fields: fields.as_str(),
            body,
            code: code.map(Code::as_str),
        },
        Verdict::Ask => Answered::Ask,
    })
}

/// Reads a verdict. None for what is none.
#[must_use]
pub fn read_verdict(bytes: &[u8]) -> Option<Verdict> {
    Some(match read(bytes)? {
        Answered::Forward {
            upstream,
            remove,
            cookies,
            set,
            response,
            holds_seconds,
        } => Verdict::Forward(Edits {
            upstream: upstream.to_owned(),
            remove: remove.into_iter().map(str::to_owned).collect(),
            cookies: match cookies {
                Some(Bytes(cookies)) if scan::has_control(cookies) => return None,
                cookies => cookies.map(|Bytes(cookies)| cookies.to_vec()),
            },
            set: Lines::of_block(set),
            response: Lines::of_block(response),
            holds_seconds,
        }),
        Answered::Respond {
            status,
            fields,
            body,
            code,
        } => Verdict::Respond(Reply {
            status,
            fields: Lines::of_block(fields),
            body: body.to_vec(),
            code: match code {
                Some(name) => Some(Code::named(name)?),
                None => None,
            },
        }),
        Answered::Ask => Verdict::Ask,
    })
}

/// Writes a question. It holds passwords and credentials.
#[must_use]
pub fn write_inquiry(inquiry: &Inquiry) -> Vec<u8> {
    write(inquiry)
}

/// Reads a question. None for what is none.
#[must_use]
pub fn read_inquiry(bytes: &[u8]) -> Option<Inquiry> {
    read(bytes)
}

/// Writes what was found.
#[must_use]
pub fn write_finding(finding: &Finding) -> Vec<u8> {
    write(finding)
}

/// Reads what was found. None for what is none.
#[must_use]
pub fn read_finding(bytes: &[u8]) -> Option<Finding> {
    read(bytes)
}

/// Writes what to judge by: variables, the store's records, and whether those are all.
#[must_use]
pub fn write_settings(base: &Base, records: &[OriginRecord], complete: bool) -> Vec<u8> {
    let records = records.iter().map(|record| {
        let OriginRecord {
            name,
            parent,
            is_preview,
            values,
            place: Place { url, schema },
            created_at,
            expires_at,
        } = record;
        HandedRecord {
            name,
            parent,
            is_preview: *is_preview,
            values: borrowed(values),
            database_url: url.expose(),
            schema,
            created_at: *created_at,
            expires_at: *expires_at,
        }
    });
    write(&Handed {
        variables: base
            .iter()
            .map(|(setting, value)| (setting.name(), value))
            .collect(),
        records: records.collect(),
        complete,
    })
}

/// Reads what to judge by. None for what is none.
#[must_use]
pub fn read_settings(bytes: &[u8]) -> Option<(Base, Vec<OriginRecord>, bool)> {
    let Handed {
        variables,
        records,
        complete,
    } = read(bytes)?;
    let records = records.into_iter().map(|record| {
        let HandedRecord {
            name,
            parent,
            is_preview,
            values,
            database_url,
            schema,
            created_at,
            expires_at,
        } = record;
        OriginRecord {
            name: name.to_owned(),
            parent: parent.to_owned(),
            is_preview,
            values: values
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            place: Place {
                url: Secret::new(database_url.to_owned()),
                schema: schema.to_owned(),
            },
            created_at,
            expires_at,
        }
    });
    Some((Base::of_variables(variables), records.collect(), complete))
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

/// Nothing of ours fails to be written; what did would be read as nothing.
fn write(value: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(value).unwrap_or_default()
}

/// All of it, without a rest.
fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Option<T> {
    let (value, rest) = postcard::take_from_bytes(bytes).ok()?;
    rest.is_empty().then_some(value)
}

/// Bytes in an `Option`, within which serde takes no `with`.
#[derive(Serialize, Deserialize)]
struct Bytes<'a>(#[serde(borrow, with = "bytes")] &'a [u8]);

/// In one piece: serde would take a slice byte by byte.
mod bytes {
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_bytes(bytes)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<&'de [u8], D::Error> {
        <&[u8]>::deserialize(from)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn verdicts() -> [Verdict; 4] {
        let mut set = Lines::new();
        set.push("x-forwarded-user", "u1");
        set.push("x-forwarded-name", "a:b");
        let mut response = Lines::new();
        response.push("set-cookie", "a=1");
        response.push("set-cookie", "b=2");
        let edits = Edits {
            upstream: "http://app.internal".to_owned(),
            remove: vec!["X-Forwarded-User".to_owned()],
            cookies: Some(b"a=\xe9; b=2".to_vec()),
            set,
            response,
            holds_seconds: 60,
        };
        let reply = Reply::healthy().with("location", "/auth/sign-in?return_to=%2F");
        let denied = Reply {
            code: Some(Code::SessionNone),
            ..reply.clone()
        };
        [
            Verdict::Forward(edits),
            Verdict::Respond(reply),
            Verdict::Respond(denied),
            Verdict::Ask,
        ]
    }

    #[test]
    fn a_verdict_crosses_whole() {
        for verdict in verdicts() {
            let crossed = read_verdict(&write_verdict(&verdict));
            assert_eq!(crossed, Some(verdict));
        }
        for code in Code::ALL {
            assert_eq!(Code::named(code.as_str()), Some(*code));
        }
        assert_eq!(Code::named("session"), None);
    }

    #[test]
    fn what_is_cut_off_or_has_a_rest_is_nothing() {
        for verdict in verdicts() {
            let whole = write_verdict(&verdict);
            for end in 0..whole.len() {
                assert_eq!(read_verdict(&whole[..end]), None, "{end}");
            }
            assert_eq!(read_verdict(&[&whole[..], b"\0"].concat()), None);
        }
        assert!(read_head(b"").is_none() && read_settings(b"").is_none());
    }

    #[test]
    fn settings_cross_whole() {
        let base = Base::of_variables([("base_url", "http://localhost"), ("site_name", "A b")]);
        let record = |name: &str, expires_at: Option<u64>| OriginRecord {
            name: name.to_owned(),
            parent: "main".to_owned(),
            is_preview: expires_at.is_some(),
            values: vec![("upstream".to_owned(), "http://a".to_owned())],
            place: Place {
                url: Secret::new("postgres://u:p@h/d".to_owned()),
                schema: "s".to_owned(),
            },
            created_at: 7,
            expires_at,
        };
        for complete in [true, false] {
            let records = [record("one", None), record("two", Some(9))];
            let bytes = write_settings(&base, &records, complete);
            let (read_base, read_records, read_complete) = read_settings(&bytes).unwrap();
            assert!(read_base.iter().eq(base.iter()));
            assert_eq!(
                (read_records.as_slice(), read_complete),
                (&records[..], complete)
            );
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _head = read_head(&bytes);
            let _settings = read_settings(&bytes);
            if let Some(Verdict::Forward(edits)) = read_verdict(&bytes) {
                prop_assert!(!edits.cookies.is_some_and(|cookies| cookies.contains(&b'\n')));
                prop_assert!(edits.set.iter().all(|(_, value)| !value.contains(['\r', '\n', '\0'])));
            }
        }

        #[test]
        fn every_head_crosses(method in "[A-Z]{1,8}", target in "/.{0,40}", tls: bool, fields in proptest::collection::vec(any::<u8>(), 0..300)) {
            let head = Head { method: &method, target: &target, authority: "shop.example.com", tls, peer: "192.0.2.1", fields: &fields };
            let bytes = write_head(&head, b"before".to_vec());
            let read = read_head(&bytes[6..]).unwrap();
            prop_assert_eq!((read.method, read.target, read.tls, read.fields), (head.method, head.target, head.tls, head.fields));
            prop_assert_eq!((read.authority, read.peer), (head.authority, head.peer));
        }
    }
}
