//! Where are passwords hashed? In `passwords`, which shares out what there is of
//! processors among those who ask, and says so when there is no more.

use std::net::{IpAddr, Ipv6Addr};

use crate::bindings::gatelet::passwords::hashing::{self, Error};
use crate::problem::Problem;
use crate::visit::Visit;
use gatelet_core::error::Code;
use gatelet_hashing::{Algorithm, Work};
use gatelet_sign_in::derivation::Derivation;
use gatelet_web::{Explain as _, log};

/// What is known once its password is hashed.
pub(crate) async fn hashed<T: 'static>(
    visit: &Visit<'_>,
    derivation: Derivation<T>,
) -> Result<T, Problem> {
    let whose = visit.arrival.client.map(|client| network(client.ip()));
    let (password, work) = crossing(derivation.work());
    match hashing::derive(whose.unwrap_or_default(), password, work).await {
        Ok(outcome) => Ok(derivation.settle(&outcome)),
        Err(Error::Busy) => {
            log::note(Problem::Busy.code(), "");
            Err(Problem::Busy)
        }
        Err(Error::Unaffordable) => {
            let detail = "a password cannot be hashed: there is not enough memory";
            log::error(Code::Internal.as_str(), detail);
            Err(Problem::denied(Code::Internal))
        }
    }
}

/// Whoever has an IPv6 address has as many as they like in its /64.
pub(crate) fn network(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
    }
}

fn crossing(work: &Work) -> (String, hashing::Work) {
    let (algorithm, version) = work.algorithm();
    let params = work.params();
    let password = work.password().expose().to_owned();
    let work = hashing::Work {
        algorithm: match algorithm {
            Algorithm::Argon2d => hashing::Algorithm::Argon2d,
            Algorithm::Argon2i => hashing::Algorithm::Argon2i,
            Algorithm::Argon2id => hashing::Algorithm::Argon2id,
        },
        version: version.into(),
        memory_kib: params.m_cost(),
        passes: params.t_cost(),
        lanes: params.p_cost(),
        salt: work.salt().to_vec(),
        length: u32::try_from(work.length()).expect("a hash is short"),
    };
    (password, work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_are_one_asker() {
        for (one, other, same) in [
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("2001:db8::1", "2001:db8::2:3:4", true),
            ("2001:db8::1", "2001:db8:0:1::1", false),
        ] {
            let [one, other] = [one, other].map(|address| network(address.parse().expect(address)));
            assert_eq!(one == other, same, "{one} {other}");
        }
    }
}
