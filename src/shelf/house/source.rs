//! The file that the list of the house takes feeds from: one conditional request, when the administrator presses or once a day.

use super::{Changed, House, HouseError, Source, store};
use crate::client::http::Answer;
use crate::datastore::{Datastore, Mutation};
use crate::feeds::FeedAddress;
use crate::refresh::context::RefreshContext;
use crate::refresh::feed::status_words;
use crate::shelf::opml::{self, Opml};
use crate::timestamp::minute_of;

/// Largest file that is read, in bytes: 200 feeds need a tenth of that.
const MOST_BYTES: usize = 1_024 * 1_024;

/// What a file had.
enum Found {
    /// Nothing new.
    Unchanged,
    List(Box<Opml>),
}

/// Reads the file, if the list has the address of one, and makes its feeds those of the list; `None` if it has none.
///
/// One request that the publisher may answer with 304, through the guard as every request; one read and one write, and one for
/// the `line` if feeds changed. That it failed is kept with the address.
///
/// # Errors
/// [`HouseError::Source`] if the file can't be read; [`HouseError::Store`] if the store fails.
pub async fn read(
    context: &RefreshContext,
    line: impl Fn(&Changed) -> Option<Mutation>,
) -> Result<Option<Changed>, HouseError> {
    let (house, _) = store::get(&context.store).await?;
    let Some(source) = house.source else {
        return Ok(None);
    };
    let private = context.web.allows_private();
    let minute = minute_of(context.clock.now());
    let fetched = fetch(context, &source).await;
    let note = |known: &mut Source| known.read = Some(minute);
    let of_source = |house: &House| {
        let now = house.source.as_ref();
        now.is_some_and(|now| now.address == source.address)
    };
    let (found, validators) = match fetched {
        Ok(fetched) => fetched,
        Err(why) => {
            let how = |house: &mut House| {
                if of_source(house)
                    && let Some(known) = &mut house.source
                {
                    note(known);
                    known.error = Some(why.clone());
                }
                Ok::<(), HouseError>(())
            };
            store::change(&context.store, |()| None, how).await?;
            return Err(HouseError::Source(why));
        }
    };
    let how = |house: &mut House| {
        // It was changed while this one was read.
        if !of_source(house) {
            return Ok(Changed::default());
        }
        let changed = match &found {
            Found::Unchanged => Changed::default(),
            Found::List(opml) => house.take_from_source(opml, private),
        };
        if let Some(known) = &mut house.source {
            note(known);
            known.error = None;
            known.validators.clone_from(&validators);
        }
        Ok::<Changed, HouseError>(changed)
    };
    let line = |changed: &Changed| match changed.added + changed.removed {
        0 => None,
        _ => line(changed),
    };
    store::change(&context.store, line, how).await.map(Some)
}

async fn fetch(
    context: &RefreshContext,
    source: &Source,
) -> Result<(Found, crate::feeds::Validators), String> {
    let address = FeedAddress::parse(&source.address).map_err(|error| error.to_string())?;
    let now = context.clock.now();
    let asked = context.web.get(address.url(), &source.validators, 1, now);
    let answer = asked.await.map_err(|error| error.to_string())?;
    let Answer {
        status, validators, ..
    } = &answer;
    let validators = validators.clone();
    match status.as_u16() {
        // Some repeat none.
        304 if validators.is_empty() => {
            return Ok((Found::Unchanged, source.validators.clone()));
        }
        304 => return Ok((Found::Unchanged, validators)),
        200..=299 => {}
        status => return Err(status_words(status)),
    }
    if answer.is_cut {
        return Err("The file broke off.".to_owned());
    }
    if answer.body.len() > MOST_BYTES {
        return Err("The file is larger than 1 MiB.".to_owned());
    }
    let body = answer.body;
    let opml = tokio::task::spawn_blocking(move || opml::read(&body)).await;
    let opml = opml.map_err(|error| error.to_string())?;
    let opml = opml.map_err(|error| error.to_string())?;
    Ok((Found::List(Box::new(opml)), validators))
}

/// Sets the address of the file, or takes it away with an empty one: its feeds then stay as if they had been added by hand. One read
/// and two writes.
///
/// # Errors
/// [`HouseError`] if it can't be one; [`HouseError::Store`] if the store fails.
pub async fn set(
    datastore: &Datastore,
    typed: &str,
    allow_private: bool,
    line: Mutation,
) -> Result<(), HouseError> {
    let address = match typed.trim() {
        "" => None,
        typed => Some(super::listed(typed, "", &[], allow_private)?.address),
    };
    let how = |house: &mut House| {
        if house.source.as_ref().map(|source| &source.address) != address.as_ref() {
            house.source = address.clone().map(|address| Source {
                address,
                ..Source::default()
            });
            for one in &mut house.feeds {
                one.is_sourced &= address.is_some();
            }
        }
        Ok::<(), HouseError>(())
    };
    store::change(datastore, |()| Some(line.clone()), how).await
}
