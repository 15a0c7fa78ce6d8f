//! Cursors: the position after a row, stable under concurrent changes.

use dormouse::datastore::Direction::{Asc, Desc};
use dormouse::datastore::RangeOp::{Greater, Less};
use dormouse::datastore::Value::Int;
use dormouse::datastore::{Cursor, Datastore, KEY, Mutation, Page, Query, StoreError};

use super::support::{ids, ints, key, paged, put, rows, toy};

/// Twelve toys full of ties, some with arrays, all below box 1.
async fn put_twelve(store: &Datastore) {
    let twelve = (1..=12).map(|id| {
        let mut entity = toy(
            id,
            [("a", Int(id % 2)), ("b", Int(id % 3)), ("c", Int(id % 4))],
        );
        entity.key = boxed(id);
        entity
            .indexed("p", ints([id % 5, id % 7]))
            .indexed("q", Int(id % 2))
    });
    put(store, twelve).await;
}

fn boxed(id: i64) -> dormouse::datastore::Key {
    dormouse::datastore::Key::int("Box", 1).child_int("Toy", id)
}

type Form = fn(Query) -> Query;

/// Every kind of query that the suite's indexes serve.
const FORMS: [Form; 20] = [
    |q| q,
    |q| q.keys_only(),
    |q| q.order(KEY, Desc),
    |q| q.range(KEY, Greater, boxed(3)),
    |q| q.within(dormouse::datastore::Key::int("Box", 1)),
    |q| {
        q.within(dormouse::datastore::Key::int("Box", 1))
            .order("b", Asc)
    },
    |q| q.equal("a", Int(1)),
    |q| q.equal("a", Int(1)).equal("b", Int(2)),
    |q| q.any_of("a", vec![Int(1), Int(0)]),
    |q| {
        q.any_of("a", vec![Int(1), Int(0)])
            .any_of("b", vec![Int(2), Int(0)])
    },
    |q| q.any_of("a", vec![Int(1), Int(0)]).order("b", Desc),
    |q| q.any_of("p", vec![Int(1), Int(0), Int(3)]).order("b", Asc),
    |q| q.order("b", Asc),
    |q| q.order("b", Desc),
    |q| q.range("b", Greater, Int(0)).order("b", Desc),
    |q| q.order("b", Asc).order("c", Desc),
    |q| q.order("b", Desc).order(KEY, Asc),
    |q| q.order("p", Desc),
    |q| q.project(&["p", "q"]),
    |q| {
        q.equal("a", Int(1))
            .range("b", Less, Int(2))
            .project(&["b"])
    },
];

pub(super) async fn pages_follow_without_a_gap_or_a_repetition(store: &Datastore) {
    put_twelve(store).await;
    for (number, form) in FORMS.into_iter().enumerate() {
        let whole = rows(store, &form(Query::kind("Toy", 1_000))).await;
        assert!(whole.len() > 1, "form {number} finds too little to page");
        for limit in 1..=whole.len() + 1 {
            let limit = u32::try_from(limit).unwrap();
            let pages = paged(store, limit, |limit| form(Query::kind("Toy", limit))).await;
            assert_eq!(pages, whole, "form {number} by {limit}");
        }
    }
}

fn up(limit: u32) -> Query {
    Query::kind("Toy", limit).order("b", Asc)
}

/// Toys 1 to 6 in the order of `b`, and the page of the first three.
async fn half_read(store: &Datastore) -> Page {
    put(
        store,
        (1..=6).map(|id| toy(id, [("a", Int(0)), ("b", Int(id * 10))])),
    )
    .await;
    let page = store.run_query(&up(3)).await.unwrap();
    assert_eq!(page.rows.len(), 3);
    page
}

pub(super) async fn the_last_row_may_have_been_deleted(store: &Datastore) {
    let page = half_read(store).await;
    let gone = [2, 3, 4].map(|id| Mutation::Delete(key(id), None));
    store.commit(gone.to_vec()).await.unwrap();
    assert_eq!(ids(store, &up(9).after(page.next)).await, [5, 6]);
}

pub(super) async fn what_comes_before_the_cursor_is_not_seen_and_what_comes_behind_is(
    store: &Datastore,
) {
    let page = half_read(store).await;
    put(
        store,
        [
            toy(7, [("b", Int(5))]),
            toy(8, [("b", Int(35))]),
            toy(9, [("b", Int(30))]),
        ],
    )
    .await;
    put(store, [toy(2, [("b", Int(30))]), toy(1, [("b", Int(99))])]).await;
    // 9 stands behind the cursor's 3 with the same value and a greater key, 2 before it with a smaller one.
    assert_eq!(
        ids(store, &up(9).after(page.next)).await,
        [9, 8, 4, 5, 6, 1]
    );
}

pub(super) async fn the_limit_may_change_between_pages(store: &Datastore) {
    let page = half_read(store).await;
    let page = store.run_query(&up(1).after(page.next)).await.unwrap();
    assert_eq!(page.rows[0].entity.key, key(4));
    assert_eq!(ids(store, &up(1_000).after(page.next)).await, [5, 6]);
}

pub(super) async fn a_full_page_has_a_cursor_even_at_the_end(store: &Datastore) {
    let page = half_read(store).await;
    let last = store.run_query(&up(3).after(page.next)).await.unwrap();
    assert!(last.next.is_some());
    let empty = store
        .run_query(&up(3).after(last.next.clone()))
        .await
        .unwrap();
    assert_eq!(empty, Page::default());
    put(store, [toy(7, [("b", Int(70))])]).await;
    assert_eq!(ids(store, &up(3).after(last.next)).await, [7]);
}

pub(super) async fn the_same_cursor_can_be_used_again(store: &Datastore) {
    let page = half_read(store).await;
    for _ in 0..2 {
        assert_eq!(ids(store, &up(9).after(page.next.clone())).await, [4, 5, 6]);
    }
}

#[track_caller]
fn assert_bad<T: std::fmt::Debug>(answer: Result<T, StoreError>) {
    assert!(matches!(answer, Err(StoreError::BadCursor)), "{answer:?}");
}

/// The emulator accepts some of these and returns wrong results.
pub(super) async fn another_querys_cursor_is_refused(store: &Datastore) {
    let cursor = half_read(store).await.next;
    let others = [
        Query::kind("Box", 3).order("b", Asc),
        Query::kind("Toy", 3),
        Query::kind("Toy", 3).order("b", Desc),
        Query::kind("Toy", 3).order("c", Asc),
        up(3).keys_only(),
        up(3).project(&["b"]),
        up(3).within(key(1)),
        up(3).range("b", Greater, Int(0)),
        Query::kind("Toy", 3).equal("a", Int(0)).order("b", Asc),
    ];
    for other in others {
        assert_bad(store.run_query(&other.clone().after(cursor.clone())).await);
        assert_bad(store.count(&other.after(cursor.clone())).await);
    }
    let narrower = |a| Query::kind("Toy", 1).equal("a", Int(a));
    let cursor = store.run_query(&narrower(0)).await.unwrap().next;
    assert_bad(store.run_query(&narrower(1).after(cursor)).await);
}

pub(super) async fn garbage_is_refused(store: &Datastore) {
    let text = half_read(store).await.next.unwrap().to_text();
    for garbage in ["%", "a", "ä", "=", "not a cursor"] {
        assert_bad(Cursor::from_text(garbage));
    }
    let mut damaged = vec![
        String::new(),
        "AAAA".into(),
        "A".repeat(64),
        format!("{text}AAAA"),
    ];
    damaged.extend((1..text.len()).map(|length| text[..length].to_owned()));
    for damaged in damaged {
        if let Ok(cursor) = Cursor::from_text(&damaged) {
            assert_bad(store.run_query(&up(3).after(Some(cursor))).await);
        }
    }
}
