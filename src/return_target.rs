//! Where may a visitor be sent back to? One validator for every return target.

use core::fmt;

use crate::base_url::BaseUrl;
use crate::path::CanonicalPath;
use crate::percent;

/// Longest return target, in bytes.
pub const RETURN_TARGET_MAX_BYTES: usize = 2048;
/// Longest text that is looked at. Of what is longer than a target nobody comes back to the
/// whole, but perhaps to its path.
const TEXT_MAX_BYTES: usize = 8 * RETURN_TARGET_MAX_BYTES;
/// Layers of percent-encoding that are looked under.
const LAYERS: usize = 4;

/// A path on the same origin, or on one of an app that shares its login, with
/// query and fragment, in visible ASCII: fit for `Location` as it is. Only
/// [`ReturnTarget::parse`] and [`ReturnTarget::parse_for`] make one, and the default,
/// which is `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTarget(String);

impl ReturnTarget {
    /// Parses a target and rebuilds it. None when any reader could take it for
    /// another origin, or it leads back into signing in.
    ///
    /// 1. It begins with one slash: no scheme, no authority, no relative path.
    /// 2. Its path has no backslash. Under up to four layers of percent-encoding, it has
    ///    no control character and no dot segment, and begins with one slash
    ///    also when white space is taken out: browsers strip it, and treat `\`
    ///    as `/` (URL Standard, "basic URL parser"), so that counts as one here.
    /// 3. Query and fragment have no control character.
    /// 4. It is not a page that signs in or out, which would lead round in circles.
    /// 5. All of it is written anew: what is beyond visible ASCII is encoded, and so is a
    ///    backslash, which browsers send as it is.
    /// 6. What is too long then goes without its fragment, or without its query too.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let target = Self::rebuilt(text)?;
        let fits = cut(&target, RETURN_TARGET_MAX_BYTES)?.len();
        Some(Self(target).cut_at(fits))
    }

    /// Steps 1 to 5.
    fn rebuilt(text: &str) -> Option<String> {
        if text.len() > TEXT_MAX_BYTES || !text.starts_with('/') {
            return None;
        }
        let end_of_path = text.find(['?', '#']).unwrap_or(text.len());
        let (path, rest) = text.split_at(end_of_path);
        if rest.contains(char::is_control) || !stays_here(path) || is_ours(path) {
            return None;
        }
        let mut target = String::with_capacity(text.len());
        rebuild(path, &mut target);
        rebuild(rest, &mut target);
        Some(target)
    }

    fn cut_at(mut self, end: usize) -> Self {
        self.0.truncate(end);
        self
    }

    /// As much of it as there is room for: without its fragment, without its query too, or the
    /// front page of where it leads.
    #[must_use]
    pub fn within(&self, max_bytes: usize) -> Self {
        if let Some(fits) = cut(&self.0, max_bytes) {
            return Self(fits.to_owned());
        }
        let front_page = self.base_url().map(|base_url| format!("{base_url}/"));
        front_page
            .filter(|page| page.len() <= max_bytes)
            .map_or_else(Self::default, Self)
    }

    /// The same, or an absolute URL of an app that shares its login: `is_app` says
    /// whether a base URL is one's.
    ///
    /// 1. `http://` or `https://`, a host and a port where need be, and nothing else
    ///    before the path: no user information, no backslash, no white space.
    /// 2. `is_app` says so, of the base URL in canonical form.
    /// 3. The rest passes [`ReturnTarget::parse`].
    /// 4. The whole is written anew out of the two.
    #[must_use]
    pub fn parse_for(text: &str, is_app: impl FnOnce(&BaseUrl) -> bool) -> Option<Self> {
        if text.len() > TEXT_MAX_BYTES || text.starts_with('/') {
            return Self::parse(text);
        }
        let authority = text.find("://")? + "://".len();
        let end = text[authority..]
            .find(['/', '?', '#'])
            .map_or(text.len(), |end| authority + end);
        let (base_url, rest) = text.split_at(end);
        let base_url = BaseUrl::parse(base_url).ok().filter(is_app)?;
        let path = match rest.starts_with('/') {
            true => Self::parse(rest)?,
            false => Self::parse(&format!("/{rest}"))?,
        };
        let whole = format!("{base_url}{path}");
        let fits = cut(&whole, RETURN_TARGET_MAX_BYTES)?.len();
        Some(Self(whole).cut_at(fits))
    }

    /// Path, query and fragment; before them the base URL of an app elsewhere.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The base URL of the app elsewhere, where it is one's.
    #[must_use]
    pub fn base_url(&self) -> Option<&str> {
        let authority = self.0.find("://").filter(|_| !self.0.starts_with('/'))? + 3;
        let path = self.0[authority..].find('/')?;
        self.0.get(..authority + path)
    }

    /// Appends it as a query parameter's value: all but RFC 3986's unreserved
    /// characters percent-encoded.
    pub fn encode_into(&self, text: &mut String) {
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                percent::push_encoded(byte, text);
            }
        }
    }
}

/// `/`: where a visitor goes who came from nowhere.
impl Default for ReturnTarget {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl fmt::Display for ReturnTarget {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// The longest of the whole, what is before the fragment, and what is before the query that is
/// not longer than this.
fn cut(target: &str, max_bytes: usize) -> Option<&str> {
    let before = |sign: char| target.split(sign).next().unwrap_or(target);
    let (fragment, query) = (before('#'), before('#').split('?').next());
    [target, fragment, query.unwrap_or(fragment)]
        .into_iter()
        .find(|shorter| shorter.len() <= max_bytes)
}

/// Step 2.
fn stays_here(path: &str) -> bool {
    // Encoded it stays what it is, and paths of Windows have some.
    if path.contains('\\') {
        return false;
    }
    // Nearly every path: there is nothing to look under.
    if CanonicalPath::parse(path).is_some() {
        return true;
    }
    let mut layer = path.as_bytes().to_vec();
    for _ in 0..LAYERS {
        if !layer_stays_here(&layer) {
            return false;
        }
        let decoded = percent::decoded(&layer);
        if decoded == layer {
            return true;
        }
        layer = decoded;
    }
    // Encoded more often than anybody does who means well.
    false
}

fn layer_stays_here(path: &[u8]) -> bool {
    let text = String::from_utf8_lossy(path);
    if text.chars().any(char::is_control) {
        return false;
    }
    // To a browser a backslash is a slash.
    let is_slash = |c: char| c == '/' || c == '\\';
    let mut visible = text
        .chars()
        .filter(|c| !c.is_whitespace() && !is_invisible(*c));
    visible.next() == Some('/')
        && !visible.next().is_some_and(is_slash)
        && !text
            .split(is_slash)
            .any(|segment| matches!(segment.trim(), "." | ".."))
}

/// Format characters that some readers drop: a soft hyphen, zero-width ones, marks.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Step 4.
fn is_ours(path: &str) -> bool {
    let is_below = |pages: &str| {
        path.strip_prefix(pages)
            .is_some_and(|below| below.is_empty() || below.starts_with('/'))
    };
    // These pages do nothing by being shown.
    let is_shown = is_below("/auth/account") || is_below("/auth/console");
    // All else below `/api/auth` is the app's.
    (is_below("/auth") || is_below("/api/auth/callback")) && !is_shown
}

/// Step 5. What is encoded already stays so; a `%` that begins no sequence is
/// itself encoded.
fn rebuild(text: &str, target: &mut String) {
    let bytes = text.as_bytes();
    for (index, byte) in bytes.iter().enumerate() {
        let plain = match byte {
            b'%' => percent::sequence(&bytes[index..]).is_some(),
            b'"' | b'<' | b'>' | b'`' | b'{' | b'}' | b'|' | b'^' | b'\'' | b'\\' => false,
            byte => byte.is_ascii_graphic(),
        };
        if plain {
            target.push(char::from(*byte));
        } else {
            percent::push_encoded(*byte, target);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    #[test]
    fn of_what_is_too_long_as_much_is_kept_as_fits() {
        let path = format!("/{}", "p".repeat(999));
        let query = format!("?q={}", "q".repeat(997));
        let whole = format!("{path}{query}#{}", "f".repeat(47));
        assert_eq!(whole.len(), RETURN_TARGET_MAX_BYTES);
        let parsed = |text: &str| ReturnTarget::parse(text).map(|target| target.0);
        assert_eq!(parsed(&whole), Some(whole.clone()));
        assert_eq!(parsed(&format!("{whole}f")), Some(format!("{path}{query}")));
        let longer = format!("{path}{query}{query}#f");
        assert_eq!(parsed(&longer), Some(path.clone()));
        assert_eq!(
            parsed(&format!("{path}#{query}{query}")),
            Some(path.clone())
        );
        assert_eq!(parsed(&format!("{path}{}", "p".repeat(1049))), None);
        assert_eq!(parsed(&format!("{longer}\u{7}")), None, "judged whole");
        let of_app = |text: &str| ReturnTarget::parse_for(text, |_| true).map(|target| target.0);
        let base_url = "https://app.example";
        let there = format!("{base_url}{path}");
        assert_eq!(of_app(&format!("{base_url}{longer}")), Some(there.clone()));

        let target = ReturnTarget(whole.clone());
        for (room, fits) in [
            (2048, whole.as_str()),
            (2047, &format!("{path}{query}")),
            (1999, &path),
            (999, "/"),
        ] {
            assert_eq!(target.within(room).0, fits, "{room}");
        }
        let app = ReturnTarget(there.clone());
        assert_eq!(app.within(there.len()).0, there);
        assert_eq!(app.within(there.len() - 1).0, "https://app.example/");
        assert_eq!(app.within(10).0, "/");
    }

    #[test]
    fn a_return_target_leads_nowhere_else() {
        for text in [
            "",
            "x",
            "?x",
            "#x",
            "evil.example",
            "https://evil.example",
            "http:evil.example",
            "https:/evil.example",
            "javascript:alert(1)",
            "JaVaScRiPt:x",
            "data:text/html,x",
            "//evil.example",
            "///evil.example",
            "////evil.example/x",
            "/\\evil.example",
            "\\\\evil.example",
            "\\/evil.example",
            "/\\/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/\r/evil.example",
            "/ /evil.example",
            "\t//evil.example",
            " //evil.example",
            " /x",
            "/%09/evil.example",
            "/%0a/evil.example",
            "/%0d/evil.example",
            "/%20/evil.example",
            "/%5cevil.example",
            "/%5Cevil.example",
            "/%2fevil.example",
            "/%2f%2fevil.example",
            "/%252fevil.example",
            "/%255cevil.example",
            "/%25%35%63evil.example",
            "/%25252fevil.example",
            "/%2525252525252fevil.example",
            "//user@evil.example",
            "//user:pw@evil.example",
            "/.//evil.example",
            "/..//evil.example",
            "/./x",
            "/../x",
            "/x/..//evil.example",
            "/%2e%2e//evil.example",
            "/%2e/x",
            "/x/%252e%252e/y",
            "/\u{2028}/evil.example",
            "/\u{200b}/evil.example",
            "/\u{a0}/evil.example",
            "/\u{feff}/evil.example",
            "/\u{ad}/evil.example",
            "/%E2%80%8B/evil.example",
            "/%C2%A0/evil.example",
            "/%E1%9A%80/evil.example",
            "/%E1%A0%8E/evil.example",
            "/\0/evil.example",
            "/x\r\nSet-Cookie: a=b",
            "/x%0d%0aSet-Cookie:a=b",
            "/x\u{7f}",
            "/x\u{85}y",
            "/x?a\r\nb",
            "/x%5C..%5Cy",
            "/..%5Cy",
            "/x/%2e%2e%5Cy",
            "/x%255C%252e%255Cy",
            "/%e2%80%8b%5Cevil.example",
            "/x\\y",
            "/http:\\\\evil.example/../..//evil.example",
        ] {
            assert_eq!(ReturnTarget::parse(text), None, "{text:?}");
        }
        assert_eq!(
            ReturnTarget::parse(&format!("/{}", "x".repeat(RETURN_TARGET_MAX_BYTES))),
            None
        );
        assert_eq!(
            ReturnTarget::parse(&format!("/{}", "é".repeat(RETURN_TARGET_MAX_BYTES / 3))),
            None
        );
        let longest = format!("/{}", "x".repeat(RETURN_TARGET_MAX_BYTES - 1));
        let kept = ReturnTarget::parse(&longest).map(|target| target.0);
        assert_eq!(kept, Some(longest));
        assert_eq!(ReturnTarget::default().as_str(), "/");
    }

    const ARMORY: &str = "https://armory.example.com";

    fn for_armory(text: &str) -> Option<String> {
        let is_armory = |base_url: &BaseUrl| base_url.as_str() == ARMORY;
        ReturnTarget::parse_for(text, is_armory).map(|target| target.0)
    }

    #[test]
    fn people_are_sent_to_listed_apps_and_nowhere_else() {
        for (text, kept) in [
            (ARMORY, "https://armory.example.com/"),
            (
                "https://armory.example.com/a?b=c#d",
                "https://armory.example.com/a?b=c#d",
            ),
            (
                "https://armory.example.com?b=//evil.example",
                "https://armory.example.com/?b=//evil.example",
            ),
            (
                "https://armory.example.com#//evil.example",
                "https://armory.example.com/#//evil.example",
            ),
            (
                "HTTPS://Armory.Example.com:443/a",
                "https://armory.example.com/a",
            ),
            (
                "https://armory.example.com/ü",
                "https://armory.example.com/%C3%BC",
            ),
            ("/here", "/here"),
        ] {
            assert_eq!(for_armory(text).as_deref(), Some(kept), "{text}");
            assert_eq!(for_armory(kept).as_deref(), Some(kept), "{text} twice");
        }
        for text in [
            "",
            "https://",
            "https:///armory.example.com",
            "https:armory.example.com",
            "https:/armory.example.com",
            "//armory.example.com",
            "https:\\\\armory.example.com",
            "https://evil.example",
            "https://evil.example/https://armory.example.com",
            "https://armory.example.com.evil.example/",
            "https://evilarmory.example.com/",
            "https://armory.example.com@evil.example/",
            "https://evil.example\\@armory.example.com/",
            "https://evil.example#@armory.example.com/",
            "https://evil.example?@armory.example.com/",
            "https://user@armory.example.com/",
            "https://armory.example.com\\.evil.example/",
            "https://armory.example.com%2eevil.example/",
            "https://armory.example.com:8443/",
            "https://armory.example.com:/",
            "https://armory.example.com:443:443/",
            "https://armory.example.com\t/",
            "https://armory.example.com\r\nX: y/",
            "https://armory.example.com /",
            " https://armory.example.com/",
            "http://armory.example.com/",
            "javascript://armory.example.com/%0aalert(1)",
            "data://armory.example.com/",
            "https://аrmory.example.com/",
            "https://xn--rmory-5ve.example.com/",
            "https://armory.example.com//evil.example",
            "https://armory.example.com/\\evil.example",
            "https://armory.example.com/%2f%2fevil.example/..//x",
            "https://armory.example.com/../x",
            "https://armory.example.com/\0",
            "https://armory.example.com/auth/sign-out",
            "https://armory.example.com/auth/start/google",
            "x://y",
        ] {
            assert_eq!(for_armory(text), None, "{text:?}");
        }
        let long = format!(
            "{ARMORY}/{}",
            "x".repeat(RETURN_TARGET_MAX_BYTES - ARMORY.len())
        );
        assert_eq!(for_armory(&long), None);
        let longest = &long[..RETURN_TARGET_MAX_BYTES];
        assert_eq!(for_armory(longest).as_deref(), Some(longest));
        assert_eq!(
            for_armory("https://[::1]/"),
            None,
            "an address is no app unless it is listed"
        );
        assert_eq!(
            ReturnTarget::parse(ARMORY),
            None,
            "without a list there is none"
        );
    }

    #[test]
    fn a_target_elsewhere_says_where() {
        let target = |text| ReturnTarget::parse_for(text, |_| true).expect("a target");
        for (text, base_url) in [
            ("https://armory.example.com/a?b=https://c/", Some(ARMORY)),
            (
                "https://armory.example.com:8443",
                Some("https://armory.example.com:8443"),
            ),
            ("https://a.io/b/c", Some("https://a.io")),
            ("/a", None),
            ("/a?u=https://armory.example.com/", None),
        ] {
            assert_eq!(target(text).base_url(), base_url, "{text}");
        }
    }

    #[test]
    fn signing_in_leads_not_back_to_signing_in() {
        for text in [
            "/auth",
            "/auth/",
            "/auth/sign-in",
            "/auth/sign-in?return_to=/x",
            "/auth/sign-out",
            "/auth/callback/x?code=y",
            "/auth/start/x",
            "/auth/accounts",
            "/auth/account/../sign-out",
            "/auth/consoles",
            "/auth/console/../sign-out",
            "/auth/mcp",
            "/api/auth/callback/x",
            "/api/auth/callback",
        ] {
            assert_eq!(ReturnTarget::parse(text), None, "{text}");
        }
        for text in [
            "/auth/account",
            "/auth/account/sessions?after=1",
            "/auth/console",
            "/auth/console/enter?token=abc",
            "/authors",
            "/api/authors",
            "/api/auth",
            "/api/auth/verify-email?token=x",
            "/api/auth/callbacks",
        ] {
            assert_eq!(ReturnTarget::parse(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn paths_of_this_origin_are_kept() {
        for (text, kept) in [
            ("/", "/"),
            ("/a/b?c=d&e=f", "/a/b?c=d&e=f"),
            ("/#/reports/5?tab=1", "/#/reports/5?tab=1"),
            ("/a?b#//evil.example", "/a?b#//evil.example"),
            ("/a#b\u{e9} <c>#d", "/a#b%C3%A9%20%3Cc%3E#d"),
            ("/a?b\\c", "/a?b%5Cc"),
            ("/a#\\evil.example", "/a#%5Cevil.example"),
            ("/a?u=https://other.example/", "/a?u=https://other.example/"),
            ("/a?u=//other.example\u{e9}", "/a?u=//other.example%C3%A9"),
            ("/%C3%BC?q=%26", "/%C3%BC?q=%26"),
            ("/ü b?q=ü b", "/%C3%BC%20b?q=%C3%BC%20b"),
            ("/a//b", "/a//b"),
            ("/a;b", "/a;b"),
            ("/100%", "/100%25"),
            ("/a?100%&x", "/a?100%25&x"),
            ("/a\"<>'`{}|^", "/a%22%3C%3E%27%60%7B%7D%7C%5E"),
            ("/...", "/..."),
            ("/.well-known/x", "/.well-known/x"),
            (
                "/match/%5EHOST%5C%2F/top/5?b=1",
                "/match/%5EHOST%5C%2F/top/5?b=1",
            ),
            ("/share/srv%5Cdocs/a.txt", "/share/srv%5Cdocs/a.txt"),
            ("/@user", "/@user"),
            ("/a:b", "/a:b"),
        ] {
            let target = ReturnTarget::parse(text).unwrap_or_else(|| panic!("{text} is refused"));
            assert_eq!(target.as_str(), kept, "{text}");
            assert_eq!(
                ReturnTarget::parse(kept).as_ref(),
                Some(&target),
                "{text} twice"
            );
            let mut encoded = String::new();
            target.encode_into(&mut encoded);
            let decoded: Vec<_> = url::form_urlencoded::parse(format!("x={encoded}").as_bytes())
                .into_owned()
                .collect();
            assert_eq!(
                decoded,
                [("x".to_owned(), kept.to_owned())],
                "{text} as a parameter"
            );
        }
    }

    #[test]
    fn what_all_servers_read_alike_hides_no_second_slash_behind_what_browsers_drop() {
        let dropped = |c: &char| c.is_whitespace() || c.is_control() || is_invisible(*c);
        for c in ('\0'..=char::MAX).filter(dropped) {
            let mut text = String::from("/");
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                percent::push_encoded(byte, &mut text);
            }
            text.push_str("/evil.example");
            assert_eq!(CanonicalPath::parse(&text), None, "{text}");
        }
    }

    fn hostile() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("/"),
            Just("\\"),
            Just("//"),
            Just("."),
            Just(".."),
            Just("%2f"),
            Just("%5C"),
            Just("%2e"),
            Just("%09"),
            Just("%25"),
            Just("2f"),
            Just("5c"),
            Just(" "),
            Just("\t"),
            Just("\n"),
            Just("\r"),
            Just("@"),
            Just(":"),
            Just("?"),
            Just("#"),
            Just("evil.example"),
            Just("https:"),
            Just("a"),
            Just("\u{200b}"),
            Just("\u{2028}"),
            Just("%E2%80%8B"),
            Just(";"),
            Just("%00"),
            Just("é"),
            Just("%"),
            Just("["),
        ];
        proptest::collection::vec(piece, 0..8).prop_map(|pieces| format!("/{}", pieces.concat()))
    }

    proptest! {
        #[test]
        fn browsers_stay_with_listed_apps(text in prop_oneof![hostile(), any::<String>()], start in prop_oneof![Just(ARMORY), Just("https://evil.example"), Just("https:"), Just("")]) {
            let base = Url::parse("https://app.example.com/auth/sign-in").unwrap();
            if let Some(target) = for_armory(&format!("{start}{text}")) {
                prop_assert!(target.bytes().all(|byte| byte.is_ascii_graphic()));
                let there = base.join(&target).unwrap();
                prop_assert!(there.origin() == base.origin() || there.origin() == Url::parse(ARMORY).unwrap().origin());
                let again = for_armory(&target);
                prop_assert_eq!(again.as_ref(), Some(&target));
            }
        }

        #[test]
        fn browsers_stay_on_this_origin(text in prop_oneof![hostile(), any::<String>(), any::<String>().prop_map(|text| format!("/{text}"))]) {
            let base = Url::parse("https://app.example.com/auth/callback/x").unwrap();
            if let Some(target) = ReturnTarget::parse(&text) {
                prop_assert!(target.as_str().bytes().all(|byte| byte.is_ascii_graphic()));
                let there = base.join(target.as_str()).unwrap();
                prop_assert_eq!(there.origin(), base.origin());
                // Nor after one more decoding, by a server in between.
                let mut decoded = target.as_str().to_owned();
                for _ in 0..LAYERS {
                    decoded = String::from_utf8_lossy(&percent::decoded(decoded.split('?').next().unwrap().as_bytes())).into_owned();
                    let there = base.join(&decoded).unwrap();
                    prop_assert_eq!(there.origin(), base.origin());
                }
                let again = ReturnTarget::parse(target.as_str());
                prop_assert_eq!(again.as_ref(), Some(&target));
            }
        }
    }
}
