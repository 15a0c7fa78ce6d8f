# Searching.
search-title = Search: { $query }
search-hint = Search your articles
search-clear = Clear the search
search-parts = Parts of the search
search-chip-without = Search without: { $what }
search-about = about { $articles }
search-searched = of { $articles } in { $feeds } · { $reads }
search-unindexed =
    { $feeds ->
        [0] { $articles } that you keep aren’t searched yet. Search again to go on.
        [one] { $articles } of one feed aren’t searched yet. They’re added day by day.
       *[other] { $articles } of { $feeds } feeds aren’t searched yet. They’re added day by day.
    }
search-part =
    { $n ->
        [one] Of one long article only the title and the commoner words are searched: { $feeds }.
       *[other] Of { $n } long articles only the titles and the commoner words are searched: { $feeds }.
    }
search-part-own = what you keep
search-foreign = This page belongs to another search.
search-foreign-advice = Search again to begin with its first page.
search-cut = The search is longer than what we look for: its end was left out.
search-go-to-feed = Go to the feed “{ $feed }”
search-none = Nothing found
search-none-text = Try fewer words, another spelling, or the beginning of a word with a star: curl*
search-more = More hits
search-sort = Order
search-newest = Newest
search-best = Best
search-narrow = Narrow it down
search-narrow-text = Or open an article: the words found are marked in it.
search-by-feed = Feed
search-by-month = Month
search-month = { $month } { $year }
search-begin = Search everything you have
search-begin-text = All articles of your feeds that are kept, your stars, and what you keep besides.
search-save = Save this search
search-or = or
search-without = without { $what }
search-in-title = title: { $text }
search-in-author = author: { $text }
search-in-feed = feed: { $text }
search-in-folder = folder: { $text }
search-in-tag = tag: { $text }
search-is-unread = unread
search-is-read = read
search-is-starred = starred
search-has-audio = with sound
search-has-video = with a film
search-has-image = with a picture
search-before = before { $day }
search-after = from { $day }
search-links = links to { $text }
search-syntax = What you can type
search-syntax-phrase = exactly this phrase
search-syntax-without = without this word
search-syntax-or = either word
search-syntax-begin = words that start this way
search-syntax-field = only in the title, or the author’s name
search-syntax-feed = only in these feeds
search-syntax-tag = with your own tag
search-syntax-state = state
search-syntax-media = with such media
search-syntax-date = when it was published
search-syntax-links = links to this site or page
search-bad-date = “{ $text }” isn’t a date.
search-bad-date-advice = Write 2026, 2026-11 or 2026-11-30.
search-bad-state = “{ $text }” isn’t a state.
search-bad-state-advice = Write is:unread, is:read or is:starred.
search-bad-media = “{ $text }” can’t be looked for.
search-bad-media-advice = Write has:audio, has:video or has:image.
search-bad-address = “{ $text }” isn’t a web address.
search-bad-address-advice = Write links:example.org or links:example.org/page.
search-no-word = There is no word to look for in “{ $text }”.
search-no-word-advice = Write words of letters or digits: signs and emoji can’t be searched for.
search-bad-nothing = There is no word after “{ $text }”.
search-bad-nothing-advice = Write one, or remove it.
search-rail = Searches
search-saved = Saved. It stands beside your feeds, with a count.
search-renamed = Saved.
search-forgotten = “{ $name }” isn’t saved any more.
search-saved-name = Name
search-saved-up = Move up
search-saved-delete = Forget this search
search-more-maybe = there may be more
search-save-no = This search can’t be saved
search-save-again = Write at least one word, and at most 300 bytes.
search-save-full = There is room for 30 saved searches
search-save-full-advice = Open one that you don’t need, and forget it. Nothing was changed.
