//! The sheet as text: Markdown (CommonMark 0.31), for programs, agents and terminals.

use crate::sheet::{Part, Sheet};

impl Sheet {
    /// The whole sheet, ending in a line feed.
    #[must_use]
    pub fn markdown(&self) -> String {
        let language = self.language;
        let mut text = format!(
            "# {}\n\n{}\n",
            self.title.of(language),
            self.lead.of(language)
        );
        for section in &self.sections {
            text += &format!("\n## {}\n", section.title.of(language));
            for part in &section.parts {
                text.push('\n');
                match part {
                    Part::Text(words) => {
                        text += words.of(language);
                        text.push('\n');
                    }
                    Part::Entries(entries) => {
                        for entry in entries {
                            text +=
                                &format!("- `{}`: {}\n", entry.name, entry.meaning.of(language));
                        }
                    }
                    Part::Code(kind, code) => fence(&mut text, kind, code),
                    Part::Example(example) => {
                        text += &format!(
                            "### {}\n\n`{}`, `{}`\n\n",
                            example.title, example.file, example.command
                        );
                        fence(&mut text, example.language, example.code);
                    }
                }
            }
        }
        text
    }
}

fn fence(text: &mut String, language: &str, code: &str) {
    *text += &format!("```{language}\n{code}```\n");
}

#[cfg(test)]
mod tests {
    use std::fs;

    use gatelet_texts::Language;

    use crate::examples::EXAMPLES;
    use crate::sheet::Sheet;

    const BASE_URL: &str = "https://app.example.com";

    fn markdown(language: Language) -> String {
        Sheet::new(BASE_URL, language).markdown()
    }

    #[test]
    fn the_text_names_every_field_every_page_and_every_example() {
        let text = markdown(Language::English);
        for name in gatelet_core::IDENTITY_FIELDS {
            let row = text.to_lowercase().contains(&format!("- `{name}`: "));
            assert!(row, "{name}");
        }
        for path in ["/auth/sign-in?return_to=/here", "/auth/session", "/auth/me"] {
            assert!(text.contains(&format!("{BASE_URL}{path}`: ")), "{path}");
        }
        for example in EXAMPLES {
            let block = format!("```{}\n{}```\n", example.language, example.code);
            assert!(text.contains(&block), "{}", example.title);
        }
    }

    #[test]
    fn every_block_is_closed_and_no_code_closes_one() {
        for language in Language::ALL {
            let fences: Vec<_> = markdown(language)
                .lines()
                .filter(|line| line.contains("```"))
                .map(str::to_owned)
                .collect();
            assert!(fences.len() > 20, "{fences:?}");
            for pair in fences.chunks(2) {
                let [opens, closes] = pair else {
                    panic!("{pair:?}")
                };
                assert!(opens.len() > 3 && closes == "```", "{pair:?}");
            }
        }
    }

    #[test]
    fn every_message_is_in_the_text_and_none_of_english_in_another_language() {
        let english = markdown(Language::English);
        for language in Language::ALL {
            let file = format!(
                "{}/../texts/locales/{}/guide.ftl",
                env!("CARGO_MANIFEST_DIR"),
                language.tag()
            );
            let messages = fs::read_to_string(file).expect("a file of messages");
            let messages: Vec<_> = messages
                .lines()
                .filter_map(|line| Some(line.split_once(" = ")?.1.to_owned()))
                .collect();
            assert!(messages.len() > 30, "{}", messages.len());
            let text = markdown(language);
            for message in messages {
                // The page alone links to the text.
                let is_link = message == gatelet_texts::guide::AS_TEXT.of(language);
                assert_eq!(text.contains(&message), !is_link, "{message}");
                let same = language != Language::English && english.contains(&message);
                assert!(!same, "{message} in {language:?}");
            }
        }
    }
}
