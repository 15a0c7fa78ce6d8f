# Regeln.
rules-title = Regeln
rules-intro = Von oben nach unten, einmal für jeden Artikel, wenn er ankommt. Sind sich zwei uneins, gilt die obere.
rules-none = Noch keine Regeln. Eine kann markieren, Sterne und Schlagwörter geben, ausblenden oder weiterschicken, was ankommt.
rules-new = Neue Regel
rules-name = Name
rules-place = Für welche Feeds
rules-everywhere = Überall
rules-feed-gone = ein Feed, den du verlassen hast
rules-folder-gone = ein Ordner, den es nicht mehr gibt ({ $folder })
rules-when = Wenn ein Artikel ankommt und
rules-all = alles davon zutrifft
rules-any = eines davon zutrifft
rules-what = Was
rules-how = Wie
rules-text = Text
rules-what-title = Titel
rules-what-author = Autor
rules-what-snippet = Anfang
rules-what-text = Ganzer Text
rules-what-link = Adresse
rules-what-category = Kategorie (die ersten drei)
rules-what-feed = Feed
rules-what-folder = Ordner
rules-what-language = Sprache
rules-what-age = Alter in Tagen
rules-what-media = Medien
rules-how-words = hat die Wörter
rules-how-without = hat die Wörter nicht
rules-how-contains = enthält
rules-how-lacks = enthält nicht
rules-how-is = ist
rules-how-isnt = ist nicht
rules-how-matches = passt auf den Ausdruck
rules-more = Bedingung
rules-drop = Diese Bedingung entfernen
rules-then = Dann
rules-act-read = Als gelesen markieren
rules-act-hide = In Listen ausblenden
rules-act-star = Stern geben
rules-act-light = Hervorheben
rules-act-keep = Ungelesen lassen, bis ich ihn markiere
rules-act-tag = Schlagwort geben
rules-act-hook = Schicken an
rules-hook-when = Wird geschickt, wenn die Regel den Artikel trifft: bei deinem nächsten Besuch, Abgleich oder Puls einer offenen Seite. Was misslingt, wird noch zweimal versucht, im Abstand von zehn Minuten.
rules-hook-gone = Den Dienst „{ $name }“ gibt es nicht mehr; füg ihn in den Einstellungen hinzu, oder ändere die Regel.
rules-hook-no-article = Der Artikel wird nicht mehr aufbewahrt.
rules-price = Braucht nur, was Listen zeigen, von Kategorien die ersten drei, und kostet keine weiteren Lesezugriffe. Sterne und Schlagwörter kosten je einen Lese- und einen Schreibzugriff.
rules-price-text = Braucht den ganzen Text: ein Lesezugriff mehr für jeden Feed mit Neuem. Eine Wortfolge gilt als gefunden, wenn ihre Wörter da sind; von sehr langen Artikeln zählen nur die häufigeren Wörter.
rules-applies = Auch jetzt mit denen tun, die passen
rules-save = Regel speichern
rules-try = Ausprobieren
rules-cancel = Abbrechen
rules-delete = Regel löschen
rules-try-hint = Schreib eine Bedingung, dann siehst du hier, welche der letzten 50 Artikel sie getroffen hätte.
rules-tried =
    { $n ->
        [one] Diese Regel hätte { $n } der letzten { $all } Artikel getroffen.
       *[other] Diese Regel hätte { $n } der letzten { $all } Artikel getroffen.
    }
rules-tried-hint = Nur ausprobiert: Es wurde nichts geändert.
rules-leaves =
    { $n ->
        [one] Den einen zeigen, den sie in Ruhe lässt
       *[other] Die { $n } zeigen, die sie in Ruhe lässt
    }
rules-counted = { $n } in 30 Tagen
rules-off = aus
rules-until = bis { $when }
rules-over = endete am { $when }
rules-up = Nach oben
rules-up-of = Nach oben: { $name }
rules-down = Nach unten
rules-down-of = Nach unten: { $name }
rules-order-hint = Zieh eine Regel an einen anderen Platz, oder drück Alt und einen Pfeil.
rules-saved = Regel „{ $name }“ gespeichert.
rules-saved-and-done =
    { $n ->
        [one] Regel „{ $name }“ gespeichert und bei einem Artikel angewandt.
       *[other] Regel „{ $name }“ gespeichert und bei { $n } Artikeln angewandt.
    }
rules-now-on = „{ $name }“ ist an.
rules-now-off = „{ $name }“ ist aus.
rules-deleted = „{ $name }“ ist gelöscht. Was sie getan hat, bleibt.
rules-undone = Rückgängig gemacht: Die Regel ist wie zuvor, ebenso { $what }.
rules-undo-hint = Was die letzte Regel getan hat, lässt sich zehn Minuten lang rückgängig machen.
rules-waiting =
    { $n ->
        [one] Ein Artikel wartet darauf, weitergeschickt zu werden.
       *[other] { $n } Artikel warten darauf, weitergeschickt zu werden.
    }
rules-send-now = Jetzt schicken
rules-sent = Es wartet nichts mehr darauf, weitergeschickt zu werden.
rules-failed = Weiterschicken misslang ({ $when }): { $why }
rules-given-up =
    { $n ->
        [one] Aufgegeben: ein Artikel für „{ $name }“ ({ $when }). Höchstens { $most } warten, und jeder wird dreimal versucht.
       *[other] Aufgegeben: { $n } Artikel für „{ $name }“ ({ $when }). Höchstens { $most } warten, und jeder wird dreimal versucht.
    }
rules-bad-condition = Die Regel hat keine Bedingung. Füll mindestens eine aus.
rules-bad-act = Die Regel tut nichts. Wähl mindestens etwas, das sie tut.
rules-bad-expression = „{ $text }“ ist kein brauchbarer regulärer Ausdruck. Such nach einer offenen Klammer, nimm weniger Wiederholungen, oder schreib gewöhnliche Wörter.
rules-bad-days = „{ $text }“ ist keine Zahl von Tagen.
rules-bad-language = „{ $text }“ ist kein Kürzel einer Sprache. Schreib zwei Buchstaben, etwa en, de oder zh.
rules-bad-feed = Den Feed, den diese Regel nennt, hast du nicht. Wähl einen anderen.
rules-bad-folder = Einen Ordner „{ $folder }“ gibt es nicht. Wähl einen anderen.
rules-bad-media = „{ $text }“ ist keine Art von Medien. Schreib audio, video oder image.
rules-bad-long = Der Text einer Bedingung ist zu lang: höchstens 300 Byte.
rules-bad-many = Es ist Platz für 60 Regeln. Lösch erst eine.
mute-open = Titel ausblenden mit …
mute-words = Wörter im Titel
mute-day = Für einen Tag
mute-week = Für eine Woche
mute-ever = Für immer
mute-bad-span = Sag, wie lange: einen Tag, eine Woche oder für immer.
mute-name = „{ $words }“ ausblenden
mute-done =
    { $n ->
        [0] Titel mit „{ $words }“ werden ab jetzt ausgeblendet.
        [one] Titel mit „{ $words }“ sind ausgeblendet: ein Artikel jetzt.
       *[other] Titel mit „{ $words }“ sind ausgeblendet: { $n } Artikel jetzt.
    }
mute-part = Angesehen wurden { $looked } von { $all } Artikeln, die neuesten: Ältere mit diesen Wörtern können noch in Listen stehen.
rules-one-tag = Eine Regel gibt ein einziges Schlagwort: Lass das Komma weg.
rules-bad-text = Im Text kann nur nach Wörtern gesucht werden: Wähl „hat die Wörter“ oder „hat die Wörter nicht“.
rules-bad-empty = Bedingung { $n } ({ $what }) hat keinen Text. Schreib einen, oder entfern die Bedingung.
rules-bad-unseen = In „{ $text }“ ist nichts, nach dem sich suchen lässt. Schreib einen Buchstaben, eine Ziffer oder ein Zeichen.
rules-bad-signs = Im ganzen Text lassen sich nur Wörter aus Buchstaben oder Ziffern suchen, und „{ $text }“ hat keines. Such stattdessen im Titel.
rules-bad-age = Ein Alter ist mindestens so viele Tage, oder nicht: Wähl „ist“ oder „ist nicht“.
rules-bad-tag = „{ $text }“ kann kein Schlagwort sein: Schreib mindestens einen Buchstaben, höchstens 40 Byte.
rules-bad-keep = Eine Regel kann nicht ungelesen lassen, was sie als gelesen markiert oder ausblendet: Wähl eines davon.
rules-hook-slow = Die Antwort kam nicht rechtzeitig.
mute-bad-words = Schreib die Wörter, mit denen Titel ausgeblendet werden.
