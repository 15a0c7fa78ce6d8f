# The list of the house: what the administrator keeps, and what readers do with it.
house-title = House list
house-name-usual = House
house-text = Feeds that you recommend. New accounts are offered them, and readers can follow the list: what you add or remove then changes on their shelves at their next visit.
house-empty = The list is empty.
house-count = { $feeds } of { $most }
house-from-file = from the file
house-remove = Remove
house-remove-of = Remove { $feed } from the list
house-by-hand = Add a feed
house-address = Address of the feed
house-address-hint = The feed’s own address. It isn’t fetched now.
house-feed-title = Title
house-feed-title-hint = Leave empty for the publisher’s.
house-folder = Folder within the list
house-add = Add
house-added = The list has one more feed
house-is-there = That feed is in the list already
house-removed = The list has one feed less
house-file = Import a file
house-file-text = Feeds of an OPML file are added; those that are in the list already stay as they are.
house-choose = OPML file
house-paste = Or paste its text
house-import = Import
house-imported = { $added ->
    [one] { $added } feed was added
   *[other] { $added } feeds were added
}, { $already } in the list already, { $refused } left out
house-nothing = Choose a file, or paste its text
house-source = A file at an address
house-source-text = The feeds of this OPML file are the list’s: they come and go with it. It is read when you press, and once a day by the clean-up. Feeds added by hand stay.
house-source-address = Address of the OPML file
house-source-save = Save
house-source-read = Read it now
house-source-never = Not read yet.
house-source-was = Read { $when }.
house-source-failed = It couldn’t be read { $when }: { $why }
house-read-done = { $added } added, { $removed } removed
house-read-same = Nothing has changed
house-read-just = It was read less than five minutes ago. Try again in a while.
house-no-source = Save the address of a file first
house-name = Name
house-name-hint = Readers’ folder gets this name.
house-save = Save
house-saved = Saved
house-wrong = That can’t be in the list
house-wrong-file = That file couldn’t be read

house-reader-title = { $name }: feeds of this house
house-reader-text = Feeds that the administrator recommends.
house-reader-empty = The administrator keeps no list at the moment.
house-follow = Follow the list
house-follow-text = Its feeds come into the folder { $name }. What the administrator adds or removes changes there at your next visit, never beyond your limit. What you remove yourself doesn’t come back.
house-copy = Add them once
house-copy-text = Its feeds become yours. The list changes nothing about them later.
house-following = You follow this list, in the folder { $folder }.
house-unfit = { $n ->
    [one] { $n } feed of the list isn’t on your shelf, as there was no room for it.
   *[other] { $n } feeds of the list aren’t on your shelf, as there was no room for them.
}
house-again = Try again
house-leave = Stop following
house-leave-text = Your folder stays as it is, or the feeds that the list put there leave your shelf. What you have moved elsewhere stays either way.
house-leave-keep = Stop, and keep the feeds
house-leave-remove = Stop, and remove the feeds
house-left-kept = You no longer follow the list. Its feeds are yours now.
house-left-removed = You no longer follow the list. { $n ->
    [one] { $n } feed was removed.
   *[other] { $n } feeds were removed.
}
house-started = { $n ->
    [one] { $n } feed is on your shelf.
   *[other] { $n } feeds are on your shelf.
} They’re fetched while you look around.
house-again-done = { $n ->
    [0] Nothing was added
    [one] { $n } feed was added
   *[other] { $n } feeds were added
}
house-on-shelf = on your shelf
house-declined = removed by you
house-note-added = { $n ->
    [one] { $n } feed was added to { $name }
   *[other] { $n } feeds were added to { $name }
}
house-note-removed = { $n ->
    [one] { $n } was removed
   *[other] { $n } were removed
}
house-note-removed-only = { $n ->
    [one] { $n } feed was removed from { $name }
   *[other] { $n } feeds were removed from { $name }
}
house-note-unfit = { $n ->
    [one] There was no room for { $n } feed.
   *[other] There was no room for { $n } feeds.
}
house-note-more = and more
house-note-open = Look at the list
house-note-seen = Dismiss
house-first = Start with this house’s feeds
house-first-text = The administrator recommends { $n ->
    [one] { $n } feed
   *[other] { $n } feeds
} to everybody here.
house-first-follow = Follow { $name }
house-first-copy = Add { $n ->
    [one] it
   *[other] these { $n }
} once
house-first-hint = Whoever follows gets what the administrator adds later, and loses what leaves the list.
house-settings = The feeds of this house

audit-house-added = { $who } put a feed into the house list
audit-house-removed = { $who } took a feed out of the house list
audit-house-imported = { $who } imported a file into the house list
audit-house-read = { $who } read the file of the house list, which changed it
audit-house-set = { $who } changed the name or the file’s address of the house list
audit-house-followed = { $who } follows the house list
audit-house-left = { $who } no longer follows the house list
