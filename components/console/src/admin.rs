//! Who asks, and may they be here? The store says so each time, however fresh the
//! browser's copy of the session is: whoever is no admin any more neither sees nor
//! changes anything.

use gatelet_forms::{Form, FormLimits};
use gatelet_secrets::{Kind, Role};
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::proof::is_recent;
use gatelet_web::{
    Answer, Current, Live, behind, in_store, see_other, with_cookies, with_return_to,
};
use wasip3::http_compat::IncomingRequestBody;

use crate::actor::actor;
use crate::notice::Notice;
use crate::pages::Around;
use crate::problem::Problem;
use crate::record;
use crate::section::Section;
use crate::vault::Vault;
use crate::visit::{CsrfForm, Failure, Visit};

/// An admin or owner who is signed in.
pub(crate) struct Admin<'a> {
    /// The request.
    pub visit: &'a Visit<'a>,
    /// The session that it came with, as the store has it now.
    pub session: Live,
    /// What its user may do.
    pub role: Role,
    /// The vault, asked on their behalf.
    pub vault: Vault<'a>,
    /// For the page's forms.
    pub csrf: String,
    form: CsrfForm,
}

/// Runs a flow for whoever may be here. Nobody is sent to sign in and comes back; whoever
/// is no admin is told so.
pub(crate) async fn admitted<'a>(
    visit: &'a Visit<'a>,
    form: CsrfForm,
    flow: impl AsyncFnOnce(&Admin<'a>) -> Result<Answer, Failure>,
) -> Result<Answer, Failure> {
    let (session, mut cookies) = match in_store(&visit.arrival).await? {
        Current::Live(session, cookies) => (session, cookies),
        Current::Nobody(cookies) => {
            let sign_in = with_return_to("/auth/sign-in", &visit.asked());
            return Ok(with_cookies(see_other(&sign_in), cookies));
        }
    };
    let role = Role::of_groups(session.groups.split(','));
    if role < Role::Admin {
        return behind(cookies, Err(Problem::NotAdmin.into()));
    }
    let (csrf, seed) = visit.arrival.csrf(form);
    cookies.extend(seed);
    let actor = actor(&visit.arrival, Kind::Person, &session.user_id, role);
    let admin = Admin {
        vault: Vault {
            keys: visit.arrival.keys,
            actor,
            now: visit.arrival.now,
        },
        visit,
        session: *session,
        role,
        csrf,
        form,
    };
    let answer = flow(&admin).await;
    behind(cookies, answer)
}

impl Admin<'_> {
    /// The form that one of our own pages in this browser sent.
    pub(crate) async fn form(
        &self,
        body: IncomingRequestBody,
        limits: FormLimits,
    ) -> Result<Form, Failure> {
        let arrival = &self.visit.arrival;
        let typed = arrival.own_long_form(body, limits).await?;
        arrival.judge_csrf_token(self.form, &typed)?;
        Ok(typed)
    }

    /// What is around a page.
    pub(crate) fn around(&self, section: Section) -> Around {
        let query = self.visit.arrival.query();
        Around::new(section, Notice::of(query.text("done")))
    }

    /// Writes down what was done to a user, and by whom.
    pub(crate) async fn record(&self, act: Act, user_id: &str, about: &str) {
        record::keep(self, Event::of(act, user_id).about(about)).await;
    }

    /// Whether the user proved a short while ago who it is; else the way to do so.
    pub(crate) fn recent(&self) -> Result<(), Failure> {
        match is_recent(self.session.auth_time, self.visit.arrival.now) {
            true => Ok(()),
            false => Err(Problem::NotRecent.into()),
        }
    }
}
