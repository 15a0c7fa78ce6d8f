# Suchen.
search-title = Suche: { $query }
search-hint = Deine Artikel durchsuchen
search-clear = Suche leeren
search-parts = Teile der Suche
search-chip-without = Suchen ohne: { $what }
search-about = etwa { $articles }
search-searched = von { $articles } in { $feeds } · { $reads }
search-unindexed =
    { $feeds ->
        [0] { $articles } aus deinen Merkern werden noch nicht durchsucht. Such noch einmal, um fortzufahren.
        [one] { $articles } eines Feeds werden noch nicht durchsucht. Sie kommen Tag für Tag dazu.
       *[other] { $articles } aus { $feeds } Feeds werden noch nicht durchsucht. Sie kommen Tag für Tag dazu.
    }
search-part =
    { $n ->
        [one] Von einem langen Artikel werden nur der Titel und die häufigeren Wörter durchsucht: { $feeds }.
       *[other] Von { $n } langen Artikeln werden nur die Titel und die häufigeren Wörter durchsucht: { $feeds }.
    }
search-part-own = was du behältst
search-foreign = Diese Seite gehört zu einer anderen Suche.
search-foreign-advice = Such noch einmal, um mit der ersten Seite zu beginnen.
search-cut = Die Suche ist länger als das, wonach wir suchen: Ihr Ende blieb weg.
search-go-to-feed = Zum Feed „{ $feed }“
search-none = Nichts gefunden
search-none-text = Versuch es mit weniger Wörtern, anders geschrieben oder mit dem Anfang eines Worts und einem Stern: brach*
search-more = Weitere Treffer
search-sort = Reihenfolge
search-newest = Neueste
search-best = Beste
search-narrow = Eingrenzen
search-narrow-text = Oder öffne einen Artikel: Die gefundenen Wörter sind darin markiert.
search-by-feed = Feed
search-by-month = Monat
search-month = { $month } { $year }
search-begin = Alles durchsuchen, was du hast
search-begin-text = Alle aufbewahrten Artikel deiner Feeds, deine Sterne und was du sonst behältst.
search-save = Suche speichern
search-or = oder
search-without = ohne { $what }
search-in-title = Titel: { $text }
search-in-author = Autor: { $text }
search-in-feed = Feed: { $text }
search-in-folder = Ordner: { $text }
search-in-tag = Schlagwort: { $text }
search-is-unread = ungelesen
search-is-read = gelesen
search-is-starred = mit Stern
search-has-audio = mit Ton
search-has-video = mit Film
search-has-image = mit Bild
search-before = vor dem { $day }
search-after = ab dem { $day }
search-links = verweist auf { $text }
search-syntax = Was du eingeben kannst
search-syntax-phrase = genau diese Wortfolge
search-syntax-without = ohne dieses Wort
search-syntax-or = eines der Wörter
search-syntax-begin = Wörter, die so beginnen
search-syntax-field = nur im Titel oder im Namen des Autors
search-syntax-feed = nur in diesen Feeds
search-syntax-tag = mit deinem Schlagwort
search-syntax-state = Zustand
search-syntax-media = mit solchen Medien
search-syntax-date = wann er erschienen ist
search-syntax-links = verweist auf diese Website oder Seite
search-bad-date = „{ $text }“ ist kein Datum.
search-bad-date-advice = Schreib 2026, 2026-11 oder 2026-11-30.
search-bad-state = „{ $text }“ ist kein Zustand.
search-bad-state-advice = Schreib is:unread, is:read oder is:starred.
search-bad-media = Nach „{ $text }“ kann nicht gesucht werden.
search-bad-media-advice = Schreib has:audio, has:video oder has:image.
search-bad-address = „{ $text }“ ist keine Webadresse.
search-bad-address-advice = Schreib links:example.org oder links:example.org/seite.
search-no-word = In „{ $text }“ steht kein Wort, nach dem sich suchen lässt.
search-no-word-advice = Schreib Wörter aus Buchstaben oder Ziffern: Zeichen und Emoji lassen sich nicht suchen.
search-bad-nothing = Nach „{ $text }“ steht kein Wort.
search-bad-nothing-advice = Schreib eines, oder lass es weg.
search-rail = Suchen
search-saved = Gespeichert. Sie steht mit einer Zahl neben deinen Feeds.
search-renamed = Gespeichert.
search-forgotten = „{ $name }“ ist nicht mehr gespeichert.
search-saved-name = Name
search-saved-up = Nach oben
search-saved-delete = Diese Suche vergessen
search-more-maybe = es kann mehr geben
search-save-no = Diese Suche kann nicht gespeichert werden
search-save-again = Schreib mindestens ein Wort und höchstens 300 Byte.
search-save-full = Es ist Platz für 30 gespeicherte Suchen
search-save-full-advice = Öffne eine, die du nicht brauchst, und vergiss sie. Es wurde nichts geändert.
