//! Which keys take over a process? Whoever may set variables may configure a program, and
//! not put other code in its place: what a loader, a shell or a language's runtime reads
//! code from before the program itself runs.

/// Keys with one of these at their beginning: the dynamic linkers of Linux, other Unixes
/// and macOS.
const PREFIXES: [&str; 2] = ["LD_", "DYLD_"];

const KEYS: [&str; 26] = [
    // Which programs are found.
    "PATH",
    // Shells: files that are run first, options that are set, how a line is split.
    "BASH_ENV",
    "BASHOPTS",
    "ENV",
    "IFS",
    "PROMPT_COMMAND",
    "PS4",
    "SHELLOPTS",
    // glibc: modules that are loaded, and its own behaviour.
    "GCONV_PATH",
    "GLIBC_TUNABLES",
    // OpenSSL: a configuration that names libraries to load.
    "OPENSSL_CONF",
    "OPENSSL_ENGINES",
    "OPENSSL_MODULES",
    // Runtimes: options, agents and modules before the program.
    "DOTNET_STARTUP_HOOKS",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "_JAVA_OPTIONS",
    "NODE_OPTIONS",
    "NODE_PATH",
    "PERL5LIB",
    "PERL5OPT",
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
    "RUBYLIB",
    "RUBYOPT",
];

/// Whether a key is one of them.
pub(super) fn is_reserved(key: &str) -> bool {
    KEYS.contains(&key) || PREFIXES.iter().any(|prefix| key.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_loaders_shells_and_runtimes_are_reserved_and_their_neighbours_are_not() {
        for key in KEYS.iter().chain(&["LD_PRELOAD", "DYLD_INSERT_LIBRARIES"]) {
            assert!(is_reserved(key), "{key}");
            assert!(!is_reserved(&format!("X{key}")), "{key}");
        }
        for key in [
            "PATHS",
            "NODE_ENV",
            "PORT",
            "HOME",
            "LD",
            "OLD_KEY",
            "ENVIRONMENT",
        ] {
            assert!(!is_reserved(key), "{key}");
        }
    }
}
