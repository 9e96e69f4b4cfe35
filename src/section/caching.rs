//! May a shared cache keep this response? Not one that carries a cookie of ours, and of
//! those that the app made for somebody whom it was told of, those that it says are for
//! others too.

use super::Section;

/// Makes a response one that only the visitor's own browser may store
/// (RFC 9111 §5.2.2.7), whatever the app said. Its other wishes stay: how long the
/// browser keeps it is the app's to say.
/// <https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.7>
pub(super) fn keep_private(section: &mut impl Section) {
    let mut kept: Vec<u8> = b"private".to_vec();
    let mut targeted = Vec::new();
    section.each(&mut |name, value| {
        if name.eq_ignore_ascii_case("cache-control") {
            for directive in directives(value).filter(|directive| !is_for_shared(directive)) {
                kept.extend_from_slice(b", ");
                kept.extend_from_slice(directive);
            }
        } else if is_targeted(name) {
            targeted.push(name.to_owned());
        }
    });
    for name in &targeted {
        section.remove(name);
    }
    section.set("cache-control", &kept);
}

/// Makes private what does not say itself whom it is for; answers whether it did. RFC
/// 9111 §3.5 asks the same of caches where `Authorization` says who asks; where a
/// cookie does, they would keep a page on a date alone and hand it to the next visitor.
/// What only says for how long is not meant for others, and `must-revalidate`, which
/// §3.5 also takes for leave, is said by many who mean the opposite.
/// <https://www.rfc-editor.org/rfc/rfc9111#section-3.5>
pub(super) fn keep_private_unless_said(section: &mut impl Section) -> bool {
    let mut said = false;
    section.each(&mut |name, value| {
        said |= is_targeted(name)
            || name.eq_ignore_ascii_case("cache-control") && directives(value).any(says_for_whom);
    });
    if !said {
        keep_private(section);
    }
    !said
}

fn says_for_whom(directive: &[u8]) -> bool {
    let name = name_of(directive);
    ["private", "no-store", "public", "s-maxage"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}

/// What gives a shared cache leave, or limits `private` to some fields.
fn is_for_shared(directive: &[u8]) -> bool {
    let name = name_of(directive);
    ["private", "public", "s-maxage", "must-understand"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}

fn name_of(directive: &[u8]) -> &[u8] {
    let end = directive.iter().position(|byte| *byte == b'=');
    directive[..end.unwrap_or(directive.len())].trim_ascii_end()
}

/// Fields that shared caches obey instead of `Cache-Control`: targeted ones
/// (RFC 9213), `CDN-Cache-Control` and every `<product>-Cache-Control`, and those
/// that came before them.
fn is_targeted(name: &str) -> bool {
    const SUFFIX: &str = "-cache-control";
    let ends = name
        .len()
        .checked_sub(SUFFIX.len())
        .and_then(|at| name.get(at..))
        .is_some_and(|end| end.eq_ignore_ascii_case(SUFFIX));
    ends || ["edge-control", "surrogate-control", "x-accel-expires"]
        .iter()
        .any(|known| name.eq_ignore_ascii_case(known))
}

/// The elements of a list, none of them empty. A comma within quotes divides nothing
/// (RFC 9110 §5.6.1); a quote that does not end runs to the end of the value.
fn directives(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let (mut quoted, mut escaped) = (false, false);
    value
        .split(move |byte| {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = quoted,
                b'"' => quoted = !quoted,
                _ => {}
            }
            *byte == b',' && !quoted
        })
        .map(<[u8]>::trim_ascii)
        .filter(|directive| !directive.is_empty())
}
