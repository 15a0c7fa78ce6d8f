# A list of articles.
list-untitled = Ohne Titel
list-undated = ohne Datum
list-starred = Gemerkt
list-mark-read = Als gelesen markieren
list-mark-unread = Als ungelesen markieren
list-mark-read-of = Als gelesen markieren: { $title }
list-mark-unread-of = Als ungelesen markieren: { $title }

list-feed-settings = Einstellungen dieser Liste
list-mark-all = Alle gelesen
list-mark-all-title = Markiert die { $n } Artikel dieser Liste als gelesen (Umschalt+A)
list-mark-all-title-plain = Markiert die Artikel dieser Liste als gelesen (Umschalt+A)
list-mark-part = Einen Teil der Liste als gelesen markieren
list-mark-page = Diese Seite als gelesen markieren
list-mark-older-1 = Älter als ein Tag: als gelesen markieren
list-mark-older-3 = Älter als drei Tage: als gelesen markieren
list-mark-older-7 = Älter als eine Woche: als gelesen markieren
list-mark-older-30 = Älter als ein Monat: als gelesen markieren
list-show = Anzeigen
list-show-unread = Ungelesen
list-show-all = Alle
list-undo = Rückgängig
list-undo-title = Wieder als ungelesen markieren: { $what }
list-export = Exportieren
list-newest-first = Neueste zuerst
list-oldest-first = Älteste zuerst
list-show-newest = Neueste zuerst anzeigen
list-show-oldest = Älteste zuerst anzeigen
list-unread-count = { $n } ungelesen
list-starred-count = { $n } gemerkt
list-trouble-advice = Was kann ich tun?
list-refresh = Jetzt aktualisieren
list-more = Weitere Artikel
list-end = Das war alles.
list-article = Artikel
list-departed =
    { $n ->
        [one] { $n } älterer ungelesener Artikel von { $of } ist weg: Von jedem Feed bleiben nur die neuesten.
       *[other] { $n } ältere ungelesene Artikel von { $of } sind weg: Von jedem Feed bleiben nur die neuesten.
    }
list-departed-this = diesem Feed
list-departed-named = „{ $feed }“
list-import = OPML importieren

empty-stars = Noch nichts gemerkt
empty-stars-text = Drück bei einem Artikel s oder seinen Stern, dann bleibt er hier.
empty-back-to-unread = Zurück zu „Ungelesen“
empty-shelf = Dein Regal ist leer
empty-shelf-text = Füg eine Website hinzu, die du gern liest, oder importiere deine Feeds aus einem anderen Reader.
empty-end = Das war alles
empty-end-text = Du bist am Ende dieser Liste.
empty-back-to-beginning = Zurück zum Anfang
empty-fetching = Wird noch abgerufen
empty-fetching-text =
    { $n ->
        [one] { $n } Feed muss noch abgerufen werden. Neue Artikel erscheinen, solange diese Seite offen ist.
       *[other] { $n } Feeds müssen noch abgerufen werden. Neue Artikel erscheinen, solange diese Seite offen ist.
    }
empty-see-progress = Fortschritt ansehen
empty-failed = Noch ließ sich nichts abrufen
empty-read = Alles gelesen
empty-read-text = Hier ist nichts ungelesen. Neue Artikel erscheinen hier.
empty-see-all = Alle Artikel ansehen
empty-show-read = Gelesene Artikel anzeigen
empty-none = Noch keine Artikel
empty-none-text = Neue Artikel erscheinen hier.
empty-seldom = Nichts Seltenes
empty-seldom-text = In Feeds, die seltener als einmal pro Woche etwas bringen, ist nichts ungelesen. Hier gehen sie nie unter.

overview-keep = Was du dir merkst
overview-keep-text = Gemerkte Artikel bleiben, auch wenn ihr Feed verschwindet.
overview-welcome = Willkommen
overview-welcome-text = Deine Artikel erscheinen hier.
overview-done = Du bist auf dem Laufenden
overview-done-text = Neue Artikel erscheinen hier.
overview-to-read = { $n } zu lesen
overview-some = Es gibt etwas zu lesen
overview-today =
    { $n ->
        [one] { $n } in dieser Liste ist von heute.
       *[other] { $n } in dieser Liste sind von heute.
    }
overview-today-none = Nichts von heute.
overview-failing =
    { $n ->
        [one] { $n } Feed hat Probleme
       *[other] { $n } Feeds haben Probleme
    }
overview-start = Fang an mit
overview-most = Am meisten zu lesen
overview-key-next = nächster, voriger
overview-key-read = gelesen oder ungelesen
overview-key-original = Original
overview-key-all = alle gelesen
overview-key-help = alle Tasten

waking-back = Willkommen zurück: Deine Feeds wachen gerade auf.
waking-text = Feeds wachen auf.
waking-of = von
waking-up-to-date = sind aktuell.
waking-step = Die nächsten Feeds wecken
list-passed-count = { $n } vorbeigezogen
list-passed-by =
    { $n ->
        [one] { $n } Artikel ist ungelesen vorbeigezogen
       *[other] { $n } Artikel sind ungelesen vorbeigezogen
    }
empty-passed = Nichts ist vorbeigezogen
empty-passed-text = Feeds können nur eine Zeit lang frisch sein: siehe ihre Einstellungen.
list-rolled-up =
    { $n ->
        [one] { $n } Artikel
       *[other] { $n } Artikel
    }
list-also-in = auch in
kept-count =
    { $n ->
        [one] { $n } Seite oder Artikel
       *[other] { $n } Seiten und Artikel
    }
kept-back = Zurück zu dem, was du behältst
kept-tags = Schlagwörter
kept-tags-hint = Mit Kommas dazwischen. Was ein Schlagwort hat, wird behalten, was auch aus dem Feed wird.
kept-note = Deine Notiz
kept-tags-and-note = Schlagwörter und Notiz
kept-tags-saved = Mit deinen Worten behalten
kept-empty = Noch ist nichts behalten
kept-empty-text = Behalte eine Seite mit ihrer Adresse, oder gib einem Artikel ein Schlagwort oder eine Notiz.
kept-more = Mehr
kept-end = Das ist alles.
kept-let-go-title = Loslassen
kept-let-go-text = Ohne Schlagwort und Notiz, und älter als:
kept-older-90 = 90 Tage
kept-older-365 = Ein Jahr
kept-none-older = Nichts ist so alt
kept-let-go =
    { $n ->
        [one] { $n } Seite losgelassen
       *[other] { $n } Seiten losgelassen
    }
kept-import-title = Bring deine Liste mit
kept-import-text = Die Datei von Pocket, Instapaper, Omnivore oder Wallabag: CSV, HTML oder JSON. Entpacke ein ZIP vorher. Übernommen werden nur Links und Texte aus der Datei; nichts wird abgerufen.
kept-import-file = Exportierte Datei
kept-imported =
    { $n ->
        [one] { $n } Seite ist jetzt behalten.
       *[other] { $n } Seiten sind jetzt behalten.
    }
kept-import-without = { $n } Zeilen hatten keine Adresse.
kept-import-full = Nur die ersten { $n } wurden gelesen.
kept-removed = Wird nicht mehr behalten
kept-remove = Nicht länger behalten
kept-no-text = Behalten ist nur die Adresse: Der Text war nicht in der Datei.
keep-title = Eine Seite behalten
keep-address = Adresse der Seite
keep-hint = Ihr Text wird einmal abgerufen und hier behalten, auch wenn die Seite verschwindet.
keep-submit = Behalten
keep-done = Die Seite ist behalten
kept-returned =
    { $n ->
        [one] { $n } Seite ist wieder da
       *[other] { $n } Seiten sind wieder da
    }
list-category = Nur „{ $name }“.
kept-left = { $n } weitere sind so alt: Drücke noch einmal.
