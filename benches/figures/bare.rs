//! What the machine and the libraries do alone: baselines of the same run.

use std::io::Write;
use std::time::{Duration, Instant};

use redb::{Database, ReadableDatabase, TableDefinition};

const ROWS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("rows");
/// As many rows as the store's own figures have articles, of the size of a card.
const COUNT: u64 = 3_000;
const ROW: [u8; 500] = [7; 500];

fn database(folder: &std::path::Path) -> Database {
    let database = Database::create(folder.join("bare.redb")).unwrap();
    let write = database.begin_write().unwrap();
    {
        let mut table = write.open_table(ROWS).unwrap();
        for row in 0..COUNT {
            table.insert(row, ROW.as_slice()).unwrap();
        }
    }
    write.commit().unwrap();
    database
}

fn timed(rounds: u32, mut work: impl FnMut()) -> Vec<Duration> {
    let round = |_| {
        let began = Instant::now();
        work();
        began.elapsed()
    };
    (0..rounds).map(round).collect()
}

/// One row by its key.
pub(crate) fn point_reads() -> Vec<Duration> {
    let folder = tempfile::tempdir().unwrap();
    let database = database(folder.path());
    timed(2_000, || {
        let read = database.begin_read().unwrap();
        let table = read.open_table(ROWS).unwrap();
        std::hint::black_box(table.get(COUNT / 2).unwrap().unwrap().value().to_vec());
    })
}

/// Fifty rows that lie side by side.
pub(crate) fn ranges() -> Vec<Duration> {
    let folder = tempfile::tempdir().unwrap();
    let database = database(folder.path());
    timed(500, || {
        let read = database.begin_read().unwrap();
        let table = read.open_table(ROWS).unwrap();
        let rows = table.range(COUNT / 2..).unwrap().take(50);
        let rows: Vec<Vec<u8>> = rows.map(|row| row.unwrap().1.value().to_vec()).collect();
        std::hint::black_box(rows);
    })
}

/// A page written to a file, and its sync.
pub(crate) fn syncs() -> Vec<Duration> {
    let mut file = tempfile::tempfile().unwrap();
    timed(200, || {
        file.write_all(&[7; 4_096]).unwrap();
        file.sync_data().unwrap();
    })
}

/// The start and end of a program that does nothing.
pub(crate) fn execs() -> Vec<Duration> {
    timed(30, || {
        assert!(
            std::process::Command::new("true")
                .status()
                .unwrap()
                .success()
        );
    })
}

/// Resident memory of a program that waits, in kilobytes.
pub(crate) fn resident_kb() -> u64 {
    let mut child = std::process::Command::new("sleep")
        .arg("10")
        .spawn()
        .unwrap();
    // It has nothing to say when it is ready.
    std::thread::sleep(Duration::from_millis(20));
    let resident = super::resident_kb(child.id());
    child.kill().unwrap();
    child.wait().unwrap();
    resident
}
