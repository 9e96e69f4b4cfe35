//! What is on at an origin, what is off, and what would turn it on?

use anyhow::{Context as _, Result};
use gatelet_core::base_url::BaseUrl;
use gatelet_runtime::store::StoreError;
use gatelet_settings::Setting;
use gatelet_sign_in::linking::SignUp;
use gatelet_sign_in::second_factor::SecondFactorPolicy;
use gatelet_sign_in::settings::{MagicLink, PasswordSignIn};
use gatelet_sign_in::site::Site;
use serde_json::{Value, json};

use super::super::now;
use super::super::registry::Registry;
use super::said_by;

/// One thing that may be there.
struct Fact {
    /// One word, for programs too.
    subject: &'static str,
    state: State,
    /// How it is, or what is wrong, or what would turn it on.
    detail: String,
}

/// How it stands with it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    On,
    Off,
    Broken,
}

/// All of them, at one origin of one profile.
pub(super) struct Facts {
    profile: String,
    origin: String,
    base_url: String,
    login: String,
    said_by: &'static str,
    refresh_seconds: String,
    facts: Vec<Fact>,
}

impl Facts {
    pub(super) fn of(registry: &Registry, origin: &str, profile: String) -> Result<Self> {
        let value = |setting| registry.value(origin, setting);
        let base_url = value(Setting::BaseUrl);
        let mut facts = database(registry, origin)?;
        facts.push(Fact {
            subject: "session-key",
            state: State::On,
            detail: "there is one".to_owned(),
        });
        // Hosts at a pattern have no one address to be looked at.
        if let Ok(url) = BaseUrl::parse(base_url.trim()) {
            let sites = registry.sites()?;
            let site = sites
                .resolve(url.authority(), now())
                .map_err(|none| anyhow::anyhow!("{origin}: {}", none.detail))
                .with_context(|| "its settings do not read")?;
            facts.extend(ways(&site, !value(Setting::MailUrl).trim().is_empty()));
        }
        Ok(Self {
            profile,
            origin: origin.to_owned(),
            base_url,
            login: value(Setting::Login),
            said_by: said_by(registry, origin),
            refresh_seconds: value(Setting::OriginsRefreshSeconds),
            facts,
        })
    }

    /// Whether nothing that is needed is broken.
    pub(super) fn is_fit(&self) -> bool {
        self.facts.iter().all(|fact| fact.state != State::Broken)
    }

    /// When a server that runs goes by it.
    pub(super) fn takes_effect(&self) -> String {
        let when = match self.refresh_seconds.as_str() {
            "0" => "from its next start on".to_owned(),
            seconds => format!("within {seconds} s"),
        };
        format!(
            "Login is {}: a server that runs goes by it {when}.",
            self.login
        )
    }

    pub(super) fn json(&self) -> Value {
        let facts = self.facts.iter().map(|fact| {
            let state = match fact.state {
                State::On => "on",
                State::Off => "off",
                State::Broken => "broken",
            };
            let fact = json!({ "name": fact.subject, "state": state, "detail": fact.detail });
            fact
        });
        json!({
            "profile": self.profile,
            "origin": self.origin,
            "baseUrl": self.base_url,
            "login": self.login,
            "saidBy": self.said_by,
            "fit": self.is_fit(),
            "facts": facts.collect::<Vec<_>>(),
        })
    }

    pub(super) fn text(&self) -> String {
        let mut text = format!(
            "profile {}, origin {}, {}\n",
            self.profile, self.origin, self.base_url
        );
        text += &match self.login.as_str() {
            "off" => format!(
                "  ! login            LOGIN IS OFF, says the {}: everybody gets through to the app as nobody. `gatelet enable` switches it on\n",
                self.said_by
            ),
            login => format!("  ✓ login            {login}, says the {}\n", self.said_by),
        };
        for fact in &self.facts {
            let sign = match fact.state {
                State::On => '✓',
                State::Off => '–',
                State::Broken => '✗',
            };
            let line = format!("  {sign} {:<16} {}", fact.subject, fact.detail);
            text += line.trim_end();
            text.push('\n');
        }
        text
    }
}

/// A table is made, written, read and taken away again, where the origin's users are.
fn database(registry: &Registry, origin: &str) -> Result<Vec<Fact>> {
    let store = registry.store()?;
    let place = registry.place(origin)?;
    let steps = registry.runtime.block_on(store.check(&place))?;
    let server: Vec<_> = steps.iter().map(|step| step.told.clone()).collect();
    let mut facts: Vec<_> = steps
        .into_iter()
        .filter_map(|step| {
            let error = step.error?;
            Some(Fact {
                subject: "database",
                state: State::Broken,
                detail: format!("{}: {error}: `gatelet doctor` says more", step.name),
            })
        })
        .collect();
    if !facts.is_empty() {
        return Ok(facts);
    }
    facts.push(Fact {
        subject: "database",
        state: State::On,
        detail: format!(
            "{}: connects, makes a table, writes, reads and cleans up",
            server.concat()
        ),
    });
    let (state, detail) = match registry.runtime.block_on(store.ready())? {
        Ok(()) => (State::On, "up to date"),
        Err(StoreError::Schema) => (
            State::Off,
            "not there or of another version: `gatelet up` and `gatelet migrate` bring them up to date",
        ),
        Err(_) => (State::Broken, "cannot be read: `gatelet doctor` says more"),
    };
    facts.push(Fact {
        subject: "tables",
        state,
        detail: detail.to_owned(),
    });
    Ok(facts)
}

/// The ways in, and what each lacks.
fn ways(site: &Site, has_mail: bool) -> Vec<Fact> {
    let sign_in = &site.sign_in;
    let fact = |subject, on, is: &str, mend: &str| Fact {
        subject,
        state: if on { State::On } else { State::Off },
        detail: if on { is } else { mend }.to_owned(),
    };
    let is_safe = !site.origin.is_insecure();
    let by_letter = sign_in.magic_link == MagicLink::On;
    let providers: Vec<_> = sign_in
        .providers
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let passkey = match sign_in.second_factor {
        SecondFactorPolicy::Off => "people may sign in with one",
        _ => "people may sign in with one, or take it as a second step",
    };
    vec![
        fact(
            "https",
            is_safe,
            "visitors use it, or only this machine can reach it",
            "sessions can be stolen on the way: set base_url to https://",
        ),
        fact(
            "password",
            sign_in.password_sign_in == PasswordSignIn::On,
            "people may sign in with one",
            "`gatelet set password_sign_in on`",
        ),
        fact(
            "passkey",
            is_safe,
            passkey,
            "browsers want HTTPS for them: set base_url to https://",
        ),
        fact(
            "providers",
            !providers.is_empty(),
            &providers.join(", "),
            "none: `gatelet providers add`; `gatelet providers list --presets` has those that it knows",
        ),
        fact(
            "mail",
            has_mail,
            "letters are sent",
            "nobody gets a letter, and a new password only by `gatelet users reset-link`: `gatelet set mail_url -` (docs/mail.md)",
        ),
        fact(
            "magic-link",
            by_letter,
            "people may sign in by a letter",
            "`gatelet set magic_link on`, once there is mail",
        ),
        fact(
            "sign-up",
            sign_in.sign_up.who != SignUp::Closed,
            match sign_in.sign_up.who {
                SignUp::Open => "open to everybody",
                _ => "by invitation: `gatelet users invite`",
            },
            "closed: `gatelet users create` makes accounts",
        ),
    ]
}
