//! Does anybody notice when hundreds of previews are swept away?

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use gatelet_tests::account::{Account, signed_in};
use gatelet_tests::cases::Engine;
use gatelet_tests::postgres::Database;
use gatelet_tests::upstream::Upstream;

use super::{preview, production};

/// Expired previews, each with a schema of ours and tables: more than are looked at
/// together.
const EXPIRED: u32 = 220;
/// Longest that a request may wait while they go: one in a thousand may be longer, for
/// the machine has other tests to run, and none for as long as `LIMIT`.
const PATIENCE: Duration = Duration::from_secs(2);
const LIMIT: Duration = Duration::from_secs(10);
/// By then all of them are gone. They are dropped one after the other, with as long a
/// breath between two.
const WINDOW: Duration = Duration::from_secs(120);

#[test]
fn requests_keep_flowing_while_hundreds_of_expired_previews_are_swept() {
    let upstream = Upstream::start();
    let mut gatelet = production(Engine::Postgres)
        .upstream(&upstream)
        .variable("limits", "off")
        .start();
    let (_, kept) = preview(&gatelet, &["kept"]);
    let account = Account::new("Ada Lovelace");
    account.sign_up(&kept, "/").expect(303);
    let (main, _) = signed_in(&gatelet);
    gatelet.database().execute(&format!(
        "INSERT INTO auth_origins (name, parent, kind, state, branch, settings, schema_name, sealed_url, created_at, expires_at, host, own_schema) \
         SELECT 'e' || n || '--shop', 'main', 'preview', 'ready', 'e' || n, \
                '{{\"base_url\":\"http://e' || n || '--shop.previews.localhost\"}}', 'preview_e' || n || '__shop', '', 1, 2, 'e' || n || '--shop.previews.localhost', 'preview_e' || n || '__shop' \
         FROM generate_series(1, {EXPIRED}) AS n; \
         DO $$ BEGIN FOR n IN 1..{EXPIRED} LOOP \
             EXECUTE format('CREATE SCHEMA preview_e%s__shop', n); \
             EXECUTE format('COMMENT ON SCHEMA preview_e%s__shop IS %L', n, obj_description(to_regnamespace('preview_kept__shop'))); \
             EXECUTE format('CREATE TABLE preview_e%s__shop.auth_users (id TEXT PRIMARY KEY, email TEXT UNIQUE)', n); \
             EXECUTE format('CREATE TABLE preview_e%s__shop.auth_sessions (id TEXT PRIMARY KEY)', n); \
             EXECUTE format('CREATE TABLE preview_e%s__shop.auth_migrations AS TABLE preview_kept__shop.auth_migrations', n); \
             EXECUTE format('CREATE TABLE preview_e%s__shop.auth_tenants (LIKE preview_kept__shop.auth_tenants INCLUDING ALL)', n); \
             EXECUTE format('INSERT INTO preview_e%s__shop.auth_tenants VALUES (%L, 1)', n, 'e' || n || '--shop@1'); \
         END LOOP; END $$; \
         UPDATE auth_origins_revision SET revision = revision + 1"
    ));
    assert_eq!(left(gatelet.database()), EXPIRED);
    // What has expired is swept at the start, and every ten minutes.
    gatelet.restart();
    let gatelet = &gatelet;
    let over = &AtomicBool::new(false);
    let ((requests, slow, worst), swept) = std::thread::scope(|scope| {
        let visitors: Vec<_> = (0..4)
            .map(|number| {
                let (kept, main, account) = (&kept, &main, &account);
                scope.spawn(move || {
                    let (mut requests, mut slow, mut worst) = (0_u32, 0_u32, Duration::ZERO);
                    let began = Instant::now();
                    while !over.load(SeqCst) && began.elapsed() < 2 * WINDOW {
                        let start = Instant::now();
                        match number {
                            0 => drop(main.get("/x").send().expect(200)),
                            1 => drop(kept.get("/x").send().expect(200)),
                            2 => drop(kept.get("/auth/me").send().expect(200)),
                            _ => {
                                let page = gatelet.visitor();
                                drop(account.sign_in(&page, "/").expect(401));
                            }
                        }
                        worst = worst.max(start.elapsed());
                        slow += u32::from(start.elapsed() > PATIENCE);
                        requests += 1;
                        std::thread::sleep(Duration::from_millis(5));
                    }
                    (requests, slow, worst)
                })
            })
            .collect();
        let start = Instant::now();
        let mut last = left(gatelet.database());
        while last > 0 && start.elapsed() < WINDOW {
            std::thread::sleep(Duration::from_millis(500));
            last = left(gatelet.database());
        }
        over.store(true, SeqCst);
        let told = visitors
            .into_iter()
            .map(|visitor| visitor.join().expect("no request fails"));
        let told = told.fold((0, 0, Duration::ZERO), |sum, one| {
            (sum.0 + one.0, sum.1 + one.1, sum.2.max(one.2))
        });
        (told, EXPIRED - last)
    });
    println!("{swept} swept, {requests} requests, the slowest took {worst:?}");
    assert_eq!(swept, EXPIRED);
    assert!(requests > 200, "{requests} requests");
    assert!(slow * 1000 <= requests, "{slow} of {requests} waited");
    assert!(worst < LIMIT, "somebody waited {worst:?}");
    // They went with all that was theirs, and nobody else's did.
    let schemas = "SELECT string_agg(schema_name, ' ') FROM information_schema.schemata WHERE schema_name LIKE 'preview\\_%'";
    assert_eq!(
        gatelet.database().value(schemas).as_deref(),
        Some("preview_kept__shop")
    );
}

/// How many have yet to go.
fn left(database: &Database) -> u32 {
    let count = "SELECT count(*) FROM auth_origins WHERE expires_at IS NOT NULL";
    let count = database.value(count).expect("a number");
    count.parse().expect("a number")
}
