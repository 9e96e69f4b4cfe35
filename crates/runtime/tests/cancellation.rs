//! Whoever leaves, at whatever moment, leaves nothing behind: the next request is
//! served, and no place, transaction or lock is held. By the components as they are
//! shipped: a sign-in reads a body, asks the store, has a password hashed and writes.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use gatelet_runtime::manifest::Manifest;
use gatelet_runtime::{Body, Components, Computing, RunOptions, Unanswered, Variables};
use http::{Request, Response, header};
use http_body_util::{BodyExt as _, Full};

/// Longer than anything takes that works, so a failure is never a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);
const BASE_URL: &str = "http://localhost:3000";
/// Random, and used nowhere else.
const KEY: &str = "k1:Zq8wE3rT5yU7iO9pA1sD2fG4hJ6kL8zX0cV3bN5mQ7w";

struct App {
    components: Arc<Components>,
    _folder: tempfile::TempDir,
}

/// What goes back with a form.
#[derive(Clone)]
struct Form {
    path: &'static str,
    cookies: String,
    csrf: String,
}

impl App {
    fn new(computing: Computing) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let manifest = Manifest::read(&root.join("spin.toml")).expect("our manifest");
        let set = [("session_keys", KEY), ("base_url", BASE_URL)];
        let defaults = manifest.variables.iter();
        let defaults = defaults.filter_map(|(name, variable)| {
            let default = variable.default.clone()?;
            Some((name.clone(), default))
        });
        let set = set.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let variables = Variables::from(defaults.chain(set).collect::<BTreeMap<_, _>>());
        let folder = tempfile::tempdir().expect("a folder");
        let mut options = RunOptions::beside(folder.path());
        options.cache_folder = Some(root.join("target/tmp/compiled"));
        options.computing = computing;
        options.room.waiting = 4;
        let components = Components::load(&manifest, &variables, &options);
        Self {
            components: components.expect("they load"),
            _folder: folder,
        }
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Response<Body>, Unanswered> {
        let request = request.map(|body| body.map_err(|never| match never {}).boxed_unsync());
        let auth = self.components.named("auth").expect("the manifest has one");
        auth.handle(request, None).await
    }

    /// A page's form, fetched as a browser would.
    async fn form(&self, path: &'static str) -> Form {
        let page = loop {
            let request = Request::get(format!("{BASE_URL}{path}"))
                .header(header::HOST, "localhost:3000")
                .header(header::ACCEPT, "text/html")
                .body(Full::default());
            match self.send(request.expect("a request")).await {
                // Those who left last leave their places at the next tick, and where
                // processors are busy a tick is late.
                Err(Unanswered::Full) => tokio::time::sleep(Duration::from_millis(20)).await,
                answer => break answer.expect("an answer"),
            }
        };
        assert_eq!(page.status(), 200, "{path}");
        let cookies: Vec<_> = page
            .headers()
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|cookie| cookie.to_str().ok()?.split(';').next())
            .map(str::to_owned)
            .collect();
        let html = page.into_body().collect().await.expect("a body").to_bytes();
        let html = String::from_utf8_lossy(&html);
        let (_, after) = html.split_once("name=\"csrf\" value=\"").expect("a token");
        let (csrf, _) = after.split_once('"').expect("its end");
        Form {
            path,
            cookies: cookies.join("; "),
            csrf: csrf.to_owned(),
        }
    }

    async fn submit(&self, form: Form, email: &str, password: &str) -> Result<u16, Unanswered> {
        let Form {
            path,
            cookies,
            csrf,
        } = form;
        let body = format!(
            "csrf={csrf}&return_to=/&name=Ann&email={}&password={}",
            email.replace('@', "%40"),
            password.replace(' ', "+")
        );
        let request = Request::post(format!("{BASE_URL}{path}"))
            .header(header::HOST, "localhost:3000")
            .header(header::ORIGIN, BASE_URL)
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, cookies)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::from(body));
        let answer = self.send(request.expect("a request")).await?;
        Ok(answer.status().as_u16())
    }
}

async fn served<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, what)
        .await
        .expect("the next request is served")
}

/// Leaves at moments that are spread over how long a whole request takes.
async fn left_at_every_moment(app: &App, path: &'static str) {
    let form = served(app.form(path)).await;
    let started = Instant::now();
    let whole = app.submit(form.clone(), "first@example.com", "wrong horse battery 9x");
    served(whole).await.expect("an answer");
    let whole = started.elapsed();
    for moment in 0..40_u32 {
        let email = format!("ann{moment}@example.com");
        // More at once than there is room for, if one of them stayed.
        let some = (0..4).map(|_| {
            let submitted = app.submit(form.clone(), &email, "correct horse battery 9x");
            tokio::time::timeout(whole * moment / 30, submitted)
        });
        for answer in futures::future::join_all(some).await.into_iter().flatten() {
            // Those of the moment before may not be out yet.
            let told = answer.as_ref().err();
            assert!(matches!(told, None | Some(Unanswered::Full)), "{told:?}");
        }
    }
}

async fn nothing_is_left_behind(computing: Computing) {
    let app = App::new(computing);
    for path in ["/auth/sign-in", "/auth/sign-up"] {
        left_at_every_moment(&app, path).await;
    }
    let form = served(app.form("/auth/sign-up")).await;
    let made = app.submit(form, "bob@example.com", "correct horse battery 9x");
    assert_eq!(
        served(made).await.expect("an answer"),
        303,
        "an account is written"
    );
    let form = served(app.form("/auth/sign-in")).await;
    let known = app.submit(form.clone(), "bob@example.com", "correct horse battery 9x");
    assert_eq!(served(known).await.expect("an answer"), 303);
    let wrong = app.submit(form, "bob@example.com", "wrong horse battery 9x");
    assert_eq!(served(wrong).await.expect("an answer"), 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_leaves_nothing_behind_where_passwords_are_hashed_natively() {
    nothing_is_left_behind(Computing::Native).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_leaves_leaves_nothing_behind_where_a_component_hashes_as_on_spin() {
    nothing_is_left_behind(Computing::Component).await;
}
