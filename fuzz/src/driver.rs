//! How does libFuzzer run a door? Through its own driver, with what is kept as the
//! second folder, so that nothing is written there.
#![expect(unsafe_code, reason = "libFuzzer is C++")]

use std::ffi::{CString, c_char, c_int};
use std::fs;
use std::path::Path;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use peak_alloc::PeakAlloc;

use crate::corpus;
use crate::target::Target;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The most that judging may hold at once: for itself, and for each byte of the input.
/// What an input says of its own length is believed nowhere.
const MEMORY_MAX_BYTES: usize = 1 << 20;
const MEMORY_MAX_BYTES_EACH: usize = 256;
/// Longest input that is tried, unless a flag says otherwise: what is kept stays small.
const LENGTH_MAX: &str = "-max_len=1024";

static TARGET: OnceLock<Target> = OnceLock::new();
static LET_IN: AtomicU64 = AtomicU64::new(0);
static REFUSED: AtomicU64 = AtomicU64::new(0);

libfuzzer_sys::fuzz_target!(|input: &[u8]| judge(input));

unsafe extern "C" {
    fn LLVMFuzzerTestOneInput(data: *const u8, length: usize) -> c_int;
    fn LLVMFuzzerRunDriver(
        count: *mut c_int,
        arguments: *mut *mut *mut c_char,
        judge: unsafe extern "C" fn(*const u8, usize) -> c_int,
    ) -> c_int;
}

/// Runs a door until a flag says stop. Ends the process.
pub(crate) fn run(target: Target, folder: &Path, flags: &[&str]) -> Result<(), String> {
    corpus::unpack(target.kept, &folder.join("kept"))?;
    fs::create_dir_all(folder.join("found")).map_err(|error| error.to_string())?;
    let path = |name: &str| folder.join(name).display().to_string();
    let mut arguments = vec![
        "gatelet-fuzz".to_owned(),
        LENGTH_MAX.to_owned(),
        format!("-artifact_prefix={}/", folder.display()),
    ];
    arguments.extend(flags.iter().map(|flag| (*flag).to_owned()));
    arguments.extend([path("found"), path("kept")]);
    drive(target, arguments)
}

/// Takes of what was found and what is kept as little as reaches as much, beyond what
/// the seeds do. Ends the process.
pub(crate) fn merge(target: Target, folder: &Path) -> Result<(), String> {
    corpus::unpack(&corpus::seeds(&target)?, &folder.join("merged"))?;
    corpus::unpack(target.kept, &folder.join("kept"))?;
    let path = |name: &str| folder.join(name).display().to_string();
    // libFuzzer has a shell run its first word, in a process for each part of the work.
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let again = format!("{} again {}", program.display(), target.name);
    let arguments = [again, "-merge=1".to_owned(), "-use_counters=0".to_owned()];
    let folders = [path("merged"), path("kept"), path("found")];
    drive(target, arguments.into_iter().chain(folders).collect())
}

/// One such part.
pub(crate) fn again(target: Target, flags: &[&str]) -> Result<(), String> {
    let flags = flags.iter().map(|flag| (*flag).to_owned());
    drive(target, [String::new()].into_iter().chain(flags).collect())
}

fn drive(target: Target, arguments: Vec<String>) -> Result<(), String> {
    if TARGET.set(target).is_err() {
        return Err("one door a process".to_owned());
    }
    // Kept until the process ends: libFuzzer holds on to them.
    let mut pointers: Vec<*mut c_char> = arguments
        .into_iter()
        .map(|text| {
            CString::new(text)
                .expect("arguments hold no NUL")
                .into_raw()
        })
        .chain([ptr::null_mut()])
        .collect();
    let mut count = c_int::try_from(pointers.len() - 1).expect("a few arguments");
    let mut arguments = pointers.as_mut_ptr();
    // SAFETY: the count is that of the arguments, which end in a null pointer and live
    // as long as the process; both functions are libFuzzer's own.
    unsafe {
        libc::atexit(tell);
        LLVMFuzzerRunDriver(&mut count, &mut arguments, LLVMFuzzerTestOneInput);
    }
    Ok(())
}

fn judge(input: &[u8]) {
    let target = TARGET.get().expect("set before libFuzzer runs");
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let counter = match (target.door)(input) {
        true => &LET_IN,
        false => &REFUSED,
    };
    counter.fetch_add(1, Ordering::Relaxed);
    let held = MEMORY.peak_usage().saturating_sub(before);
    let allowed = MEMORY_MAX_BYTES + MEMORY_MAX_BYTES_EACH * input.len();
    assert!(
        held <= allowed,
        "{held} bytes of memory for {}",
        input.len()
    );
}

/// libFuzzer ends the process by itself.
extern "C" fn tell() {
    let (let_in, refused) = (
        LET_IN.load(Ordering::Relaxed),
        REFUSED.load(Ordering::Relaxed),
    );
    eprintln!("doors: {let_in} let in, {refused} refused");
}
