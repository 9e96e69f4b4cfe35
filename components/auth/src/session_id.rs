//! Which session is meant? What the store knows one by, in hexadecimal digits. It is the
//! digest of a token and no token: nothing can be done with it but this.

/// 64 digits.
pub(crate) struct SessionId(String);

impl SessionId {
    pub(crate) fn of(digest: &[u8]) -> Self {
        Self(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_id = text.len() == 64
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_id.then(|| Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn into_digest(self) -> Vec<u8> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => byte - b'0',
            _ => byte - b'a' + 10,
        };
        let pairs = self.0.as_bytes().chunks_exact(2);
        pairs
            .map(|pair| digit(pair[0]) * 16 + digit(pair[1]))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_digest_and_back() {
        let digest: Vec<u8> = (0..32).map(|number| number * 8 + 3).collect();
        let id = SessionId::of(&digest);
        let parsed = SessionId::parse(id.as_str()).expect("an id");
        assert_eq!(parsed.into_digest(), digest);
        for text in [
            "",
            "ab",
            &"AB".repeat(32),
            &"xy".repeat(32),
            &"\u{fc}".repeat(32),
        ] {
            assert!(SessionId::parse(text).is_none(), "{text}");
        }
    }
}
