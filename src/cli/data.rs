//! `dormouse data export`, `dormouse data import`

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use super::import_export::all_opened;
use super::{Context, done, no, print, print_error};
use crate::my_data::{
    self, Counts, Import, Mine, Part, Place, Report, Unpacked, Wanted, put_report,
};
use crate::shelf::Shelf;
use crate::users::audit::Act;
use crate::users::{self, store};
use crate::web::settled::settle;
use crate::web::words::brought;

#[derive(Debug, Subcommand)]
pub(super) enum DataCommand {
    /// Write everything that is a user's own into a ZIP file, which another Dormouse takes in.
    Export {
        /// The user's email address.
        #[arg(long, value_name = "EMAIL")]
        user: String,
        /// The file to write; there may be none yet.
        file: PathBuf,
        /// Write along what opens the feeds that ask for a password. Whoever has the file can read it.
        #[arg(long)]
        with_passwords: bool,
        /// Print a JSON object with what is in the file.
        #[arg(long)]
        json: bool,
    },
    /// Take in such a file: exit 0, or 1 if something had no room or can't be here.
    Import {
        /// The user's email address.
        #[arg(long, value_name = "EMAIL")]
        user: String,
        /// The file.
        file: PathBuf,
        /// Print a JSON object with what came of it.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(context: &Context, command: DataCommand) -> anyhow::Result<ExitCode> {
    match command {
        DataCommand::Export {
            user,
            file,
            with_passwords,
            json,
        } => export(context, &user, &file, with_passwords, json).await,
        DataCommand::Import { user, file, json } => import(context, &user, &file, json).await,
    }
}

/// Without a platform there is no limit: one file.
async fn export(
    context: &Context,
    email: &str,
    path: &Path,
    with_passwords: bool,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    let store = context.store("the page /settings/data")?;
    let account = context.account(&store, email).await?;
    let keys = context.keys(&store).await?;
    let mine = Mine {
        store: &store,
        user: account.id,
        keys: &keys,
        random: &context.random,
        now: context.clock.now(),
        part_bytes: context.config.server.data_part_bytes,
    };
    let shelf = Shelf::load(&store, account.id).await?;
    let wanted = Wanted {
        part: Part {
            from: Place::Beginning,
            to: None,
        },
        number: (1, 1),
        with_passwords,
    };
    let failed = |error: std::io::Error| anyhow::anyhow!("{}: {error}", path.display());
    // What somebody reads is nobody else’s business on a shared machine.
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let file = options.open(path).map_err(failed)?;
    let mut lines = vec![context.line(Act::Exported, account.id, "data.zip 1/1")];
    if with_passwords {
        lines.push(context.line(Act::PasswordsExported, account.id, ""));
    }
    if let Err(error) = store.commit(lines).await {
        let _ = std::fs::remove_file(path);
        return Err(error.into());
    }
    let written = my_data::export::export_to(file, None, mine, &shelf, &account, &wanted).await;
    if !matches!(written, Ok(Ok(_))) {
        // What is there is no export.
        let _ = std::fs::remove_file(path);
    }
    let cut = |place| anyhow::anyhow!("{}: there was no room from {place} on", path.display());
    let (file, counts) = written?.map_err(cut)?;
    file.sync_all().map_err(failed)?;
    let bytes = file.metadata().map_err(failed)?.len();
    let Counts {
        feeds,
        journal,
        read_state,
        kept,
        starred,
    } = counts;
    print(&match as_json {
        true => json!({
            "file": path.display().to_string(),
            "bytes": bytes,
            "feeds": feeds,
            "stars": starred,
            "kept": kept,
            "read_state_of_feeds": read_state,
            "journal_lines": journal,
            "passwords": with_passwords,
        })
        .to_string(),
        false => format!(
            "{feeds} feeds, {starred} stars, {kept} kept, what is read of {read_state} feeds, \
             {journal} lines of the journal: {bytes} bytes"
        ),
    });
    match with_passwords {
        true => all_opened(crate::shelf::export::lost(&store, &shelf, &keys).await?),
        false => done(),
    }
}

async fn import(
    context: &Context,
    email: &str,
    path: &Path,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    let failed = |error: std::io::Error| anyhow::anyhow!("{}: {error}", path.display());
    let file = File::open(path).map_err(failed)?;
    let bad = |error: my_data::DataError| anyhow::anyhow!("{}: {error}", path.display());
    let mut file = Unpacked::open(file).await.map_err(bad)?;
    let store = context.store("the page /settings/data")?;
    let account = context.account(&store, email).await?;
    let class = context.config.quotas.of(account.profile.admin);
    let ceiling = &context.config.quotas.ceiling;
    let quota = account.profile.quota.over(class, ceiling);
    let user = account.id;
    // As an import of feeds, it counts as a visit: feeds without an active subscriber aren't fetched.
    let today = users::day_of(context.clock.now());
    store::seen(&store, account, today).await?;
    let keys = context.keys(&store).await?;
    // It is many commits; none without its line.
    let (part, parts) = file.part();
    let line = context.line(Act::DataImported, user, &format!("data.zip {part}/{parts}"));
    store.commit(vec![line]).await?;
    let import = Import {
        mine: Mine {
            store: &store,
            user,
            keys: &keys,
            random: &context.random,
            now: context.clock.now(),
            part_bytes: context.config.server.data_part_bytes,
        },
        clock: &context.clock,
        quota,
        allow_private: context.config.fetch.allow_private,
        settle,
    };
    let mut report = Report::default();
    let mut place = 0;
    loop {
        let step = Box::pin(my_data::import(import, &mut file, place));
        let step = step.await.map_err(bad)?;
        let next = step.next.clone();
        report = report.then(step);
        match next {
            Some((next, ..)) => place = next,
            None => break,
        }
    }
    put_report(&store, user, &report).await?;
    match as_json {
        true => print(&serde_json::to_string(&report)?),
        false => {
            brought(&report).iter().for_each(|line| print(line));
            if report.feeds.0 > 0 {
                print_error(
                    "the next ticks fetch the feeds; then import the file again, for what is read of them",
                );
            }
        }
    }
    let left = report.feeds.2 + report.starred.2 + report.starred.3;
    let left = left + report.kept.2 + report.kept.3 + report.kept_left;
    match left + report.rules.2 + report.searches.2 {
        0 => done(),
        _ => no(),
    }
}
