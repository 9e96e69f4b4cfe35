//! What does the front itself answer when a request goes no further?

use bytes::Bytes;
use gatelet_core::error::Code;
use gatelet_core::negotiate::{Reading, Signs};
use gatelet_core::reply::Reply;
use gatelet_texts::Language;
use http::header::ALLOW;
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::head::{self, Names};
use super::reply_body::Source;
use super::upload::Fault;

/// Why the front answers by itself: finer than what the visitor is told, for the
/// operator's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No, several or contradictory hosts, or an authority with user information.
    HostMalformed,
    TargetMalformed,
    MethodRefused,
    FieldsTooLarge,
    TransferCodingUnknown,
    /// A body whose framing is none.
    BodyMalformed,
    /// A body that ended before its end.
    BodyCutOff,
    RouteUnknown,
    UpgradeUnsupported,
    /// The gate named no base URL, or a component that is not there.
    UpstreamUnknown,
    UpstreamNotAllowed,
    UpstreamUnreachable,
    /// It is our own address.
    UpstreamOwn,
    /// It hung up or spoke no HTTP.
    UpstreamBroken,
    UpstreamConnectTimedOut,
    UpstreamTimedOut,
    /// A component or the gate gave no usable answer.
    ComponentFailed,
    /// Too many requests are being served by components.
    ComponentFull,
    ComponentTimedOut,
    /// The instance that was to answer ended, by this request's doing or another's.
    ComponentEnded,
    /// Is it well? It is to be stopped soon, and nobody is to be sent here.
    Leaving,
}

impl Refusal {
    /// What the visitor is told.
    fn told(self) -> Code {
        match self {
            Self::HostMalformed
            | Self::TargetMalformed
            | Self::BodyMalformed
            | Self::BodyCutOff => Code::RequestMalformed,
            Self::MethodRefused => Code::MethodRefused,
            Self::FieldsTooLarge => Code::FieldsTooLarge,
            Self::TransferCodingUnknown => Code::TransferCodingUnknown,
            Self::RouteUnknown => Code::RouteUnknown,
            Self::UpgradeUnsupported => Code::UpgradeUnsupported,
            Self::UpstreamUnknown
            | Self::UpstreamNotAllowed
            | Self::UpstreamUnreachable
            | Self::UpstreamBroken => Code::UpstreamUnreachable,
            Self::UpstreamOwn => Code::UpstreamLoop,
            Self::UpstreamConnectTimedOut | Self::UpstreamTimedOut | Self::ComponentTimedOut => {
                Code::UpstreamTimeout
            }
            Self::ComponentFull | Self::Leaving => Code::Busy,
            Self::ComponentFailed | Self::ComponentEnded => Code::Internal,
        }
    }

    /// What the operator is told.
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::HostMalformed => "request.host_malformed",
            Self::BodyMalformed => "request.body_malformed",
            Self::BodyCutOff => "request.body_cut_off",
            Self::UpstreamUnknown => "upstream.unknown",
            Self::UpstreamNotAllowed => "upstream.not_allowed",
            Self::UpstreamBroken => "upstream.broken",
            Self::UpstreamConnectTimedOut => "upstream.connect_timeout",
            Self::ComponentFailed => "component.failed",
            Self::ComponentFull => "component.full",
            Self::ComponentTimedOut => "component.timeout",
            Self::ComponentEnded => "component.ended",
            Self::Leaving => "server.leaving",
            Self::TargetMalformed
            | Self::MethodRefused
            | Self::FieldsTooLarge
            | Self::TransferCodingUnknown
            | Self::RouteUnknown
            | Self::UpgradeUnsupported
            | Self::UpstreamUnreachable
            | Self::UpstreamOwn
            | Self::UpstreamTimedOut => self.told().as_str(),
        }
    }

    /// A page for a person, JSON for a program.
    pub(super) fn response(self, reading: Reading, names: &Names) -> Response<Source> {
        let reply = Reply::refusal(self.told(), reading, "");
        let mut response = Response::new(Source::Empty);
        *response.status_mut() =
            StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        head::append_fields(headers, reply.fields.into_string(), names);
        if self == Self::MethodRefused {
            // RFC 9110 §15.5.6: a 405 says what would be served.
            headers.insert(
                ALLOW,
                HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
            );
        }
        *response.body_mut() = Source::Whole(Bytes::from(reply.body));
        response
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Malformed => Self::BodyMalformed,
            Fault::CutOff => Self::BodyCutOff,
        }
    }
}

/// Who asks, as far as the head tells.
#[derive(Clone, Debug)]
pub(super) struct Asker {
    /// Who will read the answer, and in which language.
    pub(super) reads: Reading,
    /// Whom they ask: `Host`, as received.
    pub(super) host: Option<HeaderValue>,
    /// Whether a proxy in front says that it asks for somebody.
    pub(super) proxied: bool,
}

/// Asked of every request, before its fields go on their way, so it looks at them
/// once.
pub(super) fn asker(headers: &HeaderMap) -> Asker {
    let mut signs = Signs::default();
    let (mut host, mut proxied) = (None, false);
    for (name, value) in headers {
        match name.as_str() {
            "forwarded" | "via" | "x-forwarded-for" | "x-real-ip" => proxied = true,
            "host" => host = Some(value.clone()),
            name => {
                signs.note(name.as_bytes(), value.as_bytes());
            }
        }
    }
    Asker {
        reads: signs.reading(&Language::ALL),
        host,
        proxied,
    }
}
