//! Gatelet through its front door. Each test's name is its claim.

mod harness;
