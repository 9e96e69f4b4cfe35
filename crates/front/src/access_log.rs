//! What did each request come to, in one line?
//!
//! `tracing` formats and writes under a lock on the thread that serves; for one
//! line a request that is a tenth of the time the request takes. So workers
//! format into a buffer of their own and hand whole buffers to one writing
//! thread. If that falls behind, lines are lost and counted, never waited for.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::Write;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gatelet_core::printable::Printable;

use super::metrics::Shard;
use super::options::AccessLogFormat;

/// Buffers that may wait for the writer, of about 16 KiB each.
const WAITING_BUFFERS: usize = 256;
const BUFFER_BYTES: usize = 16 * 1024;
/// Longer paths are cut in the log.
const PATH_BYTES: usize = 512;

/// What a line tells. Never a query, a cookie or another field's value.
pub(super) struct Line<'a> {
    pub(super) request_id: &'a str,
    pub(super) method: &'a str,
    /// As judged: a listed proxy's word, or else the request's.
    pub(super) host: &'a str,
    pub(super) path: &'a str,
    pub(super) status: u16,
    pub(super) took: Duration,
    pub(super) body_bytes: u64,
    /// From the request's hand-over to the upstream's response head.
    pub(super) upstream: Option<Duration>,
    /// The visitor's address, as judged.
    pub(super) client: &'a str,
    /// As whom the app saw them, where that was somebody.
    pub(super) user: Option<&'a str>,
    /// Which origin the host means, where it is one.
    pub(super) origin: Option<&'a str>,
    pub(super) component: &'a str,
    pub(super) verdict: &'a str,
    /// Why the gate or the front denied, or what failed: `session.none`.
    pub(super) code: Option<&'a str>,
    /// The response did not reach its end.
    pub(super) cut_off: bool,
}

/// The writing end for all workers.
#[derive(Clone)]
pub(super) struct AccessLog {
    format: AccessLogFormat,
    writer: Option<SyncSender<Vec<u8>>>,
}

impl AccessLog {
    /// Start the writing thread, unless there is nothing to write. It ends when
    /// the last worker's buffer is gone; the handle is for waiting until then.
    pub(super) fn start(
        format: AccessLogFormat,
        sink: Box<dyn Write + Send>,
    ) -> std::io::Result<(Self, Option<std::thread::JoinHandle<()>>)> {
        if format == AccessLogFormat::Off {
            return Ok((
                Self {
                    format,
                    writer: None,
                },
                None,
            ));
        }
        let (writer, lines) = sync_channel(WAITING_BUFFERS);
        let thread = std::thread::Builder::new()
            .name("access-log".to_owned())
            .spawn(move || write_all(&lines, sink))?;
        let writer = Some(writer);
        Ok((Self { format, writer }, Some(thread)))
    }

    pub(super) fn buffer(&self, shard: Arc<Shard>) -> LogBuffer {
        LogBuffer {
            log: self.clone(),
            shard,
            pending: RefCell::new(Pending::default()),
        }
    }
}

fn write_all(lines: &Receiver<Vec<u8>>, mut sink: Box<dyn Write + Send>) {
    while let Ok(buffer) = lines.recv() {
        // A closed pipe is the reader's choice; serving goes on.
        if sink.write_all(&buffer).and_then(|()| sink.flush()).is_err() {
            return;
        }
    }
}

/// One worker's lines that have not been handed over yet.
pub(super) struct LogBuffer {
    log: AccessLog,
    shard: Arc<Shard>,
    pending: RefCell<Pending>,
}

#[derive(Default)]
struct Pending {
    text: String,
    lines: u64,
    /// The second that `stamp` spells out.
    second: u64,
    stamp: String,
}

impl LogBuffer {
    pub(super) fn is_on(&self) -> bool {
        self.log.writer.is_some()
    }

    pub(super) fn write(&self, now: SystemTime, line: &Line<'_>) {
        let mut pending = self.pending.borrow_mut();
        pending.append(self.log.format, now, line);
        if pending.text.len() >= BUFFER_BYTES {
            self.hand_over(&mut pending);
        }
    }

    /// Whether there is nothing to hand over.
    pub(super) fn is_empty(&self) -> bool {
        self.pending.borrow().lines == 0
    }

    /// Hand over what there is. Called a few times a second while there may be something.
    pub(super) fn flush(&self) {
        let mut pending = self.pending.borrow_mut();
        if pending.lines > 0 {
            self.hand_over(&mut pending);
        }
    }

    fn hand_over(&self, pending: &mut Pending) {
        let text = std::mem::replace(
            &mut pending.text,
            String::with_capacity(BUFFER_BYTES + 1024),
        );
        let lines = std::mem::take(&mut pending.lines);
        if let Some(writer) = &self.log.writer
            && writer.try_send(text.into_bytes()).is_err()
        {
            self.shard.log_lines_lost(lines);
        }
    }
}

impl Drop for LogBuffer {
    fn drop(&mut self) {
        self.flush();
    }
}

impl Pending {
    fn append(&mut self, format: AccessLogFormat, now: SystemTime, line: &Line<'_>) {
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        if self.second != since.as_secs() || self.stamp.is_empty() {
            self.second = since.as_secs();
            self.stamp = utc_seconds(self.second);
        }
        let Self { text, stamp, .. } = self;
        let millis = since.subsec_millis();
        let path = cut(line.path);
        let took = Millis(line.took);
        // Writing into a String does not fail.
        let _ = match format {
            AccessLogFormat::Off => Ok(()),
            AccessLogFormat::Text => write!(
                text,
                "{stamp}.{millis:03}Z {} {} {} {} {took}ms {}B host={} client={} component={} verdict={}",
                line.request_id,
                line.method,
                Printable(path),
                line.status,
                line.body_bytes,
                Printable(one_word(cut(line.host))),
                line.client,
                line.component,
                line.verdict
            ),
            AccessLogFormat::Json => write!(
                text,
                "{{\"time\":\"{stamp}.{millis:03}Z\",\"request_id\":\"{}\",\"method\":\"{}\",\
                 \"path\":\"{}\",\"status\":{},\"duration_ms\":{took},\"bytes\":{},\
                 \"host\":\"{}\",\"client\":\"{}\",\"component\":\"{}\",\"verdict\":\"{}\"",
                line.request_id,
                line.method,
                Escaped(path),
                line.status,
                line.body_bytes,
                Escaped(cut(line.host)),
                line.client,
                line.component,
                line.verdict
            ),
        };
        let json = format == AccessLogFormat::Json;
        if let Some(upstream) = line.upstream {
            let upstream = Millis(upstream);
            let _ = if json {
                write!(text, ",\"upstream_ms\":{upstream}")
            } else {
                write!(text, " upstream={upstream}ms")
            };
        }
        for (name, value) in [
            ("origin", line.origin),
            ("user", line.user),
            ("code", line.code),
        ] {
            let Some(value) = value else { continue };
            let _ = if json {
                write!(text, ",\"{name}\":\"{}\"", Escaped(value))
            } else {
                write!(text, " {name}={}", Printable(value))
            };
        }
        if line.cut_off {
            text.push_str(if json {
                ",\"cut_off\":true"
            } else {
                " cut-off"
            });
        }
        text.push_str(if json { "}\n" } else { "\n" });
        self.lines += 1;
    }
}

fn cut(path: &str) -> &str {
    let mut end = path.len().min(PATH_BYTES);
    while !path.is_char_boundary(end) {
        end -= 1;
    }
    &path[..end]
}

/// Milliseconds with microseconds after the point.
struct Millis(Duration);

impl std::fmt::Display for Millis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let micros = self.0.as_micros();
        write!(f, "{}.{:03}", micros / 1000, micros % 1000)
    }
}

/// In a JSON string. What is unprintable is escaped as JSON does it; that leaves these
/// two.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, plain) in self.0.split(['"', '\\']).enumerate() {
            if at > 0 {
                let offset = plain.as_ptr() as usize - self.0.as_ptr() as usize - 1;
                f.write_char('\\')?;
                f.write_char(char::from(self.0.as_bytes()[offset]))?;
            }
            Printable(plain).fmt(f)?;
        }
        Ok(())
    }
}

/// `2026-11-21T05:58:35`, by the civil calendar of days since 1970.
fn utc_seconds(unix: u64) -> String {
    let (days, time) = (unix / 86_400, unix % 86_400);
    // Years begin in March here, so that the leap day is a year's last.
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 {
        march_month + 3
    } else {
        march_month - 9
    };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}",
        time / 3600,
        time / 60 % 60,
        time % 60
    )
}

/// A host as one word of a line, `-` where it is none: the visitor writes it before
/// anybody has looked whether it is a host, and must not write what follows.
fn one_word(host: &str) -> &str {
    let is_one = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'=' | b'"');
    if host.bytes().all(is_one) { host } else { "-" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line() -> Line<'static> {
        Line {
            request_id: "abc",
            method: "GET",
            host: "app.test",
            path: "/a\"b\\c\u{202e}",
            status: 200,
            took: Duration::from_micros(1_234),
            body_bytes: 5,
            upstream: Some(Duration::from_micros(900)),
            client: "192.0.2.7",
            user: Some("2f1c"),
            origin: Some("main"),
            component: "gateway",
            verdict: "forward",
            code: Some("session.none"),
            cut_off: true,
        }
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (unix, text) in [
            (0, "1970-01-01T00:00:00"),
            (951_782_399, "2000-02-28T23:59:59"),
            (951_782_400, "2000-02-29T00:00:00"),
            (951_868_800, "2000-03-01T00:00:00"),
            (1_795_240_715, "2026-11-21T05:58:35"),
            (4_107_542_400, "2100-03-01T00:00:00"),
        ] {
            assert_eq!(utc_seconds(unix), text);
        }
    }

    #[test]
    fn a_json_line_is_json_whatever_the_path() {
        let mut pending = Pending::default();
        pending.append(AccessLogFormat::Json, UNIX_EPOCH, &line());
        let value: serde_json::Value = serde_json::from_str(&pending.text).expect("JSON");
        assert_eq!(value["path"], "/a\"b\\c\u{202e}");
        assert_eq!(
            (&value["host"], &value["client"]),
            (&"app.test".into(), &"192.0.2.7".into())
        );
        assert_eq!(
            (&value["user"], &value["origin"]),
            (&"2f1c".into(), &"main".into())
        );
        assert!(!pending.text.contains('\u{202e}'));
        let mut pending = Pending::default();
        pending.append(AccessLogFormat::Text, UNIX_EPOCH, &line());
        assert!(
            pending.text.contains(r#" /a"b\c\u202e 200 "#),
            "{}",
            pending.text
        );
        assert_eq!(value["duration_ms"], 1.234);
        assert_eq!(value["upstream_ms"], 0.9);
        assert_eq!(value["code"], "session.none");
        assert_eq!(value["cut_off"], true);
        assert_eq!(value["time"], "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn a_long_path_is_cut_between_characters() {
        let path = format!("/{}", "é".repeat(600));
        assert_eq!(cut(&path).len(), 511);
    }
}
