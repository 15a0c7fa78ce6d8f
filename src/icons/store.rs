//! `Icon` in the store: by a hash of the site's origin.

use std::collections::HashMap;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{Icon, Picture};
use crate::datastore::{
    Datastore, Entity, Key, Kind, Loaded, Mutation, Query, RangeOp, Region, StoreError, Stored,
};
use crate::random::hex;

fn key(origin: &str) -> Key {
    Key::name(Kind::Icon, hex(&Sha256::digest(origin)[..16]))
}

fn from_stored(stored: &Stored) -> Option<Icon> {
    let bytes = stored.entity.blob("bytes");
    Some(Icon {
        fetched: stored.entity.int("fetched")?,
        picture: bytes.and_then(|bytes| Picture::new(bytes.to_vec())),
    })
}

/// The icon record of an origin, such as `https://example.org`; a damaged one counts as missing. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn get(store: &Datastore, origin: &str) -> Result<Option<Icon>, StoreError> {
    let stored = store.get(&key(origin)).await?;
    Ok(stored.as_ref().and_then(from_stored))
}

/// Icons by the origins of their sites, for programs that fetch all of them at every sync.
pub static ICONS: Region = Region {
    name: "icons",
    minutes: 60,
    share: 1,
    class: None,
    is_patient: false,
    keeps_latest: false,
};

/// The pictures of these origins, as far as there are any, from the cache, or by one read each.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if a record can't be decoded.
pub async fn cached_many(
    store: &Datastore,
    origins: &[String],
) -> Result<Vec<(String, Picture)>, StoreError> {
    let by_memo: HashMap<u128, &String> = origins.iter().map(|one| (memo(one), one)).collect();
    let mut pictures = Vec::new();
    let memos: Vec<u128> = by_memo.keys().copied().collect();
    for memos in memos.chunks(A_ROUND) {
        let by_memo = &by_memo;
        let load = |memos: Vec<u128>| async move {
            let keys = memos.iter().filter_map(|memo| by_memo.get(memo));
            let keys: Vec<Key> = keys.map(|origin| key(origin)).collect();
            let found = store.lookup(&keys).await?;
            let loaded = memos.iter().zip(found).map(|(memo, stored)| {
                let picture = stored.as_ref().and_then(from_stored);
                let picture = picture.and_then(|icon| icon.picture);
                let bytes = picture.as_ref().map_or(0, |picture| picture.bytes().len());
                (*memo, Loaded::new(picture, 100 + bytes))
            });
            Ok(loaded.collect())
        };
        let found: Vec<(u128, Arc<Option<Picture>>)> =
            store.get_or_load_many(&ICONS, memos, load).await?;
        for (memo, picture) in found {
            if let (Some(origin), Some(picture)) = (by_memo.get(&memo), &*picture) {
                pictures.push(((*origin).clone(), picture.clone()));
            }
        }
    }
    Ok(pictures)
}

/// Icons that are read in one round.
const A_ROUND: usize = 100;

/// An origin's key in [`ICONS`]: half of a hash.
pub(super) fn memo(origin: &str) -> u128 {
    let digest = Sha256::digest(origin);
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    u128::from_be_bytes(half)
}

/// Stores the icon record of an origin. One write.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn put(store: &Datastore, origin: &str, icon: &Icon) -> Result<(), StoreError> {
    let entity = Entity::new(key(origin)).indexed("fetched", icon.fetched);
    let entity = match &icon.picture {
        Some(picture) => entity
            .indexed("content", picture.name())
            .unindexed("bytes", picture.bytes().to_vec()),
        None => entity,
    };
    let write = Mutation::Upsert(entity, None);
    store.commit(vec![write]).await.map(|_| ())
}

/// Pictures by their names, which say what is in them: one that isn't stored any more may be shown for ten minutes.
pub static PICTURES: Region = Region {
    name: "pictures",
    minutes: 10,
    share: 2,
    class: None,
    is_patient: false,
    keeps_latest: false,
};

/// The same from the cache, whether there is one or not, or from [`by_content`].
///
/// # Errors
/// The same as [`by_content`].
pub async fn cached_by_content(
    store: &Datastore,
    name: &str,
) -> Result<Arc<Option<Picture>>, StoreError> {
    // A name is half of a SHA-256.
    let Ok(memo) = u128::from_str_radix(name, 16) else {
        return Ok(Arc::new(by_content(store, name).await?));
    };
    let load = async {
        let picture = by_content(store, name).await?;
        let bytes = picture.as_ref().map_or(0, |picture| picture.bytes().len());
        Ok(Loaded::new(picture, 100 + bytes))
    };
    store.get_or_load(&PICTURES, memo, load).await
}

/// The picture with this name, whatever site it is from, by the built-in index of `content`. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached; [`StoreError::Corrupt`] if the record can't be decoded.
pub async fn by_content(store: &Datastore, name: &str) -> Result<Option<Picture>, StoreError> {
    let query = Query::kind(Kind::Icon, 1).equal("content", name);
    let page = store.run_query(&query).await?;
    let icon = page.rows.first().and_then(from_stored);
    let picture = icon.and_then(|icon| icon.picture);
    Ok(picture.filter(|picture| picture.name() == name))
}

/// The deletes of icons not fetched since a minute, oldest first, by the built-in index of `fetched`. One read.
///
/// # Errors
/// [`StoreError::Unavailable`] if the store can't be reached.
pub async fn deletes_before(
    store: &Datastore,
    minute: i64,
    limit: u32,
) -> Result<Vec<Mutation>, StoreError> {
    let query = Query::kind(Kind::Icon, limit)
        .range("fetched", RangeOp::Less, minute)
        .keys_only();
    let page = store.run_query(&query).await?;
    let keys = page.rows.into_iter().map(|row| row.entity.key);
    Ok(keys.map(|key| Mutation::Delete(key, None)).collect())
}
