//! Who has a passkey that no browser keeps? Somebody in whose place we say what the browser
//! and the authenticator would. <https://www.w3.org/TR/webauthn-3/>

use crate::account::{Account, signed_in};
use crate::form::{Form, unescape};
use crate::gatelet::Gatelet;
use crate::response::Response;
use crate::visitor::Visitor;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const PASSKEYS: &str = "/auth/account/passkeys";
/// Flags of the authenticator's data (§6.1): somebody was there, and showed who they are;
/// a new key is within.
const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const ATTESTED: u8 = 1 << 6;

/// Of one passkey, ES256.
#[derive(Debug)]
pub struct Holder {
    visitor: Visitor,
    /// The page that asks for the passkey.
    page: Response,
    key: SigningKey,
    id: String,
    user_handle: String,
    /// The same each time: the authenticator does not count.
    data: Vec<u8>,
}

impl Holder {
    /// Signs up and adds a passkey, by the forms of the pages. Whoever has it is signed in
    /// nowhere afterwards.
    pub fn register(gatelet: &Gatelet) -> Self {
        let (visitor, account) = signed_in(gatelet);
        let (key, id) = key_of(&account);
        let (asked, answer) = add(&visitor, &account, VERIFIED);
        answer.expect(303);
        visitor.change_jar(|jar| jar.forget_one("gatelet"));
        let page = visitor.visit("/auth/sign-in").send().expect(200);
        Self {
            visitor,
            page,
            id: encoded(&id),
            user_handle: text(&asked["user"]["id"]),
            data: data(&text(&asked["rp"]["id"]), PRESENT | VERIFIED),
            key,
        }
    }

    /// Signs up and adds one that asks nobody who they are; gives the answer to it.
    pub fn register_unverified(gatelet: &Gatelet) -> (Visitor, Response) {
        let (visitor, account) = signed_in(gatelet);
        let (_, answer) = add(&visitor, &account, 0);
        (visitor, answer)
    }

    /// As whom they come.
    pub fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    /// The page that asks for the passkey.
    pub fn page(&self) -> &Response {
        &self.page
    }

    /// The page's form, filled in with a signature over its challenge.
    pub fn signed(&self, page: &str) -> Form {
        let client_data = client_data("webauthn.get", &options(page), &self.visitor.origin());
        let message = [&self.data[..], &Sha256::digest(&client_data)].concat();
        let signature: Signature = self.key.sign(&message);
        Form::find(page, "/auth/passkey")
            .expect("a page that asks for a passkey")
            .fill("passkey_id", &self.id)
            .fill("passkey_client_data", &encoded(&client_data))
            .fill("passkey_authenticator_data", &encoded(&self.data))
            .fill("passkey_signature", &encoded(signature.to_der().as_bytes()))
            .fill("passkey_user_handle", &self.user_handle)
    }
}

/// It guards nobody.
fn key_of(account: &Account) -> (SigningKey, [u8; 16]) {
    let secret = Sha256::digest(&account.email);
    let key = SigningKey::from_slice(&secret).expect("a number below the curve's order");
    let id = secret[..16].try_into().expect("sixteen bytes");
    (key, id)
}

/// Adds the passkey of whoever is signed in; gives what was asked, and the answer.
fn add(visitor: &Visitor, account: &Account, flags: u8) -> (Value, Response) {
    let page = visitor
        .visit(&format!("{PASSKEYS}?add=1"))
        .send()
        .expect(200);
    let asked = options(&page.text());
    let (key, id) = key_of(account);
    let attested = attested(&text(&asked["rp"]["id"]), &id, &key, flags);
    let client_data = client_data("webauthn.create", &asked, &visitor.origin());
    let form = page
        .form_with(PASSKEYS, "do", "add")
        .fill("passkey_id", &encoded(&id))
        .fill("passkey_client_data", &encoded(&client_data))
        .fill("passkey_attestation", &encoded(&attestation(&attested)));
    let answer = visitor.submit(&form, &page.url).send();
    (asked, answer)
}

/// What the page's script hands to the browser.
fn options(page: &str) -> Value {
    let options = page.split("data-options=\"").nth(1);
    let options = options.and_then(|rest| rest.split('"').next());
    let options = unescape(options.expect("a page that asks for a passkey"));
    serde_json::from_str(&options).expect("JSON")
}

/// `clientDataJSON` (§5.8.1).
fn client_data(kind: &str, asked: &Value, origin: &str) -> Vec<u8> {
    let members = json!({
        "type": kind, "challenge": asked["challenge"], "origin": origin, "crossOrigin": false,
    });
    members.to_string().into()
}

/// The authenticator's data, as it is signed (§6.1).
fn data(party: &str, flags: u8) -> Vec<u8> {
    let mut data = Sha256::digest(party).to_vec();
    data.push(flags);
    // The counter.
    data.extend([0; 4]);
    data
}

/// The same with a new key in it (§6.5.1): of no known model, its id, and a COSE key of
/// ES256.
fn attested(party: &str, id: &[u8], key: &SigningKey, flags: u8) -> Vec<u8> {
    let mut data = data(party, PRESENT | ATTESTED | flags);
    data.extend([0; 16]);
    data.extend([0, 16]);
    data.extend(id);
    let point = key.verifying_key().to_encoded_point(false);
    let (x, y) = (point.x().expect("a point"), point.y().expect("a point"));
    data.extend(b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20");
    data.extend(x);
    data.extend(b"\x22\x58\x20");
    data.extend(y);
    data
}

/// `attestationObject` of the format `none`, in CBOR (§6.5.4).
fn attestation(data: &[u8]) -> Vec<u8> {
    let length = u8::try_from(data.len()).expect("a short id");
    let members = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58";
    [&members[..], &[length], data].concat()
}

fn encoded(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
