//! The log: one JSON line per event, in the structured format of Cloud Logging.
//!
//! Dots in a field's name stand for nested objects: `httpRequest.status` becomes `{"httpRequest": {"status": …}}`,
//! which Google's log viewer displays as a request. The name of its trace field also contains dots, and isn't split.
//! Source: "Structured logging" in the documentation of Cloud Logging.

use std::fmt::{self, Write as _};

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::clock::Clock;
use crate::timestamp::rfc3339;

/// The field by which Cloud Logging groups the lines of one request.
const TRACE: &str = "logging.googleapis.com/trace";

/// Formats each event as a line of JSON.
#[derive(Debug)]
pub(super) struct CloudLines {
    pub(super) clock: Clock,
}

impl<S, N> FormatEvent<S, N> for CloudLines
where
    S: Subscriber + for<'l> LookupSpan<'l>,
    N: for<'w> FormatFields<'w> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut out: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let severity = match *event.metadata().level() {
            Level::ERROR => "ERROR",
            Level::WARN => "WARNING",
            Level::INFO => "INFO",
            Level::DEBUG | Level::TRACE => "DEBUG",
        };
        let mut line = Fields(Map::new());
        line.put("severity", severity.into());
        line.put("time", rfc3339(self.clock.now()).into());
        event.record(&mut line);
        writeln!(out, "{}", Value::Object(line.0))
    }
}

/// The fields of one line.
struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, name: &str, value: Value) {
        if name == "trace" {
            // Empty means no trace.
            if value.as_str().is_some_and(|trace| !trace.is_empty()) {
                self.0.insert(TRACE.into(), value);
            }
            return;
        }
        let mut names = name.split('.');
        let last = names.next_back().unwrap_or(name);
        let mut object = &mut self.0;
        for name in names {
            let inner = object
                .entry(name)
                .or_insert_with(|| Value::Object(Map::new()));
            let Value::Object(inner) = inner else { return };
            object = inner;
        }
        object.insert(last.to_owned(), value);
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let mut text = String::new();
        // Writing to a String cannot fail.
        let _ = write!(text, "{value:?}");
        self.put(field.name(), text.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field.name(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field.name(), value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field.name(), value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field.name(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field.name(), value.into());
    }
}
