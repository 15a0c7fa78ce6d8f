//! Two programs, a browser and arrivals, in any order and on two instances: in the end all of them say the same.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::fevers::Fever;
use crate::greader::Program;
use crate::support::{Client, Entry, FakeWeb, FeedText, Page, TestApp, at};

const READ: &str = "user/-/state/com.google/read";
const STARRED: &str = "user/-/state/com.google/starred";
const ALL: &str = "user/-/state/com.google/reading-list";

/// What somebody does; articles by their place among those that there are.
#[derive(Clone, Copy, Debug)]
enum Act {
    Google { at: usize, read: bool },
    GoogleStar { at: usize, starred: bool },
    GoogleAll { hours: i64 },
    Fever { at: usize, read: bool },
    FeverStar { at: usize, starred: bool },
    FeverAll { hours: i64 },
    Page { at: usize, read: bool },
    PageStar { at: usize },
    Arrives { feed: usize },
}

fn act() -> impl Strategy<Value = Act> {
    let at = 0..40_usize;
    prop_oneof![
        (at.clone(), any::<bool>()).prop_map(|(at, read)| Act::Google { at, read }),
        (at.clone(), any::<bool>()).prop_map(|(at, starred)| Act::GoogleStar { at, starred }),
        (0..12_i64).prop_map(|hours| Act::GoogleAll { hours }),
        (at.clone(), any::<bool>()).prop_map(|(at, read)| Act::Fever { at, read }),
        (at.clone(), any::<bool>()).prop_map(|(at, starred)| Act::FeverStar { at, starred }),
        (0..12_i64).prop_map(|hours| Act::FeverAll { hours }),
        (at.clone(), any::<bool>()).prop_map(|(at, read)| Act::Page { at, read }),
        at.prop_map(|at| Act::PageStar { at }),
        (0..2_usize).prop_map(|feed| Act::Arrives { feed }),
    ]
}

/// What is known of an article by what was done: when it came, whether it is read, whether it is starred.
type Model = BTreeMap<String, (i64, bool, bool)>;

struct Town<'a> {
    web: FakeWeb,
    feeds: [String; 2],
    texts: Vec<FeedText>,
    browser: Client<'a>,
    google: [Program<'a>; 2],
    fever: Fever<'a>,
    /// By the titles: numbers of Google Reader, of Fever, our own ids.
    names: BTreeMap<String, (String, i32, String)>,
    model: Model,
}

impl Town<'_> {
    /// Learns the names of what came.
    async fn syncs(&mut self) {
        for item in self.fever.all().await {
            let articles = self.names.len();
            self.names
                .entry(item.title.clone())
                .or_insert_with(|| (String::new(), item.id, String::new()));
            if self.names.len() > articles {
                let known = self.model.entry(item.title.clone()).or_default();
                known.1 = item.is_read == 1;
            }
        }
        let page = self.google[0]
            .get("stream/contents?n=1000")
            .await
            .is(200)
            .json();
        for item in page["items"].as_array().unwrap() {
            let title = item["title"].as_str().unwrap();
            let hex = item["id"].as_str().unwrap().rsplit('/').next().unwrap();
            let number = i64::from_str_radix(hex, 16).unwrap();
            let name = self.names.get_mut(title).unwrap();
            name.0 = number.to_string();
            let own = number - 1_000_000_000_000_000;
            name.2 = format!("{}-{}", own >> 22, own & ((1 << 22) - 1));
            let crawl: i64 = item["crawlTimeMsec"].as_str().unwrap().parse().unwrap();
            self.model.get_mut(title).unwrap().0 = crawl / 1_000;
        }
    }

    fn chosen(&self, at: usize) -> String {
        let titles: Vec<&String> = self.names.keys().collect();
        titles[at % titles.len()].clone()
    }

    async fn does(&mut self, app: &TestApp, act: Act, count: usize) {
        let instance = count % 2;
        match act {
            Act::Google { at, read } => {
                let title = self.chosen(at);
                let key = if read { "a" } else { "r" };
                let id = self.names[&title].0.clone();
                let google = &self.google[instance];
                google.does("edit-tag", &[("i", &id), (key, READ)]).await;
                self.model.get_mut(&title).unwrap().1 = read;
            }
            Act::GoogleStar { at, starred } => {
                let title = self.chosen(at);
                let key = if starred { "a" } else { "r" };
                let id = self.names[&title].0.clone();
                let google = &self.google[instance];
                google.does("edit-tag", &[("i", &id), (key, STARRED)]).await;
                self.model.get_mut(&title).unwrap().2 = starred;
            }
            Act::GoogleAll { hours } => {
                let until = app.clock.now().timestamp() - hours * 3_600;
                let ts = (until * 1_000_000).to_string();
                let google = &self.google[instance];
                google
                    .does("mark-all-as-read", &[("s", ALL), ("ts", &ts)])
                    .await;
                self.clears(until - 1);
            }
            Act::Fever { at, read } => {
                let title = self.chosen(at);
                let how = if read { "read" } else { "unread" };
                let id = self.names[&title].1.to_string();
                self.fever
                    .marks(&[("mark", "item"), ("as", how), ("id", &id)])
                    .await;
                self.model.get_mut(&title).unwrap().1 = read;
            }
            Act::FeverStar { at, starred } => {
                let title = self.chosen(at);
                let how = if starred { "saved" } else { "unsaved" };
                let id = self.names[&title].1.to_string();
                self.fever
                    .marks(&[("mark", "item"), ("as", how), ("id", &id)])
                    .await;
                self.model.get_mut(&title).unwrap().2 = starred;
            }
            Act::FeverAll { hours } => {
                let until = app.clock.now().timestamp() - hours * 3_600;
                let form = [("mark", "group"), ("as", "read"), ("id", "0")];
                let before = until.to_string();
                let form: Vec<_> = form
                    .into_iter()
                    .chain([("before", before.as_str())])
                    .collect();
                self.fever.marks(&form).await;
                self.clears(until);
            }
            Act::Page { at, read } => {
                let title = self.chosen(at);
                let key = if read { "read" } else { "unread" };
                let body = json!({ "batch": format!("b{count}"), key: [self.names[&title].2] });
                self.browser.post_json("/marks", body).await.is(200);
                self.model.get_mut(&title).unwrap().1 = read;
            }
            Act::PageStar { at } => {
                let title = self.chosen(at);
                let path = format!("/article/{}/star", self.names[&title].2);
                self.browser.post(&path, &[]).await.is(303);
                self.model.get_mut(&title).unwrap().2 = true;
            }
            Act::Arrives { feed } => {
                app.minutes_pass(24 * 60);
                let entry = Entry::new(&format!("new-{count}"), app.clock.now());
                let text = self.texts[feed].clone().and(entry);
                self.web.put(&format!("/{feed}"), Page::feed(text.rss()));
                self.texts[feed] = text;
                app.refresh().await;
                self.syncs().await;
            }
        }
    }

    fn clears(&mut self, until: i64) {
        let came = self.model.values_mut().filter(|(at, ..)| *at <= until);
        came.for_each(|one| one.1 = true);
    }

    /// What each of them sees in the end is what was done.
    async fn agrees(&mut self, other: &Client<'_>) {
        let named = |pick: fn(&(i64, bool, bool)) -> bool| -> Vec<String> {
            let all = self.model.iter().filter(|(_, one)| pick(one));
            all.map(|(title, _)| title.clone()).collect()
        };
        let (unread, starred) = (named(|one| !one.1), named(|one| one.2));
        let sorted = |mut titles: Vec<String>| {
            titles.sort();
            titles
        };
        let by_google = |ids: Vec<String>| {
            let all = self.names.iter().filter(|(_, name)| ids.contains(&name.0));
            all.map(|(title, _)| title.clone()).collect::<Vec<_>>()
        };
        let by_fever = |ids: Vec<i32>| {
            let all = self.names.iter().filter(|(_, name)| ids.contains(&name.1));
            all.map(|(title, _)| title.clone()).collect::<Vec<_>>()
        };
        for google in &self.google {
            let ids = google.ids(&format!("xt={READ}")).await;
            assert_eq!(by_google(ids), unread, "unread by Google Reader");
            let ids = google.ids(&format!("s={STARRED}")).await;
            assert_eq!(by_google(ids), starred, "starred by Google Reader");
        }
        assert_eq!(
            by_fever(self.fever.unread().await),
            unread,
            "unread by Fever"
        );
        assert_eq!(
            by_fever(self.fever.saved().await),
            starred,
            "starred by Fever"
        );
        let lines = self.browser.whole_list("/unread").await;
        let lines = lines.into_iter().map(|line| line.title).collect();
        assert_eq!(sorted(lines), unread, "unread in the browser");
        let listed = other.get("/api/v1/articles?state=unread&limit=200").await;
        let listed = listed.is(200).json();
        let listed = listed["articles"].as_array().unwrap().iter();
        let listed = listed.map(|one| one["title"].as_str().unwrap().to_owned());
        assert_eq!(sorted(listed.collect()), unread, "unread by our own API");
    }
}

async fn plays(acts: &[Act]) {
    let web = FakeWeb::start();
    let app = TestApp::on_disk().await;
    let other = app.beside().await;
    let browser = app.reader("ann").await;
    let texts = [0, 1].map(|n| FeedText::hourly(&format!("F{n}"), 6, at(10, 0)));
    let mut feeds = Vec::new();
    for (n, text) in texts.iter().enumerate() {
        let url = web.put(&format!("/{n}"), Page::feed(text.rss()));
        feeds.push(browser.subscribes(&url).await);
    }
    let token = browser.makes_token().await;
    let own = other.program(&token);
    let mut town = Town {
        web,
        feeds: [feeds[0].clone(), feeds[1].clone()],
        texts: texts.to_vec(),
        google: [
            Program::with(&app, "ann@example.org", &token).await,
            Program::with(&other, "ann@example.org", &token).await,
        ],
        fever: Fever::with(&other, "ann@example.org", &token),
        browser,
        names: BTreeMap::new(),
        model: Model::new(),
    };
    assert_ne!(town.feeds[0], town.feeds[1]);
    town.syncs().await;
    for (count, act) in acts.iter().enumerate() {
        town.does(&app, *act, count).await;
        // What a program did elsewhere is seen when what is remembered is over.
        other.forgets();
        app.forgets();
    }
    town.agrees(&own).await;
    app.is_sound().await;
}

#[test]
fn whatever_is_done_in_whatever_order_all_agree() {
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    let config = Config {
        cases: 24,
        max_shrink_iters: 40,
        failure_persistence: None,
        ..Config::default()
    };
    let acts = prop::collection::vec(act(), 1..14);
    let played = TestRunner::new(config).run(&acts, |acts| {
        runtime.block_on(plays(&acts));
        Ok(())
    });
    played.unwrap();
}
