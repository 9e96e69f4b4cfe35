//! What does more of everything cost? Sessions that are kept, servers side by side,
//! connections that only wait, origins whose time is over.

use super::Effort;
use super::nginx::Nginx;
use super::served::Shared;
use super::turns::Turns;

use connections::Connections;
use sweeping::Sweeping;

pub(crate) mod connections;
mod fleet;
mod sessions;
pub(crate) mod sweeping;

pub(crate) use sessions::ASKED;

/// What was measured.
pub(crate) struct Measured {
    /// A thousand sessions in Postgres, then a million, asked for each time.
    pub(crate) sessions: Turns,
    /// nginx before one Gatelet, then before three; before one nginx, then before three.
    pub(crate) fleet: Turns,
    pub(crate) connections: Connections,
    pub(crate) sweeping: Vec<Sweeping>,
}

pub(crate) fn measure(shared: &Shared, origin: &Nginx, effort: Effort) -> Measured {
    Measured {
        connections: connections::measure(shared),
        fleet: fleet::measure(shared, origin, effort),
        sweeping: sweeping::measure(),
        sessions: sessions::measure(shared, effort),
    }
}
