//! Which apps share one login, and who may use them? Apps on hosts of one domain
//! have its session cookie in common; a listed one may ask about the session from
//! its own pages, and people are sent back to it.

use gatelet_core::base_url::BaseUrl;
use gatelet_settings::{Setting, SettingError};

/// Most apps of a list.
pub const APPS_MAX: usize = 256;
/// Longest app id, in bytes.
const ID_MAX_BYTES: usize = 63;

/// An app's name: `[a-z0-9_-]{1,63}`, kept in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AppId(String);

/// The apps of the setting `app_list`, each once, in the order written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppList(Vec<AppId>);

/// The setting `app_access`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppAccess {
    /// Everybody who is signed in may use every listed app.
    All,
    /// Who was granted it.
    Granted,
}

/// A served origin, as far as sharing a login goes.
#[derive(Clone, Copy, Debug)]
pub struct AppSite<'a> {
    /// As visitors see it.
    pub base_url: &'a BaseUrl,
    /// What sessions there are good for.
    pub audience: &'a str,
    /// Its `app_name`; empty where it has none.
    pub app_name: &'a str,
    /// Whether it is a preview, which speaks for no app.
    pub is_preview: bool,
    /// Whether its users and sessions are where those of the asking origin are.
    pub same_place: bool,
}

impl AppId {
    /// Takes an id in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=ID_MAX_BYTES).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
        fits.then(|| Self(text.to_ascii_lowercase()))
    }

    /// The text, in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AppList {
    /// Parses `armory, codex, …`; lower-cased, and what comes twice counts once.
    pub fn parse(text: &str) -> Result<Self, SettingError> {
        let refuse = |problem: String| SettingError::new(Setting::AppList, problem);
        let mut apps: Vec<AppId> = Vec::new();
        let ids = text.split(',').map(str::trim).filter(|id| !id.is_empty());
        for id in ids {
            let app = AppId::parse(id).ok_or_else(|| {
                refuse(format!(
                    "{:?} is no app id: use letters, digits, - and _, at most {ID_MAX_BYTES}",
                    id.chars().take(100).collect::<String>()
                ))
            })?;
            if !apps.contains(&app) {
                apps.push(app);
            }
            if apps.len() > APPS_MAX {
                return Err(refuse(format!("has more than {APPS_MAX} apps")));
            }
        }
        Ok(Self(apps))
    }

    /// The listed app of this id, in any case.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&AppId> {
        let wanted = AppId::parse(id)?;
        self.0.iter().find(|app| **app == wanted)
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &AppId> {
        self.0.iter()
    }

    /// Whether a served origin is a listed app that shares its login with the
    /// origin asked, whose sessions are good for `audience`.
    ///
    /// 1. The audience is a domain's, and the same.
    /// 2. Users and sessions are in the same place.
    /// 3. It is no preview: that has its parent's app name and another's code.
    /// 4. Its app is listed.
    #[must_use]
    pub fn share_login(&self, audience: &str, site: &AppSite<'_>) -> bool {
        let AppSite {
            base_url: _,
            audience: theirs,
            app_name,
            is_preview,
            same_place,
        } = site;
        // No base URL looks so: see `Origin::audience`.
        audience.starts_with("*.")
            && audience == *theirs
            && *same_place
            && !is_preview
            && self.get(app_name).is_some()
    }
}

/// Reads an `Origin` field as the base URL it serialises (RFC 6454 §6.2, URL
/// Standard §4.7). None for `null`, and for any other spelling than the one that
/// browsers send, so that what is compared and what is repeated are one text.
#[must_use]
pub fn parse_origin(field: &str) -> Option<BaseUrl> {
    BaseUrl::parse(field)
        .ok()
        .filter(|base_url| base_url.as_str() == field)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn apps_are_lower_cased_and_listed_once() {
        let list = AppList::parse(" Armory,codex,,ARMORY , Codex,x_1-2").expect("a list");
        let ids: Vec<_> = list.iter().map(AppId::as_str).collect();
        assert_eq!(ids, ["armory", "codex", "x_1-2"]);
        assert!(list.get("CODEX").is_some());
        for id in ["", "code", "codex ", "codex,armory", "cödex", "codex\0"] {
            assert!(list.get(id).is_none(), "{id:?}");
        }
        assert_eq!(AppList::parse("").expect("no apps").iter().len(), 0);
    }

    #[test]
    fn ids_that_are_none_are_refused() {
        for id in [
            "a b",
            "a.b",
            "a/b",
            "*",
            "ärmory",
            "https://armory.example.com",
            &"a".repeat(64),
        ] {
            let error = AppList::parse(id).expect_err(id).to_string();
            assert!(
                error.starts_with("app_list: ") && !error.contains('\n'),
                "{error}"
            );
        }
        let many: Vec<String> = (0..=APPS_MAX).map(|n| format!("a{n}")).collect();
        assert!(AppList::parse(&many.join(",")).is_err());
        let most = AppList::parse(&many[1..].join(",")).expect("as many as may be");
        assert_eq!(most.iter().len(), APPS_MAX);
    }

    #[test]
    fn only_listed_apps_of_the_same_domain_and_place_share_a_login() {
        let list = AppList::parse("armory,codex").expect("a list");
        let base_url = BaseUrl::parse("https://armory.example.com").expect("a base URL");
        let armory = AppSite {
            base_url: &base_url,
            audience: "*.example.com",
            app_name: "armory",
            is_preview: false,
            same_place: true,
        };
        assert!(list.share_login("*.example.com", &armory));
        for (case, audience, site) in [
            (
                "not listed",
                "*.example.com",
                AppSite {
                    app_name: "other",
                    ..armory
                },
            ),
            (
                "nameless",
                "*.example.com",
                AppSite {
                    app_name: "",
                    ..armory
                },
            ),
            (
                "a preview of it",
                "*.example.com",
                AppSite {
                    is_preview: true,
                    ..armory
                },
            ),
            (
                "users elsewhere",
                "*.example.com",
                AppSite {
                    same_place: false,
                    ..armory
                },
            ),
            (
                "sessions of its own",
                "*.example.com",
                AppSite {
                    audience: "https://armory.example.com",
                    ..armory
                },
            ),
            (
                "another domain",
                "*.example.com",
                AppSite {
                    audience: "*.example.org",
                    ..armory
                },
            ),
            (
                "a part of the domain",
                "*.example.com",
                AppSite {
                    audience: "*.sub.example.com",
                    ..armory
                },
            ),
            (
                "asked where nothing is shared",
                "https://armory.example.com",
                AppSite {
                    audience: "https://armory.example.com",
                    ..armory
                },
            ),
        ] {
            assert!(!list.share_login(audience, &site), "{case}");
        }
    }

    #[test]
    fn origins_are_read_as_browsers_write_them() {
        for field in [
            "https://armory.example.com",
            "http://localhost:3000",
            "https://[::1]:8443",
        ] {
            assert_eq!(parse_origin(field).expect(field).as_str(), field);
        }
        for field in [
            "",
            "null",
            "https://armory.example.com/",
            "https://armory.example.com:443",
            "https://Armory.example.com",
            "https://armory.example.com.",
            "https://armory.example.com, https://evil.example",
            "https://user@armory.example.com",
            "armory.example.com",
            "file://",
            "*",
        ] {
            assert_eq!(parse_origin(field), None, "{field}");
        }
    }

    proptest! {
        #[test]
        fn any_list_is_answered(text in any::<String>()) {
            if let Ok(list) = AppList::parse(&text) {
                for app in list.iter() {
                    let again = AppId::parse(app.as_str());
                    prop_assert_eq!(again.as_ref(), Some(app));
                }
            }
        }
    }
}
