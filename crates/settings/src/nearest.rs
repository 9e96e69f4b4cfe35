//! Which name was meant? For names that nobody has: the nearest one that somebody does.

use crate::Setting;

/// How alike two names must be, from 0 to 1. Swapped, missing and doubled letters are
/// above it, names of other things below.
const ALIKE: f64 = 0.75;

/// The name among these that is most like this one, if one is like it.
#[must_use]
pub fn nearest<'a>(name: &str, among: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    among
        .into_iter()
        .map(|one| (strsim::normalized_damerau_levenshtein(&name, one), one))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, one)| one)
}

/// ": did you mean …?", or nothing.
#[must_use]
pub fn did_you_mean<'a>(name: &str, among: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, among).map_or_else(String::new, |one| format!(": did you mean {one}?"))
}

impl Setting {
    /// ": did you mean …?" of a name that is no setting, or nothing.
    #[must_use]
    pub fn did_you_mean(name: &str) -> String {
        did_you_mean(name, Self::ALL.iter().map(|setting| setting.name()))
    }
}

#[cfg(test)]
mod tests {
    use super::{did_you_mean, nearest};
    use crate::Setting;

    #[test]
    fn slips_are_understood_and_other_names_are_not() {
        for (name, meant) in [
            ("upstraem", Some("upstream")),
            ("UPSTREAM", Some("upstream")),
            ("upstreams", Some("upstream")),
            ("base_ur", Some("base_url")),
            ("baseurl", Some("base_url")),
            ("sesion_keys", Some("session_keys")),
            ("session_key", Some("session_keys")),
            ("databse_url", Some("database_url")),
            ("public_path", Some("public_paths")),
            ("greeting", None),
            ("port", None),
            ("secret", None),
        ] {
            let names = Setting::ALL.iter().map(|setting| setting.name());
            assert_eq!(nearest(name, names), meant, "{name}");
        }
    }

    #[test]
    fn what_was_meant_is_asked_about_or_nothing_is() {
        let upstream = ": did you mean upstream?";
        assert_eq!(Setting::did_you_mean("upstraem"), upstream);
        assert_eq!(Setting::did_you_mean("greeting"), "");
        let among = ["shop", "docs"];
        assert_eq!(did_you_mean("dosc", among), ": did you mean docs?");
        assert_eq!(did_you_mean("blog", among), "");
    }
}
