//! What does the front itself answer when a request goes no further?

use bytes::Bytes;
use http::header::{ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};

use super::reply_body::Source;

/// Why the front answers by itself. Each has a status and a stable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No, several or contradictory hosts, or an authority with user information.
    HostMalformed,
    TargetMalformed,
    MethodRefused,
    TransferCodingUnknown,
    RouteUnknown,
    UpgradeUnsupported,
    UpstreamUnknown,
    UpstreamNotAllowed,
    UpstreamUnreachable,
    UpstreamBroken,
    UpstreamConnectTimedOut,
    UpstreamTimedOut,
    /// A component or the gate gave no usable answer.
    ComponentFailed,
}

impl Refusal {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::HostMalformed | Self::TargetMalformed => StatusCode::BAD_REQUEST,
            Self::MethodRefused => StatusCode::METHOD_NOT_ALLOWED,
            Self::TransferCodingUnknown | Self::UpgradeUnsupported => StatusCode::NOT_IMPLEMENTED,
            Self::RouteUnknown => StatusCode::NOT_FOUND,
            Self::UpstreamUnknown
            | Self::UpstreamNotAllowed
            | Self::UpstreamUnreachable
            | Self::UpstreamBroken => StatusCode::BAD_GATEWAY,
            Self::UpstreamConnectTimedOut | Self::UpstreamTimedOut => StatusCode::GATEWAY_TIMEOUT,
            Self::ComponentFailed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::HostMalformed => "request.host_malformed",
            Self::TargetMalformed => "request.malformed",
            Self::MethodRefused => "request.method_refused",
            Self::TransferCodingUnknown => "request.transfer_coding_unknown",
            Self::RouteUnknown => "route.unknown",
            Self::UpgradeUnsupported => "upgrade.unsupported",
            Self::UpstreamUnknown => "upstream.unknown",
            Self::UpstreamNotAllowed => "upstream.not_allowed",
            Self::UpstreamUnreachable => "upstream.unreachable",
            Self::UpstreamBroken => "upstream.broken",
            Self::UpstreamConnectTimedOut => "upstream.connect_timeout",
            Self::UpstreamTimedOut => "upstream.timeout",
            Self::ComponentFailed => "component.failed",
        }
    }

    /// For people; says nothing about what is behind.
    fn message(self) -> &'static str {
        match self {
            Self::HostMalformed => "The request does not say for which host it is.",
            Self::TargetMalformed => "The request cannot be understood.",
            Self::MethodRefused => "This method is not served here.",
            Self::TransferCodingUnknown => "This transfer coding is not understood.",
            Self::RouteUnknown => "There is nothing here.",
            Self::UpgradeUnsupported => "This address does not change protocols.",
            Self::UpstreamUnknown
            | Self::UpstreamNotAllowed
            | Self::UpstreamUnreachable
            | Self::UpstreamBroken => "The app behind this site does not answer.",
            Self::UpstreamConnectTimedOut | Self::UpstreamTimedOut => {
                "The app behind this site takes too long to answer."
            }
            Self::ComponentFailed => "Something failed here. It has been noted.",
        }
    }

    /// A page for who asked for one, JSON for everybody else.
    pub(super) fn response(self, wants_page: bool) -> Response<Source> {
        let (kind, body) = if wants_page {
            ("text/html; charset=utf-8", self.page())
        } else {
            ("application/json", self.json())
        };
        let mut response = Response::new(Source::Empty);
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(
            http::header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'"),
        );
        if self == Self::MethodRefused {
            headers.insert(
                ALLOW,
                HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
            );
        }
        if matches!(self, Self::UpstreamUnreachable) {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        *response.body_mut() = Source::Whole(Bytes::from(body));
        response
    }

    fn json(self) -> String {
        format!(
            "{{\"error\":\"{}\",\"message\":\"{}\"}}\n",
            self.code(),
            self.message()
        )
    }

    fn page(self) -> String {
        let status = self.status();
        format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width\">\n\
             <title>{title}</title>\n\
             <style>:root{{color-scheme:light dark}}body{{font:1rem/1.5 system-ui,sans-serif;\
             max-width:32rem;margin:20vh auto;padding:0 1rem}}</style>\n\
             <h1>{title}</h1>\n<p>{message}</p>\n<p><small>{number} · {code}</small></p>\n",
            title = status.canonical_reason().unwrap_or("Error"),
            message = self.message(),
            number = status.as_u16(),
            code = self.code(),
        )
    }
}

/// Whether a person is looking at a page: what `Accept` names first.
pub(super) fn wants_page(method: &Method, headers: &HeaderMap) -> bool {
    let navigates = headers
        .get("sec-fetch-mode")
        .map(|mode| mode.as_bytes() == b"navigate");
    let accepts = headers
        .get(http::header::ACCEPT)
        .is_some_and(|accept| accept.as_bytes().starts_with(b"text/html"));
    (*method == Method::GET || *method == Method::HEAD || *method == Method::POST)
        && navigates.unwrap_or(accepts)
}
