//! The suite's words for signing in: look, decide, begin, as `auth` does.

use std::sync::atomic::{AtomicU64, Ordering};

use super::{
    HASH, ORIGIN, Subject, digest,
    ports::{
        accounts::{Found, Seen},
        session_writer::{
            Link, LinkedRegistration, LinkedSignIn, NewSession, PasswordRegistration,
            PasswordSignIn, Reclaim, SignIn,
        },
        types::{Error, Identity, Session, User},
    },
};

/// An account at the issuer that goes with the provider's id.
pub(crate) fn identity(provider: &str, subject: &str) -> Identity {
    Identity {
        issuer: match provider {
            "google" => "https://accounts.google.com".into(),
            "github" => "https://github.com".into(),
            own => format!("https://{own}.example"),
        },
        subject: subject.into(),
        provider: provider.into(),
    }
}

/// A session that ends at 1,000, or at 500 unless used.
pub(crate) fn session(token: u8) -> NewSession {
    NewSession {
        token: digest(token),
        audience: ORIGIN.into(),
        amr: "pwd".into(),
        auth_time: 90,
        created_at: 100,
        expires_at: 1_000,
        idle_expires_at: 500,
        user_agent: String::new(),
        address: String::new(),
        region: String::new(),
        provider_groups: String::new(),
        provider_session: String::new(),
    }
}

/// Whoever has proved the email that this user has.
pub(crate) fn owner_of(user: &User) -> User {
    User {
        id: format!("{}-owner", user.id),
        email_verified: true,
        name: "Owner".into(),
        ..user.clone()
    }
}

/// As [`session`], under a token that nothing else has.
pub(crate) fn some_session() -> NewSession {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut token = vec![0xff; 24];
    token.extend(NEXT.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    NewSession {
        token,
        ..session(0)
    }
}

impl Subject {
    /// A registered user, with a password.
    pub(crate) fn with_user(&mut self, user: &User) {
        self.register(user.clone(), HASH.into())
            .expect("a new user");
    }

    /// Begins a session, and writes nothing down.
    pub(crate) fn begin(&mut self, sign_in: SignIn, session: NewSession) -> Result<Session, Error> {
        self.begin_and_note(sign_in, session, Vec::new())
    }

    /// A session by the password.
    pub(crate) fn with_session(&mut self, user: &User, token: u8) {
        self.sign_in(user, session(token)).expect("a new session");
    }

    /// A session by a linked account.
    pub(crate) fn with_linked_session(&mut self, identity: Identity, token: u8) {
        self.sign_in_linked(identity, session(token))
            .expect("a new session");
    }

    /// A new user with a password, who leaves no session behind.
    pub(crate) fn register(&mut self, user: User, hash: String) -> Result<(), Error> {
        self.and_out(SignIn::PasswordRegistration(PasswordRegistration {
            user,
            hash,
        }))
    }

    /// A new user with a linked account, who leaves no session behind.
    pub(crate) fn register_linked(&mut self, user: User, identity: Identity) -> Result<(), Error> {
        self.and_out(SignIn::LinkedRegistration(LinkedRegistration {
            user,
            identity,
        }))
    }

    /// Links an account to a user, who leaves no session behind.
    pub(crate) fn link(&mut self, user: &User, identity: Identity) -> Result<(), Error> {
        let seen = self.seen(user)?;
        self.and_out(SignIn::Link(Link {
            seen,
            identity,
            vouched_email: user.email.clone(),
        }))
    }

    /// Makes a user who has proved the email of this one, and leaves no session behind.
    pub(crate) fn reclaim(&mut self, user: &User, identity: Identity) -> Result<(), Error> {
        let seen = self.seen(user)?;
        self.and_out(SignIn::Reclaim(Reclaim {
            seen,
            user: owner_of(user),
            identity,
        }))
    }

    /// Signs in with the password that the user has now.
    pub(crate) fn sign_in(&mut self, user: &User, session: NewSession) -> Result<Session, Error> {
        let found = self.find_password(user.email.clone())?;
        let found = found.ok_or(Error::Conflict)?;
        let password = PasswordSignIn {
            seen: found.seen,
            hash: found.hash,
            new_hash: None,
        };
        self.begin(SignIn::Password(password), session)
    }

    /// Signs in with a linked account, of which the provider says nothing new.
    pub(crate) fn sign_in_linked(
        &mut self,
        identity: Identity,
        session: NewSession,
    ) -> Result<Session, Error> {
        let found = self.find_linked(identity.clone())?;
        let found = found.ok_or(Error::Conflict)?;
        let linked = LinkedSignIn {
            seen: found.seen,
            identity,
            name: None,
            word: None,
        };
        self.begin(SignIn::Linked(linked), session)
    }

    /// The user's state now; of nobody, one that there never was.
    pub(crate) fn seen(&mut self, user: &User) -> Result<Seen, Error> {
        let found = self.find_by_email(user.email.clone())?;
        Ok(found.map_or_else(
            || Seen {
                user_id: user.id.clone(),
                revision: 0,
                sessions_begun: 0,
                disabled: false,
            },
            |found| found.seen,
        ))
    }

    /// Whoever has this email.
    pub(crate) fn found(&mut self, email: &str) -> Option<Found> {
        self.find_by_email(email.into()).expect("an answer")
    }

    fn and_out(&mut self, sign_in: SignIn) -> Result<(), Error> {
        let session = some_session();
        let token = session.token.clone();
        self.begin(sign_in, session)?;
        self.end(token)
    }
}
