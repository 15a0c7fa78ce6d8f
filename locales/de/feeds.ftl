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
feeds-show-all = Alle Feeds anzeigen

add-title = Feed hinzufügen
add-which = Diese Website hat mehrere Feeds. Welchen möchtest du?
add-this = Diesen Feed hinzufügen
add-another = Andere Adresse
add-address = Adresse einer Website oder eines Feeds
add-address-hint = Füg eine Adresse ein oder mehrere mit Leerzeichen dazwischen: Die einer Website genügt.
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
feeds-show-every = Alle
feeds-show-failing = Mit Problemen
feeds-show-silent = Seit einem Jahr still
feeds-show-unread = Nie gelesen
feeds-show-busy = Mehr, als du liest
feeds-show-paused = Pausiert oder auf Probe
feeds-show-own = Mit eigenen Einstellungen
feeds-sort-folder = Nach Ordner
feeds-sort-name = Nach Namen
feeds-sort-attention = Auffällige zuerst
feeds-sort-posts = Meiste Beiträge zuerst
feeds-sort-read = Meistgelesene zuerst
feeds-which = Welche Feeds
feeds-none-such = So ist keiner deiner Feeds.
feeds-clean = Frühjahrsputz
feeds-percent = { $n } %
feeds-posts = Beiträge
feeds-read = gelesen
feeds-choose = { $feed } auswählen
feeds-also-in = auch in { $folders }
feeds-paused = Pausiert
feeds-paused-until = Pausiert bis { $date }
feeds-page-before = Feeds davor
feeds-page-next = Weitere Feeds
feeds-trial-over = Die Probezeit von { $feed } ist vorbei. Soll er bleiben?
feeds-trial-keep = Behalten
feeds-trial-longer = Noch 14 Tage
folder-new = Neuer Ordner
folder-name = Name des Ordners
folder-make = Anlegen
folder-made = Ordner { $folder } angelegt
folder-is-there = Den Ordner { $folder } gibt es schon
folder-place = Name und Platz
folder-name-hint-html = <code>News/Welt</code> legt ihn in einen anderen. Alle seine Feeds ziehen mit um.
folder-rename = Umbenennen
folder-renamed = Der Ordner heißt jetzt { $folder }
folder-up = Nach oben
folder-down = Nach unten
folder-dissolve = Diesen Ordner auflösen
folder-dissolve-text = Seine Feeds rücken eine Ebene nach oben; nichts wird abbestellt. Zehn Minuten lang kannst du es rückgängig machen.
folder-dissolved = Ordner { $folder } aufgelöst
garden-chosen = Mit den ausgewählten Feeds
garden-none = Kein Feed ist ausgewählt.
garden-all = Alle hier auswählen
garden-move = Verschieben
garden-put-also = Auch dorthin
garden-pause = Pausieren
garden-resume = Fortsetzen
garden-unselect = Keinen auswählen
garden-moved = { $feeds } nach { $folder } verschoben
garden-also = { $feeds } jetzt auch in { $folder }
garden-left = { $feeds } abbestellt
garden-paused = { $feeds } pausiert
garden-resumed = { $feeds } fortgesetzt
garden-undone = { $feeds } wie zuvor
feed-resumed =
    { $n ->
        [0] Er geht weiter.
        [one] Er geht weiter. Die neuesten zehn sind ungelesen; { $n } älterer Artikel wurde als gelesen markiert.
       *[other] Er geht weiter. Die neuesten zehn sind ungelesen; { $n } ältere Artikel wurden als gelesen markiert.
    }
feed-trial-until = Auf Probe bis { $date }
feed-stays = Er bleibt
holiday-on = Dein ganzes Regal ist pausiert: Niemand wird deinetwegen nach Neuem gefragt.
holiday-until = Dein ganzes Regal ist bis { $date } pausiert: Niemand wird deinetwegen nach Neuem gefragt.
holiday-begun = Dein ganzes Regal ist pausiert. Mach’s gut.
holiday-left = { $n } Feeds sind noch zu pausieren: Drücke noch einmal, um fortzufahren.
holiday-end = Ich bin zurück
holiday-over =
    { $n ->
        [0] Willkommen zurück.
        [one] Willkommen zurück. Von jedem Feed sind die neuesten zehn ungelesen; { $n } älterer Artikel wurde als gelesen markiert.
       *[other] Willkommen zurück. Von jedem Feed sind die neuesten zehn ungelesen; { $n } ältere Artikel wurden als gelesen markiert.
    }
plan-of = Plan von { $feed }
plan-label =
    { $n ->
        [one] { $n } Beitrag in 90 Tagen
       *[other] { $n } Beiträge in 90 Tagen
    }
feed-also = Weitere Ordner
feed-also-hint = Einer je Zeile. Im Ganzen zählt er einmal, und er steht in jedem davon.
feed-view = Aussehen seiner Liste
feed-opens-site = Seine Titel führen zur Website
feed-opens-site-hint = Ein Druck auf einen seiner Titel öffnet die Seite in einem neuen Tab und markiert den Artikel als gelesen.
feed-drip = Nach und nach
feed-drip-hint = Die neuesten fünf von dem, was jetzt da ist, und den Rest einen am Tag, die ältesten zuerst. Für das Archiv einer Serie.
feed-drip-held =
    { $n ->
        [one] { $n } Artikel kommt noch.
       *[other] { $n } Artikel kommen noch.
    }
feed-pause = Pause
feed-pause-text = Nichts Neues kommt, und die Website wird nicht für dich gefragt. Wenn du fortsetzt, sind die neuesten zehn ungelesen, nicht der ganze Stapel.
pause-week = Für eine Woche
pause-month = Für 30 Tage
pause-ever = Bis ich sie beende
feed-trial = Probezeit
feed-trial-text = Folge ihm 14 Tage; dann fragen wir, ob er bleibt.
feed-trial-begin = Probezeit beginnen
plan-about = Über diesen Feed
plan-title = Plan
plan-options = Optionen
plan-caption = Beiträge am Tag
plan-picture = { $posts } in 90 Tagen, und die Tage, an denen er geprüft wurde
plan-day = { $date }: { $n }
plan-today = Heute
plan-key-posts = Beiträge, und Prüfungen an Tagen mit welchen
plan-key-check = Prüfung, die nichts Neues fand
plan-key-next = Nächste Prüfung
plan-posts-from = Gezeichnet sind nur die aufbewahrten Artikel: die seit { $date }.
plan-checks-from = Prüfungen vor { $date } sind nach dem Plan gezeichnet.
plan-table = Dasselbe als Tabelle
plan-day-head = Tag
plan-posts-head = Beiträge
plan-last = Die letzten Prüfungen
plan-why = Warum nicht öfter?
plan-why-hour = Kein Feed wird öfter als einmal in der Stunde abgefragt.
plan-why-others = { $n } haben ihn hier; eine Prüfung gilt für alle.
plan-why-validators = Sein Server kann nicht sagen, dass sich nichts geändert hat; jede Prüfung holt den ganzen Feed: höchstens einmal am Tag.
plan-why-wish = Der Herausgeber wünscht mindestens { $span } zwischen zwei Prüfungen.
plan-why-pushed = Ein Hub meldet Neues sofort; gefragt wird nur zur Sicherheit.
plan-why-no-hub = Die Website bietet keinen Hub, der es sofort meldet.
plan-why-paused = Du hast ihn pausiert.
plan-why-asleep = Kommt 30 Tage lang niemand zurück, der ihn liest, ruht die Prüfung so lange.
plan-rhythm = Beiträge { $every }.
plan-rhythm-unknown = Wie oft er Beiträge bringt, ist noch nicht bekannt.
clean-back = Zurück zu allen Feeds
clean-none = Nichts zu putzen
clean-none-text = Deine Feeds leben, und du liest sie.
clean-failing = Mit Problemen
clean-failing-text = Diese lassen sich zurzeit nicht abrufen.
clean-silent = Seit einem Jahr still
clean-silent-text = Sie kosten nichts und kommen vielleicht wieder.
clean-unread = Nie gelesen
clean-unread-text = Von diesen hast du nichts gelesen, was kam.
clean-busy = Mehr, als du liest
clean-busy-text = Sie bringen viel, und du liest weniger als ein Zehntel davon.
clean-pause-of = { $feed } pausieren
clean-leave-of = { $feed } abbestellen
add-added =
    { $n ->
        [0] Kein Feed wurde hinzugefügt.
        [one] { $n } Feed wurde hinzugefügt.
       *[other] { $n } Feeds wurden hinzugefügt.
    }
add-failed = { $n } gescheitert. { $why }
add-none-chosen = Kein Feed wurde ausgewählt
add-left-out = { $n } weitere Adressen hatten hier keinen Platz. Sieh sie dir danach an.
add-mine = Den hast du schon.
add-mine-in = Den hast du schon, in { $folder }.
add-short = Nur Zusammenfassungen.
add-serves = Eine Prüfung gilt für { $n } Leserinnen und Leser hier.
add-sibling = Du hast einen anderen Feed dieser Website: { $feed }.
add-look = Erst ansehen
add-open = Öffnen
add-trial = Auf Probe: frag mich nach 14 Tagen, ob sie bleiben
add-chosen = Ausgewählte abonnieren
add-packs = Pakete nach Thema
add-anywhere = Von jeder Seite aus
add-anywhere-text = Zieh diese zu deinen Lesezeichen. Am Telefon: Teile eine Seite mit Dormouse, sobald es auf dem Startbildschirm ist.
add-bookmarklet = In Dormouse abonnieren
keep-bookmarklet = In Dormouse behalten
pack-checked = Diese Listen wurden zuletzt am { $date } durchgesehen.
add-pack-file = OPML
pause-until = Bis zu einem Tag
