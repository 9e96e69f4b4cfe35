//! `gatelet preview`: an origin for a branch, with a host name that follows from the
//! branch and users of its own.

use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use clap::{Args, Subcommand};
use gatelet_core::origin_record::{MAIN, Place as CorePlace};
use gatelet_origins::preview::{AppName, Branch, Preview, Ttl};
use gatelet_runtime::store::{Created, Origin, OriginKind, OriginState, Place, StoreError};
use gatelet_settings::Setting;
use gatelet_sign_in::preview_domain::PreviewDomain;

use super::now;
use super::origins::remove;
use super::project::Project;
use super::registry::{Registry, blank, pair, table, time, users};

/// Where the URL of a preview's own database is read from: arguments are seen by
/// everybody on the machine.
const DATABASE_URL: &str = "GATELET_PREVIEW_DATABASE_URL";
/// Times that one is looked at anew, where others change it at the same time.
const TRIES: usize = 5;

#[derive(Debug, Subcommand)]
pub(super) enum Previews {
    /// Make the preview of a branch and print its URL. Where there is one, it is brought to
    /// what is said here; one that has expired is made anew.
    Create(Box<Create>),
    /// Print the previews there are.
    List(List),
    /// Delete the preview of a branch, and its users with it where they are its own.
    Delete(Delete),
    /// Print the URL that the preview of a branch has, whether it is there or not.
    Url(Url),
}

/// Which preview is meant.
#[derive(Debug, Args)]
pub(super) struct Which {
    /// The branch, as the version control spells it.
    branch: String,
    /// The origin that it is a preview of.
    #[arg(long, value_name = "NAME", default_value = MAIN)]
    parent: String,
    #[command(flatten)]
    project: Project,
}

#[derive(Debug, Args)]
pub(super) struct Create {
    #[command(flatten)]
    which: Which,
    /// A setting that differs from the parent's. ${PREVIEW_URL} in it becomes the
    /// preview's URL. What an earlier call said of others stays.
    #[arg(long = "override", value_name = "SETTING=VALUE", value_parser = pair)]
    overrides: Vec<(Setting, String)>,
    /// Use the parent's users and sessions.
    #[arg(long)]
    share_database: bool,
    /// Keep its users in the database whose URL is in GATELET_PREVIEW_DATABASE_URL.
    #[arg(long, conflicts_with = "share_database")]
    own_database: bool,
    /// How long it is kept from now on: 90m, 12h, 14d, 2w [default: as long as was said
    /// before, else until it is deleted].
    #[arg(long, value_name = "TIME", value_parser = ttl)]
    ttl: Option<Ttl>,
    /// Print what was done as one JSON object.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    project: Project,
    /// Print a JSON array, an object for each.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Delete {
    #[command(flatten)]
    which: Which,
    /// Refuse to, unless this is its name.
    #[arg(long, value_name = "NAME")]
    confirm: Option<String>,
    /// No question is asked in any case.
    #[arg(long, hide = true)]
    yes: bool,
}

#[derive(Debug, Args)]
pub(super) struct Url {
    #[command(flatten)]
    which: Which,
}

impl Previews {
    pub(super) fn run(self) -> Result<ExitCode> {
        match self {
            Self::Create(create) => create.run()?,
            Self::List(list) => list.run()?,
            Self::Delete(delete) => delete.run()?,
            Self::Url(url) => {
                let registry = Registry::open(&url.which.project)?;
                outln!("{}", url.which.preview(&registry)?.base_url());
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Which {
    fn preview(&self, registry: &Registry) -> Result<Preview> {
        if self.parent != MAIN {
            registry.required(&self.parent)?;
        }
        let branch = Branch::parse(&self.branch).map_err(|error| anyhow!(error))?;
        let app = AppName::parse(&registry.value(&self.parent, Setting::AppName))
            .map_err(|error| anyhow!(error))?;
        let domain = PreviewDomain::required(&registry.value(&self.parent, Setting::PreviewDomain))
            .map_err(|error| anyhow!(error))?;
        Preview::of(&branch, &app, &domain).map_err(|error| anyhow!(error))
    }

    fn is(&self, origin: &Origin) -> bool {
        origin.kind == OriginKind::Preview
            && origin.branch == self.branch
            && origin.parent == self.parent
    }
}

impl Create {
    fn run(self) -> Result<()> {
        let mut registry = Registry::open(&self.which.project)?;
        let preview = self.which.preview(&registry)?;
        let wanted = self.wanted(&registry, &preview)?;
        let mut tries = 0;
        let done = loop {
            tries += 1;
            let done = match registry.named(preview.name()).cloned() {
                None => self.make(&registry, &wanted),
                Some(there) => self.bring(&registry, there, &wanted),
            };
            match done {
                // Another call of the same is at it.
                Err(error) if is_conflict(&error) && tries < TRIES => registry.look_again()?,
                done => break done?,
            }
        };
        self.say(&preview, &done);
        Ok(())
    }

    /// As it would be if it were new.
    fn wanted(&self, registry: &Registry, preview: &Preview) -> Result<Origin> {
        let place = if self.share_database {
            registry.place(&self.which.parent)?
        } else {
            Place {
                url: self.database_url()?,
                schema: preview.schema().to_owned(),
            }
        };
        let now = now();
        let expires_at = self.ttl.map(|ttl| ttl.expires_at(now));
        let record = preview
            .record(
                &self.which.parent,
                &self.overrides,
                CorePlace::main(),
                now,
                expires_at,
            )
            .map_err(|error| anyhow!("--override {error}"))?;
        let mut origin = blank(
            preview.name(),
            &self.which.parent,
            OriginKind::Preview,
            place,
        );
        origin.branch.clone_from(&self.which.branch);
        origin.values = record.values;
        origin.expires_at = expires_at;
        Ok(origin)
    }

    fn make(&self, registry: &Registry, wanted: &Origin) -> Result<Done> {
        registry.judge(wanted)?;
        let store = registry.store()?;
        let created = store.create_origin(wanted, wanted.created_at);
        match registry.runtime.block_on(created)? {
            Created::New(origin) => Ok(Done {
                what: Did::Created,
                origin,
            }),
            Created::Found(there) => self.bring(registry, there, wanted),
        }
    }

    /// Brings one that is there to what is wanted.
    fn bring(&self, registry: &Registry, there: Origin, wanted: &Origin) -> Result<Done> {
        if !self.which.is(&there) {
            bail!(
                "{} is there, and is no preview of branch {} of {}",
                there.name,
                self.which.branch,
                self.which.parent
            );
        }
        let is_over = there.expires_at.is_some_and(|until| until <= now());
        match there.state {
            // Whose time is over counts as gone, with its users.
            OriginState::Ready if is_over => {
                return self.make_anew(registry, &there, wanted, Did::Revived);
            }
            OriginState::Ready => {}
            // Somebody is at it, or stopped in the middle: either way this helps.
            OriginState::Creating => {
                let store = registry.store()?;
                let created = store.create_origin(wanted, wanted.created_at);
                let (Created::New(origin) | Created::Found(origin)) =
                    registry.runtime.block_on(created)?;
                let done = self.bring(registry, origin, wanted)?;
                let what = match done.what {
                    Did::Nothing => Did::Created,
                    what => what,
                };
                return Ok(Done { what, ..done });
            }
            OriginState::Deleting => {
                return self.make_anew(registry, &there, wanted, Did::Created);
            }
        }
        if there.place != wanted.place {
            bail!(
                "{name} is there, and its users are {}: delete it first with `gatelet preview delete`, or say the same of them as when it was made",
                users(&there.place),
                name = there.name
            );
        }
        let mut origin = there.clone();
        for (name, value) in &wanted.values {
            origin.values.retain(|(known, _)| known != name);
            origin.values.push((name.clone(), value.clone()));
        }
        origin.values.sort();
        if self.ttl.is_some() {
            origin.expires_at = wanted.expires_at;
        }
        let mut before = there.values.clone();
        before.sort();
        let what = if origin.values != before {
            Did::Updated
        } else if origin.expires_at != there.expires_at {
            Did::Extended
        } else {
            Did::Nothing
        };
        if what != Did::Nothing {
            registry.judge(&origin)?;
            let update = registry.store()?.update_origin(there.state, &origin);
            registry.runtime.block_on(update)?;
        }
        Ok(Done { what, origin })
    }

    /// Finishes what was left in the middle, and begins again.
    fn make_anew(
        &self,
        registry: &Registry,
        there: &Origin,
        wanted: &Origin,
        what: Did,
    ) -> Result<Done> {
        registry.judge(wanted)?;
        let store = registry.store()?;
        let created = registry.runtime.block_on(async {
            store.delete_as_seen(there, now()).await?;
            store.create_origin(wanted, wanted.created_at).await
        });
        let (Created::New(origin) | Created::Found(origin)) = created?;
        Ok(Done { what, origin })
    }

    fn say(&self, preview: &Preview, done: &Done) {
        let Done { what, origin } = done;
        let url = preview.base_url();
        if self.json {
            outln!("{}", shown(origin, url.as_str(), Some(*what)));
            return;
        }
        eprintln!(
            "{} {}: users {}, expires {}.",
            match what {
                Did::Created => "Made",
                Did::Updated => "Updated",
                Did::Extended => "Set a new time for",
                Did::Revived => "Its time was over; made anew:",
                Did::Nothing => "Nothing to change at",
            },
            origin.name,
            users(&origin.place),
            time(origin.expires_at)
        );
        outln!("{url}");
    }

    fn database_url(&self) -> Result<String> {
        if !self.own_database {
            return Ok(String::new());
        }
        match std::env::var(DATABASE_URL) {
            Ok(url) if !url.trim().is_empty() => Ok(url.trim().to_owned()),
            _ => bail!("--own-database: set {DATABASE_URL} to the database's URL"),
        }
    }
}

/// What a call did, and to what.
struct Done {
    what: Did,
    origin: Origin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Did {
    Created,
    /// Its settings are others now.
    Updated,
    /// Its time is another now.
    Extended,
    /// Its time was over, and it was made anew.
    Revived,
    Nothing,
}

impl Did {
    /// Stable: programs go by it.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Extended => "extended",
            Self::Revived => "revived",
            Self::Nothing => "unchanged",
        }
    }
}

/// For programs: its fields stay as they are.
fn shown(origin: &Origin, url: &str, did: Option<Did>) -> serde_json::Value {
    let mut shown = serde_json::json!({
        "name": origin.name,
        "branch": origin.branch,
        "parent": origin.parent,
        "url": url,
        "users": users(&origin.place),
        "expires_at": origin.expires_at,
    });
    if let Some(did) = did {
        shown["action"] = did.as_str().into();
    }
    shown
}

fn is_conflict(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(StoreError::Conflict))
}

impl List {
    fn run(self) -> Result<()> {
        let registry = Registry::open(&self.project)?;
        let url = |origin: &Origin| registry.value(&origin.name, Setting::BaseUrl);
        let previews = registry
            .origins
            .iter()
            .filter(|origin| origin.kind == OriginKind::Preview);
        if self.json {
            let all: Vec<_> = previews
                .map(|origin| shown(origin, &url(origin), None))
                .collect();
            outln!("{}", serde_json::Value::from(all));
            return Ok(());
        }
        let heading = ["BRANCH", "URL", "USERS", "EXPIRES"];
        let mut rows = vec![heading.map(str::to_owned).to_vec()];
        for origin in previews {
            let parents = registry.place(&origin.parent);
            let users = if parents.is_ok_and(|place| place == origin.place) {
                format!("SHARED with {}", origin.parent)
            } else if origin.place.url.is_empty() {
                "its own".to_owned()
            } else {
                "own database".to_owned()
            };
            rows.push(vec![
                cut(&origin.branch, BRANCH_WIDTH),
                url(origin),
                users,
                time(origin.expires_at),
            ]);
        }
        out!("{}", narrow(rows));
        Ok(())
    }
}

/// Of a branch, as far as a list shows it.
const BRANCH_WIDTH: usize = 24;
/// Of a list, where its URLs are not longer.
const LIST_WIDTH: usize = 100;

/// Control characters are none in a branch; those that turn lines round may be.
fn cut(text: &str, width: usize) -> String {
    let plain = |character: char| match character {
        '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '?',
        other => other,
    };
    let mut shown: String = text.chars().map(plain).take(width).collect();
    if text.chars().nth(width).is_some() {
        shown.pop();
        shown.push('…');
    }
    shown
}

/// The table; where it would be too wide, each URL on a line of its own below the rest.
fn narrow(mut rows: Vec<Vec<String>>) -> String {
    let text = table(&rows);
    if text.lines().all(|line| line.chars().count() <= LIST_WIDTH) {
        return text;
    }
    let urls: Vec<String> = rows.iter_mut().map(|row| row.remove(1)).collect();
    let text = table(&rows);
    let lines = text.lines().zip(&urls);
    lines
        .map(|(line, url)| format!("{line}\n  {url}\n"))
        .collect()
}

impl Delete {
    fn run(self) -> Result<()> {
        let registry = Registry::open(&self.which.project)?;
        let all = registry.origins.iter();
        let mut found: Vec<_> = all.filter(|origin| self.which.is(origin)).collect();
        if let Some(name) = &self.confirm {
            found.retain(|origin| origin.name == *name);
            let preview = self.which.preview(&registry)?;
            if found.is_empty() && preview.name() != name {
                bail!(
                    "--confirm: the preview of {} is {}",
                    self.which.branch,
                    preview.name()
                );
            }
        }
        if found.is_empty() {
            outln!("{}: it has no preview.", self.which.branch);
        }
        for origin in found {
            outln!("{}", remove(&registry, origin)?);
        }
        Ok(())
    }
}

fn ttl(text: &str) -> Result<Ttl, String> {
    Ttl::parse(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(branch: &str, url: &str) -> Vec<Vec<String>> {
        let own = [
            &cut(branch, BRANCH_WIDTH),
            url,
            "SHARED with main",
            "in 14 days",
        ];
        let rows = [["BRANCH", "URL", "USERS", "EXPIRES"], own];
        let owned = rows.map(|row| row.map(str::to_owned).to_vec());
        owned.to_vec()
    }

    #[test]
    fn a_list_fits_a_hundred_columns_whatever_branches_are_called() {
        let short = "http://feat-cart-8wqqd6b2usxh--shop.localhost:3000";
        let long = format!("https://{}.previews.example.com", "x".repeat(63));
        for branch in ["feat/cart", &"\u{65e5}".repeat(1000), "\u{202e}a"] {
            for url in [short, &long] {
                let text = narrow(rows(branch, url));
                for line in text.lines() {
                    assert!(line.chars().count() <= LIST_WIDTH, "{line}");
                }
                assert!(text.contains(url) && !text.contains('\u{202e}'), "{text}");
            }
        }
    }

    #[test]
    fn what_programs_read_of_a_preview_stays_as_it_is() {
        let place = Place {
            url: "postgres://u:hunter2@h/d".to_owned(),
            schema: "preview_feat__shop".to_owned(),
        };
        let mut origin = blank("feat--shop", MAIN, OriginKind::Preview, place);
        origin.branch = "feat".to_owned();
        origin.expires_at = Some(5);
        let shown = shown(
            &origin,
            "https://feat--shop.example.com",
            Some(Did::Revived),
        );
        let expected = serde_json::json!({
            "action": "revived",
            "name": "feat--shop",
            "branch": "feat",
            "parent": "main",
            "url": "https://feat--shop.example.com",
            "users": "schema preview_feat__shop of a database of its own",
            "expires_at": 5,
        });
        assert_eq!(shown, expected);
    }

    #[test]
    fn the_pipelines_of_the_examples_say_what_this_program_takes() {
        use clap::Parser as _;
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/ci");
        for (file, expected) in [("github.yml", 2), ("gitlab.yml", 2)] {
            let text = std::fs::read_to_string(folder.join(file)).expect(file);
            let calls = text.lines().filter_map(|line| {
                let (_, call) = line.split_once("gatelet/gatelet ")?;
                Some(call.split(" > ").next().unwrap_or(call))
            });
            let calls: Vec<&str> = calls.collect();
            assert_eq!(calls.len(), expected, "{file}");
            for call in calls {
                let words = call.split_whitespace().map(|word| word.trim_matches('"'));
                let parsed =
                    crate::cli::Arguments::try_parse_from(std::iter::once("gatelet").chain(words));
                assert!(parsed.is_ok(), "{file}: {call}: {parsed:?}");
            }
        }
    }
}
