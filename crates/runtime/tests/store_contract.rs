//! The contract of the store's ports: one suite, on both engines, through the
//! component as it is shipped, on the host as it is shipped.

// The harness of the front-door tests, by file and not as a crate: that crate's
// dependencies would change the features of wasmtime's, and so compile it twice.
macro_rules! harness {
    ($($module:ident = $path:literal;)*) => {
        $(
            #[allow(dead_code, unreachable_pub, reason = "made for more tests than these")]
            #[path = $path]
            mod $module;
        )*
    };
}

harness! {
    janitor = "../../../tests/src/janitor.rs";
    postgres = "../../../tests/src/postgres.rs";
    process = "../../../tests/src/process.rs";
    runtime = "../../../tests/src/runtime.rs";
}

mod store;

/// A loopback port that nobody listens on at this moment.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("a bound socket").port()
}
