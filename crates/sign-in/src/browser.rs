//! Which browser was that, and where? In words that its user knows it by. Nothing is
//! decided on any of it: a browser says what it likes, and a place is a proxy's guess.

use gatelet_core::percent;

use crate::name::DisplayName;

/// A browser and what it runs on, by their names; None where they are not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Browser {
    /// `Firefox`.
    pub name: Option<&'static str>,
    /// `Linux`.
    pub system: Option<&'static str>,
}

/// Names by what browsers say, the first that is found. Those that are made of another
/// say its name too, so they come before it.
const BROWSERS: [(&str, &str); 17] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("YaBrowser/", "Yandex Browser"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
    ("curl/", "curl"),
    ("Wget/", "Wget"),
];

/// Likewise.
const SYSTEMS: [(&str, &str); 9] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Mac OS X", "Mac"),
    ("FreeBSD", "FreeBSD"),
    ("Linux", "Linux"),
];

impl Browser {
    /// By what a browser calls itself.
    #[must_use]
    pub fn of(user_agent: &str) -> Self {
        let first = |names: &[(&str, &'static str)]| {
            names
                .iter()
                .find(|(mark, _)| user_agent.contains(mark))
                .map(|(_, name)| *name)
        };
        Self {
            // `Version/` is Safari's where Safari's own name follows.
            name: first(&BROWSERS)
                .filter(|name| *name != "Safari" || user_agent.contains("Safari/")),
            system: first(&SYSTEMS),
        }
    }
}

/// The fields by which networks in front say where a visitor is: the country, and the
/// city. Believed from a listed proxy alone, whose own network sets them or which passes
/// on what the visitor wrote: it is a word to remember a session by.
const PLACES: [(&str, &str); 4] = [
    ("cf-ipcountry", "cf-ipcity"),
    ("x-vercel-ip-country", "x-vercel-ip-city"),
    ("cloudfront-viewer-country", "cloudfront-viewer-city"),
    ("x-appengine-country", "x-appengine-city"),
];

/// `Berlin, DE` or `DE`, by the first network that says; empty where none does. `field`
/// finds a field's value.
#[must_use]
pub fn region<'a>(field: impl Fn(&str) -> Option<&'a str>) -> String {
    PLACES
        .iter()
        .find_map(|(country, city)| {
            let country = country_code(field(country)?)?;
            Some(match field(city).and_then(city_name) {
                Some(city) => format!("{}, {country}", city.as_str()),
                None => country,
            })
        })
        .unwrap_or_default()
}

/// ISO 3166-1 alpha-2. `XX` and `ZZ` are nowhere, and `T1` is how Cloudflare says Tor.
fn country_code(said: &str) -> Option<String> {
    let is_code = said.len() == 2 && said.bytes().all(|byte| byte.is_ascii_alphabetic());
    let code = is_code.then(|| said.to_ascii_uppercase())?;
    (code != "XX" && code != "ZZ").then_some(code)
}

/// Vercel encodes it. Bounded as a person's name is.
fn city_name(said: &str) -> Option<DisplayName> {
    let decoded = percent::decoded(said.as_bytes());
    let city = DisplayName::from_provider(core::str::from_utf8(&decoded).ok()?)?;
    (city.as_str() != "?").then_some(city)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_and_systems_are_known_by_what_they_say() {
        const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
        let blink = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
        for (said, browser, system) in [
            (format!("{WINDOWS} {blink}"), "Chrome", "Windows"),
            (format!("{WINDOWS} {blink} Edg/140.0"), "Edge", "Windows"),
            (format!("{WINDOWS} {blink} OPR/120.0"), "Opera", "Windows"),
            (
                format!("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {blink}"),
                "Chrome",
                "ChromeOS",
            ),
            (
                format!("Mozilla/5.0 (Linux; Android 10; K) {blink}"),
                "Chrome",
                "Android",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into(),
                "Firefox",
                "Linux",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like \
                 Gecko) Version/18.0 Safari/605.1.15"
                    .into(),
                "Safari",
                "Mac",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 \
                 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
                    .into(),
                "Safari",
                "iPhone",
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like \
                 Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1"
                    .into(),
                "Chrome",
                "iPad",
            ),
        ] {
            let found = Browser::of(&said);
            let expected = (Some(browser), Some(system));
            assert_eq!((found.name, found.system), expected, "{said}");
        }
        for said in ["", "Mozilla/5.0", "Version/1.0 of something"] {
            let found = Browser::of(said);
            assert_eq!((found.name, found.system), (None, None), "{said}");
        }
    }

    #[test]
    fn a_place_is_a_country_and_where_that_is_said_a_city() {
        let at = |fields: &[(&str, &'static str)]| {
            region(|name| {
                let found = fields.iter().find(|(field, _)| *field == name);
                found.map(|(_, value)| *value)
            })
        };
        for (fields, place) in [
            (&[][..], ""),
            (&[("cf-ipcountry", "DE")], "DE"),
            (
                &[("cf-ipcountry", "DE"), ("cf-ipcity", "Berlin")],
                "Berlin, DE",
            ),
            (
                &[
                    ("x-vercel-ip-country", "BR"),
                    ("x-vercel-ip-city", "S%C3%A3o%20Paulo"),
                ],
                "S\u{e3}o Paulo, BR",
            ),
            (
                &[("x-appengine-country", "de"), ("x-appengine-city", "?")],
                "DE",
            ),
            (
                &[("cf-ipcountry", "XX"), ("cloudfront-viewer-country", "FR")],
                "FR",
            ),
            (&[("cf-ipcountry", "T1")], ""),
            (&[("cf-ipcountry", "ZZ")], ""),
            (&[("cf-ipcountry", "Germany")], ""),
            (&[("cf-ipcity", "Berlin")], ""),
            (
                &[("cf-ipcountry", "DE"), ("cf-ipcity", "a%0d%0ab%E2%80%AEc")],
                "abc, DE",
            ),
            (&[("cf-ipcountry", "DE"), ("cf-ipcity", "%FF")], "DE"),
        ] {
            assert_eq!(at(fields), place, "{fields:?}");
        }
    }
}
