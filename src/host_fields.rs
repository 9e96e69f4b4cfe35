//! Which fields did the host append? What Spin tells a component of its route and its
//! visitor stands behind what the visitor sent, under names that visitors may send too:
//! of each that it always appends the last is the host's.

use crate::forwarded::CLIENT_ADDRESS;

/// What the host appends to every request.
const ALWAYS: [&str; 7] = [
    "spin-path-info",
    "spin-full-url",
    MATCHED_ROUTE,
    "spin-base-path",
    "spin-raw-component-route",
    "spin-component-route",
    CLIENT_ADDRESS,
];
const MATCHED_ROUTE: &str = "spin-matched-route";
/// Before the name of a part of the route: `/u/:id` has `spin-path-match-id`.
const PART: &str = "spin-path-match-";

/// The host's own fields of a header section: those that it appends to every request, and
/// one for each part that its route names. Any other of the kind is the visitor's.
#[must_use]
pub fn appended(section: &[(String, Vec<u8>)]) -> Vec<(String, Vec<u8>)> {
    let last = |name: &str| {
        let mut fields = section.iter().rev();
        fields.find(|(found, _)| found.eq_ignore_ascii_case(name))
    };
    let mut own: Vec<_> = ALWAYS.iter().filter_map(|name| last(name)).collect();
    let route = last(MATCHED_ROUTE).map(|(_, route)| route.as_slice());
    for part in route.unwrap_or_default().split(|byte| *byte == b'/') {
        if let [b':', name @ ..] = part
            && !name.is_empty()
            && let Ok(name) = core::str::from_utf8(name)
        {
            own.extend(last(&[PART, name].concat()));
        }
    }
    own.into_iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(section: &[(&str, &str)]) -> Vec<(String, String)> {
        let section: Vec<_> = section
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
            .collect();
        appended(&section)
            .into_iter()
            .map(|(name, value)| (name, String::from_utf8(value).unwrap()))
            .collect()
    }

    #[test]
    fn of_each_name_the_last_is_the_hosts() {
        let visitors = [
            ("spin-path-info", "/forged"),
            ("Spin-Full-Url", "http://forged/"),
            ("spin_path_info", "/forged"),
            ("spin-matched-route", "/:evil/..."),
            ("spin-path-match-evil", "forged"),
            ("spin-path-match-id", "forged"),
            ("spin-client-addr", "10.0.0.1:1"),
            ("spin-anything", "forged"),
            ("accept", "*/*"),
        ];
        let hosts = [
            ("spin-path-info", "/x"),
            ("spin-full-url", "http://app/u/7/x"),
            ("spin-matched-route", "/u/:id/..."),
            ("spin-base-path", "/"),
            ("spin-raw-component-route", "/u/:id/..."),
            ("spin-component-route", "/u/:id"),
            ("spin-client-addr", "192.0.2.7:1"),
            ("spin-path-match-id", "7"),
        ];
        let all: Vec<_> = visitors.iter().chain(&hosts).copied().collect();
        let hosts: Vec<_> = hosts
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        assert_eq!(found(&all), hosts);
        assert_eq!(found(&[]), []);
    }

    #[test]
    fn a_part_that_the_route_does_not_name_is_the_visitors() {
        for route in ["/...", "/id", "/u/id/:", "/u:id/..."] {
            let section = [
                ("spin-path-match-id", "forged"),
                ("spin-path-match-", "forged"),
                ("spin-matched-route", route),
            ];
            let mut own = found(&section).into_iter();
            assert!(own.all(|(_, value)| value != "forged"), "{route}");
        }
    }
}
