//! Makes the Rust example of the sheet for developers into a program that is told where to
//! listen: as it is shown, but for the address.

use std::{env, fs, path::Path};

fn main() {
    let shown = Path::new("example").join("../../crates/guide/snippets/main.rs");
    println!("cargo::rerun-if-changed={}", shown.display());
    let code = fs::read_to_string(shown).expect("the example");
    let address = "\"127.0.0.1:8000\"";
    assert_eq!(code.matches(address).count(), 1, "where it listens");
    let told = "std::env::args().nth(1).unwrap()";
    let out = env::var_os("OUT_DIR").expect("OUT_DIR");
    let file = Path::new(&out).join("greeting.rs");
    fs::write(file, code.replace(address, told)).expect("OUT_DIR can be written");
}
