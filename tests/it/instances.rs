//! One, two, four and eight instances over one emulator, under load: a request costs the same on each, nothing that was
//! acknowledged is lost, and what one instance has written is seen by the others.

use std::collections::BTreeSet;

use dormouse::datastore::{Cost, metered};
use futures_util::future::join_all;
use serde_json::json;

use crate::support::{Answer, Client, Emulator, FakeWeb, FeedText, Page, TestApp, at};

const INSTANCES: [usize; 4] = [1, 2, 4, 8];
const READERS: usize = 8;
const FEEDS: usize = 3;
const ARTICLES: i32 = 30;
/// What each reader does: a list, a mark, and the list again.
const ROUNDS: usize = 8;
/// Longer than anything stays cached that a reader can change.
const MINUTES: i64 = 12;

/// The instances, with the readers signed in at the first.
struct House<'a> {
    all: &'a [TestApp],
    readers: Vec<Client<'a>>,
    ids: Vec<String>,
}

/// What requests cost in all: lists, marks, and lists right after a mark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Costs {
    lists: (u64, u64),
    marks: (u64, u64),
    again: (u64, u64),
}

fn add(sum: &mut (u64, u64), cost: Cost) {
    sum.0 += cost.reads;
    sum.1 += cost.writes + cost.deletes;
}

async fn instances(count: usize) -> Vec<TestApp> {
    let mut all = vec![TestApp::in_cloud(&[]).await];
    for n in 1..count {
        let seed = 100 + u64::try_from(n).unwrap();
        let one = all[0].beside_as(seed).await;
        all.push(one);
    }
    all
}

impl<'a> House<'a> {
    async fn of(all: &'a [TestApp], web: &FakeWeb) -> Self {
        let mut readers = Vec::new();
        for n in 0..READERS {
            let reader = all[0].reader(&format!("reader{n}")).await;
            for feed in 0..FEEDS {
                let text = FeedText::hourly(&format!("F{feed}"), ARTICLES, at(10, 0)).rss();
                reader
                    .subscribes(&web.put(&format!("/{feed}"), Page::feed(text)))
                    .await;
            }
            readers.push(reader);
        }
        let lines = readers[0].whole_list("/all").await;
        let ids: Vec<String> = lines.into_iter().map(|line| line.id).collect();
        assert_eq!(ids.len(), FEEDS * ARTICLES as usize);
        Self { all, readers, ids }
    }

    /// A request of a reader at one of the instances; the browser keeps what it is told.
    async fn sends(
        &self,
        reader: usize,
        place: usize,
        work: impl AsyncFnOnce(&Client<'_>) -> Answer,
    ) -> (Answer, Cost) {
        let reader = &self.readers[reader];
        let there = reader.at(&self.all[place % self.all.len()]);
        // Its own: others are on their way at the same time.
        let (answer, cost) = metered(work(&there)).await;
        answer.is(200);
        for (name, value) in there.cookies() {
            reader.set_cookie(&name, &value);
        }
        (answer, cost)
    }

    /// Everything that a reader does, at the instance of each turn.
    async fn reads(
        &self,
        reader: usize,
        from: usize,
        place: impl Fn(usize, usize) -> usize,
    ) -> Costs {
        let mut costs = Costs::default();
        for round in 0..ROUNDS {
            let at = |turn: usize| place(reader, 3 * round + turn);
            let id = &self.ids[from + round];
            let (list, cost) = self
                .sends(reader, at(0), async |who| who.get("/unread").await)
                .await;
            assert!(shown(&list).contains(id), "{id}");
            add(&mut costs.lists, cost);
            let batch = json!({ "batch": format!("{from}-{round}"), "read": [id] });
            let (_, marked) = self
                .sends(reader, at(1), async |who| {
                    who.post_json("/marks", batch).await
                })
                .await;
            add(&mut costs.marks, marked);
            // Whatever instance answers: what was marked is gone.
            let (again, then) = self
                .sends(reader, at(2), async |who| who.get("/unread").await)
                .await;
            assert!(!shown(&again).contains(id), "{id}");
            add(&mut costs.again, then);
        }
        costs
    }

    /// All readers at once.
    async fn load(&self, from: usize, place: impl Fn(usize, usize) -> usize + Copy) -> Costs {
        // Each instance reads everything once.
        for (one, app) in self.all.iter().enumerate() {
            self.readers[0].at(app).whole_list("/all").await;
            for reader in 0..READERS {
                self.sends(reader, one, async |who| who.get("/unread").await)
                    .await;
            }
        }
        let all = (0..READERS).map(|reader| self.reads(reader, from, place));
        let mut sum = Costs::default();
        for costs in join_all(all).await {
            for (sum, more) in [
                (&mut sum.lists, costs.lists),
                (&mut sum.marks, costs.marks),
                (&mut sum.again, costs.again),
            ] {
                sum.0 += more.0;
                sum.1 += more.1;
            }
        }
        sum
    }

    /// One reader's eight devices, each at an instance, mark at the same time; afterwards every instance knows all of it.
    async fn devices(&self, from: usize) -> usize {
        let marks = (0..READERS).map(async |device| {
            let there = self.readers[0].at(&self.all[device % self.all.len()]);
            for n in 0..3 {
                let id = &self.ids[from + 3 * device + n];
                let batch = json!({ "batch": format!("d{device}-{n}"), "read": [id] });
                there.post_json("/marks", batch).await.is(200);
            }
        });
        join_all(marks).await;
        self.all[0].minutes_pass(MINUTES);
        let meant: BTreeSet<&String> = self.ids[from..from + 3 * READERS].iter().collect();
        for app in self.all {
            let lines = self.readers[0].at(app).whole_list("/unread").await;
            let lost: Vec<_> = lines
                .iter()
                .filter(|line| meant.contains(&line.id))
                .collect();
            assert!(lost.is_empty(), "{} marks were lost", lost.len());
        }
        meant.len()
    }
}

fn shown(answer: &Answer) -> BTreeSet<String> {
    answer.lines().into_iter().map(|line| line.id).collect()
}

#[tokio::test]
async fn a_request_costs_the_same_on_one_two_four_and_eight_instances() {
    if Emulator::Firestore.host().is_none() {
        return;
    }
    let requests = READERS * ROUNDS;
    let mut alone = None;
    println!("| instances | readers | lists | marks | lists after a mark | marks at once |");
    for count in INSTANCES {
        let (all, web) = (instances(count).await, FakeWeb::start());
        let house = House::of(&all, &web).await;
        let told = |name: &str, costs: Costs, marked: usize| {
            println!(
                "| {count} | {name} | {:?} | {:?} | {:?} | {marked} of {marked} |",
                costs.lists, costs.marks, costs.again
            );
        };
        // Each stays at an instance.
        let stay = house.load(0, |reader, _| reader).await;
        let alone = *alone.get_or_insert(stay);
        assert_eq!(stay, alone, "{count} instances");
        // Each request comes to the next one.
        let hop = house.load(ROUNDS, |reader, turn| reader + turn).await;
        let marked = house.devices(2 * ROUNDS).await;
        told("stay", stay, marked);
        told("move on with each request", hop, marked);
        assert_eq!(hop.marks.1, alone.marks.1, "{count} instances");
        assert_eq!(hop.lists.1 + hop.again.1, 0, "{count} instances");
        // An instance reads again what another has written since: the read state, once.
        let more = u64::try_from(requests).unwrap();
        assert!(hop.again.0 <= alone.again.0 + more, "{hop:?}");
        assert!(hop.lists.0 <= alone.lists.0 + more, "{hop:?}");
        assert!(hop.marks.0 <= alone.marks.0 + more, "{hop:?}");
    }
}
