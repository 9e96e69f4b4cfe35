//! `gatelet mail test`: does mail arrive?

use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, Subcommand};
use gatelet_mail::address::Address;
use gatelet_mail::trial;
use gatelet_settings::{Setting, SettingError};
use gatelet_sign_in::email::Email;
use gatelet_texts::Language;

use super::project::Project;
use super::{log, now, runtime};
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
        let sender = settled
            .reader(Setting::MailUrl)
            .context("the manifest gives mail_url to no component")?;
        let prepared = settled.load(&self.project.run_options(&settled))?;
        let question = trial::question(&settings.gate.keys, &Address::from(&to), now());
        let refused = runtime()?.block_on(async {
            let opened = prepared.open(&settled.manifest, ProxyWatch::default());
            let (application, _store) = opened.await?;
            application.try_mail(sender, question).await
        })?;
        let way = mail.url.name();
        match refused {
            None => {
                println!("{way} has taken a letter from {} to {to}", mail.from);
                Ok(ExitCode::SUCCESS)
            }
            Some(why) => bail!("no letter is taken: {why}"),
        }
    }
}
