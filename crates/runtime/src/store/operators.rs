//! What the operator's tools ask about people: users and their sessions, groups,
//! invitations, and what all of them did.

use anyhow::Result;
use wasmtime::component::Accessor;

use super::bindings::Store;
use super::bindings::exports::gatelet::store::audit::{Cursor, Event, Kept};
use super::bindings::exports::gatelet::store::links::Link;
use super::bindings::exports::gatelet::store_admin::audit_log::Filter;
use super::bindings::exports::gatelet::store_admin::groups::{Change, Group, Member};
use super::bindings::exports::gatelet::store_admin::inviting::NewInvitation;
use super::bindings::exports::gatelet::store_admin::users::{Listed, NewUser, Running, WayIn};
use super::{Place, State, StoreAdmin, StoreError, said};

/// Calls of the store's ports, by the names of what they ask; each fails when the
/// database does not answer, or does not take it.
macro_rules! calls {
    ($($interface:ident { $($(#[$meta:meta])* $name:ident = $call:ident($($argument:ident: $type:ty),*) -> $answer:ty;)* })*) => {
        impl StoreAdmin {
            $($(
                $(#[$meta])*
                ///
                /// # Errors
                /// The store's, within a line for the operator.
                pub async fn $name(&self, place: &Place, $($argument: $type),*) -> Result<$answer> {
                    let place = place.clone();
                    self.ask(async |accessor, ports| {
                        ports.$interface().$call(accessor, place, $($argument),*).await
                    })
                    .await
                }
            )*)*
        }
    };
}

calls! {
    gatelet_store_admin_users {
        /// A page of users by email.
        users = call_list(after: String, limit: u32, now: u64) -> Vec<Listed>;
        /// By id or canonical email.
        find_user = call_find(who: String, now: u64) -> Option<Listed>;
        /// By which ways a user signs in.
        ways_in = call_ways_in(user_id: String) -> Vec<WayIn>;
        /// Users who come from elsewhere; of each whether it is new.
        insert_users = call_insert(users: Vec<NewUser>) -> Vec<bool>;
        /// Switches a user off.
        disable_user = call_disable(user_id: String, now: u64) -> bool;
        /// Switches a user on again.
        enable_user = call_enable(user_id: String, now: u64) -> bool;
        /// What was counted against a user is forgotten; whether anything was.
        unlock_user = call_unlock(lockout: Option<Vec<u8>>, buckets: Vec<(String, Vec<u8>)>) -> bool;
        /// All second factors of a user go; whether there were any.
        reset_factors = call_reset_factors(user_id: String, now: u64) -> bool;
        /// A user goes.
        delete_user = call_delete(user_id: String) -> bool;
        /// A page of live sessions.
        running_sessions = call_sessions(user_id: Option<String>, after: Option<Vec<u8>>, limit: u32, now: u64) -> Vec<Running>;
    }
    gatelet_store_admin_groups {
        /// A new group; whether it is.
        create_group = call_create(name: String, now: u64) -> bool;
        /// A page of groups by name.
        groups = call_list(after: String, limit: u32) -> Vec<Group>;
        /// A page of those who are in one.
        group_members = call_members(name: String, after: String, limit: u32) -> Vec<Member>;
        /// Somebody comes into one.
        add_to_group = call_add(name: String, user_id: String, now: u64) -> Change;
        /// Somebody leaves one.
        remove_from_group = call_remove(name: String, user_id: String) -> Change;
        /// One goes.
        delete_group = call_delete(name: String) -> bool;
    }
    gatelet_store_admin_inviting {
        /// Somebody is invited.
        invite = call_invite(invitation: NewInvitation) -> ();
        /// An invitation is taken back; whether it was good.
        withdraw_invitation = call_withdraw(email: String, origin: String, now: u64) -> bool;
        /// All are that name no address.
        withdraw_open_invitations = call_withdraw_open(now: u64) -> ();
    }
    gatelet_store_links {
        /// A link is kept, as those are that are mailed.
        keep_link = call_keep(link: Link) -> ();
    }
    gatelet_store_admin_audit_log {
        /// A page of what was done, newest first.
        events = call_events(filter: Filter, after: Option<Cursor>, limit: u32) -> Vec<Kept>;
        /// Forgets what is older; how many rows.
        forget_events = call_forget(before: u64, limit: u32) -> u64;
    }
    gatelet_store_audit {
        /// Writes down what was done.
        append_events = call_append(events: Vec<Event>) -> ();
    }
    gatelet_store_session_writer {
        /// Ends all sessions of a user; how many.
        end_sessions = call_end_all(user_id: String, keep: Option<Vec<u8>>) -> u64;
        /// Ends one.
        end_session = call_end(token: Vec<u8>) -> ();
    }
}

impl StoreAdmin {
    /// A call of any port, on an instance of its own.
    async fn ask<R>(
        &self,
        call: impl AsyncFnOnce(&Accessor<State>, &Store) -> wasmtime::Result<Result<R, StoreError>>,
    ) -> Result<R> {
        let mut instance = self.instance().await?;
        let answer = instance.call(async |accessor, ports| call(accessor, ports).await);
        answer.await??.map_err(said)
    }
}
