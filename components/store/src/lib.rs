//! Where do users, accounts and sessions live? In Postgres, SQLite or MySQL, behind
//! ports that speak in digests and operations.
//!
//! `ports` maps each call to its statement. `statements` holds the SQL, `placed`
//! writes it for one place's tables, `database` runs it on the engine that
//! `database_url` names, `convert` translates at both ends, `migrate` keeps the
//! schema. `better_auth` reads the tables of another program.

mod better_auth;
mod bindings;
mod check;
mod convert;
mod database;
mod failure;
mod migrate;
mod migrations;
mod mysql;
mod operation;
mod place;
mod placed;
mod ports;
mod postgres;
mod seal;
mod settings;
mod sql;
mod sqlite;
mod statements;
mod tenant;
mod uses;
mod value;

/// The component.
struct Store;
