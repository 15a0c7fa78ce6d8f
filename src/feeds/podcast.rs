//! What feeds say of podcasts.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a podcast's feed says of an episode.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Podcast {
    /// In seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<u32>,
    /// Its number in the season.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub episode: Option<u32>,
    /// The season's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub season: Option<u32>,
    /// The address of its chapters, absolute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chapters: Option<String>,
}
