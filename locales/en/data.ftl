# Everything that is yours: taking it along, and bringing it
data-title = Your data
data-open = Your data
data-settings-text = Everything that is yours as one ZIP file, which another Dormouse takes in; or each kind by itself.
data-export = Take everything along
data-export-text = One ZIP file with your feeds, folders and settings, stars and kept articles with their texts, what you have read, and your journal. Another Dormouse takes it in; other readers can use the OPML and JSON Feed files in it.
data-feeds = Feeds, with folders and settings
data-starred = Stars, with their texts
data-kept = Kept articles and pages, with tags and notes
data-months = Months of the journal
data-rules = Rules
data-searches = Saved searches
data-all = Download everything
data-passwords = With what opens the feeds that ask for a password
data-passwords-hint = Whoever has the file can then read it. You’ll be asked for your own password first.
data-not = Not in it: passwords, passkeys, sessions, tokens of apps, keys of services, webhooks and shared addresses. They belong to this place, and are made anew elsewhere.
data-over-title = A part is too large
data-over-first = Its beginning
data-over-rest = The rest of it
data-single = One by one
data-single-text = For other readers and for programs.
data-delete-hint = Have you taken everything along, and want to leave?
data-import = Bring data from another Dormouse
data-import-text = What is here stays: feeds, stars, tags and settings are added, and what you had read is marked; nothing is taken away, and bringing a file twice changes nothing. Begin with part 1. Articles of new feeds come with the next refresh; bring the same file again then, and what you had read of them is marked.
data-file = ZIP file, or one part
data-file-hint = At most 30 MB. A larger file, as the command “dormouse data export” writes it, is taken in by “dormouse data import”.
data-fetching = The new feeds are being fetched: how far that is
data-taken = Taken in
data-taken-partly = Taken in partly: choose the same file again, and it goes on
data-nothing = There was nothing new in it.
data-mail = Editions or digests came by email there. Here, switch them on under Settings, Email, once your address is confirmed.
data-part = Part { $n } of { $of }
data-parts-text = Each part has at most { $size } MB and is a ZIP file of its own. Take all of them; the other Dormouse takes them in one after another.
data-over = Part { $n } has more than { $size } MB, which is the most that one answer holds. Nothing was left out: take it in two.
data-report = What was brought on { $when }, part { $part } of { $parts }
data-next = Up to here, { $n } of the { $of } files in this ZIP were taken in, as much as one request takes. Choose the same ZIP again, and it goes on.
data-feeds-added =
    { $n ->
        [one] { $n } feed was added.
       *[other] { $n } feeds were added.
    }
data-feeds-known =
    { $n ->
        [one] { $n } feed was on your shelf already.
       *[other] { $n } feeds were on your shelf already.
    }
data-feeds-refused =
    { $n ->
        [one] { $n } feed couldn’t be added; the list of the last import says why.
       *[other] { $n } feeds couldn’t be added; the list of the last import says why.
    }
data-stars-added =
    { $n ->
        [one] { $n } star came.
       *[other] { $n } stars came.
    }
data-stars-joined =
    { $n ->
        [one] { $n } star belongs to its article now, which has come meanwhile.
       *[other] { $n } stars belong to their articles now, which have come meanwhile.
    }
data-stars-known =
    { $n ->
        [one] { $n } was starred already.
       *[other] { $n } were starred already.
    }
data-stars-full =
    { $n ->
        [one] { $n } star found no room: you have as many as you may.
       *[other] { $n } stars found no room: you have as many as you may.
    }
data-stars-bad =
    { $n ->
        [one] { $n } star is empty or too large, and was left out.
       *[other] { $n } stars are empty or too large, and were left out.
    }
data-kept-added =
    { $n ->
        [one] { $n } kept article or page came, or got tags or a note.
       *[other] { $n } kept articles and pages came, or got tags or a note.
    }
data-kept-known =
    { $n ->
        [one] { $n } was kept already.
       *[other] { $n } were kept already.
    }
data-kept-full =
    { $n ->
        [one] { $n } to be kept found no room: ten thousand are kept.
       *[other] { $n } to be kept found no room: ten thousand are kept.
    }
data-kept-bad =
    { $n ->
        [one] { $n } to be kept is empty or too large, and was left out.
       *[other] { $n } to be kept are empty or too large, and were left out.
    }
data-kept-left =
    { $n ->
        [one] { $n } tag or note found no room beside those that are here.
       *[other] { $n } tags and notes found no room beside those that are here.
    }
data-read-now =
    { $n ->
        [one] { $n } article was marked as read.
       *[other] { $n } articles were marked as read.
    }
data-read-known =
    { $n ->
        [one] { $n } was read already.
       *[other] { $n } were read already.
    }
data-read-waiting =
    { $n ->
        [one] Of { $n } feed no article is here yet: bring this file again once it was fetched, and what you had read is marked.
       *[other] Of { $n } feeds no articles are here yet: bring this file again once they were fetched, and what you had read is marked.
    }
data-read-missing =
    { $n ->
        [one] Of { $n } feed it is said what you had read, and it isn’t on your shelf.
       *[other] Of { $n } feeds it is said what you had read, and they aren’t on your shelf.
    }
data-journal-added =
    { $n ->
        [one] { $n } line came into the journal.
       *[other] { $n } lines came into the journal.
    }
data-journal-known =
    { $n ->
        [one] { $n } line of the journal was there already.
       *[other] { $n } lines of the journal were there already.
    }
data-journal-left =
    { $n ->
        [one] { $n } line is older than your journal is kept, or can’t be read.
       *[other] { $n } lines are older than your journal is kept, or can’t be read.
    }
data-set =
    { $n ->
        [one] { $n } setting is as it was there.
       *[other] { $n } settings are as they were there.
    }
data-set-stay =
    { $n ->
        [one] { $n } setting that you had changed here stays.
       *[other] { $n } settings that you had changed here stay.
    }
data-rules-added =
    { $n ->
        [one] { $n } rule came.
       *[other] { $n } rules came.
    }
data-rules-known =
    { $n ->
        [one] { $n } rule was there already.
       *[other] { $n } rules were there already.
    }
data-rules-left =
    { $n ->
        [one] { $n } rule was left out: its feed isn’t here, it can’t be used, or there is no room for it.
       *[other] { $n } rules were left out: their feeds aren’t here, they can’t be used, or there is no room for them.
    }
data-rules-left-names = Rules that were left out: { $names }
data-searches-added =
    { $n ->
        [one] { $n } saved search came.
       *[other] { $n } saved searches came.
    }
data-searches-known =
    { $n ->
        [one] { $n } saved search was there already.
       *[other] { $n } saved searches were there already.
    }
data-searches-left =
    { $n ->
        [one] { $n } saved search was left out: it can’t be used, or there is no room for it.
       *[other] { $n } saved searches were left out: they can’t be used, or there is no room for them.
    }
data-services =
    { $n ->
        [one] { $n } service that articles are sent to needs its key again: add it in the settings.
       *[other] { $n } services that articles are sent to need their keys again: add them in the settings.
    }
data-foreign =
    { $n ->
        [one] { $n } file in the ZIP isn’t a Dormouse’s, and was left alone.
       *[other] { $n } files in the ZIP aren’t a Dormouse’s, and were left alone.
    }
