# The open article.
article-back = Back to the list
article-mark-unread = Mark unread
article-mark-read = Mark read
article-unread-short = Unread
article-read-short = Read
article-star = Star
article-starred = Starred
article-original = Original
article-full-text = Full text
article-feed-text = Feed’s text
article-previous = Previous
article-next = Next
article-more = More
article-mark-above = Mark everything above read
article-mark-below = Mark everything below read
article-copy-link = Copy the link
article-chapters = Chapters
article-from-page = From the publisher’s page.
article-is-older = The publisher has changed this article since its page was fetched.
article-fetch-again = Fetch it again
article-attachments = Attachments
article-season = Season { $n }
article-episode = Episode { $n }
article-opening = Opening…
article-not-opened = Not opened
article-failed = Couldn’t load this article
article-failed-text = The network didn’t respond. Your list is still here.
article-try-again = Try again
article-comments = Comments
share-device = Share…
share-email = Send by email
share-to = Send to { $name }
share-sent = Sent to { $name }
share-failed = { $name } didn’t take it. { $why }
share-slow = It took longer than 15 seconds to answer.
share-no-page = This article has no page of its own.
share-no-address = Its address isn’t one.
share-key-lost = Its key can’t be read any more: remove the service, and add it again.
share-status = It answered { $status }.
share-wallabag-words = Its key is four words: client id, client secret, user name, password.
count-comment =
    { $n ->
        [one] { $n } comment
       *[other] { $n } comments
    }
article-linked-price = { $reads }, and one for each article found
article-linked-ask = Who of my feeds links here?
article-linked = Articles of your feeds that link here
