//! What is an application called? As in `app_list`: what an origin's `app_name` says.

use super::refusal::{NameRefusal, Rule};

/// An application's id, in lower case.
pub use gatelet_sign_in::apps::AppId as ApplicationId;

/// Takes an id in any case.
pub fn application(text: &str) -> Result<ApplicationId, NameRefusal> {
    ApplicationId::parse(text).ok_or_else(|| NameRefusal::new(Rule::Application))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_has_the_id_of_an_app() {
        assert_eq!(application("My-App_1").unwrap().as_str(), "my-app_1");
        let long = "a".repeat(64);
        for text in ["", "a b", "a.b", "ä", "a/b", &long] {
            assert_eq!(
                application(text),
                Err(NameRefusal::new(Rule::Application)),
                "{text:?}"
            );
        }
    }
}
