# A list of articles.
list-untitled = Untitled
list-undated = undated
list-starred = Starred
list-mark-read = Mark as read
list-mark-unread = Mark as unread
list-mark-read-of = Mark as read: { $title }
list-mark-unread-of = Mark as unread: { $title }

list-feed-settings = Settings of this list
list-mark-all = Mark all read
list-mark-all-title = Marks the { $n } articles in this list (Shift+A)
list-mark-all-title-plain = Marks the articles in this list (Shift+A)
list-mark-part = Mark a part of this list read
list-mark-page = Mark this page read
list-mark-older-1 = Mark what is older than a day read
list-mark-older-3 = Mark what is older than three days read
list-mark-older-7 = Mark what is older than a week read
list-mark-older-30 = Mark what is older than a month read
list-show = Show
list-show-unread = Unread
list-show-all = All
list-undo = Undo
list-undo-title = Mark them unread again: { $what }
list-export = Export
list-newest-first = Newest first
list-oldest-first = Oldest first
list-show-newest = Show newest first
list-show-oldest = Show oldest first
list-unread-count = { $n } unread
list-starred-count = { $n } starred
list-trouble-advice = What can I do?
list-refresh = Refresh now
list-more = More articles
list-end = That’s everything.
list-article = Article
list-departed =
    { $n ->
        [one] { $n } older unread article of { $of } is gone: only the newest of each feed are kept.
       *[other] { $n } older unread articles of { $of } are gone: only the newest of each feed are kept.
    }
list-departed-this = this feed
list-departed-named = “{ $feed }”
list-import = Import OPML

empty-stars = No stars yet
empty-stars-text = Press s on an article, or its star, to keep it here.
empty-back-to-unread = Back to unread
empty-shelf = Your shelf is empty
empty-shelf-text = Add a site that you like to read, or import your feeds from another reader.
empty-end = That’s everything
empty-end-text = You’ve reached the end of this list.
empty-back-to-beginning = Back to the beginning
empty-fetching = Still fetching
empty-fetching-text =
    { $n ->
        [one] { $n } feed is waiting to be fetched. New articles appear while this page is open.
       *[other] { $n } feeds are waiting to be fetched. New articles appear while this page is open.
    }
empty-see-progress = See progress
empty-failed = Nothing could be fetched yet
empty-read = All read
empty-read-text = Nothing is unread here. New articles will appear here.
empty-see-all = See all articles
empty-show-read = Show read articles
empty-none = No articles yet
empty-none-text = New articles will appear here.
empty-seldom = Nothing seldom
empty-seldom-text = Feeds that post less than once a week have nothing unread. They never drown here.

overview-keep = What you keep
overview-keep-text = Starred articles are kept, even if their feed goes away.
overview-welcome = Welcome
overview-welcome-text = Your articles will appear here.
overview-done = You’re all caught up
overview-done-text = New articles will appear here.
overview-to-read = { $n } to read
overview-some = There is something to read
overview-today =
    { $n ->
        [one] { $n } in this list is from today.
       *[other] { $n } in this list are from today.
    }
overview-today-none = Nothing from today.
overview-failing =
    { $n ->
        [one] { $n } feed has trouble
       *[other] { $n } feeds have trouble
    }
overview-start = Start with
overview-most = Most to read
overview-key-next = next, previous
overview-key-read = read or unread
overview-key-original = original
overview-key-all = all read
overview-key-help = all keys

waking-back = Welcome back: your feeds are waking up.
waking-text = Feeds are waking up.
waking-of = of
waking-up-to-date = are up to date.
waking-step = Wake the next feeds
list-passed-count = { $n } passed by
list-passed-by =
    { $n ->
        [one] { $n } article has passed by unread
       *[other] { $n } articles have passed by unread
    }
empty-passed = Nothing has passed by
empty-passed-text = Feeds can be fresh for a while only: see their settings.
list-rolled-up =
    { $n ->
        [one] { $n } article
       *[other] { $n } articles
    }
list-also-in = also in
kept-count =
    { $n ->
        [one] { $n } page or article
       *[other] { $n } pages and articles
    }
kept-back = Back to what you keep
kept-tags = Tags
kept-tags-hint = With commas between them. What has a tag is kept, whatever becomes of its feed.
kept-note = Your note
kept-tags-and-note = Tags and note
kept-tags-saved = Kept with what you wrote
kept-empty = Nothing is kept yet
kept-empty-text = Keep any page by its address, or give an article a tag or a note.
kept-more = More
kept-end = That’s everything.
kept-let-go-title = Let go
kept-let-go-text = Without a tag or a note, and older than:
kept-older-90 = 90 days
kept-older-365 = A year
kept-none-older = Nothing is that old
kept-let-go =
    { $n ->
        [one] Let go of { $n } page
       *[other] Let go of { $n } pages
    }
kept-import-title = Bring your list along
kept-import-text = The file that Pocket, Instapaper, Omnivore or Wallabag gave you: CSV, HTML or JSON. Unpack a ZIP first. Only links and the texts that are in the file are taken; nothing is fetched.
kept-import-file = Exported file
kept-imported =
    { $n ->
        [one] { $n } page is kept now.
       *[other] { $n } pages are kept now.
    }
kept-import-without = { $n } lines had no address.
kept-import-full = Only the first { $n } were read.
kept-removed = It isn’t kept any more
kept-remove = Keep it no longer
kept-no-text = Only its address is kept: the text wasn’t in the file.
keep-title = Keep a page
keep-address = Address of the page
keep-hint = Its text is fetched once and kept here, even if the page goes.
keep-submit = Keep it
keep-done = The page is kept
kept-returned =
    { $n ->
        [one] { $n } page is back
       *[other] { $n } pages are back
    }
list-category = Only “{ $name }”.
kept-left = { $n } more are as old: press again.
