//! What is a browser asked that has a passkey, and what does it say?

use crate::pages::{PasskeyForm, PasskeySignal};
use crate::problem::Problem;
use crate::verifying;
use crate::visit::Visit;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatelet_core::claims::USER_ID_MAX_BYTES;
use gatelet_core::return_target::ReturnTarget;
use gatelet_forms::{CSRF_FIELD, Form};
use gatelet_ports::store::accounts::{self, Seen};
use gatelet_ports::store::factors::{self, FoundPasskey, Passkey, PasskeyUse};
use gatelet_ports::store::once;
use gatelet_sign_in::audit::{Act, Event};
use gatelet_sign_in::proof::PasskeyProof;
use gatelet_sign_in::second_factor::{SecondFactorPolicy, SecondProof};
use gatelet_texts::sign_in;
use gatelet_wasi::random;
use gatelet_web::{Asset, Live};
use gatelet_webauthn::{
    ALGORITHMS, Assertion, Attestation, CHALLENGE_SECONDS, Challenge, Credential, Purpose, Refusal,
    Registered, RelyingParty, UserVerification, Verified,
};
use serde_json::{Value, json};

/// What runs in the pages that ask for one.
pub(crate) static SCRIPT: Asset = Asset::fixed(
    "/auth/passkeys.js",
    "text/javascript; charset=utf-8",
    include_str!("../templates/passkeys.js"),
);

/// Longest list of transports that is kept, in bytes.
const TRANSPORTS_MAX_BYTES: usize = 64;

/// Whom passkeys are for here: the host, or the domain that cookies are shared in. None
/// where browsers have none: without HTTPS, or under an address.
pub(crate) fn party(visit: &Visit<'_>) -> Option<RelyingParty> {
    let names = visit.arrival.cookie_names();
    RelyingParty::new(visit.arrival.base_url().as_str(), names.domain())
}

/// The form that asks for one of these, or for any where none is named.
pub(crate) fn ask(
    visit: &Visit<'_>,
    (purpose, action): (Purpose, &'static str),
    user: Option<(&str, &[Passkey])>,
    csrf: String,
    return_to: &ReturnTarget,
) -> Option<PasskeyForm> {
    let party = party(visit)?;
    let allowed = user.map_or(&[][..], |(_, passkeys)| passkeys);
    let verification = match purpose {
        Purpose::SecondFactor => "preferred",
        Purpose::SignIn | Purpose::Confirm | Purpose::Register => "required",
    };
    let options = json!({
        "challenge": challenge(visit, purpose, user.map(|(id, _)| id), &csrf),
        "rpId": party.id(),
        "timeout": CHALLENGE_SECONDS * 1000,
        "userVerification": verification,
        "allowCredentials": descriptors(allowed),
    });
    Some(PasskeyForm {
        action,
        kind: "get",
        conditional: purpose == Purpose::SignIn,
        options: options.to_string(),
        label: sign_in::PASSKEY_USE,
        csrf,
        return_to: return_to.as_str().to_owned(),
    })
}

/// What a new one must be able to do. Where there are second steps it may be one of them: a
/// security key that asks for no PIN.
fn verification_of_new(visit: &Visit<'_>) -> UserVerification {
    match visit.second_factor() {
        SecondFactorPolicy::Off => UserVerification::Required,
        SecondFactorPolicy::Optional | SecondFactorPolicy::Required => {
            UserVerification::NotRequired
        }
    }
}

/// The form that asks for a new one, beside those that there are.
pub(crate) fn ask_for_new(
    visit: &Visit<'_>,
    action: &'static str,
    session: &Live,
    known: &[Passkey],
    csrf: String,
    return_to: Option<&ReturnTarget>,
) -> Option<PasskeyForm> {
    let party = party(visit)?;
    let must_sign_in = verification_of_new(visit) == UserVerification::Required;
    let wish = if must_sign_in {
        "required"
    } else {
        "preferred"
    };
    let site = visit.arrival.origin.site_name();
    let account = match session.email.as_str() {
        "" => &session.name,
        email => email,
    };
    let algorithms = ALGORITHMS.map(|alg| json!({ "type": "public-key", "alg": alg }));
    let options = json!({
        "rp": { "id": party.id(), "name": site },
        "user": {
            "id": URL_SAFE_NO_PAD.encode(&session.user_id),
            "name": account,
            "displayName": session.person().display_name(),
        },
        "challenge": challenge(visit, Purpose::Register, Some(&session.user_id), &csrf),
        "pubKeyCredParams": algorithms,
        "timeout": CHALLENGE_SECONDS * 1000,
        "attestation": "none",
        "authenticatorSelection": {
            "residentKey": wish,
            "requireResidentKey": must_sign_in,
            "userVerification": wish,
        },
        // Whether it is found where nobody has said who they are.
        "extensions": { "credProps": true },
        "excludeCredentials": descriptors(known),
    });
    Some(PasskeyForm {
        action,
        kind: "create",
        conditional: false,
        options: options.to_string(),
        label: sign_in::PASSKEY_ADD,
        csrf,
        return_to: return_to.map_or_else(String::new, ReturnTarget::to_string),
    })
}

/// All that a user has: the browser offers no other of theirs.
pub(crate) fn accepted(visit: &Visit<'_>, user_id: &str, all: &[Passkey]) -> Option<PasskeySignal> {
    let ids: Vec<&str> = all.iter().map(|passkey| passkey.id.as_str()).collect();
    let credentials = json!({
        "rpId": party(visit)?.id(),
        "userId": URL_SAFE_NO_PAD.encode(user_id),
        "allAcceptedCredentialIds": ids,
    });
    Some(PasskeySignal {
        method: "signalAllAcceptedCredentials",
        credentials: credentials.to_string(),
    })
}

/// That the one of the form is not kept here any more. Only where its user is here: what is
/// of nobody may be of another server's people on this host, whatever its port, and good there.
/// It is advice: where anything fails there is none.
pub(crate) async fn unknown(visit: &Visit<'_>, typed: &Form) -> Option<PasskeySignal> {
    let (place, id) = (visit.arrival.place(), typed.text("passkey_id"));
    let party = party(visit)?;
    let user_id = String::from_utf8(decoded(typed, "passkey_user_handle").ok()?).ok()?;
    if user_id.len() > USER_ID_MAX_BYTES || user_id.contains(char::is_control) {
        return None;
    }
    accounts::find_by_id(place.clone(), user_id).await.ok()??;
    let kept = factors::find_passkey(place, id.to_owned()).await.ok()?;
    if kept.is_some() {
        return None;
    }
    let credentials = json!({ "rpId": party.id(), "credentialId": id });
    Some(PasskeySignal {
        method: "signalUnknownCredential",
        credentials: credentials.to_string(),
    })
}

/// Whether the form has one.
pub(crate) fn is_in(typed: &Form) -> bool {
    typed.get("passkey_client_data").is_some()
}

/// A passkey that has signed what it was asked to. It may have done so before.
struct Signed {
    found: FoundPasskey,
    verified: Verified,
    challenge: Challenge,
}

/// What is to be used up, once, by whatever rests on it.
pub(crate) fn assertion(
    id: &str,
    verified: &Verified,
    challenge: &Challenge,
) -> factors::Assertion {
    factors::Assertion {
        id: id.to_owned(),
        sign_count: verified.sign_count,
        backed_up: verified.backed_up,
        challenge: challenge.digest().to_vec(),
        expires_at: challenge.expires(),
    }
}

/// A passkey that is good for nothing, of this user where one is known.
pub(crate) fn refused(visit: &Visit<'_>, refusal: Refusal, user_id: &str) -> Problem {
    let event = Event::of(Act::FactorWrong, user_id);
    visit.record(event.about(refusal.code()));
    Problem::PasskeyRefused
}

async fn signed(
    visit: &Visit<'_>,
    purpose: Purpose,
    user_id: Option<&str>,
    typed: &Form,
) -> Result<Signed, Problem> {
    let refused = |refusal, user_id: &str| refused(visit, refusal, user_id);
    let whose = user_id.unwrap_or_default();
    let party = party(visit).ok_or(Problem::not_found())?;
    let part = |name| decoded(typed, name).map_err(|refusal| refused(refusal, whose));
    let (client_data, authenticator_data) = (
        part("passkey_client_data")?,
        part("passkey_authenticator_data")?,
    );
    let signature = part("passkey_signature")?;
    let user_handle = match typed.get("passkey_user_handle") {
        Some(_) => Some(part("passkey_user_handle")?),
        None => None,
    };
    let judged = party
        .assertion_challenge(&client_data)
        .and_then(|challenge| judged(visit, &challenge, purpose, user_id, typed));
    let challenge = judged.map_err(|refusal| refused(refusal, whose))?;
    let id = typed.text("passkey_id").to_owned();
    let found = factors::find_passkey(visit.arrival.place(), id).await?;
    let found = found.filter(|found| user_id.is_none_or(|id| id == found.user.id));
    let found = found.ok_or_else(|| refused(Refusal::Unknown, whose))?;
    let whose = found.user.id.as_str();
    // Who nobody has named before must be named by the passkey (§7.2, step 6).
    if user_id.is_none() && user_handle.is_none() {
        return Err(refused(Refusal::UserHandle, whose));
    }
    let credential = Credential {
        user_id: whose,
        public_key: &found.passkey.public_key,
        backup_eligible: found.passkey.backup_eligible,
    };
    let assertion = Assertion {
        client_data: &client_data,
        authenticator_data: &authenticator_data,
        signature: &signature,
        user_handle: user_handle.as_deref(),
    };
    let verification = match purpose {
        Purpose::SecondFactor => UserVerification::NotRequired,
        Purpose::SignIn | Purpose::Confirm | Purpose::Register => UserVerification::Required,
    };
    let verified = party
        .authenticate(&credential, &assertion, verification, verifying::holds)
        .map_err(|refusal| refused(refusal, whose))?;
    Ok(Signed {
        found,
        verified,
        challenge,
    })
}

/// A proof by the passkey that has signed, where it alone is to be enough.
pub(crate) async fn proof(
    visit: &Visit<'_>,
    purpose: Purpose,
    user_id: Option<&str>,
    typed: &Form,
) -> Result<PasskeyProof<Seen>, Problem> {
    let Signed {
        found: FoundPasskey { seen, passkey, .. },
        verified,
        challenge,
    } = signed(visit, purpose, user_id, typed).await?;
    let proof = PasskeyProof::new(seen, passkey.id, verified, challenge);
    proof.ok_or(Problem::PasskeyRefused)
}

/// The second of two proofs. What was signed is used up by it.
pub(crate) async fn second_proof(
    visit: &Visit<'_>,
    user_id: &str,
    typed: &Form,
) -> Result<SecondProof, Problem> {
    let Signed {
        found,
        verified,
        challenge,
    } = signed(visit, Purpose::SecondFactor, Some(user_id), typed).await?;
    let assertion = assertion(&found.passkey.id, &verified, &challenge);
    let used = use_up(visit, assertion, user_id).await;
    let second = SecondProof::passkey(user_id, &verified, used.is_ok());
    used.and(second.ok_or(Problem::PasskeyRefused))
}

/// Uses up what a user's passkey has signed, for what is no session. The error is for what was
/// used before, and for a copy that counts behind.
pub(crate) async fn use_up(
    visit: &Visit<'_>,
    assertion: factors::Assertion,
    user_id: &str,
) -> Result<(), Problem> {
    let (place, now) = (visit.arrival.place(), visit.arrival.now);
    match factors::use_passkey(place, assertion, now).await? {
        PasskeyUse::Done => Ok(()),
        PasskeyUse::Spent => Err(refused(visit, Refusal::Challenge, user_id)),
        PasskeyUse::Uncounted => Err(refused(visit, Refusal::Counter, user_id)),
    }
}

/// A new passkey.
pub(crate) struct NewPasskey {
    /// To be kept.
    pub registered: Registered,
    /// By which it is reached.
    pub transports: String,
    /// Whether it signs in by itself, as far as its browser knows.
    pub signs_in: bool,
}

/// The new passkey of whoever is signed in.
pub(crate) async fn registered(
    visit: &Visit<'_>,
    session: &Live,
    typed: &Form,
) -> Result<NewPasskey, Problem> {
    let refused = |refusal| refused(visit, refusal, &session.user_id);
    let party = party(visit).ok_or(Problem::not_found())?;
    let client_data = decoded(typed, "passkey_client_data").map_err(refused)?;
    let object = decoded(typed, "passkey_attestation").map_err(refused)?;
    let challenge = party
        .registration_challenge(&client_data)
        .and_then(|challenge| {
            let user_id = Some(session.user_id.as_str());
            judged(visit, &challenge, Purpose::Register, user_id, typed)
        })
        .map_err(refused)?;
    let attestation = Attestation {
        client_data: &client_data,
        object: &object,
    };
    let registered = party.register(&attestation, verification_of_new(visit));
    let registered = registered.map_err(|refusal| match (refusal, refused(refusal)) {
        (Refusal::UserVerification, _) => Problem::PasskeyUnverified,
        (_, problem) => problem,
    })?;
    spend(visit, &challenge).await?.map_err(refused)?;
    let transports = typed.text("passkey_transports");
    let is_list = transports.len() <= TRANSPORTS_MAX_BYTES
        && transports
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte == b' ');
    let transports = if is_list { transports } else { "" };
    Ok(NewPasskey {
        transports: transports.to_owned(),
        signs_in: registered.user_verified && typed.text("passkey_discoverable") != "false",
        registered,
    })
}

fn decoded(typed: &Form, name: &str) -> Result<Vec<u8>, Refusal> {
    let decoded = URL_SAFE_NO_PAD.decode(typed.text(name));
    decoded.map_err(|_| Refusal::ClientData)
}

fn judged(
    visit: &Visit<'_>,
    challenge: &[u8],
    purpose: Purpose,
    user_id: Option<&str>,
    typed: &Form,
) -> Result<Challenge, Refusal> {
    let origin = visit.arrival.base_url().as_str();
    let (keys, now) = (visit.arrival.keys, visit.arrival.now);
    Challenge::judge(
        challenge,
        purpose,
        user_id,
        typed.text(CSRF_FIELD),
        origin,
        keys,
        now,
    )
}

/// Uses a challenge up.
async fn spend(visit: &Visit<'_>, challenge: &Challenge) -> Result<Result<(), Refusal>, Problem> {
    let is_first = once::spend(
        visit.arrival.place(),
        "passkey".into(),
        challenge.digest().to_vec(),
        visit.arrival.now,
        challenge.expires(),
    );
    Ok(match is_first.await? {
        true => Ok(()),
        false => Err(Refusal::Challenge),
    })
}

fn challenge(visit: &Visit<'_>, purpose: Purpose, user_id: Option<&str>, csrf: &str) -> String {
    let origin = visit.arrival.base_url().as_str();
    let now = visit.arrival.now;
    let challenge = Challenge::new(purpose, random::bytes(), user_id, csrf, origin, now);
    URL_SAFE_NO_PAD.encode(challenge.bytes(visit.arrival.keys))
}

fn descriptors(passkeys: &[Passkey]) -> Vec<Value> {
    let descriptor = |passkey: &Passkey| {
        let transports: Vec<&str> = passkey.transports.split_whitespace().collect();
        let mut descriptor = json!({ "type": "public-key", "id": passkey.id });
        if !transports.is_empty() {
            descriptor["transports"] = json!(transports);
        }
        descriptor
    };
    passkeys.iter().map(descriptor).collect()
}
