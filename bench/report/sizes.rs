//! How large the components are.

use crate::spread::number;

pub(super) fn section(sizes: &[(String, u64)]) -> String {
    let mut text = String::from("## Sizes\n\n| component | bytes |\n|---|--:|\n");
    for (name, bytes) in sizes {
        text += &format!("| {name} | {} |\n", number(*bytes as f64, 0));
    }
    text.push('\n');
    text
}
