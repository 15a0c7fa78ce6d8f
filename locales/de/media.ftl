# Filme, Stücke und der Player.
media-play = Abspielen: { $title }
media-video-on = Video bei { $site }. { $host } wird erst angefragt, wenn du auf Abspielen drückst.
media-audio-on = Audio bei { $site }. { $host } wird erst angefragt, wenn du auf Abspielen drückst.
media-open-there = Dort öffnen
media-listen = Abspielen
media-go-on = Weiterhören
media-download = Herunterladen
media-player = Player
media-open = Den ganzen Player zeigen
media-back = 15 Sekunden zurück
media-on = 30 Sekunden vor
media-place = Stelle in der Folge
media-speed = Tempo
media-close = Player schließen
media-chapters-advice = Der Feed nennt Kapitel, die sich nicht lesen lassen. Die Folge spielt auch ohne sie.
# What the scripts say of them.
js-play = Abspielen
js-pause = Anhalten
js-go-on = Weiterhören
js-played-left = noch {"{n}"} min
js-cannot-play = Diese Datei lässt sich nicht abspielen. Vielleicht liegt sie jetzt woanders.
js-fetching-chapters = Die Kapitel werden geholt…
js-no-chapters = Die Kapitel ließen sich nicht holen
js-chapter = Kapitel {"{n}"}
js-aloud = Vorlesen
js-aloud-stop = Nicht weiter vorlesen
js-no-voice = Dieses Gerät hat für diese Sprache keine eigene Stimme
