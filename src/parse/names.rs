//! The vocabularies of feeds: the meaning of each element in each namespace.

/// A namespace, as far as we distinguish it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ns {
    /// Any version of Atom or RSS, or none.
    Feed,
    DublinCore,
    DublinTerms,
    Content,
    Media,
    Itunes,
    Xhtml,
    Rdf,
    FeedBurner,
    Podcast,
    /// Anything else; its elements are skipped.
    Other,
}

impl Ns {
    pub(super) fn of_uri(uri: &str) -> Ns {
        let uri = uri.trim().to_ascii_lowercase();
        let has = |part: &str| uri.contains(part);
        if has("purl.org/rss/1.0/modules/content") {
            Ns::Content
        } else if has("purl.org/rss/1.0/modules") {
            Ns::Other
        } else if uri.is_empty()
            || has("w3.org/2005/atom")
            || has("purl.org/atom")
            || has("purl.org/rss")
            || has("purl.org/net/rss")
            || has("userland.com")
            || has("netscape.com")
        {
            Ns::Feed
        } else if has("purl.org/dc/elements") {
            Ns::DublinCore
        } else if has("purl.org/dc/terms") {
            Ns::DublinTerms
        } else if has("search.yahoo.com/mrss") {
            Ns::Media
        } else if has("itunes.com/dtds") {
            Ns::Itunes
        } else if has("w3.org/1999/xhtml") {
            Ns::Xhtml
        } else if has("rdf-syntax-ns") {
            Ns::Rdf
        } else if has("feedburner") || has("pheedo") {
            Ns::FeedBurner
        } else if has("podcastindex") {
            Ns::Podcast
        } else {
            Ns::Other
        }
    }

    /// The conventional meaning of a prefix the document doesn't declare.
    pub(super) fn of_prefix(prefix: &str) -> Ns {
        match prefix.to_ascii_lowercase().as_str() {
            "" | "atom" | "atom10" | "rss" => Ns::Feed,
            "dc" => Ns::DublinCore,
            "dcterms" => Ns::DublinTerms,
            "content" => Ns::Content,
            "media" => Ns::Media,
            "itunes" => Ns::Itunes,
            "xhtml" => Ns::Xhtml,
            "rdf" => Ns::Rdf,
            "feedburner" | "pheedo" => Ns::FeedBurner,
            "podcast" => Ns::Podcast,
            _ => Ns::Other,
        }
    }
}

/// A field of a feed or an entry, under its Atom name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Field {
    Id,
    Title,
    Subtitle,
    Summary,
    Content,
    Author,
    Category,
    Published,
    Updated,
    Link,
    Image,
    Icon,
    Language,
    /// A polling hint, by the element's own name.
    Hint,
    /// A podcast episode's length, number or season.
    Duration,
    Episode,
    Season,
    /// Where an entry is discussed, and how many comments there are.
    Comments,
    CommentCount,
}

/// What to do with an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// An entry begins.
    Entry,
    /// Its children belong to its parent.
    Transparent,
    /// It holds the address of an image in a child `url`.
    Picture,
    /// Its text is this field. The number is its rank: 0 is the field itself, and anything higher is used only if
    /// nothing lower was found.
    Text(Field, u8),
    /// A link, in `href` or in its text.
    Link,
    /// An attachment, described by its attributes.
    Enclosure,
    /// A small image, described by its attributes.
    Thumbnail,
    /// An image of the whole entry or feed, described by its attributes.
    Cover,
    /// The address of an episode's chapters.
    Chapters,
    /// The feed that an entry was taken from: only its authors count.
    Source,
    /// Skipped with all its children.
    Nothing,
}

/// What an element means in a feed (`in_entry` false) or in an entry.
pub(super) fn meaning(ns: Ns, name: &str, in_entry: bool) -> Meaning {
    use Field::{
        Author, Category, CommentCount, Comments, Content, Duration, Episode, Hint, Icon, Id,
        Image, Language, Published, Season, Subtitle, Summary, Title, Updated,
    };
    use Meaning::{
        Chapters, Cover, Enclosure, Entry, Link, Nothing, Picture, Source, Text, Thumbnail,
        Transparent,
    };
    let about = if in_entry { Summary } else { Subtitle };
    match (ns, name) {
        (Ns::Feed, "item" | "entry") => Entry,
        (Ns::Feed, "channel" | "items") | (Ns::Rdf, _) | (Ns::Media, "group") => Transparent,
        // Of the syndication module or of none.
        (_, "ttl" | "hour" | "day" | "updateperiod" | "updatefrequency") if !in_entry => {
            Text(Hint, 0)
        }
        (_, "skiphours" | "skipdays") if !in_entry => Transparent,
        (Ns::Feed, "title") => Text(Title, 0),
        (Ns::Feed, "link") => Link,
        (Ns::FeedBurner, "origlink") if in_entry => Text(Field::Link, 0),
        (Ns::Feed | Ns::DublinCore, "language") => Text(Language, 0),
        (Ns::Feed, "source") if in_entry => Source,
        (Ns::Feed, "description" | "abstract" | "summary") => Text(about, 0),
        (Ns::Feed, "tagline" | "subtitle") => Text(about, u8::from(in_entry)),
        (Ns::Feed, "info") | (Ns::FeedBurner, "browserfriendly") => Text(about, 2),
        (Ns::Feed, "content" | "fullitem") | (Ns::Content, "encoded") if in_entry => {
            Text(Content, 0)
        }
        (Ns::Feed | Ns::Xhtml, "body" | "div") if in_entry => Text(Content, 1),
        (Ns::Feed, "id" | "guid") => Text(Id, 0),
        (Ns::Feed, "pubdate" | "published" | "issued") | (Ns::DublinTerms, "issued") => {
            Text(Published, 0)
        }
        (Ns::Feed | Ns::DublinTerms, "created") => Text(Published, 1),
        (Ns::Feed, "updated" | "modified" | "lastbuilddate" | "lastmod") => Text(Updated, 0),
        (Ns::DublinTerms, "modified") | (Ns::DublinCore, "date") => Text(Updated, 1),
        (Ns::Feed, "author") => Text(Author, 0),
        (Ns::DublinCore, "creator") => Text(Author, 1),
        (Ns::DublinCore, "author") | (Ns::Itunes, "author") => Text(Author, 2),
        (Ns::Feed, "category") | (Ns::DublinCore, "subject") => Text(Category, 0),
        (Ns::DublinCore, "title") => Text(Title, 1),
        (Ns::DublinCore, "description") => Text(about, 1),
        (Ns::Itunes, "summary") => Text(about, 3),
        (Ns::Itunes, "subtitle") => Text(about, if in_entry { 4 } else { 2 }),
        (Ns::Media, "title") => Text(Title, 2),
        (Ns::Itunes, "title") => Text(Title, 3),
        (Ns::Itunes, "duration") if in_entry => Text(Duration, 0),
        (Ns::Itunes | Ns::Podcast, "episode") if in_entry => Text(Episode, 0),
        (Ns::Itunes | Ns::Podcast, "season") if in_entry => Text(Season, 0),
        (Ns::Feed, "comments") if in_entry => Text(Comments, 0),
        // Of the slash module.
        (Ns::Other, "comments") if in_entry => Text(CommentCount, 0),
        (Ns::Podcast, "chapters") if in_entry => Chapters,
        (Ns::Media, "description") => Text(about, 5),
        (Ns::Feed, "enclosure") | (Ns::Media, "content") if in_entry => Enclosure,
        (Ns::Media, "thumbnail") => Thumbnail,
        (Ns::Itunes, "image") => Cover,
        (Ns::Feed, "image") => Picture,
        (Ns::Feed, "logo") if !in_entry => Text(Image, 1),
        (Ns::Feed, "icon") if !in_entry => Text(Icon, 0),
        _ => Nothing,
    }
}
