//! What does the sheet say, in which order?

use gatelet_core::IDENTITY_FIELDS;
use gatelet_texts::{Language, Text, guide};

use crate::examples::{EXAMPLES, Example};

/// What a script does with `/auth/session`.
const ASK: &str = "const session = await (await fetch('/auth/session')).json()\n\
                   if (session.active) console.log(session.user.name)\n";
/// What `/auth/session` says of somebody; times are Unix seconds.
const SESSION: &str = r#"{
  "active": true,
  "user": {
    "id": "3f8b5a52-5d0c-4c6e-9d0b-0e5d8b6d4f11",
    "email": "ada@example.org",
    "emailVerified": true,
    "name": "Ada Lovelace",
    "groups": ["staff"]
  },
  "provider": "password",
  "expiresAt": 1797000000
}
"#;
/// A gateway's stand-in, before an app on port 8000.
const STAND_IN: &str = "gatelet fake-user --upstream http://localhost:8000 --listen 127.0.0.1:4000 \\\n  \
                        --email ada@example.org --name 'Ada Lovelace'\n";
/// One request with its fields.
const ONE_REQUEST: &str = "gatelet fake-user --email ada@example.org --name 'Ada Lovelace' --print |\n  \
                           curl --header @- http://localhost:8000/\n";

/// The sheet in one language.
#[derive(Debug)]
pub struct Sheet {
    /// Whose words it speaks.
    pub language: Language,
    /// What it is called.
    pub title: Text,
    /// What it is about.
    pub lead: Text,
    /// In order.
    pub sections: Vec<Section>,
}

/// What stands below one heading.
#[derive(Debug)]
pub struct Section {
    /// What links to it end in.
    pub id: &'static str,
    /// The heading.
    pub title: Text,
    /// In order.
    pub parts: Vec<Part>,
}

/// A piece of a section.
#[derive(Debug)]
pub enum Part {
    /// A paragraph.
    Text(Text),
    /// Names, and what each means.
    Entries(Vec<Entry>),
    /// Code, and what Markdown calls its language.
    Code(&'static str, String),
    /// A whole app.
    Example(&'static Example),
}

/// A name and what it means.
#[derive(Debug)]
pub struct Entry {
    /// A field's name or an address, as it is written in code.
    pub name: String,
    /// A sentence that goes on from it.
    pub meaning: Text,
}

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span<'a> {
    /// The words.
    pub text: &'a str,
    /// Whether they are code.
    pub is_code: bool,
}

/// The pieces of a text: what stands between backticks is code.
pub fn spans(text: &str) -> impl Iterator<Item = Span<'_>> {
    let pieces = text.split('`').enumerate();
    pieces
        .map(|(at, text)| Span {
            text,
            is_code: at % 2 == 1,
        })
        .filter(|span| !span.text.is_empty())
}

impl Sheet {
    /// The sheet of the origin at `base_url` (scheme and authority).
    #[must_use]
    pub fn new(base_url: &str, language: Language) -> Self {
        Self {
            language,
            title: guide::TITLE,
            lead: guide::LEAD,
            sections: vec![
                who(),
                examples(),
                links(base_url),
                scripts(base_url),
                develop(),
            ],
        }
    }
}

fn who() -> Section {
    // One for each field that there is: one more, and this does not compile.
    const MEANINGS: [Text; IDENTITY_FIELDS.len()] = [
        guide::USER,
        guide::USER_EMAIL,
        guide::EMAIL_VERIFIED,
        guide::USER_NAME,
        guide::WAY_IN,
        guide::GROUPS,
    ];
    let fields = IDENTITY_FIELDS.into_iter().zip(MEANINGS);
    let others = [
        ("x-forwarded-host", guide::FORWARDED_HOST),
        ("x-forwarded-proto", guide::FORWARDED_PROTO),
        ("x-forwarded-for", guide::FORWARDED_FOR),
    ];
    let entry = |(name, meaning)| Entry {
        name: capitals(name),
        meaning,
    };
    Section {
        id: "who",
        title: guide::WHO,
        parts: vec![
            Part::Text(guide::WHO_LEAD),
            Part::Entries(fields.map(entry).collect()),
            Part::Text(guide::ACCESS_TOKEN),
            Part::Text(guide::NOBODY),
            Part::Text(guide::TRUE_FIELDS),
            Part::Text(guide::ENCODED),
            Part::Text(guide::LISTEN),
            Part::Text(guide::EVERY_REQUEST),
            Part::Entries(others.into_iter().map(entry).collect()),
        ],
    }
}

fn examples() -> Section {
    let lead = Part::Text(guide::EXAMPLES_LEAD);
    Section {
        id: "examples",
        title: guide::EXAMPLES,
        parts: core::iter::once(lead)
            .chain(EXAMPLES.iter().map(Part::Example))
            .collect(),
    }
}

fn links(base_url: &str) -> Section {
    let entry = |(path, meaning): (&str, Text)| Entry {
        name: [base_url, path].concat(),
        meaning,
    };
    let pages = [
        ("/auth/sign-in?return_to=/here", guide::TO_SIGN_IN),
        ("/auth/sign-up?return_to=/here", guide::TO_SIGN_UP),
        ("/auth/sign-out", guide::TO_SIGN_OUT),
        ("/auth/account", guide::TO_ACCOUNT),
    ];
    Section {
        id: "links",
        title: guide::LINKS,
        parts: vec![
            Part::Text(guide::LINKS_LEAD),
            Part::Entries(pages.map(entry).into()),
            Part::Text(guide::REFUSED),
        ],
    }
}

fn scripts(base_url: &str) -> Section {
    let entry = |(path, meaning): (&str, Text)| Entry {
        name: ["GET ", base_url, path].concat(),
        meaning,
    };
    let calls = [
        ("/auth/session", guide::SESSION_API),
        ("/auth/me", guide::ME_API),
    ];
    Section {
        id: "scripts",
        title: guide::SCRIPTS,
        parts: vec![
            Part::Text(guide::SCRIPTS_LEAD),
            Part::Entries(calls.map(entry).into()),
            Part::Code("js", ASK.to_owned()),
            Part::Code("json", SESSION.to_owned()),
        ],
    }
}

fn develop() -> Section {
    Section {
        id: "develop",
        title: guide::DEVELOP,
        parts: vec![
            Part::Text(guide::DEVELOP_LEAD),
            Part::Code("sh", STAND_IN.to_owned()),
            Part::Text(guide::NO_LOGIN),
            Part::Text(guide::ONE_REQUEST),
            Part::Code("sh", ONE_REQUEST.to_owned()),
        ],
    }
}

/// A field's name as people write it: a capital at the beginning of each word.
fn capitals(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at(1);
        [&first.to_ascii_uppercase(), rest].concat()
    });
    words.collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_backticks_is_code() {
        let code = |text| Span {
            text,
            is_code: true,
        };
        let words = |text| Span {
            text,
            is_code: false,
        };
        for (text, expected) in [
            ("", &[][..]),
            ("a b", &[words("a b")]),
            ("`a` b", &[code("a"), words(" b")]),
            ("b `a`", &[words("b "), code("a")]),
            (
                "a `b` c `d`",
                &[words("a "), code("b"), words(" c "), code("d")],
            ),
        ] {
            assert_eq!(spans(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn code_ends_in_every_language_where_it_begins() {
        for language in Language::ALL {
            let sheet = Sheet::new("https://app.example.com", language);
            let parts = sheet.sections.iter().flat_map(|section| &section.parts);
            let texts = parts.flat_map(|part| match part {
                Part::Text(text) => vec![*text],
                Part::Entries(entries) => entries.iter().map(|entry| entry.meaning).collect(),
                Part::Code(..) | Part::Example(_) => Vec::new(),
            });
            let titles = sheet.sections.iter().map(|section| section.title);
            for text in texts.chain(titles).chain([sheet.title, sheet.lead]) {
                let text = text.of(language);
                assert_eq!(text.matches('`').count() % 2, 0, "{text}");
                let code = |text| {
                    let spans = spans(text).filter(|span| span.is_code);
                    let mut code: Vec<_> = spans.map(|span| span.text.to_owned()).collect();
                    code.sort();
                    code
                };
                // Nobody translates it.
                let english = text_in_english(&sheet, text);
                assert_eq!(code(text), code(&english), "{text}");
            }
        }
    }

    /// What stands in the English sheet where this stands in another.
    fn text_in_english(sheet: &Sheet, text: &str) -> String {
        let all = |sheet: &Sheet| {
            let mut all = vec![sheet.title, sheet.lead];
            for section in &sheet.sections {
                all.push(section.title);
                for part in &section.parts {
                    match part {
                        Part::Text(text) => all.push(*text),
                        Part::Entries(entries) => {
                            all.extend(entries.iter().map(|entry| entry.meaning));
                        }
                        Part::Code(..) | Part::Example(_) => {}
                    }
                }
            }
            all
        };
        let found = all(sheet)
            .into_iter()
            .find(|one| one.of(sheet.language) == text);
        found
            .expect("it is in the sheet")
            .of(Language::English)
            .to_owned()
    }

    #[test]
    fn fields_are_written_as_people_write_them() {
        assert_eq!(
            capitals("x-forwarded-email-verified"),
            "X-Forwarded-Email-Verified"
        );
    }
}
