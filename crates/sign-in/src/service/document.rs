//! What are programs told of the endpoints? An OpenAPI 3.1 document, made of the table
//! that the router goes by. It is for programs, so in English.

use serde_json::{Map, Value, json};

use super::{Endpoint, Surface};

/// Where it is published.
pub const PATH: &str = "/api/v1/auth/openapi.json";
/// Where people read it.
pub const PAGE_PATH: &str = "/api/v1/auth/docs";

/// The document, for a site at this base URL whose session cookie has this name.
#[must_use]
pub fn openapi(base_url: &str, site_name: &str, session_cookie: &str) -> Value {
    let mut paths = Map::new();
    for surface in [Surface::Rest, Surface::Rpc] {
        for endpoint in Endpoint::ALL {
            let mut operations = Map::new();
            for method in endpoint.methods(surface).split(", ") {
                // HEAD says what GET does, and no more.
                if method != "HEAD" {
                    let described = operation(endpoint, surface, method);
                    operations.insert(method.to_lowercase(), described);
                }
            }
            paths.insert(endpoint.path(surface), operations.into());
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("{site_name}: sign-in"),
            "version": "1",
            "description": "Signing in, out, and who it is. What changes something takes \
                a request of this site's own pages (Origin or Sec-Fetch-Site), or one without \
                cookies. A program that sends its visitor's cookies on says \
                `Origin: ` and the server's URL.",
        },
        "servers": [{ "url": base_url }],
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": session_cookie,
                    "description": "The session's cookie, which signing in sets.",
                },
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A personal access token, made at /auth/account/tokens.",
                },
            },
        },
    })
}

/// One line on what an endpoint does.
#[must_use]
pub const fn summary(endpoint: Endpoint) -> &'static str {
    match endpoint {
        Endpoint::SignIn => "Begin a sign-in with a provider",
        Endpoint::Callback => "Take a provider's answer, and sign in",
        Endpoint::SignOut => "End the session",
        Endpoint::Session => "Whether there is a session",
        Endpoint::Me => "Who is signed in",
    }
}

/// Names of the fields that it is asked by.
#[must_use]
pub fn fields(endpoint: Endpoint) -> Vec<String> {
    let schemas = schemas();
    let properties = schemas[asked_name(endpoint)]["properties"].as_object();
    properties
        .into_iter()
        .flat_map(Map::keys)
        .cloned()
        .collect()
}

fn operation(endpoint: Endpoint, surface: Surface, method: &str) -> Value {
    let (tag, prefix) = match surface {
        Surface::Rest => ("REST", "rest"),
        Surface::Rpc => ("oRPC", "rpc"),
    };
    let by_redirect = endpoint == Endpoint::Callback && method == "GET";
    let mut described = json!({
        "operationId": format!("{prefix}.{}.{}", endpoint.name(), method.to_lowercase()),
        "summary": summary(endpoint),
        "tags": [tag],
        "responses": responses(endpoint, surface, by_redirect),
        // Nobody is answered too.
        "security": match endpoint.changes() {
            true if endpoint == Endpoint::SignOut => json!([{ "session": [] }, {}]),
            true => json!([]),
            false => json!([{ "session": [] }, { "token": [] }, {}]),
        },
    });
    let parameters = match (surface, method) {
        (Surface::Rest, "GET") if by_redirect => redirect_parameters(),
        (Surface::Rpc, "GET") => json!([{
            "name": "data",
            "in": "query",
            "description": "oRPC's envelope.",
            "content": { "application/json": { "schema": envelope(&asked(endpoint)) } },
        }]),
        _ => json!([]),
    };
    described["parameters"] = parameters;
    if method == "POST" {
        let schema = match surface {
            Surface::Rest => asked(endpoint),
            Surface::Rpc => envelope(&asked(endpoint)),
        };
        let mut content = json!({ "application/json": { "schema": schema } });
        if surface == Surface::Rest {
            content["application/x-www-form-urlencoded"] = json!({ "schema": schema });
        }
        described["requestBody"] = json!({ "required": false, "content": content });
    }
    described
}

fn responses(endpoint: Endpoint, surface: Surface, by_redirect: bool) -> Value {
    let mut responses = Map::new();
    let wrapped = |schema: Value| match surface {
        Surface::Rest => schema,
        Surface::Rpc => envelope(&schema),
    };
    let onwards = json!({
        "description": "A browser goes on: to the provider, or to where it wanted to go.",
        "headers": { "Location": { "schema": { "type": "string" }, "required": true } },
    });
    if surface == Surface::Rest && endpoint.changes() {
        responses.insert("303".to_owned(), onwards);
    }
    if !by_redirect {
        let answered = wrapped(reference(answer(endpoint)));
        let described = json!({
            "description": summary(endpoint),
            "content": { "application/json": { "schema": answered } },
        });
        responses.insert("200".to_owned(), described);
    }
    for error in endpoint.errors() {
        let mut content = json!({
            "application/json": { "schema": wrapped(reference("Error")) }
        });
        if surface == Surface::Rest && endpoint.changes() {
            // For a browser, a page.
            content["text/html; charset=utf-8"] = json!({ "schema": { "type": "string" } });
        }
        let described = json!({
            "description": format!("{}: {}", error.as_str(), error.description()),
            "content": content,
        });
        responses.insert(error.status().to_string(), described);
    }
    responses.into()
}

/// How a provider's redirect brings its answer (RFC 6749 §4.1.2, RFC 9207 §2).
fn redirect_parameters() -> Value {
    let parameters = [
        ("code", "The authorization code."),
        ("state", "What the authorization request said."),
        ("iss", "The provider's issuer."),
        ("error", "Why there is no code."),
        ("error_description", "The same for a developer."),
    ];
    let parameters = parameters.map(|(name, description)| {
        json!({
            "name": name,
            "in": "query",
            "description": description,
            "schema": { "type": "string" },
        })
    });
    parameters.to_vec().into()
}

fn asked(endpoint: Endpoint) -> Value {
    reference(asked_name(endpoint))
}

const fn asked_name(endpoint: Endpoint) -> &'static str {
    match endpoint {
        Endpoint::SignIn => "SignInAsked",
        Endpoint::Callback => "CallbackAsked",
        Endpoint::SignOut => "SignOutAsked",
        Endpoint::Session | Endpoint::Me => "NothingAsked",
    }
}

const fn answer(endpoint: Endpoint) -> &'static str {
    match endpoint {
        Endpoint::SignIn => "SignInAnswer",
        Endpoint::Callback => "CallbackAnswer",
        Endpoint::SignOut => "SignOutAnswer",
        Endpoint::Session => "SessionAnswer",
        Endpoint::Me => "MeAnswer",
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn envelope(schema: &Value) -> Value {
    json!({
        "type": "object",
        "properties": { "json": schema, "meta": { "type": "array", "maxItems": 0 } },
    })
}

fn schemas() -> Value {
    let text = json!({ "type": "string" });
    let flag = json!({ "type": "boolean" });
    let time = json!({ "type": "string", "format": "date-time" });
    let texts = json!({ "type": "array", "items": text });
    json!({
        "SignInAsked": object(&[], json!({
            "provider": text, "providerId": text, "returnTo": text, "redirectTo": text,
            "loginHint": text, "login_hint": text,
        })),
        "CallbackAsked": object(&[], json!({
            "code": text, "state": text, "iss": text, "error": text,
            "errorDescription": text, "error_description": text,
        })),
        "SignOutAsked": object(&[], json!({
            "sessionId": text, "returnTo": text, "redirectTo": text,
            "everywhere": { "const": false },
        })),
        "NothingAsked": object(&[], json!({})),
        "SignInAnswer": object(&["started", "providerId", "redirectUrl"], json!({
            "started": flag, "providerId": text,
            "redirectUrl": { "type": "string", "format": "uri" }, "state": text,
        })),
        "CallbackAnswer": object(&["completed", "redirectTo"], json!({
            "completed": flag, "redirectTo": text, "sessionId": text, "subject": text,
        })),
        "SignOutAnswer": object(&["signedOut"], json!({
            "signedOut": flag, "sessionId": text, "redirectTo": text,
        })),
        "SessionAnswer": object(&["authenticated"], json!({
            "authenticated": flag, "session": reference("Session"),
        })),
        "MeAnswer": object(&["authenticated"], json!({
            "authenticated": flag, "user": reference("User"), "session": reference("Session"),
        })),
        "Session": object(
            &["id", "userId", "providerId", "state", "subject", "scopes", "roles", "claims", "issuedAt", "expiresAt"],
            json!({
                "id": text, "userId": text, "providerId": text,
                "state": { "const": "active" }, "subject": text,
                "scopes": texts, "roles": texts, "claims": { "type": "object" },
                "issuedAt": time, "expiresAt": time,
            }),
        ),
        "User": object(&["id", "email", "emailVerified"], json!({
            "id": text, "displayName": text, "email": text, "emailVerified": flag,
            "claims": { "type": "object" },
        })),
        "Error": object(&["defined", "code", "status", "message", "data"], json!({
            "defined": flag, "code": text, "status": { "type": "integer" }, "message": text,
            "data": object(&["reason"], json!({
                "reason": text, "formErrors": texts,
                "fieldErrors": { "type": "object", "additionalProperties": texts },
            })),
        })),
    })
}

fn object(required: &[&str], properties: Value) -> Value {
    json!({ "type": "object", "required": required, "properties": properties })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::REST;

    #[test]
    fn the_document_has_every_endpoint_with_its_methods_and_errors_and_no_other() {
        let document = openapi("https://app.example", "App", "__Host-gatelet");
        let paths = document["paths"].as_object().expect("paths");
        assert_eq!(paths.len(), 2 * Endpoint::ALL.len());
        for (path, operations) in paths {
            let (endpoint, surface) = Endpoint::of(path).expect("an endpoint");
            for (method, operation) in operations.as_object().expect("operations") {
                assert!(endpoint.takes(surface, &method.to_uppercase()), "{path}");
                for error in endpoint.errors() {
                    let status = error.status().to_string();
                    assert!(
                        operation["responses"][&status].is_object(),
                        "{path} {status}"
                    );
                }
            }
            let described = operations.as_object().expect("operations").len();
            let methods = endpoint.methods(surface).split(", ");
            assert_eq!(
                described,
                methods.filter(|one| *one != "HEAD").count(),
                "{path}"
            );
        }
        assert!(PATH.starts_with(REST) && PAGE_PATH.starts_with(REST));
        assert!(Endpoint::of(PATH).is_none() && Endpoint::of(PAGE_PATH).is_none());
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = openapi("https://app.example", "App", "__Host-gatelet");
        let text = document.to_string();
        let references = text.split("#/components/schemas/").skip(1);
        let mut count = 0;
        for reference in references {
            let name = reference.split('"').next().unwrap_or_default();
            assert!(
                document["components"]["schemas"][name].is_object(),
                "{name}"
            );
            count += 1;
        }
        assert!(count > 40, "{count}");
    }
}
