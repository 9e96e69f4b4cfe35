//! An app with a real Better Auth in it, to stand behind Gatelet.

use http::Method;
use serde_json::{Value, json};

use crate::gatelet::Setup;
use crate::node::Node;
use crate::postgres::Database;
use crate::response::Response;
use crate::secrets;
use crate::visitor::Visitor;

/// Its secret, which is looked for in every log.
pub const SECRET: &str = "b3tter-Auth-secret/of:tests+0123456789";

/// The running app. People sign up and in at its own API, below `/api/auth`.
#[derive(Debug)]
pub struct BetterAuthApp {
    node: Node,
}

/// Somebody with an account there.
#[derive(Clone, Debug)]
pub struct Person {
    /// By Better Auth.
    pub id: String,
    /// In lower case.
    pub email: String,
    /// To sign in with.
    pub password: String,
}

impl BetterAuthApp {
    /// Starts it for a Gatelet, on this database, with more said of it: `mapped` for tables
    /// and columns as Prisma maps them, `schema`, `cookieCache`, `cookiePrefix`, `secure`,
    /// `admin`.
    pub fn start(setup: &Setup, database: &Database, more: &Value) -> Self {
        secrets::remember(SECRET);
        let mut said = json!({
            "databaseUrl": database.url,
            "baseUrl": setup.base_url(),
            "secret": SECRET,
        });
        if let (Some(said), Some(more)) = (said.as_object_mut(), more.as_object()) {
            said.extend(more.clone());
        }
        let node = Node::start("better-auth-app.mjs", &[&said.to_string()]);
        Self { node }
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        self.node.greeting()["url"].as_str().expect("a URL")
    }

    /// Makes an account.
    pub fn sign_up(&self, name: &str) -> Person {
        let email = format!("{}@example.com", name.to_lowercase().replace(' ', "."));
        let password = format!("correct horse of {name}");
        let asked = json!({ "signUp": { "email": email, "name": name, "password": password } });
        let user = self.node.ask(&asked);
        let id = user["id"].as_str().expect("an id").to_owned();
        Person {
            id,
            email,
            password,
        }
    }

    /// Bans somebody, for so long or for ever.
    pub fn ban(&self, person: &Person, seconds: Option<i64>) {
        let mut ban = json!({ "email": person.email });
        if let Some(seconds) = seconds {
            ban["seconds"] = seconds.into();
        }
        self.node.ask(&json!({ "ban": ban }));
    }

    /// Takes a ban back.
    pub fn unban(&self, person: &Person) {
        self.node
            .ask(&json!({ "unban": { "email": person.email } }));
    }

    /// Gives somebody roles, separated by commas.
    pub fn set_role(&self, person: &Person, role: &str) {
        let asked = json!({ "setRole": { "email": person.email, "role": role } });
        self.node.ask(&asked);
    }
}

impl Person {
    /// Signs in at the app, through whatever stands before it.
    #[track_caller]
    pub fn sign_in(&self, visitor: &Visitor) -> Response {
        let asked = json!({ "email": self.email, "password": self.password });
        visitor
            .request(Method::POST, "/api/auth/sign-in/email")
            .header("content-type", "application/json")
            .header("origin", &visitor.origin())
            .body(asked.to_string())
            .send()
            .expect(200)
    }

    /// Signs out there.
    #[track_caller]
    pub fn sign_out(visitor: &Visitor) -> Response {
        visitor
            .request(Method::POST, "/api/auth/sign-out")
            .header("content-type", "application/json")
            .header("origin", &visitor.origin())
            .body("{}")
            .send()
            .expect(200)
    }
}
