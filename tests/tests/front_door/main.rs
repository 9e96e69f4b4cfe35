//! Gatelet through its front door. Each test's name is its claim.

mod access;
mod accounts;
mod apps;
mod browser_origins;
mod browsers;
mod bundled;
mod configuration;
mod cookies;
mod crowds;
mod database;
mod forms;
mod gateway;
mod harness;
mod hostile_providers;
mod middleware;
mod misdirected;
mod neighbours;
mod origins;
mod provider_words;
mod providers;
mod proxy;
mod return_targets;
mod set_ups;
mod spin;
mod tls;
mod transport;
