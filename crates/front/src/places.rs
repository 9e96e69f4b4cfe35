//! Who may have a connection, and who gives up theirs when there are none left?
//!
//! There are so many places, and so many for one peer. When they run out, those go that
//! get least done with theirs: who asks for nothing, then who is slowest to send or to
//! take. Whoever waits for the app, or has a tunnel, keeps it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gatelet_core::forwarded::TrustedProxies;
use tokio::sync::Notify;

use super::order::Handle;
use super::seldom::Seldom;
use super::watch::Idleness;

/// How long a full house waits before it looks again for somebody to show out.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// All places.
pub(super) struct Places {
    most: usize,
    most_of_a_peer: usize,
    /// Each speaks for many, so the limit for one peer is not theirs.
    proxies: TrustedProxies,
    taken: Mutex<Taken>,
    freed: Notify,
    /// Who has been told of as having too many.
    pub(super) refused: Seldom,
}

#[derive(Default)]
struct Taken {
    places: HashMap<u64, Place>,
    of_a_peer: HashMap<Peer, usize>,
    next: u64,
}

struct Place {
    peer: Option<Peer>,
    handle: Arc<Handle>,
    is_leaving: bool,
}

/// Whom connections are counted for: an IPv4 address, or the /64 of an IPv6 address,
/// which is one customer's (RFC 6177 §2).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Peer {
    V4(u32),
    V6(u64),
}

/// A connection's place, and its weight on its worker. Dropping it gives it up.
pub(super) struct Admission {
    places: Arc<Places>,
    number: u64,
    pub(super) handle: Arc<Handle>,
    load: Arc<AtomicUsize>,
}

impl Places {
    pub(super) fn new(most: usize, most_of_a_peer: usize, proxies: TrustedProxies) -> Arc<Self> {
        Arc::new(Self {
            most: most.max(1),
            most_of_a_peer: most_of_a_peer.max(1),
            proxies,
            taken: Mutex::default(),
            freed: Notify::new(),
            refused: Seldom::default(),
        })
    }

    /// Ends when there is room for one more.
    pub(super) async fn room(&self) {
        loop {
            let freed = self.freed.notified();
            {
                let mut taken = self.taken();
                if taken.places.len() < self.most {
                    return;
                }
                taken.show_out(None, self.most);
            }
            // Nobody to show out now may be somebody a moment later.
            let _ = tokio::time::timeout(LOOK_AGAIN, freed).await;
        }
    }

    /// Tells some to go that ask for nothing, full or not: the machine has no room.
    pub(super) fn make_room(&self) {
        let mut taken = self.taken();
        let of = taken.places.len();
        taken.show_out(None, of);
    }

    /// A place for a connection from this address; none where its peer has its share and
    /// is busy with all of them.
    pub(super) fn take(
        self: &Arc<Self>,
        address: IpAddr,
        handle: Arc<Handle>,
        load: &Arc<AtomicUsize>,
    ) -> Option<Admission> {
        let peer = self.counted(address);
        let mut taken = self.taken();
        if let Some(peer) = peer {
            let has = taken.of_a_peer.get(&peer).copied().unwrap_or(0);
            if has >= self.most_of_a_peer && !taken.show_out(Some(peer), self.most_of_a_peer) {
                return None;
            }
            *taken.of_a_peer.entry(peer).or_default() += 1;
        }
        let number = taken.next;
        taken.next = number.wrapping_add(1);
        let place = Place {
            peer,
            handle: Arc::clone(&handle),
            is_leaving: false,
        };
        taken.places.insert(number, place);
        load.fetch_add(1, Relaxed);
        Some(Admission {
            places: Arc::clone(self),
            number,
            handle,
            load: Arc::clone(load),
        })
    }

    /// None where the limit for one peer does not hold: this machine, and proxies that
    /// are known to speak for many.
    fn counted(&self, address: IpAddr) -> Option<Peer> {
        let address = address.to_canonical();
        if address.is_loopback() || self.proxies.contains(address) {
            return None;
        }
        Some(match address {
            IpAddr::V4(address) => Peer::V4(address.to_bits()),
            IpAddr::V6(address) => Peer::V6((address.to_bits() >> 64) as u64),
        })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// Tells some to go: of one peer, or of all. Answers whether anybody goes. A few at
    /// once, for looking at everybody is dear where somebody knocks all the time.
    fn show_out(&mut self, peer: Option<Peer>, of: usize) -> bool {
        let mut idle: Vec<(Idleness, u64)> = Vec::new();
        for (number, place) in &self.places {
            let concerned = peer.is_none_or(|peer| place.peer == Some(peer));
            if concerned
                && !place.is_leaving
                && let Some(idleness) = place.handle.activity.idleness()
            {
                idle.push((idleness, *number));
            }
        }
        let share = (of / 64).max(1).min(idle.len());
        if share == 0 {
            return false;
        }
        if share < idle.len() {
            idle.select_nth_unstable_by(share, |one, other| other.0.cmp(&one.0));
        }
        for (_, number) in idle.iter().take(share) {
            if let Some(place) = self.places.get_mut(number) {
                place.is_leaving = true;
                place.handle.close();
            }
        }
        true
    }
}

impl Drop for Admission {
    fn drop(&mut self) {
        self.load.fetch_sub(1, Relaxed);
        let mut taken = self.places.taken();
        let place = taken.places.remove(&self.number);
        if let Some(peer) = place.and_then(|place| place.peer)
            && let Some(has) = taken.of_a_peer.get_mut(&peer)
        {
            *has = has.saturating_sub(1);
            if *has == 0 {
                taken.of_a_peer.remove(&peer);
            }
        }
        drop(taken);
        self.places.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::super::watch::{Activity, CoarseClock};
    use super::*;

    struct House {
        places: Arc<Places>,
        clock: CoarseClock,
        load: Arc<AtomicUsize>,
    }

    impl House {
        fn new(most: usize, most_of_a_peer: usize) -> Self {
            let proxies = TrustedProxies::parse("10.0.0.0/8").expect("a network");
            Self {
                places: Places::new(most, most_of_a_peer, proxies),
                clock: CoarseClock::default(),
                load: Arc::default(),
            }
        }

        fn take(&self, address: &str) -> Option<Admission> {
            let activity = Arc::new(Activity::new(self.clock.clone()));
            let handle = Arc::new(Handle::new(activity));
            let address = address.parse().expect("an address");
            self.places.take(address, handle, &self.load)
        }

        fn busy(&self, address: &str) -> Admission {
            let admission = self.take(address).expect("a place");
            admission.handle.activity.request_begins();
            admission
        }
    }

    #[test]
    fn a_peer_has_its_share_and_others_have_theirs() {
        let house = House::new(100, 2);
        for (one, same, other) in [
            ("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2"),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"),
        ] {
            let _kept = (house.busy(one), house.busy(same));
            assert!(house.take(one).is_none(), "{one} is busy with its share");
            assert!(house.take(same).is_none(), "{same} is {one}");
            let elsewhere = house.take(other);
            assert!(elsewhere.is_some(), "{other} is somebody else");
        }
        assert_eq!(house.load.load(Relaxed), 0, "all were given up");
        assert!(house.places.taken().of_a_peer.is_empty(), "and forgotten");
    }

    #[test]
    fn this_machine_and_listed_proxies_speak_for_many() {
        let house = House::new(100, 1);
        for address in ["127.0.0.1", "::1", "10.1.2.3", "::ffff:10.1.2.3"] {
            let kept: Vec<_> = (0..5).map(|_| house.busy(address)).collect();
            assert_eq!(kept.len(), 5);
        }
    }

    #[test]
    fn a_peer_beyond_its_share_loses_what_it_does_not_use() {
        let house = House::new(100, 2);
        let (idle, busy) = (
            house.take("192.0.2.1").expect("a place"),
            house.busy("192.0.2.1"),
        );
        let other = house.take("192.0.2.2").expect("a place");
        assert!(house.take("192.0.2.1").is_some());
        assert!(idle.handle.is_to_close() && !busy.handle.is_to_close());
        assert!(!other.handle.is_to_close(), "nobody pays for another");
    }

    #[tokio::test]
    async fn in_a_full_house_the_idlest_goes_and_whoever_waits_for_the_app_stays() {
        let house = House::new(4, 4);
        let long_idle = house.take("192.0.2.1").expect("a place");
        house.clock.set(1000);
        let (idle, waiting) = (
            house.take("192.0.2.2").expect("a place"),
            house.busy("192.0.2.3"),
        );
        let slow = house.busy("192.0.2.4");
        let mut turn = super::super::watch::Turn::new(Arc::clone(&slow.handle.activity));
        turn.give();
        house.clock.set(2000);
        for next in [&long_idle, &idle, &slow] {
            assert!(!next.handle.is_to_close());
            let room = tokio::time::timeout(Duration::from_millis(10), house.places.room());
            assert!(
                room.await.is_err(),
                "there is none before somebody has gone"
            );
            assert!(next.handle.is_to_close());
        }
        let room = tokio::time::timeout(Duration::from_millis(300), house.places.room());
        assert!(room.await.is_err(), "nobody else goes");
        assert!(!waiting.handle.is_to_close());
        drop(slow);
        house.places.room().await;
    }
}
