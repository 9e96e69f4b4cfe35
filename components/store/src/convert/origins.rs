//! An origin's record to parameters, and a row to a record.

use std::collections::BTreeMap;

use gatelet_core::base_url::BaseUrl;
use gatelet_core::key::KeyRing;
use gatelet_core::origin_record::OriginRecord;
use gatelet_core::pattern::HostPattern;
use gatelet_settings::Setting;

use crate::{
    bindings::exports::gatelet::store::{
        origins::{Kind, Origin, State},
        types,
    },
    convert::{seconds, text},
    failure::{self, Failure},
    place::Place,
    seal,
    value::{Row, Value},
};

/// Longest name, in bytes: a label of a host name.
const NAME_MAX_BYTES: usize = 63;

/// Longest JSON of an origin's settings, in bytes.
const SETTINGS_MAX_BYTES: usize = 32_768;

/// name, parent, kind, state, branch, settings, schema, sealed URL, created,
/// expires, host. The sealed URL is NULL for one that could not be opened: it stays.
pub(crate) fn parameters(origin: Origin, keys: Option<&KeyRing>) -> Result<Vec<Value>, Failure> {
    // What is written can be reached later.
    if origin.place.url != seal::UNOPENED {
        Place::parse(&origin.place)?;
    }
    let Origin {
        name,
        parent,
        kind,
        state,
        branch,
        values,
        place: types::Place { url, schema },
        created_at,
        expires_at,
        // What it was is for whoever writes it.
        version: _,
    } = origin;
    // One that goes has no host any more: another may have it already, and must not keep
    // this one from going.
    let host = match state {
        State::Deleting => String::new(),
        State::Creating | State::Ready => host(&values),
    };
    let sealed = match (url.as_str(), keys) {
        ("", _) => Value::Text(String::new()),
        (seal::UNOPENED, _) => Value::Null,
        (url, Some(keys)) => text(seal::seal(keys, &name, url, seal::nonce()))?,
        (_, None) => return Err(Failure::internal("no keys to seal a URL with")),
    };
    let expires_at = expires_at.map_or(Ok(Value::Null), seconds)?;
    Ok(vec![
        origin_name(name)?,
        text(parent)?,
        Value::Text(kind_text(kind).to_owned()),
        state_value(state),
        text(branch)?,
        settings(values)?,
        Value::Text(schema),
        sealed,
        seconds(created_at)?,
        expires_at,
        Value::Text(host),
    ])
}

/// Of `[a-z0-9-]{1,63}`, and not the base's.
pub(crate) fn origin_name(name: String) -> Result<Value, Failure> {
    let plain = name
        .bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if !plain || name == "main" || !(1..=NAME_MAX_BYTES).contains(&name.len()) {
        return Err(Failure::internal("an origin of no such name can be"));
    }
    Ok(Value::Text(name))
}

/// As [`parameters`] wrote it. Whether its URL is sealed and wants keys is asked
/// of [`Found::is_sealed`].
pub(crate) struct Found {
    origin: Origin,
    sealed_url: String,
}

impl Found {
    pub(crate) fn read(mut row: Row) -> Result<Self, Failure> {
        let name = row.text()?;
        let parent = row.text()?;
        let kind = kind(&row.text()?)?;
        let state = state(&row.text()?)?;
        let branch = row.text()?;
        let values = values(&row.text()?)?;
        let schema = row.text()?;
        let sealed_url = row.text()?;
        let origin = Origin {
            name,
            parent,
            kind,
            state,
            branch,
            values,
            place: types::Place {
                url: String::new(),
                schema,
            },
            created_at: row.seconds()?,
            expires_at: row.optional_seconds()?,
            version: row.seconds()?,
        };
        Ok(Self { origin, sealed_url })
    }

    pub(crate) fn is_sealed(&self) -> bool {
        !self.sealed_url.is_empty()
    }

    /// The record, with `seal::UNOPENED` for a URL that no key opens.
    pub(crate) fn opened(self, keys: Option<&KeyRing>) -> Origin {
        let Self {
            mut origin,
            sealed_url,
        } = self;
        if !sealed_url.is_empty() {
            let opened = keys.and_then(|keys| seal::open(keys, &origin.name, &sealed_url));
            origin.place.url = opened.unwrap_or_else(|| seal::UNOPENED.to_owned());
        }
        origin
    }
}

/// One that the variables write down.
pub(crate) fn listed(record: OriginRecord) -> Origin {
    let OriginRecord {
        name,
        parent,
        is_preview: _,
        values,
        place: gatelet_core::origin_record::Place { url, schema },
        created_at,
        expires_at,
    } = record;
    Origin {
        name,
        parent,
        kind: Kind::Origin,
        state: State::Ready,
        branch: String::new(),
        values,
        place: types::Place {
            url: url.expose().to_owned(),
            schema,
        },
        created_at,
        expires_at,
        version: 0,
    }
}

/// As [`settings`] wrote them.
pub(crate) fn values(json: &str) -> Result<Vec<(String, String)>, Failure> {
    let values = serde_json::from_str::<BTreeMap<String, String>>(json);
    let values = values
        .map_err(|_| Failure::internal("an origin's settings are no JSON object of texts"))?;
    Ok(values.into_iter().collect())
}

/// What no other origin may have: the authority of its base URL, without the scheme's
/// own port, for a request need not say which scheme it means; with the `*` of a
/// pattern. Empty where it has none.
pub(crate) fn host(values: &[(String, String)]) -> String {
    let base_url = values
        .iter()
        .find(|(name, _)| name == Setting::BaseUrl.name());
    let base_url = base_url.map_or("", |(_, value)| value.trim());
    match HostPattern::parse(base_url) {
        Some(pattern) => ["*", &pattern.least().authority()[1..]].concat(),
        None => BaseUrl::parse(base_url).map_or(String::new(), |url| url.authority().to_owned()),
    }
}

fn settings(values: Vec<(String, String)>) -> Result<Value, Failure> {
    let count = values.len();
    let values: BTreeMap<String, String> = values.into_iter().collect();
    if values.len() != count {
        return Err(Failure::internal("an origin sets something twice"));
    }
    let json = serde_json::to_string(&values)
        .map_err(|_| Failure::internal("an origin's settings are no JSON"))?;
    if json.len() > SETTINGS_MAX_BYTES {
        return Err(Failure::internal(format!(
            "an origin's settings are over {SETTINGS_MAX_BYTES} bytes"
        )));
    }
    Ok(Value::Text(json))
}

pub(crate) fn state_value(state: State) -> Value {
    let text = match state {
        State::Creating => "creating",
        State::Ready => "ready",
        State::Deleting => "deleting",
    };
    Value::Text(text.to_owned())
}

fn state(text: &str) -> Result<State, Failure> {
    match text {
        "creating" => Ok(State::Creating),
        "ready" => Ok(State::Ready),
        "deleting" => Ok(State::Deleting),
        _ => Err(unknown("state")),
    }
}

fn kind_text(kind: Kind) -> &'static str {
    match kind {
        Kind::Origin => "origin",
        Kind::Preview => "preview",
    }
}

fn kind(text: &str) -> Result<Kind, Failure> {
    match text {
        "origin" => Ok(Kind::Origin),
        "preview" => Ok(Kind::Preview),
        _ => Err(unknown("kind")),
    }
}

/// A newer program's, past this one's refusal of its schema.
fn unknown(what: &str) -> Failure {
    Failure::new(
        failure::Kind::Schema,
        format!("an origin of an unknown {what}"),
    )
}

#[cfg(test)]
mod tests {
    use super::{Found, Kind, Origin, State, origin_name, parameters, types};
    use crate::value::{Row, Value};

    fn origin() -> Origin {
        Origin {
            name: "review-1".into(),
            parent: "main".into(),
            kind: Kind::Preview,
            state: State::Creating,
            branch: "feature/\"ü\"".into(),
            values: vec![
                ("site_name".into(), "It's \"x\" \u{0} \\ ü".into()),
                ("base_url".into(), String::new()),
            ],
            place: types::Place {
                url: String::new(),
                schema: "preview_review_1".into(),
            },
            created_at: 5,
            expires_at: Some(9),
            version: 7,
        }
    }

    #[test]
    fn a_host_is_the_same_however_its_base_url_is_written() {
        let host = |url: &str| super::host(&[("base_url".into(), url.into())]);
        for (url, expected) in [
            ("https://a.example", "a.example"),
            ("http://A.example:80/", "a.example"),
            (" https://a.example:8443", "a.example:8443"),
            ("https://*.a.example", "*.a.example"),
            ("http://*--x.a.example:80", "*--x.a.example"),
            ("nowhere", ""),
            ("", ""),
        ] {
            assert_eq!(host(url), expected, "{url}");
        }
        assert_eq!(super::host(&[]), "");
    }

    #[test]
    fn a_record_comes_back_as_it_went_in() {
        for expires_at in [None, Some(0), Some(9)] {
            for state in [State::Creating, State::Ready, State::Deleting] {
                for kind in [Kind::Origin, Kind::Preview] {
                    let mut origin = origin();
                    (origin.expires_at, origin.state, origin.kind) = (expires_at, state, kind);
                    let mut columns = parameters(origin.clone(), None).unwrap();
                    *columns.last_mut().unwrap() = Value::Integer(7);
                    let row = Row::new(columns);
                    let found = Found::read(row).unwrap();
                    assert!(!found.is_sealed());
                    let mut found = found.opened(None);
                    found.values.sort();
                    origin.values.sort();
                    assert_eq!(format!("{found:?}"), format!("{origin:?}"));
                }
            }
        }
    }

    #[test]
    fn a_record_that_could_not_be_reached_is_not_written() {
        let broken: [fn(&mut Origin); 8] = [
            |o| o.place.schema = "Preview".into(),
            |o| o.place.schema = "public".into(),
            |o| o.place.url = "mysql://u:hunter2@h/d".into(),
            |o| o.name = "main".into(),
            |o| o.branch = "x".repeat(4_097),
            |o| o.values = vec![("a".into(), "1".into()), ("a".into(), "2".into())],
            |o| o.values = vec![("a".into(), "x".repeat(32_768))],
            |o| o.created_at = u64::MAX,
        ];
        for (number, break_it) in broken.iter().enumerate() {
            let mut origin = origin();
            break_it(&mut origin);
            let refused = parameters(origin, None).map(|_| ()).unwrap_err();
            assert!(!format!("{refused:?}").contains("hunter2"), "{number}");
        }
    }

    #[test]
    fn an_origin_is_named_as_a_label() {
        let longest = "x".repeat(63);
        for name in ["a", "0", "review-1", "-", &longest] {
            assert!(origin_name(name.to_owned()).is_ok(), "{name}");
        }
        for name in ["", "main", "A", "a_b", "a.b", "ä", "a\0", &"x".repeat(64)] {
            assert!(origin_name(name.to_owned()).is_err(), "{name:?}");
        }
    }
}
