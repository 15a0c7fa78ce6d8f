# Feeds: all of them, one's settings, subscribing, importing, replacing.
feeds-find = Find a feed
feeds-find-none = No feed’s name has that in it.
feeds-add = Add a feed
feeds-import = Import OPML
feeds-empty = Your shelf is empty
feeds-empty-text = Add the address of a site you like, or bring your feeds from another reader.
feeds-find-new = Find the new feed
feeds-find-new-of = Find the new feed of { $feed }
feeds-settings-of = Settings of { $feed }
feeds-in-folders = { $feeds } in { $folders }
feeds-failing = { $n } failing
feeds-show-all = Show all feeds
feeds-show-trouble = Show these
feeds-no-trouble = No feed is in trouble.

add-title = Add a feed
add-which = This site has more than one feed. Which one?
add-this = Add this feed
add-another = Another address
add-address = Address of a site or a feed
add-address-hint = Just paste the site’s address; we’ll find its feed.
add-folder = Folder
add-optional = optional
add-folder-hint-html = A new name makes a new folder. <code>News/World</code> puts one into another.
add-submit = Add feed
add-import = Import OPML instead
add-done = Added to your shelf
add-already = This feed was on your shelf already: here it is

feed-back-to = Back to { $feed }
feed-find-new-hint = Looks for another feed on the site. Nothing changes until you choose one.
feed-name-and-folder = Name and folder
feed-name = Name
feed-name-hint = Leave it empty for the feed’s own name, “{ $name }”.
feed-folder = Folder
feed-folder-hint-html = Empty for none. <code>News/World</code> puts one folder into another.
feed-full-text = Always fetch the full text
feed-full-text-hint = For feeds that give only the beginning: when you open an article, its page is fetched, and its text shown here. The feed’s own text stays one click away.
feed-edited = Changed articles become unread again
feed-edited-hint = When the publisher rewrites an article that you have read, it comes back as unread. Off, it changes in silence.
feed-keep = Newest articles to keep
feed-keep-hint = Empty for all that are kept here, { $n } at most. With a number, older ones leave your lists, read or not; starred ones stay.
feed-order = Order of its articles
feed-save = Save
feed-saved = Saved
feed-about = About this feed
feed-address = Address
feed-site = Site
feed-checks = Checks
feed-kept = Kept
feed-pushes = Pushes
feed-repairs = Fixed automatically
feed-refresh = Refresh now
feed-unsubscribe = Unsubscribe
feed-unsubscribe-text = Unsubscribes only you. You can undo it for ten minutes.
feed-removed = Unsubscribed from { $feed }
feed-returned = { $feed } is back on your shelf

replace-was-at = “{ $feed }” was at { $address }, which is no longer a feed.
replace-found-one = This was found on its site
replace-found-many = These were found on its site
replace-is-mine = It is on your shelf already.
replace-switch-this = Switch to this feed
replace-moves = Your name for it, its folder, position and options move along, and what you’ve read stays read.
replace-unread = The old feed has { $n } unread: while any of them isn’t in the new one, the old feed stays too.
replace-removed = The old feed is removed.
replace-known = Do you know the new address?
replace-another = Or another address
replace-look-at = Look for “RSS”, “Atom” or “Feed” on its site, and paste the address of that link.
replace-site = Its site
replace-address = Address of the feed
replace-switch = Switch to it
replace-cancel = Cancel

import-title = Import OPML
import-file = OPML file from another reader
import-file-hint = Feeds and folders are added at once, then fetched step by step. Feeds you already have stay as they are.
import-submit = Import
import-fetched = Fetched
import-of = of
import-next = Fetch the next feeds
import-read = Start reading
import-about-file = About the file
import-feed = Feed
import-folder = Folder
import-result = Result

replace-title = A new address
replace-none = We found no other feed on the site.
replace-none-advice = If you know its new address, paste it below. The old feed’s articles stay here.
replace-offer = { $articles }.
replace-offer-dated = { $articles }, the newest of { $date }.
replace-as-it-was = Your old feed is as it was.
replace-was-there = You already had this feed.
replace-switched = Switched: this is the new feed, under your name for it.
replace-old-left = The old one has left your shelf.
replace-old-stays =
    { $n ->
        [one] The old one stays on your shelf while there is { $n } unread article of it that this one doesn’t have.
       *[other] The old one stays on your shelf while there are { $n } unread articles of it that this one doesn’t have.
    }
import-added =
    { $n ->
        [one] { $n } feed added
       *[other] { $n } feeds added
    }
import-already = { $n } already there
import-rejected = { $n } rejected
import-summary = { $lines }: { $parts }.
import-is-there = Already on your shelf
import-removed = Removed since
import-waiting = Waiting
feed-as-elsewhere = As in all lists
feed-keeps-scrolled = Scrolling past its articles leaves them unread
feed-fresh = Fresh for
feed-fresh-ever = Ever
feed-fresh-week = A week
feed-fresh-three-days = Three days
feed-fresh-day = A day
feed-fresh-hours = Three hours
feed-fresh-hint = After that, what is still unread passes by: it is neither read nor unread, stands in a list of its own, and is back when you choose “Ever”.
feed-fresh-proposal = It posts { $every }: “{ $term }” would keep about { $n } at a time.
feed-rolled-up = One row a day
feed-rolled-up-hint = In lists of several feeds its articles of a day stand in one row that opens to their titles.
feed-posts = It posts { $every }.
feed-name-long = A name has room for { $n } bytes. Nothing was changed.
feed-folder-long = A folder’s name has room for 100 bytes, and eight fit into one another. Nothing was changed.
feeds-fresh = Fresh for: { $term }.
