//! The operator's logo: a picture that we serve, or a path of the app's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::Asset;

/// Largest picture, in bytes.
const MAX_BYTES: usize = 48 * 1024;
const PATH_MAX_BYTES: usize = 1024;

/// A logo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Logo {
    /// We serve it.
    Picture(Asset),
    /// Path and query at the same origin, which somebody else serves.
    Path(String),
}

impl Logo {
    /// A `data:` URL with base64, the text of an SVG, or a path; none where it is empty.
    pub(crate) fn parse(text: &str) -> Result<Option<Self>, &'static str> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        if is_svg(text) {
            return picture("image/svg+xml", text.as_bytes().to_vec()).map(Some);
        }
        if let Some(data) = text.strip_prefix("data:") {
            let (media_type, data) = data
                .split_once(";base64,")
                .ok_or("is no data: URL with ;base64, in it")?;
            let media_type = [
                "image/svg+xml",
                "image/png",
                "image/webp",
                "image/jpeg",
                "image/gif",
            ]
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(media_type))
            .ok_or("is no SVG, PNG, WebP, JPEG or GIF")?;
            let bytes = STANDARD.decode(data).map_err(|_| "is no base64")?;
            return picture(media_type, bytes).map(Some);
        }
        let is_path = text.starts_with('/')
            && !text.starts_with("//")
            && text.len() <= PATH_MAX_BYTES
            && text.bytes().all(|byte| {
                byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:@?".contains(&byte)
            });
        match is_path {
            true => Ok(Some(Self::Path(text.to_owned()))),
            // A page that loads it from elsewhere tells them who signs in here.
            false => {
                Err("is neither a data: URL, nor the text of an SVG, nor a path such as /logo.svg")
            }
        }
    }
}

fn picture(media_type: &'static str, bytes: Vec<u8>) -> Result<Logo, &'static str> {
    match bytes.len() {
        0 => Err("is an empty picture"),
        1..=MAX_BYTES => Ok(Logo::Picture(Asset::new("/auth/logo", media_type, bytes))),
        _ => Err("is larger than 48 KiB: serve it from the app, and set its path"),
    }
}

/// Whether `<svg` is the first element, whatever programs write before it.
fn is_svg(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        if rest.starts_with("<svg") {
            return true;
        }
        let end = match rest {
            _ if rest.starts_with("<?") => "?>",
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<!DOCTYPE") => ">",
            _ => return false,
        };
        let Some((_, after)) = rest.split_once(end) else {
            return false;
        };
        rest = after.trim_start();
    }
}
