# The frame around every page: the rail, the tabs, notices.
frame-skip = Skip to content
frame-feeds = Feeds
frame-main = Main
frame-back-to = Back to { $page }
frame-unread-count = { $n } unread
frame-unread-some = Unread articles

place-unread = Unread
place-all = All articles
place-starred = Starred
place-feeds = Feeds
place-seldom = Seldom
place-manage = Manage feeds
place-add = Add a feed
place-add-short = Add
place-settings = Settings
place-help = Keys and hints
place-keys = Keys
place-more = More
place-search = Search
place-loose = Outside folders
place-sign-out = Sign out

rail-feeds-of = Feeds of { $folder }
rail-show-feeds-of = Show feeds of { $folder }

notice-undo = Undo
notice-dismiss = Dismiss
notice-close = Close
notice-offline = You are offline. What you mark is kept here and sent later.
notice-copy = Copy

cold-start-title = Waking up
cold-start-heading = Waking up…
cold-start-text = Dormouse was asleep because nobody was reading. This takes a second or two.
cold-start-continue = Continue

error-number = Error { $status }. If you ask for help, quote
trouble-letter = The letter to the publisher
trouble-letter-label = The letter
place-all-feeds = All feeds
place-passed = Passed by
frame-description = A feed reader for many people that sleeps while nobody reads.
place-kept = Kept
