//! `gatelet completions` and `gatelet man`: what shells and `man` know of the commands, from
//! the same definitions.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::Arguments;

#[derive(Debug, Args)]
pub(super) struct Completions {
    /// Whose.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

#[derive(Debug, Args)]
pub(super) struct Man {
    /// Write a page for each command into this folder, instead of the first one to standard
    /// output.
    #[arg(long, value_name = "FOLDER")]
    to: Option<PathBuf>,
}

impl Completions {
    pub(super) fn run(self) -> Result<ExitCode> {
        out!("{}", String::from_utf8_lossy(&script(self.shell)));
        Ok(ExitCode::SUCCESS)
    }
}

impl Man {
    pub(super) fn run(self) -> Result<ExitCode> {
        let Some(folder) = self.to else {
            out!("{}", String::from_utf8_lossy(&first_page()?));
            return Ok(ExitCode::SUCCESS);
        };
        let shown = folder.display();
        fs::create_dir_all(&folder).with_context(|| format!("{shown}"))?;
        clap_mangen::generate_to(Arguments::command(), &folder)
            .with_context(|| format!("{shown}"))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    let mut command = Arguments::command();
    clap_complete::generate(shell, &mut command, "gatelet", &mut script);
    script
}

fn first_page() -> Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut page)?;
    Ok(page)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use clap::ValueEnum as _;

    use super::*;

    /// Commands that are shown, and what each has below it.
    fn shown(command: &clap::Command, before: &str) -> Vec<String> {
        let below = command.get_subcommands().filter(|one| !one.is_hide_set());
        let names = below.flat_map(|one| {
            let name = format!("{before}-{}", one.get_name());
            let mut names = shown(one, &name);
            names.push(name);
            names
        });
        names.collect()
    }

    #[test]
    fn every_shell_knows_every_command() {
        for shell in Shell::value_variants() {
            let script = String::from_utf8(script(*shell)).unwrap();
            let all = Arguments::command();
            for command in all.get_subcommands().filter(|one| !one.is_hide_set()) {
                let name = command.get_name();
                assert!(script.contains(name), "{shell}: {name}");
            }
        }
    }

    #[test]
    fn bash_completes_commands_and_what_is_below_them() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gatelet.bash");
        fs::write(&file, script(Shell::Bash)).unwrap();
        for (words, expected) in [
            ("gatelet prof", "profile"),
            ("gatelet vault pu", "put"),
            ("gatelet vault put --js", "--json"),
        ] {
            let ask = format!(
                "source {file}; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
                 _gatelet gatelet \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\"; echo \"${{COMPREPLY[@]}}\"",
                file = file.display()
            );
            let output = Command::new("bash").args(["-c", &ask]).output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout);
            assert_eq!(said.trim(), expected, "{words}: {output:?}");
        }
    }

    #[test]
    fn every_command_has_a_page() {
        let folder = tempfile::tempdir().unwrap();
        let to = Some(folder.path().join("man1"));
        Man { to: to.clone() }.run().unwrap();
        let names = shown(&Arguments::command(), "gatelet");
        assert!(names.contains(&"gatelet-vault-put".to_owned()), "{names:?}");
        for name in names {
            let page = to.as_ref().unwrap().join(format!("{name}.1"));
            let text = fs::read_to_string(&page).unwrap_or_else(|_| panic!("{name}"));
            assert!(
                text.contains(".TH") && text.contains(".SH SYNOPSIS"),
                "{text}"
            );
        }
        assert!(first_page().unwrap().starts_with(b".ie"));
    }
}
