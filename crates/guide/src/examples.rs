//! How does an app read who is asking? One small app in each language. A test runs every
//! one of them behind a Gatelet, as it is shown.

/// An app that greets its user by name, and leads others to the sign-in page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// What its heading says: names of languages and libraries, which nobody translates.
    pub title: &'static str,
    /// What Markdown calls the language.
    pub language: &'static str,
    /// The file that it stands in.
    pub file: &'static str,
    /// What starts it, listening on port 8000 of this machine.
    pub command: &'static str,
    /// The whole file.
    pub code: &'static str,
}

/// All of them.
pub const EXAMPLES: [Example; 7] = [
    Example {
        title: "Node.js",
        language: "js",
        file: "server.js",
        command: "node server.js",
        code: include_str!("../snippets/server.js"),
    },
    Example {
        title: "Python",
        language: "python",
        file: "app.py",
        command: "python3 app.py",
        code: include_str!("../snippets/app.py"),
    },
    Example {
        title: "Go",
        language: "go",
        file: "main.go",
        command: "go run main.go",
        code: include_str!("../snippets/main.go"),
    },
    Example {
        title: "Ruby, Rack",
        language: "ruby",
        file: "config.ru",
        command: "rackup --host 127.0.0.1 --port 8000",
        code: include_str!("../snippets/config.ru"),
    },
    Example {
        title: "PHP",
        language: "php",
        file: "index.php",
        command: "php -S 127.0.0.1:8000 index.php",
        code: include_str!("../snippets/index.php"),
    },
    Example {
        title: "Rust, axum",
        language: "rust",
        file: "src/main.rs",
        command: "cargo run",
        code: include_str!("../snippets/main.rs"),
    },
    Example {
        title: "Spin",
        language: "rust",
        file: "src/lib.rs",
        command: "spin build --up --listen 127.0.0.1:8000",
        code: include_str!("../snippets/lib.rs"),
    },
];
