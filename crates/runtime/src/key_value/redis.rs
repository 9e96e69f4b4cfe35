//! A store at a Redis server: keys as they are, in the database that the URL names. One
//! connection carries everybody's commands; it is made when it is first wanted, and anew
//! after a break. Nobody waits without end.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{
    AsyncConnectionConfig, Client, Cmd, ErrorKind, FromRedisValue, RedisError, ServerErrorKind, cmd,
};
use tokio::sync::Mutex;

use super::{ANSWER_MAX_BYTES, Failed, Found, Room, Seen};
use crate::runtime_config::RedisUrl;

/// For a connection, with whatever it takes until commands can be sent.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// For one answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);
/// For all of it, whoever else waits too.
const TIMEOUT: Duration = Duration::from_secs(8);
/// Between two who try whether a server that was away is back.
pub(super) const RETRY: Duration = Duration::from_secs(1);
/// Keys that are looked through in one step.
const SCAN: usize = 1000;

/// Sets a key to the second value where it has the first.
const REPLACE: &str = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2]) return 1 else return 0 end";

/// Gets keys, where their values are no larger together than there is room: once they are
/// on their way, all of them have to be taken.
const GET: &str = "local size = 0 for _, key in ipairs(KEYS) do size = size + redis.call('STRLEN', key) end if size > tonumber(ARGV[1]) then return redis.error_reply('ERR the answer is larger than ' .. ARGV[2] .. ' bytes') end return redis.call('MGET', unpack(KEYS))";
/// Keys that are got in one step.
const AT_ONCE: usize = 1000;

#[derive(Debug)]
pub(crate) struct Redis {
    url: RedisUrl,
    connected: Mutex<Connected>,
}

#[derive(Default)]
struct Connected {
    connection: Option<MultiplexedConnection>,
    /// Which one it is, or was: who meets a broken one drops no newer one.
    number: u64,
    /// When there was none to be had, and why.
    away: Option<(Instant, Failed)>,
}

/// Whether a command may be sent again where the connection broke before its answer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Again {
    Yes,
    No,
}

impl Redis {
    pub(super) fn new(url: &RedisUrl) -> Self {
        Self {
            url: url.clone(),
            connected: Mutex::default(),
        }
    }

    pub(super) async fn exists(&self, key: String) -> Result<bool, Failed> {
        self.ask(cmd("EXISTS").arg(key), Again::Yes).await
    }

    pub(super) async fn keys(&self) -> Result<Vec<String>, Failed> {
        let mut room = Room::new();
        let mut keys = BTreeSet::new();
        let mut cursor: u64 = 0;
        loop {
            let mut scan = cmd("SCAN");
            scan.arg(cursor).arg("COUNT").arg(SCAN);
            let (next, found): (u64, Vec<String>) = self.ask(&scan, Again::Yes).await?;
            for key in found {
                room.take(key.len())?;
                // A key may come twice.
                keys.insert(key);
            }
            cursor = next;
            if cursor == 0 {
                return Ok(keys.into_iter().collect());
            }
        }
    }

    pub(super) async fn get_many(&self, keys: Vec<String>) -> Result<Vec<Found>, Failed> {
        let mut room = Room::new();
        let mut pairs = Vec::with_capacity(keys.len().min(AT_ONCE));
        for some in keys.chunks(AT_ONCE) {
            let mut get = cmd("EVAL");
            get.arg(GET)
                .arg(some.len())
                .arg(some)
                .arg(room.left())
                .arg(ANSWER_MAX_BYTES);
            let values: Vec<Option<Vec<u8>>> = self.ask(&get, Again::Yes).await?;
            for (key, value) in some.iter().zip(values) {
                room.take(key.len() + value.as_ref().map_or(0, Vec::len))?;
                pairs.push((key.clone(), value));
            }
        }
        Ok(pairs)
    }

    pub(super) async fn set_many(&self, pairs: Vec<(String, Vec<u8>)>) -> Result<(), Failed> {
        let mut set = cmd("MSET");
        for (key, value) in &pairs {
            set.arg(key).arg(value);
        }
        self.ask(&set, Again::Yes).await
    }

    pub(super) async fn delete_many(&self, keys: Vec<String>) -> Result<(), Failed> {
        self.ask(cmd("DEL").arg(keys), Again::Yes).await
    }

    pub(super) async fn increment(&self, key: String, delta: i64) -> Result<i64, Failed> {
        self.ask(cmd("INCRBY").arg(key).arg(delta), Again::No).await
    }

    pub(super) async fn swap(
        &self,
        key: String,
        seen: Seen,
        value: Vec<u8>,
    ) -> Result<bool, Failed> {
        match seen {
            Seen::NotLooked => {
                let set: () = self.ask(cmd("SET").arg(key).arg(value), Again::Yes).await?;
                let () = set;
                Ok(true)
            }
            Seen::Nothing => self.ask(cmd("SETNX").arg(key).arg(value), Again::No).await,
            Seen::Value(seen) => {
                let mut swap = cmd("EVAL");
                swap.arg(REPLACE).arg(1).arg(key).arg(seen).arg(value);
                self.ask(&swap, Again::No).await
            }
        }
    }

    async fn ask<T: FromRedisValue>(&self, command: &Cmd, again: Again) -> Result<T, Failed> {
        let asked = tokio::time::timeout(TIMEOUT, self.ask_until(command, again)).await;
        asked.unwrap_or_else(|_| Err("the server does not answer in time".to_owned()))
    }

    async fn ask_until<T: FromRedisValue>(&self, command: &Cmd, again: Again) -> Result<T, Failed> {
        let mut may_again = again;
        loop {
            let (number, mut connection) = self.connection().await?;
            let error = match command.query_async(&mut connection).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if !is_broken(&error) {
                return Err(error.to_string());
            }
            self.drop_connection(number).await;
            // It may have been idle while the server was started anew.
            if may_again == Again::No || error.is_timeout() {
                return Err(error.to_string());
            }
            may_again = Again::No;
        }
    }

    /// The connection and its number. One tries while the others wait; what it was told is
    /// what they are told.
    async fn connection(&self) -> Result<(u64, MultiplexedConnection), Failed> {
        let mut connected = self.connected.lock().await;
        if let Some(connection) = &connected.connection {
            return Ok((connected.number, connection.clone()));
        }
        if let Some((since, failed)) = &connected.away
            && since.elapsed() < RETRY
        {
            return Err(failed.clone());
        }
        match connect(&self.url).await {
            Ok(connection) => {
                connected.number += 1;
                connected.connection = Some(connection.clone());
                connected.away = None;
                Ok((connected.number, connection))
            }
            Err(error) => {
                let failed = format!("no connection: {error}");
                if connected.away.is_none() {
                    tracing::warn!("key-value store: Redis: {failed}");
                }
                connected.away = Some((Instant::now(), failed.clone()));
                Err(failed)
            }
        }
    }

    async fn drop_connection(&self, number: u64) {
        let mut connected = self.connected.lock().await;
        if connected.number == number {
            connected.connection = None;
        }
    }
}

async fn connect(url: &RedisUrl) -> Result<MultiplexedConnection, RedisError> {
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(CONNECT_TIMEOUT))
        .set_response_timeout(Some(ANSWER_TIMEOUT));
    let client = Client::open(url.as_str())?;
    client
        .get_multiplexed_async_connection_with_config(&config)
        .await
}

/// Whether the connection is no good for the next command. A server that takes no writes
/// any more has been the one that does: a new connection may lead to the one that is now.
fn is_broken(error: &RedisError) -> bool {
    let is_replica = ErrorKind::Server(ServerErrorKind::ReadOnly);
    error.is_io_error() || error.is_unrecoverable_error() || error.kind() == is_replica
}

/// Not the connection, which knows the password.
impl std::fmt::Debug for Connected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "connection {}", self.number)
    }
}
