//! What does Spin make of a template? As much of Liquid as ours use: values, the
//! filters of names, and text that is left as it is.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A file of a template with its values filled in.
///
/// # Panics
/// When it asks for what Spin would not know: the test fails.
pub fn render(file: &Path, values: &[(&str, &str)]) -> String {
    let values: BTreeMap<_, _> = values.iter().copied().collect();
    let text = fs::read_to_string(file).expect("a file of the template");
    let mut rendered = String::new();
    let mut rest = text.as_str();
    while let Some(start) = rest.find("{%").into_iter().chain(rest.find("{{")).min() {
        rendered.push_str(&rest[..start]);
        rest = &rest[start..];
        if let Some(raw) = rest.strip_prefix("{% raw %}") {
            let (raw, after) = raw.split_once("{% endraw %}").expect("an end");
            rendered.push_str(raw);
            rest = after;
        } else {
            let inside = rest.strip_prefix("{{").expect("no other tag is used");
            let (expression, after) = inside.split_once("}}").expect("an end");
            rendered.push_str(&value(expression, &values));
            rest = after;
        }
    }
    rendered.push_str(rest);
    rendered
}

fn value(expression: &str, values: &BTreeMap<&str, &str>) -> String {
    let mut parts = expression.split('|').map(str::trim);
    let name = parts.next().unwrap_or_default();
    let value = values
        .get(name)
        .unwrap_or_else(|| panic!("the template has no value {name}"));
    parts.fold((*value).to_owned(), |value, filter| match filter {
        "kebab_case" => value.replace(['_', ' '], "-").to_lowercase(),
        "snake_case" => value.replace(['-', ' '], "_").to_lowercase(),
        other => panic!("{other}: is no filter that these templates use"),
    })
}
