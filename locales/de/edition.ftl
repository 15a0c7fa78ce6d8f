# The edition: what arrived since the last one, with an end.
edition-title = Heutige Ausgabe
edition-of = Ausgabe vom { $weekday }
edition-sum = { $articles }, etwa { $minutes }
edition-span = Was zwischen { $from } und { $to } ankam
edition-moment = { $date }, { $time }
edition-minutes = { $n } min
edition-also = auch in { $feeds }
edition-start = Lesen
edition-start-hint = Lies von vorn bis hinten, oder beginne irgendwo.
edition-book = EPUB
edition-book-title = Die Ausgabe als Buch für E-Reader
edition-settings = Wann und wie
edition-hour-label = Sie endet um
edition-pictures = Das Buch nimmt Bilder mit (es wird größer, und deren Seiten werden danach gefragt)
edition-saved = Gespeichert. Die neue Stunde gilt ab der nächsten Ausgabe
edition-other-feeds = Andere Feeds
edition-long = Zum Schluss das Lange
edition-others =
    { $n ->
        [0] Das ist alles von heute. Sonst ist nichts ungelesen.
        [one] Das ist alles von heute. { $n } anderer Artikel ist ungelesen und kann warten.
       *[other] Das ist alles von heute. { $n } andere Artikel sind ungelesen und können warten.
    }
edition-empty = Nichts kam an. Die Haselmaus schläft weiter.
edition-end = Das war die heutige. Die Haselmaus schläft.
edition-next = Die nächste Ausgabe kommt am { $when }.
edition-mark = Diese als gelesen markieren
edition-back = Zurück zur Titelseite
edition-contents = Inhalt
edition-earlier = Frühere Ausgaben
digest-title = Wochenrückblick
digest-tab = Woche
digest-span = { $from } bis { $to }
digest-opened = Du hast { $articles } aus { $feeds } geöffnet, ungefähr { $minutes } Lesezeit, an { $days ->
        [one] einem Tag
       *[other] { $days } Tagen
    }.
digest-more = Das sind { $n } mehr als in der Woche davor.
digest-fewer = Das sind { $n } weniger als in der Woche davor.
digest-same = Das sind so viele wie in der Woche davor.
digest-marked = { $marked } hast du einzeln als gelesen markiert und { $cleared } auf einmal abgeräumt.
digest-feeds = Feeds
digest-authors = Autoren und Autorinnen
digest-starred = Mit Stern
digest-longest = Der längste Text
digest-end = Das war die Woche. Die Haselmaus schläft.
digest-empty = In dieser Woche wurde nichts geöffnet. Die Haselmaus schlief weiter.
digest-earlier = Frühere Wochen
edition-feed = Als Feed
edition-feed-title = Die Ausgabe als privater Feed, für ein anderes Leseprogramm
private-edition = Dormouse: deine Ausgabe
private-digest = Dormouse: deine Woche
shared-private = Nur für dich, als privater Feed
shared-private-hint = Für deine eigenen Programme: Wer diese Adresse hat, kann ihn lesen.
