//! How does one claim run on every engine, or through every door?

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A server, a fresh database.
    Postgres,
    /// Embedded, a fresh file.
    Sqlite,
}

/// Which way a request takes through the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// `decide` on the head, then a native forward.
    Gate,
    /// `wasi:http/handler`, as on other hosts.
    Handler,
}

/// Makes each function, which takes an [`Engine`], a test for each engine.
#[macro_export]
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {
        mod on_postgres {
            $(#[test] fn $name() { super::$name($crate::cases::Engine::Postgres) })+
        }
        mod on_sqlite {
            $(#[test] fn $name() { super::$name($crate::cases::Engine::Sqlite) })+
        }
    };
}

/// Makes each function, which takes a [`Door`], a test for each door.
#[macro_export]
macro_rules! through_both_doors {
    ($($name:ident),+ $(,)?) => {
        mod through_the_gate {
            $(#[test] fn $name() { super::$name($crate::cases::Door::Gate) })+
        }
        mod through_the_handler {
            $(#[test] fn $name() { super::$name($crate::cases::Door::Handler) })+
        }
    };
}
