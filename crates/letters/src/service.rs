//! How is a letter handed to a mail service? One HTTP request, and what its answer means.

use gatelet_mail::mail_url::{MailUrl, Webhook};
use serde_json::{Value, json};

use crate::fate::Failure;
use crate::message::{AUTO_SUBMITTED, Message};
use crate::said::said;
use crate::{sigv4, webhook};

/// A POST that hands a letter on. It holds a key: nothing of it goes into a log.
#[derive(Clone)]
pub struct ServiceRequest {
    /// Where to.
    pub url: String,
    /// Fields, names in lower case.
    pub fields: Vec<(&'static str, String)>,
    /// JSON.
    pub body: Vec<u8>,
}

/// The request for this way, at `now` in Unix seconds; none where it is no service.
#[must_use]
pub fn request(url: &MailUrl, message: &Message, now: u64) -> Option<ServiceRequest> {
    let bearer = |key: &str| ("authorization", format!("Bearer {key}"));
    Some(match url {
        MailUrl::Log | MailUrl::InVault(_) | MailUrl::Smtp(_) => return None,
        // https://resend.com/docs/api-reference/emails/send-email
        MailUrl::Resend(key) => ServiceRequest::new(
            "https://api.resend.com/emails",
            vec![
                bearer(key.expose()),
                ("idempotency-key", message.id.as_str().to_owned()),
            ],
            &resend(message),
        ),
        // https://postmarkapp.com/developer/api/email-api
        MailUrl::Postmark(token) => ServiceRequest::new(
            "https://api.postmarkapp.com/email",
            vec![("x-postmark-server-token", token.expose().to_owned())],
            &postmark(message),
        ),
        // https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send
        MailUrl::SendGrid(key) => ServiceRequest::new(
            "https://api.sendgrid.com/v3/mail/send",
            vec![bearer(key.expose())],
            &sendgrid(message),
        ),
        // https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
        MailUrl::Ses(account) => {
            let mut request = ServiceRequest::new(
                &format!("https://{}{SES_PATH}", account.host()),
                vec![],
                &ses(message),
            );
            let signed = sigv4::Signed {
                method: "POST",
                host: &account.host(),
                path: SES_PATH,
                region: &account.region,
                service: "ses",
                fields: &[("content-type", "application/json")],
                body: &request.body,
            };
            let key = (account.access_key.as_str(), &account.secret_key);
            request.fields.extend(signed.fields(key, now));
            request
        }
        MailUrl::Webhook(Webhook { url, secret, .. }) => {
            let mut request = ServiceRequest::new(url, vec![], &webhook::body(message));
            let fields = webhook::fields(secret, message.id.as_str(), now, &request.body);
            request.fields.extend(fields);
            request
        }
    })
}

const SES_PATH: &str = "/v2/email/outbound-emails";

impl ServiceRequest {
    fn new(url: &str, mut fields: Vec<(&'static str, String)>, body: &Value) -> Self {
        fields.push(("content-type", "application/json".to_owned()));
        fields.push(("accept", "application/json".to_owned()));
        fields.push(("user-agent", "gatelet".to_owned()));
        Self {
            url: url.to_owned(),
            fields,
            body: body.to_string().into_bytes(),
        }
    }
}

/// What an answer means. Refused is what the recipient or the letter is refused for; a
/// key that is wrong or a sender that is not set up yet may be mended within the day.
pub fn judge(url: &MailUrl, message: &Message, status: u16, body: &[u8]) -> Result<(), Failure> {
    if (200..300).contains(&status) {
        return Ok(());
    }
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| answer.get(name).and_then(Value::as_str);
    let detail = text("message")
        .or_else(|| text("Message"))
        .or_else(|| answer.pointer("/errors/0/message").and_then(Value::as_str));
    let detail = said(detail.unwrap_or_default(), message);
    let why = format!("{} answered {status} {detail}", url.name());
    let why = why.trim_end().to_owned();
    let unprocessable = matches!(status, 400 | 413 | 422);
    let refused = match url {
        // Its codes are of the account too, but for these two: the address is none, or
        // has been reported.
        MailUrl::Postmark(_) => {
            let code = answer.get("ErrorCode").and_then(Value::as_u64);
            status == 422 && matches!(code, Some(300 | 406))
        }
        // 400 is also what it says where the sender is not verified.
        MailUrl::Ses(_) => false,
        // These name the sender where it is refused for that.
        MailUrl::Resend(_) => unprocessable && text("name") != Some("invalid_from_address"),
        MailUrl::SendGrid(_) => {
            let field = answer.pointer("/errors/0/field").and_then(Value::as_str);
            unprocessable && !field.is_some_and(|field| field.starts_with("from"))
        }
        MailUrl::Log | MailUrl::InVault(_) | MailUrl::Smtp(_) | MailUrl::Webhook(_) => {
            unprocessable
        }
    };
    Err(match refused {
        true => Failure::Refused(why),
        false => Failure::Later(why),
    })
}

fn resend(message: &Message) -> Value {
    let (auto, submitted) = AUTO_SUBMITTED;
    json!({
        "from": message.from.quoted(),
        "to": [message.to],
        "subject": message.subject,
        "text": message.text,
        "html": message.html,
        "headers": { auto: submitted },
    })
}

fn postmark(message: &Message) -> Value {
    let (auto, submitted) = AUTO_SUBMITTED;
    json!({
        "From": message.from.quoted(),
        "To": message.to,
        "Subject": message.subject,
        "TextBody": message.text,
        "HtmlBody": message.html,
        "Headers": [{ "Name": auto, "Value": submitted }],
        // Links that sign people in go to nobody else's redirector.
        "TrackOpens": false,
        "TrackLinks": "None",
        "MessageStream": "outbound",
    })
}

fn sendgrid(message: &Message) -> Value {
    let (auto, submitted) = AUTO_SUBMITTED;
    let mut from = json!({ "email": message.from.address });
    if let Some(name) = message.from.name() {
        from["name"] = name.into();
    }
    json!({
        "personalizations": [{ "to": [{ "email": message.to }] }],
        "from": from,
        "subject": message.subject,
        "content": [
            { "type": "text/plain", "value": message.text },
            { "type": "text/html", "value": message.html },
        ],
        "headers": { auto: submitted },
        "tracking_settings": {
            "click_tracking": { "enable": false, "enable_text": false },
            "open_tracking": { "enable": false },
            "subscription_tracking": { "enable": false },
        },
    })
}

fn ses(message: &Message) -> Value {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    json!({
        "FromEmailAddress": message.from.address,
        "Destination": { "ToAddresses": [message.to] },
        "Content": { "Raw": { "Data": STANDARD.encode(message.to_rfc5322()) } },
    })
}

#[cfg(test)]
mod tests;
