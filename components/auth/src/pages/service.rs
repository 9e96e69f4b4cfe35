//! The API's page: what the published document says, for people.

use askama::Template;
use gatelet_sign_in::service::{Endpoint, Surface, document};
use gatelet_texts::{Text, service};
use gatelet_web::Frame;

/// Every call, and how one asks.
#[derive(Template)]
#[template(path = "service.html")]
pub(crate) struct ServicePage {
    /// Around the page.
    pub frame: Frame,
    calls: Vec<Call>,
    document_path: &'static str,
}

/// One of them.
struct Call {
    methods: &'static str,
    path: String,
    rpc_path: String,
    summary: Text,
    fields: Vec<String>,
    errors: Vec<String>,
}

impl ServicePage {
    /// Of the table that the router goes by.
    pub(crate) fn new(frame: Frame) -> Self {
        Self {
            frame,
            calls: Endpoint::ALL.map(Call::of).into(),
            document_path: document::PATH,
        }
    }
}

impl Call {
    fn of(endpoint: Endpoint) -> Self {
        let errors = endpoint.errors().iter();
        Self {
            // HEAD says what GET does.
            methods: endpoint.methods(Surface::Rest).trim_end_matches(", HEAD"),
            path: endpoint.path(Surface::Rest),
            rpc_path: endpoint.path(Surface::Rpc),
            summary: match endpoint {
                Endpoint::SignIn => service::SIGN_IN,
                Endpoint::Callback => service::CALLBACK,
                Endpoint::SignOut => service::SIGN_OUT,
                Endpoint::Session => service::SESSION,
                Endpoint::Me => service::ME,
            },
            fields: document::fields(endpoint),
            errors: errors
                .map(|error| format!("{}\u{a0}{}", error.status(), error.as_str()))
                .collect(),
        }
    }
}
