//! Which processors is compiled code for? This machine's, or, in what is handed on
//! compiled, every one of its kind that is not older than some ten years.

use anyhow::Result;
use wasmtime::Config;

/// Whose code is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Processors {
    /// With all that this one has.
    #[default]
    This,
    /// With what all common ones have. An older one compiles for itself.
    Common,
}

/// x86-64-v3, which servers have had since 2013 and 2015
/// (<https://gitlab.com/x86-psABIs/x86-64-ABI>). What it gains was not
/// measured. Other kinds have what they need in their base.
const X86_64_V3: [&str; 12] = [
    "has_cmpxchg16b",
    "has_sse3",
    "has_ssse3",
    "has_sse41",
    "has_sse42",
    "has_popcnt",
    "has_avx",
    "has_avx2",
    "has_fma",
    "has_bmi1",
    "has_bmi2",
    "has_lzcnt",
];

/// Naming a target is what keeps this machine's own extras out.
pub(super) fn common(config: &mut Config) -> Result<()> {
    let system = match std::env::consts::OS {
        "macos" => "apple-darwin",
        _ => "unknown-linux-gnu",
    };
    let architecture = std::env::consts::ARCH;
    config.target(&format!("{architecture}-{system}"))?;
    if architecture == "x86_64" {
        for flag in X86_64_V3 {
            #[expect(unsafe_code, reason = "wasmtime cannot tell which flags are sound")]
            // SAFETY: these name instructions, and a machine that lacks one of them
            // refuses the code.
            unsafe {
                config.cranelift_flag_enable(flag);
            }
        }
    }
    Ok(())
}
