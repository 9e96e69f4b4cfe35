//! How is a file written that holds secrets, so that a crash leaves the old one or the
//! new one and nobody else reads either? Aside, synced, renamed, and the folder synced.

use std::fs::{self, DirBuilder, File, Permissions};
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use tempfile::NamedTempFile;

/// Writes a file that was not there.
///
/// # Errors
/// One line when it is there already, or cannot be written.
pub(crate) fn create(file: &Path, text: &str) -> Result<()> {
    create_by(file, |aside| Ok(aside.write_all(text.as_bytes())?))
}

/// The same, with what something else writes into the file that it is given.
///
/// # Errors
/// As [`create`], and what that says.
pub(crate) fn create_by(
    file: &Path,
    write: impl FnOnce(&mut NamedTempFile) -> Result<()>,
) -> Result<()> {
    let aside = aside(file, write).with_context(|| cannot(file))?;
    aside
        .persist_noclobber(file)
        .map_err(|failed| match failed.error.kind() {
            std::io::ErrorKind::AlreadyExists => anyhow!("{}: is there already", file.display()),
            _ => anyhow!(failed.error).context(cannot(file)),
        })?;
    sync_folder(folder_of(file)).with_context(|| cannot(file))
}

/// Writes a file, in place of the one that is there. Where the name is a link, it stays
/// one.
///
/// # Errors
/// One line when it cannot be written; then the old one is as it was.
pub(crate) fn replace(file: &Path, text: &str) -> Result<()> {
    let file = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let written = || -> Result<()> {
        aside(&file, |aside| Ok(aside.write_all(text.as_bytes())?))?
            .persist(&file)
            .map_err(|failed| failed.error)?;
        Ok(sync_folder(folder_of(&file))?)
    };
    written().with_context(|| cannot(&file))
}

/// Keeps other programs from changing a folder's files at the same time, for as long as
/// the value lives; makes the folder where it is missing, for its owner alone.
///
/// # Errors
/// One line when there can be no such folder.
pub(crate) fn lock(folder: &Path) -> Result<File> {
    let locked = || -> std::io::Result<File> {
        make_folder(folder)?;
        let opened = File::open(folder)?;
        opened.lock()?;
        Ok(opened)
    };
    locked().with_context(|| cannot(folder))
}

/// Whether others than its owner may read a file.
#[cfg(unix)]
pub(crate) fn is_open(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(file).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
pub(crate) fn is_open(_file: &Path) -> bool {
    false
}

fn cannot(file: &Path) -> String {
    format!("{} cannot be written", file.display())
}

fn aside(
    file: &Path,
    write: impl FnOnce(&mut NamedTempFile) -> Result<()>,
) -> Result<NamedTempFile> {
    let folder = folder_of(file);
    make_folder(folder)?;
    let mut builder = tempfile::Builder::new();
    let mut aside = builder.prefix(".gatelet-").tempfile_in(folder)?;
    write(&mut aside)?;
    let owner = fs::metadata(file).or_else(|_| fs::metadata(folder))?;
    belong_to(aside.as_file(), &owner)?;
    aside.as_file().sync_all()?;
    Ok(aside)
}

/// Root that changes somebody's settings leaves them to him.
#[cfg(unix)]
fn belong_to(file: &File, owner: &fs::Metadata) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
    file.set_permissions(Permissions::from_mode(0o600))?;
    let ours = file.metadata()?;
    if ours.uid() == 0 && (owner.uid(), owner.gid()) != (ours.uid(), ours.gid()) {
        fchown(file, Some(owner.uid()), Some(owner.gid()))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn belong_to(_file: &File, _owner: &fs::Metadata) -> std::io::Result<()> {
    Ok(())
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// The folder that a file is in.
pub(crate) fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    }
}

/// A rename is kept only when the folder is.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> std::io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path)
            .expect("the file is there")
            .permissions()
            .mode()
            & 0o777
    }

    #[test]
    fn a_file_is_for_its_owner_alone_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new/env");
        create(&file, "one").unwrap();
        assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
        assert!(create(&file, "two").is_err(), "a key would be lost");
        assert_eq!(fs::read_to_string(&file).unwrap(), "one");
        assert!(!is_open(&file));
        fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        assert!(is_open(&file));
        replace(&file, "three").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "three");
        assert_eq!(mode(&file), 0o600);
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn what_root_changes_stays_its_owners() {
        use std::os::unix::fs::{MetadataExt as _, chown};
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("env");
        create(&file, "one").unwrap();
        // Nobody else than root can try.
        if chown(&file, Some(65_534), Some(65_534)).is_ok() {
            replace(&file, "two").unwrap();
            let owner = fs::metadata(&file).unwrap();
            assert_eq!((owner.uid(), owner.gid()), (65_534, 65_534));
        }
    }

    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        create(&file, "one").unwrap();
        symlink(&file, &link).unwrap();
        replace(&link, "two").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&file).unwrap(), "two");
    }

    #[test]
    fn where_nothing_can_be_written_the_old_file_stays_and_the_line_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("env");
        create(&file, "one").unwrap();
        let error = create(&file.join("below"), "two").unwrap_err();
        assert!(
            format!("{error:#}").contains("cannot be written"),
            "{error:#}"
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), "one");
    }

    #[test]
    fn two_programs_do_not_change_a_folder_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let held = lock(folder.path()).unwrap();
        let second = File::open(folder.path()).unwrap();
        assert!(second.try_lock().is_err());
        drop(held);
        assert!(second.try_lock().is_ok());
    }
}
