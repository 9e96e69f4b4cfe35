//! What does an authenticator app show? RFC 6238 from the bottom up, by none of the code
//! that is tried.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit as _, Mac as _};
use qrcodegen::{QrCode, QrCodeEcc};
use sha1::Sha1;

/// An app that was given a secret.
#[derive(Clone, Debug)]
pub struct AuthenticatorApp {
    secret: Vec<u8>,
}

impl AuthenticatorApp {
    /// With the secret as a page shows it: base32 in groups.
    pub fn of_page(html: &str) -> Self {
        let (_, rest) = html.split_once("class=\"secret\">").expect("a secret");
        let (text, _) = rest.split_once('<').expect("its end");
        let (mut bits, mut count, mut secret) = (0_u32, 0, Vec::new());
        for sign in text.bytes().filter(|byte| *byte != b' ') {
            let value = match sign {
                b'A'..=b'Z' => sign - b'A',
                b'2'..=b'7' => sign - b'2' + 26,
                _ => panic!("no base32: {text}"),
            };
            (bits, count) = (bits << 5 | u32::from(value), count + 5);
            if count >= 8 {
                count -= 8;
                secret.push((bits >> count & 255) as u8);
            }
        }
        Self { secret }
    }

    /// Whether the page's picture calls the account so.
    #[track_caller]
    pub fn expect_label(html: &str, site: &str, account: &str) {
        let (_, rest) = html.split_once("class=\"secret\">").expect("a secret");
        let (secret, _) = rest.split_once('<').expect("its end");
        let (secret, account) = (secret.replace(' ', ""), account.replace('@', "%40"));
        let uri = format!("otpauth://totp/{site}:{account}?secret={secret}&issuer={site}");
        let code = QrCode::encode_text(&uri, QrCodeEcc::Medium).expect("a short text");
        // A square for each dark module, row by row, within a margin of four.
        let sides = || 0..code.size();
        let drawn: String = sides()
            .flat_map(|y| sides().map(move |x| (x, y)))
            .filter(|(x, y)| code.get_module(*x, *y))
            .map(|(x, y)| format!("M{} {}h1v1h-1z", x + 4, y + 4))
            .collect();
        assert!(html.contains(&format!("d=\"{drawn}\"")), "not {uri}");
    }

    /// The code of the step that now is in, and of so many steps later.
    pub fn code(&self, later: i64) -> String {
        let step = i64::try_from(since_1970().as_secs() / 30).expect("a time") + later;
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.secret).expect("any length");
        mac.update(&step.to_be_bytes());
        let mac = mac.finalize().into_bytes();
        let at = usize::from(mac[19] & 15);
        let four = [mac[at] & 127, mac[at + 1], mac[at + 2], mac[at + 3]];
        format!("{:06}", u32::from_be_bytes(four) % 1_000_000)
    }

    /// Waits where the step is about to end, so that what follows is within one.
    pub fn wait_for_room(&self) {
        let into = since_1970().as_millis() % 30_000;
        if into > 24_000 {
            std::thread::sleep(Duration::from_millis(30_050 - into as u64));
        }
    }
}

fn since_1970() -> Duration {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970")
}
