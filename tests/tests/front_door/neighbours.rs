//! Real programs in front of Gatelet and behind it, set up as the documentation says.

mod behind;
mod caches;
mod in_front;
