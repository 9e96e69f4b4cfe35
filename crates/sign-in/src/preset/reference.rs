//! What does the documentation say of presets?

use super::{Ask, PRESETS, Preset, Protocol};

/// The table of presets in docs/providers.md, which a test holds to this.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(
        "| preset | asks for | issuer or server | scopes | what is particular |\n|---|---|---|---|---|\n",
    );
    for preset in &PRESETS {
        text += &row(preset);
        text.push('\n');
    }
    text
}

fn row(preset: &Preset) -> String {
    let Preset {
        id,
        aliases,
        name,
        protocol,
        asks,
        scopes,
        quirks,
        register_at,
        register: _,
    } = preset;
    let names: Vec<_> = std::iter::once(id)
        .chain(*aliases)
        .map(|name| format!("`{name}`"))
        .collect();
    let asks: Vec<_> = asks.iter().map(asked).collect();
    let address = match protocol {
        Protocol::OpenIdConnect(pattern) => format!("`{pattern}`"),
        Protocol::GitHub(pattern) => format!("`{pattern}`, GitHub\u{2019}s own API"),
    };
    let quirks: Vec<_> = quirks.iter().map(ToString::to_string).collect();
    format!(
        "| {}: [{name}]({register_at}) | {} | {address} | `{scopes}` | {} |",
        names.join(", "),
        asks.join("; "),
        quirks.join("; ")
    )
}

fn asked(ask: &Ask) -> String {
    let Ask {
        field,
        meaning,
        example,
        default,
    } = ask;
    match default {
        None => format!("`{}`: {meaning}, `{example}`", field.name()),
        Some(default) => format!(
            "`{}`, if not `{default}`: {meaning}, `{example}`",
            field.name()
        ),
    }
}
