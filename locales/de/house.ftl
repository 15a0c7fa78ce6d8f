# Die Liste des Hauses: was die Administration pflegt, und was Leserinnen und Leser damit tun.
house-title = Hausliste
house-name-usual = Haus
house-text = Feeds, die du empfiehlst. Neuen Konten werden sie angeboten, und wer mag, folgt der Liste: Was du aufnimmst oder streichst, ändert sich dann beim nächsten Besuch in ihren Regalen.
house-empty = Die Liste ist leer.
house-count = { $feeds } von { $most }
house-from-file = aus der Datei
house-remove = Entfernen
house-remove-of = { $feed } aus der Liste entfernen
house-by-hand = Feed aufnehmen
house-address = Adresse des Feeds
house-address-hint = Die Adresse des Feeds selbst. Er wird jetzt nicht abgerufen.
house-feed-title = Titel
house-feed-title-hint = Leer für den des Anbieters.
house-folder = Ordner in der Liste
house-add = Aufnehmen
house-added = Die Liste hat einen Feed mehr
house-is-there = Dieser Feed steht schon in der Liste
house-removed = Die Liste hat einen Feed weniger
house-file = Datei importieren
house-file-text = Die Feeds einer OPML-Datei kommen dazu; was schon in der Liste steht, bleibt, wie es ist.
house-choose = OPML-Datei
house-paste = Oder füg ihren Text ein
house-import = Importieren
house-imported = { $added ->
    [one] { $added } Feed kam dazu
   *[other] { $added } Feeds kamen dazu
}, { $already } standen schon darin, { $refused } blieben weg
house-nothing = Wähl eine Datei, oder füg ihren Text ein
house-source = Eine Datei unter einer Adresse
house-source-text = Die Feeds dieser OPML-Datei sind die der Liste: Sie kommen und gehen mit ihr. Gelesen wird sie, wenn du drückst, und einmal am Tag beim Aufräumen. Was von Hand aufgenommen wurde, bleibt.
house-source-address = Adresse der OPML-Datei
house-source-save = Speichern
house-source-read = Jetzt lesen
house-source-never = Noch nicht gelesen.
house-source-was = Gelesen { $when }.
house-source-failed = Sie ließ sich nicht lesen ({ $when }): { $why }
house-read-done = { $added } dazu, { $removed } weg
house-read-same = Nichts hat sich geändert
house-read-just = Sie wurde vor weniger als fünf Minuten gelesen. Versuch es etwas später.
house-no-source = Speicher zuerst die Adresse einer Datei
house-name = Name
house-name-hint = So heißt der Ordner in den Regalen.
house-save = Speichern
house-saved = Gespeichert
house-wrong = Das kann nicht in der Liste stehen
house-wrong-file = Diese Datei ließ sich nicht lesen

house-reader-title = { $name }: Feeds dieses Hauses
house-reader-text = Feeds, die die Administration empfiehlt.
house-reader-empty = Die Administration pflegt zurzeit keine Liste.
house-follow = Der Liste folgen
house-follow-text = Ihre Feeds kommen in den Ordner { $name }. Was die Administration aufnimmt oder streicht, ändert sich dort bei deinem nächsten Besuch, nie über deine Grenze hinaus. Was du selbst entfernst, kommt nicht wieder.
house-copy = Einmal übernehmen
house-copy-text = Ihre Feeds gehören dann dir. Die Liste ändert später nichts daran.
house-following = Du folgst dieser Liste, im Ordner { $folder }.
house-unfit = { $n ->
    [one] { $n } Feed der Liste steht nicht in deinem Regal, weil kein Platz war.
   *[other] { $n } Feeds der Liste stehen nicht in deinem Regal, weil kein Platz war.
}
house-again = Noch einmal versuchen
house-leave = Nicht mehr folgen
house-leave-text = Dein Ordner bleibt, wie er ist, oder die Feeds, die die Liste dorthin gebracht hat, verlassen dein Regal. Was du woandershin verschoben hast, bleibt in jedem Fall.
house-leave-keep = Aufhören und Feeds behalten
house-leave-remove = Aufhören und Feeds entfernen
house-left-kept = Du folgst der Liste nicht mehr. Ihre Feeds gehören jetzt dir.
house-left-removed = Du folgst der Liste nicht mehr. { $n ->
    [one] { $n } Feed wurde entfernt.
   *[other] { $n } Feeds wurden entfernt.
}
house-started = { $n ->
    [one] { $n } Feed steht in deinem Regal.
   *[other] { $n } Feeds stehen in deinem Regal.
} Sie werden abgerufen, während du dich umsiehst.
house-again-done = { $n ->
    [0] Nichts kam dazu
    [one] { $n } Feed kam dazu
   *[other] { $n } Feeds kamen dazu
}
house-on-shelf = in deinem Regal
house-declined = von dir entfernt
house-note-added = { $n ->
    [one] { $n } Feed kam zu { $name }
   *[other] { $n } Feeds kamen zu { $name }
}
house-note-removed = { $n ->
    [one] { $n } wurde entfernt
   *[other] { $n } wurden entfernt
}
house-note-removed-only = { $n ->
    [one] { $n } Feed wurde aus { $name } entfernt
   *[other] { $n } Feeds wurden aus { $name } entfernt
}
house-note-unfit = { $n ->
    [one] Für { $n } Feed war kein Platz.
   *[other] Für { $n } Feeds war kein Platz.
}
house-note-more = und weitere
house-note-open = Liste ansehen
house-note-seen = Verstanden
house-first = Mit den Feeds dieses Hauses beginnen
house-first-text = Die Administration empfiehlt allen hier { $n ->
    [one] { $n } Feed
   *[other] { $n } Feeds
}.
house-first-follow = { $name } folgen
house-first-copy = { $n ->
    [one] Ihn
   *[other] Diese { $n }
} einmal übernehmen
house-first-hint = Wer folgt, bekommt, was später dazukommt, und verliert, was die Liste verlässt.
house-settings = Die Feeds dieses Hauses

audit-house-added = { $who } hat einen Feed in die Hausliste aufgenommen
audit-house-removed = { $who } hat einen Feed aus der Hausliste entfernt
audit-house-imported = { $who } hat eine Datei in die Hausliste importiert
audit-house-read = { $who } hat die Datei der Hausliste gelesen, und sie hat sich geändert
audit-house-set = { $who } hat den Namen oder die Dateiadresse der Hausliste geändert
audit-house-followed = { $who } folgt der Hausliste
audit-house-left = { $who } folgt der Hausliste nicht mehr
