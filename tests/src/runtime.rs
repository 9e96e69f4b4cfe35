//! Where do the harness's servers and clients run? On one runtime for the whole
//! test binary, so that what one test starts for all outlives that test.

use std::future::Future;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Handle, Runtime};

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime for the tests")
    })
}

/// Runs a future to its end on the calling test's thread.
pub fn run<F: Future>(future: F) -> F::Output {
    runtime().block_on(future)
}

/// For spawning what goes on beside the test.
pub fn handle() -> Handle {
    runtime().handle().clone()
}
