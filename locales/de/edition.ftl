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
