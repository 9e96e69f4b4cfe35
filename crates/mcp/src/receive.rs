//! What is asked by a message? All but a call of a tool is answered from the message alone.

use serde_json::{Map, Value, json};

use crate::fields::{Field, Fields};
use crate::json::{self, BODY_MAX_BYTES, Unread};
use crate::listing;
use crate::message::{Id, Message, Said};
use crate::refusal::{Fault, Refusal};
use crate::reply::{Reply, server};
use crate::revision::Revision;
use crate::tool_call::ToolCall;

/// What agents read about all tools together.
const INSTRUCTIONS: &str = "Secrets and variables of applications. A secret's value never passes \
    through you: no tool takes one and none answers one. To have one entered or rotated call \
    request_secret, give the url to your user, and poll secret_request_status; then bind_secret, \
    or declare it in the project file and call reconcile_project. Never ask for a value in the \
    conversation.";

/// In `params._meta`, since 2026-07-28.
const META_REVISION: &str = "io.modelcontextprotocol/protocolVersion";
const META_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// What comes of a message.
#[derive(Debug)]
pub enum Received {
    /// An answer.
    Answered(Reply),
    /// A call of a tool, which others answer.
    Called(ToolCall),
}

/// Reads a message, and answers it where no tool is called.
#[must_use]
pub fn receive(fields: &Fields<'_>, body: &[u8]) -> Received {
    taken(fields, body).unwrap_or_else(|refusal| Received::Answered(refusal.reply()))
}

fn taken(fields: &Fields<'_>, body: &[u8]) -> Result<Received, Refusal> {
    if !fields.is_json {
        return Err(Fault::ContentType.into());
    }
    if !fields.accepts_json {
        return Err(Fault::Accept.into());
    }
    if body.len() > BODY_MAX_BYTES {
        return Err(Fault::TooLarge.into());
    }
    let value = json::read(body).map_err(|unread| match unread {
        Unread::Syntax => Fault::Syntax,
        Unread::Bounds => Fault::Bounds,
    })?;
    match Message::of(value)? {
        Message::Request(id, said) => asked(id, said, fields),
        Message::Notification(said) => {
            let revision = spoken(fields, &said.params, None)?;
            // Of notifications the revision asks for no field, but for none that lies.
            if !revision.has_handshake() && fields.method != Field::Absent {
                same_method(fields, &said, None)?;
            }
            Ok(Received::Answered(Reply::taken()))
        }
        Message::Response => match spoken(fields, &Map::new(), None)?.has_handshake() {
            true => Ok(Received::Answered(Reply::taken())),
            // Since 2026-07-28 nobody sends any.
            false => Err(Fault::NoMessage.into()),
        },
    }
}

fn asked(id: Id, said: Said, fields: &Fields<'_>) -> Result<Received, Refusal> {
    let revision = spoken(fields, &said.params, Some(&id))?;
    if !revision.has_handshake() {
        stands_alone(fields, &said, &id)?;
    }
    let method = said.method.as_str();
    let result = match (method, revision.has_handshake()) {
        ("tools/call", _) => return called(id, revision, said.params).map(Received::Called),
        ("tools/list", has_handshake) => {
            // There is one page, and no cursor leads to another.
            if said
                .params
                .get("cursor")
                .is_some_and(|cursor| !cursor.is_null())
            {
                return Err(Fault::Cursor.answering(Some(id)));
            }
            cacheable(json!({"tools": listing::tools()}), has_handshake)
        }
        ("server/discover", false) => cacheable(
            json!({
                // Those that are spoken without a handshake, as this message is.
                "supportedVersions": [Revision::V2026_07_28.as_str()],
                "capabilities": capabilities(),
                "instructions": INSTRUCTIONS,
            }),
            false,
        ),
        ("initialize", true) => initialize(&id, &said.params)?,
        ("ping", true) => json!({}),
        _ => return Err(Fault::Method(revision).answering(Some(id))),
    };
    Ok(Received::Answered(Reply::result(&id, revision, result)))
}

/// Which revision a message is of. Field and body say the same, where both say it.
fn spoken(
    fields: &Fields<'_>,
    params: &Map<String, Value>,
    id: Option<&Id>,
) -> Result<Revision, Refusal> {
    let at_odds = || Fault::Header("MCP-Protocol-Version").answering(id.cloned());
    let claimed = meta(params).and_then(|meta| meta.get(META_REVISION));
    let shown = match (fields.version, claimed) {
        (Field::Malformed, _) => return Err(at_odds()),
        (Field::Absent, None) => return Ok(Revision::UNSAID),
        (Field::Text(shown), None) => shown,
        (Field::Absent | Field::Text(_), Some(claimed)) => {
            let claimed = claimed.as_str();
            let claimed = claimed.ok_or_else(|| Fault::Meta.answering(id.cloned()))?;
            if !fields.version.says(claimed) {
                return Err(at_odds());
            }
            claimed
        }
    };
    Revision::named(shown).ok_or_else(|| Refusal::revision(id.cloned(), shown))
}

/// A request since 2026-07-28: it says by itself of which revision it is and what its
/// sender can do, and in fields what it is about ("Server Validation").
fn stands_alone(fields: &Fields<'_>, said: &Said, id: &Id) -> Result<(), Refusal> {
    let is_whole = meta(&said.params).is_some_and(|meta| {
        meta.contains_key(META_REVISION)
            && meta.get(META_CAPABILITIES).is_some_and(Value::is_object)
    });
    if !is_whole {
        return Err(Fault::Meta.answering(Some(id.clone())));
    }
    same_method(fields, said, Some(id))?;
    let name = match said.method.as_str() {
        "tools/call" => said.params.get("name").and_then(Value::as_str),
        _ => None,
    };
    match name.is_none_or(|name| fields.name.says_encoded(name)) {
        true => Ok(()),
        false => Err(Fault::Header("Mcp-Name").answering(Some(id.clone()))),
    }
}

fn same_method(fields: &Fields<'_>, said: &Said, id: Option<&Id>) -> Result<(), Refusal> {
    match fields.method.says(&said.method) {
        true => Ok(()),
        false => Err(Fault::Header("Mcp-Method").answering(id.cloned())),
    }
}

fn meta(params: &Map<String, Value>) -> Option<&Map<String, Value>> {
    params.get("_meta").and_then(Value::as_object)
}

fn called(id: Id, revision: Revision, mut params: Map<String, Value>) -> Result<ToolCall, Refusal> {
    let Some(name) = params.get("name").and_then(Value::as_str) else {
        return Err(Fault::Params.answering(Some(id)));
    };
    let Some(tool) = gatelet_secrets::tools::Tool::named(name) else {
        return Err(Fault::Tool.answering(Some(id)));
    };
    let arguments = params.remove("arguments").unwrap_or(Value::Null);
    Ok(ToolCall::new(id, revision, tool, arguments))
}

/// The revision that is asked for where it has a handshake, else the last that has one:
/// whoever cannot speak that goes away ("Version Negotiation").
fn initialize(id: &Id, params: &Map<String, Value>) -> Result<Value, Refusal> {
    let asked = params.get("protocolVersion").and_then(Value::as_str);
    let asked = asked.ok_or_else(|| Fault::Params.answering(Some(id.clone())))?;
    let revision = Revision::named(asked).filter(|revision| revision.has_handshake());
    Ok(json!({
        "protocolVersion": revision.unwrap_or(Revision::LAST_WITH_HANDSHAKE).as_str(),
        "capabilities": capabilities(),
        "serverInfo": server(),
        "instructions": INSTRUCTIONS,
    }))
}

/// The list of tools does not change while the server runs.
fn capabilities() -> Value {
    json!({"tools": {}})
}

/// What is the same for everybody, and for some minutes; older revisions do not say.
fn cacheable(mut result: Value, has_handshake: bool) -> Value {
    if !has_handshake {
        result["ttlMs"] = json!(300_000);
        result["cacheScope"] = json!("public");
    }
    result
}

#[cfg(test)]
mod tests;
