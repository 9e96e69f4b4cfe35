//! The functions of one half, by HTTP: `POST /<function>` with the arguments as a JSON
//! object, answered with `{"Ok": …}` or `{"Err": …}`. No public route leads here, which
//! components reach it is in the manifest, and each call is signed: an origin whose app is
//! the vault by a slip brings visitors here.

use gatelet_core::error::Code;
use gatelet_core::negotiate::Reading;
use gatelet_core::reply::Reply;
use gatelet_secrets::{VaultError, signature};
use gatelet_wasi::clock;
use gatelet_web::{log, read, replied, sent, split};
use http::StatusCode;
use serde::Deserialize;
use wasip3::http::types::{ErrorCode, Request, Response};
use zeroize::Zeroizing;

use crate::Vault;
use crate::bindings::exports::gatelet::vault::{reveal, tools};
use crate::bindings::gatelet::vault::types::Actor;
use crate::settings::{self, Half};

/// The most of a body that is read, in bytes: a hundred variables of full length.
const BODY_LIMIT_BYTES: usize = 1024 * 1024;

impl wasip3::exports::http::handler::Guest for Vault {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        log::speak_as("vault");
        let refused = |code| sent(replied(Reply::refusal(code, Reading::PROGRAM, "")));
        let (head, body) = match split(request) {
            Ok(split) => split,
            Err(code) => return refused(code),
        };
        let function = match (head.method(), head.path().strip_prefix('/')) {
            ("POST", Some(function)) => function.replace('-', "_"),
            _ => return nothing_here(),
        };
        let Ok(arguments) = read(body, BODY_LIMIT_BYTES).await.map(Zeroizing::new) else {
            return refused(Code::RequestMalformed);
        };
        let Ok(keys) = settings::session_keys().await else {
            return refused(Code::Internal);
        };
        let field = head.field(signature::FIELD).unwrap_or_default();
        let (named, now) = (head.path().trim_start_matches('/'), clock::unix_seconds());
        if !signature::is_signed(&keys, field, named, &arguments, now) {
            log::error(
                "vault.unsigned",
                "a call that no component of ours has made",
            );
            return refused(Code::RequestMalformed);
        }
        let answered = match settings::half().await {
            Some(Half::Tools) => of_tools(&function, &arguments).await,
            Some(Half::Reveal) => of_reveal(&function, &arguments).await,
            None => {
                log::error("vault.half", "the manifest says neither tools nor reveal");
                None
            }
        };
        match answered {
            Some(Ok(value)) => sent(gatelet_web::json(StatusCode::OK, &value)),
            Some(Err(Malformed)) => refused(Code::RequestMalformed),
            None => nothing_here(),
        }
    }
}

fn nothing_here() -> Result<Response, ErrorCode> {
    let body = serde_json::json!({ "Err": VaultError::not_found("such function") });
    sent(gatelet_web::json(StatusCode::NOT_FOUND, &body))
}

/// The arguments are not those of the function. What they were is not repeated.
struct Malformed;

macro_rules! half {
    ($(#[$meta:meta])* $half:ident, $port:ident: $($function:ident($($argument:ident: $type:ty),*);)*) => {
        $(#[$meta])*
        async fn $half(
            function: &str,
            arguments: &[u8],
        ) -> Option<Result<serde_json::Value, Malformed>> {
            match function {
                $(stringify!($function) => {
                    #[derive(Deserialize)]
                    #[serde(deny_unknown_fields)]
                    struct Arguments { $($argument: $type),* }
                    let Ok(Arguments { $($argument),* }) = serde_json::from_slice(arguments) else {
                        return Some(Err(Malformed));
                    };
                    let answer = <Vault as $port::Guest>::$function($($argument),*).await;
                    Some(serde_json::to_value(answer).map_err(|_| Malformed))
                })*
                _ => None,
            }
        }
    };
}

half! {
    /// What the console calls.
    of_tools, tools:
    configured();
    list_secrets(actor: Actor);
    request_secret(actor: Actor, name: String, now: u64);
    request_status(actor: Actor, request_id: String, now: u64);
    list_requests(actor: Actor, now: u64);
    find_entry(actor: Actor, token: String, now: u64);
    enter_secret(actor: Actor, token: String, value: String, now: u64);
    put_secret(actor: Actor, name: String, value: String, now: u64);
    delete_secret(actor: Actor, name: String, now: u64);
    list_applications(actor: Actor, now: u64);
    add_application(actor: Actor, name: String, now: u64);
    remove_application(actor: Actor, name: String, now: u64);
    list_variables(actor: Actor, application: String, now: u64);
    set_variables(actor: Actor, application: String, variables: Vec<(String, String)>, now: u64);
    delete_variables(actor: Actor, application: String, keys: Vec<String>, now: u64);
    bind_secret(actor: Actor, application: String, binding: tools::Binding, now: u64);
    reconcile(actor: Actor, application: String, bindings: Vec<tools::Binding>, apply: bool, now: u64);
    rekey(actor: Actor, now: u64);
}

half! {
    /// What `auth` calls, for its own client secrets alone.
    of_reveal, reveal:
    reveal_to_settings(actor: Actor, names: Vec<String>);
}
