//! Two programs, a browser, rules and arrivals, in any order, at once and on two instances: in the end all of them say the same.

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
const LABEL: &str = "user/-/label/later";

/// What somebody does; articles by their place among those that there are.
#[derive(Clone, Copy, Debug)]
enum Act {
    Google {
        at: usize,
        read: bool,
    },
    GoogleStar {
        at: usize,
        starred: bool,
    },
    GoogleAll {
        hours: i64,
    },
    Fever {
        at: usize,
        read: bool,
    },
    FeverStar {
        at: usize,
        starred: bool,
    },
    FeverAll {
        hours: i64,
    },
    Page {
        at: usize,
        read: bool,
    },
    PageStar {
        at: usize,
    },
    Label {
        at: usize,
        has_it: bool,
    },
    /// Four articles, each by another program, at the same time.
    Together {
        at: usize,
        read: bool,
    },
    /// A rule that hides an article's title from lists.
    Hides {
        at: usize,
    },
    Arrives {
        feed: usize,
    },
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
        at.clone().prop_map(|at| Act::PageStar { at }),
        (at.clone(), any::<bool>()).prop_map(|(at, has_it)| Act::Label { at, has_it }),
        (at.clone(), any::<bool>()).prop_map(|(at, read)| Act::Together { at, read }),
        at.prop_map(|at| Act::Hides { at }),
        (0..2_usize).prop_map(|feed| Act::Arrives { feed }),
    ]
}

/// What is known of an article by what was done.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    /// When it came, in seconds.
    at: i64,
    /// `None` after everything was marked by an instance that may not have known of its last mark.
    read: Option<bool>,
    starred: bool,
    labelled: bool,
    hidden: bool,
    /// The instance that marked it last; `None` while both know its state.
    by: Option<usize>,
}

type Model = BTreeMap<String, Known>;

struct Town<'a> {
    web: FakeWeb,
    feeds: [String; 2],
    texts: Vec<FeedText>,
    browser: Client<'a>,
    /// Our own API, on both instances.
    own: [Client<'a>; 2],
    google: [Program<'a>; 2],
    fever: Fever<'a>,
    /// By the titles: numbers of Google Reader, of Fever, our own ids.
    names: BTreeMap<String, (String, i32, String)>,
    model: Model,
    /// Whether instances forget what they remember after each act: otherwise each does what it is told by what it remembers.
    forgets: bool,
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
                known.read = Some(item.is_read == 1);
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
            self.model.get_mut(title).unwrap().at = crawl / 1_000;
        }
    }

    /// An instance has marked an article.
    fn marked(&mut self, title: &str, read: bool, instance: usize) {
        let known = self.known(title);
        (known.read, known.by) = (Some(read), Some(instance));
    }

    fn known(&mut self, title: &str) -> &mut Known {
        self.model.get_mut(title).unwrap()
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
                self.marked(&title, read, instance);
            }
            Act::GoogleStar { at, starred } => {
                let title = self.chosen(at);
                let key = if starred { "a" } else { "r" };
                let id = self.names[&title].0.clone();
                let google = &self.google[instance];
                google.does("edit-tag", &[("i", &id), (key, STARRED)]).await;
                self.known(&title).starred = starred;
            }
            Act::GoogleAll { hours } => {
                let until = app.clock.now().timestamp() - hours * 3_600;
                let ts = (until * 1_000_000).to_string();
                let google = &self.google[instance];
                google
                    .does("mark-all-as-read", &[("s", ALL), ("ts", &ts)])
                    .await;
                self.clears(until - 1, instance);
            }
            Act::Fever { at, read } => {
                let title = self.chosen(at);
                let how = if read { "read" } else { "unread" };
                let id = self.names[&title].1.to_string();
                self.fever
                    .marks(&[("mark", "item"), ("as", how), ("id", &id)])
                    .await;
                self.marked(&title, read, 1);
            }
            Act::FeverStar { at, starred } => {
                let title = self.chosen(at);
                let how = if starred { "saved" } else { "unsaved" };
                let id = self.names[&title].1.to_string();
                self.fever
                    .marks(&[("mark", "item"), ("as", how), ("id", &id)])
                    .await;
                self.known(&title).starred = starred;
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
                self.clears(until, 1);
            }
            Act::Page { at, read } => {
                let title = self.chosen(at);
                let key = if read { "read" } else { "unread" };
                let body = json!({ "batch": format!("b{count}"), key: [self.names[&title].2] });
                self.browser.post_json("/marks", body).await.is(200);
                self.marked(&title, read, 0);
            }
            Act::PageStar { at } => {
                let title = self.chosen(at);
                let path = format!("/article/{}/star", self.names[&title].2);
                self.browser.post(&path, &[]).await.is(303);
                self.known(&title).starred = true;
            }
            Act::Label { at, has_it } => {
                let title = self.chosen(at);
                let key = if has_it { "a" } else { "r" };
                let id = self.names[&title].0.clone();
                let google = &self.google[instance];
                google.does("edit-tag", &[("i", &id), (key, LABEL)]).await;
                self.known(&title).labelled = has_it;
            }
            Act::Together { at, read } => {
                let titles = [0, 1, 2, 3].map(|next| self.chosen(at + next));
                let [one, other, third, last] = titles.each_ref().map(|title| &self.names[title]);
                let (key, how) = if read { ("a", "read") } else { ("r", "unread") };
                let forms = [one, other].map(|name| [("i", name.0.as_str()), (key, READ)]);
                let body = json!({ "batch": format!("t{count}"), how: [third.2] });
                let id = last.1.to_string();
                let form = [("mark", "item"), ("as", how), ("id", id.as_str())];
                let (.., page, ()) = tokio::join!(
                    self.google[0].does("edit-tag", &forms[0]),
                    self.google[1].does("edit-tag", &forms[1]),
                    self.browser.post_json("/marks", body),
                    self.fever.marks(&form),
                );
                page.is(200);
                for (title, instance) in titles.iter().zip([0, 1, 0, 1]) {
                    self.marked(title, read, instance);
                }
            }
            Act::Hides { at } => {
                let title = self.chosen(at);
                let is_title = json!([{ "what": "title", "how": "is", "text": title }]);
                let rule = json!({ "name": format!("Rule {count}"), "conditions": is_title, "does": ["hide"], "apply": true });
                let saved = self.own[instance].post_json("/api/v1/rules", rule).await;
                saved.is(201);
                self.known(&title).hidden = true;
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

    /// An instance marked everything that came until then. What another one has just marked as unread it may not know of.
    fn clears(&mut self, until: i64, instance: usize) {
        let forgets = self.forgets;
        let came = self.model.values_mut().filter(|one| one.at <= until);
        // What is hidden nobody sees, and so nobody clears.
        for one in came.filter(|one| !one.hidden) {
            let is_known = forgets || one.by.is_none_or(|by| by == instance);
            one.read = (is_known || one.read == Some(true)).then_some(true);
            one.by = Some(instance);
        }
    }

    /// What each of them sees in the end is what was done.
    async fn agrees(&mut self) {
        let named = |pick: fn(&Known) -> bool| -> Vec<String> {
            let all = self.model.iter().filter(|(_, one)| pick(one));
            all.map(|(title, _)| title.clone()).collect()
        };
        let starred = named(|one| one.starred);
        let labelled = named(|one| one.labelled);
        let surely = named(|one| one.read == Some(false) && !one.hidden);
        let never = named(|one| one.read == Some(true) || one.hidden);
        let by_google = |ids: Vec<String>| {
            let all = self.names.iter().filter(|(_, name)| ids.contains(&name.0));
            all.map(|(title, _)| title.clone()).collect::<Vec<_>>()
        };
        let by_fever = |ids: Vec<i32>| {
            let all = self.names.iter().filter(|(_, name)| ids.contains(&name.1));
            all.map(|(title, _)| title.clone()).collect::<Vec<_>>()
        };
        let unread = by_google(self.google[0].ids(&format!("xt={READ}")).await);
        let lacks = surely.iter().find(|title| !unread.contains(title));
        assert_eq!(lacks, None, "what was marked as unread is read");
        let has = never.iter().find(|title| unread.contains(title));
        assert_eq!(has, None, "what was marked as read, or hidden, is unread");
        for google in &self.google {
            let ids = google.ids(&format!("xt={READ}")).await;
            assert_eq!(by_google(ids), unread, "unread by Google Reader");
            let ids = google.ids(&format!("s={STARRED}")).await;
            assert_eq!(by_google(ids), starred, "starred by Google Reader");
            let ids = google.ids(&format!("s={LABEL}")).await;
            assert_eq!(by_google(ids), labelled, "labelled by Google Reader");
        }
        let (by_number, saved) = (self.fever.unread().await, self.fever.saved().await);
        assert_eq!(by_fever(by_number), unread, "unread by Fever");
        assert_eq!(by_fever(saved), starred, "starred by Fever");
        let sorted = |mut titles: Vec<String>| {
            titles.sort();
            titles
        };
        let lines = self.browser.whole_list("/unread").await;
        let lines = lines.into_iter().map(|line| line.title).collect();
        assert_eq!(sorted(lines), unread, "unread in the browser");
        for own in &self.own {
            for (path, wanted) in [
                ("/api/v1/articles?state=unread&limit=200", &unread),
                ("/api/v1/stars?limit=200", &starred),
                ("/api/v1/kept?limit=200", &labelled),
            ] {
                let listed = own.get(path).await.is(200).json();
                let all = listed.get("articles").or(listed.get("kept")).unwrap();
                let all = all.as_array().unwrap().iter();
                let all = all.map(|one| one["title"].as_str().unwrap().to_owned());
                assert_eq!(&sorted(all.collect()), wanted, "{path}");
            }
        }
    }
}

async fn plays(acts: &[Act], forgets: bool) {
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
    let mut town = Town {
        web,
        feeds: [feeds[0].clone(), feeds[1].clone()],
        texts: texts.to_vec(),
        own: [app.program(&token), other.program(&token)],
        google: [
            Program::with(&app, "ann@example.org", &token).await,
            Program::with(&other, "ann@example.org", &token).await,
        ],
        fever: Fever::with(&other, "ann@example.org", &token),
        browser,
        names: BTreeMap::new(),
        model: Model::new(),
        forgets,
    };
    assert_ne!(town.feeds[0], town.feeds[1]);
    town.syncs().await;
    for (count, act) in acts.iter().enumerate() {
        town.does(&app, *act, count).await;
        if forgets {
            other.forgets();
            app.forgets();
        }
    }
    // What a program did elsewhere is seen when what is remembered is over.
    other.forgets();
    app.forgets();
    town.agrees().await;
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
    let acts = (prop::collection::vec(act(), 1..14), any::<bool>());
    let played = TestRunner::new(config).run(&acts, |(acts, forgets)| {
        runtime.block_on(plays(&acts, forgets));
        Ok(())
    });
    played.unwrap();
}
