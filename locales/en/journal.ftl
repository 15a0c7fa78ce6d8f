# The journal: what was read, what that says, and taking it along.
place-journal = Journal
journal-tabs = Pages of the journal
journal-timeline = Timeline
journal-recent = Recently read
journal-export = Export
journal-month = { $month } { $year }
journal-comma = ,{" "}
journal-today = Today, { $date }
journal-yesterday = Yesterday, { $date }
journal-day = { $weekday }, { $date }
journal-sum-opened = { $n } opened
journal-sum-followed = { $n } followed
journal-sum-starred = { $n } starred
journal-sum-tagged = { $n } tagged
journal-act-opened = Opened
journal-act-followed = Followed
journal-act-starred = Starred
journal-act-tagged = Tagged
journal-day-marked = { $n } marked as read one by one.
journal-day-cleared = { $n } cleared in bulk, without being opened.
journal-opened-count = { $n } opened
journal-recent-text = The newest hundred articles that you opened.
journal-about-feed = From “{ $feed }” you opened { $n } in all.
journal-about-author = By { $author } you opened { $n } in all.
journal-all = Show the whole journal
journal-by-month = Month by month
journal-some-feed = A feed that is gone
journal-empty = Nothing here yet
journal-empty-text = What you open, follow, star and tag is noted here as you read. Only you can see it.
journal-not-found =
    { $n ->
        [one] Nothing like that in the month that was looked through
       *[other] Nothing like that in the { $n } months that were looked through
    }
journal-full = { $month } had no room for everything: beyond some 50,000 openings, they are only counted.
journal-is-paused = The journal is paused: nothing is noted for now.
journal-pause = Pause
journal-resume = Go on
journal-paused = The journal is paused. What is there stays
journal-resumed = The journal goes on
journal-earlier = Earlier
journal-end = That’s everything.
journal-search = Search my history
journal-search-go = Search
journal-go-to = Go to
journal-mine = Only you can see this
journal-mine-text = Not the administrator, and never on a shared page. It costs about one write a day. An app that uses the API can’t tell opening from marking: up to three marks at once count as opened.
journal-keep = Keep it
journal-keep-3-months = for three months
journal-keep-year = for a year
journal-keep-ever = for ever
journal-zone = Time zone
journal-other-zone = Your browser is in { $zone }.
journal-delete = Delete…
journal-delete-text = This can’t be undone. Single lines and days have a button of their own.
journal-delete-day = Delete this day
journal-delete-day-of = Delete { $title } from the journal
journal-delete-line = Delete this line
journal-delete-line-of = Delete “{ $title }” from the journal
journal-delete-month = Delete { $month }
journal-delete-all = Delete the whole journal
journal-gone-line = The line is deleted
journal-gone-day = The day is deleted
journal-gone-month = The month is deleted
journal-gone-all = The journal is deleted

insights-title = Insights
insights-range = Range
insights-range-month = Last 30 days
insights-range-half-year = Half a year
insights-range-all = All time
insights-against-month = Changes are against the thirty days before.
insights-against-half-year = Changes are against the six months before.
insights-against-all = Changes are against how it stood thirty days ago.
insights-sentence-month = In the last 30 days you opened { $articles } of { $feeds }{ $change }.
insights-sentence-half-year = In these six months you opened { $articles } of { $feeds }{ $change }.
insights-sentence-all = In all you opened { $articles } of { $feeds }{ $change }.
insights-as-many = , as many as before
insights-more = , { $n } more than before
insights-fewer = , { $n } fewer than before
insights-mostly = Over the last twelve months you opened most { $weekday }, and at about { $hour }.
insights-on-1 = on Mondays
insights-on-2 = on Tuesdays
insights-on-3 = on Wednesdays
insights-on-4 = on Thursdays
insights-on-5 = on Fridays
insights-on-6 = on Saturdays
insights-on-7 = on Sundays
insights-zone = Times in { $zone }.
insights-change = Change
insights-top-feeds = What you opened most
insights-top-authors = Whom you read most
insights-no-authors = None of what you opened names its author.
insights-none = Nothing was opened in this time.
insights-feed = Feed
insights-opened = Opened
insights-moved = Change
insights-spark = The last six months
insights-new = new
insights-new-said = new
insights-same-said = the same place
insights-up-said =
    { $n ->
        [one] up one place
       *[other] up { $n } places
    }
insights-down-said =
    { $n ->
        [one] down one place
       *[other] down { $n } places
    }
insights-leave = Leave out of rankings
insights-leave-of = Leave “{ $title }” out of rankings
insights-left-out = It is left out of rankings from now on
insights-counted = It is ranked again
insights-are-left-out = Left out of rankings
insights-count-again = Rank it again
insights-ranks = Rank by month
insights-ranks-label = The ranks of the feeds that you opened most, over six months
insights-climber = { $feed } climbed most: from place { $from } to { $to }.
insights-month = Month
insights-weekday = Weekday
insights-year = Your year
insights-year-label = A year of days, darker where more was opened
insights-nothing = None
insights-or-more = { $n } or more a day
insights-day = { $date }: { $n } opened
insights-hour = { $weekday }, { $hour }: { $n } opened
insights-hours = Weekday and hour
insights-hours-label = Weekdays and hours of twelve months, darker where more was opened
insights-months = Opened, marked, cleared
insights-months-label = What was opened, marked and cleared in each of six months
insights-key-opened = Opened
insights-key-marked = Marked one by one
insights-key-cleared = Cleared in bulk
insights-worth = What a feed is worth to you
insights-worth-text =
    { $n ->
        [one] How much of what arrived today you opened.
       *[other] How much of what arrived in { $n } days you opened; of busy feeds, of the newest that are kept.
    }
insights-arrived = Arrived
insights-arrived-count = { $n } arrived
insights-share = Share
insights-unmissed = You may not miss these
insights-unmissed-text = At least 20 arrived, and you opened none.
insights-firsts = Firsts and streaks
insights-longest =
    { $n ->
        [one] Longest run: { $n } day, until { $date }.
       *[other] Longest run: { $n } days, until { $date }.
    }
insights-streak = Now: { $n } days in a row.
insights-began = First noted on { $date }.
insights-first = First opened something of “{ $feed }” on { $date }.
insights-empty = Nothing is noted yet
insights-empty-text = As you open articles, this page tells what and when you read, and how that changes.
insights-year-title = Year in review
insights-month-fact = { $month }: { $n } opened

year-title = { $year } in reading
year-best = On { $date } you opened most: { $n }.
year-nothing = Nothing was opened.
year-opened = articles opened
year-days = days with reading
year-streak = days in a row
year-feeds = feeds
year-words = words
year-empty = Nothing was noted in { $year }
year-save = Save as a picture

export-title = Take it along
export-text = Files of at most 30 MB. Where a year needs more than one, the next begins where the first ended, and the answer’s “Link” header names it.
export-csv = CSV is for spreadsheets; a cell that would be taken for a formula begins with an apostrophe.
export-jsonl = JSON Lines is for programs, and can be imported again below.
export-months = Month by month
export-months-text = A file holds at most 30 MB. Where a year has more, take its months one by one; programs find the next part in the header Link.
export-sql = SQL is for databases: “sqlite3 my.db < journal.sql”, or “psql my < journal.sql”.
history-title = Bring a history
history-text = A journal as JSON Lines; starred.json or read articles of a Google Takeout, Inoreader or FreshRSS; entries of Miniflux as its API gives them; saved articles of Feedly. What is found on your shelf is marked and starred; starred articles that aren’t found become stars of their own. Nothing is fetched.
history-file = File (.jsonl or .json, at most 10 MB)
history-lines =
    { $n ->
        [one] { $n } line came into the journal.
       *[other] { $n } lines came into the journal.
    }
history-lines-known =
    { $n ->
        [one] { $n } was there already.
       *[other] { $n } were there already.
    }
history-lines-old =
    { $n ->
        [one] { $n } is older than your journal is kept: choose a longer time first, and bring it again.
       *[other] { $n } are older than your journal is kept: choose a longer time first, and bring it again.
    }
history-lines-wrong =
    { $n ->
        [one] { $n } can’t be read, or lies in the future.
       *[other] { $n } can’t be read, or lie in the future.
    }
history-cut =
    { $n ->
        [one] { $n } more is in the file than is taken at once: split it, and bring the rest, too.
       *[other] { $n } more are in the file than are taken at once: split it, and bring the rest, too.
    }
history-read =
    { $n ->
        [one] { $n } article on your shelf was marked as read.
       *[other] { $n } articles on your shelf were marked as read.
    }
history-starred =
    { $n ->
        [one] { $n } on your shelf was starred.
       *[other] { $n } on your shelf were starred.
    }
history-own =
    { $n ->
        [one] { $n } starred article that isn’t on your shelf became a star of its own.
       *[other] { $n } starred articles that aren’t on your shelf became stars of their own.
    }
history-known =
    { $n ->
        [one] { $n } was starred already.
       *[other] { $n } were starred already.
    }
history-missing =
    { $n ->
        [one] { $n } read article isn’t on your shelf.
       *[other] { $n } read articles aren’t on your shelf.
    }
history-full =
    { $n ->
        [one] { $n } star found no room: ten thousand are kept.
       *[other] { $n } stars found no room: ten thousand are kept.
    }
history-without =
    { $n ->
        [one] { $n } is neither read nor starred, or has no address.
       *[other] { $n } are neither read nor starred, or have no address.
    }
footprint-title = Footprint
footprint-empty = Nothing has been counted this month yet. Counting begins with the next refresh.
footprint-sentence = This month Dormouse woke { $woke } for you, sent { $sent }, spared publishers { $spared }, and cost { $money }.
footprint-sentence-all = This month Dormouse woke { $woke } for all who read here, sent { $sent }, spared publishers { $spared }, and cost { $money }.
footprint-later = What part of it was for you is reckoned once a day is over.
footprint-times =
    { $n ->
        [one] once
       *[other] { $n } times
    }
footprint-requests =
    { $n ->
        [one] one request
       *[other] { $n } requests
    }
footprint-downloads =
    { $n ->
        [one] one download
       *[other] { $n } downloads
    }
footprint-woke = Woke
footprint-sent = Requests sent
footprint-unchanged = Answered “not modified”
footprint-shared = Shared with other readers
footprint-pushed = Pushed, so not asked for
footprint-spared = Downloads spared
footprint-cost = Database cost
footprint-all = Nobody else reads here: all of it was for you.
footprint-share = About { $percent } % of all that was done here was for you: by how often your feeds are checked, each shared among its readers. The days below are everybody’s.
footprint-price = The cost is that of database operations at Google’s list price of { $date }, as if none were free. Computing time and traffic aren’t counted for each reader.
footprint-own-unknown = Only what the refreshes cost for you: your own pages aren’t counted one by one here, and are left out.
footprint-days = Day by day
footprint-day = Day
