//! What was not said: asked for where somebody sits at the terminal, refused otherwise.

use std::fs::File;
use std::io::{IsTerminal as _, Read, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;
use gatelet_settings::name_in_vault;
use zeroize::Zeroizing;

/// Longer than any secret.
const SECRET_MAX_BYTES: u64 = 64 * 1024;

/// Where the client secret comes from.
#[derive(Debug, Args)]
pub(super) struct SecretFrom {
    /// `-` reads it from standard input; `vault:NAME` is one that the vault has or is to
    /// have. Never the secret itself: arguments are seen by everybody on this machine.
    #[arg(
        long,
        value_name = "-|vault:NAME",
        conflicts_with = "client_secret_file"
    )]
    client_secret: Option<String>,
    /// Reads it from this file; for Apple that is AuthKey_….p8, with --team-id and
    /// --key-id.
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
}

impl SecretFrom {
    /// The secret, or what stands for it.
    ///
    /// # Errors
    /// One line that says how to give it, and never what was given.
    pub(super) fn read(&self, may_ask: bool) -> Result<Zeroizing<String>> {
        let secret = match (self.client_secret.as_deref(), &self.client_secret_file) {
            (Some("-"), _) => all(&mut std::io::stdin().lock()).context("standard input")?,
            (Some(said), _) if name_in_vault(said).is_some() => said.trim().to_owned().into(),
            (Some(_), _) => bail!(
                "--client-secret: is neither - nor vault:NAME. A secret among the arguments is seen by everybody on this machine, so it is not taken: - reads it from standard input"
            ),
            (None, Some(file)) => of_file(file)?,
            (None, None) if may_ask && is_terminal() => {
                let typed = rpassword::prompt_password("Client secret: ");
                Zeroizing::new(typed.context("the terminal")?)
            }
            (None, None) => bail!(
                "--client-secret is missing: - reads it from standard input, vault:NAME is one in the vault; --client-secret-file reads it from a file"
            ),
        };
        ensure!(!secret.is_empty(), "the client secret is empty");
        Ok(secret)
    }
}

/// Asks for what an argument did not say; `what` names it, `such_as` shows one.
///
/// # Errors
/// One line that names the argument where nobody can be asked.
pub(super) fn asked(may_ask: bool, argument: &str, what: &str, such_as: &str) -> Result<String> {
    if !may_ask || !is_terminal() {
        bail!("--{argument} is missing: {what}, such as {such_as}");
    }
    eprint!("{what}, such as {such_as}: ");
    std::io::stderr().flush()?;
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .context("the terminal")?;
    ensure!(!line.trim().is_empty(), "--{argument} is missing");
    Ok(line.trim().to_owned())
}

/// Whether somebody can be asked.
pub(in crate::cli) fn is_terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

fn of_file(file: &Path) -> Result<Zeroizing<String>> {
    let opened = File::open(file);
    let opened = opened.with_context(|| format!("--client-secret-file {}", file.display()));
    all(&mut opened?).with_context(|| format!("--client-secret-file {}", file.display()))
}

/// All of it, without the line break at its end.
fn all(input: &mut impl Read) -> Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    let most = SECRET_MAX_BYTES + 1;
    input.take(most).read_to_string(&mut text)?;
    ensure!(
        text.len() < usize::try_from(most)?,
        "is longer than any secret"
    );
    let length = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(length);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(client_secret: Option<&str>, file: Option<&Path>) -> Result<String> {
        let from = SecretFrom {
            client_secret: client_secret.map(str::to_owned),
            client_secret_file: file.map(Path::to_owned),
        };
        from.read(false).map(|secret| (*secret).clone())
    }

    #[test]
    fn a_secret_is_never_taken_from_the_arguments_nor_repeated() {
        for said in ["hunter2", "vault:hunter2", "vault:", ""] {
            let error = from(Some(said), None).unwrap_err().to_string();
            assert!(error.starts_with("--client-secret: "), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        assert_eq!(from(Some("vault:OKTA"), None).unwrap(), "vault:OKTA");
        let error = from(None, None).unwrap_err().to_string();
        assert!(error.starts_with("--client-secret is missing"), "{error}");
    }

    #[test]
    fn a_file_is_read_without_its_last_line_break() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        for (text, secret) in [("s3cret\r\n", "s3cret"), ("a\nb\n", "a\nb"), (" s ", " s ")] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(from(None, Some(&file)).unwrap(), secret);
        }
        std::fs::write(&file, "\n").unwrap();
        assert!(from(None, Some(&file)).is_err(), "nothing is no secret");
        let missing = folder.path().join("none");
        let error = format!("{:#}", from(None, Some(&missing)).unwrap_err());
        assert!(error.contains("--client-secret-file"), "{error}");
        assert!(all(&mut std::io::repeat(b'a')).is_err());
    }

    #[test]
    fn what_is_missing_is_named_where_nobody_can_be_asked() {
        let error = asked(false, "domain", "the org\u{2019}s domain", "acme.okta.com");
        let error = error.unwrap_err().to_string();
        assert!(error.starts_with("--domain is missing: "), "{error}");
        assert!(error.ends_with("such as acme.okta.com"), "{error}");
    }
}
