//! Store operation budgets: runs every route and tick of the table in `docs/budgets.md` and compares the costs.

mod accounts;
mod admin;
mod depths;
mod mailed;
mod occasions;
mod own_api;
mod own_data;
mod own_more;
mod programs;
mod routes;
mod searches;
mod ticks;

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;

use dormouse::datastore::Cost;
use http::Method;

use crate::openapi::Judge;
use crate::support::{Answer, CRON_SECRET, Client, FakeWeb, FeedText, Page, TestApp, at};

const SIZES: [usize; 3] = [20, 120, 1_000];
/// Articles per feed.
const ARTICLES: i32 = 6;

/// Budgets or measured costs, by row name and cache state, for each of the sizes.
type Table = BTreeMap<(String, String), [Cost; 3]>;

fn table() -> Table {
    let text = include_str!("../../../docs/budgets.md");
    let mut table = Table::new();
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, state, sizes @ ..] = cells.as_slice() else {
            panic!("{line}");
        };
        let costs: Vec<Cost> = sizes.iter().map(|cell| cost(cell)).collect();
        let key = (name.trim_matches('`').to_owned(), (*state).to_owned());
        let costs = <[Cost; 3]>::try_from(costs).unwrap_or_else(|_| panic!("{line}"));
        assert!(table.insert(key, costs).is_none(), "twice: {line}");
    }
    table
}

fn cost(cell: &str) -> Cost {
    let numbers: Vec<u64> = cell
        .split(' ')
        .map(|number| number.parse().unwrap())
        .collect();
    let [reads, small, writes, deletes] = <[u64; 4]>::try_from(numbers).unwrap();
    Cost {
        reads,
        small,
        writes,
        deletes,
    }
}

/// Runs requests of a reader or an API client, each once with a cold and once with a warm cache.
struct Drive<'a> {
    app: &'a TestApp,
    place: usize,
    measured: &'a mut Table,
    driven: BTreeSet<(String, String)>,
    /// Judges each answer of our own API by its document.
    judge: Option<Judge>,
}

/// A request to send.
#[derive(Clone)]
enum Sent {
    Nothing,
    Form(String),
    Json(serde_json::Value),
    Opml(String),
    File(String),
    Data(Vec<u8>),
}

impl<'a> Drive<'a> {
    fn of(app: &'a TestApp, place: usize, measured: &'a mut Table) -> Self {
        Self {
            app,
            place,
            measured,
            driven: BTreeSet::new(),
            judge: None,
        }
    }

    fn judges(&mut self, method: &Method, path: &str, answer: &Answer) {
        if let Some(judge) = self.judge.as_mut()
            && path.starts_with("/api/v1/")
        {
            judge.judges(method, path, answer);
        }
    }

    fn note(&mut self, name: &str, state: &str, cost: Cost) {
        let key = (name.to_owned(), state.to_owned());
        let row = self.measured.entry(key).or_default();
        let most = &mut row[self.place];
        most.reads = most.reads.max(cost.reads);
        most.small = most.small.max(cost.small);
        most.writes = most.writes.max(cost.writes);
        most.deletes = most.deletes.max(cost.deletes);
    }

    async fn send(&self, who: &Client<'_>, method: &Method, path: &str, sent: Sent) -> Answer {
        let ask = who.ask(method.clone(), path);
        let bearer = format!("Bearer {CRON_SECRET}");
        let ask = match path.starts_with("/cron/") {
            true => ask.header("authorization", &bearer),
            false => ask,
        };
        let ask = match sent {
            Sent::Nothing => ask,
            Sent::Form(text) => ask.body("application/x-www-form-urlencoded", text),
            Sent::Json(json) => ask.json(&json),
            Sent::Opml(text) => ask.body("text/x-opml", text),
            Sent::File(text) => ask.file("opml", text.as_bytes()),
            Sent::Data(zip) => {
                let (kind, body) = crate::my_data::form_of(&[], &zip);
                ask.body(kind, body)
            }
        };
        ask.send().await
    }

    /// Measures one route, cold and warm; `with` builds each of the two requests.
    fn route<'s>(
        &'s mut self,
        who: &'s Client<'_>,
        (method, route): (&'s str, &'s str),
        status: u16,
        with: impl Fn(usize) -> (String, Sent) + 's,
    ) -> Pin<Box<dyn Future<Output = ()> + 's>> {
        // On the heap: whoever drives many has no room on its stack for the state of each.
        Box::pin(async move {
            let verb: Method = method.parse().unwrap();
            for (turn, state) in ["cold", "warm"].into_iter().enumerate() {
                match turn {
                    0 => self.app.forgets(),
                    // Reloads what the first request changed into the cache, as any page would.
                    _ => {
                        who.get("/api/v1/subscriptions").await;
                        who.get("/reader/api/0/subscription/list").await;
                    }
                }
                if turn == 1 {
                    who.get("/help").await;
                }
                let (path, sent) = with(turn);
                let answer = self.send(who, &verb, &path, sent).await;
                assert_eq!(answer.status, status, "{method} {path}: {}", answer.words());
                self.judges(&verb, &path, &answer);
                self.note(&format!("{method} {route}"), state, answer.cost);
            }
            self.driven.insert((method.to_owned(), route.to_owned()));
        })
    }

    async fn get(&mut self, who: &Client<'_>, route: &str, path: &str) {
        let path = path.to_owned();
        self.route(who, ("GET", route), 200, |_| (path.clone(), Sent::Nothing))
            .await;
    }

    async fn post(&mut self, who: &Client<'_>, route: &str, paths: [String; 2], form: &str) {
        let with = |turn: usize| (paths[turn].clone(), Sent::Form(form.to_owned()));
        self.route(who, ("POST", route), 303, with).await;
    }
}

/// A reader with the given number of feeds, on distinct paths of eight publishers.
async fn shelf<'a>(app: &'a TestApp, web: &FakeWeb, feeds: usize) -> (Client<'a>, Client<'a>) {
    shelf_of(app, web, feeds, ARTICLES).await
}

/// The same with so many articles in each feed.
async fn shelf_of<'a>(
    app: &'a TestApp,
    web: &FakeWeb,
    feeds: usize,
    articles: i32,
) -> (Client<'a>, Client<'a>) {
    let ann = app.reader("ann").await;
    let program = app.program_of(&ann).await;
    let mut opml = "<opml><body><outline text='Folder'>".to_owned();
    for n in 0..feeds {
        let path = format!("/{n}");
        let newest = at(15, 0) - chrono::TimeDelta::minutes(24 * 60 + n as i64);
        let text = FeedText::hourly(&format!("F{n}"), articles, newest).rss();
        let page = Page::feed(text).validated("\"1\"", "Mon, 02 Mar 2026 10:00:00 GMT");
        web.put(&path, page);
        opml.push_str(&format!(
            "<outline text='x' xmlUrl='{}'/>",
            web.url_at(n % 8, &path)
        ));
        if n == feeds / 2 {
            opml.push_str("</outline>");
        }
    }
    opml.push_str("</body></opml>");
    let ask = program.ask(Method::POST, "/api/v1/opml");
    ask.body("text/x-opml", opml).send().await.is(200);
    while app.refresh().await["finished"] != true {}
    (ann, program)
}

fn shown(cost: Cost) -> String {
    let Cost {
        reads,
        small,
        writes,
        deletes,
    } = cost;
    format!("{reads} {small} {writes} {deletes}")
}

/// Compares the measured costs with the table, and prints them in the same form.
fn compare(measured: &Table, is_tick: bool) {
    let allowed = table();
    let mut wrong = Vec::new();
    for ((name, state), costs) in measured {
        println!("| `{name}` | {state} | {} |", costs.map(shown).join(" | "));
        let Some(row) = allowed.get(&(name.clone(), state.clone())) else {
            wrong.push(format!("no row for `{name}`, {state}"));
            continue;
        };
        for ((size, most), cost) in SIZES.iter().zip(row).zip(costs) {
            let fits = cost.reads <= most.reads
                && cost.small <= most.small
                && cost.writes <= most.writes
                && cost.deletes <= most.deletes;
            if !fits {
                wrong.push(format!(
                    "`{name}`, {state}, {size} feeds: {cost}, and at most {most}"
                ));
            }
        }
    }
    for (name, state) in allowed
        .keys()
        .filter(|(name, _)| name.starts_with("tick") == is_tick)
    {
        if !measured.contains_key(&(name.clone(), state.clone())) {
            wrong.push(format!("`{name}`, {state} was not driven"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn every_route_keeps_within_its_row() {
    let mut measured = Table::new();
    for place in 0..SIZES.len() {
        Box::pin(routes::drive(place, &mut measured)).await;
        Box::pin(occasions::drive(place, &mut measured)).await;
        Box::pin(depths::drive(place, &mut measured)).await;
    }
    compare(&measured, false);
}

#[tokio::test]
async fn every_tick_keeps_within_its_row() {
    let mut measured = Table::new();
    for place in 0..SIZES.len() {
        ticks::drive(place, &mut measured).await;
    }
    compare(&measured, true);
}
