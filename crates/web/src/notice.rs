//! What has just been done? After a form the browser is sent on, with a word in the query
//! that the next page knows a sentence for.

/// Declares `Notice`, the things that a component's forms do, each with its word and its
/// sentence.
#[macro_export]
macro_rules! notices {
    ($($(#[$meta:meta])* $variant:ident = $word:literal, $sentence:expr;)*) => {
        /// Something that was done. Anybody can link to a page with its word in the query,
        /// so the sentence tells nothing that would matter if it were not true.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Notice { $($(#[$meta])* $variant,)* }

        impl Notice {
            /// Every one.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word in the query.
            pub(crate) const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// What the page says.
            pub(crate) const fn sentence(self) -> ::gatelet_texts::Text {
                match self { $(Self::$variant => $sentence),* }
            }

            /// By its word.
            pub(crate) fn of(word: &str) -> Option<Self> {
                let mut all = Self::ALL.iter().copied();
                all.find(|notice| notice.word() == word)
            }

            /// Path and query of the page that says it.
            pub(crate) fn at(self, path: &str) -> String {
                format!("{path}?done={}", self.word())
            }
        }
    };
}
