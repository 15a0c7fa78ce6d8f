# When a feed was checked, when it is next, and why; and pushes.
polling-full = Es wird nichts abgerufen: Alles hier zusammen hat die Größengrenze erreicht. Die Administration kann sie anheben; Feeds, die niemand liest, verschwinden nach 90 Tagen.
polling-offline = Offline: Dieser Server erreicht { $since } niemanden. Den Feeds wird nichts angelastet, und er versucht es weiter.
polling-since = seit { $time } UTC
polling-host-silent = { $host } antwortet { $since } für keinen seiner Feeds.
polling-host-quiet = Der Host hat nicht geantwortet.
polling-host-answers = { $host } antwortet { $since } für alle seine Feeds mit { $status }.
polling-checked-now = Gerade eben geprüft.
polling-checked = Die letzte Prüfung ist { $ago } her.
polling-next-soon = Nächste Prüfung in wenigen Minuten
polling-next = Bis zur nächsten Prüfung: noch { $wait }
polling-because = { $next } ({ $why }).
polling-gone = die Website hat ihn endgültig entfernt
polling-resting = er ruht, solange niemand aktiv ist, der ihn liest
polling-new = neue Feeds zuerst
polling-failing =
    { $n ->
        [one] die letzte Prüfung ist fehlgeschlagen
       *[other] die letzten { $n } Prüfungen sind fehlgeschlagen, darum prüfen wir seltener
    }
polling-told = die Website hat uns gebeten zu warten
polling-times = die Website nennt Stunden oder Tage ohne Prüfungen
polling-interval = die Website möchte mindestens { $span } Abstand zwischen Prüfungen
polling-no-validators = die Website kann uns nicht sagen, ob sich etwas geändert hat, darum prüfen wir höchstens einmal am Tag
polling-pushed = neue Artikel kommen per Push zu uns, darum prüfen wir nur täglich
polling-silent = { $span } ohne neuen Beitrag
polling-posts = Beiträge { $every }
polling-unknown = wir wissen noch nicht, wie oft etwas Neues kommt

refreshed-again = Bis du wieder aktualisieren kannst: noch { $wait }.
refreshed-gone = Wir prüfen diesen Feed nicht mehr: Die Website hat ihn entfernt, oder er ist umgezogen.
refreshed-full = Es wurde nichts abgefragt: Was hier gespeichert ist, hat die Größengrenze erreicht. Die Administration kann sie anheben; Feeds, die niemand liest, verschwinden nach 90 Tagen.
refreshed-busy = Er wird gerade geprüft. Sieh gleich noch einmal nach.
refreshed-nothing = Gerade eben geprüft. Nichts Neues.
refreshed-new = Gerade eben geprüft: { $articles }.
refreshed-failed = Gerade eben geprüft, aber es hat nicht geklappt. { $why }
refreshed-left = Gerade eben geprüft. { $why } Das wird diesem Feed nicht angelastet.
refreshed-unreached = { $why } Auch sonst ist von hier aus niemand erreichbar, darum wird es diesem Feed nicht angelastet.
refreshed-paused = Die Website hat uns gebeten, später wiederzukommen.
refused-failing =
    { $n ->
        [one] Die letzte Prüfung ist fehlgeschlagen, darum warten wir mit der nächsten.
       *[other] Die letzten { $n } Prüfungen sind fehlgeschlagen, darum warten wir mit der nächsten.
    }
refused-told = Die Website hat uns gebeten zu warten.
refused-times = Die Website möchte um diese Zeit keine Prüfungen.
refused-interval = Schon geprüft: Die Website möchte mindestens { $span } Abstand zwischen Prüfungen.
refused-no-validators = Innerhalb eines Tages schon geprüft: Die Website kann uns nicht sagen, ob sich etwas geändert hat, darum prüfen wir höchstens einmal am Tag.
refused-hourly = In dieser Stunde schon geprüft.

push-until = { $hub } schickt uns Neues per Push, bis { $date }, und wir verlängern vorher.
push-last = Der letzte Push ist { $ago } her.
push-resting = { $hub } würde Neues per Push schicken; solange der Feed ruht, nutzen wir das nicht.
push-unconfirmed = Wir haben { $hub } um Push gebeten, die Bestätigung steht noch aus. Bis dahin fragen wir den Feed selbst ab.
push-soon = bald
push-in = noch { $span }
push-refused = { $hub } schickt uns nichts per Push, darum fragen wir den Feed selbst ab. { $reason } Bis zum nächsten Versuch: { $again }.
push-planned = Wir werden { $hub } um Push bitten. Bis dahin fragen wir den Feed selbst ab.

desk-title = Wie Dormouse Feeds abruft
desk-heading = Deine Auskunft: { $host }
desk-text = Du bist mit dem Schlüssel hergekommen, den unser User-Agent nur für { $host } trägt. Diese Seite ist also für alle, die dort die Logs lesen. Was gespeichert und was geplant ist, ist alles, was es gibt; einzelne Anfragen werden nicht aufgezeichnet.
desk-readers = Lesende
desk-requested-once = { $readers }; abgerufen wird er für alle nur einmal
desk-last = Letzte Prüfung, wie gespeichert
desk-next = Nächste Prüfung, wie geplant
desk-conditional = Bedingte Anfragen
desk-validators = Ja: Dein Server sendet Validatoren, und wir senden sie zurück
desk-no-validators = Nein: Dein Server sendet weder ETag noch Last-Modified
desk-nobody = Niemand liest hier gerade einen Feed von diesem Host. Anfragen nach den Seiten seiner Artikel oder seinem Symbol kommen von Lesenden, die einem Link folgen.
desk-nobody-active = Keine: Niemand, der ihn liest, ist aktiv.
desk-none = Keine.
desk-not-stored = Nicht gespeichert: Eine Prüfung, die nichts Neues findet, schreibt nichts.
desk-could-be-read = Er ließ sich lesen.
desk-never-read = Er ließ sich noch nie lesen.

feed-large = Seine Artikel sind groß: Hier bleiben { $articles }, mehr wäre über der Grenze.
feed-wall = Das geht jetzt schon { $span } so. Nur wer die Website betreibt, kann Feed-Reader hereinlassen: Schick diesen Brief dorthin. Wir versuchen es weiter, jedes Mal etwas seltener.
feed-off = Seine Artikel bleiben hier. Du kannst ihn abbestellen oder den neuen Feed der Website suchen.
feed-lasting = Das geht jetzt schon { $span } so. Wir versuchen es weiter, jedes Mal etwas seltener.
polling-since-here = seit { $time }
polling-stopped = die Administration hat ihn für alle pausiert
refreshed-stopped = Die Administration hat diesen Feed für alle pausiert.
