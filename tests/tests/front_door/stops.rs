//! How does it stop, and who is told before?

use std::time::{Duration, Instant};

use gatelet_tests::cases::Engine;
use gatelet_tests::gatelet::{Gatelet, Setup};
use rustix::process::Signal;

/// What `gatelet health` finds.
fn is_well(gatelet: &Gatelet, asked: &[&str]) -> bool {
    let asked = [&["health"], asked].concat();
    gatelet.setup().run(&asked).status.success()
}

#[test]
fn a_balancer_has_time_to_take_a_server_out_that_is_asked_to_stop() {
    let mut gatelet = Setup::new(Engine::Sqlite)
        .arguments(&["--shutdown-delay", "10m"])
        .start();
    let visitor = gatelet.visitor();
    let ready = format!("http://{}/health/ready", gatelet.address());
    assert!(is_well(&gatelet, &[]) && is_well(&gatelet, &[&ready]));
    gatelet.process().signal(Signal::TERM);
    gatelet.wait_for_line(&["while /health/live answers 503"]);
    let began = Instant::now();
    while is_well(&gatelet, &[]) {
        assert!(began.elapsed() < Duration::from_secs(10));
    }
    assert!(!is_well(&gatelet, &[&ready]));
    visitor.visit("/auth/sign-in").send().expect(200);
    // Asked again, it does not wait.
    gatelet.stop();
    assert!(!is_well(&gatelet, &[]));
}
