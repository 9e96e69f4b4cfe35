//! `gatelet mail test`: does mail arrive?

use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, Subcommand};
use gatelet_mail::address::Address;
use gatelet_mail::errand::{About, Errand};
use gatelet_settings::{Setting, SettingError};
use gatelet_sign_in::email::Email;
use gatelet_texts::Language;
use tokio::runtime::Runtime;

use super::project::{Project, Settled};
use super::{log, now, runtime};
use crate::application::Preparation;
use crate::proxy_watch::ProxyWatch;

#[derive(Debug, Subcommand)]
pub(super) enum Mail {
    /// Send one letter to this address and say what the mail server or service answers.
    Test(Test),
}

#[derive(Debug, Args)]
pub(super) struct Test {
    /// Whom to write to.
    #[arg(value_name = "ADDRESS")]
    address: String,
    #[command(flatten)]
    project: Project,
}

impl Mail {
    pub(super) fn run(self) -> Result<ExitCode> {
        let Self::Test(test) = self;
        test.run()
    }
}

impl Test {
    fn run(self) -> Result<ExitCode> {
        log::start(log::LogFormat::Text);
        let to = Email::parse(&self.address);
        let to = to.map_err(|error| {
            anyhow!(
                "{}: {}",
                self.address,
                error.message().of(Language::English)
            )
        })?;
        let settled = self.project.settle()?;
        let settings = settled.gatelet()?;
        let settings = settings.context("the manifest is not Gatelet's: it has no base_url")?;
        let Some(mail) = &settings.sign_in().mail else {
            bail!(SettingError::new(
                Setting::MailUrl,
                format!(
                    "is not set: set it to one such as {}",
                    Setting::MailUrl.example()
                ),
            ));
        };
        let prepared = settled.load(&self.project.run_options(&settled)?)?;
        let errand = Errand {
            to: Address::from(&to),
            about: About::Trial,
        };
        let refused = sent(&settled, prepared, &runtime()?, &errand)?;
        let way = mail.url.name();
        match refused {
            None => {
                outln!("{way} has taken a letter from {} to {to}", mail.from);
                Ok(ExitCode::SUCCESS)
            }
            Some(why) => bail!("no letter is taken: {why}"),
        }
    }
}

/// Has one letter sent at once, by the component that sends mail: why it was not taken,
/// if it was not.
pub(super) fn sent(
    settled: &Settled,
    prepared: Preparation,
    runtime: &Runtime,
    errand: &Errand,
) -> Result<Option<String>> {
    let settings = settled.gatelet()?;
    let settings = settings.context("the manifest is not Gatelet's: it has no base_url")?;
    let sender = settled
        .reader(Setting::MailUrl)
        .context("the manifest gives mail_url to no component")?;
    let errand = errand.seal(&settings.gate.keys, now());
    runtime.block_on(async {
        let opened = prepared.open(&settled.manifest, ProxyWatch::default());
        let (application, _store) = opened.await?;
        application.send_letter(sender, errand).await
    })
}
