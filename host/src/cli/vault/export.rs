//! A file of variables, for systems that read files. It is its owner's alone.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{FileTypeExt as _, PermissionsExt as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use clap::ValueEnum;
use zeroize::Zeroizing;

use super::access::Values;

/// How variables are written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// KEY="value" with escapes, as systemd and docker compose read it.
    Env,
    /// KEY=value as it is, as `docker run --env-file` reads it: single lines alone.
    Docker,
    /// A JSON object.
    Json,
}

/// Writes them aside and puts the file in its place, so that nobody reads half of it.
pub(super) fn write(file: &Path, format: Format, values: Values) -> Result<()> {
    if let Ok(found) = fs::metadata(file) {
        ensure!(
            !found.file_type().is_char_device() && !found.file_type().is_fifo(),
            "--to-file {}: is no file: values are shown on no terminal",
            file.display()
        );
        ensure!(!found.is_dir(), "--to-file {}: is a folder", file.display());
    }
    let text = written(format, values)?;
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let put = || -> Result<()> {
        let mut aside = tempfile::NamedTempFile::new_in(folder)?;
        aside
            .as_file()
            .set_permissions(fs::Permissions::from_mode(0o600))?;
        aside.write_all(text.as_bytes())?;
        aside.as_file().sync_all()?;
        aside.persist(file)?;
        Ok(())
    };
    put().with_context(|| format!("{} cannot be written", file.display()))
}

fn written(format: Format, values: Values) -> Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::new());
    match format {
        Format::Env => {
            for (key, value) in &values {
                text.push_str(key);
                text.push_str("=\"");
                for c in value.chars() {
                    match c {
                        '"' | '\\' | '$' | '`' => text.extend(['\\', c]),
                        '\n' => text.push_str("\\n"),
                        '\r' => text.push_str("\\r"),
                        c => text.push(c),
                    }
                }
                text.push_str("\"\n");
            }
        }
        Format::Docker => {
            for (key, value) in &values {
                if value.contains(['\n', '\r']) {
                    bail!(
                        "{key}: has several lines, which this format has no way to write: use env or json"
                    );
                }
                text.push_str(key);
                text.push('=');
                text.push_str(value);
                text.push('\n');
            }
        }
        Format::Json => {
            let object: std::collections::BTreeMap<&str, &str> = values
                .iter()
                .map(|(key, value)| (key.as_str(), value.as_str()))
                .collect();
            text.push_str(&serde_json::to_string(&object)?);
            text.push('\n');
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Values {
        let kept =
            |(key, value): &(&str, &str)| ((*key).to_owned(), Zeroizing::new((*value).to_owned()));
        pairs.iter().map(kept).collect()
    }

    #[test]
    fn values_are_quoted_so_that_nothing_in_them_is_read_as_more() {
        let one = values(&[
            ("A", "it's \"$HOME\" `id` \\"),
            ("B", "a\nb\r\n"),
            ("C", ""),
        ]);
        let text = written(Format::Env, one).unwrap();
        assert_eq!(
            *text,
            "A=\"it's \\\"\\$HOME\\\" \\`id\\` \\\\\"\nB=\"a\\nb\\r\\n\"\nC=\"\"\n"
        );
        let text = written(Format::Docker, values(&[("A", "x=\"1\"")])).unwrap();
        assert_eq!(*text, "A=x=\"1\"\n");
        assert!(written(Format::Docker, values(&[("A", "x\nB=y")])).is_err());
        let text = written(Format::Json, values(&[("A", "x\n\"")])).unwrap();
        assert_eq!(*text, "{\"A\":\"x\\n\\\"\"}\n");
    }

    #[test]
    fn the_file_is_its_owners_alone_and_no_terminal() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("app.env");
        fs::write(&file, "old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        write(&file, Format::Env, values(&[("A", "x")])).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "A=\"x\"\n");
        let mode = fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        for no_file in ["/dev/tty", "/dev/null", "/dev/stdout", "/tmp"] {
            let written = write(Path::new(no_file), Format::Env, values(&[("A", "x")]));
            if Path::new(no_file).exists()
                && fs::metadata(no_file).is_ok_and(|found| !found.is_file())
            {
                assert!(written.is_err(), "{no_file}");
            }
        }
    }
}
