//! Has this component been compiled before? Machine code kept on disk, mapped and
//! not copied: a start takes milliseconds, and its pages are the file's.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Result;
use sha2::{Digest as _, Sha256};
use wasmtime::component::Component;
use wasmtime::{Engine, Module};

use crate::bundle::Bundle;
use crate::private;

/// Files kept; those go that no start has used for longest.
const FILES_MAX: usize = 32;
const EXTENSION: &str = "cwasm";
/// How long another process may compile.
const COMPILER_TIME_MAX: Duration = Duration::from_secs(300);
/// How often it is looked whether it has ended.
const COMPILER_LOOK: Duration = Duration::from_millis(5);

/// The folder of compiled components, and what came with this program; without
/// either everything is compiled anew.
pub(crate) struct CompiledCache {
    folder: Option<PathBuf>,
    shipped: Bundle,
    /// None where it has done so already.
    compiler: Mutex<Option<Compiler>>,
}

/// A program that compiles into the folder all that this process is about to look for, and
/// ends: whoever compiles keeps memory that serving has no use for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compiler {
    /// What is run.
    pub program: PathBuf,
    /// With what, in this process' folder and environment.
    pub arguments: Vec<OsString>,
}

impl Compiler {
    fn run(self) {
        let Self { program, arguments } = self;
        let mut command = Command::new(program);
        command.args(arguments);
        for stream in [Command::stdin, Command::stdout, Command::stderr] {
            stream(&mut command, Stdio::null());
        }
        // What it leaves undone is done here, and what is wrong is told here.
        let ended = command.spawn().and_then(|mut child| {
            let started = Instant::now();
            while started.elapsed() < COMPILER_TIME_MAX {
                if let Some(status) = child.try_wait()? {
                    return Ok(status);
                }
                std::thread::sleep(COMPILER_LOOK);
            }
            child.kill()?;
            child.wait()
        });
        tracing::debug!("what compiles for this process ended: {ended:?}");
    }
}

/// What a compiled component was made of, as the name of its file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Identity(String);

impl Identity {
    /// SHA-256 over the parts, each with its length, and over this program's version.
    pub(crate) fn of<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let mut hash = Sha256::new();
        hash.update(env!("CARGO_PKG_VERSION"));
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let digest: String = hash
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self(format!("{digest}.{EXTENSION}"))
    }
}

impl CompiledCache {
    /// Uses a folder, made where it is missing and for this user alone: what lies in it
    /// is run. One that cannot be used, or that others could have written to, is left
    /// alone with a line that says so: it costs time at each start.
    pub(crate) fn open(folder: Option<&Path>, compiler: Option<Compiler>) -> Self {
        let usable = folder.filter(|folder| {
            let doubt = match private::folder(folder) {
                Ok(()) => private::doubt(folder).map(str::to_owned),
                Err(error) => Some(error.to_string()),
            };
            if let Some(doubt) = &doubt {
                tracing::warn!(
                    "the cache folder {} is not used: {doubt}. Every start compiles anew until it is a folder that \
                     this user alone can write to",
                    folder.display()
                );
            }
            doubt.is_none()
        });
        Self {
            folder: usable.map(Path::to_owned),
            shipped: Bundle::shipped(),
            compiler: Mutex::new(compiler),
        }
    }

    /// The code that `make` gives the bytes of, when nothing of this identity has been
    /// compiled yet.
    ///
    /// # Errors
    /// When it cannot be made or compiled. What goes wrong with the folder costs
    /// time alone.
    pub(crate) fn compiled<C: Code>(
        &self,
        engine: &Engine,
        identity: &Identity,
        make: impl FnOnce() -> Result<Vec<u8>>,
    ) -> Result<C> {
        let Identity(name) = identity;
        let file = self.folder.as_ref().map(|folder| folder.join(name));
        if let Some(found) = file.as_ref().and_then(|file| load(engine, file)) {
            return Ok(found);
        }
        if let Some(found) = self
            .shipped
            .compiled(name)
            .and_then(|code| shipped(engine, code))
        {
            return Ok(found);
        }
        if let Some(file) = &file
            && self.is_compiled_elsewhere()
            && let Some(found) = load(engine, file)
        {
            return Ok(found);
        }
        let code = C::compile(engine, &make()?)?;
        if let Some(file) = &file {
            if let Err(error) = keep(file, &code) {
                tracing::warn!(
                    "compiled code cannot be kept in {}: {error}",
                    file.display()
                );
            } else if let Some(found) = load(engine, file) {
                return Ok(found);
            }
        }
        from_code(engine, &code)
    }

    /// Whether there is more in the folder than before.
    fn is_compiled_elsewhere(&self) -> bool {
        let mut compiler = self.compiler.lock().unwrap_or_else(PoisonError::into_inner);
        compiler.take().map(Compiler::run).is_some()
    }
}

/// What is compiled: a component, or a core module of one.
pub(crate) trait Code: Sized {
    fn compile(engine: &Engine, wasm: &[u8]) -> wasmtime::Result<Vec<u8>>;

    /// # Safety
    /// The bytes are what [`Code::compile`] gave.
    #[expect(unsafe_code, reason = "compiled code is run as it is")]
    unsafe fn from_bytes(engine: &Engine, code: &[u8]) -> wasmtime::Result<Self>;

    /// # Safety
    /// The file holds what [`Code::compile`] gave, and nobody changes it.
    #[expect(unsafe_code, reason = "compiled code is run as it is")]
    unsafe fn from_file(engine: &Engine, file: &Path) -> wasmtime::Result<Self>;
}

impl Code for Component {
    fn compile(engine: &Engine, wasm: &[u8]) -> wasmtime::Result<Vec<u8>> {
        engine.precompile_component(wasm)
    }

    #[expect(unsafe_code, reason = "the caller's promise")]
    unsafe fn from_bytes(engine: &Engine, code: &[u8]) -> wasmtime::Result<Self> {
        // SAFETY: the caller's.
        unsafe { Self::deserialize(engine, code) }
    }

    #[expect(unsafe_code, reason = "the caller's promise")]
    unsafe fn from_file(engine: &Engine, file: &Path) -> wasmtime::Result<Self> {
        // SAFETY: the caller's.
        unsafe { Self::deserialize_file(engine, file) }
    }
}

impl Code for Module {
    fn compile(engine: &Engine, wasm: &[u8]) -> wasmtime::Result<Vec<u8>> {
        engine.precompile_module(wasm)
    }

    #[expect(unsafe_code, reason = "the caller's promise")]
    unsafe fn from_bytes(engine: &Engine, code: &[u8]) -> wasmtime::Result<Self> {
        // SAFETY: the caller's.
        unsafe { Self::deserialize(engine, code) }
    }

    #[expect(unsafe_code, reason = "the caller's promise")]
    unsafe fn from_file(engine: &Engine, file: &Path) -> wasmtime::Result<Self> {
        // SAFETY: the caller's.
        unsafe { Self::deserialize_file(engine, file) }
    }
}

/// None where there is none, or another version of wasmtime or another kind of
/// processor made it.
fn load<C: Code>(engine: &Engine, file: &Path) -> Option<C> {
    if !private::is_ours(file) {
        return None;
    }
    #[expect(
        unsafe_code,
        reason = "the folder is this user's alone and files in it are whole: they are renamed into place after they are on disk"
    )]
    // SAFETY: the file was written by `keep`, out of `Code::compile`, and nobody else
    // may write there.
    let loaded = unsafe { C::from_file(engine, file) };
    match loaded {
        Ok(code) => {
            // Where that fails it goes earlier than others, and is compiled anew.
            let _used = File::open(file).and_then(|file| file.set_modified(SystemTime::now()));
            Some(code)
        }
        Err(error) => {
            tracing::debug!("{} is compiled anew: {error:#}", file.display());
            None
        }
    }
}

/// None where another kind of processor is meant: then it is compiled here.
fn shipped<C: Code>(engine: &Engine, code: &[u8]) -> Option<C> {
    from_code(engine, code)
        .inspect_err(|error| tracing::debug!("what came compiled is compiled anew: {error:#}"))
        .ok()
}

fn from_code<C: Code>(engine: &Engine, code: &[u8]) -> Result<C> {
    #[expect(
        unsafe_code,
        reason = "this very process has just compiled it, or it is part of the program"
    )]
    // SAFETY: `code` comes from `Code::compile`, here or when the program was made.
    let compiled = unsafe { C::from_bytes(engine, code) };
    Ok(compiled?)
}

fn keep(file: &Path, code: &[u8]) -> io::Result<()> {
    // Under a name that nobody else has, for this user alone, and gone where that fails.
    let mut unfinished = tempfile::Builder::new()
        .suffix(".tmp")
        .tempfile_in(file.parent().unwrap_or(Path::new(".")))?;
    unfinished.write_all(code)?;
    unfinished.as_file().sync_all()?;
    unfinished.persist(file)?;
    forget_unused(file)
}

fn forget_unused(newest: &Path) -> io::Result<()> {
    let Some(folder) = newest.parent() else {
        return Ok(());
    };
    let mut files: Vec<(SystemTime, PathBuf)> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let ours = entry
            .path()
            .extension()
            .is_some_and(|extension| extension == EXTENSION);
        if ours {
            files.push((entry.metadata()?.modified()?, entry.path()));
        }
    }
    files.sort();
    let over = files.len().saturating_sub(FILES_MAX);
    for (_, file) in &files[..over] {
        // Another process may have been faster.
        let _gone = fs::remove_file(file);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A component without sections: its preamble.
    const EMPTY: [u8; 8] = [0, b'a', b's', b'm', 0x0d, 0, 1, 0];

    #[test]
    fn what_was_compiled_is_not_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let engine = crate::engine::engine().unwrap();
        let cache = CompiledCache::open(Some(folder.path()), None);
        let empty = || Ok(EMPTY.to_vec());
        assert!(cache.compiled::<Component>(&engine, &one(), empty).is_ok());
        let unmade = || anyhow::bail!("made again");
        assert!(cache.compiled::<Component>(&engine, &one(), unmade).is_ok());
        assert!(
            cache
                .compiled::<Component>(&engine, &Identity::of([&b"two"[..]]), unmade)
                .is_err()
        );
    }

    #[test]
    fn what_another_program_compiles_is_not_compiled_here() {
        let (folder, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let engine = crate::engine::engine().unwrap();
        let cache = CompiledCache::open(Some(theirs.path()), None);
        let empty = || Ok(EMPTY.to_vec());
        assert!(cache.compiled::<Component>(&engine, &one(), empty).is_ok());
        // Compiles by copying, and says that it ran.
        let script = "echo ran >> \"$2/ran\"; cp -p \"$1\"/*.cwasm \"$2\"";
        let folders = [theirs.path(), folder.path()].map(|folder| folder.as_os_str().to_owned());
        let compiler = |script: &str| Compiler {
            program: "/bin/sh".into(),
            arguments: ["-c", script, "sh"]
                .map(OsString::from)
                .into_iter()
                .chain(folders.clone())
                .collect(),
        };
        let cache = CompiledCache::open(Some(folder.path()), Some(compiler(script)));
        let unmade = || anyhow::bail!("made here");
        assert!(cache.compiled::<Component>(&engine, &one(), unmade).is_ok());
        let two = Identity::of([&b"two"[..]]);
        assert!(cache.compiled::<Component>(&engine, &two, empty).is_ok());
        let ran = fs::read_to_string(folder.path().join("ran")).unwrap();
        assert_eq!(ran, "ran\n", "once");

        for fails in ["exit 1", "kill -9 $$"] {
            let folder = tempfile::tempdir().unwrap();
            let cache = CompiledCache::open(Some(folder.path()), Some(compiler(fails)));
            assert!(cache.compiled::<Component>(&engine, &one(), empty).is_ok());
        }
        let cache = CompiledCache::open(None, Some(compiler("kill -9 $PPID")));
        assert!(cache.compiled::<Component>(&engine, &one(), empty).is_ok());
    }

    #[test]
    fn a_file_that_is_no_code_is_compiled_over() {
        let folder = tempfile::tempdir().unwrap();
        let engine = crate::engine::engine().unwrap();
        let cache = CompiledCache::open(Some(folder.path()), None);
        fs::write(folder.path().join(one().0), "nonsense").unwrap();
        assert!(
            cache
                .compiled::<Component>(&engine, &one(), || Ok(EMPTY.to_vec()))
                .is_ok()
        );
        let unmade = || anyhow::bail!("made again");
        assert!(cache.compiled::<Component>(&engine, &one(), unmade).is_ok());
    }

    #[test]
    fn what_others_could_have_put_there_is_not_run() {
        use std::os::unix::fs::PermissionsExt as _;
        let open = |path: &Path, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        let folder = tempfile::tempdir().unwrap();
        let engine = crate::engine::engine().unwrap();
        let unmade = || anyhow::bail!("made again");
        let kept = |made: fn() -> Result<Vec<u8>>| {
            let cache = CompiledCache::open(Some(folder.path()), None);
            cache.compiled::<Component>(&engine, &one(), made).is_ok()
        };
        assert!(kept(|| Ok(EMPTY.to_vec())));
        assert!(kept(unmade));
        let file = folder.path().join(one().0);
        open(&file, 0o666);
        assert!(!kept(unmade), "the file");
        open(&file, 0o600);
        open(folder.path(), 0o777);
        assert!(!kept(unmade), "the folder");
        assert!(kept(|| Ok(EMPTY.to_vec())), "it goes on without");
        open(folder.path(), 0o700);
        assert!(kept(unmade));
    }

    #[test]
    fn without_a_usable_folder_it_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let engine = crate::engine::engine().unwrap();
        let file = folder.path().join("a-file");
        fs::write(&file, "").unwrap();
        for unusable in [file.clone(), file.join("below")] {
            let cache = CompiledCache::open(Some(&unusable), None);
            let made = cache.compiled::<Component>(&engine, &one(), || Ok(EMPTY.to_vec()));
            assert!(made.is_ok(), "{}", unusable.display());
        }
    }

    #[test]
    fn what_is_used_outlasts_what_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let engine = crate::engine::engine().unwrap();
        let cache = CompiledCache::open(Some(folder.path()), None);
        let empty = || Ok(EMPTY.to_vec());
        let number = |number: usize| Identity::of([&number.to_le_bytes()[..]]);
        let there = |one: usize| folder.path().join(number(one).0).exists();
        for one in 0..FILES_MAX {
            let kept = cache.compiled::<Component>(&engine, &number(one), empty);
            assert!(kept.is_ok());
        }
        let unmade = || anyhow::bail!("made again");
        let used = cache.compiled::<Component>(&engine, &number(0), unmade);
        assert!(used.is_ok());
        let more = cache.compiled::<Component>(&engine, &number(FILES_MAX), empty);
        assert!(more.is_ok());
        let left: Vec<usize> = (0..=FILES_MAX).filter(|one| there(*one)).collect();
        assert_eq!(left.len(), FILES_MAX);
        assert!(there(0) && !there(1), "{left:?}");
    }

    #[test]
    fn parts_of_an_identity_do_not_run_together() {
        let (one, other) = ([&b"ab"[..], b"c"], [&b"a"[..], b"bc"]);
        assert_ne!(Identity::of(one), Identity::of(other));
    }

    fn one() -> Identity {
        Identity::of([&b"one"[..]])
    }
}
