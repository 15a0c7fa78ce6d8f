# The frame around every page: the rail, the tabs, notices.
frame-skip = Zum Inhalt springen
frame-feeds = Feeds
frame-main = Hauptmenü
frame-back-to = Zurück zu { $page }
frame-unread-count = { $n } ungelesen
frame-unread-some = Ungelesene Artikel

place-unread = Ungelesen
place-all = Alle Artikel
place-starred = Gemerkt
place-feeds = Feeds
place-seldom = Selten
place-manage = Feeds verwalten
place-add = Feed hinzufügen
place-add-short = Neu
place-settings = Einstellungen
place-help = Tasten und Tipps
place-keys = Tasten
place-more = Mehr
place-search = Suche
place-loose = Ohne Ordner
place-sign-out = Abmelden

rail-feeds-of = Feeds in { $folder }
rail-show-feeds-of = Feeds in { $folder } anzeigen

notice-undo = Rückgängig
notice-dismiss = Ausblenden
notice-close = Schließen
notice-offline = Du bist offline. Was du markierst, bleibt hier und wird später gesendet.
notice-copy = Kopieren

cold-start-title = Wacht auf
cold-start-heading = Dormouse wacht auf …
cold-start-text = Dormouse hat geschlafen, weil gerade niemand las. Das dauert ein, zwei Sekunden.
cold-start-continue = Weiter

error-number = Fehler { $status }. Nenne bei Rückfragen:
trouble-letter = Der Brief an die Website
trouble-letter-label = Der Brief
place-all-feeds = Alle Feeds
place-passed = Vorbeigezogen
frame-description = Ein Feedreader für viele, der schläft, solange niemand liest.
place-kept = Behalten
