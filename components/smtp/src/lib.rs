//! Says that this host reaches no mail server: TLS over WASI's sockets is to come.
//! `gatelet up` puts native code in its place. Mail services are reached by HTTP
//! everywhere, without it.

mod bindings;

use bindings::exports::gatelet::smtp::submission::{Envelope, Error, Guest, Server};

struct Smtp;

impl Guest for Smtp {
    async fn submit(_: Server, _: Envelope, _: Vec<u8>) -> Result<(), Error> {
        Err(Error::Unsupported)
    }

    async fn wake(_: String) -> bool {
        false
    }
}
