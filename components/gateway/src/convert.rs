//! Translation between the gate and the core, each way without a rest.

use gatelet_core::origin_record::{OriginRecord, Place};
use gatelet_core::reply::Reply;
use gatelet_core::secret::Secret;
use gatelet_core::settings::Base;
use gatelet_core::{Edits, Head, Verdict};
use gatelet_ports::{Gathered, Listing};

use crate::bindings::exports::gatelet::edge::gate;

pub(crate) fn head(head: &gate::Head) -> Head<'_> {
    let gate::Head {
        method,
        target,
        authority,
        tls,
        peer,
        fields,
    } = head;
    Head {
        method,
        target,
        authority,
        tls: *tls,
        peer,
        fields,
    }
}

pub(crate) fn verdict(verdict: Verdict) -> gate::Verdict {
    match verdict {
        Verdict::Forward(edits) => {
            let Edits {
                upstream,
                remove,
                set,
                response,
            } = edits;
            gate::Verdict::Forward(gate::Edits {
                upstream,
                remove,
                set: set.into_string(),
                response: response.into_string(),
            })
        }
        Verdict::Respond(reply) => {
            let Reply {
                status,
                fields,
                body,
                code,
            } = reply;
            gate::Verdict::Respond(gate::Reply {
                status,
                fields: fields.into_string(),
                body,
                code: code.map(|code| code.as_str().to_owned()),
            })
        }
        Verdict::Ask => gate::Verdict::Ask,
    }
}

/// What was gathered, as the gate hands it on.
pub(crate) fn settings(gathered: Gathered) -> gate::Settings {
    let Gathered {
        variables,
        listing,
        valid_seconds,
    } = gathered;
    let (records, complete) = match listing {
        Listing::All {
            records,
            revision: _,
        } => (records, true),
        Listing::Unchanged | Listing::Away => (Vec::new(), false),
    };
    let values = variables
        .iter()
        .map(|(setting, value)| (setting.name().to_owned(), value.to_owned()));
    gate::Settings {
        values: values.collect(),
        origins: records.into_iter().map(origin).collect(),
        complete,
        valid_seconds: u32::try_from(valid_seconds).unwrap_or(u32::MAX),
    }
}

fn origin(record: OriginRecord) -> gate::Origin {
    let OriginRecord {
        name,
        parent,
        // Judging makes no difference.
        is_preview: _,
        values,
        place: Place { url, schema },
        created_at,
        expires_at,
    } = record;
    gate::Origin {
        name,
        parent,
        values,
        database_url: url.expose().to_owned(),
        schema,
        created_at,
        expires_at,
    }
}

/// Variables, origins, and whether those are all.
pub(crate) fn gathered(settings: gate::Settings) -> (Base, Vec<OriginRecord>, bool) {
    let gate::Settings {
        values,
        origins,
        complete,
        valid_seconds: _,
    } = settings;
    let variables = values
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    (
        Base::of_variables(variables),
        origins.into_iter().map(record).collect(),
        complete,
    )
}

fn record(origin: gate::Origin) -> OriginRecord {
    let gate::Origin {
        name,
        parent,
        values,
        database_url,
        schema,
        created_at,
        expires_at,
    } = origin;
    OriginRecord {
        name,
        parent,
        is_preview: false,
        values,
        place: Place {
            url: Secret::new(database_url),
            schema,
        },
        created_at,
        expires_at,
    }
}
