//! Which ways to sign in are there, and do they work?

use anyhow::{Result, anyhow, ensure};
use gatelet_sign_in::discovery::ProviderMetadata;
use gatelet_sign_in::linking::SignUp;
use gatelet_sign_in::provider::{Provider, ProviderKind};
use gatelet_sign_in::settings::{MagicLink, PasswordSignIn};
use gatelet_sign_in::sites::SignInSettings;

use super::report::{Finding, Report};
use crate::application::Application;
use crate::cli::one_line;

/// Longer documents are refused by `judge`.
const DISCOVERY_MAX_BYTES: usize = 1024 * 1024;

/// The presets: id, and the variables that turn them on.
const PRESETS: [(&str, &str); 2] = [
    ("google", "google_client_id and google_client_secret"),
    ("github", "github_client_id and github_client_secret"),
];

pub(super) fn ways(report: &mut Report, settings: &SignInSettings) {
    report.say(
        "password",
        match settings.sign_in().password_sign_in {
            PasswordSignIn::On => Finding::Works("email and password".to_owned()),
            PasswordSignIn::Off => Finding::Off("set password_sign_in=on".to_owned()),
        },
    );
    report.say(
        "letter",
        match (settings.sign_in().magic_link, &settings.sign_in().mail) {
            (MagicLink::On, _) => Finding::Works("sign-in by a letter".to_owned()),
            (MagicLink::Off, Some(_)) => Finding::Off("set magic_link=on".to_owned()),
            (MagicLink::Off, None) => {
                Finding::Off("set mail_url and mail_from, then magic_link=on".to_owned())
            }
        },
    );
    report.say(
        "sign-up",
        match settings.sign_in().sign_up.who {
            SignUp::Open if settings.sign_in().sign_up.asks_for_domains() => Finding::Works(
                "open to addresses of sign_up_domains; who signs up with a password may type any, until it is verified"
                    .to_owned(),
            ),
            SignUp::Open => Finding::Works("open to anybody".to_owned()),
            SignUp::Invited => {
                Finding::Works("by invitation: `gatelet users invite` makes a link".to_owned())
            }
            SignUp::Closed => {
                Finding::Off("only existing users get in; set sign_up=open".to_owned())
            }
        },
    );
}

/// Each provider as the component that signs people in reaches it.
pub(super) async fn examine(
    report: &mut Report,
    settings: &SignInSettings,
    application: &Application,
    component: &str,
) {
    let base_urls: Vec<_> = std::iter::once(settings.gate.origins.main())
        .map(|origin| origin.base_url().to_string())
        .collect();
    for provider in settings.sign_in().providers.iter() {
        let uris: Vec<_> = base_urls
            .iter()
            .map(|base_url| provider.redirect_uri(base_url))
            .collect();
        let register = register(&uris);
        let finding = match discovered(provider, application, component).await {
            Ok(found) => Finding::Works(format!("{found}; {register}")),
            Err(error) => Finding::Broken(format!("{}; {register}", one_line(&error))),
        };
        report.say(provider.id.as_str(), finding);
    }
    for (id, variables) in PRESETS {
        if settings.sign_in().providers.get(id).is_none() {
            let uris: Vec<_> = base_urls
                .iter()
                .map(|base_url| format!("{base_url}/auth/callback/{id}"))
                .collect();
            report.say(
                id,
                Finding::Off(format!("set {variables}; {}", register(&uris))),
            );
        }
    }
    let preset = |provider: &Provider| PRESETS.iter().any(|(id, _)| provider.id.as_str() == *id);
    if settings.sign_in().providers.iter().all(preset) {
        let mend = "`gatelet providers add NAME`, and `gatelet providers list --presets` has names"
            .to_owned();
        report.say("OpenID Connect", Finding::Off(mend));
    }
}

fn register(uris: &[String]) -> String {
    format!("redirect URI to register: {}", uris.join(", "))
}

/// Whether a provider can be reached and is who it should be.
///
/// # Errors
/// One line that says what is amiss.
pub(in crate::cli) async fn discovered(
    provider: &Provider,
    application: &Application,
    component: &str,
) -> Result<String> {
    let fetch = async |url: &str| application.fetch(component, url, DISCOVERY_MAX_BYTES).await;
    match &provider.kind {
        ProviderKind::OpenIdConnect(oidc) => {
            let answer = fetch(oidc.discovery_url().as_str()).await?;
            let metadata =
                ProviderMetadata::judge(oidc, answer.status, &answer.content_type, &answer.body)
                    .map_err(|refusal| anyhow!("{refusal}"))?;
            let keys = metadata.jwks_uri.as_str();
            let status = fetch(keys).await?.status;
            ensure!(status == 200, "its keys at {keys} answer {status}");
            let ends_session = metadata.endpoints.end_session.is_some();
            ensure!(
                ends_session || !oidc.ends_session,
                "its metadata names no end_session_endpoint on its own site: take `end_session` out, or nobody is signed out there"
            );
            Ok(format!("{} and its keys are found", oidc.issuer))
        }
        ProviderKind::GitHub(github) => {
            // Without a token it refuses, which is an answer.
            let url = github.user_url();
            let answer = fetch(url.as_str()).await?;
            Ok(format!("{url} answers {}", answer.status))
        }
    }
}
