//! Who else may read or write a file of ours? What holds users and keys is its owner's
//! alone, whatever the umask; what is run is believed only where nobody else can write.

use std::fs::{self, DirBuilder, Metadata, OpenOptions, Permissions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{
    DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt,
};
use std::path::Path;

const FOLDER: u32 = 0o700;
const FILE: u32 = 0o600;
/// Of everybody else.
const OTHERS: u32 = 0o077;
const WRITTEN_BY_OTHERS: u32 = 0o022;
const STICKY: u32 = 0o1000;

/// Folders of these names are ours wherever they lie, and are mended; another one is
/// somebody's who had it before.
const OURS: [&str; 2] = [".spin", ".gatelet"];

/// Makes a folder for this user alone. One of ours that is there and open to others is
/// closed, with a line that says so.
///
/// # Errors
/// When it is neither there nor can be made.
pub fn folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(FOLDER)
        .create(folder)?;
    let ours = |part: &Path| {
        part.file_name()
            .is_some_and(|name| OURS.iter().any(|our| name == *our))
    };
    // What lies in one of ours is too.
    for part in folder.ancestors().filter(|part| part.ancestors().any(ours)) {
        close(part, FOLDER);
    }
    Ok(())
}

/// Makes a file for this user alone where there is none. One that is there and open to
/// others is closed, with a line that says so.
///
/// # Errors
/// When it is neither there nor can be made.
pub fn file(file: &Path) -> io::Result<()> {
    let made = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(FILE)
        .open(file);
    match made {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => close_file(file),
        made => drop(made?),
    }
    Ok(())
}

/// Closes a file that may be there.
pub fn close_file(file: &Path) {
    close(file, FILE);
}

/// What cannot be closed is told of and used all the same: it was open before.
fn close(path: &Path, mode: u32) {
    let Ok(found) = fs::symlink_metadata(path) else {
        return;
    };
    if found.mode() & OTHERS == 0 || found.is_symlink() || found.uid() != user() {
        return;
    }
    let at = path.display();
    match fs::set_permissions(path, Permissions::from_mode(mode)) {
        Ok(()) => tracing::info!(
            "{at} could be read by others of this machine; it is its owner's alone now"
        ),
        Err(error) => tracing::warn!("{at} can be read by others of this machine: {error}"),
    }
}

/// Why what lies in a folder cannot be believed; None where nobody else could have
/// put it there.
pub(crate) fn doubt(folder: &Path) -> Option<&'static str> {
    let Ok(found) = fs::symlink_metadata(folder) else {
        return Some("it cannot be looked at");
    };
    if found.is_symlink() {
        return Some("it is a symbolic link");
    }
    if !found.is_dir() {
        return Some("it is no folder");
    }
    if found.uid() != user() {
        return Some("it belongs to another user");
    }
    if found.mode() & WRITTEN_BY_OTHERS != 0 {
        return Some("others can write to it");
    }
    let Ok(whole) = fs::canonicalize(folder) else {
        return Some("it cannot be looked at");
    };
    let above = whole.ancestors().skip(1);
    let replaceable = |above: &Path| fs::metadata(above).map_or(true, |above| is_anybodys(&above));
    above
        .into_iter()
        .any(replaceable)
        .then_some("others can put another in its place")
}

/// Whether anybody can rename what is in a folder. A group is who it was made for: many
/// systems give each user one of their own.
fn is_anybodys(folder: &Metadata) -> bool {
    let foreign = folder.uid() != user() && folder.uid() != 0;
    let open = folder.mode() & 0o002 != 0 && folder.mode() & STICKY == 0;
    foreign || open
}

/// Whether a file is one that we alone can have written.
pub(crate) fn is_ours(file: &Path) -> bool {
    fs::symlink_metadata(file).is_ok_and(|found| {
        found.is_file() && found.uid() == user() && found.mode() & WRITTEN_BY_OTHERS == 0
    })
}

fn user() -> u32 {
    rustix::process::geteuid().as_raw()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o777
    }

    fn set(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn what_is_made_is_its_owners_alone() {
        let root = tempfile::tempdir().unwrap();
        let inner = root.path().join("one/two");
        folder(&inner).unwrap();
        let kept = inner.join("kept");
        file(&kept).unwrap();
        assert_eq!((mode(&inner), mode(&kept)), (0o700, 0o600));
    }

    #[test]
    fn what_is_ours_and_open_is_closed() {
        let root = tempfile::tempdir().unwrap();
        set(root.path(), 0o755);
        let state = root.path().join(".gatelet/shop/state");
        fs::create_dir_all(&state).unwrap();
        let kept = state.join("kept");
        fs::write(&kept, "users").unwrap();
        for open in [&root.path().join(".gatelet"), &state] {
            set(open, 0o755);
        }
        set(&kept, 0o644);
        folder(&state).unwrap();
        file(&kept).unwrap();
        assert_eq!((mode(&state), mode(&kept)), (0o700, 0o600));
        assert_eq!(mode(&root.path().join(".gatelet")), 0o700);
        assert_eq!(mode(root.path()), 0o755, "somebody's");
        assert_eq!(fs::read(&kept).unwrap(), b"users");
    }

    #[test]
    fn a_folder_of_somebodys_stays_as_it_is() {
        let root = tempfile::tempdir().unwrap();
        set(root.path(), 0o777);
        folder(root.path()).unwrap();
        assert_eq!(mode(root.path()), 0o777);
    }

    #[test]
    fn what_others_could_have_written_is_not_believed() {
        let root = tempfile::tempdir().unwrap();
        let cache = root.path().join("cache");
        folder(&cache).unwrap();
        assert_eq!(doubt(&cache), None);
        for (open, doubted) in [(0o755, false), (0o770, true), (0o777, true), (0o702, true)] {
            set(&cache, open);
            assert_eq!(doubt(&cache).is_some(), doubted, "{open:o}");
        }
        set(&cache, 0o700);
        let link = root.path().join("link");
        std::os::unix::fs::symlink(&cache, &link).unwrap();
        assert_eq!(doubt(&link), Some("it is a symbolic link"));
        assert!(doubt(&root.path().join("nothing")).is_some());
        set(root.path(), 0o777);
        assert_eq!(doubt(&cache), Some("others can put another in its place"));
        set(root.path(), 0o1777);
        assert_eq!(doubt(&cache), None, "as in /tmp");
    }

    #[test]
    fn a_file_that_others_could_have_written_is_not_ours() {
        let root = tempfile::tempdir().unwrap();
        let kept = root.path().join("kept");
        file(&kept).unwrap();
        assert!(is_ours(&kept));
        set(&kept, 0o660);
        assert!(!is_ours(&kept));
        let link = root.path().join("link");
        set(&kept, 0o600);
        std::os::unix::fs::symlink(&kept, &link).unwrap();
        assert!(!is_ours(&link));
    }
}
