//! What passes where nobody is asked who they are? For a stand-in on a developer's own
//! machine: the gateway's own edits of a request, with whoever the developer names in place
//! of whoever has signed in. Whatever calls this is no login.

use crate::head::{Head, Lines};
use crate::identity::{self, Identity};
use crate::reply::Reply;
use crate::request::{MeantFor, Request};
use crate::settings::GateSettings;
use crate::{Verdict, key::KeyRing};

/// Somebody who has proved nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnverifiedUser {
    /// A UUID in lower case.
    pub id: String,
    /// An address in its canonical form.
    pub email: String,
    /// What the app is told of it.
    pub email_verified: bool,
    /// A display name.
    pub name: String,
    /// `password`, `google`, …
    pub provider: String,
    /// Names in order, separated by commas.
    pub groups: String,
}

impl UnverifiedUser {
    fn identity(&self) -> Identity<'_> {
        let Self {
            id,
            email,
            email_verified,
            name,
            provider,
            groups,
        } = self;
        Identity {
            user_id: id,
            email,
            email_verified: *email_verified,
            name,
            provider,
            groups,
            amr: "",
            auth_time: 0,
            good_until: u64::MAX,
            told: None,
        }
    }

    /// The fields by which an app learns of them.
    #[must_use]
    pub fn fields(&self) -> Lines {
        let mut lines = Lines::new();
        identity::set(Some(self.identity()), &mut lines);
        lines
    }
}

/// What Gatelet answers itself, and no app: everything below these paths.
const OURS_BELOW: [&str; 2] = ["/auth", "/api/auth/callback"];
/// The same, by exact match.
const OURS: [&str; 15] = [
    "/api/v1/auth/signin",
    "/api/v1/auth/callback",
    "/api/v1/auth/signout",
    "/api/v1/auth/session",
    "/api/v1/auth/me",
    "/api/v1/auth/openapi.json",
    "/api/v1/auth/docs",
    "/api/rpc/v1/auth/signin",
    "/api/rpc/v1/auth/callback",
    "/api/rpc/v1/auth/signout",
    "/api/rpc/v1/auth/session",
    "/api/rpc/v1/auth/me",
    "/.well-known/oauth-protected-resource/auth/mcp",
    "/health/live",
    "/health/ready",
];

/// Whether a path is Gatelet's own, by the manifest that comes with it.
#[must_use]
pub fn is_gatelets(path: &str) -> bool {
    OURS.contains(&path)
        || OURS_BELOW.into_iter().any(|ours| {
            path.strip_prefix(ours)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
}

/// Whether a page of another site asks, for more than to be shown a page of this one. There
/// is no cookie here that such a request would come without.
fn is_from_elsewhere(head: &Head<'_>, base_url: &str) -> bool {
    let is = |name, value: &[u8]| head.values(name).any(|found| found == value);
    let reads = matches!(head.method, "GET" | "HEAD");
    let navigates = reads && is("sec-fetch-mode", b"navigate");
    if head.values("sec-fetch-site").next().is_some() {
        return is("sec-fetch-site", b"cross-site") && !navigates;
    }
    // WebSockets of browsers that say no more than this, and old ones.
    head.values("origin")
        .any(|origin| origin != base_url.as_bytes())
}

/// Forwards whatever is HTTP and for an origin that is served, as asked by `user`, or by
/// nobody. Neither a rule nor a session counts. What Gatelet answers itself elsewhere is
/// not there, and no app gets it; nor does any other site act through it.
#[must_use]
pub fn forward_unverified(
    head: &Head<'_>,
    settings: &GateSettings,
    user: Option<&UnverifiedUser>,
    now: u64,
) -> Verdict {
    let request = match Request::read(head, settings, now) {
        Ok(request) => request,
        Err(reply) => return Verdict::Respond(reply),
    };
    if is_gatelets(head.path()) {
        let text = "This is gatelet fake-user, and no login: who is asking was said when it was started. Gatelet itself answers here.\n";
        return Verdict::Respond(refused(404, text));
    }
    if is_from_elsewhere(head, request.origin.base_url().as_str()) {
        let text = "This is gatelet fake-user, which does nothing for pages of other sites.\n";
        return Verdict::Respond(refused(403, text));
    }
    let meant_for = match user {
        Some(_) => MeantFor::Visitor,
        None => MeantFor::Everybody,
    };
    let identity = user.map(UnverifiedUser::identity);
    Verdict::Forward(request.forward(identity, meant_for, now))
}

fn refused(status: u16, text: &str) -> Reply {
    let mut fields = Lines::new();
    fields.push("content-type", "text/plain; charset=utf-8");
    fields.push("cache-control", "no-store");
    Reply {
        status,
        fields,
        body: text.as_bytes().to_vec(),
        code: None,
    }
}

/// A key of cookies that nobody else has, for settings that check none: `bytes` are random.
#[must_use]
pub fn throwaway_key(bytes: &[u8; 32]) -> String {
    KeyRing::entry("throwaway", bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{HOST, KEY, NOW, settings};
    use crate::head::write_fields;

    fn ada() -> UnverifiedUser {
        UnverifiedUser {
            id: "2f1c8f0e-6a57-4b52-9d0f-1f0d6a3b7c11".to_owned(),
            email: "ada@example.com".to_owned(),
            email_verified: true,
            name: "Ada Łovelace".to_owned(),
            provider: "google".to_owned(),
            groups: "admins,staff".to_owned(),
        }
    }

    fn judged(path: &str, fields: &[(&str, &str)], user: Option<&UnverifiedUser>) -> Verdict {
        let fields = fields.iter().map(|(name, value)| (*name, value.as_bytes()));
        let fields = write_fields(fields).expect("fields");
        let head = Head {
            method: "GET",
            target: path,
            authority: HOST,
            tls: true,
            peer: "127.0.0.1",
            fields: &fields,
        };
        // No rule lets anybody in.
        let settings = settings(&[("session_keys", KEY), ("access_rules", "/* group none")]);
        forward_unverified(&head, &settings, user, NOW)
    }

    #[test]
    fn a_request_is_whoevers_was_named_whatever_it_says_itself() {
        let lies = [
            ("x-forwarded-user", "root"),
            ("x_forwarded_email", "root"),
            ("remote-user", "root"),
        ];
        let ada = ada();
        for user in [Some(&ada), None] {
            let Verdict::Forward(edits) = judged("/a", &lies, user) else {
                panic!("it is not forwarded");
            };
            for (name, _) in lies {
                assert!(edits.remove.iter().any(|removed| removed == name), "{name}");
            }
            let told = edits.set.get("x-forwarded-user");
            assert_eq!(told, user.map(|user| user.id.as_str()));
            let name = edits.set.get("x-forwarded-name");
            assert_eq!(name, user.map(|_| "Ada %C5%81ovelace"));
        }
    }

    #[test]
    fn what_is_not_for_an_origin_here_is_forwarded_for_nobody() {
        let ada = ada();
        for (path, host) in [("/a", "evil.example"), ("nonsense", HOST)] {
            let head = Head {
                method: "GET",
                target: path,
                authority: host,
                tls: true,
                peer: "127.0.0.1",
                fields: b"",
            };
            let verdict = forward_unverified(&head, &settings(&[]), Some(&ada), NOW);
            assert!(matches!(verdict, Verdict::Respond(_)), "{path} {host}");
        }
    }

    #[test]
    fn paths_of_gatelet_reach_no_app() {
        for (path, is_ours) in [
            ("/auth", true),
            ("/auth/me", true),
            ("/auth/sign-in?return_to=/", true),
            ("/api/auth/callback/google", true),
            ("/api/v1/auth/session", true),
            ("/api/v1/auth/docs", true),
            ("/api/rpc/v1/auth/me", true),
            ("/health/ready", true),
            ("/.well-known/oauth-protected-resource/auth/mcp", true),
            ("/api/v1/auth/other", false),
            ("/health", false),
            ("/authors", false),
            ("/api/auth/other", false),
        ] {
            match judged(path, &[], Some(&ada())) {
                Verdict::Respond(reply) => assert!(is_ours && reply.status == 404, "{path}"),
                Verdict::Forward(_) => assert!(!is_ours, "{path}"),
                Verdict::Ask => panic!("{path}: nobody is asked"),
            }
        }
    }

    #[test]
    fn pages_of_other_sites_do_nothing_through_it() {
        let own = settings(&[]).origins.main().base_url().to_string();
        let own = own.as_str();
        for (method, fields, passes) in [
            ("GET", &[][..], true),
            ("POST", &[][..], true),
            (
                "POST",
                &[("origin", own), ("sec-fetch-site", "same-origin")],
                true,
            ),
            (
                "POST",
                &[
                    ("origin", "http://localhost:5173"),
                    ("sec-fetch-site", "same-site"),
                ],
                true,
            ),
            (
                "GET",
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("sec-fetch-mode", "navigate"),
                ],
                true,
            ),
            (
                "POST",
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("sec-fetch-mode", "navigate"),
                ],
                false,
            ),
            (
                "GET",
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("sec-fetch-mode", "no-cors"),
                ],
                false,
            ),
            (
                "GET",
                &[
                    ("sec-fetch-site", "cross-site"),
                    ("sec-fetch-mode", "websocket"),
                ],
                false,
            ),
            ("GET", &[("origin", "https://evil.example")], false),
            ("POST", &[("origin", "null")], false),
            ("POST", &[("origin", own)], true),
        ] {
            let written = fields.iter().map(|(name, value)| (*name, value.as_bytes()));
            let written = write_fields(written).expect("fields");
            let head = Head {
                method,
                target: "/a",
                authority: HOST,
                tls: true,
                peer: "127.0.0.1",
                fields: &written,
            };
            let verdict = forward_unverified(&head, &settings(&[]), Some(&ada()), NOW);
            match verdict {
                Verdict::Forward(_) => assert!(passes, "{method} {fields:?}"),
                Verdict::Respond(reply) => {
                    assert!(!passes && reply.status == 403, "{method} {fields:?}");
                }
                Verdict::Ask => panic!("nobody is asked"),
            }
        }
    }

    #[test]
    fn the_fields_are_those_that_a_request_gets() {
        let ada = ada();
        let Verdict::Forward(edits) = judged("/a", &[], Some(&ada)) else {
            panic!("it is not forwarded");
        };
        let fields = ada.fields();
        assert_eq!(fields.iter().count(), crate::IDENTITY_FIELDS.len());
        for (name, value) in fields.iter() {
            assert_eq!(edits.set.get(name), Some(value), "{name}");
        }
    }
}
