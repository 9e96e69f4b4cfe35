//! What is wrong with a name that somebody typed, in the language of the page?

use gatelet_secrets::names::Rule;
use gatelet_texts::{Text, console};

/// The rule that it breaks.
pub(crate) fn fault(rule: Rule) -> Text {
    match rule {
        Rule::Secret => console::FAULT_NAME,
        Rule::EnvKey => console::FAULT_KEY,
        Rule::Reserved => console::FAULT_RESERVED,
        Rule::Application | Rule::Org => console::FAULT_APPLICATION,
    }
}
