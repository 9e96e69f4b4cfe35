//! Where limits are near: does whoever asks work for it, or wait?

use crate::limits::Admitted;
use crate::problem::Problem;
use crate::visit::Visit;
use gatelet_forms::Form;
use gatelet_ports::store::once;
use gatelet_sign_in::work::Challenge;
use gatelet_wasi::random;
use gatelet_web::Asset;

/// What solves challenges.
pub(crate) static SCRIPT: Asset = Asset::fixed(
    "/auth/work.js",
    "text/javascript; charset=utf-8",
    include_str!("work.js"),
);

/// The fields of the form.
const CHALLENGE_FIELD: &str = "challenge";
const SOLUTION_FIELD: &str = "solution";

/// The challenge that is to be met first; none where limits are not near, or one was met.
/// What is asked for is one kind of form: a challenge is good for no other.
pub(crate) async fn wanted(
    visit: &Visit<'_>,
    form: &str,
    admitted: &Admitted,
    typed: &Form,
) -> Result<Option<Challenge>, Problem> {
    let Some(difficulty) = admitted.difficulty() else {
        return Ok(None);
    };
    let (keys, now, base_url) = (
        visit.arrival.keys,
        visit.arrival.now,
        visit.arrival.base_url(),
    );
    let met = Challenge::judge(
        typed.text(CHALLENGE_FIELD),
        typed.text(SOLUTION_FIELD),
        form,
        difficulty,
        base_url,
        keys,
        now,
    );
    if let Some(met) = met {
        let place = visit.arrival.place();
        let digest = met.digest.to_vec();
        if once::spend(place, "work".into(), digest, now, met.expires_at).await? {
            return Ok(None);
        }
    }
    let challenge = Challenge::new(form, difficulty, base_url, keys, random::bytes(), now);
    Ok(Some(challenge))
}
