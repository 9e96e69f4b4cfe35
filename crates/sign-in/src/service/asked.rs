//! What is asked of an endpoint? Objects of text; fields that nobody here knows are passed
//! over, as the services do that apps were written for. Two words for one thing are both
//! understood.

use serde_json::{Map, Value};
use zeroize::Zeroizing;

/// What is wrong with what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is no object.
    NoObject,
    /// This field does not do, and why in a few words.
    Field(&'static str, &'static str),
}

/// What `signin` is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignInAsked {
    /// `provider` or `providerId`: the provider's id; None for the only one.
    pub provider: Option<String>,
    /// `returnTo` or `redirectTo`: where to go afterwards, unjudged.
    pub return_to: Option<String>,
    /// `loginHint` or `login_hint`: as whom, for the provider to know.
    pub login_hint: Option<String>,
}

/// What `callback` is told, as a provider says it.
#[derive(Debug)]
pub struct CallbackAsked {
    /// As a provider's redirect would have it, encoded as a form.
    pub encoded: Zeroizing<String>,
}

/// What `signout` is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SignOutAsked {
    /// The id of the session to end: this browser's, no other.
    pub session_id: Option<String>,
    /// Where the app goes on to, unjudged.
    pub return_to: Option<String>,
}

impl SignInAsked {
    /// Reads what was asked.
    pub fn read(asked: &Value) -> Result<Self, Fault> {
        let fields = object(asked)?;
        Ok(Self {
            provider: either(&fields, "provider", "providerId")?,
            return_to: either(&fields, "returnTo", "redirectTo")?,
            login_hint: either(&fields, "loginHint", "login_hint")?,
        })
    }
}

impl CallbackAsked {
    /// Reads what was asked: `code`, `state`, `iss`, `error`, and `errorDescription` by
    /// either spelling.
    pub fn read(asked: &Value) -> Result<Self, Fault> {
        let fields = object(asked)?;
        let mut parameters = Vec::new();
        for name in ["code", "state", "iss", "error"] {
            parameters.extend(text(&fields, name)?.map(|value| (name, value)));
        }
        let described = either(&fields, "error_description", "errorDescription")?;
        parameters.extend(described.map(|value| ("error_description", value)));
        let pairs = parameters.iter();
        let encoded = gatelet_forms::encode(pairs.map(|(name, value)| (*name, value.as_str())));
        Ok(Self {
            encoded: Zeroizing::new(encoded),
        })
    }
}

impl SignOutAsked {
    /// Reads what was asked. Ending sessions elsewhere is not for this call: the account's
    /// own page does that, and asks for a fresh proof first.
    pub fn read(asked: &Value) -> Result<Self, Fault> {
        let fields = object(asked)?;
        let everywhere = fields.get("everywhere").unwrap_or(&Value::Null);
        // In a form it is text.
        let everywhere = match everywhere.as_str() {
            Some("false" | "") => &Value::Bool(false),
            Some("true") => &Value::Bool(true),
            _ => everywhere,
        };
        match everywhere {
            Value::Null | Value::Bool(false) => {}
            Value::Bool(true) => {
                let why = "not by this call; see /auth/account/sessions";
                return Err(Fault::Field("everywhere", why));
            }
            _ => return Err(Fault::Field("everywhere", "not true or false")),
        }
        Ok(Self {
            session_id: text(&fields, "sessionId")?,
            return_to: either(&fields, "returnTo", "redirectTo")?,
        })
    }
}

/// Judges what is asked of a call that takes nothing: an object or nothing.
pub fn judge_nothing_asked(asked: &Value) -> Result<(), Fault> {
    object(asked).map(drop)
}

/// The fields; none where nothing was said.
fn object(asked: &Value) -> Result<Map<String, Value>, Fault> {
    match asked {
        Value::Null => Ok(Map::new()),
        Value::Object(fields) => Ok(fields.clone()),
        _ => Err(Fault::NoObject),
    }
}

fn text(fields: &Map<String, Value>, name: &'static str) -> Result<Option<String>, Fault> {
    match fields.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Fault::Field(name, "not a string")),
    }
}

fn either(
    fields: &Map<String, Value>,
    one: &'static str,
    other: &'static str,
) -> Result<Option<String>, Fault> {
    match (text(fields, one)?, text(fields, other)?) {
        (Some(said), Some(again)) if said != again => Err(Fault::Field(
            other,
            "says something else than its other name",
        )),
        (said, again) => Ok(said.or(again)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_sign_in_is_asked_for_in_either_words() {
        let asked = |provider: Option<&str>, return_to: Option<&str>| {
            Ok(SignInAsked {
                provider: provider.map(str::to_owned),
                return_to: return_to.map(str::to_owned),
                login_hint: None,
            })
        };
        for hint in ["loginHint", "login_hint"] {
            let read = SignInAsked::read(&json!({ hint: "ann@example.com" })).expect("an object");
            assert_eq!(
                read.login_hint.as_deref(),
                Some("ann@example.com"),
                "{hint}"
            );
        }
        for (said, expected) in [
            (Value::Null, asked(None, None)),
            (json!({}), asked(None, None)),
            (
                json!({"provider": "acme", "returnTo": "/x"}),
                asked(Some("acme"), Some("/x")),
            ),
            (
                json!({"providerId": "acme", "redirectTo": "/x", "scopes": ["a"], "more": 1}),
                asked(Some("acme"), Some("/x")),
            ),
            (
                json!({"provider": "acme", "providerId": "acme"}),
                asked(Some("acme"), None),
            ),
            (
                json!({"provider": "acme", "providerId": "other"}),
                Err(Fault::Field(
                    "providerId",
                    "says something else than its other name",
                )),
            ),
            (
                json!({"provider": 1}),
                Err(Fault::Field("provider", "not a string")),
            ),
            (
                json!({"redirectTo": null}),
                Err(Fault::Field("redirectTo", "not a string")),
            ),
            (json!([]), Err(Fault::NoObject)),
            (json!("x"), Err(Fault::NoObject)),
        ] {
            assert_eq!(SignInAsked::read(&said), expected, "{said}");
        }
    }

    #[test]
    fn an_answer_in_json_is_read_as_a_providers_redirect() {
        let said = json!({
            "code": "a&b", "state": "s", "iss": "https://id.example",
            "errorDescription": "d", "redirectTo": "/x", "sealed_code": "z",
        });
        let read = CallbackAsked::read(&said).expect("an answer");
        let expected = "code=a%26b&state=s&iss=https%3A%2F%2Fid.example&error_description=d";
        assert_eq!(*read.encoded, expected);
        let wrong = CallbackAsked::read(&json!({"code": ["a"]})).expect_err("no text");
        assert_eq!(wrong, Fault::Field("code", "not a string"));
    }

    #[test]
    fn a_sign_out_ends_this_session_alone() {
        let read = |said| SignOutAsked::read(&said);
        for value in [json!(false), json!("false"), json!("")] {
            let read = read(json!({ "everywhere": value }));
            assert_eq!(read, Ok(SignOutAsked::default()));
        }
        let own = read(json!({"sessionId": "s", "redirectTo": "/"})).expect("asked");
        assert_eq!(own.session_id.as_deref(), Some("s"));
        assert_eq!(own.return_to.as_deref(), Some("/"));
        for value in [json!(true), json!("true"), json!("yes")] {
            let refused = read(json!({"everywhere": value}));
            assert!(matches!(refused, Err(Fault::Field("everywhere", _))));
        }
        assert_eq!(judge_nothing_asked(&json!({"unused": 1})), Ok(()));
        assert_eq!(judge_nothing_asked(&json!(1)), Err(Fault::NoObject));
    }
}
