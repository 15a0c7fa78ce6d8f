//! What other sites embed in articles: which film, song or post a frame shows, and the page that shows it, too.

use url::Url;

use super::plain::escape;

/// A frame's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embed {
    /// The site's name; `None` for a site that we know nothing about.
    pub site: Option<&'static str>,
    /// Site and id, such as `youtube:dQw4w9WgXcQ`: what a player needs. `None` where no player of ours could play it.
    pub key: Option<String>,
    /// The page to open instead.
    pub page: Url,
}

/// A film that an entry's link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Film {
    /// The address of its player, as a frame has it.
    frame: String,
    /// Its page.
    pub page: Url,
}

impl Film {
    /// The film as a frame, which the sanitizer makes a card of, followed by the text about it. `picture` is the one that
    /// the feed names.
    pub fn with_text(&self, title: Option<&str>, picture: Option<&str>, text: &str) -> String {
        let mut html = format!("<p><iframe src=\"{}\"", escape(&self.frame));
        for (name, value) in [("title", title), ("data-picture", picture)] {
            if let Some(value) = value {
                html.push_str(&format!(" {name}=\"{}\"", escape(value)));
            }
        }
        html.push_str("></iframe></p>");
        html.push_str(text);
        html
    }
}

/// The film on YouTube or Vimeo at an address.
pub fn film(link: &str) -> Option<Film> {
    if !link.contains("youtu") && !link.contains("vimeo.com/") {
        return None;
    }
    let url = Url::parse(link).ok()?;
    let embed = youtube(&url).or_else(|| by_path(&url))?;
    let frame = match embed.key?.split_once(':')? {
        ("youtube", id) => format!("https://www.youtube.com/embed/{id}"),
        ("vimeo", id) => format!("https://player.vimeo.com/video/{id}"),
        _ => return None,
    };
    Some(Film {
        frame,
        page: embed.page,
    })
}

/// What the frame, object or script at this address shows.
pub fn of_address(url: &Url) -> Option<Embed> {
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return None;
    }
    let known: [fn(&Url) -> Option<Embed>; 6] = [
        youtube,
        by_path,
        soundcloud,
        mastodon,
        peertube,
        by_parameter,
    ];
    let found = known.iter().find_map(|site| site(url));
    Some(found.unwrap_or_else(|| Embed {
        site: None,
        key: None,
        page: url.clone(),
    }))
}

/// Whether this is a script that writes a GitHub Gist into its page; then the gist.
pub fn gist(url: &Url) -> Option<Embed> {
    let path = url.path().strip_suffix(".js")?;
    let page = format!("https://gist.github.com{path}");
    (host(url)? == "gist.github.com").then_some(())?;
    embed("GitHub Gist", None, &page)
}

/// Whether a value names a film or a song that our player could play: its site, a colon and its id.
pub fn is_key(value: &str) -> bool {
    let Some((site, id)) = value.split_once(':') else {
        return false;
    };
    let is_id = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '=' | '?');
    matches!(
        site,
        "youtube" | "vimeo" | "bandcamp" | "soundcloud" | "spotify"
    ) && (1..=100).contains(&id.len())
        && id.chars().all(is_id)
}

/// The address of the player of a film or a song, for a frame. `None` for what no player of ours could play.
///
/// YouTube's is that without cookies. `page` may name the moment to begin at.
pub fn player(key: &str, page: &str) -> Option<Url> {
    let (site, id) = key.split_once(':').filter(|_| is_key(key))?;
    let moment = || parameter(&Url::parse(page).ok()?, "t").and_then(|t| seconds(&t));
    let address = match site {
        "youtube" => {
            let start = moment()
                .map(|at| format!("&start={at}"))
                .unwrap_or_default();
            format!("https://www.youtube-nocookie.com/embed/{id}?autoplay=1{start}")
        }
        "vimeo" => {
            let joint = if id.contains('?') { '&' } else { '?' };
            format!("https://player.vimeo.com/video/{id}{joint}autoplay=1&dnt=1")
        }
        "soundcloud" => {
            let is_number = ["tracks/", "playlists/", "users/"];
            let is_number = is_number.iter().any(|start| id.starts_with(start));
            let host = if is_number { "api." } else { "" };
            format!(
                "https://w.soundcloud.com/player/?url=https%3A%2F%2F{host}soundcloud.com%2F{}&auto_play=true",
                id.replace('/', "%2F")
            )
        }
        "spotify" => format!("https://open.spotify.com/embed/{id}"),
        "bandcamp" => {
            format!("https://bandcamp.com/EmbeddedPlayer/{id}/size=large/tracklist=false/")
        }
        _ => return None,
    };
    Url::parse(&address).ok()
}

/// A moment as YouTube writes it: `90`, `90s`, `1h2m3s`.
fn seconds(text: &str) -> Option<u32> {
    let (mut sum, mut number) = (0_u32, None::<u32>);
    for c in text.chars() {
        let unit = match c {
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            _ => {
                let digit = c.to_digit(10)?;
                number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
                continue;
            }
        };
        sum = sum.checked_add(number.take()?.checked_mul(unit)?)?;
    }
    sum.checked_add(number.unwrap_or(0))
}

fn embed(site: &'static str, key: Option<String>, page: &str) -> Option<Embed> {
    Some(Embed {
        site: Some(site),
        key: key.filter(|key| is_key(key)),
        page: Url::parse(page)
            .ok()
            .filter(|page| matches!(page.scheme(), "http" | "https"))?,
    })
}

/// The host without `www.` and `m.`.
fn host(url: &Url) -> Option<&str> {
    let host = url.host_str()?;
    let bare = host
        .strip_prefix("www.")
        .or_else(|| host.strip_prefix("m."));
    Some(bare.unwrap_or(host))
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    let mut pairs = url.query_pairs();
    pairs
        .find(|(known, value)| known == name && !value.is_empty())
        .map(|(_, value)| value.into_owned())
}

fn youtube(url: &Url) -> Option<Embed> {
    const NAME: &str = "YouTube";
    let segments: Vec<&str> = url
        .path_segments()?
        .filter(|part| !part.is_empty())
        .collect();
    let id = match (host(url)?, segments.as_slice()) {
        ("youtu.be", [id, ..]) => (*id).to_owned(),
        (
            "youtube.com" | "music.youtube.com" | "youtube-nocookie.com" | "youtube.googleapis.com",
            parts,
        ) => match parts {
            ["embed", "live_stream"] => {
                let channel = parameter(url, "channel")?;
                return embed(
                    NAME,
                    None,
                    &format!("https://www.youtube.com/channel/{channel}/live"),
                );
            }
            ["embed", "videoseries"] | ["playlist"] | ["embed"] => {
                let list = parameter(url, "list")?;
                let page = format!("https://www.youtube.com/playlist?list={list}");
                return embed(NAME, None, &page);
            }
            ["embed" | "v" | "e" | "shorts" | "live", id, ..] => {
                (*id).split('&').next().unwrap_or_default().to_owned()
            }
            ["watch"] => parameter(url, "v")?,
            _ => return None,
        },
        _ => return None,
    };
    let is_id = !id.is_empty()
        && id.len() <= 20
        && id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    is_id.then_some(())?;
    let start = parameter(url, "start").or_else(|| parameter(url, "t"));
    let start = start
        .filter(|start| start.bytes().all(|byte| byte.is_ascii_alphanumeric()) && start != "0");
    let moment = start.map(|start| format!("&t={start}")).unwrap_or_default();
    embed(
        NAME,
        Some(format!("youtube:{id}")),
        &format!("https://www.youtube.com/watch?v={id}{moment}"),
    )
}

/// Sites whose frames have the id in their path.
fn by_path(url: &Url) -> Option<Embed> {
    let parts: Vec<&str> = url
        .path_segments()?
        .filter(|part| !part.is_empty())
        .collect();
    match (host(url)?, parts.as_slice()) {
        ("player.vimeo.com", ["video", id, ..]) => {
            let secret = parameter(url, "h");
            let path = secret
                .map(|secret| format!("{id}/{secret}"))
                .unwrap_or_else(|| (*id).to_owned());
            let key = parameter(url, "h")
                .map_or_else(|| format!("vimeo:{id}"), |h| format!("vimeo:{id}?h={h}"));
            embed("Vimeo", Some(key), &format!("https://vimeo.com/{path}"))
        }
        ("vimeo.com", ["moogaloop.swf"]) => {
            let id = parameter(url, "clip_id")?;
            embed(
                "Vimeo",
                Some(format!("vimeo:{id}")),
                &format!("https://vimeo.com/{id}"),
            )
        }
        ("vimeo.com", [id]) if id.bytes().all(|byte| byte.is_ascii_digit()) => embed(
            "Vimeo",
            Some(format!("vimeo:{id}")),
            &format!("https://vimeo.com/{id}"),
        ),
        ("bandcamp.com", ["EmbeddedPlayer", rest @ ..]) => {
            let of = |kind: &str| rest.iter().find(|part| part.starts_with(kind)).copied();
            let key = of("track=").or_else(|| of("album="));
            embed(
                "Bandcamp",
                key.map(|key| format!("bandcamp:{key}")),
                url.as_str(),
            )
        }
        ("open.spotify.com", ["embed"]) => {
            let uri = parameter(url, "uri")?;
            let (kind, id) = uri.strip_prefix("spotify:")?.split_once(':')?;
            embed(
                "Spotify",
                Some(format!("spotify:{kind}/{id}")),
                &format!("https://open.spotify.com/{kind}/{id}"),
            )
        }
        ("open.spotify.com", ["embed" | "embed-podcast", kind, id, ..]) => embed(
            "Spotify",
            Some(format!("spotify:{kind}/{id}")),
            &format!("https://open.spotify.com/{kind}/{id}"),
        ),
        ("codepen.io", [user, "embed", rest @ ..]) => {
            let slug = rest.iter().find(|part| **part != "preview")?;
            embed(
                "CodePen",
                None,
                &format!("https://codepen.io/{user}/pen/{slug}"),
            )
        }
        ("dailymotion.com" | "geo.dailymotion.com", ["embed", "video", id, ..]) => embed(
            "Dailymotion",
            None,
            &format!("https://www.dailymotion.com/video/{id}"),
        ),
        ("instagram.com", [kind @ ("p" | "reel" | "tv"), id, ..]) => embed(
            "Instagram",
            None,
            &format!("https://www.instagram.com/{kind}/{id}/"),
        ),
        ("embed.podcasts.apple.com", _) => embed(
            "Apple Podcasts",
            None,
            &format!("https://podcasts.apple.com{}", url.path()),
        ),
        ("embed.ted.com", _) => embed("TED", None, &format!("https://www.ted.com{}", url.path())),
        ("archive.org", ["embed", id, ..]) => embed(
            "Internet Archive",
            None,
            &format!("https://archive.org/details/{id}"),
        ),
        ("tiktok.com", ["embed", rest @ ..]) => {
            let id = rest.last()?;
            embed(
                "TikTok",
                None,
                &format!("https://www.tiktok.com/@/video/{id}"),
            )
        }
        _ => None,
    }
}

fn soundcloud(url: &Url) -> Option<Embed> {
    (host(url)? == "w.soundcloud.com").then_some(())?;
    let track = Url::parse(&parameter(url, "url")?).ok()?;
    let path = track.path().trim_matches('/').to_owned();
    // The API's own addresses are no pages, but the player is one.
    let is_page = host(&track)? == "soundcloud.com";
    let page = if is_page {
        track.as_str()
    } else {
        url.as_str()
    };
    embed("SoundCloud", Some(format!("soundcloud:{path}")), page)
}

/// A post of any Mastodon server: `/@user/123/embed`.
fn mastodon(url: &Url) -> Option<Embed> {
    let parts: Vec<&str> = url
        .path_segments()?
        .filter(|part| !part.is_empty())
        .collect();
    match parts.as_slice() {
        [user, id, "embed"]
            if user.starts_with('@') && id.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            embed(
                "Mastodon",
                None,
                url.join(&format!("/{user}/{id}")).ok()?.as_str(),
            )
        }
        _ => None,
    }
}

/// A film of any PeerTube server: `/videos/embed/uuid`.
fn peertube(url: &Url) -> Option<Embed> {
    let parts: Vec<&str> = url
        .path_segments()?
        .filter(|part| !part.is_empty())
        .collect();
    match parts.as_slice() {
        ["videos", "embed", id] => embed(
            "PeerTube",
            None,
            url.join(&format!("/w/{id}")).ok()?.as_str(),
        ),
        _ => None,
    }
}

/// Sites whose frames have the page's address or id as a parameter.
fn by_parameter(url: &Url) -> Option<Embed> {
    match host(url)? {
        "platform.twitter.com" => {
            let id =
                parameter(url, "id").filter(|id| id.bytes().all(|byte| byte.is_ascii_digit()))?;
            embed("X", None, &format!("https://x.com/i/status/{id}"))
        }
        "facebook.com" if url.path().starts_with("/plugins/") => {
            embed("Facebook", None, &parameter(url, "href")?)
        }
        "player.twitch.tv" => {
            let path = match parameter(url, "video") {
                Some(video) => format!("videos/{}", video.trim_start_matches('v')),
                None => parameter(url, "channel")?,
            };
            embed("Twitch", None, &format!("https://www.twitch.tv/{path}"))
        }
        "clips.twitch.tv" => embed(
            "Twitch",
            None,
            &format!("https://clips.twitch.tv/{}", parameter(url, "clip")?),
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str) -> (Option<&'static str>, Option<String>, String) {
        let embed = of_address(&Url::parse(address).expect("a URL")).expect("an embed");
        (embed.site, embed.key, embed.page.into())
    }

    #[test]
    fn every_player_has_its_frame() {
        for (key, page, frame) in [
            (
                "youtube:a-b_c",
                "https://www.youtube.com/watch?v=a-b_c&t=1m30s",
                "https://www.youtube-nocookie.com/embed/a-b_c?autoplay=1&start=90",
            ),
            (
                "vimeo:123?h=ab",
                "https://vimeo.com/123/ab",
                "https://player.vimeo.com/video/123?h=ab&autoplay=1&dnt=1",
            ),
            (
                "soundcloud:a/b",
                "https://soundcloud.com/a/b",
                "https://w.soundcloud.com/player/?url=https%3A%2F%2Fsoundcloud.com%2Fa%2Fb&auto_play=true",
            ),
            (
                "soundcloud:tracks/12",
                "https://w.soundcloud.com/player/?url=x",
                "https://w.soundcloud.com/player/?url=https%3A%2F%2Fapi.soundcloud.com%2Ftracks%2F12&auto_play=true",
            ),
            (
                "spotify:episode/a1",
                "https://open.spotify.com/episode/a1",
                "https://open.spotify.com/embed/episode/a1",
            ),
            (
                "bandcamp:album=12",
                "https://x.bandcamp.com/album/y",
                "https://bandcamp.com/EmbeddedPlayer/album=12/size=large/tracklist=false/",
            ),
        ] {
            assert_eq!(player(key, page).expect("a player").as_str(), frame);
        }
        for other in [
            "page",
            "youtube:",
            "youtube:a.b",
            "dailymotion:1",
            "youtube",
        ] {
            assert_eq!(player(other, "https://x.test/"), None, "{other}");
        }
        for (text, moment) in [
            ("90", Some(90)),
            ("1h2m3s", Some(3_723)),
            ("m", None),
            ("99999999999", None),
        ] {
            assert_eq!(seconds(text), moment, "{text}");
        }
    }

    #[test]
    fn every_known_frame_has_its_page() {
        for (address, site, key, page) in [
            (
                "https://www.youtube.com/embed/abc?rel=0",
                "YouTube",
                "youtube:abc",
                "https://www.youtube.com/watch?v=abc",
            ),
            (
                "https://www.youtube-nocookie.com/embed/a-b_c?start=90",
                "YouTube",
                "youtube:a-b_c",
                "https://www.youtube.com/watch?v=a-b_c&t=90",
            ),
            (
                "http://youtube.com/v/abc&hl=en",
                "YouTube",
                "youtube:abc",
                "https://www.youtube.com/watch?v=abc",
            ),
            (
                "https://m.youtube.com/shorts/abc",
                "YouTube",
                "youtube:abc",
                "https://www.youtube.com/watch?v=abc",
            ),
            (
                "https://youtu.be/abc",
                "YouTube",
                "youtube:abc",
                "https://www.youtube.com/watch?v=abc",
            ),
            (
                "https://www.youtube.com/embed/videoseries?list=PLx",
                "YouTube",
                "",
                "https://www.youtube.com/playlist?list=PLx",
            ),
            (
                "https://player.vimeo.com/video/123?h=ab",
                "Vimeo",
                "vimeo:123?h=ab",
                "https://vimeo.com/123/ab",
            ),
            (
                "https://bandcamp.com/EmbeddedPlayer/album=12/size=large/",
                "Bandcamp",
                "bandcamp:album=12",
                "https://bandcamp.com/EmbeddedPlayer/album=12/size=large/",
            ),
            (
                "https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/a/b&x=1",
                "SoundCloud",
                "soundcloud:a/b",
                "https://soundcloud.com/a/b",
            ),
            (
                "https://open.spotify.com/embed/track/a1",
                "Spotify",
                "spotify:track/a1",
                "https://open.spotify.com/track/a1",
            ),
            (
                "https://open.spotify.com/embed-podcast/episode/a1",
                "Spotify",
                "spotify:episode/a1",
                "https://open.spotify.com/episode/a1",
            ),
            (
                "https://social.example/@ann/12/embed",
                "Mastodon",
                "",
                "https://social.example/@ann/12",
            ),
            (
                "https://tube.example/videos/embed/a-1",
                "PeerTube",
                "",
                "https://tube.example/w/a-1",
            ),
            (
                "https://codepen.io/ann/embed/preview/abc?x=1",
                "CodePen",
                "",
                "https://codepen.io/ann/pen/abc",
            ),
            (
                "https://maps.example/embed?x=1",
                "",
                "",
                "https://maps.example/embed?x=1",
            ),
        ] {
            let (found, its_key, its_page) = of(address);
            assert_eq!(
                (
                    found.unwrap_or_default(),
                    its_key.as_deref().unwrap_or_default(),
                    its_page.as_str()
                ),
                (site, key, page),
                "{address}"
            );
        }
        let script = Url::parse("https://gist.github.com/ann/0a1b.js?file=x").expect("a URL");
        assert_eq!(
            gist(&script).expect("a gist").page.as_str(),
            "https://gist.github.com/ann/0a1b"
        );
        assert_eq!(of_address(&Url::parse("about:blank").expect("a URL")), None);
    }

    #[test]
    fn only_films_are_films() {
        assert!(film("https://www.youtube.com/watch?v=abc&list=x").is_some());
        for link in [
            "https://www.youtube.com/@ann",
            "https://www.youtube.com/playlist?list=PL",
            "http://s.example/",
            "x",
        ] {
            assert_eq!(film(link), None, "{link}");
        }
    }
}
