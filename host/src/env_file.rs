//! What does an env file say? `NAME=value` lines as dotenv and compose write them, with
//! two differences: `$` means nothing, for hashes and passwords are full of it, and what
//! those two read differently is refused with the line.
//!
//! | written | read |
//! |---|---|
//! | `export NAME=value` | `value` |
//! | `NAME=value # comment` | `value` |
//! | `NAME=va#lue` | `va#lue` |
//! | `NAME='any $thing'` | as it stands, over several lines too |
//! | `NAME="a \"b\"\n"` | with `\n`, `\r`, `\t`, `\"`, `\\` and `\$` resolved, over several lines too |
//! | `NAME=#value` | refused: a comment to some, a value to others |

use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::ops::Range;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, ensure};

/// More than any file of settings.
const MAX_BYTES: u64 = 1024 * 1024;
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A name with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) value: String,
    /// Where it begins, from 1.
    pub(crate) line: usize,
    /// Its lines in the file, the last line break among them.
    span: Range<usize>,
}

/// Why a file is not read. Says nothing of values: they may be secret.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Fault {
    line: usize,
    problem: &'static str,
}

/// The entries of a file, in its order.
///
/// # Errors
/// One line that names the file and the line, never the value.
pub(crate) fn read(path: &Path) -> Result<Vec<Entry>> {
    let text = text(path)?;
    entries(&text).map_err(|fault| anyhow!("{} {fault}", path.display()))
}

/// A file with one name set to a value, or taken out. Everything else stays as it is.
///
/// # Errors
/// One line when the file does not read well as it is.
pub(crate) fn changed(path: &Path, name: &str, value: Option<&str>) -> Result<String> {
    changed_together(path, [(name, value)])
}

/// The same with several names at once.
///
/// # Errors
/// One line when the file does not read well as it is.
pub(crate) fn changed_together<'a>(
    path: &Path,
    values: impl IntoIterator<Item = (&'a str, Option<&'a str>)>,
) -> Result<String> {
    let mut changed = if path.exists() {
        text(path)?
    } else {
        String::new()
    };
    for (name, value) in values {
        changed =
            with(&changed, name, value).map_err(|fault| anyhow!("{} {fault}", path.display()))?;
    }
    Ok(changed)
}

/// The file's text, without a byte order mark.
fn text(path: &Path) -> Result<String> {
    ensure!(
        !path.is_dir(),
        "{}: is a folder, and an env file is wanted",
        path.display()
    );
    let mut bytes = Vec::new();
    let cannot = || format!("{} cannot be read", path.display());
    let file = File::open(path).with_context(cannot)?;
    file.take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)
        .with_context(cannot)?;
    ensure!(
        bytes.len() as u64 <= MAX_BYTES,
        "{}: is longer than any env file",
        path.display()
    );
    let utf_16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    ensure!(!utf_16, "{}: is UTF-16: save it as UTF-8", path.display());
    let text = String::from_utf8(bytes).map_err(|error| {
        let read = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..read).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        anyhow!("{} line {line}: is not UTF-8", path.display())
    })?;
    Ok(text
        .strip_prefix(BYTE_ORDER_MARK)
        .map_or_else(|| text.clone(), str::to_owned))
}

fn entries(text: &str) -> Result<Vec<Entry>, Fault> {
    let mut entries = Vec::new();
    let (mut at, mut line) = (0, 1);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let (first, _) = cut_line(rest);
        let trimmed = first.trim();
        let mut length = first.len();
        if !trimmed.is_empty() && !trimmed.starts_with('#') {
            let refuse = |problem| Fault { line, problem };
            let (before, after) = rest
                .split_once('=')
                .filter(|(before, _)| !before.contains('\n'))
                .ok_or(refuse("write NAME=value"))?;
            let name = name(before).ok_or(refuse("write NAME=value"))?;
            let (value, used) = value(after).map_err(refuse)?;
            if value.contains('\0') {
                return Err(refuse("holds a NUL character"));
            }
            length = before.len() + 1 + used;
            entries.push(Entry {
                name: name.to_owned(),
                value,
                line,
                span: at..at + length,
            });
        }
        let lines = rest.get(..length).unwrap_or(rest);
        line += lines.matches('\n').count();
        at += length;
    }
    Ok(entries)
}

/// `NAME` or `export NAME`.
fn name(before: &str) -> Option<&str> {
    let before = before.trim();
    let name = match before.strip_prefix("export") {
        Some(rest) if rest.starts_with([' ', '\t']) => rest.trim_start(),
        _ => before,
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (!name.is_empty() && name.bytes().all(plain)).then_some(name)
}

/// A value, and how many bytes of the text it and the rest of its line take.
fn value(after: &str) -> Result<(String, usize), &'static str> {
    let trimmed = after.trim_start_matches([' ', '\t']);
    let begins = after.len() - trimmed.len();
    let quote = trimmed.chars().next();
    let Some(quote) = quote.filter(|quote| matches!(quote, '"' | '\'')) else {
        let (line, _) = cut_line(after);
        return Ok((unquoted(line)?, line.len()));
    };
    let inner = trimmed.get(1..).unwrap_or_default();
    let ends = closing(inner, quote).ok_or("the quote that begins the value is not closed")?;
    let (quoted, rest) = inner.split_at(ends);
    let (rest, _) = cut_line(rest.get(1..).unwrap_or_default());
    let remark = rest.trim();
    if !remark.is_empty() && !remark.starts_with('#') {
        return Err(
            "text stands behind the closing quote: put the whole value into single quotes, or write \\\" within double ones",
        );
    }
    // Line breaks within quotes are one character, however the file was saved.
    let quoted = quoted.replace("\r\n", "\n");
    let value = if quote == '"' {
        resolved(&quoted)
    } else {
        quoted
    };
    Ok((value, begins + 1 + ends + 1 + rest.len()))
}

fn unquoted(line: &str) -> Result<String, &'static str> {
    if line.starts_with('#') {
        return Err("the value begins with #, which some read as a comment: put it into quotes");
    }
    let ends = line.match_indices('#').map(|(at, _)| at).find(|at| {
        line.get(..*at)
            .is_some_and(|before| before.ends_with([' ', '\t']))
    });
    let value = ends.and_then(|at| line.get(..at)).unwrap_or(line);
    Ok(value.trim().to_owned())
}

/// Where the quote is that ends a value.
fn closing(inner: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, character) in inner.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = quote == '"',
            found if found == quote => return Some(at),
            _ => {}
        }
    }
    None
}

fn resolved(quoted: &str) -> String {
    let mut value = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            value.push(character);
            continue;
        }
        match characters.next() {
            Some('n') => value.push('\n'),
            Some('r') => value.push('\r'),
            Some('t') => value.push('\t'),
            Some(plain @ ('"' | '\\' | '$')) => value.push(plain),
            other => {
                value.push('\\');
                value.extend(other);
            }
        }
    }
    value
}

fn with(text: &str, name: &str, value: Option<&str>) -> Result<String, Fault> {
    let mut line = value.map(|value| format!("{name}={}\n", written(value)));
    let mut changed = String::with_capacity(text.len());
    let mut at = 0;
    for entry in entries(text)?.iter().filter(|entry| entry.name == name) {
        changed += text.get(at..entry.span.start).unwrap_or_default();
        changed += &line.take().unwrap_or_default();
        at = entry.span.end;
    }
    changed += text.get(at..).unwrap_or_default();
    if let Some(line) = line {
        if !changed.is_empty() && !changed.ends_with('\n') {
            changed.push('\n');
        }
        changed += &line;
    }
    Ok(changed)
}

/// A value as it is read again, here and where it can be had in a shell too.
pub(crate) fn written(value: &str) -> String {
    let plain =
        |character: char| character.is_ascii_alphanumeric() || "_-.,:/@%+=*~".contains(character);
    if value.chars().all(plain) {
        value.to_owned()
    } else if !value.contains(['\'', '\r']) {
        format!("'{value}'")
    } else {
        let mut quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
        quoted = quoted.replace('$', "\\$").replace('\r', "\\r");
        format!("\"{quoted}\"")
    }
}

/// The first line with its line break, and the others.
fn cut_line(text: &str) -> (&str, &str) {
    text.split_at(text.find('\n').map_or(text.len(), |at| at + 1))
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "line {}: {}", self.line, self.problem)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_text(bytes: impl AsRef<[u8]>) -> Result<Vec<(String, String)>> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("env");
        std::fs::write(&file, bytes).unwrap();
        let entries = read(&file)?;
        Ok(entries
            .into_iter()
            .map(|entry| (entry.name, entry.value))
            .collect())
    }

    #[test]
    fn values_are_read_as_dotenv_and_compose_read_them() {
        for (text, value) in [
            ("A=b", "b"),
            ("A=b\r\n", "b"),
            ("\u{feff}A=b", "b"),
            ("export A=b", "b"),
            ("export\tA = b ", "b"),
            ("exported=1\nA=b", "b"),
            ("A=b # prod", "b"),
            ("A=b\t# prod", "b"),
            ("A=b#c", "b#c"),
            ("A= # nothing", ""),
            ("A=", ""),
            ("A='b' # x", "b"),
            ("A=\"b\" # x", "b"),
            ("A=\"b\"# x", "b"),
            ("A=\"b # c\"", "b # c"),
            ("A='b # c'", "b # c"),
            ("A=' b '", " b "),
            ("A='$argon2id$v=19'", "$argon2id$v=19"),
            ("A=$argon2id$v=19", "$argon2id$v=19"),
            ("A='b\\n'", "b\\n"),
            ("A=\"b\\n\\t\\\"\\\\\\$\\x\"", "b\n\t\"\\$\\x"),
            ("A='one\ntwo' # x", "one\ntwo"),
            ("A=\"one\r\ntwo\"\r\n", "one\ntwo"),
            ("A=[{\"id\":\"x\"}]", "[{\"id\":\"x\"}]"),
            ("A=it's", "it's"),
            ("A=x=y", "x=y"),
            ("# A=c\n\n  # x\n  A=b\n", "b"),
            ("A=c\nA=b", "b"),
        ] {
            let read = read_text(text).unwrap();
            let found = read.iter().rev().find(|(name, _)| name == "A");
            assert_eq!(
                found.map(|(_, value)| value.as_str()),
                Some(value),
                "{text:?}"
            );
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_line_and_without_its_value() {
        for (text, says) in [
            (&b"A=b\nhunter2\n"[..], "line 2: write NAME=value"),
            (b"=hunter2", "line 1: write NAME=value"),
            (b"A B=hunter2", "line 1: write NAME=value"),
            (b"A: hunter2", "line 1: write NAME=value"),
            (b"A=b\n\nC='hunter2\n", "line 3: the quote"),
            (b"A=\"hunter2\\\"", "line 1: the quote"),
            (b"A=\"x\ny\nB=\"hunter2\"", "line 1: text stands behind"),
            (b"A=\"{\"hunter2\":1}\"", "line 1: text stands behind"),
            (b"A='x\ny'\nB=#hunter2", "line 3: the value begins with #"),
            (b"A=b\nB=hunter2\xe9\n", "line 2: is not UTF-8"),
            (b"\xff\xfeA\0=\0", "is UTF-16"),
            (b"A=hunter2\0", "line 1: holds a NUL"),
        ] {
            let error = read_text(text).unwrap_err().to_string();
            assert!(
                error.contains(says) && !error.contains("hunter2"),
                "{error}"
            );
        }
        let folder = tempfile::tempdir().unwrap();
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("is a folder"), "{error}");
        let error = read(&folder.path().join("none")).unwrap_err();
        assert!(
            format!("{error:#}").contains("none cannot be read: "),
            "{error:#}"
        );
    }

    #[test]
    fn a_change_leaves_every_other_line_as_it_was() {
        let text = "# mine\nA='1\n2' # x\nB=2\nA=3";
        for (name, value, changed) in [
            ("B", Some("4"), "# mine\nA='1\n2' # x\nB=4\nA=3"),
            ("A", Some("4"), "# mine\nA=4\nB=2\n"),
            ("A", None, "# mine\nB=2\n"),
            (
                "C",
                Some("a b"),
                "# mine\nA='1\n2' # x\nB=2\nA=3\nC='a b'\n",
            ),
            ("C", None, text),
        ] {
            assert_eq!(
                with(text, name, value).as_deref(),
                Ok(changed),
                "{name} {value:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(value in "[^\0]*", other in "[ -~]*") {
            let text = with("# first\n", "A", Some(&value)).unwrap();
            let text = with(&text, "B", Some(&other)).unwrap();
            let read: Vec<_> = entries(&text).unwrap().into_iter().map(|entry| entry.value).collect();
            prop_assert_eq!(read, [value, other]);
        }

        #[test]
        fn no_text_is_too_odd_to_be_read_or_refused(text in any::<String>()) {
            if let Ok(read) = entries(&text) {
                for entry in read {
                    prop_assert!(text.get(entry.span).is_some());
                }
            }
        }
    }
}
