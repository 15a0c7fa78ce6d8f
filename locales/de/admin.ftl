# The administration, and the deletion of an account.
admin-title = Administration
admin-overview = Überblick
admin-readers = Lesende
admin-feeds = Feeds
admin-jobs = Aufgaben
admin-audit = Protokoll
admin-settings = Geltende Einstellungen
admin-all = Alle
admin-open = Öffnen
admin-open-of = { $name } öffnen
admin-more = Mehr
admin-end = Das ist alles.
admin-trouble = Feeds mit Problemen
admin-no-trouble = Kein Feed hat Probleme.
admin-free = Heute, vom Kostenlosen
admin-of = { $used } von { $free }
admin-jobs-well = Alle Aufgaben liefen pünktlich.
admin-job-failed = { $job }: Der letzte Lauf schlug fehl.
admin-job-late = { $job } ist überfällig: Sehen Sie nach, ob der Zeitplaner die Aufgabe noch aufruft.
admin-job-never = { $job } lief noch nie: Lassen Sie den Zeitplaner die Aufgabe aufrufen.
admin-no-scheduler = Kein Zeitplaner ist eingestellt: Feeds werden geprüft, solange Seiten offen sind.
admin-sentence = { $readers }, { $feeds }; { $n ->
    [one] { $n } hat Probleme.
   *[other] { $n } haben Probleme.
}
admin-sentence-well = { $readers }, { $feeds }; keiner hat Probleme.
admin-accounts = { $n ->
    [one] { $n } Konto, { $active } diese Woche aktiv
   *[other] { $n } Konten, { $active } diese Woche aktiv
}
admin-count-admins = { $n ->
    [one] { $n } Person administriert
   *[other] { $n } Personen administrieren
}
admin-count-disabled = { $n ->
    [one] { $n } Konto gesperrt
   *[other] { $n } Konten gesperrt
}
admin-count-leaving = { $n ->
    [one] { $n } Konto wird gelöscht
   *[other] { $n } Konten werden gelöscht
}
jobs-job = Aufgabe
jobs-when = Lauf
jobs-result = Ergebnis
jobs-took = Dauer
jobs-seconds = { $n } s
jobs-never = Sie lief noch nie.
jobs-no-scheduler = Kein Zeitplaner ist eingestellt, deshalb ruft niemand sie auf. Setzen Sie CRON_SECRET, und rufen Sie sie mit cron auf.
job-refresh = Aktualisieren
job-refresh-about = Prüft die Feeds, die an der Reihe sind.
job-daily = Tägliches Aufräumen
job-daily-about = Alle folgenden, eine nach der anderen.
job-sessions = Sitzungen
job-sessions-about = Löscht Sitzungen, die geendet haben.
job-sleepers = Schlafende
job-sleepers-about = Lässt die Feeds von Lesenden ruhen, die 30 Tage nicht da waren.
job-orphans = Feeds ohne Lesende
job-orphans-about = Löscht Feeds, die seit 90 Tagen niemand liest.
job-hubs = Hubs
job-hubs-about = Erneuert Abonnements bei Hubs, die uns Neues melden.
job-accounts = Konten, die gehen
job-accounts-about = Löscht, was von Konten übrig ist, die gelöscht werden.
job-audit = Protokoll
job-audit-about = Löscht Zeilen, die älter als ein Jahr sind.
did-fetched = { $n ->
    [one] { $n } Feed geprüft
   *[other] { $n } Feeds geprüft
}
did-articles = { $n ->
    [one] { $n } neuer Artikel
   *[other] { $n } neue Artikel
}
did-failed = { $n ->
    [one] { $n } fehlgeschlagen
   *[other] { $n } fehlgeschlagen
}
did-feeds = { $n ->
    [one] { $n } Feed entfernt
   *[other] { $n } Feeds entfernt
}
did-accounts = { $n ->
    [one] { $n } Konto gelöscht
   *[other] { $n } Konten gelöscht
}
did-removed = { $n ->
    [one] { $n } Eintrag von Konten gelöscht
   *[other] { $n } Einträge von Konten gelöscht
}
did-sessions = { $n ->
    [one] { $n } Sitzung entfernt
   *[other] { $n } Sitzungen entfernt
}
did-slept = { $n ->
    [one] { $n } Person schlief ein
   *[other] { $n } Lesende schliefen ein
}
did-hubs = { $n ->
    [one] { $n } Abonnement erneuert
   *[other] { $n } Abonnements erneuert
}
did-lines = { $n ->
    [one] { $n } alte Zeile entfernt
   *[other] { $n } alte Zeilen entfernt
}
did-icons = { $n ->
    [one] { $n } Symbol entfernt
   *[other] { $n } Symbole entfernt
}
did-words = { $n ->
    [one] { $n } Artikel indexiert
   *[other] { $n } Artikel indexiert
}
did-nothing = nichts zu tun
did-goes-on = der nächste Aufruf macht weiter
users-search = Teil einer Adresse
users-find = Suchen
users-all = Alle Lesenden
users-none = Kein Konto hat eine solche Adresse.
users-partial = Ältere Konten werden noch eingetragen. Laden Sie die Seite neu.
users-about = Seit { $since }, zuletzt da: { $seen }
users-admin = Administration
users-disabled = Gesperrt
users-leaving = Wird gelöscht
user-is-leaving = Was dieses Konto hat, wird gelöscht. Das Aufräumen macht weiter, bis nichts mehr übrig ist.
user-standing = Darf die Person herein?
user-disable-text = Gesperrt kann sich die Person nicht anmelden, und ihre Sitzungen, Apps und geteilten Seiten enden. Was sie hat, bleibt.
user-disabled-text = Dieses Konto ist gesperrt. Entsperrt kann sich die Person wieder anmelden, und ihre Apps und geteilten Seiten gehen wieder.
user-disable = Sperren
user-enable = Entsperren
user-role = Rolle
user-is-admin = Die Person sieht diese Seiten und kann auf ihnen alles tun.
user-is-reader = Die Person liest nur.
user-make-admin = Administration geben
user-make-reader = Administration nehmen
user-sessions = Wo die Person angemeldet ist
user-no-sessions = Nirgends.
user-end-sessions = Überall abmelden
user-password = Passwort
user-reset-text = Wer sich nicht anmelden kann, wählt über einen Link ein neues Passwort; den Link geben Sie weiter. Er gilt einmal, einen Tag lang. Danach ist die Person überall abgemeldet.
user-reset-make = Link erstellen
user-reset-made = Der Link ist erstellt. Kopieren Sie ihn jetzt: Er wird nicht noch einmal gezeigt.
user-reset-label = Link für ein neues Passwort
user-reset-hint = Wer den Link hat, hat das Konto; geben Sie ihn nur der Person, der es gehört.
user-quota = Kontingent
user-quota-text = Ein leeres Feld bedeutet, was alle haben.
user-usual = Alle haben { $n }.
quota-feeds = Feeds
quota-stars = Sterne
quota-imports = Importe am Tag
quota-refreshes = „Jetzt aktualisieren“ pro Stunde
quota-mb = MB an Artikeln, 0 für beliebig
quota-wrong = Eine Grenze ist eine ganze Zahl, und keine liegt über dem, was hier jemand höchstens haben darf: Das steht in CEILING.
user-delete = Konto löschen
user-delete-text = Löscht alles, was der Person gehört. Das lässt sich nicht rückgängig machen.
user-delete-ask = Löschen …
user-now-disabled = Gesperrt
user-now-enabled = Entsperrt
user-now-admin = Die Person administriert jetzt
user-now-reader = Die Person liest jetzt nur noch
user-now-leaving = Das Konto wird gelöscht
user-now-gone = Das Konto ist gelöscht; nichts davon ist übrig
user-was-so = Das war schon so
user-sessions-ended = Die Person ist überall abgemeldet
leave-title = Konto löschen
leave-back = Zurück
leave-own = Das löscht { $email } mit allem, was Ihnen gehört. Es lässt sich nicht rückgängig machen.
leave-other = Das löscht { $email } mit allem, was der Person gehört. Es lässt sich nicht rückgängig machen.
leave-lost = Was verloren geht
count-kept-thing = { $n ->
    [one] { $n } markierter oder behaltener Artikel
   *[other] { $n } markierte oder behaltene Artikel
}
leave-lost-reading = Was gelesen wurde, das Journal, Regeln, gespeicherte Suchen, Schlagwörter und Notizen
leave-lost-ways = Passkeys, Einmalcodes, Tokens von Apps, geteilte Seiten und Webhooks
leave-stays = Feeds, die andere lesen, bleiben ihnen. Ein Jahr lang sagt das Protokoll der Administration, mit einer Nummer statt der Adresse, dass es das Konto gab.
leave-first = Erst mitnehmen
leave-first-text = Diese Dateien können andere Reader lesen, und ein anderer Dormouse.
leave-export-kept = Behaltene Artikel
leave-export-journal = Journal
leave-sure = Ich weiß, dass sich das nicht rückgängig machen lässt
leave-unsure = Haken Sie das Kästchen an, wenn Sie es so meinen.
leave-do = Mein Konto löschen
leave-do-other = Dieses Konto löschen
leave-not = Behalten
leave-text = Löscht Ihr Konto mit allem, was Ihnen gehört.
goodbye-title = Ihr Konto ist gelöscht
goodbye-text = Nichts davon ist übrig. Seine Adresse kann für ein neues dienen.
goodbye-later-title = Ihr Konto wird gelöscht
goodbye-later-text = Sie sind abgemeldet, und niemand kann sich mehr anmelden. Was noch übrig ist, geht von selbst mit dem nächsten Aufräumen, meist innerhalb eines Tages.
goodbye-home = Zur Startseite
feeds-all = Alle Feeds
feeds-stopped = Für alle pausiert
feeds-search = Teil eines Titels oder einer Adresse
feeds-none = Hier ist kein solcher Feed.
feeds-is-paused = Für alle pausiert
feeds-nobodys = Niemand liest ihn
feeds-well = In Ordnung
feed-acts = Was Sie tun können
feed-refresh-now = Jetzt aktualisieren
feed-stop = Für alle pausieren
feed-resume = Weitermachen lassen
feed-block-host = { $host } sperren
feed-stop-text = Ein pausierter Feed wird nicht geprüft; wer ihn liest, behält ihn und erfährt es.
feed-remove = Feed entfernen
feed-remove-text = Nimmt ihn von allen Regalen und löscht hier seine Artikel. Sterne und Behaltenes bleiben. Das lässt sich nicht rückgängig machen.
feed-remove-sure = Ich weiß, dass sich das nicht rückgängig machen lässt
feed-remove-do = Von allen Regalen entfernen
feed-remove-unsure = Haken Sie das Kästchen an, wenn Sie es so meinen
feed-remove-more = Viele lesen ihn: Drücken Sie noch einmal, um weiterzumachen
feed-now-removed = Der Feed ist entfernt
feed-now-paused = Für alle pausiert
feed-now-resumed = Er macht weiter
feed-articles = { $n ->
    [one] { $n } Artikel behalten, { $size } kB
   *[other] { $n } Artikel behalten, { $size } kB
}
hosts-title = Gesperrte Hosts
hosts-text = Von einem gesperrten Host und allen darunter wird für niemanden etwas geholt.
hosts-host = Host, etwa news.example.org
hosts-block = Sperren
hosts-unblock = Wieder öffnen
hosts-unblock-of = { $host } wieder öffnen
hosts-wrong = Das ist kein Host. Er sollte aussehen wie news.example.org.
hosts-full = 200 Hosts sind gesperrt, mehr geht nicht. Öffnen Sie erst einen wieder.
hosts-now-blocked = Der Host ist gesperrt
hosts-now-open = Der Host ist wieder offen
inforce-text = Womit diese Installation läuft. Einstellungen sind Umgebungsvariablen; Geheimnisse sind verdeckt.
inforce-name = Einstellung
inforce-value = Wert
audit-text = Wer wann was getan hat. Zeilen bleiben ein Jahr; niemand kann sie ändern. Was jemand liest, steht hier nicht.
audit-older = Ältere
audit-somebody = Jemand
audit-command = Ein Befehl auf dem Server
audit-clean-up = Das Aufräumen
audit-no-account = keinem Konto
audit-sign-in-failed = Eine Anmeldung schlug fehl: { $whose }
audit-second-step-failed = Ein zweiter Schritt schlug fehl: { $whose }
audit-entry-refused = { $whose } wurde nicht hereingelassen
audit-signed-in = { $who } hat sich mit einem neuen Browser angemeldet
audit-signed-up = { $who } hat ein Konto erstellt
audit-token-made = { $who } hat ein Token für { $whose } erstellt
audit-token-revoked = { $who } hat ein Token von { $whose } widerrufen
audit-password-changed = { $who } hat das Passwort von { $whose } geändert
audit-password-removed = { $who } hat das eigene Passwort entfernt
audit-connected = { $who } hat einen Anbieter verbunden
audit-disconnected = { $who } hat einen Anbieter getrennt
audit-backup = { $who } hat ein Backup von allem geholt
audit-recovery-code-used = { $who } hat einen Wiederherstellungscode benutzt
audit-second-step-changed = { $who } hat geändert, ob nach einem Passkey gefragt wird
audit-codes-on = { $who } hat Einmalcodes eingerichtet
audit-codes-off = { $who } hat Einmalcodes abgeschaltet
audit-recovery-codes-made = { $who } hat neue Wiederherstellungscodes erstellt
audit-passkey-added = { $who } hat einen Passkey hinzugefügt
audit-passkey-renamed = { $who } hat einen Passkey umbenannt
audit-passkey-removed = { $who } hat einen Passkey entfernt
audit-session-ended = { $who } hat eine eigene Sitzung beendet
audit-sessions-ended = { $who } hat Sitzungen von { $whose } beendet
audit-password-reset = { $who } hat über einen Link ein neues Passwort gesetzt
audit-address-confirmed = { $who } hat die eigene Adresse bestätigt
audit-address-change-begun = { $who } hat begonnen, die eigene Adresse zu ändern
audit-address-change-cancelled = { $who } hat eine Änderung der Adresse aufgegeben
audit-address-changed = { $who } hat die eigene Adresse geändert
audit-letters-changed = { $who } hat geändert, welche E-Mails kommen
audit-invited = { $who } hat eine Einladung erstellt
audit-invitation-revoked = { $who } hat eine Einladung zurückgezogen
audit-passwords-exported = { $who } hat Feeds mit ihren Passwörtern exportiert
audit-account-made = { $who } hat ein Konto für { $whose } erstellt
audit-exported-of = { $who } hat Daten von { $whose } exportiert
audit-passwords-exported-of = { $who } hat Feeds von { $whose } mit ihren Passwörtern exportiert
audit-door-changed = { $who } hat das Passwort eines Feeds geändert
audit-webhook-made = { $who } hat einen Webhook angelegt
audit-webhook-removed = { $who } hat einen Webhook entfernt
audit-service-added = { $who } hat einen Dienst hinzugefügt, an den Artikel geschickt werden
audit-service-removed = { $who } hat einen Dienst entfernt, an den Artikel geschickt werden
audit-rekeyed = { $who } hat alles mit dem neuesten geheimen Schlüssel versiegelt
audit-imported = { $who } hat Feeds importiert
audit-exported = { $who } hat eigene Daten exportiert
audit-data-imported = { $who } hat eigene Daten importiert
audit-disabled = { $who } hat { $whose } gesperrt
audit-enabled = { $who } hat { $whose } entsperrt
audit-made-admin = { $who } hat { $whose } die Administration gegeben
audit-unmade-admin = { $who } hat { $whose } die Administration genommen
audit-quota-changed = { $who } hat das Kontingent von { $whose } geändert
audit-deletion-begun = { $who } hat die Löschung von { $whose } angeordnet
audit-deleted = { $whose } ist gelöscht; nichts ist übrig
audit-feed-paused = { $who } hat einen Feed für alle pausiert
audit-feed-resumed = { $who } lässt einen Feed weitermachen
audit-feed-refreshed = { $who } hat einen Feed aktualisiert
audit-feed-removed = { $who } hat einen Feed von allen Regalen entfernt
audit-host-blocked = { $who } hat einen Host gesperrt
audit-host-unblocked = { $who } hat einen Host wieder geöffnet
audit-reset-link-made = { $who } hat einen Link für ein neues Passwort von { $whose } gemacht
audit-share-opened = { $who } hat etwas für andere geöffnet
audit-share-renewed = { $who } hat etwas Geteiltem eine andere Adresse gegeben
audit-share-closed = { $who } hat etwas für andere geschlossen
