#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| gatelet_forms::fuzz::form_body(input));
