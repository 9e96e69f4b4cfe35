//! How often may something be tried, and whose tries count together? Never by what a
//! stranger chooses freely: an account by its canonical address, a network by what an
//! address costs, a device by a cookie that we signed.

use core::net::{IpAddr, Ipv6Addr};

use gatelet_settings::{Setting, SettingError, Values};
use sha2::{Digest as _, Sha256};

use crate::email::Email;

/// A lockout's longest delay, where its first is shorter.
const LONGEST_SECONDS: u32 = 3_600;
/// How long failures are remembered after the door is open again.
const FORGET_SECONDS: u32 = 86_400;
/// Most of a limit, and longest window, in seconds: what is more is no limit.
const MOST_MAX: u32 = 1_000_000;
const SECONDS_MAX: u32 = 30 * 86_400;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// A password is tried.
    Password,
    /// An account is asked for.
    SignUp,
    /// A mail is asked for, to an address that somebody typed.
    Mail,
    /// A short code is tried: out of a mail or an authenticator, a recovery code.
    Code,
    /// The shared passphrase is tried.
    Passphrase,
    /// A sign-in at a provider is begun.
    Start,
    /// A provider's answer is to be exchanged.
    Callback,
    /// Somebody says that a session at a provider is over, as its server would.
    Logout,
    /// The same as a browser would, in a frame.
    LogoutFrame,
    /// Anything at all is asked of the pages and the API.
    Api,
}

/// Whose tries count together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    /// A device that the account's owner has signed in on.
    Device,
    /// Who has an IPv4 address, or the /64 of an IPv6 address.
    Network,
    /// An account and a network together.
    Pair,
    /// An account, whoever tries.
    Account,
    /// Everybody.
    All,
    /// An account, shut for longer each time.
    Lockout,
}

/// So many in so many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// How many.
    pub most: u32,
    /// In how many seconds.
    pub seconds: u32,
}

/// Declares what is limited by default, so that a name stands for one place of the table.
macro_rules! table {
    ($($name:literal = $act:ident by $by:ident $most:literal / $seconds:literal,)*) => {
        const TABLE: &[Row] = &[$(Row {
            name: $name,
            act: Act::$act,
            by: By::$by,
            limit: Limit { most: $most, seconds: $seconds },
        }),*];
    };
}

struct Row {
    name: &'static str,
    act: Act,
    by: By,
    limit: Limit,
}

// In the order in which they are asked: what one attacker spends of his own comes before
// what others need too.
table! {
    "password.device" = Password by Device 10 / 3600,
    "password.network" = Password by Network 30 / 600,
    "password.pair" = Password by Pair 6 / 600,
    "password.all" = Password by All 1200 / 60,
    "lockout" = Password by Lockout 10 / 60,
    "sign-up.network" = SignUp by Network 10 / 3600,
    "sign-up.account" = SignUp by Account 5 / 3600,
    "sign-up.all" = SignUp by All 300 / 600,
    "mail.network" = Mail by Network 20 / 3600,
    "mail.account" = Mail by Account 5 / 3600,
    "mail.all" = Mail by All 1000 / 3600,
    "code.network" = Code by Network 30 / 600,
    "code.account" = Code by Account 10 / 900,
    "passphrase.network" = Passphrase by Network 10 / 600,
    "passphrase.all" = Passphrase by All 120 / 60,
    "start.network" = Start by Network 60 / 600,
    "callback.network" = Callback by Network 60 / 600,
    "logout.network" = Logout by Network 60 / 600,
    "logout-frame.network" = LogoutFrame by Network 60 / 600,
}

/// The place of `rate_limit_max`, which has settings of its own.
const API: &str = "api.network";

/// The limits of one origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// As in [`TABLE`]; None is no limit.
    rows: Vec<Option<Limit>>,
    api: Option<Limit>,
}

/// Whoever tries something.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asker<'a> {
    /// From where. Nobody known has no network, and none of its limits.
    pub network: Option<Network>,
    /// At which account, whether anybody has it or not.
    pub account: Option<&'a Email>,
    /// On which device, where the account's owner has signed in on it.
    pub device: Option<[u8; 16]>,
}

/// Whoever has an IPv6 address has as many as they like in its /64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

/// Something to be asked of the store: what, of whom, and how much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// As in the setting `limits`.
    pub name: &'static str,
    /// The SHA-256 of whom it is for.
    pub whose: [u8; 32],
    /// How much.
    pub limit: Limit,
    /// Whether each who fails waits longer than the one before.
    pub lockout: Option<Lockout>,
}

/// How a lockout grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lockout {
    /// Longest delay.
    pub longest_seconds: u32,
    /// How long failures are remembered.
    pub forget_seconds: u32,
}

impl Network {
    /// Of a visitor's address. The machine itself is no network: whoever comes from there
    /// is its owner, or anybody behind a proxy that is not listed.
    #[must_use]
    pub fn of(address: IpAddr) -> Option<Self> {
        let network = match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            address @ IpAddr::V4(_) => address,
        };
        (!address.to_canonical().is_loopback()).then_some(Self(network))
    }
}

impl core::fmt::Display for Network {
    fn fmt(&self, out: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        self.0.fmt(out)
    }
}

impl Act {
    /// Whether it goes on when the store does not answer. What needs the store anyway
    /// does not; the passphrase and the way to a provider need none, and an outage is
    /// to be nobody's way to shut people out of them.
    #[must_use]
    pub const fn goes_on_without_store(self) -> bool {
        match self {
            Self::Passphrase
            | Self::Start
            | Self::Callback
            | Self::Logout
            | Self::LogoutFrame
            | Self::Api => true,
            Self::Password | Self::SignUp | Self::Mail | Self::Code => false,
        }
    }
}

impl Limits {
    /// `limits`, `rate_limit_max` and `rate_limit_window_seconds`.
    pub fn from_values(values: &Values<'_>) -> Result<Self, SettingError> {
        let most = values.whole(Setting::RateLimitMax, 0, u64::from(MOST_MAX))?;
        let seconds = values.seconds(Setting::RateLimitWindowSeconds, 1, u64::from(SECONDS_MAX))?;
        let [most, seconds] = [most, seconds].map(|n| u32::try_from(n).unwrap_or(u32::MAX));
        Ok(Self {
            api: (most > 0).then_some(Limit { most, seconds }),
            ..Self::parse(values.get(Setting::Limits))?
        })
    }

    /// Parses `on`, `off`, or what is to differ from the table, as `NAME MOST/SECONDS` or
    /// `NAME off`, separated by commas.
    fn parse(text: &str) -> Result<Self, SettingError> {
        let refuse = |problem: String| SettingError::new(Setting::Limits, problem);
        let mut limits = Self {
            rows: TABLE.iter().map(|row| Some(row.limit)).collect(),
            api: None,
        };
        match text {
            "on" => return Ok(limits),
            "off" => {
                limits.rows.fill(None);
                return Ok(limits);
            }
            _ => {}
        }
        let entries = text.split(',').map(str::trim);
        for entry in entries.filter(|entry| !entry.is_empty()) {
            let shown = || entry.chars().take(64).collect::<String>();
            let (name, value) = entry.split_once(' ').unwrap_or((entry, ""));
            let Some(place) = TABLE.iter().position(|row| row.name == name) else {
                let names: Vec<_> = TABLE.iter().map(|row| row.name).collect();
                let names = names.join(", ");
                return Err(refuse(format!("{:?} is none of {names}", shown())));
            };
            limits.rows[place] = match value.trim() {
                "off" => None,
                value => Some(Limit::parse(value).ok_or_else(|| {
                    refuse(format!(
                        "{:?} is not written as `{name} 30/600`, thirty in ten minutes, or `{name} off`",
                        shown()
                    ))
                })?),
            };
        }
        Ok(limits)
    }

    /// What is to be asked before somebody does this, in this order. On a device that the
    /// account's owner has signed in on, nothing that others have tried counts.
    #[must_use]
    pub fn rules(&self, act: Act, asker: &Asker<'_>) -> Vec<Rule> {
        if act == Act::Api {
            let rule = self.api.zip(asker.network);
            return rule
                .map(|(limit, network)| Rule::bucket(API, digest(&[&bytes(network)]), limit))
                .into_iter()
                .collect();
        }
        let rows = TABLE.iter().zip(&self.rows);
        let rows = rows.filter(|(row, _)| row.act == act);
        let on_device = asker.device.is_some() && self.has_device_limit(act);
        rows.filter(|(row, _)| on_device == (row.by == By::Device))
            .filter_map(|(row, limit)| row.rule((*limit)?, asker))
            .collect()
    }

    /// Without a limit for devices they are limited as all others are.
    fn has_device_limit(&self, act: Act) -> bool {
        let mut rows = TABLE.iter().zip(&self.rows);
        rows.any(|(row, limit)| row.act == act && row.by == By::Device && limit.is_some())
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::parse("on").expect("a word that is known")
    }
}

impl Limit {
    fn parse(text: &str) -> Option<Self> {
        let (most, seconds) = text.split_once('/')?;
        let number = |text: &str, most: u32| {
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            let number = digits.then(|| text.parse().ok()).flatten()?;
            (1..=most).contains(&number).then_some(number)
        };
        Some(Self {
            most: number(most, MOST_MAX)?,
            seconds: number(seconds, SECONDS_MAX)?,
        })
    }
}

impl Row {
    /// None where nothing is known by which it counts.
    fn rule(&self, limit: Limit, asker: &Asker<'_>) -> Option<Rule> {
        let account = asker.account.map(|email| email.as_str().as_bytes());
        let network = asker.network.map(bytes);
        let whose = match self.by {
            By::Device => digest(&[&asker.device?, account?]),
            By::Network => digest(&[&network?]),
            By::Pair => digest(&[account?, &network?]),
            By::Account | By::Lockout => digest(&[account?]),
            By::All => digest(&[]),
        };
        let rule = Rule::bucket(self.name, whose, limit);
        let lockout = (self.by == By::Lockout).then_some(Lockout {
            longest_seconds: limit.seconds.max(LONGEST_SECONDS),
            forget_seconds: FORGET_SECONDS,
        });
        Some(Rule { lockout, ..rule })
    }
}

impl Rule {
    const fn bucket(name: &'static str, whose: [u8; 32], limit: Limit) -> Self {
        Self {
            name,
            whose,
            limit,
            lockout: None,
        }
    }

    /// All that is counted against an account whoever tries, for whoever forgets it: all
    /// that matters is what it is called and whose it is.
    pub fn against(account: &Email) -> impl Iterator<Item = Self> {
        let of_account = |row: &&Row| matches!(row.by, By::Account | By::Lockout);
        TABLE.iter().filter(of_account).filter_map(|row| {
            let asker = Asker {
                account: Some(account),
                ..Asker::default()
            };
            row.rule(row.limit, &asker)
        })
    }
}

fn bytes(network: Network) -> [u8; 16] {
    match network.0 {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => address.octets(),
    }
}

/// Each part with its length before it, so that none runs into the next.
fn digest(parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests;
