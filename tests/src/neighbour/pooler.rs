//! What stands between a program and its Postgres? pgbouncer, as people rent it.

use std::process::Command;

use super::{Ground, Neighbour, program};
use crate::postgres::{Cluster, PASSWORD};

/// Debian's pgbouncer before a cluster, with two connections to it for each database,
/// lent for one transaction at a time.
pub fn of_transactions(cluster: &Cluster) -> Option<Neighbour> {
    let pgbouncer = program("pgbouncer")?;
    let ground = Ground::new("pgbouncer");
    let users = ground.write("users", &format!("\"gatelet\" \"{PASSWORD}\"\n"));
    let settings = ground.write(
        "pgbouncer.ini",
        &format!(
            "[databases]\n* = host=127.0.0.1 port={port}\n[pgbouncer]\n\
             listen_addr = 127.0.0.1\nlisten_port = {own}\nunix_socket_dir =\n\
             auth_type = scram-sha-256\nauth_file = {users}\npool_mode = transaction\n\
             default_pool_size = 2\nserver_tls_sslmode = disable\n",
            port = cluster.port(),
            own = ground.port,
            users = users.display(),
        ),
    );
    // It refuses to run as root.
    let mut command = match rustix::process::geteuid().is_root() {
        true => {
            let mut command = Command::new("setpriv");
            command
                .args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"])
                .arg(pgbouncer);
            command
        }
        false => Command::new(pgbouncer),
    };
    Some(ground.start(command.arg(settings)))
}
