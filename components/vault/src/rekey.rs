//! Turning the key: all that is sealed is sealed anew under the first one, row by row, each
//! only while it is what was read.

use gatelet_ports::store::vault::{self as store, AnythingSealed};
use gatelet_secrets::key::Copied;
use gatelet_secrets::names::application as parse;
use gatelet_secrets::{Context, EnvKey, SecretValue, VaultError};
use gatelet_sign_in::audit::Act;
use gatelet_wasi::random;

use crate::bindings::exports::gatelet::vault::tools::Resealed;
use crate::caller::Caller;
use crate::stored::said;

/// Rows that are read at once.
const PAGE_ROWS: u32 = 200;

pub(crate) async fn rekey(caller: &Caller, now: u64) -> Result<Resealed, VaultError> {
    let mut done = Resealed {
        secrets: 0,
        variables: 0,
        kept: 0,
        unopened: Vec::new(),
    };
    let mut after = (String::new(), String::new());
    loop {
        let page = store::list_sealed(caller.org(), after, PAGE_ROWS).await;
        let page = page.map_err(said)?;
        let Some(last) = page.last() else {
            break;
        };
        after = (last.application.clone(), last.name.clone());
        for row in page {
            reseal(caller, row, &mut done).await?;
        }
    }
    caller
        .record(Act::VaultRekeyed, caller.org.as_str(), now)
        .await;
    Ok(done)
}

async fn reseal(
    caller: &Caller,
    row: AnythingSealed,
    done: &mut Resealed,
) -> Result<(), VaultError> {
    if !caller.keys.is_outdated(&row.sealed) {
        done.kept += 1;
        return Ok(());
    }
    let context = Context::row(
        caller.org.as_str(),
        &row.application,
        &row.name,
        row.version,
    );
    let Ok(value) = caller.keys.open(&context, &row.sealed) else {
        done.unopened.push(match row.application.as_str() {
            "" => row.name,
            application => format!("{application}:{}", row.name),
        });
        return Ok(());
    };
    let from = row.sealed;
    let anew = AnythingSealed {
        sealed: caller.keys.seal(&context, &value, random::bytes()),
        written: rewritten(caller, &row.application, &row.name, &value, row.written),
        application: row.application,
        name: row.name,
        version: row.version,
    };
    let is_secret = anew.application.is_empty();
    // Where it has changed meanwhile, whoever changed it sealed it under the first key.
    if store::reseal(caller.org(), anew, from)
        .await
        .map_err(said)?
    {
        match is_secret {
            true => done.secrets += 1,
            false => done.variables += 1,
        }
    }
    Ok(())
}

/// The fingerprint of what was written, under the first key where this still is that. Of
/// another value nothing is known, and it stays another's.
fn rewritten(
    caller: &Caller,
    application: &str,
    key: &str,
    value: &SecretValue,
    written: Vec<u8>,
) -> Vec<u8> {
    let (Ok(application), Ok(key)) = (parse(application), EnvKey::parse_kept(key)) else {
        return written;
    };
    let copied = Copied {
        org: &caller.org,
        application: &application,
        key: &key,
    };
    match caller
        .keys
        .matches_any_fingerprint(&copied, value, &written)
    {
        true => caller.keys.fingerprint(&copied, value).to_vec(),
        false => written,
    }
}
