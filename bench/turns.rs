//! How fast is each? All take turns, so that what the machine does meanwhile hits all
//! alike, and two of them are compared within a round and never across rounds.

use std::time::Duration;

use super::Effort;
use super::contender::{Contender, Turn};
use super::spread::Spread;
use super::who::Who;

/// What each contender did, round by round.
#[derive(Clone, Debug)]
pub(crate) struct Turns {
    contenders: Vec<(Who, Vec<Turn>)>,
}

/// Memory before and after many requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endurance {
    pub(crate) requests: u64,
    pub(crate) before_kib: u64,
    pub(crate) half_way_kib: u64,
    pub(crate) after_kib: u64,
}

impl Turns {
    /// Measures all of them. Every other round goes the other way round, so that nobody
    /// always comes after the same one.
    pub(crate) fn take(contenders: &[Contender], connections: usize, effort: Effort) -> Self {
        for contender in contenders {
            contender.turn(connections, Duration::from_secs(1));
        }
        let mut turns: Vec<(Who, Vec<Turn>)> = contenders
            .iter()
            .map(|contender| (contender.who, Vec::new()))
            .collect();
        for round in 1..=effort.rounds {
            let mut order: Vec<usize> = (0..contenders.len()).collect();
            if round % 2 == 0 {
                order.reverse();
            }
            for at in order {
                let turn = contenders[at].turn(connections, effort.duration);
                eprintln!(
                    "   {round}/{}  {:46} {:>8.0} req/s  {:>5.1} µs CPU",
                    effort.rounds,
                    contenders[at].who.name(),
                    turn.per_second,
                    turn.cpu_us
                );
                turns[at].1.push(turn);
            }
        }
        Self { contenders: turns }
    }

    /// In the order in which they were given.
    pub(crate) fn everybody(&self) -> impl Iterator<Item = Who> {
        self.contenders.iter().map(|(who, _)| *who)
    }

    /// A figure of one contender.
    pub(crate) fn of(&self, who: Who, figure: impl Fn(&Turn) -> f64) -> Spread {
        Spread::of(self.rounds(who).iter().map(figure))
    }

    /// Two contenders' figures of the same round, put together.
    pub(crate) fn beside(
        &self,
        (one, other): (Who, Who),
        figure: impl Fn(&Turn) -> f64,
        together: impl Fn(f64, f64) -> f64,
    ) -> Spread {
        let pairs = self.rounds(one).iter().zip(self.rounds(other));
        Spread::of(pairs.map(|(one, other)| together(figure(one), figure(other))))
    }

    /// Requests a second, as a part of another's.
    pub(crate) fn share(&self, who: Who, of: Who) -> Spread {
        self.beside((who, of), |turn| turn.per_second, |one, other| one / other)
    }

    /// CPU a request beyond another's, in microseconds.
    pub(crate) fn added_us(&self, who: Who, to: Who) -> Spread {
        self.beside((who, to), |turn| turn.cpu_us, |one, other| one - other)
    }

    /// CPU a request of one beyond another's, less the same of two others in its round: as a
    /// percentage of the other's.
    pub(crate) fn added_beyond(&self, ours: (Who, Who), theirs: (Who, Who)) -> Spread {
        let cpu = |who| self.rounds(who).iter().map(|turn| turn.cpu_us);
        let pairs = |(more, less)| cpu(more).zip(cpu(less));
        let both = pairs(ours).zip(pairs(theirs));
        Spread::of(both.map(|((more, less), (their_more, their_less))| {
            ((more - less) - (their_more - their_less)) / less * 100.0
        }))
    }

    /// The most memory that it was seen with, in MiB.
    pub(crate) fn memory_mib(&self, who: Who) -> f64 {
        self.of(who, |turn| turn.resident_kib as f64).most / 1024.0
    }

    fn rounds(&self, who: Who) -> &[Turn] {
        let found = self.contenders.iter().find(|(one, _)| *one == who);
        let (_, turns) = found.expect("whoever is asked about took part");
        turns
    }
}

/// Many requests at one contender.
pub(crate) fn endure(contender: &Contender, requests: u64) -> Endurance {
    let (before_kib, mut half_way_kib, mut done) = (contender.resident_kib(), 0, 0);
    while done < requests {
        done += contender.load(128, Duration::from_secs(2));
        if half_way_kib == 0 && done >= requests / 2 {
            half_way_kib = contender.resident_kib();
        }
    }
    Endurance {
        requests: done,
        before_kib,
        half_way_kib,
        after_kib: contender.resident_kib(),
    }
}
