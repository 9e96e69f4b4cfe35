use super::*;
use gatelet_core::secret::Secret;

fn submission(security: Security, credentials: bool) -> Submission {
    Submission {
        hello: "app.example.com".to_owned(),
        security,
        credentials: credentials.then(|| Credentials {
            user: "u".to_owned(),
            password: Secret::new("hunter2".to_owned()),
        }),
        sender: Address::parse("a@example.com").expect("an address"),
        recipient: Address::parse("ann@example.com").expect("an address"),
        message: b"Subject: x\r\n\r\n.one\r\n..\r\ntwo".to_vec(),
    }
}

/// What is said, reply by reply, until the end.
fn spoken(submission: Submission, replies: &[&str]) -> (Vec<String>, Result<Step, Refused>) {
    let mut dialogue = Dialogue::new(submission);
    let mut said = Vec::new();
    let mut last = Ok(Step::Read);
    for reply in replies {
        last = dialogue.received(reply.as_bytes());
        if last == Ok(Step::StartTls) {
            said.push("TLS".to_owned());
            last = Ok(dialogue.secured());
        }
        match &last {
            Ok(Step::Send(bytes)) => {
                said.push(
                    String::from_utf8(bytes.clone())
                        .expect("text")
                        .trim_end()
                        .to_owned(),
                );
            }
            Ok(Step::Read | Step::StartTls) => {}
            Ok(Step::Taken(_)) | Err(_) => break,
        }
    }
    (said, last)
}

const HELLO: &str = "250-h\r\n250-AUTH LOGIN PLAIN\r\n250 STARTTLS\r\n";

#[test]
fn a_message_is_handed_over_through_tls_and_by_password() {
    let replies = [
        "220-h\r\n220 ESMTP\r\n",
        HELLO,
        "220 go\r\n",
        HELLO,
        "235 ok\r\n",
        "250 ok\r\n",
        "250 ok\r\n",
        "354 go\r\n",
        "250 taken\r\n",
    ];
    let (said, last) = spoken(submission(Security::StartTls, true), &replies);
    assert_eq!(last, Ok(Step::Taken(b"QUIT\r\n")));
    assert_eq!(
        said,
        [
            "EHLO app.example.com",
            "STARTTLS",
            "TLS",
            "EHLO app.example.com",
            "AUTH PLAIN AHUAaHVudGVyMg==",
            "MAIL FROM:<a@example.com>",
            "RCPT TO:<ann@example.com>",
            "DATA",
            "Subject: x\r\n\r\n..one\r\n...\r\ntwo\r\n.",
        ]
    );
}

#[test]
fn login_is_spoken_where_plain_is_not() {
    let hello = "250-h\r\n250 AUTH=LOGIN\r\n";
    let replies = ["220 h\r\n", hello, "334 x\r\n", "334 y\r\n", "235 ok\r\n"];
    let (said, _) = spoken(submission(Security::Implicit, true), &replies);
    let expected = [
        "AUTH LOGIN",
        "dQ==",
        "aHVudGVyMg==",
        "MAIL FROM:<a@example.com>",
    ];
    assert_eq!(said[1..], expected);
}

#[test]
fn neither_a_password_nor_a_letter_goes_out_where_the_server_offers_no_tls() {
    for hello in [
        "250 h\r\n",
        "250-STARTTLS\r\n250 AUTH PLAIN\r\n",
        "250-h\r\n250 XSTARTTLS\r\n",
    ] {
        let (said, last) = spoken(
            submission(Security::StartTls, true),
            &["220 h\r\n", hello, "250 x\r\n"],
        );
        assert!(matches!(last, Err(Refused::Broken(_))), "{hello}");
        assert_eq!(said, ["EHLO app.example.com"]);
    }
}

#[test]
fn what_was_said_before_tls_counts_for_nothing() {
    // Somebody on the way puts replies after the one to STARTTLS.
    let replies = ["220 h\r\n", HELLO, "220 go\r\n250 AUTH PLAIN\r\n235 ok\r\n"];
    let (said, last) = spoken(submission(Security::StartTls, true), &replies);
    assert_eq!(last, Err(Refused::Broken("more than one reply".to_owned())));
    assert_eq!(said.last().map(String::as_str), Some("STARTTLS"));
}

#[test]
fn only_the_recipient_and_the_message_are_refused_for_good() {
    let refused = |reply: &str| match reply.as_bytes()[0] {
        b'r' => Refused::Rejected(reply[1..].to_owned()),
        b'u' => Refused::Unauthenticated(reply[1..].to_owned()),
        b'b' => Refused::Broken(reply[1..].to_owned()),
        _ => Refused::Deferred(reply[1..].to_owned()),
    };
    for (replies, expected) in [
        (&["554 no\r\n"][..], "d554 no"),
        (&["220 h\r\n", "550 no\r\n"], "d550 no"),
        (&["220 h\r\n", HELLO, "535 no\r\n"], "u535 no"),
        (&["220 h\r\n", HELLO, "454 no\r\n"], "d454 no"),
        (&["220 h\r\n", HELLO, "500 what\r\n"], "u500 what"),
        (
            &["220 h\r\n", HELLO, "235 ok\r\n", "550 sender\r\n"],
            "d550 sender",
        ),
        (
            &[
                "220 h\r\n",
                HELLO,
                "235 ok\r\n",
                "250 ok\r\n",
                "451-grey\r\n451 list\r\n",
            ],
            "d451 grey list",
        ),
        (
            &[
                "220 h\r\n",
                HELLO,
                "235 ok\r\n",
                "250 ok\r\n",
                "550 nobody\r\n",
            ],
            "r550 nobody",
        ),
        (
            &[
                "220 h\r\n",
                HELLO,
                "235 ok\r\n",
                "250 ok\r\n",
                "530 who\r\n",
            ],
            "u530 who",
        ),
        (
            &[
                "220 h\r\n",
                HELLO,
                "235 ok\r\n",
                "250 ok\r\n",
                "251 on\r\n",
                "354 go\r\n",
                "554 spam\r\n",
            ],
            "r554 spam",
        ),
        (
            &[
                "220 h\r\n",
                HELLO,
                "235 ok\r\n",
                "250 ok\r\n",
                "250 ok\r\n",
                "354 go\r\n",
                "452 full\r\n",
            ],
            "d452 full",
        ),
        (&["220 h\r\n", HELLO, "250 ok\r\n"], "b250 ok"),
    ] {
        let (_, last) = spoken(submission(Security::Implicit, true), replies);
        assert_eq!(last, Err(refused(expected)), "{replies:?}");
    }
    let no_way = ["220 h\r\n", "250-h\r\n250 AUTH CRAM-MD5\r\n"];
    let (said, last) = spoken(submission(Security::Implicit, true), &no_way);
    assert!(matches!(last, Err(Refused::Unauthenticated(_))));
    assert_eq!(said.len(), 1);
}

#[test]
fn a_refusal_of_who_sends_is_deferred_and_one_of_the_mailbox_or_the_message_is_not() {
    let to_recipient = &["220 h\r\n", HELLO, "250 ok\r\n"][..];
    let to_message = &["220 h\r\n", HELLO, "250 ok\r\n", "250 ok\r\n", "354 go\r\n"][..];
    for (before, deferred, refusals) in [
        (
            to_recipient,
            true,
            &[
                "554 5.7.1 <ann@example.com>: Relay access denied",
                "553 5.7.1 <a@example.com>: Sender address rejected: not owned by user u",
                "550-5.7.54 SMTP; Unable to relay\r\n550 5.7.54 x",
                "550 5.1.8 <a@example.com>: Sender address rejected: Domain not found",
                "553 5.1.7 the sender is no address",
                "550 5.4.5 Daily user sending limit exceeded",
                "554 no",
            ][..],
        ),
        (
            to_recipient,
            false,
            &[
                "550 5.1.1 <ann@example.com>: User unknown",
                "554 5.1.1 nobody",
                "550 5.1.10 RecipientNotFound",
                "550 5.4.1 Recipient address rejected",
                "552 5.2.2 mailbox full",
                "550 nobody",
                "553 no mailbox",
                // No enhanced status, whatever it looks like.
                "550 5.7 x",
                "550 5.7.1.9 x",
                "550 5.7.x",
                "550 x 5.7.1",
                "550 2.7.1 x",
            ],
        ),
        (
            to_message,
            true,
            &[
                "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
                "554 5.2.252 SendAsDenied; u not allowed to send as a",
                "550 The from address does not match a verified Sender Identity",
            ],
        ),
        (
            to_message,
            false,
            &[
                "554 spam",
                "552 too long",
                "552 5.3.4 too long",
                "550 5.6.0 x",
            ],
        ),
    ] {
        for refusal in refusals {
            let refusal = format!("{refusal}\r\n");
            let replies = [before, &[&refusal]].concat();
            let (_, last) = spoken(submission(Security::Implicit, false), &replies);
            match (last, deferred) {
                (Err(Refused::Deferred(_)), true) | (Err(Refused::Rejected(_)), false) => {}
                (other, _) => panic!("{refusal}: {other:?}"),
            }
        }
    }
    // What is amiss with a password is told as that, whatever the status says.
    let replies = [to_recipient, &["530 5.7.0 who\r\n"]].concat();
    let (_, last) = spoken(submission(Security::Implicit, false), &replies);
    assert!(matches!(last, Err(Refused::Unauthenticated(_))));
}

#[test]
fn replies_come_in_pieces_and_end() {
    let mut dialogue = Dialogue::new(submission(Security::Clear, false));
    for piece in ["2", "20-h\r", "\n22", "0 h\r"] {
        assert_eq!(
            dialogue.received(piece.as_bytes()),
            Ok(Step::Read),
            "{piece}"
        );
    }
    assert!(matches!(dialogue.received(b"\n"), Ok(Step::Send(_))));
    for bytes in [
        &b"HTTP/1.1 400\r\n"[..],
        b"22\r\n",
        b"220x\r\n",
        b"\r\n",
        &[b'2'; 9000],
    ] {
        let mut dialogue = Dialogue::new(submission(Security::Clear, false));
        assert!(matches!(dialogue.received(bytes), Err(Refused::Broken(_))));
    }
}

#[test]
fn a_name_that_is_none_is_no_command() {
    for hello in [
        "",
        "h\r\nMAIL FROM:<eve@example.com>",
        "[h]",
        "[::1",
        "[127.0.0.1]x",
    ] {
        assert_eq!(greeted(hello), ["EHLO [127.0.0.1]"], "{hello:?}");
    }
}

#[test]
fn an_address_is_said_as_a_literal() {
    for (hello, said) in [
        ("192.168.1.5", "EHLO [192.168.1.5]"),
        ("[::1]", "EHLO [IPv6:::1]"),
        ("2001:db8::5", "EHLO [IPv6:2001:db8::5]"),
        ("localhost", "EHLO localhost"),
        ("5.example", "EHLO 5.example"),
    ] {
        assert_eq!(greeted(hello), [said]);
    }
}

fn greeted(hello: &str) -> Vec<String> {
    let mut submission = submission(Security::Clear, false);
    submission.hello = hello.to_owned();
    spoken(submission, &["220 h\r\n"]).0
}

#[test]
fn debug_shows_no_password() {
    let mut dialogue = Dialogue::new(submission(Security::Implicit, true));
    let steps = ["220 h\r\n", HELLO].map(|reply| dialogue.received(reply.as_bytes()));
    let shown = format!("{steps:?} {dialogue:?}");
    assert!(
        !shown.contains("hunter2") && !shown.contains("aHVud"),
        "{shown}"
    );
}
