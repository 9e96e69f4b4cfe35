//! What may be measured alone? `--only guesses,store`.

/// Each measures something of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Throughput at all doors, memory, transactions, passwords.
    Doors,
    Guesses,
    Passkeys,
    Crowds,
    Peers,
    Store,
    Origins,
    Previews,
    Scale,
    Tails,
    Starts,
    Vault,
}

const NAMES: [(&str, Part); 12] = [
    ("doors", Part::Doors),
    ("guesses", Part::Guesses),
    ("passkeys", Part::Passkeys),
    ("crowds", Part::Crowds),
    ("peers", Part::Peers),
    ("store", Part::Store),
    ("origins", Part::Origins),
    ("previews", Part::Previews),
    ("scale", Part::Scale),
    ("tails", Part::Tails),
    ("starts", Part::Starts),
    ("vault", Part::Vault),
];

/// Those that are measured in this run.
#[derive(Clone, Debug)]
pub(crate) struct Parts(Vec<(&'static str, Part)>);

impl Parts {
    /// By the arguments of the program: all of them without any.
    ///
    /// # Errors
    /// A line that says what there is.
    pub(crate) fn of(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let known = NAMES.map(|(name, _)| name).join(",");
        let usage = format!("bench [--quick | --only {known}]");
        let named = match (arguments.next().as_deref(), arguments.next()) {
            (None, _) => return Ok(Self(NAMES.into())),
            (Some("--only"), Some(named)) if arguments.next().is_none() => named,
            _ => return Err(usage),
        };
        let part = |name| NAMES.into_iter().find(|(one, _)| *one == name);
        let parts: Option<Vec<_>> = named.split(',').map(part).collect();
        parts.map(Self).ok_or(usage)
    }

    pub(crate) fn are_all(&self) -> bool {
        NAMES.iter().all(|one| self.0.contains(one))
    }

    /// Measures a part where it is among these.
    pub(crate) fn measure<R>(&self, part: Part, what: impl FnOnce() -> R) -> Option<R> {
        let (name, _) = self.0.iter().find(|(_, one)| *one == part)?;
        eprintln!("== Part: {name}");
        Some(what())
    }
}
