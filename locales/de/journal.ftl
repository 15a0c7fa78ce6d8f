# The journal: what was read, what that says, and taking it along.
place-journal = Tagebuch
journal-tabs = Seiten des Tagebuchs
journal-timeline = Verlauf
journal-recent = Zuletzt gelesen
journal-export = Export
journal-month = { $month } { $year }
journal-comma = ,{" "}
journal-today = Heute, { $date }
journal-yesterday = Gestern, { $date }
journal-day = { $weekday }, { $date }
journal-sum-opened = { $n } geöffnet
journal-sum-followed = { $n } weiterverfolgt
journal-sum-starred = { $n } mit Stern
journal-sum-tagged = { $n } mit Schlagwort
journal-act-opened = Geöffnet
journal-act-followed = Weiterverfolgt
journal-act-starred = Stern
journal-act-tagged = Schlagwort
journal-day-marked = { $n } einzeln als gelesen markiert.
journal-day-cleared = { $n } gesammelt markiert, ohne geöffnet zu werden.
journal-opened-count = { $n } geöffnet
journal-recent-text = Die letzten hundert Artikel, die du geöffnet hast.
journal-about-feed = Von „{ $feed }“ hast du insgesamt { $n } geöffnet.
journal-about-author = Von { $author } hast du insgesamt { $n } geöffnet.
journal-all = Das ganze Tagebuch zeigen
journal-by-month = Monat für Monat
journal-some-feed = Ein Feed, den es nicht mehr gibt
journal-empty = Noch ist nichts hier
journal-empty-text = Was du öffnest, weiterverfolgst, mit Stern oder Schlagwort versiehst, wird hier beim Lesen notiert. Nur du kannst es sehen.
journal-not-found =
    { $n ->
        [one] Nichts dergleichen in dem Monat, der durchsucht wurde
       *[other] Nichts dergleichen in den { $n } Monaten, die durchsucht wurden
    }
journal-full = Im { $month } war nicht für alles Platz: über etwa 50.000 Öffnungen hinaus wird nur gezählt.
journal-is-paused = Das Tagebuch pausiert: Zurzeit wird nichts notiert.
journal-pause = Pausieren
journal-resume = Weiter
journal-paused = Das Tagebuch pausiert. Was darin steht, bleibt
journal-resumed = Das Tagebuch geht weiter
journal-earlier = Früher
journal-end = Das war alles.
journal-search = In meinem Verlauf suchen
journal-search-go = Suchen
journal-go-to = Gehe zu
journal-mine = Nur du kannst das sehen
journal-mine-text = Nicht die Verwaltung, und nie auf einer geteilten Seite. Es kostet etwa einen Schreibvorgang am Tag. Eine App, die die API benutzt, kann Öffnen nicht von Markieren unterscheiden: Bis zu drei Markierungen auf einmal gelten als geöffnet.
journal-keep = Aufbewahren
journal-keep-3-months = drei Monate
journal-keep-year = ein Jahr
journal-keep-ever = für immer
journal-zone = Zeitzone
journal-other-zone = Dein Browser ist in { $zone }.
journal-delete = Löschen …
journal-delete-text = Das lässt sich nicht rückgängig machen. Einzelne Zeilen und Tage haben einen eigenen Knopf.
journal-delete-day = Diesen Tag löschen
journal-delete-day-of = { $title } aus dem Tagebuch löschen
journal-delete-line = Diese Zeile löschen
journal-delete-line-of = „{ $title }“ aus dem Tagebuch löschen
journal-delete-month = { $month } löschen
journal-delete-all = Das ganze Tagebuch löschen
journal-gone-line = Die Zeile ist gelöscht
journal-gone-day = Der Tag ist gelöscht
journal-gone-month = Der Monat ist gelöscht
journal-gone-all = Das Tagebuch ist gelöscht

insights-title = Einblicke
insights-range = Zeitraum
insights-range-month = Letzte 30 Tage
insights-range-half-year = Halbes Jahr
insights-range-all = Alles
insights-against-month = Verglichen mit den dreißig Tagen davor.
insights-against-half-year = Verglichen mit den sechs Monaten davor.
insights-against-all = Verglichen mit dem Stand vor dreißig Tagen.
insights-sentence-month = In den letzten 30 Tagen hast du { $articles } aus { $feeds } geöffnet{ $change }.
insights-sentence-half-year = In diesen sechs Monaten hast du { $articles } aus { $feeds } geöffnet{ $change }.
insights-sentence-all = Insgesamt hast du { $articles } aus { $feeds } geöffnet{ $change }.
insights-as-many = , so viele wie davor
insights-more = , { $n } mehr als davor
insights-fewer = , { $n } weniger als davor
insights-mostly = In den letzten zwölf Monaten hast du am meisten { $weekday } geöffnet und gegen { $hour }.
insights-on-1 = montags
insights-on-2 = dienstags
insights-on-3 = mittwochs
insights-on-4 = donnerstags
insights-on-5 = freitags
insights-on-6 = samstags
insights-on-7 = sonntags
insights-zone = Zeiten in { $zone }.
insights-change = Ändern
insights-top-feeds = Was du am meisten geöffnet hast
insights-top-authors = Wen du am meisten gelesen hast
insights-no-authors = Nichts von dem, was du geöffnet hast, nennt seinen Autor.
insights-none = In dieser Zeit wurde nichts geöffnet.
insights-feed = Feed
insights-opened = Geöffnet
insights-moved = Änderung
insights-spark = Die letzten sechs Monate
insights-new = neu
insights-new-said = neu
insights-same-said = derselbe Platz
insights-up-said =
    { $n ->
        [one] einen Platz hinauf
       *[other] { $n } Plätze hinauf
    }
insights-down-said =
    { $n ->
        [one] einen Platz hinab
       *[other] { $n } Plätze hinab
    }
insights-leave = Aus Ranglisten auslassen
insights-leave-of = „{ $title }“ aus Ranglisten auslassen
insights-left-out = Wird in Ranglisten nun ausgelassen
insights-counted = Steht wieder in Ranglisten
insights-are-left-out = Aus Ranglisten ausgelassen
insights-count-again = Wieder aufnehmen
insights-ranks = Rang nach Monat
insights-ranks-label = Die Ränge der am meisten geöffneten Feeds über sechs Monate
insights-climber = { $feed } stieg am meisten: von Platz { $from } auf { $to }.
insights-month = Monat
insights-weekday = Wochentag
insights-year = Dein Jahr
insights-year-label = Ein Jahr aus Tagen, dunkler, wo mehr geöffnet wurde
insights-nothing = Nichts
insights-or-more = { $n } oder mehr am Tag
insights-day = { $date }: { $n } geöffnet
insights-hour = { $weekday }, { $hour }: { $n } geöffnet
insights-hours = Wochentag und Stunde
insights-hours-label = Wochentage und Stunden aus zwölf Monaten, dunkler, wo mehr geöffnet wurde
insights-months = Geöffnet, markiert, gesammelt markiert
insights-months-label = Was in jedem von sechs Monaten geöffnet, markiert und gesammelt markiert wurde
insights-key-opened = Geöffnet
insights-key-marked = Einzeln markiert
insights-key-cleared = Gesammelt markiert
insights-worth = Was ein Feed dir wert ist
insights-worth-text =
    { $n ->
        [one] Wie viel von dem, was heute kam, du geöffnet hast.
       *[other] Wie viel von dem, was in { $n } Tagen kam, du geöffnet hast; bei regen Feeds von den neuesten, die aufbewahrt werden.
    }
insights-arrived = Gekommen
insights-arrived-count = { $n } gekommen
insights-share = Anteil
insights-unmissed = Die würdest du vielleicht nicht vermissen
insights-unmissed-text = Mindestens 20 kamen, und du hast keinen geöffnet.
insights-firsts = Anfänge und Serien
insights-longest =
    { $n ->
        [one] Längste Serie: { $n } Tag, bis { $date }.
       *[other] Längste Serie: { $n } Tage, bis { $date }.
    }
insights-streak = Jetzt: { $n } Tage in Folge.
insights-began = Zum ersten Mal notiert am { $date }.
insights-first = Zum ersten Mal etwas von „{ $feed }“ geöffnet am { $date }.
insights-empty = Noch ist nichts notiert
insights-empty-text = Wenn du Artikel öffnest, sagt diese Seite, was und wann du liest, und wie sich das ändert.
insights-year-title = Jahresrückblick
insights-month-fact = { $month }: { $n } geöffnet

year-title = { $year }: ein Lesejahr
year-best = Am { $date } hast du am meisten geöffnet: { $n }.
year-nothing = Es wurde nichts geöffnet.
year-opened = geöffnete Artikel
year-days = Tage mit Lektüre
year-streak = Tage in Folge
year-feeds = Feeds
year-words = Wörter
year-empty = { $year } wurde nichts notiert
year-save = Als Bild speichern

export-title = Mitnehmen
export-text = Dateien von höchstens 30 MB. Wo ein Jahr mehr als eine braucht, beginnt die nächste, wo die erste endete; der Kopf „Link“ der Antwort nennt sie.
export-csv = CSV ist für Tabellen; eine Zelle, die für eine Formel gehalten würde, beginnt mit einem Apostroph.
export-jsonl = JSON Lines ist für Programme und lässt sich unten wieder einlesen.
export-months = Monat für Monat
export-months-text = Eine Datei fasst höchstens 30 MB. Hat ein Jahr mehr, nimm seine Monate einzeln; Programme finden den nächsten Teil in der Kopfzeile Link.
export-sql = SQL ist für Datenbanken: „sqlite3 my.db < journal.sql“ oder „psql my < journal.sql“.
history-title = Einen Verlauf mitbringen
history-text = Ein Tagebuch als JSON Lines; starred.json oder gelesene Artikel aus einem Google Takeout, von Inoreader oder FreshRSS; Einträge von Miniflux, wie seine API sie gibt; gespeicherte Artikel von Feedly. Was auf deinem Regal gefunden wird, wird markiert und bekommt seinen Stern; Artikel mit Stern, die nicht gefunden werden, werden eigene Sterne. Es wird nichts abgerufen.
history-file = Datei (.jsonl oder .json, höchstens 10 MB)
history-lines =
    { $n ->
        [one] { $n } Zeile kam ins Journal.
       *[other] { $n } Zeilen kamen ins Journal.
    }
history-lines-known =
    { $n ->
        [one] { $n } war schon da.
       *[other] { $n } waren schon da.
    }
history-lines-old =
    { $n ->
        [one] { $n } ist älter, als dein Journal aufgehoben wird: Wähle zuerst eine längere Zeit und bring es noch einmal.
       *[other] { $n } sind älter, als dein Journal aufgehoben wird: Wähle zuerst eine längere Zeit und bring es noch einmal.
    }
history-lines-wrong =
    { $n ->
        [one] { $n } ist unlesbar oder liegt in der Zukunft.
       *[other] { $n } sind unlesbar oder liegen in der Zukunft.
    }
history-cut =
    { $n ->
        [one] { $n } weiterer steht in der Datei, als auf einmal genommen wird: Teile sie und bring auch den Rest.
       *[other] { $n } weitere stehen in der Datei, als auf einmal genommen werden: Teile sie und bring auch den Rest.
    }
history-read =
    { $n ->
        [one] { $n } Artikel in deinem Regal wurde als gelesen markiert.
       *[other] { $n } Artikel in deinem Regal wurden als gelesen markiert.
    }
history-starred =
    { $n ->
        [one] { $n } in deinem Regal bekam einen Stern.
       *[other] { $n } in deinem Regal bekamen einen Stern.
    }
history-own =
    { $n ->
        [one] { $n } Artikel mit Stern, der nicht in deinem Regal ist, wurde ein eigener Stern.
       *[other] { $n } Artikel mit Stern, die nicht in deinem Regal sind, wurden eigene Sterne.
    }
history-known =
    { $n ->
        [one] { $n } hatte schon einen Stern.
       *[other] { $n } hatten schon einen Stern.
    }
history-missing =
    { $n ->
        [one] { $n } gelesener Artikel ist nicht in deinem Regal.
       *[other] { $n } gelesene Artikel sind nicht in deinem Regal.
    }
history-full =
    { $n ->
        [one] { $n } Stern fand keinen Platz: zehntausend werden aufgehoben.
       *[other] { $n } Sterne fanden keinen Platz: zehntausend werden aufgehoben.
    }
history-without =
    { $n ->
        [one] { $n } ist weder gelesen noch mit Stern oder hat keine Adresse.
       *[other] { $n } sind weder gelesen noch mit Stern oder haben keine Adresse.
    }
footprint-title = Fußabdruck
footprint-empty = In diesem Monat ist noch nichts gezählt. Das Zählen beginnt mit der nächsten Aktualisierung.
footprint-sentence = In diesem Monat ist Dormouse { $woke } für dich aufgewacht, hat { $sent } gesendet, den Anbietern { $spared } erspart und { $money } gekostet.
footprint-sentence-all = In diesem Monat ist Dormouse { $woke } für alle, die hier lesen, aufgewacht, hat { $sent } gesendet, den Anbietern { $spared } erspart und { $money } gekostet.
footprint-later = Welcher Teil davon für dich war, wird berechnet, sobald ein Tag vorbei ist.
footprint-times =
    { $n ->
        [one] einmal
       *[other] { $n }-mal
    }
footprint-requests =
    { $n ->
        [one] eine Anfrage
       *[other] { $n } Anfragen
    }
footprint-downloads =
    { $n ->
        [one] einen Abruf
       *[other] { $n } Abrufe
    }
footprint-woke = Aufgewacht
footprint-sent = Gesendete Anfragen
footprint-unchanged = Beantwortet mit „nicht geändert“
footprint-shared = Geteilt mit anderen
footprint-pushed = Zugestellt, also nicht erfragt
footprint-spared = Ersparte Abrufe
footprint-cost = Kosten der Datenbank
footprint-all = Niemand sonst liest hier: Alles war für dich.
footprint-share = Ungefähr { $percent } % von allem, was hier getan wurde, war für dich: danach, wie oft deine Feeds geprüft werden, jeder geteilt durch die, die ihn lesen. Die Tage darunter gelten für alle zusammen.
footprint-price = Die Kosten sind die der Datenbankvorgänge nach Googles Listenpreis vom { $date }, als wäre keiner davon frei. Rechenzeit und Verkehr werden nicht einzeln gezählt.
footprint-own-unknown = Nur was die Aktualisierungen für dich gekostet haben: Deine eigenen Seiten werden hier nicht einzeln gezählt und fehlen darum.
footprint-days = Tag für Tag
footprint-day = Tag
