# Alles, was dir gehört: mitnehmen und mitbringen
data-title = Deine Daten
data-open = Deine Daten
data-settings-text = Alles, was dir gehört, als eine ZIP-Datei, die ein anderes Dormouse einliest; oder jede Art für sich.
data-export = Alles mitnehmen
data-export-text = Eine ZIP-Datei mit deinen Feeds, Ordnern und Einstellungen, Sternen und Behaltenem samt Text, dem, was du gelesen hast, und deinem Journal. Ein anderes Dormouse liest sie ein; andere Reader können die OPML- und JSON-Feed-Dateien darin nutzen.
data-feeds = Feeds, mit Ordnern und Einstellungen
data-starred = Sterne, mit ihren Texten
data-kept = Behaltene Artikel und Seiten, mit Schlagwörtern und Notizen
data-months = Monate des Journals
data-rules = Regeln
data-searches = Gespeicherte Suchen
data-all = Alles herunterladen
data-passwords = Mit dem, was die Feeds öffnet, die ein Passwort verlangen
data-passwords-hint = Wer die Datei hat, kann es dann lesen. Vorher wirst du nach deinem eigenen Passwort gefragt.
data-not = Nicht darin: Passwörter, Passkeys, Sitzungen, Tokens von Apps, Schlüssel von Diensten, Webhooks und geteilte Adressen. Sie gehören zu diesem Ort und werden anderswo neu angelegt.
data-over-title = Ein Teil ist zu groß
data-over-first = Sein Anfang
data-over-rest = Der Rest davon
data-single = Einzeln
data-single-text = Für andere Reader und für Programme.
data-delete-hint = Hast du alles mitgenommen und willst gehen?
data-import = Daten von einem anderen Dormouse mitbringen
data-import-text = Was hier ist, bleibt: Feeds, Sterne, Schlagwörter und Einstellungen kommen dazu, und was du gelesen hattest, wird markiert; nichts geht verloren, und eine Datei zweimal zu bringen ändert nichts. Beginne mit Teil 1. Artikel neuer Feeds kommen mit der nächsten Aktualisierung; bring dieselbe Datei dann noch einmal, und was du davon gelesen hattest, wird markiert.
data-file = ZIP-Datei oder ein Teil
data-file-hint = Höchstens 30 MB. Eine größere Datei, wie sie der Befehl „dormouse data export“ schreibt, liest „dormouse data import“ ein.
data-fetching = Die neuen Feeds werden abgerufen: wie weit das ist
data-taken = Eingelesen
data-taken-partly = Teilweise eingelesen: Wähl dieselbe Datei noch einmal, dann geht es weiter
data-nothing = Darin war nichts Neues.
data-mail = Dort kamen Ausgaben oder Wochenrückblicke per E-Mail. Schalte sie hier unter Einstellungen, E-Mail ein, sobald deine Adresse bestätigt ist.
data-part = Teil { $n } von { $of }
data-parts-text = Jeder Teil hat höchstens { $size } MB und ist eine ZIP-Datei für sich. Nimm alle; das andere Dormouse liest sie nacheinander ein.
data-over = Teil { $n } hat mehr als { $size } MB, und mehr fasst eine Antwort nicht. Es wurde nichts weggelassen: Nimm ihn in zweien.
data-report = Was am { $when } kam, Teil { $part } von { $parts }
data-next = Bis hierher wurden { $n } der { $of } Dateien in diesem ZIP eingelesen, so viel, wie eine Anfrage fasst. Wähl dasselbe ZIP noch einmal, dann geht es weiter.
data-feeds-added =
    { $n ->
        [one] { $n } Feed kam dazu.
       *[other] { $n } Feeds kamen dazu.
    }
data-feeds-known =
    { $n ->
        [one] { $n } Feed war schon in deinem Regal.
       *[other] { $n } Feeds waren schon in deinem Regal.
    }
data-feeds-refused =
    { $n ->
        [one] { $n } Feed konnte nicht dazukommen; warum, steht in der Liste des letzten Imports.
       *[other] { $n } Feeds konnten nicht dazukommen; warum, steht in der Liste des letzten Imports.
    }
data-stars-added =
    { $n ->
        [one] { $n } Stern kam.
       *[other] { $n } Sterne kamen.
    }
data-stars-joined =
    { $n ->
        [one] { $n } Stern gehört jetzt zu seinem Artikel, der inzwischen kam.
       *[other] { $n } Sterne gehören jetzt zu ihren Artikeln, die inzwischen kamen.
    }
data-stars-known =
    { $n ->
        [one] { $n } hatte schon einen Stern.
       *[other] { $n } hatten schon einen Stern.
    }
data-stars-full =
    { $n ->
        [one] { $n } Stern fand keinen Platz: Du hast so viele, wie du haben darfst.
       *[other] { $n } Sterne fanden keinen Platz: Du hast so viele, wie du haben darfst.
    }
data-stars-bad =
    { $n ->
        [one] { $n } Stern ist leer oder zu groß und wurde weggelassen.
       *[other] { $n } Sterne sind leer oder zu groß und wurden weggelassen.
    }
data-kept-added =
    { $n ->
        [one] { $n } behaltener Artikel kam oder bekam Schlagwörter oder eine Notiz.
       *[other] { $n } behaltene Artikel und Seiten kamen oder bekamen Schlagwörter oder eine Notiz.
    }
data-kept-known =
    { $n ->
        [one] { $n } war schon behalten.
       *[other] { $n } waren schon behalten.
    }
data-kept-full =
    { $n ->
        [one] { $n } zum Behalten fand keinen Platz: Zehntausend werden behalten.
       *[other] { $n } zum Behalten fanden keinen Platz: Zehntausend werden behalten.
    }
data-kept-bad =
    { $n ->
        [one] { $n } zum Behalten ist leer oder zu groß und wurde weggelassen.
       *[other] { $n } zum Behalten sind leer oder zu groß und wurden weggelassen.
    }
data-kept-left =
    { $n ->
        [one] { $n } Schlagwort oder eine Notiz fand neben denen hier keinen Platz.
       *[other] { $n } Schlagwörter und Notizen fanden neben denen hier keinen Platz.
    }
data-read-now =
    { $n ->
        [one] { $n } Artikel wurde als gelesen markiert.
       *[other] { $n } Artikel wurden als gelesen markiert.
    }
data-read-known =
    { $n ->
        [one] { $n } war schon gelesen.
       *[other] { $n } waren schon gelesen.
    }
data-read-waiting =
    { $n ->
        [one] Von { $n } Feed ist noch kein Artikel hier: Bring diese Datei noch einmal, wenn er abgerufen ist, dann wird markiert, was du gelesen hattest.
       *[other] Von { $n } Feeds sind noch keine Artikel hier: Bring diese Datei noch einmal, wenn sie abgerufen sind, dann wird markiert, was du gelesen hattest.
    }
data-read-missing =
    { $n ->
        [one] Von { $n } Feed steht da, was du gelesen hattest, und er ist nicht in deinem Regal.
       *[other] Von { $n } Feeds steht da, was du gelesen hattest, und sie sind nicht in deinem Regal.
    }
data-journal-added =
    { $n ->
        [one] { $n } Zeile kam ins Journal.
       *[other] { $n } Zeilen kamen ins Journal.
    }
data-journal-known =
    { $n ->
        [one] { $n } Zeile des Journals war schon da.
       *[other] { $n } Zeilen des Journals waren schon da.
    }
data-journal-left =
    { $n ->
        [one] { $n } Zeile ist älter, als dein Journal aufgehoben wird, oder unlesbar.
       *[other] { $n } Zeilen sind älter, als dein Journal aufgehoben wird, oder unlesbar.
    }
data-set =
    { $n ->
        [one] { $n } Einstellung ist, wie sie dort war.
       *[other] { $n } Einstellungen sind, wie sie dort waren.
    }
data-set-stay =
    { $n ->
        [one] { $n } Einstellung, die du hier geändert hattest, bleibt.
       *[other] { $n } Einstellungen, die du hier geändert hattest, bleiben.
    }
data-rules-added =
    { $n ->
        [one] { $n } Regel kam.
       *[other] { $n } Regeln kamen.
    }
data-rules-known =
    { $n ->
        [one] { $n } Regel war schon da.
       *[other] { $n } Regeln waren schon da.
    }
data-rules-left =
    { $n ->
        [one] { $n } Regel wurde weggelassen: Ihr Feed ist nicht hier, sie ist nicht brauchbar, oder es ist kein Platz.
       *[other] { $n } Regeln wurden weggelassen: Ihre Feeds sind nicht hier, sie sind nicht brauchbar, oder es ist kein Platz.
    }
data-rules-left-names = Ausgelassene Regeln: { $names }
data-searches-added =
    { $n ->
        [one] { $n } gespeicherte Suche kam.
       *[other] { $n } gespeicherte Suchen kamen.
    }
data-searches-known =
    { $n ->
        [one] { $n } gespeicherte Suche war schon da.
       *[other] { $n } gespeicherte Suchen waren schon da.
    }
data-searches-left =
    { $n ->
        [one] { $n } gespeicherte Suche wurde weggelassen: Sie ist nicht brauchbar, oder es ist kein Platz.
       *[other] { $n } gespeicherte Suchen wurden weggelassen: Sie sind nicht brauchbar, oder es ist kein Platz.
    }
data-services =
    { $n ->
        [one] { $n } Dienst, an den Artikel gesendet werden, braucht seinen Schlüssel neu: Füge ihn in den Einstellungen hinzu.
       *[other] { $n } Dienste, an die Artikel gesendet werden, brauchen ihre Schlüssel neu: Füge sie in den Einstellungen hinzu.
    }
data-foreign =
    { $n ->
        [one] { $n } Datei im ZIP ist nicht von einem Dormouse und blieb unbeachtet.
       *[other] { $n } Dateien im ZIP sind nicht von einem Dormouse und blieben unbeachtet.
    }
