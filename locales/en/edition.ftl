# The edition: what arrived since the last one, with an end.
edition-title = Today’s edition
edition-of = { $weekday }’s edition
edition-sum = { $articles }, about { $minutes }
edition-span = What arrived between { $from } and { $to }
edition-moment = { $date }, { $time }
edition-minutes = { $n } min
edition-also = also in { $feeds }
edition-start = Start reading
edition-start-hint = Read straight through, or start anywhere.
edition-book = EPUB
edition-book-title = The edition as a book, for e-readers
edition-settings = When and how
edition-hour-label = It ends at
edition-pictures = The book takes pictures along (it is larger, and their sites are asked for them)
edition-saved = Saved. The new hour counts from the next edition
edition-other-feeds = Other feeds
edition-long = The long read, last
edition-others =
    { $n ->
        [0] That is all of today’s. Nothing else is unread.
        [one] That is all of today’s. { $n } other article is unread, and can wait.
       *[other] That is all of today’s. { $n } other articles are unread, and can wait.
    }
edition-empty = Nothing arrived. The dormouse sleeps on.
edition-end = That was today’s. The dormouse sleeps.
edition-next = The next edition comes on { $when }.
edition-mark = Mark these as read
edition-back = Back to the front page
edition-contents = Contents
edition-earlier = Earlier editions
digest-title = Weekly digest
digest-tab = Week
digest-span = { $from } to { $to }
digest-opened = You opened { $articles } of { $feeds }, about { $minutes } of reading, on { $days ->
        [one] one day
       *[other] { $days } days
    }.
digest-more = That is { $n } more than in the week before.
digest-fewer = That is { $n } fewer than in the week before.
digest-same = That is as many as in the week before.
digest-marked = { $marked } you marked as read one by one, and { $cleared } you cleared in bulk.
digest-feeds = Feeds
digest-authors = Authors
digest-starred = Starred
digest-longest = The longest read
digest-end = That was the week. The dormouse sleeps.
digest-empty = Nothing was opened in this week. The dormouse slept on.
digest-earlier = Earlier weeks
edition-feed = As a feed
edition-feed-title = The edition as a private feed, for another feed reader
private-edition = Dormouse: your edition
private-digest = Dormouse: your week
shared-private = Only for yourself, as a private feed
shared-private-hint = For your own programs: whoever has this address can read it.
