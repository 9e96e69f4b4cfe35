//! `gatelet docs`: how an app reads who is asking, as `/auth/docs` says it.

use std::process::ExitCode;

use anyhow::{Result, anyhow};
use clap::Args;
use gatelet_core::base_url::BaseUrl;
use gatelet_core::origin_record::MAIN;
use gatelet_guide::Sheet;
use gatelet_settings::Setting;
use gatelet_texts::Language;

use super::project::Project;
use super::registry::Registry;

#[derive(Debug, Args)]
pub(super) struct Docs {
    /// Whose addresses it names.
    #[arg(long, value_name = "NAME", default_value = MAIN)]
    origin: String,
    /// In which language: en, de, es or ar.
    #[arg(long, value_name = "TAG", default_value = "en", value_parser = language)]
    language: Language,
    #[command(flatten)]
    project: Project,
}

impl Docs {
    pub(super) fn run(self) -> Result<ExitCode> {
        let base_url = match self.origin.as_str() {
            // The settings say it, and no database is asked.
            MAIN => {
                let set = self.project.base_url()?;
                let default = Setting::BaseUrl.default().map(str::to_owned);
                set.or(default).unwrap_or_default()
            }
            name => {
                let registry = Registry::open(&self.project)?;
                registry.required(name)?;
                registry.value(name, Setting::BaseUrl)
            }
        };
        let base_url = BaseUrl::parse(base_url.trim())
            .map_err(|error| anyhow!("{}: {error}", Setting::BaseUrl))?;
        out!(
            "{}",
            Sheet::new(base_url.as_str(), self.language).markdown()
        );
        Ok(ExitCode::SUCCESS)
    }
}

fn language(tag: &str) -> Result<Language> {
    let mut all = Language::ALL.into_iter();
    let found = all.find(|language| language.tag() == tag);
    found.ok_or_else(|| {
        let all = Language::ALL.map(Language::tag).join(", ");
        anyhow!("is none of {all}")
    })
}
