# Was für andere offen ist: die Seite dazu, und wo es geöffnet und geschlossen wird.
shared-settings = Geteilte Seiten
shared-settings-text = Deine Markierungen, ein Schlagwort oder die Feeds eines Ordners als Seite für andere. Nichts wird geteilt, bevor du es öffnest.
shared-settings-open = Geteilte Seiten
shared-text = Wer die Adresse einer geteilten Seite hat, kann sie ohne Konto lesen und ihr als Feed folgen. Sie zeigt Titel, Quellen, Links, deine Notizen und die Anfänge von Texten: nie ganze Artikel, und nichts aus deinem Tagebuch. Nichts wird geteilt, bevor du es hier öffnest.
shared-open-now = Gerade offen
shared-none = Nichts wird geteilt.
shared-since = Offen seit { $date }
shared-address-of = Adresse der Seite: { $name }
shared-look = Seite ansehen
shared-sealed = Die Adresse kann nicht gezeigt werden, weil der geheime Schlüssel dieser Installation ein anderer ist. Erneuere sie, um eine neue zu bekommen.
shared-renew = Neue Adresse
shared-renew-of = Neue Adresse für { $name }
shared-close = Schließen
shared-close-of = { $name } schließen
shared-still = Eine geschlossene Seite oder alte Adresse ist hier sofort nicht mehr erreichbar. Ein Cache vor diesem Server kann noch bis zu { $n } Minuten lang eine Kopie zeigen, 10 länger, wo mehrere Server antworten, und wer folgt, behält, was schon geholt ist.
shared-new = Etwas öffnen
shared-what = Was geteilt wird
shared-what-hint = Die neuesten 50 Artikel, oder alle Feeds eines Ordners. Feeds mit einem Passwort oder Schlüssel in der Adresse bleiben weg. Wenn du ein Schlagwort oder einen Ordner umbenennst, wird die Seite leer: Öffne sie unter dem neuen Namen noch einmal.
shared-tags = Artikel mit einem Schlagwort
shared-folders = Feeds eines Ordners
shared-heading = Überschrift (freiwillig)
shared-heading-hint = Was andere darüber lesen, etwa „Was Anna liest“. Dein Name und deine E-Mail-Adresse werden nicht gezeigt.
shared-do-open = Seite öffnen
shared-choose = Wähle, was geteilt wird. Was du gewählt hast, gibt es nicht mehr.
shared-long = Eine Überschrift hat Platz für { $n } Zeichen.
shared-too-many = Du hast { $n } geteilte Seiten, mehr gehen nicht. Schließe zuerst eine.
shared-opened = Die Seite ist offen.
shared-renewed = Sie hat eine neue Adresse. Die alte gilt nicht mehr.
shared-closed = Die Seite ist geschlossen.
shared-starred = Markierte Artikel
shared-articles = { $n ->
    [one] Ein Artikel
   *[other] { $n } Artikel
}
shared-newest = Die neuesten { $n } Artikel
shared-feeds = { $n ->
    [one] Ein Feed
   *[other] { $n } Feeds
}
shared-follow = Folgen
shared-take = Mitnehmen
shared-no-articles = Hier ist gerade nichts.
shared-no-feeds = Hier sind gerade keine Feeds.
shared-untitled = Ohne Titel
shared-made = Geteilt mit Dormouse, einem Feedreader
shared-gone = Diese Seite wird nicht geteilt
shared-gone-text = Die Adresse kann einen Fehler haben, oder wer die Seite geteilt hat, hat sie geschlossen oder ihr eine neue Adresse gegeben.
