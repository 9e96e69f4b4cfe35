#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| gatelet_core::fuzz::crossing(input));
