//! The contract of the store's ports: one suite, on every engine, through the
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
    mariadb = "../../../tests/src/mariadb.rs";
    port = "../../../tests/src/port.rs";
    postgres = "../../../tests/src/postgres.rs";
    process = "../../../tests/src/process.rs";
    redis_server = "../../../tests/src/redis.rs";
    runtime = "../../../tests/src/runtime.rs";
    service = "../../../tests/src/service.rs";
}

mod store;

use port::free_port;
