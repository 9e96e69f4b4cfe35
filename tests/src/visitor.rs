//! How does a visitor without a browser ask? With a cookie jar, absolute URLs,
//! and headers as a browser would send them where a test says so. Redirects are
//! followed only on request.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{COOKIE, HOST, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::rustls::ClientConfig;
use url::Url;

use crate::cookie_jar::{Cookie, CookieJar};
use crate::cookie_name;
use crate::form::Form;
use crate::response::Response;
use crate::runtime::{handle, run};
use crate::secrets;

pub mod tls;
mod web_socket;

const LIMIT: Duration = Duration::from_secs(60);

/// One visitor with cookies of their own.
#[derive(Debug)]
pub struct Visitor {
    home: Url,
    /// Origins that are served elsewhere: TLS ends before the server under test,
    /// or the name is not in any DNS.
    served_at: HashMap<String, SocketAddr>,
    /// Origins that are served elsewhere by something that ends TLS itself.
    encrypted_at: HashMap<String, SocketAddr>,
    /// Where connections come from, unless it does not matter.
    address: Option<IpAddr>,
    /// What a proxy in front says of where they come from.
    forwarded_for: Option<String>,
    /// Speaks TLS to `https` origins that are not in `served_at`.
    tls: Option<Arc<ClientConfig>>,
    jar: Mutex<CookieJar>,
}

impl Visitor {
    /// Somebody who starts at this base URL.
    pub fn new(home: &str) -> Self {
        Self {
            home: Url::parse(home).expect("a base URL"),
            served_at: HashMap::new(),
            encrypted_at: HashMap::new(),
            address: None,
            forwarded_for: None,
            tls: None,
            jar: Mutex::default(),
        }
    }

    /// Connects here for an origin (`https://app.example`), in plain HTTP, as a
    /// TLS terminator in front would.
    #[must_use]
    pub fn served_at(mut self, origin: &str, address: SocketAddr) -> Self {
        self.served_at.insert(origin.to_owned(), address);
        self
    }

    /// Connects here for an `https` origin and speaks TLS: a proxy listens there.
    #[must_use]
    pub fn encrypted_at(mut self, origin: &str, address: SocketAddr) -> Self {
        self.encrypted_at.insert(origin.to_owned(), address);
        self
    }

    /// Comes from this address of the machine.
    #[must_use]
    pub fn from_address(mut self, address: IpAddr) -> Self {
        self.address = Some(address);
        self
    }

    /// Comes by way of a proxy that says this in `X-Forwarded-For`.
    #[must_use]
    pub fn forwarded_for(mut self, chain: &str) -> Self {
        self.forwarded_for = Some(chain.to_owned());
        self
    }

    /// Speaks TLS to `https` origins and trusts this certificate (PEM) alone.
    #[must_use]
    pub fn trusting(mut self, certificate: &Path) -> Self {
        self.tls = Some(tls::trusting(certificate));
        self
    }

    /// The same profile, in another visitor's hands.
    pub fn with_cookies_of(self, other: &Self) -> Self {
        *self.jar.lock().expect("not held across a failure") = other.jar();
        self
    }

    /// A copy of the jar.
    pub fn jar(&self) -> CookieJar {
        self.jar.lock().expect("not held across a failure").clone()
    }

    /// Changes the jar.
    pub fn change_jar(&self, change: impl FnOnce(&mut CookieJar)) {
        change(&mut self.jar.lock().expect("not held across a failure"));
    }

    /// The cookie of this name, if there is one.
    pub fn cookie(&self, name: &str) -> Option<Cookie> {
        self.jar().get(name).cloned()
    }

    /// The base URL without the trailing slash: what browsers send as `Origin`.
    pub fn origin(&self) -> String {
        self.home.origin().ascii_serialization()
    }

    /// Begins a request; `target` is a path of the home origin or a whole URL.
    pub fn request(&self, method: Method, target: &str) -> Request<'_> {
        let url = self.home.join(target).expect("a path or URL");
        Request {
            visitor: self,
            method,
            target: None,
            url,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            cookies: true,
        }
    }

    /// A request by a script: no `Sec-Fetch-Mode`, no preference.
    pub fn get(&self, target: &str) -> Request<'_> {
        self.request(Method::GET, target)
    }

    /// What a browser sends when a person follows a link.
    pub fn visit(&self, target: &str) -> Request<'_> {
        self.get(target)
            .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document")
            .header("sec-fetch-site", "same-origin")
    }

    /// What a browser sends when a person submits a form.
    pub fn submit(&self, form: &Form, page: &Url) -> Request<'_> {
        let url = page.join(&form.action).expect("a form action");
        self.request(Method::POST, url.as_str())
            .header("accept", "text/html,*/*;q=0.8")
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-site", "same-origin")
            .header("origin", &page.origin().ascii_serialization())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.encoded())
    }

    /// What a browser sends when a page of another site has posted a form to here by itself:
    /// our cookies stay away (SameSite=Lax).
    pub fn posted_by(&self, site: &str, target: &str, form: String) -> Request<'_> {
        self.request(Method::POST, target)
            .header("accept", "text/html,*/*;q=0.8")
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-site", "cross-site")
            .header("origin", site)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form)
            .without_cookies()
    }

    /// A connection to whoever serves this URL, encrypted where it has to be.
    async fn connect(&self, url: &Url) -> Result<Box<dyn tls::Stream>, String> {
        let origin = url.origin().ascii_serialization();
        let elsewhere = self.served_at.get(&origin);
        let elsewhere = elsewhere.or_else(|| self.encrypted_at.get(&origin));
        let address = elsewhere.copied().unwrap_or_else(|| {
            let port = url.port_or_known_default().expect("http has a port");
            SocketAddr::from(([127, 0, 0, 1], port))
        });
        let connected = match self.address {
            None => TcpStream::connect(address).await,
            Some(from) => {
                let socket = TcpSocket::new_v4().expect("a socket");
                socket.bind((from, 0).into()).expect("loopback is wide");
                socket.connect(address).await
            }
        };
        let stream = connected.map_err(|error| format!("{address}: {error}"))?;
        let encrypted = url.scheme() == "https" && !self.served_at.contains_key(&origin);
        match &self.tls {
            Some(config) if encrypted => tls::over(config.clone(), url, stream).await,
            _ => Ok(Box::new(stream)),
        }
    }

    /// Follows redirects as a browser would, to the first answer that is none.
    #[track_caller]
    pub fn follow(&self, first: Response) -> Response {
        let mut answer = first;
        for _ in 0..20 {
            let next = match (answer.status.is_redirection(), answer.refresh()) {
                (true, _) => answer.header("location"),
                (false, Some(next)) => next,
                (false, None) => return answer,
            };
            let next = answer.url.join(next);
            let next = next.unwrap_or_else(|_| panic!("{}", answer.description()));
            answer = self.visit(next.as_str()).send();
        }
        panic!("redirected 20 times: {}", answer.description());
    }
}

/// A request in the making.
#[derive(Debug)]
pub struct Request<'a> {
    visitor: &'a Visitor,
    method: Method,
    target: Option<String>,
    url: Url,
    headers: HeaderMap,
    body: Bytes,
    cookies: bool,
}

impl Request<'_> {
    /// Adds a field; names of our cookies as they are here ([`cookie_name`]).
    #[must_use]
    pub fn header(self, name: &str, value: &str) -> Self {
        if name == "cookie" {
            let value = cookie_name::at(&self.url, value);
            return self.header_bytes(name, value.as_bytes());
        }
        self.header_bytes(name, value.as_bytes())
    }

    /// Adds a field just as it is, also one whose value is no text.
    #[must_use]
    pub fn header_bytes(mut self, name: &str, value: &[u8]) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a field name");
        let value = HeaderValue::from_bytes(value).expect("a field value");
        self.headers.append(name, value);
        self
    }

    /// Takes fields of this name away again.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// Sends this content.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends this request target as it is, where parsing a URL would tidy it.
    #[must_use]
    pub fn exact_target(mut self, target: &str) -> Self {
        self.target = Some(target.to_owned());
        self
    }

    /// Neither sends nor keeps cookies of the jar.
    #[must_use]
    pub fn without_cookies(mut self) -> Self {
        self.cookies = false;
        self
    }

    /// Sends it and waits for the whole answer.
    #[track_caller]
    pub fn send(self) -> Response {
        let what = format!("{} {}", self.method, self.url);
        self.try_send()
            .unwrap_or_else(|error| panic!("{what}: {error}"))
    }

    /// Sends it; the error is the connection's.
    pub fn try_send(mut self) -> Result<Response, String> {
        let visitor = self.visitor;
        if self.cookies
            && let Some(cookies) = visitor.jar().header(&self.url)
        {
            self.headers
                .append(COOKIE, HeaderValue::from_str(&cookies).expect("cookies"));
        }
        if let Some(chain) = &visitor.forwarded_for {
            let chain = HeaderValue::from_str(chain).expect("addresses");
            self.headers.append("x-forwarded-for", chain);
        }
        let (url, keep) = (self.url.clone(), self.cookies);
        let answer = run(async {
            timeout(LIMIT, self.exchange())
                .await
                .map_err(|_| format!("no answer in {LIMIT:?}"))?
        })?;
        for value in answer.headers.get_all(SET_COOKIE) {
            let value = String::from_utf8_lossy(value.as_bytes());
            secrets::note_set_cookie(&value);
            if keep {
                visitor.change_jar(|jar| {
                    jar.keep(&url, &value);
                });
            }
        }
        secrets::note_answer(&answer);
        Ok(answer)
    }

    async fn exchange(self) -> Result<Response, String> {
        let said = |error: hyper::Error| format!("{error:?}");
        let stream = self.visitor.connect(&self.url).await?;
        let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
            .max_buf_size(1 << 20)
            .handshake(TokioIo::new(stream))
            .await
            .map_err(said)?;
        handle().spawn(connection);

        let target = self.target.unwrap_or_else(|| match self.url.query() {
            Some(query) => format!("{}?{query}", self.url.path()),
            None => self.url.path().to_owned(),
        });
        let mut request = http::Request::builder()
            .method(self.method)
            .uri(target)
            .body(Full::new(self.body))
            .map_err(|error| error.to_string())?;
        *request.headers_mut() = self.headers;
        if !request.headers().contains_key(HOST) {
            let host = match self.url.port() {
                Some(port) => format!("{}:{port}", self.url.host_str().unwrap_or_default()),
                None => self.url.host_str().unwrap_or_default().to_owned(),
            };
            let host = HeaderValue::from_str(&host).expect("a host");
            request.headers_mut().insert(HOST, host);
        }

        let (head, body) = sender
            .send_request(request)
            .await
            .map_err(said)?
            .into_parts();
        let (head_came, mut arrivals) = (Instant::now(), Vec::new());
        let body = body.map_frame(|frame| {
            arrivals.push(head_came.elapsed());
            frame
        });
        let content = body.collect().await.map_err(said)?;
        Ok(Response {
            url: self.url,
            status: head.status,
            headers: head.headers,
            trailers: content.trailers().cloned().unwrap_or_default(),
            body: content.to_bytes().to_vec(),
            arrivals,
        })
    }
}
