# Feeds: all of them, one's settings, subscribing, importing, replacing.
feeds-find = Feed suchen
feeds-find-none = Kein Feed hat das im Namen.
feeds-add = Feed hinzufügen
feeds-import = OPML importieren
feeds-empty = Dein Regal ist leer
feeds-empty-text = Füg die Adresse einer Website hinzu, die du magst, oder bring deine Feeds aus einem anderen Reader mit.
feeds-find-new = Neuen Feed finden
feeds-find-new-of = Neuen Feed von { $feed } finden
feeds-settings-of = Einstellungen von { $feed }
feeds-in-folders = { $feeds }, { $folders }
feeds-failing = { $n } mit Problemen
feeds-show-all = Alle Feeds anzeigen
feeds-show-trouble = Diese anzeigen
feeds-no-trouble = Kein Feed hat Probleme.

add-title = Feed hinzufügen
add-which = Diese Website hat mehrere Feeds. Welchen möchtest du?
add-this = Diesen Feed hinzufügen
add-another = Andere Adresse
add-address = Adresse einer Website oder eines Feeds
add-address-hint = Füg einfach die Adresse der Website ein; wir finden ihren Feed.
add-folder = Ordner
add-optional = freiwillig
add-folder-hint-html = Ein neuer Name legt einen neuen Ordner an. <code>News/Welt</code> legt einen in den anderen.
add-submit = Hinzufügen
add-import = Stattdessen OPML importieren
add-done = In deinem Regal
add-already = Dieser Feed stand schon in deinem Regal: Hier ist er

feed-back-to = Zurück zu { $feed }
feed-find-new-hint = Sucht auf der Website nach einem anderen Feed. Nichts ändert sich, bis du einen auswählst.
feed-name-and-folder = Name und Ordner
feed-name = Name
feed-name-hint = Lass es leer für den eigenen Namen des Feeds, „{ $name }“.
feed-folder = Ordner
feed-folder-hint-html = Leer heißt: kein Ordner. <code>News/Welt</code> legt einen Ordner in den anderen.
feed-full-text = Immer den Volltext abrufen
feed-full-text-hint = Für Feeds, die nur den Anfang liefern: Wenn du einen Artikel öffnest, wird seine Seite abgerufen und ihr Text hier gezeigt. Der Feed-Text bleibt einen Klick entfernt.
feed-edited = Geänderte Artikel werden wieder ungelesen
feed-edited-hint = Wird ein Artikel umgeschrieben, den du gelesen hast, kommt er als ungelesen zurück. Wenn aus, ändert er sich still.
feed-keep = So viele neueste Artikel behalten
feed-keep-hint = Leer für alle, die hier aufgehoben werden, höchstens { $n }. Mit einer Zahl verschwinden ältere aus deinen Listen, gelesen oder nicht; gemerkte bleiben.
feed-order = Reihenfolge seiner Artikel
feed-save = Speichern
feed-saved = Gespeichert
feed-about = Über diesen Feed
feed-address = Adresse
feed-site = Website
feed-checks = Prüfungen
feed-kept = Aufgehoben
feed-pushes = Push
feed-repairs = Automatisch behoben
feed-refresh = Jetzt aktualisieren
feed-unsubscribe = Abbestellen
feed-unsubscribe-text = Bestellt nur für dich ab. Zehn Minuten lang kannst du es rückgängig machen.
feed-removed = { $feed } abbestellt
feed-returned = { $feed } steht wieder in deinem Regal

replace-was-at = „{ $feed }“ war unter { $address }, aber dort ist kein Feed mehr.
replace-found-one = Das fand sich auf seiner Website
replace-found-many = Diese fanden sich auf seiner Website
replace-is-mine = Er steht schon in deinem Regal.
replace-switch-this = Zu diesem Feed wechseln
replace-moves = Der Name, den du ihm gegeben hast, sein Ordner, seine Position und seine Optionen ziehen mit um, und was du gelesen hast, bleibt gelesen.
replace-unread = Der alte Feed hat { $n } ungelesene: Solange einer davon im neuen fehlt, bleibt auch der alte Feed.
replace-removed = Der alte Feed wird entfernt.
replace-known = Kennst du die neue Adresse?
replace-another = Oder eine andere Adresse
replace-look-at = Such auf der Website nach „RSS“, „Atom“ oder „Feed“ und füg die Adresse dieses Links ein.
replace-site = Zur Website
replace-address = Adresse des Feeds
replace-switch = Wechseln
replace-cancel = Abbrechen

import-title = OPML importieren
import-file = OPML-Datei aus einem anderen Reader
import-file-hint = Feeds und Ordner kommen sofort hinzu und werden dann nach und nach abgerufen. Feeds, die du schon hast, bleiben, wie sie sind.
import-submit = Importieren
import-fetched = Abgerufen:
import-of = von
import-next = Die nächsten Feeds abrufen
import-read = Jetzt lesen
import-about-file = Zur Datei
import-feed = Feed
import-folder = Ordner
import-result = Ergebnis

replace-title = Eine neue Adresse
replace-none = Wir haben auf der Website keinen anderen Feed gefunden.
replace-none-advice = Wenn du seine neue Adresse kennst, füg sie unten ein. Die Artikel des alten Feeds bleiben hier.
replace-offer = { $articles }.
replace-offer-dated = { $articles }, der neueste vom { $date }.
replace-as-it-was = Dein alter Feed ist, wie er war.
replace-was-there = Diesen Feed hattest du schon.
replace-switched = Gewechselt: Das ist der neue Feed, unter deinem Namen für ihn.
replace-old-left = Der alte hat dein Regal verlassen.
replace-old-stays =
    { $n ->
        [one] Der alte bleibt in deinem Regal, solange er { $n } ungelesenen Artikel hat, den dieser nicht hat.
       *[other] Der alte bleibt in deinem Regal, solange er { $n } ungelesene Artikel hat, die dieser nicht hat.
    }
import-added =
    { $n ->
        [one] { $n } Feed hinzugefügt
       *[other] { $n } Feeds hinzugefügt
    }
import-already = { $n } schon vorhanden
import-rejected = { $n } abgelehnt
import-summary = { $lines }: { $parts }.
import-is-there = Schon in deinem Regal
import-removed = Inzwischen entfernt
import-waiting = Wartet
feed-as-elsewhere = Wie in allen Listen
feed-keeps-scrolled = Vorbeiscrollen lässt die Artikel ungelesen
feed-fresh = Frisch für
feed-fresh-ever = Immer
feed-fresh-week = Eine Woche
feed-fresh-three-days = Drei Tage
feed-fresh-day = Einen Tag
feed-fresh-hours = Drei Stunden
feed-fresh-hint = Was danach noch ungelesen ist, zieht vorbei: Es ist weder gelesen noch ungelesen, steht in einer eigenen Liste und ist wieder da, wenn du „Immer“ wählst.
feed-fresh-proposal = Veröffentlicht { $every }: „{ $term }“ ließe etwa { $n } auf einmal stehen.
feed-rolled-up = Eine Zeile pro Tag
feed-rolled-up-hint = In Listen mehrerer Feeds stehen die Artikel eines Tages in einer Zeile, die sich zu ihren Titeln öffnet.
feed-posts = Veröffentlicht { $every }.
feed-name-long = Ein Name fasst { $n } Bytes. Nichts wurde geändert.
feed-folder-long = Der Name eines Ordners fasst 100 Bytes, und acht passen ineinander. Nichts wurde geändert.
feeds-fresh = Frisch für: { $term }.
