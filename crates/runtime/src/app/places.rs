//! Is there room for one more request in a component? So many may wait for their answer
//! at once, and so many of one visitor's network, so that nobody takes all of them.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Requests at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// That wait for their answer.
    pub waiting: usize,
    /// That wait for their answer, of one network.
    pub waiting_for_one: usize,
    /// Whose answer is on its way, of one network.
    pub answered_for_one: usize,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            waiting: 2048,
            waiting_for_one: 512,
            answered_for_one: 1024,
        }
    }
}

/// The places of one component.
#[derive(Debug)]
pub(super) struct Places(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    room: Room,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    waiting: usize,
    /// Waiting and answered; who has none is not there.
    by_network: BTreeMap<IpAddr, (usize, usize)>,
}

/// A request's place, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    shared: Arc<Shared>,
    network: Option<IpAddr>,
    answered: bool,
}

impl Places {
    pub(super) fn new(room: Room) -> Self {
        Self(Arc::new(Shared {
            room,
            taken: Mutex::default(),
        }))
    }

    /// A place for what comes from another component. Its visitor has one there, so there
    /// is always one here: or a crowd at the sign-in pages would shut every app that
    /// asks them who is signed in.
    pub(super) fn take_beside(&self) -> Place {
        self.0.taken().waiting += 1;
        Place {
            shared: Arc::clone(&self.0),
            network: None,
            answered: false,
        }
    }

    /// A place for whoever asks from this address; None when there is none.
    pub(super) fn take(&self, address: Option<IpAddr>) -> Option<Place> {
        let network = address.map(network);
        let Shared { room, .. } = &*self.0;
        let mut taken = self.0.taken();
        if taken.waiting >= room.waiting {
            return None;
        }
        if let Some(network) = network {
            let (waiting, answered) = taken.by_network.entry(network).or_default();
            if *waiting >= room.waiting_for_one || *answered >= room.answered_for_one {
                return None;
            }
            *waiting += 1;
        }
        taken.waiting += 1;
        Some(Place {
            shared: Arc::clone(&self.0),
            network,
            answered: false,
        })
    }

    /// How many wait, and from how many networks somebody has a place.
    #[cfg(test)]
    pub(super) fn taken(&self) -> (usize, usize) {
        let taken = self.0.taken();
        (taken.waiting, taken.by_network.len())
    }
}

impl Place {
    /// The answer has begun: it is waited for no more.
    pub(super) fn answered(&mut self) {
        if !std::mem::replace(&mut self.answered, true) {
            let mut taken = self.shared.taken();
            taken.waiting -= 1;
            if let Some((waiting, answered)) = taken.of(self.network) {
                *waiting -= 1;
                *answered += 1;
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.shared.taken();
        if !self.answered {
            taken.waiting -= 1;
        }
        let Some((waiting, answered)) = taken.of(self.network) else {
            return;
        };
        if self.answered {
            *answered -= 1;
        } else {
            *waiting -= 1;
        }
        if let (Some(network), (0, 0)) = (self.network, (*waiting, *answered)) {
            taken.by_network.remove(&network);
        }
    }
}

impl Shared {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn of(&mut self, network: Option<IpAddr>) -> Option<&mut (usize, usize)> {
        self.by_network.get_mut(&network?)
    }
}

/// Whoever has an IPv6 address has as many as they like in its /64.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    fn places() -> Places {
        Places::new(Room {
            waiting: 5,
            waiting_for_one: 2,
            answered_for_one: 3,
        })
    }

    #[test]
    fn one_network_does_not_take_all_places() {
        let places = places();
        let held: Vec<_> = ["2001:db8::1", "2001:db8::2", "2001:db8::3"]
            .into_iter()
            .filter_map(|one| places.take(address(one)))
            .collect();
        assert_eq!(held.len(), 2);
        for other in ["2001:db8:0:1::1", "192.0.2.1", "::ffff:192.0.2.1"] {
            let place = places.take(address(other)).expect(other);
            std::mem::forget(place);
        }
        assert!(places.take(address("192.0.2.9")).is_none(), "all are taken");
        assert!(places.take(None).is_none());
    }

    #[test]
    fn an_answer_on_its_way_leaves_its_place_to_who_waits() {
        let places = places();
        let mut held = Vec::new();
        for _ in 0..3 {
            let mut place = places.take(address("192.0.2.1")).expect("room");
            place.answered();
            place.answered();
            held.push(place);
        }
        assert_eq!(places.taken(), (0, 1));
        assert!(
            places.take(address("192.0.2.1")).is_none(),
            "enough for one"
        );
        assert!(places.take(address("192.0.2.2")).is_some());
        held.clear();
        assert_eq!(places.taken(), (0, 0));
        assert!(places.take(address("192.0.2.1")).is_some());
    }
}
