//! How does a program of the operator's know that a letter is from us? By a signature
//! as Standard Webhooks has it: <https://www.standardwebhooks.com/>.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use gatelet_mail::mail_url::WebhookSecret;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::message::Message;

/// What it is sent.
pub(crate) fn body(message: &Message) -> Value {
    json!({
        "type": "mail",
        "data": {
            "id": message.id.as_str(),
            "kind": message.kind,
            "message_id": message.message_id(),
            "from": { "email": message.from.address, "name": message.from.name() },
            "to": message.to,
            "subject": message.subject,
            "text": message.text,
            "html": message.html,
            "written_at": message.written_at,
        },
    })
}

/// The fields that prove it, at `now` in Unix seconds.
pub(crate) fn fields(
    secret: &WebhookSecret,
    id: &str,
    now: u64,
    body: &[u8],
) -> [(&'static str, String); 3] {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(&secret.expose()).expect("HMAC takes keys of any length");
    mac.update(format!("{id}.{now}.").as_bytes());
    mac.update(body);
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", now.to_string()),
        ("webhook-signature", format!("v1,{signature}")),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatelet_mail::mail_url::MailUrl;

    /// The example of the specification's own libraries.
    #[test]
    fn the_published_signature_comes_out() {
        let url = "https://h.example/#whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let Ok(Some(MailUrl::Webhook(webhook))) = MailUrl::parse(url) else {
            panic!("a webhook");
        };
        let fields = fields(
            &webhook.secret,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(
            fields[2].1,
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }
}
