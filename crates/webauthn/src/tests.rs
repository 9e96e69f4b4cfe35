//! The vectors of the specification, and what must be refused.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatelet_core::key::KeyRing;
use gatelet_verifying::Claim;
use p256::ecdsa::{Signature, SigningKey, signature::Signer as _};
use sha2::{Digest as _, Sha256};

use super::*;
use crate::challenge::CHALLENGE_RANDOM_BYTES;

const ORIGIN: &str = "https://example.org";
const ANN: &str = "ann";

fn holds(claim: &Claim<'_>) -> bool {
    claim.holds()
}

fn party() -> RelyingParty {
    RelyingParty::new(ORIGIN, None).expect("a domain")
}

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
    (0..hex.len()).step_by(2).map(digit).collect()
}

/// Both ceremonies of a vector.
fn both(vector: &[Vec<u8>]) -> Result<(Registered, Verified), Refusal> {
    let [object, created, authenticator_data, got, signature] = vector else {
        panic!("five values");
    };
    let attestation = Attestation {
        client_data: created,
        object,
    };
    let registered = party().register(&attestation, UserVerification::NotRequired)?;
    let credential = Credential {
        user_id: ANN,
        public_key: &registered.public_key,
        backup_eligible: registered.backup_eligible,
    };
    let assertion = Assertion {
        client_data: got,
        authenticator_data,
        signature,
        user_handle: None,
    };
    let verified = party().authenticate(
        &credential,
        &assertion,
        UserVerification::NotRequired,
        holds,
    )?;
    Ok((registered, verified))
}

fn vectors() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    let mut vectors: Vec<(&str, Vec<Vec<u8>>)> = Vec::new();
    let lines = include_str!("vectors.txt").lines();
    for line in lines.filter(|line| !line.starts_with('#')) {
        match line.strip_prefix("    ") {
            Some(hex) => vectors.last_mut().expect("a name").1.push(bytes(hex)),
            None => vectors.push((line, Vec::new())),
        }
    }
    vectors
}

#[test]
fn the_vectors_of_the_specification_are_judged_as_it_says() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 15);
    for (name, vector) in vectors {
        let expected = match name {
            // Our pages are in no frame.
            "none-es256-crossOrigin" | "none-es256-topOrigin" => Some(Refusal::Origin),
            // Not among those that are asked for.
            "packed-es384" | "packed-es512" | "packed-ed448" => Some(Refusal::PublicKey),
            _ => None,
        };
        assert_eq!(both(&vector).err(), expected, "{name}");
    }
}

/// Every third byte of what is signed, and of what is kept, is looked at.
#[test]
fn no_bit_of_a_vectors_assertion_can_be_changed() {
    for (name, vector) in vectors() {
        if both(&vector).is_err() {
            continue;
        }
        for part in 2..5 {
            for at in (0..vector[part].len()).step_by(3) {
                let mut changed = vector.clone();
                changed[part][at] ^= 1;
                assert!(both(&changed).is_err(), "{name}: {part} {at}");
            }
        }
        for part in [0, 2, 4] {
            for length in (0..vector[part].len()).step_by(3) {
                let mut cut = vector.clone();
                cut[part].truncate(length);
                assert!(both(&cut).is_err(), "{name}: {part} cut to {length}");
            }
            let mut longer = vector.clone();
            longer[part].push(0);
            assert!(both(&longer).is_err(), "{name}: {part} with a byte more");
        }
    }
}

/// An authenticator that does as it is told.
struct Authenticator(SigningKey);

impl Authenticator {
    fn new() -> Self {
        Self(SigningKey::from_slice(&[7; 32]).expect("a key"))
    }

    fn cose(&self) -> Vec<u8> {
        let point = self.0.verifying_key().to_sec1_point(false);
        let (x, y) = (point.x().expect("x"), point.y().expect("y"));
        [&bytes("a5010203262001215820")[..], x, &bytes("225820"), y].concat()
    }

    fn data(&self, flags: u8, count: u32) -> Vec<u8> {
        let rp = Sha256::digest("example.org");
        [rp.as_slice(), &[flags], &count.to_be_bytes()].concat()
    }

    fn attested(&self, flags: u8, cose: &[u8]) -> Vec<u8> {
        let mut data = self.data(flags | 1 << 6, 0);
        data.extend([0; 16]);
        data.extend([0, 4, b'c', b'r', b'e', b'd']);
        data.extend(cose);
        data
    }

    fn sign(&self, data: &[u8], client_data: &[u8]) -> Vec<u8> {
        let message = [data, Sha256::digest(client_data).as_slice()].concat();
        let signature: Signature = self.0.sign(&message);
        signature.to_der().as_bytes().to_vec()
    }
}

fn object(format: &str, statement: &[u8], data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("short").to_be_bytes();
    let format = [&[0x60 + format.len() as u8], format.as_bytes()].concat();
    [
        &bytes("a363666d74")[..],
        &format,
        &bytes("6761747453746d74"),
        statement,
        &bytes("68617574684461746159"),
        &length,
        data,
    ]
    .concat()
}

fn client_data(kind: &str, origin: &str, challenge: &[u8], more: &str) -> Vec<u8> {
    let challenge = URL_SAFE_NO_PAD.encode(challenge);
    format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}"{more}}}"#).into()
}

fn registered_with(
    flags: u8,
    cose: &[u8],
    verification: UserVerification,
) -> Result<Registered, Refusal> {
    let data = Authenticator::new().attested(flags, cose);
    let attestation = Attestation {
        client_data: &client_data("webauthn.create", ORIGIN, b"c", ""),
        object: &object("none", &[0xa0], &data),
    };
    party().register(&attestation, verification)
}

fn signed_with(
    flags: u8,
    client_data: &[u8],
    user_handle: Option<&[u8]>,
    backup_eligible: bool,
    verification: UserVerification,
) -> Result<Verified, Refusal> {
    let authenticator = Authenticator::new();
    let data = authenticator.data(flags, 9);
    let credential = Credential {
        user_id: ANN,
        public_key: &URL_SAFE_NO_PAD.encode(authenticator.cose()),
        backup_eligible,
    };
    let assertion = Assertion {
        client_data,
        authenticator_data: &data,
        signature: &authenticator.sign(&data, client_data),
        user_handle,
    };
    party().authenticate(&credential, &assertion, verification, holds)
}

const UP: u8 = 1;
const UV: u8 = 4;
const BE: u8 = 8;
const BS: u8 = 16;

#[test]
fn flags_are_judged_as_the_ceremony_asks() {
    use UserVerification::{NotRequired, Required};
    let cose = Authenticator::new().cose();
    let get = client_data("webauthn.get", ORIGIN, b"c", "");
    for (flags, verification, refusal) in [
        (UP | UV, Required, None),
        (UP | UV | BE | BS, Required, None),
        (UP | BE, NotRequired, None),
        (UP, Required, Some(Refusal::UserVerification)),
        (UV, NotRequired, Some(Refusal::UserPresence)),
        (0, NotRequired, Some(Refusal::UserPresence)),
        (UP | BS, NotRequired, Some(Refusal::Backup)),
    ] {
        let registered = registered_with(flags, &cose, verification);
        let is_verified = registered.map(|new| new.user_verified);
        let expected = refusal.map_or(Ok(flags & UV != 0), Err);
        assert_eq!(is_verified, expected, "{flags:b}");
        let eligible = flags & BE != 0;
        let signed = signed_with(flags, &get, None, eligible, verification);
        assert_eq!(signed.err(), refusal, "{flags:b}");
    }
    let signed = |flags, eligible| signed_with(flags, &get, None, eligible, NotRequired);
    for (flags, was, is) in [(UP, false, false), (UP | BE, false, true), (UP, true, true)] {
        let verified = signed(flags, was).expect("it signs in");
        assert_eq!(verified.backup_eligible, is, "{flags:b} {was}");
    }
    let verified = signed(UP | UV | BE | BS, true).expect("good");
    let expected = Verified {
        sign_count: 9,
        backup_eligible: true,
        backed_up: true,
        user_verified: true,
    };
    assert_eq!(verified, expected);
}

#[test]
fn the_page_and_the_ceremony_must_be_the_right_ones() {
    let signed =
        |json: &[u8]| signed_with(UP, json, None, false, UserVerification::NotRequired).err();
    let get = |origin, more| client_data("webauthn.get", origin, b"c", more);
    assert_eq!(signed(&get(ORIGIN, "")), None);
    assert_eq!(
        signed(&get(ORIGIN, r#","crossOrigin":false,"x":{"y":[1]}"#)),
        None
    );
    for (json, refusal) in [
        (
            client_data("webauthn.create", ORIGIN, b"c", ""),
            Refusal::Type,
        ),
        (client_data("", ORIGIN, b"c", ""), Refusal::Type),
        (get("https://example.org.evil.example", ""), Refusal::Origin),
        (get("https://www.example.org", ""), Refusal::Origin),
        (get("http://example.org", ""), Refusal::Origin),
        (get("https://example.org:8443", ""), Refusal::Origin),
        (get("https://example.org/", ""), Refusal::Origin),
        (get(ORIGIN, r#","crossOrigin":true"#), Refusal::Origin),
        (
            get(ORIGIN, r#","topOrigin":"https://example.org""#),
            Refusal::Origin,
        ),
        (
            get(ORIGIN, r#","origin":"https://evil.example""#),
            Refusal::ClientData,
        ),
        (b"{}".to_vec(), Refusal::ClientData),
        (b"".to_vec(), Refusal::ClientData),
        (b"[]".to_vec(), Refusal::ClientData),
        (get(ORIGIN, r#","x":"#), Refusal::ClientData),
    ] {
        let shown = String::from_utf8_lossy(&json).into_owned();
        assert_eq!(signed(&json), Some(refusal), "{shown}");
    }
    let big = get(ORIGIN, &format!(r#","x":"{}""#, "a".repeat(20_000)));
    assert_eq!(signed(&big), Some(Refusal::ClientData));
    let other = RelyingParty::new("https://example.org", None).expect("a domain");
    assert_eq!(other.id(), "example.org");
}

#[test]
fn another_partys_credential_or_anothers_handle_is_refused() {
    let get = client_data("webauthn.get", ORIGIN, b"c", "");
    let signed = |handle| signed_with(UP, &get, handle, false, UserVerification::NotRequired);
    assert!(signed(Some(ANN.as_bytes())).is_ok());
    assert_eq!(signed(Some(b"bob")).err(), Some(Refusal::UserHandle));
    assert_eq!(signed(Some(b"")).err(), Some(Refusal::UserHandle));

    let authenticator = Authenticator::new();
    let mut data = authenticator.data(UP, 9);
    data[..32].copy_from_slice(Sha256::digest("evil.example").as_slice());
    let credential = Credential {
        user_id: ANN,
        public_key: &URL_SAFE_NO_PAD.encode(authenticator.cose()),
        backup_eligible: false,
    };
    let assertion = Assertion {
        client_data: &get,
        authenticator_data: &data,
        signature: &authenticator.sign(&data, &get),
        user_handle: None,
    };
    let judged = party().authenticate(
        &credential,
        &assertion,
        UserVerification::NotRequired,
        holds,
    );
    assert_eq!(judged.err(), Some(Refusal::RelyingParty));
}

#[test]
fn a_signature_is_the_registered_keys_alone() {
    let get = client_data("webauthn.get", ORIGIN, b"c", "");
    let authenticator = Authenticator::new();
    let stranger = Authenticator(SigningKey::from_slice(&[8; 32]).expect("a key"));
    let data = authenticator.data(UP, 9);
    let judged = |key: &[u8], signature: &[u8]| {
        let credential = Credential {
            user_id: ANN,
            public_key: &URL_SAFE_NO_PAD.encode(key),
            backup_eligible: false,
        };
        let assertion = Assertion {
            client_data: &get,
            authenticator_data: &data,
            signature,
            user_handle: None,
        };
        party().authenticate(
            &credential,
            &assertion,
            UserVerification::NotRequired,
            holds,
        )
    };
    let (key, good) = (authenticator.cose(), authenticator.sign(&data, &get));
    assert!(judged(&key, &good).is_ok());
    assert_eq!(
        judged(&key, &stranger.sign(&data, &get)).err(),
        Some(Refusal::Signature)
    );
    assert_eq!(judged(&key, b"").err(), Some(Refusal::Signature));
    assert_eq!(
        judged(&stranger.cose(), &good).err(),
        Some(Refusal::Signature)
    );
    assert_eq!(
        judged(&[&key[..], &[0]].concat(), &good).err(),
        Some(Refusal::Signature)
    );
    assert_eq!(judged(&key[..40], &good).err(), Some(Refusal::PublicKey));
}

#[test]
fn a_key_is_one_of_those_that_were_asked_for_and_whole() {
    let register = |cose: &[u8]| registered_with(UP, cose, UserVerification::NotRequired).err();
    let good = Authenticator::new().cose();
    assert_eq!(register(&good), None);
    let changed = |at: usize, byte: u8| {
        let mut key = good.clone();
        key[at] = byte;
        key
    };
    for (key, why) in [
        (changed(2, 1), "another kind"),
        (changed(4, 0x22), "another algorithm"),
        (changed(6, 2), "another curve"),
        (changed(20, good[20] ^ 1), "off the curve"),
        (changed(0, 0xa4), "an entry less"),
        (changed(0, 0xbf), "of no definite length"),
        (changed(3, 1), "a label twice"),
        (bytes("a0"), "nothing"),
        (bytes("a501022003260102"), "cut off"),
        (bytes("a5010203262001215f41004100ff22"), "in pieces"),
        (bytes("a401010327200621580100"), "a short key"),
        (
            [
                &bytes("a4010303390100205880")[..],
                &[0xff; 128],
                &bytes("2143010001"),
            ]
            .concat(),
            "RSA of 1,024 bits",
        ),
    ] {
        assert_eq!(register(&key), Some(Refusal::PublicKey), "{why}");
    }
    assert_eq!(
        register(&[&good[..], &[0]].concat()),
        Some(Refusal::AuthenticatorData)
    );
}

#[test]
fn an_attestation_object_has_three_parts_and_no_statement_where_there_is_none() {
    let authenticator = Authenticator::new();
    let data = authenticator.attested(UP, &authenticator.cose());
    let create = client_data("webauthn.create", ORIGIN, b"c", "");
    let register = |object: &[u8]| {
        let attestation = Attestation {
            client_data: &create,
            object,
        };
        party()
            .register(&attestation, UserVerification::NotRequired)
            .err()
    };
    assert_eq!(register(&object("none", &[0xa0], &data)), None);
    assert_eq!(
        register(&object("packed", &bytes("a163616c6726"), &data)),
        None,
        "not looked at"
    );
    for (object, why) in [
        (object("none", &bytes("a163616c6726"), &data), "a statement"),
        (object("packed", &[0x01], &data), "no map"),
        (
            object("packed", &[0xbf, 0xff], &data),
            "of no definite length",
        ),
        ([&object("none", &[0xa0], &data)[..], &[0]].concat(), "more"),
        (bytes("a0"), "nothing"),
        (bytes("a163666d74646e6f6e65"), "a format alone"),
        (Vec::new(), "empty"),
    ] {
        assert_eq!(register(&object), Some(Refusal::AttestationObject), "{why}");
    }
    let plain = authenticator.data(UP, 0);
    let without = object("none", &[0xa0], &plain);
    assert_eq!(
        register(&without),
        Some(Refusal::AuthenticatorData),
        "no credential"
    );
    let attestation = Attestation {
        client_data: &client_data("webauthn.get", ORIGIN, b"c", ""),
        object: &object("none", &[0xa0], &data),
    };
    let judged = party().register(&attestation, UserVerification::NotRequired);
    assert_eq!(judged.err(), Some(Refusal::Type), "of the other ceremony");
}

#[test]
fn extensions_are_skipped_and_must_be_whole() {
    let get = client_data("webauthn.get", ORIGIN, b"c", "");
    let authenticator = Authenticator::new();
    let judged = |extensions: &str| {
        let mut data = authenticator.data(UP | 1 << 7, 9);
        data.extend(bytes(extensions));
        let credential = Credential {
            user_id: ANN,
            public_key: &URL_SAFE_NO_PAD.encode(authenticator.cose()),
            backup_eligible: false,
        };
        let assertion = Assertion {
            client_data: &get,
            authenticator_data: &data,
            signature: &authenticator.sign(&data, &get),
            user_handle: None,
        };
        party()
            .authenticate(
                &credential,
                &assertion,
                UserVerification::NotRequired,
                holds,
            )
            .err()
    };
    assert_eq!(judged("a16b6372656450726f7465637402"), None);
    for wrong in ["", "a1", "a16b6372656450726f7465637402ff", "01", "bfff"] {
        assert_eq!(judged(wrong), Some(Refusal::AuthenticatorData), "{wrong}");
    }
    let deep = format!("a16161{}00", "81".repeat(40));
    assert_eq!(judged(&deep), Some(Refusal::AuthenticatorData));
}

#[test]
fn a_relying_party_is_a_domain_over_https_or_this_machine() {
    let id = |origin, domain| RelyingParty::new(origin, domain).map(|party| party.id().to_owned());
    for (origin, domain, expected) in [
        ("https://app.example.com", None, Some("app.example.com")),
        (
            "https://app.example.com:8443",
            None,
            Some("app.example.com"),
        ),
        (
            "https://app.example.com",
            Some("example.com"),
            Some("example.com"),
        ),
        (
            "https://example.com",
            Some("example.com"),
            Some("example.com"),
        ),
        ("https://app.example.com", Some("ample.com"), None),
        ("https://app.example.com", Some("other.example"), None),
        ("http://localhost:3000", None, Some("localhost")),
        ("http://feat.localhost:3000", None, Some("feat.localhost")),
        ("http://app.example.com", None, None),
        ("https://127.0.0.1", None, None),
        ("https://127.0.0.1:3000", None, None),
        ("https://[::1]:3000", None, None),
        ("https://[::1]", None, None),
    ] {
        assert_eq!(
            id(origin, domain).as_deref(),
            expected,
            "{origin} {domain:?}"
        );
    }
}

#[test]
fn a_challenge_is_for_one_purpose_user_browser_and_origin_and_five_minutes() {
    let key: [u8; 32] = core::array::from_fn(|at| (at as u8).wrapping_mul(37) ^ 1);
    let keys = KeyRing::parse(&KeyRing::entry("k1", &key)).expect("a key");
    let random = [5; CHALLENGE_RANDOM_BYTES];
    let new = |purpose, user| Challenge::new(purpose, random, user, "token", ORIGIN, 1000);
    let value = new(Purpose::Confirm, Some(ANN)).bytes(&keys);
    let judge = |value: &[u8], purpose, user, token, origin, now| {
        Challenge::judge(value, purpose, user, token, origin, &keys, now).err()
    };
    let ann = Some(ANN);
    assert_eq!(
        judge(&value, Purpose::Confirm, ann, "token", ORIGIN, 1299),
        None
    );
    for (purpose, user, token, origin) in [
        (Purpose::Register, ann, "token", ORIGIN),
        (Purpose::SignIn, ann, "token", ORIGIN),
        (Purpose::SecondFactor, ann, "token", ORIGIN),
        (Purpose::Confirm, Some("bob"), "token", ORIGIN),
        (Purpose::Confirm, None, "token", ORIGIN),
        (Purpose::Confirm, ann, "another", ORIGIN),
        (Purpose::Confirm, ann, "token", "https://other.example"),
    ] {
        let refused = judge(&value, purpose, user, token, origin, 1000);
        assert_eq!(
            refused,
            Some(Refusal::Challenge),
            "{purpose:?} {user:?} {token} {origin}"
        );
    }
    let late = judge(&value, Purpose::Confirm, ann, "token", ORIGIN, 1300);
    assert_eq!(late, Some(Refusal::Expired));
    let back = judge(&value, Purpose::Confirm, ann, "token", ORIGIN, 699);
    assert_eq!(back, Some(Refusal::Expired), "a clock set far back");
    for at in 0..value.len() {
        let mut changed = value.clone();
        changed[at] ^= 1;
        let refused = judge(&changed, Purpose::Confirm, ann, "token", ORIGIN, 1000);
        assert_eq!(refused, Some(Refusal::Challenge), "{at}");
    }
    let other = Challenge::new(Purpose::Confirm, [6; 32], ann, "token", ORIGIN, 1000);
    assert_ne!(other.digest(), new(Purpose::Confirm, ann).digest());
}

#[test]
fn every_refusal_has_a_code_of_its_own() {
    let codes: std::collections::BTreeSet<_> = Refusal::ALL.iter().map(|one| one.code()).collect();
    assert_eq!(codes.len(), Refusal::ALL.len());
    assert!(codes.iter().all(|code| code.starts_with("passkey.")));
}
