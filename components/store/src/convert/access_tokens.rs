//! Personal access tokens, to parameters and from rows.

use crate::{
    bindings::exports::gatelet::store::access_tokens::Token,
    convert::{seconds, text},
    failure::Failure,
    value::{Row, Value},
};

/// id, name, audience, scopes, expires. When it was made is now, and nobody has used it.
pub(crate) fn token_parameters(token: Token) -> Result<[Value; 5], Failure> {
    let Token {
        id,
        name,
        audience,
        scopes,
        created_at: _,
        expires_at,
        used_at: _,
    } = token;
    Ok([
        text(id)?,
        text(name)?,
        text(audience)?,
        text(scopes)?,
        seconds(expires_at)?,
    ])
}

pub(crate) fn token(row: &mut Row) -> Result<Token, Failure> {
    Ok(Token {
        id: row.text()?,
        name: row.text()?,
        audience: row.text()?,
        scopes: row.text()?,
        created_at: row.seconds()?,
        expires_at: row.seconds()?,
        used_at: row.optional_seconds()?,
    })
}
