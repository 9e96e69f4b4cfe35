//! The link that opens the page on which a secret is entered.

use gatelet_sign_in::link_token::LinkToken;

/// How long a link is good.
pub const ENTRY_SECONDS: u64 = 900;
/// Where the page is.
pub const ENTRY_PATH: &str = "/auth/console/enter";
/// The link's parameter, and the form's field.
pub const TOKEN_FIELD: &str = "token";

/// The link, at the origin of this base URL.
#[must_use]
pub fn entry_link(token: &LinkToken, base_url: &str) -> String {
    let base_url = base_url.trim_end_matches('/');
    format!("{base_url}{ENTRY_PATH}?{TOKEN_FIELD}={}", token.expose())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_leads_to_the_page_on_which_secrets_are_entered() {
        let token = LinkToken::from_random([7; 32]);
        for base_url in ["https://app.example", "https://app.example/"] {
            let link = entry_link(&token, base_url);
            let (before, text) = link.split_once('=').unwrap();
            assert_eq!(before, "https://app.example/auth/console/enter?token");
            assert_eq!(LinkToken::parse(text).as_ref(), Some(&token));
        }
    }

    #[test]
    fn a_link_is_good_for_fifteen_minutes() {
        assert_eq!(ENTRY_SECONDS, 15 * 60);
    }
}
