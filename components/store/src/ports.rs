//! What does each port call do? A file for each group of ports.

mod accounts;
mod admin;
mod app_grants;
mod audit;
mod groups;
mod inviting;
mod limits;
mod links;
mod once;
mod origins;
mod outbox;
mod session_writer;
mod sessions;
mod users;
