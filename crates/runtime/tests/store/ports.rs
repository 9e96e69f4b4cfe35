//! The component's ports as plain methods, each a call of its own.

use super::Subject;
use crate::runtime::run;
use futures::future::join_all;

use access_tokens::Token;
use accounts::{Found, Linked, Password, Seen};
use audit::{Cursor, Event, Kept};
use factors::{Assertion, FoundPasskey, Held, Passkey, PasskeyUse};
pub(crate) use gatelet_runtime::store::bindings::exports::gatelet::store::{
    access_tokens, accounts, audit, factors, invitations, limits, links, origins, outbox,
    own_account, provider_tokens, refreshes, session_writer, sessions, types, user_sessions, vault,
};
use gatelet_runtime::store::bindings::exports::gatelet::store_admin::admin::{Report, Step};
pub(crate) use gatelet_runtime::store::bindings::exports::gatelet::store_admin::{
    admin::{Departure, Tenant},
    audit_log::Filter,
    groups::{Change, Group, Member},
    inviting::NewInvitation,
    outbox_log::Queued,
    users::{Listed, NewUser, Running, WayIn},
};
use invitations::Invitation;
use limits::{Lockout, Rule, State};
use links::{Link, Purpose};
use origins::{Origin, Snapshot, State as OriginState};
use outbox::{Again, Letter, TakenUp};
use own_account::{EmailChange, Holder, Profile};
use refreshes::Claimed;
use session_writer::{NewSession, PasswordRegistration, SignIn};
use sessions::Resumed;
use types::{Error, Identity, Session, User};
use user_sessions::{After, Over};
use vault::{
    AnythingSealed, Application, NewSecret, Request, SealedSecret, SealedVariable, Secret, Variable,
};

/// Those that say whose tables they mean are asked for the subject's place.
macro_rules! ports {
    ($($interface:ident { $($name:ident = $call:ident($(@ $in:ident;)? $($argument:ident: $type:ty),*) -> $answer:ty;)* })*) => {
        #[allow(dead_code, reason = "each test binary uses some of them")]
        impl Subject {
            $($(
                pub(crate) fn $name(&mut self, $($argument: $type),*) -> $answer {
                    $(let $in = self.place.clone();)?
                    let call = self.instance.call(async |accessor, ports| {
                        ports.$interface().$call(accessor, $($in,)? $($argument),*).await
                    });
                    run(call).expect("the instance runs").expect("the component does not trap")
                }
            )*)*
        }
    };
}

ports! {
    gatelet_store_refreshes {
        claim_refresh = call_claim(token: Vec<u8>, now: u64, until: u64) -> Result<Claimed, Error>;
        settle_refresh = call_settle(token: Vec<u8>, outcome: Option<String>, expires_at: u64) -> Result<(), Error>;
        release_refresh = call_release(token: Vec<u8>) -> Result<(), Error>;
    }
    gatelet_store_provider_tokens {
        tokens_of_session = call_of_session(@place; session: Vec<u8>, audience: String, provider: String, now: u64) -> Result<Option<provider_tokens::Kept>, Error>;
        tokens_of_account = call_of_account(@place; issuer: String, subject: String) -> Result<Option<Vec<u8>>, Error>;
        keep_tokens = call_keep(@place; issuer: String, subject: String, sealed: Vec<u8>, before: Option<Vec<u8>>) -> Result<bool, Error>;
        end_tokens = call_end(@place; issuer: String, subject: String, before: Vec<u8>) -> Result<bool, Error>;
        take_unused = call_take_unused(@place; user_id: String, now: u64) -> Result<Vec<provider_tokens::Kept>, Error>;
    }
    gatelet_store_sessions {
        resume_for = call_resume(@place; token: Vec<u8>, audience: String, app: Option<String>, now: u64, idle: u64) -> Result<Option<Resumed>, Error>;
    }
    gatelet_store_health {
        ready = call_ready() -> Result<(), Error>;
    }
    gatelet_store_session_writer {
        begin_and_note = call_begin(@place; sign_in: SignIn, session: NewSession, events: Vec<Event>) -> Result<Session, Error>;
        end = call_end(@place; token: Vec<u8>) -> Result<(), Error>;
        end_all = call_end_all(@place; user_id: String, keep: Option<Vec<u8>>) -> Result<u64, Error>;
    }
    gatelet_store_accounts {
        find_password = call_find_password(@place; email: String) -> Result<Option<Password>, Error>;
        find_linked = call_find_linked(@place; identity: Identity) -> Result<Option<Linked>, Error>;
        find_by_id = call_find_by_id(@place; user_id: String) -> Result<Option<Found>, Error>;
        find_by_email = call_find_by_email(@place; email: String) -> Result<Option<Found>, Error>;
    }
    gatelet_store_factors {
        find_factors = call_find(@place; user_id: String) -> Result<Option<Held>, Error>;
        add_authenticator = call_add_authenticator(@place; seen: Seen, secret: Vec<u8>, step: u64, now: u64) -> Result<(), Error>;
        remove_authenticator = call_remove_authenticator(@place; seen: Seen, now: u64) -> Result<(), Error>;
        use_authenticator = call_use_authenticator(@place; user_id: String, step: u64) -> Result<bool, Error>;
        set_recovery_codes = call_set_recovery_codes(@place; seen: Seen, codes: Vec<Vec<u8>>, now: u64) -> Result<(), Error>;
        use_recovery_code = call_use_recovery_code(@place; user_id: String, code: Vec<u8>) -> Result<bool, Error>;
        passkeys = call_passkeys(@place; user_id: String) -> Result<Vec<Passkey>, Error>;
        find_passkey = call_find_passkey(@place; id: String) -> Result<Option<FoundPasskey>, Error>;
        add_passkey = call_add_passkey(@place; seen: Seen, passkey: Passkey, now: u64) -> Result<(), Error>;
        remove_passkey = call_remove_passkey(@place; seen: Seen, id: String, now: u64) -> Result<(), Error>;
        rename_passkey = call_rename_passkey(@place; user_id: String, id: String, name: String) -> Result<bool, Error>;
        use_passkey = call_use_passkey(@place; assertion: Assertion, now: u64) -> Result<PasskeyUse, Error>;
    }
    gatelet_store_once {
        spend = call_spend(@place; purpose: String, value: Vec<u8>, now: u64, expires_at: u64) -> Result<bool, Error>;
    }
    gatelet_store_limits {
        admit = call_admit(@place; rules: Vec<Rule>, now: u64) -> Result<Vec<State>, Error>;
        shut = call_shut(@place; lockout: Lockout, now: u64) -> Result<Option<u64>, Error>;
        give_back = call_give_back(@place; rules: Vec<Rule>, now: u64) -> Result<(), Error>;
    }
    gatelet_store_origins {
        list = call_list(known: Option<u64>, now: u64) -> Result<Option<Snapshot>, Error>;
    }
    gatelet_store_app_grants {
        is_granted = call_is_granted(@place; user_id: String, app: String) -> Result<bool, Error>;
    }
    gatelet_store_own_account {
        profile = call_find(@place; user_id: String) -> Result<Option<Profile>, Error>;
        own_grants = call_granted_apps(@place; user_id: String) -> Result<Vec<(String, u64)>, Error>;
        rename = call_rename(@place; holder: Holder, name: String, now: u64) -> Result<(), Error>;
        change_email = call_change_email(@place; holder: Holder, seen: Seen, change: EmailChange, token: Vec<u8>, now: u64) -> Result<(), Error>;
        take_back_email = call_take_back_email(@place; seen: Seen, change: EmailChange, now: u64) -> Result<(), Error>;
        set_password = call_set_password(@place; holder: Holder, seen: Seen, hash: String, token: Vec<u8>, now: u64) -> Result<(), Error>;
        link_own = call_link(@place; holder: Holder, seen: Seen, identity: Identity, vouched_email: Option<String>, now: u64) -> Result<(), Error>;
        remove_way = call_remove_way(@place; holder: Holder, seen: Seen, issuer: String, subject: String, now: u64) -> Result<(), Error>;
        leave = call_leave(@place; holder: Holder, seen: Seen, leaves_at: u64, now: u64) -> Result<(), Error>;
        stay = call_stay(@place; user_id: String, now: u64) -> Result<bool, Error>;
    }
    gatelet_store_user_sessions {
        list_sessions = call_list(@place; user_id: String, after: Option<After>, limit: u32, now: u64) -> Result<Vec<user_sessions::Listed>, Error>;
        find_own_session = call_find(@place; holder: Holder, now: u64) -> Result<Option<user_sessions::Listed>, Error>;
        end_own = call_end(@place; holder: Holder, token: Vec<u8>, now: u64) -> Result<bool, Error>;
        end_over = call_end_over(@place; over: Over) -> Result<Vec<String>, Error>;
        is_over = call_is_over(@place; account: Identity, session: String, first_step_at: u64) -> Result<bool, Error>;
        end_others = call_end_others(@place; holder: Holder, now: u64) -> Result<u64, Error>;
    }
    gatelet_store_access_token_writer {
        create_token = call_create(@place; holder: Holder, seen: Seen, token: Token, digest: Vec<u8>, most: u32, now: u64) -> Result<(), Error>;
        list_tokens = call_list(@place; user_id: String, now: u64) -> Result<Vec<Token>, Error>;
        revoke_token = call_revoke(@place; holder: Holder, id: String, now: u64) -> Result<bool, Error>;
    }
    gatelet_store_access_tokens {
        resume_token = call_resume(@place; digest: Vec<u8>, audience: String, app: Option<String>, now: u64) -> Result<Option<access_tokens::Resumed>, Error>;
    }
    gatelet_store_outbox {
        queue = call_queue(@place; letter: Letter, due_at: u64) -> Result<(), Error>;
        take_up = call_take_up(@place; now: u64, due_at: u64, limit: u32) -> Result<Vec<TakenUp>, Error>;
        settle = call_settle(@place; id: String, attempts: u32, again: Option<Again>) -> Result<(), Error>;
    }
    gatelet_store_admin_outbox_log {
        waiting = call_waiting(@place;) -> Result<Queued, Error>;
        forget_letters = call_forget(@place; before: u64, limit: u32) -> Result<u64, Error>;
    }
    gatelet_store_audit {
        append = call_append(@place; events: Vec<Event>) -> Result<(), Error>;
        events_of_user = call_of_user(@place; user_id: String, after: Option<Cursor>, limit: u32) -> Result<Vec<Kept>, Error>;
    }
    gatelet_store_invitations {
        invitation = call_find(@place; token: Vec<u8>, origin: String, now: u64) -> Result<Option<Invitation>, Error>;
        invitation_of = call_find_by_email(@place; email: String, origin: String, now: u64) -> Result<Option<Invitation>, Error>;
    }
    gatelet_store_admin_inviting {
        invite = call_invite(@place; invitation: NewInvitation) -> Result<(), Error>;
        withdraw = call_withdraw(@place; email: String, origin: String, now: u64) -> Result<bool, Error>;
        withdraw_open = call_withdraw_open(@place; now: u64) -> Result<(), Error>;
    }
    gatelet_store_admin_users {
        users = call_list(@place; after: String, limit: u32, now: u64) -> Result<Vec<Listed>, Error>;
        find = call_find(@place; who: String, now: u64) -> Result<Option<Listed>, Error>;
        ways_in = call_ways_in(@place; user_id: String) -> Result<Vec<WayIn>, Error>;
        insert_users = call_insert(@place; users: Vec<NewUser>) -> Result<Vec<bool>, Error>;
        disable = call_disable(@place; user_id: String, now: u64) -> Result<bool, Error>;
        enable = call_enable(@place; user_id: String, now: u64) -> Result<bool, Error>;
        unlock = call_unlock(@place; lockout: Option<Vec<u8>>, buckets: Vec<(String, Vec<u8>)>) -> Result<bool, Error>;
        reset_factors = call_reset_factors(@place; user_id: String, now: u64) -> Result<bool, Error>;
        delete_user = call_delete(@place; user_id: String) -> Result<bool, Error>;
        running = call_sessions(@place; user_id: Option<String>, after: Option<Vec<u8>>, limit: u32, now: u64) -> Result<Vec<Running>, Error>;
    }
    gatelet_store_admin_groups {
        create_group = call_create(@place; name: String, now: u64) -> Result<bool, Error>;
        groups = call_list(@place; after: String, limit: u32) -> Result<Vec<Group>, Error>;
        members = call_members(@place; name: String, after: String, limit: u32) -> Result<Vec<Member>, Error>;
        add_to_group = call_add(@place; name: String, user_id: String, now: u64) -> Result<Change, Error>;
        remove_from_group = call_remove(@place; name: String, user_id: String) -> Result<Change, Error>;
        delete_group = call_delete(@place; name: String) -> Result<bool, Error>;
    }
    gatelet_store_admin_audit_log {
        events = call_events(@place; filter: Filter, after: Option<Cursor>, limit: u32) -> Result<Vec<Kept>, Error>;
        forget_events = call_forget(@place; before: u64, limit: u32) -> Result<u64, Error>;
    }
    gatelet_store_links {
        keep_link = call_keep(@place; link: Link) -> Result<(), Error>;
        find_link = call_find(@place; token: Vec<u8>, now: u64) -> Result<Option<Link>, Error>;
        try_code = call_try_code(@place; purpose: Purpose, browser: Vec<u8>, tries: u32, now: u64) -> Result<Vec<Link>, Error>;
    }
    gatelet_store_vault {
        list_secrets = call_list_secrets(org: String) -> Result<Vec<Secret>, Error>;
        find_secrets = call_find_secrets(org: String, names: Vec<String>) -> Result<Vec<SealedSecret>, Error>;
        put_secret = call_put_secret(secret: NewSecret, now: u64) -> Result<(), Error>;
        delete_secret = call_delete_secret(org: String, name: String, now: u64) -> Result<bool, Error>;
        add_request = call_add_request(org: String, request: Request, token: Vec<u8>) -> Result<(), Error>;
        find_request = call_find_request(org: String, id: String) -> Result<Option<Request>, Error>;
        find_request_by_token = call_find_request_by_token(org: String, token: Vec<u8>) -> Result<Option<Request>, Error>;
        list_requests = call_list_requests(org: String, after: u64) -> Result<Vec<Request>, Error>;
        fulfil = call_fulfil(token: Vec<u8>, secret: NewSecret, now: u64) -> Result<(), Error>;
        list_applications = call_list_applications(org: String) -> Result<Vec<Application>, Error>;
        add_application = call_add_application(org: String, name: String, now: u64) -> Result<bool, Error>;
        remove_application = call_remove_application(org: String, name: String) -> Result<bool, Error>;
        list_variables = call_list_variables(org: String, application: Option<String>) -> Result<Vec<Variable>, Error>;
        find_variables = call_find_variables(org: String, application: String) -> Result<Vec<SealedVariable>, Error>;
        put_variables = call_put_variables(org: String, variables: Vec<SealedVariable>) -> Result<(), Error>;
        delete_variables = call_delete_variables(org: String, application: String, keys: Vec<String>) -> Result<Vec<String>, Error>;
        list_sealed = call_list_sealed(org: String, after: (String, String), limit: u32) -> Result<Vec<AnythingSealed>, Error>;
        reseal = call_reseal(org: String, sealed: AnythingSealed, from: Vec<u8>) -> Result<bool, Error>;
    }
    gatelet_store_admin_admin {
        migrate_for = call_migrate(@place; tenant: Option<Tenant>, now: u64) -> Result<Report, String>;
        leave_place = call_leave_place(@place; tenant: Tenant) -> Result<Departure, String>;
        check = call_check(@place;) -> Vec<Step>;
        sweep = call_sweep(@place; now: u64, limit: u32) -> Result<u64, Error>;
        all_origins = call_all_origins() -> Result<Vec<Origin>, Error>;
        insert_origin = call_insert_origin(origin: Origin) -> Result<Option<Origin>, Error>;
        update_origin = call_update_origin(expected: OriginState, origin: Origin) -> Result<u64, Error>;
        remove_origin = call_remove_origin(name: String, version: u64) -> Result<bool, Error>;
        expired_origins = call_expired_origins(now: u64, limit: u32) -> Result<Vec<Origin>, Error>;
        grant_app = call_grant_app(@place; email: String, app: String, now: u64) -> Result<(), Error>;
        revoke_app = call_revoke_app(@place; email: String, app: String) -> Result<bool, Error>;
        granted_apps = call_granted_apps(@place;) -> Result<Vec<(String, String)>, Error>;
    }
}

#[allow(dead_code, reason = "each test binary uses some of them")]
impl Subject {
    /// Brings the place up to date, for the tests' own origin where it is one's own.
    pub(crate) fn migrate(&mut self, now: u64) -> Result<Report, String> {
        let tenant = (self.place != super::place("")).then(super::tenant);
        self.migrate_for(tenant, now)
    }

    /// The tests' own origin goes.
    pub(crate) fn drop_place(&mut self) -> Result<(), String> {
        self.leave_place(super::tenant()).map(drop)
    }

    /// Find the session of a token at our origin, and leave its idle expiry at 500.
    pub(crate) fn resume(&mut self, token: u8, now: u64) -> Result<Option<Session>, Error> {
        self.resume_at(super::digest(token), super::ORIGIN.into(), now, 500)
    }

    /// The same at any origin, on behalf of no app.
    pub(crate) fn resume_at(
        &mut self,
        token: Vec<u8>,
        audience: String,
        now: u64,
        idle: u64,
    ) -> Result<Option<Session>, Error> {
        let resumed = self.resume_for(token, audience, None, now, idle)?;
        Ok(resumed.map(|Resumed { session, granted }| {
            assert_eq!(granted, None, "nobody asked");
            session
        }))
    }

    /// Spend one value so many times at once, in this one instance.
    pub(crate) fn spend_at_once(&mut self, times: usize, value: Vec<u8>) -> Vec<bool> {
        let place = self.place.clone();
        let calls = self.instance.call(async |accessor, ports| {
            join_all((0..times).map(|_| {
                ports.gatelet_store_once().call_spend(
                    accessor,
                    place.clone(),
                    "p".into(),
                    value.clone(),
                    1,
                    9,
                )
            }))
            .await
        });
        let answers = run(calls).expect("the instance runs");
        answers
            .into_iter()
            .map(|a| a.expect("no trap").expect("an answer"))
            .collect()
    }

    /// Ask one rule so many times at once, in this one instance. How many it admitted.
    pub(crate) fn admit_at_once(&mut self, times: usize, rule: &Rule) -> usize {
        let place = self.place.clone();
        let calls = self.instance.call(async |accessor, ports| {
            join_all((0..times).map(|_| {
                ports.gatelet_store_limits().call_admit(
                    accessor,
                    place.clone(),
                    vec![rule.clone()],
                    100,
                )
            }))
            .await
        });
        let answers = run(calls).expect("the instance runs").into_iter();
        let answers = answers.map(|answer| answer.expect("no trap").expect("an answer"));
        answers.filter(|states| states[0].admitted).count()
    }

    /// Begin to register and stop waiting after so many milliseconds; the whole
    /// instance goes, as when a visitor leaves. True when it had ended by then.
    pub(crate) fn register_and_leave(mut self, user: User, milliseconds: u64) -> bool {
        let place = self.place.clone();
        let hash = "h".into();
        let sign_in = SignIn::PasswordRegistration(PasswordRegistration { user, hash });
        let call = self.instance.call(async |accessor, ports| {
            ports
                .gatelet_store_session_writer()
                .call_begin(accessor, place, sign_in, super::session(1), Vec::new())
                .await
        });
        let patience = std::time::Duration::from_millis(milliseconds);
        run(async { tokio::time::timeout(patience, call).await }).is_ok()
    }
}
