//! `away FOLDER DAYS` moves the last visit of every account in a store back by a number of days, and the letters that it was sent and
//! is to be sent, since the browser tests can't change the server's clock.

use std::path::Path;

use dormouse::clock::Clock;
use dormouse::datastore::embedded::Embedded;
use dormouse::datastore::{Datastore, IndexSet};
use dormouse::users::{User, store};

fn main() -> anyhow::Result<()> {
    let mut args = std::env::args().skip(1);
    let (Some(folder), Some(days)) = (args.next(), args.next()) else {
        anyhow::bail!("away FOLDER DAYS");
    };
    let days: i64 = days.parse()?;
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let embedded = Embedded::open(Path::new(&folder), IndexSet::ours()?)?;
        let datastore = Datastore::new(embedded, Clock::System);
        for user in store::list(&datastore).await? {
            let earlier = |user: &mut User| {
                user.last_seen_day -= days;
                let (mail, minutes) = (&mut user.profile.mail, days * 24 * 60);
                mail.due = mail.due.map(|due| due - minutes);
                mail.edition_sent = (mail.edition_sent - minutes).max(0);
            };
            store::change(&datastore, user.id, earlier).await?;
        }
        Ok(())
    })
}
