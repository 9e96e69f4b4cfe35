//! Which component serves a path? Spin's routes: literal segments, `:name` for
//! one segment, `/...` for all that follow; the most literal match wins.

use anyhow::{Result, ensure};

/// One route: its text and what it matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    text: String,
    segments: Vec<Segment>,
    trailing_wildcard: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    /// Matches any one segment.
    Named(String),
}

/// A path that a route matched.
#[derive(Debug, PartialEq, Eq)]
pub struct Match<'r, 'p> {
    /// The route.
    pub route: &'r Route,
    /// What `/...` stood for, with its leading slash; empty without one.
    pub trailing: &'p str,
    /// What each `:name` stood for.
    pub named: Vec<(&'r str, &'p str)>,
}

/// Routes and what they lead to.
#[derive(Clone, Debug, Default)]
pub struct Routes<T>(Vec<(Route, T)>);

impl Route {
    /// Reads a route.
    ///
    /// # Errors
    /// One line when it does not begin with `/` or has `...` elsewhere than last.
    pub fn parse(text: &str) -> Result<Self> {
        ensure!(
            text.starts_with('/'),
            "route `{text}` does not begin with `/`"
        );
        let (path, trailing_wildcard) = match text.strip_suffix("/...") {
            Some(path) => (path, true),
            None => (text, false),
        };
        ensure!(
            !path.contains("..."),
            "route `{text}`: `/...` stands last or nowhere"
        );
        let segments = segments(path)
            .map(|segment| match segment.strip_prefix(':') {
                Some(name) => Segment::Named(name.to_owned()),
                None => Segment::Literal(segment.to_owned()),
            })
            .collect();
        Ok(Self {
            text: text.to_owned(),
            segments,
            trailing_wildcard,
        })
    }

    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// As it was written, without `/...`.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.text.strip_suffix("/...").unwrap_or(&self.text)
    }

    fn matches<'p>(&self, path: &'p str) -> Option<Match<'_, 'p>> {
        let mut named = Vec::new();
        let mut rest = path;
        for segment in &self.segments {
            let after_slash = rest.strip_prefix('/')?;
            let end = after_slash.find('/').unwrap_or(after_slash.len());
            let (found, remaining) = after_slash.split_at(end);
            match segment {
                Segment::Literal(literal) if literal == found => {}
                Segment::Named(name) if !found.is_empty() => named.push((name.as_str(), found)),
                Segment::Literal(_) | Segment::Named(_) => return None,
            }
            rest = remaining;
        }
        match (self.trailing_wildcard, rest) {
            (true, rest) => Some(Match {
                route: self,
                trailing: rest,
                named,
            }),
            // A slash at the end makes no difference, as in Spin.
            (false, "" | "/") => Some(Match {
                route: self,
                trailing: "",
                named,
            }),
            (false, _) => None,
        }
    }

    /// Segment by segment, literal before named before wildcard.
    fn rank(&self) -> Vec<u8> {
        let mut rank: Vec<u8> = self
            .segments
            .iter()
            .map(|segment| match segment {
                Segment::Literal(_) => 0,
                Segment::Named(_) => 1,
            })
            .collect();
        rank.push(if self.trailing_wildcard { 2 } else { 0 });
        rank
    }
}

impl<T> Routes<T> {
    /// Takes routes in any order.
    ///
    /// # Errors
    /// One line when two are the same.
    pub fn new(mut routes: Vec<(Route, T)>) -> Result<Self> {
        // A literal segment decides before a wildcard that begins there too.
        routes.sort_by_key(|(route, _)| route.rank());
        for pair in routes.windows(2) {
            ensure!(
                pair[0].0.text != pair[1].0.text,
                "two triggers have the route `{}`",
                pair[0].0.text
            );
        }
        Ok(Self(routes))
    }

    /// The most literal route that matches a path (without query).
    #[must_use]
    pub fn find<'p>(&self, path: &'p str) -> Option<(Match<'_, 'p>, &T)> {
        self.0
            .iter()
            .find_map(|(route, target)| Some((route.matches(path)?, target)))
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .skip(1)
        .filter(|segment| !segment.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes(texts: &[&str]) -> Routes<String> {
        let routes = texts
            .iter()
            .map(|text| (Route::parse(text).unwrap(), (*text).to_owned()));
        Routes::new(routes.collect()).unwrap()
    }

    #[test]
    fn the_most_literal_route_wins() {
        let routes = routes(&[
            "/...",
            "/auth/...",
            "/api/auth/callback/...",
            "/auth/exact",
            "/u/:name",
            "/u/me",
        ]);
        let cases = [
            ("/", Some("/...")),
            ("", Some("/...")),
            ("/x/y", Some("/...")),
            ("/auth", Some("/auth/...")),
            ("/auth/", Some("/auth/...")),
            ("/auth/sign-in", Some("/auth/...")),
            ("/authority", Some("/...")),
            ("/auth/exact", Some("/auth/exact")),
            ("/auth/exact/more", Some("/auth/...")),
            ("//auth/sign-in", Some("/...")),
            ("/api/auth/callback/google", Some("/api/auth/callback/...")),
            ("/u/me", Some("/u/me")),
            ("/u/you", Some("/u/:name")),
            ("/u/you/more", Some("/...")),
        ];
        for (path, expected) in cases {
            let found = routes.find(path).map(|(_, target)| target.as_str());
            assert_eq!(found, expected, "{path}");
        }
    }

    #[test]
    fn without_a_wildcard_nothing_else_is_served() {
        let routes = routes(&["/only"]);
        assert!(routes.find("/only").is_some());
        assert!(routes.find("/only/").is_some());
        assert!(routes.find("/other").is_none());
        assert!(routes.find("/").is_none());
    }

    #[test]
    fn a_match_tells_what_the_wildcards_stood_for() {
        let routes = routes(&["/a/:b/..."]);
        let (found, _) = routes.find("/a/x/y/z").unwrap();
        assert_eq!(found.trailing, "/y/z");
        assert_eq!(found.named, [("b", "x")]);
    }

    #[test]
    fn routes_that_cannot_be_are_refused() {
        for text in ["", "x", "/a/.../b", "/a...b"] {
            assert!(Route::parse(text).is_err(), "{text}");
        }
        let twice = vec![
            (Route::parse("/a").unwrap(), ()),
            (Route::parse("/a").unwrap(), ()),
        ];
        assert!(Routes::new(twice).is_err());
    }
}
