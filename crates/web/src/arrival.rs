//! One request, arrived: what it is, at which origin, when, and from whom. Pages ask
//! it for what they need.

use gatelet_core::base_url::BaseUrl;
use gatelet_core::cookie::{CookieAge, CookieNames, TRIES_MAX};
use gatelet_core::error::Code;
use gatelet_core::forwarded::ClientAddress;
use gatelet_core::key::KeyRing;
use gatelet_core::origin::Origin;
use gatelet_core::session::Lifetimes;
use gatelet_forms::{
    Brings, CSRF_FIELD, CsrfSeed, Form, FormCode, FormLimits, FormPurpose, FormRefusal,
    is_form_content_type, judge_caller, judge_source, judge_token,
};
use gatelet_ports::store::types::Place;
use gatelet_wasi::random;
use wasip3::http_compat::IncomingRequestBody;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::log;
use crate::problem::{Explain, Problem};
use crate::request::{BodyError, Head, read};

/// The most of a body that is read, in bytes.
const BODY_LIMIT_BYTES: usize = 64 * 1024;
/// Longest request id that goes into the log.
const REQUEST_ID_MAX_BYTES: usize = 128;
const CSRF_COOKIE: &str = "csrf";

/// One request.
pub struct Arrival<'a> {
    /// What it is.
    pub head: &'a Head,
    /// Where it came to.
    pub origin: &'a Origin,
    /// The keys that sign cookies.
    pub keys: &'a KeyRing,
    /// Unix seconds.
    pub now: u64,
    /// Whose request it is, as far as anybody we believe can tell.
    pub client: Option<ClientAddress>,
}

impl<'a> Arrival<'a> {
    /// Scheme, host and port that visitors see.
    #[must_use]
    pub fn base_url(&self) -> &'a BaseUrl {
        self.origin.base_url()
    }

    /// What sessions here are good for.
    #[must_use]
    pub fn audience(&self) -> &'a str {
        self.origin.audience()
    }

    /// How long sessions last.
    #[must_use]
    pub fn lifetimes(&self) -> &'a Lifetimes {
        self.origin.lifetimes()
    }

    /// Where users and sessions are.
    #[must_use]
    pub fn place(&self) -> Place {
        self.origin.place().into()
    }

    /// Names and attributes of our cookies here.
    #[must_use]
    pub fn cookie_names(&self) -> &'a CookieNames {
        self.origin.cookies()
    }

    /// Who asks and by which request, for a line of the log that says what was refused:
    /// nobody's email, which is in no line.
    #[must_use]
    pub fn trace(&self) -> String {
        let mut trace = match self.client {
            Some(client) => format!("from {}", client.ip()),
            None => "from nobody known".to_owned(),
        };
        let id = self.head.field("x-request-id");
        // On Spin it is the visitor's own, and must not read as more of the line.
        let is_one_word = |id: &&str| {
            (1..=REQUEST_ID_MAX_BYTES).contains(&id.len())
                && id
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        if let Some(id) = id.filter(is_one_word) {
            trace.push_str(" request ");
            trace.push_str(id);
        }
        trace
    }

    /// Every cookie that came along and is text.
    pub fn cookies(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.head.cookies()
    }

    /// Values of the cookie that [`Self::set_own_cookie`] sets under this name, as many as
    /// a signature is worth checking of.
    pub fn own_cookies(&self, what: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let name = self.cookie_names().host_only().named(what);
        let values = self.cookies().filter(move |(cookie, _)| *cookie == name);
        values.map(|(_, value)| value).take(TRIES_MAX)
    }

    /// A `Set-Cookie` value for this host alone: a sibling who shares sessions neither reads
    /// it nor sets it.
    #[must_use]
    pub fn set_own_cookie(&self, what: &str, value: &str, age: CookieAge) -> String {
        let names = self.cookie_names().host_only();
        names.set(&names.named(what), value, age)
    }

    /// The query, decoded. Links are written by others too: one that does not
    /// parse says nothing, and is no reason to show no page.
    #[must_use]
    pub fn query(&self) -> Form {
        Form::parse(self.head.query().as_bytes()).unwrap_or_default()
    }

    /// The form that one of our own pages sent; its token is judged by the flow.
    pub async fn own_form<P: Explain>(
        &self,
        body: IncomingRequestBody,
    ) -> Result<Form, Failure<P>> {
        self.judge_source()?;
        self.form(body).await
    }

    /// The same of a form with a field for a long text, of which nothing is left behind
    /// here.
    pub async fn own_long_form<P: Explain>(
        &self,
        body: IncomingRequestBody,
        limits: FormLimits,
    ) -> Result<Form, Failure<P>> {
        self.judge_source()?;
        let encoded = self.encoded(body, limits.bytes).await?;
        Ok(Form::parse_within(&Zeroizing::new(encoded), limits)?)
    }

    /// Whether the form comes from a page of this origin, by what the browser says of it.
    fn judge_source(&self) -> Result<(), FormRefusal> {
        let head = self.head.core();
        let all = |name| head.values(name).collect::<Vec<_>>();
        let (site, origin) = (all("sec-fetch-site"), all("origin"));
        judge_source(self.base_url().as_str(), &site, &origin)
    }

    /// Whether a call that has no token of a page comes from here, or acts for nobody.
    pub fn judge_caller(&self) -> Result<(), FormRefusal> {
        let head = self.head.core();
        let all = |name| head.values(name).collect::<Vec<_>>();
        let (site, origin) = (all("sec-fetch-site"), all("origin"));
        let brings = match self.cookies().next() {
            Some(_) => Brings::Cookies,
            None => Brings::Nothing,
        };
        judge_caller(self.base_url().as_str(), &site, &origin, brings)
    }

    /// A body, whatever it is.
    pub async fn body<P: Explain>(
        &self,
        body: IncomingRequestBody,
    ) -> Result<Zeroizing<Vec<u8>>, Failure<P>> {
        let read = read(body, BODY_LIMIT_BYTES).await;
        read.map(Zeroizing::new).map_err(unread)
    }

    /// A form, whoever sent it.
    pub async fn form<P: Explain>(&self, body: IncomingRequestBody) -> Result<Form, Failure<P>> {
        Ok(Form::parse(&self.encoded_form(body).await?)?)
    }

    /// A form that somebody else's page sent, for whoever reads such ones.
    pub async fn encoded_form<P: Explain>(
        &self,
        body: IncomingRequestBody,
    ) -> Result<Vec<u8>, Failure<P>> {
        self.encoded(body, BODY_LIMIT_BYTES).await
    }

    async fn encoded<P: Explain>(
        &self,
        body: IncomingRequestBody,
        limit_bytes: usize,
    ) -> Result<Vec<u8>, Failure<P>> {
        let content_type = self.head.field("content-type").unwrap_or_default();
        if !is_form_content_type(content_type) {
            log::note(
                FormCode::Malformed.as_str(),
                "not a form by its content type",
            );
            return Err(P::from(Problem::Form(FormCode::Malformed)).into());
        }
        let body = read(body, limit_bytes).await;
        body.map_err(unread)
    }

    /// Judges a form's token against the browser's cookie.
    pub fn judge_csrf_token(
        &self,
        form: impl FormPurpose,
        typed: &Form,
    ) -> Result<(), FormRefusal> {
        let seeds = self.own_cookies(CSRF_COOKIE);
        judge_token(self.keys, seeds, form, typed.text(CSRF_FIELD))
    }

    /// A token for a form, and a cookie to set where the browser has none yet.
    /// One that is there is kept, or forms in other tabs would go stale.
    #[must_use]
    pub fn csrf(&self, form: impl FormPurpose) -> (String, Option<String>) {
        let ([token], cookie) = self.csrf_each([form]);
        (token, cookie)
    }

    /// The same for several forms on one page.
    #[must_use]
    pub fn csrf_each<const N: usize>(
        &self,
        forms: [impl FormPurpose; N],
    ) -> ([String; N], Option<String>) {
        let known = self.own_cookies(CSRF_COOKIE).find_map(CsrfSeed::parse);
        let (seed, cookie) = match known {
            Some(seed) => (seed, None),
            None => {
                let seed = CsrfSeed::from_random(random::bytes());
                let age = CookieAge::BrowserSession;
                let cookie = self.set_own_cookie(CSRF_COOKIE, &seed.to_cookie(), age);
                (seed, Some(cookie))
            }
        };
        (forms.map(|form| seed.token(self.keys, form)), cookie)
    }
}

fn unread<P: Explain>(error: BodyError) -> Failure<P> {
    P::from(match error {
        BodyError::TooLarge => Problem::Form(FormCode::TooLarge),
        BodyError::Broken => Problem::Denied(Code::RequestMalformed),
    })
    .into()
}
