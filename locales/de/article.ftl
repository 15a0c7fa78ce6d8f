# The open article.
article-back = Zurück zur Liste
article-mark-unread = Als ungelesen
article-mark-read = Als gelesen
article-unread-short = Ungelesen
article-read-short = Gelesen
article-star = Merken
article-starred = Gemerkt
article-original = Original
article-full-text = Volltext
article-feed-text = Feed-Text
article-previous = Voriger
article-next = Nächster
article-more = Mehr
article-mark-above = Alles darüber als gelesen markieren
article-mark-below = Alles darunter als gelesen markieren
article-copy-link = Link kopieren
article-chapters = Kapitel
article-from-page = Von der Originalseite.
article-is-older = Der Artikel wurde geändert, seit seine Seite abgerufen wurde.
article-fetch-again = Neu abrufen
article-attachments = Anhänge
article-season = Staffel { $n }
article-episode = Folge { $n }
article-opening = Wird geöffnet …
article-not-opened = Nicht geöffnet
article-failed = Der Artikel ließ sich nicht laden
article-failed-text = Das Netz hat nicht geantwortet. Deine Liste ist noch da.
article-try-again = Nochmal versuchen
article-comments = Kommentare
share-device = Teilen…
share-email = Per E-Mail senden
share-to = An { $name } senden
share-sent = An { $name } gesendet
share-failed = { $name } hat es nicht genommen. { $why }
share-slow = Die Antwort dauerte länger als 15 Sekunden.
share-no-page = Dieser Artikel hat keine eigene Seite.
share-no-address = Die Adresse ist keine.
share-key-lost = Der Schlüssel ist nicht mehr lesbar: Entferne den Dienst und füge ihn neu hinzu.
share-status = Die Antwort war { $status }.
share-wallabag-words = Der Schlüssel sind vier Wörter: Client-ID, Client-Secret, Benutzername, Passwort.
count-comment =
    { $n ->
        [one] { $n } Kommentar
       *[other] { $n } Kommentare
    }
article-linked-price = { $reads }, und einer für jeden gefundenen Artikel
article-linked-ask = Wer aus meinen Feeds verweist hierher?
article-linked = Artikel deiner Feeds, die hierher verweisen
