use super::*;
use crate::message::MessageId;
use gatelet_mail::address::{Address, Mailbox};

const WEBHOOK: &str = "https://h.example/mail#whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

fn message() -> Message {
    Message {
        id: MessageId::from_random([7; 16]),
        kind: "magic-link".to_owned(),
        id_host: "app.example.com".to_owned(),
        from: Mailbox::parse("no-reply@example.com")
            .expect("a mailbox")
            .or_called("Acme, \"Inc.\""),
        to: Address::parse("ann@example.com").expect("an address"),
        subject: "Sign in".to_owned(),
        text: "https://app.example.com/auth/magic-link?token=hunter2".to_owned(),
        html: "<p>…</p>".to_owned(),
        written_at: 1_700_000_000,
    }
}

fn url(text: &str) -> MailUrl {
    MailUrl::parse(text).expect(text).expect(text)
}

#[test]
fn each_service_is_asked_as_it_says() {
    for (way, to, field, value) in [
        (
            "resend:re_1",
            "https://api.resend.com/emails",
            "authorization",
            "Bearer re_1",
        ),
        (
            "postmark:t_1",
            "https://api.postmarkapp.com/email",
            "x-postmark-server-token",
            "t_1",
        ),
        (
            "sendgrid:SG.1",
            "https://api.sendgrid.com/v3/mail/send",
            "authorization",
            "Bearer SG.1",
        ),
        (
            WEBHOOK,
            "https://h.example/mail",
            "webhook-id",
            "BwcHBwcHBwcHBwcHBwcHBw",
        ),
    ] {
        let request = request(&url(way), &message(), 1_700_000_000).expect(way);
        assert_eq!(request.url, to);
        let field = request.fields.iter().find(|(name, _)| *name == field);
        assert_eq!(field.map(|(_, value)| value.as_str()), Some(value), "{way}");
        let body: Value = serde_json::from_slice(&request.body).expect("JSON");
        let body = body.to_string();
        for part in [
            "ann@example.com",
            "no-reply@example.com",
            "Sign in",
            "token=hunter2",
        ] {
            assert!(body.contains(part), "{way}: {body}");
        }
    }
    for way in ["log:", "smtp://h.example"] {
        assert!(request(&url(way), &message(), 0).is_none());
    }
}

#[test]
fn a_sender_with_any_name_is_one_sender() {
    let request = request(&url("resend:k"), &message(), 0).expect("a request");
    let body: Value = serde_json::from_slice(&request.body).expect("JSON");
    assert_eq!(
        body["from"],
        "\"Acme, \\\"Inc.\\\"\" <no-reply@example.com>"
    );
}

#[test]
fn ses_gets_the_whole_message_signed() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let request = request(
        &url("ses://AKID:s3cr3t@eu-central-1"),
        &message(),
        1_700_000_000,
    );
    let request = request.expect("a request");
    assert_eq!(
        request.url,
        "https://email.eu-central-1.amazonaws.com/v2/email/outbound-emails"
    );
    let fields = format!("{:?}", request.fields);
    assert!(fields.contains("AKID/20231114/eu-central-1/ses/aws4_request, SignedHeaders=content-type;host;x-amz-date"), "{fields}");
    assert!(!fields.contains("s3cr3t"));
    let body: Value = serde_json::from_slice(&request.body).expect("JSON");
    let raw = body["Content"]["Raw"]["Data"].as_str().expect("text");
    assert_eq!(STANDARD.decode(raw), Ok(message().to_rfc5322()));
}

#[test]
fn what_may_be_mended_is_tried_again_and_what_is_refused_is_not() {
    for (way, status, body, refused) in [
        ("resend:k", 401, "{}", false),
        (
            "resend:k",
            403,
            r#"{"message":"domain is not verified"}"#,
            false,
        ),
        ("resend:k", 422, r#"{"message":"invalid to"}"#, true),
        (
            "resend:k",
            422,
            r#"{"name":"invalid_from_address","message":"from"}"#,
            false,
        ),
        ("resend:k", 429, "", false),
        ("resend:k", 500, "<html>", false),
        ("resend:k", 302, "", false),
        ("resend:k", 404, "", false),
        (
            "postmark:t",
            422,
            r#"{"ErrorCode":406,"Message":"inactive"}"#,
            true,
        ),
        (
            "postmark:t",
            422,
            r#"{"ErrorCode":400,"Message":"sender"}"#,
            false,
        ),
        ("sendgrid:k", 400, r#"{"errors":[{"message":"bad"}]}"#, true),
        (
            "sendgrid:k",
            400,
            r#"{"errors":[{"message":"bad","field":"personalizations.0.to"}]}"#,
            true,
        ),
        (
            "sendgrid:k",
            400,
            r#"{"errors":[{"message":"bad","field":"from.email"}]}"#,
            false,
        ),
        (
            "ses://A:s@eu-central-1",
            400,
            r#"{"message":"not verified"}"#,
            false,
        ),
        (WEBHOOK, 410, "", false),
        (WEBHOOK, 400, "", true),
    ] {
        let failure = judge(&url(way), &message(), status, body.as_bytes());
        let is_refused = matches!(failure, Err(Failure::Refused(_)));
        assert!(
            failure.is_err() && is_refused == refused,
            "{way} {status} {failure:?}"
        );
    }
    for status in [200, 202, 204] {
        assert_eq!(judge(&url("resend:k"), &message(), status, b""), Ok(()));
    }
}

#[test]
fn neither_an_address_nor_a_link_gets_into_the_log() {
    let body = r#"{"message":"no <ann@example.com>: https://app.example.com/auth/magic-link?token=hunter2\nX"}"#;
    let Err(failure) = judge(&url("resend:hunter2"), &message(), 422, body.as_bytes()) else {
        panic!("a failure");
    };
    assert_eq!(failure.to_string(), "resend: answered 422 no … … X");
}
