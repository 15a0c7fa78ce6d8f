//! `dormouse house list | add | remove | import | source | read | name`

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;

use super::{Context, done, print, print_json, tell};
use crate::datastore::{Datastore, Mutation};
use crate::shelf::house::{Changed, House, HouseError, source, store};
use crate::shelf::opml;
use crate::shelf::subscription::{folder_text, typed_folder};
use crate::users::audit::{Act, By, Entry};

#[derive(Debug, Subcommand)]
pub(super) enum HouseCommand {
    /// Print the list: address, title and folder of each feed.
    List {
        /// Print a JSON object with `feeds`, instead of one line per feed.
        #[arg(long)]
        json: bool,
    },
    /// Put a feed into the list.
    Add {
        /// The feed's own address.
        address: String,
        /// Its title; without it, the publisher's.
        #[arg(long, default_value = "")]
        title: String,
        /// The folder within the list's, such as “News / World”.
        #[arg(long, default_value = "")]
        folder: String,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Take a feed out of the list.
    Remove {
        /// Its address, as the list has it.
        address: String,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Put the feeds of an OPML file into the list.
    Import {
        /// The file.
        file: PathBuf,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Say from which file the list is kept, or set its address; an empty one takes it away.
    Source {
        /// The address of the OPML file.
        address: Option<String>,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Say what the list is called, or name it: readers’ folder gets this name. An empty one is the usual one.
    Name {
        /// The name.
        name: Option<String>,
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Read the file at the list's address now.
    Read {
        /// Print a JSON object.
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(
    context: &Context,
    command: HouseCommand,
) -> anyhow::Result<std::process::ExitCode> {
    let datastore = context.store("the page /admin/house")?;
    let private = context.config.fetch.allow_private;
    let line = |act: Act, about: &str| {
        let entry = Entry {
            act,
            by: By::Command,
            user: None,
            about,
            network: "",
        };
        entry.write(&context.random, context.clock.now())
    };
    match command {
        HouseCommand::List { json } => list(&datastore, json).await?,
        HouseCommand::Add {
            address,
            title,
            folder,
            json,
        } => {
            let folder = typed_folder(&folder);
            let add = |house: &mut House| house.add(&address, &title, &folder, private);
            let about = crate::feeds::door::bare(&address);
            let line = |added: &bool| added.then(|| line(Act::HouseAdded, &about));
            let added = store::change(&datastore, line, add).await?;
            let words = if added {
                "added"
            } else {
                "in the list already"
            };
            tell(json, &json!({ "added": added }), words)?;
        }
        HouseCommand::Remove { address, json } => {
            let remove = |house: &mut House| Ok::<bool, HouseError>(house.remove(&address));
            let line = |gone: &bool| gone.then(|| line(Act::HouseRemoved, &address));
            if !store::change(&datastore, line, remove).await? {
                anyhow::bail!("{address} isn’t in the list");
            }
            tell(json, &json!({ "removed": true }), "removed")?;
        }
        HouseCommand::Import { file, json } => {
            let line = line(Act::HouseImported, "");
            import(&datastore, (&file, private), line, json).await?;
        }
        HouseCommand::Source { address, json } => {
            if let Some(typed) = &address {
                let line = line(Act::HouseSet, &crate::feeds::door::bare(typed));
                source::set(&datastore, typed, private, line).await?;
            }
            let (house, _) = store::get(&datastore).await?;
            let source = house.source;
            let value = json!({
                "address": source.as_ref().map(|source| &source.address),
                "error": source.as_ref().and_then(|source| source.error.as_ref()),
            });
            let said = source.map_or_else(|| "none".to_owned(), |source| source.address);
            tell(json, &value, &said)?;
        }
        HouseCommand::Name { name, json } => {
            if let Some(typed) = &name {
                let how = |house: &mut House| house.rename(typed);
                store::change(&datastore, |()| Some(line(Act::HouseSet, "")), how).await?;
            }
            let (house, _) = store::get(&datastore).await?;
            let said = match house.name.as_str() {
                "" => "the usual one",
                name => name,
            };
            tell(json, &json!({ "name": house.name }), said)?;
        }
        HouseCommand::Read { json } => {
            let (house, _) = store::get(&datastore).await?;
            let about = house.source.map(|source| source.address);
            let line = line(Act::HouseRead, about.as_deref().unwrap_or_default());
            let fetching = context.fetching(datastore.clone()).await?;
            let changed = source::read(&fetching, |_| Some(line.clone())).await?;
            let changed = changed.ok_or_else(|| anyhow::anyhow!("the list has no such address"))?;
            let Changed { added, removed, .. } = changed;
            let words = format!("{added} added, {removed} removed");
            tell(json, &json!({ "added": added, "removed": removed }), &words)?;
        }
    }
    done()
}

async fn list(datastore: &Datastore, json: bool) -> anyhow::Result<()> {
    let (house, _) = store::get(datastore).await?;
    if json {
        let told = house.feeds.iter().map(|one| {
            json!({
                "address": one.address,
                "title": one.title,
                "folder": one.folder,
                "from_file": one.is_sourced,
            })
        });
        let told: Vec<_> = told.collect();
        return print_json(&json!({ "feeds": told }));
    }
    for one in &house.feeds {
        let folder = folder_text(&one.folder);
        print(&format!("{}\t{}\t{folder}", one.address, one.title));
    }
    Ok(())
}

async fn import(
    datastore: &Datastore,
    (file, private): (&Path, bool),
    line: Mutation,
    json: bool,
) -> anyhow::Result<()> {
    let named = |error: &dyn std::fmt::Display| anyhow::anyhow!("{}: {error}", file.display());
    let bytes = std::fs::read(file).map_err(|error| named(&error))?;
    let opml = opml::read(&bytes).map_err(|error| named(&error))?;
    let import = |house: &mut House| Ok::<Changed, HouseError>(house.import(&opml, private));
    let changed = store::change(datastore, |_| Some(line.clone()), import).await?;
    let Changed {
        added,
        already,
        refused,
        ..
    } = changed;
    let words = format!("{added} added, {already} in the list already, {refused} left out");
    let value = json!({ "added": added, "already": already, "refused": refused });
    tell(json, &value, &words)
}
