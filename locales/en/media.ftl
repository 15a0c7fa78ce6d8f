# Films, songs and the player.
media-play = Play: { $title }
media-video-on = Video on { $site }. { $host } is contacted only when you press play.
media-audio-on = Audio on { $site }. { $host } is contacted only when you press play.
media-open-there = Open there
media-listen = Play
media-go-on = Go on playing
media-download = Download
media-player = Player
media-open = Show the whole player
media-back = Back 15 seconds
media-on = Ahead 30 seconds
media-place = Place in the episode
media-speed = Speed
media-close = Close the player
media-chapters-advice = The publisher names chapters, and they can’t be read. The episode plays without them.
# What the scripts say of them.
js-play = Play
js-pause = Pause
js-go-on = Go on playing
js-played-left = {"{n}"} min left
js-cannot-play = This file can’t be played. Its publisher may have moved it.
js-fetching-chapters = Asking the publisher for the chapters…
js-no-chapters = The chapters couldn’t be fetched
js-chapter = Chapter {"{n}"}
js-aloud = Read aloud
js-aloud-stop = Stop reading aloud
js-no-voice = This device has no voice of its own for this language
