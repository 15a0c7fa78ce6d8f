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
feeds-show-all = Show all feeds

add-title = Add a feed
add-which = This site has more than one feed. Which one?
add-this = Add this feed
add-another = Another address
add-address = Address of a site or a feed
add-address-hint = Paste one address, or several with spaces between them: a site’s is enough.
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
feeds-show-every = All
feeds-show-failing = In trouble
feeds-show-silent = Silent for a year
feeds-show-unread = Never read
feeds-show-busy = More than you read
feeds-show-paused = Paused or on trial
feeds-show-own = With settings of their own
feeds-sort-folder = By folder
feeds-sort-name = By name
feeds-sort-attention = Needs attention first
feeds-sort-posts = Most posts first
feeds-sort-read = Most read first
feeds-which = Which feeds
feeds-none-such = No feed is like that.
feeds-clean = Spring clean
feeds-percent = { $n } %
feeds-posts = posts
feeds-read = read
feeds-choose = Choose { $feed }
feeds-also-in = also in { $folders }
feeds-paused = Paused
feeds-paused-until = Paused until { $date }
feeds-page-before = Feeds before
feeds-page-next = More feeds
feeds-trial-over = The trial of { $feed } is over. Does it stay?
feeds-trial-keep = Keep it
feeds-trial-longer = 14 days more
folder-new = New folder
folder-name = Name of the folder
folder-make = Make it
folder-made = Made the folder { $folder }
folder-is-there = There is a folder { $folder } already
folder-place = Name and place
folder-name-hint-html = <code>News/World</code> puts it into another. All its feeds move along.
folder-rename = Rename
folder-renamed = The folder is { $folder } now
folder-up = Up
folder-down = Down
folder-dissolve = Dissolve this folder
folder-dissolve-text = Its feeds go one level up; nothing is unsubscribed. You can undo it for ten minutes.
folder-dissolved = Dissolved the folder { $folder }
garden-chosen = With the chosen feeds
garden-none = No feed is chosen.
garden-all = Choose all here
garden-move = Move
garden-put-also = Put there too
garden-pause = Pause
garden-resume = Go on
garden-unselect = Choose none
garden-moved = Moved { $feeds } to { $folder }
garden-also = { $feeds } also in { $folder } now
garden-left = Unsubscribed from { $feeds }
garden-paused = Paused { $feeds }
garden-resumed = { $feeds } going on
garden-undone = { $feeds } as before
feed-resumed =
    { $n ->
        [0] It goes on.
        [one] It goes on. The newest ten are unread; { $n } older article was marked as read.
       *[other] It goes on. The newest ten are unread; { $n } older articles were marked as read.
    }
feed-trial-until = On trial until { $date }
feed-stays = It stays
holiday-on = Your whole shelf is paused: nobody is asked for news on your behalf.
holiday-until = Your whole shelf is paused until { $date }: nobody is asked for news on your behalf.
holiday-begun = Your whole shelf is paused. Have a good time.
holiday-left = { $n } feeds are still to be paused: press again to go on.
holiday-end = I’m back
holiday-over =
    { $n ->
        [0] Welcome back.
        [one] Welcome back. The newest ten of each feed are unread; { $n } older article was marked as read.
       *[other] Welcome back. The newest ten of each feed are unread; { $n } older articles were marked as read.
    }
plan-of = Plan of { $feed }
plan-label =
    { $n ->
        [one] { $n } post in 90 days
       *[other] { $n } posts in 90 days
    }
feed-also = Further folders
feed-also-hint = One a line. It counts once in the whole, and stands in each of them.
feed-view = How its list looks
feed-opens-site = Its titles lead to the site
feed-opens-site-hint = A press on one of its titles opens the publisher’s page in a new tab, and marks it as read.
feed-drip = One by one
feed-drip-hint = The newest five of what is there now, and the rest one a day, the oldest first. For the archive of a serial.
feed-drip-held =
    { $n ->
        [one] { $n } article is still to come.
       *[other] { $n } articles are still to come.
    }
feed-pause = Pause
feed-pause-text = Nothing new comes, and the site isn’t asked for you. When you go on, the newest ten are unread, not the pile.
pause-week = For a week
pause-month = For 30 days
pause-ever = Until I end it
feed-trial = Trial
feed-trial-text = Follow it for 14 days; then we ask whether it stays.
feed-trial-begin = Begin a trial
plan-about = About this feed
plan-title = Plan
plan-options = Options
plan-caption = Posts a day
plan-picture = { $posts } in 90 days, and the days on which it was checked
plan-day = { $date }: { $n }
plan-today = Today
plan-key-posts = Posts, and checks of days with some
plan-key-check = Check that found nothing new
plan-key-next = Next check
plan-posts-from = Only the articles that are kept are drawn: those since { $date }.
plan-checks-from = Checks before { $date } are drawn from the plan.
plan-table = The same as a table
plan-day-head = Day
plan-posts-head = Posts
plan-last = The last checks
plan-why = Why not more often?
plan-why-hour = No feed is asked for more than once an hour.
plan-why-others = { $n } readers here have it; one check serves them all.
plan-why-validators = Its server can’t say that nothing changed, so each check takes the whole feed: once a day at most.
plan-why-wish = The publisher asks for at least { $span } between two checks.
plan-why-pushed = A hub tells us of news at once, so asking is only for safety.
plan-why-no-hub = The site offers no hub that would tell us at once.
plan-why-paused = You have paused it.
plan-why-asleep = If none of its readers comes back for 30 days, checking stops until one does.
plan-rhythm = Posts { $every }.
plan-rhythm-unknown = How often it posts isn’t known yet.
clean-back = Back to all feeds
clean-none = Nothing to clean
clean-none-text = Your feeds are alive, and you read them.
clean-failing = In trouble
clean-failing-text = These can’t be fetched at the moment.
clean-silent = Silent for a year
clean-silent-text = They cost nothing, and may come back.
clean-unread = Never read
clean-unread-text = You have read none of what came of these.
clean-busy = More than you read
clean-busy-text = They post a lot, of which you read less than a tenth.
clean-pause-of = Pause { $feed }
clean-leave-of = Unsubscribe from { $feed }
add-added =
    { $n ->
        [0] No feed was added.
        [one] { $n } feed was added.
       *[other] { $n } feeds were added.
    }
add-failed = { $n } failed. { $why }
add-none-chosen = No feed was chosen
add-left-out = { $n } more addresses had no room here. Look at them next.
add-mine = You have this one.
add-mine-in = You have this one, in { $folder }.
add-short = Summaries only.
add-serves = One check serves { $n } readers here.
add-sibling = You have another feed of this site: { $feed }.
add-look = Look first
add-open = Open
add-trial = On trial: ask me after 14 days whether they stay
add-chosen = Subscribe to the chosen
add-packs = Packs by topic
add-anywhere = From any page
add-anywhere-text = Drag these to your bookmarks. On a phone, share a page to Dormouse once it is on your home screen.
add-bookmarklet = Subscribe in Dormouse
keep-bookmarklet = Keep in Dormouse
pack-checked = These lists were last looked through on { $date }.
add-pack-file = OPML
pause-until = Until a day
