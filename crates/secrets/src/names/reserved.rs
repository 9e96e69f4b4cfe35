//! Which keys take over a process? Whoever may set variables may configure a program, and
//! not put other code in its place: what a loader, a shell or a language's runtime reads
//! code from before the program itself runs, and what the tools that it starts take for a
//! command.
//!
//! No such list is complete: a program may run whatever it likes by a key of its own. It is
//! of what runs code in programs that know nothing of it.

/// Keys with one of these at their beginning, in letters of either case: npm and Yarn read
/// theirs so.
const PREFIXES: [&str; 14] = [
    // The dynamic linkers of Linux, other Unixes and macOS.
    "LD_",
    "DYLD_",
    // Runtimes that read many, of which some are code: profilers of .NET, consoles of
    // Erlang, modules of Guile and Lua.
    "BUN_INSPECT",
    "CORECLR_",
    "COR_",
    "DOTNET_ROOT",
    "ERL_",
    "GUILE_",
    "LUA_",
    // Settings of package managers and servers, each of which may be set so: their shells,
    // hooks and plugins are among them.
    "COREPACK_",
    "NPM_CONFIG_",
    "UWSGI_",
    "YARN_",
    // Settings of Git, some of which are commands.
    "GIT_CONFIG",
];

const KEYS: [&str; 151] = [
    // Which programs are found.
    "CDPATH",
    "PATH",
    "SHELL",
    // Shells: files that are run first, options that are set, how a line is split.
    "BASHOPTS",
    "BASH_ENV",
    "BASH_LOADABLES_PATH",
    "ENV",
    "FPATH",
    "IFS",
    "PROMPT_COMMAND",
    "PS4",
    "SHELLOPTS",
    "ZDOTDIR",
    // glibc: modules that are loaded, and its own behaviour.
    "GCONV_PATH",
    "GLIBC_TUNABLES",
    // Libraries that load others, or a configuration that names them.
    "GDAL_DRIVER_PATH",
    "GIO_EXTRA_MODULES",
    "GIO_MODULE_DIR",
    "GI_TYPELIB_PATH",
    "GST_PLUGIN_PATH",
    "GST_PLUGIN_PATH_1_0",
    "GTK_MODULES",
    "GTK_PATH",
    "KRB5_CONFIG",
    "LIBMYSQL_PLUGINS",
    "LIBMYSQL_PLUGIN_DIR",
    "ODBCINI",
    "ODBCINSTINI",
    "ODBCSYSINI",
    "OPENSSL_CONF",
    "OPENSSL_ENGINES",
    "OPENSSL_MODULES",
    "QT_PLUGIN_PATH",
    "SASL_PATH",
    // Tools that programs start: what these start in their turn.
    "BROWSER",
    "EDITOR",
    "GIT_ASKPASS",
    "GIT_EDITOR",
    "GIT_EXEC_PATH",
    "GIT_EXTERNAL_DIFF",
    "GIT_PAGER",
    "GIT_PROXY_COMMAND",
    "GIT_SEQUENCE_EDITOR",
    "GIT_SSH",
    "GIT_SSH_COMMAND",
    "GIT_TEMPLATE_DIR",
    "GS_LIB",
    "GS_OPTIONS",
    "LESSCLOSE",
    "LESSOPEN",
    "MAGICK_CODER_FILTER_PATH",
    "MAGICK_CODER_MODULE_PATH",
    "MAGICK_CONFIGURE_PATH",
    "MAGICK_FILTER_MODULE_PATH",
    "MAGICK_HOME",
    "MANPAGER",
    "PAGER",
    "SSH_ASKPASS",
    "SUDO_ASKPASS",
    "VISUAL",
    // Runtimes: options, agents and modules before the program.
    "ASPNETCORE_HOSTINGSTARTUPASSEMBLIES",
    "BUNDLER_SETUP",
    "BUNDLE_APP_CONFIG",
    "BUNDLE_BIN_PATH",
    "BUNDLE_GEMFILE",
    "BUNDLE_PATH",
    "BUNDLE_USER_CONFIG",
    "BUNDLE_USER_HOME",
    "BUNDLE_USER_PLUGIN",
    "BUN_BE_BUN",
    "BUN_OPTIONS",
    "CAML_LD_LIBRARY_PATH",
    "CATALINA_OPTS",
    "CLASSPATH",
    "DENO_DIR",
    "DENO_V8_FLAGS",
    "DOTNET_ADDITIONAL_DEPS",
    "DOTNET_DiagnosticPorts",
    "DOTNET_HOSTINGSTARTUPASSEMBLIES",
    "DOTNET_SHARED_STORE",
    "DOTNET_STARTUP_HOOKS",
    "ELIXIR_ERL_OPTIONS",
    "ESCRIPT_EMULATOR",
    "GEM_HOME",
    "GEM_PATH",
    "GOENV",
    "GOFLAGS",
    "GOROOT",
    "GOTOOLCHAIN",
    "GRADLE_OPTS",
    "GUNICORN_CMD_ARGS",
    "IBM_JAVA_OPTIONS",
    "JAVA_HOME",
    "JAVA_OPTS",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVAC_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "JRE_HOME",
    "JULIA_BINDIR",
    "JULIA_DEPOT_PATH",
    "JULIA_LOAD_PATH",
    "JULIA_PROJECT",
    "MAVEN_OPTS",
    "MIX_ARCHIVES",
    "MIX_EXS",
    "MIX_HOME",
    "NODE_OPTIONS",
    "NODE_PATH",
    "NODE_REPL_EXTERNAL_MODULE",
    "OPENJ9_JAVA_OPTIONS",
    "PERL5DB",
    "PERL5LIB",
    "PERL5OPT",
    "PERL5SHELL",
    "PERLLIB",
    "PHPRC",
    "PHP_INI_SCAN_DIR",
    "PLTADDONDIR",
    "PLTCOLLECTS",
    "PYTHONBREAKPOINT",
    "PYTHONEXECUTABLE",
    "PYTHONHOME",
    "PYTHONINSPECT",
    "PYTHONPATH",
    "PYTHONPLATLIBDIR",
    "PYTHONPYCACHEPREFIX",
    "PYTHONSTARTUP",
    "PYTHONUSERBASE",
    "PYTHONWARNINGS",
    "PYTHON_PRESITE",
    "RELEASE_BOOT_SCRIPT",
    "RELEASE_SYS_CONFIG",
    "RELEASE_VM_ARGS",
    "RUBYGEMS_GEMDEPS",
    "RUBYLIB",
    "RUBYOPT",
    "RUBYPATH",
    "RUBYSHELL",
    "R_ENVIRON",
    "R_ENVIRON_USER",
    "R_HOME",
    "R_LIBS",
    "R_LIBS_SITE",
    "R_LIBS_USER",
    "R_PROFILE",
    "R_PROFILE_USER",
    "SBCL_HOME",
    "SBT_OPTS",
    "TCLLIBPATH",
    "TCL_LIBRARY",
    "_JAVA_OPTIONS",
];

/// Whether a key is one of them.
pub(super) fn is_reserved(key: &str) -> bool {
    let begins = |prefix: &&str| {
        let begin = key.get(..prefix.len());
        begin.is_some_and(|begin| begin.eq_ignore_ascii_case(prefix))
    };
    KEYS.contains(&key) || PREFIXES.iter().any(begins)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_loaders_shells_and_runtimes_are_reserved_and_their_neighbours_are_not() {
        let of_prefixes = [
            "LD_PRELOAD",
            "DYLD_INSERT_LIBRARIES",
            "BUN_INSPECT_PRELOAD",
            "CORECLR_PROFILER_PATH",
            "COR_PROFILER",
            "DOTNET_ROOT_X64",
            "ERL_AFLAGS",
            "ERL_FLAGS",
            "ERL_LIBS",
            "ERL_ZFLAGS",
            "GIT_CONFIG_VALUE_0",
            "GUILE_LOAD_PATH",
            "LUA_INIT",
            "LUA_INIT_5_4",
            "LUA_CPATH_5_4",
            "NPM_CONFIG_SCRIPT_SHELL",
            "npm_config_node_options",
            "Npm_Config_Script_Shell",
            "yarn_yarn_path",
            "UWSGI_EXEC_PRE_APP",
            "YARN_YARN_PATH",
        ];
        for key in KEYS.iter().chain(&of_prefixes) {
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
            "BUNDLE_WITHOUT",
            "BUN_ENV",
            "CORS_ORIGIN",
            "DOTNET_ENVIRONMENT",
            "GIT_SHA",
            "JULIA_NUM_THREADS",
            "MIX_ENV",
            "PHP_MEMORY_LIMIT",
            "PYTHONUNBUFFERED",
            "RAILS_ENV",
            "RELEASE_COOKIE",
            "R_KEY",
            "UV_THREADPOOL_SIZE",
        ] {
            assert!(!is_reserved(key), "{key}");
        }
    }

    /// So that one that is missing is seen, and none is there twice.
    #[test]
    fn no_key_is_there_twice_or_covered_by_a_prefix() {
        for (at, key) in KEYS.iter().enumerate() {
            assert!(!KEYS[at + 1..].contains(key), "{key}");
            let covered = PREFIXES.iter().find(|prefix| key.starts_with(**prefix));
            assert_eq!(covered, None, "{key}");
        }
    }
}
