# Passkeys, Einmalcodes, und wo man angemeldet ist.
security-title = Sicherheit
security-text = Passkeys, Einmalcodes, und wo du angemeldet bist.
security-open = Sicherheit öffnen
passkeys-title = Passkeys
passkeys-text = Einen Passkey bewahrt dein Gerät oder ein Sicherheitsschlüssel auf. Mit ihm meldest du dich ohne Passwort an.
passkeys-no-name = Die Adresse dieser Installation hat keinen Namen, für den Browser Passkeys aufbewahren. Sie brauchen einen wie https://reader.example.
passkey-add = Passkey hinzufügen
passkey-name = Wie er heißen soll
passkey-name-example = Blauer Sicherheitsschlüssel
security-passkey-name = Passkey
security-passkey-nameless = Gib dem Passkey einen Namen.
security-passkey-unused = Hinzugefügt { $added }, noch nicht benutzt
security-passkey-used = Hinzugefügt { $added }, zuletzt benutzt { $used }
security-passkey-added = Der Passkey ist hinzugefügt
security-passkey-removed = Der Passkey ist entfernt
passkey-rename = Umbenennen
passkey-rename-of = { $name } umbenennen
passkey-remove = Entfernen
passkey-remove-of = { $name } entfernen
passkey-after = Auch nach dem Passwort nach einem Passkey fragen
passkey-sign-in = Mit einem Passkey anmelden
passkey-use = Einen Passkey benutzen
passkey-none = Es wurde kein Passkey benutzt. Versuch es noch einmal, oder mach ohne weiter.
passkey-not-made = Es wurde kein Passkey erstellt. Versuch es noch einmal.
passkey-needs-scripts = Passkeys brauchen JavaScript.
security-only-passkeys = Passwort abschaffen
security-only-passkeys-hint = Dann öffnen nur noch deine Passkeys oder dein Anbieter das Konto. Überall sonst wirst du abgemeldet.
security-without-password = Dein Konto hat kein Passwort.
security-password-removed = Das Passwort ist weg. Überall sonst bist du abgemeldet.
codes-title = Einmalcodes
codes-text = Nach deinem Passwort tippst du einen Code, den eine App auf deinem Handy zeigt.
codes-set-up = Codes einrichten
codes-are-on = { $n ->
    [one] An. { $n } Wiederherstellungscode ist übrig.
   *[other] An. { $n } Wiederherstellungscodes sind übrig.
}
codes-renew = Neue Wiederherstellungscodes
codes-switch-off = Codes ausschalten
codes-on = Einmalcodes sind an
codes-off = Einmalcodes sind aus
codes-renewed = Neue Wiederherstellungscodes sind gemacht. Die alten gelten nicht mehr.
codes-recovery = Wiederherstellungscodes
codes-recovery-text = Jeder meldet dich einmal an, wenn du dein Handy nicht hast. Heb sie gut auf: Sie werden nicht noch einmal gezeigt.
codes-step-scan = Lass deine Authenticator-App dieses Bild lesen, oder tipp das Geheimnis dort ein.
codes-picture = QR-Code mit dem Geheimnis
codes-secret = Geheimnis
codes-step-type = Tipp den Code, den sie zeigt
codes-switch-on = Codes einschalten
codes-wrong = Das ist nicht der Code, den die App jetzt zeigt. Sieh noch einmal hin, und prüf, ob die Uhr des Handys stimmt.
second-title = Noch ein Schritt
second-text = Das Passwort für { $email } war richtig.
second-code = Code
second-code-hint = Aus deiner App, oder einer deiner Wiederherstellungscodes.
second-wrong = Der Code ist falsch oder wurde schon benutzt. Nimm den, den die App jetzt zeigt.
second-recovery-used = { $n ->
    [0] Das war dein letzter Wiederherstellungscode. Mach in den Einstellungen unter Sicherheit neue.
    [one] Du hast einen Wiederherstellungscode benutzt. { $n } ist übrig.
   *[other] Du hast einen Wiederherstellungscode benutzt. { $n } sind übrig.
}
second-back = Als jemand anderes anmelden
sessions-title = Wo du angemeldet bist
sessions-this = Dieses Gerät
sessions-end = Abmelden
sessions-end-of = { $name } abmelden
sessions-end-others = Überall sonst abmelden
sessions-hint = Apps haben eigene Tokens:
security-device = { $browser } auf { $system }
security-some-device = Ein Browser
security-since = Seit { $date }
security-session-ended = Dort abgemeldet
security-sessions-ended = Überall sonst bist du abgemeldet
