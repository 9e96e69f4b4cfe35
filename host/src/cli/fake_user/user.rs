//! Who is everybody? As the gateway would say it: what it would not, is refused.

use anyhow::{Result, anyhow, bail};
use clap::Args;
use gatelet_core::danger::UnverifiedUser;
use gatelet_core::groups::is_provider_group_name;
use gatelet_sign_in::email::Email;
use gatelet_sign_in::group::GroupName;
use gatelet_sign_in::name::DisplayName;
use gatelet_sign_in::provider::ProviderId;
use gatelet_sign_in::user_id::UserId;

use super::super::whose::email;

#[derive(Debug, Args)]
pub(super) struct User {
    /// Nobody is signed in, as on public paths.
    #[arg(long, conflicts_with_all = ["email", "name", "id", "provider", "groups", "email_unverified"])]
    nobody: bool,
    /// Their address.
    #[arg(long, value_name = "ADDRESS", required_unless_present = "nobody")]
    email: Option<String>,
    /// Their name [default: what stands before the @].
    #[arg(long)]
    name: Option<String>,
    /// Their id, a UUID [default: one that follows from the address].
    #[arg(long, value_name = "UUID")]
    id: Option<String>,
    /// How they signed in: password, passkey, email, token, google, …
    #[arg(long, value_name = "ID", default_value = "password")]
    provider: String,
    /// Their groups.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    groups: Vec<String>,
    /// Nobody has proved the address.
    #[arg(long)]
    email_unverified: bool,
}

impl User {
    /// Who is meant; none for nobody.
    pub(super) fn named(self) -> Result<Option<UnverifiedUser>> {
        let Some(typed) = self.email.filter(|_| !self.nobody) else {
            return Ok(None);
        };
        let address = email(&typed)?;
        let name = match &self.name {
            Some(name) => name,
            None => address.local_part(),
        };
        let name = DisplayName::parse(name).map_err(|error| {
            anyhow!(
                "--name: is no name that anybody can have here ({})",
                error.code()
            )
        })?;
        let ours = ["password", "passkey", "email", "token"];
        if !ours.contains(&&*self.provider) && ProviderId::parse(&self.provider).is_none() {
            bail!("--provider: is no id of a way in: use small letters, digits and hyphens");
        }
        Ok(Some(UnverifiedUser {
            id: id(self.id.as_deref(), &address)?.as_str().to_owned(),
            email_verified: !self.email_unverified,
            name: name.as_str().to_owned(),
            provider: self.provider,
            groups: groups(&self.groups)?.join(","),
            email: address.as_str().to_owned(),
        }))
    }
}

/// The id that was said, or one that is the same at every start.
fn id(said: Option<&str>, email: &Email) -> Result<UserId> {
    match said {
        Some(said) => UserId::parse(said).ok_or_else(|| {
            anyhow!(
                "--id: is no UUID in small letters, such as {}",
                UserId::of_text(email.as_str()).as_str()
            )
        }),
        None => Ok(UserId::of_text(email.as_str())),
    }
}

/// In order, each once, as the store tells them.
fn groups(said: &[String]) -> Result<Vec<&str>> {
    let mut groups = Vec::new();
    for name in said.iter().map(|name| name.trim()) {
        let is_a_providers = name.contains(':') && is_provider_group_name(name);
        if GroupName::parse(name).is_none() && !is_a_providers {
            bail!("--groups: {} is no name of a group", name.escape_debug());
        }
        groups.push(name);
    }
    groups.sort_unstable();
    groups.dedup();
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Typed {
        #[command(flatten)]
        user: User,
    }

    fn named(arguments: &[&str]) -> Result<Option<UnverifiedUser>> {
        let words = std::iter::once(&"fake-user").chain(arguments);
        Typed::try_parse_from(words)?.user.named()
    }

    #[test]
    fn who_is_named_is_told_as_the_gateway_would() {
        let ada = named(&[
            "--email",
            "Ada@Example.org",
            "--groups",
            "staff,admins,staff,okta:Web",
        ]);
        let ada = ada.unwrap().unwrap();
        assert_eq!(ada.email, "ada@example.org");
        assert_eq!(ada.name, "ada");
        assert_eq!(ada.groups, "admins,okta:Web,staff");
        assert_eq!(ada.provider, "password");
        assert!(ada.email_verified && UserId::parse(&ada.id).is_some());
        let again = named(&["--email", "ada@example.org", "--name", "Ada"]).unwrap();
        assert_eq!(again.unwrap().id, ada.id, "the same person");
        let other = named(&["--email", "bob@example.org"]).unwrap();
        assert_ne!(other.unwrap().id, ada.id);
        assert_eq!(named(&["--nobody"]).unwrap(), None);
    }

    #[test]
    fn what_nobody_can_be_is_refused() {
        for (arguments, about) in [
            (&["--email", "ada"][..], "is no email address"),
            (&["--email", "a@b.c\r\nx: y"], "is no email address"),
            (&["--email", "a@b.org", "--name", "\u{202e}x"], "--name"),
            (&["--email", "a@b.org", "--name", "a\nb"], "--name"),
            (&["--email", "a@b.org", "--name", ""], "--name"),
            (&["--email", "a@b.org", "--id", "1"], "--id"),
            (&["--email", "a@b.org", "--provider", "A b"], "--provider"),
            (&["--email", "a@b.org", "--groups", "a b"], "--groups"),
            (&["--nobody", "--email", "a@b.org"], "cannot be used"),
            (&[], "--email"),
        ] {
            let error = format!("{:#}", named(arguments).unwrap_err());
            assert!(error.contains(about), "{arguments:?}: {error}");
        }
    }
}
