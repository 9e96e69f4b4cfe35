//! What is said to a mail server, and what do its replies mean? One message to one
//! recipient (RFC 5321, RFC 6409), without the connection that carries it:
//!
//! 1. The greeting, EHLO (RFC 5321 §4.1.1.1).
//! 2. STARTTLS where TLS is to begin then, and EHLO once more (RFC 3207 §4.2). Bytes
//!    that came before it are refused: they are not the server's for certain.
//! 3. AUTH PLAIN or LOGIN (RFC 4954), where there are credentials.
//! 4. MAIL, RCPT, DATA, and the message with its dots doubled (RFC 5321 §4.5.2).
//!
//! Skipped: HELO, pipelining, 8BITMIME and SMTPUTF8: our messages and addresses are ASCII.

use core::fmt;
use core::net::IpAddr;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::address::Address;
use crate::mail_url::{Credentials, Security};

/// Longest reply, in bytes.
const REPLY_MAX_BYTES: usize = 8 * 1024;

/// What is handed over.
#[derive(Clone, Debug)]
pub struct Submission {
    /// What we call ourselves: a host name or an address.
    pub hello: String,
    /// How the way there is kept private.
    pub security: Security,
    /// Who we are.
    pub credentials: Option<Credentials>,
    /// From whom.
    pub sender: Address,
    /// To whom.
    pub recipient: Address,
    /// Whole, with lines ended by CRLF.
    pub message: Vec<u8>,
}

/// One message on its way.
#[derive(Debug)]
pub struct Dialogue {
    submission: Submission,
    stage: Stage,
    received: Vec<u8>,
}

/// What is to be done next.
#[derive(PartialEq, Eq)]
pub enum Step {
    /// Wait for more of a reply.
    Read,
    /// Send these bytes, then wait for the reply. They may hold a password.
    Send(Vec<u8>),
    /// Begin TLS, then call [`Dialogue::secured`].
    StartTls,
    /// The server has taken the message. These bytes say goodbye; how it answers
    /// changes nothing.
    Taken(&'static [u8]),
}

/// Why the server did not take it. The text is the server's, in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Not a mail server's words, or not private.
    Broken(String),
    /// Our name or password is not taken, or one is asked for.
    Unauthenticated(String),
    /// It may take it another time, or when somebody has mended something.
    Deferred(String),
    /// It never will.
    Rejected(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Greeting,
    /// EHLO before TLS.
    PlainHello,
    StartTls,
    /// EHLO after which nothing is changed any more.
    Hello,
    /// The reply to AUTH PLAIN, or to the password of AUTH LOGIN.
    Authenticated,
    LoginUser,
    LoginPassword,
    Mail,
    Recipient,
    Data,
    Message,
}

/// A whole reply.
struct Reply {
    code: u16,
    lines: Vec<String>,
}

impl Dialogue {
    /// To be begun once connected; through TLS where that is implicit.
    #[must_use]
    pub fn new(submission: Submission) -> Self {
        Self {
            submission,
            stage: Stage::Greeting,
            received: Vec::new(),
        }
    }

    /// TLS has begun.
    pub fn secured(&mut self) -> Step {
        self.stage = Stage::Hello;
        self.hello()
    }

    /// Takes what came from the server.
    pub fn received(&mut self, bytes: &[u8]) -> Result<Step, Refused> {
        self.received.extend_from_slice(bytes);
        if self.received.len() > REPLY_MAX_BYTES {
            return Err(Refused::Broken("a reply without end".to_owned()));
        }
        let Some((reply, length)) = Reply::parse(&self.received)? else {
            return Ok(Step::Read);
        };
        self.received.drain(..length);
        // Nobody speaks unasked; before TLS somebody else may have.
        if !self.received.is_empty() {
            return Err(Refused::Broken("more than one reply".to_owned()));
        }
        self.replied(&reply)
    }

    fn replied(&mut self, reply: &Reply) -> Result<Step, Refused> {
        let expected = match self.stage {
            Stage::Greeting | Stage::StartTls => 220,
            Stage::PlainHello | Stage::Hello | Stage::Mail | Stage::Message => 250,
            // 251 takes it too (RFC 5321 §3.4).
            Stage::Recipient if reply.code == 251 => 251,
            Stage::Recipient => 250,
            Stage::LoginUser | Stage::LoginPassword => 334,
            Stage::Authenticated => 235,
            Stage::Data => 354,
        };
        if reply.code != expected {
            return Err(self.refused(reply));
        }
        let (stage, text) = match self.stage {
            Stage::Greeting => {
                self.stage = match self.submission.security {
                    Security::StartTls => Stage::PlainHello,
                    Security::Implicit | Security::Clear => Stage::Hello,
                };
                return Ok(self.hello());
            }
            Stage::PlainHello if reply.offers("STARTTLS").is_some() => {
                (Stage::StartTls, "STARTTLS".to_owned())
            }
            Stage::PlainHello => {
                return Err(Refused::Broken("the server offers no STARTTLS".to_owned()));
            }
            Stage::StartTls => return Ok(Step::StartTls),
            Stage::Hello => match &self.submission.credentials {
                Some(credentials) => authentication(credentials, reply)?,
                None => self.mail(),
            },
            Stage::LoginUser => {
                let user = self.credential(|credentials| credentials.user.as_bytes());
                (Stage::LoginPassword, user)
            }
            Stage::LoginPassword => {
                let password =
                    self.credential(|credentials| credentials.password.expose().as_bytes());
                (Stage::Authenticated, password)
            }
            Stage::Authenticated => self.mail(),
            Stage::Mail => {
                let recipient = &self.submission.recipient;
                (Stage::Recipient, format!("RCPT TO:<{recipient}>"))
            }
            Stage::Recipient => (Stage::Data, "DATA".to_owned()),
            Stage::Data => {
                self.stage = Stage::Message;
                return Ok(Step::Send(dotted(&self.submission.message)));
            }
            Stage::Message => return Ok(Step::Taken(b"QUIT\r\n")),
        };
        self.stage = stage;
        Ok(Step::Send(format!("{text}\r\n").into_bytes()))
    }

    fn hello(&self) -> Step {
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
        let hello = self.submission.hello.as_str();
        let address = hello
            .strip_prefix('[')
            .and_then(|one| one.strip_suffix(']'));
        // An address is said as a literal (RFC 5321 §4.1.3).
        let hello = match address.unwrap_or(hello).parse() {
            Ok(IpAddr::V4(address)) => format!("[{address}]"),
            Ok(IpAddr::V6(address)) => format!("[IPv6:{address}]"),
            Err(_) if !hello.is_empty() && hello.bytes().all(is_name) => hello.to_owned(),
            Err(_) => "[127.0.0.1]".to_owned(),
        };
        Step::Send(format!("EHLO {hello}\r\n").into_bytes())
    }

    fn mail(&self) -> (Stage, String) {
        let sender = &self.submission.sender;
        (Stage::Mail, format!("MAIL FROM:<{sender}>"))
    }

    fn credential(&self, part: impl Fn(&Credentials) -> &[u8]) -> String {
        let credentials = self.submission.credentials.as_ref();
        credentials.map_or_else(String::new, |credentials| {
            STANDARD.encode(part(credentials))
        })
    }

    /// What a reply means that is not the one to go on with. Only the recipient and the
    /// message are refused for good; whether we may send is the operator's to mend.
    fn refused(&self, reply: &Reply) -> Refused {
        let said = reply.to_string();
        match (self.stage, reply.code) {
            // RFC 4954 §6.
            (_, 530 | 534 | 535 | 538) => Refused::Unauthenticated(said),
            (Stage::Authenticated | Stage::LoginUser | Stage::LoginPassword, 500..) => {
                Refused::Unauthenticated(said)
            }
            (Stage::Recipient | Stage::Data | Stage::Message, 500..)
                if !self.concerns_sender(reply) =>
            {
                Refused::Rejected(said)
            }
            (_, 400..) => Refused::Deferred(said),
            _ => Refused::Broken(said),
        }
    }

    /// Whether a refusal at the recipient or the message is about who sends, or how much.
    /// Many servers judge the sender no earlier.
    fn concerns_sender(&self, reply: &Reply) -> bool {
        match (reply.enhanced(), self.stage, reply.code) {
            // Policy and authentication (RFC 3463 §3.8): no relaying, not this user's address.
            (Some((7, _)), ..) => true,
            // The sender's own address or domain (RFC 3463 §3.2).
            (Some((1, 7 | 8)), ..) => true,
            // Exchange Online: not allowed to send as this sender.
            (Some((2, 252)), ..) => true,
            // Gmail: as many were sent as a day may have. It is congestion by RFC 3463 §3.5.
            (Some((4, 5)), ..) => true,
            (Some(_), ..) => false,
            // A mailbox is refused by 550 to 553, and 554 is no answer about one (RFC 5321
            // §4.3.2): servers say it where they do not relay.
            (None, Stage::Recipient, 554) => true,
            // The recipient is taken by then, and 550 is a matter of policy (the same), such
            // as a sender whom a service has not verified. A message is refused by 552 or 554.
            (None, Stage::Data | Stage::Message, 550) => true,
            (None, ..) => false,
        }
    }
}

impl Reply {
    /// The first reply, and its length; none where it is not whole yet.
    fn parse(bytes: &[u8]) -> Result<Option<(Self, usize)>, Refused> {
        let broken = || Refused::Broken("no mail server's reply".to_owned());
        let (mut lines, mut from) = (Vec::new(), 0);
        loop {
            let rest = &bytes[from..];
            let Some(length) = rest.iter().position(|byte| *byte == b'\n') else {
                return Ok(None);
            };
            let line = String::from_utf8_lossy(&rest[..length]);
            let line = line.trim_end();
            from += length + 1;
            let code = line
                .get(..3)
                .filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()));
            let code: u16 = code.and_then(|code| code.parse().ok()).ok_or_else(broken)?;
            lines.push(line.get(4..).unwrap_or_default().to_owned());
            match line.as_bytes().get(3) {
                Some(b'-') => {}
                None | Some(b' ') => return Ok(Some((Self { code, lines }, from))),
                Some(_) => return Err(broken()),
            }
        }
    }

    /// Subject and detail of the enhanced status (RFC 3463 §2) that the text of a refusal
    /// begins with, where the server has them (RFC 2034 §4).
    fn enhanced(&self) -> Option<(u16, u16)> {
        let word = self.lines.first()?.split_whitespace().next()?;
        let (subject, detail) = word.strip_prefix("5.")?.split_once('.')?;
        Some((subject.parse().ok()?, detail.parse().ok()?))
    }

    /// The parameters of an extension that EHLO names.
    fn offers(&self, keyword: &str) -> Option<Vec<&str>> {
        self.lines.iter().skip(1).find_map(|line| {
            // `AUTH=` is how old servers write it.
            let mut words = line.split([' ', '=']);
            let first = words.next()?;
            first.eq_ignore_ascii_case(keyword).then(|| words.collect())
        })
    }
}

/// One line.
impl fmt::Display for Reply {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.code, self.lines.join(" "))
    }
}

fn authentication(credentials: &Credentials, hello: &Reply) -> Result<(Stage, String), Refused> {
    let offered = hello.offers("AUTH").unwrap_or_default();
    let offers = |name: &str| offered.iter().any(|one| one.eq_ignore_ascii_case(name));
    if offers("PLAIN") {
        let Credentials { user, password } = credentials;
        let word = STANDARD.encode(format!("\0{user}\0{}", password.expose()));
        Ok((Stage::Authenticated, format!("AUTH PLAIN {word}")))
    } else if offers("LOGIN") {
        Ok((Stage::LoginUser, "AUTH LOGIN".to_owned()))
    } else {
        Err(Refused::Unauthenticated(
            "the server takes a name and a password by none of PLAIN and LOGIN".to_owned(),
        ))
    }
}

/// The message as DATA carries it, and its end.
fn dotted(message: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(message.len() + 64);
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            bytes.push(b'.');
        }
        bytes.extend_from_slice(line);
    }
    if !bytes.ends_with(b"\r\n") {
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b".\r\n");
    bytes
}

/// What is said may hold a password.
impl fmt::Debug for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Read => "Read",
            Self::Send(_) => "Send(…)",
            Self::StartTls => "StartTls",
            Self::Taken(_) => "Taken(…)",
        })
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broken(why)
            | Self::Unauthenticated(why)
            | Self::Deferred(why)
            | Self::Rejected(why) => out.write_str(why),
        }
    }
}

#[cfg(test)]
mod tests;
