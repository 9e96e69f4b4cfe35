//! Do settings that are served break anything, and do those that are not show a secret?

use super::{KEY, NOW};
use crate::settings::GateSettings;

/// Settings: name and value a line each.
pub(super) fn values(input: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(input) else {
        return false;
    };
    let pairs = text
        .lines()
        .filter_map(|line| line.split_once('='))
        .take(64);
    let standard = [("session_keys", KEY)];
    let served = GateSettings::from_variables(pairs.clone().chain(standard));
    match &served {
        Ok(settings) => {
            for origin in settings.origins.iter(NOW) {
                let origin = origin.expect("the main origin is parsed");
                let url = origin.base_url();
                assert!(settings.origins.resolve(url.authority(), NOW).is_ok());
                let set = origin.cookies().clear_session();
                assert!(!set.contains(['\r', '\n']), "{set:?}");
                let attributes: Vec<&str> = set.split("; ").collect();
                let secure = attributes.contains(&"Secure");
                assert_eq!(secure, url.as_str().starts_with("https://"), "{set}");
                assert!(attributes.contains(&"HttpOnly"), "{set}");
                let domain = attributes
                    .iter()
                    .find_map(|one| one.strip_prefix("Domain="));
                assert!(domain.is_none_or(|domain| url.is_within(domain)), "{set}");
                let host_only = set.starts_with("__Host-");
                assert!(!host_only || secure && domain.is_none(), "{set}");
            }
        }
        Err(error) => assert!(!error.to_string().contains('\n'), "{error}"),
    }
    // Judged alone: an error about keys repeats none. An error about another setting
    // may quote that setting, so what stands there as well is no secret.
    let alone = GateSettings::from_variables(pairs.clone());
    if let Err(error) = &alone {
        let (keys, others): (Vec<_>, Vec<_>) = pairs.partition(|(name, _)| *name == "session_keys");
        let mut secrets = keys
            .iter()
            .flat_map(|(_, value)| value.split([',', ':']))
            // As keys are written: words of ours are shorter, or in lower case.
            .filter(|secret| secret.len() > 20 && secret.bytes().all(is_of_a_key))
            .filter(|secret| {
                secret.contains(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit())
            })
            .filter(|secret| {
                let quoted =
                    |(name, value): &(&str, &str)| name.contains(secret) || value.contains(secret);
                !others.iter().any(quoted)
            });
        let told = error.to_string();
        assert!(!secrets.any(|secret| told.contains(secret)), "{told}");
    }
    served.is_ok()
}

fn is_of_a_key(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}
