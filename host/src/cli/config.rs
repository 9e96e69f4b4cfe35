//! `gatelet config`: the table of settings, with what they are worth here.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand};
use gatelet_runtime::manifest::Manifest;
use gatelet_settings::Setting;

use super::project::Project;
use super::translate::Translate;
use crate::sources::{Origin, Sources};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Config {
    #[command(subcommand)]
    other: Option<Other>,
    #[command(flatten)]
    project: Project,
    /// Print the table of the README: meanings and defaults alone.
    #[arg(long)]
    markdown: bool,
}

#[derive(Debug, Subcommand)]
enum Other {
    /// Say what the variables of another stack come to here.
    Translate(Translate),
}

impl Config {
    pub(super) fn run(self) -> Result<ExitCode> {
        if let Some(Other::Translate(translate)) = self.other {
            return translate.run();
        }
        if self.markdown {
            out!("{}", markdown());
        } else {
            let (manifest, sources) = self.project.read()?;
            out!("{}", in_force(&manifest, &sources));
            outln!("Profile {}", self.project.profile_line()?);
            for line in sources.unread(&manifest) {
                eprintln!("gatelet: {line}");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The table as Markdown, a row a setting.
#[must_use]
pub(super) fn markdown() -> String {
    let mut table = "| variable | meaning | default |\n|---|---|---|\n".to_owned();
    for setting in Setting::ALL {
        let default = match setting.default() {
            None => "required".to_owned(),
            Some("") => "none".to_owned(),
            Some(default) => format!("`{default}`"),
        };
        let secret = if setting.is_secret() { " Secret." } else { "" };
        let (meaning, example) = (setting.meaning(), setting.example());
        table +=
            &format!("| `{setting}` | {meaning}{secret} For example `{example}`. | {default} |\n");
    }
    table
}

fn in_force(manifest: &Manifest, sources: &Sources) -> String {
    let mut text = String::new();
    let documented = Setting::ALL
        .iter()
        .filter(|setting| manifest.variables.contains_key(setting.name()));
    for setting in documented {
        text += &entry(setting.name(), manifest, sources);
        text += &format!("    {}\n", setting.meaning());
        text += &format!("    Example: {}\n\n", setting.example());
    }
    let others = manifest
        .variables
        .keys()
        .filter(|name| Setting::named(name).is_none());
    for name in others {
        text += &entry(name, manifest, sources);
        text.push('\n');
    }
    text += "The first that says something counts: --variable name=value, SPIN_VARIABLE_NAME in the environment,\n--env-file (the last one first), the profile, the default. `gatelet set NAME VALUE` writes the profile.\nA change applies at the next start.\n";
    text
}

/// Name, value, where it comes from and what it would be otherwise; a secret's
/// value never.
fn entry(name: &str, manifest: &Manifest, sources: &Sources) -> String {
    let Some(variable) = manifest.variables.get(name) else {
        return String::new();
    };
    let secret = variable.secret || Setting::named(name).is_some_and(Setting::is_secret);
    let Some((value, origin)) = sources.find(name, variable) else {
        return format!("{name}: not set, and required\n");
    };
    // What the table says for everybody is no secret.
    let documented = Setting::named(name).and_then(Setting::default);
    let show = |value| match value {
        "" => "empty",
        value if secret && Some(value) != documented => "set, not shown",
        value => value,
    };
    let origin = match (origin, variable.default.as_deref()) {
        (Origin::Default, _) | (_, None) => said(origin),
        (_, Some(default)) => format!("{}; default: {}", said(origin), show(default)),
    };
    format!("{name} = {} ({origin})\n", show(value))
}

fn said(origin: Origin<'_>) -> String {
    match origin {
        Origin::Argument => "argument".to_owned(),
        Origin::Environment => "environment".to_owned(),
        Origin::File(path) => path.display().to_string(),
        Origin::Derived(from) => format!("follows from {from}"),
        Origin::OtherStack => "env file, by another name".to_owned(),
        Origin::Default => "default".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn secrets_are_not_shown_and_their_origin_is() {
        let manifest = Manifest::parse(
            r#"
            spin_manifest_version = 2
            [application]
            name = "x"
            [variables]
            site_name = { default = "Acme" }
            database_url = { default = "sqlite:default" }
            own_secret = { required = true, secret = true }
            own_missing = { required = true }
            own_default = { default = "hunter2", secret = true }
            [[trigger.http]]
            route = "/..."
            component = "c"
            [component.c]
            source = "c.wasm"
            "#,
            Path::new("/"),
        )
        .unwrap();
        let sources = Sources::default()
            .with_arguments(&[
                "own_secret=hunter2".to_owned(),
                "database_url=postgres://u:hunter2@h/d".to_owned(),
            ])
            .unwrap();
        let text = in_force(&manifest, &sources);
        assert!(!text.contains("hunter2"), "{text}");
        for line in [
            "site_name = Acme (default)",
            "database_url = set, not shown (argument; default: sqlite:default)",
            "own_secret = set, not shown (argument)",
            "own_missing: not set, and required",
            "own_default = set, not shown (default)",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}: {text}");
        }
    }

    #[test]
    fn the_readme_has_the_table_that_the_program_prints() {
        let readme = include_str!("../../../README.md");
        let (_, rest) = readme.split_once("<!-- settings:").unwrap();
        let (_, rest) = rest.split_once("-->\n").unwrap();
        let (table, _) = rest.split_once("<!-- /settings -->").unwrap();
        assert_eq!(table.trim(), markdown().trim(), "gatelet config --markdown");
    }
}
