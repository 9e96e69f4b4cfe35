//! How often has this been tried? The store counts, for all instances together. What it
//! refused this instance remembers for a while, so that a flood does not reach it.

use crate::complete::password_account;
use crate::device;
use crate::problem::Problem;
use crate::visit::Visit;
use gatelet_ports::store::accounts::Seen;
use gatelet_ports::store::limits::{self, Bucket, Rule as Asked, State};
use gatelet_ports::store::types::{Error, Place};
use gatelet_sign_in::audit::{Act as Audited, Event};
use gatelet_sign_in::email::Email;
use gatelet_sign_in::limits::{Act, Asker, Network, Rule};
use gatelet_sign_in::proof::PasswordAccount;
use gatelet_sign_in::work::Difficulty;
use gatelet_texts::{Text, problems};
use gatelet_web::{Answer, log, with};
use http::header::RETRY_AFTER;
use http::{HeaderName, HeaderValue};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Most refusals that are remembered.
const REMEMBERED_MAX: usize = 1_024;
/// For how long at most: whom an operator lets in again does not wait longer.
const REMEMBERED_SECONDS: u64 = 5;
/// What a device is called that is known by its session alone.
const IN_SESSION: [u8; 16] = [0; 16];

thread_local! {
    static REFUSED: RefCell<Refused> = const { RefCell::new(Refused(BTreeMap::new())) };
}

/// Proof that something may be tried, and what it took.
#[derive(Debug)]
#[must_use]
pub(crate) struct Admitted {
    rules: Vec<Rule>,
    states: Vec<State>,
}

/// Which limit was reached, and for how long one waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reached {
    name: &'static str,
    most: u32,
    window_seconds: u32,
    /// At least 1.
    wait_seconds: u64,
}

/// Until when which rule of which place refuses.
struct Refused(BTreeMap<Key, u64>);

type Key = (String, &'static str, [u8; 32]);

/// Whether somebody may do this now, at this account where one is meant. It counts as
/// done from here on; what fails to fit is given back by [`Admitted::give_back`].
pub(crate) async fn admit(
    visit: &Visit<'_>,
    act: Act,
    account: Option<&Email>,
) -> Result<Admitted, Problem> {
    let asker = Asker {
        account,
        ..asker(visit)
    };
    ask(visit, act, &asker).await
}

/// Whether a password may be tried at an account, and the account. Where the browser has
/// been signed in on before, the account is looked up first: who signed in decides whether
/// this counts apart. For any other nothing is looked up that is not admitted.
pub(crate) async fn admit_password(
    visit: &Visit<'_>,
    email: &Email,
) -> Result<(Option<PasswordAccount<Seen>>, Admitted), Problem> {
    let stranger = Asker {
        account: Some(email),
        ..asker(visit)
    };
    let Some(device) = device::known(visit) else {
        let admitted = ask(visit, Act::Password, &stranger).await?;
        return Ok((password_account(visit, email).await?, admitted));
    };
    let account = password_account(visit, email).await?;
    let is_own = |account: &PasswordAccount<Seen>| device.knows(&account.seen.user_id);
    let asker = Asker {
        device: account.as_ref().is_some_and(is_own).then(|| device.id()),
        ..stranger
    };
    let admitted = ask(visit, Act::Password, &asker).await?;
    Ok((account, admitted))
}

/// The same for somebody who is signed in: what strangers try does not touch that.
pub(crate) async fn admit_in_session(
    visit: &Visit<'_>,
    act: Act,
    email: &Email,
) -> Result<Admitted, Problem> {
    let asker = Asker {
        account: Some(email),
        device: Some(IN_SESSION),
        ..asker(visit)
    };
    ask(visit, act, &asker).await
}

/// Whether this instance has seen it refused a moment ago. Counts nothing and asks nobody:
/// for what cannot be guessed, of which only failures count, by [`admit`], afterwards.
pub(crate) fn check_remembered(visit: &Visit<'_>, act: Act) -> Result<(), Problem> {
    let rules = visit.site.sign_in.limits.rules(act, &asker(visit));
    remembered(&visit.arrival.place(), &rules, visit.arrival.now)
}

/// What has led somebody in counts no longer for the network that they come from: behind one
/// address is a whole office.
pub(crate) async fn give_back_to_network(visit: &Visit<'_>, acts: &[Act]) {
    let asker = asker(visit);
    let rules = acts
        .iter()
        .flat_map(|act| visit.site.sign_in.limits.rules(*act, &asker));
    let rules = rules.filter(|rule| rule.name.ends_with(".network"));
    let admitted = Admitted {
        rules: rules.collect(),
        states: Vec::new(),
    };
    admitted.give_back(visit).await;
}

impl Admitted {
    /// It was right, or never tried: it counts no longer.
    pub(crate) async fn give_back(self, visit: &Visit<'_>) {
        let rules: Vec<Asked> = self.rules.iter().map(asked).collect();
        if rules.is_empty() {
            return;
        }
        let place = visit.arrival.place();
        // Whoever was right has been, and counts once too often.
        if let Err(error) = limits::give_back(place, rules, visit.arrival.now).await {
            log::error("limits.not_given_back", &format!("{error:?}"));
        }
    }

    /// The same of what no guess was judged in: it says nothing about the account.
    pub(crate) async fn give_back_untried(mut self, visit: &Visit<'_>) {
        self.rules.retain(|rule| rule.lockout.is_none());
        self.give_back(visit).await;
    }

    /// What is asked of whoever comes now, where limits are near that many share. What is
    /// left for one address says nothing of who asks.
    pub(crate) fn difficulty(&self) -> Option<Difficulty> {
        let asked = self.rules.iter().zip(&self.states);
        let shared = asked.filter(|(rule, _)| !rule.name.ends_with(".account"));
        shared
            .filter_map(|(rule, state)| Difficulty::by_rest(state.left, rule.limit.most))
            .max()
    }
}

impl Reached {
    /// What the visitor reads.
    pub(crate) const fn message(self) -> Text {
        match self.wait_seconds {
            ..=60 => problems::LIMITED_MINUTE,
            61..=600 => problems::LIMITED_MINUTES,
            _ => problems::LIMITED_HOUR,
        }
    }

    /// Any, for tests of what is said.
    #[cfg(test)]
    pub(crate) const fn any() -> Self {
        Self {
            name: "lockout",
            most: 10,
            window_seconds: 60,
            wait_seconds: 30,
        }
    }
}

/// The answer to a problem, and when to come again where a limit was reached: `Retry-After`
/// (RFC 9110 §10.2.3), and `RateLimit` and `RateLimit-Policy` as in
/// draft-ietf-httpapi-ratelimit-headers-10.
pub(crate) fn told(answer: Answer, problem: Problem) -> Answer {
    let Problem::Limited(reached) = problem else {
        return answer;
    };
    let Reached {
        name,
        most,
        window_seconds,
        wait_seconds,
    } = reached;
    let answer = with(answer, RETRY_AFTER, HeaderValue::from(wait_seconds));
    fields(answer, name, (most, window_seconds), (0, wait_seconds))
}

/// The limit of all requests, where there is one: what is left of it stands on the answer.
pub(crate) async fn admit_request(visit: &Visit<'_>) -> Result<Admitted, Problem> {
    ask(visit, Act::Api, &asker(visit)).await
}

/// The answer with what is left of the limit of all requests.
pub(crate) fn with_rest(answer: Answer, admitted: &Admitted) -> Answer {
    match (&admitted.rules[..], &admitted.states[..]) {
        ([rule], [state]) => {
            let limit = (rule.limit.most, rule.limit.seconds);
            fields(answer, rule.name, limit, (state.left, state.seconds))
        }
        _ => answer,
    }
}

fn fields(answer: Answer, name: &str, limit: (u32, u32), rest: (u32, u64)) -> Answer {
    let policy = format!("\"{name}\";q={};w={}", limit.0, limit.1);
    let rest = format!("\"{name}\";r={};t={}", rest.0, rest.1);
    [("ratelimit-policy", policy), ("ratelimit", rest)]
        .into_iter()
        .fold(
            answer,
            |answer, (name, value)| match HeaderValue::from_str(&value) {
                Ok(value) => with(answer, HeaderName::from_static(name), value),
                Err(_) => answer,
            },
        )
}

fn asker(visit: &Visit<'_>) -> Asker<'static> {
    let client = visit.arrival.client;
    Asker {
        network: client.and_then(|client| Network::of(client.ip())),
        ..Asker::default()
    }
}

async fn ask(visit: &Visit<'_>, act: Act, asker: &Asker<'_>) -> Result<Admitted, Problem> {
    let rules = visit.site.sign_in.limits.rules(act, asker);
    let (place, now) = (visit.arrival.place(), visit.arrival.now);
    remembered(&place, &rules, now)?;
    if rules.is_empty() {
        let states = Vec::new();
        return Ok(Admitted { rules, states });
    }
    if let Some((rule, wait)) = shut(&place, &rules, now).await? {
        return Err(refused(visit, &place, rule, wait));
    }
    let asked = rules.iter().map(asked).collect();
    let states = match limits::admit(place.clone(), asked, now).await {
        Ok(states) => states,
        Err(_logged) if act.goes_on_without_store() => {
            log::error("limits.unasked", "the store does not answer");
            Vec::new()
        }
        Err(error) => return Err(error.into()),
    };
    let mut answers = rules.iter().zip(&states);
    if let Some((rule, state)) = answers.find(|(_, state)| !state.admitted) {
        return Err(refused(visit, &place, rule, state.seconds));
    }
    Ok(Admitted { rules, states })
}

/// What was refused here a moment ago is refused again.
fn remembered(place: &Place, rules: &[Rule], now: u64) -> Result<(), Problem> {
    let refused = REFUSED.with_borrow(|refused| {
        let mut asked = rules.iter();
        asked.find_map(|rule| Some((rule, refused.wait(place, rule, now)?)))
    });
    match refused {
        Some((rule, wait)) => Err(Problem::Limited(reached(rule, wait))),
        None => Ok(()),
    }
}

/// A door that is shut, and for how long: it is looked at first, so that guesses at an
/// account that is shut spend nothing of what others need.
async fn shut<'r>(
    place: &Place,
    rules: &'r [Rule],
    now: u64,
) -> Result<Option<(&'r Rule, u64)>, Error> {
    for rule in rules {
        if let Asked::Lockout(lockout) = asked(rule)
            && let Some(wait) = limits::shut(place.clone(), lockout, now).await?
        {
            return Ok(Some((rule, wait)));
        }
    }
    Ok(None)
}

/// Remembered and recorded.
fn refused(visit: &Visit<'_>, place: &Place, rule: &Rule, wait: u64) -> Problem {
    let now = visit.arrival.now;
    REFUSED.with_borrow_mut(|refused| refused.remember(place, rule, now, wait));
    let audited = match rule.lockout {
        Some(_) => Audited::AccountLocked,
        None => Audited::Limited,
    };
    visit.record(Event::of_nobody(audited).about(rule.name));
    Problem::Limited(reached(rule, wait))
}

fn reached(rule: &Rule, wait_seconds: u64) -> Reached {
    Reached {
        name: rule.name,
        most: rule.limit.most,
        window_seconds: rule.limit.seconds,
        wait_seconds: wait_seconds.max(1),
    }
}

fn asked(rule: &Rule) -> Asked {
    let whose = rule.whose.to_vec();
    match rule.lockout {
        Some(lockout) => Asked::Lockout(limits::Lockout {
            whose,
            free: rule.limit.most,
            delay_seconds: rule.limit.seconds,
            longest_seconds: lockout.longest_seconds,
            forget_seconds: lockout.forget_seconds,
        }),
        None => Asked::Bucket(Bucket {
            purpose: rule.name.to_owned(),
            whose,
            amount: 1,
            limit: rule.limit.most,
            window_seconds: rule.limit.seconds,
        }),
    }
}

impl Refused {
    fn wait(&self, place: &Place, rule: &Rule, now: u64) -> Option<u64> {
        let until = self.0.get(&key(place, rule))?;
        until.checked_sub(now).filter(|wait| *wait > 0)
    }

    fn remember(&mut self, place: &Place, rule: &Rule, now: u64, wait: u64) {
        if self.0.len() >= REMEMBERED_MAX {
            self.0.retain(|_, until| *until > now);
        }
        // Who fills it up in so short a time asks the store each time again.
        if self.0.len() < REMEMBERED_MAX {
            let until = now.saturating_add(wait.min(REMEMBERED_SECONDS));
            self.0.insert(key(place, rule), until);
        }
    }
}

/// One instance serves several places.
fn key(place: &Place, rule: &Rule) -> Key {
    let place = format!("{}\n{}", place.schema, place.url);
    (place, rule.name, rule.whose)
}

#[cfg(test)]
mod tests {
    use gatelet_texts::are_sentences;

    use super::*;
    use gatelet_sign_in::limits::Limit;

    fn rule(whose: u8) -> Rule {
        Rule {
            name: "password.all",
            whose: [whose; 32],
            limit: Limit {
                most: 5,
                seconds: 60,
            },
            lockout: None,
        }
    }

    fn place(schema: &str) -> Place {
        Place {
            url: String::new(),
            schema: schema.to_owned(),
        }
    }

    #[test]
    fn what_the_store_refused_is_refused_for_a_while_here_and_for_nobody_else() {
        let mut refused = Refused(BTreeMap::new());
        refused.remember(&place(""), &rule(1), 100, 3);
        refused.remember(&place(""), &rule(2), 100, 3_600);
        let wait = |whose, now| refused.wait(&place(""), &rule(whose), now);
        assert_eq!(
            (wait(1, 100), wait(1, 102), wait(1, 103)),
            (Some(3), Some(1), None)
        );
        assert_eq!((wait(2, 104), wait(2, 105)), (Some(1), None), "asked again");
        assert_eq!(wait(3, 100), None);
        assert_eq!(refused.wait(&place("a"), &rule(1), 100), None);
    }

    #[test]
    fn what_is_remembered_has_a_bound_and_makes_room_in_time() {
        let mut refused = Refused(BTreeMap::new());
        let rule = |n: usize| Rule {
            whose: core::array::from_fn(|at| u8::try_from(n >> (8 * (at % 2)) & 255).unwrap_or(0)),
            ..rule(0)
        };
        for n in 0..2 * REMEMBERED_MAX {
            refused.remember(&place(""), &rule(n), 100, 60);
        }
        assert_eq!(refused.0.len(), REMEMBERED_MAX);
        refused.remember(&place(""), &rule(5_000), 100 + REMEMBERED_SECONDS, 60);
        assert_eq!(refused.0.len(), 1);
    }

    #[test]
    fn what_to_wait_for_is_said_in_words_and_in_fields() {
        let answer = Answer::new(bytes::Bytes::new());
        let answer = told(answer, Problem::Limited(Reached::any()));
        let field = |name: &str| answer.headers().get(name).and_then(|v| v.to_str().ok());
        assert_eq!(field("retry-after"), Some("30"));
        assert_eq!(field("ratelimit-policy"), Some("\"lockout\";q=10;w=60"));
        assert_eq!(field("ratelimit"), Some("\"lockout\";r=0;t=30"));
        let waits = [1, 60, 61, 600, 601, 9_999].map(|wait_seconds| {
            let reached = Reached {
                wait_seconds,
                ..Reached::any()
            };
            reached.message()
        });
        assert!(waits.iter().all(|message| are_sentences(*message)));
        assert_eq!(
            (waits[0], waits[2], waits[4]),
            (waits[1], waits[3], waits[5])
        );
    }
}
