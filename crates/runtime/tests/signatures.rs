//! Does the `signatures` component judge as it should, as it is shipped?

use std::path::Path;

use gatelet_verifying::contract::assert_verifies;
use gatelet_verifying::{Claim, Key};
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Store};

use bindings::Signatures;
use bindings::exports::gatelet::signatures::verifying::{self, RsaKey};

mod bindings {
    wasmtime::component::bindgen!({
        path: "../../wit/signatures",
        world: "gatelet:signatures/signatures",
    });
}

struct Port {
    signatures: Signatures,
    store: Store<()>,
}

impl Port {
    /// The standard library imports what nothing here calls.
    fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let engine = Engine::default();
        let component = root.join("target/components/signatures.wasm");
        let component = Component::from_file(&engine, component).expect("make build");
        let mut linker = Linker::new(&engine);
        let trapping = linker.define_unknown_imports_as_traps(&component);
        trapping.expect("imports that trap");
        let mut store = Store::new(&engine, ());
        let signatures = Signatures::instantiate(&mut store, &component, &linker);
        let signatures = signatures.expect("an instance");
        Self { signatures, store }
    }

    fn verify(&mut self, key: &verifying::Key, message: &[u8], signature: &[u8]) -> bool {
        let port = self.signatures.gatelet_signatures_verifying();
        let verified = port.call_verify(&mut self.store, key, message, signature);
        verified.expect("it answers")
    }
}

fn crossing(key: &Key) -> verifying::Key {
    match key {
        Key::Es256(point) => verifying::Key::Es256(point.to_vec()),
        Key::Ed25519(bytes) => verifying::Key::Ed25519(bytes.to_vec()),
        Key::Rs256(key) => verifying::Key::Rs256(RsaKey {
            n: key.n.clone(),
            e: key.e.clone(),
        }),
    }
}

#[test]
fn the_component_judges_as_it_should() {
    let mut port = Port::new();
    assert_verifies(|claim: &Claim<'_>| {
        port.verify(&crossing(claim.key), claim.message, claim.signature)
    });
}

#[test]
fn what_is_no_key_has_signed_nothing() {
    let mut port = Port::new();
    let none = [
        verifying::Key::Es256(vec![4; 65]),
        verifying::Key::Es256(Vec::new()),
        verifying::Key::Ed25519(vec![1; 31]),
        verifying::Key::Rs256(RsaKey {
            n: vec![0xff; 128],
            e: vec![3],
        }),
    ];
    for key in none {
        assert!(!port.verify(&key, b"", b""), "{key:?}");
    }
}
