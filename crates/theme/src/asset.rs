//! A file that pages load: browsers keep it for as long as its address is the same.

use bytes::Bytes;

/// One file, at an address with a mark of its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    path: &'static str,
    /// `text/css; charset=utf-8`, …
    pub media_type: &'static str,
    /// All of it.
    pub content: Bytes,
    mark: u64,
}

impl Asset {
    /// One that comes with the program.
    #[must_use]
    pub const fn fixed(
        path: &'static str,
        media_type: &'static str,
        content: &'static str,
    ) -> Self {
        Self {
            path,
            media_type,
            content: Bytes::from_static(content.as_bytes()),
            mark: mark(content.as_bytes()),
        }
    }

    /// One that the operator gives.
    pub(crate) fn new(path: &'static str, media_type: &'static str, content: Vec<u8>) -> Self {
        Self {
            path,
            media_type,
            mark: mark(&content),
            content: content.into(),
        }
    }

    /// Path and query.
    #[must_use]
    pub fn href(&self) -> String {
        format!("{}?v={}", self.path, self.version())
    }

    /// Whether this is what was asked for. One that was asked for under the mark of another
    /// content, by a page of an older or newer instance, may be kept by nobody.
    #[must_use]
    pub fn is_version(&self, asked: Option<&str>) -> bool {
        asked.is_some_and(|asked| asked == self.version())
    }

    fn version(&self) -> String {
        format!("{:016x}", self.mark)
    }
}

/// FNV-1a, 64 bits: tells versions apart, keeps no secret.
const fn mark(bytes: &[u8]) -> u64 {
    let mut mark = 0xcbf2_9ce4_8422_2325_u64;
    let mut index = 0;
    while index < bytes.len() {
        mark = (mark ^ bytes[index] as u64).wrapping_mul(0x0100_0000_01b3);
        index += 1;
    }
    mark
}
