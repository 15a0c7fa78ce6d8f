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
