//! What does a runtime configuration file say? It is Spin's own kind of file, beside the
//! manifest: where what the manifest names is kept. Of its tables this host has
//! `key_value_store`; what it does not serve is named, never ignored.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use toml::{Table, Value};

use crate::manifest::in_its_line;

/// What may be configured of an application beside its manifest.
#[derive(Clone, Debug, Default)]
pub struct RuntimeConfig {
    /// `[key_value_store.LABEL]`, by label.
    pub key_value_stores: BTreeMap<String, KeyValueStore>,
}

/// Where a key-value store is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyValueStore {
    /// `type = "spin"`: in a file of SQLite's; in memory where there is no path.
    Spin {
        /// The file.
        path: Option<PathBuf>,
    },
    /// `type = "redis"`: at a server.
    Redis {
        /// `url`.
        url: RedisUrl,
    },
}

/// `redis://user:password@host:port/database`, or `rediss://` for TLS; nothing prints it.
#[derive(Clone, PartialEq, Eq)]
pub struct RedisUrl(String);

impl RuntimeConfig {
    /// Reads a file. Paths in it are relative to its folder.
    ///
    /// # Errors
    /// One line that names the file and what in it cannot be served.
    pub fn read(file: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("{} cannot be read", file.display()))?;
        let folder = file.parent().unwrap_or(Path::new("."));
        Self::parse(&text, folder).with_context(|| file.display().to_string())
    }

    fn parse(text: &str, folder: &Path) -> Result<Self> {
        let document: Table = toml::from_str(text).map_err(|error| in_its_line(text, &error))?;
        let mut stores = BTreeMap::new();
        for (key, value) in document {
            ensure!(
                key == "key_value_store",
                "`{key}` is not supported by this host; of a runtime configuration it has [key_value_store.NAME]"
            );
            let tables = table(value).context("key_value_store")?;
            for (label, value) in tables {
                let place = format!("key_value_store.{label}");
                let store = table(value).and_then(|table| store_of(table, folder));
                stores.insert(label, store.context(place)?);
            }
        }
        Ok(Self {
            key_value_stores: stores,
        })
    }
}

fn store_of(mut written: Table, folder: &Path) -> Result<KeyValueStore> {
    let kind = text(&mut written, "type")?.context("there is no `type`: \"spin\" or \"redis\"")?;
    let store = match kind.as_str() {
        "spin" => KeyValueStore::Spin {
            path: text(&mut written, "path")?.map(|path| folder.join(path)),
        },
        "redis" => {
            let url = text(&mut written, "url")?;
            let url = url.context("there is no `url`: write it as redis://host:6379")?;
            KeyValueStore::Redis {
                url: RedisUrl::parse(url)?,
            }
        }
        other => {
            bail!("type \"{other}\" is not supported by this host: \"spin\" and \"redis\" are")
        }
    };
    if let Some(unknown) = written.keys().next() {
        bail!("a store of type \"{kind}\" has no `{unknown}`");
    }
    Ok(store)
}

/// No value is in an error: a URL may have come to a wrong place.
fn table(value: Value) -> Result<Table> {
    match value {
        Value::Table(table) => Ok(table),
        other => bail!("is {} and should be a table", other.type_str()),
    }
}

fn text(table: &mut Table, key: &str) -> Result<Option<String>> {
    match table.remove(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => bail!("`{key}` is {} and should be text", other.type_str()),
    }
}

impl RedisUrl {
    fn parse(url: String) -> Result<Self> {
        let known = redis::Client::open(url.as_str()).is_ok();
        ensure!(
            known,
            "`url` is no address of a Redis server: write it as redis://user:password@host:6379/0, or with rediss:// for TLS"
        );
        Ok(Self(url))
    }

    /// The whole of it, with the password.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for RedisUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RedisUrl(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<RuntimeConfig> {
        RuntimeConfig::parse(text, Path::new("/app"))
    }

    #[test]
    fn stores_are_read_as_spin_writes_them_and_paths_begin_at_the_file() {
        let config = parse(
            "[key_value_store.default]\ntype = \"redis\"\nurl = \"redis://:hidden@localhost:7000/2\"\n\
             [key_value_store.near]\ntype = \"spin\"\npath = \"near.db\"\n\
             [key_value_store.far]\ntype = \"spin\"\npath = \"/far.db\"\n\
             [key_value_store.gone]\ntype = \"spin\"\n",
        );
        let config = config.unwrap();
        let spin = |path: Option<&str>| KeyValueStore::Spin {
            path: path.map(PathBuf::from),
        };
        let stores = &config.key_value_stores;
        assert_eq!(stores["near"], spin(Some("/app/near.db")));
        assert_eq!(stores["far"], spin(Some("/far.db")));
        assert_eq!(stores["gone"], spin(None));
        assert!(matches!(stores["default"], KeyValueStore::Redis { .. }));
        assert!(!format!("{config:?}").contains("hidden"));
        assert!(parse("").unwrap().key_value_stores.is_empty());
    }

    #[test]
    fn what_is_not_served_is_named_and_no_password_with_it() {
        for (text, says) in [
            (
                "key_value_store = \"hidden\"",
                "key_value_store: is string and should be a table",
            ),
            (
                "[key_value_store]\nx = \"hidden\"",
                "key_value_store.x: is string and should be a table",
            ),
            (
                "[key_value_store.x]\npath = \"hidden\"",
                "key_value_store.x: there is no `type`",
            ),
            (
                "[key_value_store.x]\ntype = 5",
                "`type` is integer and should be text",
            ),
            (
                "[key_value_store.x]\ntype = \"azure_cosmos\"",
                "type \"azure_cosmos\" is not supported by this host",
            ),
            ("[key_value_store.x]\ntype = \"redis\"", "there is no `url`"),
            (
                "[key_value_store.x]\ntype = \"redis\"\nurl = \"http://:hidden@host\"",
                "`url` is no address of a Redis server",
            ),
            (
                "[key_value_store.x]\ntype = \"redis\"\nurl = \"redis://:hidden@host:port\"",
                "`url` is no address of a Redis server",
            ),
            (
                "[key_value_store.x]\ntype = \"redis\"\nurl = \"redis://host\"\npath = \"hidden\"",
                "a store of type \"redis\" has no `path`",
            ),
            (
                "[key_value_store.x]\ntype = \"spin\"\nurl = \"hidden\"",
                "a store of type \"spin\" has no `url`",
            ),
            (
                "[sqlite_database.x]\ntype = \"hidden\"",
                "`sqlite_database` is not supported by this host",
            ),
            ("\n[key_value_store.x\nurl = \"hidden\"", "line 2: "),
        ] {
            let said = format!("{:#}", parse(text).unwrap_err());
            assert!(said.contains(says), "{text}: {said}");
            assert!(!said.contains("hidden"), "{text}: {said}");
        }
    }
}
