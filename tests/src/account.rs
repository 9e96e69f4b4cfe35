//! How does somebody get in? The pages' forms, filled in as a person would.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::gatelet::Gatelet;
use crate::response::Response;
use crate::secrets;
use crate::visitor::Visitor;

/// What somebody types.
#[derive(Clone, Debug)]
pub struct Account {
    /// Name.
    pub name: String,
    /// Email address.
    pub email: String,
    /// Password; unlike any other text, so that it is found wherever it leaks.
    pub password: String,
}

impl Account {
    /// Somebody new.
    pub fn new(name: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let account = Self {
            name: name.to_owned(),
            email: format!("person{number}@example.com"),
            password: format!("correct horse {number} battery staple"),
        };
        secrets::remember(&account.password);
        account
    }

    /// Fills in the sign-up form; gives the answer to it.
    #[track_caller]
    pub fn sign_up(&self, visitor: &Visitor, return_to: &str) -> Response {
        let page = page(visitor, "sign-up", return_to).expect(200);
        self.sign_up_at(visitor, &page)
    }

    /// The same by an invitation's link; gives the answer to the form.
    #[track_caller]
    pub fn take_up(&self, visitor: &Visitor, link: &str) -> Response {
        let page = visitor.visit(link).send().expect(200);
        self.sign_up_at(visitor, &page)
    }

    #[track_caller]
    fn sign_up_at(&self, visitor: &Visitor, page: &Response) -> Response {
        let form = page
            .form("/auth/sign-up")
            .fill("name", &self.name)
            .fill("email", &self.email)
            .fill("password", &self.password);
        visitor.submit(&form, &page.url).send()
    }

    /// Fills in the sign-in form; gives the answer to it.
    #[track_caller]
    pub fn sign_in(&self, visitor: &Visitor, return_to: &str) -> Response {
        let page = page(visitor, "sign-in", return_to).expect(200);
        let form = page
            .form("/auth/sign-in")
            .fill("email", &self.email)
            .fill("password", &self.password);
        visitor.submit(&form, &page.url).send()
    }
}

/// A new visitor with a new account, signed in.
#[track_caller]
pub fn signed_in(gatelet: &Gatelet) -> (Visitor, Account) {
    let (visitor, account) = (gatelet.visitor(), Account::new("Ada Lovelace"));
    account.sign_up(&visitor, "/").expect(303);
    (visitor, account)
}

/// Confirms the sign-out page; gives the answer to it.
#[track_caller]
pub fn sign_out(visitor: &Visitor) -> Response {
    let page = visitor.visit("/auth/sign-out").send().expect(200);
    let form = page.form("/auth/sign-out");
    visitor.submit(&form, &page.url).send()
}

fn page(visitor: &Visitor, name: &str, return_to: &str) -> Response {
    let return_to: String = url::form_urlencoded::byte_serialize(return_to.as_bytes()).collect();
    visitor
        .visit(&format!("/auth/{name}?return_to={return_to}"))
        .send()
}
