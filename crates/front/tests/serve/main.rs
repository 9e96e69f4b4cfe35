//! The front on loopback, a real app behind it, and clients that write bytes.

mod cancelled;
mod forward;
mod harness;
mod heads;
mod kept;
mod lifecycle;
mod places;
mod protocols;
mod refusals;
mod standing;
mod upgrade;
