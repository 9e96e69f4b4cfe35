//! A link that lets somebody make an account where not everybody may.

use crate::link_token::LinkToken;

/// How long one is good that names an address.
pub const GOOD_SECONDS: u64 = 7 * 24 * 3_600;
/// How long the first administrator's is good.
pub const FIRST_ADMIN_SECONDS: u64 = 3_600;
/// The group that the first administrator comes into.
pub const ADMINS: &str = crate::group::ADMINS;
/// The form's field, and the link's parameter.
pub const FIELD: &str = "invitation";

/// The link, at the origin of this base URL. Whoever has it makes the account.
#[must_use]
pub fn link(token: &LinkToken, base_url: &str) -> String {
    format!("{base_url}/auth/sign-up?{FIELD}={}", token.expose())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_leads_to_the_page_on_which_accounts_are_made() {
        let token = LinkToken::from_random([7; 32]);
        let link = link(&token, "https://app.example");
        let (before, text) = link.split_once('=').expect("a parameter");
        assert_eq!(before, "https://app.example/auth/sign-up?invitation");
        assert_eq!(LinkToken::parse(text), Some(token));
    }
}
