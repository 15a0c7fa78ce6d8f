# When a feed was checked, when it is next, and why; and pushes.
polling-full = Nothing is fetched: everything here together has reached its limit of size. The administrator can raise it; feeds that nobody reads go after 90 days.
polling-offline = Offline: this server can’t reach anybody { $since }. Nothing is counted against the feeds, and it keeps trying.
polling-since = since { $time } UTC
polling-host-silent = { $host } hasn’t answered for any of its feeds { $since }.
polling-host-quiet = The host didn’t answer.
polling-host-answers = { $host } answers { $status } for all its feeds { $since }.
polling-checked-now = Checked just now.
polling-checked = Checked { $ago } ago.
polling-next-soon = Next check within minutes
polling-next = Next check in { $wait }
polling-because = { $next } ({ $why }).
polling-gone = the publisher has taken it down for good
polling-resting = it rests while none of its readers are active
polling-new = new feeds come first
polling-failing =
    { $n ->
        [one] the last check failed
       *[other] the last { $n } checks failed, so we check less often
    }
polling-told = the site asked us to wait
polling-times = the publisher names hours or days without checks
polling-interval = the publisher asks for at least { $span } between checks
polling-no-validators = the site can’t tell us whether anything changed, so we check once a day at most
polling-pushed = new articles are pushed to us, so we only check daily
polling-silent = no new posts for { $span }
polling-posts = posts { $every }
polling-unknown = we don’t know yet how often it posts

refreshed-again = You can refresh again in { $wait }.
refreshed-gone = We’ve stopped checking this feed: the publisher has taken it down, or it has moved.
refreshed-full = Nothing was asked: what is stored here has reached its limit of size. The administrator can raise it; feeds that nobody reads go after 90 days.
refreshed-busy = It is being checked already. Look again in a moment.
refreshed-nothing = Checked just now. Nothing new.
refreshed-new = Checked just now: { $articles }.
refreshed-failed = Checked just now, but it failed. { $why }
refreshed-left = Checked just now. { $why } That isn’t counted against this feed.
refreshed-unreached = { $why } Nobody else can be reached from here either, so it isn’t counted against this feed.
refreshed-paused = The site asked us to come back later.
refused-failing =
    { $n ->
        [one] The last check failed, so we wait before the next.
       *[other] The last { $n } checks failed, so we wait before the next.
    }
refused-told = The site asked us to wait.
refused-times = The publisher doesn’t want checks at this time.
refused-interval = Already checked: the publisher asks for at least { $span } between checks.
refused-no-validators = Already checked within a day: the site can’t tell us whether anything changed, so we check once a day at most.
refused-hourly = Already checked this hour.

push-until = Updates are pushed by { $hub } until { $date }, and we ask for more before then.
push-last = The last push came { $ago } ago.
push-resting = { $hub } would push updates, and isn’t subscribed to while the feed rests.
push-unconfirmed = { $hub } was asked for pushes and hasn’t confirmed yet. Until then the feed is polled.
push-soon = soon
push-in = in { $span }
push-refused = { $hub } doesn’t push to us, so the feed is polled. { $reason } We try again { $again }.
push-planned = { $hub } will be asked for pushes. Until then the feed is polled.

desk-title = How Dormouse fetches feeds
desk-heading = Your desk: { $host }
desk-text = You came here with the key that our user agent carries for { $host } alone, so this is for those who read its logs. What is stored and what is planned is all there is; single requests aren’t recorded.
desk-readers = Readers
desk-requested-once = { $readers }, for whom it is requested once
desk-last = Last check, as stored
desk-next = Next check, as planned
desk-conditional = Conditional requests
desk-validators = Yes: your server sends validators, and we send them back
desk-no-validators = No: your server sends neither ETag nor Last-Modified
desk-nobody = Nobody here reads a feed of this host now. Requests for its articles’ pages or its icon come from readers who follow a link.
desk-nobody-active = None: nobody who reads it is active.
desk-none = None.
desk-not-stored = Not stored: a check that finds nothing new writes nothing.
desk-could-be-read = It could be read.
desk-never-read = It was never read.

feed-large = Its articles are large: the { $articles } are kept, and more would be beyond the limit here.
feed-wall = This has lasted for { $span }. Only the site’s owner can let feed readers in: send them this letter. We keep trying, less often each time.
feed-off = Its articles stay here. You can unsubscribe, or find the site’s new feed.
feed-lasting = This has lasted for { $span }. We keep trying, less often each time.
polling-since-here = since { $time }
polling-stopped = the administrator has paused it for everybody
refreshed-stopped = The administrator has paused this feed for everybody.
