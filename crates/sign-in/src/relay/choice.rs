//! Which relay does an origin use? The setting `relay`.

use gatelet_core::base_url::BaseUrl;
use gatelet_settings::{Setting, SettingError};

/// What an origin says about its relay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RelayChoice {
    /// Nothing: a preview uses its parent.
    #[default]
    Unsaid,
    /// `off`: the providers know this origin itself.
    Off,
    /// The origin of this base URL.
    At(BaseUrl),
}

impl RelayChoice {
    /// Parses the setting.
    pub fn parse(text: &str) -> Result<Self, SettingError> {
        match text {
            "" => Ok(Self::Unsaid),
            "off" => Ok(Self::Off),
            text => BaseUrl::parse(text).map(Self::At).map_err(|error| {
                SettingError::new(
                    Setting::Relay,
                    format_args!("{error}: write it as https://app.example.com, or off"),
                )
            }),
        }
    }

    /// The relay of an origin. `registered` is given for a preview alone: the nearest
    /// of its parents that is none. Nobody is their own relay.
    #[must_use]
    pub fn relay(&self, own: &BaseUrl, registered: Option<&BaseUrl>) -> Option<BaseUrl> {
        let relay = match self {
            Self::Unsaid => registered?,
            Self::Off => return None,
            Self::At(relay) => relay,
        };
        (relay != own).then(|| relay.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn previews_use_their_parent_unless_they_say_otherwise() {
        let url = |text: &str| BaseUrl::parse(text).expect("a base URL");
        let own = url("https://feat--app.example.com");
        let parent = url("https://app.example.com");
        let other = url("https://login.example.com");
        for (setting, registered, expected) in [
            ("", Some(&parent), Some(&parent)),
            ("", None, None),
            ("off", Some(&parent), None),
            ("https://login.example.com", Some(&parent), Some(&other)),
            ("https://login.example.com/", None, Some(&other)),
            ("https://feat--app.example.com", Some(&parent), None),
            ("", Some(&own), None),
        ] {
            let choice = RelayChoice::parse(setting).expect("a choice");
            assert_eq!(
                choice.relay(&own, registered).as_ref(),
                expected,
                "{setting:?} {registered:?}"
            );
        }
    }
}
