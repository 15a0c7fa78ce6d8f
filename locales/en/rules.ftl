# Rules.
rules-title = Rules
rules-intro = From top to bottom, once for each article as it arrives. Where two disagree, the upper one counts.
rules-none = No rules yet. One can mark, star, tag, hide or send on what arrives.
rules-new = New rule
rules-name = Name
rules-place = Of which feeds
rules-everywhere = Everywhere
rules-feed-gone = a feed that you’ve left
rules-folder-gone = a folder that is gone ({ $folder })
rules-when = When an article arrives and
rules-all = all of these are true
rules-any = any of these is true
rules-what = What
rules-how = How
rules-text = Text
rules-what-title = Title
rules-what-author = Author
rules-what-snippet = Beginning
rules-what-text = Whole text
rules-what-link = Address
rules-what-category = Category (first three)
rules-what-feed = Feed
rules-what-folder = Folder
rules-what-language = Language
rules-what-age = Age in days
rules-what-media = Media
rules-how-words = has the words
rules-how-without = lacks the words
rules-how-contains = contains
rules-how-lacks = doesn’t contain
rules-how-is = is
rules-how-isnt = isn’t
rules-how-matches = matches the expression
rules-more = Condition
rules-drop = Remove this condition
rules-then = Then
rules-act-read = Mark it read
rules-act-hide = Hide it from lists
rules-act-star = Star it
rules-act-light = Highlight it
rules-act-keep = Keep it unread until I mark it
rules-act-tag = Tag it
rules-act-hook = Send it to
rules-hook-when = Sent when the rule meets the article: at your next visit, sync or pulse of an open page. What fails is tried twice more, ten minutes apart.
rules-hook-gone = There is no service “{ $name }” any more; add it in the settings, or change the rule.
rules-hook-no-article = The article isn’t kept any more.
rules-price = Needs only what lists show, of categories the first three, so it costs no extra reads. Stars and tags are a read and a write each.
rules-price-text = Needs the whole text: one read more for each feed with news. A phrase counts as found when its words are there; of very long articles only the commoner words are looked at.
rules-applies = Also do it now with those that match
rules-save = Save rule
rules-try = Try it
rules-cancel = Cancel
rules-delete = Delete rule
rules-try-hint = Write a condition, and see here which of the last 50 articles it would have met.
rules-tried =
    { $n ->
        [one] This rule would have matched { $n } of the last { $all } articles.
       *[other] This rule would have matched { $n } of the last { $all } articles.
    }
rules-tried-hint = Only tried: nothing has been changed.
rules-leaves =
    { $n ->
        [one] Show the one it leaves alone
       *[other] Show the { $n } it leaves alone
    }
rules-counted = { $n } in 30 days
rules-off = off
rules-until = until { $when }
rules-over = ended on { $when }
rules-up = Move up
rules-up-of = Move up: { $name }
rules-down = Move down
rules-down-of = Move down: { $name }
rules-order-hint = Drag a rule to another place, or press Alt and an arrow.
rules-saved = Rule “{ $name }” saved.
rules-saved-and-done =
    { $n ->
        [one] Rule “{ $name }” saved, and done with one article.
       *[other] Rule “{ $name }” saved, and done with { $n } articles.
    }
rules-now-on = “{ $name }” is on.
rules-now-off = “{ $name }” is off.
rules-deleted = “{ $name }” is deleted. What it did stays.
rules-undone = Undone: the rule is as it was before, and so are { $what }.
rules-undo-hint = What the last rule did can be undone for ten minutes.
rules-waiting =
    { $n ->
        [one] One article waits to be sent on.
       *[other] { $n } articles wait to be sent on.
    }
rules-send-now = Send now
rules-sent = Nothing waits to be sent on any more.
rules-failed = Sending failed ({ $when }): { $why }
rules-given-up =
    { $n ->
        [one] Given up: one article for “{ $name }” ({ $when }). At most { $most } wait, and each is tried three times.
       *[other] Given up: { $n } articles for “{ $name }” ({ $when }). At most { $most } wait, and each is tried three times.
    }
rules-bad-condition = The rule has no condition. Fill in at least one.
rules-bad-act = The rule does nothing. Choose at least one thing that it does.
rules-bad-expression = “{ $text }” isn’t a regular expression that can be used. Look for a bracket that isn’t closed, use fewer repetitions, or write plain words.
rules-bad-days = “{ $text }” isn’t a number of days.
rules-bad-language = “{ $text }” isn’t the code of a language. Write two letters, such as en, de or zh.
rules-bad-feed = The feed that this rule names isn’t on your shelf. Choose another.
rules-bad-folder = There is no folder “{ $folder }”. Choose another.
rules-bad-media = “{ $text }” isn’t a kind of media. Write audio, video or image.
rules-bad-long = A condition’s text is too long: at most 300 bytes.
rules-bad-many = There is room for 60 rules. Delete one first.
mute-open = Hide titles with …
mute-words = Words in the title
mute-day = For a day
mute-week = For a week
mute-ever = For ever
mute-bad-span = Say how long: a day, a week or ever.
mute-name = Hide “{ $words }”
mute-done =
    { $n ->
        [0] Titles with “{ $words }” are hidden from now on.
        [one] Titles with “{ $words }” are hidden: one article now.
       *[other] Titles with “{ $words }” are hidden: { $n } articles now.
    }
mute-part = Looked at { $looked } of { $all } articles, the newest: older ones with these words may still be in lists.
rules-one-tag = A rule gives one tag: leave the comma out.
rules-bad-text = The text can only be searched for words: choose “has the words” or “lacks the words”.
rules-bad-empty = Condition { $n } ({ $what }) has no text. Write one, or remove the condition.
rules-bad-unseen = “{ $text }” has nothing that can be looked for. Write a letter, a digit or a sign.
rules-bad-signs = The whole text can only be searched for words of letters or digits, and “{ $text }” has none. Look in the title instead.
rules-bad-age = An age is at least so many days, or it isn’t: choose “is” or “isn’t”.
rules-bad-tag = “{ $text }” can’t be a tag: write at least one letter, and at most 40 bytes.
rules-bad-keep = A rule can’t keep unread what it marks read or hides: choose one of them.
rules-hook-slow = It didn’t answer in time.
mute-bad-words = Write the words that titles are hidden by.
