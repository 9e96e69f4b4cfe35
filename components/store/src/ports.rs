//! What does each port call do? A file for each group of ports.

mod access_tokens;
mod accounts;
mod admin;
mod app_grants;
mod audit;
mod better_auth;
mod factors;
mod groups;
mod inviting;
mod limits;
mod links;
mod once;
mod origins;
mod outbox;
mod own_account;
mod provider_tokens;
mod refreshes;
mod session_writer;
mod sessions;
mod user_sessions;
mod users;
mod vault;
