# The administration, and the deletion of an account.
admin-title = Administration
admin-overview = Overview
admin-readers = Readers
admin-feeds = Feeds
admin-jobs = Jobs
admin-audit = Audit log
admin-settings = Settings in force
admin-all = All
admin-open = Open
admin-open-of = Open { $name }
admin-more = More
admin-end = That’s everything.
admin-trouble = Feeds in trouble
admin-no-trouble = No feed is in trouble.
admin-free = Today, of what is free
admin-of = { $used } of { $free }
admin-jobs-well = All jobs ran on time.
admin-job-failed = { $job } failed at its last run.
admin-job-late = { $job } is late: look whether the scheduler still calls it.
admin-job-never = { $job } has never run: let the scheduler call it.
admin-no-scheduler = No scheduler is set: feeds are checked while pages are open.
admin-sentence = { $readers }, { $feeds }; { $n ->
    [one] { $n } is in trouble.
   *[other] { $n } are in trouble.
}
admin-sentence-well = { $readers }, { $feeds }; none is in trouble.
admin-accounts = { $n ->
    [one] { $n } account, { $active } active this week
   *[other] { $n } accounts, { $active } active this week
}
admin-count-admins = { $n ->
    [one] { $n } administrator
   *[other] { $n } administrators
}
admin-count-disabled = { $n ->
    [one] { $n } account disabled
   *[other] { $n } accounts disabled
}
admin-count-leaving = { $n ->
    [one] { $n } account being deleted
   *[other] { $n } accounts being deleted
}
jobs-job = Job
jobs-when = Last run
jobs-result = Result
jobs-took = Took
jobs-seconds = { $n } s
jobs-never = It has never run.
jobs-no-scheduler = No scheduler is set, so nothing calls these. Set CRON_SECRET, and call them from cron.
job-refresh = Refresh
job-refresh-about = Checks the feeds that are due.
job-daily = Daily clean-up
job-daily-about = All of the following, one after the other.
job-sessions = Sessions
job-sessions-about = Deletes sessions that have ended.
job-sleepers = Sleepers
job-sleepers-about = Lets the feeds rest of readers who weren’t here for 30 days.
job-orphans = Feeds without readers
job-orphans-about = Deletes feeds that nobody has read for 90 days.
job-hubs = Hubs
job-hubs-about = Renews subscriptions at hubs that tell us of news.
job-accounts = Accounts that leave
job-accounts-about = Deletes what is left of accounts that are being deleted.
job-audit = Audit log
job-audit-about = Deletes lines that are older than a year.
did-fetched = { $n ->
    [one] { $n } feed checked
   *[other] { $n } feeds checked
}
did-articles = { $n ->
    [one] { $n } new article
   *[other] { $n } new articles
}
did-failed = { $n ->
    [one] { $n } failed
   *[other] { $n } failed
}
did-feeds = { $n ->
    [one] { $n } feed removed
   *[other] { $n } feeds removed
}
did-accounts = { $n ->
    [one] { $n } account deleted
   *[other] { $n } accounts deleted
}
did-removed = { $n ->
    [one] { $n } record of accounts deleted
   *[other] { $n } records of accounts deleted
}
did-sessions = { $n ->
    [one] { $n } session removed
   *[other] { $n } sessions removed
}
did-slept = { $n ->
    [one] { $n } reader fell asleep
   *[other] { $n } readers fell asleep
}
did-hubs = { $n ->
    [one] { $n } subscription renewed
   *[other] { $n } subscriptions renewed
}
did-lines = { $n ->
    [one] { $n } old line removed
   *[other] { $n } old lines removed
}
did-icons = { $n ->
    [one] { $n } icon removed
   *[other] { $n } icons removed
}
did-words = { $n ->
    [one] { $n } article indexed
   *[other] { $n } articles indexed
}
did-nothing = nothing to do
did-goes-on = the next call goes on
users-search = Part of an address
users-find = Search
users-all = All readers
users-none = No account has such an address.
users-partial = Older accounts are still being listed. Reload the page.
users-about = Since { $since }, last seen { $seen }
users-admin = Administrator
users-disabled = Disabled
users-leaving = Being deleted
user-is-leaving = What this account has is being deleted. The clean-up goes on with it until nothing is left.
user-standing = May they come in?
user-disable-text = Disabled, they can’t sign in, and their sessions, apps and shared pages end. What they have stays.
user-disabled-text = This account is disabled. Enabled, they sign in again, and their apps and shared pages work again.
user-disable = Disable
user-enable = Enable
user-role = Role
user-is-admin = They see these pages, and can do everything on them.
user-is-reader = They are an ordinary reader.
user-make-admin = Make administrator
user-make-reader = Make ordinary reader
user-sessions = Where they’re signed in
user-no-sessions = Nowhere.
user-end-sessions = Sign them out everywhere
user-password = Password
user-reset-text = Somebody who can’t sign in chooses a new password by a link, which you give them. It opens once, within a day. They’re then signed out everywhere.
user-reset-make = Make a reset link
user-reset-made = The link is made. Copy it now: it isn’t shown again.
user-reset-label = Link for a new password
user-reset-hint = Whoever has the link has the account, so give it to nobody but its owner.
user-quota = Quota
user-quota-text = An empty field means what everyone has.
user-usual = Everyone has { $n }.
quota-feeds = Feeds
quota-stars = Stars
quota-imports = Imports a day
quota-refreshes = “Refresh now” an hour
quota-mb = MB of articles, 0 for any
quota-wrong = A limit is a whole number, and none is above what anybody may have here: the most stands in CEILING.
user-delete = Delete the account
user-delete-text = Deletes everything that is theirs. That can’t be undone.
user-delete-ask = Delete …
user-now-disabled = Disabled
user-now-enabled = Enabled
user-now-admin = They are an administrator now
user-now-reader = They are an ordinary reader now
user-now-leaving = The account is being deleted
user-now-gone = The account is deleted; nothing of it is left
user-was-so = That was so already
user-sessions-ended = They’re signed out everywhere
leave-title = Delete your account
leave-back = Back
leave-own = This deletes { $email } with everything that is yours. It can’t be undone.
leave-other = This deletes { $email } with everything that is theirs. It can’t be undone.
leave-lost = What is lost
count-kept-thing = { $n ->
    [one] { $n } starred or kept article
   *[other] { $n } starred or kept articles
}
leave-lost-reading = What was read, the journal, rules, saved searches, tags and notes
leave-lost-ways = Passkeys, one-time codes, tokens of apps, shared pages and webhooks
leave-stays = Feeds that others read stay with them. For a year the administrator’s log says, with a number instead of the address, that the account was there.
leave-first = Take it along first
leave-first-text = These files can be read by other readers, and by another Dormouse.
leave-export-kept = Kept articles
leave-export-journal = Journal
leave-sure = I know that this can’t be undone
leave-unsure = Tick the box to say that you mean it.
leave-do = Delete my account
leave-do-other = Delete this account
leave-not = Keep it
leave-text = Deletes your account with everything that is yours.
goodbye-title = Your account is deleted
goodbye-text = Nothing of it is left. Its address can be used for a new one.
goodbye-later-title = Your account is being deleted
goodbye-later-text = You’re signed out, and nobody can sign in to it any more. What is left of it goes by itself with the next clean-up, within a day as a rule.
goodbye-home = To the start page
feeds-all = All feeds
feeds-stopped = Paused for everybody
feeds-search = Part of a title or address
feeds-none = No such feed here.
feeds-is-paused = Paused for everybody
feeds-nobodys = Nobody reads it
feeds-well = Well
feed-acts = What you can do
feed-refresh-now = Refresh now
feed-stop = Pause for everybody
feed-resume = Let it go on
feed-block-host = Block { $host }
feed-stop-text = A paused feed isn’t checked; its readers keep it, and are told so.
feed-remove = Remove the feed
feed-remove-text = Takes it off all shelves, and deletes its articles here. Stars and kept articles stay. That can’t be undone.
feed-remove-sure = I know that this can’t be undone
feed-remove-do = Remove it from all shelves
feed-remove-unsure = Tick the box to say that you mean it
feed-remove-more = It has many readers: press again to go on
feed-now-removed = The feed is removed
feed-now-paused = Paused for everybody
feed-now-resumed = It goes on
feed-articles = { $n ->
    [one] { $n } article kept, { $size } kB
   *[other] { $n } articles kept, { $size } kB
}
hosts-title = Blocked hosts
hosts-text = Nothing is fetched from a blocked host, nor from any below it, for anybody.
hosts-host = Host, such as news.example.org
hosts-block = Block
hosts-unblock = Open again
hosts-unblock-of = Open { $host } again
hosts-wrong = That isn’t a host. It should look like news.example.org.
hosts-full = 200 hosts are blocked, which is the limit. Open one again first.
hosts-now-blocked = The host is blocked
hosts-now-open = The host is open again
inforce-text = What this installation runs with. Settings are environment variables; secrets are masked.
inforce-name = Setting
inforce-value = Value
audit-text = Who did what, and when. Lines are kept for a year; nobody can change them. What anybody reads isn’t here.
audit-older = Older
audit-somebody = Somebody
audit-command = A command on the server
audit-clean-up = The clean-up
audit-no-account = no account
audit-sign-in-failed = Somebody failed to sign in to { $whose }
audit-second-step-failed = A second step failed for { $whose }
audit-entry-refused = { $whose } wasn’t let in
audit-signed-in = { $who } signed in from a new browser
audit-signed-up = { $who } created an account
audit-token-made = { $who } made a token for { $whose }
audit-token-revoked = { $who } revoked a token of { $whose }
audit-password-changed = { $who } changed the password of { $whose }
audit-password-removed = { $who } took their password away
audit-connected = { $who } connected a provider
audit-disconnected = { $who } disconnected a provider
audit-backup = { $who } took a backup of everything
audit-recovery-code-used = { $who } used a recovery code
audit-second-step-changed = { $who } changed whether a passkey is asked for
audit-codes-on = { $who } set up one-time codes
audit-codes-off = { $who } switched one-time codes off
audit-recovery-codes-made = { $who } made new recovery codes
audit-passkey-added = { $who } added a passkey
audit-passkey-renamed = { $who } gave a passkey another name
audit-passkey-removed = { $who } removed a passkey
audit-session-ended = { $who } ended one of their sessions
audit-sessions-ended = { $who } ended sessions of { $whose }
audit-password-reset = { $who } set a new password by a link
audit-address-confirmed = { $who } confirmed their address
audit-address-change-begun = { $who } began to change their address
audit-address-change-cancelled = { $who } gave a change of address up
audit-address-changed = { $who } changed their address
audit-letters-changed = { $who } changed which letters they get
audit-invited = { $who } made an invitation
audit-invitation-revoked = { $who } revoked an invitation
audit-passwords-exported = { $who } exported feeds with their passwords
audit-account-made = { $who } created an account for { $whose }
audit-exported-of = { $who } exported data of { $whose }
audit-passwords-exported-of = { $who } exported feeds of { $whose } with their passwords
audit-door-changed = { $who } changed the password of a feed
audit-webhook-made = { $who } made a webhook
audit-webhook-removed = { $who } removed a webhook
audit-service-added = { $who } added a service that articles are sent to
audit-service-removed = { $who } removed a service that articles are sent to
audit-rekeyed = { $who } sealed everything with the newest secret key
audit-imported = { $who } imported feeds
audit-exported = { $who } exported their own data
audit-data-imported = { $who } imported data of their own
audit-disabled = { $who } disabled { $whose }
audit-enabled = { $who } enabled { $whose }
audit-made-admin = { $who } made { $whose } an administrator
audit-unmade-admin = { $who } made { $whose } an ordinary reader
audit-quota-changed = { $who } changed the quota of { $whose }
audit-deletion-begun = { $who } ordered the deletion of { $whose }
audit-deleted = { $whose } is deleted; nothing is left
audit-feed-paused = { $who } paused a feed for everybody
audit-feed-resumed = { $who } let a feed go on
audit-feed-refreshed = { $who } refreshed a feed
audit-feed-removed = { $who } removed a feed from all shelves
audit-host-blocked = { $who } blocked a host
audit-host-unblocked = { $who } opened a host again
audit-reset-link-made = { $who } made a link for a new password of { $whose }
audit-share-opened = { $who } opened something to others
audit-share-renewed = { $who } gave something shared another address
audit-share-closed = { $who } closed something to others
