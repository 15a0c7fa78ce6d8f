# What is open to others: its page, and where it is opened and closed.
shared-settings = Shared pages
shared-settings-text = Your stars, a tag or a folder’s feeds on a page for other people. Nothing is shared until you open it.
shared-settings-open = Shared pages
shared-text = Whoever has the address of a shared page can read it and follow it as a feed, without an account. It shows titles, sources, links, your notes and the beginnings of texts: never whole articles, and nothing of your journal. Nothing is shared until you open it here.
shared-open-now = Open now
shared-none = Nothing is shared.
shared-since = Open since { $date }
shared-address-of = Address of the page: { $name }
shared-look = Look at the page
shared-sealed = The address can’t be shown, because this installation’s secret key has changed. Renew it to get a new one.
shared-renew = New address
shared-renew-of = New address for { $name }
shared-close = Close
shared-close-of = Close { $name }
shared-still = A closed page or an old address stops working here at once. A cache in front of this server may still show a copy for up to { $n } minutes, 10 more where several servers answer, and followers keep what they have fetched.
shared-new = Open something
shared-what = What to share
shared-what-hint = The newest 50 articles, or all feeds of a folder. Feeds with a password or a key in their address are left out. If you rename a tag or a folder, its page becomes empty: open it again under the new name.
shared-tags = Articles with a tag
shared-folders = Feeds of a folder
shared-heading = Heading (optional)
shared-heading-hint = What others read above it, such as “What Ann reads”. Your name and email address are not shown.
shared-do-open = Open page
shared-choose = Choose what to share. What you chose is gone by now.
shared-long = A heading has room for { $n } characters.
shared-too-many = You have { $n } shared pages, which is the limit. Close one first.
shared-opened = The page is open.
shared-renewed = It has a new address. The old one no longer works.
shared-closed = The page is closed.
shared-starred = Starred articles
shared-articles = { $n ->
    [one] One article
   *[other] { $n } articles
}
shared-newest = The newest { $n } articles
shared-feeds = { $n ->
    [one] One feed
   *[other] { $n } feeds
}
shared-follow = Follow
shared-take = Take along
shared-no-articles = Nothing is here at the moment.
shared-no-feeds = No feeds are here at the moment.
shared-untitled = Untitled
shared-made = Shared with Dormouse, a feed reader
shared-gone = This page isn’t shared
shared-gone-text = The address may have a mistake in it, or whoever shared the page has closed it or given it a new address.
