//! How does Amazon know that a request is ours? By AWS Signature Version 4:
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>.
//!
//! 1. Create a canonical request. Our paths are plain and have no query: their encoding
//!    is skipped.
//! 2. Create a hash of the canonical request.
//! 3. Create a string to sign.
//! 4. Derive a signing key.
//! 5. Calculate the signature.
//! 6. Add the signature to the request. No session token: the keys are an account's.

use core::fmt::Write as _;

use chrono::DateTime;
use gatelet_core::secret::Secret;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// What is signed of a request.
pub(crate) struct Signed<'a> {
    pub(crate) method: &'a str,
    pub(crate) host: &'a str,
    /// Plain, without a query.
    pub(crate) path: &'a str,
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
    /// Besides `host` and `x-amz-date`: names in lower case, and before those in order.
    pub(crate) fields: &'a [(&'a str, &'a str)],
    pub(crate) body: &'a [u8],
}

impl Signed<'_> {
    /// The fields that prove it, at `now` in Unix seconds.
    pub(crate) fn fields(
        &self,
        (access_key, secret_key): (&str, &Secret),
        now: u64,
    ) -> [(&'static str, String); 2] {
        let time = i64::try_from(now).ok();
        let time = time.and_then(|now| DateTime::from_timestamp(now, 0));
        let time = time.unwrap_or_default();
        let (date, date_time) = (time.format("%Y%m%d"), time.format("%Y%m%dT%H%M%SZ"));
        let (date, date_time) = (date.to_string(), date_time.to_string());
        let Self {
            method,
            host,
            path,
            region,
            service,
            fields,
            body,
        } = self;
        // 1.
        let mut canonical = format!("{method}\n{path}\n\n");
        let own = [("host", *host), ("x-amz-date", date_time.as_str())];
        let all: Vec<_> = fields.iter().copied().chain(own).collect();
        for (name, value) in &all {
            canonical += &format!("{name}:{value}\n");
        }
        let names: Vec<_> = all.iter().map(|(name, _)| *name).collect();
        let names = names.join(";");
        canonical += &format!("\n{names}\n{}", hex(&Sha256::digest(body)));
        // 2. and 3.
        let scope = format!("{date}/{region}/{service}/aws4_request");
        let hashed = hex(&Sha256::digest(canonical));
        let to_sign = format!("AWS4-HMAC-SHA256\n{date_time}\n{scope}\n{hashed}");
        // 4.
        let first = Secret::new(format!("AWS4{}", secret_key.expose()));
        let parts = [&date, *region, *service, "aws4_request"];
        let key = parts
            .iter()
            .fold(first.expose().as_bytes().to_vec(), |key, part| {
                mac(&key, part.as_bytes()).to_vec()
            });
        // 5. and 6.
        let signature = hex(&mac(&key, to_sign.as_bytes()));
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        );
        [("x-amz-date", date_time), ("authorization", authorization)]
    }
}

fn mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into memory does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `get-vanilla` and `post-vanilla` of AWS's own test suite.
    #[test]
    fn the_published_signatures_come_out() {
        for (method, signature) in [
            (
                "GET",
                "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
            (
                "POST",
                "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
            ),
        ] {
            let signed = Signed {
                method,
                host: "example.amazonaws.com",
                path: "/",
                region: "us-east-1",
                service: "service",
                fields: &[],
                body: b"",
            };
            let secret = Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned());
            let [(_, date), (_, authorization)] =
                signed.fields(("AKIDEXAMPLE", &secret), 1_440_938_160);
            assert_eq!(date, "20150830T123600Z");
            let expected = format!(
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
                 SignedHeaders=host;x-amz-date, Signature={signature}"
            );
            assert_eq!(authorization, expected);
        }
    }
}
