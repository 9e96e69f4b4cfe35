//! What is kept for the vault? In the main tables, whatever place a call comes from.

mod applications;
mod at_once;
mod entering;
mod faults;
mod full;
mod orders;
mod requests;
mod sealed;
mod secrets;
mod variables;
mod waiting;

use super::{
    Database, Subject, digest,
    ports::{
        types::Error,
        vault::{NewSecret, Request, SealedVariable, Variable},
    },
};

const ORG: &str = "default";

/// A value of this letter, by Ann, in place of this version.
fn new(name: &str, replaces: u64, value: u8) -> NewSecret {
    NewSecret {
        org: ORG.into(),
        name: name.into(),
        replaces,
        sealed: vec![value; 40],
        by: "id-of-ann".into(),
    }
}

/// Asked for at 100, good until 1,000.
fn request(id: &str, name: &str) -> Request {
    Request {
        id: id.into(),
        name: name.into(),
        created_at: 100,
        expires_at: 1_000,
        created_by: "id-of-bob".into(),
        fulfilled_at: None,
    }
}

/// Of no secret, at version 1.
fn variable(application: &str, key: &str, value: u8) -> SealedVariable {
    SealedVariable {
        variable: Variable {
            application: application.into(),
            key: key.into(),
            version: 1,
            bound: None,
            overridden: false,
            updated_at: 100,
            updated_by: "id-of-ann".into(),
        },
        sealed: vec![value; 40],
        written: Vec::new(),
    }
}

/// The same at another version.
fn at_version(mut variable: SealedVariable, version: u64) -> SealedVariable {
    variable.variable.version = version;
    variable
}

/// With the version of a secret that was written into it.
fn bound(mut variable: SealedVariable, secret: &str, version: u64) -> SealedVariable {
    variable.variable.bound = Some((secret.into(), version));
    variable.written = vec![9; 32];
    variable
}

/// Bytes of one value, as a literal of the engine's.
fn literal(database: &Database, byte: u8, times: usize) -> String {
    let hexadecimal = format!("{byte:02x}").repeat(times);
    match database {
        Database::Postgres(_) => format!("'\\x{hexadecimal}'"),
        Database::MySql(_) | Database::Sqlite(_) => format!("x'{hexadecimal}'"),
    }
}

impl Subject {
    /// A link for this secret.
    fn with_link(&mut self, name: &str, token: u8) {
        let id = format!("request-{token}-for-{name}");
        self.add_request(ORG.into(), request(&id, name), digest(token))
            .expect("a request");
    }

    /// The version that there is or was, and the letter of what is kept.
    fn kept(&mut self, name: &str) -> Option<(u64, Option<u8>)> {
        let found = self.find_secrets(ORG.into(), vec![name.into()]);
        let found = found.expect("an answer").pop()?;
        let value = found.sealed.map(|sealed| sealed[0]);
        Some((found.secret.version, value))
    }

    /// Whether somebody used the link.
    fn is_used(&mut self, token: u8) -> bool {
        let found = self.find_request_by_token(ORG.into(), digest(token));
        let found = found.expect("an answer").expect("a request");
        found.fulfilled_at.is_some()
    }

    /// Keys, versions and letters of an application's variables.
    fn values(&mut self, application: &str) -> Vec<(String, u64, u8)> {
        let found = self.find_variables(ORG.into(), application.into());
        let found = found.expect("an answer").into_iter();
        let value = |one: SealedVariable| (one.variable.key, one.variable.version, one.sealed[0]);
        found.map(value).collect()
    }
}
